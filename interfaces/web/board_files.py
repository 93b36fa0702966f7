"""/xep-hang/tep: a board as a file, all of its rows, with where they come from under them.

Anybody may have it, since it names nobody whom the board does not name to everybody. With the names
that somebody's role opens it is another file, `/xep-hang/tep/ten`: that one leaves with other
people's data, so it takes a confirmation and is written down. What takes long is made behind the
answer, for strangers apart from what those who are signed in have made: nobody of these waits for them.
"""

import asyncio
from collections.abc import Hashable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from litestar import Response, get

from application.actors import Actor
from application.comparing import LargerThanAWorkbook
from application.privacy import Why
from domain.model import Position
from infrastructure.background import Background, Report
from infrastructure.exports import as_csv, as_xlsx
from infrastructure.exports.sheet import Cell, Column, Sheet, provenance
from infrastructure.read_models.columns import Age
from infrastructure.read_models.leaderboard import Standing
from infrastructure.read_models.standings import Metric, Of
from interfaces import reads
from interfaces.house import House
from interfaces.web import board_words, words
from interfaces.web import boards as choice
from interfaces.web.asked import Count, Word
from interfaces.web.awards import NOT_KEPT, being_made
from interfaces.web.boards import Chosen
from interfaces.web.counting import counting
from interfaces.web.figures import today
from interfaces.web.language import current, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, WrongValue
from interfaces.web.names import shown_names
from interfaces.web.nominating import soon, unnamed_since
from interfaces.web.ranking import start_of
from interfaces.web.render import page
from interfaces.web.session import actor, house_of, visitor
from interfaces.web.tries import Kind, limited

AT_ONCE: Final = 1_000
MOST_IN_A_WORKBOOK: Final = 50_000
"""A workbook is put together in memory; a board of more rows is handed out as CSV."""
_PATH: Final = "/xep-hang/tep"
_NAMED: Final = "/xep-hang/tep/ten"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class Made(msgspec.Struct, frozen=True):
    """`begun` is how far the ledger was counted in before any of it was read."""

    content: bytes
    begun: Position
    read: reads.Reading


@get(_PATH)
async def file(request: AnyRequest, form: Word = "xlsx", waited: Count = 0) -> Response[bytes]:
    """The board as everybody sees it. Raises what the board does, `WrongValue`, `LargerThanAWorkbook`,
    and `Crowded` where so many strangers ask that they come again later."""
    asking = visitor(request)
    chosen = _chosen(request, asking.actor if asking else None)
    return await _handed(request, chosen, form, None, waited=bool(waited))


@get(_NAMED)
async def named_file(request: AnyRequest, form: Word = "xlsx", waited: Count = 0) -> Response[bytes]:
    """With the names that the role of whoever asks opens. Raises `NotAllowed`, `OutOfScope`, too."""
    house, asking = house_of(request), actor(request)
    chosen = _chosen(request, asking)
    asking.unit(chosen.unit.id, *choice.NAMING, units=house.units, narrowed=True)
    return await _handed(request, chosen, form, asking, waited=bool(waited))


def _chosen(request: AnyRequest, asking: Actor | None) -> Chosen:
    house = house_of(request)
    return choice.choose(house, choice.asked(request), start_of(house, asking))


async def _handed(
    request: AnyRequest, chosen: Chosen, form: str, naming: Actor | None, *, waited: bool
) -> Response[bytes]:
    """The file once it is there: by itself, or by a link where somebody waited for it."""
    house = house_of(request)
    try:
        kind = Format(form)
    except ValueError:
        raise WrongValue(field="form") from None
    await limited(request, Kind.EXPORT if visitor(request) else Kind.OPEN_FILE)
    work = house.background if visitor(request) else house.for_strangers
    with house.asking() as db:
        rows = choice.page(chosen.compared(db), limit=1, after=None).total
    if kind is Format.XLSX and rows > MOST_IN_A_WORKBOOK:
        raise LargerThanAWorkbook(rows=rows, most=MOST_IN_A_WORKBOOK)
    path = _NAMED if naming else _PATH
    made = await _ready(house, work, chosen, kind, naming)
    heading = _("File of the ranking: %(board)s", board=board_words.heading(chosen))
    if isinstance(made, float):
        again = chosen.address(path, form=kind.value, waited=1)
        return being_made(request, made, heading, again)
    if waited:
        there = chosen.address(path, form=kind.value)
        return page(request, "boards/ready.html", headers=NOT_KEPT, heading=heading, file=there)
    work.forget(_key(chosen, kind, naming))
    if whose := made.read.reads():
        await house.access_log.note(*whose)
    name = f'attachment; filename="lantoa-xep-hang.{kind.value}"'
    media = as_csv.MEDIA_TYPE if kind is Format.CSV else as_xlsx.MEDIA_TYPE
    return Response(made.content, media_type=media, headers=NOT_KEPT | {"Content-Disposition": name})


