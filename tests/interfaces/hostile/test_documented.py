"""docs/security.md says of every requirement where it is met, none is left out; and what it and the other
documents name is there."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from interfaces.cli.main import COMMANDS

ROOT: Final = Path(__file__).parents[3]
DOCUMENTS: Final = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SAID: Final = (ROOT / "docs/security.md").read_text(encoding="utf-8")

UP_TO_LEVEL_2: Final = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3), 11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3),
    15: (3, 3, 7), 16: (1, 5, 4, 3, 3), 17: (1, 4, 2),
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of a chapter of ASVS 5.0.0 has; those of level 3
stand after them."""

WANTED: Final = [
    (chapter, section, number)
    for chapter, sections in UP_TO_LEVEL_2.items()
    for section, many in enumerate(sections, 1)
    for number in range(1, many + 1)
]
OF_LEVEL_3: Final = [(2, 3, 5), (7, 5, 3)]
ROW: Final = re.compile(
    r"^\| (\d+)\.(\d+)\.(\d+)(?:-(\d+)\.(\d+)\.(\d+))? \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)

SHORT: Final = {"i/": "interfaces/", "inf/": "infrastructure/", "t/": "tests/"}


def test_every_requirement_has_one_row():
    every = sorted([*WANTED, *OF_LEVEL_3])
    said: list[tuple[int, ...]] = []
    for found in ROW.finditer(SAID):
        first, last = (tuple(int(one) for one in found.groups()[at : at + 3] if one) for at in (0, 3))
        said += [one for one in every if first <= one <= last] if last else [first]
        assert found[8].strip()
        assert found[7].startswith(("yes", "-", "**no**", "**partly**", "**operator**"))

    assert len(WANTED) == 253
    assert sorted(said) == every
    assert all(one < other for one, other in pairwise(said))


FOLDERS: Final = "i|inf|t|application|benchmarks|docs|domain|infrastructure|interfaces|tests"
NAMED: Final = re.compile(rf"`((?:{FOLDERS})/[^`\s]*)`")
WITHIN: Final = re.compile(rf"`(\w+)` in `((?:{FOLDERS})/[\w./]+)`")
LINKED: Final = re.compile(r"\]\(([^)#:\s]+)")
COMMAND: Final = re.compile(r"(?:`|^ *)lantoa ([a-z]+)", re.MULTILINE)
TO_BE_MADE: Final = ("interfaces/locale/km.po",)


def path_of(named: str) -> Path:
    short = next((begin for begin in SHORT if named.startswith(begin)), "")
    return ROOT / (SHORT.get(short, "") + named.removeprefix(short))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_what_it_names_is_there(document):
    said = document.read_text(encoding="utf-8")

    for named in NAMED.findall(said):
        assert path_of(named).exists() or named in TO_BE_MADE, named
    for word, named in WITHIN.findall(said):
        assert re.search(rf"\b{word}\b", path_of(named).read_text(encoding="utf-8")), (word, named)
    for linked in LINKED.findall(said):
        assert (document.parent / linked).exists(), linked
    assert set(COMMAND.findall(said)) <= set(COMMANDS)


def test_that_it_names_anything():
    """The control: each of the patterns finds what it is for."""
    said = "\n".join(one.read_text(encoding="utf-8") for one in DOCUMENTS)

    assert len(NAMED.findall(SAID)) > 100
    assert all(one.search(said) for one in (WITHIN, LINKED, COMMAND))


HTML: Final = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|setHTML\w*|eval)\b"
    r"|document\.write|new Function|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:"
)


def test_scripts_make_no_html_and_no_code_of_text():
    scripts = sorted((ROOT / "interfaces/static").glob("*.js"))

    assert len(scripts) > 15
    for script in scripts:
        assert not HTML.search(script.read_text(encoding="utf-8")), script.name
    assert HTML.search("part.innerHTML = said"), "the control"


PATTERN: Final = re.compile(
    r"\bre\.(?:compile|match|search|fullmatch|sub|split|findall|finditer)\((?!\s*(?:r|rb)?[\"'#])"
)


def test_no_pattern_is_made_of_what_people_send():
    """Each stands in the code as it is; those that are made are made of our own addresses and words."""
    made = set()
    for layer in ("domain", "application", "infrastructure", "interfaces"):
        for file in (ROOT / layer).rglob("*.py"):
            if PATTERN.search(file.read_text(encoding="utf-8")):
                made.add(file.relative_to(ROOT).as_posix())

    assert made == {"interfaces/web/reloading.py", "infrastructure/lists/left_out.py"}
