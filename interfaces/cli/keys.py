"""Looking after the keys: renewed, backed up, proved to be backed up, put back."""

import os
import sys
from base64 import b64decode, b64encode
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from domain.model import PersonId
from infrastructure.beginning import origin_of
from infrastructure.database import Database
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.writer import utc_now
from infrastructure.settings import SEALS_BACKUPS, Settings
from infrastructure.vault import key_backup, key_file, known_keys, opening_all, rotating
from infrastructure.vault.erased import ErasedList
from infrastructure.vault.key_backup import BackupOfAnotherLedger
from infrastructure.vault.keys import (
    BUCKETS,
    Fingerprints,
    KeyFileDamaged,
    KeyFileExposed,
    KeyFileMissing,
    Keys,
    path_in,
)
from infrastructure.vault.taken_back import TakenBack, TakenBackList
from interfaces.cli.console import Console
from interfaces.cli.place import FILE, Place, alone, as_json, in_the_house
from interfaces.cli.problems import CannotDo, Exit
from interfaces.house import NotBegun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interfaces.house import House

NEXT: Final = (
    "Now make a new backup of the keys (lantoa keys backup FILE) and prove it (lantoa keys verify FILE)."
)

passphrase_file: Final = click.option(
    "--passphrase-file", type=FILE, help="Its first line is the passphrase; `chmod 600` it."
)


@click.group()
def keys() -> None:
    """Renew, back up and put back the keys by which names and phones are sealed.

    Without the keys no name can be read again; with the keys and a copy of the ledger
    everybody's can. So: a backup of the keys under a passphrase, kept elsewhere than copies of
    the ledger, and the passphrase kept elsewhere than both.

    The passphrase is asked for; scripts say --passphrase-file or set LANTOA_PASSPHRASE.
    """


@keys.command()
@as_json
@in_the_house
def status(house: "House", console: Console) -> None:
    """Say whether a backup of all keys in use was proved to be readable.

    Ends with 6 where it was not.
    """
    backed = known_keys.backed(house.database)
    last = None if backed.last is None else moment(backed.last).isoformat(timespec="seconds")
    said = (
        f"All {backed.keys} keys are in a backup, last confirmed {last}."
        if backed.confirmed
        else f"{backed.missing} of {backed.keys} keys are in no confirmed backup"
        + (f" (last confirmed {last})." if last else ".")
    )
    answer = {"keys": backed.keys, "missing": backed.missing, "confirmed": backed.confirmed, "last": last}
    console.answer(answer, said)
    if not backed.confirmed:
        raise click.exceptions.Exit(Exit.FOUND)


@keys.command()
@as_json
@in_the_house
def check(house: "House", console: Console) -> None:
    """Open everything that is sealed, and say what was damaged or changed from outside.

    It shows ids, no names. Ends with 6 where something does not open: restore a copy from before.
    Where everything opens, key files that a restore set aside are destroyed: nothing needs them any
    more, and they may open what was erased.
    """
    held = Keys(path_in(house.settings.home))
    with console.progress("Opening", opening_all.sealed(house.database)) as advance:
        unreadable = opening_all.unreadable(house.database, held, advance)
    said = [*(f"{one} does not open" for one in unreadable), f"{len(unreadable)} do not open."]
    path = path_in(house.settings.home)
    destroyed = 0 if unreadable else key_file.destroy_set_aside(path)
    if destroyed:
        said.append(f"Key files that were set aside are destroyed: {destroyed}.")
    said += [f"Still set aside: {one}" for one in key_file.all_set_aside(path)]
    console.answer({"unreadable": unreadable, "destroyed": destroyed}, "\n".join(said))
    if unreadable:
        raise click.exceptions.Exit(Exit.FOUND)


