"""A command beside a server runs there, and sounds as if it ran here."""

import stat
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from infrastructure.database import OwnedElsewhere
from interfaces.cli import beside
from interfaces.cli.console import Console


class Heard:
    """A console that remembers."""

    def __init__(self, folder: Path = Path("/tmp")):
        self.out = ""
        self.err = ""
        self.console = Console(out=self._take_out, err=self._take_err, terminal=False, folder=folder)

    def _take_out(self, text: str) -> None:
        self.out += text

    def _take_err(self, text: str) -> None:
        self.err += text


@contextmanager
def listening(path, run):
    listener = beside.Listener(path, run)
    listener.start()
    try:
        yield
    finally:
        listener.close()


def test_what_it_says_and_its_exit_code_come_back(tmp_path):
    def run(argv, console):
        console.answer({}, f"ran {argv}")
        console.note("on the side")
        return 6

    heard = Heard()
    with listening(tmp_path / "lantoa.sock", run):
        assert beside.ask(tmp_path / "lantoa.sock", ["status", "--json"], heard.console) == 6
    assert heard.out == "ran ['status', '--json']\n"
    assert heard.err == "on the side\n"


def test_paths_are_relative_to_where_the_person_stands(tmp_path):
    def run(argv, console):
        console.answer(None, str(console.path(Path("copy.db"))))
        return 0

    heard = Heard(folder=tmp_path / "elsewhere")
    with listening(tmp_path / "lantoa.sock", run):
        beside.ask(tmp_path / "lantoa.sock", [], heard.console)
    assert heard.out == f"{tmp_path}/elsewhere/copy.db\n"


def test_only_the_owner_of_the_home_gets_in(tmp_path):
    with listening(tmp_path / "lantoa.sock", lambda argv, console: 0):
        assert stat.S_IMODE((tmp_path / "lantoa.sock").stat().st_mode) == 0o600
    assert not (tmp_path / "lantoa.sock").exists()


def test_a_home_too_deep_for_a_socket_address_works(tmp_path):
    home = tmp_path / ("deep" * 30)
    home.mkdir()
    with listening(home / "lantoa.sock", lambda argv, console: 7):
        assert beside.ask(home / "lantoa.sock", [], Heard().console) == 7


def test_a_socket_left_by_a_dead_server_is_replaced(tmp_path):
    path = tmp_path / "lantoa.sock"
    path.touch()
    with listening(path, lambda argv, console: 0):
        assert beside.ask(path, [], Heard().console) == 0


def test_an_owner_who_takes_no_commands_is_named(tmp_path):
    with pytest.raises(OwnedElsewhere):
        beside.ask(tmp_path / "lantoa.sock", [], Heard().console)


def test_commands_run_side_by_side(tmp_path):
    both = threading.Barrier(2, timeout=30)

    def run(argv, console):
        both.wait()
        return 0

    codes = []
    with listening(tmp_path / "lantoa.sock", run):
        asking = [
            threading.Thread(
                target=lambda: codes.append(beside.ask(tmp_path / "lantoa.sock", [], Heard().console))
            )
            for _ in range(2)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert codes == [0, 0]


def test_a_server_that_dies_midway_is_told(tmp_path):
    def run(argv, console):
        raise RuntimeError("died")

    with (
        pytest.raises(ConnectionAbortedError),
        listening(tmp_path / "lantoa.sock", run),
    ):
        beside.ask(tmp_path / "lantoa.sock", [], Heard().console)


def test_nonsense_on_the_socket_harms_nobody(tmp_path):
    path = tmp_path / "lantoa.sock"
    with listening(path, lambda argv, console: 0):
        import socket

        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path))
            line.sendall(b"\xff" * 100 + b"\n")
            assert line.recv(10) == b""
        assert beside.ask(path, [], Heard().console) == 0
