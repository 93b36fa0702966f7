"""The territory changes: shown before it is recorded, recorded once, found by everybody after."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from application.reforms import BEFORE
from application.territory import unit_id
from domain.model import Role
from domain.territory import UnitRenamed, UnitsMerged
from interfaces.web import language
from interfaces.web.unit_history import kind_in_words
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Caller, Home
from tests.interfaces.web.browsing import Browsing, browsing

NEIGHBOUR = "21970"
DAY = "2026-11-01"


@pytest.fixture
def chief(home: Home) -> Browsing:
    """An administrator of the province, who has just confirmed that it is them."""
    return browsing(home, Role.ADMINISTRATOR, PROVINCE, "Võ Thị Cả")


def merging(**other: str) -> dict[str, str]:
    return {
        "submission": uuid4().hex, "change": "merged", "unit": NEIGHBOUR, "parts": TUY_PHUOC,
        "valid_from": DAY, "document": "1664/NQ-UBTVQH15",
    } | other  # fmt: skip


def head(home: Home) -> int:
    return home.house.ledger.head()


def test_a_merger_is_shown_then_recorded_and_found_by_the_old_name(home: Home, chief: Browsing) -> None:
    before = head(home)
    sent = merging()
    shown = unescape(chief.post("/dia-gioi/thay-doi", sent).text)
    for said in ("Xã Tuy Phước, Tỉnh Gia Lai: nhập vào", "3 tài khoản", "3 vai trò", "1664/NQ-UBTVQH15"):
        assert said in shown, said
    assert head(home) == before  # looking records nothing

    done = chief.post("/dia-gioi/thay-doi", sent | {"confirmed": "yes"})
    assert done.status_code == 303
    again = chief.post("/dia-gioi/thay-doi", sent | {"confirmed": "yes"})
    assert "done=roi" in again.headers["location"]
    assert head(home) == before + 1

    home.catch_up()
    somebody = browsing(home, Role.AMBASSADOR, NEIGHBOUR, "Nguyễn Thị Tìm")
    found = unescape(somebody.get("/dia-gioi?q=tuy phuoc").text)
    assert re.search(r"Xã Tuy Phước</strong></a>\s*<small>[^<]*</small>\s*<small>nay là", found)
    assert "nhập vào" in unescape(somebody.get(done.headers["location"]).text)
    assert "Record a change" not in found
    assert somebody.get("/dia-gioi/thay-doi").status_code == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"parts": NEIGHBOUR}, 422),  # into itself
        ({"parts": ""}, 422),
        ({"parts": "99999"}, 404),
        ({"unit": "99999"}, 404),
        ({"unit": "52"}, 422),  # a commune into a province
        ({"valid_from": "2999-01-01"}, 422),
        ({"valid_from": "2025-06-30"}, 422),
        ({"valid_from": "hôm qua"}, 400),
        ({"document": ""}, 422),
        ({"document": "nghị quyết"}, 422),
        ({"change": "moved"}, 400),
        ({"unit": "00004", "parts": "00008"}, 404),  # in Hà Nội, which is another's
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_half_done(
    home: Home, chief: Browsing, changed: dict[str, str], status: int
) -> None:
    before = head(home)
    for confirmed in ("", "yes"):
        refused = chief.post("/dia-gioi/thay-doi", merging(**changed) | {"confirmed": confirmed})
        assert (refused.status_code, 'role="alert"' in refused.text) == (status, True), refused.text
    assert head(home) == before


def test_programs_do_the_same_and_see_it_before(home: Home) -> None:
    chief = home.caller(Role.ADMINISTRATOR, PROVINCE, "Võ Thị Cả")
    body: dict[str, Any] = {
        "submission": uuid4().hex, "change": "renamed", "unit": TUY_PHUOC, "valid_from": DAY,
        "name": "Phường Tuy Phước", "document": "1664/NQ-UBTVQH15",
    }  # fmt: skip
    assert chief.post("/territory/changes/preview", body).json()["would_record"] == [UnitRenamed.NAME]
    assert chief.post("/territory/changes", body).status_code == 201
    assert chief.post("/territory/changes", body).status_code == 200
    assert chief.post("/territory/changes", body | {"submission": uuid4().hex}).status_code == 200
    home.catch_up()
    lan = home.known("lan")
    rows = lan.get("/territory/changes", unit=TUY_PHUOC).json()["rows"]
    assert [(one["was"], one["became"], one["document"]) for one in rows] == [
        ("Xã Tuy Phước", "Phường Tuy Phước", "1664/NQ-UBTVQH15")
    ]
    assert lan.post("/territory/changes", body).status_code == 403
    found = lan.get("/territory/units", q="xa tuy phuoc").json()["rows"]  # as it was called
    assert TUY_PHUOC in [one["code"] for one in found]


def test_a_kind_stands_small_inside_a_sentence() -> None:
    language.use("vi")
    assert [kind_in_words(kind) for kind in ("ward", "special-zone", None)] == ["phường", "đặc khu", "–"]


def test_what_was_divided_is_found_with_all_it_went_into(reformed: Home) -> None:
    lan = reformed.known("lan")
    rows = lan.get("/territory/units", q="an nghia").json()["rows"]
    old = next(one for one in rows if one["id"] == unit_id("21634", BEFORE))
    assert [unit_id(code) for code in ("21622", "21628")] == sorted(
        old["now"], key=[unit_id("21622"), unit_id("21628")].index
    )
    changes = lan.get("/territory/changes", unit=old["id"]).json()
    assert changes["total"] == 1
    merged = Caller(reformed, lan.headers["authorization"].removeprefix("Bearer "))
    assert merged.get("/territory/changes", unit=TUY_PHUOC).json()["rows"][0]["what"] == UnitsMerged.NAME
