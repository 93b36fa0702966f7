"""What closings of months froze, kept as it was counted first."""

import sqlalchemy as sa
from alembic import op

revision = "0015_closed_figures"
down_revision = "0014_forms"


def upgrade() -> None:
    op.create_table(
        "closed_figures",
        sa.Column("closing", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("figures", sa.LargeBinary, nullable=False),
    )
