"""Boards and campaigns by command."""

from interfaces.cli.problems import Exit


def test_a_campaign_is_announced_shown_compared_and_withdrawn(begun):
    said = begun("campaigns", "announce", "52", "Chiến dịch 10/10", "2026-10-01", "2026-10-31", "--json")
    ref = said.json["campaign"]
    shown = begun("campaigns", "show", "52", "--json").json["rows"]
    assert [(one["campaign"], one["begins"], one["ends"]) for one in shown] == [
        (ref, "2026-10-01", "2026-10-31")
    ]
    assert begun("board", "52", "--campaign", ref, "--json").json["rows"] == []
    assert begun("campaigns", "withdraw", ref).code == 0
    assert begun("campaigns", "show", "52", "--json").json["rows"] == []


def test_what_cannot_be_compared_is_said_in_a_sentence(begun):
    reversed_ = begun("campaigns", "announce", "52", "Đợt", "2026-10-02", "2026-10-01")
    assert (reversed_.code, "before the first" in reversed_.err) == (Exit.REFUSED, True)
    for argv in (
        ("campaigns", "withdraw", "none"),
        ("campaigns", "announce", "99999", "Đợt", "2026-10-01", "2026-10-02"),
        ("board", "52", "--campaign", "none"),
        ("board", "52", "--period", "2026-Q5"),
    ):
        assert begun(*argv).code == Exit.REFUSED, argv
