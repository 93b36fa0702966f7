"""Statuses of areas and offices: only by adopted criteria, on counts that the fact names."""

from typing import Any

import pytest

from domain.criteria import DEFAULT, AdoptCriteria, BadCriteria, Criteria, CriteriaAdopted, content_hash
from domain.model import Position, UnitId, WorkplaceId
from domain.statuses import (
    AreaCriteria,
    Because,
    Counted,
    Counts,
    Households,
    Measure,
    RecogniseStatus,
    StatusCriteria,
    StatusKind,
    StatusNotHeld,
    StatusNotReached,
    StatusRecognised,
    StatusRule,
    StatusStillReached,
    StatusWithdrawn,
    WithdrawStatus,
    WorkplaceCriteria,
    reached,
    rule_of,
)
from tests.cast import BY, TODAY, TUY_PHUOC
from tests.specification import given

HAMLET = UnitId("thon-vinh-thanh")
VILLAGE = StatusCriteria(digital_village=AreaCriteria(families_percent=80, vendors_percent=50))
OFFICE = StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=90, people_least=10))


def rule(of: StatusCriteria = VILLAGE, status: StatusKind = StatusKind.DIGITAL_VILLAGE) -> StatusRule:
    found = rule_of(of, "hash", status)
    assert found is not None
    return found


def counts(families: tuple[int, int] = (8, 10), vendors: tuple[int, int] | None = None) -> Counts:
    said = [Counted(measure=Measure.FAMILIES, counted=families[0], out_of=families[1], percent=80)]
    if vendors is not None:
        said.append(Counted(measure=Measure.VENDORS, counted=vendors[0], out_of=vendors[1], percent=50))
    return tuple(said)


def recognises(some: Counts | None = None, **other: Any) -> RecogniseStatus:
    request: dict[str, Any] = {
        "status": StatusKind.DIGITAL_VILLAGE,
        "unit": HAMLET,
        "counts": counts() if some is None else some,
        "position": Position(40),
        "rule": rule(),
        "by": BY,
    }
    return RecogniseStatus(**(request | other))


def withdraws(some: Counts, **other: Any) -> WithdrawStatus:
    request: dict[str, Any] = {
        "status": StatusKind.DIGITAL_VILLAGE,
        "unit": HAMLET,
        "counts": some,
        "position": Position(50),
        "rule": rule(),
        "by": BY,
    }
    return WithdrawStatus(**(request | other))


class TestCriteria:
    def test_without_adopted_criteria_there_is_no_rule_at_all(self) -> None:
        assert DEFAULT.of_statuses is None
        assert all(rule_of(DEFAULT.of_statuses, "hash", status) is None for status in StatusKind)
        assert rule_of(VILLAGE, "hash", StatusKind.DIGITAL_COMMUNITY) is None

    def test_criteria_of_before_keep_their_name(self) -> None:
        """What was adopted before statuses were thought of still has the hash it was adopted under."""
        assert content_hash(DEFAULT).startswith("5ffdb209ab7b")

    def test_they_are_adopted_by_a_document_as_all_criteria_are(self) -> None:
        content = Criteria(title_vi="Làng số", title_en="Digital village", statuses=VILLAGE)
        adopting = AdoptCriteria(
            content=content, unit=TUY_PHUOC, valid_from=TODAY, document="12/QĐ-UBND", by=BY
        )
        fact: Any
        (fact,) = given().when(adopting).then(CriteriaAdopted)
        assert fact.content.of_statuses == VILLAGE

    @pytest.mark.parametrize(
        "impossible",
        [
            StatusCriteria(digital_village=AreaCriteria(families_percent=140)),
            StatusCriteria(digital_village=AreaCriteria(people_percent=0)),
            StatusCriteria(digital_community=AreaCriteria(households=Households.REGISTERED)),
            StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=101)),
            StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=90, people_least=0)),
        ],
    )
    def test_what_nobody_can_meet_or_everybody_does_is_not_adopted(self, impossible: StatusCriteria) -> None:
        content = Criteria(title_vi="Làng số", title_en="Digital village", statuses=impossible)
        adopting = AdoptCriteria(content=content, unit=TUY_PHUOC, valid_from=TODAY, document="1", by=BY)
        given().when(adopting).then_refused(BadCriteria, field="statuses")


