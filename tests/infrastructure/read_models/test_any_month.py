"""Over any history in which months are closed: what was frozen stays, whatever is recorded after it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.closing import MonthClosed, MonthReopened, ReopenReason, month_before
from domain.milestones import Milestone
from domain.model import Answer, Fact, PersonId, Position, TeamId, UnitId, VoidReason
from domain.people import MergeUndone, PersonMerged, PersonMoved, PersonRegistered
from domain.teaching import TeachingLogged, TeachingVoided
from domain.teams import TeamFormed, TeamMemberJoined, TeamMemberLeft
from domain.territory import UnitKind, UnitSplit
from domain.visits import HouseholdVisited, VisitVoided
from infrastructure.read_models import closed
from infrastructure.read_models.closed import UnitMonth
from infrastructure.read_models.months import milestone_deed
from tests.cast import BY, COUNTRY, GIA_LAI, NOW, TUY_PHUOC
from tests.infrastructure.read_models.histories import PEOPLE, UNITS, History, histories
from tests.infrastructure.read_models.recount import Recount, path
from tests.infrastructure.read_models.support import AN_NHON, TERRITORY, Movement, established
from tests.infrastructure.read_models.test_any_history import batch_sizes, contents, fresh, live_through
from tests.infrastructure.read_models.test_reforms import DAY, IN_ONE, NEW, merged

MONTHS = ("2025-12", "2026-01", "2026-02")
closing_places = st.lists(st.integers(0, 60), min_size=3, max_size=3).map(sorted)


def with_closings(history: History, places: Sequence[int], *, reopen: bool) -> None:
    """Closes three months in turn at these places of the history; the last is opened and closed again."""
    facts, extra = list(history.facts), list[tuple[int, Fact]]()
    said: dict[str, Any] = {"at": NOW, "by": BY, "unit": GIA_LAI}
    for month, place in zip(MONTHS, places, strict=True):
        extra.append((place, MonthClosed(month=month, **said)))
    if reopen:
        again = MonthReopened(month=MONTHS[-1], reason=ReopenReason.LATE_ENTRIES, **said)
        extra += [(places[-1] + 9, again), (places[-1] + 14, MonthClosed(month=MONTHS[-1], **said))]
    for place, fact in reversed(extra):
        facts.insert(min(len(facts), len(TERRITORY) + 7 + place), fact)
    history.facts = facts


def distinct(facts: Sequence[Fact], unit: str, up_to: str, month: str | None = None) -> tuple[int, int, int]:
    """Distinct persons taught, confirmed and able in a unit by the end of a month, or in one month."""
    recount = Recount(facts)
    people: dict[str, set[str]] = defaultdict(set)
    for one, said in recount.claims():
        on = f"{one.on:%Y-%m}"
        if unit not in path(one.unit) or on > up_to or (month and on != month):
            continue
        who = recount.now(one.learner)
        if who == recount.now(one.ambassador):
            continue
        people["taught"].add(who)
        if said is not None and said.answer.confirms:
            people["confirmed"].add(who)
            if said.answer is Answer.ABLE:
                people["able"].add(who)
    return len(people["taught"]), len(people["confirmed"]), len(people["able"])


def belonging(facts: Sequence[Fact], unit: str, month: str) -> int:
    """Distinct persons who belonged to a team of the unit at the end of a month."""
    recount, since = Recount(facts), dict[tuple[str, PersonId], list[str]]()
    people = set()
    for fact in facts:
        if isinstance(fact, TeamMemberJoined) and unit in path(fact.unit):
            since.setdefault((fact.team, fact.person), []).append(f"{fact.on:%Y-%m}")
        elif isinstance(fact, TeamMemberLeft) and (joined := since.pop((fact.team, fact.person), None)):
            left = f"{fact.on:%Y-%m}"
            people |= {recount.now(fact.person) for one in joined if one <= month < left}
    people |= {recount.now(person) for (_, person), joined in since.items() if min(joined) <= month}
    return len(people)


def counted(counts: closed.Counts) -> tuple[int, int, int]:
    return counts.taught, counts.confirmed, counts.able


def check(movement: Movement, history: History, sizes: list[int]) -> None:
    live_through(movement, history, sizes)
    live = contents(movement)
    movement.projector.rebuild()
    assert contents(movement) == live
    movement.projector.rebuild("months")
    assert contents(movement) == live
    units = [GIA_LAI, *UNITS]
    for one in movement.ask(closed.closings, GIA_LAI):
        assert isinstance(history.facts[one.position - 1], MonthClosed)
        known = history.facts[: one.position - 1]
        for unit, figures in movement.ask(closed.frozen, one.position, units).items():
            as_recounted(figures, known, unit, one.month)
    for unit, figures in movement.ask(closed.now, MONTHS[-1], [*units, COUNTRY]).items():
        as_recounted(figures, history.facts, unit, MONTHS[-1])


def as_recounted(figures: UnitMonth, known: Sequence[Fact], unit: str, month: str) -> None:
    last = month_before(month)
    people = figures.people
    assert counted(people.month) == distinct(known, unit, month, month)
    assert counted(people.total) == distinct(known, unit, month)
    assert counted(people.before) == distinct(known, unit, last)
    assert counted(people.last) == distinct(known, unit, last, last)
    reached = Recount(known).milestones(UnitId(unit), until=month)
    for one in Milestone:
        found = (
            figures.deed(milestone_deed(one)).total,
            figures.deed(milestone_deed(one, confirmed=True)).total,
        )
        assert found == reached.get((one, None), (0, 0, 0))[:2]
    assert figures.deed("member").total == belonging(known, unit, month)
    voided = {one.teaching for one in known if isinstance(one, TeachingVoided)}
    lessons = Counter(
        f"{one.on:%Y-%m}"
        for one in known
        if isinstance(one, TeachingLogged) and unit in path(one.unit) and one.teaching not in voided
    )
    assert figures.deed("lesson").month == lessons[month]


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories, sizes=batch_sizes, places=closing_places, reopen=st.booleans())
def test_what_was_closed_is_what_was_known_then(sqlite_home, history, sizes, places, reopen):
    with_closings(history, places, reopen=reopen)
    with fresh(sqlite_home) as movement:
        check(movement, history, sizes)


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories, sizes=batch_sizes, places=closing_places)
def test_the_same_on_postgresql(sqlite_home, postgres, history, sizes, places):
    with_closings(history, places, reopen=True)
    url = postgres.prepared()
    with fresh(sqlite_home, url) as movement:
        check(movement, history, sizes)
    postgres.drop(url)


def test_what_was_frozen_is_not_empty_and_what_comes_later_is_counted_by_cause(movement):
    """The property above would hold of nothing, too."""
    history = History([(0, 1, 2, 0, 1), (0, 1, 3, 0, 1), (6, 0, 0, 0, 0)])
    facts = [*history.facts[len(TERRITORY) :], *_closing(), *_late(history)]
    movement.live(*facts)
    one = movement.ask(closed.standing, GIA_LAI, "2026-02")
    figures = movement.ask(closed.frozen, one.position, [GIA_LAI])[GIA_LAI]
    now = movement.ask(closed.now, "2026-02", [GIA_LAI])[GIA_LAI]
    assert counted(figures.people.total) == (2, 1, 1)
    assert counted(now.people.total) == (3, 1, 1)
    assert movement.ask(closed.came_later, Position(one.position), [GIA_LAI]) == {
        GIA_LAI: {"lesson": 2, "void": 1}
    }


def _closing() -> list[Fact]:
    return [MonthClosed(at=NOW, by=BY, unit=GIA_LAI, month="2026-02")]


def _late(history: History) -> list[Fact]:
    known = len(history.facts)
    history.happen(0, 1, 4, 0, 1)
    history.happen(0, 1, 5, 0, 1)
    history.happen(12, 3, 0, 0, 0)
    return history.facts[known:]


def test_units_that_merge_later_leave_what_was_frozen_as_it_was(movement):
    """Under the boundaries of that day, also once everything was counted anew under later ones."""
    history = History([(0, 1, 2, 0, 1), (0, 1, 3, 1, 1), (0, 1, 4, 2, 1), (6, 0, 0, 0, 0)])
    movement.live(*history.facts[len(TERRITORY) :], *_closing())
    one = movement.ask(closed.standing, GIA_LAI, "2026-02")
    units = [GIA_LAI, *UNITS]
    before = movement.ask(closed.frozen, one.position, units)
    assert counted(before[GIA_LAI].people.total) == (3, 1, 1)
    movement.live(*IN_ONE)
    assert movement.ask(closed.now, "2026-02", [NEW])[NEW].people == before[GIA_LAI].people
    assert movement.ask(closed.frozen, one.position, units) == before
    assert movement.ask(closed.frozen, one.position, [NEW])[NEW].groups == {}
    later = movement.ask(closed.came_later, one.position, [GIA_LAI, *UNITS, NEW], until="2026-02")
    assert later == {NEW: {"boundary": 1}}  # of what was closed nothing changed


@pytest.mark.parametrize("change", ["merged", "divided"])
def test_a_unit_that_takes_another_one_in_keeps_what_was_frozen_of_it(movement, change):
    """It stood before, with figures of its own; those of the other are no part of what it reported."""
    third = UnitId("third")
    history = History([(0, 1, 2, 0, 1), (0, 1, 3, 1, 1), (0, 1, 4, 1, 1), (6, 0, 0, 0, 0)])
    lived = history.facts[len(TERRITORY) :]
    movement.live(established(third, UnitKind.COMMUNE, GIA_LAI, "60003"), *lived, *_closing())
    one = movement.ask(closed.standing, GIA_LAI, "2026-02")
    units = [GIA_LAI, *UNITS]
    before = movement.ask(closed.frozen, one.position, units)
    into = UnitSplit(at=NOW, by=BY, unit=AN_NHON, valid_from=DAY, into=(TUY_PHUOC, third))
    movement.live(merged(TUY_PHUOC, AN_NHON) if change == "merged" else into)
    movement.live(
        *(PersonMoved(at=NOW, by=BY, person=person, unit=TUY_PHUOC, previous=AN_NHON) for person in PEOPLE)
    )
    now = movement.ask(closed.now, "2026-02", [TUY_PHUOC])[TUY_PHUOC]
    assert now.people != before[TUY_PHUOC].people
    later = movement.ask(closed.came_later, one.position, units, until="2026-02")
    assert later[TUY_PHUOC]["boundary"] >= 1
    assert GIA_LAI not in later
    assert movement.ask(closed.frozen, one.position, units) == before
    movement.projector.rebuild()
    assert movement.ask(closed.frozen, one.position, units) == before


def test_two_entries_of_one_person_are_one_member_of_the_teams_of_a_unit(movement):
    about: dict[str, Any] = {"at": NOW, "by": BY, "unit": TUY_PHUOC}
    formed = [
        TeamFormed(team=TeamId(one), name=one, name_key=one, on=date(2026, 1, 2), **about) for one in "ab"
    ]
    joined = [
        TeamMemberJoined(team=TeamId(team), person=person, on=date(2026, month, 3), **about)
        for team, person, month in (("a", PEOPLE[0], 1), ("a", PEOPLE[1], 2), ("b", PEOPLE[2], 2))
    ]
    merging = [PersonMerged(at=NOW, by=BY, person=one, into=PEOPLE[0]) for one in PEOPLE[1:3]]

    def members(month: str) -> tuple[int, int]:
        found = movement.ask(closed.now, month, [GIA_LAI])[GIA_LAI].deed("member")
        return found.month, found.total

    movement.live(*_registered(), *formed, *joined)
    assert (members("2026-01"), members("2026-02")) == ((1, 1), (2, 3))
    movement.live(*merging)
    assert (members("2026-01"), members("2026-02")) == ((1, 1), (0, 1))
    left = TeamMemberLeft(team=TeamId("a"), person=PEOPLE[0], on=date(2026, 3, 1), **about)
    movement.live(left)
    assert members("2026-03") == (0, 1)  # who stays under another id
    movement.live(MergeUndone(at=NOW, by=BY, person=PEOPLE[1], into=PEOPLE[0]))
    assert (members("2026-02"), members("2026-03")) == ((1, 2), (0, 2))
    movement.projector.rebuild("months")
    assert (members("2026-02"), members("2026-03")) == ((1, 2), (0, 2))


def _registered() -> list[Fact]:
    return [one for one in History([]).facts if isinstance(one, PersonRegistered)]


def test_a_visit_that_was_voided_is_in_no_report(movement):
    history = History([(36, 1, 2, 0, 1), (36, 1, 3, 0, 1)])
    visits = [one for one in history.facts if isinstance(one, HouseholdVisited)]
    gone = visits[0]
    movement.live(
        *visits,
        VisitVoided(
            at=NOW,
            by=BY,
            visit=gone.visit,
            household=gone.household,
            unit=gone.unit,
            reason=VoidReason.MISTAKE,
        ),
    )
    month = f"{gone.on:%Y-%m}"
    figures = movement.ask(closed.now, month, [COUNTRY])[COUNTRY]
    assert figures.deed("visit").month == sum(f"{one.on:%Y-%m}" == month for one in visits) - 1
