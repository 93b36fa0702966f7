"""A look at candidates: what is due of ambassadors, families and markets, by today's criteria.

These looks decide nothing. They offer what seems due; the decision checks everything again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection, select

from application.reactions import AmbassadorDue, FamilyDue, MarketDue, StatusDue
from domain.criteria import DEFAULT, Criteria
from domain.digital_markets import MarketCounts
from domain.households import Criterion
from domain.model import HouseholdId, MarketId, PersonId, Position, Skill, TeachingId, UnitId, WorkplaceId
from domain.recognition import Witness
from domain.statuses import Counts, StatusKind, StatusRule, reached, rule_of
from domain.territory import Level
from infrastructure.read_models import (
    credit,
    criteria,
    honours,
    households,
    markets,
    people,
    scored,
    statuses,
    units,
    vendors,
    workplaces,
)
from infrastructure.read_models.columns import age, chunks
from infrastructure.read_models.honours import HonourRow, Status
from infrastructure.read_models.teachings import State, teaching_row

P = TypeVar("P")


class Rules:
    """The criteria that units count by on one day; the default ones where nothing was adopted."""

    def __init__(self, db: Connection, on: date) -> None:
        self._db = db
        self.on = on
        self._known: dict[tuple[UnitId, ...], Criteria] = {}
        self._adopting = {one.unit for one in criteria.adoptions(db)}
        self._paths: dict[UnitId, tuple[UnitId, ...]] = {}

    def load(self, some: Iterable[UnitId]) -> None:
        """Reads of these units at once which of those that they lie in adopted any."""
        if self._adopting:
            self._paths |= _lies_in(self._db, some, self._adopting)

    def of(self, unit: UnitId) -> Criteria:
        """One look-up serves all units that lie in the same of those that adopted any."""
        if unit not in self._paths:
            self.load([unit])
        path = self._paths.get(unit, ())
        found = self._known.get(path)
        if found is None:
            adopted = criteria.standing(self._db, path, self.on) if path else None
            found = self._known[path] = adopted.content if adopted else DEFAULT
        return found

    def asked(self, one: "_Subject") -> StatusRule | None:
        """What is asked of an area or a workplace for its status. The content hash is for the decision,
        which looks it up again."""
        return rule_of(self.of(one.unit).of_statuses, "", one.status)


def _lies_in(
    db: Connection, some: Iterable[UnitId], over: Collection[UnitId]
) -> dict[UnitId, tuple[UnitId, ...]]:
    """By each of these units, which of the others it lies in today, from itself up to the country; as
    `units.path`, of many at once."""
    u = units.unit.c
    country = db.scalar(select(u.unit).where(u.level == Level.COUNTRY).order_by(u.unit).limit(1))
    found = {}
    for few in chunks(list(dict.fromkeys(some))):
        query = select(u.unit, u.commune, u.province).where(u.unit.in_(few))
        known = {UnitId(row[0]): row for row in db.execute(query)}
        for ref in few:
            line = (*known.get(ref, (ref,)), country)
            found[ref] = tuple(dict.fromkeys(UnitId(one) for one in line if one in over))
    return found


def at_ambassadors(
    db: Connection, on: date, ids: Iterable[str]
) -> tuple[list[AmbassadorDue], list[AmbassadorDue]]:
    """Whom of these (canonical) people to recognise, and whose recognition to mend."""
    rules, known = Rules(db, on), people.several(db, [PersonId(one) for one in ids])
    tops = {one.id: one for one in known.values()}
    rules.load(one.home for one in tops.values())
    scores = scored.scores(db, list(tops))
    held = {row.subject: row for row in honours.standing_rows(db, Status.AMBASSADOR, tops)}
    broken = _broken(db, held)
    recognise, mend = [], []
    for one in tops.values():
        needed = rules.of(one.home).ambassador_people
        if one.id in broken:
            witnesses = _credited(db, one.id, needed)
            mend.append(
                AmbassadorDue(person=one.id, unit=one.home, credited=witnesses, recognised=broken[one.id])
            )
        elif one.id not in held and scores.get(one.id, 0) >= needed:
            recognise.append(
                AmbassadorDue(person=one.id, unit=one.home, credited=_credited(db, one.id, needed))
            )
    return recognise, mend


def _broken(db: Connection, held: dict[str, HonourRow]) -> dict[str, tuple[Witness, ...]]:
    """The witnesses of those recognitions of which one no longer holds, by the person."""
    named = {one: msgspec.json.decode(row.rests_on, type=tuple[Witness, ...]) for one, row in held.items()}
    ids = [witness.learner for witnesses in named.values() for witness in witnesses]
    now = {one: known.id for one, known in people.several(db, ids).items()}
    holders = credit.of_subjects(db, set(now.values()))
    broken = {}
    for one, witnesses in named.items():
        learners = {now.get(witness.learner, witness.learner) for witness in witnesses}
        credits_held = [
            holders.get((now.get(witness.learner, witness.learner), witness.skill)) for witness in witnesses
        ]
        stand = all(
            found is not None and found.teaching == witness.teaching and found.ambassador == one
            for found, witness in zip(credits_held, witnesses, strict=True)
        )
        if not stand or len(learners) < len(witnesses):
            broken[one] = witnesses
    return broken


def _credited(db: Connection, person: PersonId, needed: int) -> tuple[Witness, ...]:
    """A credit for each of the first `needed` distinct persons."""
    found: dict[str, Witness] = {}
    for one in credit.first_of_each(db, person, needed):
        found.setdefault(
            one.subject, Witness(teaching=one.teaching, learner=PersonId(one.subject), skill=one.skill)
        )
    return tuple(found.values())[:needed]


class Lesson(msgspec.Struct, frozen=True):
    """A confirmed teaching, by the ids that stand for its people today."""

    teaching: TeachingId
    ambassador: PersonId
    learner: PersonId
    skills: tuple[Skill, ...]


class RestsOn(msgspec.Struct, frozen=True):
    """What the fact of a family's recognition names, its person by the id of today."""

    proficient: PersonId
    shown: tuple[TeachingId, ...]
    taught: TeachingId | None


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """A household with what its members learned. `joined` are the ids under which they joined."""

    known: households.Household
    joined: tuple[PersonId, ...]
    lessons: tuple[Lesson, ...]

    def meets(self, rule: Criteria) -> bool:
        """What `domain.families` asks for, whatever it rests on."""
        proficient = any(
            self._skills(one, self.lessons) >= rule.proficient_skills
            or self.known.holds(Criterion.PROFICIENT_MEMBER, one)
            for one in self.known.members
        )
        taught = not rule.family_teaches_member or any(self._between(one) for one in self.lessons)
        return proficient and taught and all(self.known.holds(one) for one in rule.family_declared)

    def still_rests(self, on: RestsOn, rule: Criteria) -> bool:
        """Whether what a standing recognition names still holds."""
        by_id = {one.teaching: one for one in self.lessons}
        shown = [by_id[one] for one in on.shown if one in by_id]
        if on.shown:
            whole = len(shown) == len(on.shown)
            proficient = whole and self._skills(on.proficient, shown) >= rule.proficient_skills
        else:
            proficient = self.known.holds(Criterion.PROFICIENT_MEMBER, on.proficient)
        if on.taught is None:
            taught = not rule.family_teaches_member
        else:
            taught = on.taught in by_id and self._between(by_id[on.taught])
        declared = all(self.known.holds(one) for one in rule.family_declared)
        return proficient and on.proficient in self.known.members and taught and declared

    @staticmethod
    def _skills(member: PersonId, lessons: Iterable[Lesson]) -> int:
        taught = [one for one in lessons if one.learner == member and one.ambassador != member]
        return len({skill for one in taught for skill in one.skills})

    def _between(self, one: Lesson) -> bool:
        members = self.known.members
        return one.ambassador != one.learner and one.ambassador in members and one.learner in members


