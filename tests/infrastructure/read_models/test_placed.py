"""Communes merge and are divided at random, and whoever and whatever was known in a divided one is placed in
a part: each unit of any time counts what ever was in it while it stood, and the country all of it, once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.closing import MonthClosed
from domain.digital_markets import DigitalMarketRecognised
from domain.households import DigitalFamilyRecognised, HouseholdMemberJoined, HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import (
    Answer,
    Channel,
    Evidence,
    Fact,
    Group,
    HouseholdId,
    LessonId,
    MarketId,
    OnboardingId,
    PersonId,
    TeachingId,
    TeamId,
    UnitId,
    VendorId,
    VisitId,
    VoidReason,
    WorkplaceId,
)
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.recognition import AmbassadorRecognised
from domain.teaching import TeachingAnswered, TeachingLogged
from domain.teams import DisbandReason as Why
from domain.teams import TeamDisbanded, TeamFormed, TeamMemberJoined
from domain.territory import UnitKind, UnitsMerged, UnitSplit
from domain.vendors import Means, VendorRegistered
from domain.visits import HouseholdVisited, VisitVoided, numbered
from domain.workplaces import WorkplaceKind, WorkplaceRegistered
from infrastructure.read_models import (
    closed,
    coverage,
    figures,
    honours,
    households,
    markets,
    placing,
    scored,
    teams,
    workplaces,
)
from infrastructure.read_models.honours import Status
from infrastructure.read_models.standings import Metric
from tests.cast import BY, COUNTRY, GIA_LAI, NOW, TODAY, TUY_PHUOC, VNEID
from tests.infrastructure.read_models.support import AN_NHON, TERRITORY, Happening, Movement, established
from tests.infrastructure.read_models.test_any_history import contents, fresh

SINCE, MONTH, ON = date(2026, 2, 1), "2026-02", date(2026, 2, 20)
MENTOR = PersonId("mentor")
PLACED = (Body.PERSON, Body.HOUSEHOLD, Body.MARKET, Body.TEAM, Body.WORKPLACE, Body.DOOR)
Known = tuple[Body, str]


def named(body: Body, unit: UnitId, number: int) -> str:
    """What is known in a unit from its beginning."""
    return numbered(unit, number + 1) if body is Body.DOOR else f"{body}-{number}"


small = st.integers(0, 5)
programs = st.lists(st.tuples(st.integers(0, 3), small, small, small), min_size=2, max_size=6)
"""What happens: which kind of thing, and where."""


class Story:
    """Facts, and in plain sets what ever was in each unit while it stood."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.communes = [TUY_PHUOC, AN_NHON]
        self.where: dict[Known, UnitId] = {}
        self.said: dict[Known, UnitId] = {}  # as the facts name it, whatever became of that
        self.ever: dict[UnitId, set[Known]] = defaultdict(set)
        self.came_of: dict[UnitId, set[UnitId]] = defaultdict(set)
        self.bodies = self.units = 0
        self.day = date(2025, 9, 1)
        self.settle(TUY_PHUOC)

    def add(self, kind: type[Fact], /, **fields: Any) -> None:
        self.facts.append(kind(at=NOW, by=BY, **fields))

    def happen(self, kind: int, a: int, b: int, c: int) -> None:
        there = self.communes[a % len(self.communes)]
        if kind == 0 and not self.units:
            self.settle(there)  # what comes later counts in units of before, too, where these held all of it
        elif kind == 1 and (others := self.apart(there)):
            self.merge(there, others[b % len(others)])
        else:
            self.divide(there, b, c)

    def apart(self, unit: UnitId) -> list[UnitId]:
        """Communes into which no part went of what this one came of: else two ways would lead from a divided
        commune into one of today, and nobody could say by which of them somebody came."""
        came = self.came_of[unit] | {unit}
        return [one for one in self.communes if one != unit and not came & (self.came_of[one] | {one})]

    def settle(self, unit: UnitId) -> None:
        """Somebody, their family, a market, a team and an office are known in a commune."""
        number, self.bodies = self.bodies, self.bodies + 1
        self.facts += known_in(unit, number)
        for body in PLACED:
            self.said[body, named(body, unit, number)] = unit
            self.lies((body, named(body, unit, number)), unit)

    def new(self) -> UnitId:
        """From the day on that the next unit ends."""
        self.units += 1
        unit, since = UnitId(f"new-{self.units}"), self.day + timedelta(days=1)
        self.facts.append(established(unit, UnitKind.COMMUNE, GIA_LAI, f"6{self.units:04d}", since))
        self.communes.append(unit)
        return unit

    def merge(self, part: UnitId, into: UnitId) -> None:
        self.end(part, UnitsMerged, unit=into, parts=(part,))
        self.came_of[into] |= self.came_of[part] | {part}
        for known in self.inside(part):
            self.lies(known, into)

    def divide(self, unit: UnitId, b: int, c: int) -> None:
        """Into a new commune and one that stands, or two new ones; everything is placed, each on its own."""
        others = self.apart(unit)
        parts = (self.new(), others[b % len(others)] if others and b % 2 else self.new())
        self.end(unit, UnitSplit, unit=unit, into=parts)
        for part in parts:
            self.came_of[part] |= self.came_of[unit] | {unit}
        for at, (body, subject) in enumerate(self.inside(unit)):
            part = parts[(at * c + b) % 2]
            previous, self.said[body, subject] = self.said[body, subject], part
            self.lies((body, subject), part)
            if body is Body.PERSON:
                self.add(PersonMoved, person=PersonId(subject), unit=part, previous=previous)
            else:
                self.add(PlacedAnew, body=body, subject=subject, unit=part, previous=previous)

    def end(self, gone: UnitId, kind: type[Fact], **fields: Any) -> None:
        self.day += timedelta(days=1)
        self.communes.remove(gone)
        self.add(kind, valid_from=self.day, **fields)

    def inside(self, unit: UnitId) -> list[Known]:
        return sorted(known for known, where in self.where.items() if where == unit)

    def lies(self, known: Known, unit: UnitId) -> None:
        self.where[known] = unit
        self.ever[unit].add(known)


