"""The vault: personal data, sealed under a key of each person's own.

Keys of people are wrapped by bucket keys in the key file (`keys.py`). Erasing a person
removes their rows, wraps the others of the bucket by its next key, and destroys the key
before: what still lies in a log, a backup or a freed page can then be read by nobody.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, Select, bindparam, select

from application.identity import CODE_ALPHABET, CODE_LENGTH
from application.ports import CodeHolder, Identity, Sought, Unavailable, Unsealable, Vault
from domain.model import PersonId, UnitId
from domain.people import ConsentWithdrawn
from infrastructure.database import Database
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.vault import envelope, erasing
from infrastructure.vault.blind_index import BORN, PHONE, BlindIndex, Entry, IndexState
from infrastructure.vault.entropy import random_bytes
from infrastructure.vault.erased import ErasedList, erase_again
from infrastructure.vault.index_state import States
from infrastructure.vault.keys import LOOK_AGAIN, Keys, path_in
from infrastructure.vault.known_keys import begin, check, known
from infrastructure.vault.sealing import Opened, RowSealing, identity_of, person_key
from infrastructure.vault.tables import blind_index, code, note, sealed_person
from infrastructure.vault.taken_back import TakenBack, TakenBackList, take_back_again

CODE_LIFE: Final = timedelta(days=180)
"""How long a code can be answered by; long enough for whoever is met twice a year."""


_AS_CODE: Final = (CODE_ALPHABET * 8).encode()
"""By each of the 256 bytes one of the 32 characters, all as often."""

_REPLACED_MEANWHILE: Final = 4
"""How often a read meets a bucket whose key was replaced between two looks, at most."""

K = TypeVar("K", bound=str)

_log = logging.getLogger(__name__)

AT_ONCE: Final = 1_000
"""People asked for in one query: databases take some ten thousand parameters, and no more."""


class NobodySealed(Exception):
    """Nothing of this person is in the vault: never known, or erased."""


class SealedVault(Vault):
    """The vault of one ledger. Made by `open_vault`."""

    def __init__(
        self, database: Database, writer: Writer, keys: Keys, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._keys = keys
        self._index = BlindIndex(keys)
        self._states = States(database, writer.changes)
        self._clock = clock
        self._mended = 0.0
        self._told: list[Callable[[Sequence[Identity]], object]] = []

    def on_erasing(self, tell: Callable[[Sequence[Identity]], object]) -> None:
        """Calls `tell` with what is known of people just before it is gone: for what is kept elsewhere
        that names them, and cannot be found by their ids. Told again where an erasure is repeated."""
        self._told.append(tell)

    def content_digest(self, content: object) -> bytes:
        return self._index.content(msgspec.json.encode(content, order="deterministic"))

    def find_people(
        self,
        identities: Sequence[Identity],
        unit: UnitId,
        *,
        known_to: PersonId,
        formerly: Sequence[UnitId] = (),
    ) -> list[Sought]:
        self._mend()
        with self._database.reading() as connection:
            state = self._states.now(connection)
            entries = [self._index.entries(identity, unit, known_to, state) for identity in identities]
            before = [
                tuple(entry for old in formerly for entry in self._index.entries(one, old, known_to, state))
                for one in identities
            ]
            wanted = [key for of_one in (*entries, *before) for _, key, _ in of_one]
            rows = connection.execute(_PEOPLE_BY_KEY, {"keys": wanted})
            known = {row.key: PersonId(row.person) for row in rows}
            return [
                _sought(connection, of_one, known, state, earlier)
                for of_one, earlier in zip(entries, before, strict=True)
            ]

    def strangers(self, identities: Sequence[Identity], unit: UnitId, *, known_to: PersonId) -> list[Sought]:
        state = self._states.lately()
        entries = (self._index.entries(identity, unit, known_to, state) for identity in identities)
        return [Sought(None, of_one, of_one, state) for of_one in entries]

    def sealing(self, known: Sequence[PersonId] = ()) -> RowSealing:
        expires = micros(self._clock() + CODE_LIFE)
        return RowSealing(self._keys, self._index, self._states.lately(), self._opened(known), expires)

    def names(self, people: Sequence[PersonId]) -> dict[PersonId, str]:
        rows = self._rows_of(people)
        return _whole((PersonId(row.person), partial(self._name, row)) for row in rows)

    def identities(self, people: Sequence[PersonId]) -> dict[PersonId, Identity]:
        return {person: identity_of(person, opened) for person, opened in self._opened(people).items()}

    def new_code(self, length: int = CODE_LENGTH) -> str:
        return random_bytes(length).translate(_AS_CODE).decode()

    def find_code(self, code_: str) -> CodeHolder | None:
        row = self._row_of_code(code_)
        if row is None:
            return None
        if self._unseal(row, f"code:{row.subject}") != code_:
            raise Unsealable("code")
        expired = row.expires <= micros(self._clock())
        return CodeHolder(
            kind=row.kind,
            subject=row.subject,
            person=PersonId(row.person),
            expired=expired,
            until=moment(row.expires),
        )

    def codes(self, subjects: Sequence[str]) -> dict[str, str]:
        rows = [
            row
            for start in range(0, len(subjects), AT_ONCE)
            for row in self._read(_CODES_BY_SUBJECT, subjects=list(subjects[start : start + AT_ONCE]))
        ]
        return _whole((row.subject, partial(self._unseal, row, f"code:{row.subject}")) for row in rows)

    def notes(self, subject: str) -> list[str]:
        rows = self._read(_NOTES_BY_SUBJECT, subject=subject)
        return [self._unseal(row, f"note:{row.id}") for row in rows]

    def seal_secret(self, person: PersonId, field: str, secret: bytes) -> bytes:
        """Something of a person's that no fact stands behind, for a table of the caller's. Raises
        `NobodySealed`."""
        opened = self._opened([person]).get(person)
        if opened is None:
            raise NobodySealed
        return envelope.seal(opened.key, secret, person=person, field=field, version=opened.version)

    def open_secret(self, person: PersonId, field: str, sealed: bytes) -> bytes:
        """What `seal_secret` sealed. Raises `NobodySealed`, `Unsealable`."""
        opened = self._opened([person]).get(person)
        if opened is None:
            raise NobodySealed
        return envelope.unseal(opened.key, sealed, person=person, field=field, version=opened.version)

    def key_for(self, purpose: str) -> bytes:
        """A key for keyed hashes of one purpose, the same in every process of this ledger."""
        return self._keys.pepper(purpose)

    def erase_people(self, people: Sequence[PersonId]) -> Rows:
        if self._told:
            with suppress(Unsealable):  # damaged: nothing of it can be compared
                known = list(self.identities(people).values())
                for tell in self._told:
                    tell(known)
        try:
            return erasing.rows(self._database, self._keys, people)
        except OSError as error:  # the next bucket key found no room in the key file
            raise Unavailable(error.strerror) from error

    def erased(self, people: Sequence[PersonId]) -> None:
        ErasedList(self._database.home).add(people)
        erasing.destroy_old_keys(self._database, self._keys)

    def taken_back(self, some: Sequence[ConsentWithdrawn]) -> None:
        TakenBackList(self._database.home).add(TakenBack.told_by(fact) for fact in some)

    def _mend(self) -> None:
        """Destroys what a renewal of keys, cut short, left behind: it would make every attempt to
        seal somebody under the old key `Stale`."""
        if time.monotonic() - self._mended < LOOK_AGAIN or not self._keys.changing():
            return
        erasing.destroy_old_keys(self._database, self._keys)
        self._mended = time.monotonic()

    def _row_of_code(self, code_: str) -> Any:
        """Read again where the bucket's key was replaced meanwhile, as `_read` does."""
        for _ in range(_REPLACED_MEANWHILE):
            with self._database.reading() as connection:
                state = self._states.now(connection)
                keys = [key for _, key, _ in self._index.code(code_, state)]
                row = connection.execute(_CODE_BY_KEY, {"keys": keys}).first()
            if row is None or self._keys.key(row.bucket_key):
                break
        return row

    def _rows_of(self, people: Sequence[PersonId]) -> list[Any]:
        return [
            row
            for start in range(0, len(people), AT_ONCE)
            for row in self._read(_PEOPLE, people=list(people[start : start + AT_ONCE]))
        ]

    def _opened(self, people: Sequence[PersonId]) -> dict[PersonId, Opened]:
        return {PersonId(row.person): self._open(row) for row in self._rows_of(people)}

    def _open(self, row: Any) -> Opened:
        return Opened(person_key(self._keys, row), row.version, row.identity)

    def _name(self, row: Any) -> str:
        return identity_of(row.person, self._open(row)).name

    def _read(self, query: Select[Any], **values: object) -> Sequence[Any]:
        """Rows with wrapped keys; read again where a bucket's key was replaced meanwhile."""
        for _ in range(_REPLACED_MEANWHILE):
            with self._database.reading() as connection:
                rows = connection.execute(query, values).all()
            if all(self._keys.key(row.bucket_key) for row in rows):
                break
        return rows

    def _unseal(self, row: Any, field: str) -> str:
        key = person_key(self._keys, row)
        return envelope.unseal(key, row.sealed, person=row.person, field=field, version=row.version).decode()


