"""Boards beside that of mentors: by team, workplace, unit, period, campaign and size; as files, too."""

import csv
import io
import threading
from concurrent.futures import wait
from datetime import date, timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from domain.consents import GiveConsent
from domain.model import By, Role
from domain.people import Purpose
from domain.registering import CorrectPerson
from infrastructure.background import WAITING
from infrastructure.read_models.sizes import Measure
from infrastructure.read_models.standings import Of
from interfaces.web import board_files
from interfaces.web.figures import today
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Caller, Home
from tests.interfaces.reformed import BINH_DINH
from tests.interfaces.waiting import until
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_pages import found


def new(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


def taught(home: Home, by: Caller, *learners: dict[str, object]) -> None:
    """So many learners are taught today, and say that they can do it themselves."""
    lesson = by.post("/lessons", sent.lesson(*learners)).json()
    for one in lesson["teachings"]:
        answered = by.post("/answers", {"code": one["code"], "answer": "able"})
        assert answered.status_code in (200, 201)
    home.catch_up()


def campaign(
    minh: Caller, *, begins: date, ends: date, unit: str = TUY_PHUOC, name: str = "Đợt 10/10"
) -> str:
    made = minh.post(
        "/campaigns", new(unit=unit, name=name, begins=begins.isoformat(), ends=ends.isoformat())
    )
    assert made.status_code == 201, made.text
    ref: str = made.json()["campaign"]
    return ref


@pytest.fixture
def day(home: Home) -> date:
    return today(home.house)


def rows(who: Caller, **asked: object) -> list[tuple[str | None, int, int]]:
    answer = who.get("/leaderboard", **asked)
    assert answer.status_code == 200, answer.text
    return [(row["name"], row["rank"], row["score"]) for row in answer.json()["rows"]]


def test_units_are_ranked_by_whoever_confirmed_in_them(home: Home, lan: Caller, minh: Caller) -> None:
    taught(home, lan, sent.ba_tu(), sent.ong_sau())
    assert rows(minh, of="communes", unit=PROVINCE) == [("Xã Tuy Phước", 1, 2)]
    assert rows(minh, of="communes", unit=TUY_PHUOC) == [("Xã Tuy Phước", 1, 2)]
    assert [row[1:] for row in rows(minh, of="provinces")] == [(1, 2)]
    own = minh.get("/leaderboard/me", of="communes", unit=PROVINCE).json()
    assert (own["own"]["rank"], own["own"]["score"], own["best_month"]) == (1, 2, None)


def test_a_team_counts_its_members_work_from_the_day_they_joined(
    home: Home, lan: Caller, hoa: Caller, minh: Caller, day: date
) -> None:
    team = minh.post("/teams", new(unit=TUY_PHUOC, name="Tổ Vinh Thạnh", on=day.isoformat())).json()["team"]
    own = lan.get("/leaderboard/me", unit=TUY_PHUOC).json()["own"]["row"]
    member = {"id": own}
    joined = minh.post(f"/teams/{team}/members", new(on=day.isoformat()) | {"member": member})
    assert joined.status_code == 201, joined.text
    taught(home, lan, sent.ba_tu())
    taught(home, hoa, sent.ong_sau())
    assert rows(minh, of="teams", unit=TUY_PHUOC) == [("Tổ Vinh Thạnh", 1, 1)]
    assert [row[2] for row in rows(minh, team=team)] == [1]
    page = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Thị Xem").get(f"/xep-hang?team={team}").text
    assert "Người hướng dẫn, Tổ Vinh Thạnh" in page.replace("\u00a0", " ")
    left = minh.post(f"/teams/{team}/departures", new(on=day.isoformat(), member=own))
    assert left.status_code == 201, left.text
    home.catch_up()
    assert rows(minh, of="teams", unit=TUY_PHUOC) == [("Tổ Vinh Thạnh", 1, 1)]  # they did belong that day
    assert rows(minh, team=team) == []


def test_a_campaign_counts_what_happened_in_its_unit_and_days(
    home: Home, lan: Caller, minh: Caller, day: date
) -> None:
    before = campaign(minh, begins=day - timedelta(days=9), ends=day)
    taught(home, lan, sent.ba_tu())
    after = campaign(minh, begins=day, ends=day + timedelta(days=9), name="Đợt sau")
    over = campaign(minh, begins=day - timedelta(days=9), ends=day - timedelta(days=1), name="Đã qua")
    home.catch_up()
    assert rows(minh, campaign=before, unit=TUY_PHUOC) == rows(minh, campaign=after, unit=TUY_PHUOC)
    assert [row[2] for row in rows(minh, campaign=after, unit=TUY_PHUOC)] == [1]
    assert rows(minh, campaign=over, unit=TUY_PHUOC) == []
    elsewhere = minh.get("/leaderboard", campaign=after, unit=PROVINCE)
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (422, "/api/v1#campaign-elsewhere")
    assert "Xã Tuy Phước" in elsewhere.json()["detail"]
    withdrawn = minh.post(f"/campaigns/{after}/withdrawal", new())
    home.catch_up()
    assert withdrawn.status_code == 201
    assert minh.get("/leaderboard", campaign=after, unit=TUY_PHUOC).status_code == 404


def test_quarters_and_free_days_count_each_person_once(
    home: Home, lan: Caller, minh: Caller, day: date
) -> None:
    taught(home, lan, sent.ba_tu(), sent.ong_sau())
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    assert [row[2] for row in rows(minh, period=quarter, unit=TUY_PHUOC)] == [2]
    days = {"from": (day - timedelta(days=1)).isoformat(), "to": day.isoformat()}
    answer = minh.get("/leaderboard", unit=TUY_PHUOC, **days).json()["rows"][0]
    assert (answer["score"], answer["confirmed_share"], answer["able_share"]) == (2, 1.0, 1.0)
    assert rows(minh, of="communes", unit=PROVINCE, **days) == [("Xã Tuy Phước", 1, 2)]
    board = Browsing(home).get(f"/xep-hang?of=communes&unit={PROVINCE}&period={days['from']}~{days['to']}")
    assert f'<option value="{days["from"]}~{days["to"]}" selected>' in board.text
    own = minh.get("/leaderboard", of="provinces", **days).json()["rows"]
    assert [(one["rank"], one["score"], one["unit"] == one["row"]) for one in own] == [(1, 2, True)]
    past = {"from": "2026-01-01", "to": "2026-01-02"}
    assert rows(minh, unit=TUY_PHUOC, **past) == rows(minh, of="provinces", **past) == []


REFUSED = [
    ("team=khong-co", 404, "Không có tổ này"),
    ("workplace=khong-co", 404, "Không có nơi làm việc"),
    ("campaign=khong-co", 404, "Không có chiến dịch này"),
    ("unit=99999", 404, "Không có đơn vị này"),
    ("period=2026-Q5", 404, "Không có bảng xếp hạng này"),
    ("of=streets", 404, "Không có bảng xếp hạng này"),
    ("team=a&of=communes", 404, "Không có bảng xếp hạng này"),
    ("from=2026-02-02&to=", 422, "cả hai ngày"),
    ("to=2026-02-01", 422, "cả hai ngày"),
    ("from=2026-02-02&to=2026-02-01", 422, "Ngày cuối ở trước ngày đầu"),
    ("from=2026-02-30&to=2026-03-01", 400, "Giá trị này"),
    ("from=2026-02-01&to=2026-05-04&of=communes", 422, "tối đa 92 ngày"),
    ("boundaries=1900-01-01", 422, "Hệ thống chưa có địa giới"),
]


def test_what_cannot_be_compared_is_refused_in_a_sentence(home: Home) -> None:
    stranger = Browsing(home)
    for path in ("/xep-hang", "/xep-hang/tep"):
        for asked, status, said in REFUSED:
            page = stranger.get(f"{path}?{asked}")
            assert page.status_code == status, (asked, page.text)
            assert said in page.text, asked


def test_every_board_has_one_address(home: Home) -> None:
    typed = "/xep-hang?metric=people&of=ambassadors&unit=52&period=all&team=&similar=&from=&to="
    assert '<link rel="canonical" href="/xep-hang?unit=52">' in Browsing(home).get(typed).text


def test_similar_size_is_as_declared_or_not_at_all(home: Home, lan: Caller, minh: Caller, day: date) -> None:
    taught(home, lan, sent.ba_tu())
    organizer = browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    asked = f"/xep-hang?of=communes&unit={TUY_PHUOC}&similar=1"
    assert "Chưa ai công bố số người trưởng thành hoặc số hộ" in organizer.get(asked).text
    declared = {"group": "adults", "indicator": "", "as_of": day.isoformat(), "document": "12/BC-UBND"}
    for unit, adults in ((TUY_PHUOC, "10000"), ("21907", "12000"), ("21910", "40000")):
        done = organizer.post(f"/don-vi/{unit}/chi-tieu/so-lieu", new(value=adults) | declared)
        assert done.status_code == 303, done.text
    home.catch_up()
    page = organizer.get(asked).text
    assert "từ 7.500 đến 12.500 người trưởng thành" in page
    assert "12/BC-UBND" in page
    board = minh.get("/leaderboard", of="communes", unit=TUY_PHUOC, similar="true").json()
    assert board["size"]["measure"] == Measure.ADULTS
    assert [row["score"] for row in board["rows"]] == [1]


def test_a_board_leaves_as_a_file_that_says_where_it_comes_from(home: Home, lan: Caller) -> None:
    taught(home, lan, sent.ba_tu(), sent.ong_sau())
    anybody = Browsing(home)
    got = anybody.get(f"/xep-hang/tep?of=communes&unit={PROVINCE}&form=csv")
    assert got.headers["content-disposition"].endswith('"lantoa-xep-hang.csv"')
    lines = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert lines[2][1:4] == ["Xã Tuy Phước", "Xã Tuy Phước, Tỉnh Gia Lai", "2"]
    notes = {line[0]: line[1] for line in lines[4:] if len(line) > 1}
    assert notes["Số dòng"] == "1"
    assert "Lũy kế" in notes["Bộ lọc"]
    assert {"Tiêu chí", "Thời điểm", "Vị trí sổ cái"} <= set(notes)
    book = load_workbook(io.BytesIO(anybody.get(f"/xep-hang/tep?unit={TUY_PHUOC}").content))
    assert book.sheetnames == ["Người hướng dẫn, Xã Tuy Phước"]
    values = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3, max_row=3)]
    assert values[0][:2] == [1, "Một người hướng dẫn (không công khai tên)"]
    assert values[0][3] == 2


