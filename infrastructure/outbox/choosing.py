"""The sender that the settings name."""

from infrastructure.outbox.senders import Console, Sender
from infrastructure.outbox.smtp import Smtp
from infrastructure.outbox.webhook import Webhook
from infrastructure.outgoing import Outgoing


def sender_of(outgoing: Outgoing) -> Sender:
    """By mail or to a gateway; at the console where neither was set."""
    if outgoing.smtp:
        return Smtp(outgoing.smtp)
    if hook := outgoing.webhook:
        return Webhook(hook.url, hook.secret, private=hook.private)
    return Console()
