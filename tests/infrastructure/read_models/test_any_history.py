"""Over any history: what followed live equals what is rebuilt, and both equal a plain recount."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.classes import ClassOpened
from domain.criteria import DEFAULT
from domain.model import Evidence, Position
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.visits import HouseholdVisited, VisitVoided, numbered
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.read_models import (
    classes,
    coverage,
    credit,
    figures,
    free_days,
    leaderboard,
    milestones,
    teams,
    weeks,
    workplaces,
)
from infrastructure.read_models.at_cutoff import At
from infrastructure.read_models.catalogue import MODELS
from infrastructure.read_models.columns import parked
from infrastructure.read_models.honours import Status
from infrastructure.read_models.meeting import who_meets
from infrastructure.read_models.standings import Metric, Of, board_of, standing
from tests.cast import COUNTRY, GIA_LAI, NOW, TUY_PHUOC
from tests.infrastructure.read_models.histories import PEOPLE, UNITS, History, histories
from tests.infrastructure.read_models.recount import Recount
from tests.infrastructure.read_models.recount_boards import FREE, Boards
from tests.infrastructure.read_models.support import HAMLET, Happening, Movement

batch_sizes = st.lists(st.integers(1, 12), min_size=1, max_size=8)
ONE = DEFAULT.__class__(title_vi="", title_en="", ambassador_people=1)


@contextmanager
def fresh(sqlite_home: Path, url: str | None = None) -> Iterator[Movement]:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        if url is None:
            shutil.copytree(sqlite_home, home, dirs_exist_ok=True)
        database = Database.open(url, home)
        ledger = Writer(database, clock=lambda: NOW)
        try:
            yield Movement(database, ledger)
        finally:
            ledger.close()
            database.close()


def live_through(movement: Movement, history: History, sizes: list[int]) -> None:
    """Records the history, and lets the read models follow in batches of these sizes."""
    facts, at = history.facts, 0
    while at < len(facts):
        size = sizes[at % len(sizes)]
        movement.ledger.decide_soon(Happening(facts=tuple(facts[at : at + size]))).result()
        movement.projector.catch_up()
        at += size


def contents(movement: Movement) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every read model."""
    with movement.database.read_models() as db:
        assert db.execute(select(parked)).all() == []
        return {
            table.name: sorted(tuple(row) for row in db.execute(select(table)))
            for model in MODELS
            for table in model.tables
        }


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories, sizes=batch_sizes)
def test_live_equals_rebuilt_equals_recounted(sqlite_home, history, sizes):
    with fresh(sqlite_home) as movement:
        check(movement, history, sizes)


@pytest.mark.no_cover  # what dozens of histories touch is traced in the tests of each model
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories, sizes=batch_sizes)
def test_the_same_on_postgresql(sqlite_home, postgres, history, sizes):
    url = postgres.prepared()
    with fresh(sqlite_home, url) as movement:
        check(movement, history, sizes)
    postgres.drop(url)


def check(movement: Movement, history: History, sizes: list[int]) -> None:
    live_through(movement, history, sizes)
    live = contents(movement)
    movement.projector.rebuild()
    assert contents(movement) == live
    movement.projector.rebuild("leaderboard")
    assert contents(movement) == live
    recount = Recount(history.facts)
    check_standings(movement, recount)
    check_boards(movement, recount)
    check_free_days(movement, Boards(recount))
    check_figures(movement, recount)
    check_phones(movement, recount)
    check_classes(movement, history)
    check_workplaces(movement, history, recount)
    check_milestones(movement, recount)
    check_weeks(movement, recount)
    check_teams_and_visits(movement, history, recount)
    check_the_past(movement, history)


