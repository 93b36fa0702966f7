"""Closing a month, opening it again, and its report."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from application import closing
from application.actors import OPERATOR
from application.forms.closing import CloseForm, ReopenForm, SendForm
from application.ids import new_id
from domain.closing import ReopenReason, first_day
from infrastructure.exports.report_template import BadDocument
from infrastructure.reports import content_hash
from interfaces import reads
from interfaces.cli.console import Console
from interfaces.cli.people import close_account
from interfaces.cli.place import FILE, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.house import House


@click.command()
@click.argument("what", metavar="UNIT|PERSON")
@click.argument("month", required=False)
@as_json
@in_the_house
def close(house: "House", console: Console, what: str, month: str | None) -> None:
    """Close MONTH (YYYY-MM) of the province UNIT; without a month, close the account of PERSON.

    A closed month's figures stay as they are: what is recorded later about it stands in the next
    report, as a supplement. `lantoa reopen` opens the latest of them again.

    Of an account, roles, sessions, links and tokens end together. What the person logged stays, and
    so do their names; `lantoa people erase` removes those.
    """
    if month is None:
        close_account(house, console, what)
        return
    _close_month(house, console, what, month)


def _close_month(house: "House", console: Console, unit: str, month: str) -> None:
    form = CloseForm(submission=new_id(), month=month[:10])
    done = asyncio.run(closing.close(house.ground, OPERATOR, unit_named(house, unit).id, form))
    house.projector.catch_up()
    house.closed_months.keep()
    with house.asking() as db:
        found = house.closed_months.frozen(db, done.position, [done.unit])[done.unit].people
    console.answer(
        {
            "unit": done.unit,
            "month": done.month,
            "position": done.position,
            "confirmed": found.month.confirmed,
            "confirmed_total": found.total.confirmed,
        },
        f"{month} is closed at position {done.position}: {found.month.confirmed} people confirmed in the "
        f"month, {found.total.confirmed} up to its end.",
    )


@click.command()
@click.argument("unit")
@click.argument("month")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([one.value for one in ReopenReason]),
    help="Why; it stands with the closing for ever.",
)
@click.option("--note", help="More about it, in words; it is kept sealed, for who organizes the province.")
@as_json
@in_the_house
def reopen(house: "House", console: Console, unit: str, month: str, reason: str, note: str | None) -> None:
    """Open MONTH (YYYY-MM) of the province UNIT again, the latest that is closed.

    What was frozen is kept beside what is closed next. Reports that were sent stay as they were sent.
    """
    form = ReopenForm(submission=new_id(), month=month[:10], reason=ReopenReason(reason), note=note)
    done = asyncio.run(closing.reopen(house.ground, OPERATOR, unit_named(house, unit).id, form))
    house.projector.catch_up()
    console.answer(
        {"unit": done.unit, "month": done.month, "position": done.position, "reason": reason},
        f"{month} is open again since position {done.position}. What was closed before is kept.",
    )


@click.command()
@click.argument("unit")
@click.argument("month")
@click.option("--format", "kind", type=click.Choice(["docx", "xlsx"]), default="docx", show_default=True)
@click.option("--template", type=FILE, help="Write by this template (.docx), once, without keeping it.")
@click.option("--out", type=FILE, help="Where to write it; beside you if not said.")
@click.option("--send", is_flag=True, help="Send it, too: both files are kept as they are sent.")
@as_json
@in_the_house
def report(
    house: "House",
    console: Console,
    unit: str,
    month: str,
    kind: Literal["docx", "xlsx"],
    template: Path | None,
    out: Path | None,
    send: bool,
) -> None:
    """Write the report of MONTH (YYYY-MM) of UNIT, a province or commune, as a file.

    Names of exemplary cases stand in it where the people agreed; so the file is noted in the access log.
    """
    from interfaces.web import month_reports, report_files
    from interfaces.web.figures import today
    from interfaces.web.report_templates import sample

    if send and template is not None:
        raise CannotDo("A template for once is not sent by: bring it at /bao-cao/mau first.")
    house.projector.catch_up()
    first_day(month)
    of = unit_named(house, unit)
    with reads.by_command(house, "report"):
        made = month_reports.written(house, of, month)
        if template is not None:
            own = console.path(template).read_bytes()
            try:
                report_files.try_out(own, sample(house, of), today(house))
                made = month_reports.Written(
                    made.content, report_files.files(house, made.content, own), content_hash(own)
                )
            except BadDocument as bad:
                raise closing.BadTemplate(why=bad.why, name=bad.name) from None
        content = made.files.docx if kind == "docx" else made.files.xlsx
        path = console.path(out or Path(month_reports.file_name(of, month, kind, None)))
        path.write_bytes(content)
        version = None
        if send:
            form = SendForm(submission=new_id(), month=month)
            version = asyncio.run(month_reports.send(house, OPERATOR, of.id, form)).version
    closed_at = made.content.closing.position if made.content.closing else None
    console.answer(
        {"file": str(path), "sha256": content_hash(content), "closed": closed_at, "version": version},
        f"{path} is written, {'of closed figures' if closed_at else 'of figures that are not closed yet'}"
        + (f", and sent as version {version}." if version else "."),
    )
