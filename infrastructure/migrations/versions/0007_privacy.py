"""Privacy: who read whose data, and what people asked for."""

revision = "0007_privacy"
down_revision = "0006_approvals"


def upgrade() -> None:
    pass
