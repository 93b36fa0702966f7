"""What is claimed of one subject, as far as it was confirmed, and who holds the credit for it."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from domain.model import PersonId, Skill, UnitId

PERSON: Final = "person"


VENDOR: Final = "vendor"


FAMILY: Final = "family"


STATUS: Final = Skill("status")
"""What a family is claimed for: the status of a digital family."""


class Claim(msgspec.Struct, array_like=True, gc=False):
    """A teaching, onboarding or registration that was not voided. `since` is the position of the
    answer that turned it from unconfirmed to confirmed, 0 while it is not; `on` is YYYY-MM-DD;
    `evidence` is how the answer that stands reached us, empty without one."""

    teaching: str
    ambassador: PersonId
    skills: tuple[Skill, ...]
    unit: str
    on: str
    since: int = 0
    able: bool = False
    evidence: str = ""


class Subject(msgspec.Struct, array_like=True, gc=False):
    """All claims about one id of a person, a vendor or a family, and the latest ruling for each
    skill (teaching and position). `owner` is the person behind a vendor; `lies` where a family, or the
    market of a vendor, was placed since its commune was divided."""

    claims: dict[str, Claim] = {}
    ruled: dict[Skill, tuple[str, int]] = {}
    owner: PersonId | None = None
    lies: UnitId | None = None


class Group:
    """All claims about one subject of today, under whichever ids they were logged.

    `one` is its id of today; `standing_for` tells who stands for an ambassador's; `selves` are the ids of
    the subject's own person, since nobody counts for having taught themselves. `lives` is where they live
    or lie today, where that matters: some commune was divided, and they were placed.
    """

    __slots__ = ("claims", "lives", "one", "parts", "standing_for")

    def __init__(
        self,
        one: str,
        parts: Sequence[Subject],
        selves: frozenset[PersonId],
        standing_for: Callable[[PersonId], PersonId],
        lives: UnitId | None,
    ) -> None:
        self.one = one
        self.parts = parts
        self.standing_for = standing_for
        self.lives = lives
        self.claims = [
            claim for part in parts for claim in part.claims.values() if claim.ambassador not in selves
        ]

    def holder(self, skill: Skill) -> Claim | None:
        """Who holds the credit: as `domain.credit.CreditLine` says, the one ruled for while it
        stands, else the earliest confirmed."""
        best: Claim | None = None
        for claim in self.claims:
            if claim.since and skill in claim.skills and (best is None or claim.since < best.since):
                best = claim
        if best is None:
            return None
        ruled = self._ruled(skill)
        if ruled is not None and ruled != best.teaching:
            for claim in self.claims:
                if claim.teaching == ruled and claim.since and skill in claim.skills:
                    return claim
        return best

    def holders(self) -> dict[Skill, Claim]:
        """Whoever holds the credit for each skill that anybody holds it for."""
        claims = self.claims
        if len(claims) == 1:
            only = claims[0]
            return dict.fromkeys(only.skills, only) if only.since else {}
        skills = dict.fromkeys(skill for claim in claims if claim.since for skill in claim.skills)
        return {skill: claim for skill in skills if (claim := self.holder(skill)) is not None}

    def _ruled(self, skill: Skill) -> str | None:
        latest: tuple[str, int] | None = None
        for part in self.parts:
            ruling = part.ruled.get(skill)
            if ruling is not None and (latest is None or ruling[1] > latest[1]):
                latest = ruling
        return latest[0] if latest is not None else None


class Holder(msgspec.Struct, frozen=True):
    """Who holds a credit: by this teaching the ambassador of today, `able` or not at that time, by
    an answer with this `evidence`."""

    teaching: str
    ambassador: PersonId
    on: str
    unit: str
    able: bool
    evidence: str


class Share:
    """Bits of what one subject contributes to one figure."""

    CLAIMED: Final = 1
    CONFIRMED: Final = 2
    CREDITED: Final = 4
    ABLE: Final = 8
    ELSEWHERE: Final = 16
    """Confirmed otherwise than on a mentor's phone."""
