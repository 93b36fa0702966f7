"""An instance of a form -> the decisions by which people record the same, as imported.

What it tells is read as the rows of a list are. Its submission ids are made of the connection and of the
instance's own id, so that the webhook and a CSV export of the same form count once, in whichever order
they come, and two forms never share one.
"""

from collections.abc import Callable

import msgspec

from application.actors import Actor, Grant
from application.deciding import today
from application.lists import cells
from application.lists.cells import Cells
from application.lists.entries import Entry, Fault, milestones_of
from application.lists.loading import Loading
from application.lists.rows import Rows
from application.ports import Ground, Unit
from application.surveys import mapping
from application.surveys.mapping import LIST_OF
from application.surveys.payloads import Instance
from domain.lists import ListId
from domain.milestones import Milestone
from domain.model import Refused, Role, UnitId
from domain.surveys import Tells

IMPORTING = (Role.ORGANIZER, Role.ADMINISTRATOR)


class SeveralInOne(Refused):
    """A submission tells of several visits, or of several people's milestones, in a repeat group."""


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A form that sends what it collects to a unit; `columns` is what an organizer set."""

    id: ListId
    unit: UnitId
    tells: Tells
    columns: dict[str, str]


def submission_in(digest: Callable[[object], bytes], tells: Tells, name: str) -> str:
    """The submission id of what a form tells under a name of its own: the keyed hash of the connection
    and an instance's id."""
    return f"form-{digest(('form', LIST_OF[tells], name, 'of its form')).hex()[:40]}"


def parts_of(tells: Tells, submission: str) -> tuple[str, ...]:
    """By what each part is known that a form may tell under a submission id."""
    return milestones_of(submission, Milestone) if tells is Tells.MILESTONE else (submission,)


class Taking:
    """What one instance tells, and how it is recorded. `keeper` is the organizer whose connection it is:
    what they may no longer, their form may not.

    Raises `NotAllowed`, `OutOfScope`."""

    def __init__(self, ground: Ground, keeper: Actor, connection: Connection) -> None:
        keeper.must(*IMPORTING, over=connection.unit, units=ground.units)
        self.ground = ground
        self.connection = connection
        self.unit = _unit(ground, connection)
        self.dated = False
        grants = (Grant(Role.ORGANIZER, self.unit.id),)
        self.actor = Actor(person=keeper.person, grants=grants, importing=connection.id)

    def read(self, came: Instance) -> Entry:
        """What it tells, all of it or nothing. From then on `dated` says whether it says the day itself.
        Raises what is wrong with the answers."""
        tells, on = self.connection.tells, today()
        reading = Rows(self.ground, LIST_OF[tells], self.unit, on=on)
        rows = mapping.rows(tells, self.connection.columns, came)
        self.dated = any(cells.text(row.get("on")) for row in rows)
        said = [(number, self._filled(row, came)) for number, row in enumerate(rows, start=1)]
        outcomes = list(reading.read(said))
        for one in outcomes:
            if isinstance(one, Fault):
                raise one.refused
        entries = [one for one in outcomes if not isinstance(one, Fault)]
        if len(entries) > 1:
            raise SeveralInOne
        return entries[0]

    def _filled(self, row: Cells, came: Instance) -> Cells:
        """With the instance, by which the rows stand together, and the day on which it was sent in."""
        day = came.on or (today() if self.connection.tells is Tells.VISIT else None)
        on = cells.text(row.get("on")) or (day.isoformat() if day else "")
        return {**row, "on": on, "instance": came.instance}

    def named(self, entry: Entry, name: str) -> Entry:
        """As it is recorded under a name of the form's own."""
        digest = self.ground.vault.content_digest
        return msgspec.structs.replace(entry, id=submission_in(digest, self.connection.tells, name))

    async def record(self, entry: Entry) -> bool:
        """Whether something was recorded that did not stand already. Raises what the use case raises."""
        return await Loading(self.ground, self.actor).load(entry)


def _unit(ground: Ground, connection: Connection) -> Unit:
    unit = ground.units.find(connection.unit)
    if unit is None:
        raise LookupError("a form was connected to a unit that was never established")
    return unit
