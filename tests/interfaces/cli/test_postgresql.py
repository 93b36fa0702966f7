"""The same commands on PostgreSQL, where every process may write."""

import shutil

import pytest

from infrastructure.settings import from_environment
from infrastructure.vault.keys import path_in
from interfaces.cli.problems import Exit
from interfaces.main import open_house


@pytest.fixture
def on_postgresql(postgres, lantoa, monkeypatch):
    """Gives a fresh database to whoever asks, and sets it for the commands that follow."""
    made = []

    def fresh():
        url = postgres.empty()
        made.append(url)
        monkeypatch.setenv("LANTOA_DATABASE_URL", url)
        return url

    monkeypatch.setenv("PATH", str(postgres.tools), prepend=":")
    yield fresh
    for url in made:
        postgres.drop(url)


def test_a_home_begins_and_people_are_invited_while_it_is_served(on_postgresql, lantoa, home):
    url = on_postgresql()
    assert lantoa("init").code == 0
    assert lantoa("territory", "load", "--json").json["established"] == 3356
    served = open_house(from_environment({"LANTOA_HOME": str(home), "LANTOA_DATABASE_URL": url}))
    try:
        invited = lantoa("invite", "--role", "organizer", "--unit", "52", "--name", "Trần Văn Minh")
        assert invited.code == 0, invited.err
        assert lantoa("status", "--json").json["projector"]["behind"] == 0
        assert lantoa("rebuild", "people").code == 0
    finally:
        served.close()
    assert lantoa("ledger", "check").code == 0


def test_a_movement_is_simulated(on_postgresql, lantoa):
    on_postgresql()
    said = lantoa("simulate", "--unit", "52", "--ambassadors", "20", "--days", "10", "--json")
    assert said.code == 0, said.err
    assert lantoa("ledger", "check").code == 0
    assert lantoa("status").code == 0


def test_a_copy_is_restored_into_an_empty_database_only(on_postgresql, lantoa):
    on_postgresql()
    lantoa("init")
    lantoa("invite", "--role", "organizer", "--unit", "VN", "--name", "Trần Văn Minh")
    if shutil.which("pg_dump") is None:
        pytest.skip("this PostgreSQL came without pg_dump")
    copied = lantoa("backup", "copy.dump", "--json")
    assert copied.code == 0, copied.err
    assert lantoa("restore", "copy.dump").code == Exit.REFUSED

    on_postgresql()
    restored = lantoa("restore", "copy.dump", "--json")
    assert restored.code == 0, restored.err
    assert restored.json["facts"] == copied.json["position"]


def test_without_the_tools_a_copy_is_refused_in_one_sentence(on_postgresql, lantoa, monkeypatch):
    on_postgresql()
    lantoa("init")
    monkeypatch.setenv("PATH", "/nowhere")
    said = lantoa("backup", "copy.dump")
    assert (said.code, "pg_dump" in said.err) == (Exit.NOT_SET_UP, True)


def test_a_database_that_does_not_answer_is_named_without_its_password(lantoa, monkeypatch):
    monkeypatch.setenv("LANTOA_DATABASE_URL", "postgresql+psycopg://lantoa:hush@127.0.0.1:9/lantoa")
    said = lantoa("init")
    assert said.code == Exit.NOT_NOW
    assert "hush" not in said.err
    assert "Traceback" not in said.err


def test_keys_are_renewed_backed_up_lost_and_put_back_while_it_is_served(
    on_postgresql, lantoa, home, monkeypatch
):
    monkeypatch.setenv("LANTOA_PASSPHRASE", "bốn từ rất dễ nhớ")
    url = on_postgresql()
    lantoa("init")
    lantoa("territory", "load")
    served = open_house(from_environment({"LANTOA_HOME": str(home), "LANTOA_DATABASE_URL": url}))
    try:
        told = ("--name", "Trần Thị Lan", "--phone", "0905000001")
        assert lantoa("invite", "--role", "ambassador", "--unit", "52", *told).code == 0
        (lan,) = lantoa("people", "find", *told, "--json").json["people"]
        for renewing in (["keys", "rotate"], ["keys", "rotate", "--pepper"]):
            assert lantoa(*renewing).code == 0
        assert served.vault.names([lan]) == {lan: "Trần Thị Lan"}
        assert lantoa("keys", "backup", "keys.backup").code == 0
        assert lantoa("keys", "verify", "keys.backup").code == 0
        assert lantoa("keys", "status").code == 0
    finally:
        served.close()
    path_in(home).unlink()
    assert lantoa("status").code == Exit.NOT_SET_UP
    assert lantoa("keys", "restore", "keys.backup").code == 0
    assert lantoa("keys", "check", "--json").json == {"unreadable": [], "destroyed": 0}
