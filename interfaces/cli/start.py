"""Beginning: a home of one's own, and the demo."""

import asyncio
import os
import shutil
from typing import Final

import click
import msgspec

from domain.model import LedgerFounded
from infrastructure.beginning import begin, setup_link
from infrastructure.database import Database, OwnedElsewhere
from infrastructure.settings import Settings, setup_url
from interfaces.cli import beside, serve
from interfaces.cli.console import Console
from interfaces.cli.place import Place, alone, as_json
from interfaces.cli.simulate import Movement, Simulated, live

# Old Bình Định: 4,300 members of community digital technology teams; its 58 communes of today
# lie in Gia Lai (52).
DEMO: Final = Movement(
    unit="52", formerly="52", ambassadors=4_300, days=90, seed=2026, learners=4.0, reformed=True
)


@click.command()
@as_json
@click.pass_obj
def init(place: Place) -> None:
    """Make the home: database, key file, first fact; and let the first administrator in.

    It prints a link that works once, for 15 minutes; done again it changes nothing, but prints a
    new one as long as there is no administrator. Keep a backup of the keys (lantoa keys backup)
    apart from copies of the ledger: without them no name can be read again.
    """
    settings = place.settings
    if place.house is not None:  # beside a server, which has the ledger open
        link = asyncio.run(place.house.accounts.new_setup_link())
        _begun(place, place.house.founded, link, new=False)
        return
    try:
        founded, new = begin(settings)
        link = asyncio.run(setup_link(settings))
    except OwnedElsewhere:
        code = beside.ask(settings.socket, place.argv, place.console)
        raise click.exceptions.Exit(code) from None
    _begun(place, founded, link, new=new)


def _begun(place: Place, founded: LedgerFounded, token: str | None, *, new: bool) -> None:
    home, link = place.settings.home, token and setup_url(place.settings, token)
    said = f"Lan Tỏa is set up in {home}." if new else f"{home} was set up before."
    if new:
        said += " Next: lantoa territory load, lantoa serve."
    if link:
        said += f"\nFor the first administrator, once, within 15 minutes:\n{link}"
    answer = {"home": str(home), "origin": founded.origin, "new": new, "simulated": founded.simulated}
    place.console.answer(answer | {"setup_link": link}, said)


@click.command()
@click.pass_obj
def demo(place: Place) -> None:
    """Serve a simulated movement to look at.

    4,300 ambassadors in 1,116 teams over 90 days in 58 communes. It lives in the folder demo of the home, on
    SQLite, and is kept there for the next time; delete the folder for a new one.
    """
    settings = msgspec.structs.replace(
        place.settings, home=place.settings.home / "demo", database_url=None, workers=1
    )
    serve.check_secure(settings)
    serve.check_address(settings)
    done = _kept(settings) or _lived(settings, place.console)
    place.console.answer(None, asyncio.run(_links(settings, done)))
    os.environ.pop("LANTOA_DATABASE_URL", None)
    os.environ.pop("LANTOA_WORKERS", None)
    serve.run(settings, place.console)


def _kept(settings: Settings) -> Simulated | None:
    """The demo of last time, if it was lived to its end."""
    try:
        return msgspec.json.decode((settings.home / "demo.json").read_bytes(), type=Simulated)
    except FileNotFoundError:
        return None


def _lived(settings: Settings, console: Console) -> Simulated:
    """A new demo. One that was broken off left its mark, and is thrown away."""
    unfinished = settings.home / "unfinished"
    if unfinished.exists():
        with alone(settings, "beginning a new demo"):
            Database.open(None, settings.home).close()
        shutil.rmtree(settings.home)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished.touch()
    done = live(settings, console, DEMO)
    (settings.home / "demo.json").write_bytes(msgspec.json.encode(done))
    unfinished.unlink()
    return done


async def _links(settings: Settings, done: Simulated) -> str:
    """Fresh sign-in links, since each works once; and the learner's, until it is answered."""
    from interfaces.opening import open_house

    with alone(settings, "showing it again"):
        house = open_house(settings, following=False)
    try:
        people = (
            ("Ambassador (người hướng dẫn)", done.shown.ambassador),
            ("Organizer (cán bộ)", done.shown.organizer),
            ("Committee (hội đồng)", done.shown.committee),
            *((("Team leader (tổ trưởng)", done.shown.leader),) if done.shown.leader else ()),
        )
        lines = [
            f"{who:<30} {house.invitation_url(await house.accounts.issue(person))}" for who, person in people
        ]
        lines.append(f"{'Learner (người học)':<30} {house.confirm_url(done.shown.code)}")
        return "\n".join(lines)
    finally:
        house.close()
