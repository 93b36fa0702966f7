"""Whose data is due to be erased: the terms of each purpose held against the ledger.

The ledger alone is asked, so that nobody is erased by figures that lag behind.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from application.lookups import People
from application.people import forget
from application.ports import Ground, Ledger
from application.privacy import agreed
from domain.access import AccountClosed, AccountOpened
from domain.households import CriterionAnswered, CriterionDeclared, HouseholdMemberJoined
from domain.model import By, Fact, PersonId, Selector
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged
from domain.people import PersonErased, PersonRegistered, Purpose
from domain.requests import FACTS as REQUESTS
from domain.requests import Kind, RequestAcknowledged, RequestMade, RequestSettled
from domain.teaching import TeachingAnswered, TeachingLogged
from domain.teams import TeamMemberJoined, TeamMemberLeft, team_member
from domain.vendors import VendorRegistered


class Because(StrEnum):
    """Why somebody's data is due."""

    UNANSWERED = "unanswered"  # asked, and never answered
    DENIED = "denied"  # said that it was not true, and agreed to nothing
    SILENT = "silent"  # never asked, and never agreed to anything
    WITHDRAWN = "withdrawn"  # no longer agrees that their data is kept
    ASKED = "asked"  # asked for the erasure, and nobody carried it out in time
    CLOSED = "closed"  # the account was closed


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How long data is kept for each purpose."""

    unanswered: timedelta
    withdrawn: timedelta
    closed: timedelta


class Due(msgspec.Struct, frozen=True):
    """`since` is when the term ended."""

    person: PersonId
    because: Because
    since: datetime


def due(ledger: Ledger, people: Iterable[PersonId], terms: Terms, now: datetime) -> Iterator[Due]:
    """Those of these people whose data is due, each once, under the id that stands for them."""
    seen: set[PersonId] = set()
    for person in people:
        found = People(ledger, [person])
        one = found.now(person)
        if one in seen:
            continue
        seen.add(one)
        history = _history(ledger, sorted(found.all_of(one)))
        if not any(isinstance(fact, PersonErased) for fact in history):
            reasons = [reason for reason in _reasons(ledger, one, history, terms) if reason.since <= now]
            if reasons:
                yield min(reasons, key=lambda reason: reason.since)


async def erase_due(ground: Ground, found: Due) -> None:
    """Erases somebody whose data is due."""
    await forget(ground, found.person, By("import:retention"))


def _reasons(ledger: Ledger, person: PersonId, history: Sequence[Fact], terms: Terms) -> Iterator[Due]:
    """With the moment at which each term ends, over or not."""
    consents = agreed(ledger, person)
    accounts = {fact.person: fact for fact in history if isinstance(fact, (AccountOpened, AccountClosed))}
    if any(isinstance(fact, AccountOpened) for fact in accounts.values()):
        # Kept to sign in; and what came by a code is no word of theirs: a mentor knows code and phone.
        themselves = {By(f"account:{one}") for one in accounts}
        for made in _open(history, Kind.ERASE):
            if made.by in themselves:
                yield Due(person, Because.ASKED, made.at + terms.withdrawn)
        return
    taken_back = consents.withdrawn.get(Purpose.CONTACT)
    if taken_back is not None and Purpose.CONTACT not in consents.alone:
        yield Due(person, Because.WITHDRAWN, taken_back + terms.withdrawn)
    if consents.alone:
        for asked_at, read in _read_withdrawals(history):
            yield Due(person, Because.WITHDRAWN, max(asked_at + terms.withdrawn, read))
    for made in _open(history, Kind.ERASE):
        yield Due(person, Because.ASKED, made.at + terms.withdrawn)
    if accounts:
        closed = max(fact.at for fact in accounts.values())
        yield Due(person, Because.CLOSED, closed + terms.closed)
        return
    if _in_a_team(history):
        return  # kept as long as they belong to it; silence counts from when they left
    agrees = consents.given.keys() | consents.alone  # an organizer hears of what a code alone took back
    answers = [fact for fact in history if isinstance(fact, _ANSWERS)]
    if any(fact.answer.confirms for fact in answers):
        return
    asked = [fact.at for fact in history if isinstance(fact, _ASKS)]
    if answers and not agrees:
        yield Due(person, Because.DENIED, max([answers[-1].at, *asked]) + terms.unanswered)
    elif asked and not answers:
        yield Due(person, Because.UNANSWERED, max(asked) + terms.unanswered)
    elif not agrees:
        kinds = (PersonRegistered, VendorRegistered, TeamMemberLeft)
        known = [fact.at for fact in history if isinstance(fact, kinds)]
        yield Due(person, Because.SILENT, max(known) + terms.unanswered)


def _in_a_team(history: Sequence[Fact]) -> bool:
    belongs: set[PersonId] = set()
    for fact in history:
        match fact:
            case TeamMemberJoined():
                belongs.add(fact.person)
            case TeamMemberLeft():
                belongs.discard(fact.person)
    return bool(belongs)


def _read_withdrawals(history: Sequence[Fact]) -> Iterator[tuple[datetime, datetime]]:
    """When what was taken back by a code alone was asked about, and when an organizer had read it;
    of those that nobody declined."""
    read = {fact.request: fact.at for fact in history if isinstance(fact, RequestAcknowledged)}
    for made in _open(history, Kind.WITHDRAW):
        if made.request in read:
            yield made.at, read[made.request]


def _open(history: Sequence[Fact], kind: Kind) -> list[RequestMade]:
    asked = {fact.request: fact for fact in history if isinstance(fact, RequestMade) and fact.kind is kind}
    for fact in history:
        if isinstance(fact, RequestSettled):
            asked.pop(fact.request, None)
    return list(asked.values())


def _history(ledger: Ledger, ids: Sequence[PersonId]) -> list[Fact]:
    """All that tells whether somebody has an account, was asked, and answered; in order."""
    tagged: list[Selector] = []
    for one in ids:
        tagged += [
            Selector([PersonRegistered, PersonErased], [f"person:{one}"]),
            Selector([AccountOpened, AccountClosed], [f"account:{one}"]),
            Selector([TeachingLogged, TeachingAnswered], [f"learner:{one}"]),
            Selector([VendorRegistered], [f"sells:{one}"]),
            Selector(REQUESTS, [f"asks:{one}"]),
            Selector([HouseholdMemberJoined], [f"member:{one}"]),
            Selector([TeamMemberJoined, TeamMemberLeft], [team_member(one)]),
        ]
    found = list(ledger.history(tagged))
    further: list[Selector] = []
    for recorded in found:
        match recorded.fact:
            case VendorRegistered() as fact:
                kinds = (VendorOnboardingLogged, VendorOnboardingAnswered)
                further.append(Selector(kinds, [f"vendor:{fact.vendor}"]))
            case HouseholdMemberJoined() as fact:
                further.append(
                    Selector([CriterionDeclared, CriterionAnswered], [f"household:{fact.household}"])
                )
    if further:
        found = sorted([*found, *ledger.history(further)], key=lambda recorded: recorded.position)
    return [recorded.fact for recorded in found]


_ASKS: Final = (TeachingLogged, VendorOnboardingLogged, CriterionDeclared)
_ANSWERS: Final = (TeachingAnswered, VendorOnboardingAnswered, CriterionAnswered)
