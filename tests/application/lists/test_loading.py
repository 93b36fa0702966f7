"""Rows of lists, from cells to facts: by the use cases of people, marked as imported, never twice."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from application import milestones, teams
from application.actors import Actor, NotAllowed, OutOfScope
from application.forms.milestones import MilestoneForm
from application.lists import loading
from application.lists.entries import Entry, Fault
from application.lists.loading import Loading
from application.lists.rows import Rows
from domain.households import HouseholdMemberJoined, HouseholdRegistered
from domain.lists import ListId, ListImported, ListKind, list_of
from domain.markets import MarketOpened
from domain.milestones import Milestone, MilestoneReached
from domain.model import Refused, Role
from domain.people import PersonRegistered
from domain.recognition import AmbassadorRecognised
from domain.teaching import TeachingAnswered, TeachingLogged
from domain.teams import TeamFormed, TeamMemberJoined
from domain.vendors import VendorRegistered
from domain.visits import Finding, HouseholdVisited
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, VINH_THANH, Scene, holder
from tests.cast import TODAY

LIST = ListId("list-1")


@dataclass
class Brought:
    """What became of a list: the lines that were recorded now, those that stood, and the refusals."""

    new: list[int] = field(default_factory=list)
    stood: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def bring(
    scene: Scene, actor: Actor, kind: ListKind, *rows: dict[str, Any], unit=GIA_LAI, list_=LIST, hamlets=False
) -> Brought:
    """The rows from line 2 on, as a list of that unit."""
    place = scene.ground.units.find(unit)
    assert place is not None
    acting = loading.bringing(scene.ground, actor, list_, kind, place)
    reading = Rows(
        scene.ground,
        kind,
        place,
        on=TODAY,
        former=lambda code: ("Xã Phước Lộc",) if code == "21970" else (),
        new_hamlets=hamlets,
    )
    return asyncio.run(_load(scene, acting, list(reading.read(enumerate(rows, 2)))))


def checked(scene: Scene, actor: Actor, kind: ListKind, *rows: dict[str, Any]) -> list[str]:
    """Why each row that can be read would be refused, each of which would."""
    place = scene.ground.units.find(GIA_LAI)
    assert place is not None
    acting = loading.bringing(scene.ground, actor, LIST, kind, place)
    load, refused = Loading(scene.ground, acting), []
    read = Rows(scene.ground, kind, place, on=TODAY).read(enumerate(rows, 2))
    entries = [one for one in read if isinstance(one, Entry)]
    load.look_up(entries)
    for one in entries:
        with pytest.raises(Refused) as caught:
            load.check(one)
        refused.append(type(caught.value).__name__)
    return refused


async def _load(scene, acting, outcomes) -> Brought:
    done, load = Brought(), Loading(scene.ground, acting)
    for one in outcomes:
        if isinstance(one, Fault):
            done.refused[one.line] = type(one.refused).__name__
            continue
        assert isinstance(one, Entry)
        try:
            new = await load.load(await load.hamlet(one))
        except Refused as refused:
            done.refused |= dict.fromkeys(one.lines, type(refused).__name__)
        else:
            (done.new if new else done.stood).extend(one.lines)
    return done


@pytest.fixture
def minh(scene: Scene, hoa: Actor) -> Actor:
    """He organizes the whole province; Hòa's account stands for whoever he is."""
    return holder(hoa.person, Role.ORGANIZER, GIA_LAI)


def team(name="Tổ số 1", commune="Tuy Phước", **other) -> dict[str, Any]:
    return {"team": name, "commune": commune, "on": "05/01/2026"} | other


def member(name="Võ Thị Hoa", phone="0905111222", of="Tổ số 1", commune="xã Tuy Phước", **other):
    return {"name": name, "phone": phone, "team": of, "commune": commune} | other


def test_teams_and_their_members(scene, minh):
    assert bring(scene, minh, ListKind.TEAMS, team(leader="Đặng Văn Trưởng", leader_phone=905111000)).new == [
        2
    ]
    rows = (member(), member("Bùi Văn Bình", "0905111333", role="Tổ phó"))

    assert bring(scene, minh, ListKind.MEMBERS, *rows).new == [2, 3]

    (formed,) = scene.facts(TeamFormed)
    joined = scene.facts(TeamMemberJoined)
    assert (formed.unit, formed.name, formed.on.isoformat()) == (TUY_PHUOC, "Tổ số 1", "2026-01-05")
    assert [one.leader for one in joined] == [True, False, False]
    assert {list_of(fact.by) for fact in (formed, *joined)} == {LIST}
    assert list_of(minh.by) is None


