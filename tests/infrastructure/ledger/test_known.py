"""What the writer read once it does not read again, and it never weighs a decision by less than stands."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import event

from domain.model import Decision, PersonId, Selector, Stale
from domain.people import PersonErased, PersonRegistered
from infrastructure.database import Database
from infrastructure.ledger import known
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.boundary import Item, Stored
from infrastructure.ledger.known import Known
from infrastructure.ledger.tables import receipt
from infrastructure.ledger.writer import Writer
from tests import cast
from tests.infrastructure.ledger.support import apart, outcome, register, together


@dataclass(kw_only=True)
class Look(Decision):
    """Sees what is recorded of Lan; `erases` her then, or fails."""

    erases: bool = False
    fails: bool = False
    seen: list[str] = field(default_factory=list)

    def consistency_boundary(self):
        return [Selector([PersonRegistered, PersonErased], ["person:lan"])]

    def weigh(self, fact):
        self.seen.append(fact.NAME)

    def execute(self):
        if self.fails:
            raise ZeroDivisionError
        if self.erases:
            self.record(PersonErased(at=self.at, by=cast.BY, person=PersonId("lan")))


def seen(ledger, **how):
    look = Look(**how)
    [outcome_] = apart(ledger, look)
    assert not isinstance(outcome_, Exception) or how.get("fails")
    return look.seen


@pytest.fixture
def reads(database):
    """The statements of the writer that read facts by their tags."""
    asked = []

    def hear(_conn, _cursor, statement, *_rest):
        if "fact_tag" in statement and statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(database.writing_engine, "before_cursor_execute", hear)
    yield asked
    event.remove(database.writing_engine, "before_cursor_execute", hear)


def test_what_was_read_once_is_not_read_again(ledger, reads):
    apart(ledger, register("lan"))
    assert seen(ledger) == ["person-registered"]
    reads.clear()
    apart(ledger, register("hoa"))
    reads.clear()
    assert seen(ledger) == ["person-registered"]
    assert reads == []


@pytest.mark.parametrize("in_turn", [together, apart])
def test_what_is_recorded_since_is_seen_the_next_time(ledger, in_turn):
    apart(ledger, register("lan"))
    assert seen(ledger) == ["person-registered"]
    again, after = Look(erases=True), Look()
    in_turn(ledger, again, after)
    assert (again.seen, after.seen) == (["person-registered"], ["person-registered", "person-erased"])
    assert seen(ledger) == ["person-registered", "person-erased"]
    assert seen(ledger, fails=True) == ["person-registered", "person-erased"]


def test_over_a_new_connection_nothing_is_known(ledger, reads):
    apart(ledger, register("lan"))
    assert seen(ledger) == ["person-registered"]
    ledger.write(lambda _connection: ledger._drop_connection()).exception(10)
    reads.clear()
    assert seen(ledger) == ["person-registered"]
    assert len(reads) == 1


def test_nothing_is_known_of_what_was_rolled_back(ledger):
    apart(ledger, register("lan"))
    rows = Rows(inserts=[(receipt, {"author": "a", "submission": "s", "content": b"", "last": 1, "at": 0})])
    assert outcome(ledger.decide_soon(register("hoa"), beside=rows)).facts
    assert isinstance(outcome(ledger.decide_soon(Look(erases=True), beside=rows)), Stale)
    assert seen(ledger) == ["person-registered"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_another_process_records_is_seen(ledger, database_url, tmp_path):
    elsewhere = Database.open(database_url, tmp_path)
    other = Writer(elsewhere)
    try:
        apart(ledger, register("lan"))
        assert seen(ledger) == seen(other) == ["person-registered"]
        assert seen(other, erases=True) == ["person-registered"]
        assert seen(ledger) == seen(other) == ["person-registered", "person-erased"]
    finally:
        other.close()
        elsewhere.close()


def item(tag: str) -> Item:
    return Item(("person-registered",), (tag,))


def facts(count: int) -> list[Stored]:
    return [Stored(number, "person-registered", 1, b"{}") for number in range(count)]


def test_only_so_much_is_kept(monkeypatch):
    monkeypatch.setattr(known, "MOST", 3)
    kept = Known()
    kept.keep({item("long"): facts(known.LONGEST + 1), item("short"): facts(known.LONGEST)}, 7, ())
    assert kept.among([item("long"), item("short")], 7).keys() == {item("short")}
    kept.keep({item(f"other{number}"): [] for number in range(3)}, 7, ())
    assert kept.among([item("short"), item("other0")], 7) == {item("other0"): []}


def test_at_another_head_nothing_is_known():
    kept = Known()
    kept.keep({item("lan"): []}, 7, ())
    assert kept.among([item("lan")], 8) == {}
    assert kept.among([item("lan")], 7) == {}