def _whole(told: Iterable[tuple[K, Callable[[], str]]]) -> dict[K, str]:
    """What can be opened, by its id. The rest is left out of lists, so that what somebody changed in
    the database keeps nobody from reading the others; `lantoa keys check` names it."""
    found: dict[K, str] = {}
    for key, opened in told:
        try:
            found[key] = opened()
        except Unsealable:
            _log.error("what is sealed does not open: it was damaged, moved or forged: %s", key)
    return found


def _sought(
    connection: Connection,
    entries: tuple[Entry, ...],
    known: Mapping[bytes, PersonId],
    state: IndexState,
    before: tuple[Entry, ...] = (),
) -> Sought:
    """Whom the entries of one identity find, or those `before` them, and which are not in the index yet."""
    missing = tuple(entry for entry in entries if entry[1] not in known)
    for kind, key, _ in (*entries, *before):
        if key not in known:
            continue
        person = known[key]
        if kind == BORN and entries[0][0] == PHONE and _has_phone(connection, person):
            break  # of the same name, year and commune, but with another phone: somebody else
        return Sought(person, entries, missing, state)
    return Sought(None, entries, missing, state)


def _has_phone(connection: Connection, person: PersonId) -> bool:
    return connection.execute(_PHONE_OF, {"person": person}).first() is not None


