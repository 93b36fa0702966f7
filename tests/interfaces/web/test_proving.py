"""Proving who one is: what roles ask for, confirming anew, devices, and sessions that end or change."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import urlencode

import pyotp
import pytest
from msgspec import structs
from sqlalchemy import select

from application import access, people
from application.actors import OPERATOR
from application.forms.access import InviteForm, RevokeForm
from application.forms.people import MergeForm
from application.ids import new_id
from domain.model import Role
from infrastructure import logs
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.tables import session, used_challenge
from infrastructure.ledger.writer import utc_now
from interfaces.permissions import RULES
from interfaces.web.arriving import FILES, next_of
from interfaces.web.filled import filled
from tests.interfaces.homes import PROVINCE, TUY_PHUOC
from tests.interfaces.proving import with_an_app
from tests.interfaces.web.browsing import Browsing, browsing, invited

STRONG = (Role.ORGANIZER, Role.COMMITTEE, Role.SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR)

ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\tevil",
    "javascript:alert(1)",
    "evil",
    "",
    "/" + "a" * 600,
    "/é",
    "/\r\nSet-Cookie: a=b",
)


def entered(home, role, unit=PROVINCE, name="Nguyễn Văn Mới") -> Browsing:
    """Somebody who opened their link, and did no more."""
    somebody = Browsing(home)
    somebody.sign_in(f"/vao/{invited(home, role, unit, name).token}")
    return somebody


def rows(home, table=session):
    with home.house.database.reading() as connection:
        return connection.execute(select(table)).all()


def later(home, **ahead):
    """Lets time go by for everybody in the house."""
    clock = lambda: utc_now() + timedelta(**ahead)  # noqa: E731
    home.house.clock = clock
    home.house.accounts._clock = clock
    home.house.factors._clock = clock


class TestWhatRolesAskFor:
    @pytest.mark.parametrize("role", STRONG)
    def test_everything_leads_to_what_they_sign_in_with(self, home, role):
        somebody = entered(home, role, "VN" if role is Role.ADMINISTRATOR else PROVINCE)

        for path in ("/", "/don-vi", "/khen-thuong", "/thiet-bi"):
            answer = somebody.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/bao-mat"), path
            assert somebody.get(answer.headers["location"]).status_code == 200, path
        public = somebody.get("/xep-hang?metric=vendors")
        assert 'name="form_token"' not in public.text, "there they are nobody"

    def test_programs_of_ours_are_told(self, home):
        somebody = entered(home, Role.COMMITTEE)
        answer = somebody.get(f"/api/v1/nominees?unit={PROVINCE}&status=ambassador")
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"

    def test_nothing_is_done_by_a_session_that_proved_nothing(self, home):
        somebody = entered(home, Role.ORGANIZER, TUY_PHUOC)
        head = home.house.ledger.head()
        answer = somebody.post("/moi", {"submission": new_id(), "unit": TUY_PHUOC, "people": "Trần Văn An"})
        assert answer.status_code == 303
        assert home.house.ledger.head() == head

    def test_signing_out_is_always_possible(self, home):
        somebody = entered(home, Role.COMMITTEE)
        assert somebody.get("/ra").status_code == 200
        assert somebody.post("/ra", {}).status_code == 303
        assert rows(home) == []

    def test_an_ambassador_goes_to_work_with_neither(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        assert lan.get("/ghi").status_code == 200

    def test_a_session_by_the_link_alone_does_not_do_where_an_app_is_set_up(self, home):
        hanh = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
        person = home.house.accounts.session(hanh.cookie).person
        stolen = Browsing(home)
        stolen.sign_in(f"/vao/{home.run(home.house.accounts.issue(person))}")

        answer = stolen.get("/bao-mat")

        assert answer.headers["location"].startswith("/xac-thuc")
        for path in ("/bao-mat/ung-dung", "/bao-mat/khoa"):
            assert stolen.get(path).headers["location"].startswith("/xac-thuc")
        assert stolen.post("/bao-mat/ung-dung/go", {}).headers["location"].startswith("/bao-mat?next=")
        assert home.house.factors.enrolled(person).one_time is not None

    def test_the_last_app_of_an_organizer_stays(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        answer = minh.post("/bao-mat/ung-dung/go", {})
        assert answer.status_code == 422
        assert minh.get("/moi").status_code == 200

    def test_recovery_codes_are_no_way_around(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        assert minh.post("/bao-mat/ma-du-phong", {}).status_code == 422


class TestSteppingUp:
    def test_what_has_consequences_asks_again_after_five_minutes(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        people = {"submission": new_id(), "unit": TUY_PHUOC, "people": "Trần Văn An", "role": "ambassador"}
        assert minh.post("/moi", people).status_code == 200

        later(home, minutes=6)
        answer = minh.post("/moi", people | {"submission": new_id()})

        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/xac-thuc?next=")
        again = minh.get(answer.headers["location"])
        assert (again.status_code, "hãy bấm lại việc vừa chọn" in again.text) == (200, True)

    def test_on_the_way_to_a_file_it_leads_back_to_the_page_with_the_link(self, home):
        """A browser that saves a file goes on showing the page before: that of the digits."""
        kiem = browsing(home, Role.AUDITOR, TUY_PHUOC, "Vũ Thị Kiểm")
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        later(home, minutes=6)
        from_its_page = kiem.get("/kiem-toan/tap-tin?who=x", referer="/kiem-toan?who=x")
        assert from_its_page.headers["location"] == "/xac-thuc?next=%2Fkiem-toan%3Fwho%3Dx&again=1"
        assert "tap-tin" in kiem.get("/kiem-toan/tap-tin").headers["location"]

        report = f"/bao-cao/{TUY_PHUOC}/{_today()[:7]}"
        from_its_page = minh.get(f"{report}/tep?format=docx", referer=report)
        assert from_its_page.headers["location"] == "/xac-thuc?" + urlencode({"next": report, "again": "1"})

    def test_no_file_is_forgotten(self):
        asked = {path for (method, path), rule in RULES.items() if method == "GET" and rule.step_up}
        files = {path for path in asked if {"tep", "tap-tin"} & set(path.split("/"))}
        assert files == FILES

    def test_digits_of_the_app_lead_back(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        later(home, minutes=6)
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())
        before = minh.cookie

        answer = minh.post("/xac-thuc/ung-dung", {"digits": digits, "next": "/moi"})

        assert answer.headers["location"] == "/moi"
        assert minh.cookie != before
        assert home.house.accounts.session(before) is None

    def test_the_same_digits_lead_nowhere(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        later(home, minutes=6)
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())
        minh.post("/xac-thuc/ung-dung", {"digits": digits})
        refused = minh.post("/xac-thuc/ung-dung", {"digits": digits})
        assert (refused.status_code, 'id="problems" autofocus' in refused.text) == (422, True)

    def test_who_tries_too_often_is_refused_the_right_digits_too(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        later(home, minutes=6)
        right = pyotp.TOTP(minh.secret).at(home.house.clock())
        wrong = "000000" if right != "000000" else "111111"
        for _ in range(5):
            assert minh.post("/xac-thuc/ung-dung", {"digits": wrong}).status_code == 422
        assert minh.post("/xac-thuc/ung-dung", {"digits": right}).status_code == 429

    def test_it_leads_to_pages_of_ours_only(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        for number, elsewhere in enumerate(ELSEWHERE[::3], start=1):
            later(home, minutes=20 * number)  # digits count once
            digits = pyotp.TOTP(minh.secret).at(home.house.clock())
            answer = minh.post("/xac-thuc/ung-dung", {"digits": digits, "next": elsewhere})
            assert answer.headers["location"] == "/", elsewhere

    @pytest.mark.parametrize("elsewhere", ELSEWHERE)
    def test_no_page_of_others_is_led_to(self, elsewhere):
        assert next_of(elsewhere) == "/"

    @pytest.mark.parametrize(
        "path", ["/", "/moi", "/don-vi/52?at=7", "/khen-thuong?unit=52&done_by=2026-01-01"]
    )
    def test_a_page_of_ours_is_led_back_to(self, path):
        assert next_of(path) == path


class TestSigningIn:
    def test_looking_at_the_page_writes_nothing(self, home):
        before = rows(home), rows(home, used_challenge)
        somebody = Browsing(home)
        assert somebody.get("/dang-nhap").status_code == 200
        assert "set-cookie" not in somebody.get("/dang-nhap").headers
        assert (rows(home), rows(home, used_challenge)) == before

    def test_where_browsers_take_no_passkeys_none_is_offered(self, home):
        assert "data-passkey" not in Browsing(home).get("/dang-nhap").text  # 127.0.0.1 is no name

    def test_by_an_app_on_another_device(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        person = home.house.accounts.session(minh.cookie).person
        login = home.house.factors.enrolled(person).one_time.login
        later(home, minutes=1)
        other = Browsing(home)
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())

        answer = other.post("/dang-nhap/ung-dung?next=/moi", {"login": login.lower(), "digits": digits})

        assert (answer.status_code, answer.headers["location"]) == (303, "/moi")
        assert other.get("/moi").status_code == 200

    def test_a_session_that_the_client_chose_does_not_survive_it(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        person = home.house.accounts.session(minh.cookie).person
        login = home.house.factors.enrolled(person).one_time.login
        later(home, minutes=1)
        victim = Browsing(home)
        victim.set_cookie("chosen-by-an-attacker")
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())
        victim.post("/dang-nhap/ung-dung", {"login": login, "digits": digits})
        assert victim.cookie != "chosen-by-an-attacker"
        assert home.house.accounts.session("chosen-by-an-attacker") is None

    def test_a_wrong_name_and_wrong_digits_are_answered_alike(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        person = home.house.accounts.session(minh.cookie).person
        login = home.house.factors.enrolled(person).one_time.login
        one = Browsing(home).post("/dang-nhap/ung-dung", {"login": login, "digits": "12345"})
        other = Browsing(home).post("/dang-nhap/ung-dung", {"login": "AAAAAAAA", "digits": "12345"})
        assert one.status_code == other.status_code == 422
        assert one.text.replace(login, "") == other.text.replace("AAAAAAAA", "")

    def test_by_a_recovery_code_once(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        page = lan.post("/bao-mat/ma-du-phong", {})
        code = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", page.text)[0]
        assert page.headers["cache-control"] == "no-store"
        other = Browsing(home)
        assert other.post("/dang-nhap/ma-du-phong", {"code": code}).status_code == 303
        assert other.get("/ghi").status_code == 200
        assert Browsing(home).post("/dang-nhap/ma-du-phong", {"code": code}).status_code == 422


class TestTheLog:
    """Who came in or was refused, and by what, is a line of its own."""

    def lines(self, caplog):
        return [
            (one.message, one.factor, getattr(one, "account", None))
            for one in caplog.records
            if hasattr(one, "factor")
        ]

    def test_of_signing_in_and_of_confirming(self, home, caplog):
        caplog.set_level("INFO")
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        person = home.house.accounts.session(minh.cookie).person
        login = home.house.factors.enrolled(person).one_time.login
        later(home, minutes=6)
        Browsing(home).post("/dang-nhap/ung-dung", {"login": login, "digits": "12345"})
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())
        Browsing(home).post("/dang-nhap/ung-dung", {"login": login, "digits": digits})
        minh.post("/xac-thuc/ung-dung", {"digits": digits})  # used up
        later(home, minutes=12)
        minh.post("/xac-thuc/ung-dung", {"digits": pyotp.TOTP(minh.secret).at(home.house.clock())})

        assert self.lines(caplog) == [
            ("signed in", "link", person),
            ("sign-in refused", "totp", None),
            ("signed in", "totp", person),
            ("confirmation refused", "totp", person),
            ("confirmed", "totp", person),
        ]
        assert "factor" in logs._SHOWN


class TestDevices:
    def test_one_ends_ones_own_and_nobody_elses(self, home):
        lan, hoa = entered(home, Role.AMBASSADOR, TUY_PHUOC), entered(home, Role.AMBASSADOR, TUY_PHUOC, "Hòa")
        theirs = home.house.accounts.session(hoa.cookie).id
        mine = home.house.accounts.session(lan.cookie).id

        assert lan.post(f"/thiet-bi/{theirs}/ket-thuc", {}).status_code == 404
        assert hoa.get("/ghi").status_code == 200
        assert lan.post(f"/thiet-bi/{mine}/ket-thuc", {}).headers["location"] == "/ra", "it warns, and wipes"
        other = Browsing(home)
        other.sign_in(
            f"/vao/{home.run(home.house.accounts.issue(home.house.accounts.session(lan.cookie).person))}"
        )
        assert other.post(f"/thiet-bi/{mine}/ket-thuc", {}).status_code == 303
        assert lan.get("/ghi").status_code == 401

    def test_those_of_somebody_known_twice_are_listed_and_ended_together(self, home):
        lan, hoa = entered(home, Role.AMBASSADOR, TUY_PHUOC), entered(home, Role.AMBASSADOR, TUY_PHUOC, "Hòa")
        mine, theirs = (home.house.accounts.session(one.cookie) for one in (lan, hoa))
        form = MergeForm(submission=new_id(), person=theirs.person, into=mine.person)
        home.run(people.merge(home.house.ground, OPERATOR, form))

        assert f"/thiet-bi/{theirs.id}/ket-thuc" in lan.get("/thiet-bi").text
        assert lan.post(f"/thiet-bi/{theirs.id}/ket-thuc", {}).status_code == 303
        assert hoa.get("/ghi").status_code == 401
        assert lan.get("/ghi").status_code == 200

    def test_who_has_an_app_shows_it_before_the_others_end(self, home):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        session = home.house.accounts.session(minh.cookie)
        other = Browsing(home)
        other.sign_in(f"/vao/{home.run(home.house.accounts.issue(session.person))}")
        theirs = f"/thiet-bi/{home.house.accounts.session(other.cookie).id}/ket-thuc"
        later(home, minutes=6)
        for path in (theirs, "/thiet-bi/ket-thuc"):
            assert minh.post(path, {}).headers["location"].startswith("/xac-thuc")
        assert minh.post(f"/thiet-bi/{session.id}x/ket-thuc", {}).status_code == 404
        assert home.house.accounts.session(other.cookie)
        digits = pyotp.TOTP(minh.secret).at(home.house.clock())
        assert minh.post("/xac-thuc/ung-dung", {"digits": digits}).status_code == 303
        assert minh.post(theirs, {}).headers["location"] == "/thiet-bi"
        assert not home.house.accounts.session(other.cookie)

    def test_a_session_that_ends_elsewhere_ends_here_with_the_next_request(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        assert lan.get("/ghi").status_code == 200  # remembered now
        found = home.house.accounts.session(lan.cookie)
        home.run(home.house.accounts.end_devices(found.person))
        assert lan.get("/ghi").status_code == 401

    def test_one_that_another_process_ended_writes_nothing_more(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        assert lan.get("/ghi").status_code == 200
        found = home.house.accounts.session(lan.cookie)
        elsewhere = Accounts(home.house.database, home.house.ledger)
        home.run(elsewhere.end_devices(found.person))
        head = home.house.ledger.head()
        assert lan.post("/ghi", {"submission": new_id()}).status_code in (401, 403)
        assert home.house.ledger.head() == head

    def test_ending_beats_a_request_in_flight(self, home):
        """A lesson begun under a session that ends before it is recorded is not recorded."""
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        found = home.house.accounts.session(lan.cookie)
        head = home.house.ledger.head()
        body = {"submission": new_id(), "on": _today(), "unit": TUY_PHUOC, "skills": ["vneid"]}
        learners = [{"name": "Nguyễn Thị Tư", "birth_year": 1956}]

        async def race():
            ending = asyncio.ensure_future(home.house.accounts.end_devices(found.person))
            sending = asyncio.ensure_future(lan.send_json("/api/v1/lessons", body | {"learners": learners}))
            # The request is recognised while the ending already waits in the writer.
            home.house.accounts._sessions._found.clear()
            return await asyncio.gather(ending, sending)

        _ended, answer = home.run(race())
        assert answer.status_code == 401
        assert home.house.ledger.head() == head

    def test_without_an_ending_the_same_request_is_recorded(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        body = {"submission": new_id(), "on": _today(), "unit": TUY_PHUOC, "skills": ["vneid"]}
        learners = [{"name": "Nguyễn Thị Tư", "birth_year": 1956}]
        answer = home.run(lan.send_json("/api/v1/lessons", body | {"learners": learners}))
        assert answer.status_code == 201


class TestLimits:
    def test_officials_have_an_hour_and_a_day_of_work(self, home):
        hanh = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
        later(home, minutes=61)
        assert hanh.get("/khen-thuong").status_code == 401

    def test_however_busy_they_are(self, home):
        hanh = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
        for minutes in range(50, 12 * 60, 50):
            later(home, minutes=minutes)
            assert hanh.get("/khen-thuong").status_code == 200
            home.house.ledger.write(lambda connection: None).result()
        later(home, hours=12, minutes=1)
        assert hanh.get("/khen-thuong").status_code == 401


class TestOtherRoles:
    def test_a_new_role_gives_the_session_a_new_token(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        before = lan.cookie
        assert lan.get("/ghi").status_code == 200
        assert lan.cookie == before
        invited(home, Role.TEAM_LEADER, TUY_PHUOC, "Nguyễn Văn Mới")
        home.house._actors.forget_all()

        assert lan.get("/ghi").status_code == 200

        assert lan.cookie != before
        assert home.house.accounts.session(before, fresh=True) is None
        assert lan.get("/ghi").status_code == 200

    def test_a_page_that_was_asked_for_at_the_same_moment_is_shown_too(self, home):
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        before = lan.cookie
        invited(home, Role.TEAM_LEADER, TUY_PHUOC, "Nguyễn Văn Mới")
        home.house._actors.forget_all()
        lan.get("/ghi")
        second = Browsing(home)
        second.set_cookie(before)

        assert second.get("/toi").status_code == 200
        assert second.post("/ra", {}, token="").status_code != 200  # and nothing else
        later(home, seconds=11)
        assert second.get("/toi").status_code == 401
        assert lan.get("/toi").status_code == 200

    def test_the_first_role_that_asks_for_more_begins_with_a_new_link(self, home):
        """What an ambassador signs in with was given by whoever may give no more than that."""
        lan = entered(home, Role.AMBASSADOR, TUY_PHUOC)
        link = f"/vao/{invited(home, Role.COMMITTEE, TUY_PHUOC, 'Nguyễn Văn Mới').token}"
        assert lan.get("/bao-mat").status_code == 401
        lan.sign_in(link)
        assert lan.get("/bao-mat").status_code == 200

    def test_whoever_becomes_an_official_has_an_officials_hours(self, home):
        lan = entered(home, Role.ORGANIZER, TUY_PHUOC)
        invited(home, Role.COMMITTEE, TUY_PHUOC, "Nguyễn Văn Mới")
        home.house._actors.forget_all()
        assert lan.get("/bao-mat").status_code == 200
        found = home.house.accounts.session(lan.cookie)
        assert found.ends - utc_now() <= timedelta(hours=12)
        assert found.idle == timedelta(minutes=60)

    def test_a_role_taken_away_does_not_lengthen_it_again(self, home):
        hanh = entered(home, Role.COMMITTEE, TUY_PHUOC)
        person = home.house.accounts.session(hanh.cookie).person
        form = RevokeForm(submission=new_id(), role=Role.COMMITTEE, unit=TUY_PHUOC)
        home.run(access.revoke(home.house.ground, OPERATOR, person, form))
        home.catch_up()
        home.house._actors.forget_all()
        hanh.get("/bao-mat")
        assert home.house.accounts.session(hanh.cookie).ends - utc_now() <= timedelta(hours=12)


class TestSimulated:
    @pytest.fixture(autouse=True)
    def simulated(self, home):
        home.house.__dict__["founded"] = structs.replace(home.house.founded, simulated=True)

    def test_one_tap_leads_to_work(self, home):
        hanh = Browsing(home)
        link = f"/vao/{invited(home, Role.COMMITTEE, PROVINCE, 'Phạm Thị Hạnh').token}"
        assert "bỏ qua bước bảo mật" in hanh.get(link).text
        hanh.sign_in(link, {"skip": "yes"})
        assert hanh.get("/").headers["location"] == "/khen-thuong"
        assert hanh.get("/khen-thuong").status_code == 200

    def test_so_it_does_for_an_ambassador(self, home):
        link = f"/vao/{invited(home, Role.AMBASSADOR, TUY_PHUOC, 'Nguyễn Thị Lan').token}"
        assert Browsing(home).post(link, {}).headers["location"] == "/"

    def test_confirming_is_skipped_where_it_comes_up(self, home):
        hanh = Browsing(home)
        link = f"/vao/{invited(home, Role.ORGANIZER, TUY_PHUOC, 'Lê Quang Minh').token}"
        hanh.sign_in(link, {"skip": "yes"})
        people = {"submission": new_id(), "unit": TUY_PHUOC, "people": "Trần Văn An", "role": "ambassador"}
        assert hanh.post("/moi", people).headers["location"].startswith("/xac-thuc")
        assert hanh.post("/bao-mat/bo-qua", {"next": "/moi"}).headers["location"] == "/moi"
        assert hanh.post("/moi", people).status_code == 200


def test_nothing_is_skipped_where_people_are_real(home):
    hanh = Browsing(home)
    link = f"/vao/{invited(home, Role.COMMITTEE, PROVINCE, 'Phạm Thị Hạnh').token}"
    assert 'name="skip"' not in hanh.get(link).text
    hanh.sign_in(link, {"skip": "yes"})
    assert hanh.get("/khen-thuong").headers["location"].startswith("/bao-mat")
    assert hanh.post("/bao-mat/bo-qua", {}).status_code == 404
    assert hanh.get("/khen-thuong").headers["location"].startswith("/bao-mat")


class TestTheFirstAdministrator:
    @pytest.fixture
    def link(self, home):
        return f"/bat-dau/{home.run(home.house.accounts.new_setup_link())}"

    def test_opens_an_account_over_the_country_once(self, home, link):
        first = Browsing(home)
        for _ in range(3):
            assert first.get(link).status_code == 200
        answer = first.post(link, {"name": "Đặng Quản Trị"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/bao-mat")
        session = home.house.accounts.session(first.cookie)
        home.catch_up()
        grants = home.house.actor(session.person).grants
        assert [(one.role, home.house.units.find("VN").id) for one in grants] == [
            (Role.ADMINISTRATOR, grants[0].unit)
        ]
        assert first.get("/bao-mat").status_code == 200
        assert Browsing(home).post(link, {"name": "Kẻ Trộm"}).status_code == 410
        assert home.run(home.house.accounts.new_setup_link()) is None

    def test_until_there_is_one_from_elsewhere(self, home, link):
        form = {"submission": new_id(), "role": "administrator", "unit": "VN", "name": "Đặng Văn Quản"}
        assert Browsing(home).get(link).status_code == 200
        home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, filled(InviteForm, form)))
        assert Browsing(home).get(link).status_code == 410
        assert Browsing(home).post(link, {"name": "Kẻ Trộm"}).status_code == 410

    def test_within_a_quarter_of_an_hour(self, home, link):
        later(home, minutes=15, seconds=1)
        assert Browsing(home).get(link).status_code == 410
        assert Browsing(home).post(link, {"name": "Đặng Quản Trị"}).status_code == 410

    def test_with_a_name(self, home, link):
        assert Browsing(home).post(link, {"name": "<b>"}).status_code == 422
        assert Browsing(home).post(link, {"name": ""}).status_code in (400, 422)
        assert Browsing(home).get(link).status_code == 200  # not used up

    def test_a_link_that_never_was_is_none(self, home):
        assert Browsing(home).get("/bat-dau/khong-co").status_code == 410

    def test_of_many_who_tap_at_once_one_is_let_in(self, home, link):
        several = [Browsing(home) for _ in range(8)]

        async def all_at_once():
            return await asyncio.gather(*(one.sending(link, {"name": "Đặng Quản Trị"}) for one in several))

        answers = home.run(all_at_once())
        assert sorted(one.status_code for one in answers) == [303] + [410] * 7


def test_an_app_is_set_up_on_its_page(home):
    minh = entered(home, Role.ORGANIZER, TUY_PHUOC)
    shown = minh.get("/bao-mat/ung-dung")
    assert "<svg" in shown.text
    secret = re.findall(r'class="secret"><strong>([A-Z2-7 ]+)<', shown.text)[0].replace(" ", "")
    sealed = re.findall(r'name="sealed" value="([0-9a-f]+)"', shown.text)[0]
    wrong = minh.post("/bao-mat/ung-dung", {"sealed": sealed, "digits": "12345"})
    assert wrong.status_code == 422
    assert secret[:4] in wrong.text  # the same secret again
    answer = minh.post("/bao-mat/ung-dung", {"sealed": sealed, "digits": pyotp.TOTP(secret).now()})
    assert answer.headers["location"] == "/bao-mat?xong=1"
    assert minh.get("/don-vi").status_code in (200, 303)


def test_who_had_nothing_to_confirm_with_comes_back_with_an_app(home):
    leader = entered(home, Role.TEAM_LEADER, TUY_PHUOC)
    asked = leader.get("/moi?unit=52").headers["location"]
    for on in ("/bao-mat?next=", "/bao-mat/ung-dung?next="):
        (asked,) = set(re.findall(f'href="({re.escape(on)}[^"]+)"', leader.get(asked).text))
    shown = leader.get(asked).text
    (action,) = re.findall(r'action="(/bao-mat/ung-dung[^"]*)"', shown)
    (sealed,) = re.findall(r'name="sealed" value="([0-9a-f]+)"', shown)
    assert leader.post(action, {"sealed": sealed, "digits": "12345"}).text.count(f'"{action}"') == 1
    secret = re.findall(r'class="secret"><strong>([A-Z2-7 ]+)<', shown)[0].replace(" ", "")

    done = leader.post(action, {"sealed": sealed, "digits": pyotp.TOTP(secret).now()}).headers["location"]

    assert done == "/bao-mat?xong=1&next=%2Fmoi%3Funit%3D52"
    assert 'class="main" href="/moi?unit=52"' in leader.get(done).text
    assert leader.get("/moi?unit=52").status_code == 200
    assert 'class="main" href="/"' in leader.get("/bao-mat?xong=1&next=//evil.example").text


def test_the_address_of_an_app_holds_no_name(home):
    minh = entered(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    person = home.house.accounts.session(minh.cookie).person
    pending, _sealed = home.house.factors.begin_one_time(person)
    assert "Minh" not in pending.address
    assert person not in pending.address


def test_with_an_app_helps_only_who_is_signed_in(home):
    with pytest.raises(AssertionError):
        with_an_app(home.house, "no session", home.run)


def _today() -> str:
    from tests.interfaces.api.requests import today

    return today()
