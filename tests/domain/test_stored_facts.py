"""Golden copies of every stored form: the bytes as they stand in ledgers, and the tags.

Each file of `tests/stored_facts` holds forms of one fact: its stored bytes on one line, its tags
on the next. They are never changed. A new fact or version brings a new file; a field that may be
left out brings two more lines to the old one.
"""

from pathlib import Path

import msgspec
import pytest

from domain.catalogue import FACTS, UnknownFact, decode, encode

STORED = sorted((Path(__file__).parent.parent / "stored_facts").glob("*.jsonl"))


def forms(path: Path) -> list[tuple[bytes, bytes]]:
    """Stored bytes and tags of each form, the oldest first."""
    lines = path.read_bytes().splitlines()
    return list(zip(lines[::2], lines[1::2], strict=True))


def named(path: Path) -> tuple[str, int]:
    name, version, _ = path.name.split(".")
    return name, int(version)


def test_every_fact_and_version_has_a_golden_copy():
    assert {named(path) for path in STORED} == {(fact.NAME, fact.VERSION) for fact in FACTS}


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_what_was_stored_is_read_for_ever(path):
    for data, tags in forms(path):
        fact = decode(*named(path), data)
        assert encode(fact) == data
        assert list(fact.tags()) == msgspec.json.decode(tags)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_golden_copy_leaves_no_field_out(path):
    data, _ = forms(path)[-1]
    latest = msgspec.json.decode(data)
    assert None not in latest.values()
    kind = next(fact for fact in FACTS if named(path) == (fact.NAME, fact.VERSION))
    assert set(latest) == set(kind.__struct_fields__)


def test_what_a_newer_program_wrote_is_not_guessed():
    with pytest.raises(UnknownFact):
        decode("teaching-answered", 99, b"{}")
    with pytest.raises(UnknownFact):
        decode("builtins:exec", 1, b"{}")


def test_damage_is_noticed():
    with pytest.raises(msgspec.ValidationError):
        decode("teaching-answered", 1, b'{"answer":"perhaps"}')
    with pytest.raises(msgspec.DecodeError):
        decode("teaching-answered", 1, b'{"answer":')


def test_a_fact_is_stored_under_its_chosen_name():
    names = [fact.NAME for fact in FACTS]
    assert all(name == name.lower() and " " not in name and "." not in name for name in names)
