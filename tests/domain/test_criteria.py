"""Criteria: adopted by a fact, known by their content, valid where and from when it says."""

from datetime import date

import msgspec
import pytest

from domain.criteria import (
    DEFAULT,
    AdoptCriteria,
    BadCriteria,
    Criteria,
    CriteriaAdopted,
    content_hash,
    standing,
)
from domain.model import UnitId
from tests.cast import BY, COUNTRY, GIA_LAI, TUY_PHUOC
from tests.specification import given, lived

SIX = msgspec.structs.replace(DEFAULT, ambassador_people=6)
PATH = (TUY_PHUOC, GIA_LAI, COUNTRY)


def adopt(
    content: Criteria = DEFAULT,
    unit: UnitId = COUNTRY,
    valid_from: date = date(2026, 1, 1),
    document: str = "01-KH/BCĐTW",
) -> AdoptCriteria:
    return AdoptCriteria(content=content, unit=unit, valid_from=valid_from, document=document, by=BY)


def standing_after(*adoptions: AdoptCriteria, on: date = date(2026, 6, 1)) -> Criteria | None:
    facts = [fact for fact in lived(*adoptions) if isinstance(fact, CriteriaAdopted)]
    found = standing(facts, PATH, on)
    return found.content if found else None


class TestAdopting:
    def test_content_is_adopted_under_the_name_of_its_hash(self):
        (fact,) = given().when(adopt()).then(CriteriaAdopted)
        assert isinstance(fact, CriteriaAdopted)
        assert (fact.content, fact.content_hash) == (DEFAULT, content_hash(DEFAULT))

    def test_the_same_again_changes_nothing(self):
        given(adopt()).when(adopt()).then()

    @pytest.mark.parametrize(
        "other",
        [adopt(SIX), adopt(valid_from=date(2026, 2, 1)), adopt(document="02-KH"), adopt(unit=GIA_LAI)],
    )
    def test_anything_else_is_another_adoption(self, other):
        given(adopt()).when(other).then(CriteriaAdopted)

    def test_one_can_go_back_to_what_was_before(self):
        given(adopt(), adopt(SIX)).when(adopt()).then(CriteriaAdopted)

    @pytest.mark.parametrize(
        ("field", "number"),
        [
            ("ambassador_people", 0),
            ("ambassador_people", 10_001),
            ("active_days", 3661),
            ("late_entry_days", 3661),
            ("received_days", 3661),
            ("proficient_skills", 0),
            ("proficient_skills", 100),
            ("market_percent", 0),
            ("market_percent", 101),
            ("active_days", 0),
            ("late_entry_days", -1),
            ("received_days", -1),
            ("market_means", ()),
        ],
    )
    def test_numbers_that_nobody_can_meet(self, field, number):
        content = msgspec.structs.replace(DEFAULT, **{field: number})
        given().when(adopt(content)).then_refused(BadCriteria, field=field)

    @pytest.mark.parametrize(
        ("field", "number"),
        [
            ("ambassador_people", 1),
            ("ambassador_people", 10_000),
            ("proficient_skills", 1),
            ("proficient_skills", 20),
            ("market_percent", 1),
            ("market_percent", 100),
            ("active_days", 1),
            ("active_days", 3660),
            ("late_entry_days", 0),
            ("late_entry_days", 3660),
            ("received_days", 0),
            ("received_days", 3660),
        ],
    )
    def test_numbers_at_the_edge_can_be_met(self, field, number):
        content = msgspec.structs.replace(DEFAULT, **{field: number})
        given().when(adopt(content)).then(CriteriaAdopted)

    def test_a_document_s_number_may_be_long(self):
        given().when(adopt(document="x" * 200)).then(CriteriaAdopted)

    @pytest.mark.parametrize("document", ["", "  ", "x" * 201])
    def test_a_deciding_document_has_a_number(self, document):
        given().when(adopt(document=document)).then_refused(BadCriteria, field="document")


class TestStanding:
    def test_nothing_adopted_nothing_stands(self):
        assert standing_after() is None

    def test_not_before_it_is_valid(self):
        assert standing_after(adopt(), on=date(2025, 12, 31)) is None
        assert standing_after(adopt(), on=date(2026, 1, 1)) == DEFAULT

    def test_the_latest_valid_one(self):
        june = adopt(SIX, valid_from=date(2026, 6, 1))
        assert standing_after(june, adopt()) == SIX
        assert standing_after(june, adopt(), on=date(2026, 5, 31)) == DEFAULT

    def test_of_one_day_the_one_adopted_last(self):
        assert standing_after(adopt(), adopt(SIX)) == SIX
        assert standing_after(adopt(SIX), adopt()) == DEFAULT

    def test_the_nearest_unit_wins(self):
        assert standing_after(adopt(SIX, unit=GIA_LAI, valid_from=date(2025, 1, 1)), adopt()) == SIX
        assert standing_after(adopt(SIX, unit=UnitId("elsewhere")), adopt()) == DEFAULT


def test_the_hash_names_the_content_for_ever():
    assert content_hash(DEFAULT) == "5ffdb209ab7b129e3a6a58a97390917a83058dae061c6d683c2d712ad4a2fb96"
    assert content_hash(DEFAULT) != content_hash(SIX)
