"""/vinh-danh: who is honoured, by unit, status and year. Public; names only with consent."""

import re
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, get

from application.ports import Unit
from domain.calendar import day_of
from domain.model import MarketId, Position
from infrastructure.read_models import honours, markets
from infrastructure.read_models.honours import Honour, Honours, Status
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import choosing
from interfaces.web.asked import Count, Word
from interfaces.web.boundaries import day_asked, name_on, nearby, switch, unit_asked
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, content_of, country, fresh, today
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, translated
from interfaces.web.limits import AnyRequest, NoSuchBoard
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import house_of
from interfaces.web.thresholds import rule

ROWS: Final = 50
_YEAR: Final = re.compile(r"(20\d\d)?\Z")

_STATUSES: Final = {
    Status.AMBASSADOR: (mark("Digital ambassadors"), mark("Ambassador")),
    Status.FAMILY: (mark("Digital families"), mark("Family")),
    Status.MARKET: (mark("Digital markets"), mark("Market")),
}


class Row(msgspec.Struct, frozen=True):
    name: str
    unit: str
    since: date


@get("/vinh-danh")
async def public(
    request: AnyRequest,
    status: Word = Status.AMBASSADOR.value,
    unit: Word = "",
    year: Word = "",
    boundaries: Word = "",
    after: Count = 0,
    position: Count = 0,
) -> Response[bytes]:
    """Raises `NoSuchBoard`, `OutOfScope`, `NoBoundaries`."""
    house = house_of(request)
    if status not in set(Status) or not _YEAR.match(year):
        raise NoSuchBoard
    await caught_up(house, position)
    day = day_asked(house, boundaries)
    chosen = unit_asked(house, unit, day, country(house))
    kind = Status(status)
    with house.asking() as db:
        found = honours.holders(
            db,
            status=kind,
            unit=chosen.id,
            year=int(year) if year else None,
            limit=ROWS,
            after=Position(after) if after else None,
        )
    adoption = adopted(house, chosen.id)
    more = address(
        "/vinh-danh",
        status=status,
        unit=reference(chosen),
        year=year,
        boundaries=boundaries,
        after=found.after,
    )
    return page(
        request,
        "boards/honours.html",
        heading=f"{translated(_STATUSES[kind][0])}, {chosen.name}",
        freshness=fresh(found.age, adoption),
        rule=rule(kind, content_of(adoption)),
        rows=_rows(house, kind, found, day),
        more=more if found.after else None,
        total=found.total,
        **_words(house, kind, chosen, year, day, found.total),
    )


def _words(house: House, kind: Status, unit: Unit, year: str, day: date | None, total: int) -> dict[str, Any]:
    years = choosing.years(today(house))
    return {
        "kind": kind.value,
        "statuses": [
            Link(
                address("/vinh-danh", status=one.value, unit=reference(unit), year=year, boundaries=day),
                translated(words[0]),
                one is kind,
            )
            for one, words in _STATUSES.items()
        ],
        "unit": reference(unit),
        "units": nearby(house, unit, day),
        "borders": switch(house, "/vinh-danh", unit, day, status=kind.value, year=year),
        "year": year,
        "years": years,
        "year_label": _("recognised in %(year)s", year=year) if year else dict(years)[""],
        "name_label": translated(_STATUSES[kind][1]),
        "total_label": _total(kind, total),
    }


def _total(kind: Status, total: int) -> str:
    """The word after the figure."""
    match kind:
        case Status.AMBASSADOR:
            return ngettext("digital ambassador", "digital ambassadors", total)
        case Status.FAMILY:
            return ngettext("digital family", "digital families", total)
        case Status.MARKET:
            return ngettext("digital market", "digital markets", total)


def _rows(house: House, kind: Status, found: Honours, on: date | None) -> list[Row]:
    labels = _market_labels(house, found) if kind is Status.MARKET else _person_labels(house, kind, found)
    return [Row(labels[one.subject], name_on(house, one.unit, on), day_of(one.since)) for one in found.rows]


def _person_labels(house: House, kind: Status, found: Honours) -> dict[str, str]:
    """The public page is the same for everybody: a session opens no names here."""
    agreed = [one.person for one in found.rows if one.person and one.public_name]
    names = reads.names(house, agreed, Unlogged.CONSENTED)
    return {one.subject: _label(kind, names.get(one.person, "") if one.person else "") for one in found.rows}


def _label(kind: Status, name: str) -> str:
    if kind is Status.AMBASSADOR:
        return name or _("An ambassador (name not public)")
    return _("A family taught by %(name)s", name=name) if name else _("A family")


def _market_labels(house: House, found: Honours) -> dict[str, str]:
    with house.asking() as db:
        names = markets.names(db, [MarketId(one.subject) for one in found.rows])
    return {one.subject: _market(one, names.get(MarketId(one.subject), "–")) for one in found.rows}


def _market(one: Honour, name: str) -> str:
    share = _("%(counted)s of %(out_of)s stalls", counted=number(one.counted), out_of=number(one.out_of))
    return f"{name} ({share})"


ROUTES: Final = (public,)
