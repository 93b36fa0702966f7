"""Sessions, invitations and bearer tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003_accounts"
down_revision = "0002_vault"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
    )
    op.create_table(
        "api_token",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    for table in ("session", "invitation", "api_token"):
        op.create_index(f"{table}_person", table, ["person"])
    for table in ("session", "invitation"):
        op.create_index(f"{table}_expires", table, ["expires"])
