"""An erased person cannot be read again: not here, and not from a copy made before."""

import asyncio
import errno
import shutil
import time
from contextlib import contextmanager
from itertools import count, islice
from typing import cast
from zlib import crc32

import msgspec
import pytest
from sqlalchemy import insert, select, text

from application.ports import Ground, Identity, Submission, Unavailable, Units
from application.privacy import agreed, choose
from domain.erasing import ErasePerson
from domain.model import By, Group, PersonId, Selector, Stale
from domain.people import PersonErased, Purpose
from domain.registering import RegisterPerson
from domain.requests import Kind, MakeRequest, RequestId, RequestMade
from infrastructure.brought import list_rows
from infrastructure.database import Database
from infrastructure.ledger.tables import receipt
from infrastructure.ledger.writer import Writer
from infrastructure.outbox.outbox import Outbox
from infrastructure.vault import erasing, taken_back
from infrastructure.vault.erased import FILE
from infrastructure.vault.keys import BUCKETS, LOOK_AGAIN, KeyFileOfAnotherLedger, Keys, path_in
from infrastructure.vault.sealing import person_key
from infrastructure.vault.tables import blind_index, code, note, sealed_person
from infrastructure.vault.vault import open_vault
from tests.infrastructure.outbox.support import Clock, reminder
from tests.infrastructure.vault.people import BA_TU, HERE, found, registered, sealed, sought

TU = PersonId("tu")
NEIGHBOUR = PersonId(
    next(f"n{i}" for i in count() if crc32(f"n{i}".encode()) % BUCKETS == crc32(b"tu") % BUCKETS)
)
BY_CODE, CONTACT, NO_CONTACT = By("code:teaching-1"), {Purpose.CONTACT: True}, {Purpose.CONTACT: False}
NOWHERE = cast(Units, None)  # no unit is looked at
SAU = Identity(name="Ông Sáu", phone="+84905000006")


def erase(ledger, vault, *people) -> None:
    rows = vault.erase_people(people)
    asyncio.run(ledger.decide(ErasePerson(person=people[0], by=By("import:test")), beside=rows))


def copy_of(database, person):
    """What a backup holds of a person."""
    with database.reading() as connection:
        return connection.execute(select(sealed_person).where(sealed_person.c.person == person)).one()


