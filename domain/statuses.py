"""Statuses of areas and offices: digital village (làng số), community (cộng đồng số), unit (đơn vị số).

No plan gives a threshold for them. There is a status only where somebody adopted criteria for it, by a
document; it is recognised when they are met and withdrawn when they are not, each time naming the
counts it rests on and the position up to which these were counted.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import Boundary, By, Decision, Fact, Position, Refused, Selector, Tags, UnitId, WorkplaceId


class StatusKind(StrEnum):
    DIGITAL_VILLAGE = "digital-village"  # làng số: a hamlet
    DIGITAL_COMMUNITY = "digital-community"  # cộng đồng số: a commune
    DIGITAL_UNIT = "digital-unit"  # đơn vị số: a workplace


class Measure(StrEnum):
    FAMILIES = "families"  # digital families, of its households
    PEOPLE = "people"  # who are able themselves, of its adults; of a workplace, of its people
    VENDORS = "vendors"  # onboarded, of the stalls of its markets


class Households(StrEnum):
    """How many households an area has: as was declared (and never fewer than are registered), or as
    are registered here."""

    DECLARED = "declared"
    REGISTERED = "registered"


class AreaCriteria(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked of a hamlet or a commune, in percent; what is left out is not asked."""

    families_percent: int | None = None
    people_percent: int | None = None
    vendors_percent: int | None = None
    households: Households = Households.DECLARED


