"""Of an erased person nothing is left: not in a file, not in a log, not behind a page, not in a key.

Searched is for the plain name and phone (with and without accents, and as other programs write
them: percent-encoded, JSON-escaped, UTF-16), for the wrapped key and all that was sealed, for the
blind index and the hash of what was sent. What PostgreSQL itself keeps of deleted rows until it
writes over them (its log, dead rows) is beyond us: there the destroyed bucket key is what counts,
and `docs/privacy.md` says so. That no plain name ever reached its files holds for it, too.
"""

import io
import json
import logging
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from sqlalchemy import MetaData, insert, select

from application import people, privacy
from application.forms.people import ErasureForm
from domain.lists import ListId
from domain.model import By, PersonId, Role
from domain.names import fold
from domain.people import Purpose
from infrastructure.brought import brought_list
from infrastructure.database import kept
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.check import check
from infrastructure.ledger.tables import receipt
from infrastructure.vault import erasing
from infrastructure.vault.keys import KeyFileOfAnotherLedger, Keys, path_in
from infrastructure.vault.sealing import Opened, identity_of, person_key
from infrastructure.vault.tables import blind_index, code, note, sealed_person
from tests.infrastructure.lists.test_moving import BROUGHT, COVER, as_before
from tests.interfaces.api.requests import household, learner, lesson, today, void
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing

NAME = "Bùi Đặng Quỳnh Nhược"
PHONE = "0987612345"
WORDS = "Bà Nhược xin xóa tên khỏi sổ"


class Marked:
    """Somebody whose every trace is known: a mentor who was a learner before, on every list."""

    def __init__(self, home: Home, person: PersonId) -> None:
        self.person = person
        with home.house.database.reading() as db:
            self.row = db.execute(select(sealed_person).where(sealed_person.c.person == person)).one()
            of_them = [
                *db.execute(select(blind_index.c.key).where(blind_index.c.person == person)).scalars(),
                *db.execute(select(code.c.key).where(code.c.person == person)).scalars(),
                *db.execute(select(code.c.sealed).where(code.c.person == person)).scalars(),
                *db.execute(select(note.c.sealed).where(note.c.person == person)).scalars(),
            ]
            sent = db.execute(select(receipt.c.content).order_by(receipt.c.last)).scalars().all()
        assert len(of_them) > 6
        self.sealed = {self.row.wrapped, self.row.identity, *of_them}
        self.sent = set(sent)


def plain_forms() -> set[bytes]:
    """The name and the phone as programs write them."""
    bare = "".join(one for one in unicodedata.normalize("NFD", NAME) if not unicodedata.combining(one))
    bare = bare.replace("Đ", "D").replace("đ", "d")
    words = WORDS.removesuffix(" tên khỏi sổ")
    texts = {NAME, unicodedata.normalize("NFD", NAME), bare, fold(NAME), words}
    texts |= {one for text in set(texts) for one in (text.upper(), text.lower())}
    texts |= {PHONE[1:], f"{PHONE[1:4]} {PHONE[4:7]} {PHONE[7:]}"}
    return {
        form
        for text in texts
        for form in (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode("utf-16-be"),
            quote(text).encode(),
            quote_plus(text).encode(),
            quote(text).lower().encode(),
            json.dumps(text)[1:-1].encode(),
        )
    }


