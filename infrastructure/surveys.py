"""Connected forms, and what came in by them: recorded, or sealed until what is wrong is mended.

A submission that waits is sealed under the key of the organizer who keeps the connection, and goes
once it was recorded, or waited for too long (`form_submissions`). Its instance is known by a keyed hash.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    case,
    delete,
    insert,
    select,
    update,
)

from application.actors import LISTS
from application.ids import new_id
from application.ports import Identity, Unsealable
from application.surveys.keeping import OPEN, Came, CameBy, Kept, Open, Placed, State, Surveys
from application.surveys.payloads import Instance
from domain.lists import ListId
from domain.model import PersonId, Refused, UnitId
from domain.names import fold
from domain.surveys import Source, Tells
from infrastructure import form_instances, form_submissions, form_versions
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.connected import connection, submission, version
from infrastructure.database import Database
from infrastructure.form_versions import Group, Names
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.tables import receipt
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.lists.spool import names_one_of
from infrastructure.turns import Turns
from infrastructure.vault.vault import NobodySealed, SealedVault

MOST_FIELDS: Final = 500

BEGINS: Final = "lantoa_form_"
"""Every key of a connection does, so that scanners recognise one that was published by mistake."""


class KeptSurveys(Surveys):
    def __init__(
        self,
        database: Database,
        writer: Writer,
        vault: SealedVault,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._writer = writer
        self._vault = vault
        self._clock = clock
        self._turns = Turns(database)

    def connecting(self, kept: Kept) -> tuple[str, Rows]:
        secret = BEGINS + new_token(256)
        row = {
            "id": kept.id,
            "unit": kept.unit,
            "source": kept.source.value,
            "tells": kept.tells.value,
            "name": kept.name,
            "secret": hashed(secret),
            "keeper": kept.keeper,
            "columns": "{}",
            "fields": "[]",
            "created": micros(kept.created),
            "seen": None,
            "ended": None,
            "listed": True,
        }
        return secret, Rows([(connection, row)])

    def disconnecting(self, connection_: ListId) -> Rows:
        """What waits goes with it, and what told its versions apart: no edit comes any more."""
        ended = update(connection).where(connection.c.id == connection_, connection.c.ended.is_(None))
        waiting = delete(submission).where(
            submission.c.connection == connection_, submission.c.state.in_(_OPEN)
        )
        versions = delete(version).where(version.c.connection == connection_)
        return Rows(statements=[ended.values(ended=micros(self._clock())), waiting, versions])

    def find(self, connection_: str) -> Kept | None:
        with self._database.reading() as db:
            row = db.execute(select(connection).where(connection.c.id == connection_)).first()
        return None if row is None else _kept(row)

    def every(self) -> Sequence[Kept]:
        query = select(connection).order_by(connection.c.created.desc(), connection.c.id)
        with self._database.reading() as db:
            return [_kept(row) for row in db.execute(query)]

    def by_secret(self, connection_: str, secret: str) -> Kept | None:
        with self._database.reading() as db:
            row = db.execute(select(connection).where(connection.c.id == connection_)).first()
        known = _NOBODYS if row is None else bytes(row.secret)
        fits = compare_digest(known, hashed(secret))
        return _kept(row) if fits and row is not None else None

    async def set_columns(self, connection_: ListId, columns: Mapping[str, str], keeper: PersonId) -> None:
        change = update(connection).where(connection.c.id == connection_)
        change = change.values(columns=json.dumps(dict(columns)), keeper=keeper)
        await self._writer.writing(lambda db: db.execute(change).rowcount)

    async def place(self, kept: Kept, came: Instance) -> Placed:
        names, now, anywhere = self._names(kept, came), micros(self._clock()), self._anywhere(came.named)

        def note(db: Connection) -> Group:
            group = form_versions.place(db, kept.id, names, now)
            form_instances.came(db, kept.id, anywhere)
            return group

        return _placed(names, await self._writer.writing(note))

    def look_up(self, kept: Kept, came: Instance) -> Placed | None:
        names = self._names(kept, came)
        with self._database.reading() as db:
            group = form_versions.find(db, kept.id, names)
        return None if group is None else _placed(names, group)

    async def done(self, kept: Kept, came: Instance, told: str | None) -> None:
        name = None if told is None else bytes.fromhex(told)
        own = self._named(kept, came.version or came.instance)
        anywhere = self._anywhere(one for one in (came.instance, came.version) if one)

        def note(db: Connection) -> None:
            form_versions.note(db, kept.id, own, name)
            if name is not None:
                form_instances.recorded(db, kept.id, anywhere, name)

        await self._writer.writing(note)

    async def withdrawn(self, kept: Kept, placed: Placed, told: Sequence[str]) -> None:
        instance, some = bytes.fromhex(placed.instance), [bytes.fromhex(one) for one in told]
        await self._writer.writing(lambda db: form_versions.withdrawn(db, kept.id, instance, some))

    def came_by(self, instances: Iterable[str]) -> Mapping[str, Sequence[CameBy]]:
        some = list(instances)
        named = dict(zip(self._anywhere(some), some, strict=True))
        found: dict[str, list[CameBy]] = {}
        with self._database.reading() as db:
            for name, form, told in form_instances.of(db, named):
                by = CameBy(form, None if told is None else told.hex())
                found.setdefault(named[name], []).append(by)
        return found

    def _anywhere(self, instances: Iterable[str]) -> list[bytes]:
        return [self._vault.content_digest(("instance of any form", one)) for one in instances]

    def _names(self, kept: Kept, came: Instance) -> Names:
        own = self._named(kept, came.version or came.instance)
        return Names(
            own=own,
            root=self._named(kept, came.instance),
            before=self._named(kept, came.before) if came.before else None,
            number=self._named(kept, f"#{came.number}") if came.number else None,
            edits=came.edits,
            rooted=came.rooted,
            whole=came.whole,
        )

    def names(self, kept: Kept, came: Instance) -> Sequence[str]:
        return [self._named(kept, one).hex() for one in came.named]

    def alone(self, placed: Placed) -> AbstractAsyncContextManager[None]:
        return self._turns.of(bytes.fromhex(placed.instance))

    async def note(
        self,
        kept: Kept,
        came: Instance | None,
        state: State,
        refused: Refused | None = None,
        *,
        placed: Placed | None = None,
    ) -> None:
        now = self._clock()
        row = None if came is None or placed is None else self._row(kept, came, placed, state, refused, now)

        def keep(db: Connection) -> None:
            seen = update(connection).where(connection.c.id == kept.id)
            if came is not None:
                seen = seen.values(fields=json.dumps(_fields(db, kept.id, came)))
            db.execute(seen.values(seen=micros(now)))
            if row is not None:
                one = (submission.c.connection == kept.id) & (submission.c.instance == row["instance"])
                db.execute(delete(submission).where(one))
                db.execute(insert(submission), row)
            form_submissions.clear(db, kept.id, now)

        await self._writer.writing(keep)

    def _row(
        self,
        kept: Kept,
        came: Instance,
        placed: Placed,
        state: State,
        refused: Refused | None,
        now: datetime,
    ) -> dict[str, Any]:
        ref = new_id()
        sealed = self._sealed(kept.keeper, ref, came) if state in OPEN else None
        problem = None if refused is None else (type(refused).__name__, refused.details)
        return {
            "connection": kept.id,
            "instance": bytes.fromhex(placed.instance),
            "id": ref,
            "received": micros(now),
            "state": state.value,
            "problem": None if problem is None else json.dumps(problem),
            "person": None if sealed is None else kept.keeper,
            "sealed": sealed,
        }

    def _named(self, kept: Kept, instance: str) -> bytes:
        return self._vault.content_digest(("instance", kept.id, instance))

    def known(self, kept: Kept, some: Sequence[Instance]) -> Sequence[bool]:
        named = [self._named(kept, one.version or one.instance) for one in some]
        with self._database.reading() as db:
            done = set(form_versions.done(db, kept.id, named))
        return [one in done for one in named]

    def submitted(self, ids: Sequence[str]) -> frozenset[str]:
        query = select(receipt.c.submission).where(
            receipt.c.author == LISTS, receipt.c.submission.in_(list(ids))
        )
        with self._database.reading() as db:
            return frozenset(db.execute(query).scalars())

    def _sealed(self, keeper: PersonId, ref: str, came: Instance) -> bytes | None:
        try:
            return self._vault.seal_secret(keeper, f"submission:{ref}", msgspec.msgpack.encode(came))
        except NobodySealed:
            return None  # its keeper was erased: only the problem is told

    def came(self, connection_: ListId, limit: int) -> Sequence[Came]:
        query = select(submission).where(submission.c.connection == connection_)
        c = submission.c
        waits = c.state.in_(_OPEN)
        order = case((waits, 0), else_=1), case((waits, c.received), else_=-c.received), c.id.desc()
        with self._database.reading() as db:
            return [_came(row) for row in db.execute(query.order_by(*order).limit(limit))]

    def open(self) -> Mapping[ListId, Open]:
        with self._database.reading() as db:
            return form_submissions.waiting(db)

    def lapsing(self, since: datetime, before: datetime) -> Mapping[ListId, datetime]:
        with self._database.reading() as db:
            return form_submissions.lapsing(db, since, before)

    def waiting(self, kept: Kept, limit: int) -> Sequence[Instance]:
        query = select(submission).where(
            submission.c.connection == kept.id,
            submission.c.state == State.WAITING.value,
            submission.c.sealed.is_not(None),
        )
        with self._database.reading() as db:
            rows = db.execute(query.order_by(submission.c.received, submission.c.id).limit(limit)).all()
        return [found for row in rows if (found := self._opened(row)) is not None]

    def edit(self, kept: Kept, ref: str) -> Instance | None:
        query = select(submission).where(
            submission.c.connection == kept.id,
            submission.c.id == ref,
            submission.c.state == State.EDITED.value,
            submission.c.sealed.is_not(None),
        )
        with self._database.reading() as db:
            row = db.execute(query).first()
        return None if row is None else self._opened(row)

    def forget(self, people: Iterable[Identity]) -> int:
        """Removes what waits and names one of these people, so that mending it brings nobody back. How
        many. Raises `Unavailable`, `OutcomeUnknown`: then nobody is erased yet either."""
        names = {fold(one.name) for one in people if one.name}
        if not names:
            return 0
        query = select(submission).where(submission.c.sealed.is_not(None))
        with self._database.reading() as db:
            rows = db.execute(query).all()
        found = [row.id for row in rows if (came := self._opened(row)) and _tells_of(came, names)]
        if found:
            gone = delete(submission).where(submission.c.id.in_(found))
            self._writer.write(lambda db: db.execute(gone).rowcount).result()
        return len(found)

    def _opened(self, row: Row[Any]) -> Instance | None:
        try:
            plain = self._vault.open_secret(row.person, f"submission:{row.id}", row.sealed)
        except (NobodySealed, Unsealable):
            return None
        return msgspec.msgpack.decode(plain, type=Instance)

    def aged(self) -> int:
        """How many are older than they are kept."""
        with self._database.reading() as db:
            return form_submissions.aged(db, self._clock())

    async def clear(self) -> int:
        """What waited for too long lapses, and what is listed no more is removed; how many there were."""
        return await self._writer.writing(lambda db: form_submissions.clear_all(db, self._clock()))


def _tells_of(came: Instance, names: set[str]) -> bool:
    rows = [came.fields, *(row for some in came.repeats for row in some)]
    return any(names_one_of(said, names) for row in rows for said in row.values())


def _placed(names: Names, group: Group) -> Placed:
    return Placed(
        instance=group.instance.hex(),
        own=names.own.hex(),
        newest=group.newest == names.own,
        known=names.own in group.done,
        told=tuple(dict.fromkeys(one.hex() for one in group.told.values())),
        holds=group.told[group.newest].hex() if group.newest in group.told else None,
        waits=group.newest not in group.done,
        by_number=names.by_number and names.own != group.instance,
    )


_OPEN: Final = [one.value for one in OPEN]
_NOBODYS: Final = bytes(32)


def _fields(db: Connection, connection_: ListId, came: Instance) -> list[str]:
    """The paths that came so far, those of this instance too."""
    said = db.execute(select(connection.c.fields).where(connection.c.id == connection_)).scalar()
    known = json.loads(said or "[]")
    return list(dict.fromkeys([*known, *came.paths]))[:MOST_FIELDS]


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=ListId(row.id),
        unit=UnitId(row.unit),
        source=Source(row.source),
        tells=Tells(row.tells),
        name=row.name,
        keeper=PersonId(row.keeper),
        columns=json.loads(row.columns),
        fields=tuple(json.loads(row.fields)),
        created=moment(row.created),
        seen=None if row.seen is None else moment(row.seen),
        ended=None if row.ended is None else moment(row.ended),
        listed=bool(row.listed),
    )


def _came(row: Row[Any]) -> Came:
    problem, details = json.loads(row.problem) if row.problem else (None, {})
    state, received = State(row.state), moment(row.received)
    return Came(
        id=row.id,
        received=received,
        state=state,
        problem=problem,
        details=details,
        kept=row.sealed is not None,
        goes=form_submissions.goes_on(received) if state in OPEN else None,
    )