def at_families(
    db: Connection, on: date, ids: Iterable[HouseholdId]
) -> tuple[list[FamilyDue], list[FamilyDue]]:
    """Which of these households to recognise, and whose status to mend."""
    rules = Rules(db, on)
    recognise, mend = [], []
    held = {row.subject: row for row in honours.standing_rows(db, Status.FAMILY, ids)}
    homes = _homes(db, ids)
    rules.load(home.known.unit for home in homes)
    for home in homes:
        ref, unit = home.known.household, home.known.unit
        due = FamilyDue(household=ref, unit=unit, members=home.joined)
        row, rule = held.get(ref), rules.of(unit)
        if row is None:
            if home.meets(rule):
                recognise.append(due)
        elif not home.still_rests(_rests_on(db, row), rule):
            mend.append(due)
    return recognise, mend


def _homes(db: Connection, ids: Iterable[HouseholdId]) -> list[Home]:
    known = households.several(db, ids)
    joined = households.joined_as(db, known)
    aliases = people.aliases_of_each(
        db, list(dict.fromkeys(member for one in known.values() for member in one.members))
    )
    lessons: dict[PersonId, list[tuple[Position, Lesson]]] = {}
    for logged, lesson in _lessons(db, [ref for refs in aliases.values() for ref in refs]):
        lessons.setdefault(lesson.learner, []).append((logged, lesson))
    return [
        Home(
            known=one,
            joined=joined.get(ref, ()),
            lessons=tuple(
                lesson
                for _, lesson in sorted(
                    (entry for member in one.members for entry in lessons.get(member, ())),
                    key=lambda entry: entry[0],
                )
            ),
        )
        for ref, one in known.items()
    ]


