"""What plans ask for, by unit, year, group and indicator; and the figures that offices declare.

Plans contradict each other. Each target stands as its document says it, side by side with the
others; which of them is followed is decided apart, with a reason. What is declared (confirmed on
VNeID, digital signatures, the people of an age) is never added to what the ledger counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.calendar import day_of
from domain.model import Boundary, By, Decision, Fact, Group, Refused, Selector, Tags, UnitId


class Indicator(StrEnum):
    """What is asked for. Only the first can be counted from the ledger; the others are declared."""

    BASIC_DIGITAL_SKILLS = "basic-digital-skills"
    CONFIRMED_ON_VNEID = "confirmed-on-vneid"
    PERSONAL_DIGITAL_SIGNATURE = "personal-digital-signature"
    DIGITAL_IDENTITY_ACCOUNT = "digital-identity-account"

    @property
    def counted(self) -> bool:
        return self is Indicator.BASIC_DIGITAL_SKILLS


class TargetGroup(StrEnum):
    """Of whom it is asked, as the plans say it."""

    ADULTS = "adults"
    RESIDENTS_16_AND_OVER = "residents-16-and-over"
    PUBLIC_SECTOR_STAFF = "public-sector-staff"
    PUPILS_FROM_PRIMARY_SCHOOL = "pupils-from-primary-school"
    SECONDARY_PUPILS_AND_STUDENTS = "secondary-pupils-and-students"
    UPPER_SECONDARY_PUPILS_AND_STUDENTS = "upper-secondary-pupils-and-students"
    ENTERPRISE_AND_COOPERATIVE_WORKERS = "enterprise-and-cooperative-workers"

    @property
    def counted_as(self) -> Group | None:
        """The group that a learner is counted in; None for everybody who is not under 16, the only age
        the ledger knows. Of pupils it knows no grade: a figure for some of them is one of all."""
        return _COUNTED_AS.get(self)


_COUNTED_AS: Final = {
    TargetGroup.PUBLIC_SECTOR_STAFF: Group.PUBLIC_SECTOR,
    TargetGroup.PUPILS_FROM_PRIMARY_SCHOOL: Group.PUPILS_STUDENTS,
    TargetGroup.SECONDARY_PUPILS_AND_STUDENTS: Group.PUPILS_STUDENTS,
    TargetGroup.UPPER_SECONDARY_PUPILS_AND_STUDENTS: Group.PUPILS_STUDENTS,
    TargetGroup.ENTERPRISE_AND_COOPERATIVE_WORKERS: Group.WORKERS,
}


class Comparator(StrEnum):
    AT_LEAST = "ge"
    MORE_THAN = "gt"


class Reason(StrEnum):
    """Why one of several targets is followed."""

    LATER_DOCUMENT = "later-document"
    HIGHER_AUTHORITY = "higher-authority"
    DECIDED = "decided"
    MISPRINT = "misprint"  # of the other


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a plan, exactly as printed: `percent` may not be `numerator` over `denominator`.

    `unit` is the unit of today under which it is shown, `then` the name of the unit as it was and
    `then_code` its code of before 1/7/2025 where it was only a part of the unit of today.
    `base_date` is a year, a month or a day (YYYY, YYYY-MM, YYYY-MM-DD). `note` is of the published
    list it was loaded from.
    """

    source: str
    unit: UnitId
    then: str
    then_code: str | None = None
    year: int
    group: TargetGroup
    indicator: Indicator
    comparator: Comparator
    percent: int
    numerator: int | None = None
    denominator: int | None = None
    base_date: str | None = None
    note: str | None = None

    @property
    def asks(self) -> "Asked":
        return Asked(
            unit=self.unit, then=self.then, year=self.year, group=self.group, indicator=self.indicator
        )

    @property
    def contradicts_itself(self) -> bool:
        """Whether the numbers printed give another percentage than the one printed."""
        if self.numerator is None or self.denominator is None:
            return False
        return round(100 * self.numerator / self.denominator) != self.percent


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What several plans may each have a number for."""

    unit: UnitId
    then: str
    year: int
    group: TargetGroup
    indicator: Indicator


class TargetSet(Fact, frozen=True, kw_only=True):
    """A document asks for this. Said again by the same document, it is a correction."""

    NAME = "target-set"

    target: Target

    def tags(self) -> Tags:
        return (f"target:{self.target.unit}",)


class TargetFollowed(Fact, frozen=True, kw_only=True):
    """Where documents differ, this one is followed."""

    NAME = "target-followed"

    asked: Asked
    source: str
    reason: Reason

    def tags(self) -> Tags:
        return (f"target:{self.asked.unit}",)


class FigureDeclared(Fact, frozen=True, kw_only=True):
    """An office says how many there were on a day, by a document. Said again of the same day it is
    a correction; the group's whole number is declared with no indicator."""

    NAME = "figure-declared"

    unit: UnitId
    group: TargetGroup
    indicator: Indicator | None
    as_of: date
    value: int
    document: str

    def tags(self) -> Tags:
        return (f"declared:{self.unit}",)


