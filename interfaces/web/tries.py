"""How often what may be tried: by account, by device, by what is tried, and loosely by address.

A try is taken before anybody looks at what is tried, so that above the limit a right code is
refused like a wrong one. Addresses are shared: a commune's office, a school and most phones of a
provider each come from one, so that limit only keeps a single machine from trying for ever.
"""

from enum import Enum
from typing import Any, Final, NamedTuple

from litestar import Request

from application.identity import BadCode, clean_code
from domain.model import Refused
from infrastructure.tries import Count, Limit
from interfaces.web.address import address_of, network_of
from interfaces.web.front_door import WAIT
from interfaces.web.origin import READING
from interfaces.web.session import house_of, visitor

_MINUTE: Final = 60
_HOUR: Final = 3600


class TooManyTries(Refused):
    """Tried more often than anybody needs to; it may be tried again so many minutes or hours later."""


class Limits(NamedTuple):
    """`target` is what is tried: a code, the account somebody wants to enter. None: not counted."""

    address: Limit
    account: Limit | None = None
    device: Limit | None = None
    target: Limit | None = None


class Kind(Enum):
    """What can be tried. The value names it in the keys of the counts."""

    CODE = "code"
    """Looking at, or answering by, a learner's code. An ambassador may hand a phone round a class
    of 50, each of whom opens, answers and reads the thanks, and some again."""

    CLASS = "class"
    """Looking at, or checking in by, a class's code: all 50 learners try the same one, some again."""

    CERTIFICATE = "certificate"
    """Checking a certificate (the target is its code)."""

    PRINTING = "printing"
    """Having one's own certificate made."""

    SIGN_IN = "sign-in"
    """Signing in; the target is the account, if one is named."""

    SECOND_FACTOR = "second-factor"
    """A TOTP or passkey for an account (the target), at sign-in or as a step-up."""

    RECOVERY = "recovery"
    """A recovery code for an account (the target)."""

    INVITATION = "invitation"
    """Opening or accepting an invitation (the target is its token)."""

    INVITING = "inviting"
    """Making invitations."""

    GRANTING = "granting"
    """Giving, taking and approving roles."""

    EXPORT = "export"
    """Files of other people's data."""

    OPEN_FILE = "open-file"
    """Boards as files, which anybody may have; for whoever is signed in it is an `EXPORT`."""

    BRINGING = "bringing"
    """Bringing in lists: each is read whole."""

    NOMINEES = "nominees"
    """Computing who meets the criteria at a cut-off."""

    OWN_DATA = "own-data"
    """Seeing and downloading one's own data; the targets are the code, and the person behind it."""

    NEARBY = "nearby"
    """Looking through the people of a place, to choose whom one teaches."""

    SYNC = "sync"
    """What a phone asks by itself: sending what it kept, and what it may keep."""

    DEVICE = "device"
    """Making device tokens."""

    FORM_KEY = "form-key"
    """Coming with the key of a form, whatever it is worth: whoever has none uses up nothing of the form's."""

    FORM = "form"
    """What the forms of KoboToolbox and ODK Central send; the target is the connection."""

    REQUEST = "request"
    """Asking for a correction, an objection, an erasure; the targets are as above."""


