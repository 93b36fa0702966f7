"""Targets beside actual figures: of today's units and of those that went into them."""

from datetime import date
from typing import Any

import msgspec

from application.targets import unit_before
from domain.model import Group, Position, TeachingId, UnitId
from domain.people import PersonCorrected
from domain.targets import (
    Comparator,
    DeclareFigure,
    FollowTarget,
    Indicator,
    Reason,
    SetTargets,
    Target,
    TargetGroup,
)
from domain.territory import UnitKind, UnitsMerged
from infrastructure.read_models.declared import history
from infrastructure.read_models.figures import by_group
from infrastructure.read_models.targets import Against, Known, Whole, against
from tests.cast import BY, COUNTRY, GIA_LAI, LAN, LAN_TU, NOW, SAU, TU, TUY_PHUOC, answer, lesson
from tests.infrastructure.read_models.support import AN_NHON, Movement, ambassadors, established
from tests.infrastructure.read_models.test_any_history import contents

BINH_DINH = unit_before("52")
PLEIKU = unit_before("64")  # the former Gia Lai
OLD_COMMUNE = unit_before("21952")
REFORM = (
    established(BINH_DINH, UnitKind.PROVINCE, COUNTRY, "52"),
    established(PLEIKU, UnitKind.PROVINCE, COUNTRY, "64"),
    established(OLD_COMMUNE, UnitKind.COMMUNE, BINH_DINH, "21952"),
    UnitsMerged(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=date(2025, 7, 1), parts=(OLD_COMMUNE,)),
    UnitsMerged(at=NOW, by=BY, unit=GIA_LAI, valid_from=date(2025, 7, 1), parts=(BINH_DINH, PLEIKU)),
)


def target(source: str = "003", percent: int = 80, **other: object) -> Target:
    said = {
        "source": source, "unit": GIA_LAI, "then": "Bình Định", "then_code": "52", "year": 2026,
        "group": TargetGroup.ADULTS, "indicator": Indicator.BASIC_DIGITAL_SKILLS,
        "comparator": Comparator.AT_LEAST, "percent": percent,
    }  # fmt: skip
    return Target(**(said | other))  # type: ignore[arg-type]


NOW_TOO = target("005", then="Tỉnh Gia Lai", then_code=None)


def declares(value: int, *, unit: UnitId = BINH_DINH, as_of: date = date(2025, 12, 31)) -> DeclareFigure:
    return DeclareFigure(
        unit=unit, group=TargetGroup.ADULTS, indicator=None, as_of=as_of, value=value, document="1/BC", by=BY
    )


def taught_in_both(movement: Movement) -> None:
    """Bà Tư in what was Bình Định, Ông Sáu in what was not; both can do it themselves."""
    movement.live(
        *ambassadors(LAN, unit=GIA_LAI),
        lesson(LAN, TU),
        lesson(LAN, SAU, unit=AN_NHON, called=AN_NHON),
        answer(LAN_TU),
        answer(TeachingId(f"{AN_NHON}/{SAU}")),
    )


def asked(movement: Movement) -> list[Against]:
    return movement.ask(against, [GIA_LAI])


def test_the_target_of_a_former_province_is_held_against_its_own_people(movement):
    movement.live(*REFORM, SetTargets(targets=(target(), NOW_TOO), by=BY))
    taught_in_both(movement)
    movement.live(declares(10))

    then, now = asked(movement)

    assert (then.of, then.known, then.actual, then.share) == (BINH_DINH, Known.COUNTED, 1, 0.1)
    assert (now.of, now.actual, now.whole) == (GIA_LAI, 2, None)


