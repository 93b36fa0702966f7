"""Whoever keeps the server waiting is dropped within 15 s; `make drill` has 2,000 of them."""

import asyncio
import socket
import sys
import time
from contextlib import suppress

import pytest

from infrastructure.beginning import begin
from infrastructure.settings import Settings
from tests.interfaces.serving import free_port, running, served
from tests.interfaces.slow import WAYS, siege

LONG = 16 * 1024 * 1024
"""Bytes, as tests/interfaces/long_answer.py says it; to import that would change our own front door."""

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


@pytest.fixture(scope="module")
def long_answers():
    """The port of a server with a long answer behind our front door."""
    port = free_port()
    serving = (sys.executable, "-m", "granian", "--interface", "asgi", "--no-log", "--port", str(port))
    with running(port, *serving, "tests.interfaces.long_answer:application"):
        yield port


def asked(port, request):
    client = socket.create_connection(("127.0.0.1", port), timeout=15)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.sendall(request)
    return client


def read(client):
    found = []
    with suppress(ConnectionError):
        while some := client.recv(1 << 20):
            found.append(some)
    return b"".join(found)


class TestSlowReaders:
    """Whoever asks for a long file and does not read it holds neither it nor the connection."""

    LONG_ONE = b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    def test_who_reads_gets_all_of_it(self, long_answers):
        with asked(long_answers, self.LONG_ONE) as client:
            assert len(read(client)) > LONG

    def test_who_does_not_is_ended_in_the_middle(self, long_answers):
        with asked(long_answers, self.LONG_ONE) as client:
            time.sleep(4)  # not reading is what is tried here
            assert len(read(client)) < LONG


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET /<script> HTTP/1.1\r\nHost: a b\r\n broken\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    ],
    ids=["no HTTP", "a broken header", "a length that is none", "two lengths"],
)
def test_what_is_no_request_is_answered_below_us_with_nothing_in_it(long_answers, said):
    """Such answers come from the HTTP library and never reach our front door: they lack its headers,
    and have nothing that a browser could show or run. docs/security.md, 3.2.1."""
    with asked(long_answers, said) as client:
        head, _, body = read(client).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    assert status == b"HTTP/1.1 400 Bad Request"
    assert body == b""
    names = {line.partition(b":")[0].lower() for line in headers}
    assert names <= {b"content-length", b"connection", b"date"}, names
