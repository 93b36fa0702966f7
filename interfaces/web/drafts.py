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
from domain.model import Group, Model, Role, UnitId
from infrastructure.read_models import teachings
from interfaces.house import House
from interfaces.web import words
from interfaces.web.choosing import below, standing
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day
from interfaces.web.learners import KnownPerson, known_people
from interfaces.web.limits import Form
from interfaces.web.words import unit_name

MOST_BLOCKS: Final = 50
FOREMOST: Final = 5

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

    @property
    def more(self) -> bool:
        """Whether something beside name, phone and the spoken consent was said."""
        said = self.birth_year or self.reminders or self.guardian
        return bool(said) or self.group not in ("", Group.PEOPLE.value)

    def fields(self) -> dict[str, Any]:
        """As `LearnerForm` takes them."""
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


def blank(house: House, actor: Actor, known: Sequence[str] = ()) -> Draft:
    """A form nobody has filled in yet: today, where the last lesson was, an id to send it under.
    Nothing else is taken over from yesterday; `known` are those just chosen on another page."""
    today = day_of(house.clock())
    return Draft(
        submission=new_id(),
        known=list(dict.fromkeys(known)),
        people=[NewPerson()],
        marks=[],
        on=today.isoformat(),
        unit=_last_place(house, actor),
    )


def _last_place(house: House, actor: Actor) -> str:
    """Where the last lesson was; before the first the ambassador's own commune or hamlet (who teaches
    in a whole province has to choose)."""
    with house.asking() as db:
        last = teachings.last_place(db, actor.person)
    homes = (house.units.find(home) for home in ([last] if last else []) + _taught_in(actor))
    own = (standing(house, home) for home in homes if home)
    return next((unit.id for unit in own if unit.kind in PLACES and _teaches(house, actor, unit)), "")


def _teaches(house: House, actor: Actor, unit: Unit) -> bool:
    return actor.reaches(unit.id, Role.AMBASSADOR, units=house.units, narrowed=True)


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
    """Where the actor teaches: communes with their hamlets; of a unit above, its communes. Nothing new is
    entered in what is no more: what stands for it is offered."""
    own = [standing(house, unit) for home in _taught_in(actor) if (unit := house.units.find(home))]
    return list({place.id: place for unit in own for place in _places_in(house, unit)}.values())


def offered(house: House, actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """Where the actor teaches, to choose from. A hamlet chosen once stays, also for who teaches in a
    whole province, to whom hamlets are not offered."""
    homes = places(house, actor)
    unit = house.units.find(chosen) if chosen else None
    if unit and unit not in homes and unit.kind in PLACES and _teaches(house, actor, unit):
        homes = [unit, *homes]
    return [("", "–")] * (unit is None) + [(one.id, one.name) for one in homes]


def _taught_in(actor: Actor) -> list[UnitId]:
    return list(dict.fromkeys(grant.unit for grant in actor.grants if grant.role is Role.AMBASSADOR))


def _places_in(house: House, unit: Unit) -> list[Unit]:
    under = below(house, unit)
    if unit.kind in PLACES:
        return [unit, *under]
    return [place for one in under for place in ([one] if one.kind in PLACES else _places_in(house, one))]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts that all three forms share need to be drawn. `foremost` is how many of `recent`
    stand open, `near` whether others of the place can be looked for."""

    submission: str
    people: list[NewPerson]
    opened: bool
    recent: list[KnownPerson]
    foremost: int
    near: bool
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
        foremost=max(FOREMOST, sum(one.on for one in recent)),
        near=actor.holds(Role.AMBASSADOR, about=Model.AMBASSADORS),
        on=draft.on,
        today=today.isoformat(),
        earliest=(today - timedelta(days=days)).isoformat(),
        unit=draft.unit,
        places=offered(house, actor, draft.unit),
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
