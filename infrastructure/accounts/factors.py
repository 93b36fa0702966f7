"""What people prove by who they are: passkeys, one-time codes, recovery codes.

Each proof counts once, in the transaction that opens or renews the session: two who show the same
at the same moment are not both let in.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection

from application.ports import SessionEnded, SignedIn
from application.signing_in import LastFactor, Strength
from domain.model import PersonId
from infrastructure.accounts import challenges, one_time, passkeys, recovery, sessions
from infrastructure.accounts.challenges import Challenges, NotProven
from infrastructure.accounts.one_time import OneTime, Pending
from infrastructure.accounts.passkeys import Passkey, Relying
from infrastructure.accounts.sessions import Arrival, Session
from infrastructure.database import Database
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import Writer, utc_now

SIGN_IN: Final = "sign-in"

_log: Final = logging.getLogger(__name__)

Arriving = Callable[[PersonId, Strength, bool], Arrival]
"""What a session of this person is to be like, proven so; the last says that the passkey knew its
user."""


class Secrets(Protocol):
    """Where a person's secret is sealed under that person's own key: the vault."""

    def seal_secret(self, person: PersonId, field: str, secret: bytes) -> bytes: ...

    def open_secret(self, person: PersonId, field: str, sealed: bytes) -> bytes: ...

    def key_for(self, purpose: str) -> bytes: ...


class Enrolled(msgspec.Struct, frozen=True):
    """What somebody can prove by who they are."""

    passkeys: tuple[Passkey, ...] = ()
    one_time: OneTime | None = None
    recovery_codes: int = 0

    @property
    def any(self) -> bool:
        """Whether they can come back on another device."""
        return self.strong > 0 or self.recovery_codes > 0

    @property
    def strong(self) -> int:
        """How many passkeys and apps."""
        return len(self.passkeys) + (self.one_time is not None)


class Factors:
    """`relying` is None where browsers take no passkeys (see `passkeys.relying_at`). `forget` hears of
    each token that has opened its last session."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        secrets: Secrets,
        *,
        relying: Relying | None,
        forget: Callable[[str], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._writer = writer
        self._secrets = secrets
        self._challenges = Challenges(secrets.key_for("challenges"))
        self.relying = relying
        self._forget = forget
        self._clock = clock

    def enrolled(self, person: PersonId) -> Enrolled:
        with self._database.reading() as connection:
            return Enrolled(
                tuple(passkeys.of_person(connection, person)),
                one_time.of_person(connection, person),
                recovery.left(connection, person),
            )

    # Passkeys

    def creation_options(self, session: Session, name: str, *, verified: bool) -> str:
        """For a new passkey, as JSON; `name` is what the phone shows beside it. `NotProven` where
        browsers take none here."""
        challenge = self._challenges.new(_enrolling(session), self._clock())
        with self._database.reading() as connection:
            known = passkeys.known_to(connection, session.person)
        relying = self._relying()
        return passkeys.creation_options(relying, challenge, session.person, name, known, verified=verified)

    def sign_in_options(self) -> str:
        challenge = self._challenges.new(SIGN_IN, self._clock())
        return passkeys.request_options(self._relying(), challenge, [], verified=False)

    def step_up_options(self, session: Session, *, verified: bool) -> str:
        challenge = self._challenges.new(_stepping_up(session), self._clock())
        with self._database.reading() as connection:
            known = passkeys.known_to(connection, session.person)
        return passkeys.request_options(self._relying(), challenge, known, verified=verified)

    async def add_passkey(
        self, token: str, session: Session, credential: str, *, device: str, verified: bool
    ) -> str:
        """Keeps the passkey that a browser made; the session's new token. Raises `NotProven`,
        `UserNotVerified`, `TooManyPasskeys`, `SessionEnded`."""
        now = self._clock()
        challenge = self._challenge(credential, _enrolling(session))
        new = passkeys.made(self._relying(), credential, challenge, verified=verified)

        def add(connection: Connection) -> str:
            challenges.use_up(connection, challenge, now)
            passkeys.keep(connection, session.person, new, device, now)
            return _renewed(connection, token, now, Strength.PASSKEY, verified=new.verified)

        return await self._renewing(token, add)

    async def sign_in_by_passkey(
        self, credential: str, arriving: Arriving, *, replacing: str | None = None
    ) -> SignedIn:
        """Opens a session. Raises `NotProven`."""
        now = self._clock()
        challenge = self._challenge(credential, SIGN_IN)
        with self._database.reading() as connection:
            signed = passkeys.shown(connection, self._relying(), credential, challenge)
        arrival = arriving(signed.person, Strength.PASSKEY, signed.verified)

        def sign_in(connection: Connection) -> SignedIn:
            challenges.use_up(connection, challenge, now)
            passkeys.count(connection, signed, now)
            return _opened(connection, signed.person, arrival, replacing, now)

        signed_in = await self._writer.writing(sign_in)
        if replacing is not None:
            self._forget(replacing)
        return signed_in

    async def step_up_by_passkey(
        self, token: str, session: Session, credential: str, *, verified: bool
    ) -> str:
        """The session's new token. Raises `NotProven`, `UserNotVerified`, `SessionEnded`."""
        now = self._clock()
        challenge = self._challenge(credential, _stepping_up(session))
        with self._database.reading() as connection:
            signed = passkeys.shown(connection, self._relying(), credential, challenge)
        if signed.person != session.person:
            raise NotProven
        if verified and not signed.verified:
            raise passkeys.UserNotVerified

        def step_up(connection: Connection) -> str:
            challenges.use_up(connection, challenge, now)
            passkeys.count(connection, signed, now)
            return _renewed(connection, token, now, Strength.PASSKEY, verified=signed.verified)

        return await self._renewing(token, step_up)

    async def remove_passkey(self, session: Session, credential: str, *, keep_one: bool = False) -> bool:
        """False where they have no such. Raises `LastFactor`, with `keep_one`, for the only passkey or
        app; `SessionEnded`."""
        remove = partial(passkeys.remove, credential=credential)
        return await self._writing_for(session, _but_one(remove) if keep_one else remove)

    # One-time codes

    def begin_one_time(self, person: PersonId) -> tuple[Pending, str]:
        """A secret for an app, and the same sealed, for the form that confirms it."""
        pending = one_time.new_pending(self._clock())
        sealed = self._secrets.seal_secret(person, one_time.PENDING_FIELD, msgspec.msgpack.encode(pending))
        return pending, sealed.hex()

    def begun_one_time(self, person: PersonId, sealed: str) -> Pending:
        """The secret in a form that we sent to this person. Raises `NotProven`: it is another's, or
        too old."""
        try:
            plain = self._secrets.open_secret(person, one_time.PENDING_FIELD, bytes.fromhex(sealed))
        except Exception:  # not hexadecimal, or not sealed by us for them
            raise NotProven from None
        pending = msgspec.msgpack.decode(plain, type=Pending)
        if pending.expires <= micros(self._clock()):
            raise NotProven
        return pending

    async def add_one_time(self, token: str, session: Session, pending: Pending, digits: str) -> str:
        """Keeps a secret that the app has shown to know; the session's new token. Raises
        `NotProven`, `SessionEnded`."""
        now = self._clock()
        step = one_time.step_of(pending.secret, digits, now)
        sealed = self._secrets.seal_secret(session.person, one_time.FIELD, pending.secret.encode())

        def add(connection: Connection) -> str:
            one_time.keep(connection, session.person, pending.login, sealed, step, now)
            return _renewed(connection, token, now, Strength.TOTP)

        return await self._renewing(token, add)

    async def sign_in_by_one_time(
        self, login: str, digits: str, arriving: Arriving, *, replacing: str | None = None
    ) -> SignedIn:
        """Raises `NotProven`."""
        now = self._clock()
        with self._database.reading() as connection:
            kept = one_time.by_login(connection, login)
        if kept is None:
            raise NotProven
        step = self._step(kept, digits, now)
        arrival = arriving(kept.person, Strength.TOTP, False)

        def sign_in(connection: Connection) -> SignedIn:
            one_time.use_up(connection, kept, step)
            return _opened(connection, kept.person, arrival, replacing, now)

        signed_in = await self._writer.writing(sign_in)
        if replacing is not None:
            self._forget(replacing)
        return signed_in

    async def step_up_by_one_time(self, token: str, session: Session, digits: str) -> str:
        """The session's new token. Raises `NotProven`, `SessionEnded`."""
        now = self._clock()
        with self._database.reading() as connection:
            kept = one_time.by_person(connection, session.person)
        if kept is None:
            raise NotProven
        step = self._step(kept, digits, now)

        def step_up(connection: Connection) -> str:
            one_time.use_up(connection, kept, step)
            return _renewed(connection, token, now, Strength.TOTP)

        return await self._renewing(token, step_up)

    async def remove_one_time(self, session: Session, *, keep_one: bool = False) -> bool:
        """As `remove_passkey`."""
        return await self._writing_for(session, _but_one(one_time.remove) if keep_one else one_time.remove)

    # Recovery codes

    async def new_recovery_codes(self, session: Session) -> list[str]:
        """Ten, to be shown once, in place of those before. Raises `SessionEnded`."""
        while True:
            codes = recovery.new_codes()
            rows = await asyncio.to_thread(recovery.rows_of, codes, session.person, self._clock())
            if await self._writing_for(session, partial(recovery.keep, rows=rows)):
                return codes

    async def sign_in_by_recovery(
        self, code: str, arriving: Arriving, *, replacing: str | None = None
    ) -> SignedIn:
        """Raises `NotProven`."""
        now, plain = self._clock(), recovery.clean(code)
        person = await asyncio.to_thread(self._recovering, plain)
        arrival = arriving(person, Strength.RECOVERY, False)

        def sign_in(connection: Connection) -> SignedIn:
            recovery.use_up(connection, person, plain)
            return _opened(connection, person, arrival, replacing, now)

        signed_in = await self._writer.writing(sign_in)
        if replacing is not None:
            self._forget(replacing)
        return signed_in

    def _recovering(self, code: str) -> PersonId:
        with self._database.reading() as connection:
            return recovery.whose(connection, code)

    def _relying(self) -> Relying:
        if self.relying is None:
            raise NotProven
        return self.relying

    def _challenge(self, credential: str, purpose: str) -> bytes:
        """The challenge that a browser's answer is about, if we gave it out for this purpose."""
        challenge = passkeys.challenge_in(credential)
        self._challenges.check(challenge, purpose, self._clock())
        return challenge

    def _step(self, kept: one_time.Kept, digits: str, now: datetime) -> int:
        """The time step that the digits belong to. Raises `NotProven`, also where the secret does not
        open: its row was damaged, or moved from somebody else's."""
        try:
            secret = self._secrets.open_secret(kept.person, one_time.FIELD, kept.sealed).decode()
        except Exception as error:
            _log.warning("a secret of one-time codes does not open: %s", type(error).__name__)
            raise NotProven from None
        return one_time.step_of(secret, digits, now)

    async def _renewing(self, token: str, renew: Callable[[Connection], str]) -> str:
        fresh = await self._writer.writing(renew)
        self._forget(token)
        return fresh

    async def _writing_for(self, session: Session, change: Callable[[Connection, PersonId], bool]) -> bool:
        """Changes something of a session's holder while the session is open. Raises `SessionEnded`."""
        now = self._clock()

        def write(connection: Connection) -> bool:
            sessions.must_be_open(connection, session.id, now)
            return change(connection, session.person)

        return await self._writer.writing(write)


def _but_one(remove: Callable[[Connection, PersonId], bool]) -> Callable[[Connection, PersonId], bool]:
    """Counts in the transaction that removes: two that go at once are not both counted as the other's."""

    def removing(connection: Connection, person: PersonId) -> bool:
        gone = remove(connection, person)
        if gone and not (passkeys.known_to(connection, person) or one_time.of_person(connection, person)):
            raise LastFactor
        return gone

    return removing


def _enrolling(session: Session) -> str:
    return f"enrol {session.id}"


def _stepping_up(session: Session) -> str:
    return f"step up {session.id}"


def _opened(
    connection: Connection, person: PersonId, arrival: Arrival, replacing: str | None, now: datetime
) -> SignedIn:
    """A new session in place of the one that the browser had."""
    if replacing is not None:
        sessions.end_session(connection, replacing)
    return sessions.open_session(connection, person, now, arrival)


def _renewed(
    connection: Connection, token: str, now: datetime, strength: Strength, *, verified: bool = False
) -> str:
    """The session's new token, now that its holder has proven who they are. Raises `SessionEnded`."""
    change = {"strength": strength.value, "verified": verified, "stepped_up": micros(now)}
    fresh = sessions.rotate(connection, token, now, change)
    if fresh is None:
        raise SessionEnded
    return fresh
