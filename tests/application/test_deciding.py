"""Looking up, deciding, and looking up again where somebody was quicker."""

import asyncio
from dataclasses import dataclass

import pytest

from application import deciding
from application.deciding import Plan, decided
from application.ports import Submission, Unavailable
from domain.model import By, Decision, Fact, Group, PersonId, Refused, Stale, UnitId
from domain.people import PersonRegistered


@dataclass(kw_only=True)
class Overtaken(Decision):
    """Stale as often as `times` says; then it records somebody."""

    times: list[int]

    def weigh(self, fact: Fact) -> None:
        pass

    def execute(self) -> None:
        if self.times[0]:
            self.times[0] -= 1
            raise Stale
        self.record(
            PersonRegistered(
                at=self.at,
                by=By("import:test"),
                person=PersonId("tu"),
                group=Group.PEOPLE,
                unit=UnitId("tuy-phuoc"),
            )
        )


class TooLate(Refused):
    pass


SUBMISSION = Submission(author="lan", id="1", content=b"content")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(deciding, "PAUSES", (0.0, 0.001, 0.001))


def test_who_was_overtaken_looks_again(ledger):
    asked: list[bool] = []

    def plan(again: bool) -> Plan:
        asked.append(again)
        return Plan(Overtaken(times=times))

    times = [2]
    receipt = asyncio.run(decided(ledger, plan))
    assert asked == [False, True, True]
    assert receipt.position == 1


def test_but_not_for_ever(ledger):
    times = [99]
    with pytest.raises(Unavailable):
        asyncio.run(decided(ledger, lambda _: Plan(Overtaken(times=times))))
    assert ledger.head() == 0


def test_what_is_refused_before_deciding_is_refused(ledger):
    def plan(_again: bool) -> Plan:
        raise TooLate(field="on")

    for submission in (None, SUBMISSION):
        with pytest.raises(TooLate) as refused:
            asyncio.run(decided(ledger, plan, submission))
        assert refused.value.details == {"field": "on"}


def test_but_a_repeated_submission_gets_its_first_receipt(ledger):
    first = asyncio.run(decided(ledger, lambda _: Plan(Overtaken(times=[0])), SUBMISSION))

    def plan(_again: bool) -> Plan:
        raise TooLate

    again = asyncio.run(decided(ledger, plan, SUBMISSION))
    assert (again.position, again.again, again.facts) == (first.position, True, first.facts)
