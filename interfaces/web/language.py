"""The languages of the screens, Vietnamese first, and how they write numbers, days and ages.

Messages stand in English in the code and in templates. Each `interfaces/locale/*.po` is a language,
named as Babel knows it (`km.po`, `zh_Hant.po`), and nothing else is: whatever lies there can be chosen.
They are read once at start (no compiled catalogues are kept); what a catalogue lacks is said in English.
`python -m interfaces.locale` collects messages anew.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Final

import msgspec
from babel import Locale
from babel.dates import format_skeleton
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from domain.calendar import VIETNAM, day_of

LOCALE: Final = Path(__file__).parent.parent / "locale"
OURS: Final = ("vi", "en")
"""Those that are kept complete; their days and numbers are written as the movement writes them."""
DEFAULT: Final = "vi"


def _languages() -> tuple[str, ...]:
    """As browsers name them: `zh-Hant` for zh_Hant.po."""
    found = {path.stem.replace("_", "-") for path in LOCALE.glob("*.po")}
    return (*OURS, *sorted(found - set(OURS)))


LANGUAGES: Final = _languages()

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def use(language: str) -> None:
    """Sets the language of the request that is being answered; it ends with the request."""
    _current.set(language if language in LANGUAGES else DEFAULT)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """For what is said in a language of its own, whichever the request has: that one is back afterwards."""
    before = current()
    use(language)
    try:
        yield
    finally:
        _current.set(before)


def current() -> str:
    return _current.get()


_LOOKED_AT: Final = 500
"""Characters of what a browser says it reads; of 60 KB, tag within tag, each request would take half a
second."""


def choose(*wishes: str | None, accept: str | None = None) -> str:
    """The first wish (query, cookie) that is a language of ours, else the browser's, else Vietnamese."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    for part in (accept or "")[:_LOOKED_AT].split(","):
        tag, _, quality = part.strip().partition(";")
        spoken = _spoken(tag.strip().lower())
        if spoken is not None and quality.strip() not in {"q=0", "q=0.0"}:
            return spoken
    return DEFAULT


def _spoken(tag: str) -> str | None:
    """Whichever of ours a tag names; `zh-hant-tw` is answered by zh-Hant, else by zh."""
    while tag:
        if found := _BY_TAG.get(tag):
            return found
        tag = tag.rpartition("-")[0]
    return None


_BY_TAG: Final = {language.lower(): language for language in LANGUAGES}


def languages() -> list[tuple[str, str]]:
    """Every language with its own name for itself, such as ("vi", "Tiếng Việt")."""
    return [(language, _own_name(language)) for language in LANGUAGES]


@cache
def _own_name(language: str) -> str:
    name = _locale(language).get_display_name() or language
    return name[:1].upper() + name[1:]


def right_to_left() -> bool:
    """Whether the language of the request is written from the right."""
    return _locale(current()).text_direction == "rtl"


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def mark(message: str) -> str:
    """Marks a message for collection where it is kept (a table), to be translated where it is shown."""
    return message


def gettext(message: str, /, **values: object) -> str:
    """The message in the language of the request; `%(name)s` is filled from `values`."""
    said = translated(message)
    return said % values if values else said


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """As `gettext`, for a number; `%(num)s` is that number as the language writes it."""
    return translated_number(singular, plural, n) % {"num": number(n), **values}


_ = gettext


def translated(message: str) -> str:
    """The message as the catalogue has it, placeholders unfilled; itself where it is missing."""
    said = _catalogue(current()).messages.get(message)
    return said[0] if said else message


def translated_number(singular: str, plural: str, n: int) -> str:
    catalogue = _catalogue(current())
    said = catalogue.messages.get(singular)
    if not said:
        return singular if n == 1 else plural
    return said[min(catalogue.form(n), len(said) - 1)]


class Catalogue(msgspec.Struct, frozen=True):
    """What a language says: the forms of each message, and which of them a number takes."""

    messages: dict[str, tuple[str, ...]]
    form: Callable[[int], int]


@cache
def _catalogue(language: str) -> Catalogue:
    with (LOCALE / f"{language.replace('-', '_')}.po").open("rb") as file:
        catalogue = read_po(file)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            messages[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return Catalogue(
        messages={key: said for key, said in messages.items() if all(said)},
        form=c2py(catalogue.plural_expr),
    )


def number(value: float, digits: int = 0) -> str:
    """1091556.5 with one digit: 1.091.556,5 in Vietnamese, 1,091,556.5 in English."""
    language = current()
    if language not in OURS:
        return format_decimal(value, f"#,##0.{'0' * digits}" if digits else "#,##0", _locale(language))
    written = f"{value:,.{digits}f}"
    return written if language == "en" else written.translate(_SEPARATORS)


_SEPARATORS: Final = str.maketrans(",.", ".,")


def percent(share: float | None) -> str:
    """A share of 0..1 as a whole percentage, never rounded up to 100 or down to 0; a dash for none."""
    if share is None:
        return "–"
    rounded = round(share * 100)
    if rounded == 100 and share < 1:
        rounded = 99
    if rounded == 0 and share > 0:
        rounded = 1
    if current() not in OURS:
        return format_percent(rounded / 100, locale=_locale(current()))
    return f"{rounded}%"


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """20/11/2026; in English 20 Nov 2026, which nobody takes for another day; in further languages the
    same day in their order."""
    if current() not in OURS:
        return format_skeleton("yMMdd", value, locale=_locale(current()))
    return f"{short_day(value)} {value.year}" if current() == "en" else f"{value:%d/%m/%Y}"


def short_day(value: date) -> str:
    """Where the year is plain: 20/11, in English 20 Nov."""
    if current() not in OURS:
        return format_skeleton("MMdd", value, locale=_locale(current()))
    return f"{value.day} {_MONTHS[value.month - 1]}" if current() == "en" else f"{value:%d/%m}"


def moment(value: datetime) -> str:
    """A moment in Asia/Ho_Chi_Minh: 09:05 20/11/2026."""
    there = value.astimezone(VIETNAM)
    return f"{there:%H:%M} {day(there.date())}"


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago: vừa xong, 18 giây trước."""
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    if seconds < 10:
        return _("just now")
    if seconds < 60:
        return ngettext("%(num)s second ago", "%(num)s seconds ago", seconds)
    if seconds < 3600:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", seconds // 60)
    if seconds < 86400:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // 3600)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // 86400)


_WEEKDAYS: Final = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)


def near_day(value: date, today: date | None = None) -> str:
    """A day as people say it: today, yesterday, a weekday of this past week, else the date."""
    days = ((today or day_of(datetime.now(UTC))) - value).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if 1 < days < 7:
        return translated(_WEEKDAYS[value.weekday()])
    return day(value)


_COMPOUNDS: Final = re.compile(
    "bình dân|công khai|công tác|dịch vụ|dự phòng|đại sứ|gia đình|hướng dẫn|khen thưởng|liên kết|người học|"
    "quản trị viên|thanh toán|thành viên|tiêu chí|tiểu thương|trình duyệt|ứng dụng|vinh danh|xác nhận|"
    "xác thực",
    re.IGNORECASE,
)


def together(text: str) -> str:
    """A heading whose lines end between words: Vietnamese writes a word's syllables apart."""
    return _COMPOUNDS.sub(lambda word: word[0].replace(" ", "\u00a0"), text)


def lower_first(text: str) -> str:
    """A label inside a sentence: "Sử dụng VNeID" becomes "sử dụng VNeID", "AI ..." stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
