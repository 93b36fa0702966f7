"""What a file held, sealed in the home while it waits: its headings and rows, readable only by the ledger's
own key file, written and read a piece at a time."""

import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from application.lists.cells import text
from application.ports import Identity, Unsealable
from domain.lists import ListId
from domain.model import Refused
from domain.names import fold
from infrastructure.lists.table import FLAGS, Flagged, Line, Value
from infrastructure.vault import envelope

FOLDER: Final = "lists"
PURPOSE: Final = "lists"
"""Names the key among those of the key file."""

_TOGETHER: Final = 256
_VERSION: Final = 1
_ABANDONED: Final = 3_600.0
_LENGTH: Final = struct.Struct(">I")


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the file beside its rows. `name` is what whoever brought it calls it."""

    name: str
    format: str
    sheet: str
    delimiter: str
    headings: tuple[str, ...]


class Gone(Exception):
    """Nothing is kept of this list any more, or not on this machine."""


class Spools:
    """The kept lists of one home."""

    def __init__(self, home: Path, key: bytes) -> None:
        self.folder = home / FOLDER
        self._key = key

    def incoming(self) -> Path:
        """Where a file is written while it arrives; removed once it was read, or at the next start."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder / f"{os.urandom(16).hex()}.incoming"

    def write(self, list_: ListId, cover: Cover, lines: Iterable[Line]) -> int:
        """Keeps a list, in place of what was kept under its id: all of it or nothing. How many rows."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft, count = self.folder / f"{list_}.draft", 0
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                number = 0
                file.write(self._sealed(list_, number, msgspec.msgpack.encode(cover)))
                for some in _pieces(lines):
                    number, count = number + 1, count + len(some)
                    file.write(self._sealed(list_, number, msgspec.msgpack.encode(some, enc_hook=None)))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path(list_))
        finally:
            draft.unlink(missing_ok=True)
        return count

    def cover(self, list_: ListId) -> Cover:
        """Raises `Gone`."""
        for plain in self._read(list_):
            return msgspec.msgpack.decode(plain, type=Cover)
        raise Gone(list_)

    def lines(self, list_: ListId) -> Iterator[Line]:
        """Raises `Gone`."""
        pieces = self._read(list_)
        next(pieces, None)
        for plain in pieces:
            for number, cells in msgspec.msgpack.decode(plain):
                yield number, [_kept(cell) for cell in cells]

    def keep(self, list_: ListId, wanted: Callable[[Line], bool]) -> int:
        """Of the rows only those that are wanted. How many were removed. Raises `Gone`."""
        cover, removed = self.cover(list_), 0

        def some() -> Iterator[Line]:
            nonlocal removed
            for line in self.lines(list_):
                if wanted(line):
                    yield line
                else:
                    removed += 1

        self.write(list_, cover, some())
        return removed

    def remove(self, list_: ListId) -> None:
        self._path(list_).unlink(missing_ok=True)

    def everything(self) -> list[ListId]:
        return [ListId(one.stem) for one in sorted(self.folder.glob("*.rows"))]

    def tidy(self, *, alone: bool) -> None:
        """Removes what was arriving, or being written, when a process ended: everything where this is the
        only one, else what nobody has written to for an hour."""
        for pattern in ("*.incoming", "*.draft"):
            for left in self.folder.glob(pattern):
                with suppress(FileNotFoundError):
                    if alone or time.time() - left.stat().st_mtime > _ABANDONED:
                        left.unlink()

    def forget(self, people: Iterable[Identity]) -> int:
        """Removes every row that names one of these people. How many."""
        names = {fold(one.name) for one in people}
        if not names or not self.folder.is_dir():
            return 0
        removed = 0
        for list_ in self.everything():
            with suppress(Gone, Unsealable):
                if any(_names(line, names) for line in self.lines(list_)):
                    removed += self.keep(list_, lambda line: not _names(line, names))
        return removed

    def _read(self, list_: ListId) -> Iterator[bytes]:
        try:
            file = self._path(list_).open("rb")
        except FileNotFoundError:
            raise Gone(list_) from None
        with file:
            number = 0
            while length := file.read(_LENGTH.size):
                sealed = file.read(_LENGTH.unpack(length)[0])
                yield envelope.unseal(
                    self._key, sealed, person=list_, field=f"{PURPOSE}:{number}", version=_VERSION
                )
                number += 1

    def _sealed(self, list_: ListId, number: int, plain: bytes) -> bytes:
        sealed = envelope.seal(self._key, plain, person=list_, field=f"{PURPOSE}:{number}", version=_VERSION)
        return _LENGTH.pack(len(sealed)) + sealed

    def _path(self, list_: ListId) -> Path:
        return self.folder / f"{list_}.rows"


def _pieces(lines: Iterable[Line]) -> Iterator[list[tuple[int, list[Any]]]]:
    some: list[tuple[int, list[Any]]] = []
    for number, cells in lines:
        some.append((number, [_written(cell) for cell in cells]))
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _written(cell: Value) -> Any:
    if isinstance(cell, Flagged):
        return ["!", cell.why, _written(cell.value)]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]  # %Y leaves out the zeros of old years
    return cell


def _kept(cell: Any) -> Value:
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return]
    if cell[0] == "!":
        value = _kept(cell[2])
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


def names_one_of(said: str, names: set[str]) -> bool:
    """Whether somebody of these (folded) names stands in a text, alone or among other words."""
    if not said or said.isdigit():
        return False
    key = f" {fold(said)} "
    return any(f" {name} " in key for name in names)
