"""/cot-moc: how many people of a unit reached each milestone, by group and by the units below."""

from datetime import date
from typing import Final

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from application.actors import OutOfScope
from application.ports import Unit
from domain.milestones import Milestone
from domain.model import Group, Model, UnitId
from domain.targets import Indicator, TargetGroup
from infrastructure.read_models import milestones
from infrastructure.read_models.columns import age, share
from infrastructure.read_models.declared import Declared, history
from infrastructure.read_models.milestones import Counted, Reached
from interfaces.house import Questions
from interfaces.web import boundaries as borders
from interfaces.web import choosing, courses
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, fresh
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import number, percent, translated
from interfaces.web.limits import AnyRequest
from interfaces.web.reaching import LEARNED_BY, MILESTONES
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import GROUPS, said

DECLARED: Final = {
    Milestone.DIGITAL_IDENTITY: Indicator.DIGITAL_IDENTITY_ACCOUNT,
    Milestone.CONFIRMED_ON_VNEID: Indicator.CONFIRMED_ON_VNEID,
    Milestone.DIGITAL_SIGNATURE: Indicator.PERSONAL_DIGITAL_SIGNATURE,
}
"""What offices declare of the same thing: it stands beside what is counted, never in it."""

ADULTS: Final = (TargetGroup.ADULTS, TargetGroup.RESIDENTS_16_AND_OVER)


class Adults(msgspec.Struct, frozen=True):
    """How many adults a unit has, as an office declared it."""

    value: int
    as_of: date
    document: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A group, or a unit below: `href` is empty for a group."""

    name: str
    href: str = ""
    reached: int
    confirmed: int
    own: int
    rate: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    href: str
    current: bool
    value: int
    about: str
    declared: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A unit and those right under it, read at one moment."""

    counted: dict[tuple[UnitId, Milestone], Counted]
    adults: dict[UnitId, Adults]
    declared: dict[tuple[UnitId, Indicator], Declared]

    def of(self, unit: UnitId, milestone: Milestone) -> Counted:
        return self.counted.get((unit, milestone), Counted())


def read(db: Questions, units: list[UnitId]) -> Board:
    """Everything that was declared latest, and holds, beside what is counted."""
    adults: dict[UnitId, Adults] = {}
    declared: dict[tuple[UnitId, Indicator], Declared] = {}
    for group in ADULTS:
        for one in history(db, units):
            if one.group is not group or not one.holds:
                continue
            if one.indicator is None:
                adults.setdefault(one.unit, Adults(one.value, one.as_of, one.document))
            else:
                declared.setdefault((one.unit, one.indicator), one)
    return Board(counted=milestones.counted(db, units), adults=adults, declared=declared)


@get("/cot-moc")
async def home(request: AnyRequest, unit: Word = "", milestone: Word = "", boundaries: Word = "") -> Redirect:
    """To the page of a unit, or of the one that one holds a role over. Raises `OutOfScope` without one."""
    if not unit:
        found = choosing.home_of(house_of(request), actor(request))
        if found is None:
            raise OutOfScope
        unit = reference(found)
    path = f"/don-vi/{unit}/cot-moc"
    return Redirect(address(path, milestone=milestone, boundaries=boundaries), status_code=303)


@get("/don-vi/{ref:str}/cot-moc")
async def show(
    request: AnyRequest, ref: Ref, milestone: Word = "", boundaries: Word = "", position: Count = 0
) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    then = borders.day_asked(house, boundaries)
    unit = borders.unit_reached(house, asking, ref, day=then, about=Model.AMBASSADORS)
    chosen = next((one for one in Milestone if one.value == milestone), Milestone.DIGITAL_IDENTITY)
    below = borders.below(house, unit, then)
    with house.asking() as db:
        board = read(db, [unit.id, *(one.id for one in below)])
        read_at = age(db)
    path = f"/don-vi/{reference(unit)}/cot-moc"
    own = board.of(unit.id, chosen)
    return page(
        request,
        "milestones/board.html",
        here=path,
        name=unit.name,
        back=f"/don-vi/{reference(unit)}",
        borders=borders.switch(house, "/cot-moc", unit, then, milestone=chosen.value),
        freshness=fresh(read_at, adopted(house, unit.id)),
        cards=[_card(board, unit.id, one, path, chosen, boundaries) for one in Milestone],
        chosen=translated(MILESTONES[chosen]),
        groups=[_row(said(GROUPS, group), own.groups.get(group, Reached())) for group in Group],
        whole=_row(_("All"), own.everybody),
        children=_children(board, below, chosen, boundaries),
        courses=courses.beside([LEARNED_BY[chosen]]),
    )


def _card(board: Board, unit: UnitId, one: Milestone, path: str, chosen: Milestone, boundaries: str) -> Card:
    found = board.of(unit, one)
    everybody = found.everybody
    indicator = DECLARED.get(one)
    declared = board.declared.get((unit, indicator)) if indicator else None
    about = [
        _(
            "%(confirmed)s confirmed (%(share)s), %(own)s by their own answer",
            confirmed=number(everybody.confirmed),
            share=percent(everybody.confirmed_share),
            own=number(everybody.own),
        )
        if everybody.reached
        else _("nobody yet")
    ]
    if (rate := _rate(found, board.adults.get(unit))) is not None:
        about.append(rate)
    return Card(
        label=translated(MILESTONES[one]),
        href=address(path, milestone=one.value, boundaries=boundaries),
        current=one is chosen,
        value=everybody.reached,
        about=" · ".join(about),
        declared=_(
            "Declared by an office: %(value)s as of %(day)s, document %(document)s",
            value=number(declared.value),
            day=day_said(declared.as_of),
            document=declared.document,
        )
        if declared
        else "",
    )


def _rate(found: Counted, adults: Adults | None) -> str | None:
    """Those confirmed who are not under 16, of the adults that an office declared."""
    if adults is None or not adults.value:
        return None
    return _(
        "%(rate)s of %(adults)s adults (declared as of %(day)s)",
        rate=percent(share(found.adults.confirmed, adults.value)),
        adults=number(adults.value),
        day=day_said(adults.as_of),
    )


def _row(name: str, found: Reached, href: str = "", rate: str = "") -> Row:
    return Row(
        name=name, href=href, reached=found.reached, confirmed=found.confirmed, own=found.own, rate=rate
    )


def _children(board: Board, below: list[Unit], chosen: Milestone, boundaries: str) -> list[Row]:
    """Who is behind stands first: by the share of the declared adults where there is one, else by the
    number of people."""
    rows = []
    for unit in below:
        found, adults = board.of(unit.id, chosen), board.adults.get(unit.id)
        part = share(found.adults.confirmed, adults.value) if adults else None
        href = address(f"/don-vi/{reference(unit)}/cot-moc", milestone=chosen.value, boundaries=boundaries)
        row = _row(unit.name, found.everybody, href, "" if part is None else percent(part))
        rows.append(((part is not None, part or 0.0, row.confirmed, row.reached, row.name), row))
    return [row for _order, row in sorted(rows, key=lambda one: one[0])]


ROUTES: Final = (home, show)
