"""Who is reminded of what, and only while it is still to be done; by page, API and command."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import func, select, update

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.reminders import Kind, Needless, Reminder, State, key_of
from domain.calendar import day_of
from domain.closing import ReportSent
from domain.model import By, PersonId, Position, ReportId, Role, UnitId
from domain.people import ConsentGiven, ConsentWithdrawn, PersonErased, Purpose
from infrastructure.connected import submission
from infrastructure.form_submissions import goes_on
from infrastructure.ledger.batch import moment
from infrastructure.ledger.writer import utc_now
from infrastructure.outbox.delivery import Delivery
from infrastructure.outbox.outbox import Outbox
from infrastructure.outbox.senders import Letter
from infrastructure.outbox.webhook import Webhook
from infrastructure.outgoing import Hook, Outgoing
from interfaces import daily, reminding
from interfaces.retaining import Retained
from tests.infrastructure.outbox.servers import SECRET, Gateway, gateway_at
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.api import requests as sent
from tests.interfaces.api.forms import Form, kobo
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import browsing, invited

TWELFTH = datetime(2026, 12, 12, 3, 0, tzinfo=UTC)


class Sender:
    """Takes what comes, as a gateway would."""

    name = "webhook"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def reaches(self, letter: Letter) -> bool:
        return letter.phone is not None

    def send(self, letter: Letter) -> int | None:
        self.letters.append(letter)
        return 200


@pytest.fixture
def at(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts the clock of the house (not the ledger's) to a moment."""

    def put(moment: datetime) -> None:
        home.house.clock = lambda: moment
        monkeypatch.setattr(home.house.outbox, "_clock", lambda: moment)

    put(TWELFTH)
    return put


def happened(home: Home, *facts: Any) -> None:
    home.house.ledger.decide_soon(Happening(facts=facts)).result()
    home.catch_up()


def commune(home: Home) -> UnitId:
    found = home.house.units.find(TUY_PHUOC)
    assert found is not None
    return found.id


def leader(home: Home, role: Role = Role.ORGANIZER, phone: str = "0912345678") -> PersonId:
    form = InviteForm(submission=uuid4().hex, role=role, unit=TUY_PHUOC, name="Đinh Văn Nhắc", phone=phone)
    made = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    return made.person


def reported(home: Home, month: str = "2026-11") -> ReportSent:
    unit = home.house.units.find(TUY_PHUOC)
    assert unit is not None
    return ReportSent(
        at=TWELFTH,
        by=By("account:minh"),
        report=ReportId(uuid4().hex),
        unit=unit.id,
        to=unit.path[1],
        month=month,
        version=1,
        position=Position(1),
        closed=True,
        docx="a",
        xlsx="b",
    )


def sends(home: Home) -> list[Letter]:
    sender = Sender()
    Delivery(home.house.outbox, sender, reminding.composer(home.house), clock=home.house.clock).all_due()
    return sender.letters


def of(home: Home, person: PersonId) -> list[Any]:
    return [one for one in home.house.outbox.queue(limit=500) if one.reminder.person == person]


def test_who_organizes_a_commune_is_reminded_of_the_month_until_it_is_reported(home: Home, at: Any) -> None:
    person = leader(home)
    assert reminding.make(home.house) > 0
    assert reminding.make(home.house) == 0  # of today there is one already
    (queued,) = of(home, person)
    assert (queued.reminder.kind, queued.reminder.about) == (Kind.REPORT_DUE, "2026-11")
    (letter,) = sends(home)
    assert letter.phone == "+84912345678"
    assert letter.text.startswith("Lan Tỏa: Xã Tuy Phước chưa gửi báo cáo tháng 11/2026")
    assert "20/12/2026" in letter.text
    assert "Nhắc" not in letter.text.replace("nhắc", "")  # not the name of whoever it goes to

    at(TWELFTH + timedelta(days=5))
    happened(home, reported(home))
    assert reminding.make(home.house) == 0


