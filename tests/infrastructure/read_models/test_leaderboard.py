from datetime import date, timedelta
from typing import Any

from domain.classes import ClassOpened
from domain.model import LessonId, TeachingId, TeamId, WorkplaceId
from domain.teams import TeamFormed, TeamMemberJoined, TeamMemberLeft
from domain.workplaces import WorkplaceJoined, WorkplaceKind, WorkplaceRegistered
from infrastructure.read_models import leaderboard, memberships, scored, teams
from infrastructure.read_models.standings import Of
from tests.cast import (
    BY,
    GIA_LAI,
    HOA,
    HOA_TU,
    LAN,
    LAN_TU,
    NOW,
    PAYING,
    SAU,
    SERVICES,
    TODAY,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
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


def test_who_goes_from_team_to_team_on_a_day_counts_for_the_later_one_on_every_page(movement):
    first, then = TeamId("first"), TeamId("then")
    said: dict[str, Any] = {"at": NOW, "by": BY, "unit": TUY_PHUOC}
    formed: dict[str, Any] = {"name": "Tổ", "on": YESTERDAY - timedelta(days=9)}
    movement.live(
        *ambassadors(LAN),
        *(TeamFormed(team=one, name_key=str(one), **formed, **said) for one in (first, then)),
        TeamMemberJoined(team=first, person=LAN, on=YESTERDAY - timedelta(days=9), **said),
        lesson(LAN, SAU, called="a", on=YESTERDAY - timedelta(days=1)),
        answer(TeachingId("a/ong-sau")),
        ClassOpened(
            lesson=LessonId("class"), ambassador=LAN, on=TODAY, skills=(VNEID,),
            until=NOW + timedelta(hours=4), **said,
        ),
        TeamMemberLeft(team=first, person=LAN, on=TODAY, **said),
        TeamMemberJoined(team=then, person=LAN, on=YESTERDAY, **said),
        lesson(LAN, TU),
        answer(LAN_TU),
    )  # fmt: skip
    figures = {one: movement.ask(teams.figures, one) for one in (first, then)}
    assert {one: some.people for one, some in figures.items()} == {first: 1, then: 1}
    assert {one: some.classes for one, some in figures.items()} == {first: 0, then: 1}
    assert movement.ask(scored.scores, [first, then], of=Of.TEAMS) == {first: 1, then: 1}
    month = f"{YESTERDAY:%Y-%m}"
    assert movement.ask(teams.figures, then, month=month).people == 1
    assert movement.ask(teams.figures, then, month="2025-12").people == 0


def test_who_is_taught_on_several_of_the_days_counts_once_in_them(movement):
    first, then, last = (TODAY - timedelta(days=back) for back in (9, 5, 0))
    movement.live(
        *ambassadors(LAN, HOA),
        lesson(LAN, TU, called="a", on=first),
        lesson(HOA, TU, called="b", on=then, skills=(PAYING,)),
        lesson(LAN, TU, SAU, called="c", on=last, skills=(SERVICES,)),
        *(answer(TeachingId(ref)) for ref in ("a/ba-tu", "b/ba-tu", "c/ba-tu", "c/ong-sau")),
    )

    def counted(of: Of, *days: date) -> list[int]:
        board = movement.ask(leaderboard.board, GIA_LAI, of=of, days=days)
        return [row.score for row in board.rows]

    assert counted(Of.COMMUNES, first, last) == counted(Of.COMMUNES, then, last) == [2]
    assert counted(Of.COMMUNES, first, then) == counted(Of.COMMUNES, first, first) == [1]
    assert counted(Of.AMBASSADORS, first, last) == [2, 1]  # Hòa has the credit for paying
    movement.live(void(TeachingId("b/ba-tu")), void(TeachingId("a/ba-tu")))
    assert counted(Of.COMMUNES, first, last) == [2]
    assert counted(Of.COMMUNES, first, then) == []


def test_two_entries_of_one_person_belong_where_they_joined_last(movement):
    school, office = WorkplaceId("school"), WorkplaceId("office")
    said: dict[str, Any] = {"at": NOW, "by": BY, "unit": TUY_PHUOC}
    movement.live(
        *ambassadors(LAN),
        *(
            WorkplaceRegistered(workplace=one, kind=WorkplaceKind.SCHOOL, name="A", name_key=str(one), **said)
            for one in (school, office)
        ),
        WorkplaceJoined(workplace=school, person=TU, on=YESTERDAY, **said),
        WorkplaceJoined(workplace=office, person=SAU, on=YESTERDAY, **said),
        merge(TU, SAU),
    )
    assert [movement.ask(memberships.members, one) for one in (school, office)] == [[], [SAU]]
    movement.live(undo(TU, SAU))
    assert [movement.ask(memberships.members, one) for one in (school, office)] == [[TU], [SAU]]
