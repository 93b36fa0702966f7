"""Whether the ledger can be read, and how far the read models have come."""

from datetime import datetime

import msgspec
from litestar import get

from application.ports import Unavailable
from domain.model import Position
from infrastructure.read_models.columns import moment
from interfaces.api.speaking import Json, said
from interfaces.web.limits import AnyRequest
from interfaces.web.session import house_of


class ModelOut(msgspec.Struct, frozen=True):
    """A read model, how far it has come, and how many facts it has still to take in."""

    name: str
    version: int
    position: Position
    lag: int


class ParkedOut(msgspec.Struct, frozen=True):
    """A fact that a read model could not digest; `error` is its kind, without content."""

    model: str
    position: Position
    error: str
    at: datetime


class HealthOut(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is `ok`, or `parked` where facts are: figures may then be short of them. With
    `counting_anew` boundaries changed, and figures stand where they are until all is counted under the
    new ones; `counted_anew` is the share that is done, where this process knows. `head` is the ledger's
    last position; `at` when the last fact that all models hold was recorded. With
    `simulated` everybody and everything in this ledger is invented."""

    status: str
    simulated: bool
    head: Position
    position: Position
    at: datetime | None
    lag: int
    models: list[ModelOut]
    parked: list[ParkedOut]
    counting_anew: bool
    counted_anew: float | None


@get(
    "/health",
    gives={200: HealthOut},
    summary="Whether the ledger can be read, how far the read models are, which facts are parked",
)
async def show(request: AnyRequest) -> Json:
    house = house_of(request)
    try:
        status, head, simulated = house.projector.status(), house.ledger.head(), house.simulated
    except Exception as error:  # whatever keeps the ledger from being read
        raise Unavailable("the ledger cannot be read") from error
    return said(
        HealthOut(
            status="parked" if status.parked else "ok",
            simulated=simulated,
            head=head,
            position=status.position,
            at=status.at,
            lag=max(0, head - status.position),
            models=[
                ModelOut(one.name, one.version, one.position, max(0, head - one.position))
                for one in status.models
            ],
            parked=[
                ParkedOut(one.model, Position(one.position), one.error, moment(one.at))
                for one in status.parked
            ],
            counting_anew=status.counting_anew,
            counted_anew=None if status.counted_anew is None else round(status.counted_anew, 3),
        )
    )
