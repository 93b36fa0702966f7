"""Teams, visits from door to door, and workplaces."""

from typing import Final

from domain import team_members, teams, visits
from domain import workplaces as domain_workplaces
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    teams.TeamExists: (409, mark("This unit has a team of that name already.")),
    teams.NoSuchTeam: (404, mark("There is no such team, or it is not one of yours.")),
    teams.TeamIsDisbanded: (409, mark("This team is disbanded.")),
    team_members.LeaderOfNoTeam: (
        422,
        mark("Who leads a team belongs to it. Please add them as a member first."),
    ),
    team_members.HasALeader: (
        409,
        mark("The team has a leader already. Please name another one in their place."),
    ),
    team_members.InAnotherTeam: (409, mark("This person belongs to another team already.")),
    team_members.NotInTheTeam: (422, mark("This person does not belong to the team.")),
    team_members.TooManyInTheTeam: (422, mark("A team has at most %(limit)s members.")),
    teams.BeforeTheTeam: (422, mark("The day lies before %(since)s, when that began in the team.")),
    teams.TooLongAgo: (422, mark("There were no teams before %(earliest)s. Please check the day.")),
    visits.NoHouseholdNamed: (
        422,
        mark("Please write the number of the household, or choose a family that was entered."),
    ),
    visits.ImpossibleNumber: (422, mark("Households of a hamlet have numbers from 1 to %(limit)s.")),
    visits.SameFindingTwice: (422, mark("The same finding is chosen twice.")),
    visits.ImpossibleHouseholds: (422, mark("A unit has between 1 and %(limit)s households.")),
    visits.DocumentNotNamed: (
        422,
        mark("Please name the document that the number stands in, in one line of at most 200 characters."),
    ),
    visits.NoSuchVisit: (404, mark("There is no such visit, or it is not one of yours.")),
    domain_workplaces.WorkplaceExists: (409, mark("This unit has a workplace of that name already.")),
    domain_workplaces.NoSuchWorkplace: (404, mark("There is no such workplace.")),
    domain_workplaces.AlreadyAtAWorkplace: (
        409,
        mark("This person belongs to another workplace. They have to leave it first."),
    ),
    domain_workplaces.NotAtThisWorkplace: (422, mark("This person does not belong to the workplace.")),
    domain_workplaces.LeftBeforeJoining: (422, mark("The day lies before the day on which they joined.")),
}
