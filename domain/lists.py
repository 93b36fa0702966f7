"""Lists that offices bring in: who brought which, so that what stands in one is known for that."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from domain.model import Boundary, By, Decision, Fact, Refused, Selector, Tags, UnitId

ListId = NewType("ListId", str)


class ListKind(StrEnum):
    TEAMS = "teams"
    MEMBERS = "members"  # of teams
    HOUSEHOLDS = "households"
    MARKETS = "markets"
    VENDORS = "vendors"
    CLASSES = "classes"  # held, with their learners
    VISITS = "visits"  # to households, from door to door
    MILESTONES = "milestones"  # that people reached


class ListImported(Fact, frozen=True, kw_only=True):
    """Somebody (`by`) had the good rows of a list recorded: what was, stands behind `imported_by`.
    `rows` are those of the list, good and bad."""

    NAME = "list-imported"

    list: ListId
    kind: ListKind
    unit: UnitId
    rows: int

    def tags(self) -> Tags:
        return (f"list:{self.list}",)


FACTS: Final = (ListImported,)

_IMPORT: Final = "import:"
OUTSIDE: Final = frozenset(
    By(f"{_IMPORT}{name}") for name in ("operator", "territory", "restore", "retention", "benchmark")
)
"""What is recorded at the console or by the program itself comes from no list."""


def imported_by(list_: ListId) -> By:
    """Who recorded the facts of a list: the list, whose `ListImported` says who brought it."""
    return By(f"{_IMPORT}{list_}")


def list_of(by: By) -> ListId | None:
    """The list that a fact came from; None for everything else."""
    if not by.startswith(_IMPORT) or by in OUTSIDE:
        return None
    return ListId(by.removeprefix(_IMPORT))


class ListExists(Refused):
    """Another list was brought in under this id."""


@dataclass(kw_only=True)
class ImportList(Decision):
    """A list is brought in. Said twice is once."""

    list: ListId
    kind: ListKind
    unit: UnitId
    rows: int
    by: By

    def __post_init__(self) -> None:
        self.known: ListImported | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([ListImported], [f"list:{self.list}"])]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, ListImported):
            self.known = fact

    def execute(self) -> None:
        if self.known is None:
            self.record(
                ListImported(
                    at=self.at, by=self.by, list=self.list, kind=self.kind, unit=self.unit, rows=self.rows
                )
            )
        elif (self.known.kind, self.known.unit) != (self.kind, self.unit):
            raise ListExists