def test_the_same_rows_again_change_nothing_whoever_brings_them(scene, minh, lan):
    rows = (team(), team("Tổ số 2", "Quy Nhơn"))
    bring(scene, minh, ListKind.TEAMS, *rows)
    head = scene.ledger.head()
    other = holder(lan.person, Role.ADMINISTRATOR, GIA_LAI)

    again = bring(scene, other, ListKind.TEAMS, *reversed(rows), list_=ListId("list-2"))

    assert (again.stood, again.refused) == ([2, 3], {})
    assert scene.ledger.head() == head


def test_two_teams_of_one_name_and_one_that_stands(scene, minh):
    bring(scene, minh, ListKind.TEAMS, team())

    done = bring(
        scene, minh, ListKind.TEAMS, team("TO SO 1", on="06/01/2026"), team("Tổ 2"), team("tổ  2", on=None)
    )

    assert done.refused == {2: "TeamExists", 4: "RowTwice"}


def test_a_leader_of_no_team_and_one_of_two(scene, minh):
    bring(scene, minh, ListKind.TEAMS, team(leader="Đặng Văn Trưởng", leader_phone="0905111000"))

    done = bring(
        scene,
        minh,
        ListKind.MEMBERS,
        member(of="Tổ không có", role="Tổ trưởng"),
        member("Bùi Văn Bình", "0905111333", role="Tổ trưởng"),
    )

    assert done.refused == {2: "UnknownTeam", 3: "HasALeader"}
    two = bring(
        scene,
        minh,
        ListKind.MEMBERS,
        member("Lê Văn Một", "0905111444", role="Tổ trưởng"),
        member("Lê Văn Hai", "0905111555", role="Tổ trưởng"),
    )
    assert two.refused == {2: "HasALeader", 3: "RowTwice"}
    second = team("Tổ số 2", leader="Đặng Văn Trưởng", leader_phone="0905111000")
    assert bring(scene, minh, ListKind.TEAMS, second).refused == {2: "InAnotherTeam"}
    assert [fact.name for fact in scene.facts(TeamFormed)] == ["Tổ số 1"]


def test_one_person_twice_in_a_file_and_a_phone_that_a_family_shares(scene, minh):
    bring(scene, minh, ListKind.TEAMS, team())
    before = len(scene.facts(PersonRegistered))

    done = bring(
        scene,
        minh,
        ListKind.MEMBERS,
        member(),
        member("VO THI HOA"),
        member("Võ Văn Chồng", "0905111222"),
    )

    assert (done.new, done.refused) == ([2, 4], {3: "RowTwice"})
    assert len(scene.facts(PersonRegistered)) == before + 2


def test_whoever_is_known_already_is_the_same_person(scene, minh, lan):
    bring(scene, minh, ListKind.TEAMS, team())
    before = len(scene.facts(PersonRegistered))

    assert bring(scene, minh, ListKind.MEMBERS, member("Trần Thị Lan", "0905 000 001")).new == [2]

    assert len(scene.facts(PersonRegistered)) == before
    assert scene.facts(TeamMemberJoined)[-1].person == lan.person


def test_places_by_code_by_name_by_what_they_were_called_and_by_hamlet(scene, minh):
    done = bring(
        scene,
        minh,
        ListKind.TEAMS,
        team("A", "21970"),
        team("B", "P. Quy Nhơn"),
        team("C", "Xã Phước Lộc"),
        team("D", "Xã Không Có"),
        team("E", ""),
        team("F", "Phường Tuy Phước"),
        team("G", "Tuy Phước", hamlet="thôn Vĩnh Thạnh"),
        team("H", "Tuy Phước", hamlet="thôn Mới"),
        team("I", "Đà Nẵng"),
    )

    assert done.refused == {
        4: "PlaceIsNoMore",
        5: "NoSuchPlace",
        6: "WhichPlace",
        7: "NoSuchPlace",
        9: "NoSuchHamlet",
        10: "NoSuchPlace",
    }
    assert [fact.unit for fact in scene.facts(TeamFormed)] == [TUY_PHUOC, QUY_NHON, VINH_THANH]


def test_a_list_of_a_commune_need_not_name_it(scene, minh):
    assert bring(scene, minh, ListKind.TEAMS, team(commune=""), unit=TUY_PHUOC).new == [2]
    assert bring(scene, minh, ListKind.TEAMS, team("B", "Quy Nhơn"), unit=TUY_PHUOC).refused == {
        2: "NoSuchPlace"
    }


def household(name, code="H1", **other) -> dict[str, Any]:
    about = {"mentor": "Trần Thị Lan", "mentor_phone": "0905000001", "commune": "Tuy Phước", "on": "8/3/2026"}
    return {"household": code, "name": name, "birth_year": 1960} | about | other


