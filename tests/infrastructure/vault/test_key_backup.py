"""A sealed copy of the key file: opened by its passphrase alone, and only as it was written."""

import hashlib
import stat
import unicodedata

import pytest

from infrastructure.vault import key_backup, key_file
from infrastructure.vault.key_backup import (
    BackupOfAnotherLedger,
    BackupTooOld,
    NotAKeyBackup,
    Stretching,
    WrongPassphrase,
    restorable,
)
from infrastructure.vault.keys import BUCKETS, Fingerprints, Keys, path_in

WORDS = "bốn từ rất dễ nhớ"


@pytest.fixture
def keys(tmp_path) -> Keys:
    return Keys.create(path_in(tmp_path))


@pytest.fixture
def file(keys, tmp_path):
    file = tmp_path / "keys.backup"
    told = {"erased": ["tu", "sau"], "taken_back": ["tu contact 1", "ba contact 2"]}
    key_backup.write(file, WORDS, keys=path_in(tmp_path), origin="here", made=1, **told)
    return file


def test_it_opens_with_what_was_put_in(file, keys):
    opened = key_backup.read(file, WORDS)
    assert (opened.origin, opened.made) == ("here", 1)
    assert opened.erased == ["sau", "tu"]
    assert opened.taken_back == ["ba contact 2", "tu contact 1"]  # held against a restored copy, too
    assert opened.fingerprints == keys.known()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_same_letters_typed_by_another_keyboard_open_it(file):
    assert key_backup.read(file, unicodedata.normalize("NFD", WORDS)).origin == "here"


def test_another_passphrase_does_not(file):
    with pytest.raises(WrongPassphrase):
        key_backup.read(file, WORDS.upper())


@pytest.mark.parametrize("length", [0, 10, 19, 60, 200, 5_000, -1])
def test_a_file_cut_off_is_refused(length, file):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(NotAKeyBackup):
        key_backup.read(file, WORDS)


@pytest.mark.parametrize("at", [0, 5, 25, 60, 300, 10_000, -40, -1])
def test_an_edited_file_is_refused(at, file):
    stored = bytearray(file.read_bytes())
    stored[at] ^= 1
    file.write_bytes(stored)
    with pytest.raises(NotAKeyBackup):
        key_backup.read(file, WORDS)


@pytest.mark.parametrize(("old", "new"), [(b'"here"', b'"hers"'), (b'"made":1', b'"made":2')])
def test_nor_does_a_right_check_sum_help_who_edited_it(old, new, file):
    body = file.read_bytes()[:-32].replace(old, new)
    file.write_bytes(body + hashlib.sha256(body).digest())
    with pytest.raises(WrongPassphrase):
        key_backup.read(file, WORDS)


def test_it_is_stretched_as_owasp_recommends(keys, tmp_path, monkeypatch):
    monkeypatch.setattr(key_backup, "Stretching", Stretching)
    key_backup.write(tmp_path / "k", WORDS, keys=path_in(tmp_path), origin="here", made=1, erased=[])
    assert b'"n":131072,"r":8,"p":1' in (tmp_path / "k").read_bytes()
    assert key_backup.read(tmp_path / "k", WORDS).fingerprints == keys.known()


@pytest.mark.parametrize("n", [b"1", b"16383", b"1099511627776"])
def test_a_head_that_would_eat_the_memory_or_guess_too_fast_is_refused(n, file):
    body = file.read_bytes()[:-32].replace(b"16384", n)
    file.write_bytes(body + hashlib.sha256(body).digest())
    with pytest.raises((NotAKeyBackup, WrongPassphrase)):
        key_backup.read(file, WORDS)


def test_no_file_is_left_where_the_keys_are_damaged(keys, tmp_path):
    path_in(tmp_path).write_bytes(b"damaged")
    with pytest.raises(key_file.KeyFileDamaged):
        key_backup.write(tmp_path / "k", WORDS, keys=path_in(tmp_path), origin="here", made=1, erased=[])
    assert not (tmp_path / "k").exists()


class TestWhatComesBack:
    def test_only_keys_that_the_database_names(self, file, keys):
        opened = key_backup.read(file, WORDS)
        known = keys.known()
        fewer = Fingerprints({n: mark for n, mark in known.keys.items() if n != 7}, known.peppers)
        assert len(restorable(opened, origin="here", needed=fewer).keys) == BUCKETS - 1

    def test_all_for_a_copy_that_names_none_yet(self, file):
        opened = key_backup.read(file, WORDS)
        assert restorable(opened, origin="here", needed=Fingerprints({}, {})) == opened.content

    def test_the_pepper_for_a_copy_from_before_peppers_had_generations(self, file, keys):
        opened = key_backup.read(file, WORDS)
        needed = Fingerprints(keys.known().keys, {})
        assert restorable(opened, origin="here", needed=needed) == opened.content

    def test_nothing_where_one_is_missing_or_another(self, file, keys):
        opened, known = key_backup.read(file, WORDS), keys.known()
        for wrong in ({**known.keys, BUCKETS: b"newer"}, {**known.keys, 7: b"another"}):
            with pytest.raises(BackupTooOld, match="1 of them"):
                restorable(opened, origin="here", needed=Fingerprints(wrong, known.peppers))

    def test_nothing_for_another_ledger(self, file, keys):
        with pytest.raises(BackupOfAnotherLedger):
            restorable(key_backup.read(file, WORDS), origin="there", needed=keys.known())


def test_a_key_file_of_the_first_form_is_read_and_written_in_the_second(keys, tmp_path):
    path = path_in(tmp_path)
    held = key_file.decode(path.read_bytes())
    entries = b"".join(number.to_bytes(4, "big") + key for number, key in sorted(held.keys.items()))
    body = b"lantoa keys 1\n" + held.peppers[0] + entries
    path.write_bytes(body + hashlib.sha256(body).digest())
    assert Keys(path).known() == keys.known()
    assert key_file.decode(path.read_bytes()) == held
    Keys(path).add_pepper(1)
    assert path.read_bytes().startswith(b"lantoa keys 2\n")
    assert set(Keys(path).known().peppers) == {0, 1}
