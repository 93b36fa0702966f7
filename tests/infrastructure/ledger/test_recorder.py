"""The library's own test case for recorders, on both databases; and what it does not ask."""

import threading
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.tests import DCBRecorderTestCase

from infrastructure.ledger.recorder import Recorder


@pytest.fixture
def recorder(database, ledger):
    return Recorder(database, ledger)


def test_it_appends_and_reads_as_the_library_asks(recorder):
    DCBRecorderTestCase()._test_append_read(recorder)


def test_it_can_be_subscribed_to_as_the_library_asks(recorder):
    DCBRecorderTestCase()._test_append_subscribe(recorder)


def test_one_subscription_follows_several_types_in_order(recorder):
    kinds = ["lesson", "answer", "noise", "answer", "lesson"]
    wanted = DCBQuery([DCBQueryItem(types=["lesson", "answer"])])
    heard: list[Any] = []
    with recorder.subscribe(wanted) as subscription:
        listener = threading.Thread(target=lambda: heard.extend(next(subscription) for _ in range(4)))
        listener.start()
        for kind in kinds:
            recorder.append([DCBEvent(type=kind, data=b"{}")])
        listener.join(timeout=5)
    assert [(e.position, e.event.type) for e in heard] == [
        (1, "lesson"), (2, "answer"), (4, "answer"), (5, "lesson")
    ]  # fmt: skip


def test_a_stopped_subscription_ends(recorder):
    with recorder.subscribe() as subscription:
        threading.Timer(0.1, subscription.stop).start()
        assert list(subscription) == []
