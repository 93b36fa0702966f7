"""/kiem-toan: who read whose personal data, why and when; for auditors, who can change none of it."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, get

from application.actors import Actor, OutOfScope
from application.privacy import Why
from domain.calendar import end_of, start_of
from domain.model import PersonId, Role, UnitId
from infrastructure import access_log
from infrastructure.access_log import Entry
from infrastructure.exports.as_csv import as_csv
from infrastructure.exports.sheet import Column, Sheet
from infrastructure.read_models import people
from interfaces import reads
from interfaces.house import House
from interfaces.web.asked import Count, Word
from interfaces.web.choosing import address, standing_over
from interfaces.web.filled import Problems, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, translated
from interfaces.web.limits import AnyRequest, WrongValue
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.words import unit_name

ROWS: Final = 50
FEW: Final = 5
MOST_IN_A_FILE: Final = 100_000

PURPOSES: Final = {
    Why.REVIEW: mark("Looking into an entry"),
    Why.WITNESS: mark("Answering for learners without a phone"),
    Why.BOARD: mark("Comparing on a board"),
    Why.FAMILY: mark("Looking at a family"),
    Why.MARKET: mark("Looking at a market's vendors"),
    Why.WORKPLACE: mark("Looking at who belongs to a workplace"),
    Why.REMINDERS: mark("Looking at reminders and whom they went to"),
    Why.PLACING: mark("Saying who of a divided commune lives where"),
    Why.TEAM: mark("Looking at who belongs to a team"),
    Why.AWARDS: mark("Comparing nominees"),
    Why.EXPORT: mark("A file of nominees"),
    Why.LOOKUP: mark("Finding somebody's entry"),
    Why.REQUEST: mark("Answering somebody's request"),
    Why.ACCOUNTS: mark("Looking after accounts"),
    Why.AUDIT: mark("Auditing"),
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The filters as typed."""

    who: str = ""
    whose: str = ""
    unit: str = ""
    since: str = ""
    until: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`whose` are the ids of a few people; of more, `how_many` says how many."""

    number: int
    at: str
    who: str
    who_id: str
    whose: str
    how_many: int
    why: str
    what: str
    unit: str


@get("/kiem-toan")
async def audit(
    request: AnyRequest,
    who: Word = "",
    whose: Word = "",
    unit: Word = "",
    since: Word = "",
    until: Word = "",
    before: Count = 0,
) -> Response[bytes]:
    """Latest first. Raises `NotAllowed`."""
    asked = Asked(who=who, whose=whose, unit=unit, since=since, until=until)
    house, asking = house_of(request), actor(request)
    try:
        chosen = _chosen(house, asking, asked)
    except (WrongValue, OutOfScope) as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, asked, [], None, status=status, problems=problems)
    with house.database.reading() as db:
        found = access_log.entries(db, limit=ROWS, before=before or None, **chosen)
    more = None
    if len(found) == ROWS:
        more = address("/kiem-toan", **msgspec.structs.asdict(asked), before=found[-1].number)
    return _shown(request, asked, found, more)


@get("/kiem-toan/tap-tin")
async def audit_file(
    request: AnyRequest,
    who: Word = "",
    whose: Word = "",
    unit: Word = "",
    since: Word = "",
    until: Word = "",
) -> Response[bytes]:
    """The same as CSV, all of it up to a hundred thousand entries. Raises `NotAllowed`."""
    asked = Asked(who=who, whose=whose, unit=unit, since=since, until=until)
    house, asking = house_of(request), actor(request)
    await limited(request, Kind.EXPORT)
    with house.database.reading() as db:
        found = access_log.entries(db, limit=MOST_IN_A_FILE, **_chosen(house, asking, asked))
    reads.others([one.who for one in found], Why.AUDIT)
    sheet = Sheet(
        title=_("Reads of personal data"),
        columns=[
            Column(translated(heading))
            for heading in (
                mark("No."),
                mark("Time"),
                mark("Account"),
                mark("Whose data"),
                mark("How many people"),
                mark("Why"),
                mark("Page or command"),
                mark("Unit"),
                mark("Purpose id"),
            )
        ],
        rows=[
            [
                one.number,
                one.at,
                one.who,
                " ".join(one.whose),
                one.people,
                _why(one),
                one.what,
                unit_name(house.units, one.unit),
                one.why,
            ]
            for one in found
        ],
        notes=[
            (_("Filter"), " ".join(f"{name}={value}" for name, value in _said(asked).items()) or "–"),
            (_("Time"), house.clock()),
            (_("Rows"), len(found)),
        ],
    )
    return Response(
        as_csv(sheet),
        media_type="text/csv",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": 'attachment; filename="lantoa-kiem-toan.csv"',
        },
    )


def _said(asked: Asked) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(asked).items() if value}


def _chosen(house: House, asking: Actor, asked: Asked) -> dict[str, Any]:
    """The filters as `access_log.entries` takes them. Raises `WrongValue`, `OutOfScope`."""
    with house.asking() as db:
        whose = people.aliases(db, PersonId(asked.whose)) if asked.whose else ()
    since, until = _day(asked.since, "since"), _day(asked.until, "until")
    return {
        "who": PersonId(asked.who) if asked.who else None,
        "whose": whose,
        "units": _units(house, asking, asked.unit),
        "since": since and start_of(since),
        "until": until and end_of(until),
    }


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongValue(field=field) from None


def _units(house: House, asking: Actor, ref: str) -> list[UnitId]:
    """A unit with all below it; empty for everything, which only an auditor of the whole country is
    shown: reads that belong to no unit are in it, too."""
    held = (grant.unit for grant in asking.grants if grant.role is Role.AUDITOR)
    over = standing_over(house, held)
    if ref:
        over = [asking.unit(ref, Role.AUDITOR, units=house.units).id]
    elif any((found := house.units.find(one)) and found.parent is None for one in over):
        return []
    return [one for unit in over for one in _with_all_below(house, unit)]


def _with_all_below(house: House, unit: UnitId) -> list[UnitId]:
    """And what went into them: the log names units as they were."""
    below = [one for child in house.units.children(unit) for one in _with_all_below(house, child.id)]
    return [unit, *house.units.formerly(unit), *below]


def _shown(
    request: AnyRequest,
    asked: Asked,
    found: list[Entry],
    more: str | None,
    *,
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    accounts = list(dict.fromkeys(one.who for one in found))
    names = reads.names(house, accounts, Why.AUDIT)
    return page(
        request,
        "auditing/log.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        problems=problems or {},
        asked=asked,
        rows=[_line(house, one, names) for one in found],
        more=more,
        file=address("/kiem-toan/tap-tin", **_said(asked)),
        first=address("/kiem-toan", **_said(asked)),
    )


def _line(house: House, one: Entry, names: dict[PersonId, str]) -> Line:
    return Line(
        number=one.number,
        at=moment(one.at),
        who=names.get(one.who) or (_("At the console") if one.who == "operator" else one.who),
        who_id=one.who,
        whose=", ".join(one.whose) if one.people <= FEW else "",
        how_many=one.people,
        why=_why(one),
        what=one.what,
        unit=unit_name(house.units, one.unit),
    )


def _why(one: Entry) -> str:
    return translated(PURPOSES[Why(one.why)]) if one.why in set(Why) else one.why


ROUTES: Final = (audit, audit_file)
