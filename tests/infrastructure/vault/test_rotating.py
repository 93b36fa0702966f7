"""Keys are replaced while people are sealed, found and erased; and nobody is lost by it."""

import asyncio
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from application.ports import Identity
from domain.erasing import ErasePerson
from domain.model import By, Group, PersonId, Stale
from domain.registering import RegisterPerson
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault import rotating
from infrastructure.vault.keys import (
    BUCKETS,
    LOOK_AGAIN,
    AlreadyRotating,
    KeyFileOfAnotherLedger,
    Keys,
    path_in,
)
from infrastructure.vault.known_keys import known
from infrastructure.vault.rotating import rotate_bucket_keys, rotate_peppers
from infrastructure.vault.sealing import RowSealing, person_key
from infrastructure.vault.tables import blind_index, code, sealed_person
from infrastructure.vault.vault import open_vault
from tests.infrastructure.vault import rotating_process
from tests.infrastructure.vault.people import BA_TU, HERE, LAN, found, registered, sealed, sought
from tests.processes import ended, started

TU = PersonId("tu")
SAU = Identity(name="Ông Sáu", phone="+84905000006")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEVER_MIND = lambda done: None  # noqa: E731


@pytest.fixture
def keys(vault, tmp_path) -> Keys:
    return Keys(path_in(tmp_path))


def rows_of(database, table):
    with database.reading() as connection:
        return connection.execute(select(table)).all()


class TestBucketKeys:
    def test_every_key_is_another_and_everybody_is_read_as_before(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU, code="ABCD2345")
        sealed(ledger, vault, "sau", SAU)
        before = set(keys.known().keys.values())

        rotate_bucket_keys(database, ledger, keys, NEVER_MIND)

        assert not before & set(keys.known().keys.values())
        assert sorted(keys.numbers()) == list(range(BUCKETS, 2 * BUCKETS))
        assert vault.identities([TU, PersonId("sau")]) == {TU: BA_TU, "sau": SAU}
        assert vault.codes(["teaching-of-tu"]) == {"teaching-of-tu": "ABCD2345"}
        assert open_vault(database, ledger).names([TU]) == {TU: BA_TU.name}

    def test_a_copy_made_before_is_unreadable_by_the_key_file_of_today(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU)
        (copy,) = rows_of(database, sealed_person)
        assert person_key(keys, copy)
        rotate_bucket_keys(database, ledger, keys, NEVER_MIND)
        with pytest.raises(KeyFileOfAnotherLedger):
            person_key(keys, copy)

    def test_a_successor_left_by_an_erasure_cut_short_is_replaced_too(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU)
        vault.erase_people([TU])  # never committed
        old = set(keys.known().keys.values())
        assert len(old) == BUCKETS + 1
        rotate_bucket_keys(database, ledger, keys, NEVER_MIND)
        assert not old & set(keys.known().keys.values())
        assert vault.names([TU]) == {TU: BA_TU.name}

    def test_it_says_how_far_it_is(self, database, ledger, vault, keys):
        told: list[int] = []
        rotate_bucket_keys(database, ledger, keys, told.append)
        assert sum(told) == BUCKETS
        assert len(told) > 1

    @ON_SQLITE
    def test_so_many_people_are_wrapped_in_one_go_and_no_more(
        self, database, ledger, vault, keys, monkeypatch
    ):
        monkeypatch.setattr(rotating, "PEOPLE_TOGETHER", 2)
        monkeypatch.setattr(rotating, "BUCKETS_TOGETHER", BUCKETS)
        for n, person in enumerate(("an", "binh", "chi")):  # of three buckets
            sealed(ledger, vault, person, Identity(name=person, phone=f"+8490500000{n}"))
        told: list[int] = []
        rotate_bucket_keys(database, ledger, keys, told.append)
        assert (len(told), sum(told)) == (2, BUCKETS)

    def test_two_do_not_rotate_at_once(self, database, ledger, vault, keys, tmp_path):
        with keys.rotating(), pytest.raises(AlreadyRotating):
            rotate_bucket_keys(database, ledger, Keys(path_in(tmp_path)), NEVER_MIND)

    def test_somebody_erased_meanwhile_stays_erased(self, database, ledger, vault, keys, monkeypatch):
        sealed(ledger, vault, TU)
        sealed(ledger, vault, "sau", SAU)
        monkeypatch.setattr(rotating, "BUCKETS_TOGETHER", 2_048)
        erased: list[PersonId] = []

        def erase_tu_in_between(done: int) -> None:
            if not erased:
                erased.append(TU)
                asyncio.run(erase(ledger, vault, TU))

        rotate_bucket_keys(database, ledger, keys, erase_tu_in_between)
        assert vault.names([TU, PersonId("sau")]) == {"sau": SAU.name}
        assert set(known(database).keys) == set(keys.numbers())


