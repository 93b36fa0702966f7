"""What is kept of connected forms and of what came in by them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from application.ports import Beside
from application.surveys.payloads import Instance
from domain.lists import ListId
from domain.model import PersonId, Refused, UnitId
from domain.surveys import Source, Tells


class State(StrEnum):
    RECORDED = "recorded"
    WAITING = "waiting"  # for what is wrong to be mended; kept sealed until then
    EDITED = "edited"  # says something else than what was recorded of it; kept sealed until decided on
    IGNORED = "ignored"  # an event that tells nothing new
    LAPSED = "lapsed"  # waited, until its term was over: of what it said nothing is kept


class TooManyVersions(Refused):
    """More than `limit` versions of one submission: nobody edits it so often. Each is weighed with all
    before it, which a program that never rests would make ever slower."""


OPEN: Final = (State.WAITING, State.EDITED)
"""What is kept sealed for somebody to do something about it."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A connected form. `columns` is what an organizer set, `fields` the paths that came so far,
    `keeper` the organizer in whose name it is taken in; `ended` once it is disconnected. `listed`: all that
    it sent is found by `came_by`; of those connected before that was kept, some is not."""

    id: ListId
    unit: UnitId
    source: Source
    tells: Tells
    name: str
    keeper: PersonId
    columns: dict[str, str]
    fields: tuple[str, ...]
    created: datetime
    seen: datetime | None
    ended: datetime | None
    listed: bool = True


class CameBy(msgspec.Struct, frozen=True):
    """A form by which an instance came; `told` is the name under which its answers were recorded, if so."""

    connection: ListId
    told: str | None


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that came in. `problem` is the name of a refusal with its details, no personal
    data, while it waits; `kept` whether it can still be opened; `goes` when it lapses, if it waits."""

    id: str
    received: datetime
    state: State
    problem: str | None
    details: dict[str, str | int]
    kept: bool
    goes: datetime | None = None


class Open(msgspec.Struct, frozen=True):
    """How much of what a form sent waits for somebody, when the first of it lapses, and how much lapsed."""

    waiting: int = 0
    first_goes: datetime | None = None
    lapsed: int = 0


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a version stands among those of one submission; names are keyed hashes, in hexadecimal.
    `instance` names all of them, `own` this one. It may not be the `newest`, or `known` already: nothing
    is to be done then. `told` are the names under which answers of any of them were recorded, the newest's
    last, `holds` that of the newest, unless that `waits`. `by_number`: nothing but KoboToolbox's number says
    that it belongs to the others."""

    instance: str
    own: str
    newest: bool
    known: bool
    told: tuple[str, ...]
    holds: str | None
    waits: bool
    by_number: bool

    @property
    def over(self) -> bool:
        """Whether nothing is to be recorded of this version."""
        return self.known or not self.newest


class Surveys(Protocol):
    """The keeper of connections and of what came in by them."""

    def connecting(self, kept: Kept) -> tuple[str, Beside]:
        """A new secret (256 bits) and the connection's row, for the decision's own transaction."""
        ...

    def disconnecting(self, connection: ListId) -> Beside:
        """What waits, and what is known of versions, goes with it."""
        ...

    def find(self, connection: str) -> Kept | None: ...

    def every(self) -> Sequence[Kept]:
        """All there are or were, the latest first: a country has some hundreds."""
        ...

    def by_secret(self, connection: str, secret: str) -> Kept | None:
        """Compared in constant time, also where there is no such connection."""
        ...

    async def set_columns(self, connection: ListId, columns: Mapping[str, str], keeper: PersonId) -> None: ...

    async def place(self, kept: Kept, came: Instance) -> Placed:
        """Notes this version of a submission, and finds those it belongs to. Raises `TooManyVersions`."""
        ...

    def look_up(self, kept: Kept, came: Instance) -> Placed | None:
        """Where it would stand, without noting that it came; None where nothing is known of it."""
        ...

    async def done(self, kept: Kept, came: Instance, told: str | None) -> None:
        """This version's answers stand recorded under a name; None where they are not needed."""
        ...

    async def withdrawn(self, kept: Kept, placed: Placed, told: Sequence[str]) -> None:
        """What was recorded of a submission under these names stands no more."""
        ...

    def came_by(self, instances: Iterable[str]) -> Mapping[str, Sequence[CameBy]]:
        """Of some hundreds of instance ids by which forms each came, in one question."""
        ...

    def names(self, kept: Kept, came: Instance) -> Sequence[str]:
        """Under which names of the form's own it, or one that it replaces, may have been recorded."""
        ...

    def alone(self, placed: Placed) -> AbstractAsyncContextManager[None]:
        """Of all processes only this one takes in a version of it meanwhile, and only a few others at once.
        Raises `Unavailable`."""
        ...

    async def note(
        self,
        kept: Kept,
        came: Instance | None,
        state: State,
        refused: Refused | None = None,
        *,
        placed: Placed | None = None,
    ) -> None:
        """What became of a submission, in place of what was noted of its other versions; what is `OPEN`
        is sealed under its keeper's key."""
        ...

    def known(self, kept: Kept, some: Sequence[Instance]) -> Sequence[bool]:
        """Of each of these versions whether nothing is to be done about it any more."""
        ...

    def submitted(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these submissions of lists and forms that recorded something."""
        ...

    def edit(self, kept: Kept, ref: str) -> Instance | None:
        """One that waits as `EDITED`, by the id of what came."""
        ...

    def came(self, connection: ListId, limit: int) -> Sequence[Came]:
        """What waits, the oldest of it first, which goes first; then the others, the latest first."""
        ...

    def open(self) -> Mapping[ListId, Open]:
        """By form, where something waits or has lapsed."""
        ...

    def lapsing(self, since: datetime, before: datetime) -> Mapping[ListId, datetime]:
        """When the first of what waits lapses within these moments, by form."""
        ...

    def waiting(self, kept: Kept, limit: int) -> Sequence[Instance]:
        """The oldest first; one that can no longer be opened is left out."""
        ...
