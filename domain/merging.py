"""Two entries turn out to be one person, who belongs to one household and one team, as everybody does."""

from dataclasses import dataclass

from domain.household_members import Memberships
from domain.model import Boundary, Fact, PersonId, Refused
from domain.people import MergeUndone, PersonMerged
from domain.registering import AboutPeople, AlreadyErased
from domain.team_members import TeamsOf
from domain.who_is_who import Groups, WhoIsWho


class MergedWithThemselves(Refused):
    """A person is merged into another one, not into themselves."""


class MergedInACircle(Refused):
    """The other was merged into this one before."""


class AlreadyMerged(Refused):
    """One of the two was merged before; merge the ones that stand for them."""


class NotMerged(Refused):
    """This merge does not stand, so it cannot be undone."""


class InTwoHouseholds(Refused):
    """The two belong to different households, `household` and `other`. Somebody who knows the family
    has to say first which one the person left, or never belonged to."""


class InTwoTeams(Refused):
    """The two belong to different teams: one of them is left first."""


@dataclass(kw_only=True)
class MergePeople(AboutPeople):
    """Two ids turned out to be one person: what was said of `person` now counts for `into`.

    Both must stand for themselves, so that no circle can close, however long; `aliases` holds
    the groups of ids that were merged into either before.
    """

    person: PersonId
    into: PersonId
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.who = WhoIsWho([self.person, self.into], self.aliases)
        self.ids = self.who.ids(self.person) | self.who.ids(self.into)
        self.memberships = Memberships(sorted(self.ids))
        self.teams = TeamsOf(sorted(self.ids))

    def subjects(self) -> tuple[PersonId, ...]:
        return (self.person, self.into)

    def consistency_boundary(self) -> Boundary:
        return [
            *super().consistency_boundary(),
            *self.who.boundary(),
            *self.memberships.boundary(),
            *self.teams.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.who.weigh(fact)
        self.memberships.weigh(fact)
        self.teams.weigh(fact)

    def execute(self) -> None:
        self.check_known()
        if self.person == self.into:
            raise MergedWithThemselves
        if self.merges.merged_into(self.into) == self.person:
            raise MergedInACircle
        if self.merges.merged_into(self.person) or self.merges.merged_into(self.into):
            raise AlreadyMerged
        if self.erased & {self.person, self.into}:
            raise AlreadyErased
        self.who.check()
        if len(homes := sorted(self.memberships.of(self.ids))) > 1:
            raise InTwoHouseholds(household=homes[0], other=homes[1])
        if len(self.teams.of(self.ids)) > 1:
            raise InTwoTeams
        self.record(PersonMerged(at=self.at, by=self.by, person=self.person, into=self.into))


@dataclass(kw_only=True)
class UndoMerge(AboutPeople):
    """They were two after all."""

    person: PersonId
    into: PersonId

    def subjects(self) -> tuple[PersonId, ...]:
        return (self.person, self.into)

    def execute(self) -> None:
        self.check_known()
        if self.merges.merged_into(self.person) != self.into:
            raise NotMerged
        self.record(MergeUndone(at=self.at, by=self.by, person=self.person, into=self.into))
