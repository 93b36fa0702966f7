"""The set-up link: lets the first administrator in, once, within 15 minutes of `lantoa init`. With an
administrator, wherever they come from, it ends."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from domain.access import ADMINISTRATORS, RoleGranted
from infrastructure.accounts.tables import setup_link
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.ledger.batch import micros
from infrastructure.ledger.tables import fact_tag

LIFE: Final = timedelta(minutes=15)

_ADMINISTERED: Final = (
    select(fact_tag.c.position)
    .where(fact_tag.c.tag == ADMINISTRATORS, fact_tag.c.name == RoleGranted.NAME)
    .exists()
)


def new_link(connection: Connection, now: datetime) -> str:
    """Its token (128 bits); the one before ends."""
    token = new_token(128)
    connection.execute(delete(setup_link))
    row = {"token": hashed(token), "created": micros(now), "expires": micros(now + LIFE)}
    connection.execute(insert(setup_link), row)
    return token


def stands(connection: Connection, token: str, now: datetime) -> bool:
    """Whether it can still be used. Looking uses nothing up."""
    query = select(setup_link.c.token).where(
        setup_link.c.token == hashed(token), setup_link.c.expires > micros(now), ~_ADMINISTERED
    )
    return connection.execute(query).first() is not None


def use_up(connection: Connection, token: str, now: datetime) -> bool:
    """True for the first who asks, in time."""
    used = delete(setup_link).where(
        setup_link.c.token == hashed(token), setup_link.c.expires > micros(now), ~_ADMINISTERED
    )
    return bool(connection.execute(used).rowcount)
