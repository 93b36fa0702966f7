"""Every route has its rule in the one table, every rule its route, and nothing goes around them."""

import importlib
import pkgutil
import warnings

import pytest
from litestar import Litestar, get, post
from litestar.exceptions import LitestarDeprecationWarning

from interfaces import main, web
from interfaces.main import SCREENS, create_app, let_in
from interfaces.permissions import PUBLIC, every_route_has_its_rule


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
    ],
    ids=["no rule", "no rule for this method", "lets in by itself", "a rule without a route"],
)
def test_a_route_without_its_rule_or_a_rule_without_its_route_keeps_the_app_from_starting(routes, said):
    with pytest.raises(TypeError, match=said):
        every_route_has_its_rule(app(*routes), RULES)


def test_with_a_rule_for_each_it_starts():
    every_route_has_its_rule(app(get("/admin/{name:str}")(plain)), RULES)
