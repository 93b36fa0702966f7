"""Where a skill is learned further: courses that others offer, each with the skills it is about.

Every skill has at least the platform of the movement (binhdanhocvuso.gov.vn, since 1/4/2025). The
others are public platforms of ministries. Nothing is known of who follows a link.
"""

from typing import Final

import msgspec

from domain.model import Skill
from domain.skills import CATALOGUE


class Course(msgspec.Struct, frozen=True):
    """Its name in the languages of the screens. `skills` are those it is about; empty for all."""

    address: str
    vi: str
    en: str
    skills: tuple[Skill, ...] = ()

    def about(self, skill: Skill) -> bool:
        return not self.skills or skill in self.skills


def _course(address: str, vi: str, en: str, *skills: str) -> Course:
    return Course(address, vi, en, tuple(Skill(skill) for skill in skills))


COURSES: Final[tuple[Course, ...]] = (
    _course("https://binhdanhocvuso.gov.vn", "Nền tảng Bình dân học vụ số", "Platform of the movement"),
    _course(
        "https://vneid.gov.vn", "Hướng dẫn sử dụng VNeID", "Guide to VNeID", "vneid", "online-public-service"
    ),
    _course(
        "https://dichvucong.gov.vn",
        "Cổng Dịch vụ công quốc gia",
        "National portal of public services",
        "online-public-service",
        "digital-signature",
    ),
    _course(
        "https://khonggianmang.vn",
        "Cổng Không gian mạng quốc gia",
        "National portal of cyberspace",
        "online-safety",
        "personal-data",
    ),
    _course("https://onetouch.mic.gov.vn", "Học trực tuyến One Touch", "One Touch online courses"),
)


def for_skill(skill: Skill) -> list[Course]:
    """Those about the skill alone first."""
    found = [one for one in COURSES if one.about(skill)]
    return sorted(found, key=lambda one: not one.skills)


def for_skills(skills: tuple[Skill, ...]) -> list[Course]:
    """Each course once, those about fewer skills first."""
    found = [one for skill in skills for one in for_skill(skill)]
    return sorted(dict.fromkeys(found), key=lambda one: not one.skills)


BY_SKILL: Final = {entry.id: tuple(for_skill(entry.id)) for entry in CATALOGUE}
