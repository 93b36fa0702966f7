"""The open house: everything a request or a command works with, wired in `interfaces/main.py`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from application.actors import Actor
from application.ports import Ground, Vault
from application.reactions import Reactions
from domain.model import LedgerFounded, PersonId, Selector
from infrastructure.access_log import AccessLog
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.factors import Factors
from infrastructure.accounts.remembered import Lately, Remembered
from infrastructure.accounts.sessions import Session
from infrastructure.approvals import KeptApprovals
from infrastructure.background import WAITING, Background
from infrastructure.closed_months import ClosedMonths
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer
from infrastructure.lists.kept import Lists
from infrastructure.lists.spool import Spools
from infrastructure.outbox.outbox import Outbox
from infrastructure.read_models import accounts
from infrastructure.read_models.territory import Territory
from infrastructure.reports import KeptReports
from infrastructure.settings import Settings
from infrastructure.surveys import KeptSurveys
from infrastructure.tries import Tries
from infrastructure.vault import known_keys
from infrastructure.vault.known_keys import Backed

__all__ = ["House", "Questions", "Session"]

Questions = Connection
"""What the questions of `infrastructure/read_models` are asked of: one moment of them all."""


class NotBegun(Exception):
    """The ledger is empty: `lantoa init` begins it."""


@dataclass(kw_only=True)
class House:
    """Made by `open_house`, ended by `close`. `ground` is what the use cases stand on."""

    settings: Settings
    database: Database
    ledger: Writer
    vault: Vault
    units: Territory
    ground: Ground
    accounts: Accounts
    approvals: KeptApprovals
    reports: KeptReports
    closed_months: ClosedMonths
    factors: Factors
    access_log: AccessLog
    outbox: Outbox
    surveys: KeptSurveys
    tries: Tries
    projector: Projector
    reactions: Reactions
    lists: Lists
    spools: Spools
    clock: Callable[[], datetime]
    background: Background = field(default_factory=Background)
    for_strangers: Background = field(default_factory=lambda: Background(1, WAITING))
    """What anybody may have made without being known: none of it holds up those who work here."""

    def __post_init__(self) -> None:
        self._actors: Remembered[Actor] = Remembered(self.ledger.changes)
        self._backed = Lately(lambda: known_keys.backed(self.database))

    @property
    def invitations(self) -> Accounts:
        """Implements `application.ports.Invitations`."""
        return self.accounts

    def asking(self) -> AbstractContextManager[Questions]:
        """with house.asking() as db: leaderboard.board(db, ...)"""
        return self.database.read_models()

    def actor(self, person: PersonId) -> Actor:
        """The person with the roles they hold, as far as the read models have come."""
        return self._actors.get(person, lambda: self._holder(person)) or Actor(person=person)

    def forget(self, person: PersonId) -> None:
        """The roles that are remembered of somebody, where they have just changed."""
        self._actors.forget(person)

    def _holder(self, person: PersonId) -> Actor | None:
        """None without a role: who has none yet may have one the next moment."""
        with self.asking() as db:
            held = accounts.grants(db, person)
        if not held:
            return None
        return Actor(person=person, grants=held)

    def backed_keys(self) -> Backed:
        """How far the keys in use are in a proved backup, as it was a moment ago."""
        return self._backed.get()

    @cached_property
    def founded(self) -> LedgerFounded:
        """The ledger's first fact."""
        for recorded in self.ledger.history([Selector([LedgerFounded], ["ledger"])]):
            if isinstance(recorded.fact, LedgerFounded):
                return recorded.fact
        raise NotBegun

    @property
    def simulated(self) -> bool:
        """Whether everybody and everything in this ledger is invented."""
        return self.founded.simulated

    def confirm_url(self, code: str) -> str:
        """Where the holder of a code answers."""
        return f"{self.settings.public_url}/x/{code}"

    def invitation_url(self, token: str) -> str:
        """Where an invitation is accepted."""
        return f"{self.settings.public_url}/vao/{token}"

    def close(self) -> None:
        """Lets what is waiting be recorded, then ends."""
        self.for_strangers.close()
        self.background.close()
        self.projector.close()
        self.ledger.close()
        self.database.close()
