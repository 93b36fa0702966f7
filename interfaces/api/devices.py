"""A browser becomes a phone that may send what it kept: it gets a device token."""

from datetime import datetime

import msgspec
from litestar import post

from application.forms.shape import Form
from domain.model import PersonId
from interfaces.api.speaking import API, Json, said
from interfaces.web.arriving import session_of
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.session import house_of
from interfaces.web.tries import Kind, limited


class DeviceForm(Form, frozen=True, kw_only=True):
    """Nothing is asked: an empty object."""


class DeviceOut(msgspec.Struct, frozen=True):
    """`token` is shown this once. Entries made under one `account` are never sent under another.
    `expires`: unless it is used before."""

    device: str
    token: str
    account: PersonId
    expires: datetime


@post(
    f"{API}/devices",
    takes=DeviceForm,
    gives={201: DeviceOut},
    summary="A device token for this browser, under the session of its cookie",
)
async def make(request: AnyRequest) -> Json:
    """It ends by itself 90 days after its last use and 180 days after it was made; where somebody is
    signed out, loses their last role as an ambassador or team leader or closes their account, at once.
    Programs cannot have one."""
    await read_json(request, DeviceForm)
    await limited(request, Kind.DEVICE)
    session = session_of(request)
    made = await house_of(request).accounts.issue_phone(session)
    return said(DeviceOut(made.id, made.token, session.person, made.expires), 201)
