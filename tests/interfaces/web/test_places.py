"""Where a mentor may enter lessons, as the forms offer it, after boundaries changed."""

from types import SimpleNamespace
from typing import Any

from domain.model import PersonId, Role
from interfaces.web import drafts
from tests.application.place import QUY_NHON, TUY_PHUOC, VINH_THANH, Place, holder

LAN = holder(PersonId("lan"), Role.AMBASSADOR, TUY_PHUOC)


def offered(units: Place) -> list[str]:
    house: Any = SimpleNamespace(units=units)
    return [one.id for one in drafts.places(house, LAN)]


def test_a_commune_with_its_hamlets():
    assert offered(Place()) == [TUY_PHUOC, VINH_THANH]


def test_what_stands_for_a_commune_that_is_no_more():
    units = Place()
    units.merge(TUY_PHUOC, into=QUY_NHON)
    assert offered(units) == [QUY_NHON]
