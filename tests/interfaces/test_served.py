"""What `lantoa serve` itself takes and refuses, over real connections."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from infrastructure.beginning import begin
from infrastructure.settings import Settings
from interfaces.web.limits import LARGEST_BODY
from tests.interfaces.serving import served


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("home")
    begin(Settings(home=home))
    with served(home) as port:
        yield port


def asked(port: int, request: bytes) -> bytes:
    """The first bytes of the answer; none where the connection just ended."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(request)
        try:
            return connection.recv(65_536)
        except ConnectionError:
            return b""


def test_a_body_of_64_kb_is_read(port):
    sent = b'{"code":"K7MP2XQ9","answer":"able"' + b" " * (LARGEST_BODY - 35) + b"}"
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/v1/answers",
        content=sent,
        headers={"content-type": "application/json"},
        timeout=20,
    )

    assert len(sent) == LARGEST_BODY
    assert answer.status_code == 404


def test_long_headers_are_read_and_endless_ones_are_not(port):
    start = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
    assert asked(port, start + b"a" * 30_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")

    refused = asked(port, start + b"a" * 200_000 + b"\r\n\r\n")
    assert refused == b"" or refused.startswith(b"HTTP/1.1 431 ")


def test_http_2_is_not_spoken(port):
    answer = asked(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")

    assert not answer.startswith(b"\0\0")


def test_two_requests_that_disagree_about_a_body_are_not_told_apart_by_guessing(port):
    """A request with both ways of saying its length could hide another one in its body."""
    hidden = b"0\r\n\r\nGET /xac-nhan HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    head = b"POST /api/v1/answers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    both = head + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(hidden) + hidden
    twice = head + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden

    for request in (both, twice):
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(request)
            answer = b""
            connection.settimeout(15)
            try:
                while some := connection.recv(65_536):
                    answer += some
            except ConnectionError:
                pass
        assert answer.split(b" ")[1].startswith(b"4")
        assert b"HTTP/1.1 200" not in answer
