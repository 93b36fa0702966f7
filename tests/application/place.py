"""A place to try use cases in: a real ledger and vault, five units, and the people of the cast."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import msgspec
from sqlalchemy import func, select

from application.actors import Actor, Grant
from application.forms.access import InviteForm
from application.forms.people import LearnerForm
from application.forms.teaching import AnswerForm, LessonForm
from application.ports import Ground, Unit, Units
from domain.model import Answer, Fact, PersonId, Role, Selector, UnitId
from domain.territory import UnitKind
from infrastructure.accounts.accounts import Accounts
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault.tables import blind_index, code, note, sealed_person
from infrastructure.vault.vault import SealedVault
from tests.cast import TODAY, YESTERDAY

F = TypeVar("F", bound=Fact)

TUY_PHUOC = UnitId("tuy-phuoc")
QUY_NHON = UnitId("quy-nhon")
VINH_THANH = UnitId("vinh-thanh")
GIA_LAI = UnitId("gia-lai")
DA_NANG = UnitId("da-nang")
COUNTRY = UnitId("viet-nam")


def _unit(name_: UnitId, code: str | None, name: str, kind: UnitKind, *above: UnitId) -> Unit:
    return Unit(
        id=name_, code=code, name=name, kind=kind, parent=above[0] if above else None, path=(name_, *above)
    )


class Place(Units):
    """A few units, as they would stand in the read model."""

    def __init__(self) -> None:
        units = (
            _unit(COUNTRY, None, "Việt Nam", UnitKind.COUNTRY),
            _unit(GIA_LAI, "52", "Gia Lai", UnitKind.PROVINCE, COUNTRY),
            _unit(DA_NANG, "48", "Đà Nẵng", UnitKind.CITY, COUNTRY),
            _unit(TUY_PHUOC, "21970", "Tuy Phước", UnitKind.COMMUNE, GIA_LAI, COUNTRY),
            _unit(QUY_NHON, "21550", "Quy Nhơn", UnitKind.WARD, GIA_LAI, COUNTRY),
            _unit(VINH_THANH, None, "Vĩnh Thạnh", UnitKind.HAMLET, TUY_PHUOC, GIA_LAI, COUNTRY),
        )
        self._units = {unit.id: unit for unit in units}
        self._divided: dict[UnitId, tuple[UnitId, ...]] = {}
        self._went: dict[UnitId, tuple[UnitId, ...]] = {}
        self._codes = {unit.code: unit for unit in units if unit.code} | {"VN": units[0]}

    def find(self, ref: str) -> Unit | None:
        return self._units.get(UnitId(ref)) or self._codes.get(ref)

    def children(self, unit: UnitId) -> Sequence[Unit]:
        return [one for one in self._units.values() if one.parent == unit]

    def on(self, ref: str, day: date) -> Unit | None:
        return self.find(ref)

    def line(self, unit: UnitId, day: date) -> tuple[UnitId, ...]:
        return self._units[unit].path

    def merge(self, unit: UnitId, into: UnitId) -> None:
        """One is no more since today, and another stands for it."""
        old, new = self._units[unit], self._units[into]
        self._units[unit] = msgspec.structs.replace(old, path=(unit, *new.path), ended=TODAY)
        self._went[into] = (*self._went.get(into, ()), unit)

    def split(self, unit: UnitId, *into: UnitId) -> None:
        """One is no more since today: part of it lies in each of these, the largest part first."""
        self.merge(unit, into[0])
        self._divided[unit] = into

    def in_doubt(self, unit: UnitId) -> bool:
        found = self._units[unit]
        return unit in self._divided or found.parent in self._divided

    def parts(self, unit: UnitId) -> Sequence[UnitId]:
        return self._divided.get(unit) or self._divided.get(self._units[unit].parent or unit, ())

    def divided(self, unit: UnitId) -> UnitId | None:
        parent = self._units[unit].parent
        return unit if unit in self._divided else parent if parent in self._divided else None

    def formerly(self, unit: UnitId) -> Sequence[UnitId]:
        return self._went.get(unit, ())

    @property
    def since(self) -> date:
        return date(2025, 7, 1)

    def is_within(self, unit: UnitId, over: UnitId) -> bool:
        found = self._units.get(unit)
        return found is not None and over in found.path


class Scene:
    """What a test acts on."""

    def __init__(self, database: Database, ledger: Writer, vault: SealedVault) -> None:
        self.database = database
        self.ledger = ledger
        self.vault = vault
        self.accounts = Accounts(database, ledger)
        self.ground = Ground(ledger, vault, Place())
        self._submissions = 0

    def facts(self, kind: type[F]) -> list[F]:
        """All facts of a kind, in order."""
        history = self.ledger.history([Selector([kind])])
        return [one.fact for one in history if isinstance(one.fact, kind)]

    def sealed(self) -> dict[str, int]:
        """How many rows each table of the vault holds."""
        with self.database.reading() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (sealed_person, blind_index, code, note)
            }

    def state(self) -> tuple[int, dict[str, int]]:
        """What must stay as it is where nothing is recorded."""
        return self.ledger.head(), self.sealed()

    def submission(self) -> str:
        self._submissions += 1
        return f"submission-{self._submissions}"


def holder(person: PersonId, role: Role, unit: UnitId) -> Actor:
    return Actor(person=person, grants=(Grant(role, unit),))


def named(name: str = "Nguyễn Thị Tư", **known: object) -> LearnerForm:
    return msgspec.convert({"name": name, **known}, LearnerForm)


def lesson(scene: Scene, *learners: LearnerForm, **told: object) -> LessonForm:
    """A lesson of yesterday in Tuy Phước; `told` names what matters to the test."""
    given = {
        "submission": scene.submission(),
        "on": YESTERDAY,
        "unit": TUY_PHUOC,
        "skills": ("vneid",),
        "learners": learners,
        **told,
    }
    return LessonForm(**given)  # type: ignore[arg-type]


def invitation(
    scene: Scene, name: str, role: Role, unit: UnitId, phone: str | None = None, **told: object
) -> InviteForm:
    given = {"submission": scene.submission(), "role": role, "unit": unit, "name": name, "phone": phone}
    return InviteForm(**given, **told)  # type: ignore[arg-type]


def says(shown: str | None, answer: str = "able", **told: str) -> AnswerForm:
    assert shown is not None
    return AnswerForm(code=shown, answer=Answer(answer), **told)
