"""Finding a person or a code again without storing what is looked for: keyed hashes.

A phone number or a name could be found from a plain hash by trying them all; with a key
that is not in the database this cannot be done. Each kind of index has a pepper of its own, so
that entries of different kinds cannot be compared. The keyed hash is BLAKE2b's own (RFC 7693);
HMAC would serve as well, but OpenSSL's hands the interpreter over at each call.

Peppers have generations. An entry of generation 1 is the keyed hash of the entry of generation 0,
and so on: the index can be carried over to a new pepper without what it was made from (the commune
or the ambassador that a name was known in need not be known any more). Whoever learned the old
pepper can try names on the old index only. A number says which generations are written and looked
up: 2g is g alone; 2g + 1, while the index is rotated, g and g + 1 (see `rotating.py`).
"""

import hashlib
from typing import Final

from application.ports import Identity
from domain.model import PersonId, UnitId
from domain.names import fold
from infrastructure.vault.keys import Generation, Keys

PHONE: Final = "phone"
BORN: Final = "born"
NAMED: Final = "named"
CODE: Final = "code"
_CONTENT: Final = "content"

_BYTES: Final = 16
"""128 bits: among 100 million entries two would meet with a chance of 10^-23."""

Entry = tuple[str, bytes, Generation]
"""A kind of index, the key of one entry in it, and the pepper's generation."""

IndexState = int
"""Which generations are written: see above."""


def generations(state: IndexState) -> range:
    """Those that are written and looked up, the older first."""
    return range(state // 2, (state + 1) // 2 + 1)


class BlindIndex:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._peppers: dict[tuple[str, Generation], bytes] = {}
        self._content = keys.pepper(_CONTENT)

    def entries(
        self, identity: Identity, unit: UnitId, known_to: PersonId, state: IndexState
    ) -> tuple[Entry, ...]:
        """Under what this identity can be found, the most certain first.

        A phone is shared in families, so it counts together with the name; a name is shared in
        communes, so it counts together with the birth year. With neither, a name is whomever
        the same person means by it in the same unit.
        """
        name = fold(identity.name)
        entries: list[Entry] = []
        if identity.phone is not None:
            entries += self._entries(state, PHONE, identity.phone, name)
        if identity.birth_year is not None:
            entries += self._entries(state, BORN, unit, str(identity.birth_year), name)
        if not entries:
            entries += self._entries(state, NAMED, unit, known_to, name)
        return tuple(entries)

    def code(self, code: str, state: IndexState) -> list[Entry]:
        return self._entries(state, CODE, code)

    def content(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._content, digest_size=32).digest()

    def carried_over(self, kind: str, key: bytes, to: Generation) -> bytes:
        """The key of an entry of the generation before, in the next one."""
        return self._hash(kind, key, to)

    def _entries(self, state: IndexState, kind: str, *parts: str) -> list[Entry]:
        wanted = generations(state)
        key = "\n".join(parts).encode()
        entries = []
        for generation in range(wanted.stop):
            key = self._hash(kind, key, generation)
            if generation in wanted:
                entries.append((kind, key, generation))
        return entries

    def _hash(self, kind: str, text: bytes, generation: Generation) -> bytes:
        pepper = self._peppers.get((kind, generation))
        if pepper is None:
            pepper = self._peppers[kind, generation] = self._keys.pepper(kind, generation)
        return hashlib.blake2b(text, key=pepper, digest_size=_BYTES).digest()
