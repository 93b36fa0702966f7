"""What a version before migration 0016 kept of forms and of bad rows of lists."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from infrastructure.connected import connection, version
from infrastructure.database import MIGRATIONS, Database
from infrastructure.lists.kept import Lists

FORM = """INSERT INTO form_connection
    (id, unit, source, tells, name, secret, keeper, columns, fields, created, seen, ended)
    VALUES (:id, 'u', 'kobo', 'lesson', 'Phiếu', :secret, 'p', '{}', '[]', 1, :seen, :ended)"""
VERSION = """INSERT INTO form_version (connection, name, instance, came, done)
    VALUES (:id, :secret, :secret, 1, :done)"""
FAULT = "INSERT INTO brought_fault (list, line, refusal, details) VALUES ('l', :line, 'EmptyCell', :details)"


def as_before(db: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = db
    command.upgrade(config, "0015_closed_figures")
    for id_, seen, ended in (("silent", None, None), ("spoke", 2, None), ("ended", 2, 3)):
        db.execute(text(FORM), {"id": id_, "seen": seen, "ended": ended, "secret": b"x"})
        db.execute(text(VERSION), {"id": id_, "secret": b"x", "done": False})
    for line, details in ((2, '{"field":"name","line":3}'), (3, '{"field":"name"}'), (4, "{}")):
        db.execute(text(FAULT), {"line": line, "details": details})


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_forms_of_a_program_that_noted_no_instances_are_asked_each_and_reasons_are_counted_by_their_field(
    on: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres").empty() if on == "postgresql" else None
    database = Database.open(url, tmp_path)
    try:
        with database.writing_engine.begin() as db:
            as_before(db)
        database.prepare()
        with database.writing_engine.begin() as db:  # a process of before, which goes on for a while
            db.execute(text(FORM), {"id": "late", "seen": 4, "ended": None, "secret": b"x"})
        with database.reading() as db:
            listed = {row.id: bool(row.listed) for row in db.execute(select(connection))}
            versions = set(db.execute(select(version.c.connection)).scalars())
        kinds = Lists(database, None).kinds_of_faults("l")  # type: ignore[arg-type]
    finally:
        database.close()

    assert listed == {"silent": False, "spoke": False, "ended": False, "late": False}
    assert versions == {"silent", "spoke"}  # what is connected no more has no versions
    assert [(one.line, many) for one, many in kinds] == [(2, 2), (4, 1)]