def _key(chosen: Chosen, form: Format, naming: Actor | None) -> Hashable:
    who = naming.person if naming else None
    return "board", chosen.address(), form, who, current()


async def _ready(
    house: House, work: Background, chosen: Chosen, form: Format, naming: Actor | None
) -> Made | float:
    """The file, or how much of it is done. Made anew where somebody is not to be named so any more."""
    key = _key(chosen, form, naming)
    job = work.ask(key, lambda report: _make(house, chosen, form, naming, report))
    if not await soon([job]):
        return job.share
    try:
        made: Made = job.outcome.result()
    except BaseException:
        work.forget(key)
        raise
    if await asyncio.to_thread(unnamed_since, house, made.begun):
        work.forget(key)
        return 0.0
    return made


def _make(house: House, chosen: Chosen, form: Format, naming: Actor | None, report: Report) -> Made:
    filling = _Filling(house, chosen, naming, report)
    sheet = filling.sheet()
    content = as_csv.as_csv(sheet) if form is Format.CSV else as_xlsx.as_xlsx(sheet)
    return Made(content, filling.age.position, filling.reading)


class _Filling:
    """Rows as they are read, a page at a time; notes once the last was."""

    def __init__(self, house: House, chosen: Chosen, naming: Actor | None, report: Report) -> None:
        self.house, self.chosen, self.naming, self.report = house, chosen, naming, report
        self.reading = reads.apart(house, naming.person if naming else None, _NAMED if naming else _PATH)
        with house.asking() as db:
            self.age: Age = choice.page(chosen.compared(db), limit=1, after=None).age
        self.count = 0

    def sheet(self) -> Sheet:
        kind = translated(board_words.KINDS[self.chosen.of][1])
        columns = [
            Column(_("Rank"), 8),
            Column(kind, 36),
            Column(_("Unit"), 40),
            Column(translated(board_words.METRICS[self.chosen.metric][0]), 14),
            *([Column(_("Share confirmed"), 14), Column(_("Able"), 12)] if self._shares else []),
            Column(_("Id"), 36),
        ]
        return Sheet(
            name=board_words.heading(self.chosen),
            title=self._title(),
            columns=columns,
            rows=self._rows(),
            notes=self._notes(),
        )

    @property
    def _shares(self) -> bool:
        return self.chosen.metric is not Metric.FAMILIES

    def _title(self) -> str:
        title = f"{board_words.heading(self.chosen)} · {board_words.period_label(self.chosen)}"
        invented = _("Simulated data: every person and figure here is invented.")
        return f"{title} · {invented}" if self.house.simulated else title

    def _rows(self) -> Iterator[list[Cell]]:
        after: str | None = None
        while True:
            with self.house.asking() as db:
                found = choice.page(self.chosen.compared(db), limit=AT_ONCE, after=after)
            names = self._names(found.rows)
            for one in found.rows:
                yield self._row(one, names)
            self.count += len(found.rows)
            self.report(self.count, max(found.total, 1))
            after = found.after
            if after is None:
                return

    def _row(self, one: Standing, names: dict[str, str]) -> list[Cell]:
        unit = self.house.units.find(one.unit) if one.unit else None
        shares: list[Cell] = [one.confirmed_share, one.able_share] if self._shares else []
        nameless = board_words.nameless(self.chosen.of)
        where = words.full_name(self.house.units, unit) if unit else ""
        return [one.rank, names.get(one.row, nameless), where, one.score, *shares, one.row]

    def _names(self, rows: tuple[Standing, ...]) -> dict[str, str]:
        if self.chosen.of is not Of.AMBASSADORS:
            return dict(board_words.names(self.house, None, self.chosen.of, rows))
        found = shown_names(self.house, self.naming, rows, Why.EXPORT)
        return {str(ref): name for ref, name in found.items()}

    def _notes(self) -> Iterator[tuple[str, Cell]]:
        with self.house.asking() as db:
            criteria = counting(db, self.chosen.unit, today(self.house))
        said = [
            translated(board_words.KINDS[self.chosen.of][0]),
            translated(board_words.METRICS[self.chosen.metric][1]),
            words.full_name(self.house.units, self.chosen.asked),
            self.chosen.body.name if self.chosen.body else "",
            board_words.period_label(self.chosen),
            board_words.boundaries_said(self.chosen),
            board_words.size_said(self.chosen),
        ]
        made: datetime | None = self.age.at
        yield from provenance(
            words.of_notes(cutoff=_("Names")),
            shown=" · ".join(part for part in said if part),
            criteria=criteria.title,
            cutoff=_("as your role opens them") if self.naming else _("of those who agreed to it"),
            position=self.age.position,
            time=made or self.house.clock(),
            row_count=self.count,
        )
        yield _("Document"), criteria.document
        yield _("Content hash"), criteria.content_hash


ROUTES: Final = (file, named_file)
