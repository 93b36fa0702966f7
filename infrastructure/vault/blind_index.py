"""Finding a person or a code again without storing what is looked for: keyed hashes.

A phone number or a name could be found from a plain hash by trying them all; with a key
that is not in the database this cannot be done. Each kind of index has a key of its own, so
that entries of different kinds cannot be compared. The keyed hash is BLAKE2b's own (RFC 7693);
HMAC would serve as well, but OpenSSL's hands the interpreter over at each call.
"""

import hashlib
from typing import Final

from application.ports import Identity
from domain.model import PersonId, UnitId
from domain.names import fold
from infrastructure.vault.keys import Keys

PHONE: Final = "phone"
BORN: Final = "born"
NAMED: Final = "named"
_CODE: Final = "code"
_CONTENT: Final = "content"

_BYTES: Final = 16
"""128 bits: among 100 million entries two would meet with a chance of 10^-23."""

Entry = tuple[str, bytes]
"""A kind of index and the key of one entry in it."""


class BlindIndex:
    def __init__(self, keys: Keys) -> None:
        self._peppers = {kind: keys.pepper(kind) for kind in (PHONE, BORN, NAMED, _CODE, _CONTENT)}

    def entries(self, identity: Identity, unit: UnitId, known_to: PersonId) -> tuple[Entry, ...]:
        """Under what this identity can be found, the most certain first.

        A phone is shared in families, so it counts together with the name; a name is shared in
        communes, so it counts together with the birth year. With neither, a name is whomever
        the same person means by it in the same unit.
        """
        name = fold(identity.name)
        entries = []
        if identity.phone is not None:
            entries.append(self._entry(PHONE, identity.phone, name))
        if identity.birth_year is not None:
            entries.append(self._entry(BORN, unit, str(identity.birth_year), name))
        if not entries:
            entries.append(self._entry(NAMED, unit, known_to, name))
        return tuple(entries)

    def code(self, code: str) -> bytes:
        return self._hash(_CODE, code)

    def content(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._peppers[_CONTENT], digest_size=32).digest()

    def _entry(self, kind: str, *parts: str) -> Entry:
        return kind, self._hash(kind, *parts)

    def _hash(self, kind: str, *parts: str) -> bytes:
        text = "\n".join(parts).encode()
        return hashlib.blake2b(text, key=self._peppers[kind], digest_size=_BYTES).digest()
