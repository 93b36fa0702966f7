"""Personal data on its way into the vault, for one decision."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4
from zlib import crc32

import msgspec
from sqlalchemy import delete, update
from sqlalchemy.sql import Executable

from application.ports import Identity, Sealing, Sought
from domain.model import PersonId
from infrastructure.ledger.beside import Rows
from infrastructure.vault import envelope
from infrastructure.vault.blind_index import BlindIndex, IndexState
from infrastructure.vault.keys import BUCKETS, KeyFileOfAnotherLedger, KeyNumber, Keys
from infrastructure.vault.tables import blind_index, code, index_state, note, sealed_person

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Identity)


class Opened(NamedTuple):
    """A person's own key, and what is sealed under it."""

    key: bytes
    version: int
    identity: bytes


def wrap(number: KeyNumber, bucket_key: bytes, person: str, key: bytes) -> bytes:
    """A person's key, sealed under a bucket's."""
    return envelope.seal(bucket_key, key, person=person, field="key", version=number)


def unwrap(number: KeyNumber, bucket_key: bytes, person: str, wrapped: bytes) -> bytes:
    return envelope.unseal(bucket_key, wrapped, person=person, field="key", version=number)


def person_key(keys: Keys, row: Any) -> bytes:
    """The key of a row's person. Raises `KeyFileOfAnotherLedger` where its bucket key is gone."""
    bucket_key = keys.key(row.bucket_key)
    if bucket_key is None:
        raise KeyFileOfAnotherLedger(f"no bucket key {row.bucket_key}")
    return unwrap(row.bucket_key, bucket_key, row.person, row.wrapped)


def identity_of(person: str, opened: Opened) -> Identity:
    plain = envelope.unseal(
        opened.key, opened.identity, person=person, field="identity", version=opened.version
    )
    return _DECODER.decode(plain)


def bucket_of(person: str) -> int:
    """The bucket of a person: any even spread over the ids does."""
    return crc32(person.encode()) % BUCKETS


class RowSealing(Sealing):
    """Gathers the rows of one decision. `known` are the people it may seal something for."""

    def __init__(
        self,
        keys: Keys,
        index: BlindIndex,
        state: IndexState,
        known: Mapping[PersonId, Opened],
        code_expires: int,
    ) -> None:
        self._keys = keys
        self._index = index
        self._state = state
        self._opened = dict(known)
        self._code_expires = code_expires
        self._inserts: list[tuple[Any, dict[str, Any]]] = []
        self._statements: list[Executable] = []
        self._claims: list[tuple[Any, Any]] = []
        self._written_as: set[IndexState] = set()
        self._known = frozenset(known)
        self._sealed_for: set[PersonId] = set()

    def person(self, person: PersonId, identity: Identity, sought: Sought) -> None:
        key, version = envelope.new_key(), envelope.KEY_VERSION
        number, bucket_key = self._keys.current(bucket_of(person))
        sealed = self._seal_identity(person, key, version, identity)
        self._opened[person] = Opened(key, version, sealed)
        row = {
            "person": person,
            "bucket_key": number,
            "version": version,
            "wrapped": wrap(number, bucket_key, person, key),
            "identity": sealed,
        }
        self._inserts.append((sealed_person, row))
        self._find_by(person, sought)

    def completion(self, person: PersonId, identity: Identity, sought: Sought) -> None:
        opened = self._opened.get(person)
        if opened is None:
            return  # erased meanwhile, which the decision notices
        known = identity_of(person, opened)
        news = {
            field: getattr(identity, field)
            for field in identity.__struct_fields__
            if getattr(known, field) is None
        }
        self._reseal(person, opened, msgspec.structs.replace(known, **news))
        self._find_by(person, sought)

    def correction(self, person: PersonId, identity: Identity, sought: Sought | None = None) -> None:
        opened = self._opened.get(person)
        if opened is None:
            return
        self._reseal(person, opened, identity)
        if sought is None:
            return
        kept = [key for _, key, _ in sought.entries]
        former = delete(blind_index).where(blind_index.c.person == person, blind_index.c.key.not_in(kept))
        self._statements.append(former)
        self._find_by(person, sought)

    def code(self, code_: str, *, kind: str, subject: str, person: PersonId) -> None:
        opened = self._opened.get(person)
        if opened is None:
            return
        self._sealed_for.add(person)
        sealed = envelope.seal(
            opened.key, code_.encode(), person=person, field=f"code:{subject}", version=opened.version
        )
        self._written_as.add(self._state)
        for _, key, generation in self._index.code(code_, self._state):
            row = {
                "key": key,
                "kind": kind,
                "subject": subject,
                "person": person,
                "sealed": sealed,
                "expires": self._code_expires,
                "generation": generation,
            }
            self._inserts.append((code, row))
            self._claims.append((code.c.key, key))

    def note(self, note_: str, *, subject: str, person: PersonId) -> None:
        opened = self._opened.get(person)
        if opened is None:
            return
        self._sealed_for.add(person)
        identifier = uuid4().hex
        sealed = envelope.seal(
            opened.key, note_.encode(), person=person, field=f"note:{identifier}", version=opened.version
        )
        row = {"id": identifier, "subject": subject, "person": person, "sealed": sealed}
        self._inserts.append((note, row))

    def own_key(self, ref: PersonId) -> None:
        self.person(ref, Identity(name=""), Sought(None, index_state=self._state))

    def rows(self) -> Rows:
        """They need the index to be written as it was when they were made: see `rotating.py`; and whoever was
        known to be there still: of somebody erased meanwhile nothing is to be kept, readable or not."""
        needs: list[tuple[Any, Any]] = [(index_state.c.number, state) for state in self._written_as]
        needs += [(sealed_person.c.person, one) for one in sorted(self._sealed_for & self._known)]
        return Rows(self._inserts, self._statements, self._claims, needs)

    def _seal_identity(self, person: str, key: bytes, version: int, identity: Identity) -> bytes:
        plain = _ENCODER.encode(identity)
        return envelope.seal(key, plain, person=person, field="identity", version=version)

    def _reseal(self, person: PersonId, opened: Opened, identity: Identity) -> None:
        sealed = self._seal_identity(person, opened.key, opened.version, identity)
        change = update(sealed_person).where(sealed_person.c.person == person)
        self._statements.append(change.values(identity=sealed))

    def _find_by(self, person: PersonId, sought: Sought) -> None:
        self._written_as.add(sought.index_state)
        for kind, key, generation in sought.missing:
            row = {"key": key, "kind": kind, "person": person, "generation": generation}
            self._inserts.append((blind_index, row))
            self._claims.append((blind_index.c.key, key))
