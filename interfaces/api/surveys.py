"""What KoboToolbox and ODK Central send by themselves: one submission of a connected form each."""

import base64
import binascii
from typing import Annotated, Any

import msgspec
from litestar import post

from application.surveys import connecting
from application.surveys.coming import Received
from application.surveys.keeping import OPEN, State
from domain.surveys import Source
from interfaces.api.speaking import API, Json, identifier, said
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.problems import problem_of
from interfaces.web.session import house_of
from interfaces.web.tries import Kind, limited

LONGEST_KEY = 200


class KoboSubmission(msgspec.Struct, frozen=True, kw_only=True, rename={"uuid": "_uuid"}):
    """A submission as a REST service of KoboToolbox posts it (JSON): the fields of the form by path,
    and what the service adds (`_id`, `_submission_time`, `meta/instanceID`, ...)."""

    uuid: str


class OdkEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An audit event of ODK Central as central-webhook posts it; `data.xml` is the submission. An edit is
    a `submission.update.version`. Events of other types are taken note of, and nothing else."""

    type: Annotated[str, msgspec.Meta(examples=["submission.create", "submission.update.version"])]
    id: str
    data: dict[str, Any]


class ReceivedOut(msgspec.Struct, frozen=True):
    """`recorded`; `waiting` for an organizer to mend what is wrong (`problem`); `edited`, for one to decide
    whether this version or the one that was recorded holds; or `ignored`."""

    instance: str
    state: State
    problem: str | None


@post(
    f"{API}/kobo/{{ref:str}}",
    takes=KoboSubmission,
    gives={201: ReceivedOut, 200: ReceivedOut, 202: ReceivedOut},
    summary="A submission that KoboToolbox sends, with the key of the connection",
)
async def kobo(request: AnyRequest) -> Json:
    """The key stands in `X-API-Key`, or as the password of HTTP basic authentication. Sent again, it
    counts once; an edit takes the place of what it edits, whichever came first. 202: it is kept until an
    organizer mends what is wrong with it, or decides on an edit. At most 64 KB."""
    return await _received(request, Source.KOBO)


@post(
    f"{API}/odk/{{ref:str}}",
    takes=OdkEvent,
    gives={201: ReceivedOut, 200: ReceivedOut, 202: ReceivedOut},
    summary="A submission or an edit that ODK Central sends (central-webhook), with the connection's key",
)
async def odk(request: AnyRequest) -> Json:
    """As for KoboToolbox."""
    return await _received(request, Source.ODK)


async def _received(request: AnyRequest, source: Source) -> Json:
    house, ref = house_of(request), identifier(request.path_params["ref"])
    await limited(request, Kind.FORM_KEY)
    kept = connecting.admitted(house.surveys, source, ref, _key(request))
    await limited(request, Kind.FORM, ref)
    body = await read_json(request, dict[str, Any])
    done = await connecting.receive(house.ground, house.surveys, house.actor(kept.keeper), kept, body)
    return _said(done)


def _said(done: Received) -> Json:
    problem = None if done.refused is None else problem_of(done.refused).detail
    out = ReceivedOut(done.instance, done.state, problem)
    if done.state in OPEN:
        return said(out, 202)
    return said(out, 201 if done.state is State.RECORDED and not done.again else 200)


def _key(request: AnyRequest) -> str:
    """The key that came along; empty without one."""
    said: dict[bytes, bytes] = dict(reversed(list(request.scope["headers"])))
    if key := said.get(b"x-api-key"):
        return key.decode("latin-1")[:LONGEST_KEY]
    kind, _, coded = said.get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() != "basic":
        return coded.strip()[:LONGEST_KEY] if kind.lower() == "bearer" else ""
    try:
        plain = base64.b64decode(coded.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return plain.partition(":")[2][:LONGEST_KEY]