LIMITS: Final[dict[Kind, Limits]] = {
    Kind.CODE: Limits(
        address=Limit(6_000, _HOUR),
        account=Limit(1_200, _HOUR),
        device=Limit(600, _HOUR),
        target=Limit(40, _HOUR),
    ),
    Kind.CLASS: Limits(address=Limit(6_000, _HOUR), device=Limit(1_200, _HOUR), target=Limit(1_200, _HOUR)),
    Kind.CERTIFICATE: Limits(address=Limit(3_000, _HOUR), target=Limit(600, _HOUR)),
    Kind.PRINTING: Limits(address=Limit(3_000, _HOUR), account=Limit(30, _HOUR)),
    Kind.SIGN_IN: Limits(address=Limit(3_000, _HOUR), device=Limit(60, _HOUR), target=Limit(20, _HOUR)),
    Kind.SECOND_FACTOR: Limits(
        address=Limit(3_000, _HOUR),
        device=Limit(30, _HOUR),
        # Of a million codes, three are right at a time: 5 tries in 15 minutes need some two years.
        target=Limit(5, 15 * _MINUTE),
    ),
    Kind.RECOVERY: Limits(address=Limit(1_000, _HOUR), device=Limit(10, _HOUR), target=Limit(10, _HOUR)),
    Kind.INVITATION: Limits(address=Limit(3_000, _HOUR), target=Limit(30, _HOUR)),
    Kind.INVITING: Limits(address=Limit(3_000, _HOUR), account=Limit(120, _HOUR)),
    Kind.GRANTING: Limits(address=Limit(3_000, _HOUR), account=Limit(120, _HOUR)),
    Kind.EXPORT: Limits(address=Limit(1_000, _HOUR), account=Limit(60, _HOUR)),
    Kind.OPEN_FILE: Limits(address=Limit(300, _HOUR)),
    Kind.BRINGING: Limits(address=Limit(1_000, _HOUR), account=Limit(120, _HOUR)),
    Kind.NOMINEES: Limits(address=Limit(3_000, _HOUR), account=Limit(300, _HOUR)),
    Kind.NEARBY: Limits(address=Limit(3_000, _HOUR), account=Limit(120, _HOUR)),
    # A phone sends at most every few seconds; a commune's phones come from one address.
    Kind.SYNC: Limits(address=Limit(6_000, _MINUTE), account=Limit(300, _MINUTE), device=Limit(60, _MINUTE)),
    # One server sends for all the forms of a province; one form collects a few thousand a day.
    Kind.FORM_KEY: Limits(address=Limit(60_000, _HOUR)),
    Kind.FORM: Limits(address=Limit(60_000, _HOUR), target=Limit(6_000, _HOUR)),
    Kind.DEVICE: Limits(address=Limit(3_000, _HOUR), account=Limit(60, _HOUR)),
    # A learner without a phone is known by the year of birth: 80 of them take more than five days.
    Kind.OWN_DATA: Limits(
        address=Limit(1_000, _HOUR), account=Limit(60, _HOUR), target=Limit(15, 24 * _HOUR)
    ),
    Kind.REQUEST: Limits(address=Limit(1_000, _HOUR), account=Limit(30, _HOUR), target=Limit(20, _HOUR)),
}
"""The first of several limits that is reached counts. Chosen so that nobody who does their work
reaches one, and that 40 bits of a code or six digits cannot be found by trying."""


WRITES: Final = Limit(20_000, _HOUR)
"""Whatever one account sends, in each serving process: a stolen session or a program gone wild fills
no disk. A commune's whole list sent by a program stays below."""


def limited_writing(request: Request[Any, Any, Any]) -> None:
    """Takes one try of sending anything, of whoever is signed in. Raises `TooManyTries`."""
    asking = visitor(request)
    if asking is None or request.scope["method"] in READING:
        return
    if wait := house_of(request).tries.take_here(Count("writing", asking.actor.person, WRITES)):
        raise _too_many(request, wait)


def limited_entry(request: Request[Any, Any, Any]) -> None:
    """Takes another try of sending anything, for each entry of a request after the first."""
    limited_writing(request)


WIDE: Final = 10
"""Times the limit of an address: for all phones of a provider's network together, none of which does much,
and for one machine that has the whole of one."""


async def limited(request: Request[Any, Any, Any], kind: Kind, *targets: str) -> None:
    """Takes one try of `kind`. Call it before looking at what is tried; `targets` are that (stored as
    keyed hashes), each counted by itself. Raises `TooManyTries`, and `Unavailable` where nothing can
    be counted."""
    house, limits, asking = house_of(request), LIMITS[kind], visitor(request)
    proxy = house.settings.behind_proxy
    counts = [Count(f"{kind.value} by address", address_of(request.scope, proxy), limits.address)]
    if network := network_of(request.scope, proxy):
        wide = Limit(limits.address.most * WIDE, limits.address.seconds)
        counts.append(Count(f"{kind.value} by network", network, wide))
    if limits.account and asking:
        counts.append(Count(f"{kind.value} by account", asking.actor.person, limits.account))
    if limits.device and asking and asking.device:
        counts.append(Count(f"{kind.value} by device", asking.device, limits.device))
    if limits.target:
        counts += [Count(f"{kind.value} of", target, limits.target) for target in targets]
    if wait := await house.tries.take(counts):
        raise _too_many(request, wait)


def as_one(code: str) -> str:
    """A code as a target, however it was typed: with other dashes it is no other code."""
    try:
        return clean_code(code)
    except BadCode:
        return code


def _too_many(request: Request[Any, Any, Any], wait: int) -> TooManyTries:
    request.scope["state"][WAIT] = wait  # for Retry-After, also with a form that is shown again
    if wait > 2 * _HOUR:
        return TooManyTries(why="hours", hours=-(-wait // _HOUR))
    return TooManyTries(minutes=-(-wait // _MINUTE))
