"""A unit week by week: its trend, the pace it needs, and which of its parts want a look."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from domain.attention import (
    FELL_TO_PERCENT,
    WEEKS_BEFORE,
    Drop,
    dropped,
    last_whole_week,
    monday,
    silent_for,
)
from domain.model import UnitId
from infrastructure.read_models import weeks
from infrastructure.read_models.targets import Against
from infrastructure.read_models.weeks import Week
from interfaces.house import Questions
from interfaces.web import charts
from interfaces.web.charts import Trend
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext, number, percent, short_day
from interfaces.web.render import Link

SHOWN: Final = 13
"""Weeks in the trend: those of a quarter, the one that is not over yet last."""


class Read(msgspec.Struct, frozen=True):
    """What was asked of the read model: a unit's own weeks, the last whole weeks of the units under it,
    and when anything was last entered in any of them."""

    own: list[Week]
    below: Mapping[UnitId, list[Week]]
    entered: Mapping[UnitId, date]


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that wants a look, and why."""

    name: str
    href: str
    said: str


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """`own` is said of the unit itself; `never` are units that have not entered anything yet."""

    own: list[str]
    signs: list[Sign]
    never: list[Link]


def read(db: Questions, unit: UnitId, below: Sequence[UnitId], today: date) -> Read:
    last = last_whole_week(today)
    return Read(
        own=weeks.weeks(db, unit, since=monday(today) - timedelta(weeks=SHOWN - 1), until=today),
        below=weeks.weeks_of(db, below, since=last - timedelta(weeks=WEEKS_BEFORE), until=last),
        entered=weeks.last_entries(db, [unit, *below]),
    )


def trend(own: Sequence[Week]) -> Trend | None:
    """None where nothing happened in all these weeks."""
    if not any(week.taught for week in own):
        return None
    return charts.trend(
        _("Learners who have confirmed, by the week in which they were taught"),
        [(short_day(week.monday), week.confirmed) for week in own],
        when=_("Week from"),
        what=_("Confirmed"),
        beside=[
            (_("Recorded"), [week.taught for week in own]),
            (_("Newly able"), [week.gained for week in own]),
        ],
        unfinished=_("This week is not over; the last weeks still grow as people confirm"),
    )


def pace(own: Sequence[Week], lead: Against | None, today: date) -> str:
    """What it takes to arrive by the year's end, and what came of late; nothing without a target."""
    if lead is None:
        return ""
    year = str(lead.target.year)
    if lead.actual is None:
        return _(
            "The pace that is needed by the end of %(year)s cannot be computed: the people of the former "
            "unit are not known here.",
            year=year,
        )
    if lead.missing is None:
        return _(
            "The pace that is needed by the end of %(year)s cannot be computed: nobody has declared how "
            "many adults there are.",
            year=year,
        )
    if lead.missing == 0:
        return _("The target of %(year)s has been reached.", year=year)
    days = (date(lead.target.year + 1, 1, 1) - today).days
    if days <= 0:
        return _("%(year)s is over; the target was not reached.", year=year)
    return " ".join((_needed(lead.missing, days, year), _of_late(own)))


def _needed(missing: int, days: int, year: str) -> str:
    if days < 7:
        return ngettext(
            "%(num)s more person is needed by the end of %(year)s.",
            "%(num)s more people are needed by the end of %(year)s.",
            missing,
            year=year,
        )
    return ngettext(
        "To arrive by the end of %(year)s, %(num)s more person who is able is needed each week.",
        "To arrive by the end of %(year)s, %(num)s more people who are able are needed each week.",
        -(-missing * 7 // days),
        year=year,
    )


def _of_late(own: Sequence[Week]) -> str:
    whole = list(own)[-WEEKS_BEFORE - 1 : -1]
    gained = round(sum(week.gained for week in whole) / max(1, len(whole)))
    return ngettext(
        "In the last four whole weeks it was %(num)s a week on average.",
        "In the last four whole weeks it was %(num)s a week on average.",
        gained,
    )


def attention(unit: UnitId, found: Read, links: Mapping[UnitId, Link], today: date, quiet: int) -> Attention:
    """The longest silence first, then the steepest fall. `quiet` days are a silence."""
    silent: list[tuple[int, Sign]] = []
    fallen: list[tuple[float, Sign]] = []
    never = [link for ref, link in links.items() if ref not in found.entered]
    for ref, link in links.items():
        if days := silent_for(found.entered.get(ref), today, quiet):
            silent.append((days, Sign(name=link.label, href=link.href, said=_silent(days))))
        elif fell := drop(found.below.get(ref, ())):
            fallen.append((fell.fell_by, Sign(name=link.label, href=link.href, said=_fell(fell))))
    own = found.own[:-1]
    said = []
    if days := silent_for(found.entered.get(unit), today, quiet):
        said.append(_silent(days))
    elif fell := drop(own):
        said.append(_fell(fell))
    worst = [sign for _days, sign in sorted(silent, key=lambda one: -one[0])]
    worst += [sign for _share, sign in sorted(fallen, key=lambda one: -one[0])]
    return Attention(own=said, signs=worst, never=never)


def drop(some: Sequence[Week]) -> Drop | None:
    """Of people recorded: confirmations of a week just over are still on their way."""
    return dropped([(week.monday, week.taught) for week in some])


def _silent(days: int) -> str:
    return ngettext("nothing was entered for %(num)s day", "nothing was entered for %(num)s days", days)


def _fell(one: Drop) -> str:
    return _(
        "fell by %(share)s: %(people)s people recorded in the week from %(day)s, %(before)s a week before",
        share=percent(one.fell_by),
        people=number(one.people),
        day=short_day(one.week),
        before=number(one.before, 0),
    )


def rule(quiet: int) -> str:
    """What the signs stand on, said under them."""
    return _(
        "Signs of ours, in no plan and no law: no entry for %(days)s days, or a week with less than "
        "%(share)s%% of the people recorded in the mean of the four weeks before.",
        days=number(quiet),
        share=str(FELL_TO_PERCENT),
    )
