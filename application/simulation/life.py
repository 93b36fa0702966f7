"""Lives a plan day by day, through the same use cases as people do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import msgspec

from application import (
    access,
    answers,
    households,
    markets,
    milestones,
    onboarding,
    people,
    teaching,
    teams,
    visits,
)
from application.actors import OPERATOR, Actor, Grant
from application.forms.access import InviteForm
from application.forms.households import HouseholdForm
from application.forms.markets import MarketForm, OnboardingForm, SightingForm, VendorForm
from application.forms.milestones import MilestoneAnswerForm, MilestoneForm
from application.forms.people import ConsentForm, LearnerForm
from application.forms.teaching import AnswerForm, LessonForm, VoidForm
from application.forms.teams import TeamForm, TeamMemberForm
from application.forms.visits import HouseholdsForm, VisitForm
from application.ports import Ground, Invitations
from application.simulation.clock import SimulatedClock
from application.simulation.deeds import (
    AnswerLesson,
    AnswerOnboarding,
    Appoint,
    DeclareHouseholds,
    Deed,
    FormTeam,
    JoinTeam,
    Onboard,
    OpenMarket,
    Plan,
    Sell,
    Settle,
    Sight,
    Teach,
    VisitHousehold,
    Void,
    Wave,
)
from application.simulation.offices import Offices
from application.simulation.posts import post
from domain.calendar import day_of
from domain.milestones import Milestone, TooYoung
from domain.model import Answer, Group, MarketId, PersonId, Role, Skill, TeamId, VendorId
from domain.people import Purpose

AT_ONCE: Final = 256
"""Deeds in flight: as many as the ledger commits together."""

BETWEEN_LOOKS: Final = 3
"""Days from one evening to the next on which what fell due is recognised."""

TEAM: Final = "Tổ công nghệ số cộng đồng"
DOCUMENT: Final = "12/BC-UBND"

TELLS: Final = 4  # every so many-th learner who is able says what they have reached by it
SEEN: Final = 3  # of every so many of these the mentor does, who was there

LEADS_TO: Final = {
    Skill("vneid"): Milestone.DIGITAL_IDENTITY,
    Skill("digital-signature"): Milestone.DIGITAL_SIGNATURE,
    Skill("online-learning"): Milestone.ONLINE_COURSE,
    Skill("online-public-service"): Milestone.ONLINE_PUBLIC_SERVICE,
    Skill("cashless-payment"): Milestone.CASHLESS_PAYMENT,
}

MODEST: Final = 12  # every so many-th ambassador does not want their name on public pages


class Shown(msgspec.Struct, frozen=True):
    """Whose pages to open first (see `deeds.Cast`); `code` is the learner's. `leader` is None in a movement
    too small for teams."""

    organizer: PersonId
    committee: PersonId
    ambassador: PersonId
    code: str
    leader: PersonId | None = None


class Life:
    """Knows the ids that came with the deeds so far. `evening` is awaited every few days: what the
    ledger asks for next (recognition) happens soon after it fell due."""

    def __init__(
        self,
        ground: Ground,
        invitations: Invitations,
        clock: SimulatedClock,
        plan: Plan,
        evening: Callable[[], Awaitable[None]],
    ) -> None:
        self.ground = ground
        self.invitations = invitations
        self.clock = clock
        self.plan = plan
        self.evening = evening
        self.actors: dict[int, Actor] = {}
        self.met: dict[tuple[int, int], PersonId] = {}
        self.codes: dict[tuple[int, int], teaching.TeachingCode] = {}
        self.teachers: dict[int, int] = {}
        self.skills: dict[int, tuple[Skill, ...]] = {}
        self.markets: dict[int, MarketId] = {}
        self.vendors: dict[int, VendorId] = {}
        self.onboarding_codes: dict[int, str] = {}
        self.teams: dict[int, TeamId] = {}
        self.offices = Offices(ground)

    async def live(self, advance: Callable[[int], None]) -> Shown:
        """All days of the plan; `advance` is told of every few deeds."""
        for number, day in enumerate(self.plan.days):
            for wave in Wave:
                await self._wave(number, wave, day[wave], advance)
            if number % BETWEEN_LOOKS == 0:
                await self.evening()
        return self._shown()

    async def _wave(
        self, day: int, wave: Wave, deeds: Sequence[Deed], advance: Callable[[int], None]
    ) -> None:
        date = self.plan.first + timedelta(days=day)
        for start in range(0, len(deeds), AT_ONCE):
            some = deeds[start : start + AT_ONCE]
            self.clock.set(date, (wave + (start + len(some)) / len(deeds)) / len(Wave))
            await asyncio.gather(*map(self._do, some))
            advance(len(some))

    async def _do(self, deed: Deed) -> None:
        match deed:
            case Appoint():
                await self._appoint(deed)
            case FormTeam() | JoinTeam() | DeclareHouseholds() | VisitHousehold():
                await self._in_team(deed)
            case Teach():
                await self._teach(deed)
            case AnswerLesson():
                await self._answer(deed)
            case Void():
                await self._void(deed)
            case Settle():
                await self._settle(deed)
            case OpenMarket():
                await self._open_market(deed)
            case Sell():
                await self._sell(deed)
            case Onboard():
                await self._onboard(deed)
            case AnswerOnboarding():
                code = self.onboarding_codes[deed.vendor]
                await answers.answer(self.ground, AnswerForm(code=code, answer=deed.answer))
            case Sight():
                form = SightingForm(submission=f"sighting-{deed.vendor}", on=deed.on, means=deed.means)
                vendor = self.vendors[deed.vendor]
                await markets.see_trading(self.ground, self.actors[deed.ambassador], vendor, form)

    async def _appoint(self, deed: Appoint) -> None:
        who = self.plan.people[deed.who]
        commune = self.ground.units.find(who.commune)
        position, workplace = post(deed.role, who, deed.who, commune.name if commune else "")
        form = InviteForm(
            submission=f"invitation-{deed.who}-{deed.role}",
            role=deed.role,
            unit=deed.unit,
            name=who.name,
            phone=who.phone,
            birth_year=who.birth_year,
            group=who.group,
            sex=who.sex,
            position=position,
            workplace=workplace,
            award_lists=True,
        )
        invited = await access.invite(self.ground, self.invitations, OPERATOR, form)
        before = self.actors.get(deed.who)
        grants = (*(before.grants if before else ()), Grant(deed.role, invited.unit))
        actor = self.actors[deed.who] = Actor(person=invited.person, grants=grants)
        if deed.role is Role.AMBASSADOR:
            day = day_of(self.clock())
            await self.offices.join(deed.who, invited.person, who.commune, workplace, day)
        if deed.role is Role.AMBASSADOR and deed.who % MODEST != 5:
            consent = ConsentForm(
                submission=f"public-name-{deed.who}", purpose=Purpose.PUBLIC_NAME, given=True
            )
            await people.consent(self.ground, actor, consent)

    async def _in_team(self, deed: FormTeam | JoinTeam | DeclareHouseholds | VisitHousehold) -> None:
        actor = self.actors[deed.by]
        match deed:
            case FormTeam():
                unit = self.ground.units.find(deed.unit)
                name = f"{TEAM} {unit.name[:1].lower() + unit.name[1:] if unit else deed.team}"
                form = TeamForm(submission=f"team-{deed.team}", unit=deed.unit, name=name, on=deed.on)
                formed = await teams.form_team(self.ground, actor, form)
                self.teams[deed.team] = formed.team
            case JoinTeam():
                joining = TeamMemberForm(
                    submission=f"member-{deed.who}",
                    on=deed.on,
                    member=LearnerForm(id=self.actors[deed.who].person),
                    leader=deed.leader,
                )
                await teams.add_member(self.ground, actor, self.teams[deed.team], joining)
            case DeclareHouseholds():
                declared = HouseholdsForm(
                    submission=f"households-{deed.unit}",
                    households=deed.households,
                    on=deed.on,
                    document=DOCUMENT,
                )
                await visits.declare_households(self.ground, actor, deed.unit, declared)
            case VisitHousehold():
                visited = VisitForm(
                    submission=f"visit-{deed.visit}",
                    on=deed.on,
                    unit=deed.unit,
                    number=deed.number,
                    found=deed.found,
                    needs=deed.needs,
                )
                await visits.log_visit(self.ground, actor, visited)

    async def _teach(self, deed: Teach) -> None:
        form = LessonForm(
            submission=f"lesson-{deed.lesson}",
            on=deed.on,
            unit=deed.unit,
            skills=deed.skills,
            learners=tuple(self._learner(deed.ambassador, learner) for learner in deed.learners),
            channel=deed.channel,
        )
        logged = await teaching.log_lesson(self.ground, self.actors[deed.ambassador], form)
        self.teachers[deed.lesson] = deed.ambassador
        self.skills[deed.lesson] = deed.skills
        for learner, one in zip(deed.learners, logged.teachings, strict=True):
            self.met[deed.ambassador, learner] = one.learner
            self.codes[deed.lesson, learner] = one

    async def _answer(self, deed: AnswerLesson) -> None:
        code = self.codes[deed.lesson, deed.learner].code
        if code is None:
            raise AssertionError("nobody is erased in a simulation")
        # Every third learner answers on the phone of whoever taught them.
        beside = self.actors[self.teachers[deed.lesson]] if deed.learner % 3 == 0 else None
        await answers.answer(self.ground, AnswerForm(code=code, answer=deed.answer), actor=beside)
        if deed.answer is Answer.ABLE and deed.learner % TELLS == 1:
            await self._reach(deed, code)

    async def _reach(self, deed: AnswerLesson, code: str) -> None:
        """Who can do it now says, too, what they have reached by it; or the mentor saw it."""
        mentor, on = self.actors[self.teachers[deed.lesson]], day_of(self.clock())
        own = self.actors.get(deed.learner)
        for one in dict.fromkeys(LEADS_TO[skill] for skill in self.skills[deed.lesson] if skill in LEADS_TO):
            said = MilestoneForm(
                submission=f"milestone-{deed.lesson}-{deed.learner}-{one}", milestone=one, on=on
            )
            with suppress(TooYoung):
                if own is not None:  # whose code says nothing of them
                    await milestones.say(self.ground, own, said)
                elif deed.learner % SEEN:
                    told = MilestoneAnswerForm(code=code, milestone=one, on=on)
                    await milestones.answer(self.ground, told)
                else:
                    teaching_id = self.codes[deed.lesson, deed.learner].teaching
                    seen = msgspec.structs.replace(said, teaching=teaching_id, there=True)
                    await milestones.say(self.ground, mentor, seen)

    async def _void(self, deed: Void) -> None:
        entry = self.codes[deed.lesson, deed.learner].teaching
        form = VoidForm(submission=f"void-{deed.lesson}-{deed.learner}", reason=deed.reason)
        await teaching.void_teaching(self.ground, self.actors[deed.by], entry, form)

    async def _settle(self, deed: Settle) -> None:
        members = tuple(self._learner(deed.ambassador, member) for member in deed.members)
        form = HouseholdForm(
            submission=f"household-{deed.household}", on=deed.on, unit=deed.unit, members=members
        )
        await households.register_household(self.ground, self.actors[deed.ambassador], form)

    async def _open_market(self, deed: OpenMarket) -> None:
        form = MarketForm(
            submission=f"market-{deed.market}", unit=deed.unit, name=deed.name, stalls=deed.stalls
        )
        opened = await markets.open_market(self.ground, self.actors[deed.by], form)
        self.markets[deed.market] = opened.market

    async def _sell(self, deed: Sell) -> None:
        form = VendorForm(
            submission=f"vendor-{deed.vendor}",
            market=self.markets[deed.market],
            vendor=self._learner(deed.ambassador, deed.who),
        )
        registered = await markets.register_vendor(self.ground, self.actors[deed.ambassador], form)
        self.vendors[deed.vendor] = registered.vendor

    async def _onboard(self, deed: Onboard) -> None:
        form = OnboardingForm(submission=f"onboarding-{deed.vendor}", on=deed.on, means=deed.means)
        ambassador, vendor = self.actors[deed.ambassador], self.vendors[deed.vendor]
        logged = await onboarding.log_onboarding(self.ground, ambassador, vendor, form)
        if logged.code is not None:
            self.onboarding_codes[deed.vendor] = logged.code

    def _learner(self, ambassador: int, number: int) -> LearnerForm:
        """By id whom the ambassador met before (or is); by name, and phone or year, anybody else."""
        if number == ambassador:
            return LearnerForm(id=self.actors[ambassador].person)
        known = self.met.get((ambassador, number))
        if known is not None:
            return LearnerForm(id=known)
        who = self.plan.people[number]
        year = None if who.phone else who.birth_year
        group = None if who.group is Group.PEOPLE else who.group
        return LearnerForm(name=who.name, phone=who.phone, birth_year=year, group=group)

    def _shown(self) -> Shown:
        cast = self.plan.cast
        code = self.codes[cast.lesson, cast.learner].code if cast else None
        if cast is None or code is None:
            raise AssertionError("every plan has a cast, whose learner has a code")
        return Shown(
            organizer=self.actors[cast.organizer].person,
            committee=self.actors[cast.committee].person,
            ambassador=self.actors[cast.ambassador].person,
            code=code,
            leader=None if cast.leader is None else self.actors[cast.leader].person,
        )
