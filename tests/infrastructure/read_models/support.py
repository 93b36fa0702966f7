"""A ledger of any history, and the read models that follow it."""

from dataclasses import dataclass, field
from datetime import date

from domain.access import AccountOpened, RoleGranted
from domain.model import By, Decision, Fact, PersonId, Role, UnitId
from domain.territory import UnitEstablished, UnitKind
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer
from tests.cast import BY, COUNTRY, GIA_LAI, NOW, TUY_PHUOC

BINH_DINH = UnitId("binh-dinh")
AN_NHON = UnitId("an-nhon")
HAMLET = UnitId("thon-trung")


@dataclass(kw_only=True)
class Happening(Decision):
    """Records what happened, just as told."""

    facts: tuple[Fact, ...] = field(default=())

    def execute(self) -> None:
        for fact in self.facts:
            self.record(fact)


def established(
    unit: UnitId,
    kind: UnitKind,
    parent: UnitId | None,
    code: str | None = None,
    since: date = date(2025, 7, 1),
) -> UnitEstablished:
    return UnitEstablished(
        at=NOW,
        by=By("import:units"),
        unit=unit,
        valid_from=since,
        name=unit,
        kind=kind,
        parent=parent,
        code=code,
    )


TERRITORY = (
    established(COUNTRY, UnitKind.COUNTRY, None),
    established(GIA_LAI, UnitKind.PROVINCE, COUNTRY, "52"),
    established(TUY_PHUOC, UnitKind.COMMUNE, GIA_LAI, "21952"),
    established(AN_NHON, UnitKind.WARD, GIA_LAI, "21907"),
    established(HAMLET, UnitKind.HAMLET, TUY_PHUOC),
)


def ambassadors(*people: PersonId, unit: UnitId = TUY_PHUOC) -> list[Fact]:
    """Accounts that may enter lessons."""
    return [
        fact
        for person in people
        for fact in (
            AccountOpened(at=NOW, by=BY, person=person),
            RoleGranted(at=NOW, by=BY, person=person, role=Role.AMBASSADOR, unit=unit),
        )
    ]


class Movement:
    """A ledger, written as told, and its read models, brought up to date as told."""

    def __init__(self, database: Database, ledger: Writer) -> None:
        self.database = database
        self.ledger = ledger
        self.projector = Projector(database)

    def live(self, *happened: Fact | Decision) -> None:
        """All of this happens, one after the other, and the read models follow."""
        for one in happened:
            decision = Happening(facts=(one,)) if isinstance(one, Fact) else one
            self.ledger.decide_soon(decision).result()
        self.projector.catch_up()

    def ask(self, question, *args, **kwargs):
        with self.database.read_models() as db:
            return question(db, *args, **kwargs)