def known_in(unit: UnitId, number: int) -> list[Fact]:
    at: dict[str, Any] = {"at": NOW, "by": BY, "unit": unit}
    person, family, market, team = (f"{body}-{number}" for body in PLACED[:4])
    vendor = at | {"market": MarketId(market), "vendor": VendorId(f"vendor-{number}")}
    onboarded = vendor | {
        "onboarding": OnboardingId(f"onboarding-{number}"), "ambassador": MENTOR,
        "means": (Means.CASHLESS_PAYMENT,), "on": ON,
    }  # fmt: skip
    taught = at | {
        "teaching": TeachingId(f"teaching-{number}"), "ambassador": MENTOR, "learner": PersonId(person),
        "skills": (VNEID,), "on": ON,
    }  # fmt: skip
    home = at | {"household": HouseholdId(family)}
    return [
        PersonRegistered(person=PersonId(person), group=Group.PEOPLE, **at),
        TeachingLogged(lesson=LessonId(f"lesson-{number}"), channel=Channel.ONE_TO_ONE, **taught),
        TeachingAnswered(answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, **taught),
        AmbassadorRecognised(person=PersonId(person), witnesses=(), criteria="hash", **at),
        HouseholdRegistered(ambassador=MENTOR, on=ON, **home),
        HouseholdMemberJoined(person=PersonId(person), **home),
        DigitalFamilyRecognised(
            ambassador=MENTOR, proficient=PersonId(person), skills_shown=(), taught=None, declared=(),
            criteria="hash", **home,
        ),
        HouseholdVisited(
            visit=VisitId(f"visit-{number}"), visitor=MENTOR, team=None, on=ON, found=(), needs=(),
            number=None, **home,
        ),
        HouseholdVisited(
            visit=VisitId(f"door-{number}"), visitor=MENTOR, team=None, on=ON, found=(), needs=(),
            number=number + 1, household=numbered(unit, number + 1), **at,
        ),
        MarketOpened(market=MarketId(market), name=market, name_key=market, stalls=1, **at),
        VendorRegistered(person=PersonId(f"seller-{number}"), **vendor),
        VendorOnboardingLogged(**onboarded),
        VendorOnboardingAnswered(answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, **onboarded),
        DigitalMarketRecognised(market=MarketId(market), counted=1, out_of=1, criteria="hash", **at),
        TeamFormed(team=TeamId(team), name=team, name_key=team, on=ON, **at),
        TeamMemberJoined(team=TeamId(team), person=PersonId(person), on=ON, **at),
        WorkplaceRegistered(
            workplace=WorkplaceId(f"workplace-{number}"), kind=WorkplaceKind.SCHOOL, name=f"T {number}",
            name_key=f"t {number}", **at,
        ),
    ]  # fmt: skip


