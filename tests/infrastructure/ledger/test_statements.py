"""Rows go in as they are, however many; what stands is found among any number of values."""

import pytest
from sqlalchemy.exc import IntegrityError

from infrastructure.ledger import statements
from infrastructure.ledger.tables import fact_tag, receipt

TAG = ("tag", "name", "position")
RECEIPT = ("author", "submission", "content", "first", "last", "at")


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 16, 17, 130])
def test_any_number_of_rows_goes_in_and_none_twice(database, count):
    tags = [(f"person:{number:03}", "person-registered", number) for number in range(count)]
    receipts = [
        ("lan", f"{number:03}", bytes([number]), None if number % 2 else number, number, 2**50)
        for number in range(count)
    ]
    with database.writing_engine.connect() as connection:
        connection.begin()
        statements.insert(connection, fact_tag, TAG, tags)
        statements.insert(connection, receipt, RECEIPT, receipts)
        assert [tuple(row) for row in connection.execute(fact_tag.select().order_by(*fact_tag.c))] == tags
        kept = receipt.select().order_by(receipt.c.submission)
        assert [tuple(row) for row in connection.execute(kept)] == receipts
        connection.rollback()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 300])
def test_what_stands_is_found_among_any_number_of_values(database, count):
    stands = [("person:lan", "person-registered", number) for number in range(0, count, 2)]
    with database.writing_engine.connect() as connection:
        connection.begin()
        statements.insert(connection, fact_tag, TAG, stands)
        found = statements.standing(connection, fact_tag.c.position, list(range(count)))
        assert found == set(range(0, count, 2))
        connection.rollback()


def test_an_error_tells_its_statement_and_nobodys_values(database):
    with database.writing_engine.connect() as connection:
        connection.begin()
        row = ("lan", "sent", b"sealed-for-lan", None, 1, 1)
        with pytest.raises(IntegrityError) as error:
            statements.insert(connection, receipt, RECEIPT, [row, row])
        connection.rollback()
    assert "INSERT INTO receipt" in str(error.value)
    assert "sealed-for-lan" not in str(error.value)
