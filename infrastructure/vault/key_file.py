"""The key file on disk: its form, and how it is replaced so that no crash and no reader meets half of it."""

import fcntl
import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

KEY_BYTES: Final = 32

KeyNumber = int
Generation = int

# The first form held one pepper and no generations. It is still read, and never written again.
_MAGIC_1: Final = b"lantoa keys 1\n"
_MAGIC: Final = b"lantoa keys 2\n"
_COUNT: Final = struct.Struct(">H")
_ENTRY: Final = struct.Struct(f">I{KEY_BYTES}s")
_CHECK_BYTES: Final = hashlib.sha256().digest_size


class KeyFileMissing(Exception):
    """There is no key file at this path: put it back from where its copy is kept
    (`lantoa keys restore`)."""


class KeyFileExists(Exception):
    """There is a key file already; it is never overwritten."""


class KeyFileDamaged(Exception):
    """The key file is not as it was written."""


class KeyFileExposed(Exception):
    """Others than its owner may read the key file: `chmod 600` it."""


class Content(NamedTuple):
    """Bucket keys by number, and the secrets of the blind index by generation, from 0 on."""

    peppers: Mapping[Generation, bytes]
    keys: Mapping[KeyNumber, bytes]


def encode(content: Content) -> bytes:
    entries = b"".join(_ENTRY.pack(number, key) for kind in content for number, key in sorted(kind.items()))
    body = _MAGIC + _COUNT.pack(len(content.peppers)) + entries
    return body + hashlib.sha256(body).digest()


def decode(stored: bytes) -> Content:
    """Raises `KeyFileDamaged`."""
    body, check = stored[:-_CHECK_BYTES], stored[-_CHECK_BYTES:]
    if not hmac.compare_digest(hashlib.sha256(body).digest(), check):
        raise KeyFileDamaged("the key file's check sum is wrong")
    try:
        return _first_form(body) if body.startswith(_MAGIC_1) else _second_form(body)
    except struct.error:
        raise KeyFileDamaged("the key file is not in a form that is known") from None


def _first_form(body: bytes) -> Content:
    start = len(_MAGIC_1) + KEY_BYTES
    return Content({0: body[len(_MAGIC_1) : start]}, dict(_entries(body[start:])))


def _second_form(body: bytes) -> Content:
    if not body.startswith(_MAGIC):
        raise struct.error
    (count,) = _COUNT.unpack_from(body, len(_MAGIC))
    start = len(_MAGIC) + _COUNT.size
    end = start + count * _ENTRY.size
    return Content(dict(_entries(body[start:end])), dict(_entries(body[end:])))


def _entries(packed: bytes) -> Iterator[tuple[int, bytes]]:
    return _ENTRY.iter_unpack(packed)


def create(path: Path, content: Content) -> None:
    """Makes a file where there is none. Raises `KeyFileExists`."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _written_beside(path, encode(content))
    try:
        path.hardlink_to(draft)  # unlike a rename this never replaces a file
    except FileExistsError:
        raise KeyFileExists(str(path)) from None
    finally:
        draft.unlink()
    sync_folder(path.parent)


def replace(path: Path, content: Content) -> None:
    """Puts a changed file in its place, then overwrites what the old one held on disk."""
    with path.open("r+b") as old:
        _written_beside(path, encode(content)).replace(path)
        sync_folder(path.parent)
        _overwrite(old.fileno())


def stamp(path: Path) -> tuple[int, int, int]:
    """Changes whenever the file is replaced. Raises `KeyFileMissing`, `KeyFileExposed`."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for every new person; Path.stat costs twice as much
    except FileNotFoundError:
        raise KeyFileMissing(str(path)) from None
    if status.st_mode & 0o077:
        raise KeyFileExposed(str(path))
    return status.st_ino, status.st_mtime_ns, status.st_size


def clear_drafts(path: Path) -> None:
    """Removes what a crash left of an unfinished change: it holds keys that may be destroyed."""
    for draft in path.parent.glob(f"{_draft_name(path)}*"):
        _destroy(draft)


def set_aside(path: Path) -> Path | None:
    """Moves a file that is there out of the way of another one; where it is now."""
    if not path.exists():
        return None
    return path.rename(path.with_name(f"{path.name}{_ASIDE}{secrets.token_hex(4)}"))


def all_set_aside(path: Path) -> list[Path]:
    """They may hold keys that were destroyed since, so that they must not lie about for long."""
    return sorted(path.parent.glob(f"{path.name}{_ASIDE}*"))


def destroy_set_aside(path: Path) -> int:
    """How many there were."""
    aside = all_set_aside(path)
    for one in aside:
        _destroy(one)
    return len(aside)


_ASIDE: Final = ".set-aside-"


def _destroy(path: Path) -> None:
    with path.open("r+b") as file:
        path.unlink()
        _overwrite(file.fileno())


@contextmanager
def locked(path: Path, *, waiting: bool = True) -> Iterator[None]:
    """One process at a time. Raises BlockingIOError where that is another one, without `waiting`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def _written_beside(path: Path, stored: bytes) -> Path:
    """A synced draft in the same folder, readable by its owner alone."""
    draft = path.with_name(f"{_draft_name(path)}{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(stored)
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


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
