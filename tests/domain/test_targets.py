"""Targets stand as their documents say them; which one is followed, and what offices declare."""

from datetime import date, timedelta

import pytest

from domain.model import Group, UnitId
from domain.targets import (
    BadFigure,
    BadTarget,
    Comparator,
    DeclareFigure,
    FigureDeclared,
    FollowTarget,
    Indicator,
    NoSuchTarget,
    Reason,
    SetTargets,
    Target,
    TargetFollowed,
    TargetGroup,
    TargetSet,
    TargetTwice,
    followed,
)
from tests.cast import BY, GIA_LAI, TODAY, TUY_PHUOC
from tests.specification import given

EARLIER, LATER = "000_0fc2beeaa8b2d796.txt", "003_74121455e9758e44.txt"


def target(source: str = LATER, percent: int = 80, **other: object) -> Target:
    said = {
        "source": source, "unit": GIA_LAI, "then": "Bình Định", "then_code": "52", "year": 2025,
        "group": TargetGroup.ADULTS, "indicator": Indicator.BASIC_DIGITAL_SKILLS,
        "comparator": Comparator.AT_LEAST, "percent": percent,
    }  # fmt: skip
    return Target(**(said | other))  # type: ignore[arg-type]


def sets(*targets: Target) -> SetTargets:
    return SetTargets(targets=targets, by=BY)


def follows(source: str) -> FollowTarget:
    return FollowTarget(asked=target().asks, source=source, reason=Reason.LATER_DOCUMENT, by=BY)


def declares(value: int = 600_000, **other: object) -> DeclareFigure:
    said = {
        "unit": GIA_LAI, "group": TargetGroup.ADULTS, "indicator": Indicator.CONFIRMED_ON_VNEID,
        "as_of": date(2025, 12, 31), "value": value, "document": "12/BC-CAT", "by": BY,
    }  # fmt: skip
    return DeclareFigure(**(said | other))  # type: ignore[arg-type]


def test_what_a_document_asks_for_is_recorded_as_it_says_it():
    given().when(sets(target())).then(TargetSet)


def test_the_same_file_again_changes_nothing():
    given(sets(target(), target(year=2026))).when(sets(target(), target(year=2026))).then()


def test_only_what_is_new_in_a_file_is_recorded():
    given(sets(target())).when(sets(target(), target(year=2026))).then(TargetSet)


def test_a_document_may_be_corrected():
    given(sets(target(percent=8))).when(sets(target(percent=80))).then(TargetSet)


def test_a_file_may_name_several_units():
    given(sets(target())).when(sets(target(), target(unit=TUY_PHUOC))).then(TargetSet)


def test_contradicting_plans_stand_side_by_side():
    given(sets(target(EARLIER, 60))).when(sets(target(LATER, 80))).then(TargetSet)


def test_one_document_asks_for_one_thing_once():
    given().when(sets(target(percent=60), target(percent=80))).then_refused(TargetTwice)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", 140),
        ("percent", 0),
        ("percent", -1),
        ("denominator", 0),
        ("denominator", -5),
        ("numerator", -1),
        ("year", 2024),
        ("year", 2046),
        ("source", " "),
        ("source", "x" * 201),
        ("source", "two\nlines"),
        ("then", ""),
        ("base_date", "2024-13"),
        ("base_date", "last year"),
        ("base_date", "20241231"),
        ("note", "x" * 401),
    ],
)
def test_what_no_plan_can_ask_for_is_refused(field, value):
    bad = target(**{"year": 2026, field: value})
    given().when(sets(target(), bad)).then_refused(BadTarget)


def test_no_more_people_are_asked_for_than_there_are():
    given().when(sets(target(numerator=11, denominator=10))).then_refused(BadTarget)


@pytest.mark.parametrize("base_date", ["2024", "2024-12", "2024-12-31"])
def test_a_base_date_is_a_year_a_month_or_a_day(base_date):
    given().when(sets(target(denominator=1_091_556, base_date=base_date))).then(TargetSet)


def test_a_plan_whose_numbers_contradict_its_percentage_is_kept_and_noticed():
    printed = target(percent=60, numerator=600_000, denominator=1_091_556)
    assert printed.contradicts_itself
    assert not target(percent=55, numerator=600_000, denominator=1_091_556).contradicts_itself
    assert not target().contradicts_itself
    given().when(sets(printed)).then(TargetSet)


def test_one_of_several_documents_is_followed_with_a_reason():
    both = (target(EARLIER, 60), target(LATER, 80))
    given(sets(*both)).when(follows(LATER)).then(TargetFollowed)


def test_following_the_same_again_changes_nothing():
    both = (target(EARLIER, 60), target(LATER, 80))
    given(sets(*both), follows(LATER)).when(follows(LATER)).then()


def test_which_document_is_followed_can_change():
    both = (target(EARLIER, 60), target(LATER, 80))
    given(sets(*both), follows(EARLIER)).when(follows(LATER)).then(TargetFollowed)


def test_a_document_that_asks_for_nothing_of_the_kind_is_not_followed():
    given(sets(target(EARLIER, year=2026))).when(follows(EARLIER)).then_refused(NoSuchTarget)


def test_the_only_document_is_followed_and_of_two_none_until_it_is_decided():
    early, late = target(EARLIER, 60), target(LATER, 80)
    assert followed([early], None) == early
    assert followed([early, late], None) is None
    assert followed([early, late], LATER) == late


def test_an_office_declares_a_figure():
    given().when(declares()).then(FigureDeclared)


def test_the_whole_number_of_a_group_is_declared_with_no_indicator():
    given().when(declares(indicator=None)).then(FigureDeclared)


def test_the_same_declared_again_changes_nothing():
    given(declares()).when(declares()).then()


def test_a_declared_figure_is_corrected_by_another():
    given(declares(600_000)).when(declares(610_000)).then(FigureDeclared)
    given(declares()).when(declares(document="13/BC-CAT")).then(FigureDeclared)


def test_another_day_another_figure():
    for day in (date(2026, 1, 31), date(2000, 1, 1), TODAY):
        given(declares()).when(declares(as_of=day)).then(FigureDeclared)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", -1),
        ("value", 200_000_001),
        ("as_of", TODAY + timedelta(days=1)),
        ("as_of", date(1999, 12, 31)),
        ("document", "  "),
        ("document", "x" * 201),
        ("indicator", Indicator.BASIC_DIGITAL_SKILLS),
    ],
)
def test_what_no_office_can_declare_is_refused(field, value):
    given().when(declares(**{field: value})).then_refused(BadFigure)


def test_a_group_of_nobody_is_no_denominator():
    given().when(declares(0, indicator=None)).then_refused(BadFigure)
    given().when(declares(0)).then(FigureDeclared)


def test_only_what_can_be_counted_is_counted():
    assert [one for one in Indicator if one.counted] == [Indicator.BASIC_DIGITAL_SKILLS]
    assert TargetGroup.SECONDARY_PUPILS_AND_STUDENTS.counted_as is Group.PUPILS_STUDENTS
    assert TargetGroup.ADULTS.counted_as is None


def test_units_are_told_apart():
    given(sets(target(unit=UnitId("elsewhere")))).when(follows(LATER)).then_refused(NoSuchTarget)
