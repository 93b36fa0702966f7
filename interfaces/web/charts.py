"""Charts as the server draws them: shapes for SVG without inline style, and the table of each.

`templates/charts.html` renders them: `{% import "charts.html" as charts with context %}` and
`{{ charts.chart(one) }}`. Sizes across are percentages, so that a drawing fits any width while its
text stays as large as other text. Every value stands in the chart's table, as people read numbers;
nothing is told by colour alone. In languages written from the right, time runs from the right, too.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from interfaces.web.language import gettext as _
from interfaces.web.language import number, percent, right_to_left

HEIGHT: Final = 200
"""Of a trend, in pixels: the columns stand on the ground line, values stand above them."""
_TOP: Final = 28
_GROUND: Final = HEIGHT - 1
_FEW: Final = 6
"""So many values have room above their columns on the narrowest phone; of more, the highest and the last.
What is not over yet is read in the table."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a trend: `x` and `width` in percent, `y` and `height` in pixels. `said` is the value
    where it is printed above, at `middle` percent; `open` where its time is not over yet."""

    x: float
    width: float
    middle: float
    y: float
    height: float
    said: str
    open: bool


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A level that the columns are compared with: a dashed line, explained under the drawing."""

    y: float
    label: str


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """Columns side by side in the order of time. `alt` is the text alternative; `rows` is the table."""

    kind: str = "trend"
    title: str
    alt: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    columns: list[Column]
    mark: Mark | None
    first: str
    last: str
    note: str


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table with a bar: lengths between 0 and 1, None for one that is not known. `target` is
    where the mark stands; `beside` is printed next to the value, `about` under the label, and `more` under
    that, line by line."""

    label: str
    value: str
    length: float | None
    href: str = ""
    about: str = ""
    beside: str = ""
    target: float | None = None
    me: bool = False
    more: tuple[str, ...] = ()


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """A table of which each row has a bar: it is its own table. `head` are its columns, two or three.
    `titled` is false where a heading says the title already."""

    kind: str = "bars"
    title: str
    head: tuple[str, ...]
    rows: list[Bar]
    note: str = ""
    titled: bool = True


Chart = Trend | Bars


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How far something has come: `value` of `whole`, where `target` (0 to 1) is asked for. A `whole` of
    None is one that nobody knows: the value stands without a bar."""

    label: str
    value: int
    whole: int | None
    target: float | None = None
    about: str = ""
    href: str = ""


def trend(
    title: str,
    points: Sequence[tuple[str, int]],
    *,
    when: str,
    what: str,
    level: tuple[str, float] | None = None,
    unfinished: str = "",
    beside: Sequence[tuple[str, Sequence[int]]] = (),
) -> Trend:
    """`points` in the order of time, each with its label. `when` and `what` head the table; `beside` are
    further columns of it. `level` is a number the columns are compared with, and what it is.
    `unfinished` says why the last is not whole."""
    highest = max([value for _label, value in points] + ([level[1]] if level else []), default=0)
    printed = _printed([value for _label, value in points][: -1 if unfinished else None])
    return Trend(
        title=title,
        alt=_alt(title, points),
        head=(when, what, *(head for head, _values in beside)),
        rows=[
            (label, number(value), *(number(values[at]) for _head, values in beside))
            for at, (label, value) in enumerate(points)
        ],
        columns=[
            _column(at, len(points), value, highest, said=at in printed, unfinished=unfinished)
            for at, (_label, value) in enumerate(points)
        ],
        mark=Mark(y=_level(level[1], highest), label=level[0]) if level and points else None,
        first=points[0][0] if points else "",
        last=points[-1][0] if len(points) > 1 else "",
        note=unfinished,
    )


def bars(
    title: str,
    rows: Sequence[tuple[str, int] | tuple[str, int, str]],
    *,
    what: str,
    value: str,
    note: str = "",
    me: int | None = None,
) -> Bars:
    """Rows of a label, a value and perhaps an address, compared with the largest. `what` and `value` head
    the table; `me` is the row of whoever looks."""
    largest = max((row[1] for row in rows), default=0)
    return Bars(
        title=title,
        head=(what, value),
        note=note,
        rows=[
            Bar(
                label=row[0],
                value=number(row[1]),
                length=_part(row[1], largest),
                href=row[2] if len(row) == 3 else "",
                me=at == me,
            )
            for at, row in enumerate(rows)
        ],
    )


def distribution(
    title: str, bins: Sequence[tuple[str, int]], *, what: str, value: str, note: str = ""
) -> Bars:
    """How often each of some cases happens that exclude each other, with its share of them all."""
    largest, whole = max((count for _, count in bins), default=0), sum(count for _, count in bins)
    return Bars(
        title=title,
        head=(what, value, _("Share of all")),
        note=note,
        rows=[
            Bar(
                label=label,
                value=number(count),
                length=_part(count, largest),
                beside=percent(count / whole if whole else None),
            )
            for label, count in bins
        ],
    )


def progress(title: str, rows: Sequence[Share], *, what: str, note: str = "") -> Bars:
    """How far each has come, with a mark where its target stands."""
    return Bars(title=title, head=(what, _("So far"), _("Target")), note=note, rows=[_far(r) for r in rows])


def _far(one: Share) -> Bar:
    so_far = one.value / one.whole if one.whole else None
    of = _("%(part)s of %(whole)s", part=number(one.value), whole=number(one.whole)) if one.whole else ""
    return Bar(
        label=one.label,
        value=number(one.value) if so_far is None else percent(so_far),
        length=None if so_far is None else min(1.0, so_far),
        href=one.href,
        about=" · ".join(said for said in (of, one.about) if said),
        beside=percent(one.target),
        target=one.target if one.whole else None,
    )


def _part(value: float, largest: float) -> float:
    return value / largest if largest > 0 else 0.0


def _level(value: float, highest: float) -> float:
    return round(_GROUND - (_GROUND - _TOP) * _part(value, highest), 1)


def _column(at: int, many: int, value: int, highest: float, *, said: bool, unfinished: str) -> Column:
    each = 100 / many
    width = each * 0.72
    x = at * each + (each - width) / 2
    if right_to_left():
        x = 100 - x - width
    y = _level(value, highest)
    return Column(
        x=round(x, 2),
        width=round(width, 2),
        # The value of the first or last column keeps clear of the edge.
        middle=round(min(max(x + width / 2, 7), 93), 2),
        y=y,
        height=round(_GROUND - y, 1),
        said=number(value) if said else "",
        open=bool(unfinished) and at == many - 1,
    )


def _printed(values: Sequence[int]) -> set[int]:
    """Which values are printed above their columns without touching each other."""
    if len(values) <= _FEW:
        return set(range(len(values)))
    last = len(values) - 1
    top = max(range(len(values)), key=values.__getitem__)
    apart = math.ceil(len(values) / _FEW)
    return {top, last} if last - top >= apart else {top}


def _alt(title: str, points: Sequence[tuple[str, int]]) -> str:
    if not points:
        return title
    top = max(points, key=lambda point: point[1])
    return _(
        "%(title)s: %(first)s %(first_value)s, highest %(top)s %(top_value)s, last %(last)s %(last_value)s; "
        "the table holds every value",
        title=title,
        first=points[0][0],
        first_value=number(points[0][1]),
        top=top[0],
        top_value=number(top[1]),
        last=points[-1][0],
        last_value=number(points[-1][1]),
    )
