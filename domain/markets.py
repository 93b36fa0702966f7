"""A market (chợ) and its stalls."""

from dataclasses import dataclass
from typing import Final

from domain.model import Boundary, By, Decision, Fact, MarketId, Refused, Selector, Tags, UnitId
from domain.names import clean, fold
from domain.placed import Bearers, PlacedAnew


class MarketFact(Fact, frozen=True, kw_only=True):
    market: MarketId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"market:{self.market}",)


class MarketOpened(MarketFact, frozen=True, kw_only=True):
    """A market is known, with the number of stalls its board declares. Its name is public;
    `name_key` is the name folded, so that one unit never has two markets of one name."""

    NAME = "market-opened"

    name: str
    name_key: str
    stalls: int

    def tags(self) -> Tags:
        return (*super().tags(), market_name(self.unit, self.name_key))


def market_name(unit: UnitId, name_key: str) -> str:
    """The tag that two markets of one name in one unit would share."""
    return f"market-name:{unit}:{name_key}"


class StallsDeclared(MarketFact, frozen=True, kw_only=True):
    NAME = "stalls-declared"

    stalls: int


FACTS: Final = (MarketOpened, StallsDeclared)


class MarketExists(Refused):
    """A market of this name is known in the unit (accents and spaces aside)."""


class NoSuchMarket(Refused):
    """No market of this id was opened."""


class ImpossibleStalls(Refused):
    """A market has between 0 and `limit` stalls."""


MOST_STALLS: Final = 20_000


@dataclass(kw_only=True)
class OpenMarket(Decision):
    """A market is known from now on, with the stalls that its board declares. Raises `BadName`, too."""

    market: MarketId
    unit: UnitId
    name: str
    stalls: int
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.bearers = Bearers(self.unit)

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([MarketOpened, PlacedAnew], [market_name(self.unit, fold(self.name))]),
            Selector([MarketOpened], [f"market:{self.market}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case MarketOpened():
                self.bearers.given(fact.market)
            case _:
                self.bearers.weigh(fact)

    def execute(self) -> None:
        check_stalls(self.stalls)
        if self.bearers:
            raise MarketExists(field="name")
        self.record(
            MarketOpened(
                at=self.at,
                by=self.by,
                market=self.market,
                unit=self.unit,
                name=self.name,
                name_key=fold(self.name),
                stalls=self.stalls,
            )
        )


def check_stalls(stalls: int) -> None:
    if not 0 <= stalls <= MOST_STALLS:
        raise ImpossibleStalls(field="stalls", limit=MOST_STALLS)


@dataclass(kw_only=True)
class DeclareStalls(Decision):
    """The market's board declares another number of stalls."""

    market: MarketId
    stalls: int
    by: By

    def __post_init__(self) -> None:
        self.opened: MarketOpened | None = None
        self.declared = 0

    def consistency_boundary(self) -> Boundary:
        return [Selector([MarketOpened, StallsDeclared], [f"market:{self.market}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case MarketOpened():
                self.opened = fact
                self.declared = fact.stalls
            case StallsDeclared():
                self.declared = fact.stalls

    def execute(self) -> None:
        check_stalls(self.stalls)
        if self.opened is None:
            raise NoSuchMarket
        if self.stalls != self.declared:
            self.record(
                StallsDeclared(
                    at=self.at, by=self.by, market=self.market, unit=self.opened.unit, stalls=self.stalls
                )
            )
