"""Community digital technology teams: who belongs to which, and what their members brought about.

What somebody brought about counts for the team they belonged to on that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Select,
    Table,
    Text,
    and_,
    func,
    select,
    tuple_,
)

from domain import teams
from domain.lists import list_of
from domain.model import Fact, PersonId, TeamId, UnitId
from domain.names import fold
from domain.placed import Body, PlacedAnew
from domain.teams import (
    TeamDisbanded,
    TeamFact,
    TeamFormed,
    TeamLeaderNamed,
    TeamMemberJoined,
    TeamMemberLeft,
    TeamRenamed,
)
from infrastructure.database import derived
from infrastructure.read_models import people, scored, units, visits
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.classes import class_row
from infrastructure.read_models.columns import At, Day, Id, chunks
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import merge
from infrastructure.read_models.placed import Placed, inside
from infrastructure.read_models.standings import Metric, Of

team_row: Final = Table(
    "team_v1",
    derived,
    Column("team", Id, primary_key=True),
    Column("unit", Id, nullable=False, comment="where it lies today"),
    Column("name", Text, nullable=False),
    Column("name_key", Id, nullable=False),
    Column("on", Day, nullable=False),
    Column("leader", Id, comment="the id under which they joined"),
    Column("disbanded", Day),
    Column("reason", Id),
    Column("imported", Boolean, nullable=False, comment="whether it came by a list"),
    Column("formed", At, nullable=False, comment="position"),
    Index("team_v1_unit", "unit", "name_key", "team"),
)

member_row: Final = Table(
    "team_member_v1",
    derived,
    Column("team", Id, primary_key=True),
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    Column("joined", At, primary_key=True, autoincrement=False, comment="position"),
    Column("since", Day, nullable=False),
    Column("until", Day, comment="NULL while a member"),
    Column("imported", Boolean, nullable=False),
    Index("team_member_v1_person", "person"),
)


class TeamRow(msgspec.Struct, gc=False):
    team: TeamId
    unit: UnitId
    name: str
    name_key: str
    on: str
    leader: PersonId | None
    disbanded: str | None
    reason: str | None
    imported: bool
    formed: int


class MemberRow(msgspec.Struct, gc=False):
    team: TeamId
    person: PersonId
    joined: int
    since: str
    until: str | None
    imported: bool


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """By the id that stands for them."""

    person: PersonId
    since: date
    imported: bool


class TeamSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list. `members` are distinct persons of today, `leader` by the id that stands for them."""

    team: TeamId
    unit: UnitId
    name: str
    on: date
    disbanded: date | None
    reason: str | None
    imported: bool
    leader: PersonId | None
    members: int


class TeamFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What members brought about on days on which they belonged to the team: distinct `people` who
    confirmed (of them `able` themselves), families with the status, vendors onboarded and confirmed,
    households visited, classes opened with a code."""

    people: int
    able: int
    families: int
    vendors: int
    households: int
    visits: int
    classes: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`after` asks for the next page; `total` counts all that meet the question."""

    teams: tuple[TeamSummary, ...]
    total: int
    after: str | None


def team(db: Connection, ref: str) -> TeamSummary | None:
    found = _summaries(db, select(team_row).where(team_row.c.team == ref))
    return found[0] if found else None


def unit_of(db: Connection, ref: str) -> UnitId | None:
    return db.scalar(select(team_row.c.unit).where(team_row.c.team == ref))


def names(db: Connection, refs: Sequence[TeamId]) -> dict[TeamId, str]:
    """The public names of these teams; an unknown one is missing from the answer."""
    found: dict[TeamId, str] = {}
    for some in chunks(list(refs)):
        query = select(team_row.c.team, team_row.c.name).where(team_row.c.team.in_(some))
        found |= {TeamId(ref): name for ref, name in db.execute(query)}
    return found


def members(db: Connection, ref: str) -> list[Member]:
    """The members of today in the order in which they joined, each once."""
    query = (
        select(member_row)
        .where(member_row.c.team == ref, member_row.c.until.is_(None))
        .order_by(member_row.c.since, member_row.c.joined)
    )
    rows = [MemberRow(*row) for row in db.execute(query)]
    now = {one: known.id for one, known in people.several(db, [row.person for row in rows]).items()}
    found: dict[PersonId, Member] = {}
    for row in rows:
        person = now.get(row.person, row.person)
        found.setdefault(
            person,
            Member(person=person, since=date.fromisoformat(row.since), imported=bool(row.imported)),
        )
    return list(found.values())


