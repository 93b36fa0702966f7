"""The projector: follows, parks what cannot be digested, rebuilds beside, and lets one process do it."""

import threading
import time

import msgspec
import pytest
from sqlalchemy import Column, Integer, Table, Text, select, update

from domain.access import AccountOpened, RoleGranted
from domain.model import Answer, Evidence, Fact, Role, TeachingId
from domain.teaching import TeachingAnswered
from infrastructure.database import Database, derived
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.tables import fact
from infrastructure.ledger.writer import Writer
from infrastructure.read_models import accounts, leaderboard, teachings
from infrastructure.read_models.catalogue import MODELS, UnknownModel
from infrastructure.read_models.columns import progress
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.standings import standing
from tests.cast import (
    BY,
    GIA_LAI,
    LAN,
    LAN_TU,
    NOW,
    SAU,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
    answer,
    lesson,
)
from tests.infrastructure.read_models.support import TERRITORY, Happening, Movement, ambassadors
from tests.interfaces.waiting import until


def never_logged() -> TeachingAnswered:
    return TeachingAnswered(
        at=NOW, by=BY, teaching=TeachingId("nobody-knows"), ambassador=LAN, learner=SAU, skills=(VNEID,),
        unit=TUY_PHUOC, on=YESTERDAY, answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE,
    )  # fmt: skip


def account_of(person) -> AccountOpened:
    return AccountOpened(at=NOW, by=BY, person=person)


def role_of(person) -> RoleGranted:
    return RoleGranted(at=NOW, by=BY, person=person, role=Role.AMBASSADOR, unit=TUY_PHUOC)


def scores(movement: Movement) -> dict[str, int]:
    return {row.ambassador: row.score for row in movement.ask(leaderboard.board, GIA_LAI).rows}


def test_a_fact_that_a_model_cannot_digest_is_parked_and_stops_nobody(movement):
    movement.live(*ambassadors(LAN), never_logged(), lesson(LAN, TU), answer(LAN_TU))
    status = movement.projector.status()
    assert [(one.model, one.error) for one in status.parked] == [
        ("teachings", "LookupError at teaching-answered version 1")
    ]
    assert status.behind == 0
    assert movement.ask(teachings.teaching, LAN_TU).counts
    assert scores(movement) == {LAN: 2}  # the other models have taken in both


def test_what_is_parked_says_nothing_of_its_content(movement):
    movement.live(never_logged())
    [one] = movement.projector.status().parked
    assert "nobody-knows" not in one.error
    assert "ong-sau" not in one.error


def test_a_damaged_fact_is_parked_for_all(movement):
    movement.ledger.decide_soon(lesson(LAN, TU)).result()
    damage = update(fact).where(fact.c.position == movement.ledger.head()).values(data=b"{")
    movement.ledger.write(lambda db: db.execute(damage)).result()
    movement.live(*ambassadors(LAN), lesson(LAN, SAU, called="b"), answer(TeachingId("b/ong-sau")))
    assert [one.model for one in movement.projector.status().parked] == ["*"]
    assert scores(movement) == {LAN: 1}


def test_parked_facts_come_out_the_same_in_a_rebuilt_copy(movement):
    movement.live(never_logged(), lesson(LAN, TU), answer(LAN_TU))
    parked = movement.projector.status().parked
    movement.projector.rebuild()
    assert movement.projector.status().parked == parked


class Answered(msgspec.Struct):
    position: int
    answer: str


@pytest.fixture
def brittle():
    """A model that fails, only at the end of the batch, when somebody said `taught`."""
    table = Table(
        "brittle_v1", derived, Column("position", Integer, primary_key=True), Column("answer", Text)
    )

    class Brittle(Model):
        name = "brittle"
        tables = (table,)
        facts = (TeachingAnswered,)

        def __init__(self, copy: Copy) -> None:
            super().__init__(copy)
            self.rows = copy.rows(table, Answered)
            self.seen: list[Answered] = []

        def change(self, position: int, fact: Fact) -> None:
            assert isinstance(fact, TeachingAnswered)
            self.seen.append(Answered(position, fact.answer.value))

        def settle(self) -> None:
            seen, self.seen = self.seen, []
            if any(one.answer == "taught" for one in seen):
                raise ValueError("cannot settle")
            for one in seen:
                self.rows.put(one)

    yield Brittle
    derived.remove(table)


