"""What a family or a vendor has reached of the criteria: done, asked, or still open, and the next tap."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from domain.criteria import Criteria
from domain.households import Criterion
from domain.model import PersonId
from domain.vendors import Means
from infrastructure.read_models import teachings
from infrastructure.read_models.households import Declared, Household
from infrastructure.read_models.markets import CASHLESS
from infrastructure.read_models.onboardings import Onboarding
from infrastructure.read_models.teachings import State, Teaching
from infrastructure.read_models.vendors import Vendor
from interfaces.house import House
from interfaces.web import words
from interfaces.web.language import day, ngettext, number
from interfaces.web.language import gettext as _


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion. `declare` is what a tap asks the family or vendor about (`seen`: only notes it),
    `teach` whether a lesson would do it; `remind` is the question that nobody has answered yet."""

    label: str
    tone: str
    said: str
    about: str = ""
    declare: str = ""
    teach: bool = False
    remind: str = ""


def done(steps: Sequence[Step]) -> str:
    """How far it is, in words."""
    reached = sum(one.tone == "good" for one in steps)
    return _("%(done)s of %(all)s done", done=number(reached), all=number(len(steps)))


def of_family(house: House, family: Household, content: Criteria, mentor: PersonId) -> list[Step]:
    """What the criteria of the unit ask for, in their order, as `mentor` may go on with it."""
    with house.asking() as db:
        learned = [one for member in family.members for one in teachings.of_learner(db, member)]
    confirmed = [one for one in learned if one.state is State.CONFIRMED and one.ambassador != one.learner]
    steps = [_proficient(family, confirmed, content)]
    if content.family_teaches_member:
        steps.append(_teaches(family, confirmed, mentor))
    return steps + [_declared(family, one) for one in _of_the_family(content.family_declared)]


def beside(family: Household, content: Criteria) -> list[Step]:
    """What was declared though the criteria do not ask for it."""
    said = dict.fromkeys(one.criterion for one in family.declared)
    return [_declared(family, one) for one in _of_the_family(said) if one not in content.family_declared]


def _of_the_family(criteria: Iterable[Criterion]) -> list[Criterion]:
    """Without the one that is declared of a member, for which the first step stands."""
    return [one for one in criteria if one is not Criterion.PROFICIENT_MEMBER]


def _proficient(family: Household, confirmed: Sequence[Teaching], content: Criteria) -> Step:
    skills: dict[PersonId, set[str]] = {member: set() for member in family.members}
    for one in confirmed:
        skills[one.learner] |= {part.skill for part in one.skills}
    most = max(map(len, skills.values()), default=0)
    needed = content.proficient_skills
    label = _("One member has %(num)s skills confirmed", num=needed)
    if most >= needed or any(family.holds(Criterion.PROFICIENT_MEMBER, one) for one in family.members):
        return Step(label=label, tone="good", said=_("Done"))
    about = ngettext("%(num)s skill so far", "%(num)s skills so far", most)
    if (asked := _asked(family, Criterion.PROFICIENT_MEMBER)) is not None:
        return Step(label=label, tone="wait", said=_waiting(), about=about, remind=asked, teach=True)
    return Step(label=label, tone="", said=_("Still open"), about=about, teach=True)


def _teaches(family: Household, confirmed: Sequence[Teaching], mentor: PersonId) -> Step:
    label = _("One member has taught another")
    if any(one.ambassador in family.members for one in confirmed):
        return Step(label=label, tone="good", said=_("Done"))
    about = _("a lesson that was confirmed")
    return Step(label=label, tone="", said=_("Still open"), about=about, teach=mentor in family.members)


def _declared(family: Household, criterion: Criterion) -> Step:
    label = words.said(words.CRITERIA, criterion)
    if family.holds(criterion):
        return Step(label=label, tone="good", said=_("Done"))
    if (asked := _asked(family, criterion)) is not None:
        return Step(label=label, tone="wait", said=_waiting(), remind=asked)
    said = [one for one in family.declared if one.criterion is criterion]
    tone, why = _why_open(said)
    return Step(label=label, tone=tone, said=why, declare=criterion.value)


def _why_open(said: Sequence[Declared]) -> tuple[str, str]:
    if not said:
        return "", _("Still open")
    if said[-1].lost:
        return "", _("No longer met")
    return "bad", _("Answered: not true")


def _asked(family: Household, criterion: Criterion) -> str | None:
    """The latest question about it, if nobody has answered that yet."""
    open_questions = [
        one.declaration
        for one in family.declared
        if one.criterion is criterion and one.answer is None and not one.lost
    ]
    return open_questions[-1] if open_questions else None


def _waiting() -> str:
    return _("Asked, not answered yet")


def of_vendor(
    vendor: Vendor, onboardings: Sequence[Onboarding], content: Criteria, today: date, mine: PersonId
) -> list[Step]:
    """The means that the unit's criteria ask for, then the others, and whether the vendor was seen
    trading. `mine` can remind of their own questions."""
    asked = [one for one in Means if one in content.market_means]
    steps = [
        _by_means(vendor, onboardings, means, mine)
        for means in asked + [one for one in Means if one not in asked]
    ]
    return [*steps, _seen(vendor, today - timedelta(days=content.active_days), content.active_days)]


def _by_means(vendor: Vendor, onboardings: Sequence[Onboarding], means: Means, mine: PersonId) -> Step:
    label = words.said(words.MEANS, means)
    if means in vendor.onboarded:
        return Step(label=label, tone="good", said=_("Done"))
    about = [one for one in onboardings if means in one.means and one.state is not State.VOIDED]
    waiting = [one for one in about if one.state is State.CLAIMED]
    if waiting:
        own = [one.onboarding for one in waiting if one.ambassador == mine]
        return Step(label=label, tone="wait", said=_waiting(), remind=own[-1] if own else "")
    if about:
        return Step(label=label, tone="bad", said=_("Answered: not true"), declare=means.value)
    return Step(label=label, tone="", said=_("Still open"), declare=means.value)


def _seen(vendor: Vendor, since: date, days: int) -> Step:
    label = _("Seen taking cashless payment within %(num)s days", num=days)
    last = max((vendor.seen[one] for one in CASHLESS if one in vendor.seen), default=None)
    if last is not None and last >= since:
        return Step(label=label, tone="good", said=_("Done"), about=day(last))
    return Step(label=label, tone="", said=_("Still open"), declare="seen")
