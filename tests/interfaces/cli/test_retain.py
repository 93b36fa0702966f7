"""`lantoa retain` at the console."""

from interfaces.cli.problems import Exit


def test_it_says_what_it_did(begun):
    said = begun("retain", "--dry-run", "--json")
    assert said.code == 0
    assert said.json["dry_run"] is True
    assert said.json["erased"] == {}
    assert "0 of 0 people" in begun("retain").out


def test_a_term_that_cannot_be_is_refused(begun, monkeypatch):
    monkeypatch.setenv("LANTOA_KEEP_WITHDRAWN_DAYS", "30")
    said = begun("retain")
    assert said.code == Exit.NOT_SET_UP
    assert "LANTOA_KEEP_WITHDRAWN_DAYS" in said.err
