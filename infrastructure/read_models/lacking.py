"""What areas and workplaces lack for a status: the counts of today against what is asked for."""

from collections.abc import Iterable
from datetime import date

import msgspec
from sqlalchemy import Connection

from domain.model import UnitId, WorkplaceId
from domain.statuses import Counts, StatusKind, StatusRule, reached, rule_of
from infrastructure.read_models import criteria, statuses, units
from infrastructure.read_models.criteria import Adoption
from infrastructure.read_models.workplaces import Workplace


class Asked(msgspec.Struct, frozen=True):
    """What counts for a status in a unit on a day: by which adoption, and the rule."""

    adoption: Adoption
    rule: StatusRule


class Standing(msgspec.Struct, frozen=True):
    """How one stands: the counts of today, and whether they reach what is asked for."""

    counts: Counts
    reached: bool


def asked(db: Connection, unit: UnitId, status: StatusKind, on: date) -> Asked | None:
    """None where nobody adopted criteria for that status there."""
    adoption = criteria.standing(db, units.path(db, unit), on)
    if adoption is None:
        return None
    rule = rule_of(adoption.content.of_statuses, adoption.content_hash, status)
    return None if rule is None else Asked(adoption, rule)


def areas(db: Connection, some: Iterable[UnitId], status: StatusKind, on: date) -> dict[UnitId, Standing]:
    """Hamlets or communes by their own criteria; one of which nothing is asked is missing."""
    rules = {ref: found.rule for ref in some if (found := asked(db, ref, status, on))}
    counts = statuses.of_areas(db, rules) if rules else {}
    return {ref: Standing(one, reached(one, rules[ref])) for ref, one in counts.items()}


def offices(db: Connection, some: Iterable[Workplace], on: date) -> dict[WorkplaceId, Standing]:
    """Workplaces by the criteria of the units they are registered under."""
    by_unit: dict[UnitId, StatusRule | None] = {}
    rules: dict[WorkplaceId, StatusRule] = {}
    for one in some:
        if one.unit not in by_unit:
            found = asked(db, one.unit, StatusKind.DIGITAL_UNIT, on)
            by_unit[one.unit] = found.rule if found else None
        if (rule := by_unit[one.unit]) is not None:
            rules[one.workplace] = rule
    counts = statuses.of_workplaces(db, rules) if rules else {}
    return {ref: Standing(one, reached(one, rules[ref])) for ref, one in counts.items()}
