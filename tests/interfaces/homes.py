"""A whole house in the app around it, and those who call its API."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

import httpx

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.model import Role
from infrastructure import official_units
from interfaces.house import House
from interfaces.main import create_app

PROVINCE = "52"
TUY_PHUOC = "21952"
ELSEWHERE = "00004"


class Caller:
    """Somebody (or nobody known) who calls the API; each call names only what matters to it."""

    def __init__(self, home: "Home", token: str | None = None) -> None:
        self.home = home
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def post(self, path, body=None, *, headers=None, content=None):
        sent = {"content": content} if content is not None else {"json": body}
        return self.home.send("POST", path, headers=self.headers | (headers or {}), **sent)

    def get(self, path, *, headers=None, **query):
        return self.home.send("GET", path, headers=self.headers | (headers or {}), params=query)


class Home:
    """The app around a house, called without a network. `tokens` are those of people it knows."""

    def __init__(self, house: House, tokens: Mapping[str, str] | None = None) -> None:
        self.house = house
        self.tokens = tokens or {}
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(cast("Any", create_app(house)), raise_app_exceptions=True)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    def run(self, awaited):
        return self._loop.run_until_complete(awaited)

    def send(self, method, path, **request):
        address = path if path == "/health" else f"/api/v1{path}"
        return self.run(self.client.request(method, address, **request))

    def known(self, who: str) -> Caller:
        return Caller(self, self.tokens[who])

    def caller(self, role: Role, unit: str, name: str, phone: str | None = None) -> Caller:
        """Somebody just invited to a role."""
        token = self.token(role, unit, name, phone)
        self.catch_up()
        return Caller(self, token)

    def token(self, role: Role, unit: str, name: str, phone: str | None = None) -> str:
        """A bearer token of somebody invited to a role, who agrees to stand on award lists."""
        form = InviteForm(
            submission=uuid4().hex, role=role, unit=unit, name=name, phone=phone, award_lists=True
        )
        invited = self.run(access.invite(self.house.ground, self.house.accounts, OPERATOR, form))
        token: str = self.run(self.house.accounts.issue_bearer(invited.person))
        return token

    def catch_up(self) -> None:
        assert self.house.projector.wait_for(self.house.ledger.head(), 30)

    def close(self) -> None:
        self.run(self.client.aclose())
        self._loop.close()


def some_units():
    """The country's units, without the communes of most provinces."""
    keep = {PROVINCE, "01"}
    return [unit for unit in official_units.read() if unit.parent is None or unit.parent in keep]
