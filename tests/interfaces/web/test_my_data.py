"""People's own data: seen, downloaded, corrected, objected to, erased; by whoever it is about."""

import json
from uuid import uuid4

import pytest

from domain.model import Role, Selector
from domain.people import ConsentGiven, ConsentWithdrawn, GuardianConsented
from domain.requests import RequestMade
from tests.interfaces.api.requests import ba_tu, lesson, today
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.web.browsing import Browsing, browsing

TU = {"name": "Nguyễn Thị Tư", "phone": "0912345678", "birth_year": 1956}


def met(home, lan, *learners):
    said = lan.post("/lessons", lesson(*learners)).json()
    home.catch_up()
    return said["teachings"]


def facts(home, kind):
    return [one.fact for one in home.house.ledger.history([Selector([kind])])]


@pytest.fixture
def tu(home, lan):
    """Bà Tư's entry, and somebody at a phone without an account."""
    return met(home, lan, ba_tu())[0]


@pytest.fixture
def phone(home):
    return Browsing(home)


def came_in(phone, entry, known="0912345678", path="", **fields):
    return phone.post(f"/du-lieu{path}", {"code": entry["code"], "known": known} | fields, token="")


class TestByCodeAndPhone:
    def test_a_learner_sees_what_is_held(self, home, minh, tu, phone):
        minh.get(f"/teachings/{tu['teaching']}")
        page = came_in(phone, tu)
        assert page.status_code == 200
        for held in ("Nguyễn Thị Tư", "0912345678", "1956", "Nguyễn Thị Lan", tu["learner"]):
            assert held in page.text
        assert "người phụ trách" in page.text  # in which role somebody looked
        assert "Lê Quang Minh" not in page.text
        assert page.headers["cache-control"] == "no-store"

    def test_guesses_are_counted_for_the_person_too_over_all_their_codes(self, home, lan, tu, phone):
        codes = [tu, *(met(home, lan, ba_tu())[0] for _ in range(2))]
        assert len({one["code"] for one in codes}) == 3
        said = [came_in(phone, codes[n % 3], "0912345679").status_code for n in range(16)]
        assert said == [404] * 15 + [429]
        assert came_in(phone, tu).status_code == 429

    @pytest.mark.parametrize("known", ["0912345679", "1956", "", "x"])
    def test_the_code_alone_opens_nothing(self, tu, phone, known):
        refused = came_in(phone, tu, known)
        assert refused.status_code == 404
        assert "Tư" not in refused.text

    def test_a_wrong_code_is_answered_like_a_wrong_phone(self, tu, phone):
        wrong_phone = came_in(phone, tu, "0912345679").text.replace(tu["code"], "")
        wrong_code = came_in(phone, {"code": "ABCDEFGH"}).text.replace("ABCDEFGH", "")
        assert wrong_phone == wrong_code

    def test_without_a_phone_it_is_the_year_of_birth(self, home, lan, phone):
        entry = met(home, lan, {"name": "Lê Văn Sáu", "birth_year": 1950})[0]
        assert came_in(phone, entry, "1950").status_code == 200
        assert came_in(phone, entry, "1951").status_code == 404

    def test_it_comes_as_a_file_for_programs_and_for_people(self, tu, phone):
        file = came_in(phone, tu, path="/tap-tin", kind="json")
        assert "attachment" in file.headers["content-disposition"]
        held = json.loads(file.text)["data"]
        assert held["identity"]["phone"] == "+84912345678"
        assert [one["id"] for one in held["entries"]] == [tu["teaching"]]
        page = came_in(phone, tu, path="/tap-tin", kind="html")
        assert "attachment" in page.headers["content-disposition"]
        assert "Nguyễn Thị Tư" in page.text

    def test_what_is_asked_for_is_sealed_and_shown_with_its_days(self, home, tu, phone):
        page = came_in(phone, tu, path="/yeu-cau", kind="correct", words="Tôi tên là Tú")
        assert page.status_code == 200
        assert "Tôi tên là Tú" in page.text
        (made,) = facts(home, RequestMade)
        assert made.kind == "correct"
        assert home.house.vault.notes(made.request) == ["Tôi tên là Tú"]

    def test_without_words_or_kind_it_is_asked_again(self, home, tu, phone):
        assert came_in(phone, tu, path="/yeu-cau", kind="object").status_code == 422
        assert came_in(phone, tu, path="/yeu-cau", kind="").status_code == 422
        assert facts(home, RequestMade) == []


