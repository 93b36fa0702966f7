"""By what units are compared with their neighbours: one measure each, as a number and in words.

A unit is compared with others by how far it has come towards its target where most of them have
one, else by people per adult declared, else by people. A percentage of very different wholes is fairer
than a count; where no office has declared how many adults there are, there is only the count.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import Model, UnitId
from domain.targets import Indicator, TargetGroup
from infrastructure.read_models import declared, targets
from infrastructure.read_models.declared import Declared
from infrastructure.read_models.figures import Figures
from infrastructure.read_models.targets import Against
from interfaces.house import Questions
from interfaces.web.language import day, mark, number, percent, translated
from interfaces.web.language import gettext as _


class Metric(StrEnum):
    PEOPLE = "people"
    PER_ADULT = "per-adult"
    AMBASSADORS = "ambassadors"
    FAMILIES = "families"
    VENDORS = "vendors"
    TARGET = "target"


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """`label` heads a column, `about` says what is compared, `part` heads the column of what a value is
    a part of. `public`: the ranking and the honours show
    the same of everybody already; figures that offices declared are for those who work with them."""

    model: Model
    label: str
    about: str
    part: str = ""
    public: bool = True


MEASURES: Final = {
    Metric.PEOPLE: Measure(
        model=Model.AMBASSADORS, label=mark("Learners"), about=mark("Number of learners who have confirmed")
    ),
    Metric.PER_ADULT: Measure(
        model=Model.AMBASSADORS,
        label=mark("Per 100 adults"),
        about=mark("Learners who have confirmed per 100 adults, as the office declared the adults"),
        part=mark("Confirmed of adults"),
        public=False,
    ),
    Metric.AMBASSADORS: Measure(
        model=Model.AMBASSADORS, label=mark("Ambassadors"), about=mark("Number of digital ambassadors")
    ),
    Metric.FAMILIES: Measure(
        model=Model.FAMILIES, label=mark("Families"), about=mark("Number of digital families")
    ),
    Metric.VENDORS: Measure(
        model=Model.MARKETS, label=mark("Vendors"), about=mark("Number of vendors who have confirmed")
    ),
    Metric.TARGET: Measure(
        model=Model.AMBASSADORS,
        label=mark("Target reached"),
        about=mark("How much of this year's target is reached: adults with basic digital skills"),
        part=mark("Reached of asked for"),
        public=False,
    ),
}

COUNTED: Final[Mapping[Metric, Callable[[Figures], int]]] = {
    Metric.PEOPLE: lambda one: one.confirmed,
    Metric.AMBASSADORS: lambda one: one.ambassadors,
    Metric.FAMILIES: lambda one: one.families,
    Metric.VENDORS: lambda one: one.vendors,
}


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """`number` orders units, None where it is not known; `said` is what is printed, `of` what it is a
    part of, and `part` the same under a heading that says the rest."""

    unit: UnitId
    number: float | None
    said: str
    of: str = ""
    part: str = ""


class Wholes(msgspec.Struct, frozen=True):
    """What some units are measured by beside their own counts: adults declared, and targets."""

    adults: Mapping[UnitId, Declared]
    targets: Mapping[UnitId, Against]


def wholes(db: Questions, asked: Sequence[UnitId], today: date) -> Wholes:
    """Of each unit the adults declared latest, and this year's target for them that is followed."""
    leading: dict[UnitId, Against] = {}
    for one in targets.against(db, asked, today.year):
        if one.followed and is_leading(one):
            leading.setdefault(one.target.unit, one)
    return Wholes(declared.adults(db, asked), leading)


def is_leading(one: Against) -> bool:
    """Whether it is the target that a unit's people are held against: adults with basic skills."""
    return one.target.group is TargetGroup.ADULTS and one.target.indicator is Indicator.BASIC_DIGITAL_SKILLS


def best(known: Wholes, units: Sequence[UnitId], models: frozenset[Model]) -> Metric:
    """What tells most about who is behind, for those who look."""
    if Model.AMBASSADORS not in models:
        return Metric.FAMILIES if Model.FAMILIES in models else Metric.VENDORS
    if 2 * sum(_reached(known.targets.get(unit)) is not None for unit in units) > len(units):
        return Metric.TARGET
    if 2 * sum(unit in known.adults for unit in units) > len(units):
        return Metric.PER_ADULT
    return Metric.PEOPLE


def value(metric: Metric, one: Figures, known: Wholes) -> Value:
    if metric in COUNTED:
        count = COUNTED[metric](one)
        return Value(unit=one.unit, number=count, said=number(count))
    if metric is Metric.PER_ADULT:
        return _per_adult(one, known.adults.get(one.unit))
    return _of_target(one.unit, known.targets.get(one.unit))


def _per_adult(one: Figures, adults: Declared | None) -> Value:
    if adults is None or not adults.value:
        return Value(unit=one.unit, number=None, said="–", of=_("no adults declared yet"))
    each = 100 * one.confirmed / adults.value
    return Value(
        unit=one.unit,
        number=each,
        said=number(each, 1),
        of=_(
            "%(part)s of %(whole)s adults declared (%(day)s)",
            part=number(one.confirmed),
            whole=number(adults.value),
            day=day(adults.as_of),
        ),
        part=_(
            "%(part)s of %(whole)s (%(day)s)",
            part=number(one.confirmed),
            whole=number(adults.value),
            day=day(adults.as_of),
        ),
    )


def _of_target(unit: UnitId, one: Against | None) -> Value:
    reached = _reached(one)
    if one is None or reached is None:
        why = _("no target that is followed") if one is None else _("no number of adults is known")
        return Value(unit=unit, number=None, said="–", of=why)
    part, needed = number(one.actual or 0), number(one.needed or 0)
    return Value(
        unit=unit,
        number=reached,
        said=percent(reached),
        of=_("%(part)s of %(needed)s people asked for", part=part, needed=needed),
        part=_("%(part)s of %(whole)s", part=part, whole=needed),
    )


def _reached(one: Against | None) -> float | None:
    if one is None or one.actual is None or not one.needed:
        return None
    return min(1.0, one.actual / one.needed)


def step(metric: Metric, known: float | None, largest: float) -> int:
    """Which of five steps a value stands on, 0 for none; of targets by quarters, else of the largest."""
    top = 1.0 if metric is Metric.TARGET else largest
    if not known or top <= 0:
        return 0
    return min(4, 1 + int(4 * known / top - 1e-9))


def keys(metric: Metric, largest: float) -> list[tuple[int, str]]:
    """What the five steps stand for, those left out that nothing can stand on."""
    found = [(0, "0" if metric in COUNTED else _("0 or not known"))]
    for at in range(1, 5):
        if metric in COUNTED:
            low, high = int(largest * (at - 1) / 4) + 1, int(largest * at / 4)
            if low <= high:
                found.append((at, number(high) if low == high else f"{number(low)}–{number(high)}"))
        elif metric is Metric.TARGET:
            found.append((at, f"{25 * (at - 1)}–{25 * at}%"))
        elif largest > 0:
            found.append((at, f"{number(largest * (at - 1) / 4, 1)}–{number(largest * at / 4, 1)}"))
    return found


def said_about(metric: Metric) -> str:
    """What is compared, in the language of the request."""
    return translated(MEASURES[metric].about)


def behind(one: Value) -> tuple[bool, float]:
    """The order in which who is behind stands first, and of whom nothing is known last."""
    return one.number is None, one.number or 0.0
