"""Whom each route lets in is said by each, and by nothing else."""

import importlib
import pkgutil

import pytest
from litestar import Litestar, get

from interfaces import web
from interfaces.main import SCREENS, _every_route_says_whom_it_lets_in, let_in
from interfaces.web.session import ANYONE


def test_every_screen_with_routes_is_served():
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.iter_modules(web.__path__, "interfaces.web.")
    ]

    assert {module for module in modules if hasattr(module, "ROUTES")} == set(SCREENS)


async def unsaid() -> str:
    return ""


async def in_place(_: object) -> None:
    return None


@pytest.mark.parametrize(
    "route",
    [
        get("/admin/login")(unsaid),
        get("/admin", who="anyone")(unsaid),
        get("/admin", who=ANYONE, before_request=in_place)(unsaid),
    ],
    ids=["says nothing", "says something else", "lets in by itself"],
)
def test_a_route_that_does_not_say_whom_it_lets_in_keeps_the_app_from_starting(route):
    app = Litestar([route], before_request=let_in, openapi_config=None)

    with pytest.raises(TypeError, match=r"lets? in"):
        _every_route_says_whom_it_lets_in(app)


def test_one_that_does_starts():
    app = Litestar([get("/", who=ANYONE)(unsaid)], before_request=let_in, openapi_config=None)

    _every_route_says_whom_it_lets_in(app)
