"""The open house: everything a request or a command works with, wired in `interfaces/main.py`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from application.actors import Actor
from application.ports import Ground, Invitations, Units, Vault
from domain.model import PersonId
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer
from infrastructure.settings import Settings


class Session(msgspec.Struct, frozen=True):
    """A browser that signed in. Its forms carry `form_token`."""

    person: PersonId
    form_token: str
    expires: datetime


class Accounts(Protocol):
    """Who stands behind a cookie or a bearer token."""

    def session(self, token: str) -> Session | None:
        """The open session of a cookie's token; None where it is unknown, ended or expired."""
        ...

    def bearer(self, token: str) -> PersonId | None:
        """Whose program sends this token; None where it is unknown or taken back."""
        ...

    async def sign_out(self, token: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class House:
    """Made by `open_house`, ended by `close`. `ground` is what the use cases stand on."""

    settings: Settings
    database: Database
    ledger: Writer
    vault: Vault
    units: Units
    ground: Ground
    accounts: Accounts
    invitations: Invitations
    projector: Projector
    simulated: bool
    clock: Callable[[], datetime]

    def asking(self) -> AbstractContextManager[Connection]:
        """What the questions of `infrastructure/read_models` are asked of: one moment of them all.

        with house.asking() as db: board(db, ...)
        """
        return self.database.read_models()

    def actor(self, person: PersonId) -> Actor:
        """The person with the roles they hold today."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets what is waiting be recorded, then ends."""
        self.projector.close()
        self.ledger.close()
        self.database.close()
