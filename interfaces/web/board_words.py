"""What boards, their rows and their periods are called."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from application.actors import Actor
from domain.model import TeamId, WorkplaceId
from domain.territory import UnitKind
from infrastructure.read_models import campaigns, teams, workplaces
from infrastructure.read_models.campaigns import ALL, Campaign, quarter_of
from infrastructure.read_models.leaderboard import Standing
from infrastructure.read_models.standings import Metric, Of
from interfaces.house import House
from interfaces.web.boards import Chosen
from interfaces.web.choosing import FIRST_YEAR
from interfaces.web.language import day, mark, ngettext, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.names import shown_names
from interfaces.web.words import unit_name

METRICS: Final = {
    Metric.PEOPLE: (mark("Learners"), mark("Number of learners who have confirmed")),
    Metric.FAMILIES: (mark("Families"), mark("Number of digital families")),
    Metric.VENDORS: (mark("Vendors"), mark("Number of vendors who have confirmed")),
}

KINDS: Final = {
    Of.AMBASSADORS: (mark("Mentors"), mark("Mentor")),
    Of.TEAMS: (mark("Teams"), mark("Team")),
    Of.WORKPLACES: (mark("Workplaces"), mark("Workplace")),
    Of.HAMLETS: (mark("Hamlets"), mark("Hamlet")),
    Of.COMMUNES: (mark("Communes and wards"), mark("Commune or ward")),
    Of.PROVINCES: (mark("Provinces and cities"), mark("Province or city")),
}
"""Of what a board is, several and one."""

_MONTHS: Final = 12
_QUARTERS: Final = 5

Options = list[tuple[str, str]]


def period_label(chosen: Chosen) -> str:
    """The period of a board in words."""
    if chosen.campaign:
        return campaign_label(chosen.campaign)
    if chosen.days:
        return _("%(first)s to %(last)s", first=day(chosen.days[0]), last=day(chosen.days[1]))
    return called(chosen.period)


def called(period: str) -> str:
    """All time, year 2026, quarter 4/2026, month 10/2026."""
    year, _mark, part = period.partition("-")
    if period == ALL:
        return _("All time")
    if not part:
        return _("Year %(year)s", year=year)
    if part.startswith("Q"):
        return _("Quarter %(quarter)s", quarter=f"{part[1:]}/{year}")
    return _("Month %(month)s", month=f"{part}/{year}")


def campaign_label(one: Campaign) -> str:
    days = _("%(first)s to %(last)s", first=day(one.begins), last=day(one.ends))
    return f"{one.name} ({days})"


def periods(house: House, chosen: Chosen, today: date) -> list[tuple[str, Options]]:
    """Periods to choose from, in groups; the one asked for is among them. A campaign is a period, too."""
    months = [before(today, back) for back in range(_MONTHS)]
    quarters = list(dict.fromkeys(quarter_of(before(today, 3 * back)) for back in range(_QUARTERS)))
    years = [str(year) for year in range(today.year, FIRST_YEAR - 1, -1)]
    kept = [ALL, *years, *quarters, *months]
    other = [] if chosen.campaign or chosen.time in kept else [(chosen.time, period_label(chosen))]
    with house.asking() as db:
        held = campaigns.of_units(db, chosen.unit.path)
    if chosen.campaign and chosen.campaign not in held:
        held = [chosen.campaign, *held]
    groups = [
        ("", [(ALL, called(ALL)), *other]),
        (_("Campaigns"), [(one.period, campaign_label(one)) for one in held]),
        (_("Months"), [(one, called(one)) for one in months]),
        (_("Quarters"), [(one, called(one)) for one in quarters]),
        (_("Years"), [(one, called(one)) for one in years]),
    ]
    return [(label, some) for label, some in groups if some]


def before(today: date, months: int) -> str:
    """The month (YYYY-MM) so many months before a day's."""
    at = today.year * 12 + today.month - 1 - months
    return f"{at // 12:04}-{at % 12 + 1:02}"


