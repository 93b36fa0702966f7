"""How a market and its vendors stand, in words."""

from datetime import date, timedelta
from typing import Final

from domain.criteria import DEFAULT
from domain.markets import Means
from infrastructure.read_models.markets import Market, Vendor
from interfaces.house import House
from interfaces.web import words
from interfaces.web.figures import today
from interfaces.web.language import day, number
from interfaces.web.language import gettext as _

ACTIVE_DAYS: Final = DEFAULT.active_days


def active_since(house: House) -> date:
    """Who was seen trading on this day or later is active."""
    return today(house) - timedelta(days=ACTIVE_DAYS)


def share(market: Market) -> str:
    return _(
        "%(onboarded)s of %(out_of)s stalls take cashless payment",
        onboarded=number(market.onboarded),
        out_of=number(market.out_of),
    )


def how(one: Vendor) -> str:
    """By what a vendor was onboarded if by anything, and when they were last seen trading."""
    by = [words.said(words.MEANS, means) for means in Means if means in one.onboarded]
    last = max(one.seen.values(), default=None)
    seen = _("seen trading on %(day)s", day=day(last)) if last else ""
    return " · ".join(part for part in (words.listed(by) if by else _("not onboarded yet"), seen) if part)
