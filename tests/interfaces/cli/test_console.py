"""What a command says: text for people, JSON for scripts, bars for waiting."""

import json
from pathlib import Path

from interfaces.cli.console import Console, table


class Heard:
    def __init__(self):
        self.out, self.err = [], []

    def console(self, *, terminal=False, as_json=False):
        return Console(self.out.append, self.err.append, terminal, Path("/home/lan"), as_json)


def test_people_read_text_and_scripts_read_json():
    heard = Heard()
    heard.console().answer({"link": "x"}, "The link: x")
    heard.console(as_json=True).answer({"link": "x"}, "The link: x")
    assert heard.out[0] == "The link: x\n"
    assert json.loads(heard.out[1]) == {"link": "x"}


def test_a_bar_never_mixes_with_what_a_script_reads():
    heard = Heard()
    console = heard.console(as_json=True)
    with console.progress("Copying", 3) as advance:
        advance(3)
    console.answer({"done": 3}, "")
    assert heard.out == ['{"done":3}\n']


def test_a_bar_redraws_itself_on_a_terminal_and_writes_lines_into_a_log():
    heard = Heard()
    with heard.console(terminal=True).progress("Copying", 2) as advance:
        advance(2)
    assert all(piece.startswith("\r") for piece in heard.err)
    heard.err.clear()
    with heard.console().progress("Copying", 2) as advance:
        advance(2)
    assert all(piece.endswith("\n") and "\r" not in piece for piece in heard.err)


def test_a_bar_of_nothing_is_no_division_by_zero():
    with Heard().console().progress("Copying", 0):
        pass


def test_paths_start_where_the_person_stands():
    console = Heard().console()
    assert console.path(Path("copy.db")) == Path("/home/lan/copy.db")
    assert console.path(Path("/srv/copy.db")) == Path("/srv/copy.db")


def test_a_table_is_as_wide_as_its_cells():
    assert table(("a", "name"), [("1", "Lan"), ("22", "Hòa")]).splitlines() == [
        "a   name",
        "--  ----",
        "1   Lan",
        "22  Hòa",
    ]
