"""Every command does what its help says, and says in one sentence what goes wrong."""

import json
import re

import pytest

from interfaces.cli.problems import Exit


def test_init_makes_the_home_and_again_does_nothing(lantoa, home):
    first = lantoa("init", "--json")
    assert first.code == 0
    assert first.json["new"] is True
    assert (home / "keys" / "vault.keys").stat().st_mode & 0o777 == 0o600
    again = lantoa("init", "--json")
    assert (again.code, again.json["new"]) == (0, False)
    assert again.json["origin"] == first.json["origin"]


def test_init_prints_a_link_for_the_first_administrator_until_there_is_one(begun):
    first, second = begun("init", "--json").json["setup_link"], begun("init", "--json").json["setup_link"]
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/bat-dau/[\w-]{22}", first)
    assert first != second
    assert second not in begun("init").out.splitlines()  # each ends the one before

    made = begun("invite", "--role", "administrator", "--unit", "VN", "--name", "Trần Văn Minh")

    assert made.code == 0
    assert begun("init", "--json").json["setup_link"] is None
    assert "bat-dau" not in begun("init").out


def test_the_territory_is_loaded_once(lantoa):
    lantoa("init")
    assert lantoa("territory", "load", "--json").json["established"] == 3356  # and the country
    assert lantoa("territory", "load", "--json").json["established"] == 0


def test_an_invitation_is_a_link_and_for_a_program_a_token(begun):
    plain = begun("invite", "--role", "organizer", "--unit", "52", "--name", "Trần Văn Minh")
    assert plain.code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/vao/[\w-]{22}\n", plain.out)
    api = begun(
        "invite", "--role", "ambassador", "--unit", "52", "--name", "Võ Thị Lan", "--api", "--json"
    ).json
    assert set(api) == {"link", "token"}


