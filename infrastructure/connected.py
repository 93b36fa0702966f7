"""The tables of connected forms: their fields, and what came in by them, sealed while it waits.

They stand apart from `infrastructure/surveys.py`, which stands on the vault, because an erasure removes
what waits under the key of whoever is erased.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

connection: Final = Table(
    "form_connection",
    kept,
    Column("id", _Name, primary_key=True),
    Column("unit", _Name, nullable=False),
    Column("source", _Name, nullable=False, comment="kobo or odk"),
    Column("tells", _Name, nullable=False),
    Column("name", Text, nullable=False, comment="of the form, as an organizer calls it"),
    Column("secret", LargeBinary, nullable=False, comment="hash of a random key"),
    Column("keeper", _Name, nullable=False, comment="the organizer in whose name it is taken in"),
    Column("columns", Text, nullable=False, comment="JSON: what each field holds, where that was set"),
    Column("fields", Text, nullable=False, comment="JSON: the paths of the fields that came so far"),
    Column("created", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("seen", BigInteger, comment="when something came last"),
    Column("ended", BigInteger),
)

submission: Final = Table(
    "form_submission",
    kept,
    Column("connection", _Name, primary_key=True),
    Column("instance", LargeBinary, primary_key=True, comment="keyed hash"),
    Column("id", _Name, nullable=False),
    Column("received", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("state", _Name, nullable=False),
    Column("problem", Text, comment="JSON: the name of a refusal and its details, no personal data"),
    Column("person", _Name, comment="under whose key it is sealed"),
    Column("sealed", LargeBinary, comment="the submission while it waits"),
    Index("form_submission_received", "connection", "received"),
    Index("form_submission_person", "person"),
    Index("form_submission_aged", "received"),
)
