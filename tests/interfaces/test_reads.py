"""Whoever is shown somebody else's data is written down first, and nothing is shown around it."""

import ast
from pathlib import Path

import pytest

from application.ports import Unavailable
from application.privacy import Why
from domain.model import PersonId, Role, UnitId
from infrastructure import access_log
from interfaces import reads
from tests.interfaces.api.requests import ba_tu, learner, lesson, ong_sau, today
from tests.interfaces.homes import PROVINCE, TUY_PHUOC
from tests.interfaces.web.browsing import browsing

INTERFACES = Path(__file__).parent.parent.parent / "interfaces"
ASKED = {"names", "identities", "notes"}


def logged(home, **chosen):
    with home.house.database.reading() as db:
        return access_log.entries(db, limit=100, **chosen)


def met(home, lan, *learners):
    said = lan.post("/lessons", lesson(*learners)).json()
    home.catch_up()
    return said["teachings"]


def answered(home, lan, many):
    """Lan taught so many people, who all confirmed it."""
    for one in met(home, lan, *(learner(number) for number in range(many))):
        home.send("POST", "/answers", json={"code": one["code"], "answer": "able"})
    home.catch_up()


class TestEveryWayOut:
    def test_pages_files_and_commands_ask_the_vault_in_one_place_only(self):
        asking = [
            f"{file.relative_to(INTERFACES)}:{node.lineno}"
            for file in INTERFACES.rglob("*.py")
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
            and node.attr in ASKED
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "vault"
        ]
        assert {one.partition(":")[0] for one in asking} == {"reads.py"}

    def test_a_list_is_one_entry_however_many_it_shows(self, home, lan):
        found = met(home, lan, ba_tu(), ong_sau())
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        before = len(logged(home))
        assert "Nguyễn Thị Tư" in minh.get("/xem-xet?show=all").text
        (entry,) = logged(home)[: len(logged(home)) - before]
        assert {one["learner"] for one in found} < set(entry.whose)
        assert (entry.why, entry.what, entry.people) == ("review", "/xem-xet", 3)

    def test_of_a_list_that_is_of_no_unit_everybody_is_named_however_long_it_is(self, home):
        reading = reads.Reading(home.house, PersonId("minh"), "/tai-khoan")
        many = [PersonId(f"p{n}") for n in range(access_log.NAMED + 1)]
        reading.add(many, Why.ACCOUNTS, None)
        reading.add(many, Why.REVIEW, UnitId(TUY_PHUOC))
        noted = [(one.why, len(one.whose)) for one in reading.reads()]
        assert noted == [(Why.ACCOUNTS, access_log.NAMED), (Why.ACCOUNTS, 1), (Why.REVIEW, len(many))]

    def test_an_entry_of_ones_unit_is_written_down_and_ones_own_is_not(self, home, lan, minh):
        teaching = met(home, lan, ba_tu())[0]
        lan.get(f"/teachings/{teaching['teaching']}")
        assert logged(home) == []
        minh.get(f"/teachings/{teaching['teaching']}")
        (entry,) = logged(home, whose=[teaching["learner"]])
        assert entry.what == "/api/v1/teachings/{teaching}"

    def test_a_file_of_nominees_is_written_down(self, home, lan, hanh):
        answered(home, lan, 5)
        file = hanh.get("/nominees", unit=PROVINCE, done_by=today(), format="csv")
        assert "Nguyễn Thị Lan" in file.text
        assert [(one.why, one.people) for one in logged(home)] == [("export", 1)]

    def test_boards_tell_strangers_nothing_that_needs_writing_down(self, home, lan, anyone):
        answered(home, lan, 1)
        assert anyone.get("/leaderboard", unit=TUY_PHUOC).status_code == 200
        assert logged(home) == []

    def test_what_cannot_be_written_down_is_not_shown(self, home, lan, minh, monkeypatch):
        teaching = met(home, lan, ba_tu())[0]

        async def full(*_reads):
            raise Unavailable("disk full")

        monkeypatch.setattr(home.house.access_log, "note", full)
        said = minh.get(f"/teachings/{teaching['teaching']}")
        assert said.status_code == 503
        assert "Tư" not in said.text


class TestAuditing:
    @pytest.fixture
    def auditor(self, home):
        return browsing(home, Role.AUDITOR, "VN", "Vũ Kiểm")

    def test_the_auditor_reads_who_read_what(self, home, lan, minh, auditor):
        teaching = met(home, lan, ba_tu())[0]
        minh.get(f"/teachings/{teaching['teaching']}")
        page = auditor.get("/kiem-toan").text
        assert "Lê Quang Minh" in page
        assert teaching["learner"] in page
        assert "Nguyễn Thị Tư" not in page

    def test_it_is_filtered_and_comes_as_a_file(self, home, lan, minh, hanh, auditor):
        one, other = met(home, lan, ba_tu(), ong_sau())
        minh.get(f"/teachings/{one['teaching']}")
        hanh.get(f"/teachings/{other['teaching']}")
        page = auditor.get(f"/kiem-toan?whose={one['learner']}").text
        assert (one["learner"] in page, other["learner"] in page) == (True, False)
        file = auditor.get(f"/kiem-toan/tap-tin?whose={one['learner']}")
        assert file.headers["content-type"].startswith("text/csv")
        assert (one["learner"] in file.text, other["learner"] in file.text) == (True, False)
        assert "Tuy Phước" in auditor.get(f"/kiem-toan?unit={TUY_PHUOC}&since=2026-01-01").text
        assert auditor.get("/kiem-toan?since=2026-02-31").status_code == 400

    @pytest.mark.parametrize("far", ["since=0001-01-01", "until=9999-12-31"])
    def test_the_farthest_days_are_days_too(self, home, lan, minh, auditor, far):
        minh.get(f"/teachings/{met(home, lan, ba_tu())[0]['teaching']}")
        assert "Lê Quang Minh" in auditor.get(f"/kiem-toan?{far}").text
        assert auditor.get(f"/kiem-toan/tap-tin?{far}").status_code == 200

    def test_of_another_province_the_auditor_of_one_is_shown_nothing(self, home, lan, minh):
        met(home, lan, ba_tu())
        minh.get(f"/teachings/{met(home, lan, ong_sau())[0]['teaching']}")
        elsewhere = browsing(home, Role.AUDITOR, "01", "Vũ Kiểm")
        assert "Lê Quang Minh" not in elsewhere.get("/kiem-toan").text
        assert elsewhere.get(f"/kiem-toan?unit={TUY_PHUOC}").status_code == 404

    def test_nobody_else_does(self, home):
        organizer = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        assert organizer.get("/kiem-toan").status_code == 403
