"""The same people everywhere. Lan and Hòa teach, Bà Tư and Ông Sáu learn, Minh organizes Tuy
Phước commune, Hạnh sits on the committee. Factories name only what matters to a test."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.model import (
    Answer,
    By,
    Channel,
    Decision,
    Evidence,
    Fact,
    Group,
    LessonId,
    PersonId,
    Skill,
    TeachingId,
    UnitId,
    VoidReason,
)
from domain.people import MergePeople, Newcomer, PersonRegistered, UndoMerge
from domain.teaching import AnswerTeaching, LogLesson, Pupil, RuleCredit, VoidTeaching

NOW = datetime(2026, 3, 15, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 15)
YESTERDAY = TODAY - timedelta(days=1)

LAN = PersonId("lan")
HOA = PersonId("hoa")
TU = PersonId("ba-tu")
SAU = PersonId("ong-sau")
MINH = PersonId("minh")
HANH = PersonId("hanh")
EVERYBODY = (LAN, HOA, TU, SAU, MINH, HANH)

COUNTRY = UnitId("vn")
GIA_LAI = UnitId("gia-lai")
TUY_PHUOC = UnitId("tuy-phuoc")

VNEID = Skill("vneid")
PAYING = Skill("cashless-payment")
SERVICES = Skill("online-public-service")

BY = By("account:minh")


def learner(number: int) -> PersonId:
    """One of any number of further learners."""
    return PersonId(f"learner-{number}")


Happened = Fact | Decision


def registered(*people: PersonId, unit: UnitId = TUY_PHUOC) -> list[Happened]:
    return [
        PersonRegistered(at=NOW, by=BY, person=person, group=Group.PEOPLE, unit=unit) for person in people
    ]


def everybody(*others: PersonId) -> list[Happened]:
    """All of the cast are registered, and whoever else is named."""
    return registered(*EVERYBODY, *others)


def lesson(ambassador: PersonId, *learners: PersonId, called: str = "", **other: Any) -> LogLesson:
    """A lesson in VNeID yesterday in Tuy Phước; teachings are called `lan/ba-tu` and so on."""
    called = called or ambassador
    request: dict[str, Any] = {
        "lesson": LessonId(called),
        "ambassador": ambassador,
        "unit": TUY_PHUOC,
        "on": YESTERDAY,
        "skills": (VNEID,),
        "channel": Channel.ONE_TO_ONE,
        "pupils": tuple(Pupil(teaching=TeachingId(f"{called}/{one}"), learner=one) for one in learners),
        "late_entry_days": 30,
        "by": By(f"account:{ambassador}"),
    }
    return LogLesson(**(request | other))


def newcomers(*people: PersonId, group: Group = Group.PEOPLE) -> tuple[Newcomer, ...]:
    return tuple(Newcomer(person=person, group=group) for person in people)


def teaching(ambassador: PersonId, who: PersonId) -> TeachingId:
    return TeachingId(f"{ambassador}/{who}")


LAN_TU = teaching(LAN, TU)
HOA_TU = teaching(HOA, TU)


def answer(of: TeachingId, says: Answer | str = Answer.ABLE, **other: Any) -> AnswerTeaching:
    return AnswerTeaching(
        teaching=of, answer=Answer(says), evidence=Evidence.OWN_DEVICE, by=By(f"code:{of}"), **other
    )


def void(of: TeachingId, **other: Any) -> VoidTeaching:
    return VoidTeaching(**({"teaching": of, "reason": VoidReason.NOT_TAUGHT, "by": BY} | other))


def ruling(of: TeachingId, **other: Any) -> RuleCredit:
    """Minh rules on who taught Bà Tư VNeID."""
    request: dict[str, Any] = {
        "person": TU,
        "skill": VNEID,
        "teaching": of,
        "reason": VoidReason.DUPLICATE,
        "ruler": MINH,
        "by": BY,
    }
    return RuleCredit(**(request | other))


def merge(person: PersonId, into: PersonId) -> MergePeople:
    return MergePeople(person=person, into=into, by=BY)


def undo(person: PersonId, into: PersonId) -> UndoMerge:
    return UndoMerge(person=person, into=into, by=BY)


def taught(ambassador: PersonId, learners: Iterable[PersonId]) -> list[Happened]:
    """A lesson, and each learner's yes."""
    learners = tuple(learners)
    return [lesson(ambassador, *learners), *(answer(teaching(ambassador, one)) for one in learners)]
