"""Lists that offices bring in, and where each row stands."""

revision = "0010_imports"
down_revision = "0009_devices"


def upgrade() -> None:
    pass