def check_teams_and_visits(movement: Movement, history: History, recount: Recount) -> None:
    """Who belongs to which team; each household once, whether by its number, as a family or as both."""
    for team, members in history.teams.items():
        found = movement.ask(teams.members, team)
        assert [one.person for one in found] == list(
            dict.fromkeys(one.person for one in found if one.person in {recount.now(m) for m in members})
        )
        assert {one.person for one in found} == {recount.now(one) for one in members}
    logged = {fact.visit: fact for fact in history.facts if isinstance(fact, HouseholdVisited)}
    for fact in history.facts:
        if isinstance(fact, VisitVoided):
            del logged[fact.visit]
    stands_for: dict[str, str] = {}
    for one in logged.values():
        if one.number is not None and (door := numbered(one.unit, one.number)) != one.household:
            stands_for[door] = one.household
    visited = {(stands_for.get(one.household, one.household), one.unit) for one in logged.values()}
    for unit in UNITS:
        doors = movement.ask(coverage.doors, unit)
        within = {unit, *([HAMLET] if unit == TUY_PHUOC else [])}
        assert doors is not None
        assert doors.own.visited == len({ref for ref, where in visited if where in within})
        assert doors.direct == len({ref for ref, where in visited if where == unit})


def check_workplaces(movement: Movement, history: History, recount: Recount) -> None:
    """Each person belongs where they joined last, under all their ids; able wherever they are."""
    now = history.aliases.canonical
    belongs: dict[str, str] = {}
    able = {now(one.learner) for one, said in recount.claims() if said and said.answer == "able"}
    for joined in sorted(history.works.values(), key=lambda one: one.at):
        belongs[now(joined.person)] = joined.workplace
    for one in history.workplaces:
        people = {person for person, where in belongs.items() if where == one.workplace}
        counted = movement.ask(workplaces.counts, [one.workplace])[one.workplace]
        assert (counted.people, counted.able) == (len(people), len(people & able))


def check_standings(movement: Movement, recount: Recount) -> None:
    with movement.database.read_models() as db:
        rows = db.execute(select(standing)).all()
    people = {
        (row.row, row.board, row.period): (row.score, row.able, row.claimed, row.confirmed)
        for row in rows
        if row.board.endswith(Metric.PEOPLE)
    }
    assert people == Boards(recount).counts()
    for metric, expected in ((Metric.FAMILIES, recount.families()), (Metric.VENDORS, recount.vendors())):
        scores = {row.row: row.score for row in rows if row.board == metric and row.period == "all"}
        assert {one: score for one, score in scores.items() if score} == {
            one: len(some) for one, some in expected.items()
        }


def check_boards(movement: Movement, recount: Recount) -> None:
    for unit in (COUNTRY, GIA_LAI, *UNITS):
        for period in ("all", "2026", "2025-12"):
            expected = recount.board(unit, period)
            board = movement.ask(leaderboard.board, unit, period=period)
            assert [(row.rank, row.ambassador, row.score) for row in board.rows] == expected
            assert board.total == len(expected)
            for rank, person, score in expected:
                own = movement.ask(leaderboard.own_row, person, unit, period=period)
                assert (own.own.rank, own.own.score, own.total) == (rank, score, len(expected))


def check_free_days(movement: Movement, boards: Boards) -> None:
    """Each person counts once of any days; those of a month are that month."""
    for name, days in FREE.items():
        expected = boards.of_days(name)
        found = {}
        for of in Of:
            board = board_of(of, Metric.PEOPLE)
            rows = [row for row, on in expected if on == board]
            for row in movement.ask(free_days.rows, rows, of, Metric.PEOPLE, days):
                found[row.row, row.board] = (row.score, row.able, row.claimed, row.confirmed)
        countries = board_of("countries", Metric.PEOPLE)
        assert found == {key: counts for key, counts in expected.items() if key[1] != countries}
    february = date(2026, 2, 1), date(2026, 2, 28)
    for of, metric in product(Of, Metric):
        kept = movement.ask(leaderboard.board, COUNTRY, of=of, metric=metric, period="2026-02")
        assert kept.rows == movement.ask(leaderboard.board, COUNTRY, of=of, metric=metric, days=february).rows


def check_figures(movement: Movement, recount: Recount) -> None:
    since = date(2026, 2, 1)
    for unit in (COUNTRY, GIA_LAI, *UNITS):
        own = movement.ask(figures.figures, unit, active_since=since).own
        expected = recount.figures(unit, since)
        assert {name: getattr(own, name) for name in expected} == expected
        by_group = movement.ask(figures.by_group, [unit])
        assert {group: (one.taught, one.confirmed, one.able) for (_, group), one in by_group.items()} == (
            recount.groups(unit)
        )


