"""The queue: nothing is lost, every attempt is noted under one key, nobody sends what another sends."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.reminders import (
    GIVEN_UP_AFTER,
    AlreadySent,
    BeingSent,
    Needless,
    NoSuchReminder,
    Reminder,
    State,
    Trouble,
)
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.outbox.delivery import Delivery
from infrastructure.outbox.outbox import LEASE, Outbox, Taken
from infrastructure.outbox.senders import Letter, NotSent
from infrastructure.outbox.webhook import Webhook
from tests.infrastructure.outbox.servers import SECRET, Gateway, gateway_at
from tests.infrastructure.outbox.support import Clock, reminder, written


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(database: Database, ledger: Writer, clock: Clock) -> Outbox:
    return Outbox(database, ledger, clock=clock)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def delivery(outbox: Outbox, gateway: Gateway, clock: Clock) -> Iterator[Delivery]:
    with gateway_at(gateway) as url:
        yield Delivery(outbox, Webhook(url, SECRET, private=True), written, clock=clock)


def stands(outbox: Outbox, number: int = 0) -> Any:
    found = outbox.find(reminder(number).key)
    assert found is not None
    return found


def taken(outbox: Outbox) -> Taken:
    found = outbox.take("console")
    assert found is not None
    return found


def troubles(outbox: Outbox, number: int = 0) -> list[tuple[int, Trouble | None]]:
    key = reminder(number).key
    return [(one.number, one.trouble) for one in outbox.attempts([key])[key]]


def test_a_message_is_kept_once_and_sent_once(outbox: Outbox, delivery: Delivery, gateway: Gateway) -> None:
    assert outbox.put([reminder(0), reminder(1)]) == 2
    assert outbox.put([reminder(0)]) == 0
    assert delivery.all_due().sent == 2
    assert delivery.all_due().sent == 0
    assert outbox.put([reminder(0)]) == 0
    assert {one["Idempotency-Key"] for one in gateway.requests} == {reminder(0).key, reminder(1).key}
    assert stands(outbox).state is State.SENT
    assert troubles(outbox) == [(1, None)]


def test_every_attempt_bears_the_same_key_and_waits_longer_than_the_one_before(
    outbox: Outbox, delivery: Delivery, gateway: Gateway, clock: Clock
) -> None:
    gateway.says = [503, "drop", 503, 200]
    outbox.put([reminder()])
    pauses = []
    while delivery.all_due().failed:
        pauses.append((stands(outbox).next - clock.now).total_seconds() / 60)
        clock.now = stands(outbox).next
    assert pauses == [1, 2, 4]
    assert [one["Idempotency-Key"] for one in gateway.requests] == [reminder().key] * 4
    assert troubles(outbox) == [(1, Trouble.BUSY), (2, Trouble.DROPPED), (3, Trouble.BUSY), (4, None)]
    assert stands(outbox).state is State.SENT


def test_it_is_given_up_after_the_stated_time_and_no_sooner(
    outbox: Outbox, delivery: Delivery, gateway: Gateway, clock: Clock
) -> None:
    gateway.says = [500]
    outbox.put([reminder()])
    started = clock.now
    while stands(outbox).state is State.WAITING:
        clock.now = stands(outbox).next
        delivery.all_due()
    assert stands(outbox).state is State.GIVEN_UP
    assert stands(outbox).why == Trouble.BUSY
    assert GIVEN_UP_AFTER - timedelta(hours=15) <= clock.now - started <= GIVEN_UP_AFTER
    assert len(gateway.requests) == len(troubles(outbox)) > 10


def test_nobody_is_woken_by_a_message(outbox: Outbox, clock: Clock) -> None:
    clock.later(hours=13)  # ten in the evening
    outbox.put([reminder(created=clock.now)])
    assert outbox.take("console") is None
    assert stands(outbox).next == clock.now.replace(hour=0, minute=30) + timedelta(days=1)


def test_what_is_refused_for_good_is_given_up_at_once_and_can_be_sent_anew(
    outbox: Outbox, delivery: Delivery, gateway: Gateway, ledger: Writer
) -> None:
    gateway.says = [422, 200]
    outbox.put([reminder()])
    delivery.all_due()
    assert (stands(outbox).state, stands(outbox).why) == (State.GIVEN_UP, Trouble.REJECTED)
    ledger.write(lambda db: outbox._again(db, reminder().key)).result()
    assert delivery.all_due().sent == 1
    assert troubles(outbox) == [(1, Trouble.REJECTED), (2, None)]


def test_what_was_stopped_is_not_sent_until_it_is_asked_for(
    outbox: Outbox, delivery: Delivery, gateway: Gateway, ledger: Writer
) -> None:
    outbox.put([reminder()])
    ledger.write(lambda db: outbox._stop(db, reminder().key)).result()
    assert delivery.all_due().sent == 0
    ledger.write(lambda db: outbox._again(db, reminder().key)).result()
    assert delivery.all_due().sent == 1
    with pytest.raises(AlreadySent):
        ledger.write(lambda db: outbox._stop(db, reminder().key)).result()
    with pytest.raises(NoSuchReminder):
        ledger.write(lambda db: outbox._again(db, "none")).result()


def test_what_is_being_sent_is_left_alone(outbox: Outbox, ledger: Writer) -> None:
    outbox.put([reminder()])
    taken(outbox)
    for change in (outbox._again, outbox._stop):
        with pytest.raises(BeingSent):
            ledger.write(lambda db, change=change: change(db, reminder().key)).result()  # type: ignore[misc]


def test_a_lease_that_ran_out_is_taken_by_another_whose_word_then_holds(outbox: Outbox, clock: Clock) -> None:
    """Whoever is late may have sent it; what they say of it is no longer theirs to say."""
    outbox.put([reminder()])
    first = taken(outbox)
    assert outbox.take("console") is None
    clock.later(minutes=LEASE.total_seconds() / 60)
    second = taken(outbox)
    assert (second.number, second.reminder.key) == (2, first.reminder.key)
    assert not outbox.sent(first)
    assert stands(outbox).state is State.SENDING
    assert outbox.needless(second, Needless.DONE)
    assert (stands(outbox).state, stands(outbox).why) == (State.NOT_NEEDED, Needless.DONE)
    assert troubles(outbox) == [(1, Trouble.INTERRUPTED), (2, None)]


def test_a_machine_that_slept_over_its_lease_sends_nothing(
    outbox: Outbox, delivery: Delivery, gateway: Gateway, clock: Clock
) -> None:
    outbox.put([reminder()])
    late = taken(outbox)
    clock.later(minutes=9)
    delivery.deliver(late)
    assert gateway.requests == []
    assert stands(outbox).state is State.WAITING


def test_nobody_sends_what_another_sends(
    database: Database,
    outbox: Outbox,
    gateway: Gateway,
    clock: Clock,
    tmp_path: Path,
    database_url: str | None,
) -> None:
    """Eight threads of two processes; on SQLite one process alone may write."""
    outbox.put([reminder(number) for number in range(24)])
    other = None if database_url is None else Database.open(database_url, tmp_path)
    writer = Writer(other) if other else None
    outboxes = [outbox, Outbox(other, writer, clock=clock) if other and writer else outbox]
    with gateway_at(gateway) as url:
        sender = Webhook(url, SECRET, private=True)
        everybody = [Delivery(one, sender, written, clock=clock) for one in outboxes for _ in range(4)]
        threads = [threading.Thread(target=one.all_due) for one in everybody]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if other and writer:
        writer.close()
        other.close()
    assert set(Counter(one["Idempotency-Key"] for one in gateway.requests).values()) == {1}
    assert len(gateway.delivered) == 24
    assert outbox.counts()[State.SENT] == 24


def test_what_is_no_longer_needed_or_reaches_nobody_is_not_sent(
    outbox: Outbox, gateway: Gateway, clock: Clock
) -> None:
    def compose(one: Reminder) -> Letter | Needless:
        if one.person == "person-0":
            return Needless.NO_CONSENT
        return Letter(key=one.key, kind="", subject="", text="", phone=None, email=None)

    outbox.put([reminder(0), reminder(1)])
    with gateway_at(gateway) as url:
        delivery = Delivery(outbox, Webhook(url, SECRET, private=True), compose, clock=clock)
        assert (delivery.all_due().needless, stands(outbox, 0).why) == (1, Needless.NO_CONSENT)
    assert gateway.requests == []
    assert (stands(outbox, 1).state, stands(outbox, 1).why) == (State.GIVEN_UP, Trouble.NO_CONTACT)


def test_a_fault_of_ours_stops_nobody_and_says_nobodys_name(
    outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty:
        name = "faulty"

        def reaches(self, _letter: Letter) -> bool:
            return True

        def send(self, letter: Letter) -> int | None:
            if letter.key == reminder(0).key:
                raise KeyError(letter.phone)
            raise NotSent(Trouble.BUSY)

    outbox.put([reminder(0), reminder(1)])
    assert Delivery(outbox, Faulty(), written, clock=clock).all_due().failed == 2
    assert (stands(outbox, 0).why, stands(outbox, 1).why) == (Trouble.FAULT, Trouble.BUSY)
    assert "912345678" not in caplog.text


def test_somebody_at_the_console_need_not_wait(outbox: Outbox, delivery: Delivery, gateway: Gateway) -> None:
    gateway.says = [503, 503, 200]
    outbox.put([reminder()])
    delivery.all_due()
    assert delivery.all_due().failed == 0
    outbox.hurry()
    assert delivery.all_due().failed == 1
    outbox.hurry()
    assert delivery.all_due().sent == 1


def test_the_queue_is_read_by_unit_state_and_page(outbox: Outbox, delivery: Delivery, clock: Clock) -> None:
    outbox.put([reminder(0)])
    delivery.all_due()
    clock.later(minutes=1)
    outbox.put([reminder(1, created=clock.now), reminder(2, "an-nhon", created=clock.now)])
    near = outbox.queue(lambda unit: unit == "tuy-phuoc")
    assert [one.reminder.person for one in near] == ["person-1", "person-0"]
    rest = outbox.queue(limit=5, before=near[0].reminder.key)
    assert "person-0" in [one.reminder.person for one in rest]
    assert [one.reminder.person for one in outbox.queue(states=[State.SENT])] == ["person-0"]
    assert outbox.counts(lambda unit: unit == "an-nhon")[State.WAITING] == 1


def test_what_was_settled_long_ago_is_forgotten(outbox: Outbox, delivery: Delivery, clock: Clock) -> None:
    outbox.put([reminder()])
    delivery.all_due()
    assert outbox.clear() == 0
    clock.later(days=401)
    assert outbox.clear() == 1
    assert outbox.find(reminder().key) is None


def test_threads_send_what_comes_and_end(outbox: Outbox, gateway: Gateway) -> None:
    with gateway_at(gateway) as url:
        sent = threading.Event()

        def compose(one: Reminder) -> Letter:
            sent.set()
            return written(one)

        delivery = Delivery(outbox, Webhook(url, SECRET, private=True), compose, clock=Clock())
        delivery.start()
        outbox.put([reminder()])
        delivery.wake()
        assert sent.wait(20)
        delivery.close()
    assert stands(outbox).state is State.SENT
