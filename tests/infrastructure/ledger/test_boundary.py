"""Which facts a selector finds, and at what cost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.model import Selector
from domain.people import PersonMerged, PersonRegistered
from domain.teaching import TeachingAnswered, TeachingFact, TeachingLogged
from infrastructure.ledger import boundary
from infrastructure.ledger.batch import Batch, Event
from infrastructure.ledger.boundary import Item
from tests import cast
from tests.infrastructure.ledger.support import apart, register

WORDS = st.sampled_from(["a", "b", "c"])
EVENTS = st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3)), max_size=12)
ITEMS = st.lists(
    st.builds(Item, st.lists(WORDS, max_size=2).map(tuple), st.lists(WORDS, max_size=3).map(tuple)),
    min_size=1,
    max_size=3,
)


@pytest.fixture
def history(ledger):
    apart(
        ledger,
        register("lan"),
        register("ba-tu"),
        register("hoa"),
        cast.lesson(cast.LAN, cast.TU),
        cast.answer(cast.LAN_TU),
        cast.merge(cast.HOA, cast.LAN),
    )
    return lambda *selectors, **other: [one.position for one in ledger.history(selectors, **other)]


def test_a_type_and_a_tag(history):
    assert history(Selector([PersonRegistered], ["person:lan"])) == [1]


def test_any_of_several_types(history):
    assert history(Selector([TeachingLogged, TeachingAnswered], ["teaching:lan/ba-tu"])) == [4, 5]


def test_all_of_several_tags(history):
    assert history(Selector([PersonMerged], ["person:lan", "person:hoa"])) == [6]
    assert history(Selector([], ["person:lan", "person:hoa"])) == [6]


def test_tags_alone_and_types_alone_match_more(history):
    assert history(Selector([], ["person:lan"])) == [1, 6]
    assert history(Selector([PersonRegistered])) == [1, 2, 3]
    assert history(Selector()) == [1, 2, 3, 4, 5, 6]


def test_a_fact_that_several_selectors_match_comes_once_and_in_order(history):
    assert history(Selector([], ["person:hoa"]), Selector([], ["person:lan"])) == [1, 3, 6]


def test_a_class_of_facts_stands_for_all_of_them(history):
    assert history(Selector([TeachingFact], ["learner:ba-tu"])) == [4, 5]


def test_no_selector_is_nothing(history):
    assert history() == []


def test_reading_on_after_a_position(history):
    assert history(Selector([], ["person:lan"]), after=1) == [6]
    assert history(Selector([], ["person:lan", "person:hoa"]), after=6) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=EVENTS, now=EVENTS, items=ITEMS)
def test_a_batch_sees_what_stands_and_what_it_records_itself(database, before, now, items):
    """Whatever is asked, the answer is that of going through all facts one by one."""
    with database.writing_engine.connect() as connection:
        connection.begin()
        first = Batch(connection, lambda: cast.NOW)
        if before:
            first.record([Event(name, 1, b"", tags) for name, tags in before], cast.NOW)
        first.flush()
        batch = Batch(connection, lambda: cast.NOW)
        batch.look_up(items, [], [])
        if now:
            batch.record([Event(name, 1, b"", tags) for name, tags in now], cast.NOW)
        seen = [row.position for row in batch.inside(items)]
        batch.flush()
        read = [row.position for row in connection.execute(boundary.matching(connection, items))]
        connection.rollback()
    expected = [
        position
        for position, (name, tags) in enumerate(before + now, 1)
        if any((not item.names or name in item.names) and set(item.tags) <= set(tags) for item in items)
    ]
    assert seen == read == expected


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reading_a_boundary_descends_in_keys_only(database):
    """No scan, so the cost does not grow with the ledger."""
    with database.reading() as connection:
        for query in (boundary._PAIRS, boundary._TAGS):
            given = query.given("sqlite", boundary.wanted(connection, [("person:lan", "person-registered")]))
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.sql['sqlite']}", given)
            wanted, *others = [row[3] for row in plan]
            assert wanted.startswith("SCAN wanted VIRTUAL TABLE")
            assert len(others) == 2
            assert all(step.startswith("SEARCH") for step in others)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_too_whatever_its_statistics_say(ledger, database):
    apart(ledger, register("lan"))
    many = [(f"person:p{number}", "person-registered") for number in range(500)]
    for connect in (database.reading, database.writing_engine.connect):
        with connect() as connection:
            for query in (boundary._PAIRS, boundary._TAGS):
                given = query.given("postgresql", boundary.wanted(connection, many))
                plan = connection.exec_driver_sql(f"EXPLAIN {query.sql['postgresql']}", given)
                steps = "\n".join(row[0] for row in plan)
                assert "Nested Loop" in steps
                assert "Index" in steps
                assert not any(word in steps for word in ("Seq Scan", "Hash Join", "Merge Join")), steps
