"""What the use cases need from outside, as few Protocols as they can do with."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from domain.model import Boundary, Decision, Fact, PersonId, Position, Refused, UnitId
from domain.people import ConsentWithdrawn
from domain.territory import UnitKind


class Recorded(msgspec.Struct, frozen=True):
    """A fact and where it stands."""

    position: Position
    fact: Fact


class Submission(msgspec.Struct, frozen=True):
    """What makes sending again harmless: the author and the id that the client minted.

    `content` is a keyed hash of the canonical request: the same submission with other
    content is a conflict, not a repetition. `session` is the id of the session (or device token)
    it was sent under: where that has ended meanwhile, nothing is recorded.
    """

    author: str
    id: str
    content: bytes
    session: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What the ledger answers when it has durably recorded (or already had) a decision.

    `position` is that of the last fact recorded; where nothing new was to be recorded,
    that of the last fact the decision rests on. `again` is true for a repeated submission,
    whose facts are then those of the first time.
    """

    position: Position
    at: datetime
    facts: tuple[Fact, ...]
    again: bool = False


class Beside(Protocol):
    """Rows written in the decision's own transaction, or not at all. Made by the vault and
    by the keepers of accounts; opaque to the use cases, which can only add them up."""

    def __add__(self, other: "Beside") -> "Beside": ...


class SubmissionConflict(Refused):
    """The same submission id came with other content. Nothing was recorded."""


class SessionEnded(Refused):
    """The session that this was sent under has ended. Nothing was recorded."""


class OutcomeUnknown(Exception):
    """The connection was lost during the commit: send again with the same submission id."""


class Unavailable(Exception):
    """Nothing can be recorded just now (disk full, shutting down): try again later."""


class Unsealable(Exception):
    """What is sealed of a person does not open for them: it was damaged, moved or forged."""


class Ledger(Protocol):
    async def decide(
        self, decision: Decision, *, submission: Submission | None = None, beside: Beside | None = None
    ) -> Receipt:
        """Weighs and records one decision together with what stands beside it.

        Raises what the decision raises (`Refused`, `Stale`), `Stale` also when a key that
        `beside` claims was taken meanwhile, `SubmissionConflict`, `SessionEnded`,
        `OutcomeUnknown`, `Unavailable`.
        """
        ...

    def history(self, boundary: Boundary, *, after: Position | None = None) -> Sequence[Recorded]:
        """The facts inside a boundary, in order: what a use case looks up first."""
        ...

    def head(self) -> Position:
        """The position of the last fact; 0 for an empty ledger."""
        ...

    def recorded_by(self, authors: Sequence[str]) -> Mapping[str, int]:
        """By its name how many facts of each kind were recorded by what these sent themselves."""
        ...

    async def scrubbed(self) -> None:
        """Leaves no bytes of deleted rows behind in what the ledger's database writes beside its
        tables, as far as that database lets us (SQLite's log; not PostgreSQL's)."""
        ...


class Unit(msgspec.Struct, frozen=True):
    """A unit as it is today. `path` runs from the unit itself up to the country; from one that is
    no more (since the day `ended`) over what stands for it today."""

    id: UnitId
    code: str | None
    name: str
    kind: UnitKind
    parent: UnitId | None
    path: tuple[UnitId, ...]
    latitude: float | None = None
    longitude: float | None = None
    ended: date | None = None


class Units(Protocol):
    """The territory, held in memory and kept up with the ledger."""

    def find(self, ref: str) -> Unit | None:
        """By our id, by official code of today, or `VN` for the country."""
        ...

    def children(self, unit: UnitId) -> Sequence[Unit]: ...

    def is_within(self, unit: UnitId, over: UnitId) -> bool:
        """Whether `unit` is `over` or lies under it, under the boundaries of any time; False for
        unknown units."""
        ...

    def formerly(self, unit: UnitId) -> Sequence[UnitId]:
        """The units that went into this one, whole or in part, after people were first recorded: in
        one of them somebody may be known who is met in this one now."""
        ...

    def in_doubt(self, unit: UnitId) -> bool:
        """Whether nobody can say in which commune of today this lies: it was divided, or is a hamlet of
        one that was."""
        ...

    def parts(self, unit: UnitId) -> Sequence[UnitId]:
        """Of a unit in doubt, the communes of today among which it was divided; else nothing."""
        ...

    def divided(self, unit: UnitId) -> UnitId | None:
        """Of a unit in doubt, the commune that was divided: itself, or the one it lies in."""
        ...

    @property
    def since(self) -> date:
        """The first day whose boundaries are known."""
        ...

    def line(self, unit: UnitId, day: date) -> tuple[UnitId, ...]:
        """A unit and those it lay in on a day, up to the country."""
        ...

    def on(self, ref: str, day: date) -> Unit | None:
        """A unit as it was on a day, by its id or by the code it bore then; None where none did."""
        ...


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data of one person, already normalised (`application/identity.py`). Only ever
    handed to the vault. `birth_year` is e.g. 1956; `phone` is E.164; `email` is for reminders alone."""

    name: str
    phone: str | None = None
    birth_year: int | None = None
    sex: str | None = None
    position: str | None = None
    workplace: str | None = None
    email: str | None = None


class CodeHolder(msgspec.Struct, frozen=True):
    """What a code stands for. `kind` is `teaching`, `declaration` or `onboarding`, which can be
    answered before `until`; longer codes are for a `class`, or a `certificate`, and do not end so."""

    kind: str
    subject: str
    person: PersonId
    expired: bool
    until: datetime


class Sought(msgspec.Struct, frozen=True):
    """What looking for a person found. `entries` are the keyed blind index entries (kind, key,
    generation of the pepper) of the identity looked for; `missing` those of them that stand for
    nobody yet; `index_state` is the vault's word for the generations that were looked in."""

    person: PersonId | None
    entries: tuple[tuple[str, bytes, int], ...] = ()
    missing: tuple[tuple[str, bytes, int], ...] = ()
    index_state: int = 0


