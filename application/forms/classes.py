"""Classes to which learners check in by a code, and who was there to say so of those without a phone."""

from typing import Annotated

import msgspec

from application.forms.people import LearnerForm
from application.forms.shape import Form, Heard, Id, SkillRef, Text, UnitRef, Year
from domain.model import Answer, Group


class ClassForm(Form, frozen=True, kw_only=True):
    """A class for today, to which learners check in by the code on the wall."""

    submission: Id
    unit: UnitRef
    skills: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)]


class CheckInForm(Form, frozen=True, kw_only=True):
    """Somebody who checks in to a class by its code, and answers at once. `device` tells one phone from
    another within that class."""

    submission: Id
    code: Text
    name: Text
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    consent: Annotated[tuple[Heard, ...], msgspec.Meta(max_length=4)] = ()
    guardian: bool = False
    answer: Answer
    device: Id | None = None


class ClassLearnerForm(Form, frozen=True, kw_only=True):
    """A learner of a class who has no phone."""

    submission: Id
    learner: LearnerForm


class CloseClassForm(Form, frozen=True, kw_only=True):
    submission: Id


class AttestationForm(Form, frozen=True, kw_only=True):
    teaching: Id
    answer: Answer


class WitnessForm(Form, frozen=True, kw_only=True):
    """What somebody who was at a class (`there`) says of learners without a phone."""

    submission: Id
    there: bool
    answers: Annotated[tuple[AttestationForm, ...], msgspec.Meta(min_length=1, max_length=100)]
