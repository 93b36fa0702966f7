"""Random histories: short programs over few people, of which what makes no sense is left out."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET

from domain.access import RoleGranted, RoleRevoked
from domain.campaigns import CampaignAnnounced, CampaignWithdrawn
from domain.classes import ClassOpened
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.households import (
    Criterion,
    CriterionAnswered,
    CriterionDeclared,
    CriterionLost,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
)
from domain.markets import MarketOpened, StallsDeclared
from domain.milestones import Milestone, MilestoneDenied, MilestoneReached
from domain.model import (
    Answer,
    CampaignId,
    Channel,
    DeclarationId,
    Evidence,
    Fact,
    Group,
    HouseholdId,
    LessonId,
    MarketId,
    OnboardingId,
    PersonId,
    Position,
    Role,
    TeachingId,
    TeamId,
    UnitId,
    VendorId,
    VisitId,
    VoidReason,
    WorkplaceId,
)
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.people import (
    ConsentGiven,
    MergeUndone,
    PersonCorrected,
    PersonErased,
    PersonMerged,
    PersonMoved,
    PersonRegistered,
    Purpose,
)
from domain.placed import Body, PlacedAnew
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn, Witness
from domain.statuses import Because, StatusKind, StatusRecognised, StatusWithdrawn
from domain.teaching import CreditRuled, TeachingAnswered, TeachingLogged, TeachingVoided
from domain.teams import TeamFormed, TeamLeaderNamed, TeamMemberJoined, TeamMemberLeft, TeamRenamed
from domain.vendors import Means, VendorLeft, VendorRegistered, VendorSeenTrading
from domain.visits import Finding, HouseholdsDeclared, HouseholdVisited, VisitVoided, numbered
from domain.who_is_who import Aliases
from domain.workplaces import WorkplaceJoined, WorkplaceKind, WorkplaceLeft, WorkplaceRegistered
from tests.cast import BY, COUNTRY, NOW, PAYING, SERVICES, TUY_PHUOC, VNEID
from tests.infrastructure.read_models.support import AN_NHON, HAMLET, TERRITORY

PEOPLE = [PersonId(f"person-{number}") for number in range(7)]
UNITS = [TUY_PHUOC, AN_NHON, HAMLET]
SKILLS = [VNEID, PAYING, SERVICES]
DAYS = [date(2025, 12, 30), date(2026, 2, 1), date(2026, 2, 20)]
ANSWERS = list(Answer)

small = st.integers(0, 6)
steps = st.lists(st.tuples(st.integers(0, 38), small, small, small, small), min_size=5, max_size=60)
"""What happens, in numbers: which kind of thing, and to whom, where and when."""


class History:
    """Turns steps into facts, one hour apart."""

    def __init__(self, program: Sequence[tuple[int, ...]]) -> None:
        self.facts: list[Fact] = list(TERRITORY)
        self.logged: list[TeachingLogged] = []
        self.voided: set[str] = set()
        self.merges: list[PersonMerged] = []
        self.aliases = Aliases()
        self.households: list[HouseholdRegistered] = []
        self.members: set[tuple[HouseholdId, PersonId]] = set()
        self.declared: list[CriterionDeclared] = []
        self.recognised: set[str] = set()
        self.markets: list[MarketOpened] = []
        self.vendors: dict[VendorId, VendorRegistered] = {}
        self.onboarded: list[VendorOnboardingLogged] = []
        self.workplaces: list[WorkplaceRegistered] = []
        self.works: dict[PersonId, WorkplaceJoined] = {}
        self.teams: dict[TeamId, dict[PersonId, None]] = {}
        self.visited: list[HouseholdVisited] = []
        self.visits = 0
        self.campaigns: list[CampaignAnnounced] = []
        self.held = 0
        for person in PEOPLE:
            unit = UNITS[len(self.facts) % 2]
            self.add(PersonRegistered, person=person, group=Group.PEOPLE, unit=unit)
        for kind, *numbers in program:
            self.happen(kind, *numbers)

    def add(self, kind: type[Fact], /, **fields: Any) -> Any:
        fact = kind(at=NOW + timedelta(hours=len(self.facts)), by=BY, **fields)
        self.facts.append(fact)
        return fact

    def happen(self, kind: int, a: int, b: int, c: int, d: int) -> None:
        happenings: list[Callable[[int, int, int, int], None]] = [
            self.log, self.log, self.log, self.log, self.log, self.log,
            self.answer, self.answer, self.answer, self.answer, self.answer, self.answer,
            self.void, self.rule, self.rule, self.merge, self.merge, self.undo, self.undo,
            self.post, self.move, self.erase, self.family, self.member, self.declare, self.family_status,
            self.market, self.vendor, self.onboard, self.vendor_answer, self.trade, self.recognise,
            self.regroup, self.milestone,
            self.work,
            self.team, self.visit, self.campaign, self.campaign,
        ]  # fmt: skip
        happenings[kind](a, b, c, d)

    def log(self, a: int, b: int, c: int, d: int) -> None:
        if a == b:
            return
        skills = tuple(SKILLS[c % 3 :][: 1 + d % 2])
        number = len(self.logged)
        if d % 3 == 2:
            self.add(
                ClassOpened, lesson=LessonId(f"lesson-{number}"), ambassador=PEOPLE[a], unit=UNITS[c % 3],
                on=DAYS[d % 3], skills=skills, until=NOW,
            )  # fmt: skip
        self.logged.append(
            self.add(
                TeachingLogged, teaching=TeachingId(f"teaching-{number}"), ambassador=PEOPLE[a],
                learner=PEOPLE[b], skills=skills, unit=UNITS[c % 3], on=DAYS[d % 3],
                lesson=LessonId(f"lesson-{number}"), channel=Channel.CLASS,
            )
        )  # fmt: skip

    def _teaching(self, a: int, b: int) -> TeachingLogged | None:
        standing = [one for one in self.logged if one.teaching not in self.voided]
        return standing[(7 * a + b) % len(standing)] if standing else None

    def _about(self, one: TeachingLogged) -> dict[str, Any]:
        return {
            "teaching": one.teaching, "ambassador": one.ambassador, "learner": one.learner,
            "skills": one.skills, "unit": one.unit, "on": one.on,
        }  # fmt: skip

    def answer(self, a: int, b: int, c: int, d: int) -> None:
        if one := self._teaching(a, b):
            evidence = list(Evidence)[d % len(Evidence)]
            self.add(TeachingAnswered, answer=ANSWERS[c % 3], evidence=evidence, **self._about(one))

    def void(self, a: int, b: int, _c: int, _d: int) -> None:
        if one := self._teaching(a, b):
            self.voided.add(one.teaching)
            self.add(TeachingVoided, reason=VoidReason.DUPLICATE, **self._about(one))

    def rule(self, a: int, b: int, c: int, _d: int) -> None:
        if one := self._teaching(a, b):
            person, skill = self.aliases.canonical(one.learner), one.skills[c % len(one.skills)]
            self.add(
                CreditRuled, person=person, skill=skill,
                teaching=one.teaching, ambassador=one.ambassador, reason=VoidReason.DUPLICATE,
            )  # fmt: skip

    def merge(self, a: int, b: int, _c: int, _d: int) -> None:
        person, into = PEOPLE[a], PEOPLE[b]
        merged = self.aliases.merged_into(person) or self.aliases.merged_into(into)
        if merged is None and person != into:
            fact = self.add(PersonMerged, person=person, into=into)
            self.aliases.weigh(fact)
            self.merges.append(fact)

    def undo(self, a: int, _b: int, _c: int, _d: int) -> None:
        if self.merges:
            one = self.merges.pop(a % len(self.merges))
            self.aliases.weigh(self.add(MergeUndone, person=one.person, into=one.into))

    def post(self, a: int, b: int, c: int, _d: int) -> None:
        kind = RoleGranted if c % 3 else RoleRevoked
        self.add(kind, person=PEOPLE[a], role=Role.AMBASSADOR, unit=UNITS[b % 3])

    def move(self, a: int, b: int, c: int, d: int) -> None:
        self.add(PersonMoved, person=PEOPLE[a], unit=UNITS[b % 3], previous=UNITS[0])
        known: list[tuple[Body, str, UnitId]] = [
            *((Body.HOUSEHOLD, one.household, one.unit) for one in self.households),
            *((Body.DOOR, numbered(one.unit, one.number), one.unit) for one in self.visited if one.number),
            *((Body.MARKET, one.market, one.unit) for one in self.markets),
            *((Body.TEAM, one, UNITS[int(one[-1])]) for one in self.teams),
            *((Body.WORKPLACE, one.workplace, one.unit) for one in self.workplaces),
        ]
        if known and d % 2:
            body, subject, unit = known[c % len(known)]
            self.add(PlacedAnew, body=body, subject=subject, unit=UNITS[b % 3], previous=unit)

    def erase(self, a: int, b: int, _c: int, _d: int) -> None:
        if b % 2:
            self.add(PersonErased, person=PEOPLE[a])
        else:
            self.add(ConsentGiven, person=PEOPLE[a], purpose=Purpose.PUBLIC_NAME)

    def regroup(self, a: int, b: int, c: int, _d: int) -> None:
        group = list(Group)[b % len(Group)] if c % 3 else None
        minor = bool(b % 2) if c % 2 else UNSET
        self.add(PersonCorrected, person=PEOPLE[a], fields=(), group=group, minor=minor)

    def milestone(self, a: int, b: int, c: int, d: int) -> None:
        kind = MilestoneDenied if d % 4 == 3 else MilestoneReached
        evidence = [*Evidence, None][b % (len(Evidence) + 1)]
        self.add(
            kind, person=PEOPLE[a], milestone=list(Milestone)[c % 2], unit=UNITS[(a + b) % 3],
            on=DAYS[d % 3], evidence=evidence,
        )  # fmt: skip

    def team(self, a: int, b: int, c: int, d: int) -> None:
        """Formed first; then joined, left, led, renamed or, seldom, disbanded."""
        team, about = TeamId(f"team-{a % 2}"), {"team": TeamId(f"team-{a % 2}"), "unit": UNITS[a % 2]}
        if team not in self.teams:
            self.teams[team] = {}
            self.add(TeamFormed, name=f"Tổ {a % 2}", name_key=f"to {a % 2}", on=DAYS[0], **about)
        elif d == 6:
            key = f"to {a % 2} {b}"
            self.add(TeamRenamed, name=key, name_key=key, previous_key="", **about)
        elif PEOPLE[b] in self.teams[team]:
            kind = TeamMemberLeft if c % 2 else TeamLeaderNamed
            self.add(kind, person=PEOPLE[b], on=DAYS[d % 3], **about)
            if kind is TeamMemberLeft:
                del self.teams[team][PEOPLE[b]]
        elif not any(PEOPLE[b] in members for members in self.teams.values()):
            self.teams[team][PEOPLE[b]] = None
            self.add(TeamMemberJoined, person=PEOPLE[b], on=DAYS[d % 3], leader=c == 6, **about)

    def campaign(self, a: int, b: int, c: int, d: int) -> None:
        """Announced before, while or after something was done in its days, and withdrawn at times."""
        if self.campaigns and a == 6:
            one = self.campaigns.pop(b % len(self.campaigns))
            self.add(CampaignWithdrawn, campaign=one.campaign, unit=one.unit)
            return
        self.held += 1
        first, last = sorted((DAYS[b % 3], DAYS[c % 3]))
        self.campaigns.append(
            self.add(
                CampaignAnnounced, campaign=CampaignId(f"campaign-{self.held}"), name="Chiến dịch",
                unit=[*UNITS, COUNTRY][d % 4], begins=first, ends=last,
            )
        )  # fmt: skip

    def visit(self, a: int, b: int, c: int, d: int) -> None:
        """Of a few households, by number, as a family or as both; declared at times, voided at times."""
        unit = UNITS[a % 3]
        family = self.households[b % len(self.households)] if self.households and b % 2 else None
        if c == 6:
            self.add(HouseholdsDeclared, unit=unit, households=b + 1, on=DAYS[d % 3], document="BC 1")
        elif c == 5 and self.visited:
            one = self.visited.pop(b % len(self.visited))
            self.add(
                VisitVoided, visit=one.visit, household=one.household, unit=one.unit,
                reason=VoidReason.MISTAKE,
            )  # fmt: skip
        else:
            number = 1 + c % 2 if c < 4 or family is None else None
            unit = family.unit if family else unit
            self.visits += 1
            self.visited.append(
                self.add(
                    HouseholdVisited, visit=VisitId(f"visit-{self.visits}"), unit=unit,
                    household=family.household if family else numbered(unit, number or 0),
                    visitor=PEOPLE[d], team=TeamId(f"team-{a % 2}") if d % 2 else None, on=DAYS[d % 3],
                    found=tuple(list(Finding)[: b % 4]), needs=tuple(SKILLS[: d % 3]), number=number,
                )
            )  # fmt: skip

    def family(self, a: int, b: int, c: int, d: int) -> None:
        household = HouseholdId(f"household-{len(self.households)}")
        one = self.add(
            HouseholdRegistered, household=household, unit=UNITS[c % 3], ambassador=PEOPLE[a], on=DAYS[d % 3]
        )
        self.households.append(one)
        self.add(HouseholdMemberJoined, household=household, unit=one.unit, person=PEOPLE[b])
        self.members.add((household, PEOPLE[b]))

    def member(self, a: int, b: int, _c: int, _d: int) -> None:
        if not self.households:
            return
        one = self.households[a % len(self.households)]
        about = {"household": one.household, "unit": one.unit, "person": PEOPLE[b]}
        key = (one.household, PEOPLE[b])
        self.add(HouseholdMemberLeft if key in self.members else HouseholdMemberJoined, **about)
        self.members ^= {key}

    def declare(self, a: int, b: int, c: int, d: int) -> None:
        if not self.households:
            return
        one = self.households[a % len(self.households)]
        about: dict[str, Any] = {"household": one.household, "unit": one.unit}
        criterion = Criterion.VNEID_LEVEL_2 if b % 2 else Criterion.PROFICIENT_MEMBER
        member = None if b % 2 else PEOPLE[d]
        declaration = DeclarationId(f"declaration-{len(self.declared)}")
        self.declared.append(
            self.add(
                CriterionDeclared, declaration=declaration, criterion=criterion, ambassador=one.ambassador,
                on=one.on, member=member, **about,
            )
        )  # fmt: skip
        if c % 3:
            self.add(
                CriterionAnswered, declaration=declaration, criterion=criterion,
                answer=ANSWERS[d % 3], evidence=Evidence.WITNESSED, **about,
            )  # fmt: skip
        if c == 6:
            self.add(CriterionLost, criterion=criterion, **about)

    def family_status(self, a: int, b: int, _c: int, _d: int) -> None:
        if not self.households:
            return
        one = self.households[a % len(self.households)]
        about: dict[str, Any] = {"household": one.household, "unit": one.unit, "criteria": "hash"}
        if one.household in self.recognised and b % 3 == 0:
            self.recognised.discard(one.household)
            self.add(DigitalFamilyRecognitionWithdrawn, **about)
            return
        self.recognised.add(one.household)
        self.add(
            DigitalFamilyRecognised, ambassador=one.ambassador, proficient=PEOPLE[b], skills_shown=(),
            taught=None, declared=(), **about,
        )  # fmt: skip

    def market(self, a: int, b: int, c: int, _d: int) -> None:
        if len(self.markets) < 2:
            number = len(self.markets)
            self.markets.append(
                self.add(
                    MarketOpened, market=MarketId(f"market-{number}"), unit=UNITS[a % 3], stalls=b,
                    name=f"Chợ {number}", name_key=f"cho {number}",
                )
            )  # fmt: skip
            return
        one = self.markets[a % 2]
        about: dict[str, Any] = {"market": one.market, "unit": one.unit}
        if c % 2:
            self.add(StallsDeclared, stalls=b, **about)
            return
        held = one.market in self.recognised
        kind = DigitalMarketRecognitionWithdrawn if held else DigitalMarketRecognised
        self.recognised ^= {one.market}
        self.add(kind, counted=1, out_of=2, criteria="hash", **about)

    def vendor(self, a: int, b: int, _c: int, _d: int) -> None:
        if self.markets:
            one = self.markets[a % len(self.markets)]
            vendor = VendorId(f"vendor-{len(self.vendors)}")
            self.vendors[vendor] = self.add(
                VendorRegistered, market=one.market, unit=one.unit, vendor=vendor, person=PEOPLE[b]
            )

    def onboard(self, a: int, b: int, c: int, d: int) -> None:
        if self.vendors:
            one = list(self.vendors.values())[a % len(self.vendors)]
            self.onboarded.append(
                self.add(
                    VendorOnboardingLogged, market=one.market, unit=one.unit,
                    onboarding=OnboardingId(f"onboarding-{len(self.onboarded)}"), vendor=one.vendor,
                    ambassador=PEOPLE[b], means=tuple(list(Means)[c % 3 :][: 1 + d % 2]), on=DAYS[d % 3],
                )
            )  # fmt: skip

    def vendor_answer(self, a: int, b: int, c: int, _d: int) -> None:
        standing = [one for one in self.onboarded if one.onboarding not in self.voided]
        if not standing:
            return
        one = standing[a % len(standing)]
        about: dict[str, Any] = {
            "market": one.market, "unit": one.unit, "onboarding": one.onboarding, "vendor": one.vendor,
            "ambassador": one.ambassador, "means": one.means, "on": one.on,
        }  # fmt: skip
        if b == 0:
            self.voided.add(one.onboarding)
            self.add(VendorOnboardingVoided, reason=VoidReason.OTHER, **about)
        else:
            self.add(VendorOnboardingAnswered, answer=ANSWERS[c % 3], evidence=Evidence.OWN_DEVICE, **about)

    def trade(self, a: int, b: int, c: int, d: int) -> None:
        if not self.vendors:
            return
        one = list(self.vendors.values())[a % len(self.vendors)]
        about: dict[str, Any] = {
            "market": one.market,
            "unit": one.unit,
            "vendor": one.vendor,
            "on": DAYS[d % 3],
        }
        if b == 0:
            del self.vendors[one.vendor]
            self.add(VendorLeft, person=one.person, **about)
        else:
            self.add(VendorSeenTrading, means=list(Means)[c % 3], **about)

    def recognise(self, a: int, b: int, c: int, _d: int) -> None:
        person = self.aliases.canonical(PEOPLE[a])
        about: dict[str, Any] = {"person": person, "unit": UNITS[b % 3], "criteria": "hash"}
        if person in self.recognised and c % 2:
            self.recognised.discard(person)
            self.add(AmbassadorRecognitionWithdrawn, **about)
        elif one := self._teaching(b, c):
            self.recognised.add(person)
            witness = Witness(teaching=one.teaching, learner=one.learner, skill=one.skills[0])
            self.add(AmbassadorRecognised, witnesses=(witness,), **about)

    def work(self, a: int, b: int, c: int, _d: int) -> None:
        if len(self.workplaces) < 2:
            number = len(self.workplaces)
            self.workplaces.append(
                self.add(
                    WorkplaceRegistered, workplace=WorkplaceId(f"workplace-{number}"), unit=UNITS[a % 3],
                    kind=WorkplaceKind.SCHOOL, name=f"Trường {number}", name_key=f"truong {number}",
                )
            )  # fmt: skip
            return
        one, person = self.workplaces[a % 2], PEOPLE[b]
        if c == 6:
            self.office_status(one)
            return
        if (held := self.works.pop(person, None)) is not None:
            self.add(WorkplaceLeft, workplace=held.workplace, unit=held.unit, person=person, on=DAYS[c % 3])
            return
        self.works[person] = self.add(
            WorkplaceJoined, workplace=one.workplace, unit=one.unit, person=person, on=DAYS[c % 3]
        )

    def office_status(self, one: WorkplaceRegistered) -> None:
        about: dict[str, Any] = {
            "status": StatusKind.DIGITAL_UNIT, "unit": one.unit, "workplace": one.workplace, "counts": (),
            "position": Position(len(self.facts)), "criteria": "hash",
        }  # fmt: skip
        if one.workplace in self.recognised:
            self.add(StatusWithdrawn, because=Because.COUNTS, **about)
        else:
            self.add(StatusRecognised, **about)
        self.recognised ^= {one.workplace}


histories = steps.map(History)
