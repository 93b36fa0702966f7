"""Which board an address, a file or a program asks for: one reading for all three.

What cannot be compared is refused in a sentence: an unknown team, workplace or campaign, days that
end before they begin, a campaign of another unit.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

import msgspec

from application.comparing import (
    CampaignElsewhere,
    DaysIncomplete,
    DaysReversed,
    TooManyDays,
    TooManyForDays,
)
from application.ports import Unit
from domain.campaigns import NoSuchCampaign
from domain.model import Role, WorkplaceId
from domain.teams import NoSuchTeam
from domain.territory import Level
from domain.workplaces import NoSuchWorkplace
from infrastructure.read_models import (
    campaigns,
    memberships,
    sizes,
    standing_days,
    teams,
    units,
    workplaces,
)
from infrastructure.read_models.campaigns import ALL, Campaign
from infrastructure.read_models.free_days import Days, TooMany
from infrastructure.read_models.leaderboard import BadCursor, Board, Compared, Which
from infrastructure.read_models.sizes import Alike
from infrastructure.read_models.standings import Metric, Of
from interfaces.house import House, Questions
from interfaces.web import boundaries, choosing
from interfaces.web.choosing import address, reference
from interfaces.web.limits import AnyRequest, NoSuchBoard, WrongValue

NAMING: Final = (Role.ORGANIZER, Role.COMMITTEE, Role.SECRETARY, Role.AUDITOR)
"""Who may take a board along with the names that their role opens, over their units."""
_PERIOD: Final = re.compile(r"all|20\d\d(-(0[1-9]|1[0-2]|Q[1-4]))?\Z")
_DAYS: Final = re.compile(r"([^~]+)~([^~]+)\Z")
_CAMPAIGN: Final = "c:"
_HOLDS: Final = {
    Of.PROVINCES: (Level.COUNTRY,),
    Of.COMMUNES: (Level.PROVINCE, Level.DISTRICT, Level.COUNTRY),
    Of.HAMLETS: (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE, Level.COUNTRY),
}
"""In units of which levels these are compared, the smallest first."""

T = TypeVar("T")


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """As an address says it; what is empty is not said."""

    unit: str = ""
    of: str = ""
    metric: str = ""
    period: str = ""
    campaign: str = ""
    begins: str = ""
    ends: str = ""
    team: str = ""
    workplace: str = ""
    similar: str = ""
    boundaries: str = ""


_WORD: Final = re.compile(r"[A-Za-z0-9._:~-]{0,100}\Z")
_CALLED: Final = {"begins": "from", "ends": "to"}
"""What the fields of an ask are called in an address, where it is something else."""


def asked(request: AnyRequest) -> Ask:
    """What an address asks for. Raises `WrongValue` for what no address of ours says."""
    said = {}
    for field in Ask.__struct_fields__:
        name = _CALLED.get(field, field)
        said[field] = request.query_params.get(name, "")
        if not _WORD.match(said[field]):
            raise WrongValue(field=name)
    return Ask(**said)


class Body(msgspec.Struct, frozen=True):
    """A team or a workplace whose members are compared: `of` says which."""

    of: Of
    id: str
    name: str


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A board that there is: its rows lie in `unit`, or are `among` those named. `asked` is the unit that
    was asked for, where its siblings are compared. `alike` is None where its size is not known."""

    unit: Unit
    asked: Unit
    of: Of
    metric: Metric
    period: str
    campaign: Campaign | None = None
    days: Days | None = None
    body: Body | None = None
    similar: bool = False
    alike: Alike | None = None
    day: date | None = None
    among: frozenset[str] | None = None

    @property
    def time(self) -> str:
        """Its period as one is chosen from a list, free days among them."""
        return f"{self.days[0]}~{self.days[1]}" if self.days else self.period

    def compared(self, db: Questions) -> Compared:
        """Raises `TooManyForDays`."""
        which = Which(of=self.of, metric=self.metric, period=self.period, among=self.among, days=self.days)
        try:
            return Compared(db, self.unit.id, **which)
        except TooMany:
            raise TooManyForDays(field="from") from None

    def query(self, **other: object) -> dict[str, object]:
        """The board as its one address says it, with what of it is to be another. What is usual is left
        out, so that no board has two addresses."""
        said: dict[str, object] = {
            "unit": reference(self.asked) if not self.body else None,
            "of": self.of.value if self.of is not Of.AMBASSADORS else None,
            "metric": self.metric.value,
            "period": self.period if not self.campaign and not self.days else None,
            "campaign": self.campaign.campaign if self.campaign else None,
            "from": self.days[0].isoformat() if self.days else None,
            "to": self.days[1].isoformat() if self.days else None,
            "team": self.body.id if self.body and self.body.of is Of.TEAMS else None,
            "workplace": self.body.id if self.body and self.body.of is Of.WORKPLACES else None,
            "similar": 1 if self.similar else None,
            "boundaries": self.day.isoformat() if self.day else None,
        } | other
        if said["period"] == ALL:
            del said["period"]
        if said["metric"] == Metric.PEOPLE.value:
            del said["metric"]
        return said

    def address(self, path: str = "/xep-hang", **other: object) -> str:
        return address(path, **self.query(**other))


