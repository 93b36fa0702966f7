"""People's rights over their data: why others read it, what they agree to, what they ask for."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from typing import Final

import msgspec
from msgspec import UNSET

from application.actors import Actor
from application.answers import UnknownCode
from application.deciding import Plan, decided, under_session
from application.identity import BadCode, clean_code
from application.ids import new_id
from application.lookups import People
from application.people import agreeing, forget, withdraw
from application.ports import Beside, Ground, Identity, Ledger
from domain.access import AccountClosed, AccountOpened
from domain.consents import TakenBackWithProof
from domain.model import By, PersonId, Position, Refused, Role, Selector
from domain.names import BadPhone, clean_phone
from domain.people import (
    ConsentGiven,
    ConsentWithdrawn,
    GuardianConsented,
    PersonCorrected,
    PersonMerged,
    PersonRegistered,
    Purpose,
    UnknownPerson,
)
from domain.requests import (
    AcknowledgeRequest,
    AlreadyAsked,
    AlreadySettled,
    Kind,
    MakeRequest,
    NoSuchRequest,
    Outcome,
    RequestId,
    RequestMade,
    RequestSettled,
    SettleRequest,
)


class Why(StrEnum):
    """What somebody else's personal data is read for; the access log keeps it with each read."""

    REVIEW = "review"  # looking into an entry of one's unit
    WITNESS = "witness"  # answering for a learner of a class who has no phone
    BOARD = "board"  # comparing people of one's unit
    FAMILY = "family"  # a family, by who does not belong to it
    MARKET = "market"  # vendors of a market
    WORKPLACE = "workplace"  # who belongs to a workplace
    REMINDERS = "reminders"  # whom messages went to
    TEAM = "team"  # who belongs to a team
    PLACING = "placing"  # who of a divided commune lives where
    AWARDS = "awards"  # comparing and deciding over nominees
    EXPORT = "export"  # a file that leaves the service
    LOOKUP = "lookup"  # finding somebody's entry
    REQUEST = "request"  # answering what a person asked for
    ACCOUNTS = "accounts"  # who holds which role
    AUDIT = "audit"  # the access log itself


class NotKnownByThat(Refused):
    """Code and phone do not belong together, or there is no such code: which of them is not said."""


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """What a person agrees to just now, as the ledger has it. `minor`: only what is in `guardian`
    as well holds. `withdrawn` is when they last took something back, by purpose; what of it was taken
    back by nothing but a code is in `alone`."""

    given: dict[Purpose, datetime]
    guardian: frozenset[Purpose]
    withdrawn: dict[Purpose, datetime]
    alone: frozenset[Purpose]
    minor: bool

    def holds(self, purpose: Purpose) -> bool:
        return purpose in self.given and (not self.minor or purpose in self.guardian)


def agreed(ledger: Ledger, person: PersonId) -> Agreed:
    """Under all ids of the person; after a merge what both agreed to (the stricter holds)."""
    people = People(ledger, [person])
    now, ids = people.now(person), people.all_of(person)
    kept = {one: _Kept() for one in ids}
    minor = False
    for recorded in ledger.history([Selector(_CONSENTS, [f"person:{one}"]) for one in sorted(ids)]):
        match recorded.fact:
            case PersonRegistered() as fact:
                minor = minor or fact.minor
            case PersonCorrected() as fact if fact.minor is not UNSET:
                minor = bool(fact.minor)
            case ConsentGiven() as fact:
                kept[fact.person].give(fact.purpose, fact.at)
            case GuardianConsented() as fact:
                kept[fact.person].guardian.add(fact.purpose)
            case ConsentWithdrawn() as fact:
                for one in kept.values():
                    one.withdraw(fact.purpose, fact.at, alone=fact.alone)
            case PersonMerged() as fact if {fact.person, fact.into} <= ids:
                kept[fact.into].meet(kept[fact.person])
    found = kept[now]
    return Agreed(
        given=found.given,
        guardian=frozenset(found.guardian),
        withdrawn=found.withdrawn,
        alone=frozenset(found.withdrawn) - found.with_proof,
        minor=minor,
    )


