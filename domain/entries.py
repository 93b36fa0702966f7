"""What holds of all that is entered from the field, be it a lesson, a visit or an onboarding: on which
day it may have happened, which answer to it stands, and who takes it back."""

from datetime import date, datetime, timedelta
from typing import Protocol

from domain.calendar import day_of, written
from domain.model import Answer, Evidence, Fact, PersonId, Refused, Selector
from domain.who_is_who import Groups, WhoIsWho


class NotYetHappened(Refused):
    """The day lies in the future, in Vietnam. `today` is what the ledger's clock says: the one that
    sends may be wrong."""


class TooLateToEnter(Refused):
    """The day lies more than `days` days back: the criteria's limit for late entries."""


def happened(on: date, at: datetime) -> date:
    """The day of `at`. Raises `NotYetHappened` for a day after it."""
    today = day_of(at)
    if on > today:
        raise NotYetHappened(field="on", today=written(today))
    return today


def within_time(on: date, at: datetime, late_entry_days: int) -> None:
    """Raises `NotYetHappened` or `TooLateToEnter`; days are days in Vietnam."""
    today = happened(on, at)
    if on < today - timedelta(days=late_entry_days):
        raise TooLateToEnter(field="on", days=late_entry_days, today=written(today))


class NothingToAnswer(Refused):
    """Nothing of this id was logged."""


class AnsweredMoreSurely(Refused):
    """Another answer stands, and by stronger evidence than this one brings."""


class Given(Protocol):
    """An answer that was recorded, of whatever it is one to."""

    @property
    def answer(self) -> Answer: ...
    @property
    def evidence(self) -> Evidence: ...


def stands(earlier: Given, answer: Answer, evidence: Evidence) -> bool:
    """Whether another answer says nothing new beside the earlier one. Raises `AnsweredMoreSurely`."""
    if earlier.answer is not answer and evidence.weaker_than(earlier.evidence):
        raise AnsweredMoreSurely
    return earlier.answer is answer and not earlier.evidence.weaker_than(evidence)


class AlreadyVoided(Refused):
    """It was withdrawn or voided; there is nothing left to answer for."""


class NothingToVoid(Refused):
    """Nothing of this id was logged."""


class NotTheirs(Refused):
    """An ambassador withdraws entries of their own only."""


class Whose:
    """Who takes an entry back: whoever logged it, named as `own`; or, without that, an organizer."""

    def __init__(self, own: PersonId | None, aliases: Groups) -> None:
        self._own = own
        self._who = WhoIsWho([own] if own else [], aliases)

    def boundary(self) -> list[Selector]:
        return self._who.boundary()

    def weigh(self, fact: Fact) -> None:
        self._who.weigh(fact)

    def check(self, logged_by: PersonId | None) -> None:
        """Raises `Stale`, `NothingToVoid` where nothing was logged, `NotTheirs`."""
        self._who.check()
        if logged_by is None:
            raise NothingToVoid
        if self._own and not self._who.same(logged_by, self._own):
            raise NotTheirs
