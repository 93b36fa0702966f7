"""Community digital technology teams of a simulated movement, and their rounds from door to door.

Old Bình Định had 1,116 teams with 4,300 members: as many to so many members here. Their chance is
their own, so that everything else comes out as it did without them."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from application.actors import OPERATOR
from application.ports import Ground, Unit
from application.simulation.deeds import (
    Appoint,
    DeclareHouseholds,
    FormTeam,
    JoinTeam,
    VisitHousehold,
    Wave,
)
from application.simulation.draft import Draft
from application.simulation.lessons import skills
from domain.model import Role, UnitId
from domain.territory import EstablishUnits, UnitKind, UnitSpec
from domain.visits import Finding

TEAMS: Final = 1_116
MEMBERS: Final = 4_300
MOST: Final = 8  # members of one team; four on average
GO_ROUND: Final = 0.3  # the share of teams that go from door to door
TOGETHER: Final = 500
LEADER_SIGNS_IN: Final = 20  # the leader of every so many-th team has the role, too

# Hamlets are in no official list; these are common names of the south-central coast.
HAMLETS: Final = (
    "An Hòa", "Bình An", "Cảnh An", "Đại Hội", "Định Thuận", "Giang Nam", "Hòa Bình", "Hòa Mỹ", "Hưng Lạc",
    "Kim Tây", "Lạc Điền", "Lộc Hạ", "Luật Lễ", "Mỹ Điền", "Nghĩa Hòa", "Nhân Ân", "Ngọc Thạnh", "Phổ Trạch",
    "Phú Hậu", "Quảng Nghiệp", "Quang Hy", "Tân Điền", "Tân Giản", "Thanh Giang", "Thiện Trung", "Tuân Lễ",
    "Trung Thành", "Tú Thủy", "Vân Hội", "Vinh Thạnh", "Vĩnh Lợi", "Xuân Mỹ", "Xuân Phương", "Thế Thạnh",
    "Cửu Thành", "Diêu Trì", "Gò Bồi", "Dương Thiện", "Lương Bình", "Phong Tấn",
)  # fmt: skip
HAS: Final = ((Finding.SMARTPHONE, 0.74), (Finding.HOME_NETWORK, 0.55), (Finding.VNEID_LEVEL_2, 0.62))

Member = tuple[int, int]
"""Somebody's number, and the day of joining."""


class Teams:
    """Numbers teams and visits as they come; spreads the members of each commune over its teams."""

    def __init__(self, draft: Draft, seed: int, beside: int = 0) -> None:
        """`beside` members are there whom nobody spreads."""
        self.draft = draft
        self.chance = Random(f"{seed} teams")  # nosec B311 # an invented movement, the same for each seed
        self.members = beside
        self.wanted = 0
        self.teams = 0
        self.visits = 0
        self.leader: int | None = None
        self.first: tuple[str, int] | None = None
        """Of the first team, its commune and the organizer who formed it."""

    def homes(self, commune: Unit, group: Sequence[Member]) -> list[list[Member]]:
        """The members of each team of a commune, the leader first; each team gets a hamlet of its own, in
        which its members teach."""
        self.members += len(group)
        wanted = min(round(self.members * TEAMS / MEMBERS) - self.wanted, len(group))
        ordered = sorted(group, key=lambda one: one[1])
        teams = [[one] for one in ordered[:wanted]]
        for one in ordered[wanted:]:
            roomy = [team for team in teams if len(team) < MOST]
            if roomy:
                self.chance.choice(roomy).append(one)
        names = self.chance.sample(HAMLETS, len(HAMLETS))
        for number, team in enumerate(teams):
            again, name = divmod(number, len(names))
            hamlet = self._hamlet(commune, f"Thôn {names[name]}" + (f" {again + 1}" if again else ""))
            for who, _joined in team:
                self.draft.homes[who] = hamlet
        self.wanted += wanted
        return teams

    def _hamlet(self, commune: Unit, called: str) -> UnitId:
        unit = UnitId(uuid5(NAMESPACE_OID, f"{commune.id} {called}").hex)
        self.draft.plan.hamlets.append(
            UnitSpec(
                unit=unit,
                code=None,
                name=called,
                kind=UnitKind.HAMLET,
                parent=commune.id,
                valid_from=self.draft.plan.first,
            )
        )
        return unit

    def live(self, organizer: int, teams: Sequence[Sequence[Member]]) -> None:
        """Each team is formed on the first day, joined as its members come, and some go round."""
        for members in teams:
            self._live(organizer, members)

    def _live(self, organizer: int, members: Sequence[Member]) -> None:
        draft, chance = self.draft, self.chance
        leader, first = members[0]
        team, hamlet = self.teams, draft.homes[leader]
        self.teams += 1
        self.first = self.first or (draft.person(leader).commune, organizer)
        formed = draft.date(0) - timedelta(days=chance.randint(0, 900))
        draft.add(0, Wave.FORM, FormTeam(team, organizer, hamlet, formed))
        for who, joined in members:
            deed = JoinTeam(team, who, organizer, draft.date(joined), leader=who == leader)
            draft.add(joined, Wave.JOIN, deed)
        if team % LEADER_SIGNS_IN == 0:
            draft.add(first, Wave.JOIN, Appoint(leader, Role.TEAM_LEADER, hamlet))
            self.leader = leader if self.leader is None else self.leader
        if chance.random() < GO_ROUND:
            households = chance.randint(70, 240)
            draft.add(0, Wave.FORM, DeclareHouseholds(hamlet, organizer, households, draft.date(0)))
            for _ in range(chance.randint(4, 16)):
                self._visit(hamlet, members, households)

    def welcome(self, who: int) -> None:
        """Somebody of the first team's commune belongs to it, too."""
        if self.first is not None and self.first[0] == self.draft.person(who).commune:
            deed = JoinTeam(0, who, self.first[1], self.draft.date(0), leader=False)
            self.draft.add(0, Wave.JOIN, deed)

    def _visit(self, hamlet: UnitId, members: Sequence[Member], households: int) -> None:
        draft, chance = self.draft, self.chance
        who, joined = chance.choice(members)
        day = joined + int((draft.length - joined) * chance.random())
        deed = VisitHousehold(
            self.visits,
            who,
            hamlet,
            chance.randint(1, households),
            draft.date(day),
            tuple(one for one, share in HAS if chance.random() < share),
            skills(chance, chance.choices((0, 1, 2), (25, 50, 25))[0]),
        )
        if draft.add(day, Wave.VISIT, deed):
            self.visits += 1


async def establish(ground: Ground, hamlets: Sequence[UnitSpec]) -> None:
    """The hamlets of a plan, under communes that stand."""
    for start in range(0, len(hamlets), TOGETHER):
        some = tuple(hamlets[start : start + TOGETHER])
        await ground.ledger.decide(EstablishUnits(units=some, by=OPERATOR.by))
