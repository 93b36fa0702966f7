"""/nhap and /api/v1/imports: from the file to the last row, stopped anywhere, and the bad rows back."""

import csv
import html
import io
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count as count_up
from itertools import repeat
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import func, select

from application import access, people
from application.actors import OPERATOR
from application.forms.access import RevokeForm
from application.forms.people import ErasureForm
from application.ports import Identity
from domain.lists import ListId, ListImported, list_of
from domain.model import Role, Selector
from domain.teams import TeamFormed, TeamMemberJoined
from infrastructure.alone import alone
from infrastructure.background import Stopping
from infrastructure.brought import list_piece
from infrastructure.ledger.tables import fact
from infrastructure.lists.kept import MOST_ATTEMPTS, KeptFault, State
from infrastructure.settings import Settings
from infrastructure.vault.keys import path_in
from interfaces import importing
from interfaces.house import House
from interfaces.importing_rows import Loader, Tally
from interfaces.lookout import Lookout
from interfaces.main import open_house
from interfaces.web import uploading
from tests.interfaces.api.requests import today
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.waiting import until
from tests.interfaces.web.browsing import Browsing, browsing

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)

TEAMS = "Tên tổ;Xã/Phường;Ngày thành lập\r\nTổ số 1;Xã Tuy Phước;05/01/2026\r\nTổ số 2;21952;06/01/2026\r\n"
HEAD = "Họ và tên,SĐT,Năm sinh,Tổ,Xã"


def members(count: int, *, bad: frozenset[int] = frozenset()) -> str:
    """So many members from line 2 on; of the bad lines another cell each is wrong."""
    rows = [HEAD]
    for at in range(count):
        row = [f"Nguyễn Văn {_word(at)}", f"09{at:08d}", "1980", f"Tổ số {1 + at % 2}", "Tuy Phước"]
        if at + 2 in bad:
            row[at % 5] = ("", "12", "19x0", "Tổ khác", "Xã Không Có")[at % 5]
        rows.append(",".join(row))
    return "\n".join(rows)


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:05d}")


