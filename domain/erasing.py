"""Somebody's personal data goes for ever; with it their account, their roles, their place in a team and
at a workplace, and all they waited for."""

from dataclasses import dataclass

from domain.calendar import day_of
from domain.model import Boundary, Fact, PersonId, Selector
from domain.people import PersonErased, PersonRegistered, UnknownPerson
from domain.requests import FACTS as REQUESTS
from domain.requests import Outcome, Waiting
from domain.revoking import TakeFromAccount
from domain.team_members import TeamsOf
from domain.teams import TeamMemberLeft
from domain.workplaces import Belonging, WorkplaceLeft


@dataclass(kw_only=True)
class ErasePerson(TakeFromAccount):
    """All ids of a person lose their personal data, in one decision with what ends by it, so that two
    last administrators who erase themselves at once do not both go. `aliases` holds the group of the
    ids, if merged. What is missing of it is recorded however often it is asked for.

    `before`: the person was erased already, and came back with a copy of the ledger from before; then
    nobody is asked who administers after them."""

    before: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ids = sorted(self.who.ids(self.person))
        self.registered: set[PersonId] = set()
        self.erased: set[PersonId] = set()
        self.requests = Waiting()
        self.teams = TeamsOf(self.ids)
        self.workplaces = Belonging(self.ids)

    def consistency_boundary(self) -> Boundary:
        return [
            *super().consistency_boundary(),
            *(Selector([PersonRegistered, PersonErased], [f"person:{one}"]) for one in self.ids),
            *(Selector(REQUESTS, [f"asks:{one}"]) for one in self.ids),
            *self.teams.boundary(),
            *self.workplaces.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        match fact:
            case PersonRegistered():
                self.registered.add(fact.person)
            case PersonErased():
                self.erased.add(fact.person)
            case _:
                self.requests.weigh(fact)
                self.teams.weigh(fact)
                self.workplaces.weigh(fact)

    def execute(self) -> None:
        if not self.registered.issuperset(self.ids):
            raise UnknownPerson
        self.who.check()
        if not self.before:
            self.somebody_administers_without(self.administered)
        for one in self.ids:
            if one not in self.erased:
                self.record(PersonErased(at=self.at, by=self.by, person=one))
        self.close()
        for joined in self.teams.joined(self.ids):
            self.record(
                TeamMemberLeft(
                    at=self.at,
                    by=self.by,
                    team=joined.team,
                    unit=joined.unit,
                    person=joined.person,
                    on=day_of(self.at),
                )
            )
        for works in self.workplaces.of(self.ids):
            self.record(
                WorkplaceLeft(
                    at=self.at,
                    by=self.by,
                    workplace=works.workplace,
                    unit=works.unit,
                    person=works.person,
                    on=day_of(self.at),
                )
            )
        for fact in self.requests.settled(self.at, self.by, Outcome.DONE):
            self.record(fact)
