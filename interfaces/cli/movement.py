"""Letting people in, and naming those to be honoured."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.ids import new_id
from domain.model import Group, Model, Role
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import BadCutoff, NoCriteria
from interfaces.cli.console import Console, table
from interfaces.cli.place import DAY, FILE, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.api.nominees import NomineesOut, NomineesQuery
    from interfaces.house import House

MOST: Final = 200  # rows a page, as the API bounds it


@click.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", required=True, help="Official code or id; VN is the country.")
@click.option("--model", type=click.Choice([model.value for model in Model]), help="Narrows the role to one.")
@click.option("--name", required=True, help="Full name, as it is to stand on lists.")
@click.option("--phone", help="Mobile number; with the name it finds a person known already.")
@click.option("--birth-year", type=click.IntRange(1900, 2100), help="Finds people who have no phone.")
@click.option("--group", type=click.Choice([group.value for group in Group]), help="Whom they count among.")
@click.option("--position", help="For award lists, with the person's consent.")
@click.option("--workplace", help="For award lists, with the person's consent.")
@click.option("--sex", help="For award lists, with the person's consent.")
@click.option("--award-lists", is_flag=True, help="The person consents to being on award lists.")
@click.option("--api", is_flag=True, help="Also print a bearer token for a program.")
@as_json
@in_the_house
def invite(
    house: "House",
    console: Console,
    *,
    role: str,
    unit: str,
    model: str | None,
    name: str,
    phone: str | None,
    birth_year: int | None,
    group: str | None,
    position: str | None,
    workplace: str | None,
    sex: str | None,
    award_lists: bool,
    api: bool,
) -> None:
    """Give somebody a role, and print their sign-in link.

    The role is held over a unit and all below it. The link works once, within 72 hours, by a
    tap on its page (a preview does not use it up). Inviting the same person again makes another
    link for the same account.
    """
    form = InviteForm(
        submission=new_id(),
        role=Role(role),
        unit=unit,
        model=Model(model) if model else None,
        name=name,
        phone=phone,
        birth_year=birth_year,
        group=Group(group) if group else None,
        position=position,
        workplace=workplace,
        sex=sex,
        award_lists=award_lists,
    )
    link, token = asyncio.run(_invited(house, form, api=api))
    answer = {"link": link} | ({"token": token} if token else {})
    console.answer(answer, "\n".join(answer.values()))


async def _invited(house: "House", form: InviteForm, *, api: bool) -> tuple[str, str | None]:
    invited = await access.invite(house.ground, house.accounts, OPERATOR, form)
    token = await house.accounts.issue_bearer(invited.person) if api else None
    if invited.token is None:
        raise AssertionError("whoever has the console may give every role")
    return house.invitation_url(invited.token), token


@click.command()
@click.option("--unit", required=True, help="Official code or id; VN is the country.")
@click.option("--done-by", required=True, type=DAY, help="Last day on which something counts.")
@click.option("--received-by", type=DAY, help="Last day of answers; as the criteria say if not said.")
@click.option("--status", type=click.Choice([one.value for one in Status]), default=Status.AMBASSADOR.value)
@click.option("--boundaries", type=DAY, help="A day: the units that stood then, by their codes of then.")
@click.option("--output", type=FILE, help="A file to write, .csv or .xlsx.")
@as_json
@in_the_house
def nominees(
    house: "House",
    console: Console,
    *,
    unit: str,
    done_by: datetime,
    received_by: datetime | None,
    status: str,
    boundaries: datetime | None,
    output: Path | None,
) -> None:
    """List who meets the criteria at a cut-off.

    The same cut-off gives the same rows and figures for ever; until its second day is over the
    list is provisional, and says so.
    """
    from interfaces import reads
    from interfaces.api.nominees import NomineesQuery

    query = NomineesQuery(
        unit=unit,
        done_by=done_by.date(),
        received_by=received_by.date() if received_by else None,
        status=Status(status),
        boundaries=boundaries.date() if boundaries else None,
        limit=MOST,
    )
    house.projector.catch_up()
    try:
        if output is not None:
            _write(house, console, query, console.path(output))
        else:
            with reads.by_command(house, "nominees"):
                whole = _whole(house, console, query)
            console.answer(whole, _shown(whole))
    except NoCriteria:
        raise CannotDo(f"No criteria had been adopted for {unit} by {query.done_by}.") from None
    except BadCutoff:
        raise CannotDo("--received-by lies before --done-by.") from None


def _write(house: "House", console: Console, query: "NomineesQuery", file: Path) -> None:
    from interfaces import reads
    from interfaces.api.nominees import asked
    from interfaces.web.nominating import Format, written

    if file.suffix not in (".csv", ".xlsx"):
        raise CannotDo(f"{file} is neither .csv nor .xlsx.")
    ask = asked(house, unit_named(house, query.unit, query.boundaries), query)
    with (
        reads.by_command(house, "nominees --output"),
        console.share(f"Writing {file.name}") as report,
    ):
        content = written(house, ask, Format(file.suffix.removeprefix(".")), report)
    file.write_bytes(content)
    console.answer({"file": str(file), "bytes": len(content)}, f"Written to {file}.")


def _whole(house: "House", console: Console, query: "NomineesQuery") -> "NomineesOut":
    """All pages as one."""
    from interfaces.api.nominees import listed

    unit = unit_named(house, query.unit, query.boundaries)
    with console.share("Listing the nominees") as report:
        page = listed(house, unit, query, report)
    rows = list(page.rows)
    while page.after is not None:
        page = listed(house, unit, msgspec.structs.replace(query, after=page.after))
        rows += page.rows
    return msgspec.structs.replace(page, rows=rows, after=None)


def _shown(whole: "NomineesOut") -> str:
    rows = [
        (str(row.province_rank), row.name or "", row.unit_name, str(row.people), str(row.able))
        for row in whole.rows
    ]
    cut = whole.cutoff
    provisional = ", provisional" if cut.provisional else ""
    return "\n".join(
        (
            table(("rank", "name", "unit", "people", "able"), rows),
            f"{whole.row_count} rows; done by {cut.done_by}, received by {cut.received_by}{provisional}",
            f"ledger up to {cut.position}; criteria {whole.criteria.document} "
            + whole.criteria.content_hash[:12],
        )
    )
