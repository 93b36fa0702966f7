"""The `lantoa` command: its commands by name, and how each line of it is run."""

import logging
import os
import sys

import click

from infrastructure import logs
from interfaces.cli import (
    boards,
    console,
    forms,
    keys,
    ledger,
    lists,
    months,
    movement,
    outbox,
    people,
    problems,
    retain,
    rules,
    serve,
    simulate,
    start,
    targets,
    teams,
    vietnamese,
    weeks,
)
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


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lantoa", prog_name="lantoa")
def lantoa() -> None:
    pass


for command in (
    start.init,
    serve.serve,
    start.demo,
    movement.invite,
    movement.nominees,
    people.people,
    people.revoke,
    rules.territory,
    rules.criteria,
    targets.targets,
    teams.teams,
    teams.visits,
    weeks.weeks,
    boards.board,
    boards.campaigns,
    months.close,
    months.report,
    lists.import_,
    forms.form,
    simulate.simulate,
    retain.retain,
    outbox.outbox,
    ledger.rebuild,
    ledger.backup,
    ledger.restore,
    keys.keys,
    ledger.status,
    ledger.ledger,
):
    lantoa.add_command(command)


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
    explained = problems.explain(error)
    if explained is None:
        # Where it happened, without the words of the exception: they may hold a name, and what is
        # shown here ends up in reports of faults.
        on.note("\n".join(logs.fault(error)))
        on.note("This is a fault of Lan Tỏa's own; please report the lines above.")
        return Exit.FAULT
    sentence, code = explained
    on.note(sentence)
    return code
