"""Which keys a proved backup holds, whom data is held of, and what is sealed beside a person's row."""

import pytest

from application.ports import Unsealable
from domain.model import PersonId
from infrastructure.vault import held, key_backup, key_file, known_keys
from infrastructure.vault.keys import BUCKETS, Fingerprints, path_in
from infrastructure.vault.known_keys import Backed
from infrastructure.vault.vault import NobodySealed
from tests.infrastructure.vault.people import BA_TU, registered, sealed

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ALL = BUCKETS + 1
"""The bucket keys and the first pepper."""


@pytest.mark.usefixtures("vault")
class TestBackedUp:
    @ON_SQLITE
    def test_nothing_is_until_somebody_proves_it(self, database):
        assert known_keys.backed(database) == Backed(keys=ALL, missing=ALL, last=None)
        assert not known_keys.backed(database).confirmed

    def test_what_was_proved_is_and_nothing_else(self, database, ledger):
        keys, peppers = known_keys.known(database)
        some = dict(sorted(keys.items())[:10])
        known_keys.confirm(ledger, Fingerprints(some, {}), 7)
        assert known_keys.backed(database) == Backed(keys=ALL, missing=ALL - 10, last=7)
        known_keys.confirm(ledger, Fingerprints(keys, {}), 8)
        assert known_keys.backed(database) == Backed(keys=ALL, missing=1, last=8)
        known_keys.confirm(ledger, Fingerprints({}, peppers), 6)
        assert known_keys.backed(database) == Backed(keys=ALL, missing=0, last=8)
        assert known_keys.backed(database).confirmed

    @ON_SQLITE
    def test_keys_of_another_ledger_are_passed_over(self, database, ledger):
        keys, peppers = known_keys.known(database)
        others = Fingerprints(dict.fromkeys(keys, b"another"), dict.fromkeys(peppers, b"another"))
        known_keys.confirm(ledger, others, 7)
        known_keys.confirm(ledger, Fingerprints({10**6: keys[min(keys)]}, {}), 7)
        assert known_keys.backed(database).missing == ALL

    @ON_SQLITE
    def test_without_a_key_nothing_is_confirmed(self):
        assert not Backed(keys=0, missing=0, last=None).confirmed


@ON_SQLITE
def test_everybody_is_named_once_a_page_at_a_time(database, ledger, vault, monkeypatch):
    monkeypatch.setattr(held, "AT_ONCE", 2)
    assert list(held.everybody(database)) == []
    people = [sealed(ledger, vault, name) for name in ("sau", "ba", "tu")]
    assert list(held.everybody(database)) == [["ba", "sau"], ["tu"]]
    sealed(ledger, vault, "bay")
    assert [one for page in held.everybody(database) for one in page] == sorted([*people, "bay"])


@ON_SQLITE
class TestSecretsBesideARow:
    @pytest.fixture
    def kept(self, ledger, vault):
        for name in ("lan", "hoa"):
            sealed(ledger, vault, name)
        return vault.seal_secret(PersonId("lan"), "app", b"hush")

    def test_one_opens_for_whom_and_what_it_was_sealed(self, vault, kept):
        assert b"hush" not in kept
        assert vault.open_secret(PersonId("lan"), "app", kept) == b"hush"
        assert vault.seal_secret(PersonId("lan"), "app", b"hush") != kept

    @pytest.mark.parametrize(("whose", "what"), [("hoa", "app"), ("lan", "name")])
    def test_and_for_nobody_and_nothing_else(self, vault, kept, whose, what):
        with pytest.raises(Unsealable):
            vault.open_secret(PersonId(whose), what, kept)

    def test_nobody_has_one_who_is_not_in_the_vault(self, vault, kept):
        with pytest.raises(NobodySealed):
            vault.seal_secret(PersonId("never"), "app", b"hush")
        with pytest.raises(NobodySealed):
            vault.open_secret(PersonId("never"), "app", kept)

    def test_what_is_nobodys_has_a_key_of_its_own_and_is_found_by_nothing(self, ledger, vault):
        sealing = vault.sealing()
        sealing.own_key(PersonId("bao-cao"))
        registered(ledger, PersonId("bao-cao"), sealing.rows())
        kept = vault.seal_secret(PersonId("bao-cao"), "words", b"hush")
        assert vault.open_secret(PersonId("bao-cao"), "words", kept) == b"hush"
        (identity,) = vault.identities([PersonId("bao-cao")]).values()
        assert (identity.name, identity.phone, identity.birth_year) == ("", None, None)

    def test_a_key_for_each_purpose(self, vault):
        assert vault.key_for("lists") == vault.key_for("lists")
        assert len({vault.key_for(one) for one in ("lists", "sessions", "challenges")}) == 3


@ON_SQLITE
def test_a_restored_key_file_sets_the_one_before_aside_until_that_is_destroyed(ledger, vault, tmp_path):
    path, backup = path_in(tmp_path), tmp_path / "keys.backup"
    sealed(ledger, vault, "tu")
    key_backup.write(backup, "bốn từ dễ nhớ", keys=path, origin="here", made=1, erased=[])
    before, content = path.read_bytes(), key_backup.read(backup, "bốn từ dễ nhớ").content

    aside = key_backup.put_in_place(path, content)

    assert aside is not None
    assert aside.read_bytes() == before
    assert aside.name.startswith(f"{path.name}.set-aside-")
    assert key_file.all_set_aside(path) == [aside]
    assert vault.identities([PersonId("tu")])[PersonId("tu")] == BA_TU
    assert key_file.destroy_set_aside(path) == 1
    assert (key_file.all_set_aside(path), aside.exists(), path.exists()) == ([], False, True)
    path.unlink()
    assert key_backup.put_in_place(path, content) is None
    assert path.stat().st_mode & 0o777 == 0o600
