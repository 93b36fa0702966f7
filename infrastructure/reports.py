"""Reports kept beside the ledger: what is being written, the files as they were sent, and templates.

What was written for a report is sealed under a key of the report's own. A sent file is sealed under that
key and, one after the other, under the keys of those it names: once one of them is erased, nobody opens it
any more. Its content hash stays in the ledger, so that whoever has the file can still prove it.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec
from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, Text, delete, insert, select

from application.ids import new_id
from domain.model import PersonId, ReportId, UnitId
from infrastructure.database import Database, kept
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.vault.sealing import RowSealing
from infrastructure.vault.vault import NobodySealed

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

report_draft: Final = Table(
    "report_draft",
    kept,
    Column("unit", _Name, primary_key=True),
    Column("month", _Name, primary_key=True),
    Column("sealed_for", _Name, nullable=False, comment="the key it is sealed under"),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved", BigInteger, nullable=False, comment="microseconds since 1970"),
)

sent_report: Final = Table(
    "sent_report",
    kept,
    Column("report", _Name, primary_key=True),
    Column("named", Text, nullable=False, comment="JSON: the people it names, by whose keys it is sealed"),
    Column("docx", LargeBinary, nullable=False),
    Column("xlsx", LargeBinary, nullable=False),
)

report_template: Final = Table(
    "report_template",
    kept,
    Column("unit", _Name, primary_key=True),
    Column("content_hash", _Name, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("brought", BigInteger, nullable=False, comment="microseconds since 1970"),
)

Kind = Literal["docx", "xlsx"]


class Secrets(Protocol):
    """The vault."""

    def sealing(self, known: Sequence[PersonId] = ()) -> RowSealing: ...

    def seal_secret(self, person: PersonId, field: str, secret: bytes) -> bytes: ...

    def open_secret(self, person: PersonId, field: str, sealed: bytes) -> bytes: ...


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an organizer adds to the figures of a month; `cases` are `ambassador:`, `family:` or
    `market:` with an id."""

    number: str = ""
    place: str = ""
    signer: str = ""
    difficulties: str = ""
    proposals: str = ""
    cases: tuple[str, ...] = ()


class Files(msgspec.Struct, frozen=True):
    docx: bytes
    xlsx: bytes


class Template(msgspec.Struct, frozen=True):
    content_hash: str
    brought: datetime
    size: int


def content_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class KeptReports:
    def __init__(
        self,
        database: Database,
        writer: Writer,
        secrets: Secrets,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._writer = writer
        self._secrets = secrets
        self._clock = clock

    def draft(self, unit: UnitId, month: str) -> Draft:
        """What was written so far; empty where nothing was, or where it was erased."""
        c = report_draft.c
        with self._database.reading() as db:
            row = db.execute(select(report_draft).where(c.unit == unit, c.month == month)).first()
        if row is None:
            return Draft()
        try:
            plain = self._secrets.open_secret(PersonId(row.sealed_for), _field(unit, month), row.sealed)
        except NobodySealed:
            return Draft()
        return msgspec.json.decode(plain, type=Draft)

    async def save_draft(self, unit: UnitId, month: str, draft: Draft) -> None:
        """Replaces what was written so far."""
        plain, field = msgspec.json.encode(draft), _field(unit, month)
        own = self._sealed_for(unit, month) or await self._new_key()
        try:
            sealed = self._secrets.seal_secret(own, field, plain)
        except NobodySealed:  # erased meanwhile
            own = await self._new_key()
            sealed = self._secrets.seal_secret(own, field, plain)
        row = {
            "unit": unit,
            "month": month,
            "sealed_for": own,
            "sealed": sealed,
            "saved": micros(self._clock()),
        }

        def replace(db: Connection) -> None:
            c = report_draft.c
            db.execute(delete(report_draft).where(c.unit == unit, c.month == month))
            db.execute(insert(report_draft).values(row))

        await self._writer.writing(replace)

    def _sealed_for(self, unit: UnitId, month: str) -> PersonId | None:
        c = report_draft.c
        with self._database.reading() as db:
            return db.scalar(select(c.sealed_for).where(c.unit == unit, c.month == month))

    async def _new_key(self) -> PersonId:
        own = PersonId(new_id())
        sealing = self._secrets.sealing()
        sealing.own_key(own)
        rows = sealing.rows()

        def keep(db: Connection) -> None:
            for table, row in rows.inserts:
                db.execute(insert(table).values(row))

        await self._writer.writing(keep)
        return own

    async def new_report(self) -> ReportId:
        """An id for a report, with the key that it will be sealed under."""
        return ReportId(await self._new_key())

    def keeping(self, report: ReportId, files: Files, named: Sequence[PersonId]) -> Rows:
        """The very bytes, for the transaction of what says that they were sent."""
        row = {
            "report": report,
            "named": msgspec.json.encode(tuple(named)).decode(),
            "docx": self._seal(report, "docx", files.docx, named),
            "xlsx": self._seal(report, "xlsx", files.xlsx, named),
        }
        return Rows([(sent_report, row)])

    def _seal(self, report: ReportId, kind: Kind, content: bytes, named: Sequence[PersonId]) -> bytes:
        for one in (PersonId(report), *named):
            content = self._secrets.seal_secret(one, f"report:{report}:{kind}", content)
        return content

    def file(self, report: ReportId, kind: Kind) -> tuple[bytes, tuple[PersonId, ...]] | None:
        """A sent file and whom it names; None where somebody whom it names was erased. Raises
        `LookupError` where no such report was sent."""
        column = sent_report.c[kind]
        with self._database.reading() as db:
            query = select(sent_report.c.named, column).where(sent_report.c.report == report)
            row = db.execute(query).first()
        if row is None:
            raise LookupError(report)
        named = msgspec.json.decode(row.named, type=tuple[PersonId, ...])
        content: bytes = row[1]
        try:
            for one in reversed((PersonId(report), *named)):
                content = self._secrets.open_secret(one, f"report:{report}:{kind}", content)
        except NobodySealed:
            return None
        return content, named

    def keeping_template(self, unit: UnitId, content: bytes) -> Rows:
        """A template, unless it is kept already."""
        key = content_hash(content)
        if self.template(unit, key) is not None:
            return Rows()
        row = {
            "unit": unit,
            "content_hash": key,
            "content": content,
            "brought": micros(self._clock()),
        }
        return Rows([(report_template, row)])

    def template(self, unit: UnitId, key: str) -> bytes | None:
        c = report_template.c
        with self._database.reading() as db:
            query = select(c.content).where(c.unit == unit, c.content_hash == key)
            return db.scalar(query)

    def templates(self, unit: UnitId) -> list[Template]:
        """Every template that a province ever brought, the latest first."""
        c = report_template.c
        with self._database.reading() as db:
            rows = db.execute(select(report_template).where(c.unit == unit).order_by(c.brought.desc()))
            return [Template(row.content_hash, moment(row.brought), len(row.content)) for row in rows]


def _field(unit: UnitId, month: str) -> str:
    return f"report-draft:{unit}:{month}"
