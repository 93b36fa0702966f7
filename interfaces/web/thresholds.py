"""Thresholds in words, as they stand under a list; what no document confirms is called unverified."""

from domain.criteria import Criteria
from domain.digital_markets import MarketCounts
from infrastructure.read_models.honours import Status
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext, percent
from interfaces.web.words import CRITERIA, MEANS, listed, said


def thresholds(status: Status, content: Criteria) -> str:
    """What one kind of nominee has to meet, in the language of the request."""
    match status:
        case Status.AMBASSADOR:
            people = content.ambassador_people
            return ngettext("at least %(num)s person confirmed", "at least %(num)s people confirmed", people)
        case Status.FAMILY:
            return _family(content)
        case Status.MARKET:
            return _market(content)


def rule(status: Status, content: Criteria) -> str:
    """The threshold as a sentence of its own, for pages."""
    return _("Threshold: %(threshold)s.", threshold=thresholds(status, content))


def _family(content: Criteria) -> str:
    skills = content.proficient_skills
    parts = [
        ngettext(
            "a member able in at least %(num)s skill", "a member able in at least %(num)s skills", skills
        )
    ]
    if content.family_teaches_member:
        parts.append(_("a member taught another one"))
    return listed(parts + [said(CRITERIA, one) for one in content.family_declared])


def _market(content: Criteria) -> str:
    means, share = (
        listed(said(MEANS, one) for one in content.market_means),
        percent(content.market_percent / 100),
    )
    if content.market_counts is MarketCounts.ONBOARDED:
        text = _("at least %(share)s of stalls onboarded (%(means)s)", share=share, means=means)
    else:
        text = _("at least %(share)s of stalls seen trading (%(means)s)", share=share, means=means)
    return _("%(threshold)s, unverified", threshold=text) if "market_percent" in content.unverified else text
