"""What a file held, sealed in the database while it waits, so that whichever process serves the ledger goes
on with it: its headings and rows, readable only by the ledger's own key file, a piece at a time.

Pieces belong to a draft. Only once all of it is written a draft becomes the rows of its list, in place of
the one before, whose pieces are deleted in that same moment: a process that dies leaves the old rows, or
the new ones, and at worst a draft that nobody refers to, which `tidy` removes.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from application.ids import new_id
from application.lists.cells import text
from application.ports import Identity, Unsealable
from domain.lists import ListId
from domain.model import PersonId, Refused
from domain.names import fold
from infrastructure.brought import list_piece, list_rows
from infrastructure.database import Database
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.lists.table import FLAGS, Flagged, Line, Value, said_in
from infrastructure.vault import envelope

FOLDER: Final = "lists"
PURPOSE: Final = "lists"
"""Names the key among those of the key file."""

_TOGETHER: Final = 256
_SAID_TOGETHER: Final = 64 * 1024
"""Characters, of rows that say much."""
_IN_ONE_COMMIT: Final = 8
"""Pieces: some 200 KB, for which nobody else waits long."""

_VERSION: Final = 1
_ABANDONED: Final = timedelta(hours=1)


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the file beside its rows. `name` is what whoever brought it calls it; `left_out` are
    the numbers of what was no row."""

    name: str
    format: str
    sheet: str
    delimiter: str
    headings: tuple[str, ...]
    left_out: tuple[int, ...] = ()


class Gone(Exception):
    """Nothing is kept of this list any more."""


class _Replaced(Exception):
    """Another draft became the rows of the list meanwhile."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces that are written and not yet the rows of their list. `before` is the draft in whose place
    they come; empty for a list of which nothing was kept."""

    list: ListId
    person: PersonId
    id: str
    pieces: int
    lines: int
    before: str

    def stand(self, db: Connection) -> None:
        """From now on it is the rows of the list, all of it or nothing. For a transaction of the writer.
        Raises `Gone` where another one became that meanwhile, or the list was removed."""
        replaced = delete(list_rows).where(list_rows.c.list == self.list, list_rows.c.draft == self.before)
        if self.before and db.execute(replaced).rowcount == 0:
            raise Gone(self.list)
        db.execute(delete(list_piece).where(list_piece.c.draft == self.before))
        row = {"list": self.list, "person": self.person, "draft": self.id, "pieces": self.pieces}
        db.execute(insert(list_rows), row)


