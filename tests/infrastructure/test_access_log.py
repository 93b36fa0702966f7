"""The access log: what was written of who read whose data stays as it was, and a change is seen."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from application.privacy import Why
from domain.model import PersonId, UnitId
from infrastructure.access_log import NAMED, AccessLog, Read, check, entries, long_lists
from infrastructure.ledger.writer import utc_now
from tests.cast import NOW

MINH, HANH = PersonId("minh"), PersonId("hanh")
TUY_PHUOC = UnitId("tuy-phuoc")


def read(who=MINH, whose=("tu",), why=Why.REVIEW, unit=TUY_PHUOC):
    return Read(who=who, whose=tuple(PersonId(one) for one in whose), what="/xem-xet", why=why, unit=unit)


@pytest.fixture
def log(database, ledger):
    return AccessLog(database, ledger, clock=lambda: NOW)


def noted(log, *reads):
    asyncio.run(log.note(*reads))


def listed(database, **chosen):
    with database.reading() as db:
        return entries(db, limit=100, **chosen)


def tampered(database, ledger, statement):
    """Somebody's own SQL on the writing side."""

    def change(connection):
        connection.execute(text(statement))

    ledger.write(change).result()


class TestWriting:
    def test_who_whose_why_and_when(self, database, log):
        noted(log, read(whose=["tu", "sau"]))
        (one,) = listed(database)
        assert (one.who, one.whose, one.people) == (MINH, ("sau", "tu"), 2)
        assert (one.what, one.why, one.unit, one.at) == ("/xem-xet", "review", TUY_PHUOC, NOW)

    def test_of_a_long_list_the_number_and_the_unit_are_kept(self, database, log):
        noted(log, read(whose=[f"p{n}" for n in range(NAMED + 1)]), read(whose=["tu"]))
        one = listed(database)[1]
        assert (one.whose, one.people) == ((), NAMED + 1)
        with database.reading() as db:
            assert long_lists(db, [TUY_PHUOC], limit=10) == [one]

    def test_many_at_once_follow_one_another(self, database, log):
        async def all_at_once():
            await asyncio.gather(*(log.note(read(whose=[f"p{n}"])) for n in range(50)))

        asyncio.run(all_at_once())
        assert [one.number for one in listed(database)] == list(range(50, 0, -1))
        assert check(database) == (50, [])

    def test_it_is_found_by_account_person_unit_and_day(self, database, log):
        noted(log, read(), read(who=HANH, whose=["sau"], unit=None, why=Why.AWARDS))
        assert [one.who for one in listed(database, who=HANH)] == [HANH]
        assert [one.who for one in listed(database, whose=["tu", "another-id-of-tu"])] == [MINH]
        assert [one.who for one in listed(database, units=[TUY_PHUOC])] == [MINH]
        assert listed(database, since=NOW + timedelta(seconds=1)) == []
        assert listed(database, until=NOW) == []
        assert len(listed(database, since=NOW, until=NOW + timedelta(seconds=1))) == 2
        assert [one.number for one in listed(database, before=2)] == [1]


CHANGES = (
    "UPDATE access_log SET who = 'nobody' WHERE number = 2",
    "UPDATE access_log SET whose = ''",
    "DELETE FROM access_log WHERE number = 2",
    "DELETE FROM access_log",
    "DELETE FROM access_whose",
    "UPDATE access_whose SET person = 'nobody'",
    "INSERT INTO access_whose (person, number) VALUES ('nobody', 1)",
    "INSERT INTO access_log SELECT number + 7, at, who, whose, people, unit, what, why, hash FROM access_log",
    "INSERT INTO access_cut SELECT number, hash, at FROM access_log WHERE number = 3",
)
ON_SQLITE = (
    "REPLACE INTO access_log SELECT number, at, 'nobody', '', people, unit, what, why, hash FROM access_log",
    "UPDATE OR REPLACE access_log SET number = 1 WHERE number = 2",
)
ON_POSTGRESQL = ("TRUNCATE access_log", "TRUNCATE access_whose")


def attempts(database):
    return (*CHANGES, *(ON_SQLITE if database.dialect == "sqlite" else ON_POSTGRESQL))


class TestNobodyChangesIt:
    def test_the_database_refuses_every_change(self, database, ledger):
        noted(AccessLog(database, ledger), read(), read(whose=["sau"]), read(who=HANH))
        before = listed(database)
        for statement in attempts(database):
            with pytest.raises(DBAPIError, match="the access log"):
                tampered(database, ledger, statement)
        assert listed(database) == before
        assert check(database) == (3, [])

    @pytest.mark.parametrize(
        "statement", [CHANGES[0], CHANGES[1], CHANGES[2], CHANGES[5], CHANGES[7]], ids=range(5)
    )
    def test_without_the_triggers_the_check_would_see_it(self, database, ledger, log, statement):
        """The control: with the triggers gone a change goes through, and the chain tells."""
        noted(log, read(), read(whose=["sau"]), read(who=HANH))
        for trigger in ("unchanged", "kept", "follows"):
            for table in ("access_log", "access_whose"):
                of_table = f" ON {table}" if database.dialect == "postgresql" else ""
                tampered(database, ledger, f"DROP TRIGGER {table}_{trigger}{of_table}")
        tampered(database, ledger, statement)
        assert check(database)[1] != []


class TestRetention:
    @pytest.fixture
    def old(self, database, ledger):
        """Two entries of two years ago, and one of now."""
        now = utc_now()
        long_ago = AccessLog(database, ledger, clock=lambda: now - timedelta(days=730))
        noted(long_ago, read(whose=["tu"]), read(whose=["sau"]))
        log = AccessLog(database, ledger, clock=lambda: now)
        noted(log, read(whose=["nam"]))
        return log, now

    def test_what_is_old_goes_and_the_chain_goes_on(self, database, old):
        log, now = old
        assert log.cut(now - timedelta(days=365)) == 2
        assert log.cut(now - timedelta(days=365)) == 0
        noted(log, read(whose=["tu"]))
        assert [one.number for one in listed(database)] == [4, 3]
        assert [one.number for one in listed(database, whose=["tu"])] == [4]
        assert check(database) == (2, [])

    def test_what_is_younger_than_half_a_year_stays_whatever_a_setting_says(self, database, old):
        log, now = old
        with pytest.raises(DBAPIError, match="only where it is old"):
            log.cut(now + timedelta(seconds=1))
        assert len(listed(database)) == 3