class TestPeppers:
    def test_people_and_codes_are_found_under_the_new_and_nothing_under_the_old(
        self, database, ledger, vault, keys
    ):
        sealed(ledger, vault, TU, code="ABCD2345")
        sealed(ledger, vault, "nameless", Identity(name="Bà Bảy"))
        before = {row.key for table in (blind_index, code) for row in rows_of(database, table)}

        rotate_peppers(database, ledger, keys, NEVER_MIND)

        assert found(vault, BA_TU) == TU
        assert found(vault, Identity(name="Nguyễn Thị Tư", birth_year=1956)) == TU
        assert found(vault, Identity(name="Bà Bảy")) == "nameless"
        assert holder_of(vault, "ABCD2345") == TU
        after = [row for table in (blind_index, code) for row in rows_of(database, table)]
        assert len(after) == len(before)
        assert not before & {row.key for row in after}
        assert {row.generation for row in after} == {1}

    def test_again_and_again(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU, code="ABCD2345")
        for _ in range(3):
            rotate_peppers(database, ledger, keys, NEVER_MIND)
        time.sleep(LOOK_AGAIN + 0.01)
        (stranger,) = vault.strangers([SAU], HERE, known_to=LAN)
        assert stranger == sought(vault, SAU)  # sealed now, they are not `Stale` for ever
        sealed(ledger, vault, "sau", SAU)
        again = open_vault(database, ledger)
        for one in (vault, again):
            assert (found(one, BA_TU), found(one, SAU)) == (TU, "sau")
            assert holder_of(one, "ABCD2345") == TU
        assert {row.generation for row in rows_of(database, blind_index)} == {3}

    def test_it_tells_of_every_entry_twice(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU, code="ABCD2345")
        told: list[int] = []
        assert rotating.entries(database) == 3  # by phone, by year of birth, by code
        rotate_peppers(database, ledger, keys, told.append)
        assert sum(told) == 6

    def test_while_rotating_both_are_written_and_looked_up(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU)
        with pytest.raises(ZeroDivisionError):
            rotate_peppers(database, ledger, keys, cut_short)
        sealed(ledger, vault, "sau", SAU, code="ABCD2345")
        assert {row.generation for row in rows_of(database, blind_index) if row.person == "sau"} == {0, 1}
        assert {row.generation for row in rows_of(database, code)} == {0, 1}
        assert (found(vault, BA_TU), found(vault, SAU)) == (TU, "sau")
        assert holder_of(vault, "ABCD2345") == "sau"
        assert vault.codes(["teaching-of-sau"]) == {"teaching-of-sau": "ABCD2345"}

        rotate_peppers(database, ledger, keys, NEVER_MIND)  # finishes it

        assert {row.generation for row in rows_of(database, blind_index)} == {1}
        assert {row.generation for row in rows_of(database, code)} == {1}
        assert (found(vault, BA_TU), found(vault, SAU)) == (TU, "sau")

    def test_somebody_erased_while_rotating_leaves_nothing_in_either(self, database, ledger, vault, keys):
        sealed(ledger, vault, TU, code="ABCD2345")
        with pytest.raises(ZeroDivisionError):
            rotate_peppers(database, ledger, keys, cut_short)
        asyncio.run(erase(ledger, vault, TU))
        rotate_peppers(database, ledger, keys, NEVER_MIND)
        assert rows_of(database, blind_index) == rows_of(database, code) == []

    def test_who_did_not_know_of_it_is_stale(self, database, ledger, vault, keys):
        late = sealing_of(vault, "sau", SAU)
        rotate_peppers(database, ledger, keys, NEVER_MIND)
        with pytest.raises(Stale):
            registered(ledger, PersonId("sau"), late.rows())
        assert sealed(ledger, vault, "sau", SAU) == found(vault, SAU)

    def test_if_they_were_not_they_could_not_be_found(self, database, ledger, vault, keys):
        """The control of the test above."""
        late = sealing_of(vault, "sau", SAU).rows()
        late.needs = ()
        rotate_peppers(database, ledger, keys, NEVER_MIND)
        registered(ledger, PersonId("sau"), late)
        assert found(vault, SAU) is None

    def test_a_submission_made_before_is_known_after(self, database, ledger, vault, keys):
        before = vault.content_digest(("lesson", "Bà Tư"))
        rotate_peppers(database, ledger, keys, NEVER_MIND)
        assert open_vault(database, ledger).content_digest(("lesson", "Bà Tư")) == before


