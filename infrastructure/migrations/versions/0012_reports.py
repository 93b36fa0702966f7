"""Monthly reports as they were sent, and the templates of offices."""

revision = "0012_reports"
down_revision = "0011_submissions"


def upgrade() -> None:
    pass