class _Kept:
    """The consents of one id."""

    def __init__(self) -> None:
        self.given: dict[Purpose, datetime] = {}
        self.guardian: set[Purpose] = set()
        self.withdrawn: dict[Purpose, datetime] = {}
        self.with_proof: set[Purpose] = set()

    def give(self, purpose: Purpose, at: datetime) -> None:
        self.given[purpose] = at
        self.withdrawn.pop(purpose, None)
        self.with_proof.discard(purpose)

    def withdraw(self, purpose: Purpose, at: datetime, *, alone: bool) -> None:
        self.given.pop(purpose, None)
        self.guardian.discard(purpose)
        self.withdrawn[purpose] = at
        if not alone:
            self.with_proof.add(purpose)

    def meet(self, other: "_Kept") -> None:
        self.given = {purpose: at for purpose, at in self.given.items() if purpose in other.given}
        self.guardian &= other.guardian
        self.withdrawn |= other.withdrawn
        self.with_proof |= other.with_proof


_CONSENTS: Final = (
    PersonRegistered,
    PersonCorrected,
    PersonMerged,
    ConsentGiven,
    GuardianConsented,
    ConsentWithdrawn,
)


class Held(msgspec.Struct, frozen=True):
    """Somebody who holds a code: the id that stands for them, and what they act under. `proven`: they
    knew the phone number, too."""

    person: PersonId
    by: By
    proven: bool = False


def holder(ground: Ground, code: str) -> Held:
    """Whose code this is, expired or not: rights do not expire. Raises `BadCode`, `UnknownCode`."""
    found = ground.vault.find_code(clean_code(code))
    if found is None:
        raise UnknownCode(field="code")
    return Held(People(ground.ledger, [found.person]).now(found.person), By(f"code:{found.subject}"))


def learner(ground: Ground, code: str) -> Held:
    """Whose consents a code alone opens and changes: not those of somebody who has an account, who signs
    in, since a mentor knows the code of whom they taught.
    Raises `BadCode` and `UnknownCode`, also for the code of whoever has an account."""
    found = holder(ground, code)
    if has_account(ground.ledger, found.person):
        raise UnknownCode(field="code")
    return found


def behind(ground: Ground, code: str) -> PersonId | None:
    """Whom a code belongs to, under the id that stands for them: to count tries by, and for nothing else."""
    with suppress(BadCode, UnknownCode):
        return holder(ground, code).person
    return None


def proven(ground: Ground, code: str, known: str) -> Held:
    """Whose code this is, if what else they know is right: their phone, or where none is kept their
    year of birth, which lets in and proves no more than the code does: mentors of the place read it.
    Whoever has an account signs in: a mentor knows code and phone of whom they taught.
    Raises `NotKnownByThat`, for whichever of these is wrong."""
    try:
        found = holder(ground, code)
    except (BadCode, UnknownCode):
        raise NotKnownByThat(field="code") from None
    identity = ground.vault.identities([found.person]).get(found.person)
    if identity is None or not _knows(identity, known) or has_account(ground.ledger, found.person):
        raise NotKnownByThat(field="code")
    return msgspec.structs.replace(found, proven=identity.phone is not None)


def has_account(ledger: Ledger, person: PersonId) -> bool:
    """Whether an account is open under any id of the person."""
    ids = sorted(People(ledger, [person]).all_of(person))
    kinds = (AccountOpened, AccountClosed)
    last = {
        one.fact.person: one.fact
        for one in ledger.history([Selector(kinds, [f"account:{one}"]) for one in ids])
        if isinstance(one.fact, kinds)
    }
    return any(isinstance(fact, AccountOpened) for fact in last.values())


def _knows(identity: Identity, known: str) -> bool:
    if identity.phone is None:
        return identity.birth_year is not None and known.strip() == str(identity.birth_year)
    try:
        return compare_digest(clean_phone(known), identity.phone)
    except BadPhone:
        return False


async def choose(
    ground: Ground,
    person: PersonId,
    by: By,
    wishes: Mapping[Purpose, bool],
    *,
    guardian: bool = False,
    proven: bool = False,
) -> Position:
    """Agrees to some purposes and no longer to others; what stands so already changes nothing.

    `proven`: who came by a code showed by something else that it is theirs. Of what is taken back
    by a code alone an organizer hears, before anything is erased for it; and a code alone does not
    agree to what was taken back with proof. Raises `TakenBackWithProof`, before anything is recorded."""
    alone = by.startswith("code:") and not proven
    if alone:
        await _weigh_code_alone(ground, person, by, wishes)
    position = Position(0)
    for purpose, given in wishes.items():
        if not given:
            position = max(position, await withdraw(ground, person, by, purpose, alone=alone))
            continue

        def plan(again: bool, purpose: Purpose = purpose) -> Plan:
            now = People(ground.ledger, [person]).now(person) if again else person
            return agreeing(ground, now, purpose, by, given=True, guardian=guardian, alone=alone)

        position = max(position, (await decided(ground.ledger, plan)).position)
    return position


