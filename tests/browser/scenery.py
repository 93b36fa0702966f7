"""A movement in small, so that every page has something to show; and the list of all pages."""

import io
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pypdf

from domain.calendar import day_of
from domain.closing import month_before
from infrastructure.ledger.writer import utc_now
from tests.browser.conftest import Served
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC
from tests.interfaces.waiting import until

TODAY = day_of(utc_now()).isoformat()


@dataclass(frozen=True)
class Scene:
    """One page in one state, as somebody (`who`, None for anybody) sees it; `then` is the route of the
    page to which its first link of that kind leads, `asks` what is asked of that one."""

    name: str
    path: str
    who: str | None = None
    then: str | None = None
    asks: str = ""


@dataclass
class Scenery:
    scenes: list[Scene] = field(default_factory=list)

    def add(self, who: str | None, **paths: str) -> None:
        self.scenes += [Scene(name, path, who) for name, path in paths.items()]

    def follow(self, who: str, name: str, path: str, then: str, asks: str = "") -> None:
        self.scenes.append(Scene(name, path, who, then, asks))


class Teaches:
    """An ambassador who works through the API."""

    def __init__(self, served: Served, token: str) -> None:
        self._client = httpx.Client(
            base_url=f"{served.url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=20
        )
        self.position = 0

    def post(self, path: str, **body: object) -> dict[str, Any]:
        said = self._client.post(path, json={"submission": uuid4().hex} | body)
        assert said.is_success, said.text
        answer: dict[str, Any] = said.json()
        self.position = max(self.position, answer.get("position", 0))
        return answer

    def lesson(self, *names: str, skills: tuple[str, ...] = ("vneid",)) -> dict[str, Any]:
        learners = [{"name": name, "birth_year": 1956} for name in names]
        return self.post("/lessons", on=TODAY, unit=TUY_PHUOC, skills=skills, learners=learners)

    def answer(self, code: str, answer: str = "able") -> None:
        said = self._client.post("/answers", json={"code": code, "answer": answer})
        assert said.is_success, said.text
        self.position = max(self.position, said.json()["position"])

    def caught_up(self) -> None:
        self._client.get("/leaderboard", params={"position": self.position}).raise_for_status()


def set_up(served: Served) -> Scenery:
    lan, hoa = (Teaches(served, served.cast.tokens[who]) for who in ("ambassador", "second"))
    scenery = Scenery()
    lesson = lan.lesson("Nguyễn Thị Tư", "Lê Văn Sáu", "Phạm Thị Bảy", skills=("vneid", "cashless-payment"))
    waiting, denied, confirmed = lesson["teachings"]
    lan.answer(confirmed["code"])
    lan.answer(denied["code"], "able")
    lan.answer(denied["code"], "no")
    for number in ("Một", "Hai", "Ba", "Bốn", "Năm"):
        taught = lan.lesson(f"Nguyễn Văn {number}")["teachings"][0]
        lan.answer(taught["code"], "taught" if number == "Hai" else "able")
    contested = hoa.lesson("Phạm Thị Bảy")["teachings"][0]
    hoa.answer(contested["code"])
    family = lan.post(
        "/households",
        on=TODAY,
        unit=TUY_PHUOC,
        members=[{"name": "Võ Văn Chín", "birth_year": 1970}, {"name": "Võ Thị Mười", "birth_year": 1972}],
        declared=["cashless-payment", "smartphone-internet"],
    )
    lan.answer(family["declaration"]["code"])
    market = lan.post("/markets", unit=TUY_PHUOC, name="Chợ Bồ Đề", stalls=2)
    vendor = lan.post("/vendors", market=market["market"], vendor={"name": "Đỗ Thị Bán", "birth_year": 1980})
    onboarded = lan.post(f"/vendors/{vendor['vendor']}/onboardings", on=TODAY, means=["cashless-payment"])
    _more_vendors(lan, market["market"])
    lan.position = max(lan.position, hoa.position)
    lan.caught_up()
    _pages(served, scenery, lesson, waiting, denied, confirmed, contested, family, market, onboarded)
    vendor_page = f"/tieu-thuong/{vendor['vendor']}"
    scenery.add("ambassador", market=f"/cho/{market['market']}", vendor=vendor_page)
    scenery.add(None, my_data_by_code="/du-lieu", erased="/du-lieu/da-xoa")
    scenery.add("ambassador", my_data="/toi/du-lieu")
    _asked(served, waiting["code"])
    scenery.add("ambassador", territory="/dia-gioi?q=tuy%20phuoc", territory_unit="/dia-gioi/21952")
    scenery.add("organizer", requests="/yeu-cau", placing="/dia-gioi/cho-phan")
    divided = "/dia-gioi/cho-phan", "/dia-gioi/cho-phan/{ref}"
    scenery.follow("organizer", "placing_one", *divided)
    scenery.follow("organizer", "placing_accounts", *divided, "?what=account")
    scenery.follow("organizer", "request", "/yeu-cau", "/yeu-cau/{ref}")
    scenery.follow("organizer", "account", "/tai-khoan", "/tai-khoan/{person}")
    scenery.add(
        "auditor", reads="/kiem-toan", reads_none="/kiem-toan?who=nobody", reads_wrong="/kiem-toan?since=x"
    )
    scenery.add("organizer", market_organized=f"/cho/{market['market']}", vendor_organized=vendor_page)
    _workplaces(served, scenery, lesson)
    _boards(served, scenery)
    _reports(served, scenery)
    _lists(served, scenery)
    _team(served, scenery, lan, family["household"])
    _class(scenery, lan)
    scenery.add(None, certificate_stands=_certificate(served))
    _milestones(served, scenery, waiting, confirmed)
    return scenery


