"""Rows of lists that are an export of a form: which instance of which form each of them is."""

from collections.abc import Callable

from application.lists import cells
from application.lists.rows import Cells, submission_of
from application.ports import Ground, Unit
from application.surveys.keeping import Kept, Surveys
from application.surveys.mapping import LIST_OF
from application.surveys.payloads import Instance
from application.surveys.taking import submission_in
from domain.lists import ListKind
from domain.model import Refused
from domain.surveys import instance_of


class EditOfAForm(Refused):
    """The row is an edit of what a connected form sent: it is followed at the page of that form."""


def naming(ground: Ground, surveys: Surveys, kind: ListKind, unit: Unit) -> Callable[[Cells], str]:
    """By which submission a row is recorded that names its instance: that of the form which sent it, or
    of the only one that could; where no form of that kind is connected, one of lists alone. The function
    raises `EditOfAForm`."""

    def near(one: Kept) -> bool:
        units = ground.units
        return units.is_within(one.unit, unit.id) or units.is_within(unit.id, one.unit)

    forms = [one for one in surveys.every() if LIST_OF[one.tells] is kind and near(one)]
    digest = ground.vault.content_digest

    def named(row: Cells) -> str:
        came = _instance(row)
        for form in forms:
            placed = surveys.look_up(form, came)
            if placed is None:
                continue
            if came.edited and not placed.known:
                raise EditOfAForm(field="instance")
            return submission_in(digest, form.tells, placed.holds or placed.instance)
        if len(forms) == 1:
            (name, *_rest) = surveys.names(forms[0], came)
            return submission_in(digest, forms[0].tells, name)
        return submission_of(digest, kind, came.instance)

    return named


def _instance(row: Cells) -> Instance:
    first = instance_of(cells.text(row.get("instance")))
    own = instance_of(cells.text(row.get("version"))) or first
    return Instance(instance=first, fields={}, repeats=[], on=None, version=own)
