"""/xep-hang: compare, on confirmed people, with one's own place and its neighbours."""

import re
from typing import Any, Final

import msgspec
from litestar import Response, get

from application.actors import Actor
from application.ports import Unit
from infrastructure.read_models import leaderboard
from infrastructure.read_models.leaderboard import BadCursor, Board, Metric, OwnRow, Standing
from interfaces.house import House
from interfaces.web import choosing
from interfaces.web.asked import Count, Word
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, translated
from interfaces.web.limits import AnyRequest, NoSuchBoard
from interfaces.web.names import shown_names
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import Visitor, house_of, visitor
from interfaces.web.words import unit_name

ROWS: Final = 25
_PERIOD: Final = re.compile(r"all|20\d\d(-(0[1-9]|1[0-2]))?\Z")


_METRICS: Final = {
    Metric.PEOPLE: (mark("Learners"), mark("Number of learners who have confirmed"), mark("Learners")),
    Metric.FAMILIES: (mark("Families"), mark("Number of digital families"), mark("Families")),
    Metric.VENDORS: (mark("Vendors"), mark("Number of vendors who have confirmed"), mark("Vendors")),
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line: `bar` is the share of the first one's score, `gap` that ranks above it are left out."""

    rank: int
    name: str
    unit: str
    score: int
    confirmed_share: float | None
    able_share: float | None
    bar: float
    me: bool = False
    gap: bool = False


@get("/xep-hang")
async def ranking(
    request: AnyRequest,
    unit: Word = "",
    metric: Word = Metric.PEOPLE.value,
    period: Word = leaderboard.ALL,
    after: Word = "",
    position: Count = 0,
) -> Response[bytes]:
    """Raises `NoSuchBoard`, `OutOfScope`."""
    house, asking = house_of(request), visitor(request)
    if metric not in set(Metric) or not _PERIOD.match(period):
        raise NoSuchBoard
    await caught_up(house, position)
    chosen = choosing.unit_asked(house, unit, _start(house, asking.actor if asking else None))
    kind = Metric(metric)
    board, own = _read(house, asking, chosen, kind, period, after)
    rows = _rows(house, asking, board, own, first_page=not after)
    return page(
        request,
        "boards/ranking.html",
        heading=_("Mentors, %(unit)s", unit=chosen.name),
        freshness=fresh(board.age, adopted(house, chosen.id)),
        counted=translated(_METRICS[kind][1]),
        counted_short=translated(_METRICS[kind][2]),
        period_label=dict(choosing.periods(today(house))).get(period, period),
        metric=metric,
        period=period,
        unit=reference(chosen),
        units=choosing.nearby(house, chosen),
        shares=kind is not Metric.FAMILIES,
        rows=rows,
        behind=_own_place(kind, board, own) if not after else None,
        total=board.total,
        first=address("/xep-hang", unit=unit, metric=metric, period=period) if after else None,
        more=address("/xep-hang", unit=unit, metric=metric, period=period, after=board.after)
        if board.after
        else None,
        **_links(house, reference(chosen), metric, period),
    )


def _start(house: House, asking: Actor | None) -> Unit | None:
    """Where comparing begins: the province of whoever asks (a commune is soon read through)."""
    home = choosing.home_of(house, asking)
    if home is None or len(home.path) <= 2:
        return home
    return house.units.find(home.path[-2])


def _read(
    house: House, asking: Visitor | None, unit: Unit, metric: Metric, period: str, after: str
) -> tuple[Board, OwnRow | None]:
    try:
        with house.asking() as db:
            board = leaderboard.board(
                db, unit.id, metric=metric, period=period, limit=ROWS, after=after or None
            )
            own = (
                leaderboard.own_row(db, asking.actor.person, unit.id, metric=metric, period=period)
                if asking
                else None
            )
            return board, own
    except BadCursor:
        raise NoSuchBoard from None


def _links(house: House, unit: str, metric: str, period: str) -> dict[str, Any]:
    return {
        "metrics": [
            Link(
                address("/xep-hang", unit=unit, metric=one.value, period=period),
                translated(words[0]),
                one.value == metric,
            )
            for one, words in _METRICS.items()
        ],
        "periods": _periods(house, period),
    }


def _periods(house: House, period: str) -> list[tuple[str, str]]:
    """Those to choose from, and the one asked for where it is another."""
    usual = choosing.periods(today(house))
    return usual if period in dict(usual) else [*usual, (period, period)]


def _rows(
    house: House, asking: Visitor | None, board: Board, own: OwnRow | None, *, first_page: bool
) -> list[Row]:
    """The page of the board; on the first one also the own row with its neighbours, if further down."""
    listed = list(board.rows)
    apart: list[Standing] = []
    if own is not None and first_page and own.own.score and own.own not in listed:
        apart = [one for one in (*own.above, own.own, *own.below) if one not in listed]
    names = shown_names(house, asking.actor if asking else None, [*listed, *apart])
    nameless = _("A mentor (name not public)")
    top = max((one.score for one in (*listed, *apart)), default=0) or 1
    me = own.own.ambassador if own else None
    return [
        Row(
            rank=one.rank or 0,
            name=names.get(one.ambassador, nameless),
            unit=unit_name(house.units, one.unit),
            score=one.score,
            confirmed_share=one.confirmed_share,
            able_share=one.able_share,
            bar=one.score / top,
            me=one.ambassador == me,
            gap=bool(apart) and one is apart[0],
        )
        for one in (*listed, *apart)
    ]


def _own_place(metric: Metric, board: Board, own: OwnRow | None) -> str | None:
    """One's own rank, and what separates one from the first."""
    if own is None or not board.rows:
        return None
    if own.own.rank is None:
        return _("You are not on this board yet: nobody has confirmed so far.")
    rank = _("Your rank: %(rank)s.", rank=number(own.own.rank))
    return f"{rank} {_behind(metric, board, own)}".strip()


def _behind(metric: Metric, board: Board, own: OwnRow) -> str:
    missing = board.rows[0].score - own.own.score
    if missing <= 0:
        return ""
    match metric:
        case Metric.PEOPLE:
            return ngettext(
                "You are %(num)s person behind the first rank.",
                "You are %(num)s people behind the first rank.",
                missing,
            )
        case Metric.FAMILIES:
            return ngettext(
                "You are %(num)s family behind the first rank.",
                "You are %(num)s families behind the first rank.",
                missing,
            )
        case Metric.VENDORS:
            return ngettext(
                "You are %(num)s vendor behind the first rank.",
                "You are %(num)s vendors behind the first rank.",
                missing,
            )


ROUTES: Final = (ranking,)
