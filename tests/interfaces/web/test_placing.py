"""Who of a divided commune lives where is said one by one, by who organizes all of its parts."""

from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from application.reforms import BEFORE
from application.territory import unit_id
from domain.access import AccountOpened, RoleGranted
from domain.households import HouseholdMemberJoined, HouseholdRegistered
from domain.model import By, Group, HouseholdId, PersonId, Role, TeamId, UnitId, VisitId, WorkplaceId
from domain.people import PersonRegistered
from domain.teams import TeamFormed
from domain.territory import UnitEstablished, UnitKind, UnitsMerged
from domain.visits import HouseholdVisited, numbered
from domain.workplaces import WorkplaceKind, WorkplaceRegistered
from tests.cast import NOW, TODAY
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.homes import PROVINCE, Caller, Home
from tests.interfaces.web.browsing import browsing

DIVIDED = unit_id("21634", BEFORE)
"""Xã An Nghĩa: part of it went into Xã An Toàn's commune of today, part into another."""
PARTS = ("21622", "21628")
TU, SAU, BAY = (PersonId(f"waits-{number}") for number in range(3))
OFFICE, OURS, THEIRS = WorkplaceId("truong"), TeamId("to-mot"), TeamId("to-mot-cua-ho")
OLD_HAMLET, NEW_HAMLET = UnitId("thon-cu"), UnitId("thon-moi")
OLD_HAMLET_OF_NO_PART = UnitId("thon-chua-ro")
BY = By("system:1")


def registered(person: PersonId, unit: UnitId = DIVIDED) -> PersonRegistered:
    return PersonRegistered(at=NOW, by=BY, person=person, group=Group.PEOPLE, unit=unit)


def hamlet(unit: UnitId, parent: UnitId) -> UnitEstablished:
    return UnitEstablished(
        at=NOW, by=BY, unit=unit, valid_from=TODAY, name="Thôn 1", kind=UnitKind.HAMLET, parent=parent
    )


def team(ref: TeamId, unit: UnitId) -> TeamFormed:
    return TeamFormed(at=NOW, by=BY, team=ref, unit=unit, name="Tổ Một", name_key="to mot", on=TODAY)


@pytest.fixture
def home(reformed: Home) -> Home:
    """Three people wait; the family of one is in a hamlet that lies in the second part for sure."""
    family: dict[str, Any] = {"at": NOW, "by": BY, "household": HouseholdId("family"), "unit": OLD_HAMLET}
    facts = (
        hamlet(OLD_HAMLET, DIVIDED),
        hamlet(NEW_HAMLET, unit_id(PARTS[1])),
        UnitsMerged(at=NOW, by=BY, unit=NEW_HAMLET, valid_from=TODAY, parts=(OLD_HAMLET,)),
        registered(TU), registered(SAU), registered(BAY),
        HouseholdRegistered(ambassador=SAU, on=TODAY, **family),
        HouseholdMemberJoined(person=TU, **family),
        WorkplaceRegistered(
            at=NOW, by=BY, workplace=OFFICE, unit=DIVIDED, kind=WorkplaceKind.SCHOOL, name="Trường An Nghĩa",
            name_key="truong an nghia",
        ),
        team(OURS, DIVIDED),
        team(THEIRS, unit_id(PARTS[1])),
    )  # fmt: skip
    reformed.run(reformed.house.ledger.decide(Happening(facts=facts)))
    reformed.house.projector.catch_up()
    return reformed


@pytest.fixture
def chief(home: Home) -> Caller:
    return home.caller(Role.ORGANIZER, PROVINCE, "Võ Thị Cả")


def placing(*people: PersonId, unit: str = PARTS[1], submission: str = "") -> dict[str, object]:
    subjects = [{"body": "person", "subject": one} for one in people]
    return {"submission": submission or uuid4().hex, "unit": unit, "subjects": subjects}


def test_they_wait_until_they_are_placed_and_progress_is_shown(home: Home, chief: Caller) -> None:
    queue = chief.get(f"/territory/placing/{DIVIDED}").json()
    assert set(queue["parts"]) == {unit_id(code) for code in PARTS}
    assert {one["subject"]: one["suggested"] for one in queue["rows"]} == {
        TU: unit_id(PARTS[1]), SAU: None, BAY: None,
    }  # fmt: skip

    body = placing(TU, SAU)
    assert chief.post("/territory/placing", body).json()["placed"] == 2
    assert chief.post("/territory/placing", body).status_code == 200
    assert chief.post("/territory/placing", placing(TU)).json()["placed"] == 0  # they are there already
    home.catch_up()
    left = {one["body"]: one for one in chief.get(f"/territory/placing/{DIVIDED}").json()["progress"]}
    assert (left["person"]["waiting"], left["person"]["all"]) == (1, 3)


