"""Nominees as a file for the council: all of them, with where the figures come from under them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from application.ports import Identity, Unit
from application.privacy import Why
from domain.model import PersonId
from infrastructure.exports.sheet import Cell, Column, Sheet, Words, provenance
from infrastructure.read_models import nominees
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import Nominee, Nominees
from interfaces.house import House
from interfaces.web.counting import title
from interfaces.web.language import day, mark, translated
from interfaces.web.language import gettext as _
from interfaces.web.names import nominee_identities
from interfaces.web.thresholds import thresholds
from interfaces.web.words import full_name

AT_ONCE: Final = 1_000

_KINDS: Final = {
    Status.AMBASSADOR: mark("Digital ambassador"),
    Status.FAMILY: mark("Digital family"),
    Status.MARKET: mark("Digital market"),
}

_COLUMNS: Final = (
    (mark("No."), 6),
    (mark("Nominated as"), 18),
    (mark("Full name"), 28),
    (mark("Position, workplace"), 32),
    (mark("Unit"), 36),
    (mark("People confirmed"), 12),
    (mark("Of them able"), 12),
    (mark("Families"), 10),
    (mark("Vendors"), 10),
    (mark("First day"), 12),
    (mark("Last day"), 12),
    (mark("Rank in commune"), 10),
    (mark("Rank in province"), 10),
    (mark("Id"), 36),  # a row that names nobody any more is still found in the ledger by it
)


def award_list(
    house: House, unit: Unit, statuses: Sequence[Status], *, done_by: date, received_by: date
) -> Sheet:
    """Every nominee of these kinds at a cut-off, in the request's language. Raises `NoCriteria`,
    `BadCutoff`."""
    rows: list[list[Cell]] = []
    notes: list[tuple[str, Cell]] = []
    for status in statuses:
        for page in _pages(house, unit, status, done_by, received_by):
            rows += _rows(house, page, status, len(rows))
        notes += _notes(house, unit, status, page)
    title, invented = (
        _("Nominees, %(unit)s", unit=unit.name),
        _("Simulated data: every person and figure here is invented."),
    )
    return Sheet(
        title=f"{title} · {invented}" if house.simulated else title,
        columns=[Column(translated(heading), width) for heading, width in _COLUMNS],
        rows=rows,
        notes=notes,
    )


def _pages(house: House, unit: Unit, status: Status, done_by: date, received_by: date) -> Iterator[Nominees]:
    after: int | None = None
    while True:
        page = nominees.nominees(
            house.database,
            house.units,
            unit.id,
            status=status,
            done_by=done_by,
            received_by=received_by,
            now=house.clock(),
            limit=AT_ONCE,
            after=after,
        )
        yield page
        if page.after is None:
            return
        after = page.after


def _rows(house: House, page: Nominees, status: Status, before: int) -> list[list[Cell]]:
    people = nominee_identities(house, page, Why.EXPORT)
    return [
        _row(house, one, people, translated(_KINDS[status]), number)
        for number, one in enumerate(page.rows, start=before + 1)
    ]


def _row(house: House, one: Nominee, people: dict[PersonId, Identity], kind: str, number: int) -> list[Cell]:
    named = people.get(one.person) if one.person else None
    unit = house.units.find(one.unit)
    return [
        number,
        kind,
        named.name if named else one.name or "",
        ", ".join(part for part in (named.position, named.workplace) if part) if named else "",
        full_name(house.units, unit) if unit else "",
        one.people,
        one.able,
        one.families,
        one.vendors,
        one.first,
        one.last,
        one.commune_rank,
        one.province_rank,
        one.subject,
    ]


def _notes(house: House, unit: Unit, status: Status, page: Nominees) -> list[tuple[str, Cell]]:
    """Of one kind: lists of several kinds may have been made at different positions."""
    cutoff = _(
        "done by %(done)s, received by %(received)s",
        done=day(page.cutoff.done_by),
        received=day(page.cutoff.received_by),
    )
    if page.cutoff.provisional:
        cutoff = _("%(cutoff)s (provisional)", cutoff=cutoff)
    filtered, criteria, *others = provenance(
        Words(
            filter=_("Filter"),
            criteria=_("Criteria"),
            cutoff=_("Cut-off"),
            position=_("Ledger position"),
            time=_("Time"),
            row_count=_("Rows"),
        ),
        shown=f"{translated(_KINDS[status])}, {full_name(house.units, unit)}",
        criteria=title(page.criteria),
        cutoff=cutoff,
        position=page.cutoff.position,
        time=page.made_at,
        row_count=page.row_count,
    )
    return [
        filtered,
        criteria,
        (_("Thresholds"), thresholds(status, page.criteria)),
        (_("Document"), page.document),
        (_("Content hash"), page.content_hash),
        *others,
    ]
