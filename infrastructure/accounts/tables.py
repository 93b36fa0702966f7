"""The tables of sessions, of the ways to sign in, and of bearer tokens. Moments are microseconds
since 1970, UTC."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text, false

from infrastructure.database import kept

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

session: Final = Table(
    "session",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 256 random bits"),
    Column("person", _Name, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, comment="without another visit"),
    Column("id", _Name, nullable=False, comment="names it; opens nothing"),
    Column("form", Text, nullable=False, comment="what its forms bring along"),
    Column("strength", _Name, nullable=False, comment="device, recovery, totp or passkey"),
    Column("verified", Boolean, nullable=False, comment="the passkey knew its user"),
    Column("waived", Boolean, nullable=False, comment="enrolment skipped, in a simulated ledger"),
    Column("stepped_up", BigInteger, comment="when last proven anew"),
    Column("device", Text, nullable=False, comment="coarse, such as Chrome/Android"),
    Column("power", Text, nullable=False, comment="digest of the roles it was last rotated for"),
    Column("idle", BigInteger, nullable=False, comment="microseconds that it outlives a visit"),
    Column("ends", BigInteger, nullable=False, comment="however much it is used"),
    Index("session_person", "person"),
    Index("session_expires", "expires"),
    Index("session_id", "id", unique=True),
)

invitation: Final = Table(
    "invitation",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 128 random bits"),
    Column("person", _Name, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger, comment="NULL until somebody tapped"),
    Column(
        "recovers", Boolean, nullable=False, server_default=false(), comment="ends what a lost phone holds"
    ),
    Index("invitation_person", "person"),
    Index("invitation_expires", "expires"),
)

passkey: Final = Table(
    "passkey",
    kept,
    Column("credential", LargeBinary, primary_key=True, comment="the authenticator's id for it"),
    Column("person", _Name, nullable=False),
    Column("public_key", LargeBinary, nullable=False, comment="COSE"),
    Column("counter", BigInteger, nullable=False, comment="signatures so far; 0 where it does not count"),
    Column("verified", Boolean, nullable=False, comment="it knew its user when it was made"),
    Column("device", Text, nullable=False, comment="coarse, such as Chrome/Android"),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Index("passkey_person", "person"),
)

totp: Final = Table(
    "totp",
    kept,
    Column("person", _Name, primary_key=True),
    Column("login", _Name, nullable=False, comment="random, to sign in by"),
    Column("sealed", LargeBinary, nullable=False, comment="the secret, under the person's key"),
    Column("step", BigInteger, nullable=False, comment="the last time step used"),
    Column("created", BigInteger, nullable=False),
    Index("totp_login", "login", unique=True),
)

recovery_code: Final = Table(
    "recovery_code",
    kept,
    Column("selector", _Name, primary_key=True, comment="the code's first characters"),
    Column("person", _Name, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="scrypt of the others"),
    Column("created", BigInteger, nullable=False),
    Index("recovery_code_person", "person"),
)

used_challenge: Final = Table(
    "used_challenge",
    kept,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 of the challenge"),
    Column("expires", BigInteger, nullable=False),
)

setup_link: Final = Table(
    "setup_link",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 128 random bits"),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
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

device_token: Final = Table(
    "device_token",
    kept,
    Column("token", LargeBinary, primary_key=True, comment="SHA-256 of 256 random bits"),
    Column("id", _Name, nullable=False, comment="names it; opens nothing"),
    Column("person", _Name, nullable=False),
    Column("session", _Name, nullable=False, comment="the id of the session it was made under"),
    Column("device", Text, nullable=False, comment="coarse, such as Chrome/Android"),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, comment="without another use"),
    Column("ends", BigInteger, nullable=False, comment="however much it is used"),
    Index("device_token_id", "id", unique=True),
    Index("device_token_person", "person"),
    Index("device_token_session", "session"),
    Index("device_token_expires", "expires"),
)
