"""A recount of every board of people in plain Python: slow, and obvious."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.campaigns import CampaignAnnounced, CampaignWithdrawn
from domain.model import Answer, PersonId, UnitId
from domain.teaching import TeachingLogged
from domain.teams import TeamMemberJoined, TeamMemberLeft
from domain.territory import UnitKind
from domain.workplaces import WorkplaceJoined, WorkplaceLeft
from tests.infrastructure.read_models.recount import Recount, path
from tests.infrastructure.read_models.support import TERRITORY

BOARDS = {
    UnitKind.COUNTRY: "countries:people",
    UnitKind.PROVINCE: "provinces:people",
    UnitKind.COMMUNE: "communes:people",
    UnitKind.WARD: "communes:people",
    UnitKind.HAMLET: "hamlets:people",
}
KINDS = {one.unit: one.kind for one in TERRITORY}

Counts = tuple[int, int, int, int]
"""Score, able, claimed, confirmed."""

FREE = {
    f"{first}..{last}": (first, last)
    for first, last in (
        (date(2026, 2, 1), date(2026, 2, 1)),
        (date(2025, 12, 30), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 2, 20)),
        (date(2025, 12, 31), date(2026, 2, 28)),
        (date(2025, 12, 1), date(2026, 2, 20)),
    )
}
"""Days that are no period."""


@dataclass
class Span:
    """How long somebody belongs to a team or workplace, and the fact by which they came."""

    kind: str
    body: str
    person: PersonId
    begins: date
    ends: date
    position: int


class Boards:
    def __init__(self, recount: Recount) -> None:
        self.recount = recount
        self.now = recount.now
        self.sets: dict[tuple[str, str, str], tuple[set[str], ...]] = defaultdict(
            lambda: (set(), set(), set(), set())
        )
        self.campaigns: dict[str, CampaignAnnounced] = {}
        self.spans: list[Span] = []
        self._read()
        self._count()

    def _read(self) -> None:
        for position, fact in self.recount.facts:
            match fact:
                case CampaignAnnounced():
                    self.campaigns[fact.campaign] = fact
                case CampaignWithdrawn():
                    del self.campaigns[fact.campaign]
                case TeamMemberJoined():
                    self.spans.append(Span("teams", fact.team, fact.person, fact.on, date.max, position))
                case WorkplaceJoined():
                    self.spans.append(
                        Span("workplaces", fact.workplace, fact.person, fact.on, date.max, position)
                    )
                case TeamMemberLeft(team=body) | WorkplaceLeft(workplace=body):
                    for span in self.spans:
                        if (span.body, span.person) == (body, fact.person) and span.ends == date.max:
                            span.ends = fact.on

    def periods(self, unit: UnitId, on: date) -> Iterator[str]:
        yield from ("all", f"{on:%Y}", f"{on:%Y}-Q{(on.month + 2) // 3}", f"{on:%Y-%m}")
        yield from (name for name, (first, last) in FREE.items() if first <= on <= last)
        for one in self.campaigns.values():
            if one.begins <= on <= one.ends and one.unit in path(unit):
                yield f"c:{one.campaign}"

    def bodies(self, ambassador: PersonId, on: date) -> Iterator[tuple[str, str]]:
        for kind in ("teams", "workplaces"):
            held = [
                (span.position, span.body)
                for span in self.spans
                if span.kind == kind
                and self.now(span.person) == self.now(ambassador)
                and span.begins <= on <= span.ends
            ]
            if held:
                yield f"{kind}:people", max(held)[1]

    def rows(self, ambassador: PersonId, on: date) -> list[tuple[str, str]]:
        return [("people", self.now(ambassador)), *self.bodies(ambassador, on)]

    def _add(self, board: str, row: str, one: TeachingLogged, person: str, *columns: int) -> None:
        for period in self.periods(one.unit, one.on):
            for column in columns:
                self.sets[row, board, period][column].add(person)

    def _count(self) -> None:
        logged = {one.teaching: one for _, one in self.recount.facts if isinstance(one, TeachingLogged)}
        for (person, _), holder in self.recount.credit().items():
            one = logged[holder.teaching]
            for board, row in self.rows(one.ambassador, one.on):
                self._add(board, row, one, person, 0, *([1] if holder.able else []))
        for one, said in self.recount.claims():
            person, confirmed = self.now(one.learner), said is not None and said.answer.confirms
            for board, row in self.rows(one.ambassador, one.on):
                self._add(board, row, one, person, 2, *([3] if confirmed else []))
            for unit in path(one.unit):
                able = [1] if said is not None and said.answer == Answer.ABLE else []
                self._add(BOARDS[KINDS[unit]], unit, one, person, 2, *([0, 3] if confirmed else []), *able)

    def counts(self) -> dict[tuple[str, str, str], Counts]:
        """By row, board and period."""
        return {key: self._of(some) for key, some in self.sets.items() if key[2] not in FREE}

    def of_days(self, days: str) -> dict[tuple[str, str], Counts]:
        """By row and board, of some free days."""
        return {key[:2]: self._of(some) for key, some in self.sets.items() if key[2] == days}

    def _of(self, some: tuple[set[str], ...]) -> Counts:
        score, able, claimed, confirmed = (len(one) for one in some)
        return score, able, claimed, confirmed
