"""The tables of lists that offices bring in: ids, counts and reasons, and their rows, sealed in pieces.

They stand apart from `infrastructure/lists`, which stands on the vault, because an erasure removes
the lists of whoever is erased.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

brought_list: Final = Table(
    "brought_list",
    kept,
    Column("list", _Name, primary_key=True),
    Column("person", _Name, nullable=False, comment="who brought it in, or `operator`"),
    Column("kind", _Name, nullable=False),
    Column("unit", _Name, nullable=False),
    Column("format", _Name, nullable=False),
    Column("state", _Name, nullable=False),
    Column("holds", Text, nullable=False, comment="JSON: the field that each column holds, or null"),
    Column("new_hamlets", Boolean, nullable=False, comment="whether hamlets are added that are not known"),
    Column("lines", Integer, nullable=False, comment="rows of the file"),
    Column("done", Integer, nullable=False, comment="rows looked at in this state"),
    Column("good", Integer, nullable=False, comment="rows that can be, or were, taken"),
    Column("known", Integer, nullable=False, comment="of these, what stood already"),
    Column("bad", Integer, nullable=False),
    Column("farthest", Integer, nullable=False, default=0, comment="rows begun in this state at most"),
    Column("attempts", Integer, nullable=False, default=0, comment="begun since it came farther last"),
    Column("why", Text, nullable=False, comment="why it could not go on, where it could not"),
    Column("position", BigInteger, nullable=False, comment="of the last fact of it"),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("brought_list_person", "person", "created"),
    Index("brought_list_state", "state"),
)

brought_fault: Final = Table(
    "brought_fault",
    kept,
    Column("list", _Name, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("refusal", _Name, nullable=False, comment="the name of what refused it"),
    Column("field", Text, nullable=False, default="", comment="where it is, if it is anywhere"),
    Column("details", Text, nullable=False, comment="JSON; never personal data"),
)

list_rows: Final = Table(
    "list_rows",
    kept,
    Column("list", _Name, primary_key=True),
    Column("person", _Name, nullable=False, comment="who brought it in, or `operator`"),
    Column("draft", _Name, nullable=False, comment="which pieces are the rows of the list"),
    Column("pieces", Integer, nullable=False),
    Index("list_rows_person", "person"),
)

list_piece: Final = Table(
    "list_piece",
    kept,
    Column("draft", _Name, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", _Name, nullable=False),
    Column("written", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("sealed", LargeBinary, nullable=False),
    Index("list_piece_person", "person"),
)
