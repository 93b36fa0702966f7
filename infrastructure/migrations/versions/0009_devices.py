"""Device tokens: by which a phone sends what it kept while there was no network."""

import sqlalchemy as sa
from alembic import op

revision = "0009_devices"
down_revision = "0008_keys"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "device_token",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("id", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("session", Name, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
    op.create_index("device_token_id", "device_token", ["id"], unique=True)
    op.create_index("device_token_person", "device_token", ["person"])
    op.create_index("device_token_session", "device_token", ["session"])
    op.create_index("device_token_expires", "device_token", ["expires"])
