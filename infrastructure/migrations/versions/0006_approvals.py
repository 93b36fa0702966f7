"""Approvals: what one administrator asked for and another approves."""

import sqlalchemy as sa
from alembic import op

revision = "0006_approvals"
down_revision = "0005_tries"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", Name, primary_key=True),
        sa.Column("kind", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("unit", Name, nullable=False),
        sa.Column("asked_by", Name, nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("settled", Name, unique=True),
    )
    op.create_index("approval_expires", "approval", ["expires"])
