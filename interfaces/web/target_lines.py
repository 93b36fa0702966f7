"""Targets and actual figures in words: who is asked for how much, how far it is, what pace it takes."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from application.ids import new_id
from application.ports import Unit
from domain.targets import Asked, Comparator, Indicator, Reason, Target, TargetGroup
from infrastructure import official_units, target_documents
from infrastructure.read_models.targets import Against, Known, Whole
from interfaces.web.language import day, lower_first, mark, ngettext, number, percent, translated
from interfaces.web.language import gettext as _

INDICATORS: Final = {
    Indicator.BASIC_DIGITAL_SKILLS: mark("Basic digital skills"),
    Indicator.CONFIRMED_ON_VNEID: mark("Confirmed on VNeID"),
    Indicator.PERSONAL_DIGITAL_SIGNATURE: mark("Personal digital signature"),
    Indicator.DIGITAL_IDENTITY_ACCOUNT: mark("Digital identity account"),
}

ASKED_OF: Final = {
    TargetGroup.ADULTS: mark("Adults"),
    TargetGroup.RESIDENTS_16_AND_OVER: mark("Residents aged 16 and over"),
    TargetGroup.PUBLIC_SECTOR_STAFF: mark("Public sector staff"),
    TargetGroup.PUPILS_FROM_PRIMARY_SCHOOL: mark("Pupils from primary school on"),
    TargetGroup.SECONDARY_PUPILS_AND_STUDENTS: mark("Secondary pupils and students"),
    TargetGroup.UPPER_SECONDARY_PUPILS_AND_STUDENTS: mark("Upper secondary pupils and students"),
    TargetGroup.ENTERPRISE_AND_COOPERATIVE_WORKERS: mark("Workers of enterprises and cooperatives"),
}

COMPARATORS: Final = {
    Comparator.AT_LEAST: mark("At least"),
    Comparator.MORE_THAN: mark("More than"),
}

REASONS: Final = {
    Reason.LATER_DOCUMENT: mark("It is the later document"),
    Reason.HIGHER_AUTHORITY: mark("It is of the higher authority"),
    Reason.DECIDED: mark("It was decided so"),
    Reason.MISPRINT: mark("The other is misprinted"),
}


NOTES: Final = {
    "disagrees with the later plan of the same province (80): targets are versioned by source": mark(
        "The later plan of the same province asks for 80%."
    ),
    "600000/1091556 is 54.97 percent; 60 percent is 654934: keep both figures as printed": mark(
        "60 percent would be 654,934 people."
    ),
    (
        "the text can be read as 50 percent of the 80 percent or of all adults: "
        "keep the ambiguity in the note"
    ): mark("It can be read as 50 percent of all adults, or of the 80 percent."),
    "from the model one citizen - one digital identity": mark(
        "From the model “one citizen, one digital identity”."
    ),
}
"""The notes of the list that comes along, as people read them."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What one document (known by its `key`) asks for, and how far that is. `tone` and `said` tell whether
    it is followed; both are empty where it is the only one."""

    key: str
    name: str
    short: str
    asks: str
    asks_short: str
    printed: str
    note: str
    note_language: str
    pace: str
    tone: str
    said: str
    followed: bool


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, by one document or several, and what there is. `share` is 0 to 1, as is
    `asked_share`: how much the document that is followed asks for, else the one that asks for most.
    `short` is the figure with its denominator and days. A choice among the documents is sent under
    `submission`."""

    id: str
    asked: Asked
    title: str
    then: str
    actual: str
    from_: str
    of: str
    share: float | None
    asked_share: float
    short: str
    shown: str
    hints: list[str]
    sources: list[Source]
    contradicting: bool
    reason: str
    submission: str


def years(found: Iterable[Against]) -> list[int]:
    return sorted({one.target.year for one in found})