@pytest.mark.parametrize(
    ("argv", "code", "word"),
    [
        (["invite", "--role", "king", "--unit", "52", "--name", "Lan"], Exit.USAGE, "--role"),
        (["invite", "--role", "ambassador", "--unit", "52"], Exit.USAGE, "--name"),
        (["invite", "--role", "ambassador", "--unit", "00", "--name", "Lan"], Exit.REFUSED, "unit"),
        (["invite", "--role", "ambassador", "--unit", "52", "--name", "<b>"], Exit.REFUSED, "name"),
        (["territory", "load", "nowhere.csv"], Exit.NOT_SET_UP, "nowhere.csv"),
        (["criteria", "adopt", "nowhere.json", "--document", "1"], Exit.NOT_SET_UP, "nowhere.json"),
        (["nonsense"], Exit.USAGE, "nonsense"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_a_code(begun, argv, code, word):
    said = begun(*argv)
    assert said.code == code
    assert word in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("argv", [["territory", "load"], ["serve"], ["status"]])
def test_before_init_it_says_so_and_makes_nothing(lantoa, home, argv):
    said = lantoa(*argv)
    assert said.code == Exit.NOT_SET_UP
    assert "lantoa init" in said.err
    assert not home.exists()


def test_a_missing_key_file_refuses_to_start_and_is_never_made_again(begun, home):
    (home / "keys" / "vault.keys").unlink()
    for command in (["status"], ["init"]):
        said = begun(*command)
        assert said.code == Exit.NOT_SET_UP
        assert "vault.keys" in said.err
    assert not (home / "keys" / "vault.keys").exists()


def test_a_misspelt_setting_is_named(lantoa, monkeypatch):
    monkeypatch.setenv("LANTOA_DATABSE_URL", "x")
    said = lantoa("init")
    assert (said.code, "LANTOA_DATABSE_URL" in said.err) == (Exit.NOT_SET_UP, True)


def test_a_home_that_cannot_be_written_is_named(lantoa, monkeypatch):
    monkeypatch.setenv("LANTOA_HOME", "/sys/lantoa")  # where not even root may
    said = lantoa("init")
    assert (said.code, "/sys/lantoa" in said.err) == (Exit.NOT_SET_UP, True)


def test_criteria_are_shown_changed_and_adopted(begun, tmp_path):
    shown = begun("criteria", "show")
    content = json.loads(shown.out)
    assert content["ambassador_people"] == 5
    content["market_percent"] = 80
    (tmp_path / "new.json").write_text(json.dumps(content), encoding="utf-8")
    adopt = ("criteria", "adopt", "new.json", "--unit", "52", "--document", "QĐ 123/QĐ-UBND", "--json")
    assert begun(*adopt).json["new"] is True
    assert begun(*adopt).json["new"] is False
    assert json.loads(begun("criteria", "show", "--unit", "52").out)["market_percent"] == 80
    assert json.loads(begun("criteria", "show").out)["market_percent"] == 100


@pytest.mark.parametrize("content", ["", "{", '{"ambassador_people": 5}', '{"unknown": 1}'])
def test_a_file_that_holds_no_criteria_is_refused(begun, tmp_path, content):
    (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    said = begun("criteria", "adopt", "bad.json", "--document", "1")
    assert (said.code, "bad.json" in said.err) == (Exit.REFUSED, True)


def test_the_whole_ledger_is_checked(whole):
    said = whole("ledger", "check", "--json")
    assert (said.code, said.json["problems"]) == (0, [])
    assert said.json["facts"] == 3358  # founded, 3,356 units, criteria


def test_a_copy_is_restored_into_an_empty_home_only(begun, home, tmp_path, monkeypatch):
    begun("invite", "--role", "organizer", "--unit", "52", "--name", "Trần Văn Minh")
    copied = begun("backup", "copy.db", "--json").json
    assert begun("restore", "copy.db").code == Exit.REFUSED

    monkeypatch.setenv("LANTOA_HOME", str(tmp_path / "other"))
    restored = begun("restore", "copy.db", "--json")
    assert (restored.code, restored.json["facts"]) == (0, copied["position"])
    assert begun("status").code == Exit.NOT_SET_UP  # its key file is kept elsewhere
    (tmp_path / "other" / "keys").mkdir()
    (home / "keys" / "vault.keys").rename(tmp_path / "other" / "keys" / "vault.keys")
    assert begun("status").code == 0


@pytest.mark.parametrize("content", [b"", b"not a database"])
def test_a_file_that_is_no_copy_is_refused_and_nothing_made(lantoa, home, tmp_path, content):
    (tmp_path / "copy.db").write_bytes(content)
    said = lantoa("restore", "copy.db")
    assert (said.code, "copy.db" in said.err) == (Exit.REFUSED, True)
    assert not home.exists()


def test_a_copy_that_is_not_there_is_named(lantoa, home):
    said = lantoa("restore", "copy.db")
    assert (said.code, "copy.db: No such file" in said.err) == (Exit.NOT_SET_UP, True)
    assert not home.exists()


def test_a_damaged_copy_is_refused_and_nothing_made(begun, tmp_path, monkeypatch):
    assert begun("backup", "copy.db").code == 0
    whole = (tmp_path / "copy.db").read_bytes()
    (tmp_path / "copy.db").write_bytes(whole[: len(whole) // 2])
    monkeypatch.setenv("LANTOA_HOME", str(tmp_path / "other"))
    assert begun("restore", "copy.db").code == Exit.REFUSED
    assert not (tmp_path / "other").exists()


def test_the_state_is_told_with_secrets_hidden(whole):
    said = whole("status", "--json")
    assert said.code == 0
    assert said.json["settings"]["LANTOA_DATABASE_URL"] == "SQLite"
    assert said.json["head"] == 3358


def test_read_models_are_rebuilt_one_or_all(begun):
    assert begun("rebuild").code == 0
    assert begun("rebuild", "leaderboard").code == 0
    said = begun("rebuild", "nonsense")
    assert (said.code, "nonsense" in said.err) == (Exit.REFUSED, True)


@pytest.mark.parametrize("argv", [["--help"], ["invite", "--help"], ["ledger", "--help"], ["--version"]])
def test_help_needs_no_home(lantoa, home, argv, capsys):
    assert lantoa(*argv).code == 0
    assert capsys.readouterr().out
    assert not home.exists()


def test_the_reform_of_2025_is_recorded_once_and_old_units_are_known_by_what_became_of_them(whole):
    first = whole("territory", "reform", "--json")
    assert first.code == 0
    assert (first.json["established"], first.json["changes"]) == (10_794, 4_478)
    again = whole("territory", "reform", "--json").json
    assert (again["established"], again["changes"]) == (0, 0)
    assert whole("ledger", "check").code == 0


def test_the_changes_of_2026_are_recorded_once_with_their_documents(whole):
    assert whole("territory", "update", "--json").json == {"recorded": 30, "rows": 30}
    assert whole("territory", "update", "--json").json == {"recorded": 0, "rows": 30}
    refused = whole("territory", "change", "renamed", "75", "--from", "2025-06-30", "--name", "Đồng Nai")
    assert refused.code == Exit.REFUSED  # before it began


def test_a_list_of_changes_stops_at_the_line_that_is_refused(begun, tmp_path):
    file = tmp_path / "changes.csv"
    head = "change,unit,parts,valid_from,name,kind,code,document\n"
    established = "established,52,,2026-10-01,Phường Mới,ward,60001,1/NQ\n"
    file.write_text(f"{head}{established}merged,60001,21952 99999,2026-10-01,,,,1/NQ\n")
    said = begun("territory", "update", str(file))
    assert (said.code, "Line 3: " in said.err) == (Exit.REFUSED, True)
    file.write_text(f"{head}{established}merged,60001,21952,2026-10-01,,,,1/NQ\n")
    assert begun("territory", "update", str(file), "--json").json == {"recorded": 1, "rows": 2}
    file.write_text("code\n1\n")
    assert begun("territory", "update", str(file)).code == Exit.REFUSED


def test_a_unit_is_renamed_by_a_command_and_nothing_is_merged_into_itself(begun):
    renamed = begun("territory", "change", "renamed", "21952", "--from", "2026-04-30", "--name", "Xã Mới")
    assert renamed.code == 0
    refused = begun("territory", "change", "merged", "21952", "21952", "--from", "2026-04-30")
    assert (refused.code, refused.out) == (Exit.REFUSED, "")


def test_who_waits_in_a_divided_commune_is_placed_by_a_command(begun):
    assert begun("territory", "waiting").out.strip() == "Nobody waits."
    nobody = begun("territory", "place", "21952", "nobody")
    assert (nobody.code, nobody.out) == (Exit.REFUSED, "")
