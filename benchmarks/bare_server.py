"""The same server with next to nothing in it: what HTTP and one durable fact cost by themselves.

`bare_app` records one fact for each request; `empty_app` records nothing. Both read the body.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from litestar import Litestar, Request, Response, post

from domain.model import By, Decision, Group, PersonId, UnitId
from domain.people import PersonRegistered
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer


@dataclass(kw_only=True)
class RecordOne(Decision):
    """Depends on nothing, refuses nothing."""

    person: PersonId

    def execute(self) -> None:
        self.record(
            PersonRegistered(
                at=self.at, by=By("import:bare"), person=self.person, group=Group.PEOPLE, unit=UnitId("unit")
            )
        )


class Asked(msgspec.Struct):
    submission: str


class Recorded(msgspec.Struct):
    position: int


@post("/bare")
async def bare(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    asked = msgspec.json.decode(await request.body(), type=Asked)
    receipt = await request.app.state.ledger.decide(RecordOne(person=PersonId(asked.submission)))
    return Response(msgspec.json.encode(Recorded(receipt.position)), media_type="application/json")


@post("/empty")
async def empty(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    msgspec.json.decode(await request.body(), type=Asked)
    return Response(msgspec.json.encode(Recorded(0)), media_type="application/json")


@asynccontextmanager
async def with_ledger(app: Litestar) -> AsyncIterator[None]:
    database = Database.open(os.environ.get("LANTOA_DATABASE_URL") or None, Path(os.environ["LANTOA_HOME"]))
    database.prepare()
    ledger = app.state.ledger = Writer(database)
    try:
        yield
    finally:
        ledger.close()
        database.close()


def create_app() -> Litestar:
    return Litestar([bare, empty], lifespan=[with_ledger], openapi_config=None, logging_config=None)
