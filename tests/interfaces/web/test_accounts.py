"""/tai-khoan and /moi: roles given and taken back, new links, and what takes two administrators."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest

from application import access
from application.actors import OPERATOR
from application.approvals import LIFE
from application.forms.access import InviteForm
from domain.access import AccountClosed, AccountRecovered, RoleGranted, RoleRevoked
from domain.model import Model, Role, Selector
from infrastructure.ledger.writer import utc_now
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.queries import forget_what_is_remembered, questions
from tests.interfaces.web.browsing import Browsing, browsing

LINK = re.compile(r"/vao/[\w-]+")
ACCOUNT = re.compile(r"/tai-khoan/(?!cho-duyet)([\w-]+)\"")


@pytest.fixture
def minh(home: Home) -> Browsing:
    return browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Bình")


@pytest.fixture
def quan(home: Home) -> Browsing:
    return browsing(home, Role.ADMINISTRATOR, PROVINCE, "Đỗ Văn Quân")


@pytest.fixture
def duc(home: Home) -> Browsing:
    return browsing(home, Role.ADMINISTRATOR, "VN", "Hồ Thị Đức")


def invited(somebody: Browsing, name: str, role: Role = Role.AMBASSADOR, unit: str = TUY_PHUOC, model=""):
    form = {"role": role.value, "unit": unit, "model": model, "people": name, "submission": uuid4().hex}
    answer = somebody.post("/moi", form)
    somebody.home.catch_up()
    return answer


def facts(home: Home, kind):
    return [one.fact for one in home.house.ledger.history([Selector([kind])])]


def entered(home: Home, page: str) -> Browsing:
    """Somebody who taps the link that a page shows."""
    somebody = Browsing(home)
    somebody.sign_in(LINK.findall(page)[0])
    return somebody


def account(somebody: Browsing, name: str) -> str:
    """The page of somebody on the list."""
    page = unescape(somebody.get("/tai-khoan").text)
    listed = page.split("Ai được đăng nhập")[1].split("<li>")
    person = next(part for part in listed if name in part)
    return f"/tai-khoan/{ACCOUNT.findall(person)[0]}"


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_an_organizer_invites_a_team_leader_who_invites_a_mentor(home: Home, minh: Browsing) -> None:
    leader = entered(home, invited(minh, "Vũ Thị Hải", Role.TEAM_LEADER).text)
    leader.prove()
    page = leader.get("/moi").text
    assert 'name="role"' not in page
    assert LINK.search(invited(leader, "Mai Văn An").text)
    granted = [(fact.role, fact.by) for fact in facts(home, RoleGranted)][-2:]
    assert [role for role, _by in granted] == [Role.TEAM_LEADER, Role.AMBASSADOR]


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.COMMITTEE, Role.ADMINISTRATOR])
def test_but_gives_nothing_above(home: Home, minh: Browsing, role: Role) -> None:
    head = home.house.ledger.head()
    answer = invited(minh, "Vũ Thị Hải", role)
    assert "Tài khoản của bạn không được" in answer.text
    assert not LINK.search(answer.text)
    assert home.house.ledger.head() == head


@pytest.mark.parametrize("unit", [PROVINCE, ELSEWHERE, "99999"])
def test_nor_elsewhere(home: Home, minh: Browsing, unit: str) -> None:
    head = home.house.ledger.head()
    assert not LINK.search(invited(minh, "Vũ Thị Hải", unit=unit).text)
    assert home.house.ledger.head() == head


def test_a_role_can_be_narrowed_to_a_model(home: Home, quan: Browsing) -> None:
    families = entered(home, invited(quan, "Vũ Thị Hải", Role.ORGANIZER, PROVINCE, "families").text)
    families.prove()
    assert facts(home, RoleGranted)[-1].model is Model.FAMILIES
    page = families.get("/moi").text
    assert '"markets"' not in page
    assert not LINK.search(invited(families, "Mai Văn An", model="").text)
    assert LINK.search(invited(families, "Mai Văn An", model="families").text)


def test_the_list_shows_whom_one_may_give_their_role(home: Home, minh: Browsing, quan: Browsing) -> None:
    mine, all_of_them = (unescape(somebody.get("/tai-khoan").text) for somebody in (minh, quan))
    assert "Nguyễn Thị Lan" in mine
    assert "Phạm Thị Hạnh" not in mine
    assert "cấp tại máy chủ" in mine
    for name in ("Nguyễn Thị Lan", "Phạm Thị Hạnh", "Lê Quang Bình"):
        assert name in all_of_them


def test_it_asks_the_same_number_of_questions_however_long_it_is(home: Home, quan: Browsing) -> None:
    def asked() -> int:
        """What every page remembers for two seconds is asked for again by one of them at most."""
        return min(len(questions(lambda: quan.get("/tai-khoan"))) for _ in range(3))

    few = asked()
    for number in range(5):
        name = f"Mai Văn {'ABCDE'[number]}n"
        form = InviteForm(submission=uuid4().hex, role=Role.AMBASSADOR, unit=TUY_PHUOC, name=name)
        home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    assert asked() == few


def test_a_role_is_taken_back(home: Home, minh: Browsing) -> None:
    page = account(minh, "Nguyễn Thị Lan")
    form = hidden(minh.get(page).text, f"{page}/thu-hoi")
    done = minh.post(f"{page}/thu-hoi", form)
    assert done.status_code == 303
    assert facts(home, RoleRevoked)[0].role is Role.AMBASSADOR
    assert "Nguyễn Thị Lan" not in unescape(minh.get(done.headers["location"]).text)
    assert home.known("lan").get("/units/21952").status_code == 403


def test_a_lost_phone_the_new_link_ends_the_old_devices(home: Home, minh: Browsing) -> None:
    lost = entered(home, invited(minh, "Mai Văn An").text)
    assert lost.get("/toi").status_code == 200
    page = account(minh, "Mai Văn An")
    answer = minh.post(f"{page}/moi-lai", {})
    assert len(facts(home, AccountRecovered)) == 1
    forget_what_is_remembered(home.house)
    assert lost.get("/toi").status_code != 200
    assert entered(home, answer.text).get("/toi").status_code == 200


def test_devices_are_signed_out_everywhere(home: Home, minh: Browsing) -> None:
    somebody = entered(home, invited(minh, "Mai Văn An").text)
    assert somebody.get("/toi").status_code == 200
    done = minh.post(f"{account(minh, 'Mai Văn An')}/dang-xuat", {})
    assert "Đã đăng xuất trên mọi thiết bị" in unescape(minh.get(done.headers["location"]).text)
    forget_what_is_remembered(home.house)
    assert somebody.get("/toi").status_code != 200


def test_an_account_is_closed(home: Home, minh: Browsing) -> None:
    somebody = entered(home, invited(minh, "Mai Văn An").text)
    assert somebody.get("/toi").status_code == 200
    page = account(minh, "Mai Văn An")
    assert minh.post(f"{page}/dong", {}).status_code == 303
    assert len(facts(home, AccountClosed)) == 1
    forget_what_is_remembered(home.house)
    assert somebody.get("/toi").status_code != 200
    assert minh.get(page).status_code == 404


def test_one_with_a_role_beyond_is_not_taken_over(home: Home, minh: Browsing) -> None:
    """An organizer who invited a member of the committee as a mentor would hold a link to both."""
    hanh = InviteForm(
        submission=uuid4().hex, role=Role.COMMITTEE, unit=PROVINCE, name="Bùi Thị Nga", phone="0905123456"
    )
    home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, hanh))
    home.catch_up()
    answer = invited(minh, "Bùi Thị Nga, 0905123456")
    assert facts(home, RoleGranted)[-1].role is Role.AMBASSADOR
    assert not LINK.search(answer.text)
    assert "Đã có tài khoản" in unescape(answer.text)
    page = account(minh, "Bùi Thị Nga")
    assert "Chỉ quản trị viên" in unescape(minh.get(page).text)
    assert minh.post(f"{page}/moi-lai", {}).status_code == 403
    assert minh.post(f"{page}/dong", {}).status_code == 403
    assert not facts(home, AccountRecovered)
    assert not facts(home, AccountClosed)


class TestTwo:
    def asked(self, quan: Browsing, name: str = "Tạ Minh Tâm") -> str:
        answer = invited(quan, name, Role.ADMINISTRATOR, PROVINCE)
        assert "Cần một quản trị viên khác đồng ý" in unescape(answer.text)
        assert not LINK.search(answer.text)
        return re.findall(r"/tai-khoan/cho-duyet/(\w+)/bo", quan.get("/tai-khoan").text)[0]

    def test_one_asks_and_another_agrees(self, home: Home, quan: Browsing, duc: Browsing) -> None:
        ref = self.asked(quan)
        assert "Bạn đã đề nghị việc này" in unescape(quan.get("/tai-khoan").text)
        assert "Đỗ Văn Quân đề nghị cử Tạ Minh Tâm" in unescape(duc.get("/tai-khoan").text)
        answer = duc.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {"submission": ref})
        home.catch_up()
        granted = facts(home, RoleGranted)[-1]
        assert (granted.role, granted.approved is not None) == (Role.ADMINISTRATOR, True)
        tam = entered(home, answer.text)
        tam.prove()
        assert tam.get("/tai-khoan").status_code == 200
        assert ref not in duc.get("/tai-khoan").text

    def test_not_who_asked(self, home: Home, quan: Browsing, duc: Browsing) -> None:
        ref, head = self.asked(quan), home.house.ledger.head()
        assert quan.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {}).status_code == 403
        assert home.house.ledger.head() == head

    @pytest.mark.parametrize("ending", ["withdrawn", "refused", "too old", "who asked is none any more"])
    def test_nothing_comes_of_what_is(self, home: Home, quan: Browsing, duc: Browsing, ending: str) -> None:
        ref = self.asked(quan)
        match ending:
            case "withdrawn":
                quan.post(f"/tai-khoan/cho-duyet/{ref}/bo", {})
            case "refused":
                duc.post(f"/tai-khoan/cho-duyet/{ref}/bo", {})
            case "too old":
                home.house.approvals._clock = lambda: utc_now() + LIFE + timedelta(seconds=1)
            case _:
                page = account(duc, "Đỗ Văn Quân")
                duc.post(f"{page}/thu-hoi", hidden(duc.get(page).text, f"{page}/thu-hoi"))
                home.catch_up()
        head = home.house.ledger.head()
        answer = duc.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {})
        assert answer.status_code in (403, 404)
        assert not LINK.search(answer.text)
        assert home.house.ledger.head() == head

    def test_to_others_it_is_not_there(self, home: Home, minh: Browsing, quan: Browsing) -> None:
        ref = self.asked(quan)
        elsewhere = browsing(home, Role.ADMINISTRATOR, ELSEWHERE, "La Thị Hoa")
        known = elsewhere.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {})
        unknown = elsewhere.post("/tai-khoan/cho-duyet/nothing/dong-y", {})
        assert known.status_code == unknown.status_code == 404
        assert known.text.replace(ref, "nothing") == unknown.text
        assert ref not in elsewhere.get("/tai-khoan").text
        assert minh.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {}).status_code == 403

    def test_an_administrator_is_recovered_by_two_others(
        self, home: Home, quan: Browsing, duc: Browsing
    ) -> None:
        page = account(duc, "Đỗ Văn Quân")
        assert duc.post(f"{page}/moi-lai", {}).headers["location"] == "/tai-khoan?done=cho"
        (ref,) = re.findall(r"/tai-khoan/cho-duyet/(\w+)/bo", duc.get("/tai-khoan").text)
        assert duc.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {}).status_code == 403
        assert quan.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {}).status_code == 403
        third = browsing(home, Role.ADMINISTRATOR, "VN", "La Thị Ba")
        answer = third.post(f"/tai-khoan/cho-duyet/{ref}/dong-y", {})
        assert facts(home, AccountRecovered)[-1].approved is not None
        assert LINK.search(answer.text)
        forget_what_is_remembered(home.house)
        assert quan.get("/tai-khoan").status_code != 200

    def test_the_only_one_is_told_that_the_console_makes_the_second(self, home: Home, quan: Browsing) -> None:
        assert "lantoa invite --role administrator" in quan.get("/tai-khoan").text
        browsing(home, Role.ADMINISTRATOR, "VN", "Hồ Thị Đức")
        assert "lantoa invite --role administrator" not in quan.get("/tai-khoan").text

    def test_the_last_one_stays(self, home: Home, quan: Browsing) -> None:
        page = account(quan, "Đỗ Văn Quân")
        form = hidden(quan.get(page).text, f"{page}/thu-hoi")
        for action, fields in (("thu-hoi", form), ("dong", {})):
            answer = quan.post(f"{page}/{action}", fields)
            assert answer.status_code == 409
            assert "quản trị viên cuối cùng" in unescape(answer.text)
        assert not facts(home, RoleRevoked)