async def _weigh_code_alone(ground: Ground, person: PersonId, by: By, wishes: Mapping[Purpose, bool]) -> None:
    """Whoever wrote the entry knows its code, too. The request comes first: a crash leaves one too
    many, and never a withdrawal of which nobody hears."""
    stands = agreed(ground.ledger, person)
    if any(given and one in stands.withdrawn.keys() - stands.alone for one, given in wishes.items()):
        raise TakenBackWithProof
    lost = {one for one, given in wishes.items() if not given and one in stands.given}
    if Purpose.CONTACT in lost or (lost and not stands.given.keys() - lost):
        with suppress(AlreadyAsked):
            await ask(ground, person, by, Kind.WITHDRAW)


async def ask(ground: Ground, person: PersonId, by: By, kind: Kind, words: str = "") -> RequestId:
    """A person asks for something about their own data; their words are sealed under their own key.

    Raises `AlreadyAsked`, `UnknownPerson`."""
    request = RequestId(new_id())

    def plan(_again: bool) -> Plan:
        people = People(ground.ledger, [person])
        now = people.now(person)
        if not people.known(now):
            raise UnknownPerson
        decision = MakeRequest(request=request, person=now, kind=kind, unit=people.units[now], by=by)
        return Plan(decision, _noted(ground, words, request, now))

    await decided(ground.ledger, plan)
    return request


async def acknowledge(ground: Ground, actor: Actor, request: str) -> Position:
    """An organizer of the person's unit has read it. Raises `NotAllowed`, `NoSuchRequest`."""
    made = reached_request(ground, actor, request)
    decision = AcknowledgeRequest(request=made.request, by=actor.by)
    return (await decided(ground.ledger, lambda _: Plan(decision), under_session(actor))).position


async def settle(ground: Ground, actor: Actor, request: str, outcome: Outcome, words: str = "") -> Position:
    """Done or declined, with what was answered. An erasure that is granted is carried out first.

    Raises `NotAllowed`, `NoSuchRequest`, `AlreadySettled`, `NotWithoutReason`, `SignsIn`."""
    made = reached_request(ground, actor, request)
    if outcome is Outcome.DECLINED and not words.strip():
        raise NotWithoutReason(field="words")
    if made.kind.erases and outcome is Outcome.DONE:
        for recorded in ground.ledger.history([Selector([RequestSettled], [f"request:{request}"])]):
            if isinstance(recorded.fact, RequestSettled) and recorded.fact.outcome is Outcome.DECLINED:
                raise AlreadySettled
        _must_be_their_own_word(ground, made)
        done = await forget(ground, made.person, actor.by, submission=under_session(actor))
        return done.position

    def plan(_again: bool) -> Plan:
        now = People(ground.ledger, [made.person]).now(made.person)
        decision = SettleRequest(request=made.request, outcome=outcome, by=actor.by)
        return Plan(decision, _noted(ground, words, made.request, now))

    return (await decided(ground.ledger, plan, under_session(actor))).position


class SignsIn(Refused):
    """An erasure was asked for by a code, and its person has an account by now: a mentor knows code and
    phone of whom they taught, and nobody's account ends by what was said with these."""


def _must_be_their_own_word(ground: Ground, made: RequestMade) -> None:
    ids = People(ground.ledger, [made.person]).all_of(made.person)
    themselves = made.by in {By(f"account:{one}") for one in ids}
    if not themselves and has_account(ground.ledger, made.person):
        raise SignsIn


class NotWithoutReason(Refused):
    """Whoever declines a request says why."""


def reached_request(ground: Ground, actor: Actor, request: str) -> RequestMade:
    """Raises `NotAllowed`, and `NoSuchRequest` also for one of a unit that is not the actor's."""
    actor.must_hold(Role.ORGANIZER)
    for recorded in ground.ledger.history([Selector([RequestMade], [f"request:{request}"])]):
        fact = recorded.fact
        if isinstance(fact, RequestMade) and actor.reaches(fact.unit, Role.ORGANIZER, units=ground.units):
            return fact
    raise NoSuchRequest


def _noted(ground: Ground, words: str, subject: str, person: PersonId) -> Beside | None:
    if not words.strip():
        return None
    sealing = ground.vault.sealing([person])
    sealing.note(words.strip(), subject=subject, person=person)
    return sealing.rows()
