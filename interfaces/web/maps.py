"""Maps without boundaries: a dot at each unit's centre, with its step of five, its size and its value.

A country is drawn by its provinces over the faint dots of all its communes, which give it its shape,
and by its islands; a province by its communes. An island far off the rest of a province stands in
a frame of its own, so that the rest is not squeezed into a corner.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from application.ports import Unit
from domain.territory import Level, UnitKind
from infrastructure.read_models.figures import Figures
from interfaces.house import House
from interfaces.web import measures
from interfaces.web.language import gettext as _
from interfaces.web.measures import Metric, Value

WIDTH: Final = 600
HIGHEST: Final = 780
MARGIN: Final = 20
FAR: Final = 1.2
"""Degrees: a unit farther than this from every other one of its province is drawn in a frame."""
_FRAME: Final = 76
_TEXT: Final = 17
"""Of a label, in units of the drawing: 16 pixels or more where labels are shown at all."""


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """One unit: `step` is a class of the stylesheet, `title` its name and value. `ref` names the row of
    the table it leads to. `label` is printed at `at` (x, y, anchor) where there is room."""

    x: float
    y: float
    r: float
    step: int
    title: str
    ref: str
    label: str = ""
    at: tuple[float, float, str] = (0, 0, "")
    isle: bool = False


class Frame(msgspec.Struct, frozen=True):
    x: float
    y: float
    size: float


class Dots(msgspec.Struct, frozen=True, kw_only=True):
    """`land` is the path of the faint dots; `keys` say what the steps stand for."""

    width: int
    height: int
    alt: str
    land: str
    frames: list[Frame]
    circles: list[Dot]
    keys: list[tuple[int, str]]
    about: str


class Placed(msgspec.Struct, frozen=True):
    """A unit with its value and the figures it comes from; `isle` if it is drawn as an island."""

    unit: Unit
    value: Value
    figures: Figures
    isle: bool = False


def islands(house: House) -> list[Unit]:
    """The special zones of today: on islands all of them, Hoàng Sa and Trường Sa among them."""
    country = house.units.find("VN")
    provinces = house.units.children(country.id) if country else ()
    return [
        one
        for province in provinces
        for one in house.units.children(province.id)
        if one.kind is UnitKind.SPECIAL_ZONE and _lies(one)
    ]


def drawn(house: House, over: Unit, places: Sequence[Placed], metric: Metric) -> Dots | None:
    """None where fewer than three units have a centre: they would say nothing about where they lie."""
    known = [one for one in places if _lies(one.unit)]
    if len(known) < 3:
        return None
    country = over.kind is UnitKind.COUNTRY
    near, far = (known, []) if country else _apart(known)
    project, height = _projection([_at(one.unit) for one in near], room=_FRAME + 24 if far else 0)
    largest = max((one.value.number or 0.0 for one in known if not one.isle), default=0.0)
    places_of = {one.unit.id: project(*_at(one.unit)) for one in near}
    frames = []
    for number_, one in enumerate(far):
        frame = Frame(WIDTH - _FRAME - 2, 40 + number_ * (_FRAME + 36), _FRAME)
        frames.append(frame)
        places_of[one.unit.id] = frame.x + _FRAME / 2, frame.y + _FRAME / 2
    isles = {one.unit.id for one in far}
    circles = [
        _dot(one, places_of[one.unit.id], metric, largest, many=len(known), named=one.unit.id in isles)
        for one in known
    ]
    return Dots(
        width=WIDTH,
        height=height,
        alt=_("Map of the units of %(unit)s; the table holds the same figures", unit=over.name),
        land=_land(house, over, project) if country else "",
        frames=frames,
        circles=_labelled(sorted(circles, key=lambda dot: (dot.isle, -dot.r)), height),
        keys=measures.keys(metric, largest),
        about=measures.said_about(metric),
    )


def _lies(one: Unit) -> bool:
    return one.latitude is not None and one.longitude is not None


def _at(one: Unit) -> tuple[float, float]:
    return one.latitude or 0.0, one.longitude or 0.0


def _apart(known: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Those near others, and those far off all of them."""
    far = [
        one
        for one in known
        if all(math.dist(_at(one.unit), _at(other.unit)) > FAR for other in known if other is not one)
    ]
    return [one for one in known if one not in far], far


class Projection(msgspec.Struct, frozen=True):
    """Latitude and longitude -> the drawing: equirectangular at the middle latitude."""

    left: float
    west: float
    north: float
    across: float
    down: float

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        return (
            round(self.left + (lon - self.west) * self.across, 1),
            round(MARGIN + (self.north - lat) * self.down, 1),
        )


