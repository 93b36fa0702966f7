"""What attackers type, in every place that keeps what people type: as if nothing had checked it on the
way in. What shows it has to hold on its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final
from uuid import uuid4

import pytest

from application import access, criteria, people, territory
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.forms.people import ConsentForm
from application.forms.surveys import ConnectionForm
from application.forms.territory import HamletForm
from application.surveys import connecting
from domain import names
from domain.criteria import DEFAULT
from domain.model import Role
from domain.people import Purpose
from domain.surveys import Source, Tells
from domain.territory import HamletExists
from tests.interfaces.api import requests
from tests.interfaces.homes import TUY_PHUOC, Caller, Home
from tests.interfaces.hostile.corpus import FORMULAS, HEADERS, LETTERS, NAMES, SCRIPTS, TEMPLATES

ALL_AT_ONCE: Final = "\"'><script>lantoaran()</script>{{1234567*7654321}}"
LEARNERS: Final = 5
"""As many as make a digital ambassador by the default criteria."""

OF_AMBASSADORS: Final = tuple(one for one in (*SCRIPTS, *FORMULAS, *TEMPLATES, *HEADERS) if one in NAMES)

UNSEEN: Final = LETTERS[:2]
"""Letters that turn the line round, or that nobody sees."""

_TYPED: Final = (*SCRIPTS[:12], *FORMULAS[:6], *TEMPLATES[:2], HEADERS[0], *UNSEEN)
OF_GROUPS: Final = tuple({names.fold(one): one for one in reversed(_TYPED)}.values())
"""One of a kind: two teams of a commune are not called alike."""


@contextmanager
def nothing_checked() -> Iterator[None]:
    """Names hold what no name does."""
    with pytest.MonkeyPatch.context() as careless:
        careless.setattr(names, "_holds_what_no_name_does", lambda _name: False)
        careless.setattr(names, "_TOO_MANY_MARKS", re.compile(r"(?!)"))
        careless.setattr(names, "clean", _uncleaned)
        yield


def _uncleaned(name: str) -> str:
    """Control characters and all: the one rule that stays is that a name has a letter or digit."""
    if not names.fold(name):
        raise names.BadName(why="empty")
    return name


def plant(home: Home) -> list[str]:
    """Digital ambassadors, learners, families, markets, vendors, teams, workplaces, campaigns, connected
    forms, notes, hamlets and a document with such names; the paths of pages that show one of them alone."""
    with nothing_checked():
        adopted = criteria.adopt(
            home.house.ground,
            OPERATOR,
            DEFAULT,
            TUY_PHUOC,
            valid_from=territory.SINCE,
            document=ALL_AT_ONCE,
        )
        home.run(adopted)
        for number, name in enumerate(OF_AMBASSADORS):
            _ambassador(home, number, name)
        pages = [*_whatever_else(home), *_groups(home)]
    home.catch_up()
    return pages


def _ambassador(home: Home, number: int, name: str) -> None:
    form = InviteForm(
        submission=uuid4().hex,
        role=Role.AMBASSADOR,
        unit=TUY_PHUOC,
        name=name,
        phone=_phone(number),
        birth_year=1980,
        position=name,
        workplace=name,
        award_lists=True,
    )
    invited = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    agreed = ConsentForm(submission=uuid4().hex, purpose=Purpose.PUBLIC_NAME, given=True)
    home.run(people.consent(home.house.ground, home.house.actor(invited.person), agreed))
    mentor = Caller(home, home.run(home.house.accounts.issue_bearer(invited.person)))
    learners = [
        {"name": f"{name[:96]} {letter}", "birth_year": 1950 + number % 40}
        for letter in "abcdefgh"[:LEARNERS]
    ]
    for taught in _sent(mentor, "/lessons", requests.lesson(*learners))["teachings"]:
        _sent(mentor, "/answers", {"code": taught["code"], "answer": "able"})


def _whatever_else(home: Home) -> list[str]:
    lan, minh = home.known("lan"), home.known("minh")
    pages: list[str] = []
    for number, name in enumerate(NAMES):
        hamlet = HamletForm(submission=uuid4().hex, parent=TUY_PHUOC, name=name)
        if names.fold(name) and number % 4 == 0:
            with suppress(HamletExists):  # told apart by less than what is between the letters
                home.run(territory.add_hamlet(home.house.ground, OPERATOR, hamlet))
        market = minh.post("/markets", requests.market(name=name))
        if market.status_code != 201 or number % 3:
            continue
        somebody = {"name": name, "birth_year": 1950 + number % 40}
        ref = market.json()["market"]
        vendor = _sent(lan, "/vendors", requests.vendor(ref, vendor=somebody))["vendor"]
        onboarded = _sent(lan, f"/vendors/{vendor}/onboardings", requests.onboarding())
        _sent(lan, f"/onboardings/{onboarded['onboarding']}/void", requests.void(note=name))
        another = {"name": f"{name[:90]} gia", "birth_year": 1950 + number % 40}
        family = _sent(lan, "/households", requests.household(another, declared=["cashless-payment"]))
        taught = _sent(lan, "/lessons", requests.lesson(another))["teachings"][0]
        pages += [f"/x/{taught['code']}", f"/cho/{ref}", f"/tieu-thuong/{vendor}"]
        pages += [f"/gia-dinh/{family['household']}", f"/buoi/{taught['teaching']}"]
        _sent(minh, f"/teachings/{taught['teaching']}/void", requests.void(note=name))
    return pages


def _phone(number: int) -> str:
    return f"09{number:08d}"


def _groups(home: Home) -> list[str]:
    """Each with one of the ambassadors in it, so that it stands on boards."""
    minh = home.known("minh")
    pages: list[str] = []

    def made(path: str, **said: object) -> Any:
        return _sent(minh, path, {"submission": uuid4().hex} | said)

    for number, name in enumerate(OF_GROUPS):
        member = {"name": OF_AMBASSADORS[number], "phone": _phone(number), "birth_year": 1980}
        team = made("/teams", unit=TUY_PHUOC, name=name, on=requests.today())["team"]
        work = made("/workplaces", unit=TUY_PHUOC, name=name, kind="school")["workplace"]
        for path in (f"/teams/{team}", f"/workplaces/{work}"):
            made(f"{path}/members", on=requests.today(), member=member)
        days = {"begins": requests.days_ago(20 - number), "ends": requests.today()}
        campaign = made("/campaigns", unit=TUY_PHUOC, name=name, **days)["campaign"]
        pages += [f"/to/{team}", f"/noi-lam-viec/{work}", f"/ket-noi/{_form(home, name)}"]
        board = f"/xep-hang?unit={TUY_PHUOC}"
        pages += [f"{board}&team={team}", f"{board}&workplace={work}", f"{board}&campaign={campaign}"]
    return pages


def _form(home: Home, name: str) -> str:
    house = home.house
    minh = house.actor(house.accounts.bearer(home.tokens["minh"]) or OPERATOR.person)
    form = ConnectionForm(
        submission=uuid4().hex, unit=TUY_PHUOC, source=Source.KOBO, tells=Tells.LESSON, name=name
    )
    return home.run(connecting.connect(house.ground, house.surveys, minh, form, house.clock())).connection


def _sent(caller: Caller, path: str, body: dict[str, object]) -> Any:
    answer = caller.post(path, body)
    assert answer.status_code in (200, 201), (path, body, answer.text)
    return answer.json()
