"""What is held of one person, for themselves: all of it, as the vault and the ledger have it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from application.lookups import People
from application.milestones import standing
from application.ports import Ground, Identity, Recorded
from application.privacy import Agreed, agreed
from domain.access import AccountClosed, AccountOpened, RoleGranted, RoleRevoked
from domain.households import HouseholdMemberJoined, HouseholdMemberLeft, HouseholdRegistered
from domain.milestones import Milestone, MilestoneReached
from domain.model import Evidence, Group, PersonId, Role, Selector, UnitId
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.people import PersonRegistered
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from domain.requests import FACTS as REQUESTS
from domain.requests import RequestMade
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.teams import TeamMemberJoined, TeamMemberLeft
from domain.vendors import VendorLeft, VendorRegistered
from domain.visits import HouseholdVisited
from domain.workplaces import WorkplaceJoined, WorkplaceLeft


class Entry(msgspec.Struct, kw_only=True):
    """A lesson or an onboarding about the person. `what` are skills or means; `notes` is what others
    wrote about it."""

    id: str
    kind: str
    on: date
    unit: UnitId
    what: tuple[str, ...]
    mentor: PersonId
    recorded: datetime
    answer: str | None = None
    voided: bool = False
    notes: list[str] = []


class RoleHeld(msgspec.Struct, frozen=True):
    role: Role
    unit: UnitId
    since: datetime


class Asked(msgspec.Struct, frozen=True):
    """A request of the person's, with what was written about it: their own words and the answer."""

    request: str
    kind: str
    made: datetime
    notes: list[str]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of a milestone. `evidence` is None where a list says so."""

    milestone: Milestone
    reached: bool
    on: date
    evidence: Evidence | None


class MyData(msgspec.Struct, kw_only=True):
    """`identity` is None once erased. `ids` are all ids the person goes by in the ledger. `recorded` is how
    many lessons, onboardings, families and visits stand in their name, `sent` how many facts of each kind
    were recorded of what they sent under their account, by name."""

    ids: tuple[PersonId, ...]
    identity: Identity | None
    group: Group
    unit: UnitId
    registered: datetime
    minor: bool
    agreed: Agreed
    entries: list[Entry]
    milestones: list[Step]
    families: list[str]
    sells_at: list[str]
    works_at: list[str]
    teams: list[str]
    roles: list[RoleHeld]
    account: datetime | None
    recorded: int
    sent: dict[str, int]
    recognised: datetime | None
    requests: list[Asked]


def held(ground: Ground, person: PersonId) -> MyData:
    """All of it, under every id of a person who is known to be registered."""
    people = People(ground.ledger, [person])
    now, ids = people.now(person), tuple(sorted(people.all_of(person)))
    history = ground.ledger.history([_about(one, tag) for one in ids for tag in _TAGS])
    consents = agreed(ground.ledger, now)
    return MyData(
        ids=ids,
        identity=ground.vault.identities([now]).get(now),
        group=people.groups[now],
        unit=people.units[now],
        registered=min(one.fact.at for one in history if isinstance(one.fact, PersonRegistered)),
        minor=consents.minor,
        agreed=consents,
        entries=_entries(ground, history),
        milestones=_milestones(ground, now),
        families=_standing(history, HouseholdMemberJoined, HouseholdMemberLeft, "household"),
        sells_at=_standing(history, VendorRegistered, VendorLeft, "market"),
        works_at=_standing(history, WorkplaceJoined, WorkplaceLeft, "workplace"),
        teams=_standing(history, TeamMemberJoined, TeamMemberLeft, "team"),
        roles=_roles(history),
        account=_account(history),
        recorded=_recorded(ground, ids),
        sent=dict(sorted(ground.ledger.recorded_by(ids).items())),
        recognised=_recognised(ground, ids),
        requests=[
            Asked(one.fact.request, one.fact.kind, one.fact.at, ground.vault.notes(one.fact.request))
            for one in history
            if isinstance(one.fact, RequestMade)
        ],
    )


_TAGS = {
    "person": (PersonRegistered,),
    "learner": (TeachingLogged, TeachingAnswered, TeachingVoided),
    "member": (HouseholdMemberJoined, HouseholdMemberLeft),
    "sells": (VendorRegistered, VendorLeft),
    "works": (WorkplaceJoined, WorkplaceLeft),
    "team-member": (TeamMemberJoined, TeamMemberLeft),
    "account": (AccountOpened, AccountClosed, RoleGranted, RoleRevoked),
    "asks": REQUESTS,
}


def _about(person: PersonId, tag: str) -> Selector:
    return Selector(_TAGS[tag], [f"{tag}:{person}"])


def _milestones(ground: Ground, person: PersonId) -> list[Step]:
    found = standing(ground.ledger, person)
    return [
        Step(milestone=one, reached=isinstance(last, MilestoneReached), on=last.on, evidence=last.evidence)
        for one in Milestone
        if (last := found.last.get(one)) is not None
    ]


def _entries(ground: Ground, history: Sequence[Recorded]) -> list[Entry]:
    """Latest first."""
    found: dict[str, Entry] = {}
    for one in history:
        if isinstance(one.fact, (TeachingLogged, TeachingAnswered, TeachingVoided)):
            _take(found, one.fact, one.fact.teaching, "teaching")
    for market in (one.fact for one in history if isinstance(one.fact, VendorRegistered)):
        for one in ground.ledger.history([Selector(_ONBOARDING, [f"vendor:{market.vendor}"])]):
            _take(found, one.fact, one.fact.onboarding, "onboarding")  # type: ignore[attr-defined]
    for entry in found.values():
        entry.notes = ground.vault.notes(entry.id)
    return sorted(found.values(), key=lambda entry: entry.recorded, reverse=True)


_ONBOARDING = (VendorOnboardingLogged, VendorOnboardingAnswered, VendorOnboardingVoided)


def _take(found: dict[str, Entry], fact: Any, ref: str, kind: str) -> None:
    match fact:
        case TeachingLogged() | VendorOnboardingLogged():
            found[ref] = Entry(
                id=ref,
                kind=kind,
                on=fact.on,
                unit=fact.unit,
                what=tuple(fact.skills if isinstance(fact, TeachingLogged) else fact.means),
                mentor=fact.ambassador,
                recorded=fact.at,
            )
        case TeachingAnswered() | VendorOnboardingAnswered():
            found[ref].answer = fact.answer.value
        case TeachingVoided() | VendorOnboardingVoided():
            found[ref].voided = True


def _standing(history: Sequence[Recorded], begun: type, ended: type, field: str) -> list[str]:
    """The households (or markets) that the person belongs to and has not left."""
    standing: dict[str, None] = {}
    for one in history:
        if isinstance(one.fact, begun):
            standing[getattr(one.fact, field)] = None
        elif isinstance(one.fact, ended):
            standing.pop(getattr(one.fact, field), None)
    return list(standing)


def _roles(history: Sequence[Recorded]) -> list[RoleHeld]:
    held: dict[tuple[Role, UnitId], RoleHeld] = {}
    for one in history:
        match one.fact:
            case RoleGranted() as fact:
                held[fact.role, fact.unit] = RoleHeld(fact.role, fact.unit, fact.at)
            case RoleRevoked() as fact:
                held.pop((fact.role, fact.unit), None)
            case AccountClosed():
                held.clear()
    return list(held.values())


def _account(history: Sequence[Recorded]) -> datetime | None:
    """Since when the account is open."""
    facts = [one.fact for one in history if isinstance(one.fact, (AccountOpened, AccountClosed))]
    return facts[-1].at if facts and isinstance(facts[-1], AccountOpened) else None


def _recorded(ground: Ground, ids: Sequence[PersonId]) -> int:
    """Of a busy mentor these are thousands; they stand on their own page, and are counted here."""
    taught = (TeachingLogged, VendorOnboardingLogged, HouseholdRegistered)
    made = [Selector(taught, [f"ambassador:{one}"]) for one in ids]
    visited = [Selector([HouseholdVisited], [f"visitor:{one}"]) for one in ids]
    return len(ground.ledger.history([*made, *visited]))


def _recognised(ground: Ground, ids: Sequence[PersonId]) -> datetime | None:
    """Since when they are a digital ambassador."""
    kinds = (AmbassadorRecognised, AmbassadorRecognitionWithdrawn)
    history = ground.ledger.history([Selector(kinds, [f"recognised:{one}"]) for one in ids])
    last = history[-1].fact if history else None
    return last.at if isinstance(last, AmbassadorRecognised) else None
