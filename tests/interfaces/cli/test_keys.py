"""Keys at the console: renewed, backed up, proved, put back; with a server, without, and after a loss."""

import shutil
import stat

import pytest

from infrastructure.vault.keys import path_in
from interfaces.cli.problems import Exit

WORDS = "bốn từ rất dễ nhớ"


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch):
    monkeypatch.setenv("LANTOA_PASSPHRASE", WORDS)


@pytest.fixture
def lan(begun) -> str:
    """Somebody whose name is sealed."""
    said = begun(
        "invite",
        "--role",
        "ambassador",
        "--unit",
        "52",
        "--name",
        "Trần Thị Lan",
        "--phone",
        "0905000001",
        "--json",
    )
    assert said.code == 0
    return find_lan(begun)


def find_lan(lantoa) -> str:
    assert lantoa("status").code == 0  # what is derived from the ledger is derived by then
    said = lantoa("people", "find", "--name", "tran thi lan", "--phone", "0905000001", "--json")
    return said.json["people"][0] if said.code == 0 else said.err


class TestBackup:
    def test_a_backup_is_written_for_its_owner_alone(self, begun, tmp_path):
        said = begun("keys", "backup", "keys.backup")
        assert (said.code, "4096 keys" in said.out) == (0, True)
        assert stat.S_IMODE((tmp_path / "keys.backup").stat().st_mode) == 0o600
        assert WORDS not in said.out + said.err

    def test_it_holds_no_key_in_the_clear(self, begun, home, tmp_path):
        begun("keys", "backup", "keys.backup")
        stored = (tmp_path / "keys.backup").read_bytes()
        keys = path_in(home).read_bytes()
        assert not any(keys[start : start + 8] in stored for start in range(16, 4_000, 36))

    def test_nothing_is_overwritten(self, begun, tmp_path):
        (tmp_path / "keys.backup").write_text("something else")
        assert begun("keys", "backup", "keys.backup").code == Exit.REFUSED
        assert (tmp_path / "keys.backup").read_text() == "something else"

    def test_not_in_the_home(self, begun, home):
        said = begun("keys", "backup", str(home / "keys.backup"))
        assert (said.code, "lost together" in said.err) == (Exit.REFUSED, True)

    def test_a_short_passphrase_is_refused(self, begun, tmp_path, monkeypatch):
        monkeypatch.setenv("LANTOA_PASSPHRASE", "ngắn quá")
        said = begun("keys", "backup", "keys.backup")
        assert (said.code, "12 characters" in said.err) == (Exit.REFUSED, True)
        assert not (tmp_path / "keys.backup").exists()

    def test_the_passphrase_may_stand_in_a_file(self, begun, tmp_path, monkeypatch):
        monkeypatch.delenv("LANTOA_PASSPHRASE")
        words = tmp_path / "words"
        words.write_text(f"{WORDS}\n")
        words.chmod(0o644)
        assert begun("keys", "backup", "k", "--passphrase-file", "words").code == Exit.NOT_SET_UP
        words.chmod(0o600)
        assert begun("keys", "backup", "k", "--passphrase-file", "words").code == 0
        assert begun("keys", "verify", "k", "--passphrase-file", "words").code == 0

    def test_nobody_there_to_ask(self, begun, tmp_path, monkeypatch):
        monkeypatch.delenv("LANTOA_PASSPHRASE")
        said = begun("keys", "backup", "k")
        assert (said.code, "--passphrase-file" in said.err) == (Exit.REFUSED, True)

    def test_without_a_ledger_there_is_nothing_to_back_up(self, lantoa):
        assert lantoa("keys", "backup", "k").code == Exit.NOT_SET_UP


class TestProving:
    def test_a_backup_counts_when_it_was_opened_again(self, begun):
        assert begun("keys", "status").code == Exit.FOUND
        begun("keys", "backup", "k")
        assert begun("keys", "status").code == Exit.FOUND
        said = begun("keys", "verify", "k")
        assert (said.code, "every key in use" in said.out) == (0, True)
        assert begun("keys", "status").code == 0

    def test_new_keys_are_in_no_backup(self, begun):
        begun("keys", "backup", "k")
        begun("keys", "verify", "k")
        assert begun("keys", "rotate").code == 0
        assert begun("keys", "status", "--json").json["missing"] == 4096
        said = begun("keys", "verify", "k")
        assert (said.code, "lacks 4096 keys" in said.out) == (Exit.FOUND, True)

    def test_nor_is_a_new_pepper(self, begun):
        begun("keys", "backup", "k")
        begun("keys", "verify", "k")
        assert begun("keys", "rotate", "--pepper").code == 0
        assert begun("keys", "status", "--json").json["missing"] == 1

    def test_an_erasure_makes_a_key_that_is_in_none(self, begun, lan):
        begun("keys", "backup", "k")
        begun("keys", "verify", "k")
        assert begun("people", "erase", lan, "--yes").code == 0
        assert begun("keys", "status", "--json").json["missing"] == 1

    @pytest.mark.parametrize(
        ("harm", "word"),
        [
            (lambda b: b[:-1], "not as it was written"),
            (lambda b: b[:200], "not as it was written"),
            (lambda b: b[:3000] + bytes([b[3000] ^ 1]) + b[3001:], "not as it was written"),
            (lambda b: b"SQLite format 3\0" + b, "not as it was written"),
            (lambda b: b"", "not as it was written"),
        ],
    )
    def test_what_was_harmed_is_refused(self, harm, word, begun, tmp_path):
        begun("keys", "backup", "k")
        (tmp_path / "k").write_bytes(harm((tmp_path / "k").read_bytes()))
        for command in ("verify", "restore"):
            said = begun("keys", command, "k")
            assert (said.code, word in said.err) == (Exit.REFUSED, True)
        assert begun("keys", "status").code == Exit.FOUND

    def test_a_wrong_passphrase_is_refused(self, begun, monkeypatch):
        begun("keys", "backup", "k")
        monkeypatch.setenv("LANTOA_PASSPHRASE", WORDS + "!")
        for command in ("verify", "restore"):
            said = begun("keys", command, "k")
            assert (said.code, "does not open" in said.err) == (Exit.REFUSED, True)

    def test_the_keys_of_another_ledger_are_refused(self, begun, home, tmp_path):
        begun("keys", "backup", "k")
        shutil.rmtree(home)
        begun("init")
        said = begun("keys", "verify", "k")
        assert (said.code, "another ledger" in said.err) == (Exit.REFUSED, True)
        path_in(home).unlink()
        assert begun("keys", "restore", "k").code == Exit.REFUSED


