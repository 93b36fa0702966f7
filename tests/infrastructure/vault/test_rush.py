"""Many sealed and some erased at once, by two processes of one ledger: nobody else is lost."""

import asyncio

import pytest

from application.ports import Identity
from domain.erasing import ErasePerson
from domain.model import By, Group, PersonId, Stale
from domain.registering import RegisterPerson
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault import sealing
from infrastructure.vault.vault import SealedVault, open_vault
from tests.infrastructure.vault.people import HERE

PEOPLE = 120
EVERY = 4
"""Every so many-th is erased again as soon as they are known."""


@pytest.fixture(autouse=True)
def _few_buckets(monkeypatch):
    """So that erasures and newcomers meet in one bucket all the time."""
    monkeypatch.setattr(sealing, "bucket_of", lambda person: len(person) % 2)


async def persistently(attempt) -> None:
    for _ in range(200):
        try:
            await attempt()
            return
        except Stale:
            await asyncio.sleep(0.002)
    raise AssertionError("overtaken two hundred times")


async def seal(ledger: Writer, vault: SealedVault, person: PersonId, number: int) -> None:
    known = Identity(name=f"Học viên {number}", phone=f"+84905{number:06}")

    async def attempt() -> None:
        rows = vault.sealing()
        rows.person(person, known, vault.find_people([known], HERE, known_to=PersonId("lan"))[0])
        decision = RegisterPerson(person=person, group=Group.PEOPLE, unit=HERE, by=By("import:test"))
        await ledger.decide(decision, beside=rows.rows())

    await persistently(attempt)


async def erase(ledger: Writer, vault: SealedVault, person: PersonId) -> None:
    async def attempt() -> None:
        rows = vault.erase_people([person])
        await ledger.decide(ErasePerson(person=person, by=By("import:test")), beside=rows)

    await persistently(attempt)
    vault.erased([person])


def test_nobody_is_lost_and_nobody_comes_back(database, ledger, vault, tmp_path):
    other = Database.open(database.url, tmp_path) if database.dialect == "postgresql" else database
    other_writer = Writer(other) if other is not database else ledger
    sides = [(ledger, vault), (other_writer, open_vault(other, other_writer))]

    async def live(number: int) -> None:
        person = PersonId("x" * (1 + number % 2) + f"-{number:03}")
        await seal(*sides[number % 2], person, number)
        if number % EVERY == 0:
            await erase(*sides[number // EVERY % 2], person)

    async def rush() -> None:
        await asyncio.gather(*map(live, range(PEOPLE)))

    try:
        asyncio.run(rush())
        fresh = open_vault(database, ledger)
        everybody = [PersonId("x" * (1 + n % 2) + f"-{n:03}") for n in range(PEOPLE)]
        expected = {person: f"Học viên {n}" for n, person in enumerate(everybody) if n % EVERY}
        for one in (vault, sides[1][1], fresh):
            assert one.names(everybody) == expected
    finally:
        if other is not database:
            other_writer.close()
            other.close()
