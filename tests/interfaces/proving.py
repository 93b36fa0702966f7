"""How people in the tests prove who they are: an authenticator app, as their phone would have it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pyotp

from interfaces.house import House

Run = Callable[[Any], Any]


def with_an_app(house: House, token: str, run: Run = asyncio.run) -> tuple[str, str]:
    """Gives the holder of a session an authenticator app, as `/bao-mat/ung-dung` does: the session's
    new token, and the app's secret. It counts as a step-up."""
    session = house.accounts.session(token, fresh=True)
    assert session is not None
    pending, _sealed = house.factors.begin_one_time(session.person)
    adding = house.factors.add_one_time(token, session, pending, pyotp.TOTP(pending.secret).now())
    return run(adding), pending.secret
