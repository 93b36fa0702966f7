"""People: merged, corrected, described, erased; what they agree to."""

import msgspec

from application import identity
from application.accounts import Known
from application.actors import Actor, NotAllowed
from application.deciding import Plan, decided, submitted, today
from application.forms.people import ConsentForm, CorrectionForm, ErasureForm, MergeForm
from application.identity import may_be_minor
from application.lookups import People, acting, commune_of, is_theirs, paths_of
from application.ports import Beside, Ground, Identity, Receipt, Submission
from application.signing_in import needs_factor
from domain.access import RoleGranted
from domain.consents import GiveConsent, WithdrawConsent
from domain.erasing import ErasePerson
from domain.merging import MergePeople, UndoMerge
from domain.model import By, PersonId, Position, Refused, Role, Selector, UnitId
from domain.people import ConsentWithdrawn, Purpose, UnknownPerson
from domain.registering import AlreadyErased, CorrectPerson


class AnotherHasThisIdentity(Refused):
    """Somebody else is known by this name and phone (or year): merge the two instead."""


class PersonChanged(msgspec.Struct, frozen=True):
    """`person` is the id that was asked for."""

    person: PersonId
    position: Position
    again: bool


async def merge(ground: Ground, actor: Actor, form: MergeForm) -> PersonChanged:
    """Two entries turned out to be one person. An organizer of both says so.

    All ids of a person share their roles. So whoever merges two may give what either holds, and is
    neither of them. Raises `NotAllowed`, `UnknownPerson`, and what `MergePeople` raises."""

    def plan(_again: bool) -> Plan:
        _reached(ground, actor, form.person, field="person")
        _reached(ground, actor, form.into, field="into")
        person, into = PersonId(form.person), PersonId(form.into)
        known = [Known(ground, actor, one) for one in (person, into)]
        if not actor.operator and any(one.own or not one.gives(actor, one.held) for one in known):
            raise NotAllowed
        groups = People(ground.ledger, [person, into]).groups_of_ids()
        return Plan(MergePeople(person=person, into=into, aliases=groups, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, "merge"))
    return _changed(form.into, receipt)


async def undo_merge(ground: Ground, actor: Actor, form: MergeForm) -> PersonChanged:
    """They were two after all."""

    def plan(_again: bool) -> Plan:
        _reached(ground, actor, form.person, field="person")
        _reached(ground, actor, form.into, field="into")
        return Plan(UndoMerge(person=PersonId(form.person), into=PersonId(form.into), by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, "undo"))
    return _changed(form.person, receipt)


async def correct(ground: Ground, actor: Actor, person: str, form: CorrectionForm) -> PersonChanged:
    """What is known of a person was wrong: mended by themselves or an organizer of their unit.

    Raises what names and phones are refused with, and `AnotherHasThisIdentity` for an organizer, who
    can merge the two. Who mends their own is not told that somebody of that name and phone is known:
    it is kept, and they are found by what they were known by before, until an organizer merges them. So
    are those who hold an office (a role that asks for a passkey or codes), until an organizer mends it."""

    def plan(_again: bool) -> Plan:
        people = _reached(ground, actor, person, own=True)
        now = people.now(PersonId(person))
        own = actor.person in people.all_of(now)
        return _correction(ground, actor, now, people.units[now], form, own=own)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    return _changed(person, receipt)


async def erase(ground: Ground, actor: Actor, person: str, form: ErasureForm) -> PersonChanged:
    """Removes a person's data under all their ids, for ever; every count stays.

    Asked for by themselves, or entered by an organizer of their unit. Whoever repeats it
    makes sure that it was finished."""

    def plan(_again: bool) -> Plan:
        people = _reached(ground, actor, person, own=True, erased=True)
        return _erasing(ground, people, PersonId(person), actor.by)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    await _finish(ground, PersonId(person))
    return _changed(person, receipt)


