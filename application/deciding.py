"""How every use case decides: look up, decide, and look up again where it was overtaken."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from application.actors import Actor
from application.ids import new_id
from application.ports import Beside, Ground, Ledger, Receipt, Submission, Unavailable
from domain.calendar import day_of
from domain.model import By, Decision, Refused, Stale

PAUSES: Final = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2)
"""Seconds between attempts. Whoever overtook us has committed, or will within milliseconds."""


class Plan(msgspec.Struct, frozen=True):
    """A decision on what was looked up, and the rows to stand beside it."""

    decision: Decision
    beside: Beside | None = None


Planner = Callable[[bool], Plan]
"""Looks up and plans. Its argument is False the first time and True after `Stale`: then what
was assumed (nobody was merged) has to be looked up too. Raises `Refused`."""


@dataclass(kw_only=True)
class Refuse(Decision):
    """What was refused before deciding. It goes the way of a decision all the same, because a
    repeated submission gets its first receipt before any rule is asked."""

    refusal: Refused

    def execute(self) -> None:
        raise self.refusal


def submitted(ground: Ground, actor: Actor, form: msgspec.Struct, *about: str) -> Submission:
    """The submission that a form carries. `about` says what it asks for and of what, where the
    form itself does not, so that one id never serves two different requests. The id of a row of a
    list is made from what the row says: there is nothing more to compare."""
    identifier: str = form.submission  # type: ignore[attr-defined]
    if actor.importing is not None:
        return Submission(author=actor.author, id=identifier, content=b"")
    content = ground.vault.content_digest((type(form).__name__, about, form))
    return Submission(author=actor.author, id=identifier, content=content, session=actor.session)


class Sent(msgspec.Struct, frozen=True):
    """An answer that somebody signed in passes on: under which submission, and in whose name."""

    submission: Submission
    by: By


def stood(receipt: Receipt) -> bool:
    """Whether an answer was given already, or was sent before."""
    return receipt.again or not receipt.facts


def under_session(actor: Actor) -> Submission | None:
    """For what is harmless to ask twice: a submission of its own each time, so that nothing is
    recorded for a session that has ended."""
    if actor.session is None:
        return None
    return Submission(author=actor.person, id=new_id(), content=b"", session=actor.session)


async def decided(ledger: Ledger, planner: Planner, submission: Submission | None = None) -> Receipt:
    """Plans and decides; plans again while overtaken, at last `Unavailable`."""
    for attempt, pause in enumerate(PAUSES):
        if pause:
            await asyncio.sleep(pause)
        try:
            plan = planner(attempt > 0)
        except Refused as refusal:
            if submission is None:
                raise
            plan = Plan(Refuse(refusal=refusal))
        try:
            return await ledger.decide(plan.decision, submission=submission, beside=plan.beside)
        except Stale:
            continue
    raise Unavailable("overtaken again and again")


async def first_receipt(ledger: Ledger, submission: Submission) -> Receipt | None:
    """The receipt of a submission that comes again: for what is dear to prepare, before it is prepared.

    Raises `SubmissionConflict`, `SessionEnded`, `OutcomeUnknown`, `Unavailable`."""
    nothing = Refused()
    try:
        return await ledger.decide(Refuse(refusal=nothing), submission=submission)
    except Refused as refused:
        if refused is nothing:
            return None
        raise


def today() -> date:
    """The day in Vietnam, to judge a birth year by; what happens when is for the ledger's clock."""
    return day_of(datetime.now(UTC))
