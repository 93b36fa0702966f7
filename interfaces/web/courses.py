"""/khoa-hoc: where each skill is learned further; and the same links beside a few skills."""

from collections.abc import Iterable
from typing import Final

import msgspec
from litestar import Response, get

from domain import courses
from domain.courses import Course
from domain.model import Skill
from domain.skills import BY_ID, CATALOGUE
from interfaces.web.language import current
from interfaces.web.limits import AnyRequest
from interfaces.web.render import page, skill_label


class Offered(msgspec.Struct, frozen=True):
    """A course in the language of the request; `site` is its address as people read it."""

    href: str
    name: str
    site: str


class OfSkill(msgspec.Struct, frozen=True):
    id: str
    label: str
    courses: list[Offered]


@get("/khoa-hoc")
async def show(request: AnyRequest) -> Response[bytes]:
    return page(
        request,
        "courses.html",
        everywhere=[_offered(one) for one in courses.COURSES if not one.skills],
        skills=[
            OfSkill(entry.id, skill_label(entry.id), own)
            for entry in CATALOGUE
            if (own := [_offered(one) for one in courses.BY_SKILL[entry.id] if one.skills])
        ],
        others=[skill_label(entry.id) for entry in CATALOGUE if not _of_its_own(entry.id)],
    )


def _of_its_own(skill: Skill) -> bool:
    return any(one.skills for one in courses.BY_SKILL[skill])


def beside(skills: Iterable[str]) -> list[Offered]:
    """Where these skills are learned further; what is no skill of the catalogue has none."""
    known = tuple(Skill(one) for one in skills if Skill(one) in BY_ID)
    return [_offered(one) for one in courses.for_skills(known)]


def _offered(one: Course) -> Offered:
    name = one.vi if current() == "vi" else one.en
    return Offered(one.address, name, one.address.removeprefix("https://"))


ROUTES: Final = (show,)
