"""Teams, their members and leaders."""

from datetime import date

from application.forms.people import LearnerForm
from application.forms.shape import Form, Id, Text, UnitRef
from domain.teams import DisbandReason


class TeamForm(Form, frozen=True, kw_only=True):
    """A team that stands in a hamlet or commune since a day."""

    submission: Id
    unit: UnitRef
    name: Text
    on: date


class TeamNameForm(Form, frozen=True, kw_only=True):
    submission: Id
    name: Text


class TeamMemberForm(Form, frozen=True, kw_only=True):
    """Somebody belongs to a team since a day; `leader` says that they lead it."""

    submission: Id
    on: date
    member: LearnerForm
    leader: bool = False


class TeamLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class TeamLeaderForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class DisbandForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    reason: DisbandReason
