"""A campaign (đợt thi đua, such as the one of 10 October): days of which a unit's work is compared apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendar import day_of
from domain.model import Boundary, By, CampaignId, Decision, Fact, Refused, Selector, Tags, UnitId
from domain.names import clean, fold


class CampaignFact(Fact, frozen=True, kw_only=True):
    """`unit` is where it is held: what happens in it or below it counts."""

    campaign: CampaignId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"campaign:{self.campaign}", f"campaigns-of:{self.unit}")


class CampaignAnnounced(CampaignFact, frozen=True, kw_only=True):
    """From the day it `begins` to the day it `ends`, both included. Its name is public."""

    NAME = "campaign-announced"

    name: str
    begins: date
    ends: date


class CampaignWithdrawn(CampaignFact, frozen=True, kw_only=True):
    """It is compared no more; what was taught in it stands."""

    NAME = "campaign-withdrawn"


FACTS: Final = (CampaignAnnounced, CampaignWithdrawn)

LONGEST: Final = 366
"""Days. What goes on for longer is compared by year."""

EARLIEST: Final = date(2025, 1, 1)
"""The movement began with plan 01-KH/BCĐTW of 21/3/2025; a day before that year is a slip."""

LATEST: Final = timedelta(days=2 * 366)
"""How long before it begins a campaign is announced, at most."""

MOST_AT_ONCE: Final = 20
"""Campaigns of one unit that stand: each is counted apart for everybody in the unit."""


class BadCampaign(Refused):
    """`field` holds days that no campaign has; `why` says which: `order`, `long`, `early` or `late`."""


class CampaignExists(Refused):
    """A campaign of that name stands in the unit, on some of the same days."""


class TooManyCampaigns(Refused):
    """`limit` campaigns of the unit stand."""


class NoSuchCampaign(Refused):
    """No campaign of this id stands."""


@dataclass(kw_only=True)
class AnnounceCampaign(Decision):
    """A unit holds a campaign. Raises `BadName`, too."""

    campaign: CampaignId
    unit: UnitId
    name: str
    begins: date
    ends: date
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.standing: dict[CampaignId, CampaignAnnounced] = {}

    def consistency_boundary(self) -> Boundary:
        return [Selector([CampaignAnnounced, CampaignWithdrawn], [f"campaigns-of:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case CampaignAnnounced():
                self.standing[fact.campaign] = fact
            case CampaignWithdrawn():
                self.standing.pop(fact.campaign, None)

    def execute(self) -> None:
        self._days_are_possible()
        if any(self._is_the_same(one) for one in self.standing.values()):
            raise CampaignExists(field="name")
        if len(self.standing) >= MOST_AT_ONCE:
            raise TooManyCampaigns(limit=MOST_AT_ONCE)
        self.record(
            CampaignAnnounced(
                at=self.at,
                by=self.by,
                campaign=self.campaign,
                unit=self.unit,
                name=self.name,
                begins=self.begins,
                ends=self.ends,
            )
        )

    def _days_are_possible(self) -> None:
        if self.ends < self.begins:
            raise BadCampaign(field="ends", why="order")
        if self.ends - self.begins >= timedelta(days=LONGEST):
            raise BadCampaign(field="ends", why="long", days=LONGEST)
        if self.begins < EARLIEST:
            raise BadCampaign(field="begins", why="early", year=EARLIEST.year)
        if self.begins > day_of(self.at) + LATEST:
            raise BadCampaign(field="begins", why="late")

    def _is_the_same(self, one: CampaignAnnounced) -> bool:
        return fold(one.name) == fold(self.name) and one.begins <= self.ends and self.begins <= one.ends


@dataclass(kw_only=True)
class WithdrawCampaign(Decision):
    """A campaign was announced by mistake, or is not held. Said again, it changes nothing."""

    campaign: CampaignId
    by: By

    def __post_init__(self) -> None:
        self.announced: CampaignAnnounced | None = None
        self.withdrawn = False

    def consistency_boundary(self) -> Boundary:
        return [Selector([CampaignAnnounced, CampaignWithdrawn], [f"campaign:{self.campaign}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case CampaignAnnounced():
                self.announced = fact
            case CampaignWithdrawn():
                self.withdrawn = True

    def execute(self) -> None:
        if self.announced is None:
            raise NoSuchCampaign
        if not self.withdrawn:
            self.record(
                CampaignWithdrawn(at=self.at, by=self.by, campaign=self.campaign, unit=self.announced.unit)
            )
