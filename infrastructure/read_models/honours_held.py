"""Honours as facts make them stand: begun, carried along by merges and divided units, and ended."""

from collections.abc import Sequence
from typing import Final, Protocol

from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.households import DigitalFamilyRecognised, DigitalFamilyRecognitionWithdrawn
from domain.model import Fact, HouseholdId, PersonId, UnitId
from domain.people import PersonMoved
from domain.placed import Body, PlacedAnew
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from infrastructure.read_models import boundaries
from infrastructure.read_models.columns import micros
from infrastructure.read_models.honours import HonourRow, RecognisedRow, Status, honour, recognised
from infrastructure.read_models.households import Households
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed
from infrastructure.read_models.units import Place


class HonourCounts(Protocol):
    """A read model that counts honours: told of the units in which one counts from now on (+1), or counts
    no longer (-1)."""

    def honour_moved(self, status: str, where: Sequence[UnitId], by: int) -> None: ...


class DatedHonourCounts(Protocol):
    """The same with `since` when the honour counts, in microseconds since 1970; `ended` is the unit it was
    given in, where it is no more."""

    def honour_dated(
        self, status: str, where: Sequence[UnitId], since: int, by: int, *, ended: UnitId | None
    ) -> None: ...


class HonoursHeld(Model):
    name = "honours"
    version = 4
    tables = (honour, recognised)
    needs = (People, Households, Placed)
    facts = (
        AmbassadorRecognised,
        AmbassadorRecognitionWithdrawn,
        DigitalFamilyRecognised,
        DigitalFamilyRecognitionWithdrawn,
        DigitalMarketRecognised,
        DigitalMarketRecognitionWithdrawn,
        PersonMoved,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._people.merging.append(self)
        self._placed = copy.model(Placed)
        self._units = copy.model(boundaries.Units)
        self._households = copy.model(Households)
        self._honours = copy.rows(honour, HonourRow)
        self._recognised = copy.rows(recognised, RecognisedRow)
        self.counting: list[HonourCounts] = []
        self.dated: list[DatedHonourCounts] = []

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case PersonMoved():
                self._moved(Status.AMBASSADOR, self._people.now(fact.person))
                return
            case PlacedAnew():
                if (placed := _BODIES.get(fact.body)) is not None:
                    self._moved(placed, fact.subject)
                return
        row = _recognised(fact)
        if row is not None:
            known = self._recognised.get((row.status, row.subject))
            row.since, row.recorded = known.since if known else row.since, position
            self._recognised.put(row)
            self._follow(position, row.status, row.subject)
            return
        status, subject = _withdrawn(fact)
        self._recognised.drop((status, subject))
        self._follow(position, status, subject)

    def before_merge(self, _position: int, _ids: frozenset[PersonId]) -> None:
        """Nothing: what honours stand follows from the merges as they are afterwards."""

    def after_merge(self, position: int, ids: frozenset[PersonId]) -> None:
        keys = [(Status.AMBASSADOR.value, one) for one in sorted(ids)]
        self._recognised.load(keys)
        if any(self._recognised.get(key) for key in keys):
            for _, one in keys:
                self._follow(position, Status.AMBASSADOR.value, one)

    def _follow(self, position: int, status: str, subject: str) -> None:
        """Ends and begins spans, so that one stands for each subject of today that is recognised
        under any of its ids: since the earliest of them, on the
        witnesses of the latest."""
        ids = self._people.ids(PersonId(subject)) if status == Status.AMBASSADOR else {subject}
        today = self._people.now(PersonId(subject)) if status == Status.AMBASSADOR else subject
        rows = [row for one in sorted(ids) if (row := self._recognised.get((status, one))) is not None]
        held = max(rows, key=lambda row: row.recorded, default=None)
        since = min((row.since for row in rows), default=0)
        c = self._honours.table.c
        for one in sorted({subject, today}):
            wanted = held if one == today else None
            open_here = (c.status == status) & (c.subject == one) & c.to_position.is_(None)
            for standing_row in self._honours.find(open_here):
                if wanted is not None and _same(standing_row, wanted, since):
                    wanted = None
                    break
                standing_row.to_position = position
                self._honours.put(standing_row)
                self._count(standing_row, -1)
            else:
                if wanted is not None:
                    self._begin(position, one, wanted, since)

    def _moved(self, status: Status, subject: str) -> None:
        """Where its unit was divided, an honour counts and is listed in the part where its holder is."""
        if not self._units.any_divided:
            return
        c = self._honours.table.c
        for row in self._honours.find(
            (c.status == status) & (c.subject == subject) & c.to_position.is_(None)
        ):
            before = self._beside(row)
            self._settle_in(row)
            self._honours.put(row)
            now = self._beside(row)
            self._tell(row, [unit for unit in before if unit not in now], -1)
            self._tell(row, [unit for unit in now if unit not in before], 1)

    def _beside(self, row: HonourRow) -> list[UnitId]:
        """The units in which an honour counts beside those that its own lies in."""
        if row.lies is None:
            return []
        above = self._units.above(row.unit)
        return [unit for unit in self._units.above_one(row.unit, row.lies) if unit not in above]

    def _settle_in(self, row: HonourRow) -> None:
        """Where it lies: as its fact says, or of a divided unit where its holder is today."""
        row.lies = self._lies(row) if self._units.divided(row.unit) else None
        # That, or the first that it lies in which stands since: under older boundaries it stays where it was.
        row.lies = next(iter(self._beside(row)), None)
        place = self._units.place(row.unit)
        if row.lies is not None:
            there = self._units.place(row.lies)
            place = Place(there.level, there.province, there.commune, there.hamlet or place.hamlet)
        row.province, row.commune, row.hamlet = place.province, place.commune, place.hamlet

    def _lies(self, row: HonourRow) -> UnitId | None:
        if row.status == Status.AMBASSADOR:
            return self._people.lives(PersonId(row.subject))
        return self._placed.of(row.subject)

    def _begin(self, position: int, subject: str, row: RecognisedRow, since: int) -> None:
        family = row.status == Status.FAMILY
        begun = HonourRow(
            status=row.status,
            subject=subject,
            from_position=position,
            to_position=None,
            since=since,
            unit=row.unit,
            province=None,
            commune=None,
            hamlet=None,
            ambassador=row.ambassador,
            on=self._households.registered_on(HouseholdId(subject)) if family else None,
            witnesses=row.witnesses,
            rests_on=row.rests_on,
            counted=row.counted,
            out_of=row.out_of,
            criteria=row.criteria,
            lies=None,
        )
        self._settle_in(begun)
        self._honours.put(begun)
        self._count(begun, 1)

    def _count(self, row: HonourRow, by: int) -> None:
        where = self._units.above_one(row.unit, row.lies)
        self._tell(row, where, by, ended=row.unit if by < 0 else None)

    def _tell(self, row: HonourRow, where: Sequence[UnitId], by: int, *, ended: UnitId | None = None) -> None:
        if not where:
            return
        for model in self.counting:
            model.honour_moved(row.status, where, by)
        for dated in self.dated:
            dated.honour_dated(row.status, where, row.since, by, ended=ended)


_BODIES: Final = {Body.HOUSEHOLD: Status.FAMILY, Body.MARKET: Status.MARKET}
"""What is placed anew and may hold a status."""


def _same(begun: HonourRow, row: RecognisedRow, since: int) -> bool:
    return (begun.since, begun.rests_on, begun.criteria) == (since, row.rests_on, row.criteria)


def _recognised(fact: Fact) -> RecognisedRow | None:
    """The recognition a fact tells of; None where it withdraws one."""
    match fact:
        case AmbassadorRecognised():
            row = _row(Status.AMBASSADOR, fact.person, fact)
            row.witnesses, row.rests_on = len(fact.witnesses), packed(fact.witnesses)
        case DigitalFamilyRecognised():
            row = _row(Status.FAMILY, fact.household, fact)
            row.ambassador = fact.ambassador
            shown = {*fact.skills_shown, fact.taught} - {None}
            row.witnesses = len(shown) + len(fact.declared)
            row.rests_on = packed(
                {"proficient": fact.proficient, "shown": fact.skills_shown, "taught": fact.taught}
            )
        case DigitalMarketRecognised():
            row = _row(Status.MARKET, fact.market, fact)
            row.counted, row.out_of = fact.counted, fact.out_of
        case _:
            return None
    return row


Recognised = AmbassadorRecognised | DigitalFamilyRecognised | DigitalMarketRecognised


def _row(status: Status, subject: str, fact: Recognised) -> RecognisedRow:
    at = micros(fact.at)
    return RecognisedRow(status.value, subject, at, 0, fact.unit, None, 0, "[]", 0, 0, fact.criteria)


def _withdrawn(fact: Fact) -> tuple[str, str]:
    match fact:
        case AmbassadorRecognitionWithdrawn():
            return Status.AMBASSADOR.value, fact.person
        case DigitalFamilyRecognitionWithdrawn():
            return Status.FAMILY.value, fact.household
        case DigitalMarketRecognitionWithdrawn():
            return Status.MARKET.value, fact.market
    raise TypeError(fact.NAME)
