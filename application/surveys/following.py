"""An edit of something that was recorded: the same after all, followed, or left to an organizer.

A lesson or a visit that nobody but the form has spoken of is withdrawn, and what the edit says recorded
anew; the new one first, so that a crash between the two loses nothing. What people have answered since,
families, and what a person is called are an organizer's to decide on.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from application import lookups, milestones, people, teaching, visits
from application.actors import LISTS, Actor, Grant
from application.deciding import first_receipt
from application.forms.people import CorrectionForm, LearnerForm
from application.forms.teaching import VoidForm
from application.forms.visits import VoidVisitForm
from application.lists.entries import ClassEntry, Entry, HouseholdEntry, MilestoneEntry, VisitEntry
from application.lists.rows import submission_of
from application.lookups import People, Teaching
from application.ports import Ground, Identity, Submission
from application.surveys.mapping import LIST_OF
from application.surveys.taking import Taking, parts_of, submission_in
from domain.households import HouseholdRegistered
from domain.lists import list_of
from domain.milestones import MilestoneReached
from domain.model import Fact, PersonId, Refused, Role, Selector, VoidReason
from domain.names import clean
from domain.surveys import Tells
from domain.teaching import TeachingLogged
from domain.visits import HouseholdVisited, VisitVoided


class EditDiffers(Refused):
    """What was recorded of it says something else, and somebody has to decide which of them holds."""


class Family(msgspec.Struct, frozen=True):
    """A family as it was registered, with its members of now."""

    registered: HouseholdRegistered
    members: frozenset[PersonId]


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded of one submission and stands. `facts` is everything that was recorded then,
    whether it stands or not."""

    facts: tuple[Fact, ...]
    teachings: tuple[Teaching, ...] = ()
    visits: tuple[HouseholdVisited, ...] = ()
    families: tuple[Family, ...] = ()
    milestones: tuple[MilestoneReached, ...] = ()

    @property
    def withdrawn_by_itself(self) -> bool:
        """Whether it may be withdrawn without anybody deciding so: nobody but the form has spoken of it."""
        return not (self.answered or self.families or self.milestones)

    @property
    def answered(self) -> bool:
        return any(one.answered is not None for one in self.teachings)


async def recorded(ground: Ground, submissions: Sequence[str]) -> tuple[Fact, ...]:
    """What these submissions recorded. Of one that recorded nothing, nothing."""
    facts: list[Fact] = []
    for one in submissions:
        receipt = await first_receipt(ground.ledger, Submission(author=LISTS, id=one, content=b""))
        facts += receipt.facts if receipt else ()
    return tuple(facts)


def under(ground: Ground, tells: Tells, names: Sequence[str]) -> list[str]:
    """The submissions under which any part of it may have been recorded, by names of the form's own."""
    digest = ground.vault.content_digest
    return [part for one in names for part in parts_of(tells, submission_in(digest, tells, one))]


def legacy(ground: Ground, tells: Tells, named: Sequence[str]) -> list[str]:
    """The submissions of rows that name their instance and not their form: those of lists, and of forms
    before their instances were told apart."""
    digest, what = ground.vault.content_digest, LIST_OF[tells]
    return [part for one in named for part in parts_of(tells, submission_of(digest, what, one))]


def of_this_form(taking: Taking, facts: Sequence[Fact], others: frozenset[str]) -> list[Fact]:
    """Without what came by another form under the same instance id, or from a list of another place.
    `others` are the ids of all connections."""
    units, own = taking.ground.units, taking.connection.id

    def ours(fact: Fact) -> bool:
        list_ = list_of(fact.by)
        if list_ is None or list_ == own:
            return True
        return list_ not in others and units.is_within(getattr(fact, "unit", taking.unit.id), taking.unit.id)

    return [fact for fact in facts if ours(fact)]


