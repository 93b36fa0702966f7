"""Targets at a glance: a row for each thing that was asked for, its bar beside its target."""

from datetime import date

import msgspec

from application.ports import Unit
from infrastructure.read_models.targets import Against
from interfaces.web.charts import Bar, Bars
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext
from interfaces.web.target_lines import Line, lines


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The targets of one year for a unit, or for what a unit of before was of it; `then` tells which."""

    then: str
    bars: Bars


def at_a_glance(found: list[Against], unit: Unit, now: date, href: str) -> list[Part]:
    """At a glance: each thing that was asked for as a row, beside its target."""
    groups: dict[str, list[Line]] = {}
    for line in lines(found, unit, now):
        groups.setdefault(line.then, []).append(line)
    return [
        Part(
            then=then,
            bars=Bars(
                title=_("Targets of %(year)s", year=str(some[0].asked.year)),
                head=(_("What is asked for"), _("So far"), _("Target")),
                rows=[_bar(line, href) for line in some],
                titled=False,
            ),
        )
        for then, some in groups.items()
    ]


def _bar(line: Line, href: str) -> Bar:
    documents = ngettext("%(num)s document", "%(num)s documents", len(line.sources))
    pace = next((one.pace for one in line.sources if one.followed), "")
    return Bar(
        label=line.title,
        href=f"{href}#{line.id}",
        value=line.shown or line.actual,
        length=line.share,
        beside=" / ".join(dict.fromkeys(one.asks_short for one in line.sources)),
        target=line.asked_share if line.share is not None else None,
        about=line.short,
        more=tuple(
            said
            for said in (
                pace,
                _("%(documents)s contradict each other; not decided", documents=documents)
                if line.contradicting and not line.reason
                else "",
            )
            if said
        ),
    )
