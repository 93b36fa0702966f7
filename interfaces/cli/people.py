"""Looking after people's entries: found, merged, corrected, erased; roles and accounts that end."""

import asyncio
from typing import TYPE_CHECKING, Final

import click

from application import access
from application import people as entries
from application.actors import OPERATOR
from application.forms.access import RevokeForm
from application.forms.people import CorrectionForm, ErasureForm, MergeForm
from application.identity import identity
from application.ids import new_id
from application.lookups import People, commune_of
from application.privacy import Why
from domain.calendar import day_of
from domain.model import Model, PersonId, Role
from interfaces.cli.console import Console
from interfaces.cli.place import Place, as_json, in_the_house, unit_named
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.house import House

YEAR: Final = click.IntRange(1900, 2100)


@click.group()
def people() -> None:
    """Find, merge, correct and erase people's entries.

    People are known by their ids: `find` prints them, as do `lantoa nominees --json` and files.
    """


@people.command()
@click.option("--name", required=True, help="Full name; accents and capitals do not matter.")
@click.option("--phone", help="The mobile number they gave.")
@click.option("--birth-year", type=YEAR, help="For people without a phone; --unit then says where.")
@click.option("--unit", default="VN", help="The commune of people without a phone: code or id.")
@as_json
@in_the_house
def find(
    house: "House", console: Console, *, name: str, phone: str | None, birth_year: int | None, unit: str
) -> None:
    """Print the ids of whoever is known by a name and a phone, or a name and a birth year.

    There is no search by name alone: names are sealed, and only what was entered whole is found.
    """
    ways = [(phone, None)] * bool(phone) + [(None, birth_year)] * bool(birth_year)
    if not ways:
        raise CannotDo("A name alone finds nobody: say --phone, or --birth-year and --unit.")
    on = day_of(house.clock())
    sought = [identity(name=name, phone=tel, birth_year=year, on=on, field="") for tel, year in ways]
    place = commune_of(house.units, unit_named(house, unit)).id
    formerly = house.units.formerly(place)
    found = house.vault.find_people(sought, place, known_to=OPERATOR.person, formerly=formerly)
    ids = [one.person for one in found if one.person is not None]
    known = People(house.ledger, ids)
    now = list(dict.fromkeys(known.now(one) for one in ids))
    if not now:
        raise CannotDo("Nobody is known by that.")
    from interfaces import reads

    with reads.by_command(house, "people find"):
        reads.others(now, Why.LOOKUP)
    console.answer({"people": now}, "\n".join(now))


@people.command()
@click.argument("person")
@click.argument("into")
@as_json
@in_the_house
def merge(house: "House", console: Console, person: str, into: str) -> None:
    """Say that PERSON turned out to be INTO: they count as one from now on.

    Nothing is lost by it: `undo-merge` makes them two again.
    """
    form = MergeForm(submission=new_id(), person=person, into=into)
    done = asyncio.run(entries.merge(house.ground, OPERATOR, form))
    console.answer(done, f"{person} counts as {into} now (fact {done.position}).")


@people.command("undo-merge")
@click.argument("person")
@click.argument("into")
@as_json
@in_the_house
def undo_merge(house: "House", console: Console, person: str, into: str) -> None:
    """Say that PERSON and INTO, who were merged, are two people after all."""
    form = MergeForm(submission=new_id(), person=person, into=into)
    done = asyncio.run(entries.undo_merge(house.ground, OPERATOR, form))
    console.answer(done, f"{person} and {into} are two again (fact {done.position}).")


@people.command()
@click.argument("person")
@click.option("--name", help="The right full name.")
@click.option("--phone", help="The right mobile number.")
@click.option("--birth-year", type=YEAR, help="The right year of birth.")
@as_json
@in_the_house
def correct(
    house: "House",
    console: Console,
    person: str,
    *,
    name: str | None,
    phone: str | None,
    birth_year: int | None,
) -> None:
    """Mend what is known of PERSON; what is not said stays as it is."""
    if name is None and phone is None and birth_year is None:
        raise CannotDo("Say what is right: --name, --phone or --birth-year.")
    form = CorrectionForm(submission=new_id(), name=name, phone=phone, birth_year=birth_year)
    done = asyncio.run(entries.correct(house.ground, OPERATOR, person, form))
    console.answer(done, f"{person} is corrected (fact {done.position}).")


@people.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@as_json
@click.pass_obj
def erase(place: Place, person: str, *, yes: bool) -> None:
    """Remove PERSON's data for ever, under all their ids; every count stays.

    Asks to type the id again, because nothing brings the data back. Run again, it makes sure
    that an erasure which was interrupted is finished.
    """
    if not yes:
        _typed_again(place, person)
        place.argv = [*place.argv, "--yes"]  # a serving process has no terminal to ask at
    _erased(person)


def _typed_again(place: Place, person: str) -> None:
    if place.house is not None:
        raise CannotDo("Nothing was erased: say --yes.")
    try:
        again = click.prompt(f"This cannot be undone. Type {person} to erase it", err=True)
    except click.Abort:
        raise CannotDo("Nothing was erased: the id was not typed; scripts say --yes.") from None
    if again.strip() != person:
        raise CannotDo("Nothing was erased: that is another id.")


@in_the_house
def _erased(house: "House", console: Console, person: str) -> None:
    done = asyncio.run(entries.erase(house.ground, OPERATOR, person, ErasureForm(submission=new_id())))
    console.answer(done, f"{person} is erased (fact {done.position}).")


@click.command()
@click.argument("person")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", required=True, help="The unit it was given over: official code or id.")
@click.option(
    "--model", type=click.Choice([model.value for model in Model]), help="If it is narrowed to one."
)
@as_json
@in_the_house
def revoke(house: "House", console: Console, person: str, *, role: str, unit: str, model: str | None) -> None:
    """Take a role over a unit back from PERSON; their account and what they logged stay."""
    narrowed = Model(model) if model else None
    form = RevokeForm(submission=new_id(), role=Role(role), unit=unit, model=narrowed)
    done = asyncio.run(access.revoke(house.ground, OPERATOR, person, form, phones=house.accounts))
    console.answer(done, f"{person} is no longer {role} over {unit} (fact {done.position}).")


def close_account(house: "House", console: Console, person: str) -> None:
    """What `lantoa close PERSON` does."""
    done = asyncio.run(access.close_account(house.ground, house.accounts, OPERATOR, PersonId(person)))
    console.answer(done, f"The account of {person} is closed (fact {done.position}).")
