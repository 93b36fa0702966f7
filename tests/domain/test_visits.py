"""Visits from door to door: a household by its number or as a family; numbers of households declared."""

from datetime import timedelta
from typing import Any

from domain.entries import NothingToVoid, NotTheirs, NotYetHappened, TooLateToEnter
from domain.households import NoSuchHousehold
from domain.model import Skill, UnitId, VisitId, VoidReason
from domain.people import PersonErased
from domain.teaching import SameSkillTwice, UnknownSkill
from domain.visits import (
    HIGHEST_NUMBER,
    MOST_HOUSEHOLDS,
    DeclareHouseholds,
    DocumentNotNamed,
    Finding,
    HouseholdsDeclared,
    HouseholdVisited,
    ImpossibleHouseholds,
    ImpossibleNumber,
    LogVisit,
    NoHouseholdNamed,
    SameFindingTwice,
    VisitVoided,
    VoidVisit,
    door,
    numbered,
)
from tests.cast import (
    BY,
    GIA_LAI,
    HOA,
    HOME,
    LAN,
    NOW,
    PAYING,
    TODAY,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
    everybody,
    household,
    merge,
)
from tests.domain.test_teams import BEGUN, OTHER, TEAM, forms, joins, leaves
from tests.specification import given

VISIT = VisitId("visit")


def visits(**other: Any) -> LogVisit:
    """Lan visits household 12 of Tuy Phước yesterday."""
    request: dict[str, Any] = {
        "visit": VISIT,
        "visitor": LAN,
        "unit": TUY_PHUOC,
        "number": 12,
        "on": YESTERDAY,
        "late_entry_days": 30,
        "by": BY,
    }
    return LogVisit(**(request | other))


def declares(households: int = 180, **other: Any) -> DeclareHouseholds:
    request: dict[str, Any] = {"unit": TUY_PHUOC, "on": TODAY, "document": "12/BC-UBND", "by": BY}
    return DeclareHouseholds(households=households, **(request | other))


def visited(outcome: Any) -> HouseholdVisited:
    (fact,) = outcome.then(HouseholdVisited)
    assert isinstance(fact, HouseholdVisited)
    return fact


