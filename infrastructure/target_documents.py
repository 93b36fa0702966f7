"""What the documents are that lists of targets name by their files: as far as their texts say it."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

DOCUMENTS: Final = Path(__file__).with_name("data") / "targets" / "documents.csv"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """`number` and `date` (a year, or a day) as far as they are printed; `told_by` is who reported on it,
    where the document itself is not at hand; `short` is for where there is little room."""

    title: str
    issuer: str
    number: str
    date: str
    told_by: str
    short: str


def named(source: str) -> Document | None:
    """The document behind the name of a file; None for what is no such name, or is not known."""
    return _documents().get(source)


@cache
def _documents() -> dict[str, Document]:
    with DOCUMENTS.open(encoding="utf-8", newline="") as lines:
        return {row.pop("source"): Document(**row) for row in csv.DictReader(lines)}
