"""/xep-hang: compare, on confirmed people, with one's own place, its neighbours and one's best month."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get

from application.actors import Actor
from application.ports import Unit
from infrastructure.read_models import scored
from infrastructure.read_models.leaderboard import Board, OwnRow, Standing
from infrastructure.read_models.standings import Metric, Of
from interfaces.house import House
from interfaces.web import board_charts, board_words, boundaries, choosing
from interfaces.web import boards as choice
from interfaces.web.asked import Count, Word
from interfaces.web.boards import Chosen
from interfaces.web.choosing import reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext, number, percent, translated
from interfaces.web.limits import AnyRequest
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import Visitor, house_of, visitor

ROWS: Final = 25


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
async def ranking(request: AnyRequest, after: Word = "", position: Count = 0) -> Response[bytes]:
    """Raises what `boards.asked`, `boards.choose` and `boards.page` do."""
    house, asking = house_of(request), visitor(request)
    await caught_up(house, position)
    chosen = choice.choose(house, choice.asked(request), start_of(house, asking.actor if asking else None))
    return page(request, "boards/ranking.html", **_shown(house, asking, chosen, after))


def start_of(house: House, asking: Actor | None) -> Unit | None:
    """Where comparing begins: the province of whoever asks (a commune is soon read through)."""
    home = choosing.home_of(house, asking)
    if home is None or len(home.path) <= 2:
        return home
    return house.units.find(home.path[-2])


def _shown(house: House, asking: Visitor | None, chosen: Chosen, after: str) -> dict[str, Any]:
    who = asking.actor if asking else None
    first_page, now = not after, today(house)
    with house.asking() as db:
        compared = chosen.compared(db)
        board = choice.page(compared, limit=ROWS, after=after or None)
        own = compared.own(who.person) if who else None
        share = (
            None
            if chosen.body
            else scored.unit_share(db, chosen.unit.id, metric=chosen.metric, period=chosen.period)
        )
        best = scored.best_month(db, who.person, metric=chosen.metric) if who else None
        drawn = board_charts.of_board(house, db, chosen, compared, board.rows, now) if first_page else []
    rows = _rows(house, who, chosen, board, own, first_page=first_page)
    sentence = translated(board_words.METRICS[chosen.metric][1])
    period = board_words.period_label(chosen)
    return {
        "heading": board_words.heading(chosen),
        "canonical": chosen.address(after=after or None),
        "freshness": fresh(board.age, adopted(house, chosen.unit.id)),
        "facts": [
            sentence,
            period,
            _confirmed(share) if not chosen.days else "",
            board_words.boundaries_said(chosen),
        ],
        "counted_short": translated(board_words.METRICS[chosen.metric][0]),
        "kind": translated(board_words.KINDS[chosen.of][1]),
        "chosen": chosen,
        "periods": board_words.periods(house, chosen, now),
        "kinds": [(of.value, translated(words[0])) for of, words in board_words.KINDS.items()],
        "unit": reference(chosen.asked),
        "units": boundaries.nearby(house, chosen.asked, chosen.day),
        "borders": boundaries.switch(house, "/xep-hang", chosen.asked, chosen.day, **_carried(chosen)),
        "may_be_similar": chosen.of.level is not None and chosen.asked.kind.level is chosen.of.level,
        "carried": _kept_by_days(chosen),
        "then": board_words.then_said(chosen),
        "size": board_words.size_said(chosen),
        "shares": chosen.metric is not Metric.FAMILIES,
        "rows": rows,
        "behind": _own_place(chosen, board, own) if first_page else None,
        "best": _best(chosen.metric, best) if chosen.of is Of.AMBASSADORS and first_page else None,
        "total": board_words.how_many(chosen.of, board.total),
        "first": chosen.address() if after else None,
        "more": chosen.address(after=board.after) if board.after else None,
        "metrics": [
            Link(chosen.address(metric=one.value), translated(words[0]), one is chosen.metric)
            for one, words in board_words.METRICS.items()
        ],
        "files": _files(house, who, chosen),
        "charts": drawn,
    }


def _kept_by_days(chosen: Chosen) -> list[tuple[str, object]]:
    """What the form for free days carries on: everything but another period."""
    kept = chosen.query(period=None, campaign=None, **{"from": None, "to": None})
    return [(name, value) for name, value in kept.items() if value is not None]


def _files(house: House, asking: Actor | None, chosen: Chosen) -> list[Link]:
    """The board as files; with names for whoever's role opens them there."""
    files = [
        Link(chosen.address("/xep-hang/tep", form="xlsx"), _("As an Excel file")),
        Link(chosen.address("/xep-hang/tep", form="csv"), _("As a CSV file")),
    ]
    named = asking is not None and asking.reaches(
        chosen.unit.id, *choice.NAMING, units=house.units, narrowed=True
    )
    if named and chosen.of is Of.AMBASSADORS:
        there = chosen.address("/xep-hang/tep/ten", form="xlsx")
        files.append(Link(there, _("As an Excel file with the names of your unit")))
    return files


