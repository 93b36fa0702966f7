"""Every route has its rule in the one table, every rule its route, and nothing goes around them."""

import importlib
import pkgutil
import warnings
from typing import Any

import pytest
from litestar import Litestar, WebSocket, get, post, websocket
from litestar.exceptions import LitestarDeprecationWarning

from domain.model import Model, Role
from interfaces import main, web
from interfaces.main import SCREENS, create_app, let_in
from interfaces.permissions import PUBLIC, About, Rule, Who, _together, every_route_has_its_rule, of


def test_every_screen_with_routes_is_served():
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.iter_modules(web.__path__, "interfaces.web.")
    ]

    assert {module for module in modules if hasattr(module, "ROUTES")} == set(SCREENS)


def test_no_route_is_written_in_a_way_that_litestar_gives_up(home, monkeypatch):
    monkeypatch.setattr(main, "Litestar", Litestar)  # registered anew, not taken from an earlier test
    with warnings.catch_warnings():
        warnings.simplefilter("error", LitestarDeprecationWarning)
        create_app(home.house)


async def plain() -> str:
    return ""


async def in_place(_: object) -> None:
    return None


async def spoken_to(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.close()


RULES = {("GET", "/"): PUBLIC, ("GET", "/admin/{name}"): PUBLIC}


def app(*routes) -> Litestar:
    return Litestar([get("/")(plain), *routes], before_request=let_in, openapi_config=None)


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([get("/admin/{name:str}")(plain), get("/admin/login")(plain)], "/admin/login"),
        ([get("/admin/{name:str}")(plain), post("/admin/{name:str}")(plain)], "POST"),
        ([get("/admin/{name:str}", before_request=in_place)(plain)], "by itself"),
        ([], "where there is nothing"),
        ([get("/admin/{name:str}")(plain), websocket("/tin")(spoken_to)], "/tin is not asked for as pages"),
    ],
    ids=["no rule", "no rule for this method", "lets in by itself", "a rule without a route", "a socket"],
)
def test_a_route_without_its_rule_or_a_rule_without_its_route_keeps_the_app_from_starting(routes, said):
    with pytest.raises(TypeError, match=said):
        every_route_has_its_rule(app(*routes), RULES)


def test_with_a_rule_for_each_it_starts():
    every_route_has_its_rule(app(get("/admin/{name:str}")(plain)), RULES)


def test_a_rule_lets_in_whom_it_names_and_nobody_more():
    """The table is made as it is imported: here its rules are made once more, and looked at."""
    nobody_named = of()
    assert nobody_named == Rule(who=Who.SIGNED_IN, roles=frozenset(), about=About.NOTHING)
    assert (nobody_named.own, nobody_named.model) == (frozenset(), None)
    assert (nobody_named.step_up, nobody_named.bearer, nobody_named.phone) == (False, True, False)
    assert (nobody_named.unproven, nobody_named.keyed) == (False, False)

    named = of(
        Role.AMBASSADOR,
        Role.ORGANIZER,
        about=About.UNIT,
        own=[Role.AMBASSADOR],
        model=Model.MARKETS,
        step_up=True,
        bearer=False,
        phone=True,
    )
    assert named.roles == {Role.AMBASSADOR, Role.ORGANIZER}
    assert named.own == {Role.AMBASSADOR}
    assert (named.about, named.model) == (About.UNIT, Model.MARKETS)
    assert (named.step_up, named.bearer, named.phone) == (True, False, True)


def test_a_route_stands_in_one_table_only():
    first, second = {("GET", "/"): PUBLIC}, {("POST", "/"): of(Role.AUDITOR)}
    assert _together(first, second) == first | second
    with pytest.raises(AssertionError, match=r"two rules for \[\('GET', '/'\)\]"):
        _together(first, second, {("GET", "/"): of(Role.AUDITOR)})
