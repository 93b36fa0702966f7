"""Bad input through the API: a clear message in the caller's language, and nothing recorded."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.model import Role
from infrastructure.accounts.tables import api_token, invitation, session
from infrastructure.ledger.tables import fact, fact_tag, receipt
from infrastructure.vault.tables import blind_index, code, note, sealed_person
from tests.interfaces.api.requests import (
    ba_tu,
    household,
    learner,
    lesson,
    market,
    onboarding,
    ong_sau,
    today,
    vendor,
    void,
)
from tests.interfaces.conftest import copied
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Home

KEPT = (fact, fact_tag, receipt, sealed_person, blind_index, code, note, session, invitation, api_token)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One house for them all: none of it should leave a trace."""
    yield from copied(request, tmp_path_factory.mktemp("home"))


def kept(home: Home) -> dict[str, int]:
    """How many rows each table that must never be lost holds."""
    with home.house.database.reading() as db:
        return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in KEPT}


def refused(home: Home, send: Callable[..., Any], status: int, field: str | None = None) -> dict[str, str]:
    """Sends it in both languages; checks the answers and that nothing was recorded."""
    home.house.projector.wait_for(home.house.ledger.head(), 10)
    before = kept(home)
    said = {}
    for spoken in ("vi", "en"):
        answer = send({"accept-language": spoken})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["title"]
        assert problem.get("field") == field
        said[spoken] = problem["detail"]
    assert kept(home) == before
    assert said["vi"] != said["en"]
    assert "%(" not in said["vi"] + said["en"]
    return said


LONG = "Ă" * 10_000
NAMES = {
    "empty": ("", "write the name"),
    "blank": ("   ", "write the name"),
    "10,000 characters": (LONG, "not possible"),
    "300 characters": ("Ă" * 300, "at most 100"),
    "NUL": ("Tư\x00", "characters"),
    "control": ("Tư\x07\x1b[2J", "characters"),
    "line break": ("Tư\nSáu", "characters"),
    "right-to-left override": ("Tư\u202esáu", "characters"),
    "isolate": ("Tư\u2066sáu", "characters"),
    "zero width": ("T\u200bư", "characters"),
    "like HTML": ("<script>alert(1)</script>", "characters"),
    "half a letter": ("Tư \udc80", None),
}


@pytest.mark.parametrize(("name", "said"), NAMES.values(), ids=NAMES)
def test_impossible_names(home, lan, name, said):
    sent = json.dumps(lesson(ba_tu(), ong_sau(name=name))).encode()

    def send(headers):
        return lan.post("/lessons", content=sent, headers={"content-type": "application/json"} | headers)

    if said is None:
        refused(home, send, 400)
    else:
        status = 400 if said == "not possible" else 422
        assert said in refused(home, send, status, "learners.1.name")["en"]


def test_a_missing_name(home, lan):
    sent = lesson({"phone": "0912345678"})

    refused(home, lambda headers: lan.post("/lessons", sent, headers=headers), 422, "learners.0")


PHONES = [
    "12",
    "0123456789",
    "0212345678",
    "091234567",
    "09123456789",
    "+1 202 555 0100",
    "không có",
    "0" * 60,
]


@pytest.mark.parametrize("phone", PHONES)
def test_impossible_phones(home, lan, phone):
    sent = lesson(ba_tu(phone=phone))

    said = refused(home, lambda headers: lan.post("/lessons", sent, headers=headers), 422, "learners.0.phone")

    assert "10" in said["vi"]


