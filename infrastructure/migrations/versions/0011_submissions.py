"""Forms of KoboToolbox and ODK Central that came in."""

revision = "0011_submissions"
down_revision = "0010_imports"


def upgrade() -> None:
    pass
