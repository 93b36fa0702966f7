"""Administrators are warned on every page of keys in no proved backup; damaged data is called so."""

import time

import pytest
from sqlalchemy import select, update

from domain.model import Role
from infrastructure.accounts.remembered import KEPT
from infrastructure.ledger.batch import micros
from infrastructure.vault import known_keys
from infrastructure.vault.keys import Keys, path_in
from infrastructure.vault.rotating import rotate_bucket_keys
from infrastructure.vault.tables import sealed_person
from tests.interfaces.api.requests import lesson
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.web.browsing import browsing

WARNING = "<code>lantoa keys backup "
PAGES = ("/xep-hang", "/vinh-danh", "/tai-khoan", "/moi", "/ra")


def prove(home) -> None:
    keys = Keys(path_in(home.house.settings.home))
    known_keys.confirm(home.house.ledger, keys.known(), micros(home.house.clock()))
    time.sleep(KEPT + 0.01)


class TestTheWarning:
    def test_administrators_see_it_on_every_page_until_a_backup_is_proved(self, home):
        admin = browsing(home, Role.ADMINISTRATOR, "VN", "Phạm Văn Quản")
        assert [page for page in PAGES if WARNING not in admin.get(page).text] == []
        assert "Chưa có bản sao lưu khóa" in admin.get("/xep-hang").text
        prove(home)
        assert not any(WARNING in admin.get(page).text for page in PAGES)

    @pytest.mark.parametrize("home", ["sqlite"], indirect=True)
    def test_new_keys_bring_it_back(self, home):
        admin = browsing(home, Role.ADMINISTRATOR, "VN", "Phạm Văn Quản")
        prove(home)
        keys = Keys(path_in(home.house.settings.home))
        rotate_bucket_keys(home.house.database, home.house.ledger, keys, lambda done: None)
        time.sleep(KEPT + 0.01)
        assert "4096" in admin.get("/xep-hang?lang=en").text

    @pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.ORGANIZER, Role.COMMITTEE])
    @pytest.mark.parametrize("home", ["sqlite"], indirect=True)
    def test_nobody_else_sees_it_and_nothing_is_asked_for_them(self, home, role, monkeypatch):
        somebody = browsing(home, role, TUY_PHUOC, "Trần Thị Ai")
        monkeypatch.setattr(known_keys, "backed", lambda database: 1 / 0)
        assert not any(WARNING in somebody.get(page).text for page in PAGES)


class TestDamagedData:
    """Rows that somebody changed in the database are refused; no page or answer fails by it."""

    def test_pages_and_api_say_so_and_go_on(self, home, lan, minh, anyone):
        said = lan.post("/lessons", lesson()).json()
        home.catch_up()
        taught = said["teachings"][0]
        swap_everybodys_identity(home)
        answers = [
            lan.get("/me"),
            minh.get("/leaderboard", unit=TUY_PHUOC),
            lan.post("/lessons", lesson()),
            anyone.post("/answers", {"code": taught["code"], "answer": "able"}),
            home.run(home.client.get(f"/x/{taught['code']}")),
            home.run(home.client.get("/xep-hang")),
        ]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
        assert "Nguyễn Thị Tư" not in "".join(answer.text for answer in answers)

    def test_a_form_about_somebody_damaged_is_answered_in_words(self, home, lan):
        lan.post("/lessons", lesson())
        home.catch_up()
        person = known_learner(home)
        swap_everybodys_identity(home)
        answer = lan.post("/lessons", lesson({"person": person, "birth_year": 1956}))
        assert answer.status_code < 500


def known_learner(home) -> str:
    with home.house.database.reading() as connection:
        return connection.execute(select(sealed_person.c.person)).scalars().first()


def swap_everybodys_identity(home) -> None:
    """Each gets the sealed identity of the next."""
    with home.house.database.reading() as connection:
        rows = connection.execute(select(sealed_person.c.person, sealed_person.c.identity)).all()

    def change(connection):
        for one, other in zip(rows, [*rows[1:], rows[0]], strict=True):
            mine = sealed_person.c.person == one.person
            connection.execute(update(sealed_person).where(mine).values(identity=other.identity))

    home.house.ledger.write(change).result()
