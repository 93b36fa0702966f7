"""What one administrator asks and another one agrees to: appointing one, and recovering one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from application.ports import Beside
from domain.model import PersonId, Refused, UnitId

LIFE: Final = timedelta(days=7)
"""How long something waits for the second person."""


class NothingToApprove(Refused):
    """It was settled or withdrawn, is too old, or is not for this person's eyes."""


class Kind(StrEnum):
    APPOINT = "appoint"
    RECOVER = "recover"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, word for word: it cannot be changed, only agreed to or dropped. `unit` is
    that of the role to be given, and of a recovery the one that the account was found under."""

    id: str
    kind: Kind
    person: PersonId
    unit: UnitId
    asked_by: PersonId
    asked: datetime
    expires: datetime


class Approvals(Protocol):
    async def ask(self, kind: Kind, person: PersonId, unit: UnitId, *, asked_by: PersonId) -> Pending:
        """Keeps it for `LIFE`. Asked again by the same person while it waits, it is the same one."""
        ...

    def find(self, ref: str) -> Pending | None:
        """One that still waits."""
        ...

    def waiting(self) -> Sequence[Pending]:
        """All that still wait, the oldest first: a handful in a whole country."""
        ...

    def settling(self, ref: str) -> Beside:
        """Settles it in the transaction of the decision it leads to: once, or that is `Stale`."""
        ...

    async def drop(self, ref: str) -> None:
        """It waits no longer; nothing comes of it."""
        ...
