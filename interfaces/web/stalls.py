"""How a market and its vendors stand, in words."""

from datetime import date, timedelta

import msgspec

from domain.model import MarketId, UnitId
from domain.vendors import Means
from infrastructure.read_models import markets
from infrastructure.read_models.markets import CASHLESS, Market
from infrastructure.read_models.vendors import Vendor
from interfaces.house import House
from interfaces.web import words
from interfaces.web.figures import adopted, content_of, today
from interfaces.web.language import day, number
from interfaces.web.language import gettext as _


class Counts(msgspec.Struct, frozen=True):
    """By what the stalls of a unit are counted today: onboarded is who has all `means`, active who
    was seen trading by them on the day `since`, `days` ago, or later."""

    days: int
    since: date
    means: frozenset[Means]


def counts(house: House, unit: UnitId) -> Counts:
    """As the criteria say that stand in the unit."""
    content = content_of(adopted(house, unit))
    since = today(house) - timedelta(days=content.active_days)
    return Counts(content.active_days, since, frozenset(content.market_means))


def one_market(house: House, ref: str) -> Market | None:
    """A market, counted by the criteria of its unit."""
    with house.asking() as db:
        unit = markets.unit_of(db, MarketId(ref))
    if unit is None:
        return None
    by = counts(house, unit)
    with house.asking() as db:
        return markets.market(db, MarketId(ref), active_since=by.since, means=by.means)


def markets_in(house: House, unit: UnitId) -> list[Market]:
    """The markets in a unit or below it, counted by the criteria of that unit."""
    by = counts(house, unit)
    with house.asking() as db:
        return markets.in_unit(db, unit, active_since=by.since, means=by.means)


def share(house: House, market: Market) -> str:
    means = counts(house, market.unit).means
    figures = {"onboarded": number(market.onboarded), "out_of": number(market.out_of)}
    if means == CASHLESS:
        return _("%(onboarded)s of %(out_of)s stalls take cashless payment", **figures)
    named = words.listed(words.said(words.MEANS, one) for one in Means if one in means)
    return _("%(onboarded)s of %(out_of)s stalls onboarded (%(means)s)", means=named, **figures)


def how(one: Vendor) -> str:
    """By what a vendor was onboarded if by anything, and when they were last seen trading."""
    by = [words.said(words.MEANS, means) for means in Means if means in one.onboarded]
    last = max(one.seen.values(), default=None)
    seen = _("seen trading on %(day)s", day=day(last)) if last else ""
    return " · ".join(part for part in (words.listed(by) if by else _("not onboarded yet"), seen) if part)