def test_a_failure_at_the_end_of_a_batch_is_traced_to_its_fact(movement, brittle):
    movement.live(lesson(LAN, TU, SAU))
    movement.projector = Projector(movement.database, models=[*MODELS, brittle])
    movement.projector.catch_up()
    for said in (
        answer(LAN_TU),
        answer(TeachingId("lan/ong-sau"), "taught"),
        answer(LAN_TU, "no"),
        answer(LAN_TU),
    ):
        movement.ledger.decide_soon(said).result()
    movement.projector.catch_up()
    head = movement.ledger.head()
    assert [(one.model, one.position) for one in movement.projector.status().parked] == [
        ("brittle", head - 2)
    ]
    with movement.database.read_models() as db:
        digested = db.execute(select(brittle.tables[0].c.position)).scalars().all()
    assert digested == [head - 3, head - 1, head]
    assert movement.ask(teachings.teaching, "lan/ong-sau").answer == "taught"


def test_a_page_can_wait_for_what_was_just_recorded(movement):
    movement.projector.start()
    movement.ledger.on_commit(movement.projector.wake)
    try:
        receipt = movement.ledger.decide_soon(lesson(LAN, TU)).result()
        assert movement.projector.wait_for(receipt.position, timeout=20)
        assert movement.ask(teachings.teaching, LAN_TU) is not None
        assert not movement.projector.wait_for(receipt.position + 1, timeout=0.2)
    finally:
        movement.projector.close()


def test_whoever_waits_ends_the_pause_in_which_facts_gather(movement, monkeypatch):
    monkeypatch.setattr("infrastructure.ledger.projector._PAUSE", 60.0)
    movement.projector.start()
    movement.ledger.on_commit(movement.projector.wake)
    try:
        for who in (TU, SAU):
            receipt = movement.ledger.decide_soon(lesson(LAN, who)).result()
            assert movement.projector.wait_for(receipt.position, timeout=20)
    finally:
        movement.projector.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_waits_in_another_process_ends_it_too(movement, monkeypatch):
    monkeypatch.setattr("infrastructure.ledger.projector._PAUSE", 60.0)
    movement.projector.start()
    movement.ledger.on_commit(movement.projector.wake)
    other = Projector(movement.database)
    try:
        for who in (TU, SAU):
            receipt = movement.ledger.decide_soon(lesson(LAN, who)).result()
            assert other.wait_for(receipt.position, timeout=20)
    finally:
        movement.projector.close()


def test_whoever_remembers_roles_hears_of_a_change_once_it_can_be_read(movement):
    heard = []

    def look():
        heard.append([one.role for one in movement.ask(accounts.grants, LAN)])

    movement.projector = Projector(movement.database, on_roles=look)
    movement.live(lesson(LAN, TU))
    assert heard == []
    movement.live(account_of(LAN), role_of(LAN))
    movement.live(lesson(LAN, SAU, called="b"))
    assert heard == [[Role.AMBASSADOR]]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_processes_that_do_not_project_hear_of_it_too(movement):
    movement.ledger.changes.listen()
    until(lambda: movement.ledger.changes.mark() is not None)
    mark = movement.ledger.changes.mark()
    movement.live(account_of(LAN), role_of(LAN))
    until(lambda: movement.ledger.changes.mark() not in (mark, None))


def test_reactions_run_at_the_start_and_after_what_is_new(movement):
    reacted = []
    seen = threading.Event()

    def react() -> None:
        reacted.append(movement.projector.position())
        seen.set()

    movement.projector = Projector(movement.database, react=react)
    movement.ledger.on_commit(movement.projector.wake)
    movement.projector.start()
    try:
        assert seen.wait(20)
        seen.clear()
        movement.ledger.decide_soon(lesson(LAN, TU)).result()
        assert seen.wait(20)
    finally:
        movement.projector.close()
    assert reacted[-1] == movement.ledger.head()


