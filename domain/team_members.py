"""Who belongs to a team, and who leads it. Nobody is in two teams at a time, so that what somebody
taught counts for one team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.model import Boundary, Fact, PersonId, Refused, Selector, TeamId, UnitId
from domain.people import Newcomer
from domain.teams import AboutTeam, TeamFormed, TeamLeaderNamed, TeamMemberJoined, TeamMemberLeft, team_member
from domain.who_is_who import Groups, Somebody, WhoIsWho


class LeaderOfNoTeam(Refused):
    """Who is to lead a team belongs to it."""


class HasALeader(Refused):
    """One member leads a team; another one is named in their place, not beside them."""


class InAnotherTeam(Refused):
    """A person belongs to one team at a time."""


class NotInTheTeam(Refused):
    """The person does not belong to this team."""


class TooManyInTheTeam(Refused):
    """A team has at most `limit` members."""


MOST_IN_A_TEAM: Final = 200
"""The teams of old Bình Định have four members on average; what has more is a list of something else."""


class TeamsOf:
    """In which team each of some people is, and was: a fold over their own joining and leaving."""

    def __init__(self, ids: Iterable[PersonId]) -> None:
        self._ids = tuple(dict.fromkeys(ids))
        self._of: dict[PersonId, TeamMemberJoined] = {}
        self._joined: list[TeamMemberJoined] = []
        self._left: dict[TeamMemberJoined, date] = {}

    def boundary(self) -> list[Selector]:
        kinds = (TeamMemberJoined, TeamMemberLeft)
        return [Selector(kinds, [team_member(person)]) for person in self._ids]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TeamMemberJoined():
                self._of[fact.person] = fact
                self._joined.append(fact)
            case TeamMemberLeft() if joined := self._of.pop(fact.person, None):
                self._left[joined] = fact.on

    def joined(self, ids: Iterable[PersonId]) -> list[TeamMemberJoined]:
        """By what those of these ids that are in a team joined it."""
        return [self._of[person] for person in ids if person in self._of]

    def of(self, ids: Iterable[PersonId]) -> set[TeamId]:
        return {fact.team for fact in self.joined(ids)}

    def on(self, ids: Iterable[PersonId], day: date) -> TeamId | None:
        """The team these ids of one person belonged to on a day, the first and the last of it included;
        of two (they left one for the other) the one they joined later."""
        wanted = frozenset(ids)
        held = [
            one.team
            for one in self._joined
            if one.person in wanted and one.on <= day <= self._left.get(one, date.max)
        ]
        return held[-1] if held else None


@dataclass(kw_only=True)
class AddTeamMember(AboutTeam):
    """A person belongs to this team since a day, and leads it (`leader`) where nobody does yet.

    Given by the id that stands for them; `aliases` holds their group, if merged. Who belongs to the
    team already stays as they are. A newcomer `lives` where the team lies today."""

    person: PersonId
    on: date
    leader: bool = False
    newcomer: Newcomer | None = None
    lives: UnitId | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.somebody = Somebody(self.person, self.aliases, self.newcomer)
        self.teams = TeamsOf(self.somebody.known)

    def consistency_boundary(self) -> Boundary:
        own = [*self.somebody.boundary(), *self.teams.boundary()]
        return [*super().consistency_boundary(), *own]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.somebody.weigh(fact)
        self.teams.weigh(fact)

    def execute(self) -> None:
        formed = self.must_stand()
        self.must_lie(self.on, formed.on)
        self.somebody.check()
        ids = self.somebody.ids
        belongs = self.teams.of(ids)
        if belongs - {self.team}:
            raise InAnotherTeam(field="member")
        if self.leader and self.now.leader not in (None, *ids):
            raise HasALeader(field="leader")
        if belongs:
            self._lead(formed, ids)
            return
        if len(self.now.members) >= MOST_IN_A_TEAM:
            raise TooManyInTheTeam(field="member", limit=MOST_IN_A_TEAM)
        self._join(formed)

    def _lead(self, formed: TeamFormed, ids: frozenset[PersonId]) -> None:
        """A member who was not said to lead before."""
        if self.leader and self.now.leader is None:
            member = next(one for one in self.now.members if one in ids)
            self.must_lie(self.on, self.now.members[member])
            self.record(
                TeamLeaderNamed(
                    at=self.at, by=self.by, team=self.team, unit=formed.unit, person=member, on=self.on
                )
            )

    def _join(self, formed: TeamFormed) -> None:
        if self.newcomer:
            for fact in self.newcomer.facts(self.at, self.by, self.lives or formed.unit):
                self.record(fact)
        self.record(
            TeamMemberJoined(
                at=self.at,
                by=self.by,
                team=self.team,
                unit=formed.unit,
                person=self.person,
                on=self.on,
                leader=self.leader,
            )
        )


@dataclass(kw_only=True)
class AboutMember(AboutTeam):
    """A decision about somebody who belongs to a team, under any of their ids."""

    person: PersonId
    on: date
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.who = WhoIsWho([self.person], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.who.weigh(fact)

    @property
    def belonging(self) -> list[PersonId]:
        """The ids under which they belong to it: two, where they were merged within the team."""
        return [one for one in self.now.members if one in self.who.ids(self.person)]


@dataclass(kw_only=True)
class RemoveTeamMember(AboutMember):
    """A person no longer belongs to this team."""

    def execute(self) -> None:
        formed = self.must_stand()
        self.who.check()
        if not self.belonging:
            raise NotInTheTeam(field="member")
        for member in self.belonging:
            self.must_lie(self.on, self.now.members[member])
            self.record(
                TeamMemberLeft(
                    at=self.at, by=self.by, team=self.team, unit=formed.unit, person=member, on=self.on
                )
            )


@dataclass(kw_only=True)
class NameTeamLeader(AboutMember):
    """A member leads the team from a day on, in place of whoever did."""

    def execute(self) -> None:
        formed = self.must_stand()
        self.who.check()
        if not self.belonging:
            raise LeaderOfNoTeam(field="member")
        if self.now.leader in self.belonging:
            return
        member = self.belonging[0]
        self.must_lie(self.on, self.now.members[member])
        self.record(
            TeamLeaderNamed(
                at=self.at, by=self.by, team=self.team, unit=formed.unit, person=member, on=self.on
            )
        )
