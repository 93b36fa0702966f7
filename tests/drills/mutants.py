"""Groups of modules with the tests that have to notice a change in them, and mutmut run over a copy."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
MUTMUT: Final = Path(sys.executable).with_name("mutmut")


@dataclass(frozen=True)
class Group:
    """`tests` are quick: each mutant is tried against those of them that reach it."""

    name: str
    modules: Sequence[str]
    tests: Sequence[str]


GROUPS: Final = (
    Group("domain", ("domain/*.py",), ("tests/domain",)),
    Group(
        "access",
        tuple(
            f"application/{name}.py" for name in ("access", "accounts", "actors", "approvals", "recovering")
        ),
        tuple(
            f"tests/application/test_{name}.py"
            for name in ("access", "accounts", "actors", "approvals", "recovering", "revoking")
        ),
    ),
    Group("permissions", ("interfaces/permissions.py",), ("tests/interfaces/test_routes.py",)),
    Group("accounts", ("infrastructure/accounts/*.py",), ("tests/infrastructure/accounts",)),
    Group("vault", ("infrastructure/vault/*.py",), ("tests/infrastructure/vault",)),
)

_LONG: Final = ("foreign_key", "rush", "KilledInTheMiddle", "another_process_rotates", "while_others_seal")
_QUICK: Final = " and ".join(f"not {some}" for some in ("postgresql", *_LONG))
"""SQLite alone: the other database is the same code above SQLAlchemy, at ten times the time. And nothing
that takes many seconds, each time for every mutant: what is noticed without is noticed with it, too."""

# What mutmut does not count as survived: killed by a test, by a time limit, or by a crash of its process.
_SURVIVED: Final = 0
_UNREACHED: Final = (33, 34)  # no test reaches it
_UNTRIED: Final = None  # not come to in the time there was


@dataclass
class Mutants:
    """How many there were of a module, how many of them were tried and noticed, and who was not."""

    made: int = 0
    tried: int = 0
    killed: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of those tried. One that no test reaches counts as tried."""
        return self.killed / self.tried if self.tried else 1.0


def mutated(group: Group, folder: Path, *, seconds: int) -> tuple[dict[str, Mutants], str]:
    """By module. Works in a copy of the tree in `folder`, on one core, for so many seconds at most."""
    _copy(folder)
    _configure(folder, group)
    hidden = ("COV_", "PYTHONPATH", "PYTEST_")
    environment = {name: said for name, said in os.environ.items() if not name.startswith(hidden)}
    try:
        done = subprocess.run(
            [MUTMUT, "run", "--max-children", "1"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        said = done.stdout[-3_000:] + done.stderr[-3_000:]
    except subprocess.TimeoutExpired:
        said = "the time was up"
    return {path.name.removesuffix(".meta"): _read(path) for path in sorted(folder.rglob("*.meta"))}, said


def _copy(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("docs/screens/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _configure(folder: Path, group: Group) -> None:
    def lines(name: str, values: Sequence[str]) -> str:
        return f"{name} =\n" + "".join(f"    {value}\n" for value in values)

    (folder / "setup.cfg").write_text(
        "[mutmut]\n"
        + lines("source_paths", ("domain", "application", "infrastructure", "interfaces"))
        + lines("only_mutate", group.modules)
        + lines("also_copy", ("benchmarks", "README.md"))
        + lines("pytest_add_cli_args", ("--no-cov", "-p", "no:cacheprovider", "-k", _QUICK))
        + lines("pytest_add_cli_args_test_selection", group.tests)
        + "use_git_change_detection = false\ntrack_dependencies = false\n",
        encoding="utf-8",
    )


def _read(path: Path) -> Mutants:
    codes: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    counted = Counter(codes.values())
    missed = (_SURVIVED, *_UNREACHED)
    tried = len(codes) - counted[_UNTRIED]
    return Mutants(
        made=len(codes),
        tried=tried,
        killed=tried - sum(counted[code] for code in missed),
        survivors=sorted(name for name, code in codes.items() if code in missed),
    )
