"""Keys: generations of the blind index, and which keys a confirmed backup holds."""

import sqlalchemy as sa
from alembic import op

revision = "0008_keys"
down_revision = "0007_privacy"


def upgrade() -> None:
    op.add_column("bucket_key", sa.Column("confirmed", sa.BigInteger))
    op.create_table(
        "pepper",
        sa.Column("generation", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("confirmed", sa.BigInteger),
    )
    op.create_table("index_state", sa.Column("number", sa.Integer, primary_key=True, autoincrement=False))
    for table in ("blind_index", "code"):
        generation = sa.Column("generation", sa.SmallInteger, nullable=False, server_default="0")
        op.add_column(table, generation)
    op.drop_index("code_subject", "code")
    op.create_index("code_subject", "code", ["subject", "generation"], unique=True)