class TestVisiting:
    def test_a_household_by_its_number_and_nobody_s_name(self):
        fact = visited(given(*everybody()).when(visits(found=(Finding.HOME_NETWORK,), needs=(VNEID,))))
        assert (fact.household, fact.number) == (numbered(TUY_PHUOC, 12), 12)
        assert (fact.found, fact.needs, fact.team) == ((Finding.HOME_NETWORK,), (VNEID,), None)

    def test_whoever_comes_next_means_the_same_household(self):
        lan = visited(given(*everybody()).when(visits()))
        hoa = visited(given(*everybody(), visits()).when(visits(visitor=HOA, visit=VisitId("second"))))
        assert lan.household == hoa.household

    def test_the_same_number_elsewhere_is_another(self):
        assert numbered(TUY_PHUOC, 12) != numbered(GIA_LAI, 12)

    def test_a_family_that_was_entered(self):
        fact = visited(given(*everybody(), household(TU)).when(visits(family=HOME, number=None)))
        assert (fact.household, fact.number) == (HOME, None)

    def test_no_family_of_that_id_or_not_there(self):
        given(*everybody()).when(visits(family=HOME)).then_refused(NoSuchHousehold)
        elsewhere = visits(family=HOME, unit=GIA_LAI)
        given(*everybody(), household(TU)).when(elsewhere).then_refused(NoSuchHousehold)

    def test_for_the_team_they_belong_to_by_then(self):
        team = (*everybody(), forms(), joins(LAN, on=YESTERDAY))
        assert visited(given(*team).when(visits())).team == TEAM
        before = visits(on=YESTERDAY - timedelta(days=1))
        assert visited(given(*team).when(before)).team is None

    def test_for_the_team_of_that_day_though_they_left_it_since(self):
        team = (*everybody(), forms(), joins(LAN, on=YESTERDAY), leaves(LAN, on=TODAY))
        assert visited(given(*team).when(visits())).team == TEAM
        early = (*everybody(), forms(), joins(LAN, on=BEGUN), leaves(LAN, on=BEGUN))
        assert visited(given(*early).when(visits())).team is None

    def test_for_the_team_they_went_to_on_that_day(self):
        other = forms(OTHER, name="Tổ khác")
        moved = (*everybody(), forms(), other, joins(LAN), leaves(LAN, on=TODAY), joins(LAN, OTHER, on=TODAY))
        assert visited(given(*moved).when(visits(on=TODAY))).team == OTHER

    def test_findings_stand_in_one_order(self):
        found = (Finding.VNEID_LEVEL_2, Finding.SMARTPHONE)
        assert visited(given(*everybody()).when(visits(found=found))).found == tuple(reversed(found))

    def test_what_is_no_visit(self):
        alone = given(*everybody())
        alone.when(visits(number=None)).then_refused(NoHouseholdNamed, field="number")
        alone.when(visits(number=1)).then(HouseholdVisited)
        alone.when(visits(number=0)).then_refused(ImpossibleNumber, limit=HIGHEST_NUMBER)
        alone.when(visits(number=HIGHEST_NUMBER + 1)).then_refused(ImpossibleNumber)
        alone.when(visits(found=(Finding.SMARTPHONE,) * 2)).then_refused(SameFindingTwice, field="found")
        alone.when(visits(needs=(Skill("flying"),))).then_refused(UnknownSkill, field="needs")
        alone.when(visits(needs=(PAYING, PAYING))).then_refused(SameSkillTwice, field="needs")
        alone.when(visits(on=TODAY + timedelta(days=1))).then_refused(NotYetHappened)
        alone.when(visits(on=TODAY - timedelta(days=31))).then_refused(TooLateToEnter)

    def test_by_somebody_who_is_there(self):
        given(*everybody(), merge(LAN, HOA)).when(visits()).then_stale()
        given(*everybody(), PersonErased(at=NOW, by=BY, person=LAN)).when(visits()).then_stale()


class TestVoiding:
    def voids(self, **other: Any) -> VoidVisit:
        return VoidVisit(**({"visit": VISIT, "reason": VoidReason.MISTAKE, "by": BY} | other))

    def test_it_no_longer_counts(self):
        given(*everybody(), visits()).when(self.voids(own=LAN)).then(VisitVoided)

    def test_twice_is_once(self):
        given(*everybody(), visits(), self.voids()).when(self.voids()).then()

    def test_one_s_own_only(self):
        given(*everybody(), visits()).when(self.voids(own=HOA)).then_refused(NotTheirs)

    def test_there_was_none(self):
        given(*everybody()).when(self.voids()).then_refused(NothingToVoid)


class TestDeclaring:
    def test_a_number_with_its_document(self):
        given().when(declares()).then(HouseholdsDeclared)

    def test_the_same_again_is_nothing_and_another_a_correction(self):
        given(declares()).when(declares()).then()
        given(declares()).when(declares(190)).then(HouseholdsDeclared)
        given(declares()).when(declares(document="13/BC-UBND")).then(HouseholdsDeclared)

    def test_what_cannot_be_declared(self):
        given().when(declares(0)).then_refused(ImpossibleHouseholds, limit=MOST_HOUSEHOLDS)
        given().when(declares(MOST_HOUSEHOLDS + 1)).then_refused(ImpossibleHouseholds)
        given().when(declares(document="  ")).then_refused(DocumentNotNamed, field="document")
        given().when(declares(document="12\n13")).then_refused(DocumentNotNamed)
        given().when(declares(on=TODAY + timedelta(days=1))).then_refused(NotYetHappened)


def test_a_door_is_known_by_its_number_and_a_family_is_none():
    assert door(numbered(UnitId("a:b"), 12)) == (UnitId("a:b"), 12)
    assert [door(one) for one in ("family", "no:", "no:x:y", "xno:x:1")] == [None] * 4
