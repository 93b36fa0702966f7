"""What a reminder says: no name, no figure of anybody."""

from datetime import date
from typing import Final

from application.ports import Unit
from application.reminders import Kind, Reminder
from domain.calendar import day_of
from domain.closing import first_day
from interfaces.house import House
from interfaces.web.choosing import reference
from interfaces.web.language import day, ngettext
from interfaces.web.language import gettext as _


def words(house: House, one: Reminder, unit: Unit) -> tuple[str, str]:
    """The subject and the text of a reminder, in the language that is spoken."""
    if one.kind is Kind.REPORT_DUE:
        return _of_the_report(house, one, unit)
    if one.kind is Kind.FORM_WAITS:
        return _of_forms(house, one, unit)
    entered = date.fromisoformat(one.about)
    silent = (day_of(house.clock()) - entered).days
    subject = _("%(unit)s: no entry since %(day)s", unit=unit.name, day=day(entered))
    text = ngettext(
        "%(unit)s: no entry since %(day)s (%(num)s day). See %(link)s",
        "%(unit)s: no entry since %(day)s (%(num)s days). See %(link)s",
        silent,
        unit=unit.name,
        day=day(entered),
        link=f"{house.settings.public_url}/don-vi/{reference(unit)}",
    )
    return subject, text


def _of_forms(house: House, one: Reminder, unit: Unit) -> tuple[str, str]:
    lapses = day(one.due or date.fromisoformat(one.about))
    subject = _("%(unit)s: what connected forms sent waits until %(day)s", unit=unit.name, day=lapses)
    text = _(
        "%(unit)s: submissions of connected forms wait to be mended or decided on. The first lapses on "
        "%(day)s. See %(link)s",
        unit=unit.name,
        day=lapses,
        link=f"{house.settings.public_url}/ket-noi",
    )
    return subject, text


def _of_the_report(house: House, one: Reminder, unit: Unit) -> tuple[str, str]:
    month = f"{first_day(one.about):%m/%Y}"
    subject = _("%(unit)s: report of %(month)s", unit=unit.name, month=month)
    said = _(
        "%(unit)s: the report of %(month)s was not sent yet. It is due before %(day)s. See %(link)s",
        unit=unit.name,
        month=month,
        day=day(one.due or day_of(house.clock())),
        link=f"{house.settings.public_url}/bao-cao",
    )
    if one.due is not None and one.due.month == NOVEMBER:
        said = " ".join((said, _("The plan asks for a report before 20/11.")))
    return subject, said


NOVEMBER: Final = 11
"""The provinces' plans ask for a report before 20/11 (S4)."""