BAD_LESSONS = {
    "unknown field": (lesson(colour="red"), 400, "colour"),
    "unknown field of a learner": (lesson(ba_tu(cccd="052156000123")), 400, "learners.0.cccd"),
    "without a day": ({k: v for k, v in lesson().items() if k != "on"}, 400, "on"),
    "without a submission": ({k: v for k, v in lesson().items() if k != "submission"}, 400, "submission"),
    "submission of nothing": (lesson(submission=""), 400, "submission"),
    "submission with NUL": (lesson(submission="a\x00b"), 400, "submission"),
    "endless submission": (lesson(submission="a" * 65), 400, "submission"),
    "the 31st of February": (lesson(on="2026-02-31"), 400, "on"),
    "a day as people write it": (lesson(on="31/02/2026"), 400, "on"),
    "a number for a day": (lesson(on=20261120), 400, "on"),
    "tomorrow": (lesson(on=(date.fromisoformat(today()) + timedelta(days=1)).isoformat()), 422, "on"),
    "long ago": (lesson(on="2024-01-01"), 422, "on"),
    "unknown unit": (lesson(unit="99999"), 404, "unit"),
    "a unit with NUL": (lesson(unit="\x00"), 404, "unit"),
    "a unit out of scope": (lesson(unit=ELSEWHERE), 404, "unit"),
    "unknown skill": (lesson(skills=["flying"]), 422, "skills"),
    "no skill": (lesson(skills=[]), 422, "skills"),
    "a skill twice": (lesson(skills=["vneid", "vneid"]), 422, "skills"),
    "unknown person": (lesson({"id": "0" * 32}), 404, "learners.0.id"),
    "an id and a name": (lesson({"id": "0" * 32, "name": "Tư"}), 422, "learners.0"),
    "nobody": (lesson() | {"learners": []}, 422, "learners"),
    "nobody at all": ({k: v for k, v in lesson().items() if k != "learners"}, 400, "learners"),
    "null for everybody": (lesson() | {"learners": None}, 400, "learners"),
    "the same learner twice": (lesson(ba_tu(), ba_tu(name="NGUYỄN THỊ TƯ")), 422, "learners.1"),
    "500 learners": (lesson(*[learner(number) for number in range(500)]), 422, "learners"),
    "5,000 learners": (lesson() | {"learners": [{}] * 5_000}, 400, "learners"),
    "a group of its own": (lesson(ba_tu(group="friends")), 400, "learners.0.group"),
    "born tomorrow": (lesson(ba_tu(birth_year=2099)), 422, "learners.0.birth_year"),
    "born in 1700": (lesson(ba_tu(birth_year=1700)), 400, "learners.0.birth_year"),
    "a year of 30 digits": (lesson(ba_tu(birth_year=10**30)), 400, "learners.0.birth_year"),
    "a code with O": (lesson(ba_tu(code="O0O0O0O0")), 422, "learners.0.code"),
    "a short code": (lesson(ba_tu(code="K7")), 400, "learners.0.code"),
    "a list": ([], 400, None),
    "a number": (1, 400, None),
}


@pytest.mark.parametrize(("sent", "status", "field"), BAD_LESSONS.values(), ids=BAD_LESSONS)
def test_bad_lessons(home, lan, sent, status, field):
    refused(home, lambda headers: lan.post("/lessons", sent, headers=headers), status, field)