class Office:
    """Minh, who organizes the commune, by a program and by a browser."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.caller = home.known("minh")

    def bring(self, kind: str, content: str | bytes, unit: str = TUY_PHUOC, **query: str) -> Any:
        sent = content.encode() if isinstance(content, str) else content
        asked = {"unit": unit, "kind": kind, "name": f"{kind}.csv"} | query
        headers = self.caller.headers | {"content-type": "application/octet-stream"}
        return self.home.send("POST", "/imports", params=asked, content=sent, headers=headers)

    def looked_at(self, list_: str, **form: Any) -> dict[str, Any]:
        found = self.caller.get(f"/imports/{list_}").json()
        said = self.caller.post(f"/imports/{list_}/columns", {"columns": found["columns"]} | form)
        assert said.status_code == 200, said.text
        return self.until(list_, "checked")

    def loaded(self, list_: str) -> dict[str, Any]:
        assert self.caller.post(f"/imports/{list_}/loading", {}).status_code == 200
        return self.until(list_, "loaded")

    def page(self, browser: Browsing, kind: str, content: bytes) -> str:
        """What is asked about the columns of a list that somebody brings in by a browser."""
        sent = browser.upload(f"/nhap/moi?unit={TUY_PHUOC}&kind={kind}", content)
        assert sent.status_code == 303, sent.text
        return html.unescape(browser.get(sent.headers["location"]).text)

    def until(self, list_: str, state: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            said: dict[str, Any] = self.caller.get(f"/imports/{list_}").json()
            assert said["state"] != "failed"
            return said if said["state"] == state else None

        return until(found)

    def whole(self, kind: str, content: str | bytes, **query: str) -> dict[str, Any]:
        list_ = self.bring(kind, content, **query).json()["id"]
        self.looked_at(list_)
        return self.loaded(list_)

    def bad_rows(self, list_: str) -> bytes:
        said = self.caller.get(f"/imports/{list_}/bad-rows")
        assert said.status_code == 200
        assert said.headers["content-disposition"].startswith('attachment; filename="')
        content: bytes = said.content
        return content


@pytest.fixture
def office(home) -> Office:
    return Office(home)


def count(home: Home) -> int:
    with home.house.database.reading() as db:
        return int(db.execute(select(func.count()).select_from(fact)).scalar_one())


def kept_pieces(home: Home) -> list[bytes]:
    with home.house.database.reading() as db:
        return [bytes(one) for one in db.execute(select(list_piece.c.sealed)).scalars()]


def test_exactly_the_planted_rows_come_back(office):
    """4,300 rows with 5% of errors: benchmarks/imports.py. Here a tenth of that."""
    office.whole("teams", TEAMS)
    planted = frozenset(range(7, 387, 18))

    done = office.whole("members", members(385, bad=planted))

    assert (done["rows"], done["good"], done["known"], done["bad"]) == (
        385,
        385 - len(planted),
        0,
        len(planted),
    )
    assert {one["line"] for one in done["bad_rows"]} == planted
    back = list(csv.reader(io.StringIO(office.bad_rows(done["id"]).decode("utf-8-sig"))))
    sent = members(385, bad=planted).split("\n")
    assert back[0][:-1] == HEAD.split(",")
    assert [row[:-1] for row in back[1:]] == [sent[line - 1].split(",") for line in sorted(planted)]
    assert all(row[-1] for row in back[1:])


@ON_SQLITE
def test_the_rows_that_came_back_are_mended_and_brought_in_alone_or_with_all(office):
    office.whole("teams", TEAMS)
    done = office.whole("members", members(12, bad=frozenset({3})))
    mended = office.bad_rows(done["id"]).decode().replace(",12,", ",0900000001,")

    assert office.whole("members", mended)["good"] == 1
    head = count(office.home)
    again = office.whole("members", members(12))

    assert (again["good"], again["known"]) == (12, 12)
    assert count(office.home) == head + 1  # that the list was brought in


def test_it_is_kept_who_brought_what(office):
    done = office.whole("teams", TEAMS)
    office.whole("members", members(3))

    ledger = office.home.house.ledger
    brought = [one.fact for one in ledger.history([Selector([ListImported], [f"list:{done['id']}"])])]
    assert [(one.kind, one.rows, one.by.partition(":")[0]) for one in brought] == [("teams", 2, "account")]
    joined = [one.fact for one in ledger.history([Selector([TeamMemberJoined], [])])]
    assert len(joined) == 3
    assert len({list_of(one.by) for one in joined}) == 1
    assert list_of(joined[0].by) != done["id"]


VISITS = """Số hộ;Ngày đi;Người đi hộ;SĐT người đi hộ;Có điện thoại;Nhu cầu
12;08/03/2026;Nguyễn Văn aaaaa;0900000000;x;VNeID
30000;08/03/2026;Nguyễn Văn aaaaa;0900000000;;
13;08/03/2026;Người Lạ;0900000009;;
"""
REACHED = """Họ và tên,SĐT,Năm sinh,Định danh điện tử,Chữ ký số
Nguyễn Văn aaaaa,0900000000,1980,x,x
Bùi Thị Bé,,2020,x,
"""


@ON_SQLITE
def test_visits_and_milestones_are_looked_at_and_recorded_once_and_confirm_nothing(office):
    office.whole("teams", TEAMS)
    office.whole("members", members(1))
    list_ = office.bring("visits", VISITS).json()["id"]
    before = count(office.home)

    seen = office.looked_at(list_)

    assert count(office.home) == before
    assert (seen["good"], seen["bad"]) == (1, 2)
    assert [(one["line"], one["column"], one["refusal"]) for one in seen["bad_rows"]] == [
        (3, "Số hộ", "ImpossibleNumber"),
        (4, "Người đi hộ", "UnknownMentor"),
    ]
    office.loaded(list_)
    _, odd, _ = csv.reader(io.StringIO(office.bad_rows(list_).decode("utf-8-sig")), delimiter=";")
    assert odd[-1].startswith("Cột “Số hộ”: ")
    assert [office.whole("visits", VISITS)[one] for one in ("good", "known", "bad")] == [1, 1, 2]

    for known in (0, 1):
        done = office.whole("milestones", REACHED)
        assert [done[one] for one in ("good", "known", "bad")] == [1, known, 1]
    assert done["bad_rows"][0]["refusal"] == "TooYoung"
    office.home.catch_up()
    said = office.caller.get(f"/units/{TUY_PHUOC}/milestones").json()["milestones"]
    counts = {one["milestone"]: one["everybody"] for one in said if one["everybody"]["reached"]}
    assert list(counts) == ["digital-identity", "digital-signature"]
    assert {(one["reached"], one["confirmed"], one["imported"]) for one in counts.values()} == {(1, 0, 1)}
    visited = office.caller.get(f"/units/{TUY_PHUOC}/visits").json()["unit"]
    assert (visited["visited"], visited["found"]["smartphone"]) == (1, 1)


@ON_SQLITE
def test_a_workbook_comes_back_as_a_workbook(office, tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Danh sách"
    for row in (
        ["Danh sách chợ"],
        ["Tên chợ", "Số sạp", "Ghi chú"],
        ["(1)", "(2)", "(3)"],
        ["Chợ Dinh", 40, "=A1"],
        ["Chợ Gò", "?", 1],
        ["Tổng cộng", 40],
        ["NGƯỜI LẬP BIỂU", None, "TM. UBND XÃ"],
        ["Lê Quang Minh", None, "Trần Văn Hòa"],
    ):
        page.append(row)
    made = io.BytesIO()
    book.save(made)

    done = office.whole("markets", made.getvalue(), name="cho.xlsx")

    assert (done["rows"], done["good"], done["left_out"]) == (2, 1, [3, 6, 7, 8])
    seen = browsing(office.home, Role.ORGANIZER, TUY_PHUOC, "Mai Thị Xem")
    page = office.page(seen, "markets", made.getvalue())
    assert "4 dòng không phải là nội dung danh sách" in page
    assert "dòng 3, 6–8." in page
    shutil.rmtree(office.home.house.spools.folder)  # another server's home has none yet
    back = openpyxl.load_workbook(io.BytesIO(office.bad_rows(done["id"])))
    assert back.sheetnames == ["Danh sách"]
    assert [row[:3] for row in back.active.iter_rows(values_only=True)] == [
        ("Tên chợ", "Số sạp", "Ghi chú"),
        ("Chợ Gò", "?", 1),
    ]
    assert "1" in (back.properties.description or "")


def test_stopped_in_the_middle_it_goes_on(office, monkeypatch):
    """As a process that is killed leaves it: some rows recorded, the list under way."""
    house = office.home.house
    office.whole("teams", TEAMS)
    list_ = office.bring("members", members(390)).json()["id"]
    office.looked_at(list_)
    importing.load_soon(house, list_)
    monkeypatch.setattr(importing, "TOGETHER", 100)

    def killed(done: int, _all: int) -> None:
        if done >= 200:
            raise Stopping

    with pytest.raises(Stopping):
        importing.load(house, importing.must_get(house, list_), killed)
    some = len(house.ledger.history([Selector([TeamMemberJoined], [])]))
    assert 0 < some < 390

    importing.go_on_all(house)  # what a server does when it starts
    done = office.until(list_, "loaded")

    assert (done["good"], done["bad"]) == (390, 0)
    assert done["known"] >= some
    assert len(house.ledger.history([Selector([TeamMemberJoined], [])])) == 390


class Killed(BaseException):
    """As a process that is killed with -9: nothing of it comes to an end, and nobody is told."""


@pytest.fixture
def deadly(office) -> tuple[House, ListId, list[int]]:
    """A list about to be loaded, and how many rows of it were over each time that it killed somebody."""
    office.whole("teams", TEAMS)
    list_ = ListId(office.bring("members", members(390)).json()["id"])
    office.looked_at(list_)
    importing.load_soon(office.home.house, list_)
    return office.home.house, list_, []


def dies_after(chunks: Iterator[int], tries: list[int], load: Any) -> Any:
    """Loads and is killed, each time once so many chunks of rows were begun."""

    def killed(house: House, brought: Any, _report: Any) -> Any:
        left = next(chunks)

        def report(done: int, _all: int) -> None:
            nonlocal left
            left -= 1
            if not left:
                tries.append(done)
                raise Killed

        return load(house, brought, report)

    return killed


def go_on(house: House, list_: ListId) -> None:
    """What each machine does that finds the list."""
    job = importing.go_on(house, importing.must_get(house, list_))
    if job is not None:
        job.outcome.exception(30)


def test_a_list_that_ends_whoever_is_at_it_is_left_alone_until_its_organizer_tries_again(
    office, deadly, monkeypatch
):
    house, list_, tries = deadly
    load = importing.load
    monkeypatch.setattr(importing, "TOGETHER", 100)
    monkeypatch.setattr(importing, "load", dies_after(repeat(3), tries, load))

    for _ in range(10):
        go_on(house, list_)

    assert len(tries) == 1 + MOST_ATTEMPTS  # the first came farther than nobody
    failed = house.lists.get(list_)
    assert (failed.state, failed.why) == (State.FAILED, "ended-loading")
    assert "nhiều lần bị ngắt" in office.caller.get(f"/imports/{list_}", lang="vi").json()["why"]
    minh = browsing(office.home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    page = text(minh.get(f"/nhap/{list_}"))
    assert ("nhiều lần bị ngắt" in page, f'action="/nhap/{list_}/nap"' in page) == (True, True)

    monkeypatch.setattr(importing, "load", load)
    assert minh.post(f"/nhap/{list_}/nap", {}).status_code == 303
    go_on(house, list_)
    done = house.lists.get(list_)
    assert (done.state, done.good, done.bad, done.known >= 100) == (State.LOADED, 390, 0, True)


@ON_SQLITE
def test_hamlets_that_are_not_known_yet_can_be_added(office):
    rows = "Tên tổ;Xã;Thôn\r\nTổ số 1;Tuy Phước;Thôn Lạ\r\n"
    list_ = office.bring("teams", rows).json()["id"]
    assert office.looked_at(list_)["bad"] == 1
    minh = browsing(office.home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    assert "chưa có trong hệ thống thì thêm được" in text(minh.get(f"/nhap/{list_}"))
    minh.post(f"/nhap/{list_}/doi-cot", {})
    assert office.looked_at(list_, new_hamlets=True)["bad"] == 0
    assert "chưa có trong hệ thống thì thêm được" not in text(minh.get(f"/nhap/{list_}"))


@ON_SQLITE
def test_a_list_that_comes_farther_each_time_is_gone_on_with_and_so_is_one_that_was_stopped(
    deadly, monkeypatch
):
    house, list_, tries = deadly
    load = importing.load
    monkeypatch.setattr(importing, "TOGETHER", 30)
    monkeypatch.setattr(importing, "load", dies_after(count_up(1), tries, load))
    for _ in range(10):
        go_on(house, list_)
    assert len(tries) == 10  # killed more often than is borne without a step
    assert house.lists.get(list_).state is State.LOADING

    def stopped(_house: House, _brought: Any, _report: Any) -> Any:
        raise Stopping

    monkeypatch.setattr(importing, "load", stopped)
    for _ in range(2 * MOST_ATTEMPTS):
        go_on(house, list_)
    monkeypatch.setattr(importing, "load", load)
    go_on(house, list_)
    assert house.lists.get(list_).state is State.LOADED


@pytest.fixture
def elsewhere(home, tmp_path_factory) -> Iterator[House]:
    """Another machine with the same ledger: a home of its own, with the key file in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(path_in(home.house.settings.home).parent, path_in(folder).parent)
    house = open_house(Settings(home=folder, database_url=home.house.settings.database_url))
    yield house
    house.close()