def is_month(period: str) -> bool:
    return len(period) == len("2026-10") and period[5:].isdigit()


def heading(chosen: Chosen) -> str:
    kind = translated(KINDS[chosen.of][0])
    if chosen.body:
        return _("%(kind)s, %(where)s", kind=kind, where=chosen.body.name)
    if chosen.similar and chosen.alike:
        return _("%(kind)s of a size similar to %(unit)s", kind=kind, unit=chosen.asked.name)
    return _("%(kind)s, %(where)s", kind=kind, where=chosen.unit.name)


def names(house: House, asking: Actor | None, of: Of, rows: Sequence[Standing]) -> Mapping[str, str]:
    """What rows are called; whoever's name may not be shown is missing."""
    match of:
        case Of.AMBASSADORS:
            return {str(ref): name for ref, name in shown_names(house, asking, rows).items()}
        case Of.TEAMS:
            with house.asking() as db:
                called_so = teams.names(db, [TeamId(row.row) for row in rows])
            return {str(ref): name for ref, name in called_so.items()}
        case Of.WORKPLACES:
            with house.asking() as db:
                found = workplaces.several(db, [WorkplaceId(row.row) for row in rows])
            return {str(ref): one.name for ref, one in found.items()}
    return {row.row: unit_name(house.units, row.row) for row in rows}


def about(house: House, of: Of, row: Standing) -> str:
    """Under a row's name: the unit it stands in, of a hamlet with its commune; of a unit, the one above."""
    found = house.units.find(row.unit) if row.unit else None
    if found is None:
        return ""
    if of is Of.TEAMS and found.kind is UnitKind.HAMLET:  # of one name there are many, in many communes
        return f"{found.name}, {unit_name(house.units, found.parent)}"
    if of.level is None:
        return found.name
    return unit_name(house.units, found.parent) if of is not Of.PROVINCES else ""


def how_many(of: Of, total: int) -> str:
    match of:
        case Of.AMBASSADORS:
            return ngettext("%(num)s mentor on this board", "%(num)s mentors on this board", total)
        case Of.TEAMS:
            return ngettext("%(num)s team on this board", "%(num)s teams on this board", total)
        case Of.WORKPLACES:
            return ngettext("%(num)s workplace on this board", "%(num)s workplaces on this board", total)
    return ngettext("%(num)s unit on this board", "%(num)s units on this board", total)


def nameless(of: Of) -> str:
    return _("A mentor (name not public)") if of is Of.AMBASSADORS else _("No name")


def boundaries_said(chosen: Chosen) -> str:
    return _("By the boundaries of %(day)s", day=day(chosen.day)) if chosen.day else ""


def then_said(chosen: Chosen) -> str:
    """What counts in a unit of before, where one of today may hold several."""
    if chosen.day is None or chosen.of.level is None:
        return ""
    return _(
        "A unit of that day holds what happened in it, and in units of today that lie in it wholly. What "
        "happened in a unit of today that holds several former ones counts in what holds them all."
    )


def size_said(chosen: Chosen) -> str:
    """By what units are of similar size, or that nobody declared it."""
    if not chosen.similar:
        return ""
    if chosen.alike is None:
        return _(
            "Nobody has declared how many adults or households %(unit)s has, so no similar size can be told: "
            "this is everything in %(where)s.",
            unit=chosen.asked.name,
            where=chosen.unit.name,
        )
    by = chosen.alike.by
    said = {
        "value": number(by.value),
        "day": day(by.as_of),
        "document": by.document,
        "least": number(chosen.alike.least),
        "most": number(chosen.alike.most),
        "unit": chosen.asked.name,
    }
    if by.measure == "adults":
        return _(
            "Similar size: %(least)s to %(most)s adults, as declared. %(unit)s has %(value)s "
            "(%(day)s, %(document)s).",
            **said,
        )
    return _(
        "No adults are declared for %(unit)s. Similar size: %(least)s to %(most)s households, as declared; "
        "it has %(value)s (%(day)s, %(document)s).",
        **said,
    )
