"""Somebody known or named; what is known of them merged, corrected, erased; what they agree to."""

from typing import Annotated

import msgspec

from application.forms.shape import MOST_LISTED, Code, Form, Heard, Id, Text, Year
from domain.model import Group
from domain.people import Purpose


class LearnerForm(Form, frozen=True, kw_only=True):
    """Either somebody known (`id`) or somebody named; `code` may be minted by the phone.

    `consent` are the purposes the learner was heard to agree to, once the sentence was read out to
    them; silence is no. `guardian`: a parent or guardian agreed as well (asked for under 16). What
    is left out is not part of what a submission is compared by: older phones send neither."""

    id: Id | None = None
    name: Text | None = None
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    code: Code | None = None
    consent: Annotated[tuple[Heard, ...], msgspec.Meta(max_length=4)] | msgspec.UnsetType = msgspec.UNSET
    guardian: bool | msgspec.UnsetType = msgspec.UNSET

    @property
    def heard(self) -> tuple[Purpose, ...]:
        said = () if self.consent is msgspec.UNSET else self.consent
        return tuple(Purpose(one) for one in said)


Learners = Annotated[tuple[LearnerForm, ...], msgspec.Meta(max_length=MOST_LISTED)]


class MergeForm(Form, frozen=True, kw_only=True):
    """`person` turned out to be `into`."""

    submission: Id
    person: Id
    into: Id


class CorrectionForm(Form, frozen=True, kw_only=True):
    """What is known of a person, as it should have been; None leaves a field as it is."""

    submission: Id
    name: Text | None = None
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    sex: Text | None = None
    position: Text | None = None
    workplace: Text | None = None
    email: Text | None = None


class ErasureForm(Form, frozen=True, kw_only=True):
    submission: Id


class ConsentForm(Form, frozen=True, kw_only=True):
    submission: Id
    purpose: Purpose
    given: bool