def test_a_file_that_takes_long_is_made_behind_a_page_that_says_how_far_it_is(
    home: Home, lan: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(home, lan, sent.ba_tu())
    anybody, path = Browsing(home), f"/xep-hang/tep?unit={TUY_PHUOC}&form=csv"
    monkeypatch.setattr(board_files, "soon", nobody_waits)
    making = anybody.get(path)
    assert making.status_code == 202
    again = making.headers["refresh"].partition("url=")[2]
    assert "waited=1" in again
    monkeypatch.undo()
    ready = anybody.get(again)
    assert "Tệp đã sẵn sàng" in ready.text
    there = found(r'<a class="main fit" href="([^"]+)"', ready.text).replace("&amp;", "&")
    assert anybody.get(there).headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_a_file_that_waits_does_not_name_whoever_is_known_to_be_under_sixteen_since(
    home: Home, lan: Caller
) -> None:
    taught(home, lan, sent.ba_tu())
    person = home.house.accounts.bearer(home.tokens["lan"])
    assert person is not None
    by = By("account:test")
    agreed = GiveConsent(person=person, purpose=Purpose.PUBLIC_NAME, by=by)
    home.run(home.house.ledger.decide(agreed))
    home.catch_up()
    anybody, path = Browsing(home), f"/xep-hang/tep?unit={TUY_PHUOC}&form=csv"
    assert "Tệp đã sẵn sàng" in anybody.get(f"{path}&waited=1").text

    home.run(home.house.ledger.decide(CorrectPerson(person=person, fields=(), minor=True, by=by)))
    home.catch_up()

    file = until(lambda: said if (said := anybody.get(path)).status_code == 200 else None)
    assert "một người hướng dẫn (không công khai tên)" in file.text.lower()
    assert "Nguyễn Thị Lan" not in file.text


async def nobody_waits(_jobs: object) -> bool:
    return False


def test_strangers_who_ask_for_many_files_hold_up_nobody_who_works_here(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    minh, go_on = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Thị Xem"), threading.Event()
    monkeypatch.setattr(board_files, "soon", nobody_waits)
    monkeypatch.setattr(board_files, "_make", lambda *_: go_on.wait(20))

    def flood(crowd: Browsing) -> list[int]:
        asked = [f"of={of}&unit={unit}" for of in Of for unit in (PROVINCE, TUY_PHUOC)]
        answers = [crowd.get(f"/xep-hang/tep?{one}&form=csv") for one in asked]
        refused = [one for one in answers if one.status_code == 503]
        assert all("retry-after" in one.headers and "Xin thử lại" in one.text for one in refused)
        return [one.status_code for one in answers]

    def list_is_loaded(within: float) -> bool:
        loading = home.house.background.ask(("list", within), lambda _report: None)
        return not wait([loading.outcome], within).not_done

    try:
        statuses = flood(Browsing(home))
        assert statuses == [202] * WAITING + [503] * (2 * len(Of) - WAITING)
        assert minh.get(f"/xep-hang/tep?unit={TUY_PHUOC}&form=csv").status_code == 202
        assert list_is_loaded(within=20)
        flood(minh)  # the control: what shares their threads holds it up
        assert not list_is_loaded(within=0.1)
    finally:
        go_on.set()


def test_names_leave_only_with_a_role(home: Home, lan: Caller) -> None:
    taught(home, lan, sent.ba_tu())
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Thị Xem")
    path = f"/xep-hang/tep/ten?unit={TUY_PHUOC}&form=csv"
    assert "Nguyễn Thị Lan" in minh.get(path).content.decode("utf-8-sig")
    assert "Nguyễn Thị Lan" not in minh.get(path.replace("/ten", "")).content.decode("utf-8-sig")
    assert "/xep-hang/tep/ten" in minh.get(f"/xep-hang?unit={TUY_PHUOC}").text
    mentor = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Mai")
    assert "/xep-hang/tep/ten" not in mentor.get(f"/xep-hang?unit={TUY_PHUOC}").text
    assert mentor.get(path).status_code == 403
    assert minh.get(f"/xep-hang/tep/ten?unit={ELSEWHERE}&form=csv").status_code == 404


def test_an_organizer_announces_and_withdraws_a_campaign(home: Home, day: date) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Thị Mở")
    assert "chưa công bố chiến dịch nào" in minh.get(f"/chien-dich?unit={TUY_PHUOC}").text
    said = {"unit": TUY_PHUOC, "name": "Chiến dịch 10/10", "begins": day.isoformat()}
    wrong = minh.post("/chien-dich", new(**said, ends=(day - timedelta(days=1)).isoformat()))
    assert wrong.status_code == 422
    assert "Ngày cuối ở trước ngày đầu" in wrong.text
    made = minh.post("/chien-dich", new(**said, ends=day.isoformat()))
    page = minh.get(made.headers["location"]).text
    assert "Đã công bố chiến dịch" in page
    assert "Đang diễn ra" in page
    again = minh.post("/chien-dich", new(**said, ends=day.isoformat()))
    assert again.status_code == 409
    ref = page.partition("/xep-hang?campaign=")[2].partition('"')[0]
    assert "Chiến dịch 10/10" in minh.get(f"/xep-hang?campaign={ref}").text
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    assert stranger.post(f"/chien-dich/{ref}/rut", new()).status_code == 404
    gone = minh.post(f"/chien-dich/{ref}/rut", new(unit=TUY_PHUOC))
    assert "chưa công bố chiến dịch nào" in minh.get(gone.headers["location"]).text


def test_a_board_is_asked_for_under_the_old_boundaries(reformed: Home) -> None:
    """What was taught in a commune of today counts in the province that it came from, too."""
    lan = reformed.known("lan")
    taught(reformed, lan, sent.ba_tu())
    old = "2025-06-30"
    assert rows(lan, of="provinces", boundaries=old) == [("Tỉnh Bình Định", 1, 1)]
    now = rows(lan, of="communes", unit=PROVINCE)
    assert [row[2] for row in now] == [1]
    page = Browsing(reformed).get(f"/xep-hang?of=communes&unit={BINH_DINH}&boundaries={old}")
    assert page.status_code == 200
    assert "Theo địa giới ngày 30/06/2025" in page.text