@pytest.mark.parametrize("home", ["postgresql"], indirect=True)
def test_another_machine_goes_on_with_it_and_with_nothing_that_somebody_is_at(office, elsewhere, monkeypatch):
    house = office.home.house
    office.whole("teams", TEAMS)
    list_, gone = (office.bring("members", members(many)).json()["id"] for many in (300, 3))
    for one in (list_, gone):
        office.looked_at(one)
        importing.load_soon(house, one)
    monkeypatch.setattr(importing, "TOGETHER", 100)

    def killed(done: int, _all: int) -> None:
        found = importing.go_on(elsewhere, elsewhere.lists.get(list_))
        assert found is not None
        assert found.outcome.result(30).state is State.LOADING  # its lock is held
        if done >= 100:
            raise Stopping

    with pytest.raises(Stopping):
        importing.at_once(house, list_, importing.load, killed)
    house.spools.remove(gone)
    lookout = Lookout(elsewhere, every=0.05)
    lookout.start()

    done = office.until(list_, "loaded")
    assert (done["good"], done["bad"], done["known"] >= 100) == (300, 0, True)
    assert len(house.ledger.history([Selector([TeamMemberJoined], [])])) == 300
    assert until(lambda: house.lists.get(gone).why) == "gone"  # the control: it needs the kept rows
    lookout.close()


