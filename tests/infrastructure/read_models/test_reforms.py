"""Boundaries change in the middle of any history: each unit of then and of now counts its people."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.model import Group, UnitId
from domain.people import PersonMoved, PersonRegistered
from domain.placed import Body
from domain.territory import (
    UnitAbolished,
    UnitFact,
    UnitKind,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)
from infrastructure.read_models import figures, honours, milestones, placing, units
from infrastructure.read_models.figures import Figures
from infrastructure.read_models.honours import Status
from infrastructure.read_models.territory import Territory
from tests.cast import BY, COUNTRY, GIA_LAI, LAN, LAN_TU, NOW, SAU, TODAY, TU, TUY_PHUOC, answer, lesson
from tests.infrastructure.read_models.histories import UNITS, History, histories
from tests.infrastructure.read_models.support import (
    AN_NHON,
    HAMLET,
    TERRITORY,
    Happening,
    Movement,
    ambassadors,
    established,
)
from tests.infrastructure.read_models.test_any_history import batch_sizes, contents, fresh, live_through

DAY = date(2025, 9, 1)
NEW, X, Y = UnitId("tay-nguyen"), UnitId("xa-moi"), UnitId("phuong-moi")
SINCE = date(2026, 2, 1)


def merged(into: UnitId, *parts: UnitId) -> UnitsMerged:
    return UnitsMerged(at=NOW, by=BY, unit=into, valid_from=DAY, parts=parts)


FRESH = (
    established(NEW, UnitKind.PROVINCE, COUNTRY, "66", DAY),
    established(X, UnitKind.COMMUNE, NEW, "60001", DAY),
    established(Y, UnitKind.WARD, NEW, "60002", DAY),
)
MERGED = (*FRESH, merged(NEW, GIA_LAI), merged(X, TUY_PHUOC), merged(Y, AN_NHON))
IN_ONE = (*FRESH, merged(NEW, GIA_LAI), merged(X, TUY_PHUOC, AN_NHON))
SPLIT = (
    *FRESH,
    merged(NEW, GIA_LAI),
    UnitSplit(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=DAY, into=(X, Y)),
    merged(Y, AN_NHON),
)


def of(movement: Movement, unit: UnitId) -> Figures:
    return movement.ask(figures.figures, unit, active_since=SINCE).own


def honoured(movement: Movement, unit: UnitId) -> dict[Status, set[str]]:
    """Who holds which status in a unit."""
    return {
        status: {one.subject for one in movement.ask(honours.holders, status=status, unit=unit).rows}
        for status in Status
    }


def reached(movement: Movement, unit: UnitId) -> object:
    return movement.ask(milestones.counted, [unit])


def alike(one: Figures, other: Figures) -> bool:
    return one == msgspec.structs.replace(other, unit=one.unit)


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=histories,
    reform=st.sampled_from((MERGED, IN_ONE, SPLIT)),
    after=st.integers(0, 100),
    sizes=batch_sizes,
)
def test_whenever_boundaries_change_all_count_as_if_they_had_always_been_known(
    sqlite_home, history, reform, after, sizes
):
    check(sqlite_home, None, history, reform, after, sizes)


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories, after=st.integers(0, 100), sizes=batch_sizes)
def test_the_same_on_postgresql(sqlite_home, postgres, history, after, sizes):
    url = postgres.prepared()
    check(sqlite_home, url, history, SPLIT, after, sizes)
    postgres.drop(url)


def check(
    sqlite_home, url: str | None, history: History, reform: tuple[UnitFact, ...], after: int, sizes: list[int]
) -> None:
    with fresh(sqlite_home) as unchanged:
        live_through(unchanged, history, sizes)
        before = {unit: of(unchanged, unit) for unit in (COUNTRY, GIA_LAI, *UNITS)}
        held = {unit: honoured(unchanged, unit) for unit in before}
        milestone = {unit: reached(unchanged, unit) for unit in before}
    at = max(len(history.facts) * after // 100, len(TERRITORY))
    facts = [*history.facts[:at], *reform, *history.facts[at:]]
    with fresh(sqlite_home, url) as movement:
        live_through(movement, cast(History, SimpleNamespace(facts=facts)), sizes)
        live = contents(movement)
        movement.projector.rebuild()
        assert contents(movement) == live
        for unit, figure in before.items():
            assert of(movement, unit) == figure  # under the old boundaries, and in the country
            assert honoured(movement, unit) == held[unit]
            assert reached(movement, unit) == milestone[unit]
        assert alike(of(movement, NEW), before[GIA_LAI])


def test_what_was_counted_before_counts_in_the_new_commune_at_once(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU))
    movement.live(*MERGED)
    assert [of(movement, unit).confirmed for unit in (TUY_PHUOC, X, Y, GIA_LAI, NEW, COUNTRY)] == [
        1, 1, 0, 1, 1, 1,
    ]  # fmt: skip


def test_one_commune_that_took_in_two_counts_a_person_of_both_once(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU))
    movement.live(*ambassadors(LAN, unit=AN_NHON), lesson(LAN, TU, called="b", unit=AN_NHON))
    movement.live(*IN_ONE)
    assert of(movement, X).taught == 1


def test_what_was_split_counts_in_what_all_its_parts_lie_in(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU))
    movement.live(*SPLIT)
    assert [of(movement, unit).confirmed for unit in (TUY_PHUOC, X, Y, NEW)] == [1, 0, 0, 1]


def test_an_old_commune_lies_in_the_new_one_and_a_new_one_in_the_old_province(movement):
    movement.live(*MERGED)
    where = movement.ask(units.place, TUY_PHUOC)
    assert (where.commune, where.province, where.ended) == (X, NEW, True)
    assert movement.ask(units.lies_within, HAMLET, X)
    assert movement.ask(units.lies_within, X, GIA_LAI)
    assert not movement.ask(units.lies_within, Y, TUY_PHUOC)


def test_what_was_left_uncounted_is_counted_by_the_next_process(movement, monkeypatch):
    movement.live(*ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU))
    with monkeypatch.context() as broken_off:
        broken_off.setattr(type(movement.projector), "_count_again", lambda _self: None)
        movement.live(*MERGED)
    assert movement.projector.status().counting_anew
    assert of(movement, X).confirmed == 0  # the control: without counting again it is missing
    next_one = Movement(movement.database, movement.ledger).projector
    next_one.catch_up()
    assert of(movement, X).confirmed == 1
    assert not next_one.status().counting_anew


def test_many_changes_are_counted_anew_once_when_none_has_come_for_a_moment(movement):
    follower = movement.projector

    def happens(*facts):
        movement.ledger.decide_soon(Happening(facts=facts)).result()
        follower._step()
        return follower._more_may_end()

    assert not happens(*FRESH)
    assert happens(merged(X, TUY_PHUOC))
    assert happens(merged(Y, AN_NHON))
    assert not happens(*ambassadors(LAN, unit=X))  # what else is recorded does not keep it waiting
    follower.catch_up()
    assert not happens(*ambassadors(TU, unit=X))


class TestTheTerritoryInMemory:
    def test_finds_what_stands_by_its_code_and_what_is_no_more_by_its_id(self, movement):
        movement.live(*MERGED)
        territory = Territory(movement.database)
        assert territory.find("21952") is None
        old, new = territory.find(TUY_PHUOC), territory.find("60001")
        assert old is not None
        assert new is not None
        assert (old.ended, old.path) == (DAY, (TUY_PHUOC, X, NEW, COUNTRY))
        assert (new.ended, new.path) == (None, (X, NEW, COUNTRY))

    def test_tells_units_as_they_were_on_a_day(self, movement):
        movement.live(*MERGED)
        territory = Territory(movement.database)
        then, now = territory.on("21952", DAY - timedelta(days=1)), territory.on("21952", DAY)
        assert then is not None
        assert then.id == TUY_PHUOC
        assert now is None

    def test_tells_what_a_unit_was_formerly(self, movement):
        movement.live(*SPLIT)
        territory = Territory(movement.database)
        assert set(territory.formerly(X)) == {TUY_PHUOC}
        assert set(territory.formerly(Y)) == {TUY_PHUOC, AN_NHON}
        assert territory.formerly(TUY_PHUOC) == ()

    def test_lists_under_each_unit_what_lies_there_today_or_lay_there_then(self, movement):
        movement.live(*MERGED)
        territory = Territory(movement.database)
        assert [one.id for one in territory.children(COUNTRY)] == [NEW]
        assert [one.id for one in territory.children(X)] == [HAMLET]
        assert {TUY_PHUOC, AN_NHON} <= {one.id for one in territory.children(GIA_LAI)}

    def test_a_role_over_a_unit_follows_it(self, movement):
        movement.live(*MERGED)
        territory = Territory(movement.database)
        assert territory.is_within(X, GIA_LAI)
        assert territory.is_within(TUY_PHUOC, X)
        assert territory.is_within(X, TUY_PHUOC)
        assert not territory.is_within(Y, TUY_PHUOC)
        assert not territory.is_within(Y, X)

    def test_names_and_kinds_hold_from_their_day_on_however_late_they_are_told(self, movement):
        kind, later, earlier = date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1)
        movement.live(
            UnitRenamed(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=later, name="Tuy Phước Mới"),
            UnitRenamed(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=earlier, name="Tuy Phước Giữa"),
            UnitReclassified(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=kind, kind=UnitKind.WARD),
        )
        territory = Territory(movement.database)
        said = [territory.on(TUY_PHUOC, day) for day in (DAY, kind, earlier, later, TODAY)]
        assert [(one.name, one.kind) for one in said if one] == [
            (TUY_PHUOC, UnitKind.COMMUNE),
            (TUY_PHUOC, UnitKind.WARD),
            ("Tuy Phước Giữa", UnitKind.WARD),
            ("Tuy Phước Mới", UnitKind.WARD),
            ("Tuy Phước Mới", UnitKind.WARD),
        ]
        found = territory.find(TUY_PHUOC)
        assert found is not None
        assert found.name == "Tuy Phước Mới"


def test_a_district_that_was_abolished_still_counts_what_happened_in_it(movement):
    district, old = UnitId("huyen"), UnitId("xa-cu")
    movement.live(
        established(district, UnitKind.RURAL_DISTRICT, GIA_LAI),
        established(old, UnitKind.COMMUNE, district),
        *ambassadors(LAN, unit=old),
        lesson(LAN, TU, unit=old),
        *FRESH,
        merged(X, old),
        UnitAbolished(at=NOW, by=BY, unit=district, valid_from=DAY),
    )
    assert [of(movement, unit).taught for unit in (old, district, GIA_LAI, X, NEW)] == [1, 1, 1, 1, 1]


def placed(unit: UnitId) -> PersonMoved:
    return PersonMoved(at=NOW, by=BY, person=TU, unit=unit, previous=TUY_PHUOC)


def test_a_commune_that_takes_another_one_in_is_no_part_of_that(movement):
    """It stood before on a ground of its own: what happens there never counts in the other one."""
    movement.live(*ambassadors(LAN), lesson(LAN, TU), *ambassadors(LAN, unit=AN_NHON))
    movement.live(lesson(LAN, SAU, called="b", unit=AN_NHON), merged(TUY_PHUOC, AN_NHON))
    assert [of(movement, unit).taught for unit in (AN_NHON, TUY_PHUOC, GIA_LAI)] == [1, 2, 2]


class TestWhoOfADividedCommuneIsPlaced:
    """A fact of its own; no lesson's unit changes."""

    @pytest.fixture
    def divided(self, movement):
        movement.live(
            PersonRegistered(at=NOW, by=BY, person=TU, group=Group.PEOPLE, unit=TUY_PHUOC),
            *ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU), *SPLIT,
        )  # fmt: skip
        return movement

    def test_counts_in_their_part_from_then_on_and_in_the_old_commune_as_ever(self, divided):
        divided.live(placed(Y))
        assert [of(divided, unit).confirmed for unit in (TUY_PHUOC, X, Y, NEW, COUNTRY)] == [1, 0, 1, 1, 1]
        live = contents(divided)
        divided.projector.rebuild()
        assert contents(divided) == live

    def test_placed_anew_they_count_there_instead(self, divided):
        divided.live(placed(Y), msgspec.structs.replace(placed(X), previous=Y))
        assert [of(divided, unit).confirmed for unit in (TUY_PHUOC, X, Y)] == [1, 1, 0]

    def test_who_moved_elsewhere_counts_in_no_part(self, divided):
        divided.live(placed(AN_NHON))
        # An Nhơn went into Y, which is a part.
        assert [of(divided, unit).confirmed for unit in (X, Y)] == [0, 1]

    def test_waits_in_the_queue_until_then(self, divided):
        def waiting():
            [one] = [one for one in divided.ask(placing.progress) if one.body is Body.PERSON]
            return one.divided, one.body, one.waiting, one.all

        commune, body, before, everybody = waiting()
        assert (commune, body, before) == (TUY_PHUOC, Body.PERSON, everybody)
        [one] = [one for one in divided.ask(placing.queue, TUY_PHUOC, Body.PERSON) if one.subject == TU]
        assert (one.unit, one.hints) == (TUY_PHUOC, ())
        divided.live(placed(Y))
        assert waiting() == (TUY_PHUOC, Body.PERSON, before - 1, everybody)
        assert TU not in [one.subject for one in divided.ask(placing.queue, TUY_PHUOC, Body.PERSON)]
