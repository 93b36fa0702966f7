"""Entries that a phone made without a network, sent together: each stands or falls by itself.

The body is an envelope around entries that are read one by one, so that a bad one stops no other.
An entry goes the way of the single request that it stands for: the same form, the same rules, the
same submission. Entries that name the same code (an answer, and the lesson it answers) are taken in
their order; the others together, so that one commit may serve them all.

What a version of the phone's program sends is accepted for ever: tests/interfaces/sent_by_phones.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from litestar import post

from application import answers, field, households, teaching, visits
from application.actors import Actor
from application.answers import Answered
from application.field import EntryTooLarge, NewerPhone, NotYetSent, VendorEntered, Withdrawn
from application.forms.households import HouseholdForm
from application.forms.markets import VendorEntryForm
from application.forms.shape import Form
from application.forms.teaching import AnswerEntryForm, LessonForm, VoidEntryForm
from application.forms.visits import VisitForm
from application.households import HouseholdLogged
from application.identity import BadCode, clean_code
from application.ports import OutcomeUnknown, SessionEnded, SubmissionConflict, Unavailable
from application.teaching import LessonLogged
from application.visits import VisitLogged
from domain.model import Answer, PersonId, Position, Refused
from interfaces.api.speaking import API, Json, said
from interfaces.house import House
from interfaces.web.failures import log_fault
from interfaces.web.limits import AnyRequest, Unreadable, WrongValue, misshapen, read_json
from interfaces.web.problem_documents import Problem
from interfaces.web.problems import TABLE, problem_of
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, TooManyTries, limited, limited_entry

VERSION: Final = 2
"""What this server understands best; whatever was sent under an earlier one is accepted, too. Visits come
with the second: a server that does not know them is to leave them on the phone, and refuse none."""

MOST_ENTRIES: Final = 50
LARGEST_ENTRY: Final = 32 * 1024
"""Bytes. A lesson of 50 learners with long names takes about 12 KB."""

EntryId = Annotated[str, msgspec.Meta(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9._:-]+(?![\s\S])")]
Clock = Annotated[str, msgspec.Meta(max_length=64)]


class SyncForm(Form, frozen=True, kw_only=True):
    """`entries` are objects of `id`, `kind` (lesson, family, vendor, visit, answer or void), `made_at` and
    `form`; what is wrong with one of them is told at its result. `sent_at` and `made_at` are the
    phone's clock: nothing is decided by them."""

    version: Annotated[int, msgspec.Meta(ge=1, extra_json_schema={"maximum": VERSION})]
    entries: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_ENTRIES)]
    sent_at: Clock | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id` is the submission id: minted when it was saved on the phone."""

    id: EntryId
    kind: Literal["lesson", "family", "vendor", "visit", "answer", "void"]
    form: msgspec.Raw
    made_at: Clock | None = None


class CodeOut(msgspec.Struct, frozen=True):
    """By what `person` answers for `subject`: a teaching, declaration or onboarding. `code` and
    `confirm_url` are null once they were erased."""

    subject: str
    person: PersonId | None
    code: str | None
    confirm_url: str | None


class EntryReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is what was recorded (a lesson, household, vendor or visit), answered for or withdrawn."""

    kind: str
    subject: str
    position: Position
    codes: list[CodeOut] = []
    answer: Answer | None = None


class EntryResult(msgspec.Struct, frozen=True, kw_only=True):
    """`recorded` now, or `again`: recorded before, with its first receipt. `refused` by a rule and
    `conflict` (the same id came before with other content) stay so until somebody mends the entry;
    `later`: nothing is known of it, send it again. `received_at` is when it was first recorded. `id`
    is null where the entry has none that can be one."""

    id: str | None
    status: Literal["recorded", "again", "refused", "conflict", "later"]
    received_at: datetime | None = None
    receipt: EntryReceipt | None = None
    problem: Problem | None = None


class SyncOut(msgspec.Struct, frozen=True):
    """One result for each entry, in their order. `now` is the server's clock, by which lateness is
    told."""

    now: datetime
    results: list[EntryResult]


@post(
    f"{API}/sync",
    takes=SyncForm,
    also=(Entry, AnswerEntryForm, HouseholdForm, LessonForm, VendorEntryForm, VisitForm, VoidEntryForm),
    gives={200: SyncOut},
    summary="Takes entries that were made without a network, each for itself",
)
async def sync(request: AnyRequest) -> Json:
    """Each of `entries` is an Entry; its `form` is, by kind: lesson LessonForm, family HouseholdForm,
    vendor VendorEntryForm, visit VisitForm, answer AnswerEntryForm (given on this phone), void
    VoidEntryForm. The form's `submission` may be left out: it is the entry's `id`. At most 64 KB in all,
    32 KB for an entry."""
    form = await read_json(request, SyncForm)
    await limited(request, Kind.SYNC)
    if form.version > VERSION:
        raise NewerPhone(field="version")
    house = house_of(request)
    round_ = Round(request, house, actor(request))
    results = await round_.taken(form.entries)
    return said(SyncOut(house.clock(), _dated(house, results)))


Done = tuple[EntryReceipt, bool]
"""What was recorded, and whether it had been before."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it was read: its form, or what is wrong with it. `codes` are those it names."""

    id: str | None
    form: Form | None = None
    wrong: Refused | None = None
    codes: frozenset[str] = frozenset()


class Round:
    """The entries of one request on their way."""

    def __init__(self, request: AnyRequest, house: House, sender: Actor) -> None:
        self._request = request
        self._house = house
        self._sender = sender
        self._mentor = field.as_mentor(sender)

    async def taken(self, entries: Sequence[msgspec.Raw]) -> list[EntryResult]:
        """Raises `SessionEnded`: then the phone has to ask for all of it again."""
        last: dict[str, asyncio.Task[EntryResult]] = {}
        tasks: list[asyncio.Task[EntryResult]] = []
        for number, raw in enumerate(entries):
            arrived = read_entry(raw)
            names = [f"id:{arrived.id}", *arrived.codes]
            before = [last[name] for name in names if name in last]
            task = asyncio.create_task(self._take(arrived, before, first=number == 0))
            last |= dict.fromkeys(names, task)
            tasks.append(task)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def _take(
        self, arrived: Arrived, before: list[asyncio.Task[EntryResult]], *, first: bool
    ) -> EntryResult:
        if before:
            await asyncio.wait(before)
        try:
            if arrived.form is None:
                raise arrived.wrong or Unreadable()
            if any(_failed(earlier, arrived) for earlier in before):
                raise NotYetSent
            if not first:
                limited_entry(self._request)
            receipt, again = await self._record(arrived.form)
        except SessionEnded:
            raise
        except Exception as error:
            return _told(arrived, error)
        return EntryResult(id=arrived.id, status="again" if again else "recorded", receipt=receipt)

    async def _record(self, form: Form) -> Done:
        ground = self._house.ground
        match form:
            case LessonForm():
                return self._lesson(await teaching.log_lesson(ground, self._mentor, form))
            case HouseholdForm():
                return self._family(await households.register_household(ground, self._mentor, form))
            case VendorEntryForm():
                return self._vendor(await field.enter_vendor(ground, self._mentor, form))
            case VisitForm():  # by whoever leads a team, too
                return _visit(await visits.log_visit(ground, self._sender, form))
            case AnswerEntryForm():
                await limited(self._request, Kind.CODE, clean_code(form.code))
                return _answer(await answers.answer_here(ground, self._mentor, form))
            case VoidEntryForm():
                if form.subject_code is not None:
                    code = clean_code(form.subject_code, field="subject_code")
                    await limited(self._request, Kind.CODE, code)
                return _void(await field.withdraw(ground, self._mentor, form))
        raise AssertionError("a kind of entry that nothing records")

    def _lesson(self, done: LessonLogged) -> Done:
        codes = [self._code(one.teaching, one.learner, one.code) for one in done.teachings]
        return EntryReceipt(
            kind="lesson", subject=done.lesson, position=done.position, codes=codes
        ), done.again

    def _family(self, done: HouseholdLogged) -> Done:
        asked = done.declaration
        codes = [self._code(asked.declaration, asked.person, asked.code)] if asked else []
        receipt = EntryReceipt(kind="family", subject=done.household, position=done.position, codes=codes)
        return receipt, done.again

    def _vendor(self, done: VendorEntered) -> Done:
        codes = [self._code(done.onboarding, None, done.code)] if done.onboarding else []
        receipt = EntryReceipt(kind="vendor", subject=done.vendor, position=done.position, codes=codes)
        return receipt, done.again

    def _code(self, subject: str, person: PersonId | None, code: str | None) -> CodeOut:
        return CodeOut(subject, person, code, code and self._house.confirm_url(code))


def _visit(done: VisitLogged) -> Done:
    return EntryReceipt(kind="visit", subject=done.visit, position=done.position), done.again


def _answer(done: Answered) -> Done:
    receipt = EntryReceipt(kind="answer", subject=done.subject, position=done.position, answer=done.answer)
    return receipt, done.again


def _void(done: Withdrawn) -> Done:
    return EntryReceipt(kind="void", subject=done.subject, position=done.position), done.again


def _failed(earlier: asyncio.Task[EntryResult], arrived: Arrived) -> bool:
    """Whether an entry before this one, about the same code, was not recorded. The same id again is
    weighed for itself."""
    if earlier.exception() is not None:
        return True
    result = earlier.result()
    return result.id != arrived.id and result.receipt is None


def _told(arrived: Arrived, error: Exception) -> EntryResult:
    """What went wrong, as a result. What may still be recorded is to be sent again."""
    status: Literal["refused", "conflict", "later"] = "refused"
    if isinstance(error, SubmissionConflict):
        status = "conflict"
    elif isinstance(error, (Unavailable, OutcomeUnknown, TooManyTries, NotYetSent)):
        status = "later"
    elif type(error) not in TABLE:
        log_fault(f"{API}/sync", error)
        status = "later"
    return EntryResult(id=arrived.id, status=status, problem=problem_of(error))


def _dated(house: House, results: list[EntryResult]) -> list[EntryResult]:
    """With when each was received first."""
    at = house.ledger.recorded_at({one.receipt.position for one in results if one.receipt})
    return [
        msgspec.structs.replace(one, received_at=at.get(one.receipt.position)) if one.receipt else one
        for one in results
    ]


FORMS: Final[dict[str, type[Form]]] = {
    "lesson": LessonForm,
    "family": HouseholdForm,
    "vendor": VendorEntryForm,
    "visit": VisitForm,
    "answer": AnswerEntryForm,
    "void": VoidEntryForm,
}
_ENTRY: Final = msgspec.json.Decoder(Entry)


def read_entry(raw: msgspec.Raw) -> Arrived:
    """An entry with its form; or its id, if it has one, and what is wrong with it."""
    try:
        entry = _ENTRY.decode(raw)
        if len(raw) > LARGEST_ENTRY:
            raise EntryTooLarge(limit=LARGEST_ENTRY // 1024)
        form = _form(entry)
    except Refused as refusal:
        return Arrived(id=_id_of(raw), wrong=refusal)
    except msgspec.ValidationError as error:
        return Arrived(id=_id_of(raw), wrong=misshapen(str(error)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Arrived(id=_id_of(raw), wrong=Unreadable())
    return Arrived(id=entry.id, form=form, codes=frozenset(_codes(form)))


def _form(entry: Entry) -> Form:
    fields = msgspec.json.decode(entry.form)
    if not isinstance(fields, dict):
        raise WrongValue(field="form")
    if fields.setdefault("submission", entry.id) != entry.id:
        raise WrongValue(field="submission")
    return msgspec.convert(fields, FORMS[entry.kind])


def _id_of(raw: msgspec.Raw) -> str | None:
    try:
        return msgspec.json.decode(raw, type=_WithId).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class _WithId(msgspec.Struct, frozen=True):
    id: EntryId


def _codes(form: Form) -> Iterator[str]:
    """The codes that an entry names, as they are kept."""
    match form:
        case LessonForm():
            named = [one.code for one in form.learners]
        case HouseholdForm():
            named = [one.code for one in form.members]
        case VendorEntryForm() | AnswerEntryForm():
            named = [form.code]
        case VoidEntryForm():
            named = [form.subject_code]
        case _:
            named = []
    for code in named:
        with suppress(BadCode):
            if code is not None:
                yield clean_code(code)
