"""Those who were signed in before sessions knew their device and limits stay so, for 30 days at most."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.sessions import LIFE
from infrastructure.accounts.tokens import hashed
from infrastructure.database import MIGRATIONS, Database
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import Writer, utc_now

TOKENS = ("one", "another")


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request, tmp_path):
    """A database as the version before left it, with two sessions."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres").empty()
    database = Database.open(url, tmp_path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing_engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003_accounts")
        for token in TOKENS:
            row = {"token": hashed(token), "now": micros(utc_now()), "later": micros(utc_now() + 3 * LIFE)}
            connection.execute(
                text("INSERT INTO session VALUES (:token, 'lan', :now, :now, :later)").bindparams(**row)
            )
    yield database
    database.close()


def test_they_stay_signed_in_each_under_an_id_of_its_own(older):
    older.prepare()
    writer = Writer(older)
    accounts = Accounts(older, writer)
    found = [one for token in TOKENS if (one := accounts.session(token))]
    assert len(found) == len({one.id for one in found}) == len({one.form_token for one in found}) == 2
    assert all(one.ends - utc_now() <= LIFE for one in found)
    assert all(one.power == "" and one.stepped_up is None for one in found)
    writer.close()