class WorkplaceCriteria(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What share of its people is able themselves, of at least so many people."""

    people_percent: int
    people_least: int = 1


class StatusCriteria(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What is asked for each status; one that is left out is given to nobody."""

    digital_village: AreaCriteria | None = None
    digital_community: AreaCriteria | None = None
    digital_unit: WorkplaceCriteria | None = None

    def possible(self) -> bool:
        """Whether every number can be met, and each status asks for something."""
        areas = [one for one in (self.digital_village, self.digital_community) if one is not None]
        office = self.digital_unit
        return all(any(_percents(one)) and all(map(_is_percent, _percents(one))) for one in areas) and (
            office is None or (_is_percent(office.people_percent) and 1 <= office.people_least <= 100_000)
        )


def _percents(area: AreaCriteria) -> list[int]:
    asked = (area.families_percent, area.people_percent, area.vendors_percent)
    return [one for one in asked if one is not None]


def _is_percent(number: int) -> bool:
    return 1 <= number <= 100


class StatusRule(msgspec.Struct, frozen=True, kw_only=True):
    """What adopted criteria (`criteria` is their content hash) ask of one kind of subject."""

    status: StatusKind
    percents: tuple[tuple[Measure, int], ...]
    criteria: str
    least: int = 1
    households: Households = Households.DECLARED


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """`counted` of `out_of`, of which `percent` in a hundred are asked for. `out_of` is 0 where nobody
    said how many there are."""

    measure: Measure
    counted: int
    out_of: int
    percent: int

    @property
    def reached(self) -> bool:
        return self.out_of > 0 and self.counted > 0 and self.counted * 100 >= self.percent * self.out_of

    @property
    def missing(self) -> int | None:
        """How many are still missing; None where that cannot be said."""
        if not self.out_of:
            return None
        return max(0, max(1, -(-self.percent * self.out_of // 100)) - self.counted)


Counts = tuple[Counted, ...]


def rule_of(statuses: StatusCriteria | None, content_hash: str, status: StatusKind) -> StatusRule | None:
    """None where no criteria were adopted for that status."""
    if statuses is None:
        return None
    if status is StatusKind.DIGITAL_UNIT:
        office = statuses.digital_unit
        if office is None:
            return None
        asked = ((Measure.PEOPLE, office.people_percent),)
        return StatusRule(status=status, percents=asked, criteria=content_hash, least=office.people_least)
    village = status is StatusKind.DIGITAL_VILLAGE
    area = statuses.digital_village if village else statuses.digital_community
    if area is None:
        return None
    percents = (
        (Measure.FAMILIES, area.families_percent),
        (Measure.PEOPLE, area.people_percent),
        (Measure.VENDORS, area.vendors_percent),
    )
    return StatusRule(
        status=status,
        percents=tuple((measure, percent) for measure, percent in percents if percent is not None),
        criteria=content_hash,
        households=area.households,
    )


def reached(counts: Counts, rule: StatusRule) -> bool:
    """Whether these counts are all that a rule asks for, and reach it. Where there is no market nothing
    is asked of vendors; but somebody has to be counted."""
    by = {one.measure: one for one in counts}
    asked = [
        (percent, by.get(measure))
        for measure, percent in rule.percents
        if measure in by or measure is not Measure.VENDORS
    ]
    return bool(asked) and all(
        one is not None and one.percent == percent and one.out_of >= rule.least and one.reached
        for percent, one in asked
    )


class Because(StrEnum):
    """Why a status was withdrawn."""

    COUNTS = "counts"
    CRITERIA = "criteria"  # none are adopted for it any more
    ENDED = "ended"  # the unit is no more


class StatusFact(Fact, frozen=True, kw_only=True):
    """`counts` are those at `position`. `workplace` is whose the status is, if it is not the unit's."""

    status: StatusKind
    unit: UnitId
    counts: Counts
    position: Position
    criteria: str
    workplace: WorkplaceId | None = None

    def tags(self) -> Tags:
        return (f"status:{self.workplace or self.unit}",)


class StatusRecognised(StatusFact, frozen=True, kw_only=True):
    NAME = "status-recognised"


class StatusWithdrawn(StatusFact, frozen=True, kw_only=True):
    NAME = "status-withdrawn"

    because: Because


FACTS: Final = (StatusRecognised, StatusWithdrawn)


class StatusNotReached(Refused):
    """The counts do not reach what the criteria ask for."""


class StatusNotHeld(Refused):
    """No such status stands, so none can be withdrawn."""


class StatusStillReached(Refused):
    """The counts still reach what the criteria ask for."""


@dataclass(kw_only=True)
class AboutStatus(Decision):
    """An area or a workplace weighed by counts: too many facts stand behind them to be read again, so
    the counts are an argument, and named in the fact with the position they hold at."""

    status: StatusKind
    unit: UnitId
    counts: Counts
    position: Position
    by: By
    workplace: WorkplaceId | None = None

    def __post_init__(self) -> None:
        self.held: StatusRecognised | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector(FACTS, [f"status:{self.workplace or self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case StatusRecognised() if fact.status is self.status:
                self.held = fact
            case StatusWithdrawn() if fact.status is self.status:
                self.held = None


@dataclass(kw_only=True)
class RecogniseStatus(AboutStatus):
    """The adopted criteria are met."""

    rule: StatusRule

    def execute(self) -> None:
        if self.held is not None:
            return
        if self.rule.status is not self.status or not reached(self.counts, self.rule):
            raise StatusNotReached
        self.record(
            StatusRecognised(
                at=self.at,
                by=self.by,
                status=self.status,
                unit=self.unit,
                workplace=self.workplace,
                counts=self.counts,
                position=self.position,
                criteria=self.rule.criteria,
            )
        )


@dataclass(kw_only=True)
class WithdrawStatus(AboutStatus):
    """They are met no more, there are none any more (`rule` is None), or the unit has `ended`."""

    rule: StatusRule | None
    ended: bool = False

    def execute(self) -> None:
        if self.held is None:
            raise StatusNotHeld
        if self.ended:
            because = Because.ENDED
        elif self.rule is None:
            because = Because.CRITERIA
        elif reached(self.counts, self.rule):
            raise StatusStillReached
        else:
            because = Because.COUNTS
        self.record(
            StatusWithdrawn(
                at=self.at,
                by=self.by,
                status=self.status,
                unit=self.unit,
                workplace=self.workplace,
                counts=self.counts,
                position=self.position,
                criteria=self.rule.criteria if self.rule else self.held.criteria,
                because=because,
            )
        )
