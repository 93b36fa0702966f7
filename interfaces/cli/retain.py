"""`lantoa retain`: erases the personal data whose term is over, and says what it did."""

from typing import TYPE_CHECKING, Final

import click

from application.retention import Because
from interfaces.cli.console import Console
from interfaces.cli.place import as_json, in_the_house
from interfaces.cli.problems import Exit

if TYPE_CHECKING:
    from interfaces.house import House

_SAID: Final = {
    Because.UNANSWERED: "never answered",
    Because.DENIED: "said it was not true, and agreed to nothing",
    Because.SILENT: "was never asked, and agreed to nothing",
    Because.WITHDRAWN: "no longer agrees",
    Because.ASKED: "asked for it",
    Because.CLOSED: "has a closed account",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what is due.")
@as_json
@in_the_house
def retain(house: "House", console: Console, *, dry_run: bool) -> None:
    """Erase personal data whose term is over; every count stays.

    The terms are settings: LANTOA_KEEP_UNANSWERED_DAYS (90), LANTOA_KEEP_WITHDRAWN_DAYS (14),
    LANTOA_KEEP_CLOSED_DAYS (1825), LANTOA_KEEP_READS_DAYS (730, of the log of who read whose
    data). The server does the same once a day. Ends with 5 where somebody could not be erased
    just now.
    """
    from interfaces.retaining import retain as erase

    done = erase(house, dry_run=dry_run)
    verb = "would be erased" if dry_run else "erased"
    lines = [f"{many} {verb}: {_SAID[because]}" for because, many in sorted(done.erased.items())]
    lines += [f"{done.failed} could not be erased: run it again"] * bool(done.failed)
    lines.append(
        f"{sum(done.erased.values())} of {done.looked_at} people, "
        f"{done.reads} entries of the access log {verb}."
    )
    console.answer(done, "\n".join(lines))
    if done.failed:
        raise click.exceptions.Exit(Exit.NOT_NOW)
