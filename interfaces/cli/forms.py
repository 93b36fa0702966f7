"""Exports of connected forms (KoboToolbox, ODK Central), as large as they come."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from application.actors import OPERATOR
from application.surveys import connecting, payloads
from domain.surveys import NoSuchConnection
from interfaces.cli.console import Console
from interfaces.cli.place import FILE, as_json, in_the_house
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.house import House

MOST_ROWS: Final = 200_000


@click.command("form")
@click.argument("connection")
@click.argument("file", type=FILE)
@as_json
@in_the_house
def form(house: "House", console: Console, connection: str, file: Path) -> None:
    """Bring in FILE, a CSV export of the form connected as CONNECTION (the end of its address).

    Its rows are taken in as if they had come by the webhook: what came by it already counts once, and
    the file again changes nothing. What is wrong waits at the page of the connection to be mended.
    """
    house.projector.catch_up()
    path = console.path(file)
    if not path.is_file():
        raise CannotDo(f"There is no file {file}.")
    try:
        rows = payloads.rows_of(path.read_text(encoding="utf-8"), MOST_ROWS)
    except UnicodeDecodeError:
        raise CannotDo("The file is not UTF-8. Nothing was recorded.") from None
    try:
        with console.progress(f"Bringing in {file.name}", len(rows)) as report:
            done = asyncio.run(
                connecting.bring_in(house.ground, house.surveys, OPERATOR, connection, rows, report)
            )
    except NoSuchConnection:
        raise CannotDo(f"No form is connected as {connection}.") from None
    house.projector.catch_up()
    console.answer(
        done,
        f"{done.recorded} recorded, {done.known} known before, {done.waiting} wait to be mended "
        "or decided on, "
        f"{done.unnamed} without an instance.",
    )
