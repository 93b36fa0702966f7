"""The vault: keys of people, sealed data, blind indexes, codes, notes."""

import sqlalchemy as sa
from alembic import op

revision = "0002_vault"
down_revision = "0001_ledger"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "bucket_key",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sealed_person",
        sa.Column("person", Name, primary_key=True),
        sa.Column("bucket_key", sa.Integer, sa.ForeignKey("bucket_key.number"), nullable=False),
        sa.Column("version", sa.SmallInteger, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("identity", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("sealed_person_bucket", "sealed_person", ["bucket_key"])
    op.create_table(
        "blind_index",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("kind", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("blind_index_person", "blind_index", ["person"])
    op.create_table(
        "code",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("kind", Name, nullable=False),
        sa.Column("subject", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("code_subject", "code", ["subject"], unique=True)
    op.create_index("code_person", "code", ["person"])
    op.create_table(
        "note",
        sa.Column("id", Name, primary_key=True),
        sa.Column("subject", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("note_subject", "note", ["subject"])
    op.create_index("note_person", "note", ["person"])
