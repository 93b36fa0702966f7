"""`lantoa teams` and `lantoa visits`: the teams of a unit, and how far they came from door to door."""

from typing import TYPE_CHECKING, Final

import click

from interfaces.cli.console import Console, table
from interfaces.cli.place import as_json, in_the_house, unit_named

if TYPE_CHECKING:
    from interfaces.api.visits import CoverageOut
    from interfaces.house import House

MOST: Final = 200_000
"""More teams than the country has (93,524 in 9/2024)."""


@click.command()
@click.argument("unit")
@click.option("--name", default="", help="Only those with this in their name, accents and case aside.")
@click.option("--disbanded", is_flag=True, help="Those that are no more, too.")
@as_json
@in_the_house
def teams(house: "House", console: Console, unit: str, name: str, disbanded: bool) -> None:
    """Print the teams of UNIT and below it, with how many members each has."""
    from infrastructure.read_models import teams as known
    from infrastructure.read_models.columns import age
    from interfaces.api.teams import TeamsOut, team_out

    house.projector.catch_up()
    over = unit_named(house, unit)
    with house.asking() as db:
        found = known.in_unit(db, over.id, search=name, standing=not disbanded, limit=MOST)
        now = age(db)
    out = TeamsOut(
        rows=[team_out(one) for one in found.teams],
        total=found.total,
        after=found.after,
        position=now.position,
        at=now.at,
    )
    rows = [
        (
            one.team,
            one.name,
            _name(house, one.unit),
            str(one.on),
            str(one.members),
            "yes" if one.leader else "",
        )
        for one in found.teams
    ]
    heads = ("team", "name", "unit", "formed", "members", "led")
    console.answer(out, f"{found.total} teams in {over.name}\n{table(heads, rows)}")


@click.command()
@click.argument("unit")
@as_json
@in_the_house
def visits(house: "House", console: Console, unit: str) -> None:
    """Print how many households of UNIT, and of each unit below it, were visited.

    The share is of the places of which a number of households is declared.
    """
    from interfaces.api.visits import unit_visits

    house.projector.catch_up()
    over = unit_named(house, unit)
    found = unit_visits(house, over)
    rows = [_row(house, one) for one in (found.unit, *found.children)]
    heads = ("unit", "visited", "declared", "covered", "last visit")
    needs = ", ".join(f"{one.skill} ({one.households})" for one in found.needs)
    console.answer(found, f"{table(heads, rows)}\nWanted to be taught: {needs or 'nothing yet'}")


def _row(house: "House", one: "CoverageOut") -> tuple[str, ...]:
    return (
        _name(house, one.unit),
        str(one.visited),
        str(one.declared or ""),
        "" if one.covered is None else f"{one.covered:.0%}",
        str(one.last or ""),
    )


def _name(house: "House", ref: str) -> str:
    found = house.units.find(ref)
    return found.name if found else ref