def test_what_was_asked_for_and_declared_is_known_as_it_stood_then(movement):
    """As a report of a closed month says it again."""
    first, second = target(), target("005", 90)
    movement.live(SetTargets(targets=(first, second), by=BY), declares(10))
    movement.live(FollowTarget(asked=first.asks, source="003", reason=Reason.DECIDED, by=BY))
    stood = Position(movement.ledger.head())
    before = movement.ask(against, [GIA_LAI], at=stood)
    corrected = msgspec.structs.replace(first, percent=85)
    movement.live(*REFORM, SetTargets(targets=(corrected, target("007", 70)), by=BY))
    movement.live(declares(20), declares(30, as_of=date(2026, 1, 31)))
    movement.live(FollowTarget(asked=first.asks, source="005", reason=Reason.LATER_DOCUMENT, by=BY))

    def said(found: list[Against]) -> list[tuple[int, bool | None, UnitId | None, int | None]]:
        wholes = [one.whole.value if one.whole else None for one in found]
        return [
            (one.target.percent, one.followed, one.of, whole)
            for one, whole in zip(found, wholes, strict=True)
        ]

    assert movement.ask(against, [GIA_LAI], at=stood) == before
    assert said(before) == [(80, True, None, None), (90, False, None, None)]
    now = movement.ask(against, [GIA_LAI])
    assert said(now) == [
        (85, False, BINH_DINH, 30), (90, True, BINH_DINH, 30), (70, False, BINH_DINH, 30),
    ]  # fmt: skip
    assert said(movement.ask(against, [GIA_LAI], until=date(2026, 1, 15)))[0] == (85, False, BINH_DINH, 20)


def test_without_the_former_units_its_people_are_not_known(movement):
    movement.live(SetTargets(targets=(target(denominator=50, base_date="2024-12"),), by=BY))
    taught_in_both(movement)

    (then,) = asked(movement)

    assert (then.of, then.known, then.actual) == (None, Known.OLD_UNITS_UNKNOWN, None)
    assert then.whole == Whole(50, "2024-12", "003", declared=False)


def test_whoever_is_counted_in_another_group_is_counted_anew(movement):
    taught_in_both(movement)

    def regroup(**fields):
        movement.live(PersonCorrected(at=NOW, by=BY, person=TU, fields=("group",), **fields))
        found = movement.ask(by_group, [TUY_PHUOC])
        return {group: one.able for (_, group), one in found.items()}

    assert regroup(group=Group.WORKERS) == {Group.WORKERS: 1, None: 1}
    assert regroup(group=Group.PUPILS_STUDENTS, minor=True) == {Group.PUPILS_STUDENTS: 1}
    assert regroup(group=Group.PEOPLE, minor=False) == {Group.PEOPLE: 1, None: 1}


def test_what_is_counted_and_what_is_declared_never_mix(movement):
    vneid = target(then="Tỉnh Gia Lai", then_code=None, indicator=Indicator.CONFIRMED_ON_VNEID)
    movement.live(SetTargets(targets=(NOW_TOO, vneid), by=BY))
    taught_in_both(movement)
    assert [(one.known, one.actual) for one in asked(movement)] == [
        (Known.COUNTED, 2),
        (Known.UNDECLARED, None),
    ]

    said: Any = {
        "unit": GIA_LAI,
        "group": TargetGroup.ADULTS,
        "indicator": Indicator.CONFIRMED_ON_VNEID,
        "by": BY,
    }
    movement.live(DeclareFigure(as_of=date(2025, 12, 31), value=700, document="12/BC", **said))
    movement.live(DeclareFigure(as_of=date(2025, 6, 30), value=900, document="13/BC", **said))

    counted, declared = asked(movement)
    assert counted.actual == 2
    assert (declared.known, declared.actual, declared.as_of) == (Known.DECLARED, 700, date(2025, 12, 31))


def test_a_correction_holds_and_what_was_said_before_stays(movement):
    movement.live(declares(10, unit=GIA_LAI), declares(20, unit=GIA_LAI))

    assert [(one.value, one.holds) for one in movement.ask(history, [GIA_LAI])] == [(20, True), (10, False)]


def test_contradicting_documents_wait_for_a_decision_and_all_of_it_can_be_rebuilt(movement):
    late, early = target("003", 80), target("000", 60)
    movement.live(*REFORM, SetTargets(targets=(early, late), by=BY), declares(10))
    assert [(one.followed, one.others) for one in asked(movement)] == [(None, ("003",)), (None, ("000",))]

    movement.live(FollowTarget(asked=late.asks, source="003", reason=Reason.LATER_DOCUMENT, by=BY))
    taught_in_both(movement)

    assert [(one.target.percent, one.followed) for one in asked(movement)] == [(60, False), (80, True)]
    live = contents(movement)
    movement.projector.rebuild()
    assert contents(movement) == live
