"""A house with its people, for the tests of pages and API."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from application import criteria, territory
from application.actors import OPERATOR
from domain.criteria import DEFAULT
from domain.model import Role
from infrastructure.beginning import begin
from infrastructure.settings import Settings
from interfaces import main
from interfaces.main import open_house
from interfaces.permissions import every_route_has_its_rule
from interfaces.web import language
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Caller, Home, some_units
from tests.interfaces.kept_app import KeptLitestar
from tests.interfaces.reformed import reform


class Settled(msgspec.Struct):
    """A house that was closed again, to be copied: its units, criteria and people are there."""

    settings: Settings
    tokens: dict[str, str]


@pytest.fixture(scope="session", autouse=True)
def kept_app() -> Iterator[None]:
    kept = KeptLitestar()
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(main, "Litestar", kept)
        patching.setattr(main, "every_route_has_its_rule", kept.once(every_route_has_its_rule))
        yield


@pytest.fixture(autouse=True)
def a_language_of_its_own() -> Iterator[None]:
    """What one test speaks, the next one in the same process does not."""
    with language.spoken(language.DEFAULT):
        yield


def settle(settings: Settings) -> Settled:
    begin(settings)
    house = open_house(settings)
    home = Home(house)
    loaded = home.run(territory.load_units(house.ground, some_units()))
    assert house.projector.wait_for(loaded.position, 30)
    adopted = criteria.adopt(
        house.ground, OPERATOR, DEFAULT, "VN", valid_from=territory.SINCE, document="01-KH/BCĐTW"
    )
    home.run(adopted)
    tokens = {
        "lan": home.token(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan"),
        "hoa": home.token(Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa"),
        "minh": home.token(Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh"),
        "hanh": home.token(Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh"),
    }
    home.catch_up()
    home.close()
    house.close()
    return Settled(settings, tokens)


@pytest.fixture(scope="session")
def settled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    return settle(Settings(home=tmp_path_factory.mktemp("settled")))


@pytest.fixture(scope="session")
def settled_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres) -> Settled:
    url = postgres.prepared()
    return settle(Settings(home=tmp_path_factory.mktemp("settled"), database_url=url))


def settle_again(settled: Settled, folder: Path, url: str | None) -> Settled:
    """The same house after the reform of 1/7/2025, as far as old Bình Định is concerned."""
    shutil.copytree(settled.settings.home, folder, dirs_exist_ok=True)
    house = open_house(Settings(home=folder, database_url=url))
    home = Home(house, settled.tokens)
    reform(home)
    home.close()
    house.close()
    return Settled(house.settings, settled.tokens)


@pytest.fixture(scope="session")
def reformed_sqlite(settled_sqlite: Settled, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    return settle_again(settled_sqlite, tmp_path_factory.mktemp("reformed"), None)


@pytest.fixture(scope="session")
def reformed_postgresql(
    settled_postgresql: Settled, tmp_path_factory: pytest.TempPathFactory, postgres
) -> Settled:
    url = postgres.copy_of(settled_postgresql.settings.database_url)
    return settle_again(settled_postgresql, tmp_path_factory.mktemp("reformed"), url)


@contextmanager
def copied_settings(request: pytest.FixtureRequest, settled: Settled, folder: Path) -> Iterator[Settings]:
    """The settings of a copy in `folder`."""
    shutil.copytree(settled.settings.home, folder, dirs_exist_ok=True)
    url = settled.settings.database_url
    if url is None:
        yield Settings(home=folder)
        return
    postgres = request.getfixturevalue("postgres")
    url = postgres.copy_of(url)
    yield Settings(home=folder, database_url=url)
    postgres.drop(url)


def copied(request: pytest.FixtureRequest, folder: Path, state: str = "settled") -> Iterator[Home]:
    """A house of the test's own in `folder`."""
    settled = request.getfixturevalue(f"{state}_{request.param}")
    with copied_settings(request, settled, folder) as settings:
        house = open_house(settings)
        home = Home(house, settled.tokens)
        yield home
        home.close()
        house.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    yield from copied(request, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def reformed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """A house that knows old Bình Định, too."""
    yield from copied(request, tmp_path, "reformed")


@pytest.fixture
def lan(home: Home) -> Caller:
    return home.known("lan")


@pytest.fixture
def hoa(home: Home) -> Caller:
    return home.known("hoa")


@pytest.fixture
def minh(home: Home) -> Caller:
    return home.known("minh")


@pytest.fixture
def hanh(home: Home) -> Caller:
    return home.known("hanh")


@pytest.fixture
def anyone(home: Home) -> Caller:
    return Caller(home)
