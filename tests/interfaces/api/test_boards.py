"""Figures through the API: boards, honours, units, nominees, and how old they are."""

import csv
import io
import time
from uuid import uuid4

import openpyxl
import pytest

from domain.model import Role
from tests.interfaces.api.requests import ba_tu, days_ago, eventually, learner, lesson, ong_sau, today
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC


def confirmed(ambassador, anyone, *learners, answer="able", **other):
    """The ambassador taught these, and each said so; the position of the last answer."""
    made = ambassador.post("/lessons", lesson(*learners, **other)).json()
    for one in made["teachings"]:
        last = anyone.post("/answers", {"code": one["code"], "answer": answer})
    return last.json()["position"]


def five(start=0):
    return [learner(number) for number in range(start, start + 5)]


def test_the_board_counts_confirmed_persons_and_ties_share_a_rank(home, lan, hoa, minh, anyone):
    confirmed(lan, anyone, ba_tu(), ong_sau())
    confirmed(lan, anyone, ba_tu(), skills=["cashless-payment"])
    confirmed(hoa, anyone, learner(1), answer="able")
    position = confirmed(hoa, anyone, learner(2), answer="taught")

    body = minh.get("/leaderboard", unit=TUY_PHUOC, position=position).json()

    assert [(row["rank"], row["score"], row["able_share"]) for row in body["rows"]] == [
        (1, 2, 1.0),
        (1, 2, 0.5),
    ] or [(row["rank"], row["score"], row["able_share"]) for row in body["rows"]] == [
        (1, 2, 0.5),
        (1, 2, 1.0),
    ]
    assert {row["name"] for row in body["rows"]} == {"Nguyễn Thị Lan", "Trần Văn Hòa"}
    assert body["total"] == 2
    assert body["position"] >= position
    assert body["at"]
    assert body["criteria"]["document"] == "01-KH/BCĐTW"


def test_what_nobody_confirmed_lowers_the_share_and_not_the_score(lan, minh, anyone):
    confirmed(lan, anyone, ba_tu())
    position = lan.post("/lessons", lesson(ong_sau())).json()["position"]

    (row,) = minh.get("/leaderboard", unit=TUY_PHUOC, position=position).json()["rows"]

    assert row["score"] == 1
    assert row["confirmed_share"] == 0.5


def test_a_board_comes_page_by_page(lan, hoa, minh, anyone):
    confirmed(lan, anyone, ba_tu())
    position = confirmed(hoa, anyone, ong_sau())

    first = minh.get("/leaderboard", unit=PROVINCE, limit=1, position=position).json()
    second = minh.get("/leaderboard", unit=PROVINCE, limit=1, after=first["after"]).json()

    assert second["after"] is None
    assert {one["rows"][0]["name"] for one in (first, second)} == {"Nguyễn Thị Lan", "Trần Văn Hòa"}


@pytest.mark.parametrize(("metric", "total"), [("people", 1), ("families", 0), ("vendors", 0)])
def test_each_metric_has_its_board(lan, minh, anyone, metric, total):
    position = confirmed(lan, anyone, ba_tu())

    body = minh.get("/leaderboard", unit="VN", metric=metric, position=position).json()

    assert body["total"] == total


def test_a_period_is_that_of_the_day_it_happened(lan, minh, anyone):
    position = confirmed(lan, anyone, ba_tu(), on=days_ago(29))

    month, year = days_ago(29)[:7], days_ago(29)[:4]
    for period, total in [(month, 1), (year, 1), ("all", 1), ("2020", 0), ("2020-01", 0)]:
        body = minh.get("/leaderboard", unit="VN", period=period, position=position).json()
        assert body["total"] == total, period


def test_names_elsewhere_are_shown_only_with_consent(home, lan, anyone):
    stranger = home.caller(Role.AMBASSADOR, "00004", "Vũ Thị Mai")
    position = confirmed(lan, anyone, ba_tu())

    (row,) = stranger.get("/leaderboard", unit="VN", position=position).json()["rows"]

    assert row["name"] is None
    assert row["score"] == 1


def test_ones_own_row_and_its_neighbours(lan, hoa, anyone):
    confirmed(lan, anyone, ba_tu(), ong_sau())
    position = confirmed(hoa, anyone, learner(1))

    body = hoa.get("/leaderboard/me", unit=TUY_PHUOC, position=position).json()

    assert (body["own"]["rank"], body["own"]["score"], body["total"]) == (2, 1, 2)
    assert body["own"]["name"] == "Trần Văn Hòa"
    assert [row["score"] for row in body["above"]] == [2]
    assert body["below"] == []


def test_who_has_taught_nobody_has_an_empty_row(lan):
    body = lan.get("/leaderboard/me", unit=TUY_PHUOC).json()

    assert (body["own"]["rank"], body["own"]["score"]) == (None, 0)