def test_a_household_takes_its_rows_together(scene, minh, lan):
    done = bring(
        scene,
        minh,
        ListKind.HOUSEHOLDS,
        household("Võ Văn Chín"),
        household("Võ Thị Mười", mentor="", mentor_phone="", commune=""),
        household("Lê Văn Một", "H2"),
        household("Lê Thị Hai", "H2", birth_year="sai"),
        household("Đỗ Văn Ba", "H3", mentor_phone="0905999999"),
        household("Võ Thị Xa", "H1"),
    )

    assert done.new == [2, 3]
    assert done.refused == {4: "OtherRowIsBad", 5: "NotAYear", 6: "UnknownMentor", 7: "RowsApart"}
    (registered,) = scene.facts(HouseholdRegistered)
    assert (registered.ambassador, list_of(registered.by)) == (lan.person, LIST)
    assert len(scene.facts(HouseholdMemberJoined)) == 2


def test_markets_and_vendors(scene, minh):
    markets = ({"market": "Chợ Gò Bồi", "commune": "Tuy Phước", "stalls": 120.0},)
    assert bring(scene, minh, ListKind.MARKETS, *markets).new == [2]
    assert bring(scene, minh, ListKind.MARKETS, *markets).stood == [2]
    vendor = {"name": "Đỗ Thị Bán", "phone": "0905222333", "market": "cho go boi", "commune": "Tuy Phước"}

    done = bring(scene, minh, ListKind.VENDORS, vendor, vendor | {"market": "Chợ Khác"})

    assert (done.new, done.refused) == ([2], {3: "UnknownMarket"})
    assert scene.facts(MarketOpened)[0].stalls == 120
    assert list_of(scene.facts(VendorRegistered)[0].by) == LIST


def lesson(name, on="15/3/2025", **other) -> dict[str, Any]:
    about = {"mentor": "Trần Thị Lan", "mentor_phone": "0905000001", "commune": "Tuy Phước"}
    return {"class": "Lớp 1", "on": on, "skills": "VNeID", "name": name, "birth_year": 1955} | about | other


