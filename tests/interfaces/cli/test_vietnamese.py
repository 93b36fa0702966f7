"""Help in the terminal's language; nothing else changes with it."""

import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from interfaces.cli.main import lantoa
from interfaces.cli.vietnamese import COMMANDS, named, wanted

LANTOA = Path(sys.executable).with_name("lantoa")


@pytest.fixture
def every_command():
    lantoa.import_all()
    return lantoa.commands


def test_every_command_has_its_vietnamese_words_and_no_word_is_left_over(every_command):
    within = (named(command, name) for name, command in every_command.items())
    assert {name for name, _ in chain.from_iterable(within)} == set(COMMANDS)


def test_the_list_of_commands_says_of_each_what_its_own_help_begins_with(every_command):
    assert lantoa.about == {
        name: command.get_short_help_str(limit=1_000) for name, command in every_command.items()
    }
    assert not [name for name, command in every_command.items() if command.hidden]


ASKED = """
import sys
from interfaces.cli.main import lantoa
lantoa.main(sys.argv[1:], standalone_mode=False)
print({"sqlalchemy", "litestar", "webauthn", "eventsourcing"} & set(sys.modules))
"""


@pytest.mark.parametrize(("asked", "waits"), [(["--help"], False), (["keys", "--help"], True)])
def test_the_list_of_commands_waits_for_no_database(asked, waits):
    said = subprocess.run(
        [sys.executable, "-c", ASKED, *asked], capture_output=True, text=True, check=True
    ).stdout
    assert (said.splitlines()[-1] != "set()") is waits


@pytest.mark.parametrize(
    ("environment", "vietnamese"),
    [
        ({}, False),
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_MESSAGES": "vi_VN"}, True),
        ({"LANG": "vi_VN", "LC_ALL": ""}, True),
    ],
)
def test_the_terminal_says_which_language_it_speaks(environment, vietnamese):
    assert wanted(environment) is vietnamese


@pytest.mark.parametrize(
    ("language", "said"), [("vi_VN.UTF-8", "Giao vai trò"), ("C.UTF-8", "Give somebody")]
)
def test_help_is_given_in_it(language, said):
    environment = os.environ | {"LC_ALL": language, "PYTHONUTF8": "1"}
    helped = subprocess.run(
        [LANTOA, "--help"], env=environment, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert said in helped.stdout