def choose(house: House, ask: Ask, start: Unit | None) -> Chosen:
    """The board that is asked for, in `start` where no unit is named.

    Raises `NoSuchBoard`, `OutOfScope`, `WrongValue`, `NoBoundaries`, `NoSuchTeam`, `NoSuchWorkplace`,
    `NoSuchCampaign`, `CampaignElsewhere`, `DaysIncomplete`, `DaysReversed`,
    `TooManyDays`."""
    of, metric = _word(Of, ask.of or Of.AMBASSADORS), _word(Metric, ask.metric or Metric.PEOPLE)
    day = boundaries.day_asked(house, ask.boundaries)
    with house.asking() as db:
        campaign = _campaign(db, ask)
        if campaign is not None and not ask.unit:
            start = house.units.find(campaign.unit)
        body = _body(db, ask, of)
        if body is not None:
            seat = memberships.seats(db, [body.id]).get(body.id)
            asked = choosing.unit_asked(house, seat or "", None)
        else:
            asked = boundaries.unit_asked(house, ask.unit, day, start)
        chosen = Chosen(
            unit=_compared_in(house, asked, of, day),
            asked=asked,
            of=of,
            metric=metric,
            period=ALL,
            body=body,
            day=day,
        )
        return _among(db, _timed(house, ask, campaign, chosen), similar=bool(ask.similar))


def _word(kind: Callable[[str], T], said: str) -> T:
    try:
        return kind(said)
    except ValueError:
        raise NoSuchBoard from None


def _body(db: Questions, ask: Ask, of: Of) -> Body | None:
    if not (ask.team or ask.workplace):
        return None
    if of is not Of.AMBASSADORS or (ask.team and ask.workplace):
        raise NoSuchBoard
    if ask.team:
        team = teams.team(db, ask.team)
        if team is None:
            raise NoSuchTeam(field="team")
        return Body(Of.TEAMS, team.team, team.name)
    workplace = workplaces.workplace(db, WorkplaceId(ask.workplace))
    if workplace is None:
        raise NoSuchWorkplace(field="workplace")
    return Body(Of.WORKPLACES, workplace.workplace, workplace.name)


def _compared_in(house: House, asked: Unit, of: Of, day: date | None) -> Unit:
    """Units are compared in the nearest one above that holds several of them."""
    if of.level is None:
        return asked
    levels = _HOLDS[of]
    above = boundaries.above(house, asked, day)
    return next((one for one in above if one.kind.level in levels), asked)


def _campaign(db: Questions, ask: Ask) -> Campaign | None:
    ref = ask.campaign or (ask.period.removeprefix(_CAMPAIGN) if ask.period.startswith(_CAMPAIGN) else "")
    if not ref:
        return None
    campaign = campaigns.one(db, ref)
    if campaign is None:
        raise NoSuchCampaign
    return campaign


def _timed(house: House, ask: Ask, campaign: Campaign | None, chosen: Chosen) -> Chosen:
    """With its period: a campaign or free days before one of the calendar's."""
    if campaign is not None:
        if not house.units.is_within(chosen.unit.id, campaign.unit):
            held = house.units.find(campaign.unit)
            raise CampaignElsewhere(unit=held.name if held else "")
        return msgspec.structs.replace(chosen, campaign=campaign, period=campaign.period)
    named = _DAYS.match(ask.period)
    begins, ends = named.groups() if named else (ask.begins, ask.ends)
    if begins or ends:
        if not (begins and ends):
            raise DaysIncomplete(field="to" if begins else "from")
        days = _day(begins, "from"), _day(ends, "to")
        if days[1] < days[0]:
            raise DaysReversed(field="to")
        if chosen.of.level and (days[1] - days[0]).days >= standing_days.LONGEST:
            raise TooManyDays(field="to", most=standing_days.LONGEST)
        return msgspec.structs.replace(chosen, days=days)
    if ask.period and not _PERIOD.match(ask.period):
        raise NoSuchBoard
    return msgspec.structs.replace(chosen, period=ask.period or ALL)


def _day(said: str, field: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise WrongValue(field=field) from None


def _among(db: Questions, chosen: Chosen, *, similar: bool) -> Chosen:
    if chosen.body is not None:
        members = frozenset(memberships.members(db, chosen.body.id))
        return msgspec.structs.replace(chosen, among=members)
    level = chosen.of.level
    if similar and level is not None and chosen.asked.kind.level is level and chosen.day is None:
        alike = sizes.alike(db, chosen.asked.id)
        return msgspec.structs.replace(
            chosen, similar=True, alike=alike, among=alike.units if alike else None
        )
    if level is not None and chosen.day is not None:
        stood = units.units_on(db, chosen.unit.id, level, chosen.day)
        return msgspec.structs.replace(chosen, among=stood)
    return chosen


def page(compared: Compared, *, limit: int, after: str | None) -> Board:
    """Raises `NoSuchBoard`."""
    try:
        return compared.page(limit, after)
    except BadCursor:
        raise NoSuchBoard from None