@pytest.fixture
def scratch(tmp_path_factory, monkeypatch) -> Iterator[Path]:
    """Where temporary files and the log of everything go."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    handler = logging.FileHandler(folder / "everything.log", encoding="utf-8")
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield folder
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
def marked(home, lan, minh, scratch) -> Marked:
    """Met as a learner, written about, asked; then a mentor with a public name and five learners."""
    named = {"name": NAME, "phone": PHONE, "birth_year": 1961}
    met = lan.post("/lessons", lesson(named)).json()["teachings"][0]
    again = lan.post("/lessons", lesson(named, skills=["cashless-payment"])).json()["teachings"][0]
    lan.post("/households", household(named))
    home.catch_up()
    home.send("POST", "/answers", json={"code": met["code"], "answer": "able"})
    minh.post(f"/teachings/{again['teaching']}/void", void(note=WORDS))
    phone = Browsing(home)
    entered = {"code": met["code"], "known": PHONE}
    phone.post("/du-lieu", entered, token="")
    phone.post("/du-lieu/tap-tin", entered | {"kind": "html"}, token="")
    phone.post("/du-lieu/yeu-cau", entered | {"kind": "object", "words": WORDS}, token="")
    mentor = home.caller(Role.AMBASSADOR, TUY_PHUOC, NAME, PHONE)
    for one in mentor.post("/lessons", lesson(*map(learner, range(5)))).json()["teachings"]:
        home.send("POST", "/answers", json={"code": one["code"], "answer": "able"})
    mentor_page = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Lê Thị Khác")
    mentor_page.get("/toi")
    home.run(
        privacy.choose(home.house.ground, met["learner"], By("account:test"), dict.fromkeys(Purpose, True))
    )
    home.catch_up()
    return Marked(home, met["learner"])


def erase(home: Home, marked: Marked) -> None:
    asking = home.house.actor(marked.person)
    form = ErasureForm(submission="erase-me")
    home.run(people.erase(home.house.ground, asking, marked.person, form))
    home.catch_up()


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                content = file.read_bytes()
                yield str(file), content
                if zipfile.is_zipfile(io.BytesIO(content)):
                    yield from unpacked(str(file), content)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in packed.namelist():
            yield f"{name}/{part}", packed.read(part)


def tables(home: Home) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, kept and derived, as a database hands it out."""
    database = home.house.database
    for connect in (database.reading, database.read_models):
        with connect() as db:
            every = MetaData()
            every.reflect(db)
            for table in every.sorted_tables:
                for row in db.execute(select(table)):
                    cells = [bytes(one) if isinstance(one, memoryview) else one for one in row]
                    said = [one if isinstance(one, bytes) else str(one).encode() for one in cells]
                    yield f"table {table.name}", b"\0".join(said)


def answers(home: Home) -> Iterator[tuple[str, bytes]]:
    """What pages, API and files say now, to whoever may see the most."""
    organizer = browsing(home, Role.ORGANIZER, PROVINCE, "Võ Thị Tổ Chức")
    for path in (
        f"/vinh-danh?unit={TUY_PHUOC}",
        f"/xep-hang?unit={TUY_PHUOC}",
        "/xem-xet?show=all",
        "/yeu-cau",
        f"/don-vi/{TUY_PHUOC}",
        f"/khen-thuong?unit={PROVINCE}&done_by={today()}&received_by={today()}",
    ):
        yield path, organizer.get(path).content
    program = home.known("hanh")
    for kind in ("json", "csv", "xlsx"):
        said = program.get("/nominees", unit=PROVINCE, done_by=today(), format=kind)
        yield f"nominees.{kind}", said.content
        if kind == "xlsx":
            yield from unpacked("nominees.xlsx", said.content)
    for path in ("/leaderboard", "/honours"):
        yield path, program.get(path, unit=TUY_PHUOC).content


def traces(found: Iterator[tuple[str, bytes]], wanted: set[bytes]) -> set[str]:
    return {place for place, content in found if any(form in content for form in wanted)}


def their_own(home: Home) -> Iterator[tuple[str, bytes]]:
    """The files of PostgreSQL itself, its log included."""
    with psycopg.connect(str(home.house.settings.database_url), autocommit=True) as db:
        db.execute("CHECKPOINT")
        row = db.execute("SHOW data_directory").fetchone()
    assert row is not None
    yield from files(Path(row[0]))


def on_sqlite(home: Home) -> bool:
    return home.house.settings.keeps_sqlite


def test_before_the_erasure_they_are_found_wherever_they_should_be(home, marked, scratch):
    """The search can find: sealed in the files, in the plain on the pages, never in the plain on a disk."""
    folder = home.house.settings.home
    assert traces(answers(home), plain_forms())
    assert traces(tables(home), marked.sealed)
    if on_sqlite(home):
        assert traces(files(folder), marked.sealed)
    assert traces(files(folder, scratch), plain_forms()) == set()


def test_nothing_is_left_in_any_file_log_table_or_answer(home, marked, scratch, capfd):
    folder = home.house.settings.home
    before = home.house.ledger.head()
    erase(home, marked)
    home.catch_up()
    assert traces(answers(home), plain_forms()) == set()
    assert traces(tables(home), plain_forms() | marked.sealed) == set()
    assert traces(files(folder, scratch), plain_forms()) == set()
    said = "".join(capfd.readouterr()).encode()
    assert traces(iter([("output", said)]), plain_forms()) == set()
    if on_sqlite(home):
        assert traces(files(folder), marked.sealed) == set()
    else:
        assert traces(their_own(home), plain_forms()) == set()
    assert home.house.ledger.head() > before
    assert check(home.house.database).sound


def test_every_table_with_people_in_it_is_emptied_of_them():
    """But for what is an opaque id alone, kept on purpose: who was read, of whom."""
    with_people = {table.name for table in kept.sorted_tables if "person" in table.c}
    assert with_people - {table.name for table in erasing._PERSONAL} == {"access_whose"}


