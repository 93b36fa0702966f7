"""`lantoa serve` in a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.interfaces.waiting import until

LANTOA = (sys.executable, "-c", "from interfaces.cli.main import main; main()")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(home: Path, *, url: str | None = None, **settings: str) -> Iterator[int]:
    """The port of a server on a home that is set up; `settings` are LANTOA_... by their ends."""
    port = free_port()
    environment = os.environ | {
        "LANTOA_HOME": str(home),
        "LANTOA_DATABASE_URL": url or "",
        "LANTOA_BIND": f"127.0.0.1:{port}",
        **{f"LANTOA_{name}": value for name, value in settings.items()},
    }
    with running(port, *LANTOA, "serve", environment=environment):
        yield port


@contextmanager
def running(port: int, *command: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A server of any kind, from its first answer on."""
    server = subprocess.Popen(command, env=environment)
    try:
        until(lambda: answers(port) or server.poll() is not None)
        assert server.poll() is None, "the server ended at once"
        yield
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code < 500
    except httpx.TransportError:
        return False