def _reports(served: Served, scenery: Scenery) -> None:
    """A month that was closed and reported, and one that still runs."""
    minh = Teaches(served, served.cast.tokens["organizer"])
    last = month_before(TODAY[:7])
    minh.post(f"/months/{PROVINCE}/{last}/close")
    minh.caught_up()
    minh.post(f"/months/{PROVINCE}/{last}/send")
    minh.caught_up()
    scenery.add(
        "organizer",
        reports="/bao-cao",
        report=f"/bao-cao/{PROVINCE}/{TODAY[:7]}",
        report_closed=f"/bao-cao/{PROVINCE}/{last}",
        report_commune=f"/bao-cao/{TUY_PHUOC}/{last}",
        report_template=f"/bao-cao/mau/{PROVINCE}",
    )


def _boards(served: Served, scenery: Scenery) -> None:
    """A campaign that goes on, and a size that an office declared."""
    minh = Teaches(served, served.cast.tokens["organizer"])
    held = minh.post("/campaigns", unit=TUY_PHUOC, name="Chiến dịch 10/10", begins=TODAY, ends=TODAY)
    minh.caught_up()
    campaign = f"/xep-hang?campaign={held['campaign']}"
    scenery.add("organizer", campaigns=f"/chien-dich?unit={TUY_PHUOC}", ranking_campaign=campaign)
    scenery.add(
        None,
        campaigns_none="/chien-dich",
        ranking_communes=f"/xep-hang?of=communes&unit={PROVINCE}",
        ranking_similar=f"/xep-hang?of=communes&unit={TUY_PHUOC}&similar=1",
        ranking_days=f"/xep-hang?unit={TUY_PHUOC}&from=2026-01-01&to={TODAY}",
    )


def _workplaces(served: Served, scenery: Scenery, lesson: dict[str, Any]) -> None:
    """One to which somebody belongs who is able, and somebody who was just added."""
    minh = Teaches(served, served.cast.tokens["organizer"])
    made = minh.post("/workplaces", unit=TUY_PHUOC, kind="school", name="Trường THCS Phước Hòa")
    path = f"/workplaces/{made['workplace']}/members"
    minh.post(path, on=TODAY, member={"id": lesson["teachings"][2]["learner"]}, unit=TUY_PHUOC)
    minh.post(path, on=TODAY, member={"name": "Đặng Văn Giáo", "birth_year": 1985}, unit=TUY_PHUOC)
    minh.caught_up()
    scenery.add(
        "organizer",
        workplaces=f"/noi-lam-viec?unit={TUY_PHUOC}",
        workplace=f"/noi-lam-viec/{made['workplace']}",
        workplaces_none=f"/noi-lam-viec?unit={ELSEWHERE}",
        reminders="/nhac-viec",
        reminders_none="/nhac-viec?show=sending",
        statuses_organized=f"/trang-thai?status=digital-unit&unit={TUY_PHUOC}",
    )
    scenery.add(
        None,
        statuses_of_villages="/trang-thai",
        statuses=f"/trang-thai?status=digital-unit&unit={PROVINCE}",
    )


