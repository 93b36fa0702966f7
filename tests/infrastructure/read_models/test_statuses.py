"""Statuses of areas and offices: recognised and withdrawn as their counts change, live and rebuilt."""

from datetime import date
from typing import Any

import pytest

from domain.criteria import AdoptCriteria, Criteria
from domain.model import UnitId, WorkplaceId
from domain.people import PersonMoved
from domain.registering import CorrectPerson
from domain.statuses import (
    AreaCriteria,
    Because,
    Counted,
    Households,
    Measure,
    StatusCriteria,
    StatusKind,
    WorkplaceCriteria,
)
from domain.targets import FigureDeclared, TargetGroup
from domain.territory import UnitAbolished, UnitKind, UnitSplit
from domain.visits import HouseholdsDeclared
from domain.workplaces import JoinWorkplace, LeaveWorkplace, RegisterWorkplace, WorkplaceKind
from infrastructure.read_models import statuses
from infrastructure.read_models.looks import at_statuses
from tests.cast import (
    BY,
    COUNTRY,
    GIA_LAI,
    LAN,
    NOW,
    PAYING,
    SAU,
    SERVICES,
    TODAY,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
    answer,
    household,
    lesson,
    market,
    merge,
    onboards,
    sells,
    teaching,
    vendor_says,
    void,
)
from tests.infrastructure.read_models.support import HAMLET, Movement, ambassadors, established
from tests.infrastructure.read_models.test_due import Reacting

SCHOOL = WorkplaceId("school")
VILLAGE = StatusCriteria(digital_village=AreaCriteria(families_percent=50))
HOME = [
    household(TU, SAU, unit=HAMLET),
    lesson(LAN, TU, skills=(VNEID, PAYING, SERVICES), unit=HAMLET),
    answer(teaching(LAN, TU)),
    lesson(TU, SAU, unit=HAMLET),
    answer(teaching(TU, SAU)),
]


@pytest.fixture
def reacting(movement: Movement, clock: Any) -> Reacting:
    movement.live(*ambassadors(LAN, TU))
    return Reacting(movement, clock)


def adopts(of: StatusCriteria | None, unit: UnitId = COUNTRY) -> AdoptCriteria:
    said = {} if of is None else {"statuses": of}
    content = Criteria(title_vi="Tiêu chí", title_en="Criteria", **said)  # type: ignore[arg-type]
    return AdoptCriteria(
        content=content, unit=unit, valid_from=date(2026, 1, 1), document="12/QĐ-UBND", by=BY
    )


def declares(households: int, unit: UnitId = HAMLET) -> HouseholdsDeclared:
    return HouseholdsDeclared(at=NOW, by=BY, unit=unit, households=households, on=TODAY, document="3/BC")


def adults(value: int, unit: UnitId = TUY_PHUOC) -> FigureDeclared:
    about = {"group": TargetGroup.ADULTS, "indicator": None, "as_of": TODAY, "document": "3/BC"}
    return FigureDeclared(at=NOW, by=BY, unit=unit, value=value, **about)  # type: ignore[arg-type]


def held(reacting: Reacting, unit: UnitId = COUNTRY) -> list[tuple[StatusKind, str]]:
    found = reacting.movement.ask(statuses.in_unit, unit)
    return [(one.status, one.subject) for one in found]


def test_without_adopted_criteria_nobody_holds_a_status(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, declares(1))
    reacting.react()
    assert held(reacting) == []


def test_a_village_holds_it_while_its_families_reach_it(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, declares(2), adopts(VILLAGE))
    reacting.react()
    (one,) = reacting.movement.ask(statuses.in_unit, TUY_PHUOC)
    assert (one.status, one.unit) == (StatusKind.DIGITAL_VILLAGE, HAMLET)
    assert one.counts == (Counted(measure=Measure.FAMILIES, counted=1, out_of=2, percent=50),)
    assert one.counted < one.position
    assert reacting.movement.ask(statuses.how_many, COUNTRY)[StatusKind.DIGITAL_VILLAGE] == 1

    reacting.movement.live(declares(3))
    assert reacting.react() == 1
    (gone,) = reacting.movement.ask(statuses.history, HAMLET)
    assert (gone.because, gone.ended_by[0].out_of) == (Because.COUNTS, 3)
    reacting.movement.live(declares(2))
    reacting.react()
    assert len(reacting.movement.ask(statuses.history, HAMLET)) == 2

    reacting.movement.live(void(teaching(TU, SAU)))
    reacting.react()
    assert held(reacting) == []


def test_where_nobody_declared_how_many_households_there_are_there_is_no_status(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, adopts(VILLAGE))
    reacting.react()
    assert held(reacting) == []
    registered = StatusCriteria(
        digital_village=AreaCriteria(families_percent=50, households=Households.REGISTERED)
    )
    reacting.movement.live(adopts(registered))
    reacting.react()
    assert held(reacting) == [(StatusKind.DIGITAL_VILLAGE, HAMLET)]


def test_a_commune_by_its_people_and_its_stalls(reacting: Reacting) -> None:
    community = StatusCriteria(digital_community=AreaCriteria(people_percent=50, vendors_percent=100))
    reacting.movement.live(*HOME, adults(4), adopts(community), market(), sells(SAU))
    reacting.react()
    assert held(reacting) == []
    reacting.movement.live(onboards(), vendor_says())
    reacting.react()
    (one,) = reacting.movement.ask(statuses.in_unit, COUNTRY)
    assert one.unit == TUY_PHUOC
    assert [(each.measure, each.counted, each.out_of) for each in one.counts] == [
        (Measure.PEOPLE, 2, 4),
        (Measure.VENDORS, 1, 1),
    ]