@keys.command()
@click.option("--pepper", is_flag=True, help="Those of the index instead, by which people are found.")
@as_json
@in_the_house
def rotate(house: "House", console: Console, *, pepper: bool) -> None:
    """Replace all keys by new ones, and destroy the old ones.

    Everybody's key is wrapped anew while the server goes on; nobody notices. Interrupted, it is
    simply given again. Do it when a key file or a backup of it may have been seen by others;
    older backups of the keys open nothing that is sealed from then on.
    """
    held = Keys(path_in(house.settings.home))
    if pepper:
        with console.progress("Renewing the index", 2 * rotating.entries(house.database)) as advance:
            rotating.rotate_peppers(house.database, house.ledger, held, advance)
    else:
        with console.progress("Renewing the keys", BUCKETS) as advance:
            rotating.rotate_bucket_keys(house.database, house.ledger, held, advance)
    house.ledger.scrub().result()
    what = "The index has new peppers" if pepper else f"All {BUCKETS} keys are new, the old ones destroyed"
    console.answer({"rotated": "peppers" if pepper else "keys"}, f"{what}. {NEXT}")


@keys.command()
@click.argument("file", type=FILE)
@passphrase_file
@as_json
@click.pass_obj
def backup(place: Place, file: Path, passphrase_file: Path | None) -> None:
    """Write the keys to FILE, sealed by a passphrase.

    The lists of erasures and of consents that were taken back go with them, so that both stay so in
    a ledger that is restored. FILE must not be there yet. Then prove that it can be read: lantoa
    keys verify FILE.
    """
    settings, target = _here(place).settings, place.console.path(file)
    if target.resolve().is_relative_to(settings.home.resolve()):
        raise CannotDo(f"{target} is in {settings.home}, and would be lost together with it.")
    with _read_only(settings) as (_, origin):
        pass
    passphrase = _passphrase(place, passphrase_file, new=True)
    made = key_backup.write(
        target,
        passphrase,
        keys=path_in(settings.home),
        origin=origin,
        made=micros(utc_now()),
        erased=ErasedList(settings.home).people(),
        taken_back=map(str, TakenBackList(settings.home).all()),
    )
    place.console.answer(
        {"file": str(target), "keys": len(made.content.keys)},
        f"{len(made.content.keys)} keys are in {target}. Take it away from here, keep the passphrase "
        f"elsewhere, and prove that both are at hand: lantoa keys verify FILE",
    )


@keys.command()
@click.argument("file", type=FILE)
@passphrase_file
@as_json
@click.pass_obj
def verify(place: Place, file: Path, passphrase_file: Path | None) -> None:
    """Prove that the backup in FILE opens, and note which keys it holds.

    From then on administrators are no longer warned, until keys are made that no proved backup
    holds: by `rotate`, and for one bucket of 4,096 by each erasure. Ends with 6 where some in use
    are missing from it.
    """
    settings = _here(place).settings
    with _read_only(settings) as (_, origin):
        opened = key_backup.read(place.console.path(file), _passphrase(place, passphrase_file))
    if opened.origin != origin:
        raise BackupOfAnotherLedger
    proof = b64encode(msgspec.msgpack.encode(opened.fingerprints)).decode()
    json = ["--json"] if place.console.as_json else []
    place.argv = ["keys", "confirm", proof, *json]  # what a serving process is told: no key, no passphrase
    _confirmed(proof)


@keys.command(hidden=True)
@click.argument("proof")
@as_json
def confirm(proof: str) -> None:
    """Note the keys of a backup that `verify` opened."""
    _confirmed(proof)


@in_the_house
def _confirmed(house: "House", console: Console, proof: str) -> None:
    proven = msgspec.msgpack.decode(b64decode(proof), type=Fingerprints)
    known_keys.confirm(house.ledger, proven, micros(house.clock()))
    lacking = known_keys.lacks(known_keys.known(house.database), proven)
    missing = len(lacking.keys) + len(lacking.peppers)
    said = (
        f"The backup opens, but lacks {missing} keys that were made after it: make a new one."
        if missing
        else "The backup opens and holds every key in use. Noted as confirmed."
    )
    console.answer({"missing": missing}, said)
    if missing:
        raise click.exceptions.Exit(Exit.FOUND)


