"""Tries: how often something was tried of late."""

import sqlalchemy as sa
from alembic import op

revision = "0005_tries"
down_revision = "0004_sign_in"


def upgrade() -> None:
    op.create_table(
        "tried",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("tried_until", "tried", ["until"])
