"""Commands beside a running server: they work, as if it were not there."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from interfaces.cli.problems import Exit
from interfaces.cli.serving import is_looked_at
from tests.interfaces.serving import free_port
from tests.interfaces.waiting import until

SERVE = [sys.executable, "-c", "from interfaces.cli.main import main; main()", "serve"]


@pytest.fixture
def served(begun, home, monkeypatch):
    """`lantoa serve` in a process of its own."""
    monkeypatch.setenv("LANTOA_BIND", f"127.0.0.1:{free_port()}")
    server = subprocess.Popen(SERVE)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        server.kill()
        server.wait()


def wait_until_it_answers(server):
    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"http://{os.environ['LANTOA_BIND']}/health", timeout=2):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail("the server does not answer")


def test_commands_run_in_the_server_and_sound_as_ever(served, begun, tmp_path):
    invited = begun("invite", "--role", "organizer", "--unit", "52", "--name", "Trần Văn Minh", "--json")
    assert invited.code == 0
    link = invited.json["link"]
    with urlopen(link, timeout=20) as page:
        assert page.status == 200

    assert begun("backup", "copy.db").code == 0
    assert (tmp_path / "copy.db").stat().st_size > 0
    assert begun("rebuild", "people").code == 0
    assert begun("ledger", "check", "--json").json["problems"] == []
    assert begun("status", "--json").json["projector"]["behind"] == 0

    refused = begun("invite", "--role", "organizer", "--unit", "00", "--name", "Minh")
    assert refused.code == Exit.REFUSED
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(
    "argv", [["serve"], ["restore", "copy.db"], ["simulate", "--unit", "52", "--ambassadors", "2"]]
)
def test_what_needs_the_home_alone_says_that_a_server_has_it(served, begun, home, argv):
    said = begun(*argv)
    assert said.code == Exit.NOT_NOW
    assert str(home) in said.err


def test_a_set_up_link_is_made_beside_it(served, begun):
    said = begun("init", "--json")
    assert said.json["new"] is False
    with urlopen(said.json["setup_link"], timeout=20) as answer:
        assert answer.status == 200


def test_it_stops_when_told_and_leaves_the_home_free(served, begun, home):
    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=30) == 0
    assert not (home / "lantoa.sock").exists()
    assert begun("status").code == 0


def test_it_stops_at_once_while_it_starts(begun, home, monkeypatch):
    """The worker opens the house for a second or more, and answers to no signal meanwhile; left with what
    its parent does at one, it was killed eight seconds later."""
    monkeypatch.setenv("LANTOA_BIND", f"127.0.0.1:{free_port()}")
    server = subprocess.Popen(SERVE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        workers = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        until(lambda: workers.read_text().strip())
        os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does
        _, said = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    assert (server.returncode, "Killing" in said) == (0, False), said
    assert begun("status").code == 0


def test_somebody_who_sends_slowly_does_not_keep_it_from_stopping(served, begun):
    host, _, port = os.environ["LANTOA_BIND"].partition(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"POST /api/v1/answers HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                     b"Content-Type: application/json\r\n\r\n{")  # fmt: skip
        time.sleep(0.5)
        served.send_signal(signal.SIGINT)
        served.wait(timeout=30)
    assert begun("status").code == 0


def test_its_worker_ends_with_it_when_it_is_killed(served, begun):
    served.kill()
    served.wait()
    end = time.monotonic() + 30
    while (code := begun("ledger", "check").code) != 0 and time.monotonic() < end:
        time.sleep(0.2)
    while answers() and time.monotonic() < end:
        time.sleep(0.2)
    assert (code, answers()) == (0, False)


def answers():
    try:
        with urlopen(f"http://{os.environ['LANTOA_BIND']}/health", timeout=2):
            return True
    except (URLError, ConnectionError):
        return False


def test_an_address_that_is_taken_is_named(begun, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("LANTOA_BIND", address)
        said = begun("serve")
    assert (said.code, address in said.err) == (Exit.NOT_SET_UP, True)


@pytest.mark.parametrize(
    ("simulated", "terminal", "quiet"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_lines_of_requests_do_not_push_a_demos_links_out_of_sight(simulated, terminal, quiet):
    assert is_looked_at(simulated=simulated, terminal=terminal) is quiet
