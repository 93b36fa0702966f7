"""Who does what on which day: a movement planned from a seed, before anybody lives it."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from application.ports import Unit
from application.simulation.deeds import AnswerLesson, Appoint, Cast, Plan, Wave
from application.simulation.draft import Draft
from application.simulation.lessons import Teaching, skills, zeal
from application.simulation.places import AMBASSADORS_PER_MARKET, NAMES, Places
from domain.model import Answer, Group, Role, Skill

MEAN_LEARNERS: Final = 8.0


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
    draft = Draft(last - timedelta(days=days - 1), days, Random(seed))
    seat = communes[0].id
    organizer = draft.somebody(seat, group=Group.PUBLIC_SECTOR)
    committee = draft.somebody(seat, group=Group.PUBLIC_SECTOR)
    draft.add(0, Wave.APPOINT, Appoint(organizer, Role.ORGANIZER, province.id))
    draft.add(0, Wave.APPOINT, Appoint(committee, Role.COMMITTEE, province.id))
    places = Places(draft)
    shares = _shared_out(ambassadors - 1, communes, draft)
    for commune, number in zip(communes, shares, strict=True):
        if number:
            _commune(draft, places, commune, number, mean_learners)
    draft.plan.cast = _cast(draft, organizer, committee, communes[0])
    return draft.plan


def _shared_out(ambassadors: int, communes: Sequence[Unit], draft: Draft) -> list[int]:
    """How many ambassadors each commune has: none alike, and together exactly as many."""
    weights = [draft.chance.lognormvariate(0, 0.45) for _ in communes]
    chosen = draft.chance.choices(range(len(communes)), weights, k=ambassadors)
    return [chosen.count(number) for number in range(len(communes))]


def _commune(draft: Draft, places: Places, commune: Unit, number: int, mean_learners: float) -> None:
    organizer = draft.somebody(commune.id, group=Group.PUBLIC_SECTOR)
    draft.add(0, Wave.APPOINT, Appoint(organizer, Role.ORGANIZER, commune.id))
    group = [(_ambassador(draft, commune.id), _joining(draft)) for _ in range(number)]
    for who, joined in group:
        draft.add(joined, Wave.APPOINT, Appoint(who, Role.AMBASSADOR, commune.id))
    for who, joined in group:
        teaching = Teaching(draft, who, organizer, group)
        teaching.teach(zeal(draft.chance, mean_learners), joined)
        places.family(teaching, joined)
    markets = min(int(number / AMBASSADORS_PER_MARKET + draft.chance.random()), len(NAMES))
    for title in NAMES[:markets]:
        places.market(commune.id, title.format(commune.name), organizer, group)


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
    """An ambassador one short of five: four confirmed, one of them practised again, one who
    denied it, and one of today who has not answered."""
    ambassador = draft.somebody(commune.id, group=Group.PUPILS_STUDENTS)
    draft.add(0, Wave.APPOINT, Appoint(ambassador, Role.AMBASSADOR, commune.id))
    teaching = Teaching(draft, ambassador, organizer)
    days = [draft.length * share // 100 for share in (35, 55, 70, 85, 92)]
    answers = (Answer.ABLE, Answer.ABLE, Answer.TAUGHT, Answer.ABLE, Answer.NO)
    for day, answer in zip(days, answers, strict=True):
        _taught(teaching, day, draft.somebody(commune.id, group=Group.PEOPLE), skills(draft.chance, 1), answer)
    first = _met_first(draft, ambassador)
    today = draft.length - 1
    _taught(teaching, today, first[0], first[1], Answer.ABLE)
    learner = draft.somebody(commune.id, group=Group.PEOPLE)
    lesson = _taught(teaching, today, learner, (Skill("vneid"),), None)
    return Cast(organizer, committee, ambassador, lesson, learner)
