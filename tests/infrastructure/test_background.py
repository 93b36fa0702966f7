"""Work behind the answers: shared by all who ask, seen while it goes on, given up when the process ends."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from infrastructure import background
from infrastructure.background import Background, Crowded, Stopping

SOON = 20


@pytest.fixture
def work() -> Iterator[Background]:
    started = Background()
    yield started
    started.close()


class Held:
    """Work that goes on until it is let go, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.under_way = threading.Event()
        self.go = threading.Event()

    def __call__(self, report: background.Report) -> str:
        self.begun += 1
        report(1, 4)
        self.under_way.set()
        assert self.go.wait(SOON)
        report(4, 4)
        return "done"


def test_whoever_asks_for_the_same_shares_one_piece_of_work(work):
    held = Held()
    jobs = [work.ask("list", held) for _ in range(20)]
    held.go.set()
    assert {job.outcome.result(SOON) for job in jobs} == {"done"}
    assert held.begun == 1


def test_how_far_it_is_can_be_seen_meanwhile(work):
    held = Held()
    job = work.ask("list", held)
    assert held.under_way.wait(SOON)
    assert job.share == 0.25
    assert not job.outcome.done()
    held.go.set()
    assert job.outcome.result(SOON) == "done"
    assert job.share == 1


def test_a_small_piece_does_not_wait_for_a_large_one(work):
    held = Held()
    large = work.ask("large", held)
    assert held.under_way.wait(SOON)
    assert work.ask("small", lambda _report: "small").outcome.result(SOON) == "small"
    assert not large.outcome.done()
    held.go.set()


def test_of_work_for_strangers_only_so_much_waits():
    work, held = Background(1, most=2), Held()
    try:
        jobs = [work.ask(key, held) for key in ("first", "second")]
        with pytest.raises(Crowded):
            work.ask("third", held)
        assert work.ask("second", held) is jobs[1]  # shared, and no more work
        held.go.set()
        assert [job.outcome.result(SOON) for job in jobs] == ["done", "done"]
        assert work.ask("third", held).outcome.result(SOON) == "done"
    finally:
        held.go.set()
        work.close()


def test_what_failed_is_told_and_once_forgotten_begins_anew(work):
    def fail(_report):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work.ask("list", fail).outcome.result(SOON)
    work.forget("list")
    assert work.ask("list", lambda _report: "now").outcome.result(SOON) == "now"


def test_it_speaks_the_language_of_who_began_it(work):
    said: ContextVar[str] = ContextVar("said", default="vi")
    said.set("en")
    job = work.ask("list", lambda _report: said.get())
    said.set("vi")
    assert job.outcome.result(SOON) == "en"


def test_only_the_latest_outcomes_are_kept(work):
    for number in range(background.KEPT + 3):
        work.ask(number, lambda _report: "").outcome.result(SOON)
    begun: list[object] = []
    work.ask(0, lambda _report: begun.append(0)).outcome.result(SOON)
    work.ask(background.KEPT + 2, lambda _report: begun.append("latest")).outcome.result(SOON)
    assert begun == [0]


def test_a_process_that_ends_gives_up_what_is_under_way():
    work = Background()
    under_way = threading.Event()

    def for_ever(report):
        while True:
            report(1, 2)
            under_way.set()

    job = work.ask("list", for_ever)
    assert under_way.wait(SOON)
    work.close()
    assert isinstance(job.outcome.exception(SOON), Stopping)
