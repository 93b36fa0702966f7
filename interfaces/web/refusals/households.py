"""Families, their members and criteria."""

from typing import Final

from application import declarations
from domain import declarations as domain_declarations
from domain import families, household_members
from domain import households as domain_households
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    domain_households.NoSuchHousehold: (404, mark("There is no such family.")),
    household_members.HouseholdExists: (409, mark("This family was entered already.")),
    household_members.NobodyInHousehold: (422, mark("Please name at least one member of the family.")),
    household_members.TooManyMembers: (422, mark("A family has at most %(limit)s members.")),
    household_members.SameMemberTwice: (422, mark("The same member is named twice.")),
    household_members.AlreadyInAHousehold: (409, mark("This person belongs to another family already.")),
    domain_households.NotAMember: (422, mark("This person does not belong to the family.")),
    domain_declarations.NothingDeclared: (422, mark("Please choose at least one criterion.")),
    domain_declarations.SameCriterionTwice: (422, mark("The same criterion is chosen twice.")),
    domain_declarations.NobodyNamed: (422, mark("Please say which member uses digital platforms well.")),
    domain_declarations.DeclarationExists: (409, mark("This was declared already.")),
    domain_declarations.NoSuchDeclaration: (404, mark("Nothing was declared under this code.")),
    domain_declarations.AnswerNotOffered: (422, mark("Please answer whether it is true or not.")),
    domain_declarations.CriterionNotHeld: (409, mark("The family does not hold this criterion.")),
    declarations.NobodyToAnswer: (
        422,
        mark("Please name a member who can answer for what is declared: the ambassador cannot."),
    ),
    families.CriteriaNotMet: (422, mark("A criterion is not met: %(criterion)s.")),
    families.FamilyNotRecognised: (409, mark("The family is not a digital family.")),
    families.FamilyStillMeetsCriteria: (409, mark("The family still meets the criteria.")),
}
