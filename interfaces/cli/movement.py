"""Letting people in."""

import asyncio
from typing import TYPE_CHECKING

import click

from application import access
from application.actors import OPERATOR
from application.forms import InviteForm
from application.ids import new_id
from domain.model import Group, Role
from interfaces.cli.console import Console
from interfaces.cli.place import as_json, in_the_house

if TYPE_CHECKING:
    from interfaces.house import House


@click.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", required=True, help="Official code or id; VN is the country.")
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
    return house.invitation_url(invited.token), token
