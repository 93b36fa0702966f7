"""What an operator does about people at the console: each use case can be reached, on both databases,
with the home to oneself and beside a server."""

import io
import os
import shutil

import pytest

from infrastructure.settings import from_environment
from interfaces.cli import serving
from interfaces.cli.problems import Exit
from interfaces.main import open_house
from tests.interfaces.cli.conftest import begin

PHONES = {"Trần Văn Minh": "0905123456", "Trần Văn Mình": "0905123457"}


@pytest.fixture(scope="session")
def begun_on_postgresql(tmp_path_factory, postgres):
    """A home whose database, with its territory loaded, is to be copied."""
    url = postgres.empty()
    yield begin(tmp_path_factory.mktemp("begun"), url), url
    postgres.drop(url)


@pytest.fixture
def on_postgresql(request, home, monkeypatch):
    begun_home, url = request.getfixturevalue("begun_on_postgresql")
    postgres = request.getfixturevalue("postgres")
    shutil.copytree(begun_home, home)
    monkeypatch.setenv("LANTOA_DATABASE_URL", mine := postgres.copy_of(url))
    yield
    postgres.drop(mine)


@pytest.fixture
def on_sqlite(home, begun_home):
    shutil.copytree(begun_home, home)


@pytest.fixture
def served():
    """A server has the home open and takes commands, as `lantoa serve` does."""
    house = open_house(from_environment(os.environ))
    listener = serving._listening(house) if house.settings.keeps_sqlite else None
    yield
    if listener is not None:
        listener.close()
    house.close()


@pytest.fixture(
    params=[("on_sqlite",), ("on_sqlite", "served"), ("on_postgresql",), ("on_postgresql", "served")],
    ids=", ".join,
)
def begun(request, lantoa):
    for fixture in request.param:
        request.getfixturevalue(fixture)
    return lantoa


@pytest.fixture
def known(begun):
    """The id of somebody with a role in Gia Lai, invited and found again."""

    def known(name: str) -> str:
        asked = ("--name", name, "--phone", PHONES[name])
        assert begun("invite", "--role", "ambassador", "--unit", "52", *asked).code == 0
        return found(begun, name)[0]

    return known


def found(lantoa, name):
    return lantoa("people", "find", "--name", name, "--phone", PHONES[name], "--json").json["people"]


def test_somebody_is_found_by_name_and_phone_never_by_name_alone(begun, known):
    person = known("Trần Văn Minh")
    assert begun("people", "find", "--name", "tran van minh", "--phone", "0905123456").out == f"{person}\n"
    alone = begun("people", "find", "--name", "Trần Văn Minh")
    assert (alone.code, "--phone" in alone.err) == (Exit.REFUSED, True)
    other = begun("people", "find", "--name", "Trần Văn Minh", "--phone", "0905000000")
    assert (other.code, other.out) == (Exit.REFUSED, "")


def test_two_entries_are_merged_and_two_again(begun, known):
    one, other = known("Trần Văn Minh"), known("Trần Văn Mình")
    assert begun("people", "merge", one, other).code == 0
    assert found(begun, "Trần Văn Minh") == [other]
    assert begun("people", "undo-merge", one, other).code == 0
    assert found(begun, "Trần Văn Minh") == [one]


def test_a_corrected_person_is_found_by_what_is_right(begun, known):
    person = known("Trần Văn Minh")
    assert begun("people", "correct", person).code == Exit.REFUSED
    assert begun("people", "correct", person, "--phone", "0905999999").code == 0
    right = begun("people", "find", "--name", "Trần Văn Minh", "--phone", "0905999999")
    assert right.out == f"{person}\n"


@pytest.mark.parametrize("typed", ["", "another\n"])
def test_nobody_is_erased_unless_the_id_is_typed_again(begun, known, monkeypatch, typed):
    person = known("Trần Văn Minh")
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = begun("people", "erase", person)
    assert (said.code, "Nothing was erased" in said.err) == (Exit.REFUSED, True)
    assert found(begun, "Trần Văn Minh") == [person]


@pytest.mark.parametrize("asked", [True, False], ids=["typed again", "--yes"])
def test_an_erased_person_is_found_no_more(begun, known, monkeypatch, asked):
    person = known("Trần Văn Minh")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{person}\n" if asked else ""))
    assert begun("people", "erase", person, *(() if asked else ("--yes",))).code == 0
    again = begun("people", "find", "--name", "Trần Văn Minh", "--phone", PHONES["Trần Văn Minh"])
    assert again.code == Exit.REFUSED


def test_a_role_is_taken_back_once(begun, known):
    revoke = ("revoke", known("Trần Văn Minh"), "--role", "ambassador", "--unit", "52")
    assert begun(*revoke).code == 0
    assert begun(*revoke).code == Exit.REFUSED


def test_an_account_is_closed_with_its_roles(begun, known):
    person = known("Trần Văn Minh")
    assert begun("close", person).code == 0
    assert begun("revoke", person, "--role", "ambassador", "--unit", "52").code == Exit.REFUSED


@pytest.mark.usefixtures("on_sqlite")
@pytest.mark.parametrize(
    "argv",
    [
        ("people", "merge", "nobody", "neither"),
        ("people", "undo-merge", "nobody", "neither"),
        ("people", "correct", "nobody", "--name", "Lan"),
        ("people", "erase", "nobody", "--yes"),
        ("revoke", "nobody", "--role", "ambassador", "--unit", "52"),
        ("close", "nobody"),
    ],
)
def test_of_nobody_it_says_so_in_one_sentence(lantoa, argv):
    said = lantoa(*argv)
    assert (said.code, said.out) == (Exit.REFUSED, "")
    assert "Traceback" not in said.err
