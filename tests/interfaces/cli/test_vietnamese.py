"""Help in the terminal's language; nothing else changes with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interfaces.cli.main import lantoa
from interfaces.cli.vietnamese import COMMANDS, named, wanted

LANTOA = Path(sys.executable).with_name("lantoa")


def test_every_command_has_its_vietnamese_words_and_no_word_is_left_over():
    assert {name for name, _ in named(lantoa)} == set(COMMANDS)


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
