"""The server is killed, again and again, while clients journal each receipt: nothing of what they
hold is lost or counted twice. Its control, which gives receipts before the commit, loses some."""

import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.model import Selector
from domain.people import PersonRegistered
from domain.teaching import TeachingAnswered, TeachingLogged
from infrastructure.ledger.check import check
from infrastructure.read_models.candidates import Candidates
from infrastructure.read_models.catalogue import MODELS
from infrastructure.settings import from_environment
from infrastructure.vault.tables import sealed_person
from interfaces.main import open_house
from tests.drills.crowd import Crowd

Command = Sequence[str | Path]

ROOT = Path(__file__).parents[2]
LANTOA = Path(sys.executable).with_name("lantoa")
HONEST: Command = [LANTOA, "serve"]
EARLY: Command = [sys.executable, "-m", "tests.drills.early"]
CLIENTS = 16
LONGEST = 30 * 60
"""Seconds for all the kills of one database; a machine too slow for them says so."""


class Place:
    """A home with all units and one ambassador, where servers come and go."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = os.environ | environment
        self.lantoa("init")
        self.lantoa("territory", "load")
        lan = ("--unit", "52", "--name", "Lan", "--phone", "0912345678")
        invited = self.lantoa("invite", "--role", "ambassador", *lan, "--api", "--json")
        self.token = json.loads(invited)["token"]

    def lantoa(self, *arguments: str) -> str:
        command: list[str | Path] = [LANTOA, *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return str(done.stdout)

    def serve(self, command: Command, within: float = 60) -> tuple[subprocess.Popen[bytes], int]:
        """A server in a process group of its own, which answers at the port."""
        port = free_port()
        environment = self.environment | {"LANTOA_BIND": f"127.0.0.1:{port}"}
        server = subprocess.Popen(
            command, env=environment, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + within
        while time.monotonic() < until and server.poll() is None:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    return server, port
            time.sleep(0.02)
        raise AssertionError("the server did not come up")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill(place: Place, server: subprocess.Popen[bytes]) -> None:
    """`kill -9` to the server and its workers at once; returns when the last of them is gone."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    lock = Path(place.environment["LANTOA_HOME"]) / "owner.lock"
    if lock.exists():
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)


@pytest.fixture
def place(database_url, tmp_path):
    environment = {
        "LANTOA_HOME": str(tmp_path / "served"),
        "LANTOA_PUBLIC_URL": "https://lantoa.test",
        "LANTOA_BEHIND_PROXY": "127.0.0.1",  # the crowd says whose phone each answer comes from
    }
    if database_url:
        environment["LANTOA_DATABASE_URL"] = database_url.replace("postgresql://", "postgresql+psycopg://")
    return Place(environment)


def crash(place: Place, command: Command, times: int, enough=lambda crowd: False) -> Crowd:
    """Kills so many servers at random moments; then lets everybody send what has no receipt."""
    chance = random.Random(11)
    crowd = Crowd(place.token, CLIENTS)
    until = time.monotonic() + LONGEST
    try:
        for done in range(times):
            assert time.monotonic() < until, f"only {done} of {times} kills in {LONGEST} s"
            server, port = place.serve(command)
            crowd.go(port)
            time.sleep(chance.uniform(0.05, 0.8))
            kill(place, server)
            crowd.halt()
        server, port = place.serve(HONEST)
        crowd.go(port)
    except BaseException:
        crowd.give_up()
        raise
    crowd.end()
    kill(place, server)
    return crowd


def lost(place: Place, crowd: Crowd) -> list[str]:
    """What the ledger does not hold as the journal says: once, and where it says."""
    house = open_house(from_environment(place.environment))
    try:
        facts: Any = house.ledger.history([Selector([TeachingLogged, TeachingAnswered])])
    finally:
        house.close()
    logged = Counter(one.fact.teaching for one in facts if isinstance(one.fact, TeachingLogged))
    places = {(one.fact.NAME, one.fact.teaching): one.position for one in facts}
    gone = []
    for key, receipt in crowd.journal.items():
        kind = key.partition(":")[0]
        teaching = receipt["teachings"][0]["teaching"] if kind == "lesson" else receipt["subject"]
        name = TeachingLogged.NAME if kind == "lesson" else TeachingAnswered.NAME
        if places.get((name, teaching)) != receipt["position"] or logged[teaching] != 1:
            gone.append(key)
    return gone


def contents(house) -> dict[str, list[str]]:
    """Every row of every read model, but for the reactions' list of what to look at, which
    grows shorter as they go through it."""
    tables = {table for model in MODELS if model is not Candidates for table in model.tables}
    with house.asking() as db:
        return {table.name: sorted(repr(row) for row in db.execute(select(table))) for table in tables}


def settle(house) -> None:
    """Until the read models hold everything and no reaction adds to it."""
    before = -1
    while before != house.ledger.head():
        before = house.ledger.head()
        assert house.projector.wait_for(before, 60)
        time.sleep(0.5)


def recorded(house, kind: Any) -> list[Any]:
    return [one.fact for one in house.ledger.history([Selector([kind])])]


def sound(place: Place, crowd: Crowd) -> None:
    """The ledger checks; each person has a fact and each fact its person; nothing twice; read
    models equal those built anew."""
    house = open_house(from_environment(place.environment))
    try:
        settle(house)
        assert check(house.database).problems == []
        people = Counter(one.person for one in recorded(house, PersonRegistered))
        with house.database.reading() as db:
            sealed = set(db.execute(select(sealed_person.c.person)).scalars())
        assert set(people) == sealed
        assert set(people.values()) == {1}
        lessons = [one.lesson for one in recorded(house, TeachingLogged)]
        assert len(lessons) == len(set(lessons)) == len(list(crowd.lessons()))
        live = contents(house)
        house.projector.rebuild()
        assert contents(house) == live
    finally:
        house.close()


@pytest.mark.drill
@pytest.mark.parametrize(
    ("database_url", "times"), [("sqlite", 100), ("postgresql", 100)], indirect=["database_url"]
)
def test_killed_again_and_again(place, database_url, times):
    crowd = crash(place, HONEST, times)
    gone = lost(place, crowd)
    kept = Counter(key.partition(":")[0] for key in crowd.journal)
    where = "PostgreSQL" if database_url else "SQLite"
    print(
        f"\ncrashes on {where}: {times} times kill -9, {kept['lesson']:,} lessons and {kept['answer']:,}"
        f" answers receipted by {CLIENTS} clients: {len(gone)} lost, {len(crowd.wrong)} wrong"
    )
    assert crowd.wrong == []
    assert gone == []
    sound(place, crowd)


@pytest.mark.drill
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_receipts_before_the_commit_are_lost(place):
    """The control: a drill that cannot fail proves nothing."""
    crowd = crash(place, EARLY, 10)
    gone = lost(place, crowd)
    print(
        f"\nits control, receipts before the commit: {len(gone)} of {len(crowd.journal):,} lost in 10 crashes"
    )
    assert gone
