"""Whoever can write to the database cannot make one person's data pass for another's."""

import pytest
from sqlalchemy import select, update

from application.ports import Identity, Unsealable
from domain.model import PersonId
from infrastructure.vault import envelope, opening_all
from infrastructure.vault.keys import Keys, path_in
from infrastructure.vault.opening_all import unreadable
from infrastructure.vault.tables import code, note, sealed_person
from tests.infrastructure.vault.people import BA_TU, registered, sealed

TU, SAU, BAY = PersonId("tu"), PersonId("sau"), PersonId("bay")
ONG_SAU = Identity(name="Ông Sáu", phone="+84905000006")
ALL_OF_A_PERSON = ("bucket_key", "version", "wrapped", "identity")


@pytest.fixture(autouse=True)
def people(ledger, vault):
    sealed(ledger, vault, TU, code="ABCD2345")
    sealed(ledger, vault, SAU, ONG_SAU, code="WXYZ6789")
    sealing = vault.sealing([TU, SAU])
    for person in (TU, SAU):
        sealing.note(f"Về {person}", subject=f"teaching-of-{person}", person=person)
    registered(ledger, BAY, sealing.rows())


def row_of(database, table, person):
    with database.reading() as connection:
        return connection.execute(select(table).where(table.c.person == person)).one()


def forge(ledger, table, person, **values) -> None:
    change = update(table).where(table.c.person == person).values(**values)
    ledger.write(lambda connection: connection.execute(change)).result()


def taken_from(row, *columns):
    return {column: getattr(row, column) for column in columns}


FORGERIES = {
    "somebody else's identity": lambda tu, sau: {"identity": tu.identity},
    "somebody else's wrapped key": lambda tu, sau: taken_from(tu, "wrapped", "bucket_key"),
    "all of somebody else": lambda tu, sau: taken_from(tu, *ALL_OF_A_PERSON),
    "another field of the same person": lambda tu, sau: {"identity": sau.wrapped},
    "another version": lambda tu, sau: {"version": sau.version + 1},
    "a bucket of another number": lambda tu, sau: {"bucket_key": tu.bucket_key},
    "an identity cut off": lambda tu, sau: {"identity": sau.identity[:-1]},
    "an identity cut to its nonce": lambda tu, sau: {"identity": sau.identity[:13]},
    "an empty identity": lambda tu, sau: {"identity": b""},
    "a wrapped key cut off": lambda tu, sau: {"wrapped": sau.wrapped[:20]},
    "a byte of the identity": lambda tu, sau: {"identity": flipped(sau.identity, 20)},
    "a byte of the nonce": lambda tu, sau: {"identity": flipped(sau.identity, 3)},
    "the form's byte": lambda tu, sau: {"identity": flipped(sau.identity, 0)},
    "a byte of the wrapped key": lambda tu, sau: {"wrapped": flipped(sau.wrapped, 30)},
}


def flipped(value: bytes, at: int) -> bytes:
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


@pytest.mark.parametrize("what", FORGERIES)
def test_a_person_with_it_is_refused_and_the_others_are_read(what, database, ledger, vault, tmp_path):
    tu, sau = row_of(database, sealed_person, TU), row_of(database, sealed_person, SAU)
    forge(ledger, sealed_person, SAU, **FORGERIES[what](tu, sau))
    with pytest.raises(Unsealable):
        vault.identities([SAU])
    assert vault.names([TU, SAU]) == {TU: BA_TU.name}
    assert "person sau" in unreadable(database, Keys(path_in(tmp_path)), lambda done: None)


def test_unless_it_was_not_bound_to_its_person(database, ledger, vault, monkeypatch):
    """The control: without associated data Bà Tư's rows do for Ông Sáu."""
    monkeypatch.setattr(envelope, "_bound_to", lambda *_: b"")
    for person, identity in (("a", Identity(name="An", phone="+84905000011")), ("b", Identity(name="Bình"))):
        sealed(ledger, vault, person, identity)
    an = row_of(database, sealed_person, "a")
    forge(ledger, sealed_person, "b", **taken_from(an, *ALL_OF_A_PERSON))
    assert vault.names([PersonId("b")]) == {"b": "An"}


@pytest.mark.parametrize("column", ["sealed", "subject", "person"])
def test_codes_that_were_swapped_stand_for_nobody(column, database, ledger, vault, tmp_path):
    """Else an answer would be given for somebody else, or about another teaching."""
    tu = row_of(database, code, TU)
    if column == "subject":  # one subject has one code
        forge(ledger, code, TU, subject="put-aside")
    forge(ledger, code, SAU, **taken_from(tu, column)) if column != "person" else moved(ledger)
    with pytest.raises(Unsealable):
        vault.find_code("WXYZ6789")
    assert "WXYZ6789" not in vault.codes(["teaching-of-tu", "teaching-of-sau"]).values()
    assert unreadable(database, Keys(path_in(tmp_path)), lambda done: None)


def moved(ledger) -> None:
    change = update(code).where(code.c.subject == "teaching-of-sau").values(person=TU)
    ledger.write(lambda connection: connection.execute(change)).result()


def test_notes_that_were_swapped_are_refused(database, ledger, vault, tmp_path):
    forge(ledger, note, SAU, sealed=row_of(database, note, TU).sealed)
    with pytest.raises(Unsealable):
        vault.notes("teaching-of-sau")
    assert vault.notes("teaching-of-tu") == ["Về tu"]
    assert len(unreadable(database, Keys(path_in(tmp_path)), lambda done: None)) == 1


def test_what_nobody_touched_opens(database, vault, tmp_path):
    told: list[int] = []
    assert unreadable(database, Keys(path_in(tmp_path)), told.append) == []
    assert told == [2, 2, 2]  # people, codes, notes
    assert opening_all.sealed(database) == 6
    assert vault.find_code("WXYZ6789").person == SAU
