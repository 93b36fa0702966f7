"""How accounts are reached: invitations, sessions, bearer tokens. All tokens are stored hashed."""
