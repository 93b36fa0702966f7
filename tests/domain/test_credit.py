"""Who holds the credit for one person's one skill (design rule 6)."""

from domain.credit import Confirmation, CreditLine
from domain.model import Decision, Fact, PersonId, Position, TeachingId
from tests.cast import (
    HOA,
    HOA_TU,
    LAN,
    LAN_TU,
    SAU,
    TU,
    answer,
    everybody,
    lesson,
    ruling,
    teaching,
    void,
)
from tests.specification import lived

NOBODY: frozenset[PersonId] = frozenset()


def line_of(*happened: Fact | Decision) -> CreditLine:
    line = CreditLine()
    both_taught: list[Fact | Decision] = [*everybody(), lesson(LAN, TU), lesson(HOA, TU)]
    for number, fact in enumerate(lived(*both_taught, *happened), start=1):
        line.take(Position(number), fact)
    return line


def holder(line: CreditLine) -> TeachingId | None:
    held = line.holder({TU})
    return held.teaching if held else None


def test_a_claim_is_not_a_confirmation():
    assert holder(line_of()) is None


def test_a_yes_earns_the_credit():
    assert holder(line_of(answer(LAN_TU))) == LAN_TU


def test_taught_but_not_yet_able_confirms_too():
    line = line_of(answer(LAN_TU, "taught"))
    assert holder(line) == LAN_TU
    assert not line.standing[LAN_TU].able


def test_a_no_earns_nothing():
    assert holder(line_of(answer(LAN_TU, "no"))) is None


def test_the_earliest_confirmation_holds_not_the_earliest_claim():
    assert holder(line_of(answer(HOA_TU), answer(LAN_TU))) == HOA_TU


def test_able_that_becomes_taught_keeps_its_place():
    line = line_of(answer(LAN_TU), answer(HOA_TU), answer(LAN_TU, "taught"))
    assert holder(line) == LAN_TU
    assert not line.standing[LAN_TU].able


def test_able_that_was_denied_comes_back_last():
    back = line_of(answer(LAN_TU), answer(HOA_TU), answer(LAN_TU, "no"), answer(LAN_TU))
    assert holder(back) == HOA_TU
    assert list(back.standing) == [HOA_TU, LAN_TU]


def test_a_void_passes_the_credit_on():
    assert holder(line_of(answer(LAN_TU), answer(HOA_TU), void(LAN_TU))) == HOA_TU


def test_a_ruling_names_another():
    assert holder(line_of(answer(LAN_TU), answer(HOA_TU), ruling(HOA_TU))) == HOA_TU


def test_the_latest_ruling_is_the_one_that_stands():
    ruled_twice = line_of(answer(LAN_TU), answer(HOA_TU), ruling(HOA_TU), ruling(LAN_TU))
    assert holder(ruled_twice) == LAN_TU


def test_a_ruling_for_what_no_longer_stands_falls_back_to_the_earliest():
    voided = line_of(answer(LAN_TU), answer(HOA_TU), ruling(HOA_TU), void(HOA_TU))
    assert holder(voided) == LAN_TU


def test_who_turns_out_to_have_taught_themselves_never_counts():
    line = line_of(answer(LAN_TU), answer(HOA_TU))
    merged = line.holder({TU, LAN})
    assert merged is not None
    assert merged.teaching == HOA_TU
    assert line.holder({TU, LAN, HOA}) is None


def test_nor_does_a_ruling_help_them():
    line = line_of(answer(LAN_TU), answer(HOA_TU), ruling(HOA_TU))
    merged = line.holder({TU, HOA})
    assert merged is not None
    assert merged.teaching == LAN_TU


def lines_of_tu_and_sau() -> tuple[CreditLine, CreditLine]:
    """Bà Tư's and Ông Sáu's lines in one ledger, where Ông Sáu's yes came first."""
    tu, sau = CreditLine(), CreditLine()
    happened = lived(
        *everybody(), lesson(LAN, SAU), lesson(HOA, TU), answer(teaching(LAN, SAU)), answer(HOA_TU)
    )
    for number, fact in enumerate(happened, start=1):
        of = getattr(fact, "learner", None)
        if of in (TU, SAU):
            (tu if of == TU else sau).take(Position(number), fact)
    return tu, sau


def test_the_lines_of_a_merged_person_are_one_in_the_order_of_the_answers():
    tu, sau = lines_of_tu_and_sau()
    joined = CreditLine.joined([tu, sau])
    assert list(joined.standing) == [teaching(LAN, SAU), HOA_TU]
    held = joined.holder({TU, SAU})
    assert held is not None
    assert held.ambassador == LAN


def test_joining_changes_neither_line():
    tu, sau = lines_of_tu_and_sau()
    CreditLine.joined([tu, sau]).drop(HOA_TU)
    assert holder(tu) == HOA_TU


def test_the_latest_ruling_of_any_id_holds_for_the_merged_person():
    tu, sau = lines_of_tu_and_sau()
    tu.ruled, tu.ruled_at = HOA_TU, Position(20)
    sau.ruled, sau.ruled_at = teaching(LAN, SAU), Position(10)
    held = CreditLine.joined([sau, tu]).holder(NOBODY)
    assert held is not None
    assert held.teaching == HOA_TU


def test_a_line_of_nothing_has_no_holder():
    assert CreditLine.joined([]).holder(NOBODY) is None


def test_a_confirmation_remembers_where_it_came_to_stand():
    line = line_of(answer(LAN_TU), answer(HOA_TU))
    first, second = line.standing.values()
    assert isinstance(first, Confirmation)
    assert first.since < second.since
