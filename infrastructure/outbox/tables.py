"""The tables of the outbox: messages without names or contacts, and every attempt to send one."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

message: Final = Table(
    "message",
    kept,
    Column("key", _Name, primary_key=True, comment="the same for every attempt"),
    Column("kind", _Name, nullable=False),
    Column("person", _Name, nullable=False),
    Column("unit", _Name, nullable=False),
    Column("about", _Name, nullable=False),
    Column("due", _Name, comment="YYYY-MM-DD: afterwards it makes no sense any more"),
    Column("created", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("state", _Name, nullable=False),
    Column("why", _Name, comment="why it was not needed, or what went wrong last"),
    Column("attempts", Integer, nullable=False),
    Column("failed", Integer, nullable=False, comment="attempts since it was last begun anew"),
    Column("next", BigInteger, nullable=False, comment="not before; of one being sent, the lease's end"),
    Column("until", BigInteger, nullable=False, comment="given up afterwards"),
    Column("lease", _Name, comment="of whoever sends it now"),
    Column("settled", BigInteger, comment="when it was sent, given up, stopped or found needless"),
    Index("message_next", "state", "next"),
    Index("message_unit", "unit", "created"),
)

attempt: Final = Table(
    "attempt",
    kept,
    Column("key", _Name, ForeignKey(message.c.key, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begun", BigInteger, nullable=False),
    Column("ended", BigInteger, comment="NULL where nobody lived to note it"),
    Column("sender", _Name, nullable=False),
    Column("trouble", _Name, comment="NULL where it was sent"),
    Column("status", Integer, comment="what the other server said, as a number"),
)
