"""Messages to be sent, and every attempt."""

revision = "0013_outbox"
down_revision = "0012_reports"


def upgrade() -> None:
    pass
