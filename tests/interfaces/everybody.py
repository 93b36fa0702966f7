"""A house with somebody of each role on each side of a commune, and things of each kind in it."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
from sqlalchemy import update

from application import access, campaigns, privacy, teams, territory, workplaces
from application.actors import OPERATOR, Actor
from application.approvals import Kind as Asked
from application.forms.access import InviteForm, RevokeForm
from application.forms.campaigns import CampaignForm
from application.forms.surveys import ConnectionForm
from application.forms.teams import TeamForm
from application.forms.territory import HamletForm
from application.forms.workplaces import WorkplaceForm
from application.reminders import Kind as Message
from application.reminders import Reminder
from application.signing_in import Strength
from application.surveys import connecting
from application.surveys.following import EditDiffers
from application.surveys.keeping import State as Became
from application.surveys.payloads import Instance
from domain.lists import ListId, ListKind
from domain.model import By, Model, PersonId, Role
from domain.requests import Kind
from domain.surveys import Source, Tells
from domain.workplaces import WorkplaceKind
from infrastructure.accounts.sessions import Arrival
from infrastructure.accounts.tables import session as sessions
from interfaces import main
from interfaces.api.short_way import with_short_ways
from interfaces.web.failures import answer
from interfaces.web.session import power_of
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.reformed import divided_hamlet

HOST: Final = b"127.0.0.1:8000"


class Side(StrEnum):
    """Where a thing lies, seen from the unit over which somebody holds a role."""

    OWN = "own"
    BELOW = "below"
    ABOVE = "above"
    BESIDE = "beside"


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    person: PersonId
    role: Role | None
    side: Side = Side.OWN
    model: Model | None = None
    bearer: str = ""


class Answered(msgspec.Struct, frozen=True):
    """`refused` names the exception that reached the app, if one did."""

    status: int
    refused: str
    location: str
    body: bytes


class Everybody:
    """`things` are ids of what lies in the commune: made by Hòa, about people who agreed to it."""

    def __init__(self, home: Home, monkeypatch: Any) -> None:
        self.home, self.house = home, home.house
        self._refused = ""
        self._pending: str | None = None
        real = answer

        def noting(request: Any, error: Exception) -> Any:
            self._refused = type(error).__name__
            return real(request, error)

        def ways(app: Any, *steps: Any) -> Any:
            self.litestar = app
            return with_short_ways(app, *steps)

        async def never_too_many(_counts: Any) -> int:
            return 0  # limits have tests of their own

        monkeypatch.setattr(home.house.tries, "take", never_too_many)
        monkeypatch.setattr(main, "answer", noting)
        monkeypatch.setattr(main, "with_short_ways", ways)
        self.app: Any = main.create_app(home.house)
        self.units = self._units()
        self.holders = [self.invite(role, side) for role in Role for side in Side]
        self.narrowed = [
            self.invite(role, Side.OWN, model)
            for role in Role
            if role is not Role.ADMINISTRATOR
            for model in Model
        ]
        self.closed = [self.invite(role, Side.OWN) for role in Role]
        self.spare = [self.invite(role, side) for role in Role for side in Side]
        self.plain = [self.invite(role, Side.OWN) for role in Role]
        self.revoked, self.spare_revoked = (self._revoked() for _ in range(2))
        self.things = dict(self._things())
        self.catch_up()

    def twin(self, somebody: Somebody) -> Somebody:
        """Another one like that, whose sessions may end."""
        if somebody.role is None:
            return self.spare_revoked
        return next(one for one in self.spare if (one.role, one.side) == (somebody.role, somebody.side))

    def invite(self, role: Role, side: Side, model: Model | None = None, *, name: str = "") -> Somebody:
        """Somebody who holds a role over the unit from which the commune lies on that side."""
        form = InviteForm(
            submission=uuid4().hex,
            role=role,
            unit=self.units[side],
            model=model,
            name=name or f"Người {words(uuid4().int)}",
        )
        made = self.run(access.invite(self.house.ground, self.house.accounts, OPERATOR, form))
        bearer = self.run(self.house.accounts.issue_bearer(made.person))
        return Somebody(person=made.person, role=role, side=side, model=model, bearer=bearer)

    def session(self, somebody: Somebody, *, proven: bool = True, stepped_up: bool = True) -> str:
        """The token of a browser on which they sign in."""
        link = self.run(self.house.accounts.issue(somebody.person))
        arrival = Arrival(
            strength=Strength.TOTP if proven else Strength.DEVICE,
            power=power_of(self.house.actor(somebody.person).grants),
        )
        signed_in = self.run(self.house.accounts.accept(link, arrival=arrival))
        if proven and not stepped_up:
            forget = update(sessions).where(sessions.c.person == somebody.person).values(stepped_up=None)
            self.run(self.house.ledger.writing(lambda connection: connection.execute(forget).rowcount))
        return str(signed_in.token)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        cookie: str = "",
        bearer: str = "",
    ) -> Answered:
        """One request, as a page of ours or a program would send it."""
        headers = [(b"host", HOST)]
        body = b""
        if bearer:
            headers.append((b"authorization", f"Bearer {bearer}".encode()))
        if cookie:
            headers += [(b"cookie", f"lantoa_session={cookie}".encode()), (b"sec-fetch-site", b"same-origin")]
        if json is not None:
            body = msgspec.json.encode(json)
            headers.append((b"content-type", b"application/json"))
        elif method == "POST":
            found = self.house.accounts.session(cookie) if cookie else None
            token = {"form_token": found.form_token} if found else {}
            body = urlencode(token | dict(form or {})).encode()
            headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        return self.run(self._asked(method, path, urlencode(query or {}), headers, body))

    async def _asked(
        self, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> Answered:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": {},
            "extensions": {},
        }
        answers: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            answers.append(message)

        self._refused = ""
        await self.app(scope, receive, send)
        said = dict(answers[0]["headers"])
        whole = b"".join(message.get("body", b"") for message in answers[1:])
        return Answered(
            answers[0]["status"], self._refused, said.get(b"location", b"").decode("latin-1"), whole
        )

    def run(self, awaited: Any) -> Any:
        return self.home.run(awaited)

    def catch_up(self) -> None:
        self.home.catch_up()

    def _units(self) -> dict[Side, str]:
        """From which unit the commune lies on which side."""
        add = territory.add_hamlet(
            self.house.ground,
            OPERATOR,
            HamletForm(submission=uuid4().hex, parent=TUY_PHUOC, name="thôn Vinh Thạnh"),
        )
        hamlet = self.run(add)
        self.catch_up()
        province = self.house.units.find(PROVINCE)
        assert province is not None
        beside = next(one for one in self.house.units.children(province.id) if one.code != TUY_PHUOC)
        return {
            Side.OWN: TUY_PHUOC,
            Side.BELOW: PROVINCE,
            Side.ABOVE: hamlet.unit,
            Side.BESIDE: beside.id,
        }

    def _things(self) -> Iterator[tuple[str, str]]:
        hoa = self.home.known("hoa")
        lesson = hoa.post("/lessons", sent.lesson()).json()
        yield "lesson", lesson["lesson"]
        yield "teaching", lesson["teachings"][0]["teaching"]
        yield "learner", lesson["teachings"][0]["learner"]
        yield "code", lesson["teachings"][0]["code"]
        opened = hoa.post("/classes", sent.a_class()).json()
        yield "class", opened["lesson"]
        yield "wall", opened["code"]
        yield "household", hoa.post("/households", sent.household()).json()["household"]
        market = hoa.post("/markets", sent.market()).json()["market"]
        yield "market", market
        vendor = hoa.post("/vendors", sent.vendor(market)).json()["vendor"]
        yield "vendor", vendor
        onboarding = hoa.post(f"/vendors/{vendor}/onboardings", sent.onboarding()).json()
        yield "onboarding", onboarding["onboarding"]
        school = WorkplaceForm(
            submission=uuid4().hex, unit=TUY_PHUOC, kind=WorkplaceKind.SCHOOL, name="Trường THCS Phước Hòa"
        )
        made = self.run(workplaces.register(self.house.ground, OPERATOR, school))
        yield "workplace", made.workplace
        yield "divided", self.run(divided_hamlet(self.house, TUY_PHUOC))
        days = {"begins": date(2026, 10, 1), "ends": date(2026, 10, 31)}
        held = CampaignForm(submission=uuid4().hex, unit=TUY_PHUOC, name="Đợt đang có", **days)
        yield "campaign", self.run(campaigns.announce(self.house.ground, OPERATOR, held)).campaign
        team = TeamForm(
            submission=uuid4().hex, unit=TUY_PHUOC, name="Tổ công nghệ số Phước Hòa", on=date(2026, 1, 5)
        )
        yield "team", self.run(teams.form_team(self.house.ground, OPERATOR, team)).team
        visit = hoa.post("/visits", sent.visit()).json()
        yield "visit", visit["visit"]
        commune = self.house.units.find(TUY_PHUOC)
        assert commune is not None
        brought = self.house.lists.named()
        self.house.lists.new(
            brought, PersonId("somebody"), ListKind.TEAMS, commune.id, format_="csv", holds=(), lines=0
        )
        yield "list", brought
        target = self.invite(Role.AMBASSADOR, Side.OWN, name="Mai Văn Đích")
        yield "account", target.person
        self.session(target)
        (device,) = self.house.accounts.devices(target.person)
        yield "device", device.id
        connected = connecting.connect(
            self.house.ground,
            self.house.surveys,
            OPERATOR,
            ConnectionForm(
                submission=uuid4().hex,
                unit=TUY_PHUOC,
                source=Source.KOBO,
                tells=Tells.LESSON,
                name="Phiếu",
            ),
            self.house.clock(),
        )
        connection = self.run(connected).connection
        self.run(self.house.surveys.set_columns(connection, {}, target.person))
        yield "connection", connection
        self.asker = self.invite(Role.ADMINISTRATOR, Side.BELOW)
        yield (
            "request",
            self.run(
                privacy.ask(
                    self.house.ground, target.person, By(f"account:{target.person}"), Kind.OBJECT, "–"
                )
            ),
        )

    def edit(self) -> str:
        """One of what the form sent, which waits for a decision; anew where somebody decided on it, or
        disconnected the form."""
        surveys, connection = self.house.surveys, ListId(self.things["connection"])
        kept = surveys.find(connection)
        assert kept is not None
        if some := [one.id for one in surveys.came(connection, 9) if one.state is Became.EDITED]:
            return some[0]
        fields = {
            "ho_va_ten": "Võ Thị Hai",
            "ngay": "2026-03-01",
            "ky_nang": "vneid",
            "nguoi_huong_dan": "Mai Văn Đích",
            "sdt_nguoi_huong_dan": "0905111333",
        }
        came = Instance(instance="a", version="b", before="a", fields=fields, repeats=[], on=None)
        placed = self.run(surveys.place(kept, came))
        self.run(surveys.note(kept, came, Became.EDITED, EditDiffers(), placed=placed))
        return self.edit()

    def pending(self) -> str:
        """What one administrator asked for and another may agree to; anew where it was settled."""
        if self._pending is None or self.house.approvals.find(self._pending) is None:
            candidate = self.invite(Role.AMBASSADOR, Side.OWN)
            unit = self.house.units.find(TUY_PHUOC)
            assert unit is not None
            asking = self.house.approvals.ask(
                Asked.APPOINT, candidate.person, unit.id, asked_by=self.asker.person
            )
            self._pending = str(self.run(asking).id)
        return self._pending

    def reminder(self) -> str:
        """One about the commune, that waits to be sent."""
        unit = self.house.units.find(TUY_PHUOC)
        assert unit is not None
        made = Reminder(
            key=uuid4().hex,
            kind=Message.REPORT_DUE,
            person=self.asker.person,
            unit=unit.id,
            about="2026-10",
            due=None,
            created=self.house.clock(),
        )
        self.house.outbox.put([made])
        return made.key

    def account(self) -> str:
        """The ambassador's account, opened again where it was closed."""
        if not self.house.actor(PersonId(self.things["account"])).grants:
            form = InviteForm(
                submission=uuid4().hex, role=Role.AMBASSADOR, unit=TUY_PHUOC, name="Mai Văn Đích"
            )
            made = self.run(access.invite(self.house.ground, self.house.accounts, OPERATOR, form))
            self.things["account"] = made.person
            self.catch_up()
        return self.things["account"]

    def _revoked(self) -> Somebody:
        """Somebody with an account and no role any more."""
        somebody = self.invite(Role.AMBASSADOR, Side.OWN)
        form = RevokeForm(submission=uuid4().hex, role=Role.AMBASSADOR, unit=TUY_PHUOC)
        self.run(access.revoke(self.house.ground, OPERATOR, somebody.person, form))
        return msgspec.structs.replace(somebody, role=None)

    def close(self, somebody: Somebody) -> None:
        closing = access.close_account(
            self.house.ground, self.house.accounts, Actor(person=somebody.person), somebody.person
        )
        self.run(closing)


def words(number: int) -> str:
    """A number in letters, so that it can stand in a name."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number % 10**12))
