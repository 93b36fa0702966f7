"""Privacy: who read whose data; receipts are found by what they were given for."""

import sqlalchemy as sa
from alembic import op

revision = "0007_privacy"
down_revision = "0006_approvals"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

LEAST_KEPT_DAYS = 180
"""No cut takes away what is younger, whatever the settings say."""

TABLES = ("access_log", "access_whose", "access_cut")

_LAST = "(SELECT coalesce(max(number), 0) FROM {})"
_EARLY = (
    "NOT EXISTS (SELECT 1 FROM access_log WHERE number = NEW.number AND hash = NEW.hash"
    " AND at < ({now} - {seconds}) * 1000000)"
)


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", Name, nullable=False),
        sa.Column("whose", sa.Text, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("unit", Name),
        sa.Column("what", Name, nullable=False),
        sa.Column("why", Name, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("access_log_at", "access_log", ["at"])
    op.create_index("access_log_who", "access_log", ["who", "number"])
    op.create_index("access_log_unit", "access_log", ["unit", "number"])
    op.create_table(
        "access_whose",
        sa.Column("person", Name, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_cut",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("receipt_last", "receipt", ["last"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


# Entries follow one another without gaps, and none is put in the place of another; they go only
# from the oldest on, up to a cut, and a cut is made only where the entries before it are old enough.


def _guard_sqlite() -> None:
    for table in TABLES:
        _trigger(f"{table}_unchanged", f"UPDATE ON {table}", "1", "is never changed")
    for table in ("access_log", "access_whose"):
        _trigger(
            f"{table}_kept", f"DELETE ON {table}", f"OLD.number > {_LAST.format('access_cut')}", "is kept"
        )
    _trigger("access_cut_kept", "DELETE ON access_cut", "1", "is kept")
    following = f"NEW.number <> 1 + max({_LAST.format('access_log')}, {_LAST.format('access_cut')})"
    _trigger("access_log_follows", "INSERT ON access_log", following, "follows its last entry")
    foreign = f"NEW.number <> {_LAST.format('access_log')}"
    _trigger("access_whose_follows", "INSERT ON access_whose", foreign, "belongs to its last entry")
    early = _EARLY.format(now="CAST(strftime('%s', 'now') AS INTEGER)", seconds=LEAST_KEPT_DAYS * 86_400)
    _trigger("access_cut_old", "INSERT ON access_cut", early, "is cut only where it is old")


def _trigger(name: str, when: str, condition: str, why: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, 'the access log {why}'); END"
    )


def _guard_postgresql() -> None:
    op.execute("""
        CREATE FUNCTION access_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the access log is never changed'; END $$""")
    op.execute("""
        CREATE FUNCTION access_log_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.number > (SELECT coalesce(max(number), 0) FROM access_cut) THEN
                RAISE EXCEPTION 'the access log is kept';
            END IF;
            RETURN OLD;
        END $$""")
    op.execute("""
        CREATE FUNCTION access_log_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.number <> 1 + greatest((SELECT coalesce(max(number), 0) FROM access_log),
                                          (SELECT coalesce(max(number), 0) FROM access_cut)) THEN
                RAISE EXCEPTION 'the access log follows its last entry';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE FUNCTION access_whose_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.number <> (SELECT coalesce(max(number), 0) FROM access_log) THEN
                RAISE EXCEPTION 'the access log belongs to its last entry';
            END IF;
            RETURN NEW;
        END $$""")
    early = _EARLY.format(now="extract(epoch FROM now())", seconds=LEAST_KEPT_DAYS * 86_400)
    op.execute(f"""
        CREATE FUNCTION access_cut_old() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {early} THEN
                RAISE EXCEPTION 'the access log is cut only where it is old';
            END IF;
            RETURN NEW;
        END $$""")
    for table in TABLES:
        row = f"ON {table} FOR EACH ROW EXECUTE FUNCTION"
        op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE {row} access_log_refuses()")
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION access_log_refuses()"
        )
        kept = "access_log_refuses" if table == "access_cut" else "access_log_keeps"
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE {row} {kept}()")
    for table, follows in (
        ("access_log", "access_log_follows"),
        ("access_whose", "access_whose_follows"),
        ("access_cut", "access_cut_old"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_follows BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {follows}()"
        )
