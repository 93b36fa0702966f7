"""Lists brought in, from the file to the last row: read, checked, loaded behind the answers, given back.

A list goes through the states of `infrastructure/lists/kept.py`. What is under way when a process ends
goes on in another one, or at the next start: its lock ends with it, its rows are where every process sees
them, and those that were recorded are known by what they say, and are skipped. What ends one process after
the other is left alone after some of them.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from application.actors import OPERATOR, Actor, NotAllowed, OutOfScope
from application.deciding import today
from application.lists import loading
from application.lists.cells import Cell
from application.lists.entries import Entry, Fault, Outcome
from application.lists.fields import Columns, guess
from application.lists.loading import Loading
from application.lists.rows import Row, Rows
from application.ports import OutcomeUnknown, Unavailable, Unit
from application.surveys.exported import Naming
from domain.lists import ListId, ListImported, ListKind
from domain.model import Position, Refused, Selector
from infrastructure import official_units
from infrastructure.alone import alone
from infrastructure.background import Job, Report, Stopping, unheard
from infrastructure.lists import files, spool
from infrastructure.lists.kept import AT_FIRST, UNDER_WAY, Brought, ColumnsStand, State, StillUnderWay
from infrastructure.lists.left_out import rows_only
from infrastructure.lists.spool import Cover, Gone
from infrastructure.lists.table import Flagged, Line, NothingInside
from interfaces.house import House
from interfaces.importing_rows import Loader, Tally, recorded

TOGETHER: Final = 256
"""Rows looked at between two reports."""

_LOOK_AGAIN: Final = 0.05  # seconds

_log: Final = logging.getLogger(__name__)


Work = Callable[[House, Brought, Report], Brought]


class CannotGoOn(Exception):
    """Nothing is kept of the list any more, or whoever brought it in may no longer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def bring(
    house: House,
    asking: Actor,
    path: Path,
    *,
    name: str,
    kind: ListKind,
    unit: Unit,
    sheet: str = "",
    list_: ListId | None = None,
) -> ListId:
    """Reads a file that is in the home and keeps its rows, sealed; the file itself goes.

    Raises what `files.open_list` and `files.head_of` raise, `NotAllowed`, `OutOfScope`; nothing is kept
    then."""
    asking.must(*loading.IMPORTING, over=unit.id, units=house.units, about=loading.ABOUT[kind])
    try:
        opened = files.open_list(path, sheet)
        head = files.head_of(kind, opened.lines)
        list_ = list_ or house.lists.named()
        width = len(head.headings)
        left_out: list[int] = []

        def rows() -> Iterator[Line]:
            nonlocal width
            for line in rows_only(kind, head.rest, left_out):
                width = max(width, len(line[1]))
                yield line

        cover = Cover(
            name=name[:200],
            format=opened.format,
            sheet=opened.sheet,
            delimiter=opened.delimiter,
            headings=head.headings,
        )
        count = house.spools.write(list_, asking.person, cover, rows(), left_out)
    finally:
        path.unlink(missing_ok=True)
    if not count:
        house.spools.remove(list_)
        raise NothingInside
    holds = (*guess(kind, head.headings), *([None] * (width - len(head.headings))))
    house.lists.new(list_, asking.person, kind, unit.id, format_=opened.format, holds=holds, lines=count)
    return list_


def check(house: House, brought: Brought, report: Report = unheard) -> Brought:
    """Looks at every row without recording anything."""
    rows, actor, lines = _reading(house, brought)
    load = Loading(house.ground, actor)
    tally = Tally(house, brought, report)
    for outcomes in _chunks(rows.read(lines)):
        entries = [one for one in outcomes if isinstance(one, Entry)]
        stood = recorded(house, actor, entries)
        load.look_up([one for one in entries if one.id not in stood])
        for one in outcomes:
            if isinstance(one, Fault):
                tally.refused([one.line], one.refused)
            elif one.id in stood:
                tally.took(one, known=True)
            else:
                try:
                    load.check(one)
                except Refused as refused:
                    tally.refused(one.lines, refused)
                else:
                    tally.took(one)
        tally.read(outcomes)
        tally.tell()
    tally.done(State.CHECKED, Position(0))
    return must_get(house, brought.list)


