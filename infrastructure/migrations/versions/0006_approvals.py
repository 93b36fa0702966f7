"""Approvals: what one administrator asked for and another approves."""

revision = "0006_approvals"
down_revision = "0005_tries"


def upgrade() -> None:
    pass
