"""What attackers type, through every field of every form, every address and every body: nothing is
worked out, nothing stands unescaped on a page, no header is split, nothing breaks, nothing is lost."""

import logging

import pytest
from jinja2 import Environment

from domain.model import Role
from interfaces.permissions import RULES
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.hostile.attacking import (
    NAMED,
    Share,
    ask_every_page,
    assert_whole,
    attack_every_form,
    send_every_body,
    visit_every_address,
)
from tests.interfaces.hostile.bodies import BODIES
from tests.interfaces.hostile.corpus import MARK, PRODUCT, SCRIPTS
from tests.interfaces.hostile.crawling import Wrong, looked_at
from tests.interfaces.hostile.pages import read
from tests.interfaces.web.browsing import Browsing, browsing

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)


@ON_SQLITE
def test_every_field_of_every_form(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Each form once, by the first who finds it; each field with another part of what there is to type
    (all of it with all of it: tests/drills/test_typing.py)."""
    with caplog.at_level(logging.DEBUG):
        attacked = attack_every_form(home, part=6, alike=2)

    assert len(attacked.routes) > 25
    assert attacked.sent > 1_000
    assert_whole(home)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert MARK not in logged
    assert PRODUCT not in logged


WHO = (None, Role.ORGANIZER, Role.AUDITOR)
"""Each sends a third, and together they send all of it."""


def browser_of(home: Home, role: Role | None, unit: str) -> Browsing:
    return browsing(home, role, unit, NAMED[role]) if role else Browsing(home)


@ON_SQLITE
@pytest.mark.parametrize("role", WHO)
def test_every_address_with_a_parameter(home: Home, role: Role | None) -> None:
    visit_every_address(browser_of(home, role, TUY_PHUOC), Share(WHO.index(role), len(WHO)))
    assert_whole(home)


@ON_SQLITE
@pytest.mark.parametrize("role", WHO)
def test_every_parameter_of_every_page(home: Home, role: Role | None) -> None:
    ask_every_page(browser_of(home, role, PROVINCE), Share(WHO.index(role), len(WHO)))
    assert_whole(home)


def test_a_body_is_known_for_each_operation_that_takes_one() -> None:
    taking = {
        path.removeprefix("/api/v1")
        for method, path in RULES
        if method == "POST" and path.startswith("/api/v1")
    }

    assert {path.count("/") for path in BODIES} == {path.count("/") for path in taking}
    assert len(BODIES) == len(taking)


def test_every_field_of_every_body(home: Home) -> None:
    """A quarter of it all on each database, not the same one."""
    share = Share(0 if home.house.settings.keeps_sqlite else 2, 4)

    assert send_every_body(home.known("lan"), share) > 4_000
    assert_whole(home)


def test_shares_together_are_all_of_it_and_no_two_are_alike() -> None:
    every = [(one, other) for one in range(7) for other in range(5)]
    shares = [[at for at in every if Share(number, 3).has(*at)] for number in range(3)]

    assert sorted(at for share in shares for at in share) == every
    assert all(Share().has(*at) for at in every)


@pytest.mark.parametrize("payload", SCRIPTS[:22])
def test_what_stands_unescaped_is_seen(payload: str) -> None:
    """The control: the same page with and without escaping, in text and in an attribute."""
    source = (
        "<p>{{ it }}</p><input value=\"{{ it }}\"><textarea>{{ it }}</textarea><a href='/x?a={{ it }}'>x</a>"
    )
    careless = source.replace("href='/x?a=", "href='").replace(
        "<textarea>", "<div title='{{ it }}'></div><textarea>"
    )

    assert read(Environment(autoescape=True).from_string(source).render(it=payload)).alien == []
    assert read(Environment(autoescape=False).from_string(careless).render(it=payload)).alien


def test_what_is_worked_out_is_seen() -> None:
    """The control: a template made of what somebody typed."""
    typed = Environment(autoescape=True).from_string("<p>{{ 1234567*7654321 }}</p>").render()

    assert read(typed).alien


@ON_SQLITE
def test_a_header_that_is_split_is_seen(home: Home) -> None:
    """The control."""
    answer = Browsing(home).get("/")
    answer.headers["location"] = "//lantoaran.example"

    with pytest.raises(Wrong):
        looked_at(answer, "/")
