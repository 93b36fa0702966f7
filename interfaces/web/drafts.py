"""What somebody typed into a form of /ghi: kept through errors and added people, word for word."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from application import criteria
from application.actors import Actor
from application.ids import new_id
from application.lookups import PLACES
from application.ports import Unit
from domain.calendar import day_of
from domain.model import Group, PersonId, Role, UnitId
from infrastructure.read_models import teachings
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import words
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day
from interfaces.web.limits import Form
from interfaces.web.words import unit_name

MOST_BLOCKS: Final = 50
RECENT: Final = 20


TYPED: Final = ("name", "phone", "birth_year", "group")
TICKED: Final = ("contact", "reminders", "guardian")


class NewPerson(msgspec.Struct):
    """One block of fields for somebody new, as typed; `contact`, `reminders` and `guardian` are `yes`
    where they were heard to agree, once the sentence had been read to them."""

    name: str = ""
    phone: str = ""
    birth_year: str = ""
    group: str = Group.PEOPLE.value
    contact: str = ""
    reminders: str = ""
    guardian: str = ""

    @property
    def blank(self) -> bool:
        return not (self.name.strip() or self.phone.strip() or self.birth_year.strip())

    def fields(self) -> dict[str, Any]:
        """As `application.forms.LearnerForm` takes them."""
        typed: dict[str, Any] = {part: value for part in TYPED if (value := getattr(self, part)).strip()}
        heard = [purpose for purpose in ("contact", "reminders") if getattr(self, purpose) == "yes"]
        return typed | {"consent": heard, "guardian": self.guardian == "yes"}


class Draft(msgspec.Struct, kw_only=True):
    """`known` are ids of people chosen from the list; `marks` whatever else is chosen by name."""

    submission: str
    known: list[str]
    people: list[NewPerson]
    marks: list[str]
    on: str
    unit: str

    def named(self) -> list[tuple[str, dict[str, Any]]]:
        """Who is named, in the order they are sent: the prefix of their fields, and what was typed."""
        chosen = [(f"learner-{person}", {"id": person}) for person in self.known]
        return chosen + [
            (f"new-{number}", one.fields()) for number, one in enumerate(self.people) if not one.blank
        ]

    def place(self, path: str) -> str:
        """The field that a path such as `learners.2.phone` stands for on the page."""
        many, _dot, rest = path.partition(".")
        if many not in ("learners", "members"):
            return path
        number, _dot, part = rest.partition(".")
        named = self.named()
        if not number.isdecimal() or int(number) >= len(named):
            return "learners"
        prefix = named[int(number)][0]
        return f"{prefix}-{part or 'name'}" if prefix.startswith("new-") else "learners"


def blank(house: House, actor: Actor) -> Draft:
    """A form nobody has filled in yet: today, the ambassador's own commune or hamlet (who teaches in
    a whole province has to choose), an id to send it under."""
    own = (house.units.find(home) for home in _taught_in(actor))
    today = day_of(house.clock())
    unit = next((unit.id for unit in own if unit and unit.kind in PLACES), "")
    return Draft(
        submission=new_id(), known=[], people=[NewPerson()], marks=[], on=today.isoformat(), unit=unit
    )


def typed(form: Form, marks: str) -> Draft:
    """What came in, however wrong. `marks` is the name of the boxes (skills, criteria, means)."""
    blocks = form.one("blocks")
    many = min(int(blocks), MOST_BLOCKS) if blocks.isascii() and blocks.isdecimal() and len(blocks) < 4 else 1
    return Draft(
        submission=form.one("submission") or new_id(),
        known=list(dict.fromkeys(form.all("learner"))),
        people=[_new_person(form, number) for number in range(max(many, 1))],
        marks=list(dict.fromkeys(form.all(marks))),
        on=form.one("on"),
        unit=form.one("unit"),
    )


def _new_person(form: Form, number: int) -> NewPerson:
    parts = (form.one(f"new-{number}-{part}") for part in (*TYPED, *TICKED))
    return NewPerson(*parts)


def places(house: House, actor: Actor) -> list[Unit]:
    """Where the actor teaches: communes with their hamlets; of a unit above, its communes."""
    own = [unit for home in _taught_in(actor) if (unit := house.units.find(home))]
    return list({place.id: place for unit in own for place in _places_in(house, unit)}.values())


def _taught_in(actor: Actor) -> list[UnitId]:
    return list(dict.fromkeys(grant.unit for grant in actor.grants if grant.role is Role.AMBASSADOR))


def _places_in(house: House, unit: Unit) -> list[Unit]:
    under = house.units.children(unit.id)
    if unit.kind in PLACES:
        return [unit, *under]
    return [place for one in under for place in ([one] if one.kind in PLACES else _places_in(house, one))]


class KnownPerson(msgspec.Struct, frozen=True):
    """Somebody taught before, as a big choice."""

    id: PersonId
    name: str
    initial: str
    about: str
    when: str
    on: bool


def known_people(house: House, actor: Actor, chosen: Sequence[str], home: UnitId | None) -> list[KnownPerson]:
    """Whom the actor taught last; those chosen come first, so that none is hidden. The place is
    said where it is not `home`."""
    with house.asking() as db:
        recent = teachings.recent_learners(db, actor.person, RECENT)
    known = reads.identities(house, [one.learner for one in recent], Unlogged.ENTERED)
    found = [
        KnownPerson(
            one.learner,
            known[one.learner].name,
            initial(known[one.learner].name),
            about(
                known[one.learner].birth_year, "" if one.unit == home else unit_name(house.units, one.unit)
            ),
            near_day(one.last_on, day_of(house.clock())),
            one.learner in chosen,
        )
        for one in recent
        if one.learner in known
    ]
    return sorted(found, key=lambda one: not one.on)


def initial(name: str) -> str:
    """The first letter of the given name, which stands last."""
    return name.split()[-1][:1].upper() if name.split() else "?"


def about(birth_year: int | None, place: str) -> str:
    born = _("born %(year)s", year=birth_year) if birth_year else ""
    return " · ".join(part for part in (born, place) if part)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts that all three forms share need to be drawn."""

    submission: str
    people: list[NewPerson]
    opened: bool
    recent: list[KnownPerson]
    on: str
    today: str
    earliest: str
    unit: str
    places: list[tuple[str, str]]
    when_where: str


def shown(house: House, actor: Actor, draft: Draft) -> Shown:
    today = day_of(house.clock())
    homes = places(house, actor)
    recent = known_people(house, actor, draft.known, homes[0].id if homes else None)
    late = criteria.standing_criteria(house.ledger, house.units, homes[0].id, today) if homes else None
    days = late.content.late_entry_days if late else 0
    return Shown(
        submission=draft.submission,
        people=draft.people,
        opened=not recent or len(draft.people) > 1 or not draft.people[0].blank,
        recent=recent,
        on=draft.on,
        today=today.isoformat(),
        earliest=(today - timedelta(days=days)).isoformat(),
        unit=draft.unit,
        places=[("", "–")] * (not draft.unit) + [(unit.id, unit.name) for unit in homes],
        when_where=_when_where(draft, today, unit_name(house.units, draft.unit)),
    )


def _when_where(draft: Draft, today: date, place: str) -> str:
    """The day and the place in one line, which opens to change them."""
    try:
        said = near_day(date.fromisoformat(draft.on), today)
    except ValueError:
        said = _("another day")
    return _("Day: %(day)s · Place: %(place)s", day=said, place=place or "–")


def groups() -> list[tuple[str, str]]:
    return words.options(words.GROUPS)
