"""Whom each route lets in: the one table, read before a request's body is.

A route that is not here does not start, a row without a route neither. The table is the door;
what a role may do about a unit, a thing or a person is decided by the use cases behind it, which
hold to `about` and `model` as they stand here (`tests/interfaces/test_permissions.py` tries every
route with every role from every side).
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from domain.model import Model, Role

Route = tuple[str, str]
"""Method and path, with parameters as `{name}`."""


class Who(Enum):
    ANYONE = "anyone"
    SIGNED_IN = "signed in"


ANYONE: Final = Who.ANYONE
SIGNED_IN: Final = Who.SIGNED_IN


class About(Enum):
    """What a route names, and so how far a role reaches."""

    NOTHING = "nothing"
    """No thing of anybody's: a form to fill in, one's own lists, one's own account."""
    UNIT = "unit"
    """A unit, or what lies in one: it must lie in or under a unit over which one of the roles is
    held. Everything else is not there."""
    OWN = "own"
    """What whoever asks made or holds themselves. Everything else is not there."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a route lets in.

    `roles`: one of them must be held, wherever; empty for every account. `own`: those of them
    that reach nothing but what is their own, where the others reach their units. `model`: what
    the route is about; a role narrowed to another one does not count. `step_up`: a session needs
    a confirmation not older than 5 minutes. `bearer`: whether programs may, which cannot confirm.
    `phone`: whether device tokens may, which act for an ambassador or team leader and open nothing else.
    `keyed`: nobody signs in there; what comes brings a key of its own in the headers by which accounts
    are named elsewhere.
    `unproven`: whether somebody may whose roles ask for a passkey or one-time codes that this
    session was not proven by yet; everywhere else they are led to where they prove it.
    """

    who: Who = SIGNED_IN
    roles: frozenset[Role] = frozenset()
    about: About = About.NOTHING
    own: frozenset[Role] = frozenset()
    model: Model | None = None
    step_up: bool = False
    bearer: bool = True
    phone: bool = False
    unproven: bool = False
    keyed: bool = False


def of(
    *roles: Role,
    about: About = About.NOTHING,
    own: Iterable[Role] = (),
    model: Model | None = None,
    step_up: bool = False,
    bearer: bool = True,
    phone: bool = False,
) -> Rule:
    """A rule for the holders of these roles; for every account if none is named."""
    return Rule(
        roles=frozenset(roles),
        about=about,
        own=frozenset(own),
        model=model,
        step_up=step_up,
        bearer=bearer,
        phone=phone,
    )


PUBLIC: Final = Rule(who=ANYONE)
ACCOUNT: Final = Rule()
KEYED: Final = Rule(who=ANYONE, keyed=True)
PROVING: Final = Rule(unproven=True, bearer=False)
"""Pages on which somebody proves who they are, or leaves."""
DEVICES: Final = Rule(bearer=False)
REMOVING: Final = of(bearer=False, step_up=True)
"""What one signs in with is taken away only after it was just used."""

UNIT: Final = About.UNIT
OWN: Final = About.OWN
AMBASSADORS: Final = Model.AMBASSADORS
FAMILIES: Final = Model.FAMILIES
MARKETS: Final = Model.MARKETS

MENTOR: Final = Role.AMBASSADOR
LEADER: Final = Role.TEAM_LEADER
ORGANIZER: Final = Role.ORGANIZER
COMMITTEE: Final = Role.COMMITTEE
SECRETARY: Final = Role.SECRETARY
ADMINISTRATOR: Final = Role.ADMINISTRATOR
AUDITOR: Final = Role.AUDITOR

GIVERS: Final = of(LEADER, ORGANIZER, ADMINISTRATOR, bearer=False)
GIVING: Final = of(LEADER, ORGANIZER, ADMINISTRATOR, about=UNIT, step_up=True, bearer=False)
APPROVING: Final = of(ADMINISTRATOR, about=UNIT, step_up=True, bearer=False)

_API: Final = "/api/v1"

