"""Signing in: passkeys, one-time codes, recovery codes, devices."""

revision = "0004_sign_in"
down_revision = "0003_accounts"


def upgrade() -> None:
    pass
