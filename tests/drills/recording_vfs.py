"""A SQLite VFS that records what reaches the files: every write, truncation, deletion and sync.

It stands before the system's own VFS and passes everything on. Written with ctypes against
the library that Python's sqlite3 uses, so that nothing has to be compiled.
https://www.sqlite.org/c3ref/vfs.html, https://www.sqlite.org/c3ref/io_methods.html
"""

import ctypes
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any, NamedTuple

assert sqlite3.sqlite_version  # loads the library that is searched for below


class Write(NamedTuple):
    file: str
    offset: int
    data: bytes


class Truncate(NamedTuple):
    file: str
    size: int


class Sync(NamedTuple):
    file: str


class Delete(NamedTuple):
    file: str


Happened = Write | Truncate | Sync | Delete

Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
Unlink = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
WriteCall = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TruncateCall = CFUNCTYPE(c_int, c_void_p, c_int64)
SyncCall = CFUNCTYPE(c_int, c_void_p, c_int)


class IoMethods(Structure):
    _fields_ = [
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", c_void_p),
        ("xTruncate", c_void_p),
        ("xSync", c_void_p),
        ("others", c_void_p * 13),  # xFileSize ... xUnfetch, passed on as they are
    ]


class File(Structure):
    _fields_ = [("pMethods", POINTER(IoMethods))]


class Vfs(Structure):
    _fields_ = [
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", c_void_p),
        ("xDelete", c_void_p),
        ("others", c_void_p * 16),  # xAccess ... xNextSystemCall
    ]


def record(tell: Callable[[Happened], None]) -> None:
    """From now on `tell` hears, in order, what this process does to the files of SQLite."""
    Recorder(_library(), tell)


class Recorder:
    """Keeps itself alive: SQLite calls it until the process ends."""

    alive: "list[Recorder]" = []  # noqa: RUF012

    def __init__(self, library: ctypes.CDLL, tell: Callable[[Happened], None]) -> None:
        Recorder.alive.append(self)
        library.sqlite3_vfs_find.restype = POINTER(Vfs)
        self._tell = tell
        self._own = library.sqlite3_vfs_find(None)
        self._names: dict[int, str] = {}
        self._methods: dict[int, Any] = {}
        self._calls: list[Any] = []
        self._open = Open(self._own.contents.xOpen)
        self._unlink = Unlink(self._own.contents.xDelete)
        self._vfs = Vfs.from_buffer_copy(self._own.contents)
        self._vfs.zName = b"recording"
        self._vfs.xOpen = self._kept(Open(self._when_opened))
        self._vfs.xDelete = self._kept(Unlink(self._when_deleted))
        library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def _kept(self, call: Any) -> Any:
        self._calls.append(call)
        return ctypes.cast(call, c_void_p)

    def _when_opened(self, vfs: int, path: int, file: int, flags: int, out: Any) -> int:
        done = int(self._open(ctypes.addressof(self._own.contents), path, file, flags, out))
        opened = ctypes.cast(file, POINTER(File)).contents
        if done == 0 and path and opened.pMethods:
            name = ctypes.cast(path, c_char_p).value or b""
            self._names[file] = Path(name.decode()).name
            opened.pMethods = self._recording(opened.pMethods)
        return done

    def _recording(self, methods: Any) -> Any:
        """A copy of the methods that tells before it passes on."""
        address = ctypes.addressof(methods.contents)
        if address not in self._methods:
            copy = IoMethods.from_buffer_copy(methods.contents)
            write, truncate, sync = WriteCall(copy.xWrite), TruncateCall(copy.xTruncate), SyncCall(copy.xSync)

            def when_written(file: int, data: int, size: int, offset: int) -> int:
                self._tell(Write(self._names[file], offset, ctypes.string_at(data, size)))
                return int(write(file, data, size, offset))

            def when_truncated(file: int, size: int) -> int:
                self._tell(Truncate(self._names[file], size))
                return int(truncate(file, size))

            def when_synced(file: int, flags: int) -> int:
                done = int(sync(file, flags))
                self._tell(Sync(self._names[file]))
                return done

            copy.xWrite = self._kept(WriteCall(when_written))
            copy.xTruncate = self._kept(TruncateCall(when_truncated))
            copy.xSync = self._kept(SyncCall(when_synced))
            self._methods[address] = copy
        return ctypes.pointer(self._methods[address])

    def _when_deleted(self, vfs: int, path: bytes, durable: int) -> int:
        self._tell(Delete(Path(path.decode()).name))
        return int(self._unlink(ctypes.addressof(self._own.contents), path, durable))


def _library() -> ctypes.CDLL:
    """The very library that sqlite3 has loaded, or the extension that holds it."""
    import _sqlite3

    mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()}
    loaded = [path for path in mapped if "libsqlite3" in path]
    return ctypes.CDLL(loaded[0] if loaded else _sqlite3.__file__)
