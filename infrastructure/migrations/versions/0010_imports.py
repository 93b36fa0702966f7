"""Lists that offices bring in, and where each row stands."""

import sqlalchemy as sa
from alembic import op

revision = "0010_imports"
down_revision = "0009_devices"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "brought_list",
        sa.Column("list", Name, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("unit", Name, nullable=False),
        sa.Column("format", Name, nullable=False),
        sa.Column("state", Name, nullable=False),
        sa.Column("holds", sa.Text, nullable=False),
        sa.Column("new_hamlets", sa.Boolean, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("good", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("bad", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.create_index("brought_list_person", "brought_list", ["person", "created"])
    op.create_index("brought_list_state", "brought_list", ["state"])
    op.create_table(
        "brought_fault",
        sa.Column("list", Name, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("refusal", Name, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