def lines(found: list[Against], unit: Unit, now: date) -> list[Line]:
    """One for each thing that was asked for."""
    alike: dict[Asked, list[Against]] = {}
    for one in found:
        alike.setdefault(one.target.asks, []).append(one)
    return [
        _line(f"t{number_}", asked, some, unit, now) for number_, (asked, some) in enumerate(alike.items())
    ]


def _line(ref: str, asked: Asked, some: list[Against], unit: Unit, now: date) -> Line:
    first = some[0]
    several = len(some) > 1
    return Line(
        id=ref,
        asked=asked,
        title=f"{translated(INDICATORS[asked.indicator])} · {lower_first(translated(ASKED_OF[asked.group]))}",
        then=_then(first.target, unit),
        actual=_actual(first),
        from_=_from(first),
        of=_of(first.whole),
        share=None if first.share is None else min(1.0, first.share),
        asked_share=_asked_share(some),
        short=_short(first),
        shown="" if first.share is None else percent(first.share),
        hints=list(_hints(first)),
        sources=[_source(one, several, now) for one in some],
        contradicting=several,
        submission=new_id(),
        reason=translated(REASONS[first.reason]) if several and first.reason else "",
    )


def _then(one: Target, unit: Unit) -> str:
    if one.then_code is None:
        return ""
    part = next((p for p in official_units.parts(unit.code or "") if p.code == one.then_code), None)
    if part is None:
        return one.then
    return _(
        "%(then)s as it was before 1 July 2025: today %(part)s of the %(all)s communes of %(now)s",
        then=one.then,
        part=number(part.communes),
        all=number(part.of),
        now=unit.name,
    )


def _actual(one: Against) -> str:
    if one.actual is not None:
        return number(one.actual)
    return "–"


def _from(one: Against) -> str:
    match one.known:
        case Known.COUNTED:
            said = _("counted here: persons who said that they can do at least one skill by themselves")
            return said if one.as_of is None else f"{said} · {day(one.as_of)}"
        case Known.DECLARED:
            return _(
                "declared by document %(document)s as of %(day)s",
                document=one.document or "–",
                day=day(one.as_of) if one.as_of else "–",
            )
        case Known.UNDECLARED:
            return _("no figure was declared yet")
        case Known.OLD_UNITS_UNKNOWN:
            return _("not known: the units of before 1 July 2025 are not loaded here")


def _asked_share(some: list[Against]) -> float:
    asked = [one for one in some if one.followed] or some
    return max(one.target.percent for one in asked) / 100


def _short(one: Against) -> str:
    """12.345 of 1.091.556 (12/2024) · counted here on 22/11/2026."""
    match one.known:
        case Known.COUNTED:
            when = _("counted here %(day)s", day=day(one.as_of)) if one.as_of else _("counted here")
        case Known.DECLARED:
            when = _("declared as of %(day)s", day=day(one.as_of)) if one.as_of else _("declared")
        case _:
            return _from(one)
    if one.whole is None:
        return " · ".join((when, _("how many the group counts is not known")))
    whole = number(one.whole.value)
    if one.whole.as_of:
        whole = _("%(value)s (%(day)s)", value=whole, day=_printed_day(one.whole.as_of))
    return " · ".join((_("%(part)s of %(whole)s", part=_actual(one), whole=whole), when))


def _of(whole: Whole | None) -> str:
    if whole is None:
        return _("Nobody has declared how many the group counts, so that no percentage can be said.")
    as_of = whole.as_of or _("no date")
    if whole.declared:
        return _(
            "of %(whole)s, declared by document %(document)s as of %(day)s",
            whole=number(whole.value),
            document=whole.document,
            day=_printed_day(as_of),
        )
    return _(
        "of %(whole)s, as printed in %(document)s (%(day)s)",
        whole=number(whole.value),
        document=document_of(whole.document, short=True),
        day=_printed_day(as_of),
    )


def _printed_day(text: str) -> str:
    """2024-12 as 12/2024."""
    return "/".join(reversed(text.split("-")))


