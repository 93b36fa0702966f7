"""The `lantoa` command: its commands by name, and how each line of it is run."""

import logging
import os
import sys
from typing import Final

import click

from infrastructure import logs
from interfaces.cli import console, vietnamese
from interfaces.cli.at_first_use import AtFirstUse
from interfaces.cli.console import Console
from interfaces.cli.place import Place
from interfaces.cli.problems import Exit

HELP = """Lan Tỏa: the ledger of the movement "Bình dân học vụ số" (digital literacy for all).

\b
To look at it:          lantoa demo
To begin for real:      lantoa init
                        lantoa territory load
                        lantoa invite --role organizer --unit 52 --name "..."
                        lantoa serve

It reads LANTOA_HOME (./var), LANTOA_DATABASE_URL (SQLite in the home), LANTOA_BIND
(127.0.0.1:8000), LANTOA_PUBLIC_URL (for links), LANTOA_WORKERS, LANTOA_BEHIND_PROXY and
LANTOA_TLS_CERT with LANTOA_TLS_KEY (for HTTPS) from the environment.
Commands work beside a running server.

\b
Exit codes: 0 done, 1 a fault of ours, 2 command line not understood, 3 refused by a rule,
4 not set up, 5 not just now (try again), 6 a check found something, 130 interrupted.
"""

COMMANDS: Final = {
    "init": (
        "start:init",
        "Make the home: database, key file, first fact; and let the first administrator in.",
    ),
    "serve": ("serve:serve", "Serve pages and API until stopped with Ctrl-C."),
    "demo": ("start:demo", "Serve a simulated movement to look at."),
    "invite": ("movement:invite", "Give somebody a role, and print their sign-in link."),
    "nominees": ("movement:nominees", "List who meets the criteria at a cut-off."),
    "people": ("people:people", "Find, merge, correct and erase people's entries."),
    "revoke": (
        "people:revoke",
        "Take a role over a unit back from PERSON; their account and what they logged stay.",
    ),
    "territory": ("rules:territory", "The country's units: provinces and communes."),
    "criteria": ("rules:criteria", "The thresholds that the movement counts by."),
    "targets": ("targets:targets", "Targets of plans, beside the actual figures."),
    "teams": ("teams:teams", "Print the teams of UNIT and below it, with how many members each has."),
    "visits": ("teams:visits", "Print how many households of UNIT, and of each unit below it, were visited."),
    "weeks": ("weeks:weeks", "Print UNIT week by week, and the units below it, who is behind first."),
    "board": ("boards:board", "Print who or what is ranked in UNIT, best first."),
    "campaigns": ("boards:campaigns", "Days of which a unit's work is compared apart."),
    "close": (
        "months:close",
        "Close MONTH (YYYY-MM) of the province UNIT; without a month, close the account of PERSON.",
    ),
    "reopen": (
        "months:reopen",
        "Open MONTH (YYYY-MM) of the province UNIT again, the latest that is closed.",
    ),
    "report": (
        "months:report",
        "Write the report of MONTH (YYYY-MM) of UNIT, a province or commune, as a file.",
    ),
    "import": (
        "lists:import_",
        "Bring in a list of KIND from FILE (XLSX or CSV); the same rows again change nothing.",
    ),
    "form": (
        "forms:form",
        "Bring in FILE, a CSV export of the form connected as CONNECTION (the end of its address).",
    ),
    "simulate": ("simulate:simulate", "Let an invented movement happen, up to today."),
    "retain": ("retain:retain", "Erase personal data whose term is over; every count stays."),
    "outbox": ("outbox:outbox", "Reminders to units that owe a report or are silent."),
    "rebuild": ("ledger:rebuild", "Derive figures anew from the ledger."),
    "backup": ("ledger:backup", "Write a copy of everything to FILE, while it is in use."),
    "restore": ("ledger:restore", "Fill an empty home from a copy, and check it."),
    "keys": ("keys:keys", "Renew, back up and put back the keys by which names and phones are sealed."),
    "status": ("ledger:status", "Say how everything stands: settings, ledger, figures."),
    "ledger": ("ledger:ledger", "Look into the ledger itself."),
}
"""By name: where the command is, and the first sentence of its help."""


@click.group(
    cls=AtFirstUse,
    help=HELP,
    places={name: place for name, (place, _about) in COMMANDS.items()},
    about={name: about for name, (_place, about) in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="lantoa", prog_name="lantoa")
def lantoa() -> None:
    pass


def main() -> None:
    logs.configure(logging.WARNING)
    if vietnamese.wanted(os.environ):
        vietnamese.speak(lantoa)
    try:
        code = run(Place(argv=sys.argv[1:], console=console.here()))
        sys.stdout.flush()
    except BrokenPipeError:  # `lantoa ... | head` ends quietly, as other commands do
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    sys.exit(code)


def run(place: Place) -> int:
    """Runs one command line and gives its exit code; what went wrong is said on the console."""
    try:
        code = lantoa.main(list(place.argv), prog_name="lantoa", standalone_mode=False, obj=place)
    except click.ClickException as error:
        place.console.note(f"{error.format_message()}\nTry: lantoa --help")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        place.console.note("Interrupted.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise  # nobody listens any more
    except Exception as error:
        return _report(error, place.console)
    return code if isinstance(code, int) else Exit.DONE


def _report(error: Exception, on: Console) -> int:
    from interfaces.cli.explaining import explain  # it knows every error, of the database and of others

    explained = explain(error)
    if explained is None:
        # Where it happened, without the words of the exception: they may hold a name, and what is
        # shown here ends up in reports of faults.
        on.note("\n".join(logs.fault(error)))
        on.note("This is a fault of Lan Tỏa's own; please report the lines above.")
        return Exit.FAULT
    sentence, code = explained
    on.note(sentence)
    return code