def _projection(points: Sequence[tuple[float, float]], *, room: float) -> tuple[Projection, int]:
    """Into the middle of the drawing, and how high that is. `room` is kept free at the right."""
    lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
    narrow = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide, high = (max(lons) - min(lons)) * narrow or 0.1, max(lats) - min(lats) or 0.1
    scale = min((WIDTH - 2 * MARGIN - room) / wide, (HIGHEST - 2 * MARGIN) / high)
    left = (WIDTH - room - wide * scale) / 2
    height = max(round(high * scale + 2 * MARGIN), 240)
    return Projection(left, min(lons), max(lats), narrow * scale, scale), height


def _dot(
    one: Placed, where: tuple[float, float], metric: Metric, largest: float, *, many: int, named: bool
) -> Dot:
    step = measures.step(metric, one.value.number, largest)
    smallest = 5.0 if many > 60 else 7.0
    name = one.unit.name.removeprefix("Đặc khu ")
    return Dot(
        x=where[0],
        y=where[1],
        r=5.0 if one.isle else smallest + step * (1.5 if many > 60 else 2.5),
        step=step,
        title=_("%(unit)s: %(num)s", unit=one.unit.name, num=one.value.said),
        ref=one.unit.code or one.unit.id,
        label=_label(one, name, named=named or name in _NAMED),
        isle=one.isle or named,
    )


def _label(one: Placed, name: str, *, named: bool) -> str:
    """Its name for an island far off, else its value where there is one."""
    if named:
        return name
    return one.value.said if one.value.number and not one.isle else ""


_NAMED: Final = ("Hoàng Sa", "Trường Sa")
"""Islands that stand alone in the sea of a map of the country; the others are read in the table."""


def _labelled(circles: Sequence[Dot], height: int) -> list[Dot]:
    """Values beside their dots, where they touch neither a dot nor another value: of those in each
    other's way, of the largest."""
    taken = [(dot.x - dot.r, dot.y - dot.r, dot.x + dot.r, dot.y + dot.r) for dot in circles]
    found = []
    for dot in circles:
        place = _place(dot, taken, height) if dot.label else None
        if place is None:
            found.append(msgspec.structs.replace(dot, label=""))
            continue
        taken.append(place[1])
        found.append(msgspec.structs.replace(dot, at=place[0]))
    return found


def _place(dot: Dot, taken: Iterable["Box"], height: int) -> tuple[tuple[float, float, str], "Box"] | None:
    """Names of islands stand in the open sea, and are larger on phones: at the side with more room."""
    right, left, below, above = _around(dot)
    if dot.isle:
        return left if dot.x > WIDTH / 2 else right
    return next((at for at in (right, left, below, above) if _free(at[1], taken, height)), None)


Box = tuple[float, float, float, float]


def _around(dot: Dot) -> list[tuple[tuple[float, float, str], Box]]:
    """Where a label may stand: at the right, at the left, below, above."""
    wide = len(dot.label) * _TEXT * 0.58
    gap, middle = dot.r + 4, dot.y + _TEXT * 0.35
    below, above = dot.y + gap + _TEXT * 0.8, dot.y - gap
    half = wide / 2
    return [
        ((round(dot.x + gap, 1), round(middle, 1), "start"), _box(dot.x + gap, middle, wide)),
        ((round(dot.x - gap, 1), round(middle, 1), "end"), _box(dot.x - gap - wide, middle, wide)),
        ((dot.x, round(below, 1), "middle"), _box(dot.x - half, below, wide)),
        ((dot.x, round(above, 1), "middle"), _box(dot.x - half, above, wide)),
    ]


def _box(left: float, base: float, wide: float) -> Box:
    return left, base - _TEXT * 0.8, left + wide, base + _TEXT * 0.2


def _free(box: Box, taken: Iterable[Box], height: int) -> bool:
    left, top, right, bottom = box
    if left < 0 or right > WIDTH or top < 0 or bottom > height:
        return False
    return all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken)


def _land(house: House, over: Unit, project: Projection) -> str:
    return _path(
        tuple(
            _at(one)
            for province in house.units.children(over.id)
            for one in house.units.children(province.id)
            if one.latitude is not None and one.kind.level is Level.COMMUNE
        ),
        project,
    )


@lru_cache(maxsize=4)
def _path(centres: tuple[tuple[float, float], ...], project: Projection) -> str:
    """A path of points, each seen from the one before: short, and shorter compressed."""
    parts, x, y = [], 0, 0
    points = ((round(across), round(down)) for across, down in (project(*at) for at in centres))
    for here, there in sorted(set(points)):
        parts.append(f"m{here - x} {there - y}h0")
        x, y = here, there
    return "".join(parts)