def of_bodies(found: set[Known]) -> dict[Body, set[str]]:
    return {body: {subject for kind, subject in found if kind is body} for body in PLACED}


def as_counted(movement: Movement, unit: UnitId, expected: dict[Body, set[str]]) -> None:
    """Every count and every list of a unit says the same of it."""
    many = {body: len(some) for body, some in expected.items()}
    own = movement.ask(figures.figures, unit, active_since=SINCE).own
    people, families, market = (many[body] for body in PLACED[:3])
    assert (own.taught, own.able, own.ambassadors) == (people, people, people)
    assert (own.families, own.markets, own.vendors) == (families, market, market)
    boards = {metric: movement.ask(scored.unit_by_period, unit, metric=metric) for metric in Metric}
    assert {metric: board.get("all", 0) for metric, board in boards.items()} == {
        Metric.PEOPLE: people, Metric.FAMILIES: families, Metric.VENDORS: market,
    }  # fmt: skip
    month = movement.ask(closed.now, MONTH, [unit])[unit]
    assert month.people.total.confirmed == people
    honoured = f"{NOW:%Y-%m}"
    later = movement.ask(closed.now, honoured, [unit])[unit]
    assert [later.deed(status).total for status in Status] == [people, families, market]
    assert [month.deed(what).total for what in ("team", "member")] == [many[Body.TEAM]] * 2
    doors = movement.ask(coverage.doors, unit)
    assert doors is not None
    assert doors.own.visited == families + many[Body.DOOR]


def as_listed(movement: Movement, unit: UnitId, expected: dict[Body, set[str]]) -> None:
    held = {
        status: {one.subject for one in movement.ask(honours.holders, status=status, unit=unit).rows}
        for status in (Status.FAMILY, Status.MARKET)
    }
    assert held == {Status.FAMILY: expected[Body.HOUSEHOLD], Status.MARKET: expected[Body.MARKET]}
    listed = {
        Body.HOUSEHOLD: {one.household for one in movement.ask(households.in_unit, unit)},
        Body.MARKET: {one.market for one in movement.ask(markets.in_unit, unit, active_since=SINCE)},
        Body.TEAM: {one.team for one in movement.ask(teams.in_unit, unit).teams},
        Body.WORKPLACE: {one.workplace for one in movement.ask(workplaces.in_unit, unit)},
    }
    assert listed == {body: expected[body] for body in listed}


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs)
def test_each_unit_of_any_time_counts_and_lists_what_ever_was_in_it(sqlite_home, program):
    with fresh(sqlite_home) as movement:
        check(movement, program)


def test_the_same_on_postgresql(sqlite_home, postgres):
    url = postgres.prepared()
    with fresh(sqlite_home, url) as movement:
        check(movement, [(2, 0, 1, 1), (2, 1, 0, 1), (1, 0, 0, 1)])
    postgres.drop(url)