class TestAgreeing:
    def test_after_the_answer_a_learner_agrees_and_takes_it_back(self, home, tu, phone):
        page = f"/x/{tu['code']}"
        phone.post(page, {"answer": "able"}, token="")
        assert "contact" in phone.get(f"{page}/cam-on").text
        phone.post(f"{page}/dong-y", {"contact": "yes", "reminders": "yes"}, token="")
        assert [one.purpose for one in facts(home, ConsentGiven)][-2:] == ["contact", "reminders"]
        phone.post(f"{page}/dong-y", {"reminders": "yes"}, token="")
        assert [one.purpose for one in facts(home, ConsentWithdrawn)] == ["contact"]

    def test_a_code_asks_whoever_has_an_account_for_nothing(self, home, tu, phone):
        """Whoever taught them knows the code, too."""
        page = f"/x/{tu['code']}"
        phone.post(page, {"answer": "able"}, token="")
        assert "contact" in phone.get(f"{page}/cam-on").text  # the control: as long as she has none
        browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Tư", phone="0912345678")
        given = len(facts(home, ConsentGiven))

        thanks = phone.get(f"{page}/cam-on")
        refused = phone.post(f"{page}/dong-y", {"contact": "yes"}, token="")

        assert thanks.status_code == 200
        assert "contact" not in thanks.text
        assert "cot-moc" not in thanks.text
        assert refused.status_code == phone.get("/x/ABCDEFGH/cam-on").status_code == 404
        assert len(facts(home, ConsentGiven)) == given

    def test_an_organizer_hears_of_what_was_taken_back_by_a_code_alone(self, home, tu, phone):
        page = f"/x/{tu['code']}/dong-y"
        phone.post(page, {"contact": "yes"}, token="")
        phone.post(page, {}, token="")
        home.catch_up()
        organizer = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Phạm Văn Minh")
        organizer.prove()
        (made,) = facts(home, RequestMade)
        assert "Không còn đồng ý lưu dữ liệu" in organizer.get("/yeu-cau").text
        shown = organizer.get(f"/yeu-cau/{made.request}").text
        assert "chỉ bằng mã" in shown
        assert "Tiếp nhận chậm nhất" in shown

    def test_with_the_phone_beside_it_nobody_has_to(self, home, tu, phone):
        came_in(phone, tu, path="/dong-y", contact="yes")
        came_in(phone, tu, path="/dong-y")
        assert facts(home, RequestMade) == []
        again = phone.post(f"/x/{tu['code']}/dong-y", {"contact": "yes"}, token="")
        assert again.status_code == 409
        assert 'href="/du-lieu"' in again.text

    def test_the_year_of_birth_beside_it_is_no_more_than_the_code_alone(self, home, lan, phone):
        """Mentors of the place read the year when they choose whom they teach."""
        entry = met(home, lan, {"name": "Lê Văn Sáu", "birth_year": 1950})[0]
        came_in(phone, entry, "1950", path="/dong-y", contact="yes")
        came_in(phone, entry, "1950", path="/dong-y")
        (made,) = facts(home, RequestMade)
        assert made.kind == "withdraw"

    def test_nobody_asks_for_it_as_for_other_things(self, home, tu, phone):
        assert came_in(phone, tu, path="/yeu-cau", kind="withdraw", words="x").status_code == 422

    def test_silence_is_no(self, home, tu, phone):
        given = len(facts(home, ConsentGiven))
        phone.post(f"/x/{tu['code']}", {"answer": "able"}, token="")
        phone.post(f"/x/{tu['code']}/dong-y", {}, token="")
        assert len(facts(home, ConsentGiven)) == given
        assert facts(home, ConsentWithdrawn) == []

    def test_what_was_heard_stands_with_the_entry(self, home, lan):
        entry = met(home, lan, TU | {"consent": ["contact"], "guardian": True})[0]
        heard = [one for one in facts(home, ConsentGiven) if one.person == entry["learner"]]
        assert [(one.purpose, one.by.partition(":")[0]) for one in heard] == [("contact", "account")]
        assert [one.person for one in facts(home, GuardianConsented)] == [entry["learner"]]

    def test_nobody_else_agrees_to_a_public_name(self, lan):
        refused = lan.post("/lessons", lesson(TU | {"consent": ["public-name"]}))
        assert refused.status_code == 400

    def test_what_was_taken_back_no_mentor_gives_again(self, home, lan, tu, phone):
        came_in(phone, tu, path="/dong-y", contact="yes")
        came_in(phone, tu, path="/dong-y")
        given = len(facts(home, ConsentGiven))
        met(home, lan, TU | {"consent": ["contact"]})
        assert len(facts(home, ConsentGiven)) == given

    def test_the_form_asks_before_the_first_field(self, home):
        page = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Hoa").get("/ghi").text
        assert page.index('name="new-0-contact"') < page.index('name="new-0-name"')