@ON_SQLITE
def test_what_was_arriving_when_the_process_ended_is_removed(home):
    left = home.house.spools.incoming()
    left.write_text("Võ Thị Hoa")

    importing.go_on_all(home.house)

    assert not left.exists()


@ON_SQLITE
def test_nothing_is_recorded_before_it_is_asked_for(office):
    before = count(office.home)
    list_ = office.bring("teams", TEAMS).json()["id"]
    office.looked_at(list_)

    assert count(office.home) == before
    assert office.caller.post(f"/imports/{list_}/removal", {}).status_code == 200
    assert office.caller.get(f"/imports/{list_}").status_code == 404
    assert kept_pieces(office.home) == []


@ON_SQLITE
def test_what_is_being_loaded_is_not_taken_away_meanwhile(office):
    list_ = office.bring("teams", TEAMS).json()["id"]
    office.looked_at(list_)
    importing.load_soon(office.home.house, list_)

    refused = office.caller.post(f"/imports/{list_}/removal", {})

    assert (refused.status_code, refused.json()["type"]) == (409, "/api/v1#still-under-way")
    assert office.until(list_, "loaded")["good"] == 2
    assert office.caller.post(f"/imports/{list_}/removal", {}).status_code == 200


@ON_SQLITE
def test_what_is_kept_is_sealed_and_goes_with_its_time(office):
    home = office.home
    list_ = office.bring("members", members(3, bad=frozenset({2}))).json()["id"]
    cover, rows = kept_pieces(home)

    assert home.house.spools.folder.stat().st_mode & 0o777 == 0o700
    assert b"members" not in cover
    assert "Nguyễn".encode() not in rows
    clock = home.house.clock
    home.house.lists._clock = lambda: clock().replace(year=clock().year + 1)
    assert importing.remove_old(home.house) == 1
    assert (kept_pieces(home), office.caller.get(f"/imports/{list_}").status_code) == ([], 404)


