"""Thresholds of the movement, adopted by a fact and known by the hash of their content."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.households import Criterion
from domain.markets import Means
from domain.model import Fact, Tags, UnitId


class MarketCounts(StrEnum):
    ONBOARDED = "onboarded"
    ACTIVE = "active"


class Criteria(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a criteria file says. Percentages are whole numbers out of 100; spans are days."""

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
