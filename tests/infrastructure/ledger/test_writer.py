"""Decisions through the writer: receipts, neighbours, submissions, and rows beside facts."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError

from application.ports import Submission, SubmissionConflict, Unavailable
from domain.model import Decision, Group, PersonId, Selector, Stale
from domain.people import PersonRegistered
from domain.registering import AlreadyRegistered
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.works import NotFounded
from infrastructure.ledger.writer import Writer
from tests import cast
from tests.infrastructure.ledger.support import apart, held, names, outcome, register, together

notes = Table(
    "test_note", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text, unique=True)
)


@pytest.fixture
def noted(ledger):
    """A table of rows beside facts; returns what asks for its texts."""
    ledger.write(notes.create).result(10)
    return lambda: ledger.write(
        lambda c: list(c.execute(select(notes.c.text).order_by(notes.c.id)).scalars())
    ).result(10)


def note(number: int, text: str = "a") -> Rows:
    return Rows(inserts=[(notes, {"id": number, "text": text})])


def sent(number: int, content: bytes = b"same") -> Submission:
    return Submission(author="lan", id=f"s-{number}", content=content)


def test_a_receipt_tells_position_moment_and_facts(ledger):
    [receipt] = apart(ledger, register("lan"))
    assert receipt.position == 1
    assert [type(fact) for fact in receipt.facts] == [PersonRegistered]
    assert receipt.facts[0].at == receipt.at
    assert not receipt.again


def test_what_is_recorded_is_read_back(ledger):
    [receipt] = apart(ledger, register("lan"))
    [recorded] = ledger.history([Selector([PersonRegistered], ["person:lan"])])
    assert (recorded.position, recorded.fact) == (1, receipt.facts[0])


def test_coroutines_decide_at_once(ledger):
    async def everybody():
        return await asyncio.gather(*(ledger.decide(register(f"p{n}")) for n in range(500)))

    receipts = asyncio.run(everybody())
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 501))
    assert ledger.head() == 500


def test_threads_decide_at_once(ledger):
    receipts = []

    def some(start: int) -> None:
        receipts.extend(apart(ledger, *(register(f"p{n}") for n in range(start, start + 50))))

    threads = [threading.Thread(target=some, args=(n * 50,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 201))


@pytest.mark.parametrize("in_turn", [together, apart])
def test_a_decision_sees_those_before_it(ledger, in_turn):
    first, second = in_turn(ledger, register("lan"), register("lan"))
    assert first.position == 1
    assert isinstance(second, AlreadyRegistered)
    assert names(ledger) == ["person-registered"]


@dataclass(kw_only=True)
class Crashes(Decision):
    """A decision with a mistake in it."""

    def execute(self):
        raise ZeroDivisionError


def test_a_refusal_or_a_crash_leaves_its_neighbours_alone(ledger):
    receipts = together(ledger, register("lan"), Crashes(), register("lan"), register("hoa"))
    assert [type(one).__name__ for one in receipts] == [
        "Receipt", "ZeroDivisionError", "AlreadyRegistered", "Receipt",
    ]  # fmt: skip
    assert names(ledger) == ["person-registered"] * 2


def test_rows_that_cannot_stand_fail_alone(ledger, noted):
    with held(ledger):
        waiting = [
            ledger.decide_soon(register("lan"), beside=note(1)),
            ledger.decide_soon(register("hoa"), beside=note(1)),
            ledger.decide_soon(register("tu"), beside=note(2, "b")),
        ]
    first, second, third = map(outcome, waiting)
    assert (first.position, third.position) == (1, 2)
    assert isinstance(second, Stale)  # somebody wrote such a row meanwhile: look up again
    assert noted() == ["a", "b"]
    assert names(ledger) == ["person-registered"] * 2


@dataclass(kw_only=True)
class Counts(Decision):
    """Registers whoever is named, once it has counted how often it weighed a fact."""

    name: str

    def __post_init__(self):
        self.weighed = 0

    def consistency_boundary(self):
        return [Selector([PersonRegistered], ["person:lan"])]

    def weigh(self, fact):
        self.weighed += 1

    def execute(self):
        assert self.weighed == 1
        self.record(
            PersonRegistered(
                at=self.at, by=cast.BY, person=PersonId(self.name), group=Group.PEOPLE, unit=cast.TUY_PHUOC
            )
        )


def test_a_batch_tried_again_weighs_each_decision_afresh(ledger, noted):
    apart(ledger, register("lan"))
    with held(ledger):
        first = ledger.decide_soon(Counts(name="tu"), beside=note(1))
        second = ledger.decide_soon(Counts(name="sau"), beside=note(1))
    assert outcome(first).position == 2
    assert isinstance(outcome(second), Stale)


def test_a_decision_learns_where_what_it_rests_on_stands(ledger):
    apart(ledger, register("hoa"), register("lan"))
    counts = Counts(name="tu")
    apart(ledger, counts)
    assert counts.last_known_position == 2


def test_the_same_submission_gives_the_first_receipt(ledger):
    first = outcome(ledger.decide_soon(register("lan"), submission=sent(1)))
    apart(ledger, register("hoa"))
    again = outcome(ledger.decide_soon(register("lan"), submission=sent(1)))
    assert again.again
    assert (again.position, again.at, again.facts) == (first.position, first.at, first.facts)
    assert names(ledger) == ["person-registered"] * 2


def test_the_same_submission_twice_in_one_batch_is_one(ledger):
    with held(ledger):
        first, second = (ledger.decide_soon(register("lan"), submission=sent(1)) for _ in range(2))
    assert not outcome(first).again
    assert outcome(second).again
    assert outcome(second).position == outcome(first).position == 1


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_other_content_under_the_same_id_is_a_conflict(ledger, in_one_batch):
    if not in_one_batch:
        outcome(ledger.decide_soon(register("lan"), submission=sent(1)))
    with held(ledger):
        ledger.decide_soon(register("lan"), submission=sent(1))
        other = ledger.decide_soon(register("hoa"), submission=sent(1, b"other"))
    assert isinstance(outcome(other), SubmissionConflict)
    assert names(ledger) == ["person-registered"]


def test_a_refused_submission_may_be_sent_again(ledger):
    apart(ledger, register("lan"))
    refused = outcome(ledger.decide_soon(register("lan"), submission=sent(1)))
    assert isinstance(refused, AlreadyRegistered)
    assert outcome(ledger.decide_soon(register("hoa"), submission=sent(1))).position == 2


@dataclass(kw_only=True)
class Nothing(Decision):
    """Rests on Lan's registration and has nothing to record."""

    def consistency_boundary(self):
        return [Selector([PersonRegistered], ["person:lan"])]

    def execute(self):
        return