async def forget(
    ground: Ground, person: PersonId, by: By, *, submission: Submission | None = None
) -> PersonChanged:
    """`erase`, where nobody has to be allowed to: a term is over, or the person asked for it."""

    def plan(_again: bool) -> Plan:
        return _erasing(ground, People(ground.ledger, [person]), person, by)

    receipt = await decided(ground.ledger, plan, submission)
    await _finish(ground, person)
    return _changed(person, receipt)


def _erasing(ground: Ground, people: People, person: PersonId, by: By) -> Plan:
    ids = sorted(people.all_of(person))
    granted = ground.ledger.history([Selector([RoleGranted], [f"account:{one}"]) for one in ids])
    paths = paths_of(ground.units, (one.fact.unit for one in granted if isinstance(one.fact, RoleGranted)))
    decision = ErasePerson(person=person, aliases=people.groups_of_ids(), paths=paths, by=by)
    return Plan(decision, ground.vault.erase_people(ids))


async def _finish(ground: Ground, person: PersonId) -> None:
    """What follows an erasure that is recorded; harmless when done again."""
    ground.vault.erased(sorted(People(ground.ledger, [person]).all_of(person)))
    await ground.ledger.scrubbed()


async def consent(ground: Ground, actor: Actor, form: ConsentForm) -> PersonChanged:
    """The actor agrees to a purpose, or no longer does. Without consent to award lists, what was
    kept for them alone (sex, position, workplace) is removed."""

    def plan(again: bool) -> Plan:
        person = acting(ground.ledger, actor, again=again)
        return agreeing(ground, person, form.purpose, actor.by, given=form.given)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    _kept_apart(ground, receipt)
    if not form.given:
        await withdraw(ground, actor.person, actor.by, form.purpose)
    return _changed(actor.person, receipt)


async def withdraw(
    ground: Ground, person: PersonId, by: By, purpose: Purpose, *, alone: bool = False
) -> Position:
    """Under every id of the person, so that no undone merge brings a consent back."""
    position = Position(0)
    for one in sorted(People(ground.ledger, [person]).all_of(person)):

        def plan(_again: bool, one: PersonId = one) -> Plan:
            return agreeing(ground, one, purpose, by, given=False, alone=alone)

        receipt = await decided(ground.ledger, plan)
        _kept_apart(ground, receipt)
        position = max(position, receipt.position)
    return position


def _kept_apart(ground: Ground, receipt: Receipt) -> None:
    """What was taken back, where no restored copy of the ledger brings it again."""
    ground.vault.taken_back([fact for fact in receipt.facts if isinstance(fact, ConsentWithdrawn)])


def agreeing(
    ground: Ground,
    person: PersonId,
    purpose: Purpose,
    by: By,
    *,
    given: bool,
    guardian: bool = False,
    alone: bool = False,
) -> Plan:
    """A person agrees to a purpose, or no longer does."""
    if given:
        return Plan(GiveConsent(person=person, purpose=purpose, guardian=guardian, alone=alone, by=by))
    decision = WithdrawConsent(person=person, purpose=purpose, alone=alone, by=by)
    known = ground.vault.identities([person]).get(person)
    if purpose is not Purpose.AWARD_LISTS or known is None:
        return Plan(decision)
    less = msgspec.structs.replace(known, sex=None, position=None, workplace=None)
    sealing = ground.vault.sealing([person])
    sealing.correction(person, less)
    return Plan(decision, sealing.rows())


