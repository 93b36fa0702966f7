"""The key file: 4,096 bucket keys, which wrap the keys of people, and one pepper.

The file is made once, by `lantoa init`, and never made again: without it the names in the
vault are lost, so a missing file refuses to start. A bucket key has a number; its bucket is
the number modulo 4,096, and its successor after an erasure bears the number plus 4,096.
Old numbers are removed from the file when nothing in the database is wrapped by them.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

BUCKETS: Final = 4_096
KEY_BYTES: Final = 32

_MAGIC: Final = b"lantoa keys 1\n"
_ENTRY: Final = struct.Struct(f">I{KEY_BYTES}s")
_CHECK_BYTES: Final = hashlib.sha256().digest_size

LOOK_AGAIN: Final = 0.05

KeyNumber = int


class KeyFileMissing(Exception):
    """There is no key file at this path: put it back from where its copy is kept."""


class KeyFileExists(Exception):
    """There is a key file already; it is never overwritten."""


class KeyFileDamaged(Exception):
    """The key file is not as it was written."""


class KeyFileExposed(Exception):
    """Others than its owner may read the key file: `chmod 600` it."""


class KeyFileOfAnotherLedger(Exception):
    """The key file does not hold the keys that this database was sealed with: put back the one of
    its time."""


def path_in(home: Path) -> Path:
    return home / "keys" / "vault.keys"


class Keys:
    """The keys in the file, kept up with it: another process may renew or destroy some."""

    def __init__(self, path: Path) -> None:
        """Raises `KeyFileMissing`, `KeyFileDamaged`, `KeyFileExposed`."""
        self._path = path
        self._lock = threading.Lock()
        self._looked = 0.0
        self._load()

    @classmethod
    def create(cls, path: Path) -> "Keys":
        """Makes a new file with new keys. Raises `KeyFileExists`."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = secrets.token_bytes(BUCKETS * KEY_BYTES)
        keys = {number: fresh[number * KEY_BYTES : (number + 1) * KEY_BYTES] for number in range(BUCKETS)}
        content = _encode(secrets.token_bytes(KEY_BYTES), keys)
        draft = _written_beside(path, content)
        try:
            path.hardlink_to(draft)  # unlike a rename this never replaces a file
        except FileExistsError:
            raise KeyFileExists(str(path)) from None
        finally:
            draft.unlink()
        _sync_folder(path.parent)
        return cls(path)

    def pepper(self, purpose: str) -> bytes:
        """A key for keyed hashes of one purpose; it never changes."""
        return hashlib.blake2b(purpose.encode(), key=self._pepper, digest_size=KEY_BYTES).digest()

    def current(self, bucket: int) -> tuple[KeyNumber, bytes]:
        """The key that new people of a bucket are wrapped by: the oldest there is. A successor
        in the file waits for an erasure that is not committed yet, and perhaps never will be."""
        self._follow_file()
        number = self._current[bucket]
        return number, self._keys[number]

    def changing(self) -> bool:
        """Whether some bucket has a successor: an erasure is under way, or was cut short."""
        self._follow_file()
        return len(self._keys) > BUCKETS

    def key(self, number: KeyNumber) -> bytes | None:
        """A key by its number; None for one that was destroyed."""
        if number not in self._keys:
            with self._lock:
                self._load()
        return self._keys.get(number)

    def numbers(self) -> Iterable[KeyNumber]:
        self._follow_file()
        return tuple(self._keys)

    def fingerprint(self, number: KeyNumber) -> bytes:
        """What the database keeps of a key, to notice a file of another ledger."""
        return hashlib.blake2b(b"fingerprint", key=self._keys[number], digest_size=16).digest()

    def renew(self, number: KeyNumber) -> tuple[KeyNumber, bytes]:
        """The successor of a key: durably in the file when this returns."""
        successor = number + BUCKETS

        def change(keys: dict[KeyNumber, bytes]) -> None:
            keys.setdefault(successor, secrets.token_bytes(KEY_BYTES))

        self._rewrite(change)
        return successor, self._keys[successor]

    def destroy(self, numbers: Iterable[KeyNumber]) -> None:
        """Removes keys for ever. Every copy of what they wrapped is unreadable from then on."""
        doomed = set(numbers) & set(self._keys)
        if not doomed:
            return

        def change(keys: dict[KeyNumber, bytes]) -> None:
            for number in doomed:
                keys.pop(number, None)

        self._rewrite(change)

    def clear_drafts(self) -> None:
        """Removes what a crash left of an unfinished change: it holds keys that may be destroyed."""
        with self._lock, _locked(self._path.with_suffix(".lock")):
            for draft in self._path.parent.glob(f"{_draft_name(self._path)}*"):
                with draft.open("r+b") as file:
                    draft.unlink()
                    _overwrite(file.fileno())

    def _rewrite(self, change: Callable[[dict[KeyNumber, bytes]], None]) -> None:
        """Replaces the file by a changed one, then overwrites what the old one held on disk."""
        with self._lock, _locked(self._path.with_suffix(".lock")):
            self._load()
            keys = dict(self._keys)
            change(keys)
            if keys == self._keys:
                return
            content = _encode(self._pepper, keys)
            with self._path.open("r+b") as old:
                _written_beside(self._path, content).replace(self._path)
                _sync_folder(self._path.parent)
                _overwrite(old.fileno())
            self._load()

    def _follow_file(self) -> None:
        """Looks at most every `LOOK_AGAIN` seconds: whoever seals under an outdated key is `Stale`,
        and by the time of another attempt the new key is known."""
        now = time.monotonic()
        if now - self._looked < LOOK_AGAIN:
            return
        self._looked = now
        if _stamp(self._path) != self._stamp:
            with self._lock:
                self._load()

    def _load(self) -> None:
        stamp = _stamp(self._path)
        content = self._path.read_bytes()
        self._pepper, self._keys = _decode(content)
        self._current = {number % BUCKETS: number for number in sorted(self._keys, reverse=True)}
        if len(self._current) != BUCKETS:
            raise KeyFileDamaged(str(self._path))
        self._stamp = stamp
        self._looked = time.monotonic()


