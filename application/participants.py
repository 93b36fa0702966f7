"""The people whom a form names: found again, or met for the first time."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Final

import msgspec

from application import identity
from application.actors import Actor
from application.deciding import Plan, Planner, decided, today
from application.forms.people import LearnerForm
from application.identity import BadLearner
from application.ids import new_id
from application.lookups import People, commune_of
from application.ports import Ground, Identity, Sealing, Sought, Unit
from domain.consents import GiveConsent
from domain.model import Group, PersonId, Refused, Role, Selector
from domain.people import Newcomer, Purpose, UnknownPerson
from domain.registering import CorrectPerson
from domain.teaching import SameLearnerTwice, TeachingLogged


class CodeTaken(Refused):
    """Another entry has this code already: the phone mints a new one and sends again."""


class Participant(msgspec.Struct, frozen=True):
    """Somebody a form names, by the id that stands for them. `newcomer` is what the decision
    records of somebody new; `identity` and `sought` what the vault has to keep."""

    person: PersonId
    newcomer: Newcomer | None = None
    identity: Identity | None = None
    sought: Sought | None = None
    code: str | None = None

    def seal(self, sealing: Sealing) -> None:
        if self.identity is None or self.sought is None:
            return
        if self.newcomer is not None:
            sealing.person(self.person, self.identity, self.sought)
        elif self.sought.missing:
            sealing.completion(self.person, self.identity, self.sought)


def participants(
    ground: Ground,
    actor: Actor,
    forms: Sequence[LearnerForm],
    *,
    unit: Unit,
    on: date,
    field: str,
    again: bool,
) -> list[Participant]:
    """One for each form, in order. `field` is the path of a single form, or of the list with
    `{}` for its index. `again` says that merges have to be looked up, too.

    Raises `BadLearner`, `BadName`, `BadPhone`, `BadBirthYear`, `BadCode`, `CodeTaken`,
    `UnknownPerson`, `SameLearnerTwice`.
    """
    codes = _codes(ground, forms, field)
    found = dict(_known(ground, actor, forms, field=field))
    found |= _named(ground, actor, forms, unit=unit, on=on, field=field, again=again)
    return [msgspec.structs.replace(found[number], code=code) for number, code in enumerate(codes)]


def newcomers(people: Sequence[Participant]) -> tuple[Newcomer, ...]:
    return tuple(one.newcomer for one in people if one.newcomer is not None)


def sealed(ground: Ground, people: Sequence[Participant], *, coded: Sequence[PersonId] = ()) -> Sealing:
    """What the vault has to keep of these people; `coded` are those a code is sealed for."""
    new = {one.person for one in people if one.newcomer is not None}
    completed = {one.person for one in people if one.sought is not None and one.sought.missing}
    sealing = ground.vault.sealing(
        tuple(dict.fromkeys(one for one in (*completed, *coded) if one not in new))
    )
    for one in people:
        one.seal(sealing)
    return sealing


async def agree(
    ground: Ground, actor: Actor, forms: Sequence[LearnerForm], people: Sequence[Participant]
) -> None:
    """What people who were known already were heard to agree to, and that they are young if that is
    news; of new ones both stand with their first fact. Recorded after what they agreed for: silence
    is no until then. `people` is shorter where a repeated form is refused by now, and was answered
    with its first receipt."""
    for form, one in zip(forms, people, strict=False):
        if one.newcomer is None:
            await said_to_be_young(ground, actor, one.person, one.identity)
            for purpose in form.heard:
                with suppress(Refused):  # erased meanwhile: nothing is left to agree to
                    await decided(ground.ledger, _agreeing(ground, actor, one.person, purpose, form))


async def said_to_be_young(ground: Ground, actor: Actor, person: PersonId, said: Identity | None) -> None:
    """Where the year of birth that completed what is kept of somebody says that they may be under 16,
    the ledger is told, too: without that they would not be kept off public pages."""
    day = today()
    if said is None or not identity.may_be_minor(said.birth_year, day):
        return

    def plan(again: bool) -> Plan:
        now = People(ground.ledger, [person]).now(person) if again else person
        return Plan(CorrectPerson(person=now, minor=True, by=actor.by))

    kept = ground.vault.identities([person]).get(person)
    if kept is not None and identity.may_be_minor(kept.birth_year, day):
        with suppress(Refused):  # erased meanwhile
            await decided(ground.ledger, plan)


def _agreeing(ground: Ground, actor: Actor, person: PersonId, purpose: Purpose, form: LearnerForm) -> Planner:
    def plan(again: bool) -> Plan:
        now = People(ground.ledger, [person]).now(person) if again else person
        guardian = form.guardian is True
        return Plan(GiveConsent(person=now, purpose=purpose, guardian=guardian, heard=True, by=actor.by))

    return plan


def _codes(ground: Ground, forms: Sequence[LearnerForm], field: str) -> list[str | None]:
    codes: list[str | None] = []
    for number, form in enumerate(forms):
        code = code_of(ground, form.code, field=f"{field.format(number)}.code")
        if code is not None and code in codes:
            raise CodeTaken(field=f"{field.format(number)}.code")
        codes.append(code)
    return codes


def code_of(ground: Ground, minted: str | None, *, field: str) -> str | None:
    """A code that the phone minted, cleaned. Raises `BadCode`, `CodeTaken`."""
    if minted is None:
        return None
    code = identity.clean_code(minted, field=field)
    if ground.vault.find_code(code) is not None:
        raise CodeTaken(field=field)
    return code


def _known(
    ground: Ground, actor: Actor, forms: Sequence[LearnerForm], *, field: str
) -> dict[int, Participant]:
    asked = {number: PersonId(form.id) for number, form in enumerate(forms) if form.id is not None}
    if not asked:
        return {}
    people = People(ground.ledger, asked.values())
    found = {}
    for number, person in asked.items():
        if msgspec.structs.replace(forms[number], **_BESIDE_ID) != LearnerForm():
            raise BadLearner(field=field.format(number))
        if not _may_name(ground, actor, people, person):
            raise UnknownPerson(field=f"{field.format(number)}.id")
        found[number] = Participant(people.now(person))
    return found


_BESIDE_ID: Final = {"id": None, "code": None, "consent": msgspec.UNSET, "guardian": msgspec.UNSET}
"""What may be said of somebody known."""


def _may_name(ground: Ground, actor: Actor, people: People, person: PersonId) -> bool:
    """Somebody of the actor's own units, or somebody they logged before."""
    now = people.now(person)
    if not people.known(now):
        return False
    roles = Role.AMBASSADOR, Role.ORGANIZER
    if actor.person == now or actor.reaches(people.units[now], *roles, units=ground.units, narrowed=True):
        return True
    logged = [
        Selector([TeachingLogged], [f"ambassador:{actor.person}", f"learner:{one}"])
        for one in people.all_of(person)
    ]
    return bool(ground.ledger.history(logged))


