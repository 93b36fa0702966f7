"""schemathesis in full: by each role and by nobody, on both databases, 50,000 cases and more together. No
fault of ours, and no answer that the description of the API does not know."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.model import Role
from infrastructure.settings import Settings
from interfaces.main import open_house
from tests.conftest import Postgres
from tests.interfaces.conftest import settle
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.hostile.fuzzing import every, fuzzed, let_in

LEAST = 50_000 // (2 * (1 + len(Role))) + 1
"""Cases of each run, so that all of them make 50,000."""

CHAINS = 100
SEED = 20261122


@pytest.mark.drill
@pytest.mark.parametrize("kept_in", ["sqlite", "postgresql"])
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_thousands_of_cases_are_answered_as_described(
    role: Role | None, kept_in: str, tmp_path: Path, postgres: Postgres
) -> None:
    """Each in a house of its own: what one may try in an hour is not used up by another."""
    started = time.monotonic()
    with a_home(tmp_path / "home", None if kept_in == "sqlite" else postgres.prepared()) as home:
        token = home.token(role, TUY_PHUOC, "Đỗ Thị Mai") if role else None
        home.catch_up()
        may = let_in(role) if role else every
        done = fuzzed(home, token, examples=100, chains=CHAINS, rounds=60, chaining=may, seed=SEED)

    print(
        f"\n{role or 'nobody'} on {kept_in}: {done.cases} cases in {time.monotonic() - started:.0f} s: "
        f"{dict(done.by_phase)} in {done.chains} chains, {dict(sorted(done.statuses.items()))}"
    )
    assert done.wrong == {}
    assert done.cases >= LEAST
    assert done.chains >= CHAINS
    assert max(done.statuses) < 500
    if role is Role.AMBASSADOR:
        assert done.statuses[201] > 100, "hardly anything was recorded: chance reached nothing"


@contextmanager
def a_home(folder: Path, url: str | None) -> Iterator[Home]:
    settled = settle(Settings(home=folder, database_url=url))
    house = open_house(settled.settings)
    home = Home(house, settled.tokens)
    try:
        yield home
    finally:
        home.close()
        house.close()
