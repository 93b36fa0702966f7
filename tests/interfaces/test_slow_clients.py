"""Whoever keeps the server waiting is dropped within 15 s; `make drill` has 2,000 of them."""

import asyncio
import sys

import pytest

from infrastructure.beginning import begin
from infrastructure.settings import Settings
from tests.interfaces.serving import free_port, running, served
from tests.interfaces.slow import WAYS, siege

MOST = 15.0
"""Seconds."""

NEVER_ENDED_BY_GRANIAN = {
    "says nothing",
    "a body that never comes",
    "a body byte by byte",
    "chunk by chunk",
    "half the headers",
    "headers byte by byte",
}


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    """A few of each way, before our server and before granian as it comes, at the same time."""
    home = tmp_path_factory.mktemp("home")
    begin(Settings(home=home))
    other = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-log", "--port", str(other)]

    async def both(port):
        return await asyncio.gather(
            siege(port, dict.fromkeys(WAYS, 4), path="/xac-nhan", most=MOST),
            siege(other, dict.fromkeys(NEVER_ENDED_BY_GRANIAN, 1), path="/", most=MOST),
        )

    with (
        served(home) as port,
        running(other, *command, "tests.interfaces.patient_server:application"),
    ):
        yield asyncio.run(both(port))


@pytest.mark.parametrize("way", WAYS)
def test_each_is_dropped_within_15_seconds(besieged, way):
    ours, _ = besieged

    assert max(ours.kept[way]) < MOST


def test_others_are_answered_meanwhile(besieged):
    ours, _ = besieged

    assert len(ours.others) > 100
    assert ours.others[len(ours.others) // 2] < 1


@pytest.mark.parametrize("way", sorted(NEVER_ENDED_BY_GRANIAN))
def test_the_server_as_it_comes_puts_up_with_them(besieged, way):
    """The control."""
    _, granian = besieged

    assert granian.kept[way] == [MOST]
