"""Rows of lists that were kept sealed in files of the home, before migration 0014: they move into the
database, where another process goes on with them and an erasure finds them. No file is left behind."""

import logging
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import select

from application.ports import Unsealable
from domain.lists import ListId
from domain.model import PersonId
from infrastructure.alone import alone
from infrastructure.brought import brought_list, list_rows
from infrastructure.database import Database
from infrastructure.lists.spool import PURPOSE, Cover, Spools, cell_of
from infrastructure.lists.table import Line
from infrastructure.vault import envelope

_MOVING: Final = 5498021351
_LENGTH: Final = struct.Struct(">I")
_VERSION: Final = 1

_log: Final = logging.getLogger(__name__)


def move_in(spools: Spools, database: Database, key: bytes) -> None:
    """Rows of lists that are known no more, and files that nobody can read, are removed."""
    left = [one for kind in ("*.rows", "*.draft") for one in sorted(spools.folder.glob(kind))]
    if not left:
        return
    with alone(database, _MOVING) as nobody_else:
        for file in left if nobody_else else ():
            try:
                if file.suffix == ".rows":
                    _move(spools, database, file, key)
                file.unlink(missing_ok=True)
            except OSError as error:  # tried again at the next start
                _log.warning("a list stays in a file of the home: %s", type(error).__name__)


def _move(spools: Spools, database: Database, file: Path, key: bytes) -> None:
    list_ = ListId(file.stem)
    with database.reading() as db:
        person = db.scalar(select(brought_list.c.person).where(brought_list.c.list == list_))
        moved = db.scalar(select(list_rows.c.list).where(list_rows.c.list == list_))
    if person is None or moved is not None:
        return
    with suppress(Unsealable):
        pieces = _pieces(file, list_, key)
        first = next(pieces, None)
        if first is not None:
            spools.write(list_, PersonId(person), msgspec.msgpack.decode(first, type=Cover), _lines(pieces))


def _lines(pieces: Iterator[bytes]) -> Iterator[Line]:
    for piece in pieces:
        for number, cells in msgspec.msgpack.decode(piece):
            yield number, [cell_of(cell) for cell in cells]


def _pieces(file: Path, list_: ListId, key: bytes) -> Iterator[bytes]:
    """Raises `Unsealable`."""
    number = 0
    with suppress(FileNotFoundError), file.open("rb") as whole:
        while length := whole.read(_LENGTH.size):
            if len(length) < _LENGTH.size:
                raise Unsealable(f"{PURPOSE}:{number}")
            sealed = whole.read(_LENGTH.unpack(length)[0])
            yield envelope.unseal(key, sealed, person=list_, field=f"{PURPOSE}:{number}", version=_VERSION)
            number += 1
