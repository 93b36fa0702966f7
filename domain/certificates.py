"""Certificates: somebody who is a digital ambassador holds one that anybody can check."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    PersonId,
    Position,
    Refused,
    Selector,
    Stale,
    Tags,
    UnitId,
)
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn


class CertificateIssued(Fact, frozen=True, kw_only=True):
    """For the recognition that began at a position (`recognised` says when), and for that alone: whoever
    is recognised again after a withdrawal gets another one."""

    NAME = "certificate-issued"

    person: PersonId
    unit: UnitId
    recognition: Position
    recognised: datetime
    criteria: str

    def tags(self) -> Tags:
        return (f"certificate-of:{self.person}",)


FACTS: Final = (CertificateIssued,)


class NothingToCertify(Refused):
    """No recognition stands."""


class Recognitions:
    """The recognition of one id that stands, from the fact with which it began: a witness that was
    replaced since leaves it what it was."""

    def __init__(self) -> None:
        self.since: AmbassadorRecognised | None = None

    def weigh(self, fact: Fact) -> None:
        match fact:
            case AmbassadorRecognised() if self.since is None:
                self.since = fact
            case AmbassadorRecognitionWithdrawn():
                self.since = None


@dataclass(kw_only=True)
class IssueCertificate(Decision):
    """For the recognition that was looked up, `since` at the position `recognition`. Once is enough."""

    since: AmbassadorRecognised
    recognition: Position
    by: By

    def __post_init__(self) -> None:
        self.standing = Recognitions()
        self.issued = False

    def consistency_boundary(self) -> Boundary:
        person = self.since.person
        return [
            Selector([AmbassadorRecognised, AmbassadorRecognitionWithdrawn], [f"recognised:{person}"]),
            Selector([CertificateIssued], [f"certificate-of:{person}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        self.standing.weigh(fact)
        if isinstance(fact, CertificateIssued) and fact.recognition == self.recognition:
            self.issued = True

    def execute(self) -> None:
        if self.standing.since is None:
            raise NothingToCertify
        if self.standing.since != self.since:
            raise Stale
        if self.issued:
            return
        self.record(
            CertificateIssued(
                at=self.at,
                by=self.by,
                person=self.since.person,
                unit=self.since.unit,
                recognition=self.recognition,
                recognised=self.since.at,
                criteria=self.since.criteria,
            )
        )
