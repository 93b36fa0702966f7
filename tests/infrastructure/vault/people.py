"""Somebody to seal, and a decision to seal them with."""

import asyncio

from application.ports import Identity, Sought
from domain.model import By, Group, PersonId, UnitId
from domain.registering import RegisterPerson
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer
from infrastructure.vault.sealing import RowSealing
from infrastructure.vault.vault import SealedVault

HERE = UnitId("tuy-phuoc")
LAN = PersonId("lan")
BA_TU = Identity(name="Nguyễn Thị Tư", phone="+84905123456", birth_year=1956)


def sought(vault: SealedVault, identity: Identity, unit: UnitId = HERE, known_to: PersonId = LAN) -> Sought:
    return vault.find_people([identity], unit, known_to=known_to)[0]


def found(vault: SealedVault, identity: Identity, unit: UnitId = HERE, known_to: PersonId = LAN):
    return sought(vault, identity, unit, known_to).person


def registered(ledger: Writer, person: PersonId, beside: Rows) -> None:
    """A person's fact with what stands beside it."""
    decision = RegisterPerson(person=person, group=Group.PEOPLE, unit=HERE, by=By("import:test"))
    asyncio.run(ledger.decide(decision, beside=beside))


def sealed(
    ledger: Writer, vault: SealedVault, person: str, identity: Identity = BA_TU, *, code: str | None = None
) -> PersonId:
    one = PersonId(person)
    sealing: RowSealing = vault.sealing()
    sealing.person(one, identity, sought(vault, identity))
    if code:
        sealing.code(code, kind="teaching", subject=f"teaching-of-{person}", person=one)
    registered(ledger, one, sealing.rows())
    return one