class TestSignedIn:
    @pytest.fixture
    def hoa(self, home):
        return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Hoa")

    def test_everybody_sees_their_own(self, hoa):
        page = hoa.get("/toi/du-lieu")
        assert "Nguyễn Thị Hoa" in page.text
        held = json.loads(hoa.get("/toi/du-lieu/tap-tin").text)["data"]
        assert held["identity"]["name"] == "Nguyễn Thị Hoa"
        assert [one["role"] for one in held["roles"]] == ["ambassador"]

    def test_what_one_recorded_is_counted(self, home, hoa):
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        visit = {"unit": TUY_PHUOC, "on": today(), "number": "12", "submission": uuid4().hex}
        assert hoa.post("/ghi/di-ho", visit).status_code == 303
        team = {"unit": TUY_PHUOC, "on": today(), "name": "Tổ số 9", "submission": uuid4().hex}
        assert minh.post("/to/lap", team).status_code == 303

        held = json.loads(hoa.get("/toi/du-lieu/tap-tin").text)["data"]
        assert (held["recorded"], held["sent"]) == (1, {"household-visited": 1})
        assert "gia đình và lượt thăm hộ đã ghi</dt><dd>1</dd>" in hoa.get("/toi/du-lieu").text
        assert "<dt>Mục đã ghi về tổ và thành viên tổ</dt><dd>1</dd>" in minh.get("/toi/du-lieu").text

    def test_what_was_typed_is_kept_when_something_is_missing(self, tu, phone):
        unsaid = came_in(phone, tu, path="/yeu-cau", words="Tôi sinh năm 1957")
        assert unsaid.status_code == 422
        assert ">Tôi sinh năm 1957</textarea>" in unsaid.text
        unwritten = came_in(phone, tu, path="/yeu-cau", kind="object")
        assert 'value="object" checked' in unwritten.text

    def test_what_is_held_is_said_in_words(self, hoa):
        hoa.post("/toi/ho-so", {"award_lists": "yes", "sex": "male"})
        page = hoa.get("/toi/du-lieu").text
        assert "<dt>Giới tính</dt><dd>Nam</dd>" in page
        assert "<dt>Vai trò</dt><dd>người hướng dẫn, Xã Tuy Phước</dd>" in page
        assert "<dt>Id in the ledger</dt>" in hoa.get("/toi/du-lieu?lang=en").text

    def test_a_mistake_is_mended_at_once(self, hoa):
        assert hoa.post("/toi/du-lieu/sua", {"submission": "s", "name": "Nguyễn Thị Hòa"}).status_code == 303
        assert "Nguyễn Thị Hòa" in hoa.get("/toi/du-lieu").text
        wrong = hoa.post("/toi/du-lieu/sua", {"submission": "t", "phone": "123"})
        assert wrong.status_code == 422

    def test_a_name_is_gone_from_boards_and_lists_as_soon_as_it_is_taken_back(self, home, hoa, anyone):
        hoa.post("/toi/du-lieu/dong-y", {"public-name": "yes", "award-lists": "yes"})
        home.catch_up()
        hoa.post("/toi/du-lieu/dong-y", {})
        assert {one.purpose for one in facts(home, ConsentWithdrawn)} == {"public-name", "award-lists"}

    def test_who_erases_themselves_is_signed_out_and_gone(self, home, hoa):
        assert hoa.post("/toi/du-lieu/xoa", {"sure": "yes"}).headers["location"].startswith("/xac-thuc")
        hoa.prove()
        assert hoa.post("/toi/du-lieu/xoa", {}).status_code == 422
        done = hoa.post("/toi/du-lieu/xoa", {"sure": "yes"})
        assert done.headers["location"] == "/du-lieu/da-xoa"
        assert hoa.get("/du-lieu/da-xoa").status_code == 200
        assert hoa.get("/toi/du-lieu").status_code == 401
