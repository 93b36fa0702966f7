"""The two languages of the screens, Vietnamese first, and how they write numbers, days and ages.

Messages stand in English in the code and in templates; `interfaces/locale/*.po` holds both
languages, read once at start (no compiled catalogues are kept). `python -m interfaces.locale`
collects messages anew.
"""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from domain.calendar import VIETNAM, day_of

LANGUAGES: Final = ("vi", "en")
DEFAULT: Final = "vi"
LOCALE: Final = Path(__file__).parent.parent / "locale"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def use(language: str) -> None:
    """Sets the language of the request that is being answered."""
    _current.set(language if language in LANGUAGES else DEFAULT)


def current() -> str:
    return _current.get()


def choose(*wishes: str | None, accept: str | None = None) -> str:
    """The first wish (query, cookie) that is a language of ours, else the browser's, else Vietnamese."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    for part in (accept or "").split(","):
        tag, _, quality = part.strip().partition(";")
        spoken = tag.strip().lower().split("-")[0]
        if spoken in LANGUAGES and quality.strip() not in {"q=0", "q=0.0"}:
            return spoken
    return DEFAULT


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
    said = _catalogue(current()).get(message)
    return said[0] if said else message


def translated_number(singular: str, plural: str, n: int) -> str:
    said = _catalogue(current()).get(singular)
    if not said:
        return singular if n == 1 else plural
    return said[0] if n == 1 or len(said) == 1 else said[1]


@cache
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    with (LOCALE / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language)
    catalogue: dict[str, tuple[str, ...]] = {}
    for message in messages:
        if message.id and message.string:
            key = message.id if isinstance(message.id, str) else message.id[0]
            catalogue[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return {key: said for key, said in catalogue.items() if all(said)}


def number(value: float, digits: int = 0) -> str:
    """1091556.5 with one digit: 1.091.556,5 in Vietnamese, 1,091,556.5 in English."""
    written = f"{value:,.{digits}f}"
    return written if current() == "en" else written.translate(_SEPARATORS)


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
    return f"{rounded}%"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def moment(value: datetime) -> str:
    """A moment in Asia/Ho_Chi_Minh: 09:05 20/11/2026."""
    return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago: 8 giây trước."""
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
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


def lower_first(text: str) -> str:
    """A label inside a sentence: "Sử dụng VNeID" becomes "sử dụng VNeID", "AI ..." stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
