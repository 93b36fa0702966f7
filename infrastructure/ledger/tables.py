"""The tables of the ledger: facts, the tags they are found by, receipts of submissions."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from infrastructure.database import kept

# "C" compares bytes: quicker than a language's collation, and the same on every server.
_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")
_Position: Final = BigInteger().with_variant(Integer, "sqlite")

fact: Final = Table(
    "fact",
    kept,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("name", _Name, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False, comment="microseconds since 1970, UTC; never decreasing"),
    Column("data", LargeBinary, nullable=False, comment="the exact stored bytes"),
    Column("tags", Text, nullable=False, comment="JSON array, in the order given; not hashed"),
    Column("leaf", LargeBinary, comment="for the leaf hash of a later Merkle tree"),
    Index("fact_kind", "name", "version"),
)

fact_tag: Final = Table(
    "fact_tag",
    kept,
    Column("tag", _Name, primary_key=True),
    Column("name", _Name, primary_key=True),
    Column("position", _Position, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

receipt: Final = Table(
    "receipt",
    kept,
    Column("author", _Name, primary_key=True),
    Column("submission", _Name, primary_key=True),
    Column(
        "content",
        LargeBinary,
        nullable=False,
        comment="keyed hash of the canonical request; empty once somebody it named was erased",
    ),
    Column("first", BigInteger, comment="position of the first fact; NULL where none was to be recorded"),
    Column("last", BigInteger, nullable=False, comment="the receipt's position"),
    Column("at", BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    Index("receipt_last", "last"),
    sqlite_with_rowid=False,
)
