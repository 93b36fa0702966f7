"""Every route of the running application, tried by every role from every side and in every state,
against the declared table: each cell is as the table says, and a route that is missing fails.

A role is held over a commune in which all the things lie (own), over the province above it (the
things lie below), over a hamlet in it (they lie above), or over another commune (beside).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest

from domain.model import Model, Role
from infrastructure.read_models.territory import Territory
from interfaces.main import open_house
from interfaces.permissions import ANYONE, RULES, About, Route, Rule
from interfaces.web import assets, session
from tests.interfaces.api import requests as sent
from tests.interfaces.conftest import copied_settings
from tests.interfaces.everybody import Answered, Everybody, Side, Somebody, words
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.queries import forget_what_is_remembered, questions

IN: Final = "let in"
SIGN_IN: Final = "sign in first"
PROVE: Final = "prove first"
STEP_UP: Final = "step up first"
NOT_ALLOWED: Final = "not allowed"
NOT_THERE: Final = "not there"

NEEDS_FACTOR: Final = frozenset(Role) - {Role.AMBASSADOR, Role.TEAM_LEADER}
"""Who has to prove who they are by more than a device (`application/signing_in.py`)."""

REACHED: Final = (Side.OWN, Side.BELOW)


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A request about a thing in the commune, that changes as little as can be where it is let in.
    `fresh`: with a session and person of its own, because it may end their sessions. `there`: False
    where nothing is there for anybody in this house: what only a simulated ledger has, or passkeys."""

    params: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    form: Mapping[str, str] | None = None
    json: Any = None
    fresh: bool = False
    there: bool = True


def example(world: Everybody, route: Route) -> Example:
    """Raises KeyError for a route with a path parameter or about a unit that has none here."""
    method, path = route
    make = EXAMPLES.get(route)
    if make is not None:
        return make(world)
    if "{" in path or RULES[route].about is not About.NOTHING:
        raise KeyError(route)
    return Example(json={} if method == "POST" and path.startswith("/api/") else None)


def of(thing: str, name: str, **other: Any) -> Callable[[Everybody], Example]:
    return lambda world: Example(params={name: world.things[thing]}, **other)


def body(thing: str, name: str, make: Callable[[], Any]) -> Callable[[Everybody], Example]:
    return lambda world: Example(params={name: world.things[thing]}, json=make())


def _edit(world: Everybody) -> dict[str, str]:
    return {"ref": world.things["connection"], "edit": world.edit()}


