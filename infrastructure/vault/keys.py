"""The key file: 4,096 bucket keys, which wrap the keys of people, and the peppers of the blind index.

The file is made once, by `lantoa init`, and never made again: without it the names in the
vault are lost, so a missing file refuses to start. A bucket key has a number; its bucket is
the number modulo 4,096, and its successor after an erasure or a rotation bears the number plus
4,096. Old numbers are removed from the file when nothing in the database is wrapped by them.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from infrastructure.vault import key_file
from infrastructure.vault.key_file import (
    KEY_BYTES,
    Content,
    Generation,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileExposed,
    KeyFileMissing,
    KeyNumber,
)

__all__ = [
    "BUCKETS",
    "KEY_BYTES",
    "LOOK_AGAIN",
    "AlreadyRotating",
    "Fingerprints",
    "Generation",
    "KeyFileDamaged",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyFileMissing",
    "KeyFileOfAnotherLedger",
    "KeyNumber",
    "Keys",
    "path_in",
]

BUCKETS: Final = 4_096

LOOK_AGAIN: Final = 0.05
"""Seconds for which a process may not know what another one changed."""

_FINGERPRINT_BYTES: Final = 16


class Fingerprints(NamedTuple):
    """What tells bucket keys by number, and peppers by generation, without telling anything of them."""

    keys: Mapping[KeyNumber, bytes]
    peppers: Mapping[Generation, bytes]


class KeyFileOfAnotherLedger(Exception):
    """The key file does not hold the keys that this database was sealed with: put back the one of
    its time (`lantoa keys restore`)."""


class AlreadyRotating(Exception):
    """Keys are being rotated by another process just now."""


def path_in(home: Path) -> Path:
    return home / "keys" / "vault.keys"


class _Held(NamedTuple):
    """What the file held when it was last read. One object, because threads read it while another
    one reads the file anew."""

    content: Content
    current: dict[int, KeyNumber]
    stamp: tuple[int, int, int]


class Keys:
    """The keys in the file, kept up with it: another process may renew or destroy some."""

    def __init__(self, path: Path) -> None:
        """Raises `KeyFileMissing`, `KeyFileDamaged`, `KeyFileExposed`."""
        self._path = path
        self._lock = threading.Lock()
        self._looked = 0.0
        self._held = self._load()

    @classmethod
    def create(cls, path: Path) -> "Keys":
        """Makes a new file with new keys. Raises `KeyFileExists`."""
        fresh = secrets.token_bytes(BUCKETS * KEY_BYTES)
        keys = {number: fresh[number * KEY_BYTES : (number + 1) * KEY_BYTES] for number in range(BUCKETS)}
        key_file.create(path, Content({0: secrets.token_bytes(KEY_BYTES)}, keys))
        return cls(path)

    def pepper(self, purpose: str, generation: Generation = 0) -> bytes:
        """A key for keyed hashes of one purpose and one generation; it never changes."""
        return hashlib.blake2b(purpose.encode(), key=self._pepper(generation), digest_size=KEY_BYTES).digest()

    def add_pepper(self, generation: Generation) -> None:
        """A secret under this generation, durably in the file when this returns. One that is there
        already stays: other processes may have read it."""

        def change(content: Content) -> Content:
            fresh = {generation: secrets.token_bytes(KEY_BYTES)}
            return content._replace(peppers={**fresh, **content.peppers})

        self._rewrite(change)

    def current(self, bucket: int) -> tuple[KeyNumber, bytes]:
        """The key that new people of a bucket are wrapped by: the oldest there is. A successor
        in the file waits for an erasure that is not committed yet, and perhaps never will be."""
        self._follow_file()
        held = self._held
        number = held.current[bucket]
        return number, held.content.keys[number]

    def changing(self) -> bool:
        """Whether some bucket has a successor: keys are being renewed, or that was cut short."""
        self._follow_file()
        return len(self._held.content.keys) > BUCKETS

    def key(self, number: KeyNumber) -> bytes | None:
        """A key by its number; None for one that was destroyed."""
        if number not in self._held.content.keys:
            self._read_again()
        return self._held.content.keys.get(number)

    def numbers(self) -> Iterable[KeyNumber]:
        self._follow_file()
        return tuple(self._held.content.keys)

    def fingerprint(self, number: KeyNumber) -> bytes:
        """What the database keeps of a key, to notice a file of another ledger."""
        return fingerprint(self._held.content.keys[number])

    def known(self) -> Fingerprints:
        """The same of all that is in the file now."""
        self._read_again()
        return fingerprints(self._held.content)

    def renew(self, *numbers: KeyNumber) -> dict[KeyNumber, bytes]:
        """The successors of keys: durably in the file when this returns."""
        successors = [number + BUCKETS for number in numbers]

        def change(content: Content) -> Content:
            fresh = {new: secrets.token_bytes(KEY_BYTES) for new in successors if new not in content.keys}
            return content._replace(keys={**content.keys, **fresh})

        held = self._rewrite(change)
        return {new: held.keys[new] for new in successors}

    def destroy(self, numbers: Iterable[KeyNumber]) -> None:
        """Removes keys for ever. Every copy of what they wrapped is unreadable from then on."""
        doomed = set(numbers) & set(self._held.content.keys)
        if not doomed:
            return

        def change(content: Content) -> Content:
            return content._replace(
                keys={number: key for number, key in content.keys.items() if number not in doomed}
            )

        self._rewrite(change)

    def clear_drafts(self) -> None:
        """Removes what a crash left of an unfinished change: it holds keys that may be destroyed."""
        with self._lock, key_file.locked(self._path.with_suffix(".lock")):
            key_file.clear_drafts(self._path)

    @contextmanager
    def rotating(self) -> Iterator[None]:
        """One process at a time rotates; a crash ends that. Raises `AlreadyRotating`."""
        try:
            with key_file.locked(self._path.with_suffix(".rotating"), waiting=False):
                yield
        except BlockingIOError:
            raise AlreadyRotating(str(self._path)) from None

    def _pepper(self, generation: Generation) -> bytes:
        if generation not in self._held.content.peppers:
            self._read_again()
        try:
            return self._held.content.peppers[generation]
        except KeyError:
            raise KeyFileOfAnotherLedger(f"no pepper {generation}") from None

    def _rewrite(self, change: Callable[[Content], Content]) -> Content:
        with self._lock, key_file.locked(self._path.with_suffix(".lock")):
            before = self._load().content
            after = change(before)
            if after != before:
                key_file.replace(self._path, after)
            self._held = self._load()
            return self._held.content

    def _follow_file(self) -> None:
        """Looks at most every `LOOK_AGAIN` seconds: whoever seals under an outdated key is `Stale`,
        and by the time of another attempt the new key is known."""
        now = time.monotonic()
        if now - self._looked < LOOK_AGAIN:
            return
        self._looked = now
        if key_file.stamp(self._path) != self._held.stamp:
            self._read_again()

    def _read_again(self) -> None:
        with self._lock:
            self._held = self._load()

    def _load(self) -> _Held:
        stamp = key_file.stamp(self._path)
        content = key_file.decode(self._path.read_bytes())
        current = {number % BUCKETS: number for number in sorted(content.keys, reverse=True)}
        if len(current) != BUCKETS or 0 not in content.peppers:
            raise KeyFileDamaged(str(self._path))
        self._looked = time.monotonic()
        return _Held(content, current, stamp)


def fingerprints(content: Content) -> Fingerprints:
    keys, peppers = (
        {number: fingerprint(key) for number, key in kind.items()} for kind in (content.keys, content.peppers)
    )
    return Fingerprints(keys, peppers)


def fingerprint(key: bytes) -> bytes:
    return hashlib.blake2b(b"fingerprint", key=key, digest_size=_FINGERPRINT_BYTES).digest()
