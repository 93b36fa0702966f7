"""The ledger: facts, their tags, receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0001_ledger"
down_revision = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Position = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("position", Position, primary_key=True, autoincrement=False),
        sa.Column("name", Name, nullable=False),
        sa.Column("version", sa.SmallInteger, nullable=False),
        sa.Column(
            "at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC; never decreasing"
        ),
        sa.Column("data", sa.LargeBinary, nullable=False, comment="the exact stored bytes"),
        sa.Column("tags", sa.Text, nullable=False, comment="JSON array, in the order given; not hashed"),
        sa.Column("leaf", sa.LargeBinary, comment="for the leaf hash of a later Merkle tree"),
    )
    op.create_index("fact_kind", "fact", ["name", "version"])
    op.create_table(
        "fact_tag",
        sa.Column("tag", Name, primary_key=True),
        sa.Column("name", Name, primary_key=True),
        sa.Column("position", Position, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("author", Name, primary_key=True),
        sa.Column("submission", Name, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False, comment="keyed hash of the canonical request"),
        sa.Column(
            "first", sa.BigInteger, comment="position of the first fact; NULL where none was to be recorded"
        ),
        sa.Column("last", sa.BigInteger, nullable=False, comment="the receipt's position"),
        sa.Column("at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
        sqlite_with_rowid=False,
    )
