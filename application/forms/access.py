"""Who is to hold which role, and accounts."""

from application.forms.shape import Form, Id, Text, UnitRef, Year
from domain.model import Group, Model, Role


class InviteForm(Form, frozen=True, kw_only=True):
    """Somebody who is to hold a role over a unit, for one `model` or all. Sex, position and workplace
    stand in award lists and are kept only with `award_lists`, the person's consent."""

    submission: Id
    role: Role
    unit: UnitRef
    model: Model | None = None
    name: Text
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    sex: Text | None = None
    position: Text | None = None
    workplace: Text | None = None
    award_lists: bool = False


class RevokeForm(Form, frozen=True, kw_only=True):
    submission: Id
    role: Role
    unit: UnitRef
    model: Model | None = None


class AccountForm(Form, frozen=True, kw_only=True):
    """What is asked of an account as a whole: a new link, or that it is closed."""

    submission: Id