def test_the_fifth_yes_shows_among_the_honours(home, lan, anyone):
    confirmed(lan, anyone, *five()[:4])
    assert anyone.get("/honours", unit=TUY_PHUOC).json()["total"] == 0

    confirmed(lan, anyone, five()[4])
    honours = eventually(lambda: anyone.get("/honours", unit=TUY_PHUOC).json(), lambda body: body["total"])

    (row,) = honours["rows"]
    assert row["status"] == "ambassador"
    assert row["witnesses"] == 5
    assert row["unit_name"] == "Xã Tuy Phước"
    assert row["name"] is None  # no consent to a public name


def test_a_board_is_open_to_everybody_without_names(lan, anyone):
    position = confirmed(lan, anyone, ba_tu())

    answer = anyone.get("/leaderboard", unit="VN", position=position)

    assert answer.status_code == 200
    (row,) = answer.json()["rows"]
    assert (row["score"], row["name"]) == (1, None)


def test_boards_and_honours_are_open_to_everybody_and_the_rest_is_not(anyone):
    assert anyone.get("/leaderboard").status_code == 200
    assert anyone.get("/honours", status="family").status_code == 200
    assert anyone.get("/honours", status="market").status_code == 200
    for path in ("/leaderboard/me", f"/units/{TUY_PHUOC}", "/nominees"):
        answer = anyone.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_units_figures_count_a_person_once(lan, hoa, hanh, anyone):
    confirmed(lan, anyone, ba_tu())
    confirmed(hoa, anyone, ba_tu(), skills=["cashless-payment"])
    position = lan.post("/lessons", lesson(ong_sau())).json()["position"]

    body = hanh.get(f"/units/{PROVINCE}", position=position).json()

    assert body["unit"]["name"] == "Tỉnh Gia Lai"
    assert (body["figures"]["taught"], body["figures"]["confirmed"]) == (2, 1)
    assert body["figures"]["confirmed_share"] == 0.5
    by_code = {child["unit"]["code"]: child["figures"] for child in body["children"]}
    assert len(by_code) == 135
    assert by_code[TUY_PHUOC]["taught"] == 2
    assert body["above"] == []


def test_a_unit_is_named_by_id_or_code(home, lan):
    by_code = lan.get(f"/units/{TUY_PHUOC}").json()

    assert lan.get(f"/units/{by_code['unit']['id']}").json()["unit"] == by_code["unit"]
    ministry = home.caller(Role.ORGANIZER, "VN", "Đặng Thị Thu")
    assert ministry.get("/units/VN").json()["unit"]["kind"] == "country"


def test_a_unit_elsewhere_or_above_looks_like_none(minh):
    own = minh.get(f"/units/{TUY_PHUOC}")
    others = [minh.get(f"/units/{unit}") for unit in (PROVINCE, ELSEWHERE, "VN", "99999")]

    assert own.status_code == 200
    assert own.json()["above"] == []
    assert {one.status_code for one in others} == {404}
    assert len({one.content for one in others}) == 1


def test_the_units_above_are_told_as_far_as_one_may_go(hanh):
    assert [one["code"] for one in hanh.get(f"/units/{TUY_PHUOC}").json()["above"]] == [PROVINCE]


def test_health_tells_how_far_everything_is(home, lan, anyone):
    lan.post("/lessons", lesson())
    home.catch_up()

    body = anyone.get("/health").json()

    assert body["status"] == "ok"
    assert body["head"] == body["position"] == home.house.ledger.head()
    assert body["lag"] == 0
    assert body["parked"] == []
    assert {"teachings", "leaderboard"} <= {model["name"] for model in body["models"]}


def test_health_says_so_when_the_ledger_cannot_be_read(home, anyone, monkeypatch):
    def away():
        raise OSError("the disk is gone")

    monkeypatch.setattr(home.house.ledger, "head", away)

    answer = anyone.get("/health")

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_nominees_are_for_those_who_decide(lan, hanh, minh, anyone):
    assert lan.get("/nominees", unit=TUY_PHUOC, done_by=today()).status_code == 403
    assert minh.get("/nominees", unit=PROVINCE, done_by=today()).status_code == 404
    assert hanh.get("/nominees", unit=PROVINCE, done_by=today()).status_code == 200


def test_nominees_meet_the_criteria_at_the_cutoff(lan, hoa, hanh, anyone):
    confirmed(lan, anyone, *five())
    position = confirmed(hoa, anyone, ba_tu())

    body = hanh.get("/nominees", unit=PROVINCE, done_by=today(), position=position).json()

    assert body["row_count"] == 1
    (row,) = body["rows"]
    assert row["name"] == "Nguyễn Thị Lan"
    assert (row["people"], row["able"], row["families"], row["vendors"]) == (5, 5, 0, 0)
    assert (row["first"], row["last"]) == (today(), today())
    assert (row["commune_rank"], row["province_rank"]) == (1, 1)
    assert body["cutoff"]["provisional"] is True
    assert body["criteria"]["document"] == "01-KH/BCĐTW"


