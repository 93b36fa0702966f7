"""Looking after the ledger: its state, its check, its copies, and what is derived from it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from infrastructure import access_log, closed_months
from infrastructure.closed_months import Otherwise
from infrastructure.database import Database
from infrastructure.ledger import backup as copies
from infrastructure.ledger.check import check as read_all
from infrastructure.read_models.catalogue import MODELS, UnknownModel
from interfaces.cli.console import Advance, Console
from interfaces.cli.place import FILE, Place, alone, as_json, in_the_house
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from interfaces.house import House


@click.group()
def ledger() -> None:
    """Look into the ledger itself."""


@ledger.command()
@as_json
@in_the_house
def check(house: "House", console: Console) -> None:
    """Read every fact and say what is wrong with any of them.

    Positions without gaps, known names and versions, readable bytes, stamps that never
    decrease, tags as they follow from each fact; and the log of who read whose data, of which
    each entry carries the hash of the one before; and the figures of closed months, which are those
    that the ledger bears the SHA-256 of. Ends with 6 where something is wrong. A closed month that
    today's version of the program would count otherwise is named, too: it stays as it was closed.
    """
    with console.progress("Reading the ledger", house.ledger.head()) as advance:
        findings = read_all(house.database, steps(advance))
    entries, problems = access_log.check(house.database)
    for problem in [*problems, *closed_months.check(house.database)]:
        findings.add(None, problem)
    with console.progress("Comparing closed months", 100) as advance:
        otherwise = house.closed_months.counted_otherwise(percent(advance))
    console.answer(
        {"facts": findings.facts, "problems": findings.problems, "counted_otherwise": otherwise},
        "\n".join(
            [
                *(f"{p.position or 'ledger'}: {p.what}" for p in findings.problems),
                *(_otherwise(house, one) for one in otherwise),
                (
                    f"{findings.facts} facts, {entries} reads of personal data: "
                    f"{len(findings.problems)} problems."
                ),
            ]
        ),
    )
    if not findings.sound:
        raise click.exceptions.Exit(Exit.FOUND)


def _otherwise(house: "House", one: Otherwise) -> str:
    unit = house.units.find(one.unit)
    return (
        f"{one.month} of {unit.name if unit else one.unit}, closed at {one.closing}: today's version counts "
        f"{one.units} of its units otherwise. The closed figures stay."
    )


@click.command()
@as_json
@in_the_house
def status(house: "House", console: Console) -> None:
    """Say how everything stands: settings, ledger, figures.

    Ends with 6 where a fact could not be taken in (it is parked, and stops nobody).
    """
    if not house.projector.status().counting_anew:  # which takes its time, and is shown instead
        house.projector.catch_up()
    state, head = house.projector.status(), house.ledger.head()
    console.answer(
        {
            "settings": house.settings.shown(),
            "origin": house.founded.origin,
            "simulated": house.simulated,
            "head": head,
            "projector": state,
        },
        "\n".join(
            [
                *(f"{name:<22} {value}" for name, value in house.settings.shown().items()),
                f"{'ledger':<22} {head} facts{', simulated' * house.simulated}",
                *([f"{'figures':<22} {_counting(state.counted_anew)}"] if state.counting_anew else []),
                *(f"{m.name:<22} version {m.version}, {head - m.position} behind" for m in state.models),
                *(f"{'parked':<22} {p.position} in {p.model}: {p.error}" for p in state.parked),
            ]
        ),
    )
    if state.parked:
        raise click.exceptions.Exit(Exit.FOUND)


def _counting(share: float | None) -> str:
    done = "" if share is None else f", {share:.0%} done"
    return f"are counted anew under other boundaries{done}; until then they stand still"


@click.command()
@click.argument("model", required=False)
@as_json
@in_the_house
def rebuild(house: "House", console: Console, model: str | None) -> None:
    """Derive figures anew from the ledger.

    One read model, or all of them if none is named. The new copy is built beside the one in
    use, and takes its place when it is complete.
    """
    try:
        with console.progress(f"Rebuilding {model or 'all'}", 100) as advance:
            house.projector.rebuild(model, percent(advance))
    except UnknownModel:
        known = ", ".join(one.name for one in MODELS)
        raise CannotDo(f"There is no read model {model!r}; there are: {known}.") from None
    position = house.projector.position()
    console.answer({"model": model, "position": position}, f"Rebuilt up to fact {position}.")


@click.command()
@click.argument("file", type=FILE)
@as_json
@in_the_house
def backup(house: "House", console: Console, file: Path) -> None:
    """Write a copy of everything to FILE, while it is in use.

    Ledger, vault and accounts, that is. The keys are not in it: `lantoa keys backup` keeps them,
    and they belong elsewhere.
    """
    target = console.path(file)
    with console.progress("Copying", 100) as advance:
        copies.backup(house.database, target, percent(advance))
    console.answer(
        {"file": str(target), "bytes": target.stat().st_size, "position": house.ledger.head()},
        f"Copied to {target}. The keys are not in it: lantoa keys backup keeps them, elsewhere.",
    )


@click.command()
@click.argument("file", type=FILE)
@as_json
@click.pass_obj
def restore(place: Place, file: Path) -> None:
    """Fill an empty home from a copy, and check it.

    The copy is one that `lantoa backup` wrote; nothing is ever overwritten. Put the keys
    that belong to it in place before starting the server: lantoa keys restore. It is said where
    closed months will be counted anew, because the copy is older than the keeping of their figures.
    """
    console, settings = place.console, place.settings
    if settings.database_url is None and not (settings.home / "ledger.db").exists():
        copies.refuse_unsound(console.path(file))  # so that nothing is made for a copy that is none
    with alone(settings, "restoring"):
        database = Database.open(settings.database_url, settings.home)
    try:
        with console.progress("Restoring and checking", 100) as advance:
            findings = copies.restore(database, console.path(file), percent(advance))
        counted_anew = closed_months.not_kept(database) if findings.sound else []
    finally:
        database.close()
    said = [f"{findings.facts} facts restored, {len(findings.problems)} problems."]
    if counted_anew:
        months = ", ".join(dict.fromkeys(one.month for one in counted_anew))
        said.append(
            f"Of closed months the copy keeps no figures ({months}): it was made by a version that did "
            "not yet. They will be counted once by this version when it is first opened, and may differ "
            "from what was reported; reports that were sent stay as they were sent. Where the home itself "
            "is still there, open it by this version and copy it then: its months are kept as they stand."
        )
    console.answer(
        {"facts": findings.facts, "problems": findings.problems, "closings_counted_anew": counted_anew},
        "\n".join(said),
    )
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