def test_what_was_sent_of_them_is_forgotten_and_still_counts_once(home, lan, minh, scratch):
    sent = lesson({"name": NAME, "phone": PHONE})
    first = lan.post("/lessons", sent).json()
    home.catch_up()
    with home.house.database.reading() as db:
        hashes = set(db.execute(select(receipt.c.content)).scalars())
    home.run(
        people.erase(
            home.house.ground,
            home.house.actor(people_of(home, "minh")),
            first["teachings"][0]["learner"],
            ErasureForm(submission="erase"),
        )
    )
    with home.house.database.reading() as db:
        gone = hashes - set(db.execute(select(receipt.c.content)).scalars())
    assert len(gone) == 1
    if on_sqlite(home):
        assert traces(files(home.house.settings.home), gone) == set()
    again = lan.post("/lessons", sent)
    assert (again.status_code, again.json()["lesson"]) == (200, first["lesson"])


def test_rows_that_an_older_process_keeps_in_a_file_meanwhile_are_forgotten_too(home, lan, minh):
    """Of a list of before 0014, written after this process had moved the others into the database."""
    house, met = home.house, lan.post("/lessons", lesson({"name": NAME})).json()
    house.ledger.write(lambda db: db.execute(insert(brought_list), BROUGHT)).result()
    house.spools.folder.mkdir(exist_ok=True)
    rows = [[2, [NAME]], [3, ["Lê Văn An"]]]
    as_before(house.spools, "l", COVER, rows, key=house.vault.key_for("lists"))
    home.catch_up()
    asking, form = house.actor(people_of(home, "minh")), ErasureForm(submission="erase")
    home.run(people.erase(house.ground, asking, met["teachings"][0]["learner"], form))
    assert list(house.spools.lines(ListId("l"))) == [(3, ["Lê Văn An"])]
    assert list(house.spools.folder.iterdir()) == []


def people_of(home: Home, who: str) -> PersonId:
    person = home.house.accounts.bearer(home.tokens[who])
    assert person is not None
    return person


def test_no_key_opens_what_a_copy_still_holds(home, marked, tmp_path_factory):
    """The row as a backup holds it, and the key file as it is now: it opens nothing of them. The old
    key file finds nothing of them left to open."""
    old = tmp_path_factory.mktemp("old")
    shutil.copy(path_in(home.house.settings.home), old / "vault.keys")
    erase(home, marked)
    with pytest.raises(KeyFileOfAnotherLedger):
        person_key(Keys(path_in(home.house.settings.home)), marked.row)
    assert opened(Keys(old / "vault.keys"), marked) == NAME  # why copies of the key file age out
    with home.house.database.reading() as db:
        left = db.execute(select(sealed_person)).all()
    assert marked.row.identity not in {row.identity for row in left}
    assert marked.row.wrapped not in {row.wrapped for row in left}


def opened(keys: Keys, marked: Marked) -> str:
    row = marked.row
    return identity_of(row.person, Opened(person_key(keys, row), row.version, row.identity)).name


class TestTheSearchItself:
    """Controls: with one step of the erasure left out, a test above has to fail."""

    def test_without_the_removal_of_rows_it_finds_them(self, home, marked, monkeypatch):
        monkeypatch.setattr(erasing, "_removals", lambda _people: [])
        monkeypatch.setattr(erasing, "_moved", lambda *_: Rows())
        erase(home, marked)
        assert traces(tables(home), marked.sealed)

    def test_without_an_emptied_log_it_finds_them(self, home, marked, monkeypatch):
        if not on_sqlite(home):
            pytest.skip("PostgreSQL's own log is beyond us: the destroyed bucket key makes it unreadable")

        async def forgotten() -> None:
            pass

        monkeypatch.setattr(home.house.ledger, "scrubbed", forgotten)
        erase(home, marked)
        assert traces(files(home.house.settings.home), marked.sealed)

    def test_without_the_destruction_of_the_key_it_opens_them(self, home, marked, monkeypatch):
        monkeypatch.setattr(erasing, "destroy_old_keys", lambda *_: None)
        erase(home, marked)
        assert opened(Keys(path_in(home.house.settings.home)), marked) == NAME

    def test_a_name_in_a_log_or_a_file_is_found(self, home, marked, scratch):
        logging.getLogger("somebody").warning("hello %s", quote(NAME))
        (scratch / "export.json").write_text(json.dumps({"phone": PHONE}))
        (scratch / "wide.txt").write_text(NAME.lower(), encoding="utf-16")
        found = traces(files(scratch), plain_forms())
        assert {Path(one).name for one in found} == {"everything.log", "export.json", "wide.txt"}
