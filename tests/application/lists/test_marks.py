"""Crosses and words of lists and forms."""

import pytest

from application.lists import marks
from domain.milestones import Milestone
from domain.visits import Finding


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ("tai khoan dinh danh", {Milestone.DIGITAL_IDENTITY}),
        ("xac nhan tren vneid", {Milestone.CONFIRMED_ON_VNEID}),
        ("vneid chu ky so", {Milestone.DIGITAL_IDENTITY, Milestone.DIGITAL_SIGNATURE}),
        ("online-public-service cashless-payment", {
            Milestone.ONLINE_PUBLIC_SERVICE, Milestone.CASHLESS_PAYMENT,
        }),
        ("khong biet", set()),
    ],
)  # fmt: skip
def test_milestones_are_named_in_words(said, reached):
    assert set(marks.reached(said)) == reached


def test_findings_are_named_in_words():
    assert marks.findings("smartphone home network") == (Finding.SMARTPHONE, Finding.HOME_NETWORK)


def test_what_is_not_so_is_not_named():
    assert marks.findings("có điện thoại thông minh; không có mạng internet") == (Finding.SMARTPHONE,)
    assert marks.reached("Chưa có chữ ký số, đã thanh toán số") == (Milestone.CASHLESS_PAYMENT,)


def test_a_cross_is_a_yes_however_it_is_written():
    assert all(marks.crossed(one) for one in ("x", "X", "Có", "rồi", True, 1, "đạt"))
    assert not any(marks.crossed(one) for one in (None, "", "không", "0", False, "chưa"))
