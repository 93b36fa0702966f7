"""Certificates: for the recognition that stands, once, and as it began."""

from datetime import timedelta

from domain.certificates import CertificateIssued, IssueCertificate, NothingToCertify
from domain.model import By, Position
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn, Witness
from tests.cast import BY, HOA, LAN, NOW, TUY_PHUOC, VNEID, learner, teaching
from tests.specification import given

MINH = By("account:minh")


def recognised(*learned: int, person=LAN, hour: int = 0) -> AmbassadorRecognised:
    witnesses = tuple(
        Witness(teaching=teaching(person, learner(one)), learner=learner(one), skill=VNEID) for one in learned
    )
    at = NOW + timedelta(hours=hour)
    return AmbassadorRecognised(
        at=at, by=BY, person=person, unit=TUY_PHUOC, witnesses=witnesses, criteria="criteria-1"
    )


def withdrawn(person=LAN) -> AmbassadorRecognitionWithdrawn:
    return AmbassadorRecognitionWithdrawn(at=NOW, by=BY, person=person, unit=TUY_PHUOC, criteria="criteria-1")


FIRST = recognised(1, 2)


def issue(since: AmbassadorRecognised = FIRST, recognition: int = 7) -> IssueCertificate:
    return IssueCertificate(since=since, recognition=Position(recognition), by=MINH)


def test_it_says_who_was_recognised_where_when_and_by_which_criteria():
    given(FIRST).when(issue(), NOW + timedelta(days=1)).then(
        CertificateIssued(
            at=NOW + timedelta(days=1),
            by=MINH,
            person=LAN,
            unit=TUY_PHUOC,
            recognition=Position(7),
            recognised=NOW,
            criteria="criteria-1",
        )
    )


def test_once_is_enough():
    given(FIRST, issue()).when(issue()).then()


def test_a_witness_that_was_replaced_leaves_it_what_it_was():
    given(FIRST, recognised(1, 3, hour=1)).when(issue()).then(CertificateIssued)
    given(FIRST, recognised(1, 3, hour=1)).when(issue(recognised(1, 3, hour=1))).then_stale()


def test_without_a_recognition_that_stands_there_is_nothing_to_certify():
    given().when(issue()).then_refused(NothingToCertify)
    given(FIRST, withdrawn()).when(issue()).then_refused(NothingToCertify)
    given(recognised(1, 2, person=HOA)).when(issue()).then_refused(NothingToCertify)


def test_a_recognition_that_came_back_has_one_of_its_own():
    again = recognised(4, 5, hour=2)
    given(FIRST, issue(), withdrawn(), again).when(issue(again, 11)).then(CertificateIssued)
    given(FIRST, withdrawn(), again).when(issue()).then_stale()


def test_of_somebody_elses_nothing_is_said():
    given(FIRST, withdrawn(HOA)).when(issue()).then(CertificateIssued)
    hoas = recognised(1, 2, person=HOA)
    given(hoas, FIRST, issue(hoas)).when(issue()).then(CertificateIssued)