BODIES = {
    "not JSON": (b"lesson=1", 400),
    "cut off": (b'{"submission": "a", ', 400),
    "empty": (b"", 400),
    "deep": (b"[" * 30_000 + b"]" * 30_000, 400),
    "deep in a field": (b'{"submission":' + b"[" * 30_000, 400),
    "deep objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "not UTF-8": (b'{"submission": "\xff\xfe"}', 400),
    "UTF-16": ("{}".encode("utf-16"), 400),
    "NaN": (b'{"submission": NaN}', 400),
    "null": (b"null", 400),
    "two documents": (b"{} {}", 400),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
def test_bodies_that_are_no_json(home, lan, body, status):
    def send(headers):
        return lan.post("/lessons", content=body, headers={"content-type": "application/json"} | headers)

    problem = json.loads(send({}).content)
    refused(home, send, status, problem.get("field"))


TYPES = {
    "none": (None, 415),
    "text": ("text/plain", 415),
    "a form": ("application/x-www-form-urlencoded", 415),
    "several parts": ("multipart/form-data; boundary=x; charset=punycode", 415),
    "another charset": ("application/json; charset=utf-16", 400),
    "a charset that is none": ("application/json; charset=klingon", 400),
    "not ASCII": ("application/json; charset=é", 400),
}


@pytest.mark.parametrize(("media", "status"), TYPES.values(), ids=TYPES)
def test_bodies_that_say_they_are_something_else(home, lan, media, status):
    sent = json.dumps(lesson()).encode()

    def send(headers):
        of = {"content-type": media.encode("latin-1")} if media else {}
        return lan.post("/lessons", content=sent, headers=of | headers)

    refused(home, send, status)


def test_ten_megabytes(home, lan):
    def send(headers):
        of = {"content-type": "application/json"}
        return lan.post("/lessons", content=b" " * 10_000_000, headers=of | headers)

    assert "64" in refused(home, send, 413)["vi"]


def test_ten_megabytes_that_do_not_say_so(home, lan):
    async def endless():
        for _ in range(1_000):
            yield b" " * 10_000

    def send(headers):
        of = {"content-type": "application/json"}
        return lan.post("/lessons", content=endless(), headers=of | headers)

    refused(home, send, 413)


CODES = {
    "invented": ("K7MP2XQ9", 404),
    "short": ("K7", 422),
    "long": ("K" * 400, 422),
    "endless": ("K" * 10_000, 400),
    "NUL": ("K7MP2XQ\x00", 422),
    "not ours": ("O0O0I1I1", 422),
}


@pytest.mark.parametrize(("typed", "status"), CODES.values(), ids=CODES)
def test_codes_that_were_never_given_out(home, anyone, typed, status):
    sent = {"code": typed, "answer": "able"}

    refused(home, lambda headers: anyone.post("/answers", sent, headers=headers), status, "code")


def test_an_answer_that_is_none(home, lan, anyone):
    given = lan.post("/lessons", lesson()).json()["teachings"][0]["code"]
    sent = {"code": given, "answer": "maybe"}

    refused(home, lambda headers: anyone.post("/answers", sent, headers=headers), 400, "answer")


def test_an_expired_code(home, lan, anyone):
    given = lan.post("/lessons", lesson()).json()["teachings"][0]["code"]
    home.house.ledger.write(lambda db: db.execute(code.update().values(expires=1))).result()
    sent = {"code": given, "answer": "able"}

    refused(home, lambda headers: anyone.post("/answers", sent, headers=headers), 410, "code")


def test_a_second_market_of_the_same_name(home, minh):
    assert minh.post("/markets", market(name="Chợ Bồ Đề")).status_code == 201
    sent = market(name="cho  bo de")

    refused(home, lambda headers: minh.post("/markets", sent, headers=headers), 409, "name")


UNKNOWN = {
    "teaching": ("/teachings/{}/void", void()),
    "household": ("/households/{}/members", {"submission": "s", "member": ba_tu()}),
    "criteria": (
        "/households/{}/criteria",
        {"submission": "s", "on": today(), "criteria": ["cashless-payment"]},
    ),
    "vendor": ("/vendors/{}/onboardings", onboarding()),
}


@pytest.mark.parametrize("subject", ["0" * 32, "a%00b", "%ff", "..", "<script>", "x" * 100])
@pytest.mark.parametrize(("path", "sent"), UNKNOWN.values(), ids=UNKNOWN)
def test_things_that_are_not_there(home, lan, path, sent, subject):
    def send(headers):
        return lan.post(path.format(subject), sent, headers=headers)

    field = send({}).json().get("field")
    refused(home, send, 404, field)


def test_an_unknown_market(home, lan):
    refused(home, lambda headers: lan.post("/vendors", vendor("0" * 32), headers=headers), 404, "market")


def test_a_unit_out_of_scope_is_told_nothing_about(home, lan):
    outside, unknown = (lesson(unit=unit) for unit in (ELSEWHERE, "99999"))

    first, second = (lan.post("/lessons", sent) for sent in (outside, unknown))

    assert first.json() == second.json()


WITHOUT_A_RIGHT = {
    "nobody": (None, 401),
    "a token that was never given out": ("lantoa_invented", 401),
    "a token that is none": ("\xff", 401),
}


@pytest.mark.parametrize(("token", "status"), WITHOUT_A_RIGHT.values(), ids=WITHOUT_A_RIGHT)
def test_strangers(home, anyone, token, status):
    bearer = {"authorization": f"Bearer {token}".encode("latin-1")} if token else {}

    refused(home, lambda headers: anyone.post("/lessons", lesson(), headers=bearer | headers), status)


def test_an_ambassador_opens_no_market_board(home, lan):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]
    ruling = {"submission": uuid4().hex, "teaching": made["teaching"], "reason": "other"}
    path = f"/credits/{made['learner']}/vneid/ruling"

    refused(home, lambda headers: lan.post(path, ruling, headers=headers), 403)


