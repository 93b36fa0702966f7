"""`lantoa ledger check` reads everything, and says what is wrong."""

import pytest
from sqlalchemy import text

from infrastructure.ledger.check import check
from tests import cast
from tests.infrastructure.ledger.support import apart, register


@pytest.fixture
def lived(ledger):
    """A founded ledger with a lesson and its answer."""
    ledger.founded("origin")
    people = [register("lan"), register("ba-tu"), register("ong-sau")]
    apart(ledger, *people, cast.lesson(cast.LAN, cast.TU, cast.SAU), cast.answer(cast.LAN_TU))
    return ledger


def damaged(ledger, database, statement: str) -> list[tuple[int | None, str]]:
    ledger.write(lambda connection: connection.execute(text(statement))).result(10)
    return [(problem.position, problem.what) for problem in check(database).problems]


def test_a_sound_ledger(lived, database):
    told = []
    findings = check(database, lambda done, total: told.append((done, total)))
    assert findings.sound
    assert findings.facts == 7
    assert (told[0], told[-1]) == ((0, 7), (7, 7))


def test_a_gap(lived, database):
    [found] = damaged(lived, database, "UPDATE fact SET position = 9 WHERE position = 7")[:1]
    assert found == (9, "follows position 6")


def test_a_stamp_that_decreases(lived, database):
    found = damaged(lived, database, "UPDATE fact SET at = 5 WHERE position = 3")
    assert (3, "its stamp is earlier than that of the fact before") in found
    assert (3, "the moment it tells is not its stamp") in found


def test_bytes_that_are_no_fact(lived, database):
    changed = "X'7b7d'" if database.dialect == "sqlite" else "'\\x7b7d'"
    found = damaged(lived, database, f"UPDATE fact SET data = {changed} WHERE position = 2")
    assert (
        found
        == [
            (2, "the stored bytes are no person-registered version 1"),
            (2, "the index holds a tag for person-registered that does not follow from it"),
        ][: len(found)]
    )


def test_a_name_nobody_knows(lived, database):
    found = damaged(lived, database, "UPDATE fact SET name = 'zebra' WHERE position = 2")
    assert found[0] == (2, "zebra version 1 is not known to this program")


def test_tags_that_do_not_follow(lived, database):
    found = damaged(lived, database, "UPDATE fact SET tags = '[\"person:else\"]' WHERE position = 2")
    assert found == [(2, "its tags are not those that follow from it")]


def test_a_tag_missing_from_the_index(lived, database):
    found = damaged(lived, database, "DELETE FROM fact_tag WHERE tag = 'person:lan'")
    assert found == [(2, "a tag of this person-registered is missing from the index")]


def test_a_tag_too_many_in_the_index(lived, database):
    found = damaged(lived, database, "INSERT INTO fact_tag VALUES ('person:x', 'person-registered', 2)")
    assert found == [(2, "the index holds a tag for person-registered that does not follow from it")]


def test_a_ledger_that_was_never_founded(ledger, database):
    apart(ledger, register("lan"))
    [problem] = check(database).problems
    assert problem.what == "the first fact is person-registered, not ledger-founded"


def test_a_receipt_for_what_was_never_recorded(lived, database):
    content = "X'00'" if database.dialect == "sqlite" else "'\\x00'"
    found = damaged(lived, database, f"INSERT INTO receipt VALUES ('a', 's', {content}, 8, 8, 0)")
    assert found == [(None, "1 receipts name positions that the ledger does not hold")]