class Sealing(Protocol):
    """Personal data on its way into the vault, for one decision. Keys of the people it knows
    already are read once, when it is made; those of new people are made here."""

    def person(self, person: PersonId, identity: Identity, sought: Sought) -> None:
        """Key, sealed fields and blind indexes of a new person; claims the indexes."""
        ...

    def completion(self, person: PersonId, identity: Identity, sought: Sought) -> None:
        """What is now also known of somebody found: nothing that was known is changed."""
        ...

    def correction(self, person: PersonId, identity: Identity, sought: Sought | None = None) -> None:
        """Replaces what is sealed; with `sought` also the blind indexes, which otherwise stay."""
        ...

    def code(self, code: str, *, kind: str, subject: str, person: PersonId) -> None:
        """Seals a confirmation code and claims its keyed hash (a taken code is `Stale`)."""
        ...

    def note(self, note: str, *, subject: str, person: PersonId) -> None:
        """Seals somebody's words about a subject (a teaching) under the key of the person they
        are about; about an erased person nothing is kept."""
        ...

    def own_key(self, ref: PersonId) -> None:
        """A key for what concerns nobody in particular (a report): it is sealed for under `ref` as for
        a person, and erased as one is."""
        ...

    def rows(self) -> Beside:
        """All of it, for the decision's own transaction."""
        ...


class Vault(Protocol):
    """Personal data, sealed under a key of each person's own."""

    def content_digest(self, content: object) -> bytes:
        """Keyed hash of the canonical form of a request (msgspec-encodable), for `Submission`."""
        ...

    def find_people(
        self,
        identities: Sequence[Identity],
        unit: UnitId,
        *,
        known_to: PersonId,
        formerly: Sequence[UnitId] = (),
    ) -> list[Sought]:
        """The same people again, in the order asked: by phone + folded name; without a phone by
        name + birth year + unit; with neither by name among those whom `known_to` logged in that
        unit. Aliases are not followed here. `unit` is the commune, or the unit above one; who is not
        known there is looked for in those it was `formerly`."""
        ...

    def strangers(self, identities: Sequence[Identity], unit: UnitId, *, known_to: PersonId) -> list[Sought]:
        """The same without looking, as if nobody were known: sealing one who is known after all is
        refused as `Stale`, because their index entries are claimed. Most learners are new."""
        ...

    def sealing(self, known: Sequence[PersonId] = ()) -> Sealing:
        """To seal something of people in the vault already (`known`) and of new ones."""
        ...

    def erase_people(self, people: Sequence[PersonId]) -> Beside:
        """Removes keys, fields, indexes, codes and whatever lets these people sign in, and moves
        the others of their buckets to new bucket keys. Call `erased` once it is committed."""
        ...

    def erased(self, people: Sequence[PersonId]) -> None:
        """Destroys the bucket keys that erasures left behind, and notes the people on the list
        that restored copies are held against. Harmless when called again."""
        ...

    def taken_back(self, some: Sequence[ConsentWithdrawn]) -> None:
        """Notes consents that were taken back on a list that restored copies are held against."""
        ...

    def names(self, people: Sequence[PersonId]) -> dict[PersonId, str]:
        """Names of today; an erased or unknown person is missing from the answer, as is one whose
        name was damaged or forged (which is logged)."""
        ...

    def identities(self, people: Sequence[PersonId]) -> dict[PersonId, Identity]:
        """All that is known of them, the erased and unknown left out. Raises `Unsealable`."""
        ...

    def new_code(self, length: int = 8) -> str:
        """So many characters without 0, O, 1 and I."""
        ...

    def find_code(self, code: str) -> CodeHolder | None:
        """Whom a code was given to, and for what. Raises `Unsealable` where its row was changed so
        that it stands for somebody or something else."""
        ...

    def codes(self, subjects: Sequence[str]) -> dict[str, str]:
        """The code of each subject (teaching, declaration, onboarding), to show it again; one that was
        damaged or forged is missing (which is logged)."""
        ...

    def notes(self, subject: str) -> list[str]:
        """What was noted about a subject, oldest first. Raises `Unsealable`."""
        ...


class Ground(msgspec.Struct, frozen=True):
    """What nearly every use case stands on."""

    ledger: Ledger
    vault: Vault
    units: Units


class SignedIn(msgspec.Struct, frozen=True):
    """A session just opened: the token goes into the cookie and is stored nowhere."""

    person: PersonId
    token: str
    expires: datetime


class Invitations(Protocol):
    """Single-use links that open a session."""

    def invitation(self, person: PersonId) -> tuple[str, Beside]:
        """A new token (128 bits, URL-safe) and its row, for a decision's own transaction."""
        ...

    async def issue(self, person: PersonId, *, weighed: Position | None = None) -> str:
        """The same, for a person whose account already stands; durable when this returns. `Stale` where
        they were given another role after the position up to which it was `weighed` who may have it."""
        ...

    def holder(self, token: str) -> PersonId | None:
        """Whose link this is while it can still be used. Looking uses nothing up."""
        ...

    async def accept(self, token: str, *, replacing: str | None = None) -> SignedIn | None:
        """Uses the link up and opens a session, once, however many try at the same moment; None
        for a token that is unknown, used or expired. `replacing` is a session token to end."""
        ...

    def ending(self, people: Sequence[PersonId]) -> Beside:
        """Ends every session, device token, invitation and bearer token of these people."""
        ...

    def ending_phones(self, people: Sequence[PersonId]) -> Beside:
        """Ends every device token of these people, by which their phones send what they kept."""
        ...
