"""Signing in: passkeys, one-time codes, recovery codes, devices."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004_sign_in"
down_revision = "0003_accounts"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_DAY = 86_400_000_000


def upgrade() -> None:
    _sessions()
    op.add_column("invitation", sa.Column("recovers", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "passkey",
        sa.Column("credential", sa.LargeBinary, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "totp",
        sa.Column("person", Name, primary_key=True),
        sa.Column("login", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_index("totp_login", "totp", ["login"], unique=True)
    op.create_table(
        "recovery_code",
        sa.Column("selector", Name, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    for table in ("passkey", "recovery_code"):
        op.create_index(f"{table}_person", table, ["person"])
    op.create_table(
        "used_challenge",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "setup_link",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )


def _sessions() -> None:
    """Those who are signed in stay so, as ambassadors do: for 30 days at most."""
    session = sa.table("session", sa.column("token"), sa.column("seen", sa.BigInteger))
    columns = (
        sa.Column("id", Name, nullable=False, server_default=""),
        sa.Column("form", sa.Text, nullable=False, server_default=""),
        sa.Column("strength", Name, nullable=False, server_default="device"),
        sa.Column("verified", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("waived", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("stepped_up", sa.BigInteger),
        sa.Column("device", sa.Text, nullable=False, server_default=""),
        sa.Column("power", sa.Text, nullable=False, server_default=""),
        sa.Column("idle", sa.BigInteger, nullable=False, server_default=str(30 * _DAY)),
        sa.Column("ends", sa.BigInteger, nullable=False, server_default="0"),
    )
    for column in columns:
        op.add_column("session", column)
    connection = op.get_bind()
    changed = sa.table(
        "session",
        *(sa.column(name) for name in ("token", "id", "form", "ends", "expires")),
    )
    for token, seen in connection.execute(sa.select(session.c.token, session.c.seen)).all():
        ends = seen + 30 * _DAY
        values = {
            "id": secrets.token_urlsafe(12),
            "form": secrets.token_hex(16),
            "ends": ends,
            "expires": ends,
        }
        connection.execute(sa.update(changed).where(changed.c.token == token).values(**values))
    op.create_index("session_id", "session", ["id"], unique=True)