def _lists(served: Served, scenery: Scenery) -> None:
    """One whose columns are asked for, and one that was looked at and has a bad row."""
    headers = {"authorization": f"Bearer {served.cast.tokens['organizer']}"}
    asked = {"unit": TUY_PHUOC, "kind": "markets", "name": "cho.csv"}
    rows = "Tên chợ;Số sạp\nChợ Gò Bồi;40\nChợ Dinh;nhiều\n".encode()

    def call(path: str, **sent: Any) -> dict[str, Any]:
        said = httpx.post(f"{served.url}/api/v1/imports{path}", headers=headers, timeout=20, **sent)
        assert said.is_success, said.text
        answer: dict[str, Any] = said.json()
        return answer

    def looked_at() -> bool:
        said = httpx.get(f"{served.url}/api/v1/imports/{second}", headers=headers, timeout=20)
        return bool(said.json()["state"] == "checked")

    first, second = (call("", params=asked, content=rows)["id"] for _ in range(2))
    call(f"/{second}/columns", json={"columns": ["market", "stalls"]})
    until(looked_at)
    scenery.add(
        "organizer",
        lists="/nhap",
        list_file=f"/nhap/moi?unit={TUY_PHUOC}&kind=members",
        list_columns=f"/nhap/{first}",
        list_checked=f"/nhap/{second}",
    )


def _milestones(served: Served, scenery: Scenery, waiting: dict[str, Any], confirmed: dict[str, Any]) -> None:
    """Somebody has answered one question; and a form of KoboToolbox sent something that waits."""
    said = {"code": confirmed["code"], "milestone": "online-public-service"}
    httpx.post(f"{served.url}/api/v1/milestones/answers", json=said, timeout=20).raise_for_status()
    scenery.add(
        None,
        courses="/khoa-hoc",
        milestone_asked=f"/x/{waiting['code']}/cot-moc",
        milestones_said=f"/x/{confirmed['code']}/cot-moc?ask=xong",
    )
    scenery.add(
        "ambassador",
        milestone_own="/toi/cot-moc",
        milestones_own="/toi/cot-moc?ask=xong",
        milestone_witness=f"/buoi/{waiting['teaching']}/cot-moc",
    )
    scenery.add(
        "organizer",
        milestones="/cot-moc",
        milestones_commune=f"/don-vi/{TUY_PHUOC}/cot-moc?milestone=cashless-payment",
        connections="/ket-noi",
        connection=f"/ket-noi/{_connected(served)}",
        connection_edit=_edited(served),
    )
    scenery.add("administrator", connections_none="/ket-noi")


def _connected(served: Served) -> str:
    """A form with a submission that waits to be mended."""
    body = {
        "_uuid": uuid4().hex,
        "nguoi_hoc/ho_va_ten": "Võ Thị Hai",
        "buoi/ngay": TODAY,
        "buoi/ghi_chu": "–",
    }
    return _form(served, "lesson", body)


def _edited(served: Served) -> str:
    """An edit, of another form, that waits for a decision."""
    first, after = uuid4().hex, uuid4().hex
    body = {"_uuid": first, "ho_va_ten": "Võ Thị Hai", "nam_sinh": "1958", "chu_ky_so": "co", "dvc": "co"}
    edit = {"_uuid": after, "meta/rootUuid": first, "ho_va_ten": "Võ Thị Hai", "nam_sinh": "1958"}
    ref = _form(served, "milestone", body, edit | {"dich_vu_cong": "co"})
    shown = httpx.get(f"{served.url}/ket-noi/{ref}", headers=_organizer(served), timeout=20)
    (href,) = re.findall(r'href="(/ket-noi/[^"/]+/sua/[^"]+)"', shown.text)
    return str(href)


def _organizer(served: Served) -> dict[str, str]:
    return {"authorization": f"Bearer {served.cast.tokens['organizer']}", "sec-fetch-site": "same-origin"}


def _form(served: Served, tells: str, *bodies: dict[str, str]) -> str:
    """Connects one that sends these, of which the last one waits."""
    form = {"submission": uuid4().hex, "unit": TUY_PHUOC, "source": "kobo", "tells": tells, "name": "Phiếu 1"}
    made = httpx.post(f"{served.url}/ket-noi", data=form, headers=_organizer(served), timeout=20)
    assert made.status_code == 200, made.text
    ref, secret = re.findall(r'<code class="link">(?:[^<]*/)?([^</]+)</code>', made.text)
    for body in bodies:
        sent = httpx.post(
            f"{served.url}/api/v1/kobo/{ref}", json=body, headers={"x-api-key": secret}, timeout=20
        )
    assert sent.status_code == 202, sent.text
    return str(ref)


