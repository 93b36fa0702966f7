"""An edit in KoboToolbox or ODK Central is followed here: whichever version comes first, by the webhook or
by an export, one of them counts, and nothing is lost without somebody being told."""

import asyncio
from itertools import product
from uuid import uuid4

import pytest

from application.actors import OPERATOR
from application.surveys import coming, connecting, following
from domain.lists import ListKind
from domain.milestones import MilestoneReached
from domain.model import Role, Selector
from domain.teaching import TeachingLogged, TeachingVoided
from domain.visits import HouseholdVisited, VisitVoided
from infrastructure import form_versions
from interfaces import importing
from tests.interfaces.api import requests
from tests.interfaces.api.forms import MENTOR_PHONE, Form, exported, kobo, odk, taught, waiting
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC
from tests.interfaces.web.browsing import browsing

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)
NAME = "nguoi_hoc/ho_va_ten"
LETTERS = ("An", "Ba", "Chi", "Dung", "Em", "Giang", "Hoa", "Khanh")


@pytest.fixture
def mentor(home):
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)


def edit_of(body, **other):
    """As KoboToolbox has it after an edit: another id, the first and the last one beside it."""
    uuid = str(uuid4())
    return (
        body
        | {"meta/instanceID": f"uuid:{uuid}", "meta/deprecatedID": body["meta/instanceID"], "_uuid": uuid}
        | other
    )


def without_root(body):
    """As servers of KoboToolbox of before 2022 have it."""
    return {name: value for name, value in body.items() if name != "meta/rootUuid"}


def facts(home, *kinds):
    return [one.fact for one in home.house.ledger.history([Selector(kinds)])]


def lessons(home):
    """The names of whom the standing lessons of forms were given to, and on which days."""
    voided = {one.teaching for one in facts(home, TeachingVoided)}
    stand = [one for one in facts(home, TeachingLogged) if one.teaching not in voided]
    names = home.house.vault.names([one.learner for one in stand])
    return sorted((names[one.learner], one.on.isoformat()) for one in stand if one.by.startswith("import:"))


def test_an_edit_of_what_waits_replaces_it_whichever_came_first(home):
    form, first, second = Form(home, "kobo", "lesson"), kobo(), without_root(kobo())
    for body in (first, edit_of(first, **{NAME: "Võ Thị Ba"})):
        assert form.send(body).json()["state"] == "waiting"
    for body in (edit_of(second, **{NAME: "Võ Thị Bốn"}), second):
        form.send(body)
    assert len(waiting(home)) == 2

    home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)
    assert form.browser.post(f"/ket-noi/{form.ref}/thu-lai", {}).headers["location"].endswith("some=2")

    assert [name for name, _ in lessons(home)] == ["Võ Thị Ba", "Võ Thị Bốn"]
    assert waiting(home) == []


@ON_SQLITE
def test_the_last_of_three_versions_counts_in_whatever_order_they_come(home, mentor):
    form = Form(home, "kobo", "lesson")
    orders = list(product(("012", "102", "210", "201"), (True, False)))

    for number, (order, rooted) in enumerate(orders):
        first = kobo(**{NAME: f"Võ Thị {LETTERS[number]}", "nguoi_hoc/so_dien_thoai": f"091200{number}111"})
        other = {"nguoi_hoc/so_dien_thoai": f"091200{number}222", NAME: f"Lê {LETTERS[number]}"}
        second = edit_of(first, **other)
        third = edit_of(second, **{"buoi/ngay": "2026-03-02"})
        versions = [body if rooted else without_root(body) for body in (first, second, third)]
        for one in order:
            assert form.send(versions[int(one)]).json()["state"] == "recorded"
        for body in versions:
            assert form.send(body).status_code == 200  # again, and nothing happens

    assert lessons(home) == [(f"Lê {LETTERS[number]}", "2026-03-02") for number in range(len(orders))]


