"""Keys: versions of the blind index, and backups that were confirmed."""

revision = "0008_keys"
down_revision = "0007_privacy"


def upgrade() -> None:
    pass
