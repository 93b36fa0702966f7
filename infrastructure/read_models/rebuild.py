"""How far the read models have come, and copies of them that change places."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select, text, update

from infrastructure.database import derived
from infrastructure.engines import READ_MODELS_SCHEMA
from infrastructure.read_models.batches import Entry, Parked
from infrastructure.read_models.columns import parked, progress
from infrastructure.read_models.model import Copy, Model

BESIDE: Final = "_beside"
"""Part of the suffix of tables that are being filled; the number of the generation follows."""


class Progress(msgspec.Struct, frozen=True):
    """How far one model has come. `at` is when that fact was recorded, microseconds since 1970;
    `generation` counts its rebuilds."""

    model: str
    version: int
    position: int
    at: int
    generation: int


def prepare(db: Connection, models: Sequence[type[Model]], *, tidying: bool = True) -> list[type[Model]]:
    """Makes what is missing and, with `tidying`, drops what older versions left. Returns the models
    that have to be built: new ones, half built ones, and those of another version than their rows. In
    a database without any yet nothing has to be: they all follow from the first fact."""
    known = {one.model: one for one in standing(db)}
    furthest = max((one.position for one in known.values()), default=0)
    stale = [model for model in models if not _is_current(known.get(model.name), model, furthest)]
    if tidying:
        tidy(db, models)
    make_tables(db)
    for model in stale:
        db.execute(delete(progress).where(progress.c.model == model.name))
        _insert(db, Progress(model.name, model.version, 0, 0, 0))
    db.execute(delete(progress).where(progress.c.model.not_in([model.name for model in models])))
    return stale if known else []


def make_tables(db: Connection) -> None:
    """Makes the tables that are missing, so that whatever is asked has an answer, if an old one."""
    if db.dialect.name == "postgresql":
        db.execute(_ALONE)  # several processes may start at once
    made = _names(db)  # one question, not one for each of them
    if missing := [table for name, table in derived.tables.items() if name not in made]:
        derived.create_all(db, missing, checkfirst=False)


_ALONE: Final = text("SELECT pg_advisory_xact_lock(5498021339)")


def _is_current(one: Progress | None, model: type[Model], furthest: int) -> bool:
    """All models move together: one that stays behind was being built when its process ended."""
    return one is not None and (one.version, one.position) == (model.version, furthest)


def standing(db: Connection, *, lock: bool = False) -> list[Progress]:
    """How far each model has come; with `lock`, nobody else moves them before this transaction ends
    (on SQLite a writing transaction is alone anyway)."""
    query = select(progress).order_by(progress.c.model)
    return [Progress(*row) for row in db.execute(query.with_for_update() if lock else query)]


def advance(db: Connection, models: Sequence[Model], last: Entry) -> None:
    names = [model.name for model in models]
    moved = update(progress).where(progress.c.model.in_(names))
    db.execute(moved.values(position=last.position, at=last.at))


def swap(
    db: Connection, copy: Copy, models: Sequence[type[Model]], last: Entry, errors: Sequence[Parked]
) -> None:
    """Puts the copy's tables in the place of the old ones, with the positions they have come to."""
    generations = {one.model: one.generation for one in standing(db)}
    # All first: to rename one, SQLite goes through the schema of all that are there.
    for model in models:
        for table in model.tables:
            table.drop(db, checkfirst=True)
    for model in models:
        for table in model.tables:
            old, new = copy.table(table).name, table.name
            db.execute(text(f'ALTER TABLE "{old}" RENAME TO "{new}"'))
        db.execute(delete(progress).where(progress.c.model == model.name))
        generation = generations.get(model.name, 0) + 1
        _insert(db, Progress(model.name, model.version, last.position, last.at, generation))
        db.execute(delete(parked).where(parked.c.model == model.name))
    park(db, errors)


def park(db: Connection, errors: Sequence[Parked]) -> None:
    for one in errors:
        db.execute(delete(parked).where(parked.c.model == one.model, parked.c.position == one.position))
        db.execute(insert(parked).values(msgspec.structs.asdict(one)))


def suffix(db: Connection) -> str:
    """Of the next copy's tables and indexes; different each time, since indexes keep their names."""
    latest = db.scalar(select(func.coalesce(func.max(progress.c.generation), 0)))
    return f"{BESIDE}{(latest or 0) + 1}"


def _insert(db: Connection, row: Progress) -> None:
    db.execute(insert(progress).values(msgspec.structs.asdict(row)))


def tidy(db: Connection, models: Sequence[type[Model]]) -> None:
    """Drops tables of older versions, and copies of which the rebuild was broken off. Only while nobody
    else builds one."""
    ours = {table.name for model in models for table in model.tables} | set(derived.tables)
    for name in _names(db) - ours:
        Table(name, MetaData()).drop(db)


def _names(db: Connection) -> set[str]:
    """Of the tables that are there."""
    schema = READ_MODELS_SCHEMA if db.dialect.name == "postgresql" else None
    return set(inspect(db).get_table_names(schema))