def check_phones(movement: Movement, recount: Recount) -> None:
    """What was confirmed on a mentor's phone alone, of each and listed."""
    expected = recount.on_phone()
    for person in PEOPLE:
        if recount.now(person) == person:
            assert movement.ask(credit.on_phone, person).on_phone == expected.get(person, 0)
    for one in movement.ask(credit.mostly_on_phone, COUNTRY):
        assert one.on_phone == expected[one.ambassador]
        assert 2 * one.on_phone > one.people


def check_milestones(movement: Movement, recount: Recount) -> None:
    for unit in (COUNTRY, GIA_LAI, *UNITS):
        found = {
            (milestone, group): (one.reached, one.confirmed, one.own)
            for (_, milestone), counted in movement.ask(milestones.counted, [unit]).items()
            for group, one in [(None, counted.everybody), *counted.groups.items()]
        }
        assert found == recount.milestones(unit)


def check_weeks(movement: Movement, recount: Recount) -> None:
    """Each week counts its own people once; only what was gained adds up, to those who are able."""
    first, last = date(2025, 12, 1), date(2026, 3, 1)
    everywhere = (COUNTRY, GIA_LAI, *UNITS)
    entered = movement.ask(weeks.last_entries, everywhere)
    for unit in everywhere:
        found = movement.ask(weeks.weeks, unit, since=first, until=last)
        assert {
            one.monday: (one.taught, one.confirmed, one.gained) for one in found if one.taught
        } == recount.weeks(unit)
        own = movement.ask(figures.figures, unit, active_since=first).own
        assert sum(one.gained for one in found) == own.able
        assert max(one.confirmed for one in found) <= own.confirmed <= sum(one.confirmed for one in found)
        assert entered.get(unit) == recount.last_entry(unit)


def check_classes(movement: Movement, history: History) -> None:
    """Who waits for a witness, and whose answer that stands came by a phone of many."""
    logged: dict[str, TeachingLogged] = {}
    answered: dict[str, TeachingAnswered] = {}
    opened = {fact.lesson for fact in history.facts if isinstance(fact, ClassOpened)}
    for fact in history.facts:
        match fact:
            case TeachingLogged():
                logged[fact.teaching] = fact
            case TeachingAnswered():
                answered[fact.teaching] = fact
            case TeachingVoided():
                logged.pop(fact.teaching, None)
    waiting = Counter(
        one.lesson for ref, one in logged.items() if ref not in answered and one.lesson in opened
    )
    found = movement.ask(classes.to_witness, COUNTRY, limit=100)
    assert {one.lesson: one.waiting for one in found} == waiting
    shared = {ref for ref in logged if ref in answered and answered[ref].evidence is Evidence.SHARED_DEVICE}
    on_shared = movement.ask(classes.on_shared_phones, COUNTRY, limit=100)
    assert {one.teaching for one in on_shared} == shared


def check_the_past(movement: Movement, history: History) -> None:
    """As of a position in the middle, everything is as a recount of the facts until then says."""
    position = len(history.facts) * 2 // 3
    recount = Recount(history.facts[:position])
    for person in PEOPLE:
        if recount.now(person) == person:
            found = movement.ask(credit.of_subject, person, at=position)
            assert {
                (one.subject, one.skill): (one.teaching, one.ambassador, one.able, one.evidence)
                for one in found
            } == {
                key: (
                    held.teaching,
                    recount.now(held.ambassador),
                    held.able,
                    recount.evidence(held.teaching),
                )
                for key, held in recount.credit().items()
                if key[0] == person
            }
    cutoff = At(date(2026, 12, 31), Position(position), ONE)
    nominees = movement.ask(who_meets, movement.ledger.history, GIA_LAI, Status.AMBASSADOR, cutoff)
    assert [(row.province_rank, row.subject, row.people) for row in nominees] == recount.board(GIA_LAI, "all")
    on_phone = recount.on_phone()
    assert {row.subject: row.on_phone for row in nominees} == {
        row.subject: on_phone[row.subject] for row in nominees
    }