def _team(served: Served, scenery: Scenery, lan: Teaches, family: str) -> None:
    """One with a leader and a member; visits to more households than there are said to be."""
    minh = Teaches(served, served.cast.tokens["organizer"])
    team = minh.post("/teams", unit=TUY_PHUOC, name="Tổ công nghệ số Phú Mỹ", on="2026-01-05")["team"]
    for name, leads in (("Trần Văn Trưởng", True), ("Võ Thị Viên", False)):
        member = {"name": name, "birth_year": 1988}
        minh.post(f"/teams/{team}/members", on=TODAY, member=member, leader=leads)
    lan.post("/visits", on=TODAY, unit=TUY_PHUOC, number=12, found=["smartphone"], needs=["vneid"])
    lan.post("/visits", on=TODAY, unit=TUY_PHUOC, household=family, needs=["vneid", "video-call"])
    minh.post(f"/units/{TUY_PHUOC}/households", households=1, on=TODAY, document="12/BC-UBND")
    minh.caught_up()
    lan.caught_up()
    scenery.add(
        "organizer",
        teams=f"/to?unit={TUY_PHUOC}",
        teams_none=f"/to?unit={ELSEWHERE}",
        team_new="/to/lap",
        team=f"/to/{team}",
        coverage=f"/don-vi/{TUY_PHUOC}/di-ho",
    )
    scenery.add("ambassador", visit="/ghi/di-ho")


def _certificate(served: Served) -> str:
    """Where the ambassador's certificate is checked, once the confirmations have made them one."""
    headers = {
        "authorization": f"Bearer {served.cast.tokens['ambassador']}",
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
    }

    def made() -> httpx.Response | None:
        said = httpx.post(f"{served.url}/toi/chung-nhan", headers=headers, timeout=20)
        return said if said.status_code == 200 else None

    text = pypdf.PdfReader(io.BytesIO(until(made).content)).pages[0].extract_text()
    found = re.search(r"/vinh-danh/kiem/\w{20}", text)
    assert found, text
    return found[0]


def _class(scenery: Scenery, lan: Teaches) -> None:
    """One that learners check in to: one has, one has no phone and waits for a witness."""
    opened = lan.post("/classes", unit=TUY_PHUOC, skills=["vneid"])
    lesson, code = opened["lesson"], opened["code"]
    lan.post("/check-ins", code=code, name="Hồ Văn Lớp", birth_year=1959, answer="able", device="a" * 32)
    lan.post(f"/classes/{lesson}/learners", learner={"name": "Bùi Thị Không Máy", "birth_year": 1948})
    over = lan.post("/classes", unit=TUY_PHUOC, skills=["vneid"])
    lan.post(f"/classes/{over['lesson']}/close")
    lan.caught_up()
    scenery.add(
        "ambassador",
        near=f"/ghi/quanh-day?unit={TUY_PHUOC}",
        class_new="/lop",
        class_wall=f"/lop/{lesson}",
        class_roll=f"/lop/{lesson}/diem-danh",
        class_over=f"/lop/{over['lesson']}/diem-danh",
        certificate="/toi/chung-nhan",
    )
    scenery.add("organizer", witnessing="/lam-chung", witness=f"/lam-chung/{lesson}")
    scenery.add(
        None,
        check_in=f"/l/{code}",
        checked_in=f"/l/{code}/cam-on",
        class_closed=f"/l/{over['code']}",
        no_such_class="/l/ABCDEFGH",
        no_such_certificate="/vinh-danh/kiem/ABCDEFGH",
    )


def _asked(served: Served, code: str) -> None:
    """A learner asks for something about her own data."""
    said = httpx.post(
        f"{served.url}/du-lieu/yeu-cau",
        data={"code": code, "known": "1956", "kind": "correct", "words": "Tôi sinh năm 1957"},
        headers={"sec-fetch-site": "same-origin"},
        timeout=20,
    )
    assert said.is_success, said.text


def _more_vendors(lan: Teaches, market: str) -> None:
    """One onboarded and seen trading, one who left, one of whom nothing is known yet."""

    def vendor(name: str) -> str:
        person = {"name": name, "birth_year": 1981}
        ref: str = lan.post("/vendors", market=market, vendor=person)["vendor"]
        return ref

    active, gone, _new = vendor("Lý Thị Hoa"), vendor("Trương Văn Đi"), vendor("Ngô Thị Mới")
    logged = lan.post(f"/vendors/{active}/onboardings", on=TODAY, means=["cashless-payment", "e-commerce"])
    lan.answer(logged["code"])
    lan.post(f"/vendors/{active}/sightings", on=TODAY, means="cashless-payment")
    lan.post(f"/vendors/{gone}/departure", on=TODAY)