def _lessons(db: Connection, learners: list[PersonId]) -> list[tuple[Position, Lesson]]:
    """The confirmed teachings of learners, each with the position at which it was logged."""
    t = teaching_row.c
    rows = [
        row
        for some in chunks(learners)
        for row in db.execute(
            select(t.logged, t.teaching, t.ambassador, t.learner, t.skills).where(
                t.learner.in_(some), t.state == State.CONFIRMED.value
            )
        )
    ]
    named = people.several(db, [one for row in rows for one in (row.ambassador, row.learner)])
    now = {one: person.id for one, person in named.items()}
    return [
        (
            Position(row.logged),
            Lesson(
                row.teaching,
                now.get(row.ambassador, row.ambassador),
                now.get(row.learner, row.learner),
                msgspec.json.decode(row.skills, type=tuple[Skill, ...]),
            ),
        )
        for row in rows
    ]


def _rests_on(db: Connection, row: HonourRow) -> RestsOn:
    rests_on = msgspec.json.decode(row.rests_on, type=RestsOn)
    return msgspec.structs.replace(rests_on, proficient=people.canonical(db, rests_on.proficient))


def at_markets(db: Connection, on: date, ids: Iterable[MarketId]) -> tuple[list[MarketDue], list[MarketDue]]:
    """Which of these markets to recognise, and from which to withdraw the status."""
    rules = Rules(db, on)
    recognise, withdraw = [], []
    for ref in ids:
        unit = markets.unit_of(db, ref)
        if unit is None:
            continue
        rule = rules.of(unit)
        since = on - timedelta(days=rule.active_days)
        known = markets.market(db, ref, active_since=since, means=frozenset(rule.market_means))
        if known is None:
            continue
        counted = known.onboarded if rule.market_counts is MarketCounts.ONBOARDED else known.active
        reaches = counted > 0 and counted * 100 >= rule.market_percent * known.out_of
        due = MarketDue(market=ref, unit=unit, vendors=vendors.sellers(db, ref))
        if reaches and known.digital_since is None:
            recognise.append(due)
        elif known.digital_since is not None and not reaches:
            withdraw.append(due)
    return recognise, withdraw


def households_of(db: Connection, learners: Sequence[str]) -> dict[str, set[HouseholdId]]:
    """The households that people belong to now, by any id they were asked for."""
    return _places_of(db, learners, households.ids_of_people)


def markets_of(db: Connection, sellers: Sequence[str]) -> dict[str, set[MarketId]]:
    """The markets at which people sell, or sold, by any id they were asked for."""
    return _places_of(db, sellers, vendors.ids_of_people)


def _places_of(
    db: Connection,
    asked: Sequence[str],
    places: Callable[[Connection, Iterable[PersonId]], dict[PersonId, set[P]]],
) -> dict[str, set[P]]:
    aliases = people.aliases_of_each(db, [PersonId(one) for one in asked])
    found = places(db, {one for ids in aliases.values() for one in ids})
    return {one: {place for ref in aliases[PersonId(one)] for place in found.get(ref, ())} for one in asked}


AREAS: Final = select(units.unit.c.unit).where(
    units.unit.c.level.in_(list(statuses.LEVELS)), units.unit.c.ended.is_(None)
)
"""Every unit that may hold a status."""


