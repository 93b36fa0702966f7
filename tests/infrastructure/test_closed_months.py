"""A closed month stays what it was: what its closing froze is kept, whatever counts it anew."""

import zlib
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from application.ports import OutcomeUnknown
from domain.closing import MonthClosed, MonthFiguresKept, MonthReopened, ReopenReason
from domain.model import Position, Selector
from infrastructure import closed_months
from infrastructure.closed_months import ClosedMonths, closed_figures
from infrastructure.ledger.backup import empty_read_models
from infrastructure.ledger.projector import Projector
from infrastructure.read_models import closed, months
from infrastructure.read_models.closed import Counts
from infrastructure.read_models.columns import progress
from tests.cast import BY, GIA_LAI, NOW, TUY_PHUOC
from tests.infrastructure.read_models.histories import UNITS, History
from tests.infrastructure.read_models.support import AN_NHON, TERRITORY, Movement
from tests.infrastructure.read_models.test_reforms import merged

JANUARY, FEBRUARY = "2026-01", "2026-02"
PLACES = [GIA_LAI, *UNITS]
SAID: dict[str, Any] = {"at": NOW, "by": BY, "unit": GIA_LAI}
REOPENED = MonthReopened(month=FEBRUARY, reason=ReopenReason.LATE_ENTRIES, **SAID)


def closes(month: str) -> MonthClosed:
    return MonthClosed(month=month, **SAID)


