"""Targets and declared figures, closing a month, reports and reminders."""

from typing import Final

from application import closing as reporting
from application import reminders as sent_reminders
from domain import closing, targets
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Reasons, Sentences

TABLE: Final[Sentences] = {
    sent_reminders.NoSuchReminder: (404, mark("There is no such reminder, or it is not one of your units.")),
    sent_reminders.AlreadySent: (409, mark("This reminder was sent, or is not needed any more.")),
    sent_reminders.BeingSent: (
        409,
        mark("This reminder is being sent just now. Please try in a few minutes."),
    ),
    targets.BadTarget: (422, mark("No plan can ask for this: %(field)s.")),
    targets.TargetTwice: (422, mark("The same document asks for the same thing twice.")),
    targets.BadFigure: (422, mark("No office can declare this: %(field)s.")),
    targets.NoSuchTarget: (404, mark("No document of that name asks for this.")),
    closing.BadMonth: (422, mark("A month is written as 2026-10, from 2025 on.")),
    closing.MonthNotOver: (422, mark("The month %(month)s is not over yet: it can be closed once it is.")),
    closing.MonthAlreadyClosed: (409, mark("The month %(month)s is closed already.")),
    closing.LaterMonthClosed: (
        409,
        mark("The later month %(month)s is closed already. Open that one again first."),
    ),
    closing.MonthNotClosed: (409, mark("The month %(month)s is not closed.")),
    reporting.NotAProvince: (422, mark("A month is closed for a whole province or city.")),
    reporting.NoReport: (422, mark("Provinces and communes report; for this unit there is no report.")),
    reporting.BadTemplate: (422, mark("This file cannot be used as a template.")),
    reporting.ReportGone: (
        410,
        mark("This report named somebody whose data was erased since, and cannot be opened any more."),
    ),
}

WHY: Final[Reasons] = {
    (closing.BadMonth, "to-come"): mark("This month has not begun yet."),
    (reporting.BadTemplate, "none"): mark("Please choose a file."),
    (reporting.BadTemplate, "large"): mark("A template has at most 1 MB, and 16 MB unpacked."),
    (reporting.BadTemplate, "password"): mark(
        "This file is locked with a password, or of an old Word. Save it as .docx without a password."
    ),
    (reporting.BadTemplate, "not-docx"): mark("This is not a whole .docx file."),
    (reporting.BadTemplate, "acts"): mark(
        "A template holds text alone: no macros, embedded objects, links that load something, or calls."
    ),
    (reporting.BadTemplate, "outside"): mark(
        "The template loads something from outside. Please remove that."
    ),
    (reporting.BadTemplate, "unknown-field"): mark(
        "The template asks for a field that there is not: %(name)s."
    ),
    (reporting.BadTemplate, "syntax"): mark(
        "A field of the template is not written as it should be: %(name)s."
    ),
    (reporting.BadTemplate, "unclosed"): mark(
        "The template has a list or a condition without its end: a field %(name)s is missing."
    ),
    (reporting.BadTemplate, "slow"): mark("Filling in this template takes too long, or too much memory."),
    (targets.BadTarget, "source"): mark("Please name the document in one line of at most 200 characters."),
    (targets.BadTarget, "then"): mark("No unit of that name lies in the one of today."),
    (targets.BadTarget, "year"): mark("A target is for a year from 2025 to 2045."),
    (targets.BadTarget, "percent"): mark("A target is a whole number between 1 and 100 percent."),
    (targets.BadTarget, "denominator"): mark("The number that it is a share of is greater than 0."),
    (targets.BadTarget, "numerator"): mark(
        "The number asked for is not greater than the one it is a share of."
    ),
    (targets.BadTarget, "base_date"): mark(
        "A date is written as 2024, 12/2024 or 31/12/2024, in lists as 2024, 2024-12 or 2024-12-31."
    ),
    (targets.BadTarget, "note"): mark("A note is one line of at most 400 characters."),
    (targets.BadTarget, "unit"): mark("There is no unit with that code today."),
    (targets.BadTarget, "ended"): mark(
        "This unit is no more. A target stands under the unit of today, and names the one of then."
    ),
    (targets.BadTarget, "group"): mark("No such group of people is known here."),
    (targets.BadTarget, "indicator"): mark("No such indicator is known here."),
    (targets.BadTarget, "comparator"): mark(
        "What is asked for is at least (ge) or more than (gt) so many percent."
    ),
    (targets.BadTarget, "unknown-then"): mark(
        "The units of before 1 July 2025 are not loaded here: "
        "an administrator runs `lantoa territory reform`."
    ),
    (targets.BadTarget, "columns"): mark("The row has not as many columns as the heading."),
    (targets.BadFigure, "value"): mark(
        "Please write a whole number of people; of a whole group, at least 1."
    ),
    (targets.BadFigure, "as_of"): mark("Please choose a day since 2000 that is not in the future."),
    (targets.BadFigure, "indicator"): mark("This is counted here, and so never declared."),
    (targets.BadFigure, "document"): mark("Please name the document in one line of at most 200 characters."),
}
