"""What a month's report says: put together once, for the page, the DOCX and the XLSX alike.

A closed month is read as its closing froze it; of one that is open everything is as it is now, and the
report says so. People are counted once in each unit, so that the rows of the annex never add up to the
whole; what is counted and what offices declare never stand in one number.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from application.closing import province_of, reporting
from application.ports import Unit
from application.privacy import Why
from domain.closing import first_day, last_day
from domain.criteria import DEFAULT_DOCUMENT
from domain.milestones import Milestone
from domain.model import Group, PersonId, Position, UnitId
from domain.statuses import StatusKind
from domain.territory import Level
from infrastructure.read_models import closed, criteria, targets
from infrastructure.read_models.closed import Closing, Counts, UnitMonth
from infrastructure.read_models.columns import age
from infrastructure.read_models.months import milestone_deed, status_deed
from infrastructure.read_models.targets import Against, Known
from infrastructure.reports import Draft
from interfaces.house import House, Questions
from interfaces.web.exemplary import Case, chosen
from interfaces.web.language import mark, translated
from interfaces.web.reaching import MILESTONES
from interfaces.web.target_lines import ASKED_OF, INDICATORS, asks, document_of
from interfaces.web.words import GROUPS

COUNTS: Final = (
    ("taught", mark("People taught")),
    ("confirmed", mark("Of them confirmed by the learner or a witness")),
    ("able", mark("Of these able by themselves")),
)

DEEDS: Final = (
    ("ambassador", mark("Digital ambassadors recognised")),
    ("family", mark("Digital families recognised")),
    ("market", mark("Digital markets recognised")),
    (status_deed(StatusKind.DIGITAL_VILLAGE), mark("Digital villages recognised")),
    (status_deed(StatusKind.DIGITAL_COMMUNITY), mark("Digital communities recognised")),
    (status_deed(StatusKind.DIGITAL_UNIT), mark("Digital units recognised")),
    ("lesson", mark("Lessons to one person")),
    ("class", mark("Classes held")),
    ("attendance", mark("Places taken in classes")),
    ("team", mark("Community digital technology teams")),
    ("member", mark("Members of teams")),
    ("visit", mark("Visits from door to door")),
)

CAUSES: Final = {
    "lesson": mark("Entries made after the month was closed"),
    "answer": mark("Answers that came after the month was closed"),
    "void": mark("Entries withdrawn or voided"),
    "merge": mark("Entries of one person joined or parted"),
    "group": mark("People counted in another group"),
    "status": mark("Statuses withdrawn"),
    "boundary": mark("Boundaries changed, or people placed in a part of a divided commune"),
    "erasure": mark("People erased (they still count)"),
}


OTHERWISE: Final = {
    "taught": mark("People taught, counted otherwise by a newer version of the program"),
    "confirmed": mark("People confirmed, counted otherwise by a newer version of the program"),
    "able": mark("People able by themselves, counted otherwise by a newer version of the program"),
}


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons: `reported` up to the month before as it was closed, what was added to that
    later (`supplement`), who is `new` in this month, and all (`total`): they add up. `month` are
    those of this month's own days, of whom some are known from before."""

    key: str
    label: str
    month: int
    reported: int | None
    supplement: int | None
    new: int
    total: int


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    label: str
    month: int
    total: int


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    confirmed: int
    able: int


class MilestoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons: who got there on this month's days, and up to its end (`total`); `confirmed` of all
    these are those of whom more than a list says so."""

    key: str
    label: str
    month: int
    total: int
    confirmed: int


class TargetRow(msgspec.Struct, frozen=True, kw_only=True):
    """`counted` here, or else declared by an office with `document`; `actual` is None where nobody
    declared it, or (`unknown`) where the units of before 1/7/2025 are not loaded. `share` is 0 to 1,
    None without a whole."""

    label: str
    then: str
    asked: str
    source: str
    source_short: str
    counted: bool
    actual: int | None
    as_of: date | None
    document: str
    whole: int | None
    share: float | None
    followed: bool | None
    unknown: bool = False


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit right under the reporting one. `milestones` and `statuses` are what stands up to the end of the
    month, in the order of `Milestone` and `StatusKind`."""

    code: str
    name: str
    taught: int
    confirmed: int
    able: int
    total_confirmed: int
    total_able: int
    ambassadors: int
    families: int
    markets: int
    vendors: int
    teams: int
    members: int
    classes: int
    milestones: tuple[int, ...]
    statuses: tuple[int, ...]


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    count: int


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A report. `closing` is None while the month is open; the figures are those at `position`,
    recorded `at`. `before` is the month that the supplement is about."""

    unit: Unit
    name: str
    to: str
    province: bool
    month: str
    closing: Closing | None
    position: Position
    at: datetime | None
    criteria: str
    figures: list[Figure]
    vendors: int
    vendors_total: int
    confirmed_share: float | None
    groups: list[GroupRow]
    milestones: list[MilestoneRow]
    deeds: list[Deed]
    targets: list[TargetRow]
    units: list[UnitRow]
    before: str | None
    causes: list[Cause]
    draft: Draft
    cases: list[Case]
    simulated: bool

    @property
    def named(self) -> tuple[PersonId, ...]:
        return tuple(dict.fromkeys(one.person for one in self.cases if one.person))


def content_of(house: House, unit: Unit, month: str, draft: Draft, *, why: Why = Why.EXPORT) -> Content:
    """Raises `NoReport`, `BadMonth`."""
    day = last_day(month)
    province = reporting(house.units, unit, day)
    with house.asking() as db:
        closing = closed.standing(db, province.id, month)
        under = closed.right_under(db, unit.id, day.isoformat())
        stood = closing.position if closing else None
        against = targets.against(db, [unit.id], first_day(month).year, at=stood, until=day)
        asked = [unit.id, *under, *dict.fromkeys(one.of for one in against if one.of)]
        figures = (
            house.closed_months.frozen(db, closing.position, asked)
            if closing
            else closed.now(db, month, asked)
        )
        own, now = figures[unit.id], age(db)
        previous = closed.before(db, closing) if closing else closed.latest(db, province.id)
        previous = previous if previous and previous.month < month else None
        kept = house.closed_months.frozen(db, previous.position, [unit.id]) if previous else {}
        reported = kept.get(unit.id)
        causes = _causes(db, unit.id, previous, closing)
        if previous is not None:
            causes += otherwise(house.closed_months.otherwise_since(db, previous, closing, unit.id))
        position = closing.position if closing else now.position
        adopted = criteria.standing(db, unit.path, day, at=position)
    return Content(
        unit=unit,
        name=_name(house, unit.id, day),
        to=_to(house, unit),
        province=unit.id == province.id,
        month=month,
        closing=closing,
        position=position,
        at=closing.at if closing else now.at,
        criteria=adopted.document if adopted else DEFAULT_DOCUMENT,
        figures=[_figure(key, label, own, reported) for key, label in COUNTS],
        vendors=own.vendors.month.confirmed,
        vendors_total=own.vendors.total.confirmed,
        confirmed_share=_share(own.people.total.confirmed, own.people.total.taught),
        groups=[_group(group, own) for group in Group],
        milestones=[_milestone(one, own) for one in Milestone],
        deeds=[_deed(key, label, own) for key, label in DEEDS],
        targets=[_target(one, figures, day) for one in against],
        units=[_row(house, one, figures[one], day) for one in under],
        before=previous.month if previous else None,
        causes=causes,
        draft=draft,
        cases=chosen(house, unit, month, draft.cases, why),
        simulated=house.simulated,
    )


def _figure(key: str, label: str, own: UnitMonth, reported: UnitMonth | None) -> Figure:
    people = own.people
    total: int = getattr(people.total, key)
    before: int = getattr(people.before, key)
    said: int | None = getattr(reported.people.total, key) if reported else None
    return Figure(
        key=key,
        label=translated(label),
        month=getattr(people.month, key),
        reported=said,
        supplement=None if said is None else before - said,
        new=total - before if said is not None else total,
        total=total,
    )


def _group(group: Group, own: UnitMonth) -> GroupRow:
    total = own.group(group).total
    return GroupRow(label=translated(GROUPS[group]), confirmed=total.confirmed, able=total.able)


def _milestone(one: Milestone, own: UnitMonth) -> MilestoneRow:
    reached = own.deed(milestone_deed(one))
    return MilestoneRow(
        key=one.value,
        label=translated(MILESTONES[one]),
        month=reached.month,
        total=reached.total,
        confirmed=own.deed(milestone_deed(one, confirmed=True)).total,
    )


def _deed(key: str, label: str, own: UnitMonth) -> Deed:
    found = own.deed(key)
    return Deed(key=key, label=translated(label), month=found.month, total=found.total)


def _causes(db: Questions, unit: UnitId, previous: Closing | None, closing: Closing | None) -> list[Cause]:
    """What was recorded about the months up to the report before since then, also while this month stood
    closed and was opened again; what came about this month meanwhile belongs to its own figures."""
    if previous is None:
        return []
    until = closing.position if closing else None
    since = [
        one.position
        for one in closed.closings(db, previous.unit)
        if one.position >= previous.position and (until is None or one.position < until)
    ]
    counts: dict[str, int] = {}
    for position in since:
        for cause, count in (
            closed.came_later(db, position, [unit], until=previous.month).get(unit, {}).items()
        ):
            counts[cause] = counts.get(cause, 0) + count
    return [
        Cause(label=translated(label), count=counts[cause])
        for cause, label in CAUSES.items()
        if counts.get(cause)
    ]


def otherwise(by: Counts) -> list[Cause]:
    """What a newer version of the program counts otherwise than what was closed, by people."""
    counted = ((label, int(getattr(by, key))) for key, label in OTHERWISE.items())
    return [Cause(label=translated(label), count=count) for label, count in counted if count]


def _target(one: Against, figures: Mapping[UnitId, UnitMonth], day: date) -> TargetRow:
    """What is counted is the month's figure; what was declared is as it was said by then."""
    target, of = one.target, one.of
    counted = one.known is Known.COUNTED
    actual = one.actual
    if counted and of is not None:
        actual = figures[of].group(target.group.counted_as).total.able
    whole = one.whole.value if one.whole else None
    return TargetRow(
        label=f"{translated(INDICATORS[target.indicator])} · {translated(ASKED_OF[target.group])}",
        then=target.then if target.then_code else "",
        asked=asks(target),
        source=document_of(target.source),
        source_short=document_of(target.source, short=True),
        counted=counted,
        actual=actual,
        as_of=day if counted else one.as_of,
        document=one.document or "",
        whole=whole,
        share=None if actual is None or not whole else actual / whole,
        followed=one.followed,
        unknown=of is None,
    )


