"""A command line in a home of its own, as a person or a script has it."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from application.territory import load_units
from infrastructure.settings import from_environment
from interfaces.cli.console import Console
from interfaces.cli.main import run
from interfaces.cli.place import Place
from interfaces.main import open_house
from tests.interfaces.homes import some_units


class Said:
    """What a command left behind: its exit code, its output, and its words on the side."""

    def __init__(self, code: int, out: str, err: str):
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self):
        return json.loads(self.out)


class Terminal:
    def __init__(self, folder: Path):
        self.folder = folder

    def __call__(self, *argv: str) -> Said:
        out: list[str] = []
        err: list[str] = []
        console = Console(out.append, err.append, terminal=False, folder=self.folder)
        code = run(Place(argv=list(argv), console=console))
        return Said(code, "".join(out), "".join(err))


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LANTOA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def lantoa(home, tmp_path) -> Terminal:
    return Terminal(tmp_path)


def begin(folder: Path, url: str | None = None) -> Path:
    """A home as after `init` and `territory load`, but without the communes of most provinces: every
    command reads all there are."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LANTOA_HOME", str(folder / "home"))
        if url:
            environment.setenv("LANTOA_DATABASE_URL", url)
        assert Terminal(folder)("init").code == 0
        house = open_house(from_environment(os.environ))
        loaded = asyncio.run(load_units(house.ground, some_units()))
        assert house.projector.wait_for(loaded.position, 30)
        house.close()
    return folder / "home"


@pytest.fixture(scope="session")
def begun_home(tmp_path_factory) -> Path:
    """A home with its territory loaded, to be copied."""
    return begin(tmp_path_factory.mktemp("begun"))


@pytest.fixture(scope="session")
def whole_home(tmp_path_factory) -> Path:
    """The same with every unit of the country."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LANTOA_HOME", str(folder / "home"))
        for argv in (["init"], ["territory", "load"]):
            assert Terminal(folder)(*argv).code == 0
    return folder / "home"


@pytest.fixture
def whole(lantoa, home, whole_home) -> Terminal:
    """With the whole country loaded."""
    shutil.copytree(whole_home, home)
    return lantoa


@pytest.fixture
def begun(lantoa, home, begun_home) -> Terminal:
    """With its territory loaded."""
    shutil.copytree(begun_home, home)
    return lantoa
