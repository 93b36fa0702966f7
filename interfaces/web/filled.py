"""Forms as people fill them in: fields into the structs of `application/forms`, and what is
wrong with them back to the field where it was typed."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import msgspec

from application.ports import OutcomeUnknown, Unavailable
from domain.model import Refused
from interfaces.web.language import mark, translated
from interfaces.web.limits import MissingField, WrongValue, misshapen
from interfaces.web.problems import problem_of

T = TypeVar("T", bound=msgspec.Struct)

MENDABLE: Final = (Refused, Unavailable, OutcomeUnknown)
"""What a form is shown again for, with everything typed: a refusal, or a moment in which nothing
can be recorded (sent again under the same submission, it counts once)."""

Problems = dict[str, str]
"""A field's id on the page (empty for the form as a whole) -> the sentence that stands there."""

# What a field of the wrong shape wants, by the end of its path.
_WANTED: Final = {
    "on": mark("Please choose a day, such as 20/11/2026."),
    "valid_from": mark("Please choose a day, such as 20/11/2026."),
    "done_by": mark("Please choose a day, such as 20/11/2026."),
    "received_by": mark("Please choose a day, such as 20/11/2026."),
    "birth_year": mark("The year of birth has four digits, such as 1956."),
    "name": mark("Please write the full name, at most 100 characters."),
    "phone": mark("Please write the phone number with 10 digits, such as 0912345678."),
    "stalls": mark("Please write the number of stalls, such as 120."),
    "means": mark("Please choose at least one means."),
    "unit": mark("Please choose a place."),
    "percent": mark("A target is a whole number between 1 and 100 percent."),
    "numerator": mark("Please write a whole number, such as 600000."),
    "denominator": mark("Please write a whole number, such as 600000."),
    "value": mark("Please write a whole number, such as 600000."),
    "year": mark("A year has four digits, such as 2026."),
    "source": mark("Please name the document in one line of at most 200 characters."),
    "document": mark("Please name the document in one line of at most 200 characters."),
    "as_of": mark("Please choose a day, such as 20/11/2026."),
}


def filled(form: type[T], fields: Mapping[str, object]) -> T:
    """The fields as that struct; empty texts count as not filled in. Raises `MissingField`,
    `WrongValue`, `UnknownField`."""
    try:
        return msgspec.convert(
            {key: value for key, value in fields.items() if value not in ("", None)}, form, strict=False
        )
    except msgspec.ValidationError as error:
        raise misshapen(str(error)) from None


def problems_of(error: Exception, place: Callable[[str], str] = str) -> tuple[int, Problems]:
    """The status and the sentence of a refusal, at the field of the page where it belongs;
    `place` says which field holds a path such as `learners.0.name`."""
    problem = problem_of(error)
    path = problem.field or ""
    sentence = problem.detail
    if isinstance(error, (MissingField, WrongValue)):
        sentence = translated(
            _WANTED.get(path.rpartition(".")[2], mark("Please check what is written here."))
        )
    return problem.status, {place(path) if path else "": sentence}
