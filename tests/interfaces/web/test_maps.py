"""Maps of dots: where units lie, what they stand on, and what is printed beside them."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports import Unit
from domain.model import UnitId
from domain.territory import UnitKind
from infrastructure import official_units
from interfaces.web import language, maps, measures
from interfaces.web.maps import Dots, Placed
from interfaces.web.measures import Metric, Value

NOBODY: Any = SimpleNamespace()
ROWS = official_units.read()


@pytest.fixture(autouse=True)
def _in_vietnamese():
    language.use("vi")


def unit(row: official_units.OfficialUnit) -> Unit:
    return Unit(
        id=UnitId(row.code), code=row.code, name=row.name, kind=row.kind, parent=None, path=(),
        latitude=row.latitude, longitude=row.longitude,
    )  # fmt: skip


def placed(rows: list[official_units.OfficialUnit], *counts: int) -> list[Placed]:
    found = []
    for at, row in enumerate(rows):
        count = counts[at] if at < len(counts) else at
        value = Value(unit=UnitId(row.code), number=count, said=language.number(count))
        found.append(Placed(unit(row), value, NOBODY))
    return found


def communes_of(code: str) -> list[official_units.OfficialUnit]:
    return [row for row in ROWS if row.parent == code]


def drawn(code: str, *counts: int) -> Dots:
    over = unit(next(row for row in ROWS if row.code == code))
    found = maps.drawn(NOBODY, over, placed(communes_of(code), *counts), Metric.PEOPLE)
    assert found is not None
    return found


@pytest.mark.parametrize("code", sorted(row.code for row in ROWS if row.parent is None))
def test_every_province_is_drawn_inside_its_drawing_with_each_commune_once(code: str) -> None:
    found = drawn(code)
    assert len(found.circles) == len(communes_of(code))
    assert {dot.ref for dot in found.circles} == {row.code for row in communes_of(code)}
    for dot in found.circles:
        assert dot.x - dot.r >= 0
        assert dot.x + dot.r <= found.width
        assert dot.y - dot.r >= 0
        assert dot.y + dot.r <= found.height


def test_hoang_sa_and_truong_sa_stand_in_frames_of_their_own_with_their_names() -> None:
    for code, name in (("48", "Hoàng Sa"), ("56", "Trường Sa")):
        found = drawn(code)
        assert len(found.frames) == 1
        assert [dot.label for dot in found.circles if dot.isle] == [name]
        others = [dot.x for dot in found.circles if not dot.isle]
        assert max(others) - min(others) > maps.WIDTH / 4  # the rest is not squeezed into a corner


def test_a_value_is_in_the_title_of_its_dot_and_larger_ones_are_larger_and_darker() -> None:
    found = drawn("52", 1_000, 250, 0)
    first, second, third = (communes_of("52")[at] for at in range(3))
    dots = {dot.ref: dot for dot in found.circles}
    assert dots[first.code].title == f"{first.name}: 1.000"
    assert [dots[row.code].step for row in (first, second, third)] == [4, 1, 0]
    assert dots[first.code].r > dots[second.code].r > dots[third.code].r


def test_printed_values_touch_neither_each_other_nor_a_dot() -> None:
    found = drawn("01")
    boxes = [box for dot in found.circles if dot.label for at, box in maps._around(dot) if at == dot.at]
    assert len(boxes) > 10
    for at, one in enumerate(boxes):
        assert all(
            one[2] < other[0] or one[0] > other[2] or one[3] < other[1] or one[1] > other[3]
            for other in boxes[at + 1 :]
        )


def test_units_without_centres_are_not_drawn() -> None:
    hamlets = [
        official_units.OfficialUnit(str(at), f"thôn {at}", UnitKind.HAMLET, "x", None, None)
        for at in range(9)
    ]
    over = unit(communes_of("52")[0])
    assert maps.drawn(NOBODY, over, placed(hamlets), Metric.PEOPLE) is None


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_value_stands_on_the_step_whose_key_says_so(value: int, largest: int) -> None:
    language.use("en")
    value = min(value, largest)
    step = measures.step(Metric.PEOPLE, value, largest)
    keys = dict(measures.keys(Metric.PEOPLE, largest))
    low, _, high = keys[step].replace(",", "").partition("–")
    assert int(low) <= value <= int(high or low)


def test_of_targets_the_steps_are_quarters() -> None:
    steps = [measures.step(Metric.TARGET, share, 1.0) for share in (None, 0, 0.01, 0.25, 0.26, 0.99, 1.0)]
    assert steps == [0, 0, 1, 1, 2, 4, 4]
