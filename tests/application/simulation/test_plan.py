"""A simulated movement: the same seed gives the same days, and the days look like a movement."""

from collections import Counter
from datetime import date

import pytest

from application.ports import Unit
from application.simulation.deeds import (
    AnswerLesson,
    Appoint,
    FormTeam,
    JoinTeam,
    Plan,
    Teach,
    VisitHousehold,
    Wave,
)
from application.simulation.lessons import CLASS
from application.simulation.plan import planned
from application.simulation.posts import post
from domain.model import Answer, Channel, Role, UnitId
from domain.names import clean, fold
from domain.territory import UnitKind

LAST = date(2026, 11, 20)
PROVINCE = Unit(UnitId("gia-lai"), "52", "Gia Lai", UnitKind.PROVINCE, UnitId("VN"), (UnitId("gia-lai"),))
COMMUNES = [
    Unit(UnitId(f"c{n}"), f"2{n:04}", f"Xã {n}", UnitKind.COMMUNE, PROVINCE.id, (UnitId(f"c{n}"),))
    for n in range(6)
]


def a_movement(*, seed: int = 1, ambassadors: int = 400, days: int = 60) -> Plan:
    return planned(PROVINCE, COMMUNES, ambassadors=ambassadors, days=days, seed=seed, last=LAST)


@pytest.fixture(scope="module")
def movement() -> Plan:
    return a_movement()


def deeds(plan, kind):
    return [deed for day in plan.days for wave in day for deed in wave if isinstance(deed, kind)]


def test_the_same_seed_gives_the_same_movement_and_another_another(movement):
    assert a_movement() == movement
    assert a_movement(seed=2) != movement


def test_there_are_as_many_ambassadors_as_asked_for(movement):
    roles = Counter(deed.role for deed in deeds(movement, Appoint))
    assert roles[Role.AMBASSADOR] == 400
    assert roles[Role.COMMITTEE] == 1
    assert roles[Role.ORGANIZER] == 1 + len(COMMUNES)


@pytest.mark.parametrize(("ambassadors", "days"), [(2, 1), (2, 90), (40, 1), (40, 2)])
def test_small_movements_are_planned_too(ambassadors, days):
    plan = a_movement(ambassadors=ambassadors, days=days)
    assert len(plan.days) == days
    assert sum(deed.role is Role.AMBASSADOR for deed in deeds(plan, Appoint)) == ambassadors


def test_there_are_as_many_teams_to_so_many_members_as_in_old_binh_dinh(movement):
    assert len(deeds(movement, FormTeam)) == round(400 * 1_116 / 4_300) == len(movement.hamlets)
    joined = Counter(deed.team for deed in deeds(movement, JoinTeam))
    assert 395 < sum(joined.values()) <= 400
    assert max(joined.values()) <= 9
    led = [deed.team for deed in deeds(movement, JoinTeam) if deed.leader]
    assert len(led) == len(set(led)) > 90
    everybody = [deed.who for deed in deeds(movement, JoinTeam)]
    assert len(everybody) == len(set(everybody))


def test_colleagues_of_some_offices_teach_one_another(movement):
    works = {
        deed.who: post(Role.AMBASSADOR, movement.people[deed.who], deed.who, "xã")[1]
        for deed in deeds(movement, Appoint)
        if deed.role is Role.AMBASSADOR
    }
    lessons = [deed for deed in deeds(movement, Teach) if set(deed.learners) & set(works)]
    assert 4 < len(lessons) < 60
    for lesson in lessons:
        assert {works[who] for who in lesson.learners} == {works[lesson.ambassador]}


def test_teams_teach_and_go_round_in_their_hamlet(movement):
    hamlets = {one.unit for one in movement.hamlets}
    assert {lesson.unit in hamlets for lesson in deeds(movement, Teach)} == {True, False}
    rounds = deeds(movement, VisitHousehold)
    assert {visit.unit for visit in rounds} < hamlets
    assert len({(visit.unit, visit.number) for visit in rounds}) < len(rounds)


def test_zeal_is_uneven(movement):
    taught: Counter[int] = Counter()
    for deed in deeds(movement, Teach):
        taught[deed.ambassador] += len(deed.learners)
    numbers = sorted(taught.values())
    assert sum(number < 5 for number in numbers) > len(numbers) / 5
    assert numbers[-1] > 5 * numbers[len(numbers) // 2]


def test_there_are_classes_late_entries_denials_and_silence(movement):
    lessons = deeds(movement, Teach)
    assert any(len(lesson.learners) == CLASS and lesson.channel is Channel.CLASS for lesson in lessons)
    said = Counter(deed.answer for deed in deeds(movement, AnswerLesson))
    assert said[Answer.ABLE] > said[Answer.TAUGHT] > said[Answer.NO] > 0
    answered = {(deed.lesson, deed.learner) for deed in deeds(movement, AnswerLesson)}
    assert len(answered) < sum(len(lesson.learners) for lesson in lessons)
    late = [
        lesson
        for number, day in enumerate(movement.days)
        for lesson in day[Wave.TEACH]
        if (LAST - lesson.on).days > len(movement.days) - 1 - number
    ]
    assert late


def test_nothing_happens_before_what_it_rests_on(movement):
    appointed, logged, answered = set(), set(), set()
    for day in movement.days:
        for wave in day:
            for deed in wave:
                match deed:
                    case Appoint():
                        appointed.add(deed.who)
                    case Teach():
                        assert deed.ambassador in appointed
                        assert deed.ambassador not in deed.learners
                        logged |= {(deed.lesson, learner) for learner in deed.learners}
                    case AnswerLesson():
                        assert (deed.lesson, deed.learner) in logged
                        answered.add((deed.lesson, deed.learner))
    assert answered


def test_two_claims_to_one_person_are_never_answered_in_one_wave(movement):
    """Whoever is first holds the credit; in one wave chance would decide, not the seed."""
    lessons = {lesson.lesson: lesson for lesson in deeds(movement, Teach)}
    for day in movement.days:
        claims: dict[tuple[int, str], set[int]] = {}
        for deed in (one for one in day[Wave.ANSWER] if isinstance(one, AnswerLesson)):
            lesson = lessons[deed.lesson]
            for skill in lesson.skills:
                claims.setdefault((deed.learner, skill), set()).add(lesson.ambassador)
        assert all(len(claimants) == 1 for claimants in claims.values())


def test_nobody_could_be_taken_for_another(movement):
    known = Counter(
        (fold(person.name), person.phone or (person.commune, person.birth_year)) for person in movement.people
    )
    assert known.most_common(1)[0][1] == 1


def test_the_cast_waits_for_a_fifth_yes(movement):
    cast = movement.cast
    yes: set[int] = set()
    lessons = {deed.lesson: deed for deed in deeds(movement, Teach)}
    for deed in deeds(movement, AnswerLesson):
        if lessons[deed.lesson].ambassador == cast.ambassador and deed.answer.confirms:
            yes.add(deed.learner)
    claimed_before = 1  # by a colleague
    assert len(yes) - claimed_before == 4
    assert cast.learner in lessons[cast.lesson].learners
    assert cast.learner not in yes


def test_names_are_vietnamese_and_phones_possible(movement):
    for person in movement.people[:500]:
        assert clean(person.name) == person.name
        assert person.phone is None or (len(person.phone) == 10 and person.phone.startswith("0"))