_PUBLIC_PAGES: Final = {
    ("GET", "/"): Rule(who=ANYONE, unproven=True),
    ("GET", "/static/{name}"): PUBLIC,
    # What phones keep: nobody's data.
    ("GET", "/sw.js"): PUBLIC,
    ("GET", "/manifest.webmanifest"): PUBLIC,
    ("GET", "/vo/{spoken}/{name}"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/vinh-danh"): PUBLIC,
    ("GET", "/vinh-danh/kiem/{ref}"): PUBLIC,
    ("GET", "/trang-thai"): PUBLIC,
    ("GET", "/xep-hang"): PUBLIC,
    ("GET", "/xep-hang/tep"): PUBLIC,
    ("GET", "/chien-dich"): PUBLIC,
    ("GET", "/ban-do"): PUBLIC,
    ("GET", "/khoa-hoc"): PUBLIC,
    # By a code or a link: whoever holds it.
    ("GET", "/x/{code}"): PUBLIC,
    ("POST", "/x/{code}"): PUBLIC,
    ("GET", "/x/{code}/cam-on"): PUBLIC,
    ("POST", "/x/{code}/dong-y"): PUBLIC,
    ("GET", "/x/{code}/cot-moc"): PUBLIC,
    ("POST", "/x/{code}/cot-moc"): PUBLIC,
    ("GET", "/xac-nhan"): PUBLIC,
    ("POST", "/xac-nhan"): PUBLIC,
    ("GET", "/l/{code}"): PUBLIC,
    ("POST", "/l/{code}"): PUBLIC,
    ("GET", "/l/{code}/cam-on"): PUBLIC,
    ("GET", "/vao/{token}"): PUBLIC,
    ("POST", "/vao/{token}"): PUBLIC,
    ("GET", "/bat-dau/{token}"): PUBLIC,
    ("POST", "/bat-dau/{token}"): PUBLIC,
    ("GET", "/dang-nhap"): PUBLIC,
    ("GET", "/dang-nhap/khoa"): PUBLIC,
    ("POST", "/dang-nhap/khoa"): PUBLIC,
    ("POST", "/dang-nhap/ung-dung"): PUBLIC,
    ("POST", "/dang-nhap/ma-du-phong"): PUBLIC,
}

_ONES_OWN: Final = {
    ("GET", "/ra"): PROVING,
    ("POST", "/ra"): PROVING,
    ("GET", "/bao-mat"): PROVING,
    ("GET", "/bao-mat/khoa"): PROVING,
    ("POST", "/bao-mat/khoa"): PROVING,
    ("POST", "/bao-mat/khoa/go"): REMOVING,
    ("GET", "/bao-mat/ung-dung"): PROVING,
    ("POST", "/bao-mat/ung-dung"): PROVING,
    ("POST", "/bao-mat/ung-dung/go"): REMOVING,
    ("POST", "/bao-mat/ma-du-phong"): PROVING,
    ("POST", "/bao-mat/bo-qua"): PROVING,
    ("GET", "/xac-thuc"): PROVING,
    ("GET", "/xac-thuc/khoa"): PROVING,
    ("POST", "/xac-thuc/khoa"): PROVING,
    ("POST", "/xac-thuc/ung-dung"): PROVING,
    ("GET", "/thiet-bi"): DEVICES,
    ("POST", "/thiet-bi/{ref}/ket-thuc"): of(about=OWN, bearer=False),
    ("POST", "/thiet-bi/ket-thuc"): DEVICES,
    ("GET", "/toi"): of(MENTOR),
    ("GET", "/toi/truoc"): of(MENTOR),
    ("GET", "/toi/chung-nhan"): of(MENTOR),
    ("POST", "/toi/chung-nhan"): of(MENTOR),
    ("GET", "/toi/ho-so"): of(MENTOR),
    ("POST", "/toi/ho-so"): of(MENTOR),
    ("GET", "/toi/nhac/{subject}"): of(MENTOR, about=OWN),
    ("POST", "/toi/noi-lam-viec"): of(MENTOR),
    ("POST", "/toi/ten-cong-khai"): ACCOUNT,
    ("GET", "/toi/cot-moc"): ACCOUNT,
    ("POST", "/toi/cot-moc"): ACCOUNT,
    ("GET", "/viec"): ACCOUNT,
}

_RECORDING: Final = {
    ("GET", "/ghi"): of(MENTOR),
    ("POST", "/ghi"): of(MENTOR, about=UNIT, model=AMBASSADORS),
    ("GET", "/ghi/quanh-day"): of(MENTOR, about=UNIT, model=AMBASSADORS),
    ("GET", "/ghi/da-gui/{lesson}"): of(MENTOR, about=OWN),
    ("POST", "/ghi/da-gui/{lesson}/hoan-tac"): of(MENTOR, about=OWN),
    ("GET", "/lop"): of(MENTOR),
    ("POST", "/lop"): of(MENTOR, about=UNIT, model=AMBASSADORS),
    ("GET", "/lop/{ref}"): of(MENTOR, about=OWN),
    ("GET", "/lop/{ref}/diem-danh"): of(MENTOR, about=OWN),
    ("POST", "/lop/{ref}/them"): of(MENTOR, about=OWN),
    ("POST", "/lop/{ref}/dong"): of(MENTOR, about=OWN),
    ("GET", "/lam-chung"): of(LEADER, ORGANIZER, model=AMBASSADORS),
    ("GET", "/lam-chung/{ref}"): of(LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", "/lam-chung/{ref}"): of(LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", "/ghi/gia-dinh"): of(MENTOR),
    ("POST", "/ghi/gia-dinh"): of(MENTOR, about=UNIT, model=FAMILIES),
    ("GET", "/ghi/tieu-thuong"): of(MENTOR),
    ("POST", "/ghi/tieu-thuong"): of(MENTOR, about=UNIT, model=MARKETS),
    ("GET", "/ghi/tieu-thuong/{ref}"): of(MENTOR, about=UNIT, model=MARKETS),
    ("POST", "/ghi/tieu-thuong/{ref}"): of(MENTOR, about=UNIT, model=MARKETS),
    ("GET", "/ghi/di-ho"): of(MENTOR, LEADER),
    ("POST", "/ghi/di-ho"): of(MENTOR, LEADER, about=UNIT, model=AMBASSADORS),
    ("POST", "/ghi/di-ho/{ref}/rut-lai"): of(
        MENTOR, LEADER, ORGANIZER, about=UNIT, own=[MENTOR, LEADER], model=AMBASSADORS
    ),
    ("GET", "/gia-dinh/{ref}"): of(
        MENTOR, ORGANIZER, COMMITTEE, SECRETARY, AUDITOR, about=UNIT, model=FAMILIES
    ),
    ("POST", "/gia-dinh/{ref}/thanh-vien"): of(MENTOR, ORGANIZER, about=UNIT, model=FAMILIES),
    ("POST", "/gia-dinh/{ref}/khai-bao"): of(MENTOR, about=UNIT, model=FAMILIES),
    ("POST", "/gia-dinh/{ref}/roi"): of(MENTOR, ORGANIZER, about=UNIT, model=FAMILIES),
    ("POST", "/gia-dinh/{ref}/khong-con"): of(MENTOR, ORGANIZER, about=UNIT, model=FAMILIES),
    ("GET", "/cho/{ref}"): of(MENTOR, ORGANIZER, AUDITOR, about=UNIT, model=MARKETS),
    ("POST", "/cho/{ref}/sap"): of(ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", "/cho/{ref}/thay"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("GET", "/tieu-thuong/{ref}"): of(MENTOR, ORGANIZER, AUDITOR, about=UNIT, model=MARKETS),
    ("POST", "/tieu-thuong/{ref}/roi"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", "/tieu-thuong/{ref}/rut-lai"): of(MENTOR, ORGANIZER, about=UNIT, own=[MENTOR], model=MARKETS),
}

_ORGANIZING: Final = {
    ("GET", "/don-vi"): of(*Role),
    ("GET", "/don-vi/{ref}"): of(*Role, about=UNIT),
    ("POST", "/don-vi/{ref}/thon"): of(ORGANIZER, about=UNIT),
    ("GET", "/cot-moc"): of(*Role),
    ("GET", "/ket-noi"): of(ORGANIZER, ADMINISTRATOR),
    ("POST", "/ket-noi"): of(ORGANIZER, ADMINISTRATOR, about=UNIT, step_up=True),  # makes a key
    ("GET", "/ket-noi/{ref}"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/ket-noi/{ref}/truong"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/ket-noi/{ref}/tep"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/ket-noi/{ref}/thu-lai"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/ket-noi/{ref}/ngat"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/ket-noi/{ref}/sua/{edit}"): of(ORGANIZER, about=UNIT),  # names whoever stands recorded
    ("POST", "/ket-noi/{ref}/sua/{edit}"): of(ORGANIZER, about=UNIT),
    ("GET", "/don-vi/{ref}/cot-moc"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("GET", "/don-vi/{ref}/chi-tieu"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", "/don-vi/{ref}/chi-tieu"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/don-vi/{ref}/chi-tieu/theo"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/don-vi/{ref}/chi-tieu/so-lieu"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/dia-gioi"): ACCOUNT,
    ("GET", "/dia-gioi/{ref}"): ACCOUNT,
    ("GET", "/dia-gioi/cho-phan"): of(ORGANIZER),
    ("GET", "/dia-gioi/cho-phan/{ref}"): of(ORGANIZER, about=UNIT),
    ("POST", "/dia-gioi/cho-phan/{ref}"): of(ORGANIZER, about=UNIT),
    ("GET", "/dia-gioi/thay-doi"): of(ADMINISTRATOR, step_up=True, bearer=False),  # before typing
    ("POST", "/dia-gioi/thay-doi"): of(ADMINISTRATOR, about=UNIT, step_up=True, bearer=False),
    ("GET", "/noi-lam-viec"): of(ORGANIZER, AUDITOR, about=UNIT),
    ("POST", "/noi-lam-viec"): of(ORGANIZER, about=UNIT),
    ("GET", "/noi-lam-viec/{ref}"): of(ORGANIZER, AUDITOR, about=UNIT),
    ("POST", "/noi-lam-viec/{ref}/them"): of(ORGANIZER, about=UNIT),
    ("POST", "/noi-lam-viec/{ref}/roi"): of(ORGANIZER, about=UNIT),
    ("GET", "/don-vi/{ref}/di-ho"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", "/don-vi/{ref}/so-ho"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    # A team leader reaches the team they lead, and no other.
    ("GET", "/to"): of(LEADER, ORGANIZER, AUDITOR, model=AMBASSADORS),
    ("GET", "/to/lap"): of(ORGANIZER, model=AMBASSADORS),
    ("POST", "/to/lap"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", "/to/{ref}"): of(LEADER, ORGANIZER, AUDITOR, about=UNIT, own=[LEADER], model=AMBASSADORS),
    ("POST", "/to/{ref}/them"): of(LEADER, ORGANIZER, about=UNIT, own=[LEADER], model=AMBASSADORS),
    ("POST", "/to/{ref}/roi"): of(LEADER, ORGANIZER, about=UNIT, own=[LEADER], model=AMBASSADORS),
    ("POST", "/to/{ref}/to-truong"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", "/to/{ref}/ten"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", "/to/{ref}/giai-the"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", "/nhac-viec"): of(ORGANIZER, ADMINISTRATOR, AUDITOR),
    ("POST", "/nhac-viec/{ref}/gui-lai"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/nhac-viec/{ref}/dung"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/xem-xet"): of(ORGANIZER, AUDITOR, model=AMBASSADORS),
    ("GET", "/buoi/{ref}"): of(MENTOR, ORGANIZER, AUDITOR, about=UNIT, own=[MENTOR], model=AMBASSADORS),
    ("POST", "/buoi/{ref}/rut-lai"): of(MENTOR, ORGANIZER, about=UNIT, own=[MENTOR], model=AMBASSADORS),
    ("POST", "/buoi/{ref}/phan-xu"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", "/buoi/{ref}/cot-moc"): of(MENTOR, LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", "/buoi/{ref}/cot-moc"): of(MENTOR, LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", "/xep-hang/tep/ten"): of(ORGANIZER, COMMITTEE, SECRETARY, AUDITOR, about=UNIT, step_up=True),
    ("POST", "/chien-dich"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/chien-dich/{ref}/rut"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/bao-cao"): of(ORGANIZER, AUDITOR),
    ("GET", "/bao-cao/{ref}/{month}"): of(ORGANIZER, AUDITOR, about=UNIT),
    ("POST", "/bao-cao/{ref}/{month}"): of(ORGANIZER, about=UNIT),
    ("POST", "/bao-cao/{ref}/{month}/khoa"): of(ORGANIZER, about=UNIT),
    ("POST", "/bao-cao/{ref}/{month}/mo-lai"): of(ORGANIZER, about=UNIT),
    ("POST", "/bao-cao/{ref}/{month}/gui"): of(ORGANIZER, about=UNIT, step_up=True),
    ("GET", "/bao-cao/{ref}/{month}/tep"): of(ORGANIZER, AUDITOR, about=UNIT, step_up=True),
    ("GET", "/bao-cao/mau/{ref}"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/bao-cao/mau/{ref}"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/bao-cao/mau/{ref}/{key}"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/khen-thuong"): of(ORGANIZER, COMMITTEE, SECRETARY, AUDITOR),
    ("GET", "/khen-thuong/tep"): of(ORGANIZER, COMMITTEE, SECRETARY, AUDITOR, about=UNIT, step_up=True),
}

IMPORTER: Final = of(ORGANIZER, ADMINISTRATOR)
OWN_LIST: Final = of(ORGANIZER, ADMINISTRATOR, about=OWN)

_LISTS: Final = {
    ("GET", "/nhap"): IMPORTER,
    ("GET", "/nhap/moi"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", "/nhap/moi"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", "/nhap/{ref}"): OWN_LIST,
    ("GET", "/nhap/{ref}/tep"): OWN_LIST,
    ("POST", "/nhap/{ref}/cot"): OWN_LIST,
    ("POST", "/nhap/{ref}/nap"): OWN_LIST,
    ("POST", "/nhap/{ref}/doi-cot"): OWN_LIST,
    ("POST", "/nhap/{ref}/bo"): OWN_LIST,
    ("GET", f"{_API}/imports"): IMPORTER,
    ("POST", f"{_API}/imports"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", f"{_API}/imports/{{list}}"): OWN_LIST,
    ("GET", f"{_API}/imports/{{list}}/bad-rows"): OWN_LIST,
    ("POST", f"{_API}/imports/{{list}}/columns"): OWN_LIST,
    ("POST", f"{_API}/imports/{{list}}/loading"): OWN_LIST,
    ("POST", f"{_API}/imports/{{list}}/removal"): OWN_LIST,
}

_ACCOUNTS: Final = {
    ("GET", "/moi"): of(LEADER, ORGANIZER, ADMINISTRATOR, step_up=True, bearer=False),  # before typing
    ("POST", "/moi"): GIVING,
    ("GET", "/tai-khoan"): GIVERS,
    ("GET", "/tai-khoan/{person}"): of(LEADER, ORGANIZER, ADMINISTRATOR, about=UNIT, bearer=False),
    ("POST", "/tai-khoan/{person}/thu-hoi"): GIVING,
    ("POST", "/tai-khoan/{person}/moi-lai"): GIVING,
    ("POST", "/tai-khoan/{person}/dang-xuat"): GIVING,
    ("POST", "/tai-khoan/{person}/dong"): GIVING,
    ("POST", "/tai-khoan/cho-duyet/{ref}/dong-y"): APPROVING,
    ("POST", "/tai-khoan/cho-duyet/{ref}/bo"): APPROVING,
}

_PROGRAMS: Final = {
    ("GET", _API): PUBLIC,
    ("GET", f"{_API}/openapi.json"): PUBLIC,
    ("GET", f"{_API}/honours"): PUBLIC,
    ("GET", f"{_API}/statuses"): PUBLIC,
    ("GET", f"{_API}/leaderboard"): PUBLIC,
    ("GET", f"{_API}/leaderboard/me"): ACCOUNT,
    ("GET", f"{_API}/campaigns"): PUBLIC,
    ("POST", f"{_API}/campaigns"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", f"{_API}/campaigns/{{campaign}}/withdrawal"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", f"{_API}/answers"): PUBLIC,
    # Each entry is admitted as its own route would admit it; programs have those.
    ("POST", f"{_API}/sync"): of(MENTOR, LEADER, bearer=False, phone=True),
    ("GET", f"{_API}/field"): of(MENTOR, LEADER, bearer=False, phone=True),
    ("POST", f"{_API}/devices"): of(MENTOR, LEADER, bearer=False),
    ("POST", f"{_API}/check-ins"): PUBLIC,
    ("POST", f"{_API}/classes"): of(MENTOR, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/classes/{{lesson}}/learners"): of(MENTOR, about=OWN),
    ("POST", f"{_API}/classes/{{lesson}}/close"): of(MENTOR, about=OWN),
    ("POST", f"{_API}/classes/{{lesson}}/witness"): of(LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/lessons"): of(MENTOR, about=UNIT, model=AMBASSADORS),
    ("GET", f"{_API}/teachings/{{teaching}}"): of(
        MENTOR, ORGANIZER, COMMITTEE, SECRETARY, AUDITOR, about=UNIT, own=[MENTOR], model=AMBASSADORS
    ),
    ("POST", f"{_API}/teachings/{{teaching}}/void"): of(
        MENTOR, ORGANIZER, about=UNIT, own=[MENTOR], model=AMBASSADORS
    ),
    ("POST", f"{_API}/credits/{{person}}/{{skill}}/ruling"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/households"): of(MENTOR, about=UNIT, model=FAMILIES),
    ("POST", f"{_API}/households/{{household}}/members"): of(MENTOR, ORGANIZER, about=UNIT, model=FAMILIES),
    ("POST", f"{_API}/households/{{household}}/departures"): of(
        MENTOR, ORGANIZER, about=UNIT, model=FAMILIES
    ),
    ("POST", f"{_API}/households/{{household}}/criteria"): of(MENTOR, about=UNIT, model=FAMILIES),
    ("POST", f"{_API}/households/{{household}}/losses"): of(MENTOR, ORGANIZER, about=UNIT, model=FAMILIES),
    ("POST", f"{_API}/markets"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/markets/{{market}}/stalls"): of(ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/vendors"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/vendors/{{vendor}}/onboardings"): of(MENTOR, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/vendors/{{vendor}}/sightings"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/vendors/{{vendor}}/departure"): of(MENTOR, ORGANIZER, about=UNIT, model=MARKETS),
    ("POST", f"{_API}/onboardings/{{onboarding}}/void"): of(
        MENTOR, ORGANIZER, about=UNIT, own=[MENTOR], model=MARKETS
    ),
    ("GET", f"{_API}/territory/units"): ACCOUNT,
    ("GET", f"{_API}/territory/changes"): ACCOUNT,
    ("GET", f"{_API}/territory/placing"): of(ORGANIZER),
    ("GET", f"{_API}/territory/placing/{{unit}}"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/territory/placing"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/territory/changes"): of(ADMINISTRATOR, about=UNIT, step_up=True),
    ("POST", f"{_API}/territory/changes/preview"): of(ADMINISTRATOR, about=UNIT),
    ("GET", f"{_API}/units/{{unit}}"): of(*Role, about=UNIT),
    ("GET", f"{_API}/units/{{unit}}/weeks"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("GET", f"{_API}/units/{{unit}}/milestones"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/milestones"): of(MENTOR, LEADER, ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/milestones/answers"): PUBLIC,
    ("POST", f"{_API}/kobo/{{ref}}"): KEYED,
    ("POST", f"{_API}/odk/{{ref}}"): KEYED,
    ("GET", f"{_API}/workplaces"): of(ORGANIZER, AUDITOR, about=UNIT),
    ("POST", f"{_API}/workplaces"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/workplaces/{{workplace}}/members"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/workplaces/{{workplace}}/departures"): of(ORGANIZER, about=UNIT),
    ("GET", f"{_API}/units/{{unit}}/visits"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/units/{{unit}}/households"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/visits"): of(MENTOR, LEADER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/visits/{{visit}}/void"): of(
        MENTOR, LEADER, ORGANIZER, about=UNIT, own=[MENTOR, LEADER], model=AMBASSADORS
    ),
    ("GET", f"{_API}/teams"): of(ORGANIZER, AUDITOR, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/teams"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", f"{_API}/teams/{{team}}"): of(
        LEADER, ORGANIZER, AUDITOR, about=UNIT, own=[LEADER], model=AMBASSADORS
    ),
    ("POST", f"{_API}/teams/{{team}}/members"): of(
        LEADER, ORGANIZER, about=UNIT, own=[LEADER], model=AMBASSADORS
    ),
    ("POST", f"{_API}/teams/{{team}}/departures"): of(
        LEADER, ORGANIZER, about=UNIT, own=[LEADER], model=AMBASSADORS
    ),
    ("POST", f"{_API}/teams/{{team}}/leader"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/teams/{{team}}/name"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/teams/{{team}}/disbanding"): of(ORGANIZER, about=UNIT, model=AMBASSADORS),
    ("GET", f"{_API}/months/{{unit}}/{{month}}"): of(ORGANIZER, AUDITOR, about=UNIT),
    ("POST", f"{_API}/months/{{unit}}/{{month}}/close"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/months/{{unit}}/{{month}}/reopen"): of(ORGANIZER, about=UNIT),
    ("POST", f"{_API}/months/{{unit}}/{{month}}/send"): of(ORGANIZER, about=UNIT, step_up=True),
    ("GET", f"{_API}/months/{{unit}}/{{month}}/report"): of(ORGANIZER, AUDITOR, about=UNIT, step_up=True),
    ("GET", f"{_API}/reminders"): of(ORGANIZER, ADMINISTRATOR, AUDITOR, about=UNIT),
    ("POST", f"{_API}/reminders/{{reminder}}/again"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", f"{_API}/reminders/{{reminder}}/stop"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", f"{_API}/targets"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/targets"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("POST", f"{_API}/targets/following"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", f"{_API}/figures"): of(*Role, about=UNIT, model=AMBASSADORS),
    ("POST", f"{_API}/figures"): of(ORGANIZER, ADMINISTRATOR, about=UNIT),
    ("GET", f"{_API}/nominees"): of(ORGANIZER, COMMITTEE, SECRETARY, AUDITOR, about=UNIT, step_up=True),
}


_PRIVACY: Final = {
    ("GET", "/toi/du-lieu"): ACCOUNT,
    ("GET", "/toi/du-lieu/tap-tin"): ACCOUNT,
    ("POST", "/toi/du-lieu/dong-y"): ACCOUNT,
    ("POST", "/toi/du-lieu/sua"): ACCOUNT,
    ("POST", "/toi/du-lieu/yeu-cau"): ACCOUNT,
    ("POST", "/toi/du-lieu/xoa"): of(step_up=True, bearer=False),
    ("GET", "/yeu-cau"): of(ORGANIZER),
    ("GET", "/yeu-cau/{ref}"): of(ORGANIZER, about=UNIT, step_up=True),  # before typing
    ("POST", "/yeu-cau/{ref}/tiep-nhan"): of(ORGANIZER, about=UNIT),
    ("POST", "/yeu-cau/{ref}/giai-quyet"): of(ORGANIZER, about=UNIT, step_up=True),
    # By a learner's code together with what only they are asked for.
    ("GET", "/du-lieu"): PUBLIC,
    ("POST", "/du-lieu"): PUBLIC,
    ("POST", "/du-lieu/tap-tin"): PUBLIC,
    ("POST", "/du-lieu/dong-y"): PUBLIC,
    ("POST", "/du-lieu/yeu-cau"): PUBLIC,
    ("GET", "/du-lieu/da-xoa"): PUBLIC,
    ("GET", "/kiem-toan"): of(AUDITOR, bearer=False),
    ("GET", "/kiem-toan/tap-tin"): of(AUDITOR, bearer=False, step_up=True),
}


def _together(*tables: Mapping[Route, Rule]) -> Mapping[Route, Rule]:
    """As one; a route that stands twice would be let in by whichever came last."""
    whole: dict[Route, Rule] = {}
    for table in tables:
        if twice := sorted(set(whole) & set(table)):
            raise AssertionError(f"two rules for {twice}")
        whole |= table
    return whole


RULES: Final = _together(
    _PUBLIC_PAGES, _ONES_OWN, _RECORDING, _ORGANIZING, _LISTS, _ACCOUNTS, _PRIVACY, _PROGRAMS
)


def every_route_has_its_rule(app: Litestar, rules: Mapping[Route, Rule] = RULES) -> None:
    """And every rule its route; no route puts something else in place of what lets in, or goes
    around it. Raises `TypeError`."""
    served: set[Route] = set()
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise TypeError(f"{route.path} is not asked for as pages are")
        for handler in route.route_handlers:
            if handler.resolve_before_request() is not app.before_request:
                raise TypeError(f"{route.path} lets in by itself")
            if handler.http_methods != {"OPTIONS"}:
                served |= {(str(method), route.path_format) for method in handler.http_methods}
    if unruled := sorted(served - set(rules)):
        raise TypeError(f"whom these let in is not in interfaces/permissions.py: {unruled}")
    if unserved := sorted(set(rules) - served):
        raise TypeError(f"interfaces/permissions.py lets in where there is nothing: {unserved}")