def test_an_erased_person_is_in_no_list_that_waits(office):
    home = office.home
    rows = TEAMS.replace("Tổ số 2;21952;06/01/2026", "Tổ số 2;21952;Bà Trần Thị Nhược báo")
    list_ = office.bring("teams", rows).json()["id"]
    learner = (
        home.known("lan")
        .post(
            "/lessons",
            {
                "submission": uuid4().hex,
                "on": today(),
                "unit": TUY_PHUOC,
                "skills": ["vneid"],
                "learners": [{"name": "TRẦN THỊ NHƯỢC", "birth_year": 1950}],
            },
        )
        .json()["teachings"][0]["learner"]
    )
    home.catch_up()

    asking = home.house.actor(learner)
    home.run(people.erase(home.house.ground, asking, learner, ErasureForm(submission="e")))

    assert [line for line, _ in home.house.spools.lines(list_)] == [2]


def test_who_is_erased_while_a_list_is_loaded_is_not_in_what_is_left_of_it(office, monkeypatch):
    """Between the moment at which the rows that were not taken are written and that at which they stand."""
    house = office.home.house
    rows = TEAMS.replace("21952;06/01/2026", "21952;Bà Trần Thị Nhược báo")
    list_ = office.bring("teams", rows).json()["id"]
    before, bad = len(kept_pieces(office.home)), office.looked_at(list_)["bad"]
    assert bad
    importing.load_soon(house, list_)
    done, erased = Tally.done, iter([Identity(name="Trần Thị Nhược")])

    def just_erased(*given: Any) -> bool:
        house.spools.forget(erased)
        return done(*given)

    monkeypatch.setattr(Tally, "done", just_erased)
    loaded = importing.load(house, importing.must_get(house, list_))

    assert (loaded.state, loaded.bad) == (State.LOADED, bad)
    assert next(erased, None) is None  # somebody was erased meanwhile
    assert list(house.spools.lines(list_)) == []
    assert len(kept_pieces(office.home)) < before  # nor in a draft that nobody refers to