def load(house: House, brought: Brought, report: Report = unheard) -> Brought:
    """Records the good rows. What was recorded before is skipped, so that it may begin again."""
    with house.lists.sparing():
        return asyncio.run(_load(house, brought, report))


async def _load(house: House, brought: Brought, report: Report) -> Brought:
    rows, actor, lines = _reading(house, brought)
    who = OPERATOR if brought.person == OPERATOR.person else house.actor(brought.person)
    await loading.begin(house.ground, who, brought.list, brought.kind, brought.unit, brought.lines)
    loader = Loader(house, actor, Tally(house, brought, report))
    for outcomes in _chunks(rows.read(lines)):
        _bringing(house, brought)  # of a long list it may have been taken from them since
        await loader.take(outcomes)
    await loader.rest()
    bad = set(loader.tally.faults)
    while not _left(house, brought.list, loader.tally, bad):
        pass
    return must_get(house, brought.list)


def _left(house: House, list_: ListId, tally: Tally, bad: set[int]) -> bool:
    """Keeps the rows that were not taken, and no others. Whether that is over: not where somebody was
    erased from the rows meanwhile, who would stand in them again. Raises `Gone`."""
    left = house.spools.fewer(list_, lambda line: line[0] in bad)
    try:
        stands = tally.done(State.LOADED, house.ledger.head(), left.stand)
    except Gone:
        house.spools.drop(left)
        return False
    if not stands:
        house.spools.drop(left)
    return True


def _reading(house: House, brought: Brought) -> tuple[Rows, Actor, Iterator[Row]]:
    """What reads the rows, in whose name, and the rows. Raises `CannotGoOn`, also as they are read."""
    unit, actor = _bringing(house, brought)
    naming = Naming(house.ground, house.surveys, brought.kind, unit)
    rows = Rows(
        house.ground,
        brought.kind,
        unit,
        on=today(),
        former=former_names,
        new_hamlets=brought.new_hamlets,
        named=naming,
    )
    return rows, actor, naming.ahead(_lines(house, brought))


def _bringing(house: House, brought: Brought) -> tuple[Unit, Actor]:
    """The unit of a list, and whoever brought it in, if they still may. Raises `CannotGoOn`."""
    unit = house.units.find(brought.unit)
    asking = OPERATOR if brought.person == OPERATOR.person else house.actor(brought.person)
    if unit is None:
        raise CannotGoOn("unit")
    try:
        return unit, loading.bringing(house.ground, asking, brought.list, brought.kind, unit)
    except (NotAllowed, OutOfScope):
        raise CannotGoOn("may-not") from None


def _lines(house: House, brought: Brought) -> Iterator[Row]:
    """The kept rows by what their columns hold. Raises `CannotGoOn`."""
    wanted = [(at, key) for at, key in enumerate(brought.holds) if key is not None]
    try:
        for number, cells in house.spools.lines(brought.list):
            row: dict[str, Cell] = {}
            wrong: Refused | None = None
            for at, key in wanted:
                cell = cells[at] if at < len(cells) else None
                if isinstance(cell, Flagged):
                    wrong = wrong or spool.refused(cell, key)
                else:
                    row[key] = cell
            yield number, wrong or row
    except Gone:
        raise CannotGoOn("gone") from None


