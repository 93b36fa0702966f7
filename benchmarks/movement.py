"""A movement to project: facts as a province records them, written straight into the ledger's table.

Every learner is registered, taught in a class of twenty, and answers some lessons later; one in
ten is practice, and one in ten does not confirm. Ambassadors differ in zeal.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy import insert

from domain import catalogue
from domain.access import RoleGranted
from domain.model import (
    Answer,
    By,
    Channel,
    Evidence,
    Fact,
    Group,
    LedgerFounded,
    LessonId,
    PersonId,
    Role,
    Skill,
    TeachingId,
    UnitId,
)
from domain.people import PersonRegistered
from domain.skills import CATALOGUE
from domain.teaching import TeachingAnswered, TeachingLogged
from domain.territory import UnitEstablished, UnitKind
from infrastructure.database import Database
from infrastructure.ledger.tables import fact as fact_table
from infrastructure.read_models.columns import micros

BEGAN = datetime(2026, 8, 1, tzinfo=UTC)
PROVINCE = UnitId("province")
COMMUNES = [UnitId(f"commune-{number:02}") for number in range(58)]
CLASS = 20
_BY = By("import:benchmark")


def record(database: Database, count: int, seed: int = 1) -> int:
    """Fills an empty ledger with `count` facts; returns how many there are."""
    rows = (
        {
            "position": position,
            "name": one.NAME,
            "version": one.VERSION,
            "at": micros(one.at),
            "data": catalogue.encode(one),
            "tags": "[]",
        }
        for position, one in enumerate(islice(facts(count, seed), count), 1)
    )
    with database.writing_engine.begin() as db:
        while some := list(islice(rows, 5_000)):
            db.execute(insert(fact_table), some)
    return count


def facts(count: int, seed: int) -> Iterator[Fact]:
    """The facts of a movement, without end; `count` tells how many ambassadors it needs."""
    chance = random.Random(seed)
    yield LedgerFounded(at=BEGAN, by=_BY, origin="benchmark")
    yield from territory()
    ambassadors = [PersonId(f"{chance.getrandbits(128):032x}") for _ in range(max(20, count // 230))]
    for person in ambassadors:
        home = chance.choice(COMMUNES)
        yield PersonRegistered(at=BEGAN, by=_BY, person=person, group=Group.PUBLIC_SECTOR, unit=home)
        yield RoleGranted(at=BEGAN, by=_BY, person=person, role=Role.AMBASSADOR, unit=home)
    zeal = [chance.paretovariate(1.2) for _ in ambassadors]
    teachers = iter(lambda: chance.choices(ambassadors, zeal, k=1_000), None)
    waiting: list[TeachingLogged] = []
    known: list[PersonId] = []
    lesson, lessons = 0, count // (3 * CLASS) + 1
    for some in teachers:
        for ambassador in some:
            at = BEGAN + timedelta(days=90) * (lesson / lessons)
            lesson += 1
            logged = list(_lesson(chance, at, ambassador, known))
            yield from logged
            waiting += [one for one in logged if isinstance(one, TeachingLogged)]
            chance.shuffle(waiting)
            yield from (_answer(chance, at, one) for one in waiting[100:])
            del waiting[100:]


def territory() -> Iterator[Fact]:
    country = UnitId("country")
    for unit, kind, parent in (
        (country, UnitKind.COUNTRY, None),
        (PROVINCE, UnitKind.PROVINCE, country),
        *((commune, UnitKind.COMMUNE, PROVINCE) for commune in COMMUNES),
    ):
        yield UnitEstablished(
            at=BEGAN, by=_BY, unit=unit, valid_from=date(2025, 7, 1), name=unit, kind=kind, parent=parent
        )


def _lesson(
    chance: random.Random, at: datetime, ambassador: PersonId, known: list[PersonId]
) -> Iterator[Fact]:
    unit, skill = chance.choice(COMMUNES), chance.choice(CATALOGUE).id
    lesson = LessonId(f"{chance.getrandbits(128):032x}")
    for _ in range(CLASS):
        if known and chance.random() < 0.1:
            learner = chance.choice(known)
        else:
            learner = PersonId(f"{chance.getrandbits(128):032x}")
            known.append(learner)
            yield PersonRegistered(at=at, by=_BY, person=learner, group=Group.PEOPLE, unit=unit)
        yield TeachingLogged(
            at=at,
            by=By(f"account:{ambassador}"),
            teaching=TeachingId(f"{chance.getrandbits(128):032x}"),
            ambassador=ambassador,
            learner=learner,
            skills=(Skill(skill),),
            unit=unit,
            on=at.date(),
            lesson=lesson,
            channel=Channel.CLASS,
        )


def _answer(chance: random.Random, at: datetime, logged: TeachingLogged) -> TeachingAnswered:
    said = chance.choices((Answer.ABLE, Answer.TAUGHT, Answer.NO), (6, 3, 1))[0]
    return TeachingAnswered(
        at=at,
        by=By(f"code:{logged.teaching}"),
        teaching=logged.teaching,
        ambassador=logged.ambassador,
        learner=logged.learner,
        skills=logged.skills,
        unit=logged.unit,
        on=logged.on,
        answer=said,
        evidence=Evidence.OWN_DEVICE,
    )
