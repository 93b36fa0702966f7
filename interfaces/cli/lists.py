"""Lists that offices have already: teams, members, households, markets, vendors, classes, visits ..."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from application.actors import OPERATOR
from application.lists.fields import FIELDS, lacking
from domain.lists import ListKind
from infrastructure.lists.kept import Brought, KeptFault
from infrastructure.lists.table import LARGEST, FileTooLarge
from interfaces.cli.console import Console
from interfaces.cli.place import FILE, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo, Exit

if TYPE_CHECKING:
    from interfaces.house import House

MOST_NAMED: Final = 20


class Problem(msgspec.Struct, frozen=True):
    """A row that was not taken. `column` is the heading of the column at fault, which holds `field`."""

    line: int
    column: str
    field: str
    why: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`taken` rows can be, or were, recorded; of these `known` stood already. `bad_rows` is the file
    that holds the others. `left_out` are the numbers of rows of the file that are none of the list."""

    id: str
    kind: str
    unit: str
    checked_only: bool
    columns: dict[str, str | None]
    rows: int
    taken: int
    known: int
    bad: int
    left_out: list[int]
    bad_rows: str | None
    problems: list[Problem]


@click.command("import")
@click.argument("kind", type=click.Choice([one.value for one in ListKind]))
@click.argument("file", type=FILE)
@click.option("--unit", default="VN", help="The unit that the list is of: its code, its id, or VN.")
@click.option("--sheet", default="", help="Which sheet of a workbook, where several have rows.")
@click.option("--new-hamlets", is_flag=True, help="Add the hamlets that are not known yet.")
@click.option("--check", "only_check", is_flag=True, help="Only say what is wrong; record nothing.")
@as_json
@in_the_house
def import_(
    house: "House",
    console: Console,
    kind: str,
    file: Path,
    unit: str,
    sheet: str,
    new_hamlets: bool,
    only_check: bool,
) -> None:
    """Bring in a list of KIND from FILE (XLSX or CSV); the same rows again change nothing.

    Columns are recognised by their headings, with or without accents. The good rows are recorded,
    and none of them counts as confirmed; the bad ones are written beside the file, in its own columns
    with one more that says why.
    """
    from interfaces import importing

    house.projector.catch_up()
    place = unit_named(house, unit)
    list_ = importing.bring(
        house,
        OPERATOR,
        _copied(house, console.path(file)),
        name=file.name,
        kind=ListKind(kind),
        unit=place,
        sheet=sheet,
    )
    try:
        brought = importing.must_get(house, list_)
        _must_be_recognised(brought)
        house.lists.change(list_, new_hamlets=new_hamlets)
        work = importing.check if only_check else importing.load
        with console.share(f"{'Checking' if only_check else 'Loading'} {file.name}") as report:
            done = importing.at_once(house, list_, work, report)
        house.projector.catch_up()
        outcome = _outcome(house, console, done, file, only_check=only_check)
    finally:
        importing.remove(house, list_, unless_in=())  # this command's own, however far it came
    console.answer(outcome, _said(outcome))
    if only_check and outcome.bad:
        raise click.exceptions.Exit(Exit.FOUND)


def _copied(house: "House", file: Path) -> Path:
    """In the home, where it is read from and removed; nobody changes it meanwhile."""
    if not file.is_file():
        raise CannotDo(f"There is no file {file}.")
    if file.stat().st_size > LARGEST:
        raise FileTooLarge(limit=LARGEST // (1024 * 1024))
    copy = house.spools.incoming()
    with (
        file.open("rb") as read,
        os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
    ):
        shutil.copyfileobj(read, to)
    return copy


def _must_be_recognised(brought: Brought) -> None:
    missing = lacking(brought.kind, brought.holds)
    if missing:
        known = {one.key: one.headings[0] for one in FIELDS[brought.kind]}
        raise CannotDo(
            "No column was recognised for: "
            + ", ".join(f'{key} (such as "{known[key]}")' for key in missing)
            + ". Nothing was recorded."
        )


def _outcome(house: "House", console: Console, done: Brought, file: Path, *, only_check: bool) -> Outcome:
    from interfaces.web import language
    from interfaces.web.list_words import columns_of

    cover = house.spools.cover(done.list)
    faults = house.lists.faults(done.list)
    headed = columns_of(house, done)
    with language.spoken(language.DEFAULT):  # the file beside is its office's
        beside = _beside(house, console, done, file) if faults else None
    with language.spoken("en"):  # as all that commands answer
        problems = [_problem(one, headed) for one in faults]
    headings = dict.fromkeys(cover.headings)
    columns = {name: key for name, key in zip(cover.headings, done.holds, strict=False) if name in headings}
    return Outcome(
        id=done.list,
        kind=done.kind.value,
        unit=done.unit,
        checked_only=only_check,
        columns=columns,
        rows=done.lines,
        taken=done.good,
        known=done.known,
        bad=done.bad,
        left_out=list(cover.left_out),
        bad_rows=str(beside) if beside else None,
        problems=problems,
    )


def _problem(fault: KeptFault, headed: Mapping[str, str]) -> Problem:
    from interfaces.web.problems import sentence_of

    field = str(fault.details.get("field", ""))
    return Problem(fault.line, headed.get(field, ""), field, sentence_of(fault.refusal, fault.details))


def _beside(house: "House", console: Console, done: Brought, file: Path) -> Path:
    """Its rows are people's data: only their owner reads it."""
    from interfaces.web.list_words import bad_rows

    path = console.path(file)
    beside = path.with_name(f"{path.stem}-bad.{done.format}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
        bad_rows(house, done, to)
    return beside


def _said(outcome: Outcome) -> str:
    done = "can be taken" if outcome.checked_only else "taken"
    lines = [
        f"{outcome.rows} rows: {outcome.taken} {done} ({outcome.known} stood already), {outcome.bad} not."
    ]
    if outcome.left_out:
        rows = ", ".join(map(str, outcome.left_out))
        lines.append(f"Left out as no rows (column numbers, sums, signatures): {rows}")
    lines += [f"Row {one.line}{_at(one)}: {one.why}" for one in outcome.problems[:MOST_NAMED]]
    if len(outcome.problems) > MOST_NAMED:
        lines.append(f"... and {len(outcome.problems) - MOST_NAMED} more.")
    if outcome.bad_rows:
        lines.append(f"The rows that were not taken: {outcome.bad_rows}")
    return "\n".join(lines)


def _at(one: Problem) -> str:
    if one.column:
        return f', column "{one.column}"'
    return f", {one.field}" if one.field else ""


__all__ = ["import_"]
