"""Who does what on which day: a movement planned from a seed, before anybody lives it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from application.ports import Unit
from application.simulation.colleagues import Colleagues
from application.simulation.deeds import AnswerLesson, Appoint, Cast, Plan, Wave
from application.simulation.draft import Draft
from application.simulation.lessons import Teaching, zeal
from application.simulation.places import AMBASSADORS_PER_MARKET, NAMES, Places
from application.simulation.teams import Teams
from domain.model import Answer, Group, Role, Skill

MEAN_LEARNERS: Final = 8.0
SCRIPTED: Final = 2  # ambassadors whose days are laid down, for the pages shown first
VNEID: Final = Skill("vneid")


def planned(
    province: Unit,
    communes: Sequence[Unit],
    *,
    ambassadors: int,
    days: int,
    seed: int,
    last: date,
    mean_learners: float = MEAN_LEARNERS,
) -> Plan:
    """The same arguments give the same plan. `last` is its last day, `province` where its
    organizer and committee sit, `communes` where its ambassadors live."""
    draft = Draft(last - timedelta(days=days - 1), days, Random(seed))  # nosec B311 # an invented movement, the same for each seed
    seat = communes[0].id
    organizer = draft.somebody(seat, group=Group.PUBLIC_SECTOR)
    committee = draft.somebody(seat, group=Group.PUBLIC_SECTOR)
    draft.add(0, Wave.APPOINT, Appoint(organizer, Role.ORGANIZER, province.id))
    draft.add(0, Wave.APPOINT, Appoint(committee, Role.COMMITTEE, province.id))
    places, teams = Places(draft), Teams(draft, seed, beside=SCRIPTED)
    colleagues = Colleagues(draft, seed)
    shares = _shared_out(ambassadors - SCRIPTED, communes, draft)
    for commune, number in zip(communes, shares, strict=True):
        if number:
            _commune(draft, places, teams, colleagues, commune, number, mean_learners)
    cast = _cast(draft, organizer, committee, communes[0])
    teams.welcome(cast.ambassador)
    draft.plan.cast = replace(cast, leader=teams.leader)
    return draft.plan


def _shared_out(ambassadors: int, communes: Sequence[Unit], draft: Draft) -> list[int]:
    """How many ambassadors each commune has: none alike, and together exactly as many."""
    weights = [draft.chance.lognormvariate(0, 0.45) for _ in communes]
    chosen = draft.chance.choices(range(len(communes)), weights, k=ambassadors)
    return [chosen.count(number) for number in range(len(communes))]


def _commune(
    draft: Draft,
    places: Places,
    teams: Teams,
    colleagues: Colleagues,
    commune: Unit,
    number: int,
    mean_learners: float,
) -> None:
    organizer = draft.somebody(commune.id, group=Group.PUBLIC_SECTOR)
    draft.add(0, Wave.APPOINT, Appoint(organizer, Role.ORGANIZER, commune.id))
    group = [(_ambassador(draft, commune.id), _joining(draft)) for _ in range(number)]
    for who, joined in group:
        draft.add(joined, Wave.APPOINT, Appoint(who, Role.AMBASSADOR, commune.id))
    teams.live(organizer, teams.homes(commune, group))
    colleagues.learn(commune, group)
    for who, joined in group:
        teaching = Teaching(draft, who, organizer, group)
        teaching.teach(zeal(draft.chance, mean_learners), joined)
        places.family(teaching, joined)
    markets = min(int(number / AMBASSADORS_PER_MARKET + draft.chance.random()), len(NAMES))
    for title in NAMES[:markets]:
        places.market(commune.id, title.format(_short(commune.name)), organizer, group)


def _short(name: str) -> str:
    """As markets are called: Chợ Tuy Phước, in Xã Tuy Phước."""
    kind, _space, rest = name.partition(" ")
    return rest if kind in {"Xã", "Phường"} else name


def _ambassador(draft: Draft, commune: str) -> int:
    """Team members: more of the public sector and the young than others."""
    groups = (Group.PUBLIC_SECTOR, Group.PUPILS_STUDENTS, Group.WORKERS, Group.PEOPLE)
    return draft.somebody(commune, group=draft.chance.choices(groups, (34, 26, 12, 28))[0])


def _joining(draft: Draft) -> int:
    """Most join in the first fortnight, the others as the movement grows."""
    if draft.happens(0.6):
        return draft.chance.randrange(min(14, draft.length))
    return int(draft.length * 0.9 * draft.chance.random() ** 1.3)


def _cast(draft: Draft, organizer: int, committee: int, commune: Unit) -> Cast:
    """An ambassador one short of five: four confirmed persons, one who says it did not happen, one
    whom a colleague had taught before, and one of today who has not answered yet."""
    first, colleague = (_scripted(draft, organizer, commune) for _ in range(2))
    for share, answer in ((35, Answer.ABLE), (55, Answer.ABLE), (70, Answer.TAUGHT), (85, Answer.NO)):
        first.tell(share, draft.somebody(commune.id, group=Group.PEOPLE), answer)
    both = draft.somebody(commune.id, group=Group.PEOPLE)
    colleague.tell(40, both, Answer.ABLE)
    first.tell(75, both, Answer.ABLE)
    first.tell(92, draft.somebody(commune.id, group=Group.PEOPLE), Answer.ABLE)
    learner = draft.somebody(commune.id, group=Group.PEOPLE)
    lesson = first.tell(100, learner, None)
    return Cast(organizer, committee, first.teaching.ambassador, lesson, learner)


class _Scripted:
    """An ambassador whose lessons are laid down: each one person and VNeID, answered the same day."""

    def __init__(self, draft: Draft, teaching: Teaching) -> None:
        self.draft = draft
        self.teaching = teaching

    def tell(self, share: int, learner: int, answer: Answer | None) -> int:
        """`share` of the days in percent is when; None is a learner who has not answered."""
        day = min(self.draft.length * share // 100, self.draft.length - 1)
        lesson = self.teaching.lesson(day, (learner,), (VNEID,))
        if lesson is None:
            raise AssertionError("a scripted day lies within the plan")
        if answer is not None:
            self.draft.add(day, Wave.ANSWER, AnswerLesson(lesson, learner, answer))
        return lesson


def _scripted(draft: Draft, organizer: int, commune: Unit) -> _Scripted:
    ambassador = draft.somebody(commune.id, group=Group.PUPILS_STUDENTS)
    draft.add(0, Wave.APPOINT, Appoint(ambassador, Role.AMBASSADOR, commune.id))
    return _Scripted(draft, Teaching(draft, ambassador, organizer))
