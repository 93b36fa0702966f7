"""How often lists were begun; where their faults are; by which forms instances came, whatever the form."""

import sqlalchemy as sa
from alembic import op

revision = "0016_forms_and_lists"
down_revision = "0015_closed_figures"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

form = sa.table("form_connection", sa.column("id"), sa.column("ended"))
version = sa.table("form_version", sa.column("connection"))
fault = sa.table("brought_fault", sa.column("field"), sa.column("details"))


def upgrade() -> None:
    for name in ("farthest", "attempts"):
        op.add_column("brought_list", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("brought_fault", sa.Column("field", sa.Text, nullable=False, server_default=""))
    op.execute(fault.update().values(field=sa.func.coalesce(_field(), "")))
    op.create_table(
        "form_instance",
        sa.Column("named", sa.LargeBinary, primary_key=True),
        sa.Column("connection", Name, primary_key=True),
        sa.Column("told", sa.LargeBinary),
    )
    # What they sent by then is known by hashes that are others for each form; as is what a process of an
    # older version takes in or connects while it goes on beside this one.
    listed = sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("form_connection", listed)
    ended = sa.select(form.c.id).where(form.c.ended.is_not(None))
    op.execute(version.delete().where(version.c.connection.in_(ended)))


def _field() -> sa.ColumnElement[str]:
    if op.get_bind().dialect.name == "sqlite":
        return sa.func.json_extract(fault.c.details, "$.field", type_=sa.Text)
    return sa.func.json_extract_path_text(sa.cast(fault.c.details, sa.JSON), "field", type_=sa.Text)
