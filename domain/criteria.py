"""Thresholds of the movement, adopted by a fact and known by the hash of their content."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from domain.digital_markets import MarketCounts
from domain.households import Criterion
from domain.model import Boundary, By, Decision, Fact, Refused, Selector, Tags, UnitId
from domain.skills import CATALOGUE
from domain.statuses import StatusCriteria
from domain.vendors import Means


class Criteria(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a criteria file says. Percentages are whole numbers out of 100; spans are days. `statuses` of
    areas and offices are given only by criteria that say what is asked for: no plan does."""

    title_vi: str
    title_en: str
    ambassador_people: int = 5  # S1; central plan 01-KH/BCĐTW of 21/3/2025
    proficient_skills: int = 3
    family_teaches_member: bool = True  # the central plan's addition
    family_declared: tuple[Criterion, ...] = ()
    market_percent: int = 100  # unverified: no plan gives a number
    market_counts: MarketCounts = MarketCounts.ONBOARDED
    market_means: tuple[Means, ...] = (Means.CASHLESS_PAYMENT,)
    active_days: int = 90
    late_entry_days: int = 30
    received_days: int = 7
    unverified: tuple[str, ...] = ("market_percent",)
    statuses: StatusCriteria | msgspec.UnsetType = msgspec.UNSET

    @property
    def of_statuses(self) -> StatusCriteria | None:
        return None if self.statuses is msgspec.UNSET else self.statuses


class CriteriaAdopted(Fact, frozen=True, kw_only=True):
    """From `valid_from` on, `unit` and what lies under it count by this content."""

    NAME = "criteria-adopted"

    content_hash: str
    content: Criteria
    unit: UnitId
    valid_from: date
    document: str

    def tags(self) -> Tags:
        return (f"criteria:{self.unit}",)


FACTS: Final = (CriteriaAdopted,)

DEFAULT: Final = Criteria(
    title_vi="Tiêu chí mặc định của phong trào Bình dân học vụ số",
    title_en="Default criteria of the movement for digital literacy",
)

DEFAULT_DOCUMENT: Final = "mặc định"  # of criteria that nobody decided on yet


def content_hash(content: Criteria) -> str:
    """The name of some content: SHA-256 over its JSON with sorted keys, in hex."""
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def standing(
    adoptions: Iterable[CriteriaAdopted], path: Sequence[UnitId], on: date
) -> CriteriaAdopted | None:
    """The criteria a unit counts by on a day. `path` runs from the unit up to the country: the
    nearest unit's adoption wins, of several the latest valid one; `adoptions` in ledger order."""
    valid: dict[UnitId, CriteriaAdopted] = {}
    for adoption in adoptions:
        earlier = valid.get(adoption.unit)
        if adoption.valid_from <= on and (earlier is None or earlier.valid_from <= adoption.valid_from):
            valid[adoption.unit] = adoption
    return next((valid[unit] for unit in path if unit in valid), None)


class BadCriteria(Refused):
    """`field` holds a number that no count can meet, or a document without a number."""


@dataclass(kw_only=True)
class AdoptCriteria(Decision):
    """A unit decides by what it counts from a day on, by the document of that number."""

    content: Criteria
    unit: UnitId
    valid_from: date
    document: str
    by: By

    def __post_init__(self) -> None:
        self.adopted: list[CriteriaAdopted] = []

    def consistency_boundary(self) -> Boundary:
        return [Selector([CriteriaAdopted], [f"criteria:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case CriteriaAdopted():
                self.adopted.append(fact)

    def execute(self) -> None:
        self.check_content()
        name = content_hash(self.content)
        last = self.adopted[-1] if self.adopted else None
        if last and (last.content_hash, last.valid_from, last.document) == (
            name,
            self.valid_from,
            self.document,
        ):
            return
        self.record(
            CriteriaAdopted(
                at=self.at,
                by=self.by,
                content_hash=name,
                content=self.content,
                unit=self.unit,
                valid_from=self.valid_from,
                document=self.document,
            )
        )

    def check_content(self) -> None:
        content = self.content
        bounds = {
            "ambassador_people": 1 <= content.ambassador_people <= 10_000,
            "proficient_skills": 1 <= content.proficient_skills <= len(CATALOGUE),
            "market_percent": 1 <= content.market_percent <= 100,
            "market_means": len(content.market_means) > 0,
            "active_days": 1 <= content.active_days <= 3660,
            "late_entry_days": 0 <= content.late_entry_days <= 3660,
            "received_days": 0 <= content.received_days <= 3660,
            "statuses": content.of_statuses is None or content.of_statuses.possible(),
            "document": 0 < len(self.document.strip()) <= 200,
        }
        for name, holds in bounds.items():
            if not holds:
                raise BadCriteria(field=name)
