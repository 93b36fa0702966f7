"""What a read model is: tables, and how facts change them. And a copy of some, projected together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final, TypeVar, cast

import msgspec
from sqlalchemy import Connection, MetaData, Table, quoted_name

from application.ports import Recorded
from domain.model import Boundary, Fact
from infrastructure.read_models.rows import R, Rows

M = TypeVar("M", bound="Model")


class Model:
    """One read model: a file with its tables, how facts change them, and the questions they answer.

    `change` sees each fact of the kinds in `facts` in order of position, once the models it `needs`
    have seen it; `prefetch` may load the rows a batch will touch; `settle` ends a batch. A change
    may read only rows of its own and models it needs, so that every copy comes out the same.
    A new `version` (with new table names) makes the model be built anew.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[Table, ...]]
    needs: ClassVar[tuple[type["Model"], ...]] = ()
    facts: ClassVar[tuple[type[Fact], ...]]

    def __init__(self, copy: "Copy") -> None:
        self.copy = copy

    def begin(self) -> None:
        """The first batch of this process begins: loads what is held in memory."""

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        """Loads the rows that these facts (of the kinds in `facts`) will touch."""

    def change(self, position: int, fact: Fact, /) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        """The batch ends: brings its rows up to date with what gathered."""


class Copy:
    """Some read models, projected together: their rows, and the connection of the batch.

    The live copy holds the tables that questions are asked of. A rebuild fills a second copy
    beside it, whose tables bear a suffix, and takes its place.
    """

    def __init__(
        self,
        models: Sequence[type[Model]],
        history: Callable[[Boundary], Iterable[Recorded]],
        *,
        suffix: str = "",
        breathe: Callable[[], object] = lambda: None,
    ) -> None:
        self.history = history
        self.suffix = suffix
        self.breathe = breathe
        """Called every few rows, so that a long batch may let others have their turn."""
        self._tables = _copies(tuple(models), suffix)
        self.kinds = frozenset(kind for model in models for kind in model.facts)
        self._rows: dict[str, list[Rows[Any]]] = {}
        self._db: Connection | None = None
        self._begun = False
        self._models: dict[type[Model], Model] = {}
        for kind in models:
            self._owner = kind.name
            self._models[kind] = kind(self)
        self.models: tuple[Model, ...] = tuple(self._models.values())

    def model(self, kind: type[M]) -> M:
        return cast("M", self._models[kind])

    def holds(self, kind: type[Model]) -> bool:
        return kind in self._models

    def table(self, table: Table) -> Table:
        """This copy's own of a table."""
        return self._tables[table.name]

    def rows(
        self, table: Table, kind: type[R], *, fixed: Iterable[str] = (), kept: int | None = None
    ) -> Rows[R]:
        size = {} if kept is None else {"kept": kept}
        rows = Rows(self.table(table), kind, fixed=fixed, breathe=self.breathe, **size)
        self._rows.setdefault(self._owner, []).append(rows)
        return rows

    @property
    def db(self) -> Connection:
        if self._db is None:
            raise RuntimeError("a copy is used inside a batch")
        return self._db

    def create(self, db: Connection) -> None:
        """Makes this copy's tables, empty where a rebuild was once broken off."""
        for table in self._tables.values():
            if self.suffix:
                table.drop(db, checkfirst=True)
            table.create(db, checkfirst=True)

    def bind(self, db: Connection) -> None:
        self._db = db
        for rows in self._all_rows():
            rows.bind(db)
        if not self._begun:
            for model in self.models:
                model.begin()
            self._begun = True

    def flush(self, model: Model) -> None:
        """Writes the rows of a model."""
        for rows in self._rows.get(model.name, ()):
            rows.flush()

    def trim(self) -> None:
        """Forgets rows where they have become too many to be kept in memory."""
        for rows in self._all_rows():
            rows.trim()

    def _all_rows(self) -> Iterable[Rows[Any]]:
        return (rows for owned in self._rows.values() for rows in owned)


def closure(models: Iterable[type[Model]]) -> tuple[type[Model], ...]:
    """These models and all they need, in the order in which they take in a fact."""
    found: dict[type[Model], None] = {}

    def visit(model: type[Model]) -> None:
        for needed in model.needs:
            visit(needed)
        found[model] = None

    for model in models:
        visit(model)
    return tuple(found)


@lru_cache(maxsize=8)  # a rebuild asks twice and again where a batch failed; some fifty tables take 20 ms
def _copies(models: tuple[type[Model], ...], suffix: str) -> Mapping[str, Table]:
    originals = {table.name: table for model in models for table in model.tables}
    if not suffix:
        return originals
    beside = MetaData()
    copies = {}
    for name, table in originals.items():
        copy = table.to_metadata(beside, name=name + suffix)
        for index in copy.indexes:
            # Renaming a table leaves the names of its indexes, so they differ from copy to copy.
            index.name = quoted_name(f"{index.name}{suffix}", quote=None)
        copies[name] = copy
    return copies


_ENCODER: Final = msgspec.json.Encoder()


def packed(value: object) -> str:
    """A JSON column's text."""
    return _ENCODER.encode(value).decode()
