"""Lan, sealed in a vault and signed in by a link, and what she can prove who she is with."""

import asyncio
from datetime import datetime, timedelta

import pytest

from application.ports import SignedIn
from application.signing_in import Strength
from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.factors import Factors
from infrastructure.accounts.passkeys import Relying
from infrastructure.accounts.sessions import Arrival, Session
from infrastructure.ledger.writer import utc_now
from tests.infrastructure.accounts.authenticator import HOST, ORIGIN
from tests.infrastructure.vault.people import sealed


class Clock:
    """Stands still until it is set forward."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def on(self, **later: float) -> None:
        self.now += timedelta(**later)


class Proving:
    """Somebody's session, and the ways to prove more."""

    def __init__(self, accounts: Accounts, factors: Factors, clock: Clock, person: PersonId) -> None:
        self.accounts = accounts
        self.factors = factors
        self.clock = clock
        self.person = person
        self.arrived: list[PersonId] = []
        self.token = run(self._link()).token

    @property
    def session(self) -> Session:
        found = self.accounts.session(self.token)
        assert found is not None
        return found

    def arriving(self, person: PersonId, strength: Strength, verified: bool) -> Arrival:
        self.arrived.append(person)
        return Arrival(strength=strength, verified=verified)

    def make_passkey(self, phone, **options):
        said = phone.make(self.factors.creation_options(self.session, "Lan", verified=False))
        self.token = run(self.add(said, **options))

    def add(self, credential, verified=False):
        return self.factors.add_passkey(
            self.token, self.session, credential, device="Chrome/Android", verified=verified
        )

    def sign_in(self, credential, **options) -> SignedIn:
        return run(self.factors.sign_in_by_passkey(credential, self.arriving, **options))

    async def _link(self) -> SignedIn:
        signed_in = await self.accounts.accept(await self.accounts.issue(self.person))
        assert signed_in is not None
        return signed_in


def run(awaited):
    return asyncio.run(awaited)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def forgotten() -> list[str]:
    """The tokens that have opened their last session, as whoever remembers sessions hears of them."""
    return []


@pytest.fixture
def factors(database, ledger, vault, clock, forgotten) -> Factors:
    relying = Relying(HOST, ORIGIN)
    return Factors(database, ledger, vault, relying=relying, forget=forgotten.append, clock=clock)


@pytest.fixture
def lan(database, ledger, vault, clock, factors) -> Proving:
    person = sealed(ledger, vault, "lan")
    return Proving(Accounts(database, ledger, clock=clock), factors, clock, person)
