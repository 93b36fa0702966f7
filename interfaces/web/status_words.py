"""Statuses of areas and offices in words: what they are called, what is asked for, how one stands."""

from collections.abc import Iterable
from typing import Final

from domain.statuses import Counted, Counts, Measure, StatusKind, StatusRule
from infrastructure.read_models.lacking import Asked
from interfaces.web.language import day, mark, ngettext, number, percent, translated
from interfaces.web.language import gettext as _

KINDS: Final = {
    StatusKind.DIGITAL_VILLAGE: (mark("Digital villages"), mark("Digital village")),
    StatusKind.DIGITAL_COMMUNITY: (mark("Digital communities"), mark("Digital community")),
    StatusKind.DIGITAL_UNIT: (mark("Digital units"), mark("Digital unit")),
}
"""Of many, and of one."""

WHOSE: Final = {
    StatusKind.DIGITAL_VILLAGE: mark("A hamlet holds it, by its families, people and vendors."),
    StatusKind.DIGITAL_COMMUNITY: mark("A commune holds it, by its families, people and vendors."),
    StatusKind.DIGITAL_UNIT: mark("An office, school, enterprise or cooperative holds it, by its people."),
}

SAMPLE: Final = {
    StatusKind.DIGITAL_VILLAGE: '"digital_village": {"families_percent": …, "people_percent": …}',
    StatusKind.DIGITAL_COMMUNITY: '"digital_community": {"people_percent": …, "vendors_percent": …}',
    StatusKind.DIGITAL_UNIT: '"digital_unit": {"people_percent": …, "people_least": …}',
}
"""What a criteria file says; the numbers are for whoever decides."""


FEW: Final = 5
"""Of so few people at a workplace nobody but those who look after it is told how many are able."""


def is_told(counts: Counts, kind: StatusKind) -> bool:
    """Whether the counts of a status may stand where everybody sees them."""
    return kind is not StatusKind.DIGITAL_UNIT or all(one.out_of >= FEW for one in counts)


def told(counts: Iterable[Counted], kind: StatusKind) -> list[str]:
    return [said(one, kind) for one in counts]


def said(one: Counted, kind: StatusKind) -> str:
    """One share in words, and how many are missing of what is asked for."""
    if not one.out_of:
        return translated(_UNKNOWN[one.measure] if kind is not StatusKind.DIGITAL_UNIT else _NOBODY)
    words = _OF_ITS_PEOPLE if kind is StatusKind.DIGITAL_UNIT else _SHARES[one.measure]
    told_share = _(
        words,
        counted=number(one.counted),
        out_of=number(one.out_of),
        percent=percent(one.percent / 100),
    )
    if one.reached or not one.missing:
        return told_share
    missing = ngettext("%(num)s missing", "%(num)s missing", one.missing)
    return f"{told_share}, {missing}"


_SHARES: Final = {
    Measure.FAMILIES: mark(
        "%(counted)s of %(out_of)s households are digital families (%(percent)s asked for)"
    ),
    Measure.PEOPLE: mark("%(counted)s of %(out_of)s adults can do it without help (%(percent)s asked for)"),
    Measure.VENDORS: mark("%(counted)s of %(out_of)s stalls onboarded (%(percent)s asked for)"),
}
_OF_ITS_PEOPLE: Final = mark(
    "%(counted)s of %(out_of)s people can do it without help (%(percent)s asked for)"
)
_UNKNOWN: Final = {
    Measure.FAMILIES: mark("nobody declared how many households there are"),
    Measure.PEOPLE: mark("nobody declared how many adults there are"),
    Measure.VENDORS: mark("no stalls"),
}
_NOBODY: Final = mark("nobody belongs here yet")


def asked_for(found: Asked | None) -> str:
    """What is asked for, by which document and since when; empty where nothing is."""
    if found is None:
        return ""
    return _(
        "By %(document)s, since %(day)s: %(asked)s.",
        document=found.adoption.document,
        day=day(found.adoption.valid_from),
        asked="; ".join(_asks(found.rule)),
    )


def _asks(rule: StatusRule) -> list[str]:
    office = rule.status is StatusKind.DIGITAL_UNIT
    told_parts = [
        _(_OFFICE_ASKS if office else _ASKS[measure], percent=percent(asked / 100))
        for measure, asked in rule.percents
    ]
    if rule.least > 1:
        told_parts.append(ngettext("at least %(num)s person", "at least %(num)s people", rule.least))
    return told_parts


_ASKS: Final = {
    Measure.FAMILIES: mark("%(percent)s of households are digital families"),
    Measure.PEOPLE: mark("%(percent)s of adults can do at least one skill without help"),
    Measure.VENDORS: mark("%(percent)s of the stalls of its markets onboarded, where it has any"),
}
_OFFICE_ASKS: Final = mark("%(percent)s of its people can do at least one skill without help")