def test_a_cutoff_that_ends_before_it_begins(hanh):
    answer = hanh.get("/nominees", unit=PROVINCE, done_by=today(), received_by=days_ago(1))

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("form", "media"),
    [("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")],
)
def test_nominees_as_a_file(lan, hanh, anyone, form, media):
    position = confirmed(lan, anyone, *five())

    answer = hanh.get("/nominees", unit=PROVINCE, done_by=today(), format=form, position=position)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert f".{form}" in answer.headers["content-disposition"]
    if form == "csv":
        assert "Nguyễn Thị Lan" in answer.content.decode("utf-8-sig")


def test_a_file_of_a_simulated_movement_says_so(home, hanh, monkeypatch):
    def said():
        return hanh.get("/nominees", unit=PROVINCE, done_by=today(), format="csv").content.decode("utf-8-sig")

    assert "mô phỏng" not in said()
    monkeypatch.setattr(type(home.house), "simulated", True)
    assert "mô phỏng" in said()


@pytest.mark.parametrize("invented", [False, True])
def test_health_and_nominees_say_whether_all_of_it_is_invented(home, hanh, anyone, monkeypatch, invented):
    monkeypatch.setattr(type(home.house), "simulated", invented)

    assert anyone.get("/health").json()["simulated"] is invented
    assert hanh.get("/nominees", unit=PROVINCE, done_by=today()).json()["simulated"] is invented


def test_somebody_invited_is_found_again(home, lan):
    assert home.house.actor(uuid4().hex).grants == ()


def test_nobody_waits_for_what_the_ledger_has_not_reached(home, anyone):
    began = time.monotonic()

    answer = anyone.get("/honours", position=home.house.ledger.head() + 1_000)

    assert answer.status_code == 200
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("speaking", "words"),
    [
        ("vi", ("ít nhất 5 người đã xác nhận", "chưa kiểm chứng")),
        ("en", ("at least 5 people confirmed", "unverified")),
    ],
)
def test_files_and_json_agree_and_a_file_says_by_what_each_kind_is_counted(
    lan, hanh, anyone, speaking, words
):
    position = confirmed(lan, anyone, *five())
    asked = {"unit": PROVINCE, "done_by": today(), "lang": speaking, "position": position}
    one = hanh.get("/nominees", **asked).json()

    text = hanh.get("/nominees", **asked, format="csv").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(hanh.get("/nominees", **asked, format="xlsx").content))

    table = list(csv.reader(io.StringIO(text, newline="")))
    (row,) = one["rows"]
    ambassadors, families, markets = book.worksheets
    assert (table[2][-1], ambassadors.cell(3, 14).value) == (row["subject"], row["subject"])
    assert (table[2][2], ambassadors.cell(3, 2).value) == (row["name"], row["name"])
    assert (table[2][5], ambassadors.cell(3, 5).value) == (str(row["people"]), row["people"])
    assert (table[2][7], ambassadors.cell(3, 7).value) == (str(row["on_phone"]), row["on_phone"])
    assert (families.max_column, markets.max_column) == (7, 7)
    notes = [(line[0], line[1]) for line in table[4:]]
    assert len(notes) == 3 * 9
    values = [
        str(next(cell.value for cell in sheet[first + at][1:] if cell.value is not None))
        for sheet, first in ((ambassadors, 5), (families, 4), (markets, 4))
        for at in range(9)
    ]
    for kept in ([value for _, value in notes], values):
        assert kept.count(one["criteria"]["document"]) == 3
        assert kept.count(one["criteria"]["content_hash"]) == 3
        assert kept.count(one["criteria"]["title"]) == 3
        assert [kept[at * 9 + 8] for at in range(3)] == ["1", "0", "0"]
        assert words[0] in kept[2]
        assert words[1] in kept[20]
        assert words[1] not in kept[2]


def test_a_unit_may_be_asked_under_the_boundaries_of_another_day(hanh):
    today = hanh.get(f"/units/{PROVINCE}").json()
    same = hanh.get(f"/units/{PROVINCE}", boundaries="2025-12-01").json()
    assert (same["unit"], same["figures"]) == (today["unit"], today["figures"])
    assert {one["unit"]["id"] for one in same["children"]} == {
        one["unit"]["id"] for one in today["children"] if one["unit"]["kind"] != "hamlet"
    }
    refused = hanh.get(f"/units/{today['unit']['id']}", boundaries="2025-06-30")
    assert (refused.status_code, refused.json()["field"]) == (422, "boundaries")
