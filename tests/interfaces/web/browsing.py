"""A browser without a screen: cookies, gzip, and forms with their session's token."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from application import access
from application.access import Invited
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.signing_in import needs_factor
from domain.model import Model, Role
from interfaces.main import create_app
from tests.interfaces.homes import Home
from tests.interfaces.proving import with_an_app


class Browsing:
    """Sends what a page of ours would make a browser send."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.token = ""
        self.secret = ""
        app: Any = create_app(home.house)
        transport = httpx.ASGITransport(app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    @property
    def cookie(self) -> str:
        """The token that the browser holds."""
        return next((one.value or "" for one in self._client.cookies.jar if "session" in one.name), "")

    def set_cookie(self, token: str) -> None:
        self._client.cookies.clear()
        self._client.cookies.set("lantoa_session", token, domain="127.0.0.1", path="/")

    def get(self, path: str, *, referer: str | None = None) -> httpx.Response:
        headers = {"referer": f"http://127.0.0.1:8000{referer}"} if referer else {}
        return self.home.run(self._client.get(path, headers=headers))

    def post(self, path: str, fields: dict[str, str], *, token: str | None = None) -> httpx.Response:
        return self.home.run(self.sending(path, fields, token=token))

    async def sending(self, path: str, fields: dict[str, str], *, token: str | None = None) -> httpx.Response:
        sent = urlencode({"form_token": self.token if token is None else token} | fields).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return await self._client.post(path, content=sent, headers=headers)

    def upload(self, path: str, content: bytes, fields: dict[str, str] | None = None) -> httpx.Response:
        """A form with a file, as browsers send one."""
        sent = self._client.post(
            path,
            data={"form_token": self.token} | (fields or {}),
            files={"file": ("form.csv", content, "text/csv")},
            headers={"sec-fetch-site": "same-origin"},
        )
        return self.home.run(sent)

    async def send_json(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """What a script on a page of ours would send."""
        return await self._client.post(path, json=body, headers={"sec-fetch-site": "same-origin"})

    def sign_in(self, path: str, fields: dict[str, str] | None = None) -> None:
        assert self.post(path, fields or {}).status_code == 303
        session = self.home.house.accounts.session(self.cookie)
        assert session is not None
        self.token = session.form_token

    def prove(self) -> None:
        """With an authenticator app, as the roles of organizers and officials ask."""
        token, self.secret = with_an_app(self.home.house, self.cookie, self.home.run)
        self.set_cookie(token)


def invited(
    home: Home, role: Role, unit: str, name: str, model: Model | None = None, phone: str | None = None
) -> Invited:
    """Somebody invited to a role, with their link."""
    form = InviteForm(submission=uuid4().hex, role=role, unit=unit, name=name, phone=phone, model=model)
    done = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    return done


def browsing(
    home: Home, role: Role, unit: str, name: str, model: Model | None = None, *, phone: str | None = None
) -> Browsing:
    """Somebody invited to a role, signed in, with an app where the role asks for one."""
    somebody = Browsing(home)
    somebody.sign_in(f"/vao/{invited(home, role, unit, name, model, phone).token}")
    if needs_factor([role]):
        somebody.prove()
    return somebody
