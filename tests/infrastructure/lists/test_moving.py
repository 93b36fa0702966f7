"""A home in which lists were kept as files, and what becomes of them."""

import struct

import msgspec
import pytest
from sqlalchemy import insert

from application.ports import Identity
from domain.lists import ListId
from domain.model import PersonId
from infrastructure.brought import brought_list
from infrastructure.lists.moving import move_in
from infrastructure.lists.spool import Cover, Gone, Spools
from infrastructure.vault import envelope

KEY = bytes(32)
COVER = Cover(name="x", format="csv", sheet="", delimiter=",", headings=("Họ tên",))
BROUGHT = {
    "list": "l", "person": "minh", "kind": "members", "unit": "u", "format": "csv", "state": "checked",
    "holds": "[]", "new_hamlets": False, "lines": 2, "done": 2, "good": 2, "known": 0, "bad": 0, "why": "",
    "position": 0, "created": 0, "changed": 0,
}  # fmt: skip


@pytest.fixture
def spools(database, ledger):
    made = Spools(database, ledger, KEY)
    made.folder.mkdir(exist_ok=True)
    return made


def as_before(spools, list_: str, *pieces: object, key: bytes = KEY) -> None:
    whole = b""
    for number, piece in enumerate(pieces):
        plain = msgspec.msgpack.encode(piece)
        sealed = envelope.seal(key, plain, person=list_, field=f"lists:{number}", version=1)
        whole += struct.pack(">I", len(sealed)) + sealed
    (spools.folder / f"{list_}.rows").write_bytes(whole)


def left(spools) -> list[str]:
    return [one.name for one in spools.folder.iterdir()]


def test_rows_in_files_move_into_the_database_where_an_erasure_finds_them(spools, database, ledger):
    ledger.write(lambda db: db.execute(insert(brought_list), BROUGHT)).result()
    as_before(spools, "l", COVER, [[2, ["Võ Thị Hoa"]]], [[3, [["d", "2026-10-10"]]]])
    as_before(spools, "removed", COVER, [[2, ["Lê Văn An"]]])
    (spools.folder / "l.draft").write_bytes(b"half")

    move_in(spools, database, KEY)
    move_in(spools, database, KEY)

    assert (spools.everything(), left(spools)) == (["l"], [])
    assert spools.cover(ListId("l")) == COVER
    assert [line for line, _ in spools.lines(ListId("l"))] == [2, 3]
    assert spools.forget([Identity(name="Võ Thị Hoa")]) == 1


def test_nor_does_what_stands_over_the_rows_name_whoever_is_erased(spools):
    """A list without headings, whose first row is taken for them, in a file called after somebody."""
    headings = ("Võ Thị Hoa", "1960")
    cover = msgspec.structs.replace(COVER, name="Bà Võ Thị Hoa.xlsx", sheet="vo thi hoa", headings=headings)
    spools.write(ListId("l"), PersonId("lan"), cover, [(2, ["Lê Văn An"])])

    assert spools.forget([Identity(name="Lê Thị Hoa")]) == 0
    assert spools.cover(ListId("l")) == cover
    assert spools.forget([Identity(name="Võ Thị Hoa")]) == 0

    less = msgspec.structs.replace(cover, name="", sheet="", headings=("", "1960"))
    assert spools.cover(ListId("l")) == less
    assert [line for line, _ in spools.lines(ListId("l"))] == [2]


@pytest.mark.parametrize("cut", [1, 20])
def test_a_file_that_cannot_be_read_is_no_list_and_stops_nobody(spools, database, ledger, cut):
    ledger.write(lambda db: db.execute(insert(brought_list), BROUGHT)).result()
    as_before(spools, "l", COVER, [[2, ["Võ Thị Hoa"]]])
    file = spools.folder / "l.rows"
    file.write_bytes(file.read_bytes()[:-cut])

    move_in(spools, database, KEY)

    assert left(spools) == []
    with pytest.raises(Gone):
        spools.cover(ListId("l"))