@pytest.mark.parametrize("rotate", [rotate_bucket_keys, rotate_peppers])
def test_while_others_seal_find_and_erase(rotate, database, ledger, vault, keys, tmp_path, monkeypatch):
    """By two processes' means on PostgreSQL, by two vaults of one process on SQLite."""
    monkeypatch.setattr(rotating, "BUCKETS_TOGETHER", 256)
    monkeypatch.setattr(rotating, "ENTRIES_TOGETHER", 5)
    other = Database.open(database.url, tmp_path) if database.dialect == "postgresql" else database
    other_writer = Writer(other) if other is not database else ledger
    other_vault = open_vault(other, other_writer)
    over = threading.Event()
    living: dict[PersonId, Identity] = {}
    trouble: list[BaseException] = []

    async def live() -> None:
        number = 0
        while not over.is_set() or number < 40:
            person = PersonId(f"p{number}")
            known_as = Identity(name=f"Học viên {number}", phone=f"+84905{number:06}")
            await persistently(lambda p=person, i=known_as: seal(other_writer, other_vault, p, i))
            assert found(other_vault, known_as) == person
            living[person] = known_as
            if number % 5 == 4:
                await persistently(lambda p=person: erase(other_writer, other_vault, p))
                del living[person]
            number += 1

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:
            trouble.append(error)

    meanwhile = threading.Thread(target=run)
    meanwhile.start()
    try:
        for _ in range(2):
            rotate(database, ledger, keys, NEVER_MIND)
    finally:
        over.set()
        meanwhile.join(60)
    try:
        assert not trouble
        assert living
        for one in (vault, other_vault, open_vault(database, ledger)):
            assert one.identities([*living, PersonId("p4")]) == living
            assert [found(one, known_as) for known_as in living.values()] == list(living)
    finally:
        if other is not database:
            other_writer.close()
            other.close()


@pytest.mark.parametrize("what", ["keys", "peppers"])
def test_another_process_rotates_while_this_one_seals_and_erases(what, postgres, tmp_path):
    """As with several serving processes on PostgreSQL: they share the database and the key file."""
    url = postgres.prepared()
    with opened(url, tmp_path) as (_, ledger, vault):
        living: dict[PersonId, Identity] = {}
        other = started(rotating_process.main, tmp_path, url, what, 1_000_000)

        async def live() -> None:
            number = 0
            while other.is_alive() or number < 20:
                person = PersonId(f"p{number}")
                known_as = Identity(name=f"Học viên {number}", phone=f"+84905{number:06}")
                await persistently(lambda p=person, i=known_as: seal(ledger, vault, p, i))
                assert found(vault, known_as) == person
                living[person] = known_as
                if number % 5 == 4:
                    await persistently(lambda p=person: erase(ledger, vault, p))
                    del living[person]
                number += 1

        try:
            asyncio.run(live())
        finally:
            assert ended(other) == 0
        assert vault.identities([*living, PersonId("p4")]) == living
        assert [found(vault, known_as) for known_as in living.values()] == list(living)
    postgres.drop(url)


