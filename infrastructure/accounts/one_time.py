"""One-time codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds).

The app knows no name of ours to sign in by, so everybody gets a random one, which the app shows
beside the digits.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from application.identity import CODE_ALPHABET
from domain.model import PersonId
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.tables import totp
from infrastructure.ledger.batch import micros, moment

PERIOD: Final = 30
DIGITS: Final = 6

AROUND: Final = (0, -1)
"""Steps that count: the one that runs, and the one before it for whoever types slowly (RFC 6238, 5.2)."""

PENDING_LIFE: Final = timedelta(minutes=15)

FIELD: Final = "totp"
PENDING_FIELD: Final = "totp-pending"

_LOGIN_LENGTH: Final = 8


class OneTime(msgspec.Struct, frozen=True):
    """That somebody has one-time codes. `login` is what they sign in by."""

    login: str
    created: datetime


class Pending(msgspec.Struct, frozen=True):
    """A secret on its way into an app. Sealed, it travels with the form that confirms it: nothing is
    stored before the app has shown that it knows it."""

    login: str
    secret: str
    expires: int

    @property
    def address(self) -> str:
        """`otpauth://...`, for the QR code."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=self.login, issuer_name="Lan Tỏa")


def new_pending(now: datetime) -> Pending:
    login = "".join(secrets.choice(CODE_ALPHABET) for _ in range(_LOGIN_LENGTH))
    return Pending(login, pyotp.random_base32(), micros(now + PENDING_LIFE))


def clean_login(text: str) -> str:
    """As the app shows it, however it was typed."""
    return "".join(text.split()).replace("-", "").upper()[:100]


def clean_digits(text: str) -> str:
    return "".join(text.split())[:100]


def step_of(secret: str, digits: str, now: datetime) -> int:
    """The time step that these digits belong to, around now. Raises `NotProven`."""
    app, current = pyotp.TOTP(secret), int(now.timestamp()) // PERIOD
    found = [
        current + off
        for off in AROUND
        if hmac.compare_digest(app.generate_otp(current + off).encode(), digits.encode())
    ]
    if not found:
        raise NotProven
    return found[0]


class Kept(msgspec.Struct, frozen=True):
    person: PersonId
    sealed: bytes


def by_login(connection: Connection, login: str) -> Kept | None:
    row = connection.execute(select(totp.c.person, totp.c.sealed).where(totp.c.login == login)).first()
    return None if row is None else Kept(PersonId(row.person), row.sealed)


def by_person(connection: Connection, person: PersonId) -> Kept | None:
    row = connection.execute(select(totp.c.person, totp.c.sealed).where(totp.c.person == person)).first()
    return None if row is None else Kept(PersonId(row.person), row.sealed)


def of_person(connection: Connection, person: PersonId) -> OneTime | None:
    row = connection.execute(select(totp.c.login, totp.c.created).where(totp.c.person == person)).first()
    return None if row is None else OneTime(row.login, moment(row.created))


def keep(
    connection: Connection, person: PersonId, login: str, sealed: bytes, step: int, now: datetime
) -> None:
    """In place of the one before. The step that confirmed it counts as used."""
    connection.execute(delete(totp).where(totp.c.person == person))
    row = {"person": person, "login": login, "sealed": sealed, "step": step, "created": micros(now)}
    connection.execute(insert(totp), row)


def use_up(connection: Connection, kept: Kept, step: int) -> None:
    """Lets a time step count once, and none before it any more. Raises `NotProven`."""
    change = (
        update(totp)
        .where(totp.c.person == kept.person, totp.c.sealed == kept.sealed, totp.c.step < step)
        .values(step=step)
    )
    if connection.execute(change).rowcount == 0:
        raise NotProven


def remove(connection: Connection, person: PersonId) -> bool:
    return bool(connection.execute(delete(totp).where(totp.c.person == person)).rowcount)