def test_a_class_is_a_lesson_of_its_mentor_and_confirms_nothing(scene, minh, lan):
    rows = [lesson(f"Nguyễn Văn {name}") for name in ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu")]

    assert bring(scene, minh, ListKind.CLASSES, *rows).new == [2, 3, 4, 5, 6, 7]

    logged = scene.facts(TeachingLogged)
    assert {one.ambassador for one in logged} == {lan.person}
    assert {one.lesson for one in logged} == {logged[0].lesson}
    assert {list_of(one.by) for one in logged} == {LIST}
    assert (scene.facts(TeachingAnswered), scene.facts(AmbassadorRecognised)) == ([], [])
    assert len(scene.vault.codes([one.teaching for one in logged])) == 6  # each can answer
    assert bring(scene, minh, ListKind.CLASSES, *rows).stood == [2, 3, 4, 5, 6, 7]


def test_a_class_that_is_partly_bad_waits_whole(scene, minh, lan):
    rows = [lesson("Nguyễn Văn Một"), lesson(""), lesson("Nguyễn Văn Ba", on="1/1/2999")]

    done = bring(scene, minh, ListKind.CLASSES, *rows)

    assert done.refused == {2: "OtherRowIsBad", 3: "EmptyCell", 4: "NotYetHappened"}
    assert scene.facts(TeachingLogged) == []


def visit(number, on="10/3/2026", **other) -> dict[str, Any]:
    about = {"mentor": "Trần Thị Lan", "mentor_phone": "0905000001", "commune": "Tuy Phước"}
    return {"number": number, "on": on} | about | other


def test_visits_are_those_of_whoever_is_named_and_say_where_they_came_from(scene, minh, lan):
    rows = [
        visit("12", found="smartphone, VNeID mức 2", needs="VNeID; video call"),
        visit(13, **{"found.smartphone": "x", "found.home-network": "không"}),
        visit("13", on="11/3/2026"),
    ]

    assert bring(scene, minh, ListKind.VISITS, *rows).new == [2, 3, 4]

    first, second, third = scene.facts(HouseholdVisited)
    assert {one.visitor for one in (first, second, third)} == {lan.person}
    assert {list_of(one.by) for one in (first, second, third)} == {LIST}
    assert first.found == (Finding.SMARTPHONE, Finding.VNEID_LEVEL_2)
    assert first.needs == ("vneid", "video-call")
    assert second.found == (Finding.SMARTPHONE,)
    assert (second.household, second.unit) == (third.household, TUY_PHUOC)
    assert bring(scene, minh, ListKind.VISITS, *reversed(rows), list_=ListId("list-2")).stood == [2, 3, 4]


def test_what_no_visit_can_be_is_said_at_its_column(scene, minh, lan):
    done = bring(
        scene,
        minh,
        ListKind.VISITS,
        visit(""),
        visit("mười hai"),
        visit(20_001),
        visit(1, on=""),
        visit(1, on="1/1/2999"),
        visit(1, mentor_phone="0905999999"),
        visit(1, needs="bay"),
        visit(2),
        visit("2"),
    )

    assert (done.new, done.stood) == ([9], [])
    assert done.refused == {
        2: "EmptyCell",
        3: "NotANumber",
        4: "ImpossibleNumber",
        5: "EmptyCell",
        6: "NotYetHappened",
        7: "UnknownMentor",
        8: "NoSuchSkill",
        10: "RowTwice",
    }


def milestone(name="Võ Thị Hoa", said="Chữ ký số", **other) -> dict[str, Any]:
    return {"name": name, "phone": "0905111222", "commune": "Tuy Phước", "milestone": said} | other


def test_milestones_of_a_list_are_its_own_word_and_no_confirmation(scene, minh):
    rows = [
        milestone(said="tài khoản định danh; chữ ký số", on="1/3/2026"),
        milestone("Bùi Văn Bình", "", phone="0905111333", **{"milestone.online-course": "x"}),
    ]

    assert bring(scene, minh, ListKind.MILESTONES, *rows).new == [2, 3]

    facts = scene.facts(MilestoneReached)
    assert [one.milestone for one in facts] == [
        Milestone.DIGITAL_IDENTITY, Milestone.DIGITAL_SIGNATURE, Milestone.ONLINE_COURSE,
    ]  # fmt: skip
    assert {one.evidence for one in facts} == {None}
    assert {list_of(one.by) for one in facts} == {LIST}
    assert len({one.person for one in facts}) == 2
    assert bring(scene, minh, ListKind.MILESTONES, *rows, list_=ListId("list-2")).stood == [2, 3]


def test_a_list_says_nothing_against_the_person_and_nothing_of_children(scene, minh, lan):
    denied = milestone("Trần Thị Lan", phone="0905000001")
    wish = MilestoneForm(submission="no", milestone=Milestone.DIGITAL_SIGNATURE, reached=False, on=TODAY)
    own = MilestoneForm(submission="yes", milestone=Milestone.DIGITAL_SIGNATURE, on=TODAY)
    for one in (own, wish):
        asyncio.run(milestones.say(scene.ground, lan, one))
    rows = (
        denied,
        milestone("Lê Thị Bé", "định danh điện tử", phone="", birth_year=2015),
        milestone(said=""),
        milestone("Võ Thị Hoa", on="1/1/2999"),
        milestone("Mai Văn Hai", phone="0905111444"),
        milestone("Mai Văn Hai", phone="0905111444", said="chữ ký số cá nhân"),
    )

    done = bring(scene, minh, ListKind.MILESTONES, *rows)

    assert done.new == [6]
    assert done.refused == {
        2: "SaidMoreSurely", 3: "TooYoung", 4: "EmptyCell", 5: "NotYetHappened", 7: "RowTwice",
    }  # fmt: skip
    assert checked(scene, minh, ListKind.MILESTONES, *rows[:2]) == ["SaidMoreSurely", "TooYoung"]


def test_whoever_brings_in_a_list_organizes_its_unit(scene, minh, lan):
    with pytest.raises(OutOfScope):
        bring(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), ListKind.TEAMS, team())
    with pytest.raises(NotAllowed):
        bring(scene, lan, ListKind.TEAMS, team(), unit=TUY_PHUOC)


def test_it_is_said_who_brought_it(scene, minh):
    begin = loading.begin(scene.ground, minh, LIST, ListKind.TEAMS, GIA_LAI, 3)
    asyncio.run(begin)
    asyncio.run(loading.begin(scene.ground, minh, LIST, ListKind.TEAMS, GIA_LAI, 3))

    (fact,) = scene.facts(ListImported)
    assert (fact.by, fact.kind, fact.unit, fact.rows) == (f"account:{minh.person}", "teams", GIA_LAI, 3)


def test_a_check_says_beforehand_what_loading_would(scene, minh):
    bring(
        scene, minh, ListKind.TEAMS, team(leader="Đặng Văn Trưởng", leader_phone="0905111000"), team("Tổ 2")
    )
    rows = (member("Đặng Văn Trưởng", "0905111000", of="Tổ 2"), member(role="Tổ trưởng"), member(of="?"))

    refused = checked(scene, minh, ListKind.MEMBERS, *rows)

    assert refused == ["InAnotherTeam", "HasALeader"]  # "?" is no name of a team
    assert teams.named(scene.ledger, TUY_PHUOC, "Tổ 2")
