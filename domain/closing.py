"""Closing a month of a province, opening it again, and the reports that are sent of it.

A month's figures are frozen where its `month-closed` stands in the ledger: by what had been recorded
before that fact, about what was done by the month's end. What is recorded later about those days is a
supplement of the next report. Months are closed one after the other, and only the latest is opened
again, so that every figure was closed in one order.
"""

import calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.calendar import day_of, end_of
from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    Position,
    Refused,
    ReportId,
    Selector,
    Tags,
    UnitId,
)

FIRST_YEAR: Final = 2025
"""The movement was launched on 26/3/2025."""


class ReopenReason(StrEnum):
    LATE_ENTRIES = "late-entries"
    WRONG_ENTRIES = "wrong-entries"
    ASKED_BY_SUPERIOR = "asked-by-superior"
    CLOSED_BY_MISTAKE = "closed-by-mistake"
    OTHER = "other"


class MonthFact(Fact, frozen=True, kw_only=True):
    """`unit` is a province; `month` is YYYY-MM."""

    unit: UnitId
    month: str

    def tags(self) -> Tags:
        return (f"closing:{self.unit}",)


class MonthClosed(MonthFact, frozen=True, kw_only=True):
    """The figures of the month are those of everything that stands before this fact."""

    NAME = "month-closed"


class MonthReopened(MonthFact, frozen=True, kw_only=True):
    """The closing no longer stands; what was frozen by it is kept. A note may stand in the vault
    under `noted`."""

    NAME = "month-reopened"

    reason: ReopenReason
    noted: ReportId | None = None


class MonthFiguresKept(MonthFact, frozen=True, kw_only=True):
    """What the closing at the position `closing` froze is kept beside the ledger under this SHA-256
    (`figures`): a program that counts otherwise later changes nothing of it, and whoever doubts it can
    see that nobody did."""

    NAME = "month-figures-kept"

    closing: Position
    figures: str


class ReportSent(Fact, frozen=True, kw_only=True):
    """A unit's report of a month went to the unit above, with these very bytes (SHA-256 each). The
    figures are those at `position`: of the closing where the month was `closed`, else of that day.
    `version` counts the reports that the unit sent of the month; `template` is the content hash of an
    office's own template, None for the one that comes with the program."""

    NAME = "report-sent"

    report: ReportId
    unit: UnitId
    to: UnitId
    month: str
    version: int
    position: Position
    closed: bool
    docx: str
    xlsx: str
    template: str | None = None

    def tags(self) -> Tags:
        return (f"report:{self.report}", f"reports-of:{self.unit}")


class ReportTemplateAdopted(Fact, frozen=True, kw_only=True):
    """From now on reports of a province and its communes are written by this template (SHA-256); by
    the one that comes with the program where it is None."""

    NAME = "report-template-adopted"

    unit: UnitId
    content_hash: str | None

    def tags(self) -> Tags:
        return (f"report-template:{self.unit}",)


FACTS: Final = (MonthClosed, MonthReopened, MonthFiguresKept, ReportSent, ReportTemplateAdopted)


class BadMonth(Refused):
    """A month is written YYYY-MM, and none before the movement began."""


class MonthNotOver(Refused):
    """Things still happen in `month`."""


class MonthAlreadyClosed(Refused):
    """`month` is closed."""


class LaterMonthClosed(Refused):
    """A later `month` is closed already."""


class MonthNotClosed(Refused):
    """`month` is not closed, or was opened again."""


def first_day(month: str) -> date:
    """The first day of a month. Raises `BadMonth`."""
    year, mark, number = month.partition("-")
    digits = (year + number).isascii() and (year + number).isdecimal()
    if not (mark and digits and len(year) == 4 and len(number) == 2 and 1 <= int(number) <= 12):
        raise BadMonth(field="month")
    if int(year) < FIRST_YEAR:
        raise BadMonth(field="month")
    return date(int(year), int(number), 1)


def last_day(month: str) -> date:
    """The last day of a month. Raises `BadMonth`."""
    first = first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def month_of(day: date) -> str:
    """As it is written: 2026-10."""
    return day.isoformat()[:7]


def month_before(month: str) -> str:
    first = first_day(month)
    return f"{first.year - 1}-12" if first.month == 1 else f"{first.year}-{first.month - 1:02}"


class Closings:
    """Which months of a province stand closed, the latest last, and how often each was closed."""

    def __init__(self) -> None:
        self.closed: list[str] = []
        self.times: Counter[str] = Counter()

    def weigh(self, fact: Fact) -> None:
        match fact:
            case MonthClosed():
                self.closed.append(fact.month)
                self.times[fact.month] += 1
            case MonthReopened() if fact.month in self.closed:
                self.closed.remove(fact.month)

    @property
    def latest(self) -> str | None:
        return max(self.closed, default=None)