def stood(ground: Ground, facts: Sequence[Fact]) -> Stood:
    """What of it stands now."""
    logged = [one.teaching for one in facts if isinstance(one, TeachingLogged)]
    lessons = (lookups.teaching(ground.ledger, one) for one in logged)
    families = [one for one in facts if isinstance(one, HouseholdRegistered)]
    return Stood(
        facts=tuple(facts),
        teachings=tuple(one for one in lessons if not one.voided),
        visits=tuple(one for one in facts if isinstance(one, HouseholdVisited) and _stands(ground, one)),
        families=tuple(Family(one, _members(ground, one)) for one in families),
        milestones=tuple(one for one in facts if isinstance(one, MilestoneReached) and _reached(ground, one)),
    )


def both_count(ground: Ground, earlier: Stood, later: Stood) -> bool:
    """Whether two versions stand beside each other that say the same thing twice. Milestones of one person
    add up, whichever version named them."""
    if earlier.milestones and later.milestones:
        people = People(ground.ledger, [one.person for one in (*earlier.milestones, *later.milestones)])
        of = {people.now(one.person) for one in earlier.milestones}
        return of != {people.now(one.person) for one in later.milestones}
    return bool(
        (earlier.teachings and later.teachings)
        or (earlier.visits and later.visits)
        or (earlier.families and later.families)
    )


def _stands(ground: Ground, visit: HouseholdVisited) -> bool:
    return not ground.ledger.history([Selector([VisitVoided], [f"visit:{visit.visit}"])])


def _members(ground: Ground, family: HouseholdRegistered) -> frozenset[PersonId]:
    return frozenset(lookups.household_of(ground.ledger, family.household).members)


def _reached(ground: Ground, one: MilestoneReached) -> bool:
    return milestones.standing(ground.ledger, one.person).reached(one.milestone) is not None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """`same`: it says what stands. `called`: people who stand under the same phone or name and year, but
    with another name, phone or year than it says. `more`: it says what stands, and milestones beside it."""

    same: bool
    called: tuple[tuple[PersonId, LearnerForm], ...] = ()
    more: bool = False


class Comparing:
    """What an edit says, held against what stands."""

    def __init__(self, taking: Taking, entry: Entry) -> None:
        self._taking = taking
        self._ground = taking.ground
        self._entry = entry
        self._called: list[tuple[PersonId, LearnerForm]] = []

    def with_(self, stood: Stood) -> Compared:
        match self._entry:
            case ClassEntry() as entry:
                same = self._lesson(entry, stood)
            case VisitEntry() as entry:
                same = self._visit(entry, stood)
            case HouseholdEntry() as entry:
                same = self._family(entry, stood)
            case MilestoneEntry() as entry:
                return self._milestones(entry, stood)
            case _:
                raise TypeError(self._entry)
        return Compared(same=same and not self._called, called=tuple(self._called))

    def _lesson(self, entry: ClassEntry, stood: Stood) -> bool:
        mentor = self._found(entry.mentor, self._taking.actor.person)
        learners = [self._person(one, mentor) for one in entry.learners]
        logged = [one.logged for one in stood.teachings]
        return (
            bool(logged)
            and {self._now(one.learner) for one in logged} == set(learners)
            and all(self._now(one.ambassador) == mentor for one in logged)
            and all(one.unit == entry.place.unit and self._day(one.on) for one in logged)
            and all(set(one.skills) == set(entry.skills) for one in logged)
        )

    def _visit(self, entry: VisitEntry, stood: Stood) -> bool:
        visitor = self._found(entry.visitor, self._taking.actor.person)
        said = (visitor, entry.place.unit, entry.number, set(entry.found), set(entry.needs))
        return len(stood.visits) == 1 and all(
            said == (self._now(one.visitor), one.unit, one.number, set(one.found), set(one.needs))
            and self._day(one.on)
            for one in stood.visits
        )

    def _family(self, entry: HouseholdEntry, stood: Stood) -> bool:
        mentor = self._found(entry.mentor, self._taking.actor.person)
        members = {self._person(one, mentor) for one in entry.members}
        return len(stood.families) == 1 and all(
            {self._now(member) for member in one.members} == members
            and self._now(one.registered.ambassador) == mentor
            and one.registered.unit == entry.place.unit
            for one in stood.families
        )

    def _milestones(self, entry: MilestoneEntry, stood: Stood) -> Compared:
        person = self._person(entry.person, self._taking.actor.person)
        same_people = all(self._now(one.person) == person for one in stood.milestones)
        said = all(one.unit == entry.place.unit and self._day(one.on) for one in stood.milestones)
        had = {one.milestone for one in stood.milestones}
        fits = bool(had) and same_people and said and not self._called and had <= set(entry.reached)
        more = fits and had < set(entry.reached)
        return Compared(same=fits and not more, called=tuple(self._called), more=more)

    def _day(self, on: date) -> bool:
        """What does not say its day has the one on which it was sent in, where that is said."""
        return on == self._entry.on or not self._taking.dated

    def _person(self, said: LearnerForm, known_to: PersonId | None) -> PersonId | None:
        """Somebody it names, noted where they are called otherwise by now."""
        person = self._found(said, known_to or self._taking.actor.person)
        if person is None:
            return None
        known = self._ground.vault.identities([person]).get(person)
        if known is not None and not _as_said(known, said):
            self._called.append((person, said))
        return person

    def _found(self, said: LearnerForm, known_to: PersonId) -> PersonId | None:
        place = self._entry.place.commune
        identity = Identity(name=said.name or "", phone=said.phone, birth_year=said.birth_year)
        sought = self._ground.vault.find_people(
            [identity], place, known_to=known_to, formerly=self._ground.units.formerly(place)
        )[0]
        return None if sought.person is None else self._now(sought.person)

    def _now(self, person: PersonId) -> PersonId:
        return People(self._ground.ledger, [person]).now(person)