def submitted(**other: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | other


def reported(month: str = "2026-01") -> Callable[[Everybody], Example]:
    """The commune's report of a month: only provinces close one."""
    return lambda _: Example(params={"ref": TUY_PHUOC, "month": month}, form=submitted(reason="other"))


def of_month(
    make: Callable[[], Any] = lambda: None, month: str = "2026-01"
) -> Callable[[Everybody], Example]:
    return lambda _: Example(params={"unit": TUY_PHUOC, "month": month}, json=make())


def asked() -> dict[str, Any]:
    """What no plan has asked for."""
    about = submitted(unit=TUY_PHUOC, group="adults", indicator="basic_digital_skills", source="none")
    return about | {"year": 2025}


def campaign(**other: str) -> dict[str, str]:
    """One that cannot be announced, for the days or the name that another says."""
    days = {"begins": "2026-10-01", "ends": "2026-10-31"}
    return submitted(unit=TUY_PHUOC, name="Chiến dịch 10/10") | days | other


def renaming() -> dict[str, str]:
    """A name given on a day on which nothing can be recorded yet."""
    about = submitted(change="renamed", unit=TUY_PHUOC, name="Tuy Phước", document="1/NQ")
    return about | {"valid_from": "2999-01-01"}


BACKWARDS: Final = {"unit": TUY_PHUOC, "done_by": "2026-01-02", "received_by": "2026-01-01"}
LOOK: Final = assets.address("look.css").rpartition("/")[2]
API: Final = "/api/v1"

EXAMPLES: Final[Mapping[Route, Callable[[Everybody], Example]]] = {
    ("GET", "/static/{name}"): lambda _: Example(params={"name": LOOK}),
    ("GET", "/vo/{spoken}/{name}"): lambda _: Example(params={"spoken": "vi", "name": "ghi"}),
    ("GET", "/x/{code}"): of("code", "code"),
    ("POST", "/x/{code}"): of("code", "code"),
    ("GET", "/x/{code}/cam-on"): of("code", "code"),
    ("POST", "/x/{code}/dong-y"): of("code", "code"),
    ("GET", "/x/{code}/cot-moc"): of("code", "code"),
    ("POST", "/x/{code}/cot-moc"): of("code", "code"),
    ("GET", "/vao/{token}"): lambda _: Example(params={"token": "unknown"}),
    ("POST", "/vao/{token}"): lambda _: Example(params={"token": "unknown"}),
    ("GET", "/bat-dau/{token}"): lambda _: Example(params={"token": "unknown"}),
    ("POST", "/bat-dau/{token}"): lambda _: Example(params={"token": "unknown"}),
    ("POST", "/ra"): lambda _: Example(fresh=True),
    ("POST", "/thiet-bi/ket-thuc"): lambda _: Example(fresh=True),
    ("POST", "/bao-mat/bo-qua"): lambda _: Example(fresh=True, there=False),
    ("POST", "/bao-mat/khoa/go"): lambda _: Example(there=False),
    ("POST", "/bao-mat/ung-dung/go"): lambda _: Example(there=False),
    ("POST", "/bao-mat/ma-du-phong"): lambda _: Example(fresh=True),
    ("POST", "/thiet-bi/{ref}/ket-thuc"): of("device", "ref"),
    ("GET", "/toi/nhac/{subject}"): of("teaching", "subject"),
    ("GET", "/ghi/quanh-day"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("GET", "/ghi/da-gui/{lesson}"): of("lesson", "lesson"),
    ("POST", "/ghi/da-gui/{lesson}/hoan-tac"): of("lesson", "lesson"),
    ("POST", "/ghi"): lambda _: Example(
        form=submitted(unit=TUY_PHUOC, on=sent.today(), skill="none", **{"new-0-name": "Mai Văn Học"})
    ),
    ("GET", "/vinh-danh/kiem/{ref}"): lambda _: Example(params={"ref": "A" * 20}),
    ("GET", "/l/{code}"): of("wall", "code"),
    ("POST", "/l/{code}"): of("wall", "code"),
    ("GET", "/l/{code}/cam-on"): of("wall", "code"),
    ("POST", "/lop"): lambda _: Example(form=submitted(unit=TUY_PHUOC, skill="none")),
    ("GET", "/lop/{ref}"): of("class", "ref"),
    ("GET", "/lop/{ref}/diem-danh"): of("class", "ref"),
    ("POST", "/lop/{ref}/them"): of("class", "ref"),
    ("POST", "/lop/{ref}/dong"): of("class", "ref"),
    ("GET", "/lam-chung/{ref}"): of("class", "ref"),
    ("POST", "/lam-chung/{ref}"): of("class", "ref"),
    ("POST", "/ghi/gia-dinh"): lambda _: Example(
        form=submitted(unit=TUY_PHUOC, on="2020-01-01", **{"new-0-name": "Mai Văn Học"})
    ),
    ("POST", "/ghi/tieu-thuong"): lambda _: Example(
        form=submitted(unit=TUY_PHUOC, name="Chợ Bồ Đề", stalls="2")
    ),
    ("GET", "/ghi/tieu-thuong/{ref}"): of("market", "ref"),
    ("POST", "/ghi/tieu-thuong/{ref}"): of("market", "ref"),
    ("POST", "/ghi/di-ho"): lambda _: Example(form=submitted(unit=TUY_PHUOC, on="2020-01-01", number="1")),
    ("POST", "/ghi/di-ho/{ref}/rut-lai"): of("visit", "ref"),
    ("GET", "/don-vi/{ref}/di-ho"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/don-vi/{ref}/so-ho"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/to/lap"): lambda _: Example(form=submitted(unit=TUY_PHUOC, name="…", on=sent.today())),
    ("GET", "/to/{ref}"): of("team", "ref"),
    ("POST", "/to/{ref}/them"): of("team", "ref"),
    ("POST", "/to/{ref}/roi"): of("team", "ref", form=submitted(member="nobody", on=sent.today())),
    ("POST", "/to/{ref}/to-truong"): of("team", "ref", form=submitted(member="nobody", on="2020-01-01")),
    ("POST", "/to/{ref}/ten"): of("team", "ref", form=submitted(name="…")),
    ("POST", "/to/{ref}/giai-the"): of("team", "ref", form=submitted(reason="other", on="2999-01-01")),
    ("GET", "/gia-dinh/{ref}"): of("household", "ref"),
    ("POST", "/gia-dinh/{ref}/thanh-vien"): of("household", "ref"),
    ("POST", "/gia-dinh/{ref}/khai-bao"): of("household", "ref"),
    ("POST", "/gia-dinh/{ref}/roi"): of("household", "ref"),
    ("POST", "/gia-dinh/{ref}/khong-con"): of("household", "ref"),
    ("GET", "/cho/{ref}"): of("market", "ref"),
    ("POST", "/cho/{ref}/sap"): of("market", "ref"),
    ("POST", "/cho/{ref}/thay"): lambda world: Example(
        params={"ref": world.things["market"]}, form=submitted(vendor=world.things["vendor"])
    ),
    ("GET", "/tieu-thuong/{ref}"): of("vendor", "ref"),
    ("POST", "/tieu-thuong/{ref}/roi"): of("vendor", "ref", form=submitted(on="2999-01-01")),
    ("POST", "/tieu-thuong/{ref}/rut-lai"): lambda world: Example(
        params={"ref": world.things["vendor"]},
        form=submitted(onboarding=world.things["onboarding"], reason="other"),
    ),
    ("GET", "/don-vi/{ref}"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/don-vi/{ref}/thon"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("GET", "/don-vi/{ref}/chi-tieu"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/don-vi/{ref}/chi-tieu"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/don-vi/{ref}/chi-tieu/theo"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/don-vi/{ref}/chi-tieu/so-lieu"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("GET", "/dia-gioi/{ref}"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("GET", "/dia-gioi/cho-phan/{ref}"): of("divided", "ref"),
    ("POST", "/dia-gioi/cho-phan/{ref}"): of("divided", "ref", form=submitted(what="person")),
    ("GET", f"{API}/territory/placing/{{unit}}"): of("divided", "unit"),
    ("POST", f"{API}/territory/placing"): lambda world: Example(
        json=submitted(unit=TUY_PHUOC) | {"subjects": [{"body": "market", "subject": world.things["market"]}]}
    ),
    ("POST", "/dia-gioi/thay-doi"): lambda _: Example(form=renaming()),
    ("POST", f"{API}/territory/changes"): lambda _: Example(json=renaming()),
    ("POST", f"{API}/territory/changes/preview"): lambda _: Example(json=renaming()),
    ("GET", "/nhap/moi"): lambda _: Example(query={"unit": TUY_PHUOC, "kind": "teams"}),
    ("POST", "/nhap/moi"): lambda _: Example(query={"unit": TUY_PHUOC, "kind": "teams"}),
    ("GET", "/nhap/{ref}"): of("list", "ref"),
    ("GET", "/nhap/{ref}/tep"): of("list", "ref"),
    ("POST", "/nhap/{ref}/cot"): of("list", "ref"),
    ("POST", "/nhap/{ref}/nap"): of("list", "ref"),
    ("POST", "/nhap/{ref}/doi-cot"): of("list", "ref"),
    ("POST", "/nhap/{ref}/bo"): of("list", "ref"),
    ("POST", f"{API}/imports"): lambda _: Example(query={"unit": TUY_PHUOC, "kind": "teams"}, json={}),
    ("GET", f"{API}/imports/{{list}}"): of("list", "list"),
    ("GET", f"{API}/imports/{{list}}/bad-rows"): of("list", "list"),
    ("POST", f"{API}/imports/{{list}}/columns"): body("list", "list", lambda: {"columns": []}),
    ("POST", f"{API}/imports/{{list}}/loading"): body("list", "list", dict),
    ("POST", f"{API}/imports/{{list}}/removal"): body("list", "list", dict),
    ("POST", "/nhac-viec/{ref}/gui-lai"): lambda world: Example(params={"ref": world.reminder()}),
    ("POST", "/nhac-viec/{ref}/dung"): lambda world: Example(params={"ref": world.reminder()}),
    ("GET", "/xep-hang/tep/ten"): lambda _: Example(query={"unit": TUY_PHUOC, "form": "csv"}),
    ("POST", "/chien-dich"): lambda _: Example(form=campaign(name="…")),
    ("POST", "/chien-dich/{ref}/rut"): of("campaign", "ref", form=submitted()),
    ("GET", "/noi-lam-viec"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", "/noi-lam-viec"): lambda _: Example(form=submitted(unit=TUY_PHUOC, kind="school", name="…")),
    ("GET", "/noi-lam-viec/{ref}"): of("workplace", "ref"),
    ("POST", "/noi-lam-viec/{ref}/them"): of("workplace", "ref"),
    ("POST", "/noi-lam-viec/{ref}/roi"): of("workplace", "ref"),
    ("GET", "/buoi/{ref}"): of("teaching", "ref"),
    ("POST", "/buoi/{ref}/rut-lai"): of("teaching", "ref"),
    ("POST", "/buoi/{ref}/phan-xu"): of("teaching", "ref"),
    ("POST", "/ket-noi"): lambda _: Example(
        form=submitted(unit=TUY_PHUOC, source="kobo", tells="lesson", name="Phiếu")
    ),
    ("GET", "/ket-noi/{ref}"): of("connection", "ref"),
    ("POST", "/ket-noi/{ref}/truong"): of("connection", "ref"),
    ("POST", "/ket-noi/{ref}/tep"): of("connection", "ref"),
    ("POST", "/ket-noi/{ref}/thu-lai"): of("connection", "ref"),
    ("POST", "/ket-noi/{ref}/ngat"): of("connection", "ref"),
    ("GET", "/ket-noi/{ref}/sua/{edit}"): lambda world: Example(params=_edit(world)),
    ("POST", "/ket-noi/{ref}/sua/{edit}"): lambda world: Example(params=_edit(world)),
    ("GET", "/buoi/{ref}/cot-moc"): of("teaching", "ref"),
    ("POST", "/buoi/{ref}/cot-moc"): of("teaching", "ref"),
    ("GET", "/don-vi/{ref}/cot-moc"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("GET", "/bao-cao/{ref}/{month}"): reported(),
    ("POST", "/bao-cao/{ref}/{month}"): reported(month="2999-01"),
    ("POST", "/bao-cao/{ref}/{month}/khoa"): reported(),
    ("POST", "/bao-cao/{ref}/{month}/mo-lai"): reported(),
    ("POST", "/bao-cao/{ref}/{month}/gui"): reported(month="2999-01"),
    ("GET", "/bao-cao/{ref}/{month}/tep"): reported(month="2999-13"),
    ("GET", "/bao-cao/mau/{ref}"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("POST", "/bao-cao/mau/{ref}"): lambda _: Example(params={"ref": TUY_PHUOC}),
    ("GET", "/bao-cao/mau/{ref}/{key}"): lambda _: Example(params={"ref": TUY_PHUOC, "key": "rieng"}),
    ("GET", "/khen-thuong/tep"): lambda _: Example(query=BACKWARDS),
    ("POST", "/moi"): lambda _: Example(
        form=submitted(role="ambassador", unit=TUY_PHUOC, people=f"Mai Văn {words(uuid4().int)}")
    ),
    ("GET", "/tai-khoan/{person}"): lambda world: Example(params={"person": world.account()}),
    ("POST", "/tai-khoan/{person}/thu-hoi"): lambda world: Example(
        params={"person": world.account()}, form=submitted(role="ambassador", unit=TUY_PHUOC, model="markets")
    ),
    ("POST", "/tai-khoan/{person}/moi-lai"): lambda world: Example(params={"person": world.account()}),
    ("POST", "/tai-khoan/{person}/dang-xuat"): lambda world: Example(params={"person": world.account()}),
    ("POST", "/tai-khoan/{person}/dong"): lambda world: Example(params={"person": world.account()}),
    ("POST", "/tai-khoan/cho-duyet/{ref}/dong-y"): lambda world: Example(params={"ref": world.pending()}),
    ("POST", "/tai-khoan/cho-duyet/{ref}/bo"): lambda world: Example(params={"ref": world.pending()}),
    ("GET", "/yeu-cau/{ref}"): of("request", "ref"),
    ("POST", "/yeu-cau/{ref}/tiep-nhan"): of("request", "ref"),
    ("POST", "/yeu-cau/{ref}/giai-quyet"): of("request", "ref"),
    ("POST", f"{API}/classes"): lambda _: Example(json=sent.a_class(skills=["none"])),
    ("POST", f"{API}/classes/{{lesson}}/learners"): body(
        "class", "lesson", lambda: submitted() | {"learner": sent.ba_tu()}
    ),
    ("POST", f"{API}/classes/{{lesson}}/close"): body("class", "lesson", submitted),
    ("POST", f"{API}/classes/{{lesson}}/witness"): body(
        "class",
        "lesson",
        lambda: submitted() | {"there": False, "answers": [{"teaching": "none", "answer": "able"}]},
    ),
    ("POST", f"{API}/lessons"): lambda _: Example(json=sent.lesson(skills=["none"])),
    ("GET", f"{API}/teachings/{{teaching}}"): of("teaching", "teaching"),
    ("POST", f"{API}/teachings/{{teaching}}/void"): body("teaching", "teaching", sent.void),
    ("POST", f"{API}/credits/{{person}}/{{skill}}/ruling"): lambda world: Example(
        params={"person": world.things["learner"], "skill": "vneid"},
        json=submitted(teaching=world.things["teaching"], reason="other"),
    ),
    ("POST", f"{API}/households"): lambda _: Example(json=sent.household(on="2020-01-01")),
    ("POST", f"{API}/households/{{household}}/members"): body(
        "household", "household", lambda: submitted() | {"member": sent.ba_tu()}
    ),
    ("POST", f"{API}/households/{{household}}/departures"): body(
        "household", "household", lambda: submitted(member="nobody")
    ),
    ("POST", f"{API}/households/{{household}}/criteria"): body(
        "household", "household", lambda: submitted(on=sent.today()) | {"criteria": ["vneid-level-2"]}
    ),
    ("POST", f"{API}/households/{{household}}/losses"): body(
        "household", "household", lambda: submitted(criterion="vneid-level-2")
    ),
    ("POST", f"{API}/markets"): lambda _: Example(json=sent.market()),
    ("POST", f"{API}/markets/{{market}}/stalls"): body(
        "market", "market", lambda: submitted() | {"stalls": 2}
    ),
    ("POST", f"{API}/vendors"): lambda world: Example(json=sent.vendor(world.things["market"])),
    ("POST", f"{API}/vendors/{{vendor}}/onboardings"): body("vendor", "vendor", sent.onboarding),
    ("POST", f"{API}/vendors/{{vendor}}/sightings"): body("vendor", "vendor", sent.sighting),
    ("POST", f"{API}/vendors/{{vendor}}/departure"): body(
        "vendor", "vendor", lambda: submitted(on="2999-01-01")
    ),
    ("POST", f"{API}/onboardings/{{onboarding}}/void"): body("onboarding", "onboarding", sent.void),
    ("GET", f"{API}/units/{{unit}}"): lambda _: Example(params={"unit": TUY_PHUOC}),
    ("GET", f"{API}/units/{{unit}}/weeks"): lambda _: Example(params={"unit": TUY_PHUOC}),
    ("GET", f"{API}/units/{{unit}}/milestones"): lambda _: Example(params={"unit": TUY_PHUOC}),
    ("POST", f"{API}/kobo/{{ref}}"): lambda _: Example(params={"ref": "none"}, json={}),
    ("POST", f"{API}/odk/{{ref}}"): lambda _: Example(params={"ref": "none"}, json={}),
    ("POST", f"{API}/milestones"): lambda world: Example(
        json=submitted(milestone="online-course", teaching=world.things["teaching"]) | {"there": False}
    ),
    ("GET", f"{API}/reminders"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", f"{API}/reminders/{{reminder}}/again"): lambda world: Example(
        params={"reminder": world.reminder()}, json={}
    ),
    ("POST", f"{API}/reminders/{{reminder}}/stop"): lambda world: Example(
        params={"reminder": world.reminder()}, json={}
    ),
    ("POST", f"{API}/campaigns"): lambda _: Example(json=campaign(ends="2026-09-30")),
    ("POST", f"{API}/campaigns/{{campaign}}/withdrawal"): body("campaign", "campaign", submitted),
    ("GET", f"{API}/workplaces"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", f"{API}/workplaces"): lambda _: Example(json=submitted(unit=TUY_PHUOC, kind="school", name="…")),
    ("POST", f"{API}/workplaces/{{workplace}}/members"): body(
        "workplace", "workplace", lambda: submitted(on="2999-01-01") | {"member": sent.ba_tu()}
    ),
    ("POST", f"{API}/workplaces/{{workplace}}/departures"): body(
        "workplace", "workplace", lambda: submitted(on="2999-01-01", member="nobody")
    ),
    ("GET", f"{API}/units/{{unit}}/visits"): lambda _: Example(params={"unit": TUY_PHUOC}),
    ("POST", f"{API}/units/{{unit}}/households"): lambda _: Example(
        params={"unit": TUY_PHUOC},
        json=submitted(on="2999-01-01", document="1") | {"households": 10},
    ),
    ("POST", f"{API}/visits"): lambda _: Example(
        json=submitted(unit=TUY_PHUOC, on="2020-01-01") | {"number": 1}
    ),
    ("POST", f"{API}/visits/{{visit}}/void"): body("visit", "visit", submitted),
    ("GET", f"{API}/teams"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", f"{API}/teams"): lambda _: Example(json=submitted(unit=TUY_PHUOC, name="…", on=sent.today())),
    ("GET", f"{API}/teams/{{team}}"): of("team", "team"),
    ("POST", f"{API}/teams/{{team}}/members"): body(
        "team", "team", lambda: submitted(on="2999-01-01") | {"member": sent.ba_tu()}
    ),
    ("POST", f"{API}/teams/{{team}}/departures"): body(
        "team", "team", lambda: submitted(on=sent.today(), member="nobody")
    ),
    ("POST", f"{API}/teams/{{team}}/leader"): body(
        "team", "team", lambda: submitted(on=sent.today(), member="nobody")
    ),
    ("POST", f"{API}/teams/{{team}}/name"): body("team", "team", lambda: submitted(name="…")),
    ("POST", f"{API}/teams/{{team}}/disbanding"): body(
        "team", "team", lambda: submitted(on="2999-01-01", reason="other")
    ),
    ("GET", f"{API}/nominees"): lambda _: Example(query=BACKWARDS),
    ("GET", f"{API}/months/{{unit}}/{{month}}"): of_month(),
    ("POST", f"{API}/months/{{unit}}/{{month}}/close"): of_month(submitted),
    ("POST", f"{API}/months/{{unit}}/{{month}}/reopen"): of_month(lambda: submitted(reason="other")),
    ("POST", f"{API}/months/{{unit}}/{{month}}/send"): of_month(submitted, month="2999-13"),
    ("GET", f"{API}/months/{{unit}}/{{month}}/report"): of_month(month="2999-13"),
    ("GET", f"{API}/targets"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", f"{API}/targets"): lambda _: Example(json=asked() | {"percent": 140}),
    ("POST", f"{API}/targets/following"): lambda _: Example(
        json=asked() | {"group": "none", "reason": "decided"}
    ),
    ("GET", f"{API}/figures"): lambda _: Example(query={"unit": TUY_PHUOC}),
    ("POST", f"{API}/figures"): lambda _: Example(
        json=submitted(unit=TUY_PHUOC, group="none", as_of="2026-01-01", document="1") | {"value": 1}
    ),
}


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Who tries a route, in which state, and how the table has it."""

    state: str
    somebody: Somebody | None
    cookie: str = ""
    bearer: str = ""
    expected: str

    def __str__(self) -> str:
        if self.somebody is None:
            return self.state
        one = self.somebody
        return f"{one.role} {one.side} {one.model or ''} {self.state}"


def declared(rule: Rule, somebody: Somebody, *, proven: bool, stepped_up: bool) -> str:
    """What the table says of somebody signed in by a browser."""
    if rule.who is ANYONE:
        return IN
    if not proven and somebody.role in NEEDS_FACTOR and not rule.unproven:
        return PROVE
    return behind_the_door(rule, somebody, program=False, stepped_up=stepped_up)


def behind_the_door(rule: Rule, somebody: Somebody, *, program: bool, stepped_up: bool) -> str:
    if rule.who is ANYONE:
        return IN
    fits = somebody.model is None or rule.model in (None, somebody.model)
    if (rule.roles and not (somebody.role in rule.roles and fits)) or (program and not rule.bearer):
        return NOT_ALLOWED
    if rule.step_up and not stepped_up and not program:
        return STEP_UP
    if rule.about is About.OWN or somebody.role in rule.own:
        return NOT_THERE
    return NOT_THERE if rule.about is About.UNIT and somebody.side not in REACHED else IN


def observed(answer: Answered) -> str:
    """By the exception that reached the app, or by the status where a page shows it in a form."""
    match answer.refused:
        case "SignInFirst":
            return SIGN_IN
        case "ProveFirst":
            return PROVE
        case "StepUpNeeded":
            return STEP_UP
        case "NotAllowed":
            return NOT_ALLOWED
    if answer.status >= 500 or answer.status == 429:
        return f"{answer.status} {answer.refused}"
    return NOT_THERE if answer.status == 404 else IN


def served(world: Everybody) -> list[Route]:
    """Every route of the running application."""
    return sorted(
        (str(method), route.path_format)
        for route in world.litestar.routes
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    )


class Matrix:
    """All cells of one route after another. Sessions are opened once for each state."""

    def __init__(self, world: Everybody) -> None:
        self.world = world
        everybody = [*world.holders, *world.narrowed, world.revoked]
        self.stepped = {one.person: world.session(one) for one in everybody}
        own = [one for one in world.holders if one.side is Side.OWN]
        closed = {one.person: world.session(one) for one in world.closed}
        for one in world.closed:
            world.close(one)
        world.catch_up()
        forget_what_is_remembered(world.house)
        self.own, self.closed = own, closed
        self.mentor = next(one for one in own if one.role is Role.AMBASSADOR)
        self.phone = self._phone(world)
        self.unproven = {one.person: world.session(one, proven=False) for one in own}
        self.plain = {
            one.person: world.session(plain, stepped_up=False)
            for one, plain in zip(own, world.plain, strict=True)
        }

    def _phone(self, world: Everybody) -> str:
        """The device token of an ambassador's phone."""
        session = world.house.accounts.session(self.stepped[self.mentor.person])
        assert session is not None
        return str(world.run(world.house.accounts.issue_phone(session)).token)

    def cells(self, rule: Rule) -> Iterator[Cell]:
        public = rule.who is ANYONE
        yield Cell(state="signed out", somebody=None, expected=IN if public else SIGN_IN)
        for one in self.world.holders:
            yield Cell(
                state="stepped up",
                somebody=one,
                cookie=self.stepped[one.person],
                expected=declared(rule, one, proven=True, stepped_up=True),
            )
        for one in self.world.narrowed if rule.model else ():
            yield Cell(
                state="narrowed",
                somebody=one,
                cookie=self.stepped[one.person],
                expected=declared(rule, one, proven=True, stepped_up=True),
            )
        for one in self.own:
            yield Cell(
                state="not stepped up",
                somebody=one,
                cookie=self.plain[one.person],
                expected=declared(rule, one, proven=True, stepped_up=False),
            )
            yield Cell(
                state="not proven",
                somebody=one,
                cookie=self.unproven[one.person],
                expected=declared(rule, one, proven=False, stepped_up=False),
            )
            yield Cell(
                state="a program",
                somebody=one,
                bearer=one.bearer,
                expected=behind_the_door(rule, one, program=True, stepped_up=False),
            )
        yield Cell(
            state="a phone",
            somebody=self.mentor,
            bearer=self.phone,
            expected=IN if public or rule.phone else NOT_ALLOWED,
        )
        for one in self.world.closed:
            yield Cell(
                state="closed",
                somebody=one,
                cookie=self.closed[one.person],
                expected=IN if public else SIGN_IN,
            )
        bare = self.world.revoked
        yield Cell(
            state="every role revoked",
            somebody=bare,
            cookie=self.stepped[bare.person],
            expected=declared(rule, bare, proven=True, stepped_up=True),
        )

    def tried(self, route: Route, cell: Cell) -> str:
        method, path = route
        asked = example(self.world, route)
        answer = self.world.ask(
            method,
            path.format(**asked.params),
            query=asked.query,
            form=asked.form,
            json=asked.json,
            cookie=self.fresh(cell) if asked.fresh else cell.cookie,
            bearer=cell.bearer,
        )
        seen = observed(answer)
        elsewhere = not asked.there or RULES[route].who is ANYONE
        return IN if seen == NOT_THERE and elsewhere else seen

    def fresh(self, cell: Cell) -> str:
        """A session like the cell's, that may end."""
        if not cell.cookie or cell.somebody is None or cell.state == "closed":
            return cell.cookie
        return self.world.session(
            self.world.twin(cell.somebody),
            proven=cell.state != "not proven",
            stepped_up=cell.state not in ("not proven", "not stepped up"),
        )

    def mismatches(
        self, rules: Mapping[Route, Rule] = RULES, routes: Iterable[Route] | None = None
    ) -> tuple[int, list[str]]:
        """How many cells were tried, and those that are not as `rules` has them."""
        tried, found = 0, []
        for route in routes or served(self.world):
            for cell in self.cells(rules[route]):
                seen = self.tried(route, cell)
                tried += 1
                if seen != cell.expected:
                    found.append(f"{' '.join(route)}: {cell}: {cell.expected}, but {seen}")
        return tried, found


@pytest.fixture(scope="module")
def world(request, tmp_path_factory) -> Iterator[Everybody]:
    settled = request.getfixturevalue("settled_sqlite")
    with copied_settings(request, settled, tmp_path_factory.mktemp("everybody")) as settings:
        house = open_house(settings)
        home = Home(house, settled.tokens)
        with pytest.MonkeyPatch.context() as patching:
            yield Everybody(home, patching)
        home.close()
        house.close()


@pytest.fixture(scope="module")
def matrix(world) -> Matrix:
    return Matrix(world)


@pytest.mark.no_cover  # thousands of requests: tracing them takes as long again
def test_every_cell_is_as_the_table_says(matrix):
    tried, found = matrix.mismatches()
    print(f"{tried} cells of {len(RULES)} routes")
    assert not found, "\n".join([f"{len(found)} of {tried}", *found])


def test_every_route_of_the_app_is_in_the_matrix(world):
    assert set(served(world)) == set(RULES)
    for route in served(world):
        example(world, route)  # KeyError: say how it is tried


def test_a_loosened_row_is_noticed(matrix):
    """The control: a table that lets more in than the app does, or less, disagrees with it."""
    route = ("GET", "/xem-xet")
    for loosened in (
        msgspec.structs.replace(RULES[route], roles=frozenset(Role)),
        msgspec.structs.replace(RULES[route], who=ANYONE),
        msgspec.structs.replace(RULES[route], roles=frozenset({Role.ORGANIZER})),
        msgspec.structs.replace(RULES[route], step_up=True),
        msgspec.structs.replace(RULES[route], model=Model.FAMILIES),
    ):
        _tried, found = matrix.mismatches({route: loosened}, [route])
        assert found


def test_a_door_that_stands_open_is_noticed(matrix, monkeypatch):
    """The other control: the app lets in whoever comes, and the table says otherwise."""
    route = ("GET", "/xem-xet")
    monkeypatch.setattr(session, "RULES", {route: msgspec.structs.replace(RULES[route], roles=frozenset())})
    _tried, found = matrix.mismatches(RULES, [route])
    assert found


def test_who_made_it_or_holds_it_reaches_what_is_their_own(world):
    hoa = world.home.tokens["hoa"]
    for route in (
        ("GET", "/buoi/{ref}"),
        ("GET", "/ghi/da-gui/{lesson}"),
        ("GET", f"{API}/teachings/{{teaching}}"),
    ):
        asked = example(world, route)
        answer = world.ask(route[0], route[1].format(**asked.params), bearer=hoa)
        assert answer.status == 200, route


NAMING: Final = sorted(
    route for route, rule in RULES.items() if rule.about is not About.NOTHING and "{" in route[1]
)
"""What a path names: there, or not."""


@pytest.mark.parametrize("route", NAMING, ids=" ".join)
def test_not_yours_is_not_there(world, matrix, route):
    """The same 404 after the same queries, for what lies beside and for what was never anywhere."""
    method, path = route
    asked = example(world, route)
    (name, ref), *_others = asked.params.items()
    role = next(role for role in Role if role in RULES[route].roles or not RULES[route].roles)
    stranger = next(one for one in world.holders if (one.role, one.side) == (role, Side.BESIDE))
    # The matrix took its time: what needs a proof of the last minutes gets a new one.
    cookie = world.session(stranger) if RULES[route].step_up else matrix.stepped[stranger.person]
    said: list[Answered] = []

    def ask(params: Mapping[str, str]) -> None:
        answer = world.ask(
            method,
            path.format(**params),
            form=asked.form,
            json=asked.json,
            cookie=cookie,
        )
        said.append(answer)

    never = f"{'0' * 8}{ref[8:]}"
    ask(asked.params)
    for _again in range(3):  # what pages remember for a minute may end between the two, once
        there = asked_anew(world, lambda: ask(asked.params))
        nowhere = asked_anew(world, lambda: ask({**asked.params, name: never}))
        if there == nowhere:
            break
    assert {one.status for one in said} == {404}
    assert there == nowhere
    assert said[-2].body.replace(ref.encode(), never.encode()) == said[-1].body


def asked_anew(world: Everybody, doing: Callable[[], Any]) -> list[str]:
    """The questions with nothing remembered from before. The index of units, which everybody may
    know, reads itself again ten times a second at most: it has just done so."""
    forget_what_is_remembered(world.house)
    assert isinstance(world.house.units, Territory)
    world.house.units.refresh()
    return [one for one in questions(doing) if "unit_v2.changed" not in one]


def test_what_is_theirs_is_asked_for_otherwise(world, matrix):
    """The control: these questions tell one from the other where somebody may see it."""
    route = ("GET", "/buoi/{ref}")
    asked = example(world, route)
    organizer = next(one for one in world.holders if (one.role, one.side) == (Role.ORGANIZER, Side.OWN))
    cookie = matrix.stepped[organizer.person]
    world.ask("GET", "/buoi/nowhere", cookie=cookie)
    there = questions(lambda: world.ask("GET", f"/buoi/{asked.params['ref']}", cookie=cookie))
    nowhere = questions(lambda: world.ask("GET", "/buoi/nowhere", cookie=cookie))
    assert there != nowhere
