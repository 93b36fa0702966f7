"""What people send in: every field bounded, unknown fields refused.

Shapes only. What a name, a phone or a code may be is said by `application/identity.py`,
what may happen by the decisions. `submission` is minted by the client, so that sending
again is harmless.
"""