def test_an_edit_of_a_lesson_withdraws_it_and_is_recorded_anew(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()
    edit = edit_of(body, **{"buoi/ngay": "2026-03-05", "buoi/ky_nang": "vneid"})
    assert form.send(body).status_code == 201

    assert form.send(edit).status_code == 201
    assert form.send(edit).status_code == form.send(body).status_code == 200

    assert lessons(home) == [("Võ Thị Hai", "2026-03-05")]
    assert taught(home) == (1, 0)
    (voided,) = facts(home, TeachingVoided)
    assert (voided.by, voided.reason) == (f"import:{form.ref}", "mistake")


def test_versions_that_come_at_once_count_once(home, mentor):
    form, first = Form(home, "kobo", "lesson"), kobo()
    versions = [first, edit_of(first, **{"buoi/ngay": "2026-03-05"})]
    house, kept = home.house, home.house.surveys.find(form.ref)
    keeper = house.actor(kept.keeper)

    async def both():
        coming = (connecting.receive(house.ground, house.surveys, keeper, kept, body) for body in versions)
        return await asyncio.gather(*coming)

    home.run(both())

    assert lessons(home) == [("Võ Thị Hai", "2026-03-05")]


@ON_SQLITE
def test_a_crash_between_the_new_one_and_the_old_one_is_made_good(home, mentor, monkeypatch):
    form, body = Form(home, "kobo", "lesson"), kobo()
    edit = edit_of(body, **{"buoi/ngay": "2026-03-05"})
    form.send(body)

    with monkeypatch.context() as crashing:
        crashing.setattr(following, "withdraw", None)
        assert form.send(edit).status_code == 500
    assert [day for _, day in lessons(home)] == ["2026-03-01", "2026-03-05"]  # nothing is lost meanwhile

    assert form.send(edit).status_code == 201
    assert [day for _, day in lessons(home)] == ["2026-03-05"]


@ON_SQLITE
def test_a_program_that_edits_without_end_comes_to_an_end(home, mentor, monkeypatch):
    """Each version is weighed with all before it."""
    monkeypatch.setattr(coming, "MOST_FOLLOWED", 3)
    monkeypatch.setattr(form_versions, "MOST", 6)
    form, body = Form(home, "kobo", "lesson"), kobo()
    other = kobo(**{NAME: "Lê Văn Bảy", "nguoi_hoc/so_dien_thoai": "0912000777"})

    first, said = body, [form.send(body)]
    for day in range(2, 9):
        body = edit_of(body, **{"buoi/ngay": f"2026-03-0{day}"})
        said.append(form.send(body))

    assert [one.status_code for one in said] == [201, 201, 201, 201, 202, 409, 409, 409]
    assert said[4].json()["state"] == "edited"
    assert said[-1].json()["type"] == "/api/v1#too-many-versions"
    assert lessons(home) == [("Võ Thị Hai", "2026-03-04")]
    assert form.send(first | {"_id": 78}).status_code == 200  # what is known, under whatever number
    both = exported(body, other, roots=True)  # and nothing else of the form is held up
    assert form.upload(both).headers["location"].endswith("some=1-1-0-0#came")


@ON_SQLITE
def test_an_edit_that_changes_nothing_we_read_changes_nothing(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo(ghi_chu="sáng")
    form.send(body)
    head = home.house.ledger.head()

    assert form.send(edit_of(body, ghi_chu="chiều")).status_code == 200
    assert home.house.ledger.head() == head


def test_what_somebody_answered_since_goes_before_an_organizer(home, mentor):
    form, first, second = Form(home, "kobo", "lesson"), kobo(), kobo()
    second[NAME], second["nguoi_hoc/so_dien_thoai"] = "Võ Văn Ba", "0912000222"
    for body in (first, second):
        form.send(body)
    codes = home.house.vault.codes(
        [one.teaching for one in facts(home, TeachingLogged) if "import:" in one.by]
    )
    for code in codes.values():
        mentor.post("/answers", {"code": code, "answer": "able"})

    for body in (first, second):
        sent = form.send(edit_of(body, **{"buoi/ngay": "2026-03-05"}))
        assert (sent.status_code, sent.json()["state"]) == (202, "edited")
    assert taught(home)[0] == 2
    refs = [part.partition('"')[0] for part in form.page.split('<a class="touch" href="')[1:]]
    pages = [form.browser.get(ref).text for ref in refs]
    assert all("01/03/2026" in page and "05/03/2026" in page for page in pages)
    assert {name in pages[0] for name in ("Võ Thị Hai", "Võ Văn Ba")} == {True, False}
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Mai Thị Xa")
    assert stranger.get(refs[0]).status_code == 404
    boss = browsing(home, Role.ADMINISTRATOR, TUY_PHUOC, "Mai Thị Trị")
    seen = boss.get(f"/ket-noi/{form.ref}")  # who gives roles reads no names
    assert (seen.status_code, refs[0] in seen.text, boss.get(refs[0]).status_code) == (200, False, 403)
    assert form.browser.post(refs[0], {"decision": "?"}).status_code == 422

    for ref, decision in zip(refs, ("follow", "leave"), strict=True):
        assert form.browser.post(ref, {"decision": decision}).status_code == 303
    assert form.browser.post(refs[0], {"decision": "leave"}).status_code == 404
    assert sorted(day for _, day in lessons(home)) == ["2026-03-01", "2026-03-05"]
    assert waiting(home) == []


@ON_SQLITE
def test_another_name_under_the_same_phone_is_an_organizers_to_decide(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()
    form.send(body)

    assert form.send(edit_of(body, **{NAME: "Võ Thị Hài"})).json()["state"] == "edited"
    assert [name for name, _ in lessons(home)] == ["Võ Thị Hai"]
    ref = form.page.split('<a class="touch" href="')[1].partition('"')[0]
    assert form.browser.post(ref, {"decision": "follow"}).status_code == 303
    assert [name for name, _ in lessons(home)] == ["Võ Thị Hài"]


@ON_SQLITE
def test_what_an_organizer_voided_no_edit_brings_back_by_itself(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()
    form.send(body)
    home.catch_up()
    (logged,) = [one for one in facts(home, TeachingLogged) if one.by.startswith("import:")]
    void = home.known("minh").post(f"/teachings/{logged.teaching}/void", requests.void(reason="not-taught"))
    assert void.status_code < 300, void.text

    assert form.send(edit_of(body, **{"buoi/ngay": "2026-03-05"})).json()["state"] == "edited"
    assert lessons(home) == []


def test_odk_central_by_its_webhook_and_its_exports(home):
    form, uuid, after = Form(home, "odk", "milestone"), str(uuid4()), str(uuid4())
    fields = "<ho_ten>Lê Thị Ba</ho_ten><nam_sinh>1960</nam_sinh><chu_ky_so>co</chu_ky_so>"
    first = odk(fields, uuid)
    edit = odk(
        fields + "<dich_vu_cong>co</dich_vu_cong>", after, type="submission.update.version", before=uuid
    )
    head = (
        "SubmissionDate,ho_ten,nam_sinh,chu_ky_so,dich_vu_cong,meta-instanceID,KEY,SubmitterID,ReviewState,"
        "DeviceID,Edits,FormVersion\n"
    )
    row = f"2026-03-01T01:25:31.000Z,Lê Thị Ba,1960,co,co,uuid:{after},uuid:{uuid},5,edited,,1,1\n"
    again = f"2026-03-01T01:25:31.000Z,Lê Thị Ba,1960,,co,uuid:{uuid4()},uuid:{uuid},5,edited,,2,1\n"

    assert form.send(first).status_code == 201
    assert form.upload(head + row).headers["location"].endswith("some=1-0-0-0#came")
    assert form.send(edit).status_code == form.send(first).status_code == 200
    assert {one.milestone for one in facts(home, MilestoneReached)} == {
        "digital-signature",
        "online-public-service",
    }
    assert form.upload(head + again).headers["location"].endswith("some=0-0-1-0#came")  # one less
    assert "Xem cả hai bản" in form.page


@ON_SQLITE
def test_an_export_without_roots_is_told_by_kobos_number_and_decided_on_by_people(home, mentor):
    form, body = Form(home, "kobo", "lesson"), kobo()
    form.send(body)
    edit = edit_of(body, **{"buoi/ngay": "2026-03-05"})

    assert form.upload(exported(edit)).headers["location"].endswith("some=0-0-1-0#came")
    assert lessons(home) == [("Võ Thị Hai", "2026-03-01")]
    assert form.send(edit).status_code == 201  # the webhook says what it replaces
    assert lessons(home) == [("Võ Thị Hai", "2026-03-05")]


@ON_SQLITE
def test_a_visit_is_visited_once_and_a_family_is_mended_where_it_stands(home, mentor):
    visits, families = Form(home, "kobo", "visit"), Form(home, "kobo", "household", who="Lê Văn Hộ")
    visit = kobo(so_ho="12", da_co="smartphone")
    for body in (visit, edit_of(visit, so_ho="13")):
        assert visits.send(body).status_code == 201
    voided = {one.visit for one in facts(home, VisitVoided)}
    assert [one.number for one in facts(home, HouseholdVisited) if one.visit not in voided] == [13]

    family = kobo()
    assert families.send(family).status_code == 201
    edit = edit_of(family, **{NAME: "Võ Thị Tư", "nguoi_hoc/so_dien_thoai": "0912000444"})
    assert families.send(edit).json()["state"] == "edited"
    ref = families.page.split('<a class="touch" href="')[1].partition('"')[0]
    assert "Võ Thị Tư" in families.browser.get(ref).text
    assert families.browser.post(ref, {"decision": "follow"}).status_code == 409
    assert families.browser.post(ref, {"decision": "leave"}).status_code == 303
    assert families.send(edit).status_code == 200


def test_two_forms_with_the_same_instance_id_are_two(home, mentor):
    one, other = Form(home, "kobo", "lesson"), Form(home, "kobo", "lesson", who="Lê Văn Hai")
    body = kobo()
    another = body | {NAME: "Võ Văn Ba", "nguoi_hoc/so_dien_thoai": "0912000222"}

    assert one.send(body).status_code == other.send(another).status_code == 201
    assert one.send(body).status_code == other.send(another).status_code == 200
    assert [name for name, _ in lessons(home)] == ["Võ Thị Hai", "Võ Văn Ba"]


@ON_SQLITE
def test_what_a_list_brought_before_its_form_was_connected_counts_once_and_is_edited(home, mentor):
    body = kobo()
    house, unit = home.house, home.house.units.find(TUY_PHUOC)

    def brought(text):
        file = house.spools.incoming()
        file.write_text(text, encoding="utf-8")
        list_ = importing.bring(house, OPERATOR, file, name="kobo.csv", kind=ListKind.CLASSES, unit=unit)
        return importing.load(house, importing.must_get(house, list_))

    assert brought(exported(body)).good == 1
    form = Form(home, "kobo", "lesson")
    assert form.send(body).status_code == 200
    edit = edit_of(body, **{"buoi/ngay": "2026-03-05"})

    rooted = exported(edit, roots=True)
    assert brought(rooted).bad == 1  # an edit is followed at its form
    assert form.send(edit).status_code == 201
    assert brought(rooted).known == 1
    assert lessons(home) == [("Võ Thị Hai", "2026-03-05")]