class TestRestoring:
    def test_lost_keys_come_back(self, begun, lan, home):
        begun("keys", "backup", "k")
        path_in(home).unlink()
        assert begun("status").code == Exit.NOT_SET_UP
        assert begun("keys", "restore", "k").code == 0
        assert find_lan(begun) == lan
        assert stat.S_IMODE(path_in(home).stat().st_mode) == 0o600

    def test_a_damaged_file_is_set_aside(self, begun, lan, home):
        begun("keys", "backup", "k")
        path_in(home).write_bytes(b"damaged")
        restored = begun("keys", "restore", "k")
        (aside,) = path_in(home).parent.glob("*set-aside*")
        assert (restored.code, str(aside) in restored.out) == (0, True)
        assert find_lan(begun) == lan
        assert aside.read_bytes() == b"damaged"

    def test_what_was_set_aside_is_destroyed_once_everything_opens_without_it(self, begun, lan, home):
        begun("keys", "backup", "k")
        path_in(home).write_bytes(b"damaged")
        begun("keys", "restore", "k")
        said = begun("keys", "check", "--json")
        assert (said.code, said.json["destroyed"]) == (0, 1)
        assert not list(path_in(home).parent.glob("*set-aside*"))
        assert find_lan(begun) == lan

    def test_keys_that_are_right_are_left_alone(self, begun, home):
        begun("keys", "backup", "k")
        before = path_in(home).read_bytes()
        said = begun("keys", "restore", "k")
        assert (said.code, "nothing was changed" in said.err) == (Exit.REFUSED, True)
        assert path_in(home).read_bytes() == before

    def test_a_whole_machine_is_lost(self, begun, lan, home):
        begun("backup", "ledger.copy")
        begun("keys", "backup", "k")
        shutil.rmtree(home)
        assert begun("restore", "ledger.copy").code == 0
        assert begun("keys", "restore", "k").code == 0
        assert find_lan(begun) == lan

    def test_who_was_erased_does_not_come_back_with_older_copies(self, begun, lan, home):
        begun("backup", "ledger.copy")
        begun("people", "erase", lan, "--yes")
        begun("keys", "backup", "erased-by-then")
        shutil.rmtree(home)
        begun("restore", "ledger.copy")
        said = begun("keys", "restore", "erased-by-then")
        assert (said.code, "lacks keys" in said.err) == (Exit.REFUSED, True)  # the copy needs a key destroyed

    def test_nor_with_an_older_backup_of_the_keys_where_the_list_is_kept(self, begun, lan, home, tmp_path):
        begun("backup", "ledger.copy")
        begun("keys", "backup", "older")
        begun("people", "erase", lan, "--yes")
        shutil.copy(home / "erased.list", tmp_path)
        shutil.rmtree(home)
        begun("restore", "ledger.copy")
        shutil.copy(tmp_path / "erased.list", home)
        assert begun("keys", "restore", "older").code == 0
        assert "Nobody is known" in find_lan(begun)

    def test_without_the_list_they_would(self, begun, lan, home):
        """The control of the test above."""
        begun("backup", "ledger.copy")
        begun("keys", "backup", "older")
        begun("people", "erase", lan, "--yes")
        shutil.rmtree(home)
        begun("restore", "ledger.copy")
        begun("keys", "restore", "older")
        assert find_lan(begun) == lan

    def test_a_list_of_erasures_comes_with_the_keys(self, begun, lan, home):
        begun("people", "erase", lan, "--yes")
        begun("keys", "backup", "k")
        (home / "erased.list").unlink()
        path_in(home).unlink()
        assert begun("keys", "restore", "k").code == 0
        assert (home / "erased.list").read_text() == f"{lan}\n"

    def test_keys_that_a_rotation_replaced_do_not_come_back(self, begun, home):
        begun("keys", "backup", "older")
        begun("keys", "rotate")
        path_in(home).unlink()
        said = begun("keys", "restore", "older")
        assert (said.code, "lacks keys" in said.err) == (Exit.REFUSED, True)
        assert not path_in(home).exists()

    def test_the_ledger_comes_first(self, begun, home):
        begun("keys", "backup", "k")
        shutil.rmtree(home)
        said = begun("keys", "restore", "k")
        assert (said.code, "lantoa restore" in said.err) == (Exit.REFUSED, True)