def test_nothing_recorded_still_has_a_receipt_that_is_remembered(ledger, noted):
    apart(ledger, register("lan"), register("hoa"))
    first = outcome(ledger.decide_soon(Nothing(), submission=sent(1), beside=note(1)))
    again = outcome(ledger.decide_soon(Nothing(), submission=sent(1)))
    assert (first.position, first.facts) == (1, ())
    assert (again.position, again.facts, again.again) == (1, (), True)
    assert noted() == []


def test_nothing_recorded_resting_on_nothing_stands_at_zero(ledger):
    [receipt] = apart(ledger, Nothing())
    assert receipt.position == 0


def test_rows_stand_beside_the_facts_or_not_at_all(ledger, noted):
    outcome(ledger.decide_soon(register("lan"), beside=note(1, "lan") + note(2, "more")))
    refused = outcome(ledger.decide_soon(register("lan"), beside=note(3, "again")))
    assert isinstance(refused, AlreadyRegistered)
    assert noted() == ["lan", "more"]


def test_statements_run_after_the_inserts(ledger, noted):
    outcome(ledger.decide_soon(register("lan"), beside=note(1, "lan")))
    change = Rows(statements=[delete(notes).where(notes.c.id == 1), insert(notes).values(id=1, text="new")])
    outcome(ledger.decide_soon(register("hoa"), beside=note(2, "hoa") + change))
    assert noted() == ["new", "hoa"]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_claimed_key_that_is_taken_is_stale(ledger, noted, in_one_batch):
    claiming = Rows(inserts=[(notes, {"id": 1, "text": "key"})], claims=[(notes.c.text, "key")])
    other = Rows(inserts=[(notes, {"id": 2, "text": "key"})], claims=[(notes.c.text, "key")])
    if in_one_batch:
        with held(ledger):
            waiting = [
                ledger.decide_soon(register("lan"), beside=claiming),
                ledger.decide_soon(register("tu"), beside=other),
            ]
        first, second = map(outcome, waiting)
    else:
        first = outcome(ledger.decide_soon(register("lan"), beside=claiming))
        second = outcome(ledger.decide_soon(register("tu"), beside=other))
    assert first.position == 1
    assert isinstance(second, Stale)
    assert noted() == ["key"]