def statuses_asked_for(db: Connection) -> bool:
    """Whether any criteria were ever adopted that ask for something for a status."""
    return any(one.content.of_statuses is not None for one in criteria.adoptions(db))


def areas_of(db: Connection, refs: Sequence[str]) -> dict[str, set[str]]:
    """By each of these units, itself and what it lies in today, as far as a status may be held there."""
    u = units.unit.c
    found: dict[str, set[str]] = {ref: {ref} for ref in refs}
    for some in chunks(list(refs)):
        for ref, commune in db.execute(select(u.unit, u.commune).where(u.unit.in_(some))):
            if commune:
                found[ref].add(commune)
    return found


def subjects_of_people(db: Connection, refs: Sequence[str]) -> dict[str, set[str]]:
    """By each of these people their workplace, and the areas where they learned."""
    ids = [PersonId(one) for one in refs]
    aliases = people.aliases_of_each(db, ids)
    whose = {one: ref for ref, some in aliases.items() for one in some}
    found: dict[str, set[str]] = {ref: set() for ref in refs}
    for ref, where in workplaces.of_people(db, ids).items():
        found[ref].add(where)
    t = teaching_row.c
    rows = [
        (whose[learner], str(unit))
        for some in chunks(list(whose))
        for learner, unit in db.execute(select(t.learner, t.unit).where(t.learner.in_(some)).distinct())
    ]
    areas = areas_of(db, list({unit for _ref, unit in rows}))
    for ref, unit in rows:
        found[ref] |= areas[unit]
    return found


def at_statuses(db: Connection, on: date, subjects: Iterable[str]) -> tuple[list[StatusDue], list[StatusDue]]:
    """Which of these areas and workplaces to give a status, and from which to take it."""
    rules, position = Rules(db, on), age(db).position
    looked_at = list(subjects)
    held = statuses.of_subjects(db, looked_at)
    about = _subjects(db, looked_at if statuses_asked_for(db) else list(held))
    rules.load(one.unit for one in about.values())
    asked = {ref: rules.asked(one) for ref, one in about.items()}
    counts = _counts(db, about, asked)
    recognise, withdraw = [], []
    for ref, one in about.items():
        rule, has = asked[ref], ref in held
        due = StatusDue(
            subject=ref,
            status=held[ref].status if has else one.status,
            unit=one.unit,
            workplace=one.workplace,
            counts=counts.get(ref, ()),
            position=position,
            ended=one.ended,
        )
        meets = rule is not None and not one.ended and reached(due.counts, rule)
        if meets and not has:
            recognise.append(due)
        elif has and not meets:
            withdraw.append(due)
    return recognise, withdraw


class _Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What may hold a status."""

    status: StatusKind
    unit: UnitId
    workplace: WorkplaceId | None = None
    ended: bool = False


def _subjects(db: Connection, refs: list[str]) -> dict[str, _Subject]:
    """Those of these ids that may hold a status, or hold one."""
    u = units.unit.c
    found: dict[str, _Subject] = {}
    for some in chunks(refs):
        query = select(u.unit, u.level, u.ended).where(u.unit.in_(some), u.level.in_(list(statuses.LEVELS)))
        for ref, level, ended in db.execute(query):
            found[ref] = _Subject(status=statuses.LEVELS[level], unit=UnitId(ref), ended=ended is not None)
    offices = workplaces.several(db, [WorkplaceId(ref) for ref in refs if ref not in found])
    for office in offices.values():
        found[office.workplace] = _Subject(
            status=StatusKind.DIGITAL_UNIT, unit=office.unit, workplace=office.workplace
        )
    return found


def _counts(
    db: Connection, about: dict[str, _Subject], asked: dict[str, StatusRule | None]
) -> dict[str, Counts]:
    offices = {one.workplace: rule for ref, one in about.items() if (rule := asked[ref]) and one.workplace}
    areas = {one.unit: rule for ref, one in about.items() if (rule := asked[ref]) and not one.workplace}
    by_office = statuses.of_workplaces(db, offices) if offices else {}
    by_area = statuses.of_areas(db, areas) if areas else {}
    return {str(ref): some for each in (by_office.items(), by_area.items()) for ref, some in each}
