"""Who stands behind a cookie, a link or a bearer token.

Reads go to the database, writes through the ledger's writer: on SQLite it holds the only
connection that may write.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection, delete

from application.ports import Invitations, SignedIn
from domain.model import PersonId
from infrastructure.accounts import invitations, sessions, tokens
from infrastructure.accounts.sessions import Session
from infrastructure.accounts.tables import api_token, invitation, session
from infrastructure.database import Database
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer, utc_now

_log: Final = logging.getLogger(__name__)


class Accounts(Invitations):
    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    def session(self, token: str) -> Session | None:
        """The open session of a cookie's token; None where it is unknown, ended or expired."""
        now = self._clock()
        with self._database.reading() as connection:
            found = sessions.find_session(connection, token, now)
        if found is not None and now - found.seen >= sessions.TOUCHED:
            touch = partial(sessions.touch, token=token, now=now)
            self._writer.write(touch).add_done_callback(_note_failure)
        return found

    async def sign_out(self, token: str) -> None:
        """Ends the session of a cookie's token."""
        await self._writer.writing(partial(sessions.end_session, token=token))

    def bearer(self, token: str) -> PersonId | None:
        """Whose program sends this token; None where it is unknown, taken back or expired."""
        with self._database.reading() as connection:
            return tokens.bearer(connection, token, self._clock())

    async def issue_bearer(self, person: PersonId) -> str:
        """A bearer token (256 bits) of a person, good for a year; shown this once."""
        return await self._writer.writing(partial(tokens.issue, person=person, now=self._clock()))

    async def take_back_bearers(self, person: PersonId) -> int:
        """Ends all bearer tokens of a person; how many there were."""
        return await self._writer.writing(partial(tokens.take_back, person=person))

    def invitation(self, person: PersonId) -> tuple[str, Rows]:
        token, row = invitations.new_invitation(person, self._clock())
        return token, Rows([(invitation, row)])

    async def issue(self, person: PersonId) -> str:
        now = self._clock()
        token, row = invitations.new_invitation(person, now)
        await self._writer.writing(partial(invitations.keep, row=row, now=now))
        return token

    def holder(self, token: str) -> PersonId | None:
        with self._database.reading() as connection:
            return invitations.holder(connection, token, self._clock())

    async def accept(self, token: str, *, replacing: str | None = None) -> SignedIn | None:
        now = self._clock()

        def sign_in(connection: Connection) -> SignedIn | None:
            person = invitations.use_up(connection, token, now)
            if person is None:
                return None
            if replacing is not None:
                sessions.end_session(connection, replacing)
            return sessions.open_session(connection, person, now)

        return await self._writer.writing(sign_in)

    def ending(self, people: Sequence[PersonId]) -> Rows:
        tables = (session, invitation, api_token)
        return Rows(statements=[delete(table).where(table.c.person.in_(people)) for table in tables])


def _note_failure(touched: Future[None]) -> None:
    """A visit that could not be noted is no reason to turn the visitor away."""
    if touched.exception() is not None:
        _log.warning("a session's visit could not be noted")