class Spools:
    """The kept rows of one ledger's lists. They change through its writer."""

    def __init__(
        self, database: Database, writer: Writer, key: bytes, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.folder = database.home / FOLDER
        self._database = database
        self._writer = writer
        self._key = key
        self._clock = clock

    def incoming(self) -> Path:
        """Where a file is written while it arrives; removed once it was read, or at the next start."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder / f"{os.urandom(16).hex()}.incoming"

    def leaving(self) -> "TemporaryDirectory[str]":
        """Where a file is put together that somebody is given; removed once it is, or at the next start."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return TemporaryDirectory(dir=self.folder, suffix=".leaving")

    def given(self) -> IO[bytes]:
        """A file without a name, of which nothing is left once it is closed."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return TemporaryFile(dir=self.folder)

    def write(
        self,
        list_: ListId,
        person: PersonId,
        cover: Cover,
        lines: Iterable[Line],
        left_out: Sequence[int] = (),
    ) -> int:
        """Keeps a list, in place of what was kept under its id: all of it or nothing. How many rows. What
        is `left_out` may be known only once the last of them is read."""
        try:
            before = str(self._stands(list_).draft)
        except Gone:
            before = ""
        draft = self._draft(list_, person, cover, lines, before=before, left_out=left_out)
        self._writer.write(draft.stand).result()
        return draft.lines

    def cover(self, list_: ListId) -> Cover:
        """Raises `Gone`."""
        try:
            return msgspec.msgpack.decode(self._piece(self._stands(list_), 0), type=Cover)
        except _Replaced:
            return self.cover(list_)

    def lines(self, list_: ListId) -> Iterator[Line]:
        """Where rows are removed meanwhile, it goes on with those that are left. Raises `Gone`."""
        last = -1
        while True:
            row = self._stands(list_)
            with suppress(_Replaced):
                for number in range(1, row.pieces):
                    for line, cells in msgspec.msgpack.decode(self._piece(row, number)):
                        if line > last:
                            last = line
                            yield line, [cell_of(cell) for cell in cells]
                return

    def fewer(
        self,
        list_: ListId,
        wanted: Callable[[Line], bool],
        covered: Callable[[Cover], Cover] = lambda one: one,
    ) -> Draft:
        """A draft with only those of the rows that are wanted. Raises `Gone`."""
        row = self._stands(list_)
        cover, lines = covered(self.cover(list_)), (line for line in self.lines(list_) if wanted(line))
        return self._draft(list_, PersonId(row.person), cover, lines, before=row.draft)

    def drop(self, draft: Draft) -> None:
        """A draft that is not to become the rows of its list after all."""
        self._writer.write(
            lambda db: db.execute(delete(list_piece).where(list_piece.c.draft == draft.id))
        ).result()

    def remove(self, list_: ListId) -> None:
        def run(db: Connection) -> None:
            drafts = select(list_rows.c.draft).where(list_rows.c.list == list_)
            db.execute(delete(list_piece).where(list_piece.c.draft.in_(drafts)))
            db.execute(delete(list_rows).where(list_rows.c.list == list_))

        self._writer.write(run).result()

    def everything(self) -> list[ListId]:
        with self._database.reading() as db:
            found = db.execute(select(list_rows.c.list).order_by(list_rows.c.list)).scalars()
            return [ListId(one) for one in found]

    def tidy(self, *, alone: bool) -> None:
        """Removes what was arriving, leaving, or being written, when a process ended: everything where this
        is the only one, else what nobody has written to for an hour."""
        for left in (*self.folder.glob("*.incoming"), *self.folder.glob("*.leaving")):
            with suppress(FileNotFoundError):
                if alone or time.time() - left.stat().st_mtime > _ABANDONED.total_seconds():
                    shutil.rmtree(left) if left.is_dir() else left.unlink()
        abandoned = list_piece.c.draft.not_in(select(list_rows.c.draft))
        before = micros(self._clock() - (timedelta(0) if alone else _ABANDONED))
        left_over = select(list_piece.c.draft).where(abandoned, list_piece.c.written <= before).limit(1)
        with self._database.reading() as db:
            if db.execute(left_over).first() is None:
                return
        gone = delete(list_piece).where(abandoned, list_piece.c.written <= before)
        self._writer.write(lambda db: db.execute(gone).rowcount).result()

    def forget(self, people: Iterable[Identity]) -> int:
        """Removes every row that names one of these people, and what names them of what stands over the rows:
        what the file is called, and what was taken for its headings. How many rows."""
        names = {fold(one.name) for one in people}
        removed = 0
        for list_ in self.everything() if names else ():
            with suppress(Gone, Unsealable):
                removed += self._forget(list_, names)
        return removed

    def _forget(self, list_: ListId, names: set[str]) -> int:
        """Tried again where the rows were replaced meanwhile, until nobody of them is named."""

        def unnamed(cover: Cover) -> Cover:
            return _unnamed(cover, names)

        while (named := sum(_names(line, names) for line in self.lines(list_))) or self._headed(list_, names):
            draft = self.fewer(list_, lambda line: not _names(line, names), unnamed)
            try:
                self._writer.write(draft.stand).result()
            except Gone:
                self.drop(draft)
                continue
            return named
        return 0

    def _headed(self, list_: ListId, names: set[str]) -> bool:
        cover = self.cover(list_)
        return _unnamed(cover, names) != cover

    def _draft(
        self,
        list_: ListId,
        person: PersonId,
        cover: Cover,
        lines: Iterable[Line],
        *,
        before: str,
        left_out: Sequence[int] = (),
    ) -> Draft:
        draft, written, count = new_id(), 0, 0

        def pieces() -> Iterator[tuple[int, bytes]]:
            nonlocal count
            for number, some in enumerate(_pieces(lines), 1):
                count += len(some)
                yield number, msgspec.msgpack.encode(some)
            whole = msgspec.structs.replace(cover, left_out=(*cover.left_out, *left_out))
            yield 0, msgspec.msgpack.encode(whole)

        left = pieces()
        try:
            while some := list(islice(left, _IN_ONE_COMMIT)):
                rows = [
                    {
                        "draft": draft,
                        "number": number,
                        "person": person,
                        "written": micros(self._clock()),
                        "sealed": self._sealed(list_, draft, number, plain),
                    }
                    for number, plain in some
                ]
                written += len(rows)
                self._writer.write(partial(_insert, rows)).result()
        except BaseException:
            self._writer.write(lambda db: db.execute(delete(list_piece).where(list_piece.c.draft == draft)))
            raise
        return Draft(list=list_, person=person, id=draft, pieces=written, lines=count, before=before)

    def _stands(self, list_: ListId) -> Row[Any]:
        with self._database.reading() as db:
            row = db.execute(select(list_rows).where(list_rows.c.list == list_)).first()
        if row is None:
            raise Gone(list_)
        return row

    def _piece(self, row: Row[Any], number: int) -> bytes:
        """Raises `_Replaced`, `Unsealable`."""
        found = select(list_piece.c.sealed).where(
            list_piece.c.draft == row.draft, list_piece.c.number == number
        )
        with self._database.reading() as db:
            sealed = db.execute(found).scalar()
        if sealed is None:
            if self._stands(row.list).draft == row.draft:
                raise Unsealable(f"{PURPOSE}:{number}")  # a piece of it was taken out
            raise _Replaced
        return envelope.unseal(
            self._key, sealed, person=row.list, field=_field(row.draft, number), version=_VERSION
        )

    def _sealed(self, list_: ListId, draft: str, number: int, plain: bytes) -> bytes:
        return envelope.seal(self._key, plain, person=list_, field=_field(draft, number), version=_VERSION)


def _field(draft: str, number: int) -> str:
    return f"{PURPOSE}:{draft}:{number}"


def _insert(rows: list[dict[str, Any]], db: Connection) -> None:
    db.execute(insert(list_piece), rows)


def _pieces(lines: Iterable[Line]) -> Iterator[list[tuple[int, list[Any]]]]:
    some: list[tuple[int, list[Any]]] = []
    said = 0
    for number, cells in lines:
        some.append((number, [_written(cell) for cell in cells]))
        said += said_in(cells)
        if len(some) == _TOGETHER or said > _SAID_TOGETHER:
            yield some
            some, said = [], 0
    if some:
        yield some


def _written(cell: Value) -> Any:
    if isinstance(cell, Flagged):
        return ["!", cell.why, _written(cell.value)]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]  # %Y leaves out the zeros of old years
    return cell


def cell_of(cell: Any) -> Value:
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return]
    if cell[0] == "!":
        value = cell_of(cell[2])
        return Flagged(cell[1], None if isinstance(value, Flagged) else value)
    return date.fromisoformat(cell[1])


def plain(cell: Value) -> Any:
    """What stands in a cell, whatever is wrong with it."""
    return cell.value if isinstance(cell, Flagged) else cell


def refused(cell: Value, field: str) -> Refused | None:
    """What is wrong with a cell by itself."""
    return FLAGS[cell.why](field=field) if isinstance(cell, Flagged) else None


def _names(line: Line, names: set[str]) -> bool:
    return any(names_one_of(text(plain(cell)), names) for cell in line[1])


def _unnamed(cover: Cover, names: set[str]) -> Cover:
    def left(said: str) -> str:
        return "" if names_one_of(said, names) else said

    headings = tuple(map(left, cover.headings))
    return msgspec.structs.replace(cover, name=left(cover.name), sheet=left(cover.sheet), headings=headings)


def names_one_of(said: str, names: set[str]) -> bool:
    """Whether somebody of these (folded) names stands in a text, alone or among other words."""
    if not said or said.isdigit():
        return False
    key = f" {fold(said)} "
    return any(f" {name} " in key for name in names)
