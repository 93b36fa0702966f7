"""Statements compiled once for all databases of a process: SQLAlchemy keeps what it made of them with each
engine, and each test has new ones, which took a tenth of the tests' time."""

from collections.abc import Iterator, MutableMapping
from typing import Any

MOST = 4_000
"""As many as stay; a whole run has fewer."""


class KeptSql(MutableMapping[Any, Any]):
    """What `create_engine` takes as `compiled_cache`, for engines that say the same of the same statement:
    of one kind of database in one version, with one schema to look in."""

    def __init__(self) -> None:
        self._compiled: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._compiled[self._alike(key)]

    def get(self, key: Any, default: Any = None) -> Any:
        return self._compiled.get(self._alike(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self._compiled) >= MOST:
            self._compiled.clear()
        self._compiled[self._alike(key)] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._compiled[self._alike(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._compiled)

    def __len__(self) -> int:
        return len(self._compiled)

    def _alike(self, key: Any) -> Any:
        dialect, *statement = key
        return type(dialect), dialect.server_version_info, dialect.default_schema_name, *statement