def check(movement: Movement, program: Sequence[tuple[int, int, int, int]]) -> None:
    story = Story()
    movement.live(Happening(facts=(*TERRITORY, *story.facts)))
    for step in program:
        known = len(story.facts)
        story.happen(*step)
        movement.live(Happening(facts=tuple(story.facts[known:])))
    live = contents(movement)
    movement.projector.rebuild()
    assert contents(movement) == live
    for unit, ever in story.ever.items():
        as_counted(movement, unit, of_bodies(ever))
        as_listed(movement, unit, of_bodies(ever))
    everything = of_bodies(set(story.where))
    for unit in (COUNTRY, GIA_LAI):
        as_counted(movement, unit, everything)
        as_listed(movement, unit, everything)
    assert all(one.waiting == 0 for one in movement.ask(placing.progress))


X, Y = UnitId("new-1"), UnitId("new-2")


@pytest.fixture
def divided(movement):
    """Everything that was known in Tuy Phước waits."""
    split = UnitSplit(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=date(2025, 9, 1), into=(X, Y))
    new = [established(one, UnitKind.COMMUNE, GIA_LAI, f"6000{at}") for at, one in enumerate((X, Y))]
    movement.live(Happening(facts=(*known_in(TUY_PHUOC, 0), *new, split)))
    return movement