def test_nothing_of_an_erased_person_is_left(database, ledger, vault):
    sealed(ledger, vault, TU, code="ABCD2345")
    sealing = vault.sealing([TU])
    sealing.note("Bà Tư nói chưa gặp ai", subject="teaching-1", person=TU)
    registered(ledger, PersonId("somebody"), sealing.rows())

    erase(ledger, vault, TU)

    assert vault.names([TU]) == {}
    assert found(vault, BA_TU) is None
    assert vault.find_code("ABCD2345") is None
    assert vault.codes(["teaching-of-tu"]) == {}
    assert vault.notes("teaching-1") == []
    with database.reading() as connection:
        for table in (sealed_person, blind_index, code, note):
            assert connection.execute(select(table)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_their_submissions_the_receipts_stay_and_of_others_the_digests_too(database, ledger, vault):
    for person in ("before", TU, "after"):
        decision = RegisterPerson(person=PersonId(person), group=Group.PEOPLE, unit=HERE, by=BY_CODE)
        sent = Submission(author="lan", id=f"of-{person}", content=b"digest")
        ledger.decide_soon(decision, submission=sent).result()

    erase(ledger, vault, TU)

    with database.reading() as connection:
        kept = connection.execute(select(receipt.c.submission, receipt.c.content)).all()
    assert sorted(kept) == [("of-after", b"digest"), ("of-before", b"digest"), ("of-tu", b"")]


def test_what_waits_to_be_sent_to_them_goes_with_its_attempts(database, ledger, vault):
    outbox = Outbox(database, ledger, clock=Clock())
    waiting, other = (
        msgspec.structs.replace(reminder(number), person=person)
        for number, person in enumerate((TU, NEIGHBOUR))
    )
    outbox.put([waiting, other])
    begun = [taken for _ in (waiting, other) if (taken := outbox.take("console"))]
    sealed(ledger, vault, TU)

    erase(ledger, vault, TU)

    assert [one.reminder for one in outbox.queue()] == [other]
    assert [len(some) for some in outbox.attempts([waiting.key, other.key]).values()] == [0, 1]
    assert sorted(outbox.sent(one) for one in begun) == [False, True]  # theirs was on its way


def test_a_copy_made_before_is_unreadable_afterwards(database, ledger, vault, tmp_path):
    sealed(ledger, vault, TU)
    backup = copy_of(database, TU)
    assert person_key(Keys(path_in(tmp_path)), backup)  # until then it could be read

    erase(ledger, vault, TU)
    vault.erased([TU])

    with pytest.raises(KeyFileOfAnotherLedger):
        person_key(Keys(path_in(tmp_path)), backup)


def test_the_others_of_the_bucket_stay_readable(database, ledger, vault):
    sealed(ledger, vault, TU, code="ABCD2345")
    sealed(ledger, vault, NEIGHBOUR, SAU, code="WXYZ6789")
    erase(ledger, vault, TU)
    vault.erased([TU])
    assert vault.identities([NEIGHBOUR]) == {NEIGHBOUR: SAU}
    assert vault.codes([f"teaching-of-{NEIGHBOUR}"]) == {f"teaching-of-{NEIGHBOUR}": "WXYZ6789"}
    assert open_vault(database, ledger).names([NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


def test_who_was_sealed_under_the_old_key_but_comes_late_is_sealed_again(ledger, vault):
    sealed(ledger, vault, TU)
    late = vault.sealing()
    late.person(NEIGHBOUR, SAU, sought(vault, SAU))

    erase(ledger, vault, TU)

    with pytest.raises(Stale):
        registered(ledger, NEIGHBOUR, late.rows())
    assert sealed(ledger, vault, NEIGHBOUR, SAU) == NEIGHBOUR
    vault.erased([TU])
    assert vault.names([NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


def test_without_the_foreign_key_they_would_be_lost(postgres, tmp_path):
    """The control of the test above."""
    database = Database.open(postgres.prepared(), tmp_path)
    ledger = Writer(database)
    try:
        vault = open_vault(database, ledger, create=True)
        drop = text("ALTER TABLE sealed_person DROP CONSTRAINT sealed_person_bucket_key_fkey")
        ledger.write(lambda connection: connection.execute(drop)).result()
        sealed(ledger, vault, TU)
        late = vault.sealing()
        late.person(NEIGHBOUR, SAU, sought(vault, SAU))
        erase(ledger, vault, TU)
        registered(ledger, NEIGHBOUR, late.rows())
        vault.erased([TU])
        with pytest.raises(KeyFileOfAnotherLedger):
            vault.names([NEIGHBOUR])
    finally:
        ledger.close()
        database.close()


def test_who_joins_the_bucket_meanwhile_makes_the_erasure_look_again(ledger, vault):
    sealed(ledger, vault, TU)
    rows = vault.erase_people([TU])
    sealed(ledger, vault, NEIGHBOUR, SAU)

    with pytest.raises(Stale):
        asyncio.run(ledger.decide(ErasePerson(person=TU, by=By("import:test")), beside=rows))
    assert vault.names([TU, NEIGHBOUR]) == {TU: "Nguyễn Thị Tư", NEIGHBOUR: "Ông Sáu"}

    erase(ledger, vault, TU)
    vault.erased([TU])
    assert vault.names([TU, NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


def test_two_of_one_bucket_erased_at_once(ledger, vault):
    sealed(ledger, vault, TU)
    sealed(ledger, vault, NEIGHBOUR, SAU)
    first, second = vault.erase_people([TU]), vault.erase_people([NEIGHBOUR])
    asyncio.run(ledger.decide(ErasePerson(person=TU, by=By("import:test")), beside=first))
    with pytest.raises(Stale):
        asyncio.run(ledger.decide(ErasePerson(person=NEIGHBOUR, by=By("import:test")), beside=second))
    erase(ledger, vault, NEIGHBOUR)
    vault.erased([TU])
    assert vault.names([TU, NEIGHBOUR]) == {}


def test_an_erasure_that_two_others_overtook_does_not_go_back_to_a_destroyed_key(database, ledger, vault):
    """The key it would wrap the others by was put in and destroyed again meanwhile."""
    sealed(ledger, vault, TU)
    others = [PersonId(name) for name in in_the_bucket_of(TU, 3)]
    for number, one in enumerate(others):
        sealed(ledger, vault, one, Identity(name=f"Người {number}", phone=f"+8490500010{number}"))
    late = vault.erase_people([TU])
    other_process = open_vault(database, ledger)
    for one in others[:2]:
        erase(ledger, other_process, one)
        other_process.erased([one])

    with pytest.raises(Stale):
        asyncio.run(ledger.decide(ErasePerson(person=TU, by=By("import:test")), beside=late))

    erase(ledger, vault, TU)
    assert open_vault(database, ledger).names(others) == {others[2]: "Người 2"}


def in_the_bucket_of(person, many):
    bucket = crc32(person.encode()) % BUCKETS
    same = (name for name in map("n{}".format, count()) if crc32(name.encode()) % BUCKETS == bucket)
    return list(islice(same, many))


def test_who_is_erased_while_another_process_renews_the_key_is_stale(database, ledger, vault, monkeypatch):
    sealed(ledger, vault, TU)
    sealed(ledger, vault, NEIGHBOUR, SAU)
    other_process = open_vault(database, ledger)
    move = erasing._moved

    def meanwhile(*of_the_bucket):
        monkeypatch.setattr(erasing, "_moved", move)
        erase(ledger, other_process, TU)
        other_process.erased([TU])
        vault.names([NEIGHBOUR])  # which makes it read the file again
        return move(*of_the_bucket)

    monkeypatch.setattr(erasing, "_moved", meanwhile)
    with pytest.raises(Stale):
        vault.erase_people([TU])

    erase(ledger, vault, NEIGHBOUR)
    assert vault.names([TU, NEIGHBOUR]) == {}


def test_a_key_that_is_gone_though_the_database_names_it_is_no_matter_of_time(ledger, vault):
    sealed(ledger, vault, TU)
    sealed(ledger, vault, NEIGHBOUR, SAU)
    vault._keys.renew(crc32(TU.encode()) % BUCKETS)
    vault._keys.destroy([crc32(TU.encode()) % BUCKETS])
    with pytest.raises(KeyFileOfAnotherLedger):
        vault.erase_people([TU])


def test_all_ids_of_one_person_go_together(ledger, vault):
    sealed(ledger, vault, TU)
    sealed(ledger, vault, NEIGHBOUR, SAU)
    sealed(ledger, vault, "elsewhere", Identity(name="Hoa", phone="+84905000007"))
    erase(ledger, vault, TU, NEIGHBOUR)
    vault.erased([TU, NEIGHBOUR])
    assert vault.names([TU, NEIGHBOUR, PersonId("elsewhere")]) == {"elsewhere": "Hoa"}


def test_a_crash_before_the_key_was_destroyed_is_made_good_at_the_next_start(
    database, ledger, vault, tmp_path
):
    sealed(ledger, vault, TU)
    backup = copy_of(database, TU)
    erase(ledger, vault, TU)
    assert person_key(Keys(path_in(tmp_path)), backup)  # the process died here

    open_vault(database, ledger)

    with pytest.raises(KeyFileOfAnotherLedger):
        person_key(Keys(path_in(tmp_path)), backup)


def test_another_process_finishes_an_erasure_that_was_cut_short(database, ledger, vault):
    sealed(ledger, vault, TU)
    other_process = open_vault(database, ledger)
    erase(ledger, vault, TU)  # this process died here
    time.sleep(LOOK_AGAIN)
    assert sealed(ledger, other_process, NEIGHBOUR, SAU) == NEIGHBOUR
    assert other_process.names([NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


def test_an_erasure_that_never_was_committed_loses_nobody(database, ledger, vault):
    sealed(ledger, vault, TU)
    vault.erase_people([TU])  # the process died here
    again = open_vault(database, ledger)
    assert again.names([TU]) == {TU: "Nguyễn Thị Tư"}
    sealed(ledger, again, NEIGHBOUR, SAU)
    assert again.names([NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


def test_where_the_new_key_finds_no_room_nothing_happens(ledger, vault, monkeypatch):
    sealed(ledger, vault, TU)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("infrastructure.vault.key_file.os.fsync", full)
        with pytest.raises(Unavailable):
            vault.erase_people([TU])
    assert vault.names([TU]) == {TU: "Nguyễn Thị Tư"}
    erase(ledger, vault, TU)
    assert vault.names([TU]) == {}


def waiting(db):
    return list(db.execute(select(list_rows.c.list)).scalars())


class TestRestoring:
    """A copy of the database and the key file, put back after somebody was erased."""

    @pytest.fixture
    def restored(self, tmp_path):
        """Bà Tư was erased, then both files were put back as they were before."""
        home = tmp_path / "home"
        home.mkdir()
        with opened(home) as (_, ledger, vault):
            sealed(ledger, vault, TU, code="ABCD2345")
            sealed(ledger, vault, NEIGHBOUR, SAU)
            row = {"list": "l", "person": "minh", "draft": "d", "pieces": 0}
            ledger.write(lambda db: db.execute(insert(list_rows), row)).result()
        shutil.copytree(home, tmp_path / "copy")
        with opened(home) as (_, ledger, vault):
            erase(ledger, vault, TU)
            vault.erased([TU])
        put_back(tmp_path / "copy", home)
        shutil.copy(path_in(tmp_path / "copy"), path_in(home))
        return home

    def test_who_is_on_the_list_is_erased_again(self, restored):
        with opened(restored) as (_, ledger, vault):
            assert vault.names([TU, NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}
            assert vault.find_code("ABCD2345") is None
            assert [one.fact.person for one in ledger.history([Selector([PersonErased])])] == [TU]
            assert ledger.write(waiting).result() == []  # a list that waited may name her

    def test_without_the_list_they_would_be_back(self, restored):
        (restored / FILE).unlink()
        with opened(restored) as (_, ledger, vault):
            assert TU in vault.names([TU])
            assert ledger.write(waiting).result() == ["l"]

    def test_a_copy_needs_the_key_file_of_its_time(self, restored, tmp_path):
        with opened(restored):
            pass  # erases her again, and with her the key that the copy needs
        put_back(tmp_path / "copy", restored)
        with pytest.raises(KeyFileOfAnotherLedger), opened(restored):
            pass

    def test_whom_a_crash_kept_off_the_list_is_noted_at_the_next_start(self, tmp_path):
        with opened(tmp_path) as (_, ledger, vault):
            sealed(ledger, vault, TU)
            erase(ledger, vault, TU)
        assert not (tmp_path / FILE).exists()
        with opened(tmp_path):
            pass
        assert (tmp_path / FILE).read_text() == "tu\n"
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600

    def test_who_came_after_the_copy_was_made_is_nobody_to_erase(self, restored):
        with (restored / FILE).open("a") as erased:
            erased.write("who-came-later\n")
        with opened(restored) as (_, _, vault):
            assert vault.names([NEIGHBOUR]) == {NEIGHBOUR: "Ông Sáu"}


class TestConsentsTakenBack:
    """As erasures: a copy of the ledger from before does not bring them again."""

    @pytest.fixture(params=[False, True], ids=["with proof", "by a code alone"])
    def alone(self, request):
        return request.param

    @pytest.fixture
    def restored(self, tmp_path, alone):
        """Bà Tư agreed, the ledger was copied, she took it back, and the copy was put in place."""
        home = tmp_path / "home"
        home.mkdir()
        with opened(home) as (_, ledger, vault):
            sealed(ledger, vault, TU)
            asyncio.run(choose(Ground(ledger, vault, NOWHERE), TU, BY_CODE, CONTACT))
        shutil.copytree(home, tmp_path / "copy")
        with opened(home) as (_, ledger, vault):
            ground = Ground(ledger, vault, NOWHERE)
            asyncio.run(choose(ground, TU, BY_CODE, NO_CONTACT, proven=not alone))
        put_back(tmp_path / "copy", home)
        return home

    def test_they_are_taken_back_again(self, restored, alone):
        for _ in range(2):
            with opened(restored) as (_, ledger, _vault):
                stands = agreed(ledger, TU)
                assert (stands.given, set(stands.withdrawn)) == ({}, {Purpose.CONTACT})
                assert bool(stands.alone) == alone
                made = ledger.history([Selector([RequestMade])])
                assert [one.fact.kind for one in made] == [Kind.WITHDRAW] * alone

    def test_what_a_crash_left_asked_and_not_taken_back_is_asked_once(self, restored):
        kept = (restored / taken_back.FILE).rename(restored / "kept.list")
        asked = MakeRequest(request=RequestId("r"), person=TU, kind=Kind.WITHDRAW, unit=HERE, by=BY_CODE)
        with opened(restored) as (_, ledger, _vault):
            ledger.decide_soon(asked).result()
        kept.rename(restored / taken_back.FILE)
        with opened(restored) as (_, ledger, _vault):
            assert agreed(ledger, TU).given == {}
            assert len(ledger.history([Selector([RequestMade])])) == 1

    def test_without_the_list_they_would_stand(self, restored):
        (restored / taken_back.FILE).unlink()
        with opened(restored) as (_, ledger, _vault):
            assert agreed(ledger, TU).given

    def test_what_a_crash_kept_off_the_list_is_noted_at_the_next_start(self, restored, alone):
        with opened(restored):
            pass
        (restored / taken_back.FILE).unlink()
        with opened(restored):
            pass
        (line,) = (restored / taken_back.FILE).read_text().splitlines()
        assert line.startswith("tu contact ")
        assert line.endswith(" alone") == alone
        assert (restored / taken_back.FILE).stat().st_mode & 0o777 == 0o600

    def test_who_came_after_the_copy_was_made_agreed_to_nothing(self, restored):
        with (restored / taken_back.FILE).open("a") as kept:
            kept.write("who-came-later contact 2026-03-15T02:00:00+00:00 alone\n")
        with opened(restored):
            pass


def put_back(copy, home) -> None:
    """The database alone, with its log."""
    for file in home.glob("ledger.db*"):
        file.unlink()
    for file in copy.glob("ledger.db*"):
        shutil.copy(file, home)


@contextmanager
def opened(home):
    """A SQLite ledger with its vault, as a process of its own would open it."""
    database = Database.open(None, home)
    database.prepare()
    ledger = Writer(database)
    try:
        yield database, ledger, open_vault(database, ledger, create=True)
    finally:
        ledger.close()
        database.close()
