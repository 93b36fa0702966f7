"""What people ask for about their own data, and by when it is answered."""

from datetime import UTC, date, datetime

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


def test_a_request_of_the_evening_is_of_the_day_it_is_in_vietnam():
    made = datetime(2026, 11, 22, 18, tzinfo=UTC)  # 1 o'clock on Monday there
    assert acknowledge_by(made) == date(2026, 11, 25)
    assert settle_by(made) == date(2026, 12, 8)