def _hints(one: Against) -> Iterable[str]:
    asked = one.target
    if not asked.indicator.counted or one.known is not Known.COUNTED:
        return
    if asked.group in _SOME_PUPILS:
        yield _("The ledger does not know the grade of pupils: all pupils and students are counted.")
    if asked.group.counted_as is None:
        yield _("Everybody is counted but those who may be under 16: the ledger knows no other age.")


_SOME_PUPILS: Final = frozenset(
    (
        TargetGroup.PUPILS_FROM_PRIMARY_SCHOOL,
        TargetGroup.SECONDARY_PUPILS_AND_STUDENTS,
        TargetGroup.UPPER_SECONDARY_PUPILS_AND_STUDENTS,
    )
)


def _source(one: Against, several: bool, now: date) -> Source:
    tone, said = "", ""
    if several:
        tone, said = _FOLLOWED[one.followed]
    return Source(
        key=one.target.source,
        name=document_of(one.target.source),
        short=document_of(one.target.source, short=True),
        asks=asks(one.target),
        asks_short=_asks_short(one.target),
        printed=_printed(one.target),
        note=translated(NOTES[note]) if (note := one.target.note or "") in NOTES else note,
        note_language="en" if note and note not in NOTES else "",
        pace=_pace(one, now),
        tone=tone,
        said=translated(said) if said else "",
        followed=one.followed is True,
    )


_FOLLOWED: Final = {
    None: ("wait", mark("Contradicts another document; not decided")),
    True: ("good", mark("Followed")),
    False: ("", mark("Not followed")),
}


def document_of(source: str, *, short: bool = False) -> str:
    """What a document is that a list names by its file; what somebody typed stands as it was typed."""
    found = target_documents.named(source)
    if found is None:
        return source
    if short:
        return found.short
    said = (found.title, found.number, found.issuer, _printed_day(found.date))
    text = ", ".join(one for one in said if one)
    return _("%(document)s (as told by %(who)s)", document=text, who=found.told_by) if found.told_by else text


def asks(one: Target) -> str:
    """How much a document asks for."""
    if one.comparator is Comparator.MORE_THAN:
        return _("more than %(percent)s", percent=percent(one.percent / 100))
    if one.percent == 100:
        return percent(1)
    return _("at least %(percent)s", percent=percent(one.percent / 100))


def _asks_short(one: Target) -> str:
    """The same in signs, for a column of a table."""
    share = percent(one.percent / 100)
    if one.comparator is Comparator.MORE_THAN:
        return f">\u00a0{share}"
    return share if one.percent == 100 else f"≥\u00a0{share}"


def _printed(one: Target) -> str:
    """The numbers in the document, where they say something else than its percentage."""
    if one.numerator is None or one.denominator is None:
        return ""
    numbers = _(
        "In the document: %(part)s of %(whole)s",
        part=number(one.numerator),
        whole=number(one.denominator),
    )
    if not one.contradicts_itself:
        return numbers
    share = number(100 * one.numerator / one.denominator, 2)
    return numbers + _(", which is %(share)s%%; both stand as printed", share=share)


def _pace(one: Against, now: date) -> str:
    """What it takes to arrive by the year's end."""
    if one.missing is None:
        return ""
    if one.missing == 0:
        return _("Reached")
    short = ngettext("%(num)s person missing", "%(num)s people missing", one.missing)
    year = one.target.year
    days = (date(year + 1, 1, 1) - now).days
    if days <= 0:
        return _("%(missing)s when %(year)s was over, by the figures of today", missing=short, year=str(year))
    if days < 14:
        left = ngettext("%(num)s day left", "%(num)s days left", days)
        return f"{short}, {left}"
    each = -(-one.missing * 7 // days)
    return _(
        "%(missing)s: %(each)s each week until the end of %(year)s",
        missing=short,
        each=number(each),
        year=str(year),
    )
