"""All that attackers type, in every field of every form, every address and every body."""

import logging
from pathlib import Path

import pytest

from domain.model import Role
from infrastructure.tries import Limit
from interfaces.web import tries
from interfaces.web.tries import Kind
from tests.conftest import Postgres
from tests.drills.test_fuzzing import a_home
from tests.interfaces.homes import PROVINCE, TUY_PHUOC
from tests.interfaces.hostile.attacking import (
    NAMED,
    Share,
    ask_every_page,
    assert_whole,
    attack_every_form,
    send_every_body,
    visit_every_address,
)
from tests.interfaces.hostile.corpus import MARK, PRODUCT
from tests.interfaces.web.browsing import Browsing, browsing

ALL = Share()


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal to look at what was typed would be no answer to it."""
    never = Limit(10**9, 3_600)
    for kind in Kind:
        monkeypatch.setitem(tries.LIMITS, kind, tries.Limits(never, never, never, never))


@pytest.mark.drill
@pytest.mark.usefixtures("unlimited")
def test_every_field_of_every_form_with_everything(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), a_home(tmp_path / "home", None) as home:
        attacked = attack_every_form(home, part=1)
        assert_whole(home)

    print(f"\n{attacked.sent} forms sent to {len(attacked.routes)} routes")
    assert attacked.sent > 5_000
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert MARK not in logged
    assert PRODUCT not in logged


@pytest.mark.drill
@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("kept_in", ["sqlite", "postgresql"])
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_every_address_and_every_parameter_with_everything(
    role: Role | None, kept_in: str, tmp_path: Path, postgres: Postgres
) -> None:
    with a_home(tmp_path / "home", None if kept_in == "sqlite" else postgres.prepared()) as home:
        for unit in (TUY_PHUOC, PROVINCE):
            browser = browsing(home, role, unit, NAMED[role]) if role else Browsing(home)
            visit_every_address(browser, ALL)
            ask_every_page(browser, ALL)
        assert_whole(home)


@pytest.mark.drill
@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("kept_in", ["sqlite", "postgresql"])
def test_every_field_of_every_body_with_everything(kept_in: str, tmp_path: Path, postgres: Postgres) -> None:
    with a_home(tmp_path / "home", None if kept_in == "sqlite" else postgres.prepared()) as home:
        sent = send_every_body(home.known("lan"), ALL)
        assert_whole(home)

    print(f"\n{sent} bodies sent")
    assert sent > 20_000
