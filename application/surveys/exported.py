"""Rows of lists that are an export of a form: which instance of which form each of them is."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from application.lists import cells
from application.lists.cells import Cells
from application.lists.rows import Row, submission_of
from application.ports import Ground, Unit
from application.surveys.following import under
from application.surveys.keeping import Kept, Surveys
from application.surveys.mapping import LIST_OF
from application.surveys.payloads import Instance
from application.surveys.taking import submission_in
from domain.lists import ListId, ListKind
from domain.model import Refused
from domain.surveys import instance_of

TOGETHER: Final = 256
"""Rows of which it is asked at once by which forms they came."""


class EditOfAForm(Refused):
    """The row is an edit of what a connected form sent: it is followed at the page of that form."""


class Naming:
    """By which submission a row is recorded that names its instance: that of the form which sent it, or
    of the only one that could; where no form of that kind is connected, one of lists alone."""

    def __init__(self, ground: Ground, surveys: Surveys, kind: ListKind, unit: Unit) -> None:
        def near(one: Kept) -> bool:
            units = ground.units
            return units.is_within(one.unit, unit.id) or units.is_within(unit.id, one.unit)

        self._ground = ground
        self._surveys = surveys
        self._kind = kind
        self._forms = {one.id: one for one in surveys.every() if LIST_OF[one.tells] is kind and near(one)}
        self._unlisted = [one for one in self._forms.values() if not one.listed]
        self._came_by: Mapping[str, Mapping[ListId, str | None]] = {}

    def ahead(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, once it was asked for many of them together by which forms they came."""
        left = iter(rows)
        while some := list(islice(left, TOGETHER)):
            came = [_instance(row) for _line, row in some if not isinstance(row, Refused)]
            self._came_by = self._asked({name for one in came for name in _names(one)})
            yield from some

    def __call__(self, row: Cells) -> str:
        """Raises `EditOfAForm`."""
        came = _instance(row)
        told = self._told(came)
        for form in (*(self._forms[one] for one in told), *self._unlisted):
            if named := self._known(form, came, told.get(form.id)):
                return named
        digest = self._ground.vault.content_digest
        if len(self._forms) == 1:
            (form,) = self._forms.values()
            (name, *_rest) = self._surveys.names(form, came)
            return submission_in(digest, form.tells, name)
        return submission_of(digest, self._kind, came.instance)

    def _told(self, came: Instance) -> dict[ListId, str | None]:
        """The forms by which it came, each with the name under which its answers were recorded."""
        names, by = _names(came), self._came_by
        if any(one not in by for one in names):  # it stands together with rows that come later
            by = self._asked(names)
        return {form: told for one in names for form, told in by[one].items()}

    def _asked(self, names: Collection[str]) -> Mapping[str, Mapping[ListId, str | None]]:
        found = self._surveys.came_by(names) if names and self._forms else {}
        return {
            name: {by.connection: by.told for by in found.get(name, ()) if by.connection in self._forms}
            for name in names
        }

    def _known(self, form: Kept, came: Instance, told: str | None) -> str | None:
        """By which submission it was recorded, or will be, if it came by this form. Of one that is connected
        no more the receipts alone are left."""
        placed = self._surveys.look_up(form, came)
        if placed is not None:
            if came.edited and not placed.known:
                raise EditOfAForm(field="instance")
            told = placed.told[-1] if placed.told else placed.instance
        digest = self._ground.vault.content_digest
        if told is not None:
            return submission_in(digest, form.tells, told)
        for name in self._surveys.names(form, came):
            if self._surveys.submitted(under(self._ground, form.tells, [name])):
                return submission_in(digest, form.tells, name)
        return None


def _instance(row: Cells) -> Instance:
    first = instance_of(cells.text(row.get("instance")))
    own = instance_of(cells.text(row.get("version"))) or first
    return Instance(instance=first, fields={}, repeats=[], on=None, version=own)


def _names(came: Instance) -> tuple[str, ...]:
    """The one that no edit changes, and its own after it."""
    return tuple(dict.fromkeys(one for one in (came.instance, came.version) if one))
