"""What the movement counts by: its territory and its criteria."""

import asyncio
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from application import criteria as thresholds
from application import placing, reforms
from application import territory as units
from application.actors import OPERATOR
from application.forms.territory import PlacingForm, ReformForm
from application.ids import new_id
from domain.calendar import day_of
from domain.criteria import DEFAULT, DEFAULT_DOCUMENT, Criteria
from domain.model import Refused
from domain.placed import Body
from domain.territory import UnitKind
from infrastructure import official_units
from interfaces.cli.console import Console, table
from interfaces.cli.explaining import explain
from interfaces.cli.place import DAY, FILE, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from interfaces.house import House

COUNTRY: Final = "VN"
CHANGES: Final = ("merged", "split", "renamed", "reclassified", "code-corrected", "established")


@click.group()
def territory() -> None:
    """The country's units: provinces and communes."""


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


@territory.command()
@as_json
@in_the_house
def reform(house: "House", console: Console) -> None:
    """Record the reform of 1/7/2025: the units of before, and what became of each.

    63 provinces, 696 districts and 10,035 communes as they stood before; communes merged or split,
    provinces merged, districts abolished. Boards and figures can then be asked under the old
    boundaries, too. Broken off, it goes on where it stopped; again, it does nothing.
    """
    done = asyncio.run(record_reform(house, console))
    console.answer(done, f"{done.established} units of before established, {done.changes} changes recorded.")


@territory.command()
@click.argument(
    "what",
    metavar="CHANGE",
    type=click.Choice(CHANGES),
)
@click.argument("unit")
@click.argument("parts", nargs=-1)
@click.option("--from", "valid_from", type=DAY, required=True, help="The day it takes effect.")
@click.option("--name", help="The new name.")
@click.option("--kind", type=click.Choice([one.value for one in UnitKind]), help="The new kind.")
@click.option("--code", help="The new official code.")
@click.option("--document", help="Number of the document that decided it.")
@as_json
@in_the_house
def change(
    house: "House",
    console: Console,
    *,
    what: str,
    unit: str,
    parts: tuple[str, ...],
    valid_from: datetime,
    name: str | None,
    kind: str | None,
    code: str | None,
    document: str | None,
) -> None:
    """Record one change: UNIT took in PARTS (merged), went into PARTS, the largest first (split), is
    called otherwise, or a new unit lies in it (established).

    Units are named by id or by their official code of today. Said again, it changes nothing.
    """
    form = ReformForm(
        submission=new_id(),
        change=what,  # type: ignore[arg-type]
        unit=unit,
        valid_from=valid_from.date(),
        parts=parts,
        name=name,
        kind=UnitKind(kind) if kind else None,
        code=code,
        document=document,
    )
    done = asyncio.run(reforms.change_unit(house.ground, OPERATOR, form))
    house.projector.catch_up()
    said = "It stood already" if done.again else "Recorded"
    console.answer(done, f"{said} at {done.position}.")


async def record_reform(house: "House", console: Console) -> reforms.Reformed:
    """The units of before 1/7/2025, and what became of each, from the official lists."""
    house.projector.catch_up()
    with console.share("Recording what became of units") as told:
        done = await reforms.reform(
            house.ground,
            official_units.before(),
            official_units.succession(),
            on=units.SINCE,
            told=told,
        )
    house.projector.catch_up()
    return done


@territory.command()
@click.argument("file", type=FILE, required=False)
@as_json
@in_the_house
def update(house: "House", console: Console, file: Path | None) -> None:
    """Record the changes in FILE (CSV), or those of 2026 that come with Lan Tỏa; again does nothing.

    Columns: change, unit, parts (codes with spaces between them), valid_from, name, kind, code,
    document. Each row is a change of its own, in the order of the list. At the first that is
    refused it stops and names the line: what stands before it is recorded.
    """
    rows = official_units.changes(console.path(file) if file else official_units.CHANGES)
    house.projector.catch_up()
    new = 0
    with console.progress("Recording changes", len(rows)) as advance:
        for row in rows:
            new += not _recorded(house, row).again
            advance(1)
    house.projector.catch_up()
    console.answer({"recorded": new, "rows": len(rows)}, f"{new} changes recorded, {len(rows)} in the list.")


@territory.command()
@click.argument("unit", required=False)
@click.option("--body", type=click.Choice([one.value for one in Body]), default=Body.PERSON.value)
@as_json
@in_the_house
def waiting(house: "House", console: Console, unit: str | None, body: str) -> None:
    """Say who of divided communes waits to be placed: how many everywhere, or the ids of one UNIT."""
    from infrastructure.read_models import placing as queue

    house.projector.catch_up()
    with house.asking() as db:
        if unit is None:
            found = queue.progress(db)
            rows = [(one.divided, one.body.value, f"{one.waiting} of {one.all}") for one in found]
            said = table(("Commune", "Who", "Waiting"), rows) if rows else "Nobody waits."
            console.answer({"rows": found}, said)
            return
        some = queue.queue(db, unit_named(house, unit).id, Body(body), limit=10_000)
    console.answer({"rows": some}, "\n".join(one.subject for one in some) or "Nobody waits.")


