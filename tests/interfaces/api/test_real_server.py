"""The API behind the real server, over real connections."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.interfaces.api.requests import ba_tu, eventually, learner, lesson, ong_sau
from tests.interfaces.conftest import Settled, copied_settings
from tests.interfaces.homes import TUY_PHUOC


class Server:
    def __init__(self, port: int, settled: Settled) -> None:
        self.port = port
        self.tokens = settled.tokens
        self.base = f"http://127.0.0.1:{port}"

    def client(self, who: str | None = None) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return httpx.Client(base_url=f"{self.base}/api/v1", headers=headers, timeout=30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory) -> Iterator[Server]:
    """One server for all of these tests, on each database."""
    settled = request.getfixturevalue(f"settled_{request.param}")
    with (
        copied_settings(request, settled, tmp_path_factory.mktemp("home")) as settings,
        socket.socket() as free,
    ):
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = os.environ | {
            "LANTOA_HOME": str(settings.home),
            "LANTOA_DATABASE_URL": settings.database_url or "",
            "LANTOA_BIND": f"127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
        process = subprocess.Popen([*command, "interfaces.main:create_app"], env=environment)
        try:
            server = Server(port, settled)
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    httpx.get(f"{server.base}/health").raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.1)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def test_the_main_job(server):
    """An ambassador logs, five learners answer, and the ambassador stands among the honours within a
    second: the first or, where the machine was busy with something else, another one."""
    waits: list[float] = []
    for number, who in enumerate(("lan", "hoa")):
        waits.append(until_honoured(server, who, range(5 * number, 5 * number + 5), number + 1))
        if waits[-1] < 1:
            return
    raise AssertionError(waits)


def until_honoured(server, who, learners, total) -> float:
    """Seconds from the fifth answer."""
    with server.client(who) as mentor, server.client() as anyone:
        made = mentor.post("/lessons", json=lesson(*map(learner, learners))).json()
        for one in made["teachings"]:
            assert anyone.post("/answers", json={"code": one["code"], "answer": "able"}).status_code == 201
        fifth = time.monotonic()
        eventually(
            lambda: anyone.get("/honours", params={"unit": TUY_PHUOC}).json(), lambda it: it["total"] == total
        )
        return time.monotonic() - fifth


def test_one_submission_from_many_connections_is_recorded_once(server):
    sent = lesson(ba_tu(), ong_sau())

    def post(_):
        with server.client("lan") as lan:
            return lan.post("/lessons", json=sent)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(8)))

    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.text for one in answers}) == 1


def test_one_new_person_from_two_ambassadors_at_once_is_one_person(server):
    def post(who):
        with server.client(who) as caller:
            return caller.post("/lessons", json=lesson(ba_tu())).json()["teachings"][0]["learner"]

    with ThreadPoolExecutor(8) as threads:
        learners = set(threads.map(post, ["lan", "hoa"] * 4))

    assert len(learners) == 1


def sent(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    length = (
        ()
        if any(header.startswith(b"Content-Length") for header in headers)
        else (b"Content-Length: %d" % len(body),)
    )
    return b"\r\n".join([line + b" HTTP/1.1", *headers, *length, b"", body])


HOST = b"Host: lantoa.example"
JSON = b"Content-Type: application/json"
FORM = b"Content-Type: application/x-www-form-urlencoded"
PARTS = b"Content-Type: multipart/form-data; boundary=a; charset=punycode"

ODD = {
    "ten megabytes announced": sent(b"POST /api/v1/lessons", HOST, JSON, b"Content-Length: 10000000"),
    "NUL": sent(b"GET /api/v1/units/%00", HOST),
    "bytes for a path": sent(b"GET /\xff\xfe", HOST),
    "a path that is not UTF-8": sent(b"GET /x/%ff%fe", HOST),
    "bytes for a host": sent(b"GET /", b"Host: \xff"),
    "no host": sent(b"GET /", b"Host: a b<c>"),
    "letters for a port": sent(b"GET /xac-nhan", b"Host: a:b"),
    "half a letter": sent(b"POST /x/K7MP2XQ9", HOST, FORM, body=b"answer=%f"),
    "not UTF-8": sent(b"POST /x/K7MP2XQ9", HOST, FORM, body=b"answer=%ff"),
    "parts": sent(b"POST /x/K7MP2XQ9", HOST, PARTS, body=b"--a--"),
    "odd cookies": sent(b"GET /vinh-danh?unit=%00&after=x", HOST, b"Cookie: lang=\xff; ;;="),
    "odd token": sent(b"GET /api/v1/units/VN", HOST, b"Authorization: Bearer \xff\xfe"),
    "odd method": sent(b"BREW /", HOST),
}


@pytest.mark.parametrize("request_", ODD.values(), ids=ODD)
def test_odd_requests_are_refused_and_nothing_falls_over(server, request_):
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(request_)
        status = int(connection.recv(65536).split(b" ")[1])

    assert 400 <= status < 500
    with server.client() as anyone:
        assert anyone.get("/honours").status_code == 200


def test_a_body_that_grows_is_refused_while_it_is_read(server):
    """Without a length announced: in chunks, without an end."""
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    head = b"POST /api/v1/answers HTTP/1.1\r\n" + HOST + b"\r\n" + JSON
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 17)
        answer = connection.recv(65536)

    assert answer.split(b" ")[1] == b"413"


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(server):
    head = b"POST /api/v1/answers HTTP/1.1\r\n" + HOST + b"\r\n" + JSON
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(head + b"\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n")
        answer = connection.recv(65536)

    assert answer.split(b" ")[1] == b"413"