def test_what_cannot_be_is_refused_and_nothing_is_half_done(home: Home, chief: Caller) -> None:
    before = home.house.ledger.head()
    lives = PersonId("honoured")
    wrong = [
        (placing(), 422),
        (placing(TU, TU), 422),
        (placing(TU, unit="21952"), 422),  # no part of it
        (placing(TU, unit=DIVIDED), 409),  # is no more
        (placing(TU, unit=PROVINCE), 422),
        (placing(TU, lives), 404),
        (placing(TU, unit="00004"), 404),
    ]
    for body, status in wrong:
        assert chief.post("/territory/placing", body).status_code == status, body
    assert home.house.ledger.head() == before


def test_who_organizes_one_part_alone_sees_nobody(home: Home) -> None:
    for code in PARTS:
        part = home.caller(Role.ORGANIZER, code, f"Lê Thị {code}")
        assert part.get("/territory/placing").json()["rows"] == []
        assert part.get(f"/territory/placing/{DIVIDED}").status_code == 404
        assert part.post("/territory/placing", placing(TU, unit=code)).status_code == 404


def test_the_page_lists_everybody_and_places_who_is_ticked(home: Home) -> None:
    chief = browsing(home, Role.ORGANIZER, PROVINCE, "Võ Thị Hai")
    assert "Xã An Nghĩa" in unescape(chief.get("/dia-gioi/cho-phan").text)
    here = f"/dia-gioi/cho-phan/{DIVIDED}"
    page = unescape(chief.get(here).text)
    assert page.count('name="subject"') == 3
    assert page.count("gợi ý: ") == 1
    none = chief.post(here, {"submission": uuid4().hex, "what": "person", "target": PARTS[0]})
    assert (none.status_code, 'role="alert"' in none.text) == (422, True)
    done = chief.post(
        here, {"submission": uuid4().hex, "what": "person", "subject": SAU, "target": unit_id(PARTS[0])}
    )
    assert done.status_code == 303
    home.catch_up()
    assert "Đã phân 1." in unescape(chief.get(done.headers["location"]).text)


def holds(home: Home, person: PersonId, role: Role, unit: UnitId = DIVIDED) -> Caller:
    """Somebody who was given the role before their commune was divided."""
    facts = (
        AccountOpened(at=NOW, by=BY, person=person),
        RoleGranted(at=NOW, by=BY, person=person, role=role, unit=unit),
    )
    home.run(home.house.ledger.decide(Happening(facts=facts)))
    home.catch_up()
    return Caller(home, home.run(home.house.accounts.issue_bearer(person)))


def placing_of(body: str, subject: str, unit: str) -> dict[str, object]:
    return {"submission": uuid4().hex, "unit": unit, "subjects": [{"body": body, "subject": subject}]}


def test_an_office_lies_in_the_part_and_a_team_does_not_meet_another_of_its_name(
    home: Home, chief: Caller
) -> None:
    assert chief.post("/territory/placing", placing_of("workplace", OFFICE, PARTS[1])).json()["placed"] == 1
    refused = chief.post("/territory/placing", placing_of("team", OURS, PARTS[1]))
    assert (refused.status_code, "Tổ Một" in refused.json()["detail"]) == (409, True)
    there = chief.post(f"/teams/{THEIRS}/name", {"submission": uuid4().hex, "name": "Tổ Mới"})
    assert there.status_code == 201, there.text
    assert chief.post("/territory/placing", placing_of("team", OURS, PARTS[1])).json()["placed"] == 1
    again = chief.post(
        "/teams", {"submission": uuid4().hex, "unit": PARTS[1], "name": "tổ một", "on": str(TODAY)}
    )
    assert again.status_code == 409  # it is known by its name there now
    home.catch_up()
    part = home.caller(Role.ORGANIZER, PARTS[1], "Lê Thị Phần")
    assert [one["name"] for one in part.get("/workplaces", unit=PARTS[1]).json()["rows"]] == [
        "Trường An Nghĩa"
    ]


