"""`lantoa simulate`: a movement that nobody lived, to look at and to try things on."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click
import msgspec

from application import targets
from application.actors import OPERATOR
from application.ports import Unit
from application.simulation import declaring
from application.simulation.clock import SimulatedClock
from application.simulation.deeds import Plan
from application.simulation.life import Life, Shown
from application.simulation.plan import MEAN_LEARNERS, planned
from application.simulation.teams import establish
from application.territory import SINCE
from domain.calendar import day_of
from domain.territory import UnitKind
from infrastructure import official_units, target_lists
from infrastructure.beginning import HoldsPeople, begin, begin_again
from infrastructure.read_models.targets import against
from infrastructure.settings import Settings
from interfaces.cli import rules
from interfaces.cli.console import Console
from interfaces.cli.place import Place, alone, as_json
from interfaces.cli.problems import CannotDo

if TYPE_CHECKING:
    from interfaces.house import House

PROVINCES: Final = (UnitKind.PROVINCE, UnitKind.CITY)


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What is asked for. `formerly` is a province of before 1/7/2025, to live in its communes only.
    `reformed`: the units of before are known, too, so that targets set for them can be held against
    their people, and offices have declared figures."""

    unit: str
    ambassadors: int
    days: int
    seed: int
    learners: float = MEAN_LEARNERS
    formerly: str | None = None
    reformed: bool = False


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `shown` are ids of people worth signing in as, and a learner's code."""

    ambassadors: int
    people: int
    deeds: int
    position: int
    seconds: float
    shown: Shown


@click.command()
@click.option("--unit", required=True, help="Code of the province, such as 52.")
@click.option("--ambassadors", required=True, type=click.IntRange(2, 500_000), help="How many take part.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1), help="Up to today.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same figures.")
@click.option("--learners", default=MEAN_LEARNERS, show_default=True, help="Mean number per ambassador.")
@click.option("--formerly", help="Only the communes that this province of before 1/7/2025 became.")
@click.option(
    "--reform", "reformed", is_flag=True, help="Also the units of before 1/7/2025, and figures of offices."
)
@as_json
@click.pass_obj
def simulate(
    place: Place,
    unit: str,
    ambassadors: int,
    days: int,
    seed: int,
    learners: float,
    formerly: str | None,
    reformed: bool,
) -> None:
    """Let an invented movement happen, up to today.

    Invented people do what people do, through the same rules: classes, practice, late entries,
    denials, silence, two claims to one learner, families, markets. It needs a ledger without
    people, which it founds anew under a clock of its own; all its pages say "simulated".
    """
    movement = Movement(
        unit=unit,
        ambassadors=ambassadors,
        days=days,
        seed=seed,
        learners=learners,
        formerly=formerly,
        reformed=reformed,
    )
    done = live(place.settings, place.console, movement)
    place.console.answer(
        done,
        f"{done.ambassadors} ambassadors and {done.people - done.ambassadors} others did {done.deeds} things "
        f"in {days} days: {done.position} facts, in {done.seconds:.0f} s.",
    )


def live(settings: Settings, console: Console, movement: Movement) -> Simulated:
    """Founds the ledger as a simulated one, establishes the units, and lives the movement."""
    from interfaces.opening import open_house

    began = now = datetime.now(UTC)
    first = day_of(now) - timedelta(days=movement.days - 1)
    if first < SINCE:
        raise CannotDo(f"The units are those since {SINCE}: fewer days, please.")
    try:
        with alone(settings, "simulating"):
            begin_again(settings)
    except HoldsPeople:
        raise CannotDo("This ledger holds people already; a simulation needs a home of its own.") from None
    clock = SimulatedClock(first, now)
    begin(settings, clock=clock, simulated=True)
    house = open_house(settings, clock=clock, following=False)
    try:
        return asyncio.run(_lived(house, console, clock, movement, began))
    finally:
        house.close()


async def _lived(
    house: "House", console: Console, clock: SimulatedClock, movement: Movement, began: datetime
) -> Simulated:
    from interfaces.cli.simulated_months import Months

    await rules.establish(house, official_units.read())
    if movement.reformed:
        await rules.record_reform(house, console)
    await targets.load(house.ground, OPERATOR, target_lists.read(), official_units.parts)
    province, communes = _where(house, movement)
    plan = planned(
        province,
        communes,
        ambassadors=movement.ambassadors,
        days=movement.days,
        seed=movement.seed,
        last=day_of(began),
        mean_learners=movement.learners,
    )

    await establish(house.ground, plan.hamlets)
    house.projector.catch_up()
    if movement.reformed:
        await _declared(house, movement, province, plan)
    await declaring.compare(house.ground, province.id, plan.first, day_of(began))

    months = Months(house, province, plan.first)

    deciding = [plan.first + timedelta(days=movement.days * 2 // 3)]

    async def evening() -> None:
        """What fell due is recognised, and a month that is over is closed and reported; once most of the
        days are over, the province decides by what hamlets and offices get a status."""
        if deciding and day_of(clock()) >= deciding[0]:
            await declaring.decide(house.ground, province.id, deciding.pop())
        house.projector.catch_up()
        await house.reactions.react()
        await months.evening()

    life = Life(house.ground, house.accounts, clock, plan, evening)
    with console.progress(f"Simulating {movement.days} days", plan.size()) as advance, _rarely_collected():
        shown = await life.live(advance)
        house.projector.catch_up()
        while await house.reactions.react():  # what an evening left undone
            house.projector.catch_up()
    return Simulated(
        ambassadors=movement.ambassadors,
        people=len(plan.people),
        deeds=plan.size(),
        position=house.ledger.head(),
        seconds=(datetime.now(UTC) - began).total_seconds(),
        shown=shown,
    )


async def _declared(house: "House", movement: Movement, province: Unit, plan: Plan) -> None:
    """What offices say before it begins, so that reports of months have it: of a part that a province of
    before is today, where that was asked for."""
    parts = official_units.parts(province.code or "")
    then = next((part.name for part in parts if part.code == movement.formerly), None)
    with house.asking() as db:
        known = against(db, [province.id])
    adults = next((one.whole.value for one in known if one.whole), 1_000_000)
    communes = house.units.children(province.id)
    on = plan.first - timedelta(days=1)
    forms = declaring.declarations(province, then, adults, communes, on, movement.seed)
    for form in (*forms, *declaring.hamlets(plan, on, movement.seed)):
        await targets.declare(house.ground, OPERATOR, form, official_units.parts)
    house.projector.catch_up()


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Looks for garbage in cycles less often: next to none is made, and an eighth of the time is
    saved."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _where(house: "House", movement: Movement) -> tuple[Unit, list[Unit]]:
    province = house.units.find(movement.unit)
    if province is None or province.kind not in PROVINCES:
        raise CannotDo(f"{movement.unit} is not the code of a province or city of today.")
    communes = sorted(house.units.children(province.id), key=lambda unit: unit.code or "")
    if movement.formerly is not None:
        became = official_units.became(movement.formerly)
        communes = [commune for commune in communes if commune.code in became]
        if not communes:
            raise CannotDo(f"No commune of {province.name} was in a province {movement.formerly} before.")
    return province, communes
