"""Rows of lists in the database, where every process sees them; versions of what forms send."""

import sqlalchemy as sa
from alembic import op

revision = "0014_forms"
down_revision = "0013_outbox"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "list_rows",
        sa.Column("list", Name, primary_key=True),
        sa.Column("person", Name, nullable=False),
        sa.Column("draft", Name, nullable=False),
        sa.Column("pieces", sa.Integer, nullable=False),
    )
    op.create_index("list_rows_person", "list_rows", ["person"])
    op.create_table(
        "list_piece",
        sa.Column("draft", Name, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("written", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("list_piece_person", "list_piece", ["person"])
    op.create_table(
        "form_version",
        sa.Column("connection", Name, primary_key=True),
        sa.Column("name", sa.LargeBinary, primary_key=True),
        sa.Column("instance", sa.LargeBinary, nullable=False),
        sa.Column("replaces", sa.LargeBinary),
        sa.Column("depth", sa.Integer),
        sa.Column("came", sa.BigInteger, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("told", sa.LargeBinary),
    )
    op.create_index("form_version_instance", "form_version", ["connection", "instance"])
