"""Looking after the ledger: its state, its check, its copies, and what is derived from it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from infrastructure.database import Database
from infrastructure.ledger import backup as copies
from infrastructure.ledger.check import check as read_all
from interfaces.cli.console import Advance, Console
from interfaces.cli.place import Place, as_json, in_the_house
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from interfaces.house import House

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def ledger() -> None:
    """Look into the ledger itself."""


@ledger.command()
@as_json
@in_the_house
def check(house: "House", console: Console) -> None:
    """Read every fact and say what is wrong with any of them.

    Positions without gaps, known names and versions, readable bytes, stamps that never
    decrease, tags as they follow from each fact. Ends with 6 where something is wrong.
    """
    with console.progress("Reading the ledger", house.ledger.head()) as advance:
        findings = read_all(house.database, steps(advance))
    console.answer(
        findings,
        "\n".join(
            [
                *(f"{p.position or 'ledger'}: {p.what}" for p in findings.problems),
                f"{findings.facts} facts read, {len(findings.problems)} problems.",
            ]
        ),
    )
    if not findings.sound:
        raise click.exceptions.Exit(Exit.FOUND)


@click.command()
@click.argument("file", type=FILE)
@as_json
@in_the_house
def backup(house: "House", console: Console, file: Path) -> None:
    """Write a copy of the ledger, vault and accounts to FILE, while they are in use.

    The key file (keys/ in the home) is not in it: keep a copy of that elsewhere.
    """
    target = console.path(file)
    with console.progress("Copying", 100) as advance:
        copies.backup(house.database, target, percent(advance))
    console.answer(
        {"file": str(target), "bytes": target.stat().st_size, "position": house.ledger.head()},
        f"Copied to {target}. The key file is not in it: keep {house.settings.home / 'keys'} elsewhere.",
    )


@click.command()
@click.argument("file", type=FILE)
@as_json
@click.pass_obj
def restore(place: Place, file: Path) -> None:
    """Fill an empty ledger from a copy that `lantoa backup` wrote, and check it.

    Into a home without facts only: nothing is ever overwritten. Put the copy's key file into
    keys/ first, then start the server.
    """
    if place.house is not None:
        raise CannotDo("A server is running on this ledger: stop it before restoring.", Exit.NOT_NOW)
    console, settings = place.console, place.settings
    database = Database.open(settings.database_url, settings.home)
    try:
        with console.progress("Restoring and checking", 100) as advance:
            findings = copies.restore(database, console.path(file), percent(advance))
    finally:
        database.close()
    console.answer(findings, f"{findings.facts} facts restored, {len(findings.problems)} problems.")
    if not findings.sound:
        raise click.exceptions.Exit(Exit.FOUND)


def steps(advance: Advance) -> "Callable[[int, int], None]":
    """Progress as (done, of how many), for a bar that is told how many more."""
    before = 0

    def told(done: int, _total: int) -> None:
        nonlocal before
        advance(done - before)
        before = done

    return told


def percent(advance: Advance) -> "Callable[[int, int], None]":
    """The same for a bar of 100, where the number of steps is not known beforehand."""
    tell = steps(advance)
    return lambda done, total: tell(round(100 * done / max(total, 1)), 100)