def _row(house: House, ref: UnitId, own: UnitMonth, day: date) -> UnitRow:
    found = house.units.find(ref)
    people = own.people
    return UnitRow(
        code=(found.code if found else None) or "",
        name=_name(house, ref, day),
        taught=people.month.taught,
        confirmed=people.month.confirmed,
        able=people.month.able,
        total_confirmed=people.total.confirmed,
        total_able=people.total.able,
        ambassadors=own.deed("ambassador").total,
        families=own.deed("family").total,
        markets=own.deed("market").total,
        vendors=own.vendors.total.confirmed,
        teams=own.deed("team").total,
        members=own.deed("member").total,
        classes=own.deed("class").month,
        milestones=tuple(own.deed(milestone_deed(one)).total for one in Milestone),
        statuses=tuple(own.deed(status_deed(one)).total for one in StatusKind),
    )


def _name(house: House, ref: UnitId, day: date) -> str:
    """As the unit was called at the end of the month."""
    then = house.units.on(ref, day) or house.units.find(ref)
    return then.name if then else ""


def _to(house: House, unit: Unit) -> str:
    """To whom it goes: a province's to the ministry, a commune's to its province."""
    if unit.kind.level is Level.PROVINCE:
        return "Bộ Khoa học và Công nghệ"
    above = province_of(house.units, unit)
    return f"Ủy ban nhân dân {_lower_kind(above.name)}" if above else ""


def _lower_kind(name: str) -> str:
    """Tỉnh Gia Lai inside a sentence: tỉnh Gia Lai."""
    return name[:1].lower() + name[1:]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
