"""/thiet-bi: where somebody is signed in, and ending it."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.lookups import ids_of
from domain.model import PersonId
from infrastructure.accounts.sessions import Session
from interfaces.web import device
from interfaces.web.arriving import PRIVATE, session_of
from interfaces.web.asked import Ref
from interfaces.web.language import ago
from interfaces.web.limits import AnyRequest, NothingThere, read_form
from interfaces.web.render import page
from interfaces.web.session import house_of, no_cookie


class Device(msgspec.Struct, frozen=True):
    id: str
    said: str
    seen: str
    since: str
    current: bool


@get("/thiet-bi")
async def devices(request: AnyRequest) -> Response[bytes]:
    session = session_of(request)
    found = [one for person in _own(request) for one in house_of(request).accounts.devices(person)]
    return page(
        request,
        "devices/devices.html",
        headers=PRIVATE,
        devices=[_device(one, session) for one in found],
    )


@post("/thiet-bi/{ref:str}/ket-thuc")
async def end(request: AnyRequest, ref: Ref) -> Redirect:
    """Signs one of one's own devices out, at once. Another's is not there."""
    await read_form(request)
    session = session_of(request)
    house = house_of(request)
    if not any([await house.accounts.end_device(person, ref) for person in _own(request)]):
        raise NothingThere
    if ref == session.id:
        return Redirect("/", status_code=303, cookies=[no_cookie(house)])
    return Redirect("/thiet-bi", status_code=303)


@post("/thiet-bi/ket-thuc")
async def end_others(request: AnyRequest) -> Redirect:
    """Signs out everywhere but here."""
    await read_form(request)
    session = session_of(request)
    for person in _own(request):
        await house_of(request).accounts.end_devices(person, but=session.id)
    return Redirect("/thiet-bi", status_code=303)


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


ROUTES: Final = (devices, end, end_others)
