"""Communes merge: whoever was known in one of them is the same person in the one that stands now."""

import asyncio

import msgspec
import pytest

from application.lookups import UnitIsNoMore
from application.teaching import log_lesson
from domain.people import PersonRegistered
from tests.application.place import QUY_NHON, TUY_PHUOC, lesson, named
from tests.cast import TODAY, YESTERDAY

TU = named(birth_year=1956)


@pytest.fixture
def taught(scene, lan):
    """Whom a lesson in a commune is about, by a mentor of it or of the one it was merged into."""

    def met(unit, learner=TU):
        mentor = lan if unit == TUY_PHUOC else holder_of(lan, unit)
        done = asyncio.run(log_lesson(scene.ground, mentor, lesson(scene, learner, unit=unit)))
        return done.teachings[0].learner

    return met


def holder_of(mentor, unit):
    grants = tuple(type(grant)(grant.role, unit) for grant in mentor.grants)
    return type(mentor)(person=mentor.person, grants=grants)


def test_somebody_of_before_is_nobody_new_after(scene, taught):
    known = taught(TUY_PHUOC)
    assert taught(QUY_NHON) != known  # the control: in another commune this is somebody else
    scene.ground.units.merge(TUY_PHUOC, into=QUY_NHON)
    assert taught(TUY_PHUOC, named("Lê Thị Bưởi", birth_year=1950)) == taught(
        QUY_NHON, named("Lê Thị Bưởi", birth_year=1950)
    )


def test_who_was_known_before_is_found_after(scene, taught):
    known = taught(TUY_PHUOC)
    registered = len(scene.facts(PersonRegistered))
    scene.ground.units.merge(TUY_PHUOC, into=QUY_NHON)
    assert {taught(QUY_NHON), taught(TUY_PHUOC), taught(QUY_NHON)} == {known}
    assert len(scene.facts(PersonRegistered)) == registered
    assert taught(QUY_NHON, named(birth_year=1957)) != known


def test_another_phone_is_somebody_else_there_too(scene, taught):
    known = taught(TUY_PHUOC, named(birth_year=1956, phone="0905 123 456"))
    scene.ground.units.merge(TUY_PHUOC, into=QUY_NHON)
    assert taught(QUY_NHON, named(birth_year=1956, phone="0905 654 321")) != known
    assert taught(QUY_NHON, named(birth_year=1956, phone="0905 123 456")) == known


def test_what_happened_before_a_merger_is_still_told_of_and_nothing_after(scene, lan):
    scene.ground.units.merge(TUY_PHUOC, into=QUY_NHON)

    def told(on):
        form = msgspec.structs.replace(lesson(scene, TU, unit=TUY_PHUOC), on=on)
        return asyncio.run(log_lesson(scene.ground, lan, form))

    assert told(YESTERDAY).teachings
    before = scene.state()
    with pytest.raises(UnitIsNoMore) as refused:
        told(TODAY)
    assert refused.value.details["now"] == "Quy Nhơn"
    assert scene.state() == before
