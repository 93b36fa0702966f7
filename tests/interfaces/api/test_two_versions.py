"""Two versions of one submission that were both recorded before anything told that they are one; and two
organizers who decide on the same edit."""

import asyncio

import pytest

from application.surveys import connecting
from application.surveys.coming import DecidedMeanwhile
from domain.model import Role
from domain.teaching import TeachingLogged
from tests.interfaces.api.forms import MENTOR_PHONE, Form, exported, kobo, taught
from tests.interfaces.api.test_edits import ON_SQLITE, edit_of, facts, lessons, without_root
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.web.browsing import browsing

FIRST, THIRD = "2026-03-01", "2026-03-05"


@pytest.fixture
def mentor(home):
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)


def answered(home, mentor):
    """Whoever was taught by what forms sent answers for all of it."""
    sent = [one.teaching for one in facts(home, TeachingLogged) if one.by.startswith("import:")]
    for code in home.house.vault.codes(sent).values():
        mentor.post("/answers", {"code": code, "answer": "able"})


def three_versions():
    first = without_root(kobo())
    second = edit_of(first)
    return first, second, edit_of(second, **{"buoi/ngay": THIRD})


def waiting_edits(form):
    return [part.partition('"')[0] for part in form.page.split('<a class="touch" href="')[1:]]


def both_answered(home, mentor, tells="lesson"):
    """The first and the third version counted and answered; the one between them came last."""
    form, (first, second, third) = Form(home, "kobo", tells), three_versions()
    for body in (first, third):
        assert form.send(body).json()["state"] == "recorded"
    answered(home, mentor)
    sent = form.send(second)
    assert (sent.status_code, sent.json()["state"]) == (202, "edited")
    return form, (first, second, third)


@pytest.mark.parametrize(("decision", "left"), [("follow", THIRD), ("leave", FIRST)])
def test_both_stand_side_by_side_until_an_organizer_says_which_holds(home, mentor, decision, left):
    form, bodies = both_answered(home, mentor)
    (ref,) = waiting_edits(form)
    page = form.browser.get(ref).text
    assert "01/03/2026" in page
    assert "05/03/2026" in page
    assert page.count("Võ Thị Hai") == 2

    assert form.browser.post(ref, {"decision": decision}).status_code == 303

    assert lessons(home) == [("Võ Thị Hai", left)]
    assert waiting_edits(form) == []
    for body in bodies:  # sent again it stays as decided
        assert form.send(body).status_code == 200
    assert form.upload(exported(*bodies)).status_code == 303
    assert lessons(home) == [("Võ Thị Hai", left)]


@ON_SQLITE
def test_where_nobody_answered_for_the_earlier_one_the_later_one_stays_by_itself(home, mentor):
    form, (first, second, third) = Form(home, "kobo", "lesson"), three_versions()
    for body in (first, third, second):
        assert form.send(body).json()["state"] == "recorded"

    assert lessons(home) == [("Võ Thị Hai", THIRD)]
    assert taught(home) == (1, 0)


@ON_SQLITE
def test_an_edit_of_the_two_does_not_hide_that_both_stand(home, mentor):
    form, (_first, _second, third) = both_answered(home, mentor)
    fourth = edit_of(third, **{"buoi/ngay": "2026-03-07"})
    assert form.send(fourth).json()["state"] == "edited"

    (ref,) = waiting_edits(form)
    assert form.browser.post(ref, {"decision": "leave"}).status_code == 303  # neither day is the seventh

    (ref,) = waiting_edits(form)
    assert form.browser.post(ref, {"decision": "follow"}).status_code == 303
    assert lessons(home) == [("Võ Thị Hai", THIRD)]
    assert (waiting_edits(form), form.send(fourth).status_code) == ([], 200)


