"""Units of the official lists, established once; hamlets under communes."""

from datetime import date

import msgspec
import pytest

from domain.model import UnitId
from domain.names import BadName
from domain.territory import (
    AddHamlet,
    CommuneHasEnded,
    EstablishUnits,
    HamletExists,
    NoSuchParent,
    NotUnderThat,
    UnitDiffers,
    UnitEstablished,
    UnitKind,
    UnitReclassified,
    UnitsMerged,
    UnitSpec,
    UnitSplit,
)
from tests.cast import BY, COUNTRY, GIA_LAI, NOW, TUY_PHUOC
from tests.specification import given

DAY = date(2025, 7, 1)


def unit(name: UnitId, kind: UnitKind, parent: UnitId | None, code: str | None = None) -> UnitSpec:
    return UnitSpec(unit=name, code=code, name=name.title(), kind=kind, parent=parent, valid_from=DAY)


VIETNAM = unit(COUNTRY, UnitKind.COUNTRY, None, "VN")
PROVINCE = unit(GIA_LAI, UnitKind.PROVINCE, COUNTRY, "52")
COMMUNE = unit(TUY_PHUOC, UnitKind.COMMUNE, GIA_LAI, "21952")


def establish(*units: UnitSpec) -> EstablishUnits:
    return EstablishUnits(units=units, by=BY)


ESTABLISHED = establish(VIETNAM, PROVINCE, COMMUNE)


def hamlet(name: str = "Thôn Phong Tấn", parent: UnitId = TUY_PHUOC) -> AddHamlet:
    return AddHamlet(unit=UnitId(f"hamlet-{name}"), parent=parent, name=name, valid_from=DAY, by=BY)


class TestEstablishing:
    def test_a_list_of_units(self):
        _, _, fact = given().when(ESTABLISHED).then(UnitEstablished, UnitEstablished, UnitEstablished)
        assert isinstance(fact, UnitEstablished)
        assert (fact.code, fact.kind, fact.parent) == ("21952", UnitKind.COMMUNE, GIA_LAI)

    def test_the_same_list_again_changes_nothing(self):
        given(ESTABLISHED).when(ESTABLISHED).then()

    def test_only_what_is_missing_is_added(self):
        given(establish(VIETNAM, PROVINCE)).when(ESTABLISHED).then(UnitEstablished)

    def test_a_list_does_not_rewrite_what_is_known(self):
        renamed = msgspec.structs.replace(COMMUNE, name="Tuy Phước Đông")
        given(ESTABLISHED).when(establish(renamed)).then_refused(UnitDiffers, unit=TUY_PHUOC)

    def test_parents_come_first(self):
        given().when(establish(VIETNAM, COMMUNE, PROVINCE)).then_refused(NoSuchParent, unit=TUY_PHUOC)
        given(establish(VIETNAM, PROVINCE)).when(establish(COMMUNE)).then(UnitEstablished)

    def test_a_unit_twice_in_a_list_is_one(self):
        given().when(establish(VIETNAM, VIETNAM)).then(UnitEstablished)


class TestHamlets:
    def test_a_hamlet_under_a_commune(self):
        (fact,) = given(ESTABLISHED).when(hamlet()).then(UnitEstablished)
        assert isinstance(fact, UnitEstablished)
        assert (fact.kind, fact.code, fact.parent) == (UnitKind.HAMLET, None, TUY_PHUOC)

    @pytest.mark.parametrize("kind", [UnitKind.COMMUNE, UnitKind.WARD, UnitKind.SPECIAL_ZONE])
    def test_under_wards_and_special_zones_too(self, kind):
        above = msgspec.structs.replace(COMMUNE, kind=kind)
        given(establish(VIETNAM, PROVINCE, above)).when(hamlet()).then(UnitEstablished)

    @pytest.mark.parametrize("parent", [COUNTRY, GIA_LAI, UnitId("hamlet-Thôn Phong Tấn")])
    def test_under_nothing_else(self, parent):
        given(ESTABLISHED, hamlet()).when(hamlet("Thôn Hạ", parent)).then_refused(
            NotUnderThat, field="parent"
        )

    def test_under_what_is_there(self):
        given().when(hamlet()).then_refused(NoSuchParent)

    def test_not_under_a_commune_that_is_no_more(self):
        merged = UnitsMerged(at=NOW, by=BY, unit=GIA_LAI, valid_from=DAY, parts=(TUY_PHUOC,))
        given(ESTABLISHED, merged).when(hamlet()).then_refused(CommuneHasEnded, field="parent")
        split = UnitSplit(at=NOW, by=BY, unit=TUY_PHUOC, valid_from=DAY, into=(GIA_LAI,))
        given(ESTABLISHED, split).when(hamlet()).then_refused(CommuneHasEnded, field="parent")

    def test_the_kind_of_today_counts(self):
        now_a_ward = UnitReclassified(at=NOW, by=BY, unit=GIA_LAI, valid_from=DAY, kind=UnitKind.WARD)
        given(ESTABLISHED, now_a_ward).when(hamlet(parent=GIA_LAI)).then(UnitEstablished)

    @pytest.mark.parametrize("name", ["Thôn Phong Tấn", "thôn  phong tấn", "THON PHONG TAN"])
    def test_no_second_of_the_same_name(self, name):
        given(ESTABLISHED, hamlet()).when(hamlet(name)).then_refused(HamletExists, field="name")

    def test_the_name_is_a_name(self):
        with pytest.raises(BadName):
            hamlet("\0")
