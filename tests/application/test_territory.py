"""Units loaded from the official list, and hamlets added under communes."""

import asyncio
from datetime import date

import pytest

from application.actors import NotAllowed, OutOfScope
from application.forms.territory import HamletForm
from application.territory import add_hamlet, load_units, unit_id
from domain.model import By, Role
from domain.names import BadName
from domain.territory import (
    EstablishUnits,
    HamletExists,
    NotUnderThat,
    UnitEstablished,
    UnitKind,
    UnitSpec,
)
from infrastructure import official_units
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, holder


def test_the_whole_list_is_loaded_once(scene):
    rows = official_units.read()
    loaded = asyncio.run(load_units(scene.ground, rows))
    assert loaded.established == 1 + 34 + 3_321
    again = asyncio.run(load_units(scene.ground, rows))
    assert (again.established, again.position) == (0, loaded.position)

    units = {fact.unit: fact for fact in scene.facts(UnitEstablished)}
    gia_lai = units[unit_id("52")]
    assert (gia_lai.name, gia_lai.code, gia_lai.parent) == ("Tỉnh Gia Lai", "52", unit_id("VN"))
    assert units[unit_id("VN")].kind is UnitKind.COUNTRY
    assert all(fact.parent in units for fact in units.values() if fact.parent)


class TestHamlets:
    @pytest.fixture(autouse=True)
    def _established(self, scene):
        units = tuple(
            UnitSpec(unit=unit, code=code, name=name, kind=kind, parent=parent, valid_from=date(2025, 7, 1))
            for unit, code, name, kind, parent in (
                (GIA_LAI, "52", "Gia Lai", UnitKind.PROVINCE, None),
                (TUY_PHUOC, "21970", "Tuy Phước", UnitKind.COMMUNE, GIA_LAI),
            )
        )
        asyncio.run(scene.ledger.decide(EstablishUnits(units=units, by=By("import:test"))))

    def added(self, scene, actor, name="Thôn Vinh Thạnh", parent=TUY_PHUOC):
        form = HamletForm(submission=scene.submission(), parent=parent, name=name)
        return asyncio.run(add_hamlet(scene.ground, actor, form))

    def test_an_organizer_adds_one(self, scene, minh):
        done = self.added(scene, minh)
        fact = scene.facts(UnitEstablished)[-1]
        assert (fact.unit, fact.kind, fact.parent) == (done.unit, UnitKind.HAMLET, TUY_PHUOC)

    def test_one_commune_has_one_hamlet_of_a_name(self, scene, minh):
        self.added(scene, minh)
        with pytest.raises(HamletExists):
            self.added(scene, minh, "thon vinh thanh")

    def test_a_bad_name_is_refused(self, scene, minh):
        with pytest.raises(BadName) as refused:
            self.added(scene, minh, "<b>")
        assert refused.value.details["field"] == "name"

    def test_it_lies_under_a_commune(self, scene, minh):
        with pytest.raises(NotUnderThat):
            self.added(scene, holder(minh.person, Role.ORGANIZER, GIA_LAI), parent=GIA_LAI)

    def test_only_organizers_in_their_own_unit(self, scene, lan, minh):
        with pytest.raises(NotAllowed):
            self.added(scene, lan)
        with pytest.raises(OutOfScope) as refused:
            self.added(scene, minh, parent=QUY_NHON)
        assert refused.value.details == {"field": "parent"}