async def describe(ground: Ground, actor: Actor, person: PersonId, described: Identity) -> None:
    """Keeps what award lists need (sex, position, workplace) with the person's consent to it: the
    two are recorded together. Where the consent stands already, it is a correction."""
    kept = {"sex": described.sex, "position": described.position, "workplace": described.workplace}
    news = {field: value for field, value in kept.items() if value is not None}

    def plan_consent(again: bool) -> Plan:
        now = _now(ground, person, again=again)
        decision = GiveConsent(person=now, purpose=Purpose.AWARD_LISTS, by=actor.by)
        return Plan(decision, _mended(ground, now, news))

    def plan_correction(again: bool) -> Plan:
        now = _now(ground, person, again=again)
        decision = CorrectPerson(person=now, fields=tuple(sorted(news)), by=actor.by)
        return Plan(decision, _mended(ground, now, news))

    receipt = await decided(ground.ledger, plan_consent)
    if receipt.facts:
        return
    known = ground.vault.identities([person]).get(person)
    if known and any(getattr(known, field) != value for field, value in news.items()):
        await decided(ground.ledger, plan_correction)


def _mended(ground: Ground, person: PersonId, news: dict[str, str]) -> Beside | None:
    known = ground.vault.identities([person]).get(person)
    if known is None:
        return None
    sealing = ground.vault.sealing([person])
    sealing.correction(person, msgspec.structs.replace(known, **news))
    return sealing.rows()


def _now(ground: Ground, person: PersonId, *, again: bool) -> PersonId:
    return People(ground.ledger, [person]).now(person) if again else person


def _correction(
    ground: Ground, actor: Actor, person: PersonId, unit: UnitId, form: CorrectionForm, *, own: bool
) -> Plan:
    known = ground.vault.identities([person]).get(person)
    if known is None:
        raise AlreadyErased
    right = _corrected(known, form)
    fields = tuple(
        field for field in known.__struct_fields__ if getattr(known, field) != getattr(right, field)
    )
    decision = CorrectPerson(
        person=person,
        fields=fields,
        group=form.group,
        minor=may_be_minor(right.birth_year, today()) if "birth_year" in fields else None,
        by=actor.by,
    )
    if not fields:
        return Plan(decision)
    home = ground.units.find(unit)
    place = commune_of(ground.units, home).id if home else unit
    formerly = ground.units.formerly(place)
    sought = ground.vault.find_people([right], place, known_to=actor.person, formerly=formerly)[0]
    another = sought.person is not None and not is_theirs(ground.ledger, person, sought.person)
    if another and not own:
        raise AnotherHasThisIdentity
    # Else an organizer who takes somebody's name and number is found where that somebody is appointed.
    holds_office = own and needs_factor(grant.role for grant in actor.grants)
    sealing = ground.vault.sealing([person])
    sealing.correction(person, right, None if another or holds_office else sought)
    return Plan(decision, sealing.rows())


def _corrected(known: Identity, form: CorrectionForm) -> Identity:
    """What is known, with what the form says; cleaned, so that it compares as it is kept."""
    return identity.identity(
        name=form.name if form.name is not None else known.name,
        phone=form.phone if form.phone is not None else known.phone,
        birth_year=form.birth_year if form.birth_year is not None else known.birth_year,
        sex=form.sex if form.sex is not None else known.sex,
        position=form.position if form.position is not None else known.position,
        workplace=form.workplace if form.workplace is not None else known.workplace,
        email=form.email if form.email is not None else known.email,
        on=today(),
        field="",
    )


def _reached(
    ground: Ground, actor: Actor, person: str, *, field: str = "", own: bool = False, erased: bool = False
) -> People:
    """Raises `UnknownPerson` for one whom the actor neither organizes nor (with `own`) is, and for
    an erased one unless `erased` says that this is no reason."""
    one = PersonId(person)
    people = People(ground.ledger, [one])
    details = {"field": field} if field else {}
    if own and actor.person in people.all_of(one):
        return people
    actor.must_hold(Role.ORGANIZER)
    now = people.now(one)
    reachable = now in people.units and actor.reaches(people.units[now], Role.ORGANIZER, units=ground.units)
    if not reachable or (now in people.erased and not erased):
        raise UnknownPerson(**details)
    return people


def _changed(person: str, receipt: Receipt) -> PersonChanged:
    return PersonChanged(person=PersonId(person), position=receipt.position, again=receipt.again)
