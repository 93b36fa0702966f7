"""What went wrong, for people: the one table from refusals to HTTP statuses and sentences.

Pages and API answer from it in the language of the request. A refusal that is missing here
fails a test; anything that is not a refusal is a fault of ours and says no more than that.

Statuses: 400 not understood · 401 sign in first · 403 not allowed · 404 not there, or nothing
you may know of · 409 against what stands already · 422 understood, and refused by a rule ·
503 nothing lost, send again.
"""

import re
from typing import Final

import msgspec
from litestar.exceptions import HTTPException

from application import actors, ports
from domain import model, people, teaching
from domain.model import Refused
from interfaces.web import limits, origin, session
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
    session.SignInFirst: (401, mark("Please sign in with the link that you were given.")),
    session.TokenNotKnown: (401, mark("This access token is not known, or was taken back.")),
    # Who may
    actors.NotAllowed: (403, mark("Your account may not do this.")),
    actors.OutOfScope: (404, mark("There is no such unit, or it is not one of yours.")),
    ports.SubmissionConflict: (
        409,
        mark("This was sent before with other content. Nothing was saved; please start a new entry."),
    ),
    # Lessons
    teaching.NobodyTaught: (422, mark("Please name at least one learner.")),
    teaching.TooManyLearners: (422, mark("A lesson has at most %(limit)s learners. Please split the class.")),
    teaching.SameLearnerTwice: (422, mark("The same learner is named twice.")),
    teaching.NobodyTeachesThemselves: (422, mark("Nobody can be their own learner.")),
    teaching.NothingTaught: (422, mark("Please choose at least one skill.")),
    teaching.UnknownSkill: (422, mark("There is no such skill in the catalogue.")),
    teaching.SameSkillTwice: (422, mark("The same skill is chosen twice.")),
    teaching.NotYetHappened: (422, mark("The day lies in the future.")),
    teaching.TooLateToEnter: (422, mark("A lesson can be entered up to %(days)s days later.")),
    teaching.NothingToAnswer: (404, mark("No such lesson was entered.")),
    teaching.AlreadyVoided: (409, mark("This entry was withdrawn; there is nothing left to answer.")),
    teaching.NothingToVoid: (404, mark("No such lesson was entered.")),
    teaching.NotTheirs: (403, mark("Only whoever entered this lesson can withdraw it.")),
    teaching.NothingToRule: (422, mark("There are no two claims to rule between.")),
    teaching.NotConfirmed: (422, mark("The learner has not confirmed this lesson.")),
    teaching.NotInTheirOwnCase: (403, mark("Nobody rules in their own case.")),
    people.UnknownPerson: (404, mark("There is no such person, or it is not one of yours.")),
    # Not just now
    model.Stale: (503, mark("Somebody changed the same thing just now. Please send it again.")),
    ports.Unavailable: (503, mark("Nothing can be saved just now. Please try again in a moment.")),
    ports.OutcomeUnknown: (
        503,
        mark("It is not certain that this was saved. Please send the same entry again: it counts once."),
    ),
}

TITLES: Final = {
    400: mark("Not understood"),
    401: mark("Not signed in"),
    403: mark("Not allowed"),
    404: mark("Not found"),
    405: mark("Not possible here"),
    408: mark("Too slow"),
    409: mark("Already stands otherwise"),
    413: mark("Too large"),
    415: mark("Wrong kind of content"),
    422: mark("Not accepted"),
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
    field = details.get("field")
    detail = translated(sentence) % _Details(details)
    return _problem(name_of(type(error)), status, detail, None if field is None else str(field))


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