_WRAPPED: Final = (
    sealed_person.c.person,
    sealed_person.c.bucket_key,
    sealed_person.c.wrapped,
    sealed_person.c.version,
)
_PEOPLE_BY_KEY: Final = select(blind_index.c.key, blind_index.c.person).where(
    blind_index.c.key.in_(bindparam("keys", expanding=True))
)
_PHONE_OF: Final = (
    select(blind_index.c.key)
    .where(blind_index.c.person == bindparam("person"), blind_index.c.kind == PHONE)
    .limit(1)
)
_PEOPLE: Final = select(*_WRAPPED, sealed_person.c.identity).where(
    sealed_person.c.person.in_(bindparam("people", expanding=True))
)
_CODE_BY_KEY: Final = (
    select(code.c.kind, code.c.subject, code.c.expires, code.c.sealed, *_WRAPPED)
    .join(sealed_person, sealed_person.c.person == code.c.person)
    .where(code.c.key.in_(bindparam("keys", expanding=True)))
)
_CODES_BY_SUBJECT: Final = (
    select(code.c.subject, code.c.sealed, *_WRAPPED)
    .join(sealed_person, sealed_person.c.person == code.c.person)
    .where(code.c.subject.in_(bindparam("subjects", expanding=True)))
)
_NOTES_BY_SUBJECT: Final = (
    select(note.c.id, note.c.sealed, *_WRAPPED)
    .join(sealed_person, sealed_person.c.person == note.c.person)
    .where(note.c.subject == bindparam("subject"))
    .order_by(note.c.id)
)


def open_vault(
    database: Database, writer: Writer, *, create: bool = False, clock: Callable[[], datetime] = utc_now
) -> SealedVault:
    """The vault of a prepared database. `create` makes the key file of a ledger that has none yet.

    Raises `KeyFileMissing`, also with `create` where something was sealed already;
    `KeyFileDamaged`, `KeyFileExposed`, `KeyFileOfAnotherLedger`.
    """
    path = path_in(database.home)
    if create and not path.exists() and not known(database).keys:
        Keys.create(path)
    keys = Keys(path)
    keys.clear_drafts()
    begin(database, writer, keys)
    check(database, keys)
    erase_again(database, writer, keys)
    take_back_again(database, writer)
    return SealedVault(database, writer, keys, clock=clock)
