"""Families, who belongs to them, and the criteria they meet."""

from datetime import date
from typing import Annotated

import msgspec

from application.forms.people import LearnerForm, Learners
from application.forms.shape import Code, Form, Id, UnitRef
from domain.households import Criterion


class HouseholdForm(Form, frozen=True, kw_only=True):
    """`declared` criteria are answered for by the first member who is not the ambassador;
    `proficient` is the index of the member meant by `proficient-member`."""

    submission: Id
    on: date
    unit: UnitRef
    members: Learners
    declared: Annotated[tuple[Criterion, ...], msgspec.Meta(max_length=20)] = ()
    proficient: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    device: Id | None = None


class MemberForm(Form, frozen=True, kw_only=True):
    submission: Id
    member: LearnerForm


class MemberLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    member: Id


class CriteriaForm(Form, frozen=True, kw_only=True):
    """Declares criteria of a household. `proficient` is the member meant by `proficient-member`;
    `answers` the member who is asked (the first one who is not the ambassador, if not said)."""

    submission: Id
    on: date
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1, max_length=20)]
    proficient: Id | None = None
    answers: Id | None = None
    code: Code | None = None


class CriterionLostForm(Form, frozen=True, kw_only=True):
    submission: Id
    criterion: Criterion
