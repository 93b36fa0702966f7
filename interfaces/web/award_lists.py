"""Nominees as a file for the council: all of them, with where the figures come from under them."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import msgspec

from application.ports import Identity, Unit
from application.privacy import Why
from infrastructure.background import Report, unheard
from infrastructure.exports.sheet import Cell, Column, Sheet, provenance
from infrastructure.read_models import nominees
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import Nominee, Nominees, Wanted
from interfaces.house import House
from interfaces.web import words
from interfaces.web.boundaries import full_name_on
from interfaces.web.counting import title
from interfaces.web.language import day, mark, translated
from interfaces.web.language import gettext as _
from interfaces.web.names import nominee_identities
from interfaces.web.thresholds import thresholds

AT_ONCE: Final = 1_000

_KINDS: Final = {
    Status.AMBASSADOR: mark("Digital ambassador"),
    Status.FAMILY: mark("Digital family"),
    Status.MARKET: mark("Digital market"),
}

_SHEETS: Final = {
    Status.AMBASSADOR: mark("Digital ambassadors"),
    Status.FAMILY: mark("Digital families"),
    Status.MARKET: mark("Digital markets"),
}


class Ask(msgspec.Struct, frozen=True):
    """Of which kinds, where, and at which cut-off; `unit` and the units of the rows are those of the
    day `boundaries`, of today for None."""

    unit: Unit
    statuses: tuple[Status, ...]
    done_by: date
    received_by: date
    boundaries: date | None = None


class Row(msgspec.Struct, frozen=True):
    """A nominee on the way into a file; `named` is who is to be named, if they may be."""

    number: int
    one: Nominee
    status: Status
    named: Identity | None
    unit: str
    today: str = ""


class Field(msgspec.Struct, frozen=True):
    """A column of a list: its heading, its width in characters, and what stands in it."""

    heading: str
    width: int
    cell: Callable[[Row], Cell]


_NO: Final = Field(mark("No."), 6, lambda row: row.number)
_UNIT: Final = Field(mark("Unit"), 36, lambda row: row.unit)
_UNIT_TODAY: Final = Field(mark("Unit of today"), 36, lambda row: row.today)
_FIRST: Final = Field(mark("First day"), 12, lambda row: row.one.first)
_LAST: Final = Field(mark("Last day"), 12, lambda row: row.one.last)
_VENDORS: Final = Field(mark("Vendors"), 10, lambda row: row.one.vendors)
_RANKS: Final = (
    Field(mark("Rank in commune"), 10, lambda row: row.one.commune_rank),
    Field(mark("Rank in province"), 10, lambda row: row.one.province_rank),
)
# A row that names nobody any more is still found in the ledger by its id.
_ID: Final = Field(mark("Id"), 36, lambda row: row.one.subject)
_FIGURES: Final = (
    Field(mark("People confirmed"), 12, lambda row: row.one.people),
    Field(mark("Of them able"), 12, lambda row: row.one.able),
    Field(mark("Only on a mentor's phone"), 14, lambda row: row.one.on_phone),
    Field(mark("Families"), 10, lambda row: row.one.families),
    _VENDORS,
)


def _name(row: Row) -> str:
    return row.named.name if row.named else row.one.name or ""


def _work(row: Row) -> str:
    return ", ".join(part for part in (row.named.position, row.named.workplace) if part) if row.named else ""


_WORK: Final = Field(mark("Position, workplace"), 32, _work)

_TABLE: Final = (
    _NO,
    Field(mark("Nominated as"), 18, lambda row: translated(_KINDS[row.status])),
    Field(mark("Full name"), 28, _name),
    _WORK, _UNIT, *_FIGURES, _FIRST, _LAST, *_RANKS, _ID,
)  # fmt: skip

_OF_KIND: Final = {
    Status.AMBASSADOR: (
        _NO, Field(mark("Full name"), 28, _name), _WORK, _UNIT, *_FIGURES, _FIRST, _LAST, *_RANKS, _ID,
    ),
    Status.FAMILY: (
        _NO,
        Field(mark("Family registered by"), 28, _name),
        _UNIT,
        Field(mark("Registered on"), 12, lambda row: row.one.first),
        *_RANKS, _ID,
    ),
    Status.MARKET: (_NO, Field(mark("Market"), 28, _name), _UNIT, _VENDORS, *_RANKS, _ID),
}  # fmt: skip


class _Filling:
    """Rows of lists as they are read, a page at a time, so that a file never holds them twice.
    Notes are there once the rows of their kind have been read."""

    def __init__(self, house: House, ask: Ask, report: Report) -> None:
        self.house = house
        self.ask = ask
        self.report = report
        self._last: dict[Status, Nominees] = {}

    def rows(self, status: Status, fields: tuple[Field, ...], before: int = 0) -> Iterator[list[Cell]]:
        for row in self._each(status, before):
            yield [field.cell(row) for field in fields]

    def _each(self, status: Status, before: int) -> Iterator[Row]:
        wanted = Wanted(self.ask.unit.id, status, self.ask.done_by, self.ask.received_by)
        place = self.ask.statuses.index(status)
        total = 2 * len(self.ask.statuses)

        def told(step: int) -> Report:
            """A kind is half done when its list is made."""
            return lambda done, of: self.report(1_000 * (2 * place + step) + 1_000 * done // max(of, 1),
                                                1_000 * total)  # fmt: skip

        found = nominees.pages(
            self.house.database,
            self.house.units,
            wanted,
            self.house.ledger.history,
            now=self.house.clock(),
            limit=AT_ONCE,
            report=told(0),
        )
        seen = 0
        for page in found:
            self._last[status] = page
            people = nominee_identities(self.house, page, Why.EXPORT)
            for one in page.rows:
                seen += 1
                yield Row(
                    before + seen,
                    one,
                    status,
                    people.get(one.person) if one.person else None,
                    full_name_on(self.house, one.unit, self.ask.boundaries),
                    full_name_on(self.house, one.unit, None) if self.ask.boundaries else "",
                )
            told(1)(seen, page.row_count)

    def row_count(self, status: Status) -> int:
        return self._last[status].row_count

    def notes(self, status: Status) -> Iterator[tuple[str, Cell]]:
        yield from _notes(self.house, self.ask, status, self._last[status])


def award_table(house: House, ask: Ask, report: Report = unheard) -> Sheet:
    """Every nominee of these kinds at a cut-off in one table, in the request's language. Its rows
    are read once. Raises `NoCriteria`, `BadCutoff` when they are."""
    filling = _Filling(house, ask, report)

    def rows() -> Iterator[list[Cell]]:
        before = 0
        for status in ask.statuses:
            yield from filling.rows(status, _of_then(ask, _TABLE), before)
            before += filling.row_count(status)

    return Sheet(
        title=_title(house, ask),
        columns=_columns(_of_then(ask, _TABLE)),
        rows=rows(),
        notes=(note for status in ask.statuses for note in filling.notes(status)),
    )


def award_book(house: House, ask: Ask, report: Report = unheard) -> list[Sheet]:
    """A sheet for each kind, with its own columns, filter, number of rows, time and rules."""
    filling = _Filling(house, ask, report)
    return [
        Sheet(
            name=translated(_SHEETS[status]),
            title=f"{translated(_SHEETS[status])} · {_title(house, ask)}",
            columns=_columns(_of_then(ask, _OF_KIND[status])),
            rows=filling.rows(status, _of_then(ask, _OF_KIND[status])),
            notes=filling.notes(status),
        )
        for status in ask.statuses
    ]


def _of_then(ask: Ask, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Beside a unit of then stands the one of today."""
    if ask.boundaries is None:
        return fields
    at = fields.index(_UNIT) + 1
    return (*fields[:at], _UNIT_TODAY, *fields[at:])


def _title(house: House, ask: Ask) -> str:
    title = _("Nominees, %(unit)s", unit=ask.unit.name)
    invented = _("Simulated data: every person and figure here is invented.")
    return f"{title} · {invented}" if house.simulated else title


def _columns(fields: tuple[Field, ...]) -> list[Column]:
    return [Column(translated(field.heading), field.width) for field in fields]


def _where(house: House, ask: Ask) -> Iterator[str]:
    yield full_name_on(house, ask.unit.id, ask.boundaries)
    if ask.boundaries:
        yield _("By the boundaries of %(day)s", day=day(ask.boundaries))


def _notes(house: House, ask: Ask, status: Status, page: Nominees) -> list[tuple[str, Cell]]:
    """Of one kind: lists of several kinds may have been made at different positions."""
    cutoff = _(
        "done by %(done)s, received by %(received)s",
        done=day(page.cutoff.done_by),
        received=day(page.cutoff.received_by),
    )
    if page.cutoff.provisional:
        cutoff = _("%(cutoff)s (provisional)", cutoff=cutoff)
    filtered, criteria, *others = provenance(
        words.of_notes(cutoff=_("Cut-off")),
        shown=", ".join((translated(_KINDS[status]), *_where(house, ask))),
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
