"""Who belonged to teams in which months: each person once in a unit, under whichever ids and in however
many teams of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from sqlalchemy import Column, Table, Text

from domain.closing import month_of
from domain.model import PersonId, TeamId, UnitId
from domain.teams import TeamMemberFact, TeamMemberJoined
from infrastructure.database import derived
from infrastructure.read_models.columns import Id
from infrastructure.read_models.model import Copy, packed
from infrastructure.read_models.people import People

month_member: Final = Table(
    "month_member_v1",
    derived,
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    Column("times", Text, nullable=False, comment="JSON: [team, unit, first month, month of leaving]"),
)

NEVER: Final = "9999-99"


class MemberRow(msgspec.Struct, gc=False):
    person: PersonId
    times: str


class Time(msgspec.Struct, array_like=True, gc=False):
    """`until` is the month in which they left, NEVER while they belong to it; `lies` where the team was
    placed since its unit was divided."""

    team: TeamId
    unit: UnitId
    since: str
    until: str
    lies: UnitId | None = None


_TIMES: Final = msgspec.json.Decoder(list[Time])

InMonth = tuple[UnitId, str]

Above = Callable[[UnitId, UnitId | None], tuple[UnitId, ...]]
"""From a unit, and where that which was there lies today, to those in which it counts."""


class Members:
    """Counts who joined and who left by unit and month, so that the sum up to a month is who belongs to a
    team of the unit at its end."""

    def __init__(self, copy: Copy, people: People, above: Above) -> None:
        self._people = people
        self._above = above
        self._rows = copy.rows(month_member, MemberRow)
        self._before: dict[PersonId, Counter[InMonth]] = {}
        """By whoever stands for a person: how they were counted when the batch began."""
        self._deltas: Counter[InMonth] = Counter()

    def load(self, people: Iterable[PersonId]) -> None:
        self._rows.load(dict.fromkeys(people))

    def change(self, fact: TeamMemberFact, lies: UnitId | None) -> None:
        """Somebody joins a team or leaves it; `lies` is where the team was placed."""
        self._note(fact.person)
        times, month = self._times(fact.person), month_of(fact.on)
        if isinstance(fact, TeamMemberJoined):
            times.append(Time(fact.team, fact.unit, month, NEVER, lies))
        else:
            for one in times:
                if one.team == fact.team and one.until == NEVER:
                    one.until = month
        self._rows.put(MemberRow(fact.person, packed(times)))

    def place(self, person: PersonId, team: TeamId, lies: UnitId) -> None:
        """A team that somebody belongs to, or did, lies in another unit now."""
        self._note(person)
        times = self._times(person)
        for one in times:
            if one.team == team:
                one.lies = lies
        self._rows.put(MemberRow(person, packed(times)))

    def _note(self, person: PersonId) -> None:
        now = self._people.now(person)
        if now not in self._before:
            self._before[now] = self._steps(now)

    def before_merge(self, ids: frozenset[PersonId]) -> None:
        """How these people are counted is taken back under the old ids, to be counted anew."""
        self._rows.load(sorted(ids))
        for now in sorted({self._people.now(one) for one in ids}):
            self._deltas.subtract(self._before.pop(now) if now in self._before else self._steps(now))

    def after_merge(self, ids: frozenset[PersonId]) -> None:
        for now in sorted({self._people.now(one) for one in ids}):
            self._before[now] = Counter()

    def settled(self) -> dict[InMonth, int]:
        """What changed since the last batch, in every unit above."""
        for now, before in self._before.items():
            self._deltas.update(self._steps(now))
            self._deltas.subtract(before)
        found = {key: by for key, by in self._deltas.items() if by}
        self._before.clear()
        self._deltas.clear()
        return found

    def _times(self, person: PersonId) -> list[Time]:
        row = self._rows.get(person)
        return [] if row is None else _TIMES.decode(row.times)

    def _steps(self, now: PersonId) -> Counter[InMonth]:
        """+1 in the month in which somebody comes to a unit's teams, -1 in the one in which they leave."""
        lasted: dict[UnitId, list[tuple[str, str]]] = {}
        for one in sorted(self._people.ids(now)):
            for time in self._times(one):
                if time.since < time.until:
                    for unit in self._above(time.unit, time.lies):
                        lasted.setdefault(unit, []).append((time.since, time.until))
        steps: Counter[InMonth] = Counter()
        for unit, spans in lasted.items():
            for since, until in _joined(spans):
                steps[unit, since] += 1
                if until != NEVER:
                    steps[unit, until] -= 1
        return steps


def _joined(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same months as spans that do not touch."""
    found: list[tuple[str, str]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return found
