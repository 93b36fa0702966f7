"""A browser without a screen: cookies, gzip, and forms with their session's token."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from application import access
from application.actors import OPERATOR
from application.forms import InviteForm
from application.signing_in import needs_factor
from domain.model import Role
from interfaces.main import create_app
from tests.interfaces.homes import Home
from tests.interfaces.proving import with_an_app


class Browsing:
    """Sends what a page of ours would make a browser send."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.token = ""
        app: Any = create_app(home.house)
        transport = httpx.ASGITransport(app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    def get(self, path: str) -> httpx.Response:
        return self.home.run(self._client.get(path))

    def post(self, path: str, fields: dict[str, str], *, token: str | None = None) -> httpx.Response:
        sent = urlencode({"form_token": self.token if token is None else token} | fields).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self.home.run(self._client.post(path, content=sent, headers=headers))

    def sign_in(self, path: str) -> None:
        assert self.post(path, {}).status_code == 303
        cookie = next(iter(self._client.cookies.jar)).value
        session = self.home.house.accounts.session(cookie or "")
        assert session is not None
        self.token = session.form_token

    def prove(self) -> None:
        """With an authenticator app, as the roles of organizers and officials ask."""
        cookie = next(iter(self._client.cookies.jar))
        token, self.secret = with_an_app(self.home.house, cookie.value or "", self.home.run)
        self._client.cookies.set(cookie.name, token, domain=cookie.domain, path="/")


def browsing(home: Home, role: Role, unit: str, name: str) -> Browsing:
    """Somebody invited to a role, signed in."""
    form = InviteForm(submission=uuid4().hex, role=role, unit=unit, name=name)
    invited = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    somebody = Browsing(home)
    somebody.sign_in(f"/vao/{invited.token}")
    if needs_factor([role]):
        somebody.prove()
    return somebody