@ON_SQLITE
def test_of_which_unit_and_whose(office):
    list_ = office.bring("teams", TEAMS).json()["id"]
    lan, hanh = office.home.known("lan"), office.home.known("hanh")

    assert office.bring("teams", TEAMS, unit=ELSEWHERE).status_code == 404
    assert office.bring("teams", TEAMS, unit=PROVINCE).status_code == 404
    for other in (lan, hanh):
        assert other.get(f"/imports/{list_}").status_code == 403
    other = office.home.caller(Role.ORGANIZER, TUY_PHUOC, "Hồ Văn Khác")
    assert other.get(f"/imports/{list_}").status_code == 404
    assert other.post(f"/imports/{list_}/loading", {}).status_code == 404


@ON_SQLITE
def test_what_is_no_list_is_refused_and_leaves_nothing(office, monkeypatch):
    for content, refusal in (
        (b"%PDF-1.7", "not-a-list"),
        (b"PK\x03\x04", "damaged"),
        (b"", "nothing-inside"),
        ("Họ tên\n".encode(), "nothing-inside"),
    ):
        said = office.bring("members", content)
        assert (said.status_code, said.json()["type"]) == (422, f"/api/v1#{refusal}")
    monkeypatch.setattr(uploading, "LARGEST", 1_000)
    said = office.bring("members", b"x" * 1_001)
    assert (said.status_code, said.json()["type"]) == (413, "/api/v1#file-too-large")
    assert kept_pieces(office.home) == []


@ON_SQLITE
def test_columns_that_are_lacking_or_said_twice(office):
    found = office.bring("members", "Cột A,Cột B\nx,y\n").json()
    path = f"/imports/{found['id']}/columns"

    assert found["lacking"] == ["name", "team"]
    for wrong in (["name", None], ["name", "name"], ["name", "team", None], ["name", "khác"]):
        assert office.caller.post(path, {"columns": wrong}).status_code == 400
    assert office.caller.post(path, {"columns": ["name", "team"]}).status_code == 200


def multipart(token: str, content: bytes, *, first: bool = True, name: str = "to.csv") -> tuple[bytes, str]:
    boundary = uuid4().hex
    field = f'--{boundary}\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'.encode()
    file = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + content
        + b"\r\n"
    )
    parts = field + file if first else file + field
    return parts + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def send(browser: Browsing, path: str, body: tuple[bytes, str]) -> Any:
    content, kind = body
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    return browser.home.run(browser._client.post(path, content=content, headers=headers))


def text(answer: Any) -> str:
    return html.unescape(answer.text)


@pytest.fixture
def browser(home) -> Browsing:
    return browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")


UPLOAD = f"/nhap/moi?unit={TUY_PHUOC}&kind=teams"


