"""KoboToolbox and ODK Central send what they collect, in the forms that they document: once each, marked
as imported, and where something is wrong kept until it is mended."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from application import people
from application.actors import OPERATOR
from application.surveys import connecting
from domain.calendar import day_of
from domain.lists import ListKind
from domain.model import Role
from infrastructure import form_submissions
from infrastructure.ledger.writer import utc_now
from infrastructure.surveys import KeptSurveys
from interfaces import importing
from tests.interfaces.api import requests
from tests.interfaces.api.forms import MENTOR_PHONE, Form, exported, kobo, odk, taught, waiting
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Caller
from tests.interfaces.web.browsing import browsing

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)
"""Where what is tried never comes to a table."""


@pytest.fixture
def mentor(home):
    """Whom the forms name as the one who taught."""
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)


def test_a_lesson_from_kobotoolbox_counts_once_and_confirms_nothing(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()

    first = form.send(body)
    assert (first.status_code, first.json()["state"]) == (201, "recorded"), first.text
    assert form.send(body).status_code == 200
    assert form.send(body | {"_id": 1, "_submission_time": "2026-03-02T01:25:31"}).status_code == 200

    assert taught(home) == (1, 0)
    assert waiting(home) == []
    assert "Đã ghi" in form.page


@ON_SQLITE
def test_the_same_by_basic_authentication_and_in_a_wrapper(home, mentor):
    form = Form(home, "kobo", "lesson")
    basic = base64.b64encode(f"kobo:{form.secret}".encode()).decode()

    sent = Caller(home).post(
        f"/kobo/{form.ref}", {"data": kobo()}, headers={"authorization": f"Basic {basic}"}
    )

    assert sent.status_code == 201, sent.text


@ON_SQLITE
def test_without_its_key_nothing_comes_in_and_nothing_is_told(home):
    form, other = Form(home, "kobo", "lesson"), Form(home, "odk", "milestone", who="Lê Văn Nối")
    anyone = Caller(home)

    answers = [
        anyone.post(f"/kobo/{form.ref}", kobo()),
        anyone.post(f"/kobo/{form.ref}", kobo(), headers={"x-api-key": "wrong"}),
        anyone.post(f"/kobo/{form.ref}", kobo(), headers={"x-api-key": other.secret}),
        anyone.post("/kobo/none", kobo(), headers={"x-api-key": form.secret}),
        anyone.post(f"/odk/{form.ref}", odk(""), headers={"x-api-key": form.secret}),
        anyone.post(f"/kobo/{form.ref}", kobo(), headers={"authorization": "Basic %%%"}),
        anyone.post(f"/kobo/{form.ref}", kobo(), headers=home.known("minh").headers),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_what_is_wrong_is_kept_sealed_told_in_a_sentence_and_taken_in_once_mended(home):
    form = Form(home, "kobo", "lesson")

    sent = form.send(kobo())
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    assert sent.json()["problem"]
    page = form.page
    assert "Chờ sửa" in page
    assert "Người hướng dẫn" in page
    assert "Võ Thị Hai" not in page
    (sealed,) = waiting(home)
    assert "Võ".encode() not in sealed

    home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)
    again = form.browser.post(f"/ket-noi/{form.ref}/thu-lai", {})
    assert again.headers["location"].endswith("some=1")
    assert taught(home) == (1, 0)
    assert waiting(home) == []


def test_fields_with_names_of_their_own_are_set_by_an_organizer(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()
    body["H_v_t_n"] = body.pop("nguoi_hoc/ho_va_ten")  # as Kobo names "Họ và tên" by itself
    assert form.send(body).status_code == 202

    page = form.page
    assert "Chưa có trường nào cho: Họ và tên" in page
    place = page.partition(">h_v_t_n</label>")[0].rpartition('for="')[2].rstrip('"')
    form.browser.post(f"/ket-noi/{form.ref}/truong", {place: "name"})
    form.browser.post(f"/ket-noi/{form.ref}/thu-lai", {})

    assert taught(home) == (1, 0)
    assert form.send(body).status_code == 200


def test_milestones_from_odk_central_are_counted_as_imported(home):
    form = Form(home, "odk", "milestone")
    fields = (
        "<nguoi><ho_ten>Lê Thị Ba</ho_ten><nam_sinh>1960</nam_sinh></nguoi>"
        "<cot_moc><chu_ky_so>co</chu_ky_so><dich_vu_cong>yes</dich_vu_cong><thanh_toan_so>khong</thanh_toan_so>"
        "</cot_moc><today>2026-03-02</today>"
    )
    body = odk(fields)

    assert form.send(body).status_code == 201
    assert form.send(body).status_code == 200
    home.catch_up()
    rows = home.known("minh").get(f"/units/{TUY_PHUOC}/milestones").json()["milestones"]
    assert {row["milestone"] for row in rows if row["everybody"]["imported"] == 1} == {
        "digital-signature",
        "online-public-service",
    }
    assert not any(row["everybody"]["confirmed"] for row in rows)


@ON_SQLITE
def test_other_events_of_odk_central_are_taken_note_of(home):
    form = Form(home, "odk", "milestone")
    review = {"type": "submission.update", "id": "uuid:a", "data": {"reviewState": "hasIssues"}}

    assert form.send(review).json()["state"] == "ignored"


def test_a_family_with_its_members_as_a_repeat_group(home, mentor):
    form = Form(home, "kobo", "household")
    body = kobo(
        thanh_vien=[
            {"thanh_vien/ho_va_ten": "Đỗ Văn Một", "thanh_vien/nam_sinh": "1970"},
            {"thanh_vien/ho_va_ten": "Đỗ Thị Một", "thanh_vien/nam_sinh": "1972"},
        ]
    )
    for name in ("nguoi_hoc/ho_va_ten", "nguoi_hoc/so_dien_thoai", "nguoi_hoc/nam_sinh", "buoi/ky_nang"):
        del body[name]

    assert form.send(body).status_code == 201
    assert form.send(body).status_code == 200


@ON_SQLITE
def test_a_visit_from_door_to_door(home, mentor):
    form = Form(home, "kobo", "visit")
    visited = {"so_ho": "12", "da_co": "smartphone home_network", "nhu_cau": "vneid"}

    sent = form.send(kobo(**visited))
    assert sent.status_code == 201, sent.text

    several = form.send(kobo(ho=[{"ho/so_ho": "13"}, {"ho/so_ho": "14"}]))
    assert (several.status_code, several.json()["state"]) == (202, "waiting"), several.text


def test_a_csv_export_and_the_webhook_count_once_in_either_order(home, mentor):
    form, first, second = Form(home, "kobo", "lesson"), kobo(), kobo()
    second["nguoi_hoc/ho_va_ten"], second["nguoi_hoc/so_dien_thoai"] = "Võ Văn Ba", "0912000222"
    assert form.send(first).status_code == 201

    done = form.upload(exported(first, second))
    assert done.headers["location"].endswith("some=1-1-0-0#came"), done.text
    assert form.send(second).status_code == 200
    assert taught(home) == (2, 0)


def test_the_same_export_as_a_list_of_classes_counts_once_too(home, mentor, tmp_path):
    form, first, second = Form(home, "kobo", "lesson"), kobo(), kobo()
    second["nguoi_hoc/ho_va_ten"], second["nguoi_hoc/so_dien_thoai"] = "Võ Văn Ba", "0912000222"
    assert form.send(first).status_code == 201
    file = home.house.spools.incoming()
    file.write_text(exported(first, second), encoding="utf-8")
    unit = home.house.units.find(TUY_PHUOC)

    brought = importing.bring(home.house, OPERATOR, file, name="kobo.csv", kind=ListKind.CLASSES, unit=unit)
    done = importing.load(home.house, importing.must_get(home.house, brought))

    assert (done.good, done.known, done.bad) == (2, 1, 0)
    assert form.send(second).status_code == 200
    assert taught(home) == (2, 0)


def test_an_export_of_odk_central_names_its_instances_alike(home):
    form, uuid = Form(home, "odk", "milestone"), str(uuid4())
    fields = "<nguoi><ho_ten>Lê Thị Ba</ho_ten><nam_sinh>1960</nam_sinh></nguoi><chu_ky_so>co</chu_ky_so>"
    assert form.send(odk(fields, uuid)).status_code == 201
    text = (
        "SubmissionDate,nguoi-ho_ten,nguoi-nam_sinh,chu_ky_so,meta-instanceID,KEY,SubmitterID\n"
        f"2026-03-01T01:25:31.000Z,Lê Thị Ba,1960,co,uuid:{uuid},uuid:{uuid},5\n"
        ",Không Mã,1960,co,,,5\n"
    )

    assert form.upload(text).headers["location"].endswith("some=0-1-0-1#came")


@ON_SQLITE
def test_what_is_no_export_is_said_so(home):
    form = Form(home, "kobo", "lesson")
    files = {
        "": 422,
        "ho_ten,nam_sinh\nLê Thị Ba,1960\n": 422,
        "_uuid;ho_ten\n" + "a;b\n" * 2_001: 422,
        "_uuid" + ";" * 5_000: 422,
        b"_uuid;ho_ten\na;L\xea\n": 400,
        '_uuid;"ho_ten\n': 303,
    }

    for text, status in files.items():
        assert form.upload(text).status_code == status, text[:40]


@ON_SQLITE
def test_no_xml_breaks_anything(home):
    form = Form(home, "odk", "milestone")
    hostile = (
        '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><data><x>&b;</x></data>',
        "<data>" * 400,
        "<data><a>",
        "\x00",
        "không phải XML",
    )

    for xml in hostile:
        sent = form.send({"type": "submission.create", "id": "uuid:a", "data": {"xml": xml}})
        assert sent.status_code == 422, xml


@ON_SQLITE
def test_no_body_breaks_anything(home):
    form = Form(home, "kobo", "lesson")
    hostile: tuple[dict[str, Any], ...] = (
        {},
        {"_uuid": None},
        {"_uuid": 12, "a": {"b": {"c": [1, [2], {"d": []}]}}},
        {"_uuid": "x", "ho_ten": ["a", 1, None, {}], "": "", "/": "/", "ngay": True, "phone": 1e308},
        {"_uuid": "x" * 5_000, "ho_ten": "a" * 50_000},
    )

    for body in hostile:
        assert form.send(body).status_code in (202, 422), body


@ON_SQLITE
def test_what_is_too_large_or_no_json_is_refused(home):
    form = Form(home, "kobo", "lesson")

    assert form.send(kobo(ghi_chu="x" * 70_000)).status_code == 413
    headers = {"x-api-key": form.secret, "content-type": "application/json"}
    assert Caller(home).post(f"/kobo/{form.ref}", content=b"{", headers=headers).status_code == 400
    deep = b'{"_uuid":"a","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    assert Caller(home).post(f"/kobo/{form.ref}", content=deep, headers=headers).status_code in (400, 422)


@ON_SQLITE
def test_what_its_organizer_may_no_longer_the_form_may_not(home, mentor):
    form = Form(home, "kobo", "lesson")
    kept = home.house.surveys.find(form.ref)
    nobody = home.house.actor(kept.keeper).__class__(person=kept.keeper)

    done = home.run(connecting.receive(home.house.ground, home.house.surveys, nobody, kept, kobo()))

    assert done.state == "waiting"
    assert type(done.refused).__name__ == "NotAllowed"


def test_a_disconnected_form_opens_nothing_and_keeps_nothing(home):
    form = Form(home, "kobo", "lesson")
    form.send(kobo())
    assert len(waiting(home)) == 1

    form.browser.post(f"/ket-noi/{form.ref}/ngat", {})

    assert form.send(kobo()).status_code == 401
    assert waiting(home) == []


@ON_SQLITE
def test_another_units_connection_is_not_there(home):
    form = Form(home, "kobo", "lesson")
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Mai Thị Xa")

    assert stranger.get(f"/ket-noi/{form.ref}").status_code == 404
    assert stranger.post(f"/ket-noi/{form.ref}/ngat", {}).status_code == 404
    assert "Phiếu 1" not in stranger.get("/ket-noi").text


@ON_SQLITE
def test_who_connects_a_form_confirms_that_it_is_them_before_typing(home):
    boss = Form(home, "kobo", "lesson").browser
    assert 'action="/ket-noi"' in boss.get("/ket-noi").text
    opened = boss.get("/ket-noi?new=1").text
    assert '<details class="more" open>' in opened

    home.house.clock = lambda: utc_now() + timedelta(minutes=6)

    listed = boss.get("/ket-noi").text
    assert "Phiếu 1" in listed
    assert 'action="/ket-noi"' not in listed
    assert 'href="/ket-noi?new=1"' in listed
    assert boss.get("/ket-noi?new=1").headers["location"] == "/xac-thuc?next=%2Fket-noi%3Fnew%3D1"


@ON_SQLITE
def test_the_key_is_stored_nowhere(home):
    form = Form(home, "kobo", "lesson")
    found = home.house.surveys.find(form.ref)

    assert form.secret not in json.dumps(found.columns) + repr(found)
    assert form.secret not in form.page


def later(home, days):
    """What keeps submissions, so many days from now."""
    house = home.house
    clock = lambda: utc_now() + timedelta(days=days)  # noqa: E731
    return KeptSurveys(house.database, house.ledger, house.vault, clock=clock)


def test_what_nobody_mends_lapses_after_thirty_days_and_is_told_for_a_year(home):
    form, body = Form(home, "kobo", "lesson"), kobo()
    form.send(body)
    surveys = home.house.surveys
    assert surveys.aged() == home.run(surveys.clear()) == 0
    lapses = f"{day_of(utc_now() + timedelta(days=30)):%d/%m/%Y}"
    assert f"Sẽ xóa sau ngày {lapses}" in form.page
    assert f"1 phiếu chờ đến {lapses}" in form.browser.get("/ket-noi").text

    after = later(home, 31)
    assert after.aged() == home.run(after.clear()) == 1

    assert after.aged() == home.run(after.clear()) == 0
    assert waiting(home) == []
    assert "1 phiếu đã hết hạn trong mười hai tháng qua" in form.page
    assert [(one.state, one.kept, one.goes) for one in surveys.came(form.ref, 9)] == [("lapsed", False, None)]
    home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)
    assert form.send(body).json()["state"] == "recorded"  # sent again it is taken in
    assert home.house.surveys.open() == {}
    assert home.run(later(home, 366).clear()) == 1


@ON_SQLITE
def test_too_much_that_waits_lapses_and_is_told_and_what_lapses_first_is_shown_first(home, monkeypatch):
    monkeypatch.setattr(form_submissions, "MOST_WAITING", 2)
    monkeypatch.setattr(form_submissions, "MOST_TOLD", 1)
    form = Form(home, "kobo", "lesson")
    for _ in range(4):
        form.send(kobo())

    surveys = home.house.surveys
    came = surveys.came(form.ref, 9)
    assert [one.state for one in came] == ["waiting", "waiting", "lapsed"]
    assert came[0].received < came[1].received
    (open_,) = surveys.open().values()
    assert (open_.waiting, open_.first_goes, open_.lapsed) == (2, came[0].goes, 1)


@ON_SQLITE
def test_what_waits_goes_with_the_organizer_under_whose_key_it_is(home):
    form = Form(home, "kobo", "lesson")
    form.send(kobo())
    kept = home.house.surveys.find(form.ref)

    home.run(people.forget(home.house.ground, kept.keeper, OPERATOR.by))

    assert home.house.surveys.waiting(kept, 10) == []
    assert waiting(home) == []
    home.catch_up()
    assert form.send(kobo()).status_code == 202
    assert waiting(home) == []  # of what comes now nothing but its problem is kept


@ON_SQLITE
def test_what_waits_and_names_somebody_who_is_erased_brings_them_back_by_no_mending(home):
    form = Form(home, "kobo", "lesson")
    form.send(kobo())
    form.send(kobo(**{"nguoi_hoc/ho_va_ten": "Võ Thị Ba", "ghi_chu": "cùng bà VÕ THỊ HAI đến"}))
    form.send(kobo(**{"nguoi_hoc/ho_va_ten": "Võ Thị Hải", "nguoi_hoc/so_dien_thoai": "0912000113"}))
    form.send(kobo(**{"nguoi_hoc/ho_va_ten": "Võ Thị Haiy", "nguoi_hoc/so_dien_thoai": "0912000114"}))
    assert len(waiting(home)) == 4
    lesson = home.known("lan").post("/lessons", requests.lesson({"name": "Võ Thị Hai", "birth_year": 1958}))
    learner = lesson.json()["teachings"][0]["learner"]

    home.run(people.forget(home.house.ground, learner, OPERATOR.by))

    (left,) = home.house.surveys.waiting(home.house.surveys.find(form.ref), 10)
    assert left.fields["nguoi_hoc/ho_va_ten"] == "Võ Thị Haiy"  # accents aside Hải is Hai, too
