"""What is sealed cannot be read, moved or told from outside; codes and notes can be shown again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from application.ports import Identity
from domain.model import By, Group, PersonId, Refused, Stale
from domain.registering import RegisterPerson
from infrastructure.ledger.writer import utc_now
from infrastructure.vault.envelope import Unsealable, new_key, seal, unseal
from infrastructure.vault.tables import blind_index, code, sealed_person
from infrastructure.vault.vault import CODE_LIFE, open_vault
from tests.infrastructure.vault.people import HERE, registered, sealed, sought

CODE = "ABCD2345"


def test_a_name_is_read_again(ledger, vault):
    person = sealed(ledger, vault, "tu")
    assert vault.names([person, PersonId("nobody")]) == {person: "Nguyễn Thị Tư"}
    assert vault.names([]) == {}


def test_a_whole_provinces_names_can_be_asked_for_at_once(ledger, vault):
    person = sealed(ledger, vault, "tu")
    many = [PersonId(f"nobody-{n}") for n in range(70_000)]
    assert vault.names([*many, person]) == {person: "Nguyễn Thị Tư"}


def test_a_seal_holds_for_one_person_one_field_and_one_version():
    key = new_key()
    sealed_name = seal(key, b"Tu", person="tu", field="identity", version=1)
    assert unseal(key, sealed_name, person="tu", field="identity", version=1) == b"Tu"
    with pytest.raises(Unsealable):
        unseal(key, sealed_name, person="sau", field="identity", version=1)
    with pytest.raises(Unsealable):
        unseal(key, sealed_name, person="tu", field="note", version=1)
    with pytest.raises(Unsealable):
        unseal(key, sealed_name, person="tu", field="identity", version=2)
    with pytest.raises(Unsealable):
        unseal(new_key(), sealed_name, person="tu", field="identity", version=1)


def test_a_damaged_seal_is_noticed():
    key = new_key()
    sealed_name = bytearray(seal(key, b"Tu", person="tu", field="identity", version=1))
    for at in range(len(sealed_name)):
        damaged = bytes(sealed_name[:at]) + bytes([sealed_name[at] ^ 1]) + bytes(sealed_name[at + 1 :])
        with pytest.raises(Unsealable):
            unseal(key, damaged, person="tu", field="identity", version=1)
    with pytest.raises(Unsealable):
        unseal(key, b"", person="tu", field="identity", version=1)


def test_nothing_personal_stands_in_the_database(database, ledger, vault):
    sealed(ledger, vault, "tu", code=CODE)
    everything = _everything(database)
    for secret in ("Nguyễn Thị Tư", "nguyen thi tu", "0905123456", "84905123456", CODE):
        assert secret.encode() not in everything
    assert b"person-registered" in everything  # the search finds what does stand there


def test_nothing_is_sealed_beside_a_refusal(database, ledger, vault):
    person = sealed(ledger, vault, "tu")
    other = Identity(name="Ông Sáu", phone="+84905000006")
    sealing = vault.sealing()
    sealing.person(PersonId("sau"), other, sought(vault, other))
    again = RegisterPerson(person=person, group=Group.PEOPLE, unit=HERE, by=By("import:test"))
    with pytest.raises(Refused):
        asyncio.run(ledger.decide(again, beside=sealing.rows()))
    with database.reading() as connection:
        assert connection.execute(select(sealed_person.c.person)).scalars().all() == [person]
        assert len(connection.execute(select(blind_index)).all()) == 2


class TestCodes:
    def test_a_code_is_easy_to_read_out(self, vault):
        codes = {vault.new_code() for _ in range(500)}
        assert len(codes) == 500
        assert all(len(one) == 8 for one in codes)
        assert set("".join(codes)) == set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    def test_a_code_is_found_and_shown_again(self, ledger, vault):
        person = sealed(ledger, vault, "tu", code=CODE)
        holder = vault.find_code(CODE)
        assert (holder.kind, holder.subject, holder.person) == ("teaching", "teaching-of-tu", person)
        assert not holder.expired
        assert vault.codes(["teaching-of-tu", "another"]) == {"teaching-of-tu": CODE}

    def test_an_invented_code_is_not_found(self, vault):
        assert vault.find_code("ZZZZ9999") is None

    def test_a_code_expires(self, database, ledger, vault):
        sealed(ledger, vault, "tu", code=CODE)
        later = open_vault(database, ledger, clock=lambda: utc_now() + CODE_LIFE + timedelta(minutes=1))
        holder = later.find_code(CODE)
        assert holder is not None
        assert holder.expired

    def test_a_code_is_given_once(self, ledger, vault):
        sealed(ledger, vault, "tu", code=CODE)
        with pytest.raises(Stale):
            sealed(ledger, vault, "sau", Identity(name="Ông Sáu", phone="+84905000006"), code=CODE)
        assert vault.find_code(CODE).person == "tu"

    def test_the_database_cannot_tell_codes_apart(self, database, ledger, vault):
        sealed(ledger, vault, "tu", code=CODE)
        with database.reading() as connection:
            row = connection.execute(select(code)).one()
        assert len(row.key) == 16
        assert CODE.encode() not in bytes(row.sealed)


def test_a_note_is_kept_under_the_key_of_whom_it_concerns(ledger, vault):
    person = sealed(ledger, vault, "tu")
    sealing = vault.sealing([person])
    sealing.note("Bà Tư nói chưa gặp ai", subject="teaching-1", person=person)
    registered(ledger, PersonId("somebody"), sealing.rows())
    assert vault.notes("teaching-1") == ["Bà Tư nói chưa gặp ai"]
    assert vault.notes("teaching-2") == []


def test_the_same_content_has_the_same_digest_and_other_content_another(vault):
    one = vault.content_digest(("lesson", {"a": 1}))
    assert vault.content_digest(("lesson", {"a": 1})) == one
    assert vault.content_digest(("lesson", {"a": 2})) != one


def _everything(database) -> bytes:
    """All bytes of SQLite's files, or all rows of PostgreSQL's tables."""
    if database.dialect == "sqlite":
        return b"".join(file.read_bytes() for file in database.home.glob("ledger.db*"))
    tables = ("fact", "fact_tag", "receipt", "sealed_person", "blind_index", "code", "note")
    with database.reading() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in rows
        for row in table
        for value in row
    )
