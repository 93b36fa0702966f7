"""Teams by page and API, as an organizer forms them, a leader keeps them and programs ask for them."""

import re
from uuid import uuid4

import pytest

from domain.model import Role
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Caller, Home
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_pages import found


def new(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


def person(name: str, **other: str) -> dict[str, str]:
    return {"blocks": "1", "new-0-name": name, "new-0-birth_year": "1980", "new-0-contact": "yes"} | other


@pytest.fixture
def team(minh: Caller) -> str:
    made = minh.post("/teams", sent.team())
    assert made.status_code == 201
    ref: str = made.json()["team"]
    return ref


def test_an_organizer_forms_a_team_and_keeps_its_members(home: Home) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    assert "Ở đây chưa lập tổ nào" in minh.get("/to").text
    place = found(r'<option value="(\w+)">Xã Tuy Phước', minh.get("/to/lap").text)
    wish = {"unit": place, "name": "Tổ công nghệ số Phú Mỹ", "on": "2026-01-05"}
    made = minh.post("/to/lap", new(**wish)).headers["location"]
    ref = made.partition("?")[0]
    assert "Tổ chưa có thành viên" in minh.get(made).text
    again = minh.post("/to/lap", new(**(wish | {"name": "to cong nghe so phu my"})))
    assert (again.status_code, "Đơn vị này đã có tổ trùng tên" in again.text) == (409, True)

    added = minh.post(f"{ref}/them", new(on="2026-01-06", leader="yes", **person("Đỗ Thị Bán")))
    shown = minh.get(added.headers["location"]).text
    assert "Đỗ Thị Bán" in shown
    assert "Tổ trưởng" in shown
    member = found(r'<option value="(\w+)">Đỗ Thị Bán', shown)
    second = minh.post(f"{ref}/them", new(on="2026-01-06", leader="yes", **person("Lê Văn Nam")))
    assert "Tổ đã có tổ trưởng" in second.text
    early = minh.post(f"{ref}/them", new(on="2025-12-31", **person("Lê Văn Nam")))
    assert "Ngày này trước 05/01/2026" in early.text
    minh.post(f"{ref}/them", new(on="2026-01-06", **person("Lê Văn Nam")))

    wrong = minh.post(f"{ref}/roi", new(on="2026-01-01", member=member))
    assert (wrong.status_code, "Ngày này trước 06/01/2026" in wrong.text) == (422, True)
    stranger = minh.post(f"{ref}/to-truong", new(on=sent.today(), member="nobody"))
    assert "Tổ trưởng phải là thành viên của tổ" in stranger.text
    left = minh.post(f"{ref}/roi", new(on=sent.today(), member=member))
    assert "Tổ chưa có tổ trưởng" in minh.get(left.headers["location"]).text

    renamed = minh.post(f"{ref}/ten", new(name="Tổ Phú Mỹ 1"))
    assert "Tổ Phú Mỹ 1" in minh.get(renamed.headers["location"]).text
    for board in (f"/xep-hang?team={ref.rpartition('/')[2]}", f"/xep-hang?of=teams&unit={TUY_PHUOC}"):
        assert minh.get(board).status_code == 200
    for asked, there in (("phu my", True), ("bo de", False)):
        assert ("Tổ Phú Mỹ 1" in minh.get(f"/to?unit={TUY_PHUOC}&q={asked}").text) is there
    ended = minh.post(f"{ref}/giai-the", new(on=sent.today(), reason="joined-another"))
    assert "Tổ Phú Mỹ 1" not in minh.get(ended.headers["location"]).text
    gone = minh.get(ref).text
    assert "Giải thể ngày" in gone
    assert "Thêm thành viên" not in gone


def test_a_leader_sees_the_team_they_lead_and_whom_they_invite_joins_it(
    home: Home, minh: Caller, team: str
) -> None:
    home.catch_up()
    organizer = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    asked = {"role": "team-leader", "unit": TUY_PHUOC, "team": team, "people": "Trần Văn Trưởng,0905111222"}
    invited = organizer.post("/moi", new(**asked))
    assert "Từ hôm nay thuộc tổ" in invited.text
    again = organizer.post("/moi", new(**asked | {"people": "Võ Văn Phó,0905111223"}))
    assert "Từ hôm nay thuộc tổ" in again.text

    home.catch_up()
    leader = Browsing(home)
    leader.sign_in(found(r"(/vao/[\w-]+)", invited.text))
    leader.prove()
    assert leader.get("/to").headers["location"] == f"/to/{team}"
    shown = leader.get(f"/to/{team}").text
    assert "Võ Văn Phó" in shown
    assert "Giải thể" not in shown
    assert "thuộc tổ" in leader.get(f"/moi?team={team}").text
    mentor = {"role": "ambassador", "unit": TUY_PHUOC, "team": team, "people": "Hồ Thị Mới"}
    assert "Từ hôm nay thuộc tổ" in leader.post("/moi", new(**mentor)).text
    home.catch_up()
    assert "Hồ Thị Mới" in leader.get(f"/to/{team}").text

    other = minh.post("/teams", sent.team(name="Tổ khác")).json()["team"]
    assert leader.get(f"/to/{other}").status_code == 404
    assert leader.post(f"/to/{other}/them", new(on=sent.today(), **person("A"))).status_code == 404
    refused = organizer.post("/moi", new(**asked | {"team": other}))
    assert "Chưa vào tổ: Người này đang thuộc tổ khác" in refused.text


def test_what_members_bring_about_counts_for_the_team_while_they_belong(
    home: Home, minh: Caller, lan: Caller, team: str
) -> None:
    early = lan.post("/lessons", sent.lesson(sent.ong_sau(), on=sent.days_ago(2))).json()["teachings"][0]
    lan.post("/answers", {"code": early["code"], "answer": "able"})
    person_id = str(home.house.accounts.bearer(home.tokens["lan"]))
    joined = minh.post(f"/teams/{team}/members", new(on=sent.today()) | {"member": {"id": person_id}})
    assert joined.status_code == 201, joined.text
    for answer, who in (
        ("able", sent.ba_tu()),
        ("taught", sent.ba_tu(name="Lê Thị Năm", phone="0905222333")),
    ):
        taught = lan.post("/lessons", sent.lesson(who)).json()["teachings"][0]
        lan.post("/answers", {"code": taught["code"], "answer": answer})
    lan.post("/visits", sent.visit())
    last = lan.post("/visits", sent.visit())
    found = minh.get(f"/teams/{team}", position=last.json()["position"]).json()
    assert found["team"]["members"] == 1
    counted = found["all"]
    assert (counted["people"], counted["able"]) == (2, 1)
    assert (counted["visits"], counted["households"]) == (2, 1)
    assert found["month"] == counted
    left = minh.post(f"/teams/{team}/departures", new(on=sent.today(), member=person_id))
    after = minh.get(f"/teams/{team}", position=left.json()["position"]).json()
    assert (after["team"]["members"], after["all"]["people"]) == (0, 2)


def test_programs_page_through_the_teams_of_a_unit(home: Home, minh: Caller) -> None:
    for number in range(3):
        last = minh.post("/teams", sent.team(name=f"Tổ số {number}"))
    position = last.json()["position"]
    page = minh.get("/teams", unit=TUY_PHUOC, limit=2, position=position).json()
    rest = minh.get("/teams", unit=TUY_PHUOC, limit=2, after=page["after"]).json()
    assert [row["name"] for row in page["rows"] + rest["rows"]] == ["Tổ số 0", "Tổ số 1", "Tổ số 2"]
    assert (page["total"], rest["after"]) == (3, None)
    assert [row["name"] for row in minh.get("/teams", unit=TUY_PHUOC, name="SO 1").json()["rows"]] == [
        "Tổ số 1"
    ]


def test_what_cannot_be_is_said_in_a_sentence(minh: Caller) -> None:
    member = {"on": "2026-01-05", "member": {"name": "Đỗ Thị Bán"}}
    for path, body, said in (
        ("/teams", {"unit": TUY_PHUOC, "name": "", "on": "2026-01-05"}, "tên"),
        ("/teams", {"unit": TUY_PHUOC, "name": "Tổ", "on": "2999-01-05"}, "Ngày này chưa đến"),
        ("/teams", {"unit": TUY_PHUOC, "name": "Tổ", "on": "1905-06-01"}, "Trước 01/01/2010 chưa có tổ nào"),
        ("/teams/x/members", member, "Không có tổ này"),
        ("/teams/x/leader", {"on": "2026-01-05", "member": "x"}, "Không có tổ này"),
    ):
        detail = minh.post(path, new() | body).json()["detail"]
        assert said in detail
        assert detail.endswith(".")


def test_teams_elsewhere_look_like_none(home: Home, team: str) -> None:
    home.catch_up()
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    for path in (f"/to/{team}", "/to/khong-co", f"/to?unit={TUY_PHUOC}"):
        assert stranger.get(path).status_code == 404, path


def test_units_to_choose_from_are_those_that_the_page_opens_for(home: Home) -> None:
    """The country, and what lies beside, would be an address where there is nothing."""
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    for path in ("/to", "/noi-lam-viec", "/ket-noi"):
        said = minh.get(path).text
        offered = re.findall(
            r'<option value="([^"]+)"', said[said.index('name="unit"') :].split("</select>")[0]
        )
        assert TUY_PHUOC in offered
        assert not {"VN", PROVINCE, ELSEWHERE} & set(offered)


def test_who_leads_no_team_is_told_so(home: Home) -> None:
    leader = browsing(home, Role.TEAM_LEADER, TUY_PHUOC, "Trần Văn Trưởng")
    assert "chưa được ghi là tổ trưởng" in leader.get("/to").text


def test_a_cursor_that_no_page_gave_out_is_none(home: Home) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Thị Tổ")
    assert minh.get("/to?after=%00").status_code == 400
    assert home.known("minh").get("/teams", unit=TUY_PHUOC, after="\x00").status_code == 400
    assert minh.get("/to?after=to+so+1|x").status_code == 200
