"""How an entry stands, in the movement's words: tone, word and reason."""

from collections.abc import Sequence
from datetime import date

import msgspec

from domain.calendar import day_of
from domain.model import Answer, Evidence
from infrastructure.read_models.teachings import NotCounted, State, Teaching
from interfaces.web import words
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day
from interfaces.web.render import skill_label, skill_list


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list. `tone` is a class of the stylesheet (good, wait, bad or none)."""

    name: str
    about: str
    tone: str
    said: str
    why: str = ""
    teaching: str = ""
    subject: str = ""
    href: str = ""


def of_teaching(one: Teaching, name: str, today: date) -> Entry:
    tone, said = standing(one)
    return Entry(
        name=name,
        about=" · ".join(
            part
            for part in (skill_list(part.skill for part in one.skills), _when(one, today), way(one))
            if part
        ),
        tone=tone,
        said=said,
        why=" ".join(reasons(one)),
        teaching=one.teaching,
        subject=one.teaching,
    )


def _when(one: Teaching, today: date) -> str:
    """The day taught, and where the entry came later the day it was received."""
    received = day_of(one.logged_at)
    if received == one.on:
        return near_day(one.on, today)
    return _(
        "taught %(day)s, received %(received)s",
        day=near_day(one.on, today),
        received=near_day(received, today),
    )


def standing(one: Teaching) -> tuple[str, str]:
    """Tone and word. What counts for another mentor is neutral: nobody did anything wrong."""
    if one.state is State.CLAIMED:
        return "wait", _("Waiting for an answer")
    if one.state is State.VOIDED:
        return "", _("Withdrawn")
    if one.state is State.DENIED:
        return "bad", _("Answered: not true")
    if one.counts:
        return "good", _("Confirmed, able") if one.answer is Answer.ABLE else _("Confirmed")
    if all(part.why is NotCounted.PRACTICE for part in one.skills):
        return "", _("Practice")
    return "", _("Counted for another mentor")


def way(one: Teaching) -> str:
    """How it was answered, where that was otherwise than by the learner's own phone."""
    if one.evidence in (None, Evidence.OWN_DEVICE):
        return ""
    return _("answered %(how)s", how=words.said(words.EVIDENCE, one.evidence))


def reasons(one: Teaching) -> list[str]:
    """Why skills of it do not count, each once."""
    found: dict[NotCounted, list[str]] = {}
    for part in one.skills:
        if part.why is not None:
            found.setdefault(part.why, []).append(part.skill)
    return [reason(why, skills) for why, skills in found.items()]


def reason(why: NotCounted, skills: Sequence[str]) -> str:
    labels = ", ".join(skill_label(skill) for skill in skills)
    match why:
        case NotCounted.UNANSWERED:
            return _("The learner has not answered yet.")
        case NotCounted.DENIED:
            return _("The learner says that it is not true.")
        case NotCounted.VOIDED:
            return _("The entry was withdrawn.")
        case NotCounted.PRACTICE:
            return _("%(skills)s: practice of what you taught this person before.", skills=labels)
        case NotCounted.CREDITED_TO_ANOTHER:
            return _("%(skills)s: already counted for another mentor.", skills=labels)
        case NotCounted.OWN_LEARNING:
            return _("Nobody can be their own learner.")
