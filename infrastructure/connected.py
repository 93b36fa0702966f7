"""The tables of connected forms: their fields, and what came in by them, sealed while it waits.

They stand apart from `infrastructure/surveys.py`, which stands on the vault, because an erasure removes
what waits under the key of whoever is erased.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

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
    Column(
        "listed", Boolean, nullable=False, default=True, comment="whether all it sent is in form_instance"
    ),
)

submission: Final = Table(
    "form_submission",
    kept,
    Column("connection", _Name, primary_key=True),
    Column("instance", LargeBinary, primary_key=True, comment="keyed hash, the same for all versions"),
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

version: Final = Table(
    "form_version",
    kept,
    Column("connection", _Name, primary_key=True),
    Column("name", LargeBinary, primary_key=True, comment="keyed hash of an instance id or number"),
    Column("instance", LargeBinary, nullable=False, comment="keyed hash, the same for all versions"),
    Column("replaces", LargeBinary, comment="keyed hash of the instance id of the version before"),
    Column("depth", Integer, comment="how many edits led to it; null for a number"),
    Column("came", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("done", Boolean, nullable=False, comment="recorded, or not needed any more"),
    Column("told", LargeBinary, comment="under whose name its answers were recorded"),
    Index("form_version_instance", "connection", "instance"),
)

instance: Final = Table(
    "form_instance",
    kept,
    Column("named", LargeBinary, primary_key=True, comment="keyed hash, the same whichever form it came by"),
    Column("connection", _Name, primary_key=True),
    Column("told", LargeBinary, comment="under whose name its answers were recorded"),
)
