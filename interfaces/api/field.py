"""What a phone keeps to work without a network: whom one taught last, where one teaches and goes from
door to door."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from litestar import get

from application import criteria
from application.field import as_mentor
from application.ports import Unit
from domain.calendar import day_of
from domain.model import HouseholdId, PersonId, UnitId
from infrastructure.read_models import teachings
from interfaces import reads
from interfaces.api.speaking import API, Json, said
from interfaces.reads import Unlogged
from interfaces.web import language, visits
from interfaces.web.drafts import places
from interfaces.web.limits import AnyRequest
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.words import unit_name

RECENT: Final = 30


class RecentOut(msgspec.Struct, frozen=True):
    """`name` is short, and whole only where two of the list would be one; `about` says where they
    were taught, and the day of the last time: a phone keeps it, and "today" would be wrong tomorrow."""

    id: PersonId
    name: str
    about: str
    unit: UnitId


class PlaceOut(msgspec.Struct, frozen=True):
    id: UnitId
    name: str


class FamilyOut(msgspec.Struct, frozen=True):
    """A family that was entered by whoever asks, by the names of its members."""

    id: HouseholdId
    name: str


class FieldOut(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the ambassador's own, by which learners are asked. `today` is the server's day in Vietnam,
    `earliest` the first that can still be entered (for lessons and visits, `late_days` back).
    `visit_places` are null where one goes from door to door wherever one teaches."""

    account: PersonId
    name: str
    as_of: datetime
    today: date
    earliest: date
    late_days: int
    recent: list[RecentOut]
    places: list[PlaceOut]
    visit_places: list[PlaceOut] | None
    families: list[FamilyOut]


@get(
    f"{API}/field",
    gives={200: FieldOut},
    summary="What the phone of an ambassador or team leader keeps: recent learners, places, the server's day",
)
async def show(request: AnyRequest) -> Json:
    await limited(request, Kind.SYNC)
    house, asking = house_of(request), as_mentor(actor(request))
    visitor = visits.as_mentor(actor(request))
    await caught_up(house, house.ledger.head())  # asked for right after something was sent
    now = house.clock()
    today, homes, doors = day_of(now), places(house, asking), places(house, visitor)
    unit = next((one.id for one in (*homes, *doors)), UnitId("VN"))
    late = criteria.standing_criteria(house.ledger, house.units, unit, today).content.late_entry_days
    with house.asking() as db:
        recent = teachings.recent_learners(db, asking.person, RECENT) if asking.grants else []
    names = _short(reads.names(house, [one.learner for one in recent], Unlogged.ENTERED))
    return said(
        FieldOut(
            account=asking.person,
            name=reads.names(house, [asking.person], Unlogged.OWN).get(asking.person, ""),
            as_of=now,
            today=today,
            earliest=today - timedelta(days=late),
            late_days=late,
            recent=[
                RecentOut(
                    one.learner,
                    names[one.learner],
                    f"{unit_name(house.units, one.unit)} · {language.day(one.last_on)}",
                    one.unit,
                )
                for one in recent
                if one.learner in names
            ],
            places=_places(homes),
            visit_places=_places(doors) if doors != homes else None,
            families=[FamilyOut(*one) for one in visits.families_of(house, visitor)],
        )
    )


def _places(units: Iterable[Unit]) -> list[PlaceOut]:
    return [PlaceOut(one.id, one.name) for one in units]


def _short(names: Mapping[PersonId, str]) -> dict[PersonId, str]:
    """The last two words, by which people are called; the whole name of those it would mix up."""
    short = {person: " ".join(name.split()[-2:]) for person, name in names.items()}
    many = Counter(short.values())
    return {person: name if many[short[person]] > 1 else short[person] for person, name in names.items()}
