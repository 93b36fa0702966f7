"""A community digital technology team (tổ công nghệ số cộng đồng): formed under a hamlet or commune,
renamed, disbanded. Who belongs to it and leads it: `domain/team_members.py`."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.calendar import written
from domain.entries import happened
from domain.model import Boundary, By, Decision, Fact, PersonId, Refused, Selector, Tags, TeamId, UnitId
from domain.names import clean, fold
from domain.placed import PlacedAnew


class DisbandReason(StrEnum):
    JOINED_ANOTHER = "joined-another"  # its members go on in another team
    NO_MEMBERS = "no-members"
    UNIT_CHANGED = "unit-changed"
    MISTAKE = "mistake"
    OTHER = "other"


class TeamFact(Fact, frozen=True, kw_only=True):
    team: TeamId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"team:{self.team}",)


class TeamFormed(TeamFact, frozen=True, kw_only=True):
    """A team stands since the day `on`. Its name is public, as a market's is; `name_key` is the name
    folded, so that one unit never has two teams of one name."""

    NAME = "team-formed"

    name: str
    name_key: str
    on: date

    def tags(self) -> Tags:
        return (*super().tags(), team_name(self.unit, self.name_key))


class TeamRenamed(TeamFact, frozen=True, kw_only=True):
    """`previous_key` is free for another team of the unit from now on."""

    NAME = "team-renamed"

    name: str
    name_key: str
    previous_key: str

    def tags(self) -> Tags:
        keys = dict.fromkeys((self.name_key, self.previous_key))
        return (*super().tags(), *(team_name(self.unit, key) for key in keys))


class TeamMemberFact(TeamFact, frozen=True, kw_only=True):
    person: PersonId
    on: date

    def tags(self) -> Tags:
        return (*super().tags(), team_member(self.person))


class TeamMemberJoined(TeamMemberFact, frozen=True, kw_only=True):
    NAME = "team-member-joined"

    leader: bool = False


class TeamMemberLeft(TeamMemberFact, frozen=True, kw_only=True):
    """Whoever led leaves the team without a leader, until another is named."""

    NAME = "team-member-left"


class TeamLeaderNamed(TeamMemberFact, frozen=True, kw_only=True):
    """A member leads from that day on, in place of whoever led."""

    NAME = "team-leader-named"


class TeamDisbanded(TeamFact, frozen=True, kw_only=True):
    """Its members left with it (each by a fact of their own); its name is free again in `unit`, where
    it lay last."""

    NAME = "team-disbanded"

    name_key: str
    on: date
    reason: DisbandReason

    def tags(self) -> Tags:
        return (*super().tags(), team_name(self.unit, self.name_key))


FACTS: Final = (
    TeamFormed,
    TeamRenamed,
    TeamMemberJoined,
    TeamMemberLeft,
    TeamLeaderNamed,
    TeamDisbanded,
)


def team_name(unit: UnitId, name_key: str) -> str:
    """The tag that two teams of one name in one unit would share."""
    return f"team-name:{unit}:{name_key}"


def team_member(person: PersonId) -> str:
    return f"team-member:{person}"


class TeamExists(Refused):
    """A team of this name stands in the unit (accents and spaces aside)."""


class NoSuchTeam(Refused):
    """No team of this id was formed."""


class TeamIsDisbanded(Refused):
    """The team is no more; nobody joins it or leads it."""


class BeforeTheTeam(Refused):
    """The day lies before `since`, on which the team was formed, or its member joined or left."""


class TooLongAgo(Refused):
    """Teams were not formed before `earliest`: the day is a slip."""


EARLIEST: Final = date(2010, 1, 1)
"""Long before there were teams (2022); a day before it is a number that was read as one."""


class Team:
    """One team as its facts tell it. `members` are given with the day each joined, by the id under
    which they did; `latest` is the last day of anything that happened to it."""

    def __init__(self) -> None:
        self.formed: TeamFormed | None = None
        self.name = self.name_key = ""
        self.members: dict[PersonId, date] = {}
        self.leader: PersonId | None = None
        self.disbanded: date | None = None
        self.latest = date.min

    def weigh(self, fact: TeamFact) -> None:
        match fact:
            case TeamFormed():
                self.formed, self.latest = fact, fact.on
                self.name, self.name_key = fact.name, fact.name_key
            case TeamRenamed():
                self.name, self.name_key = fact.name, fact.name_key
            case TeamMemberJoined():
                self.members[fact.person] = fact.on
                if fact.leader:
                    self.leader = fact.person
            case TeamMemberLeft():
                self.members.pop(fact.person, None)
                if self.leader == fact.person:
                    self.leader = None
            case TeamLeaderNamed():
                self.leader = fact.person
            case TeamDisbanded():
                self.disbanded = fact.on
        if isinstance(fact, TeamMemberFact):
            self.latest = max(self.latest, fact.on)


class Named:
    """Whether another team of the unit has the name that one is to be given, here as it is folded."""

    def __init__(self, team: TeamId, unit: UnitId, key: str) -> None:
        self._team = team
        self.tag = team_name(unit, key)
        self._by: dict[str, None] = {}

    def boundary(self) -> list[Selector]:
        return [Selector([TeamFormed, TeamRenamed, TeamDisbanded, PlacedAnew], [self.tag])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TeamFormed() if self.tag == team_name(fact.unit, fact.name_key):
                self._by[fact.team] = None
            case TeamRenamed() if self.tag == team_name(fact.unit, fact.name_key):
                self._by[fact.team] = None
            case TeamRenamed() if self.tag == team_name(fact.unit, fact.previous_key):
                self._by.pop(fact.team, None)
            case PlacedAnew(name_key=str(key)) if self.tag == team_name(fact.unit, key):
                self._by[fact.subject] = None
            case PlacedAnew(name_key=str(key)) if self.tag == team_name(fact.previous, key):
                self._by.pop(fact.subject, None)
            case TeamDisbanded():
                self._by.pop(fact.team, None)

    @property
    def holders(self) -> list[TeamId]:
        """The teams that have it."""
        return [TeamId(one) for one in self._by]

    @property
    def taken(self) -> bool:
        return bool(self._by.keys() - {self._team})

    def check(self) -> None:
        if self.taken:
            raise TeamExists(field="name")


@dataclass(kw_only=True)
class FormTeam(Decision):
    """A team stands in a unit since a day. Raises `BadName`, too."""

    team: TeamId
    unit: UnitId
    name: str
    on: date
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.named = Named(self.team, self.unit, fold(self.name))

    def consistency_boundary(self) -> Boundary:
        return self.named.boundary()

    def weigh(self, fact: Fact) -> None:
        self.named.weigh(fact)

    def execute(self) -> None:
        _likely(self.on)
        happened(self.on, self.at)
        self.named.check()
        self.record(
            TeamFormed(
                at=self.at,
                by=self.by,
                team=self.team,
                unit=self.unit,
                name=self.name,
                name_key=fold(self.name),
                on=self.on,
            )
        )


def _likely(on: date) -> None:
    if on < EARLIEST:
        raise TooLongAgo(field="on", earliest=written(EARLIEST))


@dataclass(kw_only=True)
class AboutTeam(Decision):
    """What decisions about one team have in common: its own facts, few in number."""

    team: TeamId
    by: By

    def __post_init__(self) -> None:
        self.now = Team()
        self._placed: UnitId | None = None

    def consistency_boundary(self) -> Boundary:
        return [
            Selector(FACTS, [f"team:{self.team}"]),
            Selector([PlacedAnew], [f"placed:{self.team}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TeamFact(team=self.team):
                self.now.weigh(fact)
            case PlacedAnew(subject=self.team):
                self._placed = fact.unit

    def lies_in(self, formed: TeamFormed) -> UnitId:
        """Where the team lies today: where it was formed, or was placed since that was divided."""
        return self._placed or formed.unit

    def must_stand(self) -> TeamFormed:
        if self.now.formed is None:
            raise NoSuchTeam
        if self.now.disbanded:
            raise TeamIsDisbanded
        return self.now.formed

    def must_lie(self, on: date, since: date) -> None:
        """Raises `NotYetHappened`, `TooLongAgo`, `BeforeTheTeam`."""
        happened(on, self.at)
        _likely(on)
        if on < since:
            raise BeforeTheTeam(field="on", since=written(since))


@dataclass(kw_only=True)
class RenameTeam(AboutTeam):
    """A team is called otherwise from now on. `unit` is where it lies, as it was looked up."""

    unit: UnitId
    name: str

    def __post_init__(self) -> None:
        super().__post_init__()
        self.name = clean(self.name)
        self.named = Named(self.team, self.unit, fold(self.name))

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.named.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.named.weigh(fact)

    def execute(self) -> None:
        if self.lies_in(self.must_stand()) != self.unit:
            raise NoSuchTeam
        self.named.check()
        if self.name != self.now.name:
            self.record(
                TeamRenamed(
                    at=self.at,
                    by=self.by,
                    team=self.team,
                    unit=self.unit,
                    name=self.name,
                    name_key=fold(self.name),
                    previous_key=self.now.name_key,
                )
            )


@dataclass(kw_only=True)
class DisbandTeam(AboutTeam):
    """The team is no more: its members leave, its name is free. Disbanded again, nothing changes."""

    on: date
    reason: DisbandReason

    def execute(self) -> None:
        if self.now.disbanded:
            return
        formed = self.must_stand()
        self.must_lie(self.on, self.now.latest)
        for member in self.now.members:
            self.record(
                TeamMemberLeft(
                    at=self.at, by=self.by, team=self.team, unit=formed.unit, person=member, on=self.on
                )
            )
        self.record(
            TeamDisbanded(
                at=self.at,
                by=self.by,
                team=self.team,
                unit=self.lies_in(formed),
                name_key=self.now.name_key,
                on=self.on,
                reason=self.reason,
            )
        )
