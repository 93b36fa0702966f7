"""What is sent to the API; factories name only what matters to a test."""

import time
from datetime import timedelta
from uuid import uuid4

from domain.calendar import day_of
from infrastructure.ledger.writer import utc_now
from tests.interfaces.homes import TUY_PHUOC


def today() -> str:
    return day_of(utc_now()).isoformat()


def days_ago(days: int) -> str:
    return (day_of(utc_now()) - timedelta(days=days)).isoformat()


def ba_tu(**other):
    return {"name": "Nguyễn Thị Tư", "phone": "0912345678", "birth_year": 1956} | other


def ong_sau(**other):
    return {"name": "Lê Văn Sáu", "phone": "0987654321", "birth_year": 1950} | other


def learner(number: int):
    return {"name": f"Trần Văn Học {_letters(number)}", "birth_year": 1960}


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def a_class(**other):
    return {"submission": uuid4().hex, "unit": TUY_PHUOC, "skills": ["vneid"]} | other


def check_in(code: str, **other):
    """Bà Tư comes in by the code on the wall."""
    return {"submission": uuid4().hex, "code": code, "answer": "able"} | ba_tu() | other


def lesson(*learners, **other):
    return {
        "submission": uuid4().hex,
        "on": today(),
        "unit": TUY_PHUOC,
        "skills": ["vneid"],
        "learners": list(learners or [ba_tu()]),
    } | other


def household(*members, **other):
    return {
        "submission": uuid4().hex,
        "on": today(),
        "unit": TUY_PHUOC,
        "members": list(members or [ba_tu()]),
    } | other


def visit(**other):
    return {"submission": uuid4().hex, "on": today(), "unit": TUY_PHUOC, "number": 12} | other


def team(**other):
    named = {"unit": TUY_PHUOC, "name": "Tổ công nghệ số Bồ Đề", "on": today()}
    return {"submission": uuid4().hex} | named | other


def market(**other):
    return {"submission": uuid4().hex, "unit": TUY_PHUOC, "name": "Chợ Bồ Đề", "stalls": 2} | other


def vendor(market: str, **other):
    return {"submission": uuid4().hex, "market": market, "vendor": ba_tu()} | other


def onboarding(**other):
    return {"submission": uuid4().hex, "on": today(), "means": ["cashless-payment"]} | other


def sighting(**other):
    return {"submission": uuid4().hex, "on": today(), "means": "cashless-payment"} | other


def void(**other):
    return {"submission": uuid4().hex, "reason": "duplicate"} | other


def eventually(ask, wanted):
    """Asks until it is as wanted, for twenty seconds at most: a machine may be busy."""
    until = time.monotonic() + 20
    while not wanted(body := ask()) and time.monotonic() < until:
        time.sleep(0.02)
    assert wanted(body)
    return body