def test_a_household_visited_by_its_number_is_asked_for_and_counts_in_the_part(
    home: Home, chief: Caller
) -> None:
    door = numbered(OLD_HAMLET_OF_NO_PART, 12)
    visit = HouseholdVisited(
        at=NOW, by=BY, visit=VisitId("door"), household=door, unit=OLD_HAMLET_OF_NO_PART, visitor=SAU,
        team=None, on=TODAY, found=(), needs=(), number=12,
    )  # fmt: skip
    home.run(home.house.ledger.decide(Happening(facts=(hamlet(OLD_HAMLET_OF_NO_PART, DIVIDED), visit))))
    home.catch_up()
    page = browsing(home, Role.ORGANIZER, PROVINCE, "Võ Thị Hai").get(
        f"/dia-gioi/cho-phan/{DIVIDED}?what=door"
    )
    assert "Hộ số 12" in unescape(page.text)
    assert chief.get(f"/units/{PARTS[1]}/visits").json()["unit"]["visited"] == 0

    for nobody in ("family", "no:x:1", "no:"):  # a family is no door
        refused = chief.post("/territory/placing", placing_of("door", nobody, PARTS[1]))
        assert (nobody, refused.status_code) == (nobody, 404)
    for placed, status in ((1, 201), (0, 200)):
        done = chief.post("/territory/placing", placing_of("door", door, PARTS[1]))
        assert (done.status_code, done.json()["placed"]) == (status, placed)

    home.catch_up()
    assert chief.get(f"/units/{PARTS[1]}/visits").json()["unit"]["visited"] == 1
    assert chief.get(f"/territory/placing/{DIVIDED}", body="door").json()["rows"] == []


def test_roles_over_the_divided_commune_become_roles_over_the_part_that_is_chosen(
    home: Home, chief: Caller
) -> None:
    holds(home, SAU, Role.AMBASSADOR)
    boss = holds(home, BAY, Role.ORGANIZER)

    def waiting() -> set[str]:
        rows = chief.get(f"/territory/placing/{DIVIDED}", body="account").json()["rows"]
        return {one["subject"] for one in rows}

    assert waiting() == {SAU, BAY}

    small, large = (unit_id(code) for code in PARTS)
    assert boss.get(f"/units/{small}/visits").status_code == 404  # until then the largest part at most
    wrong = chief.post("/territory/placing", placing_of("account", BAY, small))
    assert wrong.status_code == 403  # who organizes gives no role of an organizer
    assert chief.post("/territory/placing", placing_of("account", SAU, small)).json()["placed"] == 1
    over = holds(home, TU, Role.ADMINISTRATOR, unit_id(PROVINCE))
    holds(home, TU, Role.ORGANIZER, unit_id(PROVINCE))
    assert over.post("/territory/placing", placing_of("account", BAY, small)).json()["placed"] == 1
    home.catch_up()
    assert waiting() == set()
    assert boss.get(f"/units/{small}/visits").status_code == 200
    assert boss.get(f"/units/{large}/visits").status_code == 404
    again = chief.post("/territory/placing", placing_of("account", SAU, small))
    assert (again.status_code, again.json()["placed"]) == (200, 0)


def test_who_has_an_account_elsewhere_is_not_told_by_placing_them(home: Home, chief: Caller) -> None:
    near, elsewhere, nobody = (PersonId(name) for name in ("near", "elsewhere", "nobody"))
    facts = tuple(registered(one, unit_id(PARTS[1])) for one in (near, elsewhere))
    home.run(home.house.ledger.decide(Happening(facts=facts)))
    holds(home, near, Role.AMBASSADOR, unit_id(PARTS[1]))
    holds(home, elsewhere, Role.AMBASSADOR, UnitId("VN"))
    small = unit_id(PARTS[0])

    said = [
        chief.post("/territory/placing", placing_of("account", one, small)) for one in (elsewhere, nobody)
    ]

    assert [one.status_code for one in said] == [404, 404]
    assert said[0].json() == said[1].json()
    assert chief.post("/territory/placing", placing_of("account", near, small)).json()["placed"] == 0


def test_the_page_names_the_roles_and_who_places_them(home: Home) -> None:
    holds(home, BAY, Role.ORGANIZER)
    holds(home, SAU, Role.AMBASSADOR)
    chief = browsing(home, Role.ORGANIZER, PROVINCE, "Võ Thị Hai")
    home.catch_up()
    here = f"/dia-gioi/cho-phan/{DIVIDED}"
    page = unescape(chief.get(f"{here}?what=account").text)
    assert page.count('name="subject"') == 1
    assert page.count("Chỉ người được quyền giao vai trò này mới phân được") == 1
    done = chief.post(
        here,
        {"submission": uuid4().hex, "what": "account", "subject": SAU, "target": unit_id(PARTS[0])},
    )
    assert done.status_code == 303
