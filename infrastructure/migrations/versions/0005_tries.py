"""Tries: how often something was tried of late."""

revision = "0005_tries"
down_revision = "0004_sign_in"


def upgrade() -> None:
    pass
