"""Reading the whole ledger and saying what is wrong with it: `lantoa ledger check`."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select

from domain import catalogue
from domain.model import Fact, LedgerFounded
from infrastructure.database import Database
from infrastructure.ledger.batch import micros
from infrastructure.ledger.tables import fact, fact_tag, receipt

Progress = Callable[[int, int], None]
"""Told how many of how many steps are done."""

_MOST_PROBLEMS: Final = 100
_CHUNK: Final = 5_000
_TAGS: Final = msgspec.json.Decoder(list[str])


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, and at which position (None: with the ledger as a whole)."""

    position: int | None
    what: str


class Findings(msgspec.Struct):
    """How many facts were read, and what is wrong with them (the first hundred problems)."""

    facts: int = 0
    problems: list[Problem] = []

    @property
    def sound(self) -> bool:
        return not self.problems

    def add(self, position: int | None, what: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(position, what))


def nobody_watches(_done: int, _total: int) -> None:
    """The progress that is not shown."""


def check(database: Database, progress: Progress = nobody_watches) -> Findings:
    """Reads every fact, tag and receipt, as they stood at one moment."""
    findings = Findings()
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(fact)).scalar_one()
        progress(0, total)
        index = _IndexSums()
        before = _Before()
        for row in _facts(connection):
            _check_fact(row, before, index, findings)
            findings.facts += 1
            if findings.facts % _CHUNK == 0:
                progress(findings.facts, total)
        _check_index(connection, index, findings)
        _check_receipts(connection, before.position, findings)
        progress(total, total)
    return findings


class _Before:
    """The fact before the one at hand."""

    position = 0
    at = 0


def _facts(connection: Connection) -> Iterator[Any]:
    columns = select(fact.c.position, fact.c.name, fact.c.version, fact.c.at, fact.c.data, fact.c.tags)
    return iter(connection.execute(columns.order_by(fact.c.position).execution_options(yield_per=_CHUNK)))


def _check_fact(row: Any, before: _Before, index: "_IndexSums", findings: Findings) -> None:
    position, name, version, at, data, tags = row
    if position != before.position + 1:
        findings.add(position, f"follows position {before.position}")
    if at < before.at:
        findings.add(position, "its stamp is earlier than that of the fact before")
    if position == 1 and name != LedgerFounded.NAME:
        findings.add(position, f"the first fact is {name}, not {LedgerFounded.NAME}")
    before.position, before.at = position, at
    recorded = _decoded(position, name, version, data, findings)
    if recorded is None:
        return
    if micros(recorded.at) != at:
        findings.add(position, "the moment it tells is not its stamp")
    if list(recorded.tags()) != _tags(position, tags, findings):
        findings.add(position, "its tags are not those that follow from it")
    index.expect(name, position, recorded.tags())


def _decoded(position: int, name: str, version: int, data: bytes, findings: Findings) -> Fact | None:
    try:
        return catalogue.decode(name, version, data)
    except catalogue.UnknownFact:
        findings.add(position, f"{name} version {version} is not known to this program")
    except (msgspec.DecodeError, ValueError):
        findings.add(position, f"the stored bytes are no {name} version {version}")
    return None


def _tags(position: int, tags: str, findings: Findings) -> list[str] | None:
    try:
        return _TAGS.decode(tags)
    except msgspec.DecodeError:
        findings.add(position, "its tags cannot be read")
        return None


class _IndexSums:
    """Compares the tag index with the tags that it must hold, in little memory.

    `fact_tag` is ordered by tag, facts by position; a sum of hashes for each stretch of
    positions does not mind the order. Where sums differ, that stretch is compared in full.
    """

    STRETCH: Final = 4_096

    def __init__(self) -> None:
        self._sums: Counter[int] = Counter()

    def expect(self, name: str, position: int, tags: Sequence[str]) -> None:
        for tag in set(tags):
            self._sums[position // self.STRETCH] += hash((tag, name, position))

    def found(self, tag: str, name: str, position: int) -> None:
        self._sums[position // self.STRETCH] -= hash((tag, name, position))

    def differing(self) -> list[range]:
        return [
            range(stretch * self.STRETCH, (stretch + 1) * self.STRETCH)
            for stretch, left in sorted(self._sums.items())
            if left
        ]


def _check_index(connection: Connection, index: _IndexSums, findings: Findings) -> None:
    columns = select(fact_tag.c.tag, fact_tag.c.name, fact_tag.c.position)
    for tag, name, position in connection.execute(columns.execution_options(yield_per=_CHUNK)):
        index.found(tag, name, position)
    for stretch in index.differing():
        _compare(connection, stretch, findings)


def _compare(connection: Connection, stretch: range, findings: Findings) -> None:
    inside = fact_tag.c.position.between(stretch.start, stretch.stop - 1)
    held = {tuple(row) for row in connection.execute(select(fact_tag).where(inside))}
    rows = connection.execute(
        select(fact.c.position, fact.c.name, fact.c.version, fact.c.data).where(
            fact.c.position.between(stretch.start, stretch.stop - 1)
        )
    )
    expected = set()
    for position, name, version, data in rows:
        recorded = _decoded(position, name, version, data, Findings())
        expected |= {(tag, name, position) for tag in recorded.tags()} if recorded else set()
        if recorded is None:
            held = {row for row in held if row[2] != position}
    for _, name, position in sorted(expected - held, key=lambda row: row[2]):
        findings.add(position, f"a tag of this {name} is missing from the index")
    for _, name, position in sorted(held - expected, key=lambda row: row[2]):
        findings.add(position, f"the index holds a tag for {name} that does not follow from it")


def _check_receipts(connection: Connection, head: int, findings: Findings) -> None:
    astray = (
        select(func.count())
        .select_from(receipt)
        .where((receipt.c.last > head) | (receipt.c.first < 1) | (receipt.c.first > receipt.c.last))
    )
    count = connection.execute(astray).scalar_one()
    if count:
        findings.add(None, f"{count} receipts name positions that the ledger does not hold")