def _carried(chosen: Chosen) -> dict[str, object]:
    """What the board keeps under other boundaries."""
    kept = chosen.query(boundaries=None, team=None, workplace=None, similar=None)
    return {key: value for key, value in kept.items() if key not in ("unit", "boundaries")}


def _confirmed(share: float | None) -> str:
    return "" if share is None else _("%(share)s of those recorded here are confirmed", share=percent(share))


def _rows(
    house: House, asking: Actor | None, chosen: Chosen, board: Board, own: OwnRow | None, *, first_page: bool
) -> list[Row]:
    """The page of the board; on the first one also the own row with its neighbours, if further down."""
    listed = list(board.rows)
    apart: list[Standing] = []
    if own is not None and first_page and own.own.score and own.own not in listed:
        apart = [one for one in (*own.above, own.own, *own.below) if one not in listed]
    names: Mapping[str, str] = board_words.names(house, asking, chosen.of, [*listed, *apart])
    nameless = board_words.nameless(chosen.of)
    top = max((one.score for one in (*listed, *apart)), default=0) or 1
    me = own.own.row if own else None
    return [
        Row(
            rank=one.rank or 0,
            name=names.get(one.row, nameless),
            unit=board_words.about(house, chosen.of, one),
            score=one.score,
            confirmed_share=one.confirmed_share,
            able_share=one.able_share,
            bar=one.score / top,
            me=one.row == me,
            gap=bool(apart) and one is apart[0],
        )
        for one in (*listed, *apart)
    ]


def _own_place(chosen: Chosen, board: Board, own: OwnRow | None) -> str | None:
    """One's own rank (or that of one's team, workplace or unit), and what separates it from the first."""
    if own is None or not board.rows:
        return None
    if chosen.of is not Of.AMBASSADORS:
        if own.own.rank is None:
            return None
        return _("The rank of yours: %(rank)s.", rank=number(own.own.rank))
    if own.own.rank is None:
        return _("You are not on this board yet: nobody has confirmed so far.")
    rank = _("Your rank: %(rank)s.", rank=number(own.own.rank))
    return f"{rank} {_behind(chosen.metric, board, own)}".strip()


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


def _best(metric: Metric, best: tuple[str, int] | None) -> str | None:
    """One's best month, whatever period is compared."""
    if best is None:
        return None
    month, count = best
    said = f"{month[5:]}/{month[:4]}"
    match metric:
        case Metric.PEOPLE:
            return ngettext(
                "Your best month was %(month)s, with %(num)s person.",
                "Your best month was %(month)s, with %(num)s people.",
                count,
                month=said,
            )
        case Metric.FAMILIES:
            return ngettext(
                "Your best month was %(month)s, with %(num)s family.",
                "Your best month was %(month)s, with %(num)s families.",
                count,
                month=said,
            )
        case Metric.VENDORS:
            return ngettext(
                "Your best month was %(month)s, with %(num)s vendor.",
                "Your best month was %(month)s, with %(num)s vendors.",
                count,
                month=said,
            )


ROUTES: Final = (ranking,)
