"""The request itself, and what cannot be done just now."""

from typing import Final

from application import ports
from domain import model
from infrastructure.background import Crowded
from interfaces.web import limits, origin, tries
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Reasons, Sentences

TABLE: Final[Sentences] = {
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
    limits.NothingThere: (404, mark("There is nothing at this address.")),
    ports.SubmissionConflict: (
        409,
        mark("This was sent before with other content. Nothing was saved; please start a new entry."),
    ),
    Crowded: (503, mark("Too many files are being made just now. Please try again in a minute.")),
    model.Stale: (503, mark("Somebody changed the same thing just now. Please send it again.")),
    ports.Unavailable: (503, mark("Nothing can be saved just now. Please try again in a moment.")),
    ports.OutcomeUnknown: (
        503,
        mark("It is not certain that this was saved. Please send the same entry again: it counts once."),
    ),
}

WHY: Final[Reasons] = {
    (tries.TooManyTries, "hours"): mark("Too many attempts. Please try again in %(hours)s hours."),
}