@territory.command()
@click.argument("unit")
@click.argument("subjects", nargs=-1, required=True)
@click.option("--body", type=click.Choice([one.value for one in Body]), default=Body.PERSON.value)
@as_json
@in_the_house
def place(house: "House", console: Console, unit: str, subjects: tuple[str, ...], body: str) -> None:
    """Say that these (ids of people, or of what BODY says) of a divided commune are in UNIT today.

    UNIT is one of its parts or a hamlet of one. Up to 200 at once; said again, it changes nothing. Of an
    account, the id is its person's: their roles over the divided commune become roles over UNIT.
    """
    listed = [{"body": body, "subject": one} for one in subjects]
    form = msgspec.convert({"submission": new_id(), "unit": unit, "subjects": listed}, PlacingForm)
    done = asyncio.run(placing.place(house.ground, OPERATOR, form))
    house.projector.catch_up()
    console.answer(done, f"{done.placed} placed in {unit_named(house, unit).name}.")


def _recorded(house: "House", row: official_units.ListedChange) -> reforms.Changed:
    """The same row is the same submission, however often it is loaded."""
    said = msgspec.structs.asdict(row)
    line = said.pop("line")
    submission = f"list.{sha256(msgspec.json.encode(said)).hexdigest()[:40]}"
    try:
        form = msgspec.convert(said | {"submission": submission}, ReformForm)
        done = asyncio.run(reforms.change_unit(house.ground, OPERATOR, form))
    except msgspec.ValidationError as error:
        raise CannotDo(f"Line {line}: {error}.") from None
    except Refused as refusal:
        sentence, code = explain(refusal) or (str(refusal), Exit.REFUSED)
        raise CannotDo(f"Line {line}: {sentence}", code) from None
    if row.code or row.change in ("established", "code-corrected"):
        house.projector.catch_up()  # the next row may name it by that code
    return done


async def establish(house: "House", rows: list[official_units.OfficialUnit]) -> units.Loaded:
    """The units, then the default criteria where none stand in the country."""
    loaded = await units.load_units(house.ground, rows)
    house.projector.catch_up()
    country = unit_named(house, COUNTRY).id
    standing = thresholds.standing_criteria(house.ledger, house.units, country, day_of(house.clock()))
    if standing.adopted is None:
        await thresholds.adopt(
            house.ground, OPERATOR, DEFAULT, COUNTRY, valid_from=units.SINCE, document=DEFAULT_DOCUMENT
        )
    return loaded


@click.group()
def criteria() -> None:
    """The thresholds that the movement counts by.

    They are adopted for a unit from a day on, and never edited.
    """


@criteria.command()
@click.option("--unit", default=COUNTRY, show_default=True, help="Official code or id.")
@as_json
@in_the_house
def show(house: "House", console: Console, unit: str) -> None:
    """Print the criteria that a unit counts by today, as a file that can be edited and adopted."""
    today = day_of(house.clock())
    standing = thresholds.standing_criteria(house.ledger, house.units, unit_named(house, unit).id, today)
    content = msgspec.json.format(msgspec.json.encode(standing.content)).decode()
    console.answer(standing, content)
    adopted = standing.adopted
    console.note(
        f"Adopted by {adopted.document}, valid from {adopted.valid_from}."
        if adopted
        else "Nobody adopted any yet: these are the default ones."
    )


@criteria.command()
@click.argument("file", type=FILE)
@click.option("--unit", default=COUNTRY, show_default=True, help="Official code or id.")
@click.option("--from", "valid_from", type=DAY, help="First day they are valid; today if not said.")
@click.option("--document", required=True, help="Number of the document that decided on them.")
@as_json
@in_the_house
def adopt(
    house: "House", console: Console, file: Path, unit: str, valid_from: datetime | None, document: str
) -> None:
    """Adopt the criteria in FILE (see `lantoa criteria show`) for a unit and all below it."""
    try:
        content = msgspec.json.decode(console.path(file).read_bytes(), type=Criteria)
    except msgspec.DecodeError as error:
        raise CannotDo(f"{file} does not hold criteria: {error}.") from None
    first = valid_from.date() if valid_from else day_of(house.clock())
    adopted = asyncio.run(
        thresholds.adopt(house.ground, OPERATOR, content, unit, valid_from=first, document=document)
    )
    said = "Adopted" if adopted.new else "Adopted before, and so already known"
    console.answer(adopted, f"{said}: {adopted.content_hash[:12]}, valid from {first}.")
