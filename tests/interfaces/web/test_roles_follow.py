"""A commune is merged: whoever held a role over it, was invited to one, or opened a class, goes on."""

from html import unescape
from uuid import uuid4

import pytest

from application import reforms
from application.actors import OPERATOR
from application.forms.territory import ReformForm
from application.signing_in import OFFICIALS, VOLUNTEERS
from domain.calendar import day_of
from domain.model import Model, Role
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing, invited

INTO = "21970"


def merge(home: Home) -> None:
    form = ReformForm(
        submission=uuid4().hex,
        change="merged",
        unit=INTO,
        parts=(TUY_PHUOC,),
        valid_from=day_of(home.house.clock()),
        document="1/NQ",
    )
    home.run(reforms.change_unit(home.house.ground, OPERATOR, form))
    home.house.projector.catch_up()


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_roles_invitations_classes_and_narrowed_roles_follow_their_unit(home: Home) -> None:
    lan, leader = home.known("lan"), browsing(home, Role.TEAM_LEADER, TUY_PHUOC, "Trần Thị Tổ")
    organizer = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Cũ")
    narrowed = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Hẹp", Model.MARKETS)
    waiting = invited(home, Role.AMBASSADOR, TUY_PHUOC, "Mai Thị Chờ")
    old = home.house.units.find(TUY_PHUOC)
    new = home.house.units.find(INTO)
    assert old is not None
    assert new is not None
    merge(home)

    # An invitation that was open is accepted, and the form offers the unit of today.
    newcomer = Browsing(home)
    newcomer.sign_in(f"/vao/{waiting.token}")
    page = unescape(newcomer.get("/ghi").text)
    assert new.name in page
    assert f'value="{old.id}"' not in page

    # Who taught in the old one teaches in the new one; the old one is refused by its day, with a name.
    taught = lan.post("/lessons", sent.lesson(sent.ba_tu(), unit=INTO))
    assert taught.status_code == 201
    refused = lan.post("/lessons", sent.lesson(sent.ba_tu(), unit=old.id))
    assert (refused.status_code, refused.json()["field"]) == (409, "unit")
    assert new.name in refused.json()["detail"]
    home.catch_up()

    # Lists of a role over the old unit are those of the new one.
    assert new.name in unescape(organizer.get("/xem-xet?show=all").text)
    assert organizer.get(f"/don-vi/{INTO}").status_code == 200
    opened = lan.post("/classes", sent_class(INTO))
    assert opened.status_code == 201, opened.text
    for name in ("Lò Văn Một", "Lò Văn Hai"):
        added = lan.post(
            f"/classes/{opened.json()['lesson']}/learners",
            {"submission": uuid4().hex, "learner": {"name": name, "birth_year": 1950}},
        )
        assert added.status_code == 201, added.text
    home.catch_up()
    assert f"/lam-chung/{opened.json()['lesson']}" in leader.get("/lam-chung").text

    # What was narrowed to one model stays so.
    assert narrowed.get(f"/don-vi/{INTO}").status_code == 200
    assert narrowed.get("/xem-xet").status_code == 403

    # Accounts of the old unit are still those of whoever gave roles there, who gives them in the new one.
    accounts = unescape(organizer.get("/tai-khoan").text)
    assert "Nguyễn Thị Lan" in accounts
    offered = unescape(organizer.get("/moi").text)
    assert f'value="{new.id}"' in offered
    assert f'value="{old.id}"' not in offered
    late = {"submission": uuid4().hex, "role": "ambassador", "unit": old.id, "people": "Đỗ Thị Muộn"}
    assert new.name in unescape(organizer.post("/moi", late).text)

    # No hamlet is added under what is no more.
    typed = {"submission": uuid4().hex, "name": "Thôn Mới"}
    assert organizer.post(f"/don-vi/{old.id}/thon", typed).status_code == 409
    assert organizer.post(f"/don-vi/{INTO}/thon", typed).status_code == 303


def sent_class(unit: str) -> dict[str, object]:
    return {"submission": uuid4().hex, "unit": unit, "skills": ["vneid"]}


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_a_session_is_held_to_the_limits_of_an_office_though_it_asks_for_no_page(home: Home) -> None:
    """A phone whose kept pages ask the API alone; its token is another with the next page."""
    told = "Lê Quang Minh", "0905 000 033"
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, told[0], phone=told[1])
    invited(home, Role.COMMITTEE, PROVINCE, told[0], phone=told[1])
    before, token = home.house.accounts.session(minh.cookie), minh.cookie
    assert minh.get("/api/v1/imports").status_code == 200
    now = home.house.accounts.session(token, fresh=True)
    assert before is not None
    assert now is not None
    assert (before.idle, now.idle) == (VOLUNTEERS.idle, OFFICIALS.idle)
    assert now.expires <= home.house.clock() + OFFICIALS.idle
    assert now.ends <= home.house.clock() + OFFICIALS.absolute
    assert minh.get("/bao-mat").status_code == 200
    assert minh.cookie != token
