"""What went wrong, for people: from whatever was raised to an HTTP status and a sentence.

Pages and API answer from `TABLE` in the language of the request; its rows stand by concept in
`interfaces/web/refusals`. A refusal that is missing there fails a test; anything that is not a refusal
is a fault of ours and says no more than that.

Statuses: 400 not understood · 401 sign in first · 403 not allowed · 404 not there, or nothing
you may know of · 409 against what stands already · 422 understood, and refused by a rule ·
429 tried too often · 503 nothing lost, send again.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from litestar.exceptions import HTTPException

from domain.model import Refused
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, translated
from interfaces.web.limits import LARGEST_BODY
from interfaces.web.problem_documents import Problem, name_of, problem
from interfaces.web.refusals import (
    access,
    field,
    households,
    lists,
    markets,
    people,
    reporting,
    requests,
    standings,
    surveys,
    teaching,
    teams,
    territory,
)
from interfaces.web.refusals.sentences import Reasons, Sentences

PARTS: Final = (
    requests.TABLE,
    access.TABLE,
    people.TABLE,
    teaching.TABLE,
    field.TABLE,
    households.TABLE,
    markets.TABLE,
    teams.TABLE,
    lists.TABLE,
    surveys.TABLE,
    territory.TABLE,
    reporting.TABLE,
    standings.TABLE,
)

TABLE: Final[Sentences] = dict(chain.from_iterable(part.items() for part in PARTS))

_WHY: Final[Reasons] = requests.WHY | lists.WHY | people.WHY | reporting.WHY | standings.WHY

# What the router itself says no to; a status that is not here is answered as 400.
_ROUTING: Final = {
    400: mark("The request cannot be read: it is not written as it should be."),
    404: mark("There is no such page."),
    405: mark("This address does not take such a request."),
    413: mark("The request is larger than %(limit)s KB."),
}


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is for people, in the language of the request."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _from_routing(error.status_code)
    said = TABLE.get(type(error))
    if said is None:
        return problem("fault", 500, _("Something went wrong on our side. Nothing was saved."))
    status, sentence = said
    details = dict(error.details) if isinstance(error, Refused) else {}
    sentence = _WHY.get((type(error), str(details.get("why"))), sentence)
    wrong = details.get("field")
    detail = translated(sentence) % _Details(details)
    return problem(name_of(type(error)), status, detail, field=None if wrong is None else str(wrong))


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


def _from_routing(status: int) -> Problem:
    status = status if status in _ROUTING else 400
    return problem("http", status, _(_ROUTING[status], limit=LARGEST_BODY // 1024))
