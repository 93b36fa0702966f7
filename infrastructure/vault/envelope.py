"""Sealing: AES-256-GCM, bound to whose it is, which field, and the version of the key.

A sealed value is one byte of format, 12 bytes of nonce, and the ciphertext with its tag.
Nonces are random; a person's key seals at most some hundred values, a bucket key wraps at
most some ten thousand keys, far below the 2^32 that NIST SP 800-38D allows.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import Unsealable
from infrastructure.vault.entropy import random_bytes

__all__ = ["KEY_BYTES", "KEY_VERSION", "Unsealable", "new_key", "seal", "unseal"]

KEY_BYTES: Final = 32
KEY_VERSION: Final = 1
"""Of people's keys: rises where a person's data is sealed anew under a new key."""

_FORMAT: Final = b"\x01"
_NONCE_BYTES: Final = 12


def new_key() -> bytes:
    return random_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, *, person: str, field: str, version: int) -> bytes:
    nonce = random_bytes(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(person, field, version))


def unseal(key: bytes, sealed: bytes, *, person: str, field: str, version: int) -> bytes:
    """Raises `Unsealable`."""
    nonce, cipher = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _FORMAT:
        raise Unsealable(field)
    try:
        return AESGCM(key).decrypt(nonce, cipher, _bound_to(person, field, version))
    except (InvalidTag, ValueError):
        raise Unsealable(field) from None


def _bound_to(person: str, field: str, version: int) -> bytes:
    return f"{person}\n{field}\n{version}".encode()