def of_person(db: Connection, person: PersonId) -> TeamSummary | None:
    """The team that somebody belongs to today, under any of their ids."""
    ref = db.scalar(
        select(member_row.c.team)
        .where(member_row.c.person.in_(people.aliases(db, person)), member_row.c.until.is_(None))
        .order_by(member_row.c.joined)
        .limit(1)
    )
    return team(db, ref) if ref else None


def leads(db: Connection, person: PersonId, ref: str) -> bool:
    """Whether somebody leads this team."""
    leader = db.scalar(select(team_row.c.leader).where(team_row.c.team == ref))
    return leader is not None and leader in people.aliases(db, person)


def in_unit(
    db: Connection,
    unit: UnitId,
    *,
    search: str = "",
    standing: bool = True,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """The teams in a unit or below it by name, of which `search` (accents and case aside) is a part;
    only those that stand, unless asked otherwise."""
    where = units.place(db, unit)
    if where is None:
        return Page(teams=(), total=0, after=None)
    conditions = [inside(unit, where, team_row.c.unit, team_row.c.team)]
    if standing:
        conditions.append(team_row.c.disbanded.is_(None))
    if key := fold(search):
        conditions.append(team_row.c.name_key.contains(key, autoescape=True))
    query = select(team_row).join(units.unit, units.unit.c.unit == team_row.c.unit).where(*conditions)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    if after is not None:
        key, _, ref = after.rpartition("|")
        query = query.where(tuple_(team_row.c.name_key, team_row.c.team) > tuple_(key, ref))
    found = _summaries(db, query.order_by(team_row.c.name_key, team_row.c.team).limit(limit + 1))
    more = len(found) > limit
    shown = tuple(found[:limit])
    last = f"{fold(shown[-1].name)}|{shown[-1].team}" if more else None
    return Page(teams=shown, total=total, after=last)


def figures(db: Connection, ref: str, *, month: str | None = None) -> TeamFigures:
    """What the team brought about, or what it did in one month (YYYY-MM). The people are those of its
    row on the boards."""
    period = month or ALL
    people_row = scored.counted(db, ref, of=Of.TEAMS, metric=Metric.PEOPLE, period=period)
    families = scored.scores(db, [ref], of=Of.TEAMS, metric=Metric.FAMILIES, period=period)
    vendors = scored.scores(db, [ref], of=Of.TEAMS, metric=Metric.VENDORS, period=period)
    made = visits.of_team(db, TeamId(ref), month=month)
    return TeamFigures(
        people=people_row[0],
        able=people_row[1],
        families=sum(families.values()),
        vendors=sum(vendors.values()),
        households=made.households,
        visits=made.visits,
        classes=_classes(db, ref, month),
    )


def _classes(db: Connection, ref: str, month: str | None) -> int:
    """Classes opened by who belonged to the team on that day."""
    belonged = (
        select(func.coalesce(merge.c.canonical, member_row.c.person).label("person"))
        .join(merge, merge.c.person == member_row.c.person, isouter=True)
        .where(member_row.c.team == ref)
        .distinct()
        .subquery()
    )
    query = (
        select(class_row.c.lesson, class_row.c.on, belonged.c.person)
        .join(merge, merge.c.person == class_row.c.ambassador, isouter=True)
        .join(belonged, belonged.c.person == func.coalesce(merge.c.canonical, class_row.c.ambassador))
    )
    if month is not None:
        query = query.where(class_row.c.on.startswith(month, autoescape=True))
    opened = db.execute(query).all()
    held = _times(db, list(dict.fromkeys(person for _, _, person in opened)))
    return len({lesson for lesson, on, person in opened if _team_on(held[person], on) == ref})


def _times(db: Connection, persons: Sequence[PersonId]) -> dict[PersonId, list[MemberRow]]:
    """All the times in teams of these (canonical) people."""
    tops = {one: top for top, some in people.aliases_of_each(db, persons).items() for one in some}
    found: dict[PersonId, list[MemberRow]] = {one: [] for one in persons}
    for some in chunks(list(tops)):
        for row in db.execute(select(member_row).where(member_row.c.person.in_(some))):
            found[tops[row.person]].append(MemberRow(*row))
    return found


def _team_on(times: Sequence[MemberRow], on: str) -> TeamId | None:
    """Of one day the latest entry holds, as on the boards (`memberships`)."""
    held = [one for one in times if one.since <= on and (one.until is None or on <= one.until)]
    return max(held, key=lambda one: one.joined).team if held else None


def _summaries(db: Connection, query: Select[Any]) -> list[TeamSummary]:
    rows = [TeamRow(*row) for row in db.execute(query)]
    counts: dict[str, int] = {}
    person = func.coalesce(merge.c.canonical, member_row.c.person)
    for some in chunks([row.team for row in rows]):
        counting = (
            select(member_row.c.team, func.count(person.distinct()))
            .join(merge, merge.c.person == member_row.c.person, isouter=True)
            .where(and_(member_row.c.team.in_(some), member_row.c.until.is_(None)))
            .group_by(member_row.c.team)
        )
        counts |= {str(ref): int(count) for ref, count in db.execute(counting)}
    leaders = [row.leader for row in rows if row.leader is not None]
    now = {one: known.id for one, known in people.several(db, leaders).items()}
    return [
        TeamSummary(
            team=row.team,
            unit=row.unit,
            name=row.name,
            on=date.fromisoformat(row.on),
            disbanded=date.fromisoformat(row.disbanded) if row.disbanded else None,
            reason=row.reason,
            imported=bool(row.imported),
            leader=now.get(row.leader, row.leader) if row.leader else None,
            members=counts.get(row.team, 0),
        )
        for row in rows
    ]


class Teams(Model):
    name = "teams"
    tables = (team_row, member_row)
    needs = (people.People, Placed)
    facts = (*teams.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._teams = copy.rows(team_row, TeamRow)
        self._members = copy.rows(member_row, MemberRow)

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        self._teams.load([fact.team for _, fact in facts if isinstance(fact, TeamFact)])

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeamFormed():
                self._teams.put(_formed(position, fact))
            case TeamMemberJoined():
                self._members.put(
                    MemberRow(fact.team, fact.person, position, fact.on.isoformat(), None, _imported(fact))
                )
                if fact.leader:
                    self._lead(fact.team, fact.person)
            case TeamMemberLeft():
                self._leave(fact)
            case TeamLeaderNamed():
                self._lead(fact.team, fact.person)
            case TeamRenamed():
                row = self._team(fact.team)
                row.name, row.name_key = fact.name, fact.name_key
                self._teams.put(row)
            case PlacedAnew(body=Body.TEAM):
                row = self._team(TeamId(fact.subject))
                row.unit = fact.unit
                self._teams.put(row)
            case TeamDisbanded():
                row = self._team(fact.team)
                row.disbanded, row.reason = fact.on.isoformat(), fact.reason.value
                self._teams.put(row)

    def _team(self, ref: TeamId) -> TeamRow:
        row = self._teams.get(ref)
        if row is None:
            raise LookupError("a team that was never formed")
        return row

    def _lead(self, ref: TeamId, person: PersonId | None) -> None:
        row = self._team(ref)
        row.leader = person
        self._teams.put(row)

    def _leave(self, fact: TeamMemberLeft) -> None:
        c = self._members.table.c
        here = (c.team == fact.team) & (c.person == fact.person) & c.until.is_(None)
        for row in self._members.find(here):
            row.until = fact.on.isoformat()
            self._members.put(row)
        if self._team(fact.team).leader == fact.person:
            self._lead(fact.team, None)


def _formed(position: int, fact: TeamFormed) -> TeamRow:
    return TeamRow(
        team=fact.team,
        unit=fact.unit,
        name=fact.name,
        name_key=fact.name_key,
        on=fact.on.isoformat(),
        leader=None,
        disbanded=None,
        reason=None,
        imported=_imported(fact),
        formed=position,
    )


def _imported(fact: Fact) -> bool:
    """Whether an imported list said so."""
    return list_of(fact.by) is not None