def _chunks(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    while some := list(islice(outcomes, TOGETHER)):
        yield some


def check_soon(house: House, list_: ListId, holds: Columns, *, new_hamlets: bool) -> None:
    """The rows are to be looked at by these columns, unless the list is being loaded or was. Of one that was
    loaded in part they stay as they are: by others its rows would be other rows. Raises `ColumnsStand`."""
    if holds != must_get(house, list_).holds and _loading_began(house, list_):
        raise ColumnsStand
    house.lists.change(
        list_,
        only_in=(State.MAPPING, State.CHECKED, State.FAILED),
        state=State.CHECKING,
        holds=holds,
        new_hamlets=new_hamlets,
        done=0,
        good=0,
        known=0,
        bad=0,
        why="",
        **AT_FIRST,
    )


def _loading_began(house: House, list_: ListId) -> bool:
    return bool(house.ledger.history([Selector([ListImported], [f"list:{list_}"])]))


def load_soon(house: House, list_: ListId) -> None:
    """The good rows are to be recorded, once all were looked at. One that ended whoever was at it is tried
    again, from where it was."""
    if not house.lists.change(list_, only_in=(State.CHECKED,), state=State.LOADING, done=0, **AT_FIRST):
        house.lists.again(list_)


def go_on(house: House, brought: Brought) -> Job[Brought] | None:
    """The work that a list is waiting for, begun unless it is under way; None where it waits for people."""
    work = {State.CHECKING: check, State.LOADING: load}.get(brought.state)
    if work is None:
        return None
    key = ("list", brought.list, brought.state)

    def run(report: Report) -> Brought:
        try:
            return _alone(house, brought, work, report)
        finally:
            house.background.forget(key)

    return house.background.ask(key, run)


def go_on_all(house: House) -> None:
    """At the start: what the last process did not come to, and what it left behind."""
    house.spools.tidy(alone=house.settings.keeps_sqlite)
    look(house)


def look(house: House) -> None:
    """Goes on with every list that nobody is at: whoever was has ended, or could not record."""
    for one in house.lists.under_way():
        go_on(house, one)


def at_once(house: House, list_: ListId, work: Work, report: Report = unheard) -> Brought:
    """Does it here and now, and keeps others from going on with it meanwhile. Should this process end,
    they do."""
    state = State.CHECKING if work is check else State.LOADING
    while True:
        with alone(house.database, _number(list_)) as nobody_else:
            if nobody_else:
                house.lists.change(list_, state=state)
                house.lists.begun(list_, state)
                return work(house, must_get(house, list_), report)
        time.sleep(_LOOK_AGAIN)  # whoever looked at it finds in a moment that nothing is to be done


def _number(list_: ListId) -> int:
    """Names the work on a list among all that one is alone at."""
    return int.from_bytes(hashlib.blake2b(list_.encode(), digest_size=6).digest())


def _alone(house: House, brought: Brought, work: Work, report: Report) -> Brought:
    with alone(house.database, _number(brought.list)) as elected:
        now = must_get(house, brought.list)
        if not elected or now.state is not brought.state:
            return now
        try:
            if not house.lists.begun(now.list, now.state):
                _log.warning("a list ended whoever was at it; nobody goes on with it")
                return must_get(house, now.list)
            return work(house, now, report)
        except Stopping:
            house.lists.spared(now.list)
            raise  # it goes on at the next start
        except CannotGoOn as error:
            house.lists.change(brought.list, only_in=UNDER_WAY, state=State.FAILED, why=error.why)
        except (Unavailable, OutcomeUnknown):
            _log.warning("a list waits: nothing can be recorded just now")
            with suppress(Unavailable, OutcomeUnknown):
                house.lists.spared(now.list)
            raise  # it is still under way, and goes on when somebody looks, or at the next start
        except Exception:
            _log.exception("a list could not be read or loaded")
            house.lists.change(brought.list, only_in=UNDER_WAY, state=State.FAILED, why="fault")
        return must_get(house, brought.list)


def must_get(house: House, list_: str) -> Brought:
    found = house.lists.get(list_)
    if found is None:
        raise CannotGoOn("gone")
    return found


def remove(house: House, list_: ListId, *, unless_in: Sequence[State] = UNDER_WAY) -> None:
    """The rows and what is known of them; what was loaded stays. Raises `StillUnderWay`."""
    if not house.lists.remove(list_, unless_in=unless_in):
        raise StillUnderWay
    house.spools.remove(list_)


def remove_old(house: House) -> int:
    """Those whose term is over, and rows that belong to no list. How many."""
    removed = 0
    house.spools.tidy(alone=False)
    for one in house.lists.over():
        house.spools.remove(one.list)
        house.lists.remove(one.list)
        removed += 1
    for list_ in house.spools.everything():
        if house.lists.get(list_) is None:
            house.spools.remove(list_)
    return removed


@cache
def _former() -> dict[str, tuple[str, ...]]:
    names = {one.code: one.name for one in official_units.before()}
    found: dict[str, list[str]] = {}
    for one in official_units.succession():
        if one.old_code in names:
            found.setdefault(one.new_code, []).append(names[one.old_code])
    return {code: tuple(some) for code, some in found.items()}


def former_names(code: str) -> Sequence[str]:
    """What the communes were called of before 1/7/2025 that went into one of today."""
    return _former().get(code, ())
