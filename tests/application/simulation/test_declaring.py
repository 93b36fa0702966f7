"""What offices of an invented movement declare."""

from datetime import date

from application.ports import Unit
from application.simulation import declaring
from domain.model import UnitId
from domain.territory import UnitKind

GIA_LAI = Unit(
    id=UnitId("p"), code="52", name="Tỉnh Gia Lai", kind=UnitKind.PROVINCE, parent=None, path=(UnitId("p"),)
)
COMMUNES = [
    Unit(
        id=UnitId(f"c{at}"), code=f"2100{at}", name=f"Xã {at}", kind=UnitKind.COMMUNE, parent=UnitId("p"),
        path=(UnitId(f"c{at}"), UnitId("p")),
    )
    for at in range(5)
]  # fmt: skip
ON = date(2026, 11, 12)


def declared(seed: int = 1) -> list[tuple[str, str | None, str | None, int]]:
    forms = declaring.declarations(GIA_LAI, "Bình Định", 1_091_556, COMMUNES, ON, seed)
    return [(form.unit, form.then, form.indicator, form.value) for form in forms]


def test_every_commune_declares_its_adults_as_many_as_communes_have():
    communes = [one for one in declared() if one[2] is None]
    assert [unit for unit, *_rest in communes] == [one.code for one in COMMUNES]
    assert all(declaring.SMALLEST <= value < declaring.LARGEST for *_rest, value in communes)


def test_the_province_declares_for_what_it_was_then():
    province = [one for one in declared() if one[2] is not None]
    assert [(unit, then) for unit, then, *_rest in province] == [("52", "Bình Định")] * 2
    assert all(0 < value < 1_091_556 for *_rest, value in province)


def test_the_same_seed_declares_the_same():
    assert declared(3) == declared(3) != declared(4)
