"""What SQLite reads for questions about one unit, or one submission: what belongs to it, however much else
there is. Asked of empty tables, of which it knows as little as of large ones."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, insert

from domain.lists import ListId
from domain.territory import Level, UnitKind
from infrastructure import form_versions
from infrastructure.connected import version
from infrastructure.database import derived
from infrastructure.form_versions import Names
from infrastructure.read_models import coverage, households, markets, statuses, teams, workplaces
from infrastructure.read_models.units import unit
from tests.cast import GIA_LAI, TUY_PHUOC

COMMUNE = {
    "unit": TUY_PHUOC, "code": "21952", "name": "x", "key": "x", "kind": UnitKind.COMMUNE.value,
    "level": Level.COMMUNE.value, "parent": GIA_LAI, "province": GIA_LAI, "commune": TUY_PHUOC,
    "valid_from": "2025-07-01", "changed": 1,
}  # fmt: skip
SUBMISSION = Names(own=b"a", root=b"b", before=b"c", number=None, edits=None, rooted=True, whole=True)

QUESTIONS: list[Callable[[Connection], object]] = [
    lambda db: households.in_unit(db, TUY_PHUOC),
    lambda db: markets.in_unit(db, TUY_PHUOC, active_since=date(2026, 1, 1)),
    lambda db: statuses.in_unit(db, TUY_PHUOC),
    lambda db: statuses.how_many(db, TUY_PHUOC),
    lambda db: teams.in_unit(db, TUY_PHUOC),
    lambda db: workplaces.in_unit(db, TUY_PHUOC),
    lambda db: coverage.doors(db, TUY_PHUOC),
    lambda db: form_versions.find(db, ListId("form"), SUBMISSION),
]
GROWS = ("household_v1", "market_v1", "status_v1", "team_v1", "workplace_v1", "visited_v2", "form_version")


@pytest.fixture(scope="module")
def tables() -> Any:
    engine = create_engine("sqlite://")
    with engine.begin() as db:
        derived.create_all(db)
        version.create(db)
        db.execute(insert(unit), {key: value for key, value in COMMUNE.items() if key in unit.c})
    return engine


@pytest.mark.parametrize("ask", QUESTIONS)
def test_only_what_belongs_to_it_is_read(tables: Any, ask: Callable[[Connection], object]) -> None:
    plans: list[str] = []

    def explained(db: Connection, _cursor: Any, statement: str, given: Any, *_: object) -> None:
        rows = db.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
        plans.extend(row[3] for row in rows if any(table in row[3] for table in GROWS))

    with tables.connect() as db:
        event.listen(db, "before_cursor_execute", explained)
        ask(db)

    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN") or plan.endswith("(connection=?)")]
    last = [plan for plan in plans if "visited_v2_unit" in plan]
    assert not last or any("COVERING" in plan for plan in last)