def _named(
    ground: Ground,
    actor: Actor,
    forms: Sequence[LearnerForm],
    *,
    unit: Unit,
    on: date,
    field: str,
    again: bool,
) -> dict[int, Participant]:
    """Takes them for new the first time; looks them up once that was wrong (`again`), and where they may
    be known from before a merger: that no index entry would tell."""
    numbers = [number for number, form in enumerate(forms) if form.id is None]
    if not numbers:
        return {}
    identities = [identity.named(forms[number], on, field.format(number)) for number in numbers]
    place = commune_of(ground.units, unit).id
    formerly = ground.units.formerly(place)
    if again or formerly:
        sought = ground.vault.find_people(identities, place, known_to=actor.person, formerly=formerly)
    else:
        sought = ground.vault.strangers(identities, place, known_to=actor.person)
    sought = _each_their_own(sought, numbers, field)
    known = [one.person for one in sought if one.person is not None]
    people = People(ground.ledger, known) if known else None
    return {
        number: _participant(forms[number], one, found, on, people)
        for number, one, found in zip(numbers, identities, sought, strict=True)
    }


def _participant(
    form: LearnerForm, named: Identity, sought: Sought, on: date, people: People | None
) -> Participant:
    if sought.person is not None:
        person = people.now(sought.person) if people else sought.person
        return Participant(person, identity=named, sought=sought)
    person = PersonId(new_id())
    minor = identity.may_be_minor(named.birth_year, on)
    newcomer = Newcomer(
        person=person,
        group=form.group or Group.PEOPLE,
        minor=minor,
        consents=form.heard,
        guardian=form.guardian is True,
    )
    return Participant(person, newcomer=newcomer, identity=named, sought=sought)


def _each_their_own(sought: Sequence[Sought], numbers: Sequence[int], field: str) -> list[Sought]:
    """Raises `SameLearnerTwice` where one person is named twice. Namesakes of one year with a phone
    each are two; the first takes the index entry that both could be found by."""
    if len(sought) == 1:
        return list(sought)
    own: list[Sought] = []
    for number, one in zip(numbers, sought, strict=True):
        for earlier in own:
            if one.entries[0] in earlier.entries or earlier.entries[0] in one.entries:
                raise SameLearnerTwice(field=field.format(number))
        taken = {entry for earlier in own for entry in earlier.missing}
        missing = tuple(entry for entry in one.missing if entry not in taken)
        own.append(msgspec.structs.replace(one, missing=missing))
    return own