FACTS: Final = (TargetSet, TargetFollowed, FigureDeclared)

MOST: Final = 200_000_000
"""More people than the country will have."""


class BadTarget(Refused):
    """`field` holds what no plan can ask for; `why` is its name."""


class TargetTwice(Refused):
    """One document is said to ask twice for the same, and not the same."""


class BadFigure(Refused):
    """`field` holds what no office can declare; `why` is its name."""


class NoSuchTarget(Refused):
    """No document of that name asks for this."""


@dataclass(kw_only=True)
class SetTargets(Decision):
    """Rows of plans, all of them or none. What stands just so already is not recorded again."""

    targets: tuple[Target, ...]
    by: By

    def __post_init__(self) -> None:
        self.standing: dict[tuple[str, Asked], Target] = {}

    def consistency_boundary(self) -> Boundary:
        units = dict.fromkeys(target.unit for target in self.targets)
        return [Selector([TargetSet], [f"target:{unit}"]) for unit in units]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TargetSet():
                self.standing[fact.target.source, fact.target.asks] = fact.target

    def execute(self) -> None:
        said: set[tuple[str, Asked]] = set()
        for target in self.targets:
            check(target)
            key = target.source, target.asks
            if key in said:
                raise TargetTwice(field="source")
            said.add(key)
            if self.standing.get(key) != target:
                self.record(TargetSet(at=self.at, by=self.by, target=target))


@dataclass(kw_only=True)
class FollowTarget(Decision):
    """Of the documents that ask for this, one is followed from now on."""

    asked: Asked
    source: str
    reason: Reason
    by: By

    def __post_init__(self) -> None:
        self.sources: set[str] = set()
        self.followed: str | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([TargetSet, TargetFollowed], [f"target:{self.asked.unit}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TargetSet(target=target) if target.asks == self.asked:
                self.sources.add(target.source)
            case TargetFollowed(asked=asked) if asked == self.asked:
                self.followed = fact.source

    def execute(self) -> None:
        if self.source not in self.sources:
            raise NoSuchTarget(field="source")
        if self.followed != self.source:
            self.record(
                TargetFollowed(
                    at=self.at, by=self.by, asked=self.asked, source=self.source, reason=self.reason
                )
            )


@dataclass(kw_only=True)
class DeclareFigure(Decision):
    """An office declares a figure, or corrects what it declared of that day."""

    unit: UnitId
    group: TargetGroup
    indicator: Indicator | None
    as_of: date
    value: int
    document: str
    by: By

    def __post_init__(self) -> None:
        self.document = self.document.strip()
        self.known: FigureDeclared | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([FigureDeclared], [f"declared:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case FigureDeclared() if (fact.group, fact.indicator, fact.as_of) == (
                self.group,
                self.indicator,
                self.as_of,
            ):
                self.known = fact

    def execute(self) -> None:
        bounds = {
            "value": 0 <= self.value <= MOST and (self.indicator is not None or self.value > 0),
            "as_of": date(2000, 1, 1) <= self.as_of <= day_of(self.at),
            "indicator": self.indicator is None or not self.indicator.counted,
            "document": _is_line(self.document, 200),
        }
        for name, holds in bounds.items():
            if not holds:
                raise BadFigure(field=name, why=name)
        if self.known and (self.known.value, self.known.document) == (self.value, self.document):
            return
        self.record(
            FigureDeclared(
                at=self.at,
                by=self.by,
                unit=self.unit,
                group=self.group,
                indicator=self.indicator,
                as_of=self.as_of,
                value=self.value,
                document=self.document,
            )
        )


def check(target: Target) -> None:
    """Raises `BadTarget` where no plan can ask for this."""
    bounds = {
        "source": _is_line(target.source, 200),
        "then": _is_line(target.then, 100),
        "year": 2025 <= target.year <= 2045,
        "percent": 0 < target.percent <= 100,
        "denominator": target.denominator is None or 0 < target.denominator <= MOST,
        "numerator": target.numerator is None
        or 0 <= target.numerator <= (MOST if target.denominator is None else target.denominator),
        "base_date": target.base_date is None or _is_some_date(target.base_date),
        "note": target.note is None or _is_line(target.note, 400),
    }
    for name, holds in bounds.items():
        if not holds:
            raise BadTarget(field=name, why=name)


def _is_line(text: str, most: int) -> bool:
    """Whether this is one line of so many characters, with nothing around it."""
    return 0 < len(text) <= most and text == text.strip() and text.isprintable()


def _is_some_date(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return True


def followed(targets: Iterable[Target], chosen: str | None) -> Target | None:
    """Of the targets for the same thing, the one that is followed: as decided, or the only one."""
    several = list(targets)
    if chosen is None:
        return several[0] if len(several) == 1 else None
    return next((one for one in several if one.source == chosen), None)
