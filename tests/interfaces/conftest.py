"""A house with its people, for the tests of pages and API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from application import criteria, territory
from application.actors import OPERATOR
from domain.criteria import DEFAULT
from domain.model import Role
from infrastructure.beginning import begin
from infrastructure.settings import Settings
from interfaces.main import open_house
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Caller, Home, some_units


@pytest.fixture
def home(database_url: str | None, tmp_path: Path) -> Iterator[Home]:
    settings = Settings(home=tmp_path, database_url=database_url)
    begin(settings)
    house = open_house(settings)
    home = Home(house)
    loaded = home.run(territory.load_units(house.ground, some_units()))
    assert house.projector.wait_for(loaded.position, 10)
    home.run(
        criteria.adopt(
            house.ground, OPERATOR, DEFAULT, "VN", valid_from=territory.SINCE, document="01-KH/BCĐTW"
        )
    )
    home.catch_up()
    yield home
    home.close()
    house.close()


@pytest.fixture
def lan(home: Home) -> Caller:
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def hoa(home: Home) -> Caller:
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa")


@pytest.fixture
def minh(home: Home) -> Caller:
    return home.caller(Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")


@pytest.fixture
def hanh(home: Home) -> Caller:
    return home.caller(Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")


@pytest.fixture
def anyone(home: Home) -> Caller:
    return Caller(home)
