"""How strongly somebody has to sign in, and for how long it holds: by the roles they hold."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import Refused, Role


class LastFactor(Refused):
    """The only passkey or app of somebody whose roles ask for one."""


class StrongEnoughWithout(Refused):
    """Recovery codes do not replace the passkey or app that these roles ask for."""


class Strength(StrEnum):
    """What a session was last proven by, from the weakest."""

    DEVICE = "device"
    """The invitation's link alone: whoever has the device has the session."""
    RECOVERY = "recovery"
    TOTP = "totp"
    PASSKEY = "passkey"


class Limits(msgspec.Struct, frozen=True):
    """How long a session lasts: `idle` after the last visit, `absolute` whatever happens."""

    idle: timedelta
    absolute: timedelta


VOLUNTEERS: Final = Limits(timedelta(days=30), timedelta(days=90))
"""Ambassadors, team leaders and organizers: somebody who teaches once a month is not asked again, and
a phone that was given away stops working within a season."""

OFFICIALS: Final = Limits(timedelta(minutes=60), timedelta(hours=12))
"""Those who decide on honours or on others' rights: one working day, and an hour away from the desk
(NIST SP 800-63B-4, AAL2: at most 24 hours and one hour)."""

_OFFICIAL: Final = frozenset((Role.COMMITTEE, Role.SECRETARY, Role.ADMINISTRATOR, Role.AUDITOR))
_FACTOR: Final = _OFFICIAL | {Role.ORGANIZER}

IN_THE_FIELD: Final = frozenset((Role.AMBASSADOR, Role.TEAM_LEADER))
"""Whose phones may send what they kept where there was no network, by a token of their own."""

FRESH: Final = timedelta(minutes=5)
"""How long a step-up counts."""


def limits_of(roles: Iterable[Role]) -> Limits:
    return OFFICIALS if _OFFICIAL.intersection(roles) else VOLUNTEERS


def needs_factor(roles: Iterable[Role]) -> bool:
    """Whether a passkey or one-time codes are mandatory: organizers and whoever is above them."""
    return bool(_FACTOR.intersection(roles))


def needs_verified_user(roles: Iterable[Role]) -> bool:
    """Whether a passkey has to know its user (PIN, finger, face), so that it makes two factors."""
    return bool(_OFFICIAL.intersection(roles))


def enough(roles: Iterable[Role], strength: Strength, *, verified: bool) -> bool:
    """Whether a session proven so may use these roles. `verified`: the passkey knew its user."""
    held = frozenset(roles)
    if not needs_factor(held) or strength is Strength.TOTP:
        return True
    return strength is Strength.PASSKEY and (verified or not needs_verified_user(held))


def stepped_up_lately(stepped_up: datetime | None, now: datetime) -> bool:
    return stepped_up is not None and timedelta() <= now - stepped_up < FRESH
