"""Commands beside a running server.

On SQLite one process owns the writing. A command that finds the ledger owned hands its
arguments over a socket in the home (0600, so only the owner of the home gets in) to the
serving process, which runs the same command on its own open house and streams back what
it says, then its exit code. One connection is one command; each message is one line of JSON.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from infrastructure.database import OwnedElsewhere
from interfaces.cli.console import Console

LONGEST_REQUEST: Final = 1 << 20
LONGEST_ADDRESS: Final = 107
PATIENCE: Final = 5.0  # seconds for a request to arrive

log = logging.getLogger(__name__)


class Request(msgspec.Struct, forbid_unknown_fields=True):
    argv: list[str]
    folder: str
    terminal: bool


class Said(msgspec.Struct, omit_defaults=True):
    """A piece of output, or at the end the exit code."""

    out: str = ""
    err: str = ""
    code: int | None = None


Run = Callable[[list[str], Console], int]
"""Runs one command line and gives its exit code."""


def ask(path: Path, argv: list[str], console: Console) -> int:
    """Has the serving process run `argv`; gives its exit code.

    Raises `OwnedElsewhere` where the owner takes no commands (it is starting, or is not a server).
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with _address(path) as address:
                line.connect(address)
        except OSError as error:
            raise OwnedElsewhere(str(path.parent)) from error
        request = Request(argv=argv, folder=str(console.folder), terminal=console.terminal)
        line.sendall(msgspec.json.encode(request) + b"\n")
        for said in _messages(line):
            if said.out:
                console.out(said.out)
            if said.err:
                console.err(said.err)
            if said.code is not None:
                return said.code
    raise ConnectionAbortedError("the server stopped before it had finished the command")


def _messages(line: socket.socket) -> Iterator[Said]:
    decoder = msgspec.json.Decoder(Said)
    with line.makefile("rb") as lines:
        for message in lines:
            yield decoder.decode(message)


class Listener:
    """Takes commands on the socket, each in a thread of its own, until closed."""

    def __init__(self, path: Path, run: Run) -> None:
        self._path = path
        self._run = run
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._listen, name="lantoa-beside", daemon=True)

    def start(self) -> None:
        # The owner of the ledger is alone, so a socket that is there was left by a dead one.
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with _address(self._path) as address:
                self._socket.bind(address)
        finally:
            os.umask(before)
        self._socket.listen(16)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(line,), name="lantoa-command", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                code = self._obey(line)
                _say(line, Said(code=code))
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked went away
            except (msgspec.MsgspecError, TimeoutError) as error:
                log.warning("a command beside the server could not be read: %s", type(error).__name__)
            except Exception:
                log.exception("a command beside the server failed")

    def _obey(self, line: socket.socket) -> int:
        line.settimeout(PATIENCE)
        with line.makefile("rb") as lines:
            request = msgspec.json.decode(lines.readline(LONGEST_REQUEST), type=Request)
        line.settimeout(None)
        console = Console(
            out=lambda text: _say(line, Said(out=text)),
            err=lambda text: _say(line, Said(err=text)),
            terminal=request.terminal,
            folder=Path(request.folder),
        )
        return self._run(request.argv, console)


def _say(line: socket.socket, said: Said) -> None:
    line.sendall(msgspec.json.encode(said) + b"\n")


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """The socket's address. At most 107 bytes fit: a deep home is named through its open folder."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