def test_a_family_with_somebody_of_another_one(home, lan):
    assert lan.post("/households", household(ba_tu())).status_code == 201
    sent = household(ong_sau(), ba_tu())

    refused(home, lambda headers: lan.post("/households", sent, headers=headers), 409, "members.1")


QUERIES = {
    "unknown metric": ("/leaderboard", {"metric": "clicks"}, 400, "metric"),
    "impossible period": ("/leaderboard", {"period": "2026-13"}, 400, "period"),
    "rows of nothing": ("/leaderboard", {"of": "streets"}, 400, "of"),
    "a fifth quarter": ("/leaderboard", {"period": "2026-Q5"}, 400, "period"),
    "unknown team": ("/leaderboard", {"team": "none"}, 404, "team"),
    "unknown campaign": ("/leaderboard", {"campaign": "none"}, 404, None),
    "days reversed": ("/leaderboard", {"from": "2026-02-02", "to": "2026-02-01"}, 422, "to"),
    "days of communes": (
        "/leaderboard",
        {"of": "communes", "from": "2026-02-02", "to": "2026-05-05"},
        422,
        "to",
    ),
    "half of the days": ("/leaderboard", {"from": "2026-02-02"}, 422, "to"),
    "too much": ("/leaderboard", {"limit": "1000000"}, 400, "limit"),
    "no number": ("/leaderboard", {"limit": "ten"}, 400, "limit"),
    "a page of no board": ("/leaderboard", {"after": "'; DROP TABLE fact"}, 400, "after"),
    "a page with NUL": ("/leaderboard", {"after": "5~a\x00b"}, 400, "after"),
    "unknown unit": ("/leaderboard", {"unit": "99999"}, 404, "unit"),
    "unit with NUL": ("/leaderboard", {"unit": "\x00"}, 404, "unit"),
    "unknown parameter": ("/leaderboard", {"colour": "red"}, 400, "colour"),
    "position of nobody": ("/leaderboard", {"position": "-1"}, 400, "position"),
    "position of 30 digits": ("/leaderboard", {"position": "9" * 30}, 400, "position"),
    "unknown status": ("/honours", {"status": "king"}, 400, "status"),
    "unknown place": ("/units/99999", {}, 404, "unit"),
    "place with NUL": ("/units/%00", {}, 404, None),
    "nothing of that name": ("/nothing", {}, 404, None),
}


@pytest.mark.parametrize(("path", "query", "status", "field"), QUERIES.values(), ids=QUERIES)
def test_questions_that_cannot_be_asked(home, lan, path, query, status, field):
    refused(home, lambda headers: lan.get(path, headers=headers, **query), status, field)


def test_a_method_that_is_not_there(home, lan):
    refused(home, lambda headers: lan.get("/lessons", headers=headers), 405)


CROSS_SITE = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a sandbox": {"origin": "null"},
    "another origin": {"origin": "https://evil.example"},
    "an older browser": {"referer": "https://evil.example/"},
    "a silent one with cookies": {"cookie": "lantoa_session=stolen"},
}


@pytest.mark.parametrize("headers", CROSS_SITE.values(), ids=CROSS_SITE)
def test_other_sites(home, lan, headers):
    sent = lesson()

    refused(home, lambda of: lan.post("/lessons", sent, headers=headers | of), 403)


def test_many_roles_and_none_over_that_unit(home):
    elsewhere = home.caller(Role.AMBASSADOR, ELSEWHERE, "Vũ Thị Mai")

    refused(
        home, lambda headers: elsewhere.post("/lessons", lesson(unit=TUY_PHUOC), headers=headers), 404, "unit"
    )
