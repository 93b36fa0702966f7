"""Personal data as people type it -> as the vault compares it. Raises refusals that name the field."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from application.forms.people import LearnerForm
from application.ports import Identity
from domain import names
from domain.model import Refused

T = TypeVar("T")

CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 symbols: neither 0 and O nor 1 and I, which people mix up."""

CODE_LENGTH: Final = 8
_IN_A_CODE: Final = frozenset(CODE_ALPHABET)
_BETWEEN: Final = str.maketrans("", "", " -.\u00a0\u2011")

_MAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)*[A-Za-z0-9-]{2,63}"
)
"""As addresses of mail are written nearly everywhere: ASCII, no quotes, no comments."""

_A_YEAR: Final = re.compile(r"(18|19|20)[0-9]{2}")

OLDEST: Final = 125
"""Nobody is known to have lived longer than 122 years; typing errors are."""


class BadCode(Refused):
    """Not 8 characters of the alphabet."""


class BadBirthYear(Refused):
    """After the day in question, or more than 125 years before it."""


class BadEmail(Refused):
    """Not an address of mail, such as minh@gialai.gov.vn."""


class BadLearner(Refused):
    """Neither somebody known nor a name, or both at once."""


def named(form: LearnerForm, on: date, field: str) -> Identity:
    """The identity that a form names. The forms of /ghi ask for a phone or a year of birth in one
    field: four digits are a year. Raises `BadName`, `BadPhone`, `BadBirthYear`, `BadLearner`."""
    if form.name is None:
        raise BadLearner(field=field)
    phone, birth_year = form.phone, form.birth_year
    year = _A_YEAR.fullmatch(phone.strip()) if phone else None
    if birth_year is None and year:
        phone, birth_year = None, int(year[0])
        if not 0 <= on.year - birth_year <= OLDEST:
            raise BadBirthYear(field=f"{field}.phone")
    return identity(name=form.name, phone=phone, birth_year=birth_year, on=on, field=field)


def identity(
    *,
    name: str,
    phone: str | None = None,
    birth_year: int | None = None,
    on: date,
    field: str,
    sex: str | None = None,
    position: str | None = None,
    workplace: str | None = None,
    email: str | None = None,
) -> Identity:
    """`field` is the path of the form part that all of it stands in, such as `learners.0`."""
    prefix = f"{field}." if field else ""
    if birth_year is not None and not 0 <= on.year - birth_year <= OLDEST:
        raise BadBirthYear(field=f"{prefix}birth_year")
    return Identity(
        name=cleaned(f"{prefix}name", names.clean, name),
        phone=cleaned(f"{prefix}phone", names.clean_phone, phone) if phone and phone.strip() else None,
        birth_year=birth_year,
        sex=_optional(f"{prefix}sex", sex),
        position=_optional(f"{prefix}position", position),
        workplace=_optional(f"{prefix}workplace", workplace),
        email=cleaned(f"{prefix}email", clean_email, email) if email and email.strip() else None,
    )


def may_be_minor(birth_year: int | None, on: date) -> bool:
    """Whether somebody may be under 16 on a day. Only the year is asked, so whoever turns 16 in
    that year counts as a minor for all of it: minors stay off public pages (Law 91/2025/QH15)."""
    return birth_year is not None and on.year - birth_year <= 16


def under_sixteen(birth_year: int | None, on: date) -> bool:
    """Whether somebody is under 16 on a day for certain: whoever turns 16 in that year may be so."""
    return birth_year is not None and on.year - birth_year < 16


def clean_code(text: str, *, field: str = "code", length: int = CODE_LENGTH) -> str:
    """A code as typed or read out: case, spaces and dashes do not matter. Raises `BadCode`."""
    code = text.translate(_BETWEEN).upper()
    if len(code) != length or not _IN_A_CODE.issuperset(code):
        raise BadCode(field=field)
    return code


def clean_email(text: str) -> str:
    """Raises `BadEmail`."""
    address = text.strip()
    if len(address) > 254 or not _MAIL.fullmatch(address):
        raise BadEmail
    return address


def _optional(field: str, text: str | None) -> str | None:
    return cleaned(field, names.clean, text) if text and text.strip() else None


def cleaned(field: str, clean: Callable[[str], T], text: str) -> T:
    """`clean(text)`; a refusal names the field."""
    try:
        return clean(text)
    except Refused as refusal:
        refusal.details["field"] = field
        raise
