"""Who stands behind a cookie, a link or a bearer token.

Reads go to the database, writes through the ledger's writer: on SQLite it holds the only
connection that may write.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection, delete, func, select

from application.ports import Invitations, SignedIn
from application.signing_in import Limits
from domain.access import ADMINISTRATORS, RoleGranted
from domain.model import PersonId, Position, Selector
from infrastructure.accounts import device_tokens, invitations, sessions, setup, tokens
from infrastructure.accounts.asked_together import AskedTogether
from infrastructure.accounts.device_tokens import DeviceToken, Issued
from infrastructure.accounts.sessions import Arrival, Session
from infrastructure.accounts.tables import (
    api_token,
    device_token,
    invitation,
    passkey,
    recovery_code,
    session,
    totp,
)
from infrastructure.accounts.tokens import hashed
from infrastructure.database import Database
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer, utc_now

T = TypeVar("T")

FACTORS: Final = (passkey, totp, recovery_code)
"""What somebody signs in with, other than a link."""

ON_ITS_WAY: Final = timedelta(seconds=10)
"""How long a page that was asked for with the token before may take to arrive, in whole seconds."""

_log: Final = logging.getLogger(__name__)


class Accounts(Invitations):
    """`key` is the same in every process of this ledger; without one, what a token followed upon is
    known here alone."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        *,
        key: bytes = b"",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._writer = writer
        self._key = key or secrets.token_bytes(32)
        self._clock = clock
        self._sessions_now = AskedTogether(partial(self._found, sessions.find_several))
        self._bearers_now = AskedTogether(partial(self._found, tokens.bearers))

    def _found(
        self, find: Callable[[Connection, Sequence[bytes], datetime], dict[bytes, T]], hashes: Sequence[bytes]
    ) -> dict[bytes, T]:
        return self._database.at_once(lambda connection: find(connection, hashes, self._clock()))

    def session(self, token: str, *, fresh: bool = False) -> Session | None:
        """The open session of a cookie's token; None where it is unknown, ended or expired.

        `fresh`: as the database has it now, whatever `RememberedAccounts` remembers, and for none but
        the token of now."""
        found = self._database.at_once(partial(sessions.find_session, token=token, now=self._clock()))
        if found is None:
            return None if fresh else self.session_after(token)
        return self._visited(found)

    async def session_now(self, token: str) -> Session | None:
        """`session`, fresh, asked together with whatever else is asked for at this moment."""
        found = await self._sessions_now.get(hashed(token))
        return None if found is None else self._visited(found)

    def _visited(self, found: Session) -> Session:
        now = self._clock()
        if now - found.seen >= found.touched_every:
            touch = partial(sessions.touch, found=found, now=now)
            self._writer.write(touch).add_done_callback(_note_failure)
        return found

    def forget(self, token: str) -> None:
        """Whatever a token opened, it is asked for anew: nothing is remembered here."""

    def devices(self, person: PersonId) -> list[Session]:
        """Where somebody is signed in, the latest used first."""
        with self._database.reading() as connection:
            return sessions.sessions_of(connection, person, self._clock())

    def last_seen(self, people: Sequence[PersonId]) -> dict[PersonId, datetime]:
        """When each of them last used a device on which they are signed in; the others are missing."""
        query = (
            select(session.c.person, func.max(session.c.seen))
            .where(session.c.person.in_(people), session.c.expires > micros(self._clock()))
            .group_by(session.c.person)
        )
        with self._database.reading() as connection:
            return {PersonId(person): moment(seen) for person, seen in connection.execute(query)}

    async def sign_out(self, token: str) -> None:
        """Ends the session of a cookie's token."""
        await self._writer.writing(partial(sessions.end_session, token=token))

    async def end_device(self, person: PersonId, ref: str) -> bool:
        """Ends one of somebody's sessions or device tokens, at once; False where they have no such."""

        def end(connection: Connection) -> bool:
            return sessions.end_one(connection, person, ref) or device_tokens.end_one(connection, person, ref)

        return await self._writer.writing(end)

    async def end_devices(self, person: PersonId, *, but: str | None = None) -> int:
        """Ends all of somebody's sessions, except the one with the id `but`; how many there were."""
        return await self._writer.writing(partial(sessions.end_all, people=[person], but=but))

    async def rotate(self, token: str, found: Session, *, power: str, limits: Limits) -> str | None:
        """A new token after a change of roles, under whose limits the session is from now on. None
        where another request was quicker, or the session has ended."""
        now = self._clock()
        change = sessions.tightened(found, limits, now) | {"power": power}
        fresh = tokens.successor(self._key, token, _second(now))
        rotate = partial(sessions.rotate, token=token, now=now, change=change, fresh=fresh)
        return await self._writer.writing(rotate)

    async def tighten(self, found: Session, limits: Limits) -> None:
        """Holds a session to the limits of other roles, under the token that it has."""
        await self._writer.writing(partial(sessions.tighten, found=found, limits=limits, now=self._clock()))

    def session_after(self, token: str) -> Session | None:
        """The open session whose token came in the place of this one a moment ago, with other roles: a
        browser that loads two pages at once sends the second before it has the new token. For reading
        alone."""
        now = self._clock()
        last, first = _second(now), _second(now - ON_ITS_WAY)
        after = [hashed(tokens.successor(self._key, token, second)) for second in range(first, last + 1)]
        found = self._database.at_once(partial(sessions.find_several, hashes=after, now=now))
        return next(iter(found.values()), None)

    async def waive(self, token: str) -> str | None:
        """A new token after enrolment was skipped (in a simulated ledger); it counts as a step-up."""
        now = self._clock()
        change = {"waived": True, "stepped_up": micros(now)}
        return await self._writer.writing(partial(sessions.rotate, token=token, now=now, change=change))

    def phone(self, token: str) -> DeviceToken | None:
        """The device token that a phone sends; None where it is unknown, ended or expired."""
        now = self._clock()
        found = self._database.at_once(partial(device_tokens.find, token=token, now=now))
        if found is not None and now - found.seen >= device_tokens.TOUCHED:
            touch = partial(device_tokens.touch, found=found, now=now)
            self._writer.write(touch).add_done_callback(_note_failure)
        return found

    def phones(self, person: PersonId) -> list[DeviceToken]:
        """Which phones may send somebody's entries, the latest used first."""
        with self._database.reading() as connection:
            return device_tokens.of_person(connection, person, self._clock())

    async def issue_phone(self, found: Session) -> Issued:
        """A device token made under a session. Raises `SessionEnded`."""
        now = self._clock()

        def issue(connection: Connection) -> Issued:
            sessions.must_be_open(connection, found.id, now)
            return device_tokens.issue(connection, found.person, found.id, found.device, now)

        return await self._writer.writing(issue)

    def ending_phones(self, people: Sequence[PersonId]) -> Rows:
        return Rows(statements=[device_tokens.ending(people)])

    def bearer(self, token: str) -> PersonId | None:
        """Whose program sends this token; None where it is unknown, taken back or expired."""
        return self._database.at_once(partial(tokens.bearer, token=token, now=self._clock()))

    async def bearer_now(self, token: str) -> PersonId | None:
        """`bearer` as the database has it now, as in `session_now`."""
        return await self._bearers_now.get(hashed(token))

    async def issue_bearer(self, person: PersonId) -> str:
        """A bearer token (256 bits) of a person, good for a year; shown this once."""
        return await self._writer.writing(partial(tokens.issue, person=person, now=self._clock()))

    async def take_back_bearers(self, person: PersonId) -> int:
        """Ends all bearer tokens of a person; how many there were."""
        return await self._writer.writing(partial(tokens.take_back, person=person))

    def invitation(self, person: PersonId) -> tuple[str, Rows]:
        token, row = invitations.new_invitation(person, self._clock())
        return token, Rows([(invitation, row)])

    async def issue(self, person: PersonId, *, weighed: Position | None = None) -> str:
        now = self._clock()
        token, row = invitations.new_invitation(person, now)

        def keep(connection: Connection) -> None:
            invitations.must_open_what_was_weighed(connection, [person], weighed)
            invitations.keep(connection, row, now)

        await self._writer.writing(keep)
        return token

    async def recover(
        self, person: PersonId, also: Iterable[PersonId] = (), *, weighed: Position | None = None
    ) -> str:
        """A new link for somebody whose phone is lost: every device of theirs is signed out at once
        and older links end; passkeys, one-time codes and recovery codes end when it is used, with what
        they opened until then, and at once under their other ids (`also`). `weighed` as in `issue`."""
        now, others = self._clock(), list(also)
        token, row = invitations.new_invitation(person, now, recovers=True)

        def replace(connection: Connection) -> None:
            invitations.must_open_what_was_weighed(connection, [person, *others], weighed)
            sessions.end_all(connection, [person, *others])
            connection.execute(delete(invitation).where(invitation.c.person.in_([person, *others])))
            for table in FACTORS:
                connection.execute(delete(table).where(table.c.person.in_(others)))
            invitations.keep(connection, row, now)

        await self._writer.writing(replace)
        return token

    def holder(self, token: str) -> PersonId | None:
        with self._database.reading() as connection:
            return invitations.holder(connection, token, self._clock())

    async def accept(
        self, token: str, *, replacing: str | None = None, arrival: Arrival | None = None
    ) -> SignedIn | None:
        now = self._clock()

        def sign_in(connection: Connection) -> SignedIn | None:
            used = invitations.use_up(connection, token, now)
            if used is None:
                return None
            if replacing is not None:
                sessions.end_session(connection, replacing)
            if used.recovers:
                sessions.end_all(connection, [used.person])
                for table in FACTORS:
                    connection.execute(delete(table).where(table.c.person == used.person))
            return sessions.open_session(connection, used.person, now, arrival)

        return await self._writer.writing(sign_in)

    async def new_setup_link(self) -> str | None:
        """A token that lets the first administrator in, for 15 minutes; the one before ends. None
        where there is an administrator, who lets others in: the last one cannot be removed."""
        if self._writer.history([Selector([RoleGranted], [ADMINISTRATORS])]):
            return None
        return await self._writer.writing(partial(setup.new_link, now=self._clock()))

    def setup_link_stands(self, token: str) -> bool:
        with self._database.reading() as connection:
            return setup.stands(connection, token, self._clock())

    async def use_setup_link(self, token: str) -> bool:
        """True for the first who asks, in time."""
        return await self._writer.writing(partial(setup.use_up, token=token, now=self._clock()))

    def ending(self, people: Sequence[PersonId]) -> Rows:
        tables = (session, device_token, invitation, api_token, *FACTORS)
        return Rows(statements=[delete(table).where(table.c.person.in_(people)) for table in tables])


def _second(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp())


def _note_failure(touched: Future[None]) -> None:
    """A visit that could not be noted is no reason to turn the visitor away."""
    if touched.exception() is not None:
        _log.warning("a session's visit could not be noted")