@keys.command()
@click.argument("file", type=FILE)
@passphrase_file
@as_json
@click.pass_obj
def restore(place: Place, file: Path, passphrase_file: Path | None) -> None:
    """Put the keys from the backup in FILE in place, for the ledger that is in the home.

    Restore the ledger first (lantoa restore). Only keys that it still needs come back: none that
    an erasure or a rotation replaced. Whoever was erased is erased again at the next start.
    """
    settings = _here(place).settings
    opened = key_backup.read(place.console.path(file), _passphrase(place, passphrase_file))
    with _to_be_restored(settings) as (database, origin):
        needed = known_keys.known(database)
        _refuse_needless(settings, needed)
        content = key_backup.restorable(opened, origin=origin, needed=needed)
        # First: the keys must not come back without it.
        ErasedList(settings.home).add(map(PersonId, opened.erased))
        TakenBackList(settings.home).add(map(TakenBack.read, opened.taken_back))
        aside = key_backup.put_in_place(path_in(settings.home), content)
    said = f"{len(content.keys)} keys are back, as of {moment(opened.made):%Y-%m-%d}."
    if aside is not None:
        said += (
            f" The file that was there is set aside as {aside}: it may open what was erased. Once the server "
            "runs, lantoa keys check destroys it where everything opens without it."
        )
    answer = {
        "keys": len(content.keys),
        "made": moment(opened.made),
        "set_aside": None if aside is None else str(aside),
    }
    place.console.answer(answer, said)


def _here(place: Place) -> Place:
    """These commands ask for a passphrase, which never goes to another process."""
    if place.house is not None:
        raise CannotDo("Give this command at the console of the machine.")
    return place


@contextmanager
def _read_only(settings: Settings) -> "Iterator[tuple[Database, str]]":
    """The database beside a server, or without one, and the ledger's origin."""
    if settings.keeps_sqlite and not (settings.home / "ledger.db").exists():
        raise NotBegun
    database = Database.open(settings.database_url, settings.home, writing=False)
    try:
        yield database, _origin(database)
    finally:
        database.close()


@contextmanager
def _to_be_restored(settings: Settings) -> "Iterator[tuple[Database, str]]":
    if settings.keeps_sqlite and not (settings.home / "ledger.db").exists():
        raise CannotDo("There is no ledger yet to put keys in place for: lantoa restore FILE first.")
    with alone(settings, "restoring keys"):
        database = Database.open(settings.database_url, settings.home)
    try:
        database.prepare()
        yield database, _origin(database)
    finally:
        database.close()


def _origin(database: Database) -> str:
    origin = origin_of(database)
    if origin is None:
        raise NotBegun
    return origin


def _refuse_needless(settings: Settings, needed: Fingerprints) -> None:
    try:
        there = Keys(path_in(settings.home)).known()
    except (KeyFileMissing, KeyFileDamaged, KeyFileExposed):
        return
    if any(needed) and not any(known_keys.lacks(needed, there)):
        raise CannotDo("The key file in place holds every key that is needed; nothing was changed.")


def _passphrase(place: Place, file: Path | None, *, new: bool = False) -> str:
    """From a file, the environment, or whoever sits there; never from the command line, which
    other users of the machine can see."""
    if file is not None:
        path = place.console.path(file)
        if path.stat().st_mode & 0o077:
            raise CannotDo(f"Others than its owner may read {path}: `chmod 600` it.", Exit.NOT_SET_UP)
        said = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    elif SEALS_BACKUPS in os.environ:
        said = os.environ[SEALS_BACKUPS]
    else:
        said = _asked(new=new)
    if new and len(said) < key_backup.SHORTEST:
        raise CannotDo(f"A passphrase takes at least {key_backup.SHORTEST} characters, better several words.")
    return said


def _asked(*, new: bool) -> str:
    if not sys.stdin.isatty():
        raise CannotDo(
            f"Nobody is there to ask for a passphrase: say --passphrase-file or set {SEALS_BACKUPS}."
        )
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    return asked
