"""Given, when, then: a decision is weighed against exactly the facts inside its boundary.

`given` takes facts, and decisions that are carried out on what came before them. What a
boundary does not select is not seen, so a boundary drawn too narrow fails these tests.
"""

import importlib
import pkgutil
from dataclasses import replace
from datetime import datetime

import msgspec

from application import forms
from application.forms.shape import Form
from domain.criteria import Criteria
from domain.model import Decision, Fact, Refused, Selector, Stale
from tests.cast import NOW


def selects(selector: Selector, fact: Fact) -> bool:
    kinds = {kind.NAME for kind in selector.types}  # type: ignore[attr-defined]
    return (not kinds or fact.NAME in kinds) and set(selector.tags) <= set(fact.tags())


def weighed(history: list[Fact], decision: Decision, at: datetime = NOW) -> tuple[Fact, ...]:
    """What the decision records on this history. Raises what the decision raises.

    A decision is weighed once; here a fresh one with the same arguments is, so that tests
    can share it.
    """
    decision = replace(decision)  # type: ignore[type-var]
    boundary = decision.consistency_boundary()
    assert all(selector.tags for selector in boundary), "a boundary never takes all facts of a kind"
    for fact in history:
        if any(selects(selector, fact) for selector in boundary):
            decision.weigh(fact)
    decision.at = at
    decision.execute()
    recorded = tuple(tagged.decision for tagged in decision.collect_events())
    for fact in recorded:
        assert can_be_stored(fact), fact
        assert fact.at == at, fact
        assert fact.by == getattr(decision, "by", fact.by), fact
    return recorded


def can_be_stored(fact: Fact) -> bool:
    """Each field holds what its type says, as who reads it back in ten years will find."""
    return msgspec.json.decode(msgspec.json.encode(fact), type=type(fact)) == fact


def lived(*happened: Fact | Decision, at: datetime = NOW) -> list[Fact]:
    """The history that these facts and decisions make, in their order."""
    history: list[Fact] = []
    for one in happened:
        history.extend((one,) if isinstance(one, Fact) else weighed(history, one, at))
    return history


FIELDS = (
    frozenset(
        field.encode_name
        for module in pkgutil.iter_modules(forms.__path__, f"{forms.__name__}.")
        for form in vars(importlib.import_module(module.name)).values()
        if isinstance(form, type) and issubclass(form, Form)
        for field in msgspec.structs.fields(form)
    )
    | {field.name for field in msgspec.structs.fields(Criteria)}
    | {"person", "vendor", "document"}
)


def tells_what_people_know(refusal: Refused) -> bool:
    """`field` is one of a form's, so that the sentence can stand beside it; nothing is left open."""
    said = dict(refusal.details)
    at_fault = said.get("field", "on")
    return (
        None not in said.values()
        and {part for part in str(at_fault).split(".") if not part.isdigit()} <= FIELDS
    )


class Outcome:
    def __init__(self, history: list[Fact], decision: Decision, at: datetime) -> None:
        self.recorded: tuple[Fact, ...] = ()
        self.raised: Refused | Stale | None = None
        try:
            self.recorded = weighed(history, decision, at)
        except (Refused, Stale) as raised:
            self.raised = raised
        if isinstance(self.raised, Refused):
            assert tells_what_people_know(self.raised), self.raised.details

    def then(self, *expected: type[Fact] | Fact) -> tuple[Fact, ...]:
        """Exactly these facts, each by its type or in full."""
        assert self.raised is None, f"refused: {self.raised!r}"
        assert len(self.recorded) == len(expected), self.recorded
        for recorded, wanted in zip(self.recorded, expected, strict=True):
            assert (type(recorded) is wanted) if isinstance(wanted, type) else (recorded == wanted)
        return self.recorded

    def then_refused(self, refusal: type[Refused], **details: str | int) -> None:
        assert type(self.raised) is refusal, self.raised or self.recorded
        assert details.items() <= self.raised.details.items(), self.raised.details

    def then_stale(self) -> None:
        assert isinstance(self.raised, Stale), self.raised or self.recorded


class Given:
    def __init__(self, history: list[Fact]) -> None:
        self.history = history

    def when(self, decision: Decision, at: datetime = NOW) -> Outcome:
        return Outcome(self.history, decision, at)


def given(*happened: Fact | Decision) -> Given:
    return Given(lived(*happened))