@ON_SQLITE
def test_by_a_browser_without_scripts_from_the_file_to_the_result(home, browser):
    assert "Thành viên tổ" in text(browser.get("/nhap?lang=vi"))
    sent = send(browser, UPLOAD, multipart(browser.token, f"{TEAMS};;\r\nTổ số 3;Xã Lạ;\r\n".encode()))
    assert sent.status_code == 303
    path = sent.headers["location"]
    assert "Tên tổ" in text(browser.get(path))

    wrong = browser.post(f"{path}/cot", {"c0": "commune", "c1": "commune", "c2": ""})
    assert wrong.status_code == 422
    assert browser.post(f"{path}/cot", {"c0": "team", "c1": "commune", "c2": "on"}).status_code == 303
    checked = _settled(browser, path)
    assert "Xã Lạ" not in text(checked)
    assert "Cột “Xã/Phường”: " in text(checked)
    assert "không có xã, phường nào có tên" in text(checked)
    importing.load_soon(home.house, ListId(path.removeprefix("/nhap/")))
    refused = browser.post(f"{path}/bo", {})
    assert (refused.status_code, "Xin bỏ danh sách khi xong." in text(refused)) == (409, True)
    assert browser.post(f"{path}/nap", {}).status_code == 303
    assert "Đã nhập danh sách" in text(_settled(browser, path))
    assert (
        browser.get(f"{path}/tep").content.decode("utf-8-sig").startswith("Tên tổ;Xã/Phường;Ngày thành lập;")
    )
    assert browser.post(f"{path}/bo", {}).status_code == 303
    assert browser.get(path).status_code == 404


def _settled(browser: Browsing, path: str) -> Any:
    def settled() -> Any:
        said = browser.get(path)
        if said.status_code != 202:
            return said
        assert said.headers["refresh"].endswith(path)
        return None

    return until(settled)


@ON_SQLITE
def test_an_upload_that_is_not_ours_leaves_nothing(home, browser):
    forged = send(browser, UPLOAD, multipart("x", TEAMS.encode()))
    late = send(browser, UPLOAD, multipart(browser.token, TEAMS.encode(), first=False))
    nothing = browser.post(UPLOAD, {})
    cut = send(browser, UPLOAD, (b"--x\r\nContent-Disp", "multipart/form-data; boundary=x"))

    assert [forged.status_code, late.status_code, nothing.status_code, cut.status_code] == [
        403,
        403,
        415,
        400,
    ]
    assert kept_pieces(home) == []
    assert send(browser, f"/nhap/moi?unit={ELSEWHERE}&kind=teams", multipart("x", b"")).status_code == 404


@ON_SQLITE
def test_of_an_upload_under_a_session_that_ended_meanwhile_nothing_is_kept(home, browser, monkeypatch):
    pieces, whose = uploading._pieces, home.house.accounts.session(browser.cookie).person

    async def until_signed_out(request: Any) -> Any:
        async for one in pieces(request):
            yield one
        await home.house.accounts.end_devices(whose)

    monkeypatch.setattr(uploading, "_pieces", until_signed_out)
    assert send(browser, UPLOAD, multipart(browser.token, TEAMS.encode())).status_code == 401
    assert kept_pieces(home) == []
    assert list(home.house.spools.folder.iterdir()) == []


@ON_SQLITE
def test_a_command_waits_while_somebody_else_looks_at_its_list(office):
    """Else whoever looks next would go on with it beside the command."""
    house, list_ = office.home.house, ListId(office.bring("teams", TEAMS).json()["id"])
    with ThreadPoolExecutor(1) as command:
        with alone(house.database, importing._number(list_)):
            found = command.submit(importing.at_once, house, list_, importing.check)
            with pytest.raises(TimeoutError):
                found.result(0.2)
            assert house.lists.get(list_).state is State.MAPPING
        assert found.result(30).state is State.CHECKED


def test_who_may_no_longer_brings_nothing_in(office):
    house = office.home.house
    list_ = office.bring("teams", TEAMS).json()["id"]
    office.looked_at(list_)
    house.lists.change(list_, state=State.LOADING, person="nobody")

    importing.go_on_all(house)
    until(lambda: house.lists.get(list_).state is not State.LOADING)

    found = house.lists.get(list_)
    assert (found.state, found.why) == (State.FAILED, "may-not")


