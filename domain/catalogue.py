"""Every fact ever stored, by name and version: the only list of them.

A stored name is looked up here and nowhere else; one that is not listed is an error,
never a class found by a string.
"""

from functools import cache
from typing import Any, Final

import msgspec

from domain import (
    access,
    campaigns,
    certificates,
    classes,
    closing,
    criteria,
    digital_markets,
    households,
    lists,
    markets,
    milestones,
    onboarding,
    people,
    placed,
    recognition,
    requests,
    statuses,
    surveys,
    targets,
    teaching,
    teams,
    territory,
    vendors,
    visits,
    workplaces,
)
from domain.model import Fact, LedgerFounded

FACTS: Final[tuple[type[Fact], ...]] = (
    LedgerFounded,
    *territory.FACTS,
    *placed.FACTS,
    *criteria.FACTS,
    *people.FACTS,
    *requests.FACTS,
    *access.FACTS,
    *teaching.FACTS,
    *classes.FACTS,
    *recognition.FACTS,
    *certificates.FACTS,
    *households.FACTS,
    *markets.FACTS,
    *vendors.FACTS,
    *onboarding.FACTS,
    *digital_markets.FACTS,
    *teams.FACTS,
    *visits.FACTS,
    *milestones.FACTS,
    *surveys.FACTS,
    *targets.FACTS,
    *closing.FACTS,
    *lists.FACTS,
    *workplaces.FACTS,
    *statuses.FACTS,
    *campaigns.FACTS,
)


class UnknownFact(Exception):
    """A stored fact that this version of the program does not know (a newer one wrote it)."""


def _by_name(facts: tuple[type[Fact], ...]) -> dict[tuple[str, int], type[Fact]]:
    named = {(fact.NAME, fact.VERSION): fact for fact in facts}
    if len(named) != len(facts):
        raise AssertionError("two facts share a name and version")
    return named


_KINDS: Final = _by_name(FACTS)
_ENCODER: Final = msgspec.json.Encoder()
_DECODERS: Final = {key: msgspec.json.Decoder(kind) for key, kind in _KINDS.items()}


def encode(fact: Fact) -> bytes:
    """The exact bytes that are stored (JSON, so that a doubter can read them without us)."""
    return _ENCODER.encode(fact)


def decode(name: str, version: int, data: bytes) -> Fact:
    """The fact behind stored bytes. Raises `UnknownFact`, or msgspec's errors on damage."""
    try:
        decoder = _DECODERS[name, version]
    except KeyError:
        raise UnknownFact(f"{name} version {version}") from None
    return decoder.decode(data)


def knows(name: str, version: int) -> bool:
    """Whether this program can read what is stored under that name and version."""
    return (name, version) in _KINDS


@cache
def names(kind: type[Any]) -> tuple[str, ...]:
    """The stored names that a selector on a class means: its own, or those of its subclasses."""
    if isinstance(kind.__dict__.get("NAME"), str):
        return (kind.NAME,)
    return tuple(sorted({fact.NAME for fact in FACTS if issubclass(fact, kind)}))
