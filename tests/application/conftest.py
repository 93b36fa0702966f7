"""The cast, invited: Lan and Hòa teach, Minh organizes Tuy Phước commune, Hạnh sits on the committee,
Quân and Đức administer."""

import asyncio

import pytest

from application.access import invite
from application.actors import OPERATOR, Actor
from domain.model import Role, UnitId
from infrastructure.approvals import KeptApprovals
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault.vault import SealedVault
from tests.application.place import COUNTRY, GIA_LAI, TUY_PHUOC, Scene, holder, invitation


@pytest.fixture
def scene(database: Database, ledger: Writer, vault: SealedVault) -> Scene:
    return Scene(database, ledger, vault)


def _invited(scene: Scene, name: str, role: Role, unit: UnitId, phone: str) -> Actor:
    form = invitation(scene, name, role, unit, phone)
    done = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    return holder(done.person, role, unit)


@pytest.fixture
def lan(scene: Scene) -> Actor:
    return _invited(scene, "Trần Thị Lan", Role.AMBASSADOR, TUY_PHUOC, "0905 000 001")


@pytest.fixture
def hoa(scene: Scene) -> Actor:
    return _invited(scene, "Lê Hòa", Role.AMBASSADOR, TUY_PHUOC, "0905 000 002")


@pytest.fixture
def minh(scene: Scene) -> Actor:
    return _invited(scene, "Phạm Minh", Role.ORGANIZER, TUY_PHUOC, "0905 000 003")


@pytest.fixture
def hanh(scene: Scene) -> Actor:
    return _invited(scene, "Võ Hạnh", Role.COMMITTEE, GIA_LAI, "0905 000 004")


@pytest.fixture
def quan(scene: Scene) -> Actor:
    return _invited(scene, "Đỗ Văn Quân", Role.ADMINISTRATOR, GIA_LAI, "0905 000 011")


@pytest.fixture
def duc(scene: Scene) -> Actor:
    return _invited(scene, "Hồ Thị Đức", Role.ADMINISTRATOR, COUNTRY, "0905 000 012")


@pytest.fixture
def approvals(scene: Scene) -> KeptApprovals:
    return KeptApprovals(scene.database, scene.ledger)