def lapse(home: Home) -> date:
    """When the last lapses of what waits now."""
    with home.house.database.reading() as db:
        return day_of(goes_on(moment(db.execute(select(func.max(submission.c.received))).scalar_one())))


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_where_something_lapses_day_after_day_each_week_is_reminded_of(home: Home, at: Any) -> None:
    at(utc_now() + timedelta(seconds=30))
    person, form = leader(home), Form(home, "kobo", "lesson")
    form.send(kobo())
    week = 7 * 86_400 * 1_000_000
    earlier = update(submission).values(received=submission.c.received - week)
    home.house.ledger.write(lambda db: db.execute(earlier).rowcount).result()
    form.send(kobo())
    at(datetime.combine(lapse(home), time(3), UTC) - timedelta(days=7))
    reminding.make(home.house)
    due = [one.reminder.due for one in of(home, person) if one.reminder.kind is Kind.FORM_WAITS]
    assert due == [lapse(home)]  # not only what lapses today, too late to be told


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_who_organizes_is_reminded_of_what_a_form_sent_before_it_lapses(home: Home, at: Any) -> None:
    at(utc_now() + timedelta(seconds=30))
    person, form = leader(home), Form(home, "kobo", "lesson")
    form.send(kobo())
    lapses = lapse(home)

    def put(days: int) -> None:
        at(datetime.combine(lapses, time(3), UTC) - timedelta(days=days))
        reminding.make(home.house)

    def reminded() -> list[Any]:
        return [one.reminder for one in of(home, person) if one.reminder.kind is Kind.FORM_WAITS]

    put(8)
    assert reminded() == []
    put(7)
    put(6)
    (found,) = reminded()
    assert found.due == lapses
    (letter,) = [one for one in sends(home) if one.phone == "+84912345678" and one.kind == Kind.FORM_WAITS]
    assert f"Phiếu đầu tiên hết hạn ngày {lapses:%d/%m/%Y}" in letter.text
    at(utc_now() + timedelta(seconds=30))
    page = form.browser.get("/nhac-viec").text
    assert f"Xã Tuy Phước: phiếu từ biểu mẫu đã kết nối chờ đến {lapses:%d/%m/%Y}" in page

    form.send(kobo())  # another that waits is another week's, and this one's reminder stays needed
    assert reminding.still_due(home.house, found, home.house.units.find(found.unit))  # type: ignore[arg-type]
    form.browser.post(f"/ket-noi/{form.ref}/ngat", {})
    assert not reminding.still_due(home.house, found, home.house.units.find(found.unit))  # type: ignore[arg-type]


def test_the_twentieth_of_november_is_named_by_its_plan(home: Home, at: Any) -> None:
    leader(home)
    at(datetime(2026, 11, 17, 3, 0, tzinfo=UTC))
    reminding.make(home.house)
    (letter,) = sends(home)
    assert "tháng 10/2026" in letter.text
    assert "Kế hoạch yêu cầu báo cáo trước ngày 20/11" in letter.text


def test_before_the_12th_and_from_the_20th_on_nobody_is_reminded(home: Home, at: Any) -> None:
    person = leader(home)
    for day in (1, 11, 20, 28):
        at(datetime(2026, 12, day, 3, 0, tzinfo=UTC))
        reminding.make(home.house)
    assert of(home, person) == []


@pytest.mark.parametrize("meanwhile", ["reported", "erased", "late"])
def test_what_changed_since_it_was_made_is_asked_before_it_goes_out(
    home: Home, at: Any, meanwhile: str
) -> None:
    person = leader(home)
    reminding.make(home.house)
    match meanwhile:
        case "reported":
            happened(home, reported(home))
        case "erased":
            happened(home, PersonErased(at=TWELFTH, by=By("account:minh"), person=person))
        case "late":
            at(datetime(2026, 12, 20, 3, 0, tzinfo=UTC))
    assert sends(home) == []
    why = {"reported": Needless.DONE, "erased": Needless.ERASED, "late": Needless.LATE}[meanwhile]
    assert [(one.state, one.why) for one in of(home, person)] == [(State.NOT_NEEDED, why)]


def test_a_silent_unit_is_reminded_and_volunteers_only_if_they_agree(home: Home, at: Any) -> None:
    entered = home.known("lan").post("/lessons", sent.lesson(sent.ba_tu()))
    assert entered.status_code == 201
    organizer, volunteer = leader(home), leader(home, Role.TEAM_LEADER, "0987654321")
    today = home.house.ledger.recorded_at([home.house.ledger.head()])
    last = next(iter(today.values()))
    at(last + timedelta(days=13))
    reminding.make(home.house)
    assert not [one for one in of(home, organizer) if one.reminder.kind is Kind.SILENT_UNIT]
    at((last + timedelta(days=15)).replace(hour=3))
    reminding.make(home.house)
    assert [one.reminder.kind for one in of(home, organizer)].count(Kind.SILENT_UNIT) == 1
    assert of(home, volunteer) == []

    agreed = {"at": last, "by": By(f"account:{volunteer}"), "person": volunteer, "purpose": Purpose.REMINDERS}
    happened(home, ConsentGiven(**agreed))  # type: ignore[arg-type]
    reminding.make(home.house)
    assert len(of(home, volunteer)) == 1
    happened(home, ConsentWithdrawn(**agreed))  # type: ignore[arg-type]
    texts = [letter.text for letter in sends(home) if "chưa có mục ghi mới" in letter.text]
    assert len(texts) == 1
    assert of(home, volunteer)[0].why == Needless.NO_CONSENT


