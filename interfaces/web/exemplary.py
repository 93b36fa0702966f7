"""Examples for a month's report: who the figures propose, and whom the office chose of them."""

from typing import Final

import msgspec

from application.ports import Unit
from application.privacy import Why
from domain.calendar import day_of
from domain.closing import first_day, last_day
from domain.model import MarketId, PersonId, UnitId
from domain.people import Purpose
from infrastructure.read_models import honours, leaderboard, markets, people
from infrastructure.read_models.honours import Status
from interfaces import reads
from interfaces.house import House
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext
from interfaces.web.words import full_name

PROPOSED: Final = 5
"""How many ambassadors, families and markets are proposed as exemplary, of each."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An example proposed by the figures. `person` is who is named, where they agreed to it."""

    ref: str
    kind: str
    name: str
    unit: str
    why: str
    person: PersonId | None = None


def proposed(house: House, unit: Unit, month: str, why: Why = Why.BOARD) -> list[Case]:
    """Who could be an example by the figures of the month, named where they agreed to it: of families and
    markets those that were recognised in it."""
    during = first_day(month), last_day(month)
    with house.asking() as db:
        board = leaderboard.board(db, unit.id, period=month, limit=PROPOSED)
        families = honours.holders(db, status=Status.FAMILY, unit=unit.id, during=during, limit=PROPOSED)
        held = honours.holders(db, status=Status.MARKET, unit=unit.id, during=during, limit=PROPOSED)
    refs = [
        *(f"{Status.AMBASSADOR.value}:{row.ambassador}" for row in board.rows),
        *(f"{Status.FAMILY.value}:{row.subject}" for row in families.rows),
        *(f"{Status.MARKET.value}:{row.subject}" for row in held.rows),
    ]
    return chosen(house, unit, month, tuple(refs), why)


def chosen(house: House, unit: Unit, month: str, refs: tuple[str, ...], why: Why) -> list[Case]:
    """What these refer to, as far as it lies in the unit and still stands."""
    by_kind: dict[str, list[str]] = {}
    for ref in refs:
        kind, _mark, subject = ref.partition(":")
        by_kind.setdefault(kind, []).append(subject)
    found = {
        one.ref: one
        for one in (
            *_ambassadors(house, unit, month, by_kind.get(Status.AMBASSADOR.value, []), why),
            *_honoured(house, unit, Status.FAMILY, by_kind.get(Status.FAMILY.value, []), why),
            *_honoured(house, unit, Status.MARKET, by_kind.get(Status.MARKET.value, []), why),
        )
    }
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]


def _ambassadors(house: House, unit: Unit, month: str, subjects: list[str], why: Why) -> list[Case]:
    ids = [PersonId(one) for one in subjects]
    with house.asking() as db:
        known = people.several(db, ids)
        scores = {one: leaderboard.score(db, one, period=month).score for one in ids if one in known}
    there = [one for one in scores if house.units.is_within(known[one].home, unit.id)]
    names = _names(house, unit, there, why)
    return [
        Case(
            ref=f"{Status.AMBASSADOR.value}:{one}",
            kind=_("Mentor"),
            name=names.get(one) or _("Mentor %(id)s (did not agree to be named)", id=one[-6:]),
            unit=_place(house, known[one].home),
            why=ngettext(
                "%(num)s person confirmed in the month", "%(num)s people confirmed in the month", scores[one]
            ),
            person=one if one in names else None,
        )
        for one in there
    ]


def _honoured(house: House, unit: Unit, status: Status, subjects: list[str], why: Why) -> list[Case]:
    with house.asking() as db:
        standing = honours.of_subjects(db, status, subjects)
        called = markets.names(db, [MarketId(one) for one in subjects]) if status is Status.MARKET else {}
    there = [one for one in standing.values() if house.units.is_within(one.unit, unit.id)]
    if status is Status.MARKET:
        return [
            Case(
                ref=f"{status.value}:{one.subject}",
                kind=_("Digital market"),
                name=called.get(MarketId(one.subject), ""),
                unit=_place(house, one.unit),
                why=_("%(counted)s of %(all)s vendors", counted=one.counted, all=one.out_of),
            )
            for one in there
        ]
    names = _names(house, unit, [one.person for one in there if one.person], why)
    return [
        Case(
            ref=f"{status.value}:{one.subject}",
            kind=_("Digital family"),
            name=(names.get(one.person) if one.person else None)
            or _("Family %(id)s (did not agree to be named)", id=one.subject[-6:]),
            unit=_place(house, one.unit),
            why=_("recognised on %(day)s", day=day_said(day_of(one.since))),
            person=one.person if one.person in names else None,
        )
        for one in there
    ]


def _names(house: House, unit: Unit, ids: list[PersonId], why: Why) -> dict[PersonId, str]:
    """Of those who agreed to stand on award lists or to a public name; never of somebody under 16."""
    with house.asking() as db:
        agreed = people.agreed(db, ids, Purpose.AWARD_LISTS) | people.with_public_name(db, ids)
    return reads.names(house, [one for one in ids if one in agreed], why, unit=unit.id)


def _place(house: House, ref: UnitId) -> str:
    found = house.units.find(ref)
    return full_name(house.units, found) if found else ""
