"""Criteria adopted for a unit, and looked up by unit and day."""

import asyncio
from datetime import date

import pytest

from application.actors import NotAllowed, OutOfScope
from application.criteria import adopt, standing_criteria
from domain.criteria import DEFAULT, BadCriteria, Criteria, content_hash
from domain.model import Role
from tests.application.place import DA_NANG, GIA_LAI, TUY_PHUOC, holder

STRICT = Criteria(title_vi="Chặt", title_en="Strict", ambassador_people=10)
NEW_YEAR = date(2026, 1, 1)


def adopted(scene, actor, content=STRICT, unit=GIA_LAI, valid_from=NEW_YEAR, document="12/KH-UBND"):
    doing = adopt(scene.ground, actor, content, unit, valid_from=valid_from, document=document)
    return asyncio.run(doing)


def standing(scene, unit, on=NEW_YEAR):
    return standing_criteria(scene.ground.ledger, scene.ground.units, unit, on)


@pytest.fixture
def province(minh):
    return holder(minh.person, Role.ORGANIZER, GIA_LAI)


def test_where_nothing_was_adopted_the_default_counts(scene):
    found = standing(scene, TUY_PHUOC)
    assert (found.content, found.content_hash, found.adopted) == (DEFAULT, content_hash(DEFAULT), None)


def test_what_a_province_adopts_counts_in_its_communes_from_that_day_on(scene, province):
    done = adopted(scene, province)
    assert done.new
    assert standing(scene, TUY_PHUOC).content_hash == done.content_hash == content_hash(STRICT)
    assert standing(scene, TUY_PHUOC, date(2025, 12, 31)).content == DEFAULT
    assert standing(scene, DA_NANG).content == DEFAULT


def test_adopted_twice_is_adopted_once(scene, province):
    first = adopted(scene, province)
    again = adopted(scene, province)
    assert (again.new, again.position) == (False, first.position)


def test_only_organizers_adopt_and_only_for_their_own(scene, lan, province):
    with pytest.raises(NotAllowed):
        adopted(scene, lan)
    with pytest.raises(OutOfScope):
        adopted(scene, province, unit=DA_NANG)


def test_what_no_count_can_meet_is_refused(scene, province):
    impossible = Criteria(title_vi="Sai", title_en="Wrong", market_percent=120)
    with pytest.raises(BadCriteria) as refused:
        adopted(scene, province, impossible)
    assert refused.value.details["field"] == "market_percent"
