"""Messages to be sent, and every attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0013_outbox"
down_revision = "0012_reports"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("key", Name, primary_key=True),
        sa.Column("kind", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("unit", Name, nullable=False),
        sa.Column("about", Name, nullable=False),
        sa.Column("due", Name),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("state", Name, nullable=False),
        sa.Column("why", Name),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("lease", Name),
        sa.Column("settled", sa.BigInteger),
    )
    op.create_index("message_next", "message", ["state", "next"])
    op.create_index("message_unit", "message", ["unit", "created"])
    op.create_table(
        "attempt",
        sa.Column("key", Name, sa.ForeignKey("message.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("begun", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("sender", Name, nullable=False),
        sa.Column("trouble", Name),
        sa.Column("status", sa.Integer),
    )