_CLOSINGS: Final = (MonthClosed, MonthReopened)


@dataclass(kw_only=True)
class AboutMonth(Decision):
    """What decisions about one month of a province have in common: what it has closed."""

    unit: UnitId
    month: str
    by: By

    def __post_init__(self) -> None:
        self.closings = Closings()

    def consistency_boundary(self) -> Boundary:
        return [Selector(_CLOSINGS, [f"closing:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        self.closings.weigh(fact)

    def must_be_latest(self) -> None:
        """Raises `LaterMonthClosed`."""
        latest = self.closings.latest
        if latest is not None and latest > self.month:
            raise LaterMonthClosed(month=latest)


@dataclass(kw_only=True)
class CloseMonth(AboutMonth):
    """The province's figures of a month that is over stand from now on."""

    def execute(self) -> None:
        if self.at < end_of(last_day(self.month)):
            raise MonthNotOver(month=self.month)
        if self.month in self.closings.closed:
            raise MonthAlreadyClosed(month=self.month)
        self.must_be_latest()
        self.record(MonthClosed(at=self.at, by=self.by, unit=self.unit, month=self.month))


@dataclass(kw_only=True)
class KeepFigures(Decision):
    """What a closing froze is kept as it was counted first: nothing that comes second takes its place."""

    unit: UnitId
    month: str
    closing: Position
    figures: str
    by: By

    def __post_init__(self) -> None:
        self.kept = False

    def consistency_boundary(self) -> Boundary:
        return [Selector([MonthFiguresKept], [f"closing:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, MonthFiguresKept) and fact.closing == self.closing:
            self.kept = True

    def execute(self) -> None:
        if not self.kept:
            self.record(
                MonthFiguresKept(
                    at=self.at,
                    by=self.by,
                    unit=self.unit,
                    month=self.month,
                    closing=self.closing,
                    figures=self.figures,
                )
            )


@dataclass(kw_only=True)
class ReopenMonth(AboutMonth):
    """The latest closed month is opened again, for a reason."""

    reason: ReopenReason
    noted: ReportId | None

    def execute(self) -> None:
        first_day(self.month)
        if self.month not in self.closings.closed:
            raise MonthNotClosed(month=self.month)
        self.must_be_latest()
        self.record(
            MonthReopened(
                at=self.at,
                by=self.by,
                unit=self.unit,
                month=self.month,
                reason=self.reason,
                noted=self.noted,
            )
        )


@dataclass(kw_only=True)
class SendReport(Decision):
    """A report goes to the unit above. A province's is of a closed month; a commune's says whether its
    province had closed it. Written beforehand, it is sent only while the closing it was written on (the
    one of that month with the number `closed`, None where there is none) stands: otherwise it would tell
    figures that were opened again, and maybe closed anew since."""

    report: ReportId
    unit: UnitId
    to: UnitId
    province: UnitId
    month: str
    position: Position
    closed: int | None
    docx: str
    xlsx: str
    template: str | None
    by: By

    def __post_init__(self) -> None:
        self.closings = Closings()
        self.versions = 0

    def consistency_boundary(self) -> Boundary:
        return [
            Selector(_CLOSINGS, [f"closing:{self.province}"]),
            Selector([ReportSent], [f"reports-of:{self.unit}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case ReportSent(month=self.month):
                self.versions = max(self.versions, fact.version)
            case _:
                self.closings.weigh(fact)

    def execute(self) -> None:
        if first_day(self.month) > day_of(self.at):
            raise MonthNotOver(month=self.month)
        stands = self.month in self.closings.closed
        if not stands and (self.closed is not None or self.unit == self.province):
            raise MonthNotClosed(month=self.month)
        if stands and self.closed != self.closings.times[self.month]:
            raise MonthAlreadyClosed(month=self.month)
        self.record(
            ReportSent(
                at=self.at,
                by=self.by,
                report=self.report,
                unit=self.unit,
                to=self.to,
                month=self.month,
                version=self.versions + 1,
                position=self.position,
                closed=self.closed is not None,
                docx=self.docx,
                xlsx=self.xlsx,
                template=self.template,
            )
        )


@dataclass(kw_only=True)
class AdoptTemplate(Decision):
    """A template that was checked is used from now on; None goes back to the program's own."""

    unit: UnitId
    content_hash: str | None
    by: By

    def __post_init__(self) -> None:
        self.standing: str | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([ReportTemplateAdopted], [f"report-template:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, ReportTemplateAdopted):
            self.standing = fact.content_hash

    def execute(self) -> None:
        if self.standing != self.content_hash:
            self.record(
                ReportTemplateAdopted(at=self.at, by=self.by, unit=self.unit, content_hash=self.content_hash)
            )