class TestReaching:
    def test_every_share_that_is_asked_for(self) -> None:
        assert reached(counts((8, 10), (5, 10)), rule())
        assert not reached(counts((7, 10), (5, 10)), rule())
        assert not reached(counts((8, 10), (4, 10)), rule())

    def test_where_there_is_no_market_nothing_is_asked_of_vendors(self) -> None:
        assert reached(counts((8, 10)), rule())
        vendors = rule(StatusCriteria(digital_village=AreaCriteria(vendors_percent=50)))
        assert not reached((), vendors)

    def test_of_what_nobody_declared_no_share_is_taken(self) -> None:
        assert not reached(counts((8, 0)), rule())

    def test_a_workplace_has_at_least_so_many_people(self) -> None:
        office = rule(OFFICE, StatusKind.DIGITAL_UNIT)
        few = Counted(measure=Measure.PEOPLE, counted=9, out_of=9, percent=90)
        enough = Counted(measure=Measure.PEOPLE, counted=9, out_of=10, percent=90)
        assert not reached((few,), office)
        assert reached((enough,), office)

    def test_counts_by_other_criteria_are_none(self) -> None:
        assert not reached((Counted(measure=Measure.FAMILIES, counted=8, out_of=10, percent=10),), rule())

    def test_how_many_are_missing(self) -> None:
        assert Counted(measure=Measure.PEOPLE, counted=70, out_of=101, percent=75).missing == 6
        assert Counted(measure=Measure.PEOPLE, counted=70, out_of=0, percent=75).missing is None


class TestTheStatus:
    def test_it_names_what_it_rests_on(self) -> None:
        fact: Any
        (fact,) = given().when(recognises()).then(StatusRecognised)
        assert (fact.counts, fact.position, fact.criteria) == (counts(), 40, "hash")

    def test_it_is_recognised_once(self) -> None:
        given(recognises()).when(recognises()).then()

    def test_it_is_not_given_for_less(self) -> None:
        given().when(recognises(counts((7, 10)))).then_refused(StatusNotReached)
        given().when(recognises(rule=rule(OFFICE, StatusKind.DIGITAL_UNIT))).then_refused(StatusNotReached)

    def test_it_is_withdrawn_when_broken_and_can_come_back(self) -> None:
        fact: Any
        (fact,) = given(recognises()).when(withdraws(counts((7, 10)))).then(StatusWithdrawn)
        assert fact.because is Because.COUNTS
        given(recognises(), withdraws(counts((7, 10)))).when(recognises()).then(StatusRecognised)

    def test_it_stays_while_it_is_reached(self) -> None:
        given(recognises()).when(withdraws(counts())).then_refused(StatusStillReached)
        given().when(withdraws(counts((7, 10)))).then_refused(StatusNotHeld)

    @pytest.mark.parametrize(
        ("other", "because"), [({"rule": None}, Because.CRITERIA), ({"ended": True}, Because.ENDED)]
    )
    def test_without_criteria_or_unit_it_ends(self, other: dict[str, Any], because: Because) -> None:
        fact: Any
        (fact,) = given(recognises()).when(withdraws(counts(), **other)).then(StatusWithdrawn)
        assert (fact.because, fact.criteria) == (because, "hash")

    def test_a_workplace_holds_its_own(self) -> None:
        office = {"workplace": WorkplaceId("school"), "rule": rule(OFFICE, StatusKind.DIGITAL_UNIT)}
        ten = (Counted(measure=Measure.PEOPLE, counted=10, out_of=10, percent=90),)
        request = recognises(ten, status=StatusKind.DIGITAL_UNIT, **office)
        given(recognises()).when(request).then(StatusRecognised)
        taken = withdraws(counts(), status=StatusKind.DIGITAL_UNIT, rule=None, workplace=office["workplace"])
        (fact,) = given(recognises(), request).when(taken).then(StatusWithdrawn)
        assert isinstance(fact, StatusWithdrawn)
        assert fact.workplace == office["workplace"]
