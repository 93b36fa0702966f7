"""Units week by week: who is behind, and who wants a look."""

from typing import TYPE_CHECKING

import click

from interfaces.cli.console import Console, table
from interfaces.cli.place import as_json, in_the_house, unit_named

if TYPE_CHECKING:
    from interfaces.api.weeks import BelowOut
    from interfaces.house import House


@click.command()
@click.argument("unit")
@as_json
@in_the_house
def weeks(house: "House", console: Console, unit: str) -> None:
    """Print UNIT week by week, and the units below it, who is behind first.

    Weeks are compared, never added up: whoever was taught in two counts in both. Silences (no entry
    for LANTOA_SILENT_DAYS) and sudden drops are signs of ours, in no plan and no law.
    """
    from interfaces.api.weeks import weeks_out

    house.projector.catch_up()
    found = weeks_out(house, unit_named(house, unit))
    console.answer(
        found,
        "\n".join(
            (
                f"{found.name}; last entry {found.last_entry or 'never'}",
                table(
                    ("week from", "recorded", "confirmed", "newly able"),
                    [
                        (str(one.monday), str(one.taught), str(one.confirmed), str(one.gained))
                        for one in found.weeks
                    ],
                ),
                table(
                    ("unit", "name", str(found.by), "confirmed", "ambassadors", "last entry", "sign"),
                    [_row(one) for one in found.below],
                ),
            )
        ),
    )


def _row(one: "BelowOut") -> tuple[str, ...]:
    sign = ""
    if one.silent_days:
        sign = f"silent for {one.silent_days} days"
    elif one.drop:
        sign = f"fell by {one.drop.fell_by:.0%} in the week from {one.drop.week}"
    return (
        one.code or one.unit,
        one.name,
        "" if one.value is None else f"{one.value:.2f}".rstrip("0").rstrip("."),
        str(one.confirmed),
        str(one.ambassadors),
        str(one.last_entry or ""),
        sign,
    )
