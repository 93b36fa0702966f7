from domain.model import TeachingId
from infrastructure.read_models import leaderboard
from tests.cast import (
    GIA_LAI,
    HOA,
    HOA_TU,
    LAN,
    LAN_TU,
    SAU,
    TU,
    answer,
    lesson,
    merge,
    undo,
    void,
)
from tests.infrastructure.read_models.support import ambassadors


def scores(movement, unit=GIA_LAI, **which):
    board = movement.ask(leaderboard.board, unit, **which)
    return {row.ambassador: row.score for row in board.rows}


def test_a_claim_counts_nothing_until_it_is_confirmed(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU, SAU))
    assert scores(movement) == {}
    movement.live(answer(LAN_TU))
    assert scores(movement) == {LAN: 1}


def test_the_earliest_confirmation_holds_the_credit_and_passes_it_on_when_voided(movement):
    movement.live(*ambassadors(LAN, HOA), lesson(LAN, TU), lesson(HOA, TU), answer(HOA_TU), answer(LAN_TU))
    assert scores(movement) == {HOA: 1}
    movement.live(void(HOA_TU))
    assert scores(movement) == {LAN: 1}


def test_two_learners_who_turn_out_to_be_one_count_once_until_that_is_undone(movement):
    movement.live(*ambassadors(LAN), lesson(LAN, TU, SAU), answer(LAN_TU), answer(TeachingId("lan/ong-sau")))
    assert scores(movement) == {LAN: 2}
    movement.live(merge(SAU, TU))
    assert scores(movement) == {LAN: 1}
    movement.live(undo(SAU, TU))
    assert scores(movement) == {LAN: 2}