def _pages(served, scenery, lesson, waiting, denied, confirmed, contested, family, market, onboarded) -> None:
    scenery.add(
        None,
        start="/",
        code="/xac-nhan",
        honours="/vinh-danh",
        map_public="/ban-do",
        honours_year=f"/vinh-danh?unit={TUY_PHUOC}&year={TODAY[:4]}",
        honours_families="/vinh-danh?status=family",
        honours_markets="/vinh-danh?status=market",
        ranking_public=f"/xep-hang?unit={PROVINCE}",
        question=f"/x/{waiting['code']}",
        question_answered=f"/x/{confirmed['code']}",
        thanks=f"/x/{confirmed['code']}/cam-on",
        question_vendor=f"/x/{onboarded['code']}",
        no_such_code="/x/ABCDEFGH",
        invitation=served.cast.links["new"].removeprefix(served.url),
        no_such_invitation="/vao/khong-co",
        not_found="/khong-co",
        sign_in_first="/ghi",
        sign_in="/dang-nhap",
        no_such_set_up="/bat-dau/khong-co",
        api="/api/v1",
    )
    scenery.add(
        "ambassador",
        lesson="/ghi",
        lesson_sent=f"/ghi/da-gui/{lesson['lesson']}",
        family_form="/ghi/gia-dinh",
        family=f"/gia-dinh/{family['household']}",
        markets="/ghi/tieu-thuong",
        vendor_form=f"/ghi/tieu-thuong/{market['market']}",
        mine="/toi",
        remind=f"/toi/nhac/{waiting['teaching']}",
        entry=f"/buoi/{waiting['teaching']}",
        ranking=f"/xep-hang?unit={TUY_PHUOC}",
        ranking_vendors="/xep-hang?metric=vendors",
        ranking_month=f"/xep-hang?metric=families&period={TODAY[:7]}",
        profile="/toi/ho-so",
        older="/toi/truoc?before=1",
        security="/bao-mat",
        devices="/thiet-bi",
        sign_out="/ra",
    )
    scenery.add(
        "organizer",
        units="/don-vi",
        unit=f"/don-vi/{PROVINCE}",
        commune=f"/don-vi/{TUY_PHUOC}",
        targets=f"/don-vi/{PROVINCE}/chi-tieu",
        elsewhere="/don-vi/01",
        invite="/moi",
        accounts="/tai-khoan",
        review="/xem-xet",
        entries="/xem-xet?show=all",
        entries_denied="/xem-xet?show=denied",
        entries_none="/xem-xet?show=all&before=1",
        entry_denied=f"/buoi/{denied['teaching']}",
        entry_contested=f"/buoi/{contested['teaching']}",
        everything="/viec",
        map="/ban-do",
        map_commune=f"/ban-do?unit={TUY_PHUOC}",
        map_adults=f"/ban-do?unit={PROVINCE}&by=per-adult",
    )
    scenery.add(
        "beginner",
        lesson_first="/ghi",
        family_form_first="/ghi/gia-dinh",
        markets_first="/ghi/tieu-thuong",
        mine_empty="/toi",
        ranking_empty=f"/xep-hang?unit={ELSEWHERE}",
        honours_none=f"/vinh-danh?unit={ELSEWHERE}",
        older_none="/toi/truoc?before=1",
    )
    scenery.add(
        "administrator",
        accounts_administrator="/tai-khoan",
        invite_administrator="/moi",
        territory_changes="/dia-gioi/thay-doi",
        territory_change="/dia-gioi/thay-doi?change=merged&unit=52",
        unit_administrator="/don-vi",
    )
    scenery.add(
        "committee",
        awards="/khen-thuong",
        nominees=f"/khen-thuong?unit={PROVINCE}&done_by={TODAY}&received_by={TODAY}",
        security_committee="/bao-mat",
        app="/bao-mat/ung-dung",
        confirming="/xac-thuc?next=/khen-thuong",
        nominees_ready=f"/khen-thuong/tep?unit={PROVINCE}&done_by={TODAY}&received_by={TODAY}&form=csv&waited=1",
        not_allowed="/xem-xet",
        awards_wrong=f"/khen-thuong?unit={PROVINCE}&done_by={TODAY}&received_by=2026-02-31",
    )
