"""A list is brought in by a process that is killed with -9, again and again: every row is recorded once in
the end, and exactly the planted rows come back. One that kills whoever is at it is left alone."""

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

from application.actors import OPERATOR
from benchmarks.imports import QUICK, Lists
from domain.lists import ListKind, list_of
from domain.model import Selector
from domain.people import PersonRegistered
from domain.teams import TeamMemberJoined
from infrastructure.lists.kept import ENDED, MOST_ATTEMPTS, State
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


GOES_ON = """
import os, signal, sys
from infrastructure.settings import from_environment
from interfaces import importing, importing_rows
from interfaces.main import open_house

take = importing_rows.Loader.take

async def deadly(self, outcomes):
    if any(LINE in one.lines for one in outcomes if hasattr(one, "lines")):
        os.kill(os.getpid(), signal.SIGKILL)
    await take(self, outcomes)

importing_rows.Loader.take = deadly
house = open_house(from_environment(os.environ))
for one in house.lists.under_way():
    importing.go_on(house, one).outcome.result()
house.close()
"""
"""What a server does at its start; a row of the list ends it each time."""


def test_a_list_that_kills_whoever_is_at_it_is_left_alone(tmp_path: Path) -> None:
    lists = Lists(tmp_path, QUICK)
    home = {"LANTOA_HOME": str(tmp_path / "home")}
    environment = {one: said for one, said in os.environ.items() if one != "LANTOA_DATABASE_URL"} | home
    for argv in (("init",), ("territory", "load"), ("import", "teams", str(lists.teams), "--unit", "52")):
        assert subprocess.run([LANTOA, *argv], env=environment, stdout=subprocess.DEVNULL).returncode == 0
    house = open_house(from_environment(home))
    file = house.spools.incoming()
    shutil.copyfile(lists.members, file)
    unit = house.units.find("52")
    assert unit is not None
    list_ = importing.bring(house, OPERATOR, file, name="to.csv", kind=ListKind.MEMBERS, unit=unit)
    brought = importing.must_get(house, list_)
    importing.check_soon(house, list_, brought.holds, new_hamlets=False)
    importing.check(house, importing.must_get(house, list_))
    importing.load_soon(house, list_)
    house.close()

    child = [sys.executable, "-c", GOES_ON.replace("LINE", "2_000")]
    ends = [subprocess.run(child, env=environment, timeout=120).returncode for _ in range(MOST_ATTEMPTS + 3)]

    assert ends == [-signal.SIGKILL] * (MOST_ATTEMPTS + 1) + [0, 0]  # the first came farther than nobody
    house = open_house(from_environment(home))
    try:
        failed = importing.must_get(house, list_)
        assert (failed.state, failed.why) == (State.FAILED, ENDED[State.LOADING])
        importing.load_soon(house, list_)  # its organizer tries again, and what killed it is mended
        done = importing.load(house, importing.must_get(house, list_))
        planted = {one.line for one in house.lists.faults(list_)}
    finally:
        house.close()
    assert (done.state, planted, done.known > 0) == (State.LOADED, lists.planted, True)
    assert done.good == QUICK - len(lists.planted)


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
