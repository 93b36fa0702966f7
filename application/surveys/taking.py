"""An instance of a form -> the decisions by which people record the same, as imported.

Its submission ids are made of the instance's own, so that the webhook and a CSV export of the same
form count once, in whichever order they come.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from application import milestones, visits
from application.actors import Actor, Grant
from application.deciding import today
from application.forms import LearnerForm, VisitForm
from application.identity import identity
from application.lists import cells
from application.lists.cells import Cell, EmptyCell
from application.lists.loading import Loading
from application.lists.places import Place, Places
from application.lists.rows import Cells, Fault, Rows, submission_of
from application.milestones import Listed
from application.ports import Ground, Unit
from application.surveys import mapping
from application.surveys.mapping import LIST_OF
from application.surveys.payloads import Instance
from domain.lists import ListId
from domain.milestones import Milestone
from domain.model import Refused, Role, UnitId
from domain.names import fold
from domain.surveys import Tells
from domain.visits import Finding

IMPORTING = (Role.ORGANIZER, Role.ADMINISTRATOR)


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A form that sends what it collects to a unit; `columns` is what an organizer set."""

    id: ListId
    unit: UnitId
    tells: Tells
    columns: dict[str, str]


async def take(ground: Ground, keeper: Actor, connection: Connection, came: Instance) -> bool:
    """Whether something was recorded that did not stand already. `keeper` is the organizer whose
    connection it is: what they may no longer, their form may not.

    Raises `NotAllowed`, `OutOfScope`, what is wrong with the answers, and what the use case raises."""
    keeper.must(*IMPORTING, over=connection.unit, units=ground.units)
    unit = ground.units.find(connection.unit)
    if unit is None:
        raise LookupError("a form was connected to a unit that was never established")
    actor = Actor(person=keeper.person, grants=(Grant(Role.ORGANIZER, unit.id),), importing=connection.id)
    rows = mapping.rows(connection.tells, connection.columns, came)
    taking = _Taking(ground, actor, unit, connection.tells, came)
    match connection.tells:
        case Tells.VISIT:
            return await taking.visit(rows[0])
        case Tells.MILESTONE:
            return await taking.milestones(rows[0])
        case _:
            return await taking.listed(rows)


class _Taking:
    def __init__(self, ground: Ground, actor: Actor, unit: Unit, tells: Tells, came: Instance) -> None:
        self._ground = ground
        self._actor = actor
        self._unit = unit
        self._tells = tells
        self._came = came
        self._today = today()

    def _submission(self, what: str) -> str:
        return submission_of(self._ground.vault.content_digest, what, self._came.instance)

    async def listed(self, rows: Sequence[Cells]) -> bool:
        """As the rows of a list say it; all of them, or none."""
        kind = LIST_OF[self._tells]
        reading = Rows(self._ground, self._actor, kind, self._unit, on=self._today)
        said = [(number, self._filled(row)) for number, row in enumerate(rows, start=1)]
        outcomes = list(reading.read(said))
        for one in outcomes:
            if isinstance(one, Fault):
                raise one.refused
        loading, news = Loading(self._ground, self._actor), False
        for one in outcomes:
            if not isinstance(one, Fault):
                news = await loading.load(one) or news
        return news

    def _filled(self, row: Cells) -> Cells:
        """With the instance, by which the rows stand together, and the day on which it was sent in."""
        on = cells.text(row.get("on")) or (self._came.on.isoformat() if self._came.on else "")
        return {**row, "on": on, "instance": self._came.instance}

    async def visit(self, row: Cells) -> bool:
        place, on = self._place(row), self._day(row)
        found = dict.fromkeys(mapping.findings(fold(cells.text(row.get("found")))))
        found |= {one: None for one in Finding if _yes(row.get(f"found.{one}"))}
        needs = cells.skills(row["needs"], "needs") if cells.text(row.get("needs")) else ()
        form = VisitForm(
            submission=self._submission("visits"),
            on=on,
            unit=place.unit,
            number=cells.number(row.get("number"), "number"),
            found=tuple(found),
            needs=needs,
        )
        cells.needed(row.get("mentor_phone"), "mentor_phone")
        mentor = self._person(row, on, "mentor", "mentor_phone")
        visitor = Loading(self._ground, self._actor).in_the_name_of(mentor, place)
        return not (await visits.log_visit(self._ground, visitor, form)).again

    async def milestones(self, row: Cells) -> bool:
        place, on = self._place(row), self._day(row)
        reached = dict.fromkeys(mapping.reached(fold(cells.text(row.get("milestone")))))
        reached |= {one: None for one in Milestone if _yes(row.get(f"milestone.{one}"))}
        if not reached:
            raise EmptyCell(field="milestone")
        learner, news = self._person(row, on), False
        for one in reached:
            listed = Listed(
                submission=f"{self._submission('milestones')[:36]}-{one}",
                learner=learner,
                milestone=one,
                on=on,
                unit=place.unit,
            )
            news = not (await milestones.take_in(self._ground, self._actor, listed)).again or news
        return news

    def _person(self, row: Cells, on: date, name: str = "name", phone: str = "phone") -> LearnerForm:
        """Somebody whom the form names, cleaned. Raises `BadName` and its likes with the field's key."""
        own = name == "name"
        try:
            known = identity(
                name=cells.readable(cells.needed(row.get(name), name), name),
                phone=cells.phone(row.get(phone)),
                birth_year=cells.birth_year(row.get("birth_year"), "birth_year") if own else None,
                on=on,
                field="",
            )
        except Refused as refused:
            fields = {"name": name, "phone": phone}
            said = str(refused.details.get("field", ""))
            refused.details["field"] = fields.get(said, said)
            raise
        group = cells.group(row.get("group"), "group") if own else None
        return LearnerForm(name=known.name, phone=known.phone, birth_year=known.birth_year, group=group)

    def _place(self, row: Cells) -> Place:
        places = Places(self._ground.units, self._unit, lambda _code: ())
        return places.place(cells.text(row.get("commune")), cells.text(row.get("hamlet")))

    def _day(self, row: Cells) -> date:
        return cells.day(row.get("on"), "on") or self._came.on or self._today


def _yes(cell: Cell) -> bool:
    return mapping.says_yes(fold(cells.text(cell)))
