"""A list is brought in by a process that is killed with -9, again and again: every row is recorded once in
the end, and exactly the planted rows come back."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.imports import QUICK, Lists
from domain.lists import list_of
from domain.model import Selector
from domain.people import PersonRegistered
from domain.teams import TeamMemberJoined
from infrastructure.lists.kept import State
from infrastructure.settings import from_environment
from infrastructure.vault.keys import path_in
from interfaces import importing
from interfaces.main import open_house
from tests.conftest import Postgres

pytestmark = pytest.mark.drill

LANTOA = Path(sys.executable).with_name("lantoa")
JOINED = (300, 1_200, 2_500)
"""How many members stand in the ledger each time it is killed."""


def members_in(home: Path) -> int:
    """Read from beside: a reader makes no checkpoint."""
    with closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        asked = "SELECT count(*) FROM fact WHERE name = 'team-member-joined'"
        (found,) = ledger.execute(asked).fetchone()
    return int(found)


@pytest.mark.parametrize("rows", [QUICK])
def test_a_list_survives_being_killed(tmp_path: Path, rows: int) -> None:
    lists = Lists(tmp_path, rows)
    environment = os.environ | {"LANTOA_HOME": str(tmp_path / "home")}
    environment.pop("LANTOA_DATABASE_URL", None)

    def lantoa(*argv: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [LANTOA, *argv], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    for argv in (("init",), ("territory", "load"), ("import", "teams", str(lists.teams), "--unit", "52")):
        assert lantoa(*argv).wait(120) == 0
    command = ("import", "members", str(lists.members), "--unit", "52", "--json")
    for so_many in JOINED:
        process = lantoa(*command)
        while process.poll() is None and members_in(tmp_path / "home") < so_many:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    last = lantoa(*command)
    out, _ = last.communicate(timeout=300)

    said = json.loads(out)
    assert {one["line"] for one in said["problems"]} == lists.planted
    assert said["taken"] == rows - len(lists.planted)
    house = open_house(from_environment({"LANTOA_HOME": str(tmp_path / "home")}))
    try:
        told = house.ledger.history([Selector([TeamMemberJoined], [])])
        joined = [one.fact for one in told if isinstance(one.fact, TeamMemberJoined)]
        known = house.ledger.history([Selector([PersonRegistered], [])])
    finally:
        house.close()
    assert len({one.person for one in joined}) == len(joined) == len(known) == rows - len(lists.planted)
    assert len({list_of(one.by) for one in joined}) > 1  # the control: it was cut short at least once


def test_on_postgresql_another_machine_goes_on(tmp_path: Path, postgres: Postgres) -> None:
    """The machine that loads the list is gone, with its home; what it kept is in the database."""
    url, lists = postgres.empty(), Lists(tmp_path, QUICK)
    first, second = tmp_path / "first", tmp_path / "second"
    environment = os.environ | {"LANTOA_HOME": str(first), "LANTOA_DATABASE_URL": url}

    def lantoa(*argv: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([LANTOA, *argv], env=environment, stdout=subprocess.DEVNULL)

    for argv in (("init",), ("territory", "load"), ("import", "teams", str(lists.teams), "--unit", "52")):
        assert lantoa(*argv).wait(120) == 0
    shutil.copytree(path_in(first).parent, path_in(second).parent)
    process = lantoa("import", "members", str(lists.members), "--unit", "52")
    house = open_house(from_environment({"LANTOA_HOME": str(second), "LANTOA_DATABASE_URL": url}))
    try:
        joined = [Selector([TeamMemberJoined], [])]
        while process.poll() is None and len(house.ledger.history(joined)) < JOINED[0]:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        shutil.rmtree(first)
        (list_,) = [one.list for one in house.lists.under_way()]
        done = importing.must_get(house, list_)
        while done.state is State.LOADING:
            importing.look(house)
            time.sleep(0.1)
            done = importing.must_get(house, list_)
        planted = {one.line for one in house.lists.faults(list_)}
        told = house.ledger.history(joined)
        registered = house.ledger.history([Selector([PersonRegistered], [])])
    finally:
        house.close()
    assert (done.state, planted, done.known > 0) == (State.LOADED, lists.planted, True)
    assert len(told) == len(registered) == done.good == QUICK - len(lists.planted)
