"""A command line in a home of its own, as a person or a script has it."""

import json
from pathlib import Path

import pytest

from interfaces.cli.console import Console
from interfaces.cli.main import run
from interfaces.cli.place import Place


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


@pytest.fixture
def begun(lantoa) -> Terminal:
    """With its territory loaded."""
    assert lantoa("init").code == 0
    assert lantoa("territory", "load").code == 0
    return lantoa
