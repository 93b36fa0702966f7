"""What went wrong, for people: the one table from refusals to HTTP statuses and sentences.

Pages and API answer from it in the language of the request. A refusal that is missing here
fails a test; anything that is not a refusal is a fault of ours and says no more than that.

Statuses: 400 not understood · 401 sign in first · 403 not allowed · 404 not there, or nothing
you may know of · 409 against what stands already · 422 understood, and refused by a rule ·
429 tried too often · 503 nothing lost, send again.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from litestar.exceptions import HTTPException

from application import (
    access,
    actors,
    answers,
    approvals,
    certificates,
    classes,
    comparing,
    declarations,
    field,
    identity,
    lookups,
    onboarding,
    participants,
    placing,
    ports,
    privacy,
    signing_in,
)
from application import (
    closing as reporting,
)
from application import (
    people as registry,
)
from application import (
    reforms as reforming,
)
from application import (
    reminders as sent_reminders,
)
from application.lists import cells as list_cells
from application.lists import loading as list_loading
from application.lists import places as list_places
from application.lists import rows as list_rows
from application.surveys import coming, connecting, exported, following, keeping, payloads, taking
from domain import (
    access as domain_access,
)
from domain import (
    campaigns,
    closing,
    credit,
    criteria,
    digital_markets,
    families,
    lists,
    merging,
    milestones,
    model,
    names,
    people,
    recognition,
    reforms,
    requests,
    statuses,
    surveys,
    targets,
    teaching,
    team_members,
    teams,
    territory,
    visits,
)
from domain import (
    certificates as domain_certificates,
)
from domain import (
    classes as domain_classes,
)
from domain import (
    households as domain_households,
)
from domain import (
    markets as domain_markets,
)
from domain import (
    placing as placings,
)
from domain import (
    workplaces as domain_workplaces,
)
from domain.model import Refused
from infrastructure.accounts import challenges, passkeys
from infrastructure.background import Crowded
from infrastructure.lists import kept as kept_lists
from infrastructure.lists import table as list_files
from infrastructure.read_models import nominees
from interfaces.web import limits, origin, session, tries
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, translated

Said = tuple[int, str]

TABLE: Final[dict[type[Exception], Said]] = {
    # The request itself
    limits.BodyTooLarge: (413, mark("The request is larger than %(limit)s KB.")),
    limits.BodyTooSlow: (408, mark("The request did not arrive in time. Please send it again.")),
    limits.NotJson: (415, mark("The request must be JSON (content type application/json).")),
    limits.NotAForm: (415, mark("The request must be a form sent by one of our pages.")),
    limits.WrongCharset: (400, mark("The text of the request must be UTF-8.")),
    limits.Unreadable: (400, mark("The request cannot be read: it is not written as it should be.")),
    limits.UnknownField: (400, mark("There is no such field: %(field)s.")),
    limits.MissingField: (400, mark("Please fill in: %(field)s.")),
    limits.WrongValue: (400, mark("This value is not possible: %(field)s.")),
    limits.ForgedForm: (403, mark("This page was opened before you signed in. Please open it again.")),
    origin.CrossSite: (403, mark("The request came from another site and was refused.")),
    tries.TooManyTries: (429, mark("Too many attempts. Please try again in %(minutes)s minutes.")),
    # Lists that are brought in
    list_files.FileTooLarge: (413, mark("The file is larger than %(limit)s MB. Please split it.")),
    list_files.Protected: (
        422,
        mark("The file asks for a password. Please save it without one (File, Info, Protect Workbook)."),
    ),
    list_files.OldWorkbook: (
        422,
        mark(
            "This is a workbook of another kind (.xls, .ods, Strict Open XML). Please save it as “Excel "
            "workbook (.xlsx)” or as CSV."
        ),
    ),
    list_files.HasMacros: (
        422,
        mark("The file holds macros (.xlsm), which are never taken. Please save it as .xlsx."),
    ),
    list_files.NotAList: (422, mark("This is neither an Excel workbook (.xlsx) nor a CSV file.")),
    list_files.Damaged: (
        422,
        mark("The file cannot be read: it is damaged, or not what it says it is. Please save it again."),
    ),
    list_files.SeveralSheets: (
        422,
        mark("The workbook has several sheets with rows: %(sheets)s. Please say which one is meant."),
    ),
    list_files.NoSuchSheet: (422, mark("There is no sheet of that name. There are: %(sheets)s.")),
    list_files.NothingInside: (
        422,
        mark("There is no table in the file: a row with headings, and rows under it."),
    ),
    list_files.TooManyRows: (422, mark("A list has at most %(limit)s rows. Please split it.")),
    list_files.UnknownLetters: (
        422,
        mark(
            "The letters cannot be read: the file is not written in Unicode (it may be TCVN3 or VNI). "
            "Please save it as UTF-8."
        ),
    ),
    list_files.Merged: (
        422,
        mark("The cell is merged with others. Please unmerge it and write the value into each row."),
    ),
    list_files.NoValue: (
        422,
        mark("The cell holds a formula without a value. Please write the value itself."),
    ),
    list_files.FailedFormula: (
        422,
        mark("The formula in this cell went wrong. Please write the value itself."),
    ),
    list_cells.EmptyCell: (422, mark("This cell is empty.")),
    list_cells.NotADay: (422, mark("This is no day. Please write it like 20/11/2026.")),
    list_cells.NotANumber: (422, mark("This is no whole number.")),
    list_cells.NotAYear: (422, mark("This is no year of birth. Please write it like 1956.")),
    list_cells.NoSuchGroup: (
        422,
        mark(
            "This group is not known. Please write: people, public sector, pupils and students, or workers."
        ),
    ),
    list_cells.NoSuchSkill: (422, mark("This skill is not known. Please write it as the program calls it.")),
    list_cells.OldEncoding: (
        422,
        mark("The letters are those of an old font (TCVN3 or VNI). Please convert them to Unicode."),
    ),
    list_places.NoSuchPlace: (422, mark("No commune of this name or code lies in the unit of the list.")),
    list_places.SeveralPlaces: (422, mark("Several communes are called so. Please write the official code.")),
    list_places.PlaceIsNoMore: (
        422,
        mark("This commune is no more since the mergers. Please write the name of today: %(now)s."),
    ),
    list_places.WhichPlace: (422, mark("The row does not say in which commune.")),
    list_places.NoSuchHamlet: (422, mark("No hamlet of this name is known in the commune.")),
    list_rows.RowTwice: (422, mark("The same stands in row %(line)s already.")),
    list_rows.RowsApart: (
        422,
        mark("The rows of one household have to stand together; others of it stand at row %(line)s."),
    ),
    list_rows.OtherRowIsBad: (
        422,
        mark("Row %(line)s, which belongs to it, is not taken: they are taken together."),
    ),
    list_loading.UnknownTeam: (
        422,
        mark("No team of this name is known there. Please bring in the list of teams first."),
    ),
    list_loading.SeveralTeams: (
        422,
        mark("Several teams of the commune are called so. Please write the hamlet."),
    ),
    list_loading.UnknownMarket: (
        422,
        mark("No market of this name is known there. Please bring in the list of markets first."),
    ),
    list_loading.UnknownMentor: (
        422,
        mark("Nobody of this name and phone is known. Please bring in the members of teams first."),
    ),
    kept_lists.StillUnderWay: (
        409,
        mark("The list is being looked at or loaded just now. Please remove it when that is over."),
    ),
    lists.ListExists: (409, mark("Another list was brought in under this id.")),
    # Who may
    session.SignInFirst: (401, mark("Please sign in with the link that you were given.")),
    session.TokenNotKnown: (401, mark("This access token is not known, or was taken back.")),
    session.StepUpNeeded: (403, mark("Please confirm first that it is you.")),
    session.ProveFirst: (403, mark("Please sign in with a passkey or a code of your authenticator app.")),
    ports.SessionEnded: (401, mark("You were signed out on this device. Please sign in again.")),
    challenges.NotProven: (422, mark("That is not right, or no longer. Please try again.")),
    passkeys.UserNotVerified: (
        422,
        mark(
            "This passkey does not ask for a finger, face or PIN, and your role needs one that does. "
            "Use another device, or an authenticator app."
        ),
    ),
    passkeys.TooManyPasskeys: (422, mark("You have %(most)s passkeys. Please remove one first.")),
    signing_in.LastFactor: (422, mark("This is the only thing you sign in with. Add another one first.")),
    signing_in.StrongEnoughWithout: (
        422,
        mark("For your role, recovery codes do not replace a passkey or an authenticator app."),
    ),
    access.LinkNotValid: (410, mark("The link was used already, or it is too old.")),
    actors.NotAllowed: (403, mark("Your account may not do this.")),
    actors.OutOfScope: (404, mark("There is no such unit, or it is not one of yours.")),
    limits.NothingThere: (404, mark("There is nothing at this address.")),
    ports.Unsealable: (
        409,
        mark(
            "What is kept about this person cannot be read: it was damaged or changed from outside. "
            "Please tell an administrator."
        ),
    ),
    ports.SubmissionConflict: (
        409,
        mark("This was sent before with other content. Nothing was saved; please start a new entry."),
    ),
    domain_access.NoAccount: (404, mark("This person has no open account.")),
    domain_access.RoleNotHeld: (409, mark("The account does not hold this role.")),
    domain_access.NotTheirsToGive: (403, mark("You can give and take only what your own role gives.")),
    domain_access.NotToThemselves: (403, mark("Somebody else has to do this.")),
    domain_access.TakesTwo: (409, mark("This takes a second administrator: one asks, another agrees.")),
    domain_access.HeldElsewhere: (
        409,
        mark(
            "They hold another role, over a unit that is not yours. An administrator over both units has to "
            "appoint them."
        ),
    ),
    domain_access.LastAdministrator: (
        409,
        mark("This is the last administrator. Please name another one first."),
    ),
    domain_access.WholeRole: (422, mark("An administrator is one for all models.")),
    approvals.NothingToApprove: (404, mark("Nothing waits here for an approval any more.")),
    # People
    names.BadName: (422, mark("Please check the name.")),
    names.BadPhone: (422, mark("Please write a mobile number with 10 digits, such as 0912345678.")),
    identity.BadBirthYear: (422, mark("The year of birth is not possible.")),
    limits.NoSuchBoard: (404, mark("There is no such board.")),
    identity.BadLearner: (422, mark("Please choose somebody known, or write the name of somebody new.")),
    registry.AnotherHasThisIdentity: (
        409,
        mark("Somebody else is known by this name and phone. Please join the two entries instead."),
    ),
    people.UnknownPerson: (404, mark("There is no such person, or it is not one of yours.")),
    people.AlreadyRegistered: (409, mark("This person was entered already.")),
    people.MergedWithThemselves: (422, mark("These two entries are the same one.")),
    merging.InTwoHouseholds: (
        409,
        mark("The two entries belong to two families. Please say first which family the person left."),
    ),
    merging.InTwoTeams: (
        409,
        mark("The two entries belong to two teams. Please say first which team the person left."),
    ),
    people.MergedInACircle: (409, mark("The other entry was joined to this one before.")),
    people.AlreadyMerged: (409, mark("One of the two entries was joined to another before.")),
    people.NotMerged: (409, mark("These two entries are not joined.")),
    people.AlreadyErased: (409, mark("The data of this person was erased.")),
    # What people ask for about their own data
    privacy.NotKnownByThat: (
        404,
        mark("This code and this phone number do not belong together. Please check both."),
    ),
    privacy.NotWithoutReason: (422, mark("Please write why.")),
    requests.NoSuchRequest: (404, mark("There is no such request, or it is not one of your unit.")),
    people.TakenBackWithProof: (
        409,
        mark("This was taken back with the phone number: agree again with it, beside the code."),
    ),
    requests.AlreadySettled: (409, mark("This request was settled before.")),
    requests.AlreadyAsked: (409, mark("You asked for this already. It is being looked at.")),
    # Lessons
    teaching.NobodyTaught: (422, mark("Please name at least one learner.")),
    teaching.TooManyLearners: (422, mark("A lesson has at most %(limit)s learners. Please split the class.")),
    teaching.SameLearnerTwice: (422, mark("The same learner is named twice.")),
    teaching.NobodyTeachesThemselves: (422, mark("Nobody can be their own learner.")),
    teaching.NothingTaught: (422, mark("Please choose at least one skill.")),
    teaching.UnknownSkill: (422, mark("There is no such skill in the catalogue.")),
    teaching.SameSkillTwice: (422, mark("The same skill is chosen twice.")),
    teaching.NotYetHappened: (
        422,
        mark("The day lies in the future. By the server's clock today is %(today)s."),
    ),
    teaching.TooLateToEnter: (
        422,
        mark("A lesson can be entered up to %(days)s days later. By the server's clock today is %(today)s."),
    ),
    teaching.NothingToAnswer: (404, mark("No such lesson was entered.")),
    teaching.AlreadyVoided: (409, mark("This entry was withdrawn; there is nothing left to answer.")),
    teaching.AnsweredMoreSurely: (
        409,
        mark("The learner answered otherwise, on a phone of their own. That answer stands."),
    ),
    teaching.NothingToVoid: (404, mark("There is no such entry.")),
    teaching.NotTheirs: (403, mark("Only whoever made this entry can withdraw it.")),
    # Certificates
    domain_certificates.NothingToCertify: (409, mark("Only a digital ambassador has a certificate.")),
    certificates.UnknownCertificate: (404, mark("There is no such certificate.")),
    # Classes
    domain_classes.NoSuchClass: (404, mark("There is no such class, or it is not one of yours.")),
    domain_classes.ClassIsClosed: (410, mark("This class is closed. Nobody can check in any more.")),
    domain_classes.AlreadyCheckedIn: (409, mark("This person has checked in to this class already.")),
    domain_classes.NotTheirClass: (403, mark("Only whoever opened this class can close it.")),
    domain_classes.NotWitnessable: (
        403,
        mark("Nobody can be the witness of their own lessons, nor of what they learned themselves."),
    ),
    payloads.NotASubmission: (
        422,
        mark("This is no submission of a form as KoboToolbox or ODK Central sends it."),
    ),
    payloads.TooManyInstances: (422, mark("At most %(limit)s rows at once. Please split the file.")),
    payloads.NoInstance: (422, mark("The submission does not say which instance of the form it is.")),
    keeping.TooManyVersions: (
        409,
        mark("More than %(limit)s versions of one submission came. No more of them are taken in."),
    ),
    following.EditDiffers: (409, mark("It was edited after it was recorded. Please look at both versions.")),
    exported.EditOfAForm: (
        409,
        mark("It is an edit of what a connected form sent. Please bring it in at the page of that form."),
    ),
    taking.SeveralInOne: (
        422,
        mark("It tells of several visits or several people in a repeat group. Such a form tells of one."),
    ),
    connecting.NoSuchEdit: (404, mark("There is no such edit, or somebody decided on it already.")),
    coming.NotFollowedHere: (
        409,
        mark("Families and milestones are mended on their own page. Then say here that it was mended."),
    ),
    connecting.KeyNotKnown: (401, mark("The form is not connected, or its key is not right.")),
    surveys.NoSuchConnection: (404, mark("There is no such connection, or it is not one of yours.")),
    surveys.ConnectionTaken: (409, mark("Another form was connected under this id.")),
    milestones.TooYoung: (
        422,
        mark("This is asked from %(years)s years on, and the year of birth that is kept says younger."),
    ),
    milestones.NobodyWitnessesThemselves: (403, mark("Of yourself you answer; a witness is somebody else.")),
    milestones.SaidMoreSurely: (409, mark("The person, or a witness, has said otherwise. That stands.")),
    domain_classes.WasNotThere: (422, mark("Only who was there can be a witness.")),
    classes.NeitherPhoneNorYear: (422, mark("Please write the phone number or the year of birth.")),
    credit.NothingToRule: (422, mark("There are no two claims to rule between.")),
    credit.NotConfirmed: (422, mark("The learner has not confirmed this lesson.")),
    credit.NotInTheirOwnCase: (403, mark("Nobody rules in their own case.")),
    lookups.UnitIsNoMore: (
        409,
        mark("This unit is no more since %(day)s. It is now %(now)s: please choose that one."),
    ),
    lookups.NotACommune: (
        422,
        mark("Please choose a commune, a ward, a special zone or a hamlet, not a unit above them."),
    ),
    lookups.UnknownTeaching: (404, mark("There is no such lesson, or it is not one of yours.")),
    # Codes
    identity.BadEmail: (422, mark("Please write the address as in minh@example.vn.")),
    identity.BadCode: (422, mark("A code has 8 letters and digits, such as K7MP2XQ9.")),
    answers.UnknownCode: (404, mark("There is no such code.")),
    answers.CodeExpired: (410, mark("This code is too old to be answered.")),
    field.Incomplete: (422, mark("Please fill in: %(field)s.")),
    field.NewerPhone: (400, mark("This phone's version is newer than the server. Please try later.")),
    field.EntryTooLarge: (413, mark("One entry takes more than %(limit)s KB. Please divide it.")),
    field.NotYetSent: (503, mark("What this belongs to is not recorded yet. It is sent again with it.")),
    field.NotWithdrawn: (
        422,
        mark("A family is put right on its own page: there somebody leaves it, or a criterion ends."),
    ),
    participants.CodeTaken: (409, mark("This code is taken. Please send the entry again with a new code.")),
    # Families
    domain_households.NoSuchHousehold: (404, mark("There is no such family.")),
    domain_households.HouseholdExists: (409, mark("This family was entered already.")),
    domain_households.NobodyInHousehold: (422, mark("Please name at least one member of the family.")),
    domain_households.TooManyMembers: (422, mark("A family has at most %(limit)s members.")),
    domain_households.SameMemberTwice: (422, mark("The same member is named twice.")),
    domain_households.AlreadyInAHousehold: (409, mark("This person belongs to another family already.")),
    domain_households.NotAMember: (422, mark("This person does not belong to the family.")),
    domain_households.NothingDeclared: (422, mark("Please choose at least one criterion.")),
    domain_households.SameCriterionTwice: (422, mark("The same criterion is chosen twice.")),
    domain_households.NobodyNamed: (422, mark("Please say which member uses digital platforms well.")),
    domain_households.DeclarationExists: (409, mark("This was declared already.")),
    domain_households.NoSuchDeclaration: (404, mark("Nothing was declared under this code.")),
    domain_households.AnswerNotOffered: (422, mark("Please answer whether it is true or not.")),
    domain_households.CriterionNotHeld: (409, mark("The family does not hold this criterion.")),
    declarations.NobodyToAnswer: (
        422,
        mark("Please name a member who can answer for what is declared: the ambassador cannot."),
    ),
    families.CriteriaNotMet: (422, mark("A criterion is not met: %(criterion)s.")),
    families.FamilyNotRecognised: (409, mark("The family is not a digital family.")),
    families.FamilyStillMeetsCriteria: (409, mark("The family still meets the criteria.")),
    # Markets
    onboarding.UnknownOnboarding: (404, mark("There is no such entry, or it is not one of yours.")),
    domain_markets.MarketExists: (409, mark("This unit has a market of that name already.")),
    domain_markets.NoSuchMarket: (404, mark("There is no such market.")),
    domain_markets.ImpossibleStalls: (422, mark("A market has at most %(limit)s stalls.")),
    domain_markets.VendorExists: (409, mark("This person sells at the market already.")),
    domain_markets.NoSuchVendor: (404, mark("There is no such vendor.")),
    domain_markets.NothingOnboarded: (422, mark("Please choose at least one means.")),
    domain_markets.SameMeansTwice: (422, mark("The same means is chosen twice.")),
    digital_markets.TooFewVendors: (
        422,
        mark("%(counted)s of %(out_of)s vendors are fewer than %(percent)s%%."),
    ),
    digital_markets.TooFewVendorsUnverified: (
        422,
        mark("%(counted)s of %(out_of)s vendors are fewer than %(percent)s%%, an unverified threshold."),
    ),
    digital_markets.MarketNotRecognised: (409, mark("The market is not a digital market.")),
    digital_markets.MarketStillMeetsCriteria: (409, mark("The market still meets the criteria.")),
    # Teams, and visits from door to door
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
    # Workplaces
    domain_workplaces.WorkplaceExists: (409, mark("This unit has a workplace of that name already.")),
    domain_workplaces.NoSuchWorkplace: (404, mark("There is no such workplace.")),
    domain_workplaces.AlreadyAtAWorkplace: (
        409,
        mark("This person belongs to another workplace. They have to leave it first."),
    ),
    domain_workplaces.NotAtThisWorkplace: (422, mark("This person does not belong to the workplace.")),
    domain_workplaces.LeftBeforeJoining: (422, mark("The day lies before the day on which they joined.")),
    # Statuses of areas and offices
    statuses.StatusNotReached: (422, mark("The criteria of this status are not met.")),
    statuses.StatusNotHeld: (409, mark("This status is not held.")),
    statuses.StatusStillReached: (409, mark("The criteria of this status are still met.")),
    # Reminders
    sent_reminders.NoSuchReminder: (404, mark("There is no such reminder, or it is not one of your units.")),
    sent_reminders.AlreadySent: (409, mark("This reminder was sent, or is not needed any more.")),
    sent_reminders.BeingSent: (
        409,
        mark("This reminder is being sent just now. Please try in a few minutes."),
    ),
    # Reminders
    sent_reminders.NoSuchReminder: (404, mark("There is no such reminder, or it is not one of your units.")),
    sent_reminders.AlreadySent: (409, mark("This reminder was sent, or is not needed any more.")),
    sent_reminders.BeingSent: (
        409,
        mark("This reminder is being sent just now. Please try in a few minutes."),
    ),
    # Recognition
    recognition.TooFewPeople: (422, mark("There are fewer than %(needed)s persons.")),
    recognition.NotRecognised: (409, mark("This person is not a digital ambassador.")),
    recognition.StillMeetsCriteria: (409, mark("This person still meets the criteria.")),
    # Criteria and units
    criteria.BadCriteria: (422, mark("These criteria cannot be counted by: %(field)s.")),
    reforms.NoSuchUnit: (404, mark("There is no such unit.")),
    reforms.UnitHasEnded: (409, mark("This unit is no more: it was merged, split or abolished before.")),
    reforms.BeforeItBegan: (422, mark("The day lies before the day that the unit began on.")),
    reforms.NotYetInForce: (422, mark("A change is recorded on the day it takes effect, or later.")),
    reforms.IntoItself: (422, mark("A unit is neither merged into itself nor split into itself.")),
    reforms.OtherLevel: (
        422,
        mark("Communes become communes and provinces provinces; only districts became special zones."),
    ),
    reforms.NoParts: (
        422,
        mark("Name each unit once: at least one to merge, at least two to split into, at most %(limit)s."),
    ),
    reforms.BadUnitCode: (422, mark("A province's code has two digits, a commune's five.")),
    reforms.UnitCodeTaken: (409, mark("Another unit bears that code today.")),
    reforms.ProvincesAreNotSplit: (
        422,
        mark("A province is divided by merging each of its communes into one of the other province."),
    ),
    reforms.BadDocument: (422, mark("Please write the number of the document, such as 1664/NQ-UBTVQH15.")),
    reforms.WrongParent: (422, mark("Provinces lie in the country; communes and wards in a province.")),
    placings.NobodyToPlace: (422, mark("Please choose who lives there, at most %(limit)s at once.")),
    placings.PlacedElsewhere: (409, mark("Somebody placed one of them in another unit meanwhile.")),
    placings.NotAPartOfIt: (422, mark("Please choose one of the units among which it was divided.")),
    placings.NotInDoubt: (409, mark("Where one of them lies is known: their commune was not divided.")),
    placings.SameNameThere: (
        409,
        mark("A team called “%(name)s” stands there already: please give one of the two another name first."),
    ),
    placings.PartHasEnded: (409, mark("This unit is no more: please choose one that stands.")),
    placing.NothingKnown: (404, mark("One of them is not known, or lies outside your units.")),
    reforming.NoDocument: (422, mark("Please write the number of the document that decided it.")),
    reforming.NoBoundaries: (422, mark("The boundaries of before %(since)s are not known here.")),
    reforming.NothingSaid: (422, mark("Say what it is to be from then on.")),
    territory.UnitDiffers: (409, mark("This unit was established before as another one.")),
    territory.NoSuchParent: (404, mark("The unit above is not known.")),
    territory.NotUnderThat: (422, mark("A hamlet lies under a commune, a ward or a special zone.")),
    territory.HamletExists: (409, mark("There is a hamlet of that name already.")),
    territory.CommuneHasEnded: (
        409,
        mark("This commune is no more: a new hamlet lies under one that stands."),
    ),
    # Targets and declared figures
    targets.BadTarget: (422, mark("No plan can ask for this: %(field)s.")),
    targets.TargetTwice: (422, mark("The same document asks for the same thing twice.")),
    targets.BadFigure: (422, mark("No office can declare this: %(field)s.")),
    targets.NoSuchTarget: (404, mark("No document of that name asks for this.")),
    # Closing a month, and reports
    closing.BadMonth: (422, mark("A month is written as 2026-10, from 2025 on.")),
    closing.MonthNotOver: (422, mark("The month %(month)s is not over yet: it can be closed once it is.")),
    closing.MonthAlreadyClosed: (409, mark("The month %(month)s is closed already.")),
    closing.LaterMonthClosed: (
        409,
        mark("The later month %(month)s is closed already. Open that one again first."),
    ),
    closing.MonthNotClosed: (409, mark("The month %(month)s is not closed.")),
    reporting.NotAProvince: (422, mark("A month is closed for a whole province or city.")),
    reporting.NoReport: (422, mark("Provinces and communes report; for this unit there is no report.")),
    reporting.BadTemplate: (422, mark("This file cannot be used as a template.")),
    reporting.ReportGone: (
        410,
        mark("This report named somebody whose data was erased since, and cannot be opened any more."),
    ),
    # Boards and campaigns
    campaigns.BadCampaign: (422, mark("A campaign cannot have these days.")),
    campaigns.CampaignExists: (409, mark("A campaign of that name stands here on some of the same days.")),
    campaigns.TooManyCampaigns: (
        409,
        mark("%(limit)s campaigns stand in this unit. Please withdraw one first."),
    ),
    campaigns.NoSuchCampaign: (404, mark("There is no such campaign, or it is not one of your unit.")),
    comparing.CampaignElsewhere: (
        422,
        mark("This campaign is held in %(unit)s. It is compared there, and in the units below."),
    ),
    comparing.DaysIncomplete: (422, mark("Please say both days, the first one and the last one.")),
    comparing.DaysReversed: (422, mark("The last day lies before the first one.")),
    comparing.TooManyDays: (
        422,
        mark(
            "Units are compared by at most %(most)s days of your own choice. Please choose fewer days, or a "
            "quarter, a year or a campaign."
        ),
    ),
    comparing.TooManyForDays: (
        422,
        mark(
            "These days hold more than can be counted while you wait. Please choose a smaller unit or fewer "
            "days; or a month, a quarter, a year or a campaign."
        ),
    ),
    comparing.LargerThanAWorkbook: (
        422,
        mark(
            "This board has %(rows)s rows, a workbook holds %(most)s. Please take the CSV file, or choose a "
            "smaller unit."
        ),
    ),
    # Award lists
    nominees.NoCriteria: (422, mark("No criteria had been adopted for this unit by that day.")),
    nominees.BadCutoff: (422, mark("The second day lies before the first one.")),
    # Not just now
    Crowded: (503, mark("Too many files are being made just now. Please try again in a minute.")),
    model.Stale: (503, mark("Somebody changed the same thing just now. Please send it again.")),
    ports.Unavailable: (503, mark("Nothing can be saved just now. Please try again in a moment.")),
    ports.OutcomeUnknown: (
        503,
        mark("It is not certain that this was saved. Please send the same entry again: it counts once."),
    ),
}

# Where a refusal says why, the sentence for that.
_WHY: Final[dict[tuple[type[Exception], str], str]] = {
    (tries.TooManyTries, "hours"): mark("Too many attempts. Please try again in %(hours)s hours."),
    (names.BadName, "empty"): mark("Please write the name."),
    (names.BadName, "long"): mark("A name has at most 100 characters."),
    (reporting.BadTemplate, "none"): mark("Please choose a file."),
    (reporting.BadTemplate, "large"): mark("A template has at most 1 MB, and 16 MB unpacked."),
    (reporting.BadTemplate, "password"): mark(
        "This file is locked with a password, or of an old Word. Save it as .docx without a password."
    ),
    (reporting.BadTemplate, "not-docx"): mark("This is not a whole .docx file."),
    (reporting.BadTemplate, "acts"): mark(
        "A template holds text alone: no macros, embedded objects, links that load something, or calls."
    ),
    (reporting.BadTemplate, "outside"): mark(
        "The template loads something from outside. Please remove that."
    ),
    (reporting.BadTemplate, "unknown-field"): mark(
        "The template asks for a field that there is not: %(name)s."
    ),
    (reporting.BadTemplate, "syntax"): mark(
        "A field of the template is not written as it should be: %(name)s."
    ),
    (reporting.BadTemplate, "slow"): mark("Filling in this template takes too long, or too much memory."),
    (campaigns.BadCampaign, "order"): mark("The last day lies before the first one."),
    (campaigns.BadCampaign, "long"): mark("A campaign lasts at most %(days)s days."),
    (campaigns.BadCampaign, "early"): mark("The movement began in %(year)s: no campaign is older."),
    (campaigns.BadCampaign, "late"): mark("A campaign is announced at most two years before it begins."),
    (targets.BadTarget, "source"): mark("Please name the document in one line of at most 200 characters."),
    (targets.BadTarget, "then"): mark("No unit of that name lies in the one of today."),
    (targets.BadTarget, "year"): mark("A target is for a year from 2025 to 2045."),
    (targets.BadTarget, "percent"): mark("A target is a whole number between 1 and 100 percent."),
    (targets.BadTarget, "denominator"): mark("The number that it is a share of is greater than 0."),
    (targets.BadTarget, "numerator"): mark(
        "The number asked for is not greater than the one it is a share of."
    ),
    (targets.BadTarget, "base_date"): mark("A date is written as 2024, 2024-12 or 2024-12-31."),
    (targets.BadTarget, "note"): mark("A note is one line of at most 400 characters."),
    (targets.BadTarget, "unit"): mark("There is no unit with that code today."),
    (targets.BadTarget, "ended"): mark(
        "This unit is no more. A target stands under the unit of today, and names the one of then."
    ),
    (targets.BadTarget, "group"): mark("No such group of people is known here."),
    (targets.BadTarget, "indicator"): mark("No such indicator is known here."),
    (targets.BadTarget, "comparator"): mark(
        "What is asked for is at least (ge) or more than (gt) so many percent."
    ),
    (targets.BadTarget, "unknown-then"): mark(
        "The units of before 1/7/2025 are not loaded here: an administrator runs `lantoa territory reform`."
    ),
    (targets.BadTarget, "columns"): mark("The row has not as many columns as the heading."),
    (targets.BadFigure, "value"): mark(
        "Please write a whole number of people; of a whole group, at least 1."
    ),
    (targets.BadFigure, "as_of"): mark("Please choose a day since 2000 that is not in the future."),
    (targets.BadFigure, "indicator"): mark("This is counted here, and so never declared."),
    (targets.BadFigure, "document"): mark("Please name the document in one line of at most 200 characters."),
    (names.BadName, "characters"): mark("The name holds characters that no name is written with."),
}

TITLES: Final = {
    400: mark("Not understood"),
    401: mark("Not signed in"),
    403: mark("Not allowed"),
    404: mark("Not found"),
    405: mark("Not possible here"),
    408: mark("Too slow"),
    409: mark("Already stands otherwise"),
    410: mark("No longer there"),
    413: mark("Too large"),
    415: mark("Wrong kind of content"),
    422: mark("Not accepted"),
    429: mark("Too many attempts"),
    500: mark("A fault of ours"),
    503: mark("Not just now"),
}

# What the router itself says no to; a status that is not here is answered as 400.
_ROUTING: Final = {
    400: mark("The request cannot be read: it is not written as it should be."),
    404: mark("There is no such page."),
    405: mark("This address does not take such a request."),
    413: mark("The request is larger than %(limit)s KB."),
}

RETRY_AFTER: Final = 5
"""Seconds after which a client may send again what could not be saved."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. `detail` is a sentence for people; `field` the input at fault, such as
    `learners.0.name`; `name` the refusal's own, also the end of `type`."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None

    @property
    def name(self) -> str:
        return self.type.partition("#")[2]


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is for people, in the language of the request."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _from_routing(error.status_code)
    said = TABLE.get(type(error))
    if said is None:
        return _problem("fault", 500, _("Something went wrong on our side. Nothing was saved."))
    status, sentence = said
    details = dict(error.details) if isinstance(error, Refused) else {}
    sentence = _WHY.get((type(error), str(details.get("why"))), sentence)
    field = details.get("field")
    detail = translated(sentence) % _Details(details)
    return _problem(name_of(type(error)), status, detail, None if field is None else str(field))


def sentence_of(name: str, details: Mapping[str, str | int]) -> str:
    """The sentence of a refusal that was kept by its name, in the language of the request."""
    kind = next((one for one in TABLE if one.__name__ == name), None)
    if kind is None:
        return _("Something went wrong on our side. Nothing was saved.")
    sentence = _WHY.get((kind, str(details.get("why"))), TABLE[kind][1])
    return translated(sentence) % _Details(details)


class _Details(dict[str, str | int]):
    """A sentence that asks for more than the refusal tells is still said."""

    def __missing__(self, key: str) -> str:
        return "?"


def name_of(kind: type[Exception]) -> str:
    """`NobodyTaught` is `nobody-taught`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def _from_routing(status: int) -> Problem:
    status = status if status in _ROUTING else 400
    return _problem("http", status, _(_ROUTING[status], limit=limits.LARGEST_BODY // 1024))


def _problem(name: str, status: int, detail: str, field: str | None = None) -> Problem:
    return Problem(type=f"/api/v1#{name}", title=_(TITLES[status]), status=status, detail=detail, field=field)
