"""People: names, phones, two entries of one person, and what people ask for about their own data."""

from typing import Final

from application import identity, ports, privacy
from application import people as registry
from domain import consents, merging, names, people, registering, requests
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Reasons, Sentences

TABLE: Final[Sentences] = {
    ports.Unsealable: (
        409,
        mark(
            "What is kept about this person cannot be read: it was damaged or changed from outside. "
            "Please tell an administrator."
        ),
    ),
    names.BadName: (422, mark("Please check the name.")),
    names.BadPhone: (422, mark("Please write a mobile number with 10 digits, such as 0912345678.")),
    identity.BadBirthYear: (422, mark("The year of birth is not possible.")),
    identity.BadLearner: (422, mark("Please choose somebody known, or write the name of somebody new.")),
    registry.AnotherHasThisIdentity: (
        409,
        mark("Somebody else is known by this name and phone. Please join the two entries instead."),
    ),
    people.UnknownPerson: (404, mark("There is no such person, or it is not one of yours.")),
    registering.AlreadyRegistered: (409, mark("This person was entered already.")),
    merging.MergedWithThemselves: (422, mark("These two entries are the same one.")),
    merging.InTwoHouseholds: (
        409,
        mark("The two entries belong to two families. Please say first which family the person left."),
    ),
    merging.InTwoTeams: (
        409,
        mark("The two entries belong to two teams. Please say first which team the person left."),
    ),
    merging.MergedInACircle: (409, mark("The other entry was joined to this one before.")),
    merging.AlreadyMerged: (409, mark("One of the two entries was joined to another before.")),
    merging.NotMerged: (409, mark("These two entries are not joined.")),
    registering.AlreadyErased: (409, mark("The data of this person was erased.")),
    privacy.NotKnownByThat: (
        404,
        mark("This code and this phone number do not belong together. Please check both."),
    ),
    privacy.SignsIn: (
        409,
        mark(
            "They have an account by now, and erase their data themselves, signed in. Please decline and "
            "write them so."
        ),
    ),
    privacy.NotWithoutReason: (422, mark("Please write why.")),
    requests.NoSuchRequest: (404, mark("There is no such request, or it is not one of your unit.")),
    consents.TakenBackWithProof: (
        409,
        mark("This was taken back with the phone number: agree again with it, beside the code."),
    ),
    requests.AlreadySettled: (409, mark("This request was settled before.")),
    requests.AlreadyAsked: (409, mark("You asked for this already. It is being looked at.")),
    identity.BadEmail: (422, mark("Please write the address as in minh@example.vn.")),
}

WHY: Final[Reasons] = {
    (names.BadName, "empty"): mark("Please write the name."),
    (names.BadName, "long"): mark("A name has at most 100 characters."),
    (names.BadName, "characters"): mark("The name holds characters that no name is written with."),
}
