"""The key file: made once, never overwritten, and refused when it is not the right one."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault.keys import (
    BUCKETS,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileExposed,
    KeyFileMissing,
    KeyFileOfAnotherLedger,
    Keys,
    path_in,
)
from infrastructure.vault.vault import open_vault
from tests.infrastructure.vault.people import BA_TU, sealed


@pytest.fixture
def path(tmp_path):
    return path_in(tmp_path)


def test_only_its_owner_may_read_it(path):
    Keys.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_never_made_again(path):
    Keys.create(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileExists):
        Keys.create(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_every_bucket_has_a_key_of_its_own(path):
    keys = Keys.create(path)
    assert len({keys.current(bucket)[1] for bucket in range(BUCKETS)}) == BUCKETS


def test_a_missing_file_is_named(path):
    with pytest.raises(KeyFileMissing, match=str(path)):
        Keys(path)


def test_a_damaged_file_is_noticed(path):
    Keys.create(path)
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(KeyFileDamaged):
        Keys(path)


def test_a_cut_file_is_noticed(path):
    Keys.create(path)
    os.truncate(path, 5_000)
    with pytest.raises(KeyFileDamaged):
        Keys(path)


def test_a_file_that_others_may_read_is_refused(path):
    Keys.create(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileExposed):
        Keys(path)


def test_a_new_key_follows_and_the_old_one_is_destroyed(path):
    keys = Keys.create(path)
    number, key = keys.current(7)
    ((successor, fresh),) = keys.renew(number).items()
    assert keys.current(7) == (number, key)  # until an erasure has moved everybody to the next
    assert keys.changing()

    keys.destroy([number])

    assert Keys(path).key(number) is None
    assert key not in path.read_bytes()
    assert Keys(path).current(7) == (successor, fresh)
    assert not keys.changing()


def test_a_destroyed_key_is_overwritten_on_the_disk(path, tmp_path):
    keys = Keys.create(path)
    number, key = keys.current(7)
    keys.renew(number)
    old_blocks = tmp_path / "another-name-for-the-old-file"
    old_blocks.hardlink_to(path)
    assert key in old_blocks.read_bytes()

    keys.destroy([number])

    assert key not in old_blocks.read_bytes()


def test_what_a_crash_left_of_a_change_is_removed(path, tmp_path):
    keys = Keys.create(path)
    draft = path.with_name(f".{path.name}.0badcafe")
    shutil.copy(path, draft)
    old_blocks = tmp_path / "another-name-for-the-draft"
    old_blocks.hardlink_to(draft)
    keys.clear_drafts()
    assert not draft.exists()
    assert not any(old_blocks.read_bytes())
    assert Keys(path).current(7) == keys.current(7)


def test_a_change_that_fails_leaves_no_draft(path, monkeypatch):
    keys = Keys.create(path)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("infrastructure.vault.key_file.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        keys.renew(7)
    assert {file.name for file in path.parent.iterdir()} == {"vault.keys", "vault.lock"}
    assert not Keys(path).changing()


def test_another_process_learns_of_a_new_key(path):
    ours, theirs = Keys.create(path), Keys(path)
    ((successor, fresh),) = theirs.renew(ours.current(7)[0]).items()
    assert ours.key(successor) == fresh


class TestOpening:
    def test_a_ledger_without_its_key_file_does_not_start(self, database, ledger, vault, path):
        sealed(ledger, vault, "tu")
        path.unlink()
        with pytest.raises(KeyFileMissing):
            open_vault(database, ledger)
        with pytest.raises(KeyFileMissing):
            open_vault(database, ledger, create=True)

    def test_a_new_ledger_gets_one_only_when_asked(self, database, ledger):
        with pytest.raises(KeyFileMissing):
            open_vault(database, ledger)
        open_vault(database, ledger, create=True)
        open_vault(database, ledger)

    def test_the_key_file_of_another_ledger_is_refused(self, database, ledger, vault, path, tmp_path):
        sealed(ledger, vault, "tu")
        Keys.create(path_in(tmp_path / "elsewhere"))
        shutil.copy(path_in(tmp_path / "elsewhere"), path)
        with pytest.raises(KeyFileOfAnotherLedger):
            open_vault(database, ledger)

    def test_what_was_sealed_is_read_by_the_next_process(self, database, ledger: Writer, vault):
        person = sealed(ledger, vault, "tu")
        assert open_vault(database, ledger).identities([person]) == {person: BA_TU}

    def test_two_processes_begin_a_ledger_at_once(self, postgres, tmp_path):
        url = postgres.prepared()
        Keys.create(path_in(tmp_path))
        databases = [Database.open(url, tmp_path) for _ in range(4)]
        writers = [Writer(database) for database in databases]
        try:
            with ThreadPoolExecutor(4) as pool:
                vaults = list(pool.map(open_vault, databases, writers))
            person = sealed(writers[0], vaults[0], "tu")
            assert [vault.names([person]) for vault in vaults] == [{person: "Nguyễn Thị Tư"}] * 4
        finally:
            for writer, database in zip(writers, databases, strict=True):
                writer.close()
                database.close()
            postgres.drop(url)
