"""The tables of sessions, invitations and bearer tokens. Moments are microseconds since 1970, UTC."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

session: Final = Table(
    "session",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 256 random bits"),
    Column("person", _Name, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index("session_person", "person"),
    Index("session_expires", "expires"),
)

invitation: Final = Table(
    "invitation",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 128 random bits"),
    Column("person", _Name, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger, comment="NULL until somebody tapped"),
    Index("invitation_person", "person"),
    Index("invitation_expires", "expires"),
)

api_token: Final = Table(
    "api_token",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 256 random bits"),
    Column("person", _Name, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index("api_token_person", "person"),
)
