"""/thiet-bi: where somebody is signed in, which phones may send their entries, and ending it."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.lookups import ids_of
from domain.model import PersonId
from infrastructure.accounts.device_tokens import DeviceToken
from infrastructure.accounts.sessions import Session
from interfaces.house import House
from interfaces.web import device
from interfaces.web.arriving import PRIVATE, session_of
from interfaces.web.asked import Ref
from interfaces.web.language import ago
from interfaces.web.limits import AnyRequest, NothingThere, read_form
from interfaces.web.render import page
from interfaces.web.session import house_of, must_have_stepped_up, visitor


class Device(msgspec.Struct, frozen=True):
    """A browser that is signed in; or, with `sends`, one that may send what it keeps (`since` says
    when it was made ready for that)."""

    id: str
    said: str
    seen: str
    since: str
    current: bool
    sends: bool = False


@get("/thiet-bi")
async def devices(request: AnyRequest) -> Response[bytes]:
    session, known = session_of(request), house_of(request).accounts
    own = _own(request)
    return page(
        request,
        "devices/devices.html",
        headers=PRIVATE,
        devices=[_device(one, session) for person in own for one in known.devices(person)],
        phones=[_phone(one, session) for person in own for one in known.phones(person)],
    )


@post("/thiet-bi/{ref:str}/ket-thuc")
async def end(request: AnyRequest, ref: Ref) -> Redirect:
    """Signs one of one's own devices out, or ends its token, at once. Another's is not there. This
    very device is signed out on the page that warns of what waits on it, and takes everything off."""
    await read_form(request)
    session = session_of(request)
    house = house_of(request)
    own = _own(request)
    if not any(ref == one.id for person in own for one in _of(house, person)):
        raise NothingThere
    if ref == session.id:
        return Redirect("/ra", status_code=303)
    _must_show(request)
    for person in own:
        await house.accounts.end_device(person, ref)
    return Redirect("/thiet-bi", status_code=303)


@post("/thiet-bi/ket-thuc")
async def end_others(request: AnyRequest) -> Redirect:
    """Signs out everywhere but here."""
    await read_form(request)
    session = session_of(request)
    _must_show(request)
    for person in _own(request):
        await house_of(request).accounts.end_devices(person, but=session.id)
    return Redirect("/thiet-bi", status_code=303)


def _of(house: House, person: PersonId) -> list[Session | DeviceToken]:
    return [*house.accounts.devices(person), *house.accounts.phones(person)]


def _must_show(request: AnyRequest) -> None:
    """Who has a passkey or an app shows it before the others end, so that whoever found one phone does
    not lock out its owner. Raises `StepUpNeeded`."""
    found = visitor(request)
    if found is not None and house_of(request).factors.enrolled(found.actor.person).strong:
        must_have_stepped_up(found, house_of(request).clock())


def _own(request: AnyRequest) -> list[PersonId]:
    """One's own ids, the one that is signed in here first: a merge made one person of several."""
    person = session_of(request).person
    return sorted(ids_of(house_of(request).ledger, person), key=lambda one: (one != person, one))


def _device(one: Session, current: Session) -> Device:
    return Device(
        id=one.id,
        said=device.said(one.device),
        seen=ago(one.seen),
        since=ago(one.created),
        current=one.id == current.id,
    )


def _phone(one: DeviceToken, current: Session) -> Device:
    return Device(
        id=one.id,
        said=device.said(one.device),
        seen=ago(one.seen),
        since=ago(one.created),
        current=one.session == current.id,
        sends=True,
    )


ROUTES: Final = (devices, end, end_others)