@ON_SQLITE
def test_what_comes_between_an_edit_and_its_decision_takes_no_edit_away(home, mentor):
    """The control: were the older version noted in its place, the seventh of March would be lost."""
    form, (first, second, third) = Form(home, "kobo", "lesson"), three_versions()
    for body in (first, third):
        form.send(body)
    answered(home, mentor)
    assert form.send(edit_of(third, **{"buoi/ngay": "2026-03-07"})).json()["state"] == "edited"
    form.send(second)

    (ref,) = waiting_edits(form)
    assert "07/03/2026" in form.browser.get(ref).text
    assert form.browser.post(ref, {"decision": "follow"}).status_code == 303
    assert lessons(home) == [("Võ Thị Hai", "2026-03-07")]


@ON_SQLITE
def test_families_that_both_stand_are_mended_where_they_stand(home, mentor):
    form, (first, second, third) = Form(home, "kobo", "household"), three_versions()
    other = {"nguoi_hoc/ho_va_ten": "Võ Thị Tư", "nguoi_hoc/so_dien_thoai": "0912000444"}
    for body in (first, third | other):
        assert form.send(body).json()["state"] == "recorded"
    assert form.send(second).json()["state"] == "edited"

    (ref,) = waiting_edits(form)
    assert {"Võ Thị Hai", "Võ Thị Tư"} <= {name for name in ("Võ Thị Hai", "Võ Thị Tư") if name in
                                           form.browser.get(ref).text}  # fmt: skip
    assert form.browser.post(ref, {"decision": "follow"}).status_code == 409
    assert form.browser.post(ref, {"decision": "leave"}).status_code == 303
    assert (waiting_edits(form), form.send(second).status_code) == ([], 200)


@ON_SQLITE
def test_milestones_that_both_versions_named_count_the_person_once(home):
    """What the first alone named stands, too, until it is mended at the person's page: no version takes back
    what somebody reached. Nobody is two people for it."""
    form, (first, second, third) = Form(home, "kobo", "milestone"), three_versions()
    said = {"chu_ky_so": "co", "dinh_danh_dien_tu": "co"}
    other = {"chu_ky_so": "co", "dich_vu_cong": "co"}
    for body in (first | said, third | other, second | said):
        assert form.send(body).json()["state"] == "recorded"

    home.catch_up()
    counted = home.known("minh").get(f"/units/{TUY_PHUOC}/milestones").json()["milestones"]
    reached = {one["milestone"]: one["everybody"]["reached"] for one in counted}
    assert {name: many for name, many in reached.items() if many} == {
        "digital-identity": 1,
        "digital-signature": 1,
        "online-public-service": 1,
    }


def test_of_two_organizers_who_decide_at_once_one_wins_and_the_other_is_told(home, mentor):
    form, first = Form(home, "kobo", "lesson"), kobo()
    form.send(first)
    answered(home, mentor)
    form.send(edit_of(first, **{"buoi/ngay": THIRD}))
    (ref,) = waiting_edits(form)
    house, edit = home.house, ref.rpartition("/")[2]
    keeper = house.actor(house.surveys.find(form.ref).keeper)

    async def both():
        deciding = (
            connecting.decide(house.ground, house.surveys, keeper, form.ref, edit, follow=follow)
            for follow in (True, False)
        )
        return await asyncio.gather(*deciding, return_exceptions=True)

    won, lost = sorted(home.run(both()), key=lambda one: one is not None)

    assert won is None
    assert isinstance(lost, DecidedMeanwhile)
    (left,) = lessons(home)
    assert left[1] in (FIRST, THIRD)
    later = edit_of(edit_of(first), **{"buoi/ngay": "2026-03-09"})  # what was recorded is still known
    assert form.send(later | {"meta/rootUuid": first["meta/rootUuid"]}).status_code < 300
    assert len(lessons(home)) == 1


@ON_SQLITE
def test_who_may_not_look_at_edits_is_told_who_does(home, mentor):
    form = Form(home, "kobo", "lesson")
    boss = browsing(home, Role.ADMINISTRATOR, TUY_PHUOC, "Mai Thị Trị")

    said = "do người phụ trách của đơn vị quyết định"
    assert said in boss.get(f"/ket-noi/{form.ref}").text
    assert said not in form.page
