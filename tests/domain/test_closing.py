"""A month is closed once it is over, one after the other; what is sent says what it was written on."""

from datetime import UTC, date, datetime

import pytest

from domain.closing import (
    AdoptTemplate,
    BadMonth,
    CloseMonth,
    KeepFigures,
    LaterMonthClosed,
    MonthAlreadyClosed,
    MonthClosed,
    MonthFiguresKept,
    MonthNotClosed,
    MonthNotOver,
    MonthReopened,
    ReopenMonth,
    ReopenReason,
    ReportSent,
    ReportTemplateAdopted,
    SendReport,
    first_day,
    last_day,
    month_before,
)
from domain.model import Position, ReportId
from tests.cast import BY, COUNTRY, GIA_LAI, TUY_PHUOC
from tests.specification import given

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"  # NOW is 15/3/2026


def closes(month: str = FEBRUARY) -> CloseMonth:
    return CloseMonth(unit=GIA_LAI, month=month, by=BY)


def reopens(month: str = FEBRUARY) -> ReopenMonth:
    return ReopenMonth(unit=GIA_LAI, month=month, reason=ReopenReason.LATE_ENTRIES, noted=None, by=BY)


def sends(**other: object) -> SendReport:
    said = {
        "report": ReportId("report-1"), "unit": GIA_LAI, "to": COUNTRY, "province": GIA_LAI,
        "month": FEBRUARY, "position": Position(7), "closed": 1, "docx": "d", "xlsx": "x",
        "template": None, "by": BY,
    }  # fmt: skip
    return SendReport(**(said | other))  # type: ignore[arg-type]


def test_a_month_that_is_over_is_closed():
    given().when(closes()).then(MonthClosed)


def test_a_month_is_over_when_its_last_day_is_over_in_vietnam():
    end = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
    given().when(closes(MARCH), at=end).then(MonthClosed)
    given().when(closes(MARCH), at=end.replace(hour=16, minute=59)).then_refused(MonthNotOver)


@pytest.mark.parametrize("month", [MARCH, "2026-04", "9999-12"])
def test_a_month_that_is_not_over_is_not_closed(month):
    given().when(closes(month)).then_refused(MonthNotOver, month=month)


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "2024-12", "2026", "26-01", "2026-1", "２０２６-01", "x"]
)
def test_what_is_no_month_is_refused(month):
    given().when(closes(month)).then_refused(BadMonth)


def test_a_month_is_closed_once():
    given(closes()).when(closes()).then_refused(MonthAlreadyClosed, month=FEBRUARY)


def test_months_are_closed_one_after_the_other():
    given(closes(JANUARY)).when(closes()).then(MonthClosed)
    given(closes()).when(closes(JANUARY)).then_refused(LaterMonthClosed, month=FEBRUARY)


def test_a_closed_month_is_opened_again_for_a_reason_and_closed_anew():
    given(closes()).when(reopens()).then(MonthReopened)
    given(closes(), reopens()).when(closes()).then(MonthClosed)
    given(closes(), reopens()).when(reopens()).then_refused(MonthNotClosed, month=FEBRUARY)


def test_what_is_not_closed_is_not_opened_again():
    given().when(reopens()).then_refused(MonthNotClosed)


def test_only_the_latest_month_is_opened_again():
    given(closes(JANUARY), closes()).when(reopens(JANUARY)).then_refused(LaterMonthClosed, month=FEBRUARY)
    given(closes(JANUARY), closes(), reopens()).when(reopens(JANUARY)).then(MonthReopened)


def test_a_province_reports_a_closed_month():
    given().when(sends(closed=None)).then_refused(MonthNotClosed)
    given(closes()).when(sends()).then(ReportSent)


def test_a_report_is_not_sent_on_figures_that_were_opened_again():
    given(closes(), reopens()).when(sends()).then_refused(MonthNotClosed)
    given(closes()).when(sends(unit=TUY_PHUOC, to=GIA_LAI, closed=None)).then_refused(MonthAlreadyClosed)


def test_a_report_is_not_sent_on_a_closing_that_another_one_replaced():
    anew = closes(), reopens(), closes()
    given(*anew).when(sends()).then_refused(MonthAlreadyClosed)
    given(*anew).when(sends(unit=TUY_PHUOC, to=GIA_LAI)).then_refused(MonthAlreadyClosed)
    given(*anew).when(sends(closed=2)).then(ReportSent)


def test_a_commune_may_report_before_its_province_closes():
    given().when(sends(unit=TUY_PHUOC, to=GIA_LAI, closed=None)).then(ReportSent)
    given().when(sends(unit=TUY_PHUOC, to=GIA_LAI, closed=None, month="2026-04")).then_refused(MonthNotOver)


def test_sending_again_makes_a_new_version_of_that_month():
    (again,) = given(closes(), sends()).when(sends(report=ReportId("report-2"))).then(ReportSent)
    assert isinstance(again, ReportSent)
    assert again.version == 2
    (other,) = given(closes(JANUARY), sends(month=JANUARY), closes()).when(sends()).then(ReportSent)
    assert isinstance(other, ReportSent)
    assert other.version == 1


def test_a_template_is_adopted_once_and_given_up_again():
    adopts, gives_up = (AdoptTemplate(unit=GIA_LAI, content_hash=one, by=BY) for one in ("hash", None))
    given().when(adopts).then(ReportTemplateAdopted)
    given(adopts).when(adopts).then()
    given(adopts).when(gives_up).then(ReportTemplateAdopted)
    given().when(gives_up).then()


def keeps(closing: int = 7, figures: str = "first") -> KeepFigures:
    return KeepFigures(unit=GIA_LAI, month=FEBRUARY, closing=Position(closing), figures=figures, by=BY)


def test_what_a_closing_froze_is_kept_once_and_who_comes_second_changes_nothing():
    given(closes()).when(keeps()).then(MonthFiguresKept)
    given(closes(), keeps()).when(keeps(figures="second")).then()
    given(closes(), keeps(), reopens(), closes()).when(keeps(closing=10)).then(MonthFiguresKept)


def test_what_is_kept_changes_nothing_of_what_stands_closed():
    given(closes(), keeps()).when(closes()).then_refused(MonthAlreadyClosed, month=FEBRUARY)
    given(closes(), keeps()).when(reopens()).then(MonthReopened)


def test_the_days_of_a_month():
    assert (first_day("2028-02"), last_day("2028-02")) == (date(2028, 2, 1), date(2028, 2, 29))
    assert (month_before("2026-01"), month_before("2026-11")) == ("2025-12", "2026-10")