class TestKilledInTheMiddle:
    """kill -9 before and after each replacement of the key file and each commit."""

    @pytest.mark.parametrize("what", ["keys", "peppers"])
    def test_nobody_is_lost_and_it_can_be_begun_again(self, what, database_url, tmp_path):
        everybody = {
            PersonId(f"p{n}"): Identity(name=f"Người {n}", phone=f"+8490500{n:04}") for n in range(7)
        }
        with opened(database_url, tmp_path) as (_, ledger, vault):
            for person, known_as in everybody.items():
                sealed(ledger, vault, person, known_as, code=f"ABCD23{person[1:]}X")
        died = 0
        while died_at(died + 1, what, database_url, tmp_path):
            died += 1
            with opened(database_url, tmp_path) as (_, _, vault):
                assert vault.identities(list(everybody)) == everybody
                assert [found(vault, known_as) for known_as in everybody.values()] == list(everybody)
                assert holder_of(vault, "ABCD233X") == "p3"
        assert died >= 5
        with opened(database_url, tmp_path) as (database, ledger, vault):
            assert vault.identities(list(everybody)) == everybody
            assert set(Keys(path_in(tmp_path)).numbers()) == set(known(database).keys)
            assert len({row.generation for row in rows_of(database, blind_index)}) == 1
            assert not [file for file in path_in(tmp_path).parent.iterdir() if file.name.startswith(".")]

    def test_destroying_before_the_commit_would_lose_them(self, database_url, tmp_path):
        """The control: what the order of the steps is for."""
        with opened(database_url, tmp_path) as (_, ledger, vault):
            sealed(ledger, vault, TU)
            keys = Keys(path_in(tmp_path))
            numbers = list(keys.numbers())
            keys.renew(*numbers)
            keys.destroy(numbers)
        with pytest.raises(KeyFileOfAnotherLedger), opened(database_url, tmp_path):
            pass


def died_at(step: int, what: str, url: str | None, home: Path) -> bool:
    code = ended(started(rotating_process.main, home, url, what, step))
    assert code in (0, -signal.SIGKILL)
    return code != 0


class opened:
    """The ledger and its vault, as another process opens them."""

    def __init__(self, url, home):
        self.url = url
        self.home = home

    def __enter__(self):
        self.database = Database.open(self.url, self.home)
        self.ledger = Writer(self.database)
        try:
            return self.database, self.ledger, open_vault(self.database, self.ledger, create=True)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *error):
        self.ledger.close()
        self.database.close()


def cut_short(done: int) -> None:
    """In place of a crash in the middle of doubling, a moment ago."""
    time.sleep(LOOK_AGAIN + 0.01)
    raise ZeroDivisionError


def holder_of(vault, code_: str) -> PersonId | None:
    holder = vault.find_code(code_)
    return None if holder is None else holder.person


def sealing_of(vault, person, identity) -> RowSealing:
    sealing = vault.sealing()
    sealing.person(PersonId(person), identity, sought(vault, identity))
    return sealing


async def persistently(attempt) -> None:
    for _ in range(200):
        try:
            return await attempt()
        except Stale:
            await asyncio.sleep(0.005)
    raise AssertionError("overtaken two hundred times")


async def seal(ledger, vault, person: PersonId, identity: Identity) -> None:
    sealing = vault.sealing()
    sealing.person(person, identity, vault.find_people([identity], HERE, known_to=LAN)[0])
    decision = RegisterPerson(person=person, group=Group.PEOPLE, unit=HERE, by=By("import:test"))
    await ledger.decide(decision, beside=sealing.rows())


async def erase(ledger, vault, person: PersonId) -> None:
    rows = vault.erase_people([person])
    await ledger.decide(ErasePerson(person=person, by=By("import:test")), beside=rows)
    vault.erased([person])
