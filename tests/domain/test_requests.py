"""What people ask for about their own data, and by when it is answered."""

from datetime import UTC, date, datetime

import pytest

from domain.model import By, PersonId, UnitId
from domain.requests import (
    AcknowledgeRequest,
    AlreadyAsked,
    AlreadySettled,
    Kind,
    MakeRequest,
    NoSuchRequest,
    Outcome,
    RequestAcknowledged,
    RequestId,
    RequestMade,
    RequestSettled,
    SettleRequest,
    acknowledge_by,
    after_working_days,
    settle_by,
)
from tests.specification import given

ONE, OTHER = RequestId("one"), RequestId("other")
TU = PersonId("tu")


def tu_asks(kind=Kind.ERASE, request=ONE):
    return MakeRequest(
        request=request, person=TU, kind=kind, unit=UnitId("tuy-phuoc"), by=By("code:teaching-1")
    )


def minh_reads(request=ONE):
    return AcknowledgeRequest(request=request, by=By("account:minh"))


def minh_settles(outcome=Outcome.DONE):
    return SettleRequest(request=ONE, outcome=outcome, by=By("account:minh"))


class TestAsking:
    def test_the_same_twice_is_one_request(self):
        given().when(tu_asks()).then(RequestMade)
        given(tu_asks()).when(tu_asks(request=OTHER)).then_refused(AlreadyAsked)

    def test_another_thing_is_another_request(self):
        given(tu_asks()).when(tu_asks(Kind.OBJECT, OTHER)).then(RequestMade)

    def test_once_settled_it_may_be_asked_for_again(self):
        given(tu_asks(), minh_settles()).when(tu_asks(request=OTHER)).then(RequestMade)


class TestAnswering:
    def test_it_is_acknowledged_once(self):
        given(tu_asks()).when(minh_reads()).then(RequestAcknowledged)
        given(tu_asks(), minh_reads()).when(minh_reads()).then()

    def test_settling_acknowledges_it(self):
        given(tu_asks()).when(minh_settles()).then(RequestAcknowledged, RequestSettled)
        given(tu_asks(), minh_reads()).when(minh_settles(Outcome.DECLINED)).then(RequestSettled)

    def test_what_is_settled_stays_so(self):
        given(tu_asks(), minh_settles()).when(minh_settles()).then_refused(AlreadySettled)
        given(tu_asks(), minh_settles()).when(minh_reads()).then_refused(AlreadySettled)

    def test_nothing_asked_nothing_to_answer(self):
        given().when(minh_settles()).then_refused(NoSuchRequest)


@pytest.mark.parametrize(
    ("made", "by"),
    [
        ("2026-11-20", "2026-11-24"),  # a Friday: Monday, Tuesday
        ("2026-11-21", "2026-11-24"),  # a Saturday
        ("2026-11-23", "2026-11-25"),
        ("2026-12-31", "2027-01-05"),  # New Year's Day, then a weekend
        ("2026-04-29", "2026-05-05"),  # 30/4, 1/5, then a weekend
    ],
)
def test_two_working_days_leave_out_weekends_and_holidays(made, by):
    assert after_working_days(date.fromisoformat(made), 2) == date.fromisoformat(by)


def test_a_request_of_the_evening_is_of_the_day_it_is_in_vietnam():
    made = datetime(2026, 11, 22, 18, tzinfo=UTC)  # 1 o'clock on Monday there
    assert acknowledge_by(made) == date(2026, 11, 25)
    assert settle_by(made) == date(2026, 12, 8)