class Office(Movement):
    """A movement in which two people were taught in December and one in February, two of them confirmed."""

    def __init__(self, database, ledger) -> None:
        super().__init__(database, ledger)
        self.months = ClosedMonths(database, ledger)
        history = History(
            [(0, 1, 2, 0, 0), (0, 1, 3, 0, 0), (6, 0, 0, 0, 0), (0, 1, 4, 0, 2), (6, 2, 0, 0, 0)]
        )
        self.live(*TERRITORY, *history.facts[len(TERRITORY) :])

    def closed(self, month: str) -> closed.Closing:
        self.live(closes(month))
        found = self.ask(closed.standing, GIA_LAI, month)
        assert found is not None
        return found

    def figures(self, at: Position):
        return self.ask(lambda db: self.months.frozen(db, at, PLACES))

    def built_anew(self) -> None:
        """As a home is whose read models are of an older version, or that was restored from a backup."""
        empty_read_models(self.database)
        self.projector = Projector(self.database)
        self.projector.catch_up()

    def kept(self) -> list[Position]:
        found = self.ledger.history([Selector([MonthFiguresKept], [f"closing:{GIA_LAI}"])])
        return [one.fact.closing for one in found if isinstance(one.fact, MonthFiguresKept)]


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where the database makes no difference."""


@pytest.fixture
def office(database, ledger) -> Office:
    return Office(database, ledger)


def nobody_confirms(_claim: object) -> int:
    """How a newer version of the program counts a claim."""
    return 1


@pytest.mark.parametrize("keeping", [True, False])
def test_a_newer_version_changes_a_closed_month_only_where_it_is_not_kept(office, monkeypatch, keeping):
    """Where it is not kept, it is another one afterwards: so there is something that is kept."""
    one = office.closed(FEBRUARY)
    if keeping:
        office.months.keep()
    before = office.figures(one.position)
    assert before[GIA_LAI].people.total == Counts(3, 2, 2, 2)
    monkeypatch.setattr(months, "_bits", nobody_confirms)
    for again in (office.projector.rebuild, office.built_anew):
        again()
        assert (office.figures(one.position) == before) is keeping
    said = office.months.counted_otherwise()
    assert [(one.month, one.units) for one in said] == ([(FEBRUARY, 2)] if keeping else [])
    anew = office.ask(lambda db: office.months.anew(db, one.position, PLACES))
    assert GIA_LAI not in anew or anew[GIA_LAI].people.total == Counts(3, 0, 0, 0)
    assert bool(anew) is keeping


@pytest.mark.parametrize("keeping", [True, False])
def test_what_an_older_home_froze_is_kept_before_anything_is_built_anew(office, monkeypatch, keeping):
    """It was closed by a program that kept nothing, and is opened by one whose models have other versions."""
    one = office.closed(FEBRUARY)
    before = office.figures(one.position)
    monkeypatch.setattr(months, "_bits", nobody_confirms)
    with office.database.read_models_engine.begin() as db:
        db.execute(update(progress).where(progress.c.model == "closings").values(version=0))
    first = {"before_building": office.months.keep} if keeping else {}
    office.projector = Projector(office.database, **first)
    office.projector.catch_up()
    assert (office.figures(one.position) == before) is keeping
    assert office.kept() == [one.position] * keeping


def test_which_months_a_copy_does_not_keep_is_known_before_it_is_opened(office):
    first = office.closed(JANUARY)
    office.months.keep()
    second = office.closed(FEBRUARY)
    assert [(one.closing, one.month) for one in closed_months.not_kept(office.database)] == [
        (second.position, FEBRUARY)
    ]
    office.months.keep()
    assert closed_months.not_kept(office.database) == []
    assert office.kept() == [first.position, second.position]


def test_what_was_kept_first_stays_and_every_closing_is_kept(office, monkeypatch):
    first = office.closed(FEBRUARY)
    office.months.keep()
    before = office.figures(first.position)
    monkeypatch.setattr(months, "_bits", nobody_confirms)
    office.built_anew()
    ClosedMonths(office.database, office.ledger).keep()  # as another process
    assert (office.figures(first.position), office.kept()) == (before, [first.position])
    office.live(REOPENED)
    again = office.closed(FEBRUARY)
    assert (again.number, office.figures(again.position)[GIA_LAI].people.total) == (2, Counts(3))
    office.months.keep()
    assert (office.figures(first.position), office.kept()) == (before, [first.position, again.position])


@on_sqlite
def test_a_supplement_says_how_much_of_it_is_another_way_of_counting(office, monkeypatch):
    """Also once the way of counting changed again: the report of a closed month says the same."""
    january = office.closed(JANUARY)
    office.months.keep()
    monkeypatch.setattr(months, "_bits", nobody_confirms)
    office.built_anew()
    february = office.closed(FEBRUARY)
    office.months.keep()

    def moved(then: closed.Closing | None) -> Counts:
        return office.ask(lambda db: office.months.otherwise_since(db, january, then, GIA_LAI))

    told = office.figures(january.position)[GIA_LAI].people.total
    before = office.figures(february.position)[GIA_LAI].people.before
    assert (told, before) == (Counts(2, 1, 1, 1), Counts(2))
    assert moved(february) == moved(None) == Counts(0, -1, -1, -1)
    monkeypatch.undo()
    office.built_anew()
    assert (moved(february), moved(None)) == (Counts(0, -1, -1, -1), Counts())
    assert [one.month for one in office.months.counted_otherwise()] == [FEBRUARY]


@on_sqlite
def test_boundaries_that_change_later_are_no_other_way_of_counting(office):
    one = office.closed(FEBRUARY)
    office.months.keep()
    before = office.figures(one.position)
    for again in (lambda: office.live(merged(TUY_PHUOC, AN_NHON)), office.built_anew):
        again()
        assert (office.figures(one.position), office.months.counted_otherwise()) == (before, [])


def test_figures_that_somebody_changed_are_told_from_those_that_were_kept(office):
    at = office.closed(FEBRUARY).position
    office.months.keep()
    assert closed_months.check(office.database) == []
    content = zlib.compress(b'{"units":{}}')
    changes = (
        (update(closed_figures).values(figures=content), "are not as they were kept"),
        (update(closed_figures).values(figures=b"none"), "are not as they were kept"),
        (insert(closed_figures).values(closing=at + 1, figures=content), "no fact tells"),
        (delete(closed_figures), "are missing"),
    )
    for change, said in changes:
        office.ledger.write(lambda db, change=change: db.execute(change) and None).result()
        assert any(said in one for one in closed_months.check(office.database))


@on_sqlite
@pytest.mark.parametrize("spoilt", [b"none", zlib.compress(b"{"), zlib.compress(b'{"units":{"gia-lai":{}}}')])
def test_figures_that_nobody_can_read_stop_no_other_month_from_being_kept(office, spoilt):
    first = office.closed(JANUARY)
    office.months.keep()
    change = update(closed_figures).values(figures=spoilt)
    office.ledger.write(lambda db: db.execute(change) and None).result()
    later = office.closed(FEBRUARY)
    again = ClosedMonths(office.database, office.ledger)
    again.keep()
    assert (office.kept(), again.counted_otherwise()) == ([first.position, later.position], [])


@on_sqlite
def test_what_perhaps_was_not_kept_is_not_counted_anew(office, monkeypatch):
    """The control: was it recorded after all, all is well."""
    office.closed(FEBRUARY)
    recorded = office.ledger.decide_soon

    def unsure(*given, **more):
        recorded(*given, **more).result()
        raise OutcomeUnknown

    def lost(*_given, **_more):
        raise OutcomeUnknown

    monkeypatch.setattr(office.ledger, "decide_soon", lost)
    with pytest.raises(OutcomeUnknown):
        office.months.keep()
    monkeypatch.setattr(office.ledger, "decide_soon", unsure)
    office.months.keep()
    assert len(office.kept()) == 1


@on_sqlite
def test_what_is_kept_can_be_read_for_ever(office):
    """The form in which figures were kept once; programs to come must read it."""
    plain = (
        b'{"units":{"gia-lai":{"unit":"gia-lai","groups":{"people":{"month":{"taught":2,"confirmed":1,'
        b'"able":1,"elsewhere":1},"total":{"taught":3},"before":{},"last":{}}},"deeds":{"lesson":{"month":2,'
        b'"total":3}}}},"otherwise":{"gia-lai":{"confirmed":-1}}}'
    )
    row = insert(closed_figures).values(closing=7, figures=zlib.compress(plain))
    office.ledger.write(lambda db: db.execute(row) and None).result()
    found = office.figures(Position(7))[GIA_LAI]
    assert found.people.month == Counts(2, 1, 1, 1)
    assert (found.people.total.taught, found.deed("lesson").total) == (3, 3)
