"""`lantoa import`: counts said, bad rows beside the file, nothing recorded where it was only checked."""

import csv
import stat

import pytest

from infrastructure.lists.kept import State
from interfaces import importing
from interfaces.cli.problems import Exit
from interfaces.web import language

TEAMS = "Tên tổ,Xã\nTổ số 1,Xã Tuy Phước\nTổ số 2,Xã Không Có\n"


@pytest.fixture
def teams(tmp_path):
    file = tmp_path / "to.csv"
    file.write_text(TEAMS, encoding="utf-8")
    return file


def test_good_rows_are_recorded_once_and_bad_ones_written_beside(begun, tmp_path, teams):
    language.use("en")  # as a command before it in the same process left it

    first = begun("import", "teams", "to.csv", "--unit", "52", "--json")

    assert first.code == Exit.DONE
    said = first.json
    assert [said[one] for one in ("rows", "taken", "known", "bad")] == [2, 1, 0, 1]
    assert said["columns"] == {"Tên tổ": "team", "Xã": "commune"}
    assert [(one["line"], one["column"], one["field"]) for one in said["problems"]] == [(3, "Xã", "commune")]
    beside = tmp_path / "to-bad.csv"
    assert said["bad_rows"] == str(beside)
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    rows = list(csv.reader(beside.open(encoding="utf-8-sig")))
    assert [row[:2] for row in rows] == [["Tên tổ", "Xã"], ["Tổ số 2", "Xã Không Có"]]
    assert said["problems"][0]["why"].startswith("No commune of this name")  # as all that commands say
    assert rows[1][2].startswith("Cột “Xã”: Trong đơn vị")  # as the office reads it
    again = begun("import", "teams", "to.csv", "--unit", "52", "--json").json
    assert [again[one] for one in ("taken", "known", "bad")] == [1, 1, 1]


def test_a_check_records_nothing(begun, teams):
    checked = begun("import", "teams", "to.csv", "--unit", "52", "--check")

    assert checked.code == Exit.FOUND
    assert "2 rows: 1 can be taken (0 stood already), 1 not." in checked.out
    assert 'Row 3, column "Xã":' in checked.out
    assert begun("import", "teams", "to.csv", "--unit", "52", "--json").json["known"] == 0


def test_nobody_else_goes_on_with_what_a_command_is_at(begun, teams, monkeypatch):
    """On SQLite the command runs in the serving process, which looks for lists to go on with."""
    looked: list[State] = []
    load = importing.load

    def looking(house, brought, report):
        monkeypatch.setattr(importing, "load", load)  # whoever else comes to it would record it first
        for one in house.lists.under_way():
            job = importing.go_on(house, one)
            assert job is not None
            looked.append(job.outcome.result(30).state)
        return load(house, brought, report)

    monkeypatch.setattr(importing, "load", looking)

    assert begun("import", "teams", "to.csv", "--unit", "52", "--json").json["known"] == 0
    assert looked == [State.LOADING]


def test_what_cannot_be_brought_in_is_said(begun, home, tmp_path, teams):
    (tmp_path / "other.csv").write_text("A,B\n1,2\n", encoding="utf-8")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)

    for argv, words in (
        (("members", "to.csv", "--unit", "52"), "No column was recognised for: name"),
        (("teams", "other.csv", "--unit", "52"), "No column was recognised for: team"),
        (("teams", "none.csv", "--unit", "52"), "There is no file"),
        (("teams", "to.csv", "--unit", "99999"), "There is no unit 99999"),
        (("teams", "old.xls", "--unit", "52"), ".xls"),
    ):
        done = begun("import", *argv)
        assert done.code == Exit.REFUSED
        assert words in done.err
    folder = home / "lists"
    assert not folder.exists() or list(folder.iterdir()) == []