def anew(body: Body, unit: UnitId, previous: UnitId = TUY_PHUOC) -> PlacedAnew:
    subject = named(body, TUY_PHUOC, 0)
    return PlacedAnew(at=NOW, by=BY, body=body, subject=subject, unit=unit, previous=previous)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestOneByOne:
    def test_what_waits_counts_in_no_part_and_in_the_whole_as_ever(self, divided):
        everything = of_bodies({(body, named(body, TUY_PHUOC, 0)) for body in PLACED})
        for unit in (TUY_PHUOC, GIA_LAI, COUNTRY):
            as_counted(divided, unit, everything)
        for unit in (X, Y):
            as_counted(divided, unit, of_bodies(set()))
        waiting = {one.body: one.waiting for one in divided.ask(placing.progress, TUY_PHUOC)}
        assert {waiting[body] for body in PLACED[1:]} == {1}

    def test_placed_in_the_wrong_part_it_is_placed_in_the_other(self, divided):
        for body in PLACED[1:]:
            divided.live(anew(body, X), anew(body, Y, previous=X))
        known = {(body, named(body, TUY_PHUOC, 0)) for body in PLACED[1:]}
        person = {(Body.PERSON, f"{Body.PERSON}-0")}
        as_counted(divided, X, of_bodies(set()))
        as_counted(divided, Y, of_bodies(known))
        as_counted(divided, TUY_PHUOC, of_bodies(known | person))

    def test_a_household_of_a_unit_that_was_not_divided_counts_where_it_was_visited(self, divided):
        door = named(Body.DOOR, AN_NHON, 1)
        divided.live(
            Happening(facts=(*known_in(AN_NHON, 1),)),
            PlacedAnew(at=NOW, by=BY, body=Body.DOOR, subject=door, unit=X, previous=AN_NHON),
        )
        there, elsewhere = (divided.ask(coverage.doors, unit) for unit in (AN_NHON, X))
        assert (there.own.visited, there.direct) == (2, 2)
        assert (elsewhere.own.visited, elsewhere.direct) == (0, 0)

    def test_the_queue_counts_who_and_what_still_waits_and_is_there(self, divided):
        door, family = named(Body.DOOR, TUY_PHUOC, 0), HouseholdId(named(Body.HOUSEHOLD, TUY_PHUOC, 0))
        person, other = PersonId(named(Body.PERSON, TUY_PHUOC, 0)), PersonId("other")
        at: dict[str, Any] = {"at": NOW, "by": BY, "unit": TUY_PHUOC}

        def visit(name: str, household: str, number: int) -> HouseholdVisited:
            return HouseholdVisited(
                visit=VisitId(name), household=HouseholdId(household), visitor=MENTOR, team=None, on=ON,
                found=(), needs=(), number=number, **at,
            )  # fmt: skip

        def void(name: str, household: str) -> VisitVoided:
            house = HouseholdId(household)
            return VisitVoided(visit=VisitId(name), household=house, reason=VoidReason.MISTAKE, **at)

        def counts(body: Body) -> list[tuple[int, int]]:
            rows = divided.ask(placing.queue, TUY_PHUOC, body)
            found = [one for one in divided.ask(placing.progress, TUY_PHUOC) if one.body is body]
            assert len(rows) == sum(one.waiting for one in found)
            return [(one.waiting, one.all) for one in found]

        second = numbered(TUY_PHUOC, 7)
        divided.live(visit("second", second, 7))
        assert counts(Body.DOOR) == [(2, 2)]
        divided.live(visit("same", family, 7))  # the seventh door is the family's
        assert counts(Body.DOOR) == [(1, 1)]
        divided.live(void("same", family))
        assert counts(Body.DOOR) == [(2, 2)]
        divided.live(void("second", second), anew(Body.DOOR, Y))
        assert counts(Body.DOOR) == [(0, 1)]
        divided.live(visit("late", door, 1))  # what was placed is not asked for again
        assert counts(Body.DOOR) == [(0, 1)]

        ((waiting, known),) = counts(Body.PERSON)
        divided.live(PersonRegistered(person=other, group=Group.PEOPLE, **at))
        assert counts(Body.PERSON) == [(waiting + 1, known + 1)]
        merged: dict[str, Any] = {"at": NOW, "by": BY, "person": other, "into": person}
        divided.live(PersonMerged(**merged))
        assert counts(Body.PERSON) == [(waiting, known)]
        divided.live(MergeUndone(**merged))
        assert counts(Body.PERSON) == [(waiting + 1, known + 1)]
        divided.live(PersonErased(at=NOW, by=BY, person=other))
        assert counts(Body.PERSON) == [(waiting, known)]
        live = contents(divided)
        divided.projector.rebuild()
        assert contents(divided) == live

    def test_what_is_recorded_of_it_afterwards_counts_there_too(self, divided):
        market, team = MarketId("market-0"), TeamId("team-0")
        at: dict[str, Any] = {"at": NOW, "by": BY, "unit": TUY_PHUOC}
        vendor = at | {"market": market, "vendor": VendorId("late")}
        onboarded = vendor | {
            "onboarding": OnboardingId("late"), "ambassador": MENTOR, "on": ON,
            "means": (Means.CASHLESS_PAYMENT,),
        }  # fmt: skip
        divided.live(
            anew(Body.MARKET, Y),
            anew(Body.TEAM, Y),
            VendorRegistered(person=PersonId("late"), **vendor),
            VendorOnboardingAnswered(answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, **onboarded),
            TeamMemberJoined(team=team, person=PersonId("late"), on=ON, **at),
            TeamDisbanded(
                at=NOW, by=BY, team=team, unit=Y, on=TODAY, name_key="team-0", reason=Why.OTHER
            ),
        )  # fmt: skip
        assert divided.ask(figures.figures, Y, active_since=SINCE).own.vendors == 2
        month = divided.ask(closed.now, f"{TODAY:%Y-%m}", [Y, TUY_PHUOC, COUNTRY])
        assert {(one.deed("member").total, one.deed("team").total) for one in month.values()} == {(2, 0)}

    def test_what_a_closed_month_froze_stays_and_the_difference_has_its_reason(self, divided):
        divided.live(MonthClosed(at=NOW, by=BY, unit=GIA_LAI, month=MONTH))
        one = divided.ask(closed.standing, GIA_LAI, MONTH)
        units = [GIA_LAI, TUY_PHUOC, X, Y]
        before = divided.ask(closed.frozen, one.position, units)
        divided.live(anew(Body.TEAM, Y), anew(Body.HOUSEHOLD, Y), anew(Body.MARKET, Y))
        assert divided.ask(closed.frozen, one.position, units) == before
        assert divided.ask(closed.now, MONTH, [Y])[Y].deed("team").total == 1
        assert set(divided.ask(closed.came_later, one.position, units)) == {Y}
