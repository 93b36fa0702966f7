"""Copies of the key file, sealed by a passphrase, to be kept apart from the database's.

A copy is a line that names its form, a line of JSON (whose ledger, when, how the passphrase is
stretched), a nonce with the AES-256-GCM ciphertext bound to both lines, and a SHA-256 of all before.
Sealed in it are the key file and the lists of erasures and of consents that were taken back, which a
restored ledger is held against.
"""

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Meta

from infrastructure.vault import key_file
from infrastructure.vault.key_file import Content
from infrastructure.vault.keys import Fingerprints, fingerprints
from infrastructure.vault.known_keys import lacks

SHORTEST: Final = 12
"""Characters of a passphrase. Guessing costs 128 MB and half a second a try, and there is no end to
the tries: NIST SP 800-63B asks for eight where tries are counted."""

_MAGIC: Final = b"lantoa key backup 1\n"
_NONCE_BYTES: Final = 12
_CHECK_BYTES: Final = hashlib.sha256().digest_size
_LONGEST: Final = 1 << 26


class NotAKeyBackup(Exception):
    """This is not a backup of keys, or not as it was written: it was cut off or edited."""


class WrongPassphrase(Exception):
    """The backup does not open with this passphrase."""


class BackupOfAnotherLedger(Exception):
    """The backup holds the keys of another ledger."""


class BackupTooOld(Exception):
    """The backup lacks keys that were made after it, by which people are sealed: use a newer one."""


class Stretching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """scrypt (RFC 7914), as OWASP recommends it. Bounded, so that no edited file eats the memory."""

    salt: Annotated[bytes, Meta(min_length=16, max_length=64)]
    n: Annotated[int, Meta(ge=1 << 14, le=1 << 18)] = 1 << 17
    r: Annotated[int, Meta(ge=1, le=16)] = 8
    p: Annotated[int, Meta(ge=1, le=8)] = 1


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be read without the passphrase. `made` is microseconds since 1970, UTC."""

    origin: str
    made: int
    scrypt: Stretching


class _Sealed(msgspec.Struct, frozen=True):
    key_file: bytes
    erased: list[str]
    taken_back: list[str] = []


class KeyBackup(msgspec.Struct, frozen=True):
    """An opened one."""

    origin: str
    made: int
    content: Content
    erased: list[str]
    taken_back: list[str]

    @property
    def fingerprints(self) -> Fingerprints:
        return fingerprints(self.content)


def write(
    file: Path,
    passphrase: str,
    *,
    keys: Path,
    origin: str,
    made: int,
    erased: Iterable[str],
    taken_back: Iterable[str] = (),
) -> KeyBackup:
    """Writes a new file (mode 0600), durably, and opens it again to be sure. Raises FileExistsError,
    and what reading the key file raises."""
    key_file.stamp(keys)  # raises where it is missing, or others may read it
    stored = keys.read_bytes()
    key_file.decode(stored)
    head = Head(origin=origin, made=made, scrypt=Stretching(salt=secrets.token_bytes(16)))
    sealed = _seal(head, passphrase, _Sealed(stored, sorted(erased), sorted(taken_back)))
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        key_file.sync_folder(file.parent)
        return read(file, passphrase)
    except BaseException:
        file.unlink()
        raise


def read(file: Path, passphrase: str) -> KeyBackup:
    """Raises `NotAKeyBackup`, `WrongPassphrase`."""
    with file.open("rb") as source:
        stored = source.read(_LONGEST)
    head, bound, sealed = _parted(stored)
    nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        plain = AESGCM(_stretched(passphrase, head.scrypt)).decrypt(nonce, cipher, bound)
    except (InvalidTag, ValueError):
        raise WrongPassphrase(str(file)) from None
    try:
        inside = msgspec.msgpack.decode(plain, type=_Sealed)
        content = key_file.decode(inside.key_file)
    except (msgspec.MsgspecError, key_file.KeyFileDamaged):
        raise NotAKeyBackup(str(file)) from None
    return KeyBackup(
        origin=head.origin,
        made=head.made,
        content=content,
        erased=inside.erased,
        taken_back=inside.taken_back,
    )


def restorable(backup: KeyBackup, *, origin: str, needed: Fingerprints) -> Content:
    """The keys of a backup that the database names, and no others: a key that an erasure or a
    rotation replaced does not come back. Raises `BackupOfAnotherLedger`, `BackupTooOld`."""
    if backup.origin != origin:
        raise BackupOfAnotherLedger
    missing = lacks(needed, backup.fingerprints)
    if any(missing):
        raise BackupTooOld(f"{len(missing.keys) + len(missing.peppers)} of them")
    # A copy from before anybody was sealed, or before peppers had generations, names none yet.
    peppers, keys = (
        {number: key for number, key in of.items() if number in wanted or not wanted}
        for of, wanted in zip(backup.content, (needed.peppers, needed.keys), strict=True)
    )
    return Content(peppers, keys)


def put_in_place(path: Path, content: Content) -> Path | None:
    """Makes the key file. One that is there is set aside, until `key_file.destroy_set_aside`; where it
    is now."""
    aside = key_file.set_aside(path)
    key_file.create(path, content)
    return aside


def _seal(head: Head, passphrase: str, inside: _Sealed) -> bytes:
    bound = _MAGIC + msgspec.json.encode(head) + b"\n"
    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = AESGCM(_stretched(passphrase, head.scrypt))
    body = bound + nonce + cipher.encrypt(nonce, msgspec.msgpack.encode(inside), bound)
    return body + hashlib.sha256(body).digest()


def _parted(stored: bytes) -> tuple[Head, bytes, bytes]:
    """The head, the lines that the ciphertext is bound to, and nonce with ciphertext."""
    body, check = stored[:-_CHECK_BYTES], stored[-_CHECK_BYTES:]
    if not body.startswith(_MAGIC) or not hmac.compare_digest(hashlib.sha256(body).digest(), check):
        raise NotAKeyBackup
    line, _, sealed = body[len(_MAGIC) :].partition(b"\n")
    try:
        head = msgspec.json.decode(line, type=Head)
    except msgspec.MsgspecError:
        raise NotAKeyBackup from None
    return head, body[: len(_MAGIC) + len(line) + 1], sealed


def _stretched(passphrase: str, how: Stretching) -> bytes:
    # The same letters may be typed as other code points by another keyboard.
    words = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=how.salt, length=32, n=how.n, r=how.r, p=how.p).derive(words)
