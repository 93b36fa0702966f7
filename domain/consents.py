"""What people agree to, and take back."""

from dataclasses import dataclass

from domain.model import Fact, Refused
from domain.people import (
    ConsentGiven,
    ConsentWithdrawn,
    GuardianConsented,
    MergeUndone,
    PersonMerged,
    Purpose,
)
from domain.registering import AboutOne


class TakenBackWithProof(Refused):
    """Who proved who they are took this back: a code alone does not bring it again."""


class Consents:
    """What one person agrees to.

    A merge joins two people of whom each may have said something else: of what either did not
    agree to nothing stands afterwards (the stricter holds), until it is asked again.
    """

    def __init__(self) -> None:
        self.given: set[Purpose] = set()
        self.by_guardian: set[Purpose] = set()
        self.withdrawn: set[Purpose] = set()
        self.with_proof: set[Purpose] = set()
        self.unsure = False

    def weigh(self, fact: Fact) -> None:
        match fact:
            case ConsentGiven():
                self.given.add(fact.purpose)
                self.withdrawn.discard(fact.purpose)
                self.with_proof.discard(fact.purpose)
            case GuardianConsented():
                self.by_guardian.add(fact.purpose)
            case ConsentWithdrawn():
                self.given.discard(fact.purpose)
                self.by_guardian.discard(fact.purpose)
                self.withdrawn.add(fact.purpose)
                if not fact.alone:
                    self.with_proof.add(fact.purpose)
            case PersonMerged() | MergeUndone():
                self.unsure = True


@dataclass(kw_only=True)
class AboutConsent(AboutOne):
    """A decision about what one person agrees to."""

    purpose: Purpose

    def __post_init__(self) -> None:
        super().__post_init__()
        self.consents = Consents()

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.consents.weigh(fact)


@dataclass(kw_only=True)
class GiveConsent(AboutConsent):
    """A person agrees to one purpose; `guardian` says that a parent or guardian does so, too.

    What was only `heard` by somebody else (who says that they agreed) never puts a withdrawal aside;
    after a merge none is recorded, because the withdrawal may stand under the other id. What is said
    by a code `alone` never puts aside what was taken back with proof.
    """

    guardian: bool = False
    heard: bool = False
    alone: bool = False

    def execute(self) -> None:
        self.check_present()
        if self.heard and (self.consents.unsure or self.purpose in self.consents.withdrawn):
            return
        if self.alone and self.purpose in self.consents.with_proof:
            raise TakenBackWithProof
        if self.consents.unsure or self.purpose not in self.consents.given:
            self.record(ConsentGiven(at=self.at, by=self.by, person=self.person, purpose=self.purpose))
        if self.guardian and (self.consents.unsure or self.purpose not in self.consents.by_guardian):
            self.record(GuardianConsented(at=self.at, by=self.by, person=self.person, purpose=self.purpose))


@dataclass(kw_only=True)
class WithdrawConsent(AboutConsent):
    """A person no longer agrees; possible for one who is merged or erased, too. What was taken back
    by a code `alone` may be taken back once more with proof."""

    alone: bool = False

    def execute(self) -> None:
        self.check_known()
        unproven = self.purpose in self.consents.withdrawn - self.consents.with_proof
        if self.purpose in self.consents.given or (unproven and not self.alone):
            self.record(
                ConsentWithdrawn(
                    at=self.at, by=self.by, person=self.person, purpose=self.purpose, alone=self.alone
                )
            )
