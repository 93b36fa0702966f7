"""Where a command works: its settings, its console, and the open house it works on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

import click

from interfaces.cli.console import Console
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from application.ports import Unit
    from infrastructure.settings import Settings
    from interfaces.house import House

P = ParamSpec("P")

FILE: Final = click.Path(path_type=Path, dir_okay=False)
DAY: Final = click.DateTime(["%Y-%m-%d"])


@dataclass
class Place:
    """`house` is open already where a serving process runs the command for somebody beside it.

    What a command works with is imported when it does: help is given without it."""

    argv: list[str]
    console: Console
    house: "House | None" = None

    @cached_property
    def settings(self) -> "Settings":
        from infrastructure.settings import from_environment

        return from_environment(environ) if self.house is None else self.house.settings


@contextmanager
def alone(settings: "Settings", doing: str) -> Iterator[None]:
    """For what cannot be done beside a server: says so where one has the home."""
    from infrastructure.database import OwnedElsewhere

    try:
        yield
    except OwnedElsewhere:
        raise CannotDo(
            f"Another process, perhaps a server, has {settings.home} open: stop it before {doing}.",
            Exit.NOT_NOW,
        ) from None


def in_the_house(command: "Callable[Concatenate[House, Console, P], None]") -> Callable[P, None]:
    """Runs a command on the open house: ours, or where a serving process owns it, theirs."""

    @click.pass_obj
    @wraps(command)
    def run(place: Place, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if place.house is not None:
            return command(place.house, place.console, *args, **kwargs)
        from infrastructure.database import OwnedElsewhere
        from interfaces.cli import beside
        from interfaces.opening import open_house

        try:
            house = open_house(place.settings)
        except OwnedElsewhere:
            code = beside.ask(place.settings.socket, place.argv, place.console)
            raise click.exceptions.Exit(code) from None
        try:
            return command(house, place.console, *args, **kwargs)
        finally:
            house.close()

    return run


def _speak_json(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    place = context.find_object(Place)
    if wanted and place is not None:
        place.console.as_json = True


as_json: Final[Callable[[Any], Any]] = click.option(
    "--json", is_flag=True, expose_value=False, callback=_speak_json, help="Answer in JSON, for scripts."
)


def unit_named(house: "House", ref: str, boundaries: date | None = None) -> "Unit":
    """A unit by its official code (of today, or of a day whose boundaries are meant), its id, or VN."""
    found = house.units.find(ref) if boundaries is None else house.units.on(ref, boundaries)
    if found is None:
        then = f" on {boundaries}" if boundaries else ""
        raise CannotDo(f"There is no unit {ref}{then}.")
    if boundaries is not None and boundaries < house.units.since:
        raise CannotDo(f"The boundaries of before {house.units.since} are not known here.")
    return found
