"""A confirmation code: what it asks, and the answer that its holder gives without signing in."""

from datetime import date, datetime

import msgspec

from application import declarations, lookups, onboarding, teaching
from application.actors import Actor
from application.deciding import Plan, Refuse, Sent, decided, submitted
from application.forms.teaching import AnswerEntryForm, AnswerForm
from application.identity import clean_code
from application.ports import CodeHolder, Ground
from domain.households import Criterion, CriterionAnswered
from domain.model import (
    Answer,
    DeclarationId,
    Evidence,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
    Skill,
    UnitId,
)
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingVoided
from domain.vendors import Means


class UnknownCode(Refused):
    """No such code was ever given out."""


class CodeExpired(Refused):
    """Too late (180 days) for an answer that does not stand; the ambassador can log the lesson again."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a code asks. `kind` is `teaching` (skills), `declaration` (criteria) or `onboarding`
    (means). `ambassador_name` is None once erased. `answer` is what was answered so far; a
    voided entry can no longer be answered."""

    kind: str
    subject: str
    ambassador: PersonId
    ambassador_name: str | None
    unit: UnitId
    on: date
    skills: tuple[Skill, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    means: tuple[Means, ...] = ()
    answer: Answer | None = None
    voided: bool = False
    until: datetime | None = None
    """Before when it can be answered, or answered otherwise; None where it no longer can."""


class Answered(msgspec.Struct, frozen=True):
    """`again` is true where this answer stood already; nothing was recorded then."""

    kind: str
    subject: str
    answer: Answer
    position: Position
    again: bool


async def answer(ground: Ground, form: AnswerForm, *, actor: Actor | None = None) -> Answered:
    """Records the answer of a code's holder. `actor` is whoever is signed in on that device.

    The same answer again gets its first receipt, also once the code expired: whoever did not see
    it sends again. Raises `BadCode`, `UnknownCode`, `CodeExpired`, and what the decision raises."""
    holder = _holder(ground, form.code)
    if holder.expired and _asked(ground, holder).answer is not form.answer:
        raise CodeExpired(field="code")
    evidence = _evidence(ground, holder, form.device, actor)
    position, again = await _record(ground, holder, form, evidence)
    return Answered(
        kind=holder.kind, subject=holder.subject, answer=form.answer, position=position, again=again
    )


async def answer_here(ground: Ground, actor: Actor, form: AnswerEntryForm) -> Answered:
    """The answer that somebody gave on the phone of the actor, an ambassador, who sends it: recorded as
    that for ever, in the name of the account that sent it.

    Raises what `answer` does, and `AnsweredMoreSurely` where the holder answered otherwise on a phone
    of their own."""
    actor.must_hold(Role.AMBASSADOR)
    holder = _holder(ground, form.code)
    sent = Sent(submitted(ground, actor, form), actor.by)
    if holder.expired and _asked(ground, holder).answer is not form.answer:
        late = Refuse(refusal=CodeExpired(field="code"))
        receipt = await decided(ground.ledger, lambda _: Plan(late), sent.submission)
        position, again = receipt.position, receipt.again
    else:
        position, again = await _record(ground, holder, form, Evidence.AMBASSADOR_DEVICE, sent)
    return Answered(
        kind=holder.kind, subject=holder.subject, answer=form.answer, position=position, again=again
    )


def question(ground: Ground, code: str, *, answered: bool = False) -> Question:
    """What a code asks. With `answered` an expired code tells what was answered in time.

    Raises `BadCode`, `UnknownCode`, `CodeExpired`."""
    holder = _holder(ground, code)
    asked = None if holder.expired and not answered else _asked(ground, holder)
    if asked is None or (holder.expired and asked.answer is None):
        raise CodeExpired(field="code")
    ends = None if holder.expired or asked.voided else holder.until
    return msgspec.structs.replace(asked, until=ends)


def _asked(ground: Ground, holder: CodeHolder) -> Question:
    match holder.kind:
        case "teaching":
            return _about_teaching(ground, holder)
        case "declaration":
            return _about_declaration(ground, holder)
        case _:
            return _about_onboarding(ground, holder)


async def _record(
    ground: Ground,
    holder: CodeHolder,
    form: AnswerForm | AnswerEntryForm,
    evidence: Evidence,
    sent: Sent | None = None,
) -> tuple[Position, bool]:
    match holder.kind:
        case "teaching":
            taught = await teaching.answer_teaching(ground, holder, form.answer, evidence, form.device, sent)
            return taught.position, taught.again
        case "declaration":
            declared = await declarations.answer_declaration(ground, holder, form.answer, evidence, sent)
            return declared.position, declared.again
        case _:
            onboarded = await onboarding.answer_onboarding(ground, holder, form.answer, evidence, sent)
            return onboarded.position, onboarded.again


def told(ground: Ground, code: str, device: str | None, actor: Actor | None) -> tuple[CodeHolder, Evidence]:
    """Who holds a code that can still be answered, and how sure what they say by it is, from a device
    on which `actor` is signed in. Raises `BadCode`, `UnknownCode`, `CodeExpired`."""
    holder = _holder(ground, code)
    if holder.expired:
        raise CodeExpired(field="code")
    return holder, _evidence(ground, holder, device, actor)


def _holder(ground: Ground, code: str) -> CodeHolder:
    holder = ground.vault.find_code(clean_code(code))
    if holder is None:
        raise UnknownCode(field="code")
    return holder


def _evidence(ground: Ground, holder: CodeHolder, device: str | None, actor: Actor | None) -> Evidence:
    """How strong the answer is: one that comes from where somebody else works is weaker."""
    if actor is not None and not lookups.is_theirs(ground.ledger, actor.person, holder.person):
        return Evidence.AMBASSADOR_DEVICE
    if device is not None and device == _logged_on(ground, holder):
        return Evidence.AMBASSADOR_DEVICE
    return Evidence.OWN_DEVICE


def _logged_on(ground: Ground, holder: CodeHolder) -> str | None:
    """The device on which the entry was made."""
    match holder.kind:
        case "teaching":
            return lookups.teaching(ground.ledger, holder.subject).logged.device
        case "onboarding":
            return onboarding.onboarding_logged(ground, holder.subject).device
        case _:
            return None


def _about_teaching(ground: Ground, holder: CodeHolder) -> Question:
    found = lookups.teaching(ground.ledger, holder.subject)
    return Question(
        kind=holder.kind,
        subject=holder.subject,
        ambassador=found.logged.ambassador,
        ambassador_name=_name(ground, found.logged.ambassador),
        unit=found.logged.unit,
        on=found.logged.on,
        skills=found.logged.skills,
        answer=found.answered.answer if found.answered else None,
        voided=found.voided,
    )


def _about_declaration(ground: Ground, holder: CodeHolder) -> Question:
    declared = declarations.declared(ground, DeclarationId(holder.subject))
    first = declared[0]
    answers = declarations.answers_to(ground, DeclarationId(holder.subject))
    last = answers[-1].fact if answers else None
    return Question(
        kind=holder.kind,
        subject=holder.subject,
        ambassador=first.ambassador,
        ambassador_name=_name(ground, first.ambassador),
        unit=first.unit,
        on=first.on,
        criteria=tuple(one.criterion for one in declared),
        answer=last.answer if isinstance(last, CriterionAnswered) else None,
    )


def _about_onboarding(ground: Ground, holder: CodeHolder) -> Question:
    logged = onboarding.onboarding_logged(ground, holder.subject)
    kinds = (VendorOnboardingAnswered, VendorOnboardingVoided)
    later = [one.fact for one in ground.ledger.history([Selector(kinds, [f"onboarding:{holder.subject}"])])]
    answers = [fact for fact in later if isinstance(fact, VendorOnboardingAnswered)]
    return Question(
        kind=holder.kind,
        subject=holder.subject,
        ambassador=logged.ambassador,
        ambassador_name=_name(ground, logged.ambassador),
        unit=logged.unit,
        on=logged.on,
        means=logged.means,
        answer=answers[-1].answer if answers else None,
        voided=any(isinstance(fact, VendorOnboardingVoided) for fact in later),
    )


def _name(ground: Ground, person: PersonId) -> str | None:
    now = lookups.People(ground.ledger, [person]).now(person)
    return ground.vault.names([now]).get(now)
