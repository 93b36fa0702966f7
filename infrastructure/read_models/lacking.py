"""What areas and workplaces lack for a status: the counts of today against what is asked for."""

from collections.abc import Iterable
from datetime import date

import msgspec
from sqlalchemy import Connection, select

from domain.model import UnitId, WorkplaceId
from domain.statuses import Counts, StatusKind, StatusRule, reached, rule_of
from domain.territory import Level
from infrastructure.read_models import criteria, statuses, units
from infrastructure.read_models.columns import chunks
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
    return _asked_of(db, [unit], status, on).get(unit)


def _asked_of(db: Connection, some: Iterable[UnitId], status: StatusKind, on: date) -> dict[UnitId, Asked]:
    """The same of many units: what is adopted nearest above them is looked up once for all alike."""
    adopting = {one.unit for one in criteria.adoptions(db)}
    known: dict[tuple[UnitId, ...], Asked | None] = {}
    found: dict[UnitId, Asked] = {}
    for ref, path in _paths(db, list(some)).items():
        near = tuple(one for one in path if one in adopting)
        if near not in known:
            known[near] = _asked(criteria.standing(db, near, on), status) if near else None
        if (one := known[near]) is not None:
            found[ref] = one
    return found


def _asked(adoption: Adoption | None, status: StatusKind) -> Asked | None:
    if adoption is None:
        return None
    rule = rule_of(adoption.content.of_statuses, adoption.content_hash, status)
    return None if rule is None else Asked(adoption, rule)


def _paths(db: Connection, refs: list[UnitId]) -> dict[UnitId, tuple[UnitId, ...]]:
    """Each unit with those it lies in today, up to the country."""
    u = units.unit.c
    country = db.scalar(select(u.unit).where(u.level == Level.COUNTRY).order_by(u.unit).limit(1))
    return {
        row[0]: tuple(dict.fromkeys(one for one in (*row, country) if one is not None))
        for some in chunks(refs)
        for row in db.execute(select(u.unit, u.commune, u.province).where(u.unit.in_(some)))
    }


def areas(db: Connection, some: Iterable[UnitId], status: StatusKind, on: date) -> dict[UnitId, Standing]:
    """Hamlets or communes by their own criteria; one of which nothing is asked is missing."""
    rules = {ref: found.rule for ref, found in _asked_of(db, some, status, on).items()}
    counts = statuses.of_areas(db, rules) if rules else {}
    return {ref: Standing(one, reached(one, rules[ref])) for ref, one in counts.items()}


def offices(db: Connection, some: Iterable[Workplace], on: date) -> dict[WorkplaceId, Standing]:
    """Workplaces by the criteria of the units they are registered under."""
    listed = list(some)
    by_unit = _asked_of(db, {one.unit for one in listed}, StatusKind.DIGITAL_UNIT, on)
    rules = {one.workplace: by_unit[one.unit].rule for one in listed if one.unit in by_unit}
    counts = statuses.of_workplaces(db, rules) if rules else {}
    return {ref: Standing(one, reached(one, rules[ref])) for ref, one in counts.items()}
