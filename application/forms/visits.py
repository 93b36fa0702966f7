"""Households visited from door to door, and how many there are to visit."""

from datetime import date
from typing import Annotated

import msgspec

from application.forms.shape import Form, Id, SkillRef, Text, UnitRef
from domain.model import VoidReason
from domain.visits import Finding


class VisitForm(Form, frozen=True, kw_only=True):
    """A household that was visited: a family that was entered (`household`), or the one of a `number`
    in the list of its hamlet, or both where the two are one. `needs` are skills to be taught there."""

    submission: Id
    on: date
    unit: UnitRef
    household: Id | None = None
    number: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    found: Annotated[tuple[Finding, ...], msgspec.Meta(max_length=20)] = ()
    needs: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)] = ()
    device: Id | None = None


class VoidVisitForm(Form, frozen=True, kw_only=True):
    submission: Id
    reason: VoidReason = VoidReason.MISTAKE


class HouseholdsForm(Form, frozen=True, kw_only=True):
    """How many households a unit has on a day, by a document."""

    submission: Id
    households: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
    on: date
    document: Text
