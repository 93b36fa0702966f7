"""Milestones that people reached, as they or others say."""

from datetime import date

from application.forms.shape import Form, Id, Text
from domain.milestones import Milestone


class MilestoneAnswerForm(Form, frozen=True, kw_only=True):
    """What the holder of a code says of a milestone of theirs: reached (on a day, else today), or not
    so. No submission: the same again changes nothing."""

    code: Text
    milestone: Milestone
    reached: bool = True
    on: date | None = None
    device: Id | None = None


class MilestoneForm(Form, frozen=True, kw_only=True):
    """A milestone of whoever sends it; or of a `person`, or of the learner of a `teaching`, as somebody
    who was `there` says it."""

    submission: Id
    milestone: Milestone
    reached: bool = True
    on: date | None = None
    person: Id | None = None
    teaching: Id | None = None
    there: bool = False
