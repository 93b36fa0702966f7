"""The tables of the vault: keys of people, sealed data, blind indexes and their peppers, codes, notes."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

bucket_key: Final = Table(
    "bucket_key",
    kept,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary, nullable=False, comment="tells a foreign key file; the key is there"),
    Column("confirmed", BigInteger, comment="when a backup with this key was found readable"),
)

pepper: Final = Table(
    "pepper",
    kept,
    Column("generation", SmallInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary, nullable=False, comment="as above; the secret is in the key file"),
    Column("confirmed", BigInteger, comment="as above"),
)

# Which generations of the blind index are written (see `blind_index.py`). One row.
index_state: Final = Table(
    "index_state",
    kept,
    Column("number", Integer, primary_key=True, autoincrement=False),
)

# A person wrapped by a key that an erasure replaced meanwhile must not get in: hence the
# foreign key, which also keeps an old key as long as anybody is wrapped by it.
sealed_person: Final = Table(
    "sealed_person",
    kept,
    Column("person", _Name, primary_key=True),
    Column("bucket_key", Integer, ForeignKey(bucket_key.c.number), nullable=False),
    Column("version", SmallInteger, nullable=False, comment="of the person's key"),
    Column("wrapped", LargeBinary, nullable=False, comment="the person's key under the bucket's"),
    Column("identity", LargeBinary, nullable=False, comment="name, phone, birth year, ... sealed"),
    Index("sealed_person_bucket", "bucket_key"),
    sqlite_with_rowid=False,
)

blind_index: Final = Table(
    "blind_index",
    kept,
    Column("key", LargeBinary, primary_key=True, comment="keyed hash"),
    Column("kind", _Name, nullable=False),
    Column("person", _Name, nullable=False),
    Column("generation", SmallInteger, nullable=False, server_default="0", comment="of the pepper"),
    Index("blind_index_person", "person"),
    sqlite_with_rowid=False,
)

code: Final = Table(
    "code",
    kept,
    Column("key", LargeBinary, primary_key=True, comment="keyed hash"),
    Column("kind", _Name, nullable=False, comment="teaching, declaration or onboarding"),
    Column("subject", _Name, nullable=False),
    Column("person", _Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="to show it again"),
    Column("expires", BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    Column("generation", SmallInteger, nullable=False, server_default="0", comment="of the pepper"),
    Index("code_subject", "subject", "generation", unique=True),
    Index("code_person", "person"),
    sqlite_with_rowid=False,
)

note: Final = Table(
    "note",
    kept,
    Column("id", _Name, primary_key=True),
    Column("subject", _Name, nullable=False),
    Column("person", _Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("note_subject", "subject"),
    Index("note_person", "person"),
)