@ON_SQLITE
def test_who_may_no_longer_brings_in_no_more_of_it(office, monkeypatch):
    """Revoked after the first of the rows: a long list takes many minutes."""
    home = office.home
    list_ = office.bring("teams", TEAMS).json()["id"]
    assert office.looked_at(list_)["good"] == 2
    minh = home.house.lists.get(list_).person
    take = Loader.take

    async def revoked_meanwhile(self: Loader, outcomes: Any) -> None:
        await take(self, outcomes)
        await self.rest()
        form = RevokeForm(submission="revoke", role=Role.ORGANIZER, unit=TUY_PHUOC)
        done = await access.revoke(home.house.ground, OPERATOR, minh, form)
        assert home.house.projector.wait_for(done.position, 30)

    monkeypatch.setattr(importing, "TOGETHER", 1)
    monkeypatch.setattr(Loader, "take", revoked_meanwhile)
    importing.load_soon(home.house, list_)
    importing.go_on(home.house, home.house.lists.get(list_))
    until(lambda: home.house.lists.get(list_).state is not State.LOADING)

    found = home.house.lists.get(list_)
    assert (found.state, found.why) == (State.FAILED, "may-not")
    assert len(home.house.ledger.history([Selector([TeamFormed])])) == 1


@ON_SQLITE
def test_a_list_that_was_loaded_in_part_is_gone_on_with_by_the_same_columns_alone(office):
    """By others its rows would be other rows, and be recorded again."""
    home = office.home
    list_ = office.bring("teams", TEAMS).json()["id"]
    columns = office.looked_at(list_)["columns"]
    office.loaded(list_)
    before = count(home)
    home.house.lists.change(list_, state=State.FAILED, why="fault")
    home.house.spools.write(*_again(home, list_))
    others = [None if one == "on" else one for one in columns]

    refused = office.caller.post(f"/imports/{list_}/columns", {"columns": others})

    assert (refused.status_code, refused.json()["type"]) == (409, "/api/v1#columns-stand")
    assert office.looked_at(list_)["known"] == 2
    office.loaded(list_)
    assert count(home) == before


def _again(home: Home, list_: str) -> Any:
    """The rows, as they were before they were loaded."""
    cover = home.house.spools.cover(ListId(list_))
    rows = [(2, ["Tổ số 1", "Xã Tuy Phước", "05/01/2026"]), (3, ["Tổ số 2", "21952", "06/01/2026"])]
    return ListId(list_), importing.must_get(home.house, list_).person, cover, rows


@ON_SQLITE
def test_a_file_name_says_nothing_in_the_home(home, browser):
    send(browser, UPLOAD, multipart(browser.token, TEAMS.encode(), name="../../Võ Thị Hoa.csv"))

    names = [name for _, _, some in os.walk(home.house.settings.home) for name in some]
    assert not any("Hoa" in name for name in names)
    assert not Path(home.house.settings.home.parent / "Võ Thị Hoa.csv").exists()


def test_reasons_are_counted_most_first_each_with_its_first_row(office):
    lists, list_ = office.home.house.lists, ListId(office.bring("teams", TEAMS).json()["id"])
    said = [
        ("EmptyCell", "name"),
        ("BadName", "name"),
        ("EmptyCell", "team"),
        ("BadName", "name"),
        ("Gone", ""),
    ]
    faults = [
        KeptFault(line, refusal, {"field": field} if field else {})
        for line, (refusal, field) in enumerate(said, start=2)
    ]

    assert lists.finish(list_, faults, lambda _db: None, only_in=State.MAPPING, state=State.CHECKED)

    found = [(one.line, one.refusal, many) for one, many in lists.kinds_of_faults(list_)]
    assert found == [(3, "BadName", 2), (2, "EmptyCell", 1), (4, "EmptyCell", 1), (6, "Gone", 1)]
