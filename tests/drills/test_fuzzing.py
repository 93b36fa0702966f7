"""schemathesis in full: 50,000 cases by everybody and by nobody, on both databases. No fault of ours,
and no answer that the description of the API does not know."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from domain.model import Role
from infrastructure.settings import Settings
from interfaces.main import open_house
from tests.conftest import Postgres
from tests.interfaces.conftest import settle
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.hostile.fuzzing import Fuzzed, fuzzed

CASES = 50_000
SEED = 20261122


@pytest.mark.drill
def test_fifty_thousand_cases_are_answered_as_described(tmp_path: Path, postgres: Postgres) -> None:
    everything, started = Fuzzed(), time.monotonic()

    for seed in count(SEED):
        for role in (None, *Role):
            for url in (None, postgres.prepared()):
                with a_home(tmp_path / f"{seed}-{role}-{url is None}", url) as home:
                    everything.add(by(home, role, seed))
        if everything.cases >= CASES:
            break

    print(
        f"\n{everything.cases} cases in {time.monotonic() - started:.0f} s: "
        f"{dict(everything.by_phase)}, {dict(sorted(everything.statuses.items()))}"
    )
    assert everything.wrong == {}
    assert everything.cases >= CASES
    assert max(everything.statuses) < 500
    assert everything.statuses[201] > 500, "hardly anything was recorded: chance reached nothing"


def by(home: Home, role: Role | None, seed: int) -> Fuzzed:
    token = home.token(role, TUY_PHUOC, "Đỗ Thị Mai") if role else None
    home.catch_up()
    done = fuzzed(home, token, examples=100, chains=100, seed=seed)
    print(f"{role or 'nobody'}: {done.cases} cases, {dict(done.statuses)}")
    return done


@contextmanager
def a_home(folder: Path, url: str | None) -> Iterator[Home]:
    """A house of its own for each: what one may try in an hour is not used up by another."""
    settled = settle(Settings(home=folder, database_url=url))
    house = open_house(settled.settings)
    home = Home(house, settled.tokens)
    try:
        yield home
    finally:
        home.close()
        house.close()