def test_a_refused_decision_claims_nothing(ledger, noted):
    apart(ledger, register("lan"))
    claiming = Rows(inserts=[(notes, {"id": 1, "text": "key"})], claims=[(notes.c.text, "key")])
    with held(ledger):
        refused = ledger.decide_soon(register("lan"), beside=claiming)
        taken = ledger.decide_soon(register("tu"), beside=claiming)
    assert isinstance(outcome(refused), AlreadyRegistered)
    assert outcome(taken).position == 2


def test_rows_without_facts_share_the_batch_and_fail_alone(ledger, noted):
    with held(ledger):
        lan = ledger.decide_soon(register("lan"), beside=note(1, "lan"))
        seen = ledger.write(lambda c: c.execute(select(notes.c.text)).scalar())
        clash = ledger.write(lambda c: c.execute(insert(notes).values(id=1, text="clash")))
        kept = ledger.write(lambda c: c.execute(insert(notes).values(id=2, text="kept")) and "done")
    assert outcome(lan).position == 1
    assert outcome(seen) == "lan"
    assert isinstance(outcome(clash), IntegrityError)
    assert outcome(kept) == "done"
    assert noted() == ["lan", "kept"]


def test_rows_without_facts_can_be_awaited(ledger, noted):
    async def write():
        return await ledger.writing(lambda c: c.execute(insert(notes).values(id=1, text="x")) and "done")

    assert asyncio.run(write()) == "done"
    assert noted() == ["x"]


def test_stamps_never_decrease_though_the_clock_does(database):
    times = iter([cast.NOW, cast.NOW - timedelta(hours=1), cast.NOW + timedelta(microseconds=1)])
    ledger = Writer(database, clock=lambda: next(times))
    receipts = apart(ledger, register("a"), register("b"), register("c"))
    ledger.close()
    assert [one.at for one in receipts] == [cast.NOW, cast.NOW, cast.NOW + timedelta(microseconds=1)]


def test_a_ledger_is_founded_once(ledger):
    first = ledger.founded("origin-1", simulated=True)
    again = ledger.founded("origin-2")
    assert first == again
    assert (first.origin, first.simulated) == ("origin-1", True)
    assert names(ledger) == ["ledger-founded"]


def test_a_ledger_with_facts_cannot_be_founded_late(ledger):
    apart(ledger, register("lan"))
    with pytest.raises(NotFounded):
        ledger.founded("origin-1")


def test_listeners_hear_the_head_of_each_commit_with_facts(ledger):
    heard: list[int] = []
    end = ledger.on_commit(heard.append)
    ledger.on_commit(lambda head: 1 / 0)
    apart(ledger, register("lan"), register("lan"), register("hoa"))
    end()
    apart(ledger, register("tu"))
    assert heard == [1, 2]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_deleted_rows_leave_no_bytes_once_the_log_is_scrubbed(ledger, noted, tmp_path):
    secret = "Nguyễn Thị Tư"
    outcome(ledger.decide_soon(register("tu"), beside=note(1, secret)))
    ledger.write(lambda connection: connection.execute(delete(notes))).result(10)
    assert any(secret.encode() in file.read_bytes() for file in tmp_path.glob("ledger.db*"))
    ledger.scrub().result(10)
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.glob("ledger.db*"))


def test_closing_finishes_what_waits_and_takes_no_more(database):
    ledger = Writer(database)
    waiting = [ledger.decide_soon(register(f"p{n}")) for n in range(600)]
    ledger.close()
    assert all(one.done() for one in waiting)
    with pytest.raises(Unavailable):
        ledger.decide_soon(register("late"))


def test_a_caller_that_gave_up_does_not_stop_the_others(ledger):
    async def give_up():
        with held(ledger):
            tasks = [asyncio.create_task(ledger.decide(register(f"p{n}"))) for n in range(3)]
            await asyncio.sleep(0)
            tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, given_up, third = asyncio.run(give_up())
    assert isinstance(given_up, asyncio.CancelledError)
    assert (first.position, third.position) == (1, 3)
