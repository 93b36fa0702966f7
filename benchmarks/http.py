"""Lessons over HTTP, one new learner each, from 64 connections, with everything on.

    python -m benchmarks.http [--quick]

Vault, projector, reactions, sign-in, limits and a line of the log for each request take part. The
peer is the same server with a bare handler that records one durable fact; the limit is that server
recording nothing. The load comes from a process of its own on the same machine. PostgreSQL is served
by one process and then by as many as there are cores (`LANTOA_WORKERS`).
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import msgspec

from application import access, criteria, territory
from application.actors import OPERATOR
from application.forms.access import InviteForm
from benchmarks.ledgers import CALLERS, fill, postgres
from benchmarks.measure import Measure, arguments, machine, note, tell
from domain.calendar import day_of
from domain.criteria import DEFAULT
from domain.model import Role
from infrastructure import official_units
from infrastructure.beginning import begin
from infrastructure.ledger.writer import utc_now
from infrastructure.settings import Settings
from interfaces.main import open_house

COMMUNE = "21952"
PATIENCE = 600.0
"""Seconds to wait for a server."""


class Load(msgspec.Struct):
    """What `benchmarks/load.py` measured; times are in milliseconds."""

    statuses: dict[str, int]
    rate: float
    p50: float
    p99: float
    worst: float
    lost: int
    odd: str


def prepared(settings: Settings, facts: int) -> list[str]:
    """A ledger with the country's units, 64 ambassadors and so many facts before; their tokens. Nothing
    follows the ledger while it is filled, which is quicker, and nothing is left to catch up."""
    begin(settings)
    house = open_house(settings, following=False)
    try:
        fill(house.ledger, facts)
        return asyncio.run(_ambassadors(house))
    finally:
        house.projector.catch_up()
        house.close()


async def _ambassadors(house) -> list[str]:  # type: ignore[no-untyped-def]
    await territory.load_units(house.ground, official_units.read())
    house.projector.catch_up()
    await criteria.adopt(
        house.ground, OPERATOR, DEFAULT, "VN", valid_from=territory.SINCE, document="benchmark"
    )
    tokens = []
    for number in range(CALLERS):
        form = InviteForm(
            submission=uuid4().hex, role=Role.AMBASSADOR, unit=COMMUNE, name=f"Lê Thị {word(number)}"
        )
        invited = await access.invite(house.ground, house.accounts, OPERATOR, form)
        tokens.append(await house.accounts.issue_bearer(invited.person))
    return tokens


def word(number: int) -> str:
    """A name that no other number has."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    said = ""
    while True:
        number, letter = divmod(number, 26)
        said += letters[letter]
        if not number:
            return said.capitalize()


def lessons(tokens: Sequence[str], count: int) -> bytes:
    """So many lessons, as the load generator takes them."""
    on = day_of(utc_now()).isoformat()
    lines = []
    for number, token in zip(range(count), cycle(tokens), strict=False):
        lesson = {
            "submission": uuid4().hex,
            "on": on,
            "unit": COMMUNE,
            "skills": ["vneid"],
            "learners": [
                {"name": f"Nguyễn Văn {word(number)}", "phone": f"09{number:08}", "birth_year": 1956}
            ],
        }
        lines.append(f"{token}\t{json.dumps(lesson, ensure_ascii=False)}")
    return "\n".join(lines).encode()


@contextmanager
def serving(application: str, settings: Settings) -> Iterator[int]:
    """The server with an application, as `lantoa serve` runs it; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "LANTOA_HOME": str(settings.home),
        "LANTOA_DATABASE_URL": settings.database_url or "",
        "LANTOA_BIND": f"127.0.0.1:{port}",
        "LANTOA_WORKERS": str(settings.workers),
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--no-ws", "--no-log"]
    command += ["--port", str(port), "--workers", str(settings.workers), application]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # a line for each request
    try:
        _wait_for(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


def called(port: int, path: str, seconds: float, requests: bytes) -> Load:
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, str(seconds), str(CALLERS)]
    done = subprocess.run(command, input=requests, stdout=subprocess.PIPE, check=True)
    load = msgspec.json.decode(done.stdout, type=Load)
    if set(load.statuses) != {"201"} or load.lost:
        raise AssertionError(f"not every request was answered with 201: {load}")
    return load


def lag(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        return int(json.load(answer)["lag"])


def measured(name: str, url: str | None, *, facts: int, seconds: float, workers: int = 1) -> None:
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as home:
        settings = Settings(home=Path(home), database_url=url, workers=workers)
        note(f"{name}: {facts:,} facts, then {seconds:.0f} s of load three times")
        began = time.monotonic()
        requests = lessons(prepared(settings, facts), int(seconds * 8_000))
        note(f"{name}: filled in {time.monotonic() - began:.0f} s")
        with serving("interfaces.cli.serving:application", settings) as port:
            ours = called(port, "/api/v1/lessons", seconds, requests)
            behind = lag(port)
        with serving("benchmarks.bare_server:create_app", settings) as port:
            bare = called(port, "/bare", seconds, requests)
            empty = called(port, "/empty", seconds, requests)
    note(f"{name}: p50 {ours.p50:.1f} ms, worst {ours.worst:.0f} ms; read models {behind:,} facts behind")
    tell(
        Measure(
            measure=f"lessons over HTTP from 64 connections, {name}",
            ours=ours.rate,
            unit="requests/s",
            peers={"bare handler, one durable fact": bare.rate},
            limit=empty.rate,
            goal="at least half of the bare handler; expected about 1,900, hoped for 3,000",
            met=ours.rate >= bare.rate / 2,
        )
    )
    tell(
        Measure(
            measure=f"lessons over HTTP from 64 connections, {name}: 99 of 100 answered within",
            ours=ours.p99,
            unit="ms",
            peers={"bare handler, one durable fact": bare.p99},
            limit=empty.p99,
            goal="under 100",
            met=ours.p99 < 100,
        )
    )


def main() -> None:
    quick = arguments(__doc__ or "").quick
    note(machine())
    facts, seconds = (50_000, 5.0) if quick else (1_000_000, 30.0)
    measured("SQLite", None, facts=facts, seconds=seconds)
    for workers in dict.fromkeys((1, os.cpu_count() or 1)):
        name = "PostgreSQL" if workers == 1 else f"PostgreSQL, {workers} processes"
        with postgres() as url:
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
            measured(name, url, facts=facts, seconds=seconds, workers=workers)


if __name__ == "__main__":
    main()
