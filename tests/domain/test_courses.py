"""Courses stand beside each skill."""

from domain.courses import BY_SKILL, COURSES, for_skills
from domain.model import Skill
from domain.skills import BY_ID, CATALOGUE

MOVEMENT = "https://binhdanhocvuso.gov.vn"


def test_every_skill_has_a_course_of_the_movements_platform():
    for entry in CATALOGUE:
        assert MOVEMENT in {one.address for one in BY_SKILL[entry.id]}


def test_what_is_about_the_skill_alone_stands_first():
    assert BY_SKILL[Skill("vneid")][0].address == "https://vneid.gov.vn"


def test_each_course_stands_once_for_several_skills():
    found = for_skills((Skill("vneid"), Skill("online-public-service")))

    assert len({one.address for one in found}) == len(found)
    assert MOVEMENT in {one.address for one in found}


def test_courses_are_of_skills_that_are_taught_and_are_sent_over_tls():
    assert all(skill in BY_ID for one in COURSES for skill in one.skills)
    assert all(one.address.startswith("https://") for one in COURSES)