def test_who_adopts_nothing_for_statuses_any_more_ends_them(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, declares(1), adopts(VILLAGE))
    reacting.react()
    reacting.movement.live(adopts(None))
    reacting.react()
    assert [one.because for one in reacting.movement.ask(statuses.history, HAMLET)] == [Because.CRITERIA]


def test_the_nearest_criteria_count(reacting: Reacting) -> None:
    stricter = StatusCriteria(digital_village=AreaCriteria(families_percent=100))
    reacting.movement.live(*HOME, declares(2), adopts(VILLAGE), adopts(stricter, TUY_PHUOC))
    reacting.react()
    assert held(reacting) == []


def test_a_workplace_by_its_people_wherever_they_learned(reacting: Reacting) -> None:
    office = StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=100, people_least=2))
    school = RegisterWorkplace(
        workplace=SCHOOL, unit=TUY_PHUOC, kind=WorkplaceKind.SCHOOL, name="Trường", by=BY
    )
    joins = [JoinWorkplace(workplace=SCHOOL, person=one, on=YESTERDAY, by=BY) for one in (TU, SAU)]
    reacting.movement.live(adopts(office), school, *joins)
    reacting.react()
    assert held(reacting) == []
    reacting.movement.live(*HOME)
    reacting.react()
    assert held(reacting) == [(StatusKind.DIGITAL_UNIT, SCHOOL)]
    reacting.movement.live(LeaveWorkplace(workplace=SCHOOL, person=SAU, on=TODAY, by=BY))
    reacting.react()
    assert held(reacting) == []


def test_two_who_turned_out_to_be_one_count_once(reacting: Reacting) -> None:
    office = StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=100, people_least=2))
    school = RegisterWorkplace(
        workplace=SCHOOL, unit=TUY_PHUOC, kind=WorkplaceKind.SCHOOL, name="Trường", by=BY
    )
    joins = [JoinWorkplace(workplace=SCHOOL, person=one, on=YESTERDAY, by=BY) for one in (TU, SAU)]
    reacting.movement.live(adopts(office), school, *joins, *HOME[1:])
    reacting.react()
    assert held(reacting) == [(StatusKind.DIGITAL_UNIT, SCHOOL)]
    reacting.movement.live(merge(SAU, TU))
    reacting.react()
    assert held(reacting) == []


COMMUNITY = StatusCriteria(digital_community=AreaCriteria(people_percent=100))


def test_children_are_not_counted_among_adults(reacting: Reacting) -> None:
    child = CorrectPerson(person=SAU, minor=True, by=BY)
    learned = lesson(LAN, SAU), answer(teaching(LAN, SAU))
    reacting.movement.live(adopts(COMMUNITY), adults(1), child, *learned)
    reacting.react()
    assert held(reacting) == []
    reacting.movement.live(CorrectPerson(person=SAU, minor=False, by=BY))
    reacting.react()
    assert held(reacting) == [(StatusKind.DIGITAL_COMMUNITY, TUY_PHUOC)]
    reacting.movement.live(child)
    reacting.react()
    assert held(reacting) == []


def test_whoever_is_placed_in_a_part_of_a_divided_commune_counts_there(reacting: Reacting) -> None:
    part, other = UnitId("part"), UnitId("other")
    communes = [
        established(one, UnitKind.COMMUNE, GIA_LAI, code) for one, code in ((part, "1"), (other, "2"))
    ]
    split = UnitSplit(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=TODAY, into=(part, other))
    learned = lesson(LAN, TU), answer(teaching(LAN, TU))
    reacting.movement.live(adopts(COMMUNITY), *learned, *communes, split, adults(1, part))
    reacting.movement.projector.rebuild()
    reacting.react()
    assert held(reacting) == []
    reacting.movement.live(PersonMoved(at=NOW, by=BY, person=TU, unit=part, previous=TUY_PHUOC))
    reacting.react()
    assert held(reacting) == [(StatusKind.DIGITAL_COMMUNITY, part)]


def test_a_village_that_is_no_more_holds_nothing(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, declares(1), adopts(VILLAGE))
    reacting.react()
    ended = UnitAbolished(at=NOW, by=BY, unit=HAMLET, valid_from=TODAY)
    reacting.movement.live(ended)
    reacting.react()
    assert [one.because for one in reacting.movement.ask(statuses.history, HAMLET)] == [Because.ENDED]


def test_live_and_rebuilt_are_the_same_and_nothing_more_is_due(reacting: Reacting) -> None:
    reacting.movement.live(*HOME, declares(2), adopts(VILLAGE))
    reacting.react()
    reacting.movement.live(declares(3))
    reacting.react()
    live = reacting.movement.ask(statuses.history, HAMLET)
    reacting.movement.projector.rebuild()
    assert reacting.movement.ask(statuses.history, HAMLET) == live
    assert reacting.react() == 0
    assert reacting.movement.ask(at_statuses, TODAY, [HAMLET, TUY_PHUOC]) == ([], [])
