"""Changes of the territory: recorded once, on standing units, from a day on."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.model import UnitId
from domain.reforms import (
    AbolishUnit,
    BadDocument,
    BadUnitCode,
    BeforeItBegan,
    BeginUnit,
    CorrectCode,
    IntoItself,
    MergeUnits,
    NoParts,
    NoSuchUnit,
    NotYetInForce,
    OtherLevel,
    ProvincesAreNotSplit,
    ReclassifyUnit,
    RenameUnit,
    SplitUnit,
    UnitCodeTaken,
    UnitHasEnded,
    WrongParent,
)
from domain.territory import (
    CodeCorrected,
    UnitAbolished,
    UnitDiffers,
    UnitEstablished,
    UnitKind,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)
from tests.cast import BY, NOW, TODAY
from tests.specification import given

BEGAN = date(2025, 1, 1)
DAY = date(2025, 7, 1)
A, B, X, Y = (UnitId(one) for one in ("a", "b", "x", "y"))
PROVINCE, DISTRICT, ZONE = UnitId("province"), UnitId("district"), UnitId("zone")


def begun(unit: UnitId, kind: UnitKind, code: str | None = None, since: date = BEGAN) -> UnitEstablished:
    return UnitEstablished(
        at=NOW, by=BY, unit=unit, valid_from=since, name=unit, kind=kind, parent=None, code=code
    )


BEFORE = (
    begun(A, UnitKind.COMMUNE, "21952"),
    begun(B, UnitKind.TOWNSHIP),
    begun(PROVINCE, UnitKind.PROVINCE),
    begun(DISTRICT, UnitKind.RURAL_DISTRICT),
    begun(X, UnitKind.COMMUNE, since=DAY),
    begun(Y, UnitKind.WARD, since=DAY),
    begun(ZONE, UnitKind.SPECIAL_ZONE, since=DAY),
)


def merge(unit: UnitId, *parts: UnitId, on: date = DAY) -> MergeUnits:
    return MergeUnits(unit=unit, parts=parts, valid_from=on, by=BY)


def split(unit: UnitId, *into: UnitId, on: date = DAY) -> SplitUnit:
    return SplitUnit(unit=unit, into=into, valid_from=on, by=BY)


class TestMerging:
    def test_units_become_one(self):
        (fact,) = given(*BEFORE).when(merge(X, A, B)).then(UnitsMerged)
        assert isinstance(fact, UnitsMerged)
        assert (fact.unit, fact.parts, fact.valid_from) == (X, (A, B), DAY)

    def test_the_same_again_changes_nothing(self):
        given(*BEFORE, merge(X, A, B)).when(merge(X, A, B)).then()

    def test_a_part_that_was_left_out_is_added(self):
        (fact,) = given(*BEFORE, merge(X, A)).when(merge(X, A, B)).then(UnitsMerged)
        assert isinstance(fact, UnitsMerged)
        assert fact.parts == (B,)

    def test_nothing_is_merged_into_itself(self):
        given(*BEFORE).when(merge(X, A, X)).then_refused(IntoItself)

    def test_nothing_is_merged_in_a_circle(self):
        given(*BEFORE, merge(X, A)).when(merge(A, X)).then_refused(UnitHasEnded)

    def test_nothing_is_merged_before_it_began(self):
        given(*BEFORE).when(merge(X, A, on=DAY - timedelta(days=1))).then_refused(BeforeItBegan)

    def test_nothing_is_merged_in_the_future(self):
        given(*BEFORE).when(merge(X, A, on=TODAY + timedelta(days=1))).then_refused(NotYetInForce)

    def test_what_ended_is_not_merged_again(self):
        given(*BEFORE, merge(X, A)).when(merge(Y, A)).then_refused(UnitHasEnded)

    def test_nobody_knows_such_a_unit(self):
        given(*BEFORE).when(merge(X, UnitId("nowhere"))).then_refused(NoSuchUnit)

    def test_a_commune_does_not_become_a_province(self):
        given(*BEFORE).when(merge(PROVINCE, A)).then_refused(OtherLevel)

    def test_a_district_on_an_island_became_a_special_zone(self):
        given(*BEFORE).when(merge(ZONE, DISTRICT)).then(UnitsMerged)

    @pytest.mark.parametrize("parts", [(), (A, A), tuple(UnitId(f"u{n}") for n in range(201))])
    def test_parts_are_named_once_each_and_not_too_many(self, parts):
        given(*BEFORE).when(merge(X, *parts)).then_refused(NoParts)


class TestSplitting:
    def test_a_unit_goes_into_several(self):
        (fact,) = given(*BEFORE).when(split(A, X, Y)).then(UnitSplit)
        assert isinstance(fact, UnitSplit)
        assert fact.into == (X, Y)

    def test_the_same_again_changes_nothing(self):
        given(*BEFORE, split(A, X, Y)).when(split(A, X, Y)).then()

    def test_one_is_no_split(self):
        given(*BEFORE).when(split(A, X)).then_refused(NoParts)

    def test_nothing_is_split_into_itself(self):
        given(*BEFORE).when(split(X, X, Y)).then_refused(IntoItself)

    def test_what_ended_is_not_split(self):
        given(*BEFORE, merge(X, A)).when(split(A, X, Y)).then_refused(UnitHasEnded)


class TestAbolishing:
    def test_districts_are_no_more(self):
        gone = AbolishUnit(unit=DISTRICT, valid_from=DAY, by=BY)
        given(*BEFORE).when(gone).then(UnitAbolished)
        given(*BEFORE, gone).when(gone).then()

    def test_a_commune_never_just_ends(self):
        given(*BEFORE).when(AbolishUnit(unit=A, valid_from=DAY, by=BY)).then_refused(OtherLevel)


class TestCallingThemOtherwise:
    def test_a_unit_gets_another_name(self):
        renamed = RenameUnit(unit=X, name="Xã  Tuy Phước Đông", valid_from=DAY, by=BY)
        (fact,) = given(*BEFORE).when(renamed).then(UnitRenamed)
        assert isinstance(fact, UnitRenamed)
        assert fact.name == "Xã Tuy Phước Đông"
        given(*BEFORE, renamed).when(renamed).then()

    def test_a_commune_becomes_a_ward(self):
        ward = ReclassifyUnit(unit=X, kind=UnitKind.WARD, valid_from=DAY, by=BY)
        given(*BEFORE).when(ward).then(UnitReclassified)
        given(*BEFORE, ward).when(ward).then()

    def test_but_no_province(self):
        raised = ReclassifyUnit(unit=X, kind=UnitKind.CITY, valid_from=DAY, by=BY)
        given(*BEFORE).when(raised).then_refused(OtherLevel)

    def test_a_unit_gets_another_code(self):
        code = CorrectCode(unit=X, code="99999", valid_from=DAY, by=BY)
        given(*BEFORE).when(code).then(CodeCorrected)
        given(*BEFORE, code).when(code).then()

    @pytest.mark.parametrize("code", ["9999", "99", "9999x", "٩٩٩٩٩", ""])
    def test_a_commune_has_five_digits(self, code):
        given(*BEFORE).when(CorrectCode(unit=X, code=code, valid_from=DAY, by=BY)).then_refused(BadUnitCode)

    def test_a_code_names_one_unit(self):
        taken = CorrectCode(unit=X, code="21952", holder=A, valid_from=DAY, by=BY)
        given(*BEFORE).when(taken).then_refused(UnitCodeTaken)
        given(*BEFORE, merge(Y, A)).when(taken).then(CodeCorrected)  # its holder is no more


class TestEstablishing:
    """A unit that a change needs and no list has."""

    def test_a_commune_begins_in_a_province_that_stands(self):
        given(*BEFORE).when(began()).then(UnitEstablished)

    def test_said_twice_it_is_established_once(self):
        known = begun(NEW, UnitKind.WARD, "60001", since=DAY)
        given(*BEFORE, msgspec.structs.replace(known, name="Phường Mới")).when(began()).then()
        given(*BEFORE, known).when(began()).then_refused(UnitDiffers)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"parent": A}, WrongParent),
            ({"parent": UnitId("nowhere")}, NoSuchUnit),
            ({"kind": UnitKind.HAMLET}, WrongParent),
            ({"code": "60"}, BadUnitCode),
            ({"code": "21952", "holder": A}, UnitCodeTaken),
            ({"valid_from": TODAY + timedelta(days=1)}, NotYetInForce),
            ({"document": "<b>"}, BadDocument),
        ],
    )
    def test_what_cannot_be(self, changed, refusal):
        given(*BEFORE).when(began(**changed)).then_refused(refusal)


NEW = UnitId("new")


def test_the_document_that_says_so_is_named():
    renamed = RenameUnit(unit=A, name="Phước Mới", valid_from=DAY, by=BY, document="1664/NQ-UBTVQH15")
    (fact,) = given(*BEFORE).when(renamed).then(UnitRenamed)
    assert isinstance(fact, UnitRenamed)
    assert fact.document == "1664/NQ-UBTVQH15"


def began(**changed: Any) -> BeginUnit:
    said: dict[str, Any] = {
        "unit": NEW, "parent": PROVINCE, "name": "Phường Mới", "kind": UnitKind.WARD, "code": "60001",
        "valid_from": DAY, "by": BY, "document": "1664/NQ-UBTVQH15",
    }  # fmt: skip
    return BeginUnit(**(said | changed))


def test_a_province_is_not_split():
    whole = SplitUnit(unit=PROVINCE, into=(X, Y), valid_from=DAY, by=BY)
    given(*BEFORE).when(whole).then_refused(ProvincesAreNotSplit)


def test_what_is_no_more_is_renamed_for_the_time_when_it_stood_and_no_later():
    ended = UnitsMerged(at=NOW, by=BY, unit=X, valid_from=DAY, parts=(A,))

    def renamed(on: date) -> RenameUnit:
        return RenameUnit(unit=A, name="Phước Cũ", valid_from=on, by=BY)

    given(*BEFORE, ended).when(renamed(DAY - timedelta(days=1))).then(UnitRenamed)
    given(*BEFORE, ended).when(renamed(DAY)).then_refused(UnitHasEnded)