def test_a_reaction_that_stumbles_is_tried_again(movement):
    tried = []
    twice = threading.Event()

    def react() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise RuntimeError("stumbled")
        twice.set()

    movement.projector = Projector(movement.database, react=react)
    movement.projector.start()
    try:
        assert twice.wait(20)
    finally:
        movement.projector.close()


def test_a_rebuild_beside_a_projector_that_follows_loses_nothing(movement):
    """While the copy is filled and swapped, lessons go on being recorded and projected."""
    movement.live(*ambassadors(LAN))
    movement.ledger.on_commit(movement.projector.wake)
    movement.projector.start()
    stop = threading.Event()
    recorded: list[str] = []

    def teach() -> None:
        while not stop.is_set():
            called = f"lesson-{len(recorded)}"
            movement.ledger.decide_soon(lesson(LAN, TU, called=called)).result()
            recorded.append(called)

    teaching_on = threading.Thread(target=teach)
    teaching_on.start()
    told: list[tuple[int, int]] = []
    try:
        for model in (None, "leaderboard", "teachings"):
            movement.projector.rebuild(model, lambda done, goal: told.append((done, goal)))
    finally:
        stop.set()
        teaching_on.join()
    assert movement.projector.wait_for(movement.ledger.head(), timeout=10)
    movement.projector.close()
    for called in recorded:
        assert movement.ask(teachings.teaching, f"{called}/ba-tu") is not None
    assert all(done <= goal for done, goal in told)
    assert told


def test_an_unknown_model_is_not_rebuilt(movement):
    with pytest.raises(UnknownModel):
        movement.projector.rebuild("no-such-model")


def test_a_second_projector_repeats_nothing_that_the_first_has_taken_in(movement):
    """Two who both believe to be elected: each transaction looks first how far the models are."""
    other = Projector(movement.database)
    other.catch_up()
    for number in range(6):
        movement.ledger.decide_soon(lesson(LAN, TU, called=f"lesson-{number}")).result()
        (movement.projector if number % 2 else other).catch_up()
    movement.projector.catch_up()
    assert movement.projector.status().parked == ()
    assert movement.ask(leaderboard.score, LAN).claimed == 1
    other.close()


def test_on_postgresql_one_process_is_elected_and_another_takes_over(postgres, tmp_path):
    url = postgres.prepared()
    one_side, other_side = Database.open(url, tmp_path), Database.open(url, tmp_path)
    ledger = Writer(one_side)
    first, second = Projector(one_side), Projector(other_side)
    try:
        first.start()
        wait_until(lambda: first.status().projecting)
        second.start()
        ledger.decide_soon(Happening(facts=TERRITORY)).result()
        assert second.wait_for(ledger.head(), timeout=20)  # though the other projects
        assert not second.status().projecting
        first.close()
        wait_until(lambda: second.status().projecting)
        ledger.decide_soon(Happening(facts=(never_logged(),))).result()
        assert second.wait_for(ledger.head(), timeout=20)
    finally:
        for one in (first, second, ledger, one_side, other_side):
            one.close()
        postgres.drop(url)


def wait_until(holds, patience: float = 10.0) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_model_of_a_new_version_is_built_anew_at_the_start(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU), answer(LAN_TU))
    with movement.database.read_models_engine.begin() as db:
        db.execute(update(progress).where(progress.c.model == "leaderboard").values(version=0))
        db.execute(standing.delete())
    again = Projector(movement.database)
    again.catch_up()
    assert scores(movement) == {LAN: 1}
    again.close()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_whose_table_has_a_new_name_has_a_new_version(model):
    """Else nothing fills that table in a home which stood before: it counts as current."""
    newest = max(int(table.name.rpartition("_v")[2]) for table in model.tables)
    assert model.version >= newest
