"""What a board shows as drawings, each with its table: how it went on, how it is spread, how far it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from domain.model import UnitId
from infrastructure.read_models import scored, sizes
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.leaderboard import Compared, Standing
from infrastructure.read_models.standings import Metric, Of
from interfaces.house import House, Questions
from interfaces.web import board_words, charts
from interfaces.web.boards import Chosen
from interfaces.web.charts import Chart, Share
from interfaces.web.language import gettext as _
from interfaces.web.language import number, translated
from interfaces.web.words import unit_name

_MONTHS: Final = 12
_FIRST: Final = 10
"""So many of the units listed are held against their adults; the page of each says more."""
_BINS: Final = ((1, 1), (2, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 199), (200, 499), (500, None))
"""Of 5 learners the plans speak; the other bounds are round."""


def of_board(
    house: House, db: Questions, chosen: Chosen, compared: Compared, rows: Sequence[Standing], today: date
) -> list[Chart]:
    """Those of which there is something to draw."""
    drawn = [
        _trend(db, chosen, today),
        _spread(chosen, compared.spread()),
        _progress(house, db, chosen, rows),
    ]
    return [one for one in drawn if one is not None]


def _trend(db: Questions, chosen: Chosen, today: date) -> Chart | None:
    """By month, of the unit or of the team or workplace whose members are compared."""
    if chosen.body:
        found = scored.by_period(db, chosen.body.id, of=chosen.body.of, metric=chosen.metric)
        where = chosen.body.name
    else:
        found = scored.unit_by_period(db, chosen.unit.id, metric=chosen.metric)
        where = chosen.unit.name
    months = _last_months(today, sorted(period for period in found if board_words.is_month(period)))
    if not any(month in found for month in months):
        return None
    return charts.trend(
        _("%(what)s by month, %(where)s", what=_what(chosen), where=where),
        [(f"{month[5:]}/{month[:4]}", found.get(month, 0)) for month in months],
        when=_("Month"),
        what=_what(chosen),
        unfinished=_("This month is not over.") if months[-1:] == [f"{today:%Y-%m}"] else "",
    )


def _last_months(today: date, known: list[str]) -> list[str]:
    """Up to a year of months up to this one, from the first in which there was anything."""
    months = [board_words.before(today, back) for back in reversed(range(_MONTHS))]
    return [month for month in months if known and month >= known[0]]


def _spread(chosen: Chosen, counted: Mapping[int, int]) -> Chart | None:
    if len(counted) < 2:
        return None
    highest = max(counted)
    bins = [
        (_between(least, most), sum(rows for score, rows in counted.items() if _holds(least, most, score)))
        for least, most in _BINS
        if least <= highest
    ]
    kind = translated(board_words.KINDS[chosen.of][0])
    return charts.distribution(
        _("How %(kind)s are spread", kind=kind.lower()), bins, what=_what(chosen), value=kind
    )


def _holds(least: int, most: int | None, score: int) -> bool:
    return least <= score and (most is None or score <= most)


def _between(least: int, most: int | None) -> str:
    if most is None:
        return _("%(least)s and more", least=number(least))
    return number(least) if least == most else f"{number(least)}–{number(most)}"


def _progress(house: House, db: Questions, chosen: Chosen, rows: Sequence[Standing]) -> Chart | None:
    """Of the units listed whose adults were declared: how many people have confirmed since the beginning."""
    if chosen.of not in (Of.COMMUNES, Of.PROVINCES) or chosen.metric is not Metric.PEOPLE:
        return None
    if chosen.period != ALL or chosen.days:
        return None
    declared = sizes.adults(db, [UnitId(row.row) for row in rows])
    known = [row for row in rows if row.row in declared][:_FIRST]
    if not known:
        return None
    return charts.progress(
        _("People who confirmed, of the adults declared"),
        [
            Share(label=unit_name(house.units, row.row), value=row.score, whole=declared[UnitId(row.row)])
            for row in known
        ],
        what=translated(board_words.KINDS[chosen.of][1]),
        note=_("Who is under 18 is counted, too. Units whose adults nobody declared are left out."),
    )


def _what(chosen: Chosen) -> str:
    return translated(board_words.METRICS[chosen.metric][0])
