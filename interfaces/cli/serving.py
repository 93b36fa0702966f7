"""What a serving process runs: pages and API, and the commands that are given beside it."""

import ctypes
import logging
import os
import signal
import sys
from typing import Final

from litestar.types import ASGIApp, Receive, Scope, Send

from infrastructure import logs
from infrastructure.settings import from_environment
from interfaces import importing
from interfaces.cli import main
from interfaces.cli.beside import Listener
from interfaces.cli.console import Console
from interfaces.cli.place import Place
from interfaces.daily import Daily
from interfaces.house import House
from interfaces.lookout import Lookout
from interfaces.main import create_app, open_house
from interfaces.reminding import delivery
from interfaces.web.request_lines import lines_for

_PR_SET_PDEATHSIG: Final = 1


def application() -> ASGIApp:
    """The pages and the API of a house that it opens, and closes when the server stops."""
    _end_with_the_server()
    logs.configure()
    main.lantoa.import_all()  # all of the program as it is now, also where another version is installed later
    house = open_house(from_environment(os.environ))
    quiet = is_looked_at(simulated=house.simulated, terminal=sys.stderr.isatty())
    if quiet:
        logs.configure(logging.WARNING)
    listener = _listening(house) if house.settings.keeps_sqlite else None
    daily = Daily(house)
    daily.start()
    reminders = delivery(house)
    reminders.start()
    importing.go_on_all(house)
    lists = Lookout(house)
    lists.start()
    app = create_app(house) if quiet else lines_for(create_app(house))

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        if str(scope["type"]) == "lifespan":  # it returns when the server has stopped
            if listener is not None:
                listener.close()
            daily.close()
            reminders.close()
            lists.close()
            house.close()

    return served


def is_looked_at(*, simulated: bool, terminal: bool) -> bool:
    """Whoever looks at a demo has its links on the terminal; a line for each request would push them out of
    sight."""
    return simulated and terminal


def _end_with_the_server() -> None:
    """A worker whose `lantoa serve` was killed stops, too. Left alone it would keep its home, and no
    other server could take its place. Linux only; elsewhere nothing is asked for."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _listening(house: House) -> Listener:
    def run(argv: list[str], console: Console) -> int:
        return main.run(Place(argv, console, house))

    listener = Listener(house.settings.socket, run)
    listener.start()
    return listener
