"""Lessons, classes and codes; credit, recognition and certificates; milestones."""

from typing import Final

from application import answers, certificates, classes, identity, lookups, participants
from domain import certificates as domain_certificates
from domain import classes as domain_classes
from domain import credit, entries, milestones, recognition, teaching
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    teaching.NobodyTaught: (422, mark("Please name at least one learner.")),
    teaching.TooManyLearners: (422, mark("A lesson has at most %(limit)s learners. Please split the class.")),
    teaching.SameLearnerTwice: (422, mark("The same learner is named twice.")),
    teaching.NobodyTeachesThemselves: (422, mark("Nobody can be their own learner.")),
    teaching.NothingTaught: (422, mark("Please choose at least one skill.")),
    teaching.UnknownSkill: (422, mark("There is no such skill in the catalogue.")),
    teaching.SameSkillTwice: (422, mark("The same skill is chosen twice.")),
    entries.NotYetHappened: (
        422,
        mark("The day lies in the future. By the server's clock today is %(today)s."),
    ),
    entries.TooLateToEnter: (
        422,
        mark("A lesson can be entered up to %(days)s days later. By the server's clock today is %(today)s."),
    ),
    entries.NothingToAnswer: (404, mark("No such lesson was entered.")),
    entries.AlreadyVoided: (409, mark("This entry was withdrawn; there is nothing left to answer.")),
    entries.AnsweredMoreSurely: (
        409,
        mark("The learner answered otherwise, on a phone of their own. That answer stands."),
    ),
    entries.NothingToVoid: (404, mark("There is no such entry.")),
    entries.NotTheirs: (403, mark("Only whoever made this entry can withdraw it.")),
    domain_certificates.NothingToCertify: (409, mark("Only a digital ambassador has a certificate.")),
    certificates.UnknownCertificate: (404, mark("There is no such certificate.")),
    domain_classes.NoSuchClass: (404, mark("There is no such class, or it is not one of yours.")),
    domain_classes.ClassIsClosed: (410, mark("This class is closed. Nobody can check in any more.")),
    domain_classes.AlreadyCheckedIn: (409, mark("This person has checked in to this class already.")),
    domain_classes.NotTheirClass: (403, mark("Only whoever opened this class can close it.")),
    domain_classes.NotWitnessable: (
        403,
        mark("Nobody can be the witness of their own lessons, nor of what they learned themselves."),
    ),
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
    lookups.UnknownTeaching: (404, mark("There is no such lesson, or it is not one of yours.")),
    identity.BadCode: (422, mark("A code has 8 letters and digits, such as K7MP2XQ9.")),
    answers.UnknownCode: (404, mark("There is no such code.")),
    answers.CodeExpired: (410, mark("This code is too old to be answered.")),
    participants.CodeTaken: (409, mark("This code is taken. Please send the entry again with a new code.")),
    recognition.TooFewPeople: (422, mark("There are fewer than %(needed)s persons.")),
    recognition.NotRecognised: (409, mark("This person is not a digital ambassador.")),
    recognition.StillMeetsCriteria: (409, mark("This person still meets the criteria.")),
}
