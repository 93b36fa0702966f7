"""Boards and campaigns: what is compared, and on which days."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import click

from application import campaigns as holding
from application.actors import OPERATOR
from application.forms.campaigns import CampaignForm, CampaignWithdrawnForm
from application.ids import new_id
from infrastructure.read_models import campaigns as known
from infrastructure.read_models.standings import Metric, Of
from interfaces.cli.console import Console, table
from interfaces.cli.place import DAY, as_json, in_the_house, unit_named

if TYPE_CHECKING:
    from interfaces.house import House


@click.command()
@click.argument("unit")
@click.option("--of", type=click.Choice([one.value for one in Of]), default=Of.AMBASSADORS.value)
@click.option("--metric", type=click.Choice([one.value for one in Metric]), default=Metric.PEOPLE.value)
@click.option("--period", default="all", show_default=True, help="all, 2026, 2026-Q4 or 2026-10.")
@click.option("--campaign", default="", help="The id of a campaign, in place of a period.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@as_json
@in_the_house
def board(
    house: "House", console: Console, unit: str, of: str, metric: str, period: str, campaign: str, limit: int
) -> None:
    """Print who or what is ranked in UNIT, best first. People are named by their ids alone."""
    from interfaces.web import board_words
    from interfaces.web import boards as choice

    house.projector.catch_up()
    asked = choice.Ask(
        unit=unit_named(house, unit).id, of=of, metric=metric, period=period, campaign=campaign
    )
    chosen = choice.choose(house, asked, None)
    with house.asking() as db:
        found = choice.page(chosen.compared(db), limit=limit, after=None)
    names = {} if chosen.of is Of.AMBASSADORS else board_words.names(house, None, chosen.of, found.rows)
    rows = [
        {
            "rank": one.rank,
            "row": one.row,
            "name": names.get(one.row),
            "score": one.score,
            "confirmed_share": one.confirmed_share,
        }
        for one in found.rows
    ]
    said = {"unit": chosen.unit.id, "rows": rows, "total": found.total, "position": found.age.position}
    lines = [(str(row["rank"]), str(row["name"] or row["row"]), str(row["score"])) for row in rows]
    console.answer(said, table(("rank", of, metric), lines))


@click.group()
def campaigns() -> None:
    """Days of which a unit's work is compared apart."""


@campaigns.command()
@click.argument("unit")
@click.argument("name")
@click.argument("begins", type=DAY)
@click.argument("ends", type=DAY)
@as_json
@in_the_house
def announce(
    house: "House", console: Console, unit: str, name: str, begins: datetime, ends: datetime
) -> None:
    """Announce the campaign NAME of UNIT from the day BEGINS to the day ENDS (YYYY-MM-DD)."""
    house.projector.catch_up()
    form = CampaignForm(
        submission=new_id(),
        unit=unit_named(house, unit).id,
        name=name,
        begins=begins.date(),
        ends=ends.date(),
    )
    done = asyncio.run(holding.announce(house.ground, OPERATOR, form))
    house.projector.catch_up()
    console.answer(done, f"Announced as {done.campaign}.")


@campaigns.command()
@click.argument("campaign")
@as_json
@in_the_house
def withdraw(house: "House", console: Console, campaign: str) -> None:
    """Withdraw CAMPAIGN: it is compared no more, what was taught stands."""
    house.projector.catch_up()
    form = CampaignWithdrawnForm(submission=new_id())
    done = asyncio.run(holding.withdraw(house.ground, OPERATOR, campaign, form))
    house.projector.catch_up()
    console.answer(done, f"Withdrawn at {done.position}.")


@campaigns.command()
@click.argument("unit")
@as_json
@in_the_house
def show(house: "House", console: Console, unit: str) -> None:
    """Print the campaigns of UNIT and of the units below it."""
    house.projector.catch_up()
    with house.asking() as db:
        found = known.under(db, unit_named(house, unit).id)
    rows = [(one.campaign, one.name, str(one.begins), str(one.ends)) for one in found]
    console.answer({"rows": found}, table(("campaign", "name", "begins", "ends"), rows))
