"""What the movement counts by: its territory and its criteria."""

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from application import criteria as thresholds
from application import territory as units
from application.actors import OPERATOR
from domain.calendar import day_of
from domain.criteria import DEFAULT, Criteria, content_hash
from infrastructure import official_units
from interfaces.cli.console import Console
from interfaces.cli.place import as_json, in_the_house
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.house import House

FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
COUNTRY = "VN"


@click.group()
def territory() -> None:
    """The country's units: provinces, communes and what lies under them."""


@territory.command()
@click.argument("file", type=FILE, required=False)
@as_json
@in_the_house
def load(house: "House", console: Console, file: Path | None) -> None:
    """Establish the official units (34 provinces, 3,321 communes); again does nothing.

    From FILE (CSV: code,name,kind,parent,lat,lon), or the list of 1/7/2025 that comes with
    Lan Tỏa. Where no criteria stand yet, the default ones are adopted for the country.
    """
    rows = official_units.read(console.path(file) if file else official_units.UNITS)
    with console.progress("Establishing units", len(rows)) as advance:
        loaded = asyncio.run(establish(house, rows))
        advance(len(rows))
    console.answer(loaded, f"{loaded.established} units established, {len(rows)} in the list.")


async def establish(house: "House", rows: list[official_units.OfficialUnit]) -> units.Loaded:
    loaded = await units.load_units(house.ground, rows)
    house.projector.wait_for(loaded.position)
    await adopt_default(house)
    return loaded
