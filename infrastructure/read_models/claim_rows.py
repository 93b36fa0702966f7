"""The claims about all subjects of a kind: the rows they are kept in, and what of them changed in a batch."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, Table, select

from domain.model import PersonId
from infrastructure.database import derived
from infrastructure.read_models.claimed import FAMILY, PERSON, VENDOR, Group, Subject
from infrastructure.read_models.columns import Id
from infrastructure.read_models.people import People
from infrastructure.read_models.rows import Rows


def _claims_table(kind: str) -> Table:
    return Table(
        f"claims_{kind}_v2",
        derived,
        Column("subject", Id, primary_key=True, comment="the id under which it was logged"),
        Column("state", LargeBinary, nullable=False, comment="JSON of `Subject`"),
    )


TABLES: Final = {kind: _claims_table(kind) for kind in (PERSON, VENDOR, FAMILY)}


class ClaimsRow(msgspec.Struct, gc=False):
    subject: str
    state: bytes


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Subject)
_AT_ONCE: Final = 5_000
_NOBODY: Final[frozenset[PersonId]] = frozenset()


class Kind:
    """The subjects of one kind, and what of them changed in this batch."""

    def __init__(self, kind: str, rows: Rows[ClaimsRow], people: People) -> None:
        self.kind = kind
        self.rows = rows
        self.people = people
        self.subjects: dict[str, Subject] = {}
        self.changed: dict[str, None] = {}
        self.before: dict[str, list[dict[Any, int]]] = {}
        """By today's subject: what each counting model had counted of it when the batch began."""

    def load(self, subjects: Iterable[str]) -> None:
        missing = [subject for subject in subjects if subject not in self.subjects]
        self.rows.load(missing)
        for subject in missing:
            if (row := self.rows.get(subject)) is not None:
                self.subjects[subject] = _DECODER.decode(row.state)

    def subject(self, ref: str) -> Subject:
        found = self.subjects.get(ref)
        if found is None:
            row = self.rows.get(ref)
            found = Subject() if row is None else _DECODER.decode(row.state)
            self.subjects[ref] = found
        return found

    def today(self, ref: str) -> str:
        """The subject that an id stands for today: persons merge, vendors and families do not."""
        return self.people.now(PersonId(ref)) if self.kind == PERSON else ref

    def group(self, today: str) -> Group:
        now = self.people.now
        if self.kind == PERSON:
            ids = self.people.ids(PersonId(today))
            parts = [self.subject(today)] if len(ids) == 1 else [self.subject(one) for one in sorted(ids)]
            return Group(today, parts, ids, now, self.people.lives(PersonId(today)))
        subject = self.subject(today)
        selves = _NOBODY if subject.owner is None else self.people.ids(subject.owner)
        return Group(today, [subject], selves, now, subject.lies)

    def claimed_between(self, db: Connection, begins: str, ends: str) -> Iterator[str]:
        """The ids under which something of these days is claimed: all rows are read."""
        table, last = self.rows.table, ""
        while True:
            query = select(table.c.subject, table.c.state).where(table.c.subject > last)
            some = db.execute(query.order_by(table.c.subject).limit(_AT_ONCE)).all()
            for ref, state in some:
                subject = _DECODER.decode(state)
                if any(begins <= claim.on <= ends for claim in subject.claims.values()):
                    self.subjects[ref] = subject
                    yield ref
            if len(some) < _AT_ONCE:
                return
            last = some[-1][0]

    def hand_over(self) -> None:
        """Hands the changed subjects to be written."""
        for ref in self.changed:
            self.rows.put(ClaimsRow(ref, _ENCODER.encode(self.subjects[ref])))
        self.changed.clear()
        self.subjects.clear()
        self.before.clear()
