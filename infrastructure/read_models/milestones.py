"""How many people of a unit reached each milestone: distinct persons, by the group they are counted in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Protocol

import msgspec
from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, Table, select

from domain.milestones import OWN, Milestone, MilestoneDenied, MilestoneReached, strength
from domain.model import Evidence, Fact, Group, PersonId, UnitId
from infrastructure.database import derived
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import Id, chunks, share
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People

milestone: Final = Table(
    "milestone_v1",
    derived,
    Column("person", Id, primary_key=True, comment="the id under which it was said"),
    Column("state", LargeBinary, nullable=False, comment="JSON: by milestone what stands, a `Stands`"),
)

figure: Final = Table(
    "milestone_figure_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("milestone", Id, primary_key=True),
    Column("group", Id, primary_key=True),
    Column("minor", Boolean, primary_key=True, comment="who may be under 16"),
    Column("reached", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False, comment="of them, not by a list alone"),
    Column("own", Integer, nullable=False, comment="of these, by the person's own answer"),
    sqlite_with_rowid=False,
)


class Stands(msgspec.Struct, array_like=True, gc=False):
    """The surest that was said of a milestone under one id, and of what is as sure the last."""

    reached: bool
    evidence: str
    unit: UnitId
    on: str
    position: int

    @property
    def by(self) -> Evidence | None:
        return Evidence(self.evidence) if self.evidence else None

    @property
    def order(self) -> tuple[int, int]:
        return strength(self.by), self.position


class StateRow(msgspec.Struct, gc=False):
    person: PersonId
    state: bytes


class FigureRow(msgspec.Struct, gc=False):
    unit: UnitId
    milestone: str
    group: str
    minor: bool
    reached: int
    confirmed: int
    own: int


State = dict[Milestone, Stands]
_DECODER: Final = msgspec.json.Decoder(State)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons: who reached it, of them confirmed (by themselves or a witness), of these by
    their own answer. The share is between 0 and 1, None of nobody."""

    reached: int = 0
    confirmed: int = 0
    own: int = 0

    @property
    def confirmed_share(self) -> float | None:
        return share(self.confirmed, self.reached)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A milestone in a unit. `adults` are those who are not under 16, for all that the ledger knows."""

    everybody: Reached = Reached()
    adults: Reached = Reached()
    groups: dict[Group, Reached] = {}


def counted(db: Connection, units: Sequence[UnitId]) -> dict[tuple[UnitId, Milestone], Counted]:
    """Each milestone in each of these units; where nobody reached one it is missing."""
    f = figure.c
    sums: dict[tuple[UnitId, Milestone], _Sums] = {}
    for some in chunks(list(units)):
        query = select(figure).where(f.unit.in_(some)).order_by(f.unit, f.milestone, f.group, f.minor)
        for row in db.execute(query):
            one = FigureRow(*row)
            sums.setdefault((one.unit, Milestone(one.milestone)), _Sums()).add(one)
    return {key: one.counted() for key, one in sums.items()}


class _Sums:
    def __init__(self) -> None:
        self._everybody: Counter[str] = Counter()
        self._adults: Counter[str] = Counter()
        self._groups: dict[Group, Counter[str]] = {}

    def add(self, row: FigureRow) -> None:
        into = [self._everybody, self._groups.setdefault(Group(row.group), Counter())]
        if not row.minor:
            into.append(self._adults)
        for one in into:
            one.update(reached=row.reached, confirmed=row.confirmed, own=row.own)

    def counted(self) -> Counted:
        return Counted(
            everybody=Reached(**self._everybody),
            adults=Reached(**self._adults),
            groups={group: Reached(**some) for group, some in self._groups.items()},
        )


class OfPerson(msgspec.Struct, frozen=True):
    """`evidence` is None where a list said so."""

    milestone: Milestone
    on: date
    evidence: Evidence | None


def of_person(db: Connection, ids: Sequence[PersonId]) -> list[OfPerson]:
    """What somebody reached; `ids` are all of one person."""
    rows = db.execute(select(milestone.c.state).where(milestone.c.person.in_(ids)))
    joined = _joined(_DECODER.decode(row.state) for row in rows)
    return [
        OfPerson(one, date.fromisoformat(stands.on), stands.by)
        for one in Milestone
        if (stands := joined.get(one)) is not None and stands.reached
    ]


def _joined(states: Iterable[State]) -> State:
    """Of all ids of a person: of each milestone the surest, and of what is as sure the last."""
    joined: State = {}
    for state in states:
        for one, stands in state.items():
            if one not in joined or joined[one].order < stands.order:
                joined[one] = stands
    return joined


InGroup = tuple[UnitId, str, str, bool]
"""A unit, a milestone, a group of people, and whether they may be under 16."""


class CountsMilestones(Protocol):
    """A read model that counts milestones by their days: told when somebody counts in a unit (+1), or no
    longer (-1)."""

    def milestone_moved(self, unit: UnitId, milestone: str, stands: Stands, by: int) -> None: ...


class Milestones(Model):
    name = "milestones"
    tables = (milestone, figure)
    needs = (Units, People)
    facts = (MilestoneReached, MilestoneDenied)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._people = copy.model(People)
        self._people.merging.append(self)
        self._people.before_regrouped.append(self._before_regrouped)
        self._people.before_moved.append(self._before_regrouped)
        self._states = copy.rows(milestone, StateRow)
        self._figures = copy.rows(figure, FigureRow)
        self._before: dict[PersonId, dict[InGroup, Stands]] = {}
        """By whoever stands for a person: what was counted of them when the batch began."""
        self._deltas: dict[InGroup, Counter[str]] = {}
        self.dated: list[CountsMilestones] = []

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        people = [fact.person for _, fact in facts]  # type: ignore[attr-defined]
        self._states.load(dict.fromkeys(people))
        self._people.load(self._people.now(one) for one in people)

    def change(self, position: int, fact: Fact) -> None:
        if not isinstance(fact, (MilestoneReached, MilestoneDenied)):
            return
        self._touch(self._people.now(fact.person))
        state = self._state(fact.person)
        stands = Stands(
            isinstance(fact, MilestoneReached),
            fact.evidence.value if fact.evidence else "",
            fact.unit,
            fact.on.isoformat(),
            position,
        )
        if fact.milestone not in state or state[fact.milestone].order < stands.order:
            state[fact.milestone] = stands
            self._states.put(StateRow(fact.person, _ENCODER.encode(state)))

    def before_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        """What is counted of these people is taken back under the old ids, to be counted anew."""
        self._states.load(sorted(ids))
        for now in sorted({self._people.now(one) for one in ids}):
            before = self._before.pop(now) if now in self._before else self._shares(now)
            self._moved(before, {})

    def after_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        for now in sorted({self._people.now(one) for one in ids}):
            self._before[now] = {}

    def settle(self) -> None:
        for now, before in self._before.items():
            self._moved(before, self._shares(now))
        self._before.clear()
        self._figures.load(self._deltas)
        for key, delta in self._deltas.items():
            row = self._figures.get(key) or FigureRow(*key, 0, 0, 0)
            row.reached += delta["reached"]
            row.confirmed += delta["confirmed"]
            row.own += delta["own"]
            if row.reached:
                self._figures.put(row)
            else:
                self._figures.drop(key)  # where nothing is left there is no row, as in a rebuilt copy
        self._deltas.clear()

    def _before_regrouped(self, person: PersonId) -> None:
        self._touch(self._people.now(person))

    def _touch(self, now: PersonId) -> None:
        if now not in self._before:
            self._before[now] = self._shares(now)

    def _state(self, person: PersonId) -> State:
        row = self._states.get(person)
        return {} if row is None else _DECODER.decode(row.state)

    def _shares(self, now: PersonId) -> dict[InGroup, Stands]:
        """Where somebody counts: in each unit that theirs lies in, once for each milestone."""
        joined = _joined(self._state(one) for one in sorted(self._people.ids(now)))
        if not any(stands.reached for stands in joined.values()):
            return {}
        group, minor = self._people.counted_in(now)
        return {
            (unit, one.value, group, minor): stands
            for one, stands in joined.items()
            if stands.reached
            for unit in self._people.above(stands.unit, now)
        }

    def _moved(self, before: dict[InGroup, Stands], after: dict[InGroup, Stands]) -> None:
        for some, by in ((before, -1), (after, 1)):
            for key, stands in some.items():
                delta = self._deltas.setdefault(key, Counter())
                delta["reached"] += by
                delta["confirmed"] += by if stands.by is not None else 0
                delta["own"] += by if stands.by in OWN else 0
                for model in self.dated:
                    model.milestone_moved(key[0], key[1], stands, by)
