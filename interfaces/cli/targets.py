"""What plans ask for, beside what there is."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from application import targets as setting
from application.actors import OPERATOR
from application.forms.targets import FollowForm, TargetForm
from application.ids import new_id
from application.targets import BadRows, Fault
from domain.targets import Comparator, Indicator, Reason, TargetGroup
from infrastructure import official_units, target_lists
from interfaces.cli.console import Console, table
from interfaces.cli.explaining import explain
from interfaces.cli.place import FILE, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from interfaces.api.targets import TargetOut
    from interfaces.house import House

MOST_NAMED = 50


@click.group()
def targets() -> None:
    """Targets of plans, beside the actual figures."""


@targets.command()
@click.argument("file", type=FILE, required=False)
@click.option("--check", is_flag=True, help="Only say what is wrong; record nothing.")
@as_json
@in_the_house
def load(house: "House", console: Console, file: Path | None, check: bool) -> None:
    """Load targets from FILE (CSV), or the list that comes with Lan Tỏa; again does nothing.

    All rows or, where one is bad, none: each bad one is named with its line. The columns are those
    of the list that comes along: source, province_then, province_now_code, year, group, indicator,
    comparator, percent, numerator, denominator, base_date, note.
    """
    house.projector.catch_up()
    rows = target_lists.read(console.path(file) if file else target_lists.TARGETS)
    try:
        if check:
            good = setting.read(house.ground, rows, official_units.parts)
            console.answer({"rows": len(good), "problems": []}, f"Nothing wrong, {len(good)} in the list.")
            return
        done = asyncio.run(setting.load(house.ground, OPERATOR, rows, official_units.parts))
    except BadRows as bad:
        said = [_sentence(one) for one in bad.faults]
        if check:
            good_ones = len(rows) - len(said)
            console.answer(
                {"rows": good_ones, "problems": said}, f"{len(said)} bad rows, {len(rows)} in the list."
            )
        more = [f"... and {len(said) - MOST_NAMED} more."] if len(said) > MOST_NAMED else []
        raise CannotDo(
            "\n".join([*said[:MOST_NAMED], *more, "Nothing was recorded."]),
            Exit.FOUND if check else Exit.REFUSED,
        ) from None
    house.projector.catch_up()
    console.answer(done, f"{done.recorded} targets recorded, {done.rows} in the list.")


def _sentence(one: Fault) -> str:
    explained = explain(one.refused)
    why = explained[0] if explained else ""
    written = f" ({one.column}: {one.written})" if one.written else ""
    return f"Line {one.line}: {why}{written}"


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """What a document asks about: options that two commands share."""
    options = (
        click.option("--source", required=True, help="The document: number, day and who issued it."),
        click.option("--year", required=True, type=int),
        click.option("--group", required=True, type=click.Choice([one.value for one in TargetGroup])),
        click.option("--indicator", required=True, type=click.Choice([one.value for one in Indicator])),
        click.option("--then", help="The unit as it was, such as the name of a former province."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@targets.command("set")
@click.argument("unit")
@_asking
@click.option("--percent", required=True, type=int)
@click.option("--more-than", is_flag=True, help="More than so many percent; at least, if not said.")
@click.option("--numerator", type=int, help="The number of people asked for, where it is printed.")
@click.option("--denominator", type=int, help="Of how many, where it is printed.")
@click.option("--base-date", help="When these were counted: YYYY, YYYY-MM or YYYY-MM-DD.")
@as_json
@in_the_house
def set_(
    house: "House",
    console: Console,
    /,
    *,
    unit: str,
    percent: int,
    more_than: bool,
    numerator: int | None,
    denominator: int | None,
    base_date: str | None,
    **asked: Any,
) -> None:
    """Record what a document asks of UNIT. Said again by the same document, it is a correction."""
    house.projector.catch_up()
    form = TargetForm(
        submission=new_id(),
        unit=unit,
        comparator=Comparator.MORE_THAN if more_than else Comparator.AT_LEAST,
        percent=percent,
        numerator=numerator,
        denominator=denominator,
        base_date=base_date,
        **asked,
    )
    done = asyncio.run(setting.set_target(house.ground, OPERATOR, form, official_units.parts))
    house.projector.catch_up()
    console.answer(done, f"Recorded at {done.position}.")


@targets.command()
@click.argument("unit")
@_asking
@click.option("--reason", required=True, type=click.Choice([one.value for one in Reason]))
@as_json
@in_the_house
def follow(house: "House", console: Console, /, *, unit: str, reason: str, **asked: Any) -> None:
    """Of documents that contradict each other about UNIT, follow one for a reason."""
    house.projector.catch_up()
    form = FollowForm(submission=new_id(), unit=unit, reason=Reason(reason), **asked)
    done = asyncio.run(setting.follow(house.ground, OPERATOR, form, official_units.parts))
    house.projector.catch_up()
    console.answer(done, f"Recorded at {done.position}.")


@targets.command()
@click.argument("unit")
@click.option("--year", type=click.IntRange(2025, 2045), help="Of one year; of all if not said.")
@as_json
@in_the_house
def show(house: "House", console: Console, unit: str, year: int | None) -> None:
    """Print the targets of UNIT and of all below it, with the actual figures.

    What is counted from the ledger and what offices declared never stand in one number.
    """
    from interfaces.api.targets import in_and_below, target_out

    house.projector.catch_up()
    of = unit_named(house, unit).id
    with house.asking() as db:
        rows = [target_out(house, one) for one in in_and_below(house, db, of, year)]
    console.answer({"rows": rows}, table(_HEAD, [_row(one) for one in rows]))


_HEAD = ("unit then", "year", "group", "indicator", "target", "actual", "of", "share", "followed", "source")


def _row(one: "TargetOut") -> tuple[str, ...]:
    sign = ">=" if one.comparator == "ge" else ">"
    actual = one.actual_from.value if one.actual is None else f"{one.actual} {one.actual_from.value}"
    whole = one.denominator_used
    followed = "undecided" if one.followed is None else "yes" if one.followed else "no"
    return (
        one.province_then,
        str(one.year),
        one.group,
        one.indicator,
        f"{sign} {one.percent}%",
        f"{actual}{f' {one.as_of}' if one.as_of else ''}",
        f"{whole.value} ({whole.as_of})" if whole else "",
        "" if one.share is None else f"{one.share:.1%}",
        followed,
        one.source,
    )