def _stamp(path: Path) -> tuple[int, int, int]:
    """Changes whenever the file is replaced. Raises `KeyFileMissing`, `KeyFileExposed`."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for every new person; Path.stat costs twice as much
    except FileNotFoundError:
        raise KeyFileMissing(str(path)) from None
    if status.st_mode & 0o077:
        raise KeyFileExposed(str(path))
    return status.st_ino, status.st_mtime_ns, status.st_size


def _encode(pepper: bytes, keys: dict[KeyNumber, bytes]) -> bytes:
    entries = b"".join(_ENTRY.pack(number, key) for number, key in sorted(keys.items()))
    content = _MAGIC + pepper + entries
    return content + hashlib.sha256(content).digest()


def _decode(content: bytes) -> tuple[bytes, dict[KeyNumber, bytes]]:
    body, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
    entries = body[len(_MAGIC) + KEY_BYTES :]
    whole = body.startswith(_MAGIC) and len(entries) % _ENTRY.size == 0
    if not whole or not hmac.compare_digest(hashlib.sha256(body).digest(), check):
        raise KeyFileDamaged("the key file's check sum is wrong")
    pepper = body[len(_MAGIC) : len(_MAGIC) + KEY_BYTES]
    return pepper, {number: key for number, key in _ENTRY.iter_unpack(entries)}  # noqa: C416


def _written_beside(path: Path, content: bytes) -> Path:
    """A synced draft in the same folder, readable by its owner alone."""
    draft = path.with_name(f"{_draft_name(path)}{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink()
        raise
    return draft


def _draft_name(path: Path) -> str:
    return f".{path.name}."


def _overwrite(descriptor: int) -> None:
    """As far as a file system lets a program do that: the blocks that held the old keys."""
    size = os.fstat(descriptor).st_size
    os.pwrite(descriptor, bytes(size), 0)
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time changes the key file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