def waiting(home: Home, person: PersonId, outbox: Outbox) -> str:
    key = key_of(Kind.REPORT_DUE, person, commune(home), "2026-11", 1)
    about = {"person": person, "unit": commune(home), "about": "2026-11", "due": None}
    outbox.put([Reminder(key=key, kind=Kind.REPORT_DUE, created=home.house.clock(), **about)])  # type: ignore[arg-type]
    return key


def test_the_page_tells_what_went_wrong_and_sends_again_or_stops(home: Home, at: Any) -> None:
    person = leader(home)
    key = waiting(home, person, home.house.outbox)
    gateway = Gateway(422, 200)
    with gateway_at(gateway) as url:
        delivery = Delivery(
            home.house.outbox,
            Webhook(url, SECRET, private=True),
            reminding.composer(home.house),
            clock=home.house.clock,
        )
        delivery.all_due()
        minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
        page = minh.get("/nhac-viec").text
        assert "Đinh Văn Nhắc" in page
        assert "Máy chủ từ chối tin này" in page
        assert "(422)" in page
        assert "912345678" not in page
        assert "0912" not in page

        assert minh.post(f"/nhac-viec/{key}/gui-lai", {}).status_code == 303
        assert "Đang chờ gửi" in minh.get("/nhac-viec?done=gui-lai").text
        assert minh.post(f"/nhac-viec/{key}/dung", {}).status_code == 303
        assert "Đã dừng" in minh.get("/nhac-viec?show=stopped").text
        minh.post(f"/nhac-viec/{key}/gui-lai", {})
        delivery.all_due()
    assert list(gateway.delivered) == [key]
    refused = minh.post(f"/nhac-viec/{key}/gui-lai", {})
    assert refused.status_code == 409
    assert "đã gửi" in refused.text


def test_another_units_reminders_look_like_none(home: Home) -> None:
    person = invited(home, Role.ORGANIZER, TUY_PHUOC, "Đinh Văn Nhắc").person
    key = waiting(home, person, home.house.outbox)
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    assert "Đinh Văn Nhắc" not in stranger.get("/nhac-viec").text
    for what in ("gui-lai", "dung"):
        assert stranger.post(f"/nhac-viec/{key}/{what}", {}).status_code == 404


def test_programs_see_every_attempt_and_no_contact(home: Home) -> None:
    minh = home.known("minh")
    key = waiting(home, leader(home), home.house.outbox)
    stopped = minh.post(f"/reminders/{key}/stop", {})
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert minh.post(f"/reminders/{key}/again", {}).json()["state"] == "waiting"
    found = minh.get("/reminders", unit=TUY_PHUOC, state="waiting").json()
    assert [row["reminder"] for row in found["rows"]] == [key]
    assert found["rows"][0]["attempts"] == []
    assert minh.get("/reminders", unit=ELSEWHERE).status_code == 404
    assert minh.get("/reminders").json()["rows"] == minh.get("/reminders", unit=TUY_PHUOC).json()["rows"]
    stranger = home.caller(Role.ORGANIZER, ELSEWHERE, "Người Khác")
    assert stranger.get("/reminders").json()["rows"] == []
    assert minh.post("/reminders/none/stop", {}).status_code == 404


def test_the_server_makes_them_once_a_day_and_erases_what_is_due_all_the_same(
    home: Home, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = leader(home)
    daily.do_everything(home.house)
    assert len(of(home, person)) == 1
    erased: list[str] = []

    def retain(*_: object, **__: object) -> Retained:
        erased.append("what is due")
        return Retained(dry_run=False)

    monkeypatch.setattr(daily, "make", lambda _house: 1 / 0)
    monkeypatch.setattr(daily, "retain", retain)
    daily.do_everything(home.house)
    assert erased == ["what is due"]


def test_nobody_invented_is_written_to(
    home: Home, at: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A phone number of a simulated movement may be somebody's."""
    leader(home)
    reminding.make(home.house)
    gateway = Gateway()
    with gateway_at(gateway) as url:
        hook = Outgoing(webhook=Hook(url=url, secret=SECRET, private=True))
        settings = msgspec.structs.replace(home.house.settings, outgoing=hook)
        monkeypatch.setattr(home.house, "settings", settings)
        monkeypatch.setattr(type(home.house), "simulated", True)
        assert reminding.delivery(home.house).all_due().sent > 0
        assert gateway.requests == []
        assert "chưa gửi báo cáo" in capsys.readouterr().err
        monkeypatch.setattr(type(home.house), "simulated", False)
        at(TWELFTH + timedelta(days=5))
        reminding.make(home.house)
        assert reminding.delivery(home.house).all_due().sent == 1
        assert len(gateway.delivered) == 1
