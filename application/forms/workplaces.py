"""Offices, schools and enterprises, and who works or learns there."""

from datetime import date

from application.forms.people import LearnerForm
from application.forms.shape import Form, Id, Text, UnitRef
from domain.workplaces import WorkplaceKind


class WorkplaceForm(Form, frozen=True, kw_only=True):
    submission: Id
    unit: UnitRef
    kind: WorkplaceKind
    name: Text


class WorkplaceMemberForm(Form, frozen=True, kw_only=True):
    """Somebody who works or learns there since a day; `unit` is where somebody new lives."""

    submission: Id
    on: date
    member: LearnerForm
    unit: UnitRef | None = None


class WorkplaceLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class OwnWorkplaceForm(Form, frozen=True, kw_only=True):
    """Where somebody works themselves; nowhere that is registered, if not said."""

    submission: Id
    workplace: Id | None = None
