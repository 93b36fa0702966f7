"""Lessons, what their learners answer, and entries withdrawn or ruled on."""

from datetime import date
from typing import Annotated

import msgspec

from application.forms.people import Learners
from application.forms.shape import Form, Id, Note, SkillRef, Text, UnitRef
from domain.model import Answer, Channel, VoidReason


class LessonForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    unit: UnitRef
    skills: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)]
    learners: Learners
    channel: Channel | None = None
    device: Id | None = None


class AnswerForm(Form, frozen=True, kw_only=True):
    """No submission: the code and the answer say it all, and the same again changes nothing."""

    code: Text
    answer: Answer
    device: Id | None = None


class AnswerEntryForm(Form, frozen=True, kw_only=True):
    """What somebody answered on the phone of a mentor, who sends it."""

    submission: Id
    code: Text
    answer: Answer
    device: Id | None = None


class VoidForm(Form, frozen=True, kw_only=True):
    submission: Id
    reason: VoidReason
    note: Note | None = None


class VoidEntryForm(Form, frozen=True, kw_only=True):
    """Withdraws an entry of one's own, named by the code that was handed out for it or by its id."""

    submission: Id
    reason: VoidReason = VoidReason.MISTAKE
    subject_code: Text | None = None
    teaching: Id | None = None
    onboarding: Id | None = None
    note: Note | None = None


class RulingForm(Form, frozen=True, kw_only=True):
    submission: Id
    teaching: Id
    reason: VoidReason
    note: Note | None = None
