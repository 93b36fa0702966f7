"""Monthly reports as they were sent, what was written for them, and the templates of offices."""

import sqlalchemy as sa
from alembic import op

revision = "0012_reports"
down_revision = "0011_submissions"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "report_draft",
        sa.Column("unit", Name, primary_key=True),
        sa.Column("month", Name, primary_key=True),
        sa.Column("sealed_for", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("saved", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sent_report",
        sa.Column("report", Name, primary_key=True),
        sa.Column("named", sa.Text, nullable=False),
        sa.Column("docx", sa.LargeBinary, nullable=False),
        sa.Column("xlsx", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "report_template",
        sa.Column("unit", Name, primary_key=True),
        sa.Column("content_hash", Name, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("brought", sa.BigInteger, nullable=False),
    )