def _as_said(known: Identity, said: LearnerForm) -> bool:
    return (
        clean(known.name).casefold() == clean(said.name or "").casefold()
        and (said.phone is None or said.phone == known.phone)
        and (said.birth_year is None or said.birth_year == known.birth_year)
    )


def follows_by_itself(entry: Entry, stood: Stood, compared: Compared) -> bool:
    """Whether nobody but the form has spoken of what stands, and nothing else hangs on it."""
    if compared.called or isinstance(entry, HouseholdEntry):
        return False
    if isinstance(entry, MilestoneEntry):
        return compared.more
    return bool(stood.teachings or stood.visits) and not stood.answered


MENDED_THERE: Final = (Tells.HOUSEHOLD, Tells.MILESTONE)
"""What no organizer can have followed: families and milestones are mended where they stand."""


async def correct(taking: Taking, organizer: Actor, compared: Compared, because: str) -> None:
    """People are called as the edit says. Raises what correcting somebody raises."""
    for person, said in compared.called:
        form = CorrectionForm(
            submission=f"{because}-{person}", name=said.name, phone=said.phone, birth_year=said.birth_year
        )
        await people.correct(taking.ground, organizer, person, form)


async def withdraw(taking: Taking, stood: Stood, because: str) -> None:
    """In the name of whoever taught or visited, as the form's own word. Said twice is once."""
    for one in stood.teachings:
        logged = one.logged
        form = VoidForm(submission=f"{because}-{logged.teaching}", reason=VoidReason.MISTAKE)
        actor = _in_the_name_of(taking, logged.ambassador, logged)
        await teaching.void_teaching(taking.ground, actor, logged.teaching, form)
    for visit in stood.visits:
        undone = VoidVisitForm(submission=f"{because}-{visit.visit}")
        actor = _in_the_name_of(taking, visit.visitor, visit)
        await visits.void_visit(taking.ground, actor, visit.visit, undone)


def _in_the_name_of(taking: Taking, person: PersonId, about: TeachingLogged | HouseholdVisited) -> Actor:
    now = People(taking.ground.ledger, [person]).now(person)
    grants = (Grant(Role.AMBASSADOR, about.unit),)
    return Actor(person=now, grants=grants, importing=taking.connection.id)


def without(stood: Stood, facts: Sequence[Fact]) -> Stood:
    """What stands beside these."""
    own = {one.teaching for one in facts if isinstance(one, TeachingLogged)}
    visited = {one.visit for one in facts if isinstance(one, HouseholdVisited)}
    return msgspec.structs.replace(
        stood,
        teachings=tuple(one for one in stood.teachings if one.logged.teaching not in own),
        visits=tuple(one for one in stood.visits if one.visit not in visited),
    )
