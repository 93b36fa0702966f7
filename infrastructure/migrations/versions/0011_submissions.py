"""Forms of KoboToolbox and ODK Central that send what they collect, and what came in by them."""

import sqlalchemy as sa
from alembic import op

revision = "0011_submissions"
down_revision = "0010_imports"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "form_connection",
        sa.Column("id", Name, primary_key=True),
        sa.Column("unit", Name, nullable=False),
        sa.Column("source", Name, nullable=False),
        sa.Column("tells", Name, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("keeper", Name, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
    )
    op.create_table(
        "form_submission",
        sa.Column("connection", Name, primary_key=True),
        sa.Column("instance", sa.LargeBinary, primary_key=True),
        sa.Column("id", Name, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", Name, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("person", Name),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_index("form_submission_received", "form_submission", ["connection", "received"])
    op.create_index("form_submission_person", "form_submission", ["person"])
    op.create_index("form_submission_aged", "form_submission", ["received"])
