"""`lantoa serve`: the web server, which also does the commands that are given beside it."""

import os
import socket

import click

from infrastructure.settings import Settings
from interfaces.cli.console import Console
from interfaces.cli.place import Place, alone
from interfaces.cli.problems import CannotDo, Exit


@click.command()
@click.pass_obj
def serve(place: Place) -> None:
    """Serve pages and API until stopped with Ctrl-C.

    It listens on LANTOA_BIND. On SQLite one process serves and does the other commands for
    whoever gives them; with PostgreSQL LANTOA_WORKERS processes may.
    """
    check_house(place.settings)
    check_address(place.settings)
    run(place.settings, place.console)


def check_house(settings: Settings) -> None:
    """Says what is not set up in one sentence, before any worker starts and dies of it."""
    from interfaces.main import open_house

    with alone(settings, "starting another"):
        open_house(settings, following=False).close()


def check_address(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotDo(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}): "
                "set LANTOA_BIND to another address and port.",
                Exit.NOT_SET_UP,
            ) from None


def run(settings: Settings, console: Console) -> None:
    """Serves until stopped. The workers read the settings from the environment."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["LANTOA_HOME"] = str(settings.home)
    console.note(f"Lan Tỏa is served at {settings.public_url} (stop with Ctrl-C).")
    Granian(
        "interfaces.cli.serving:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        # Whoever has not sent all of a request by then was told nothing, and sends it again.
        workers_kill_timeout=8,
    ).serve()
