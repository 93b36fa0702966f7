"""Teachings as facts make them stand: logged, answered, voided, ruled on."""

from collections.abc import Sequence

from domain.model import Fact
from domain.teaching import CreditRuled, TeachingAnswered, TeachingLogged, TeachingVoided
from infrastructure.read_models import boundaries, units
from infrastructure.read_models.columns import micros
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People
from infrastructure.read_models.teachings import State, TeachingRow, teaching_row


class Teachings(Model):
    name = "teachings"
    version = 3
    tables = (teaching_row,)
    needs = (People,)
    facts = (TeachingLogged, TeachingAnswered, TeachingVoided, CreditRuled)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(boundaries.Units)
        self._rows = copy.rows(
            teaching_row,
            TeachingRow,
            fixed=(
                "lesson",
                "ambassador",
                "learner",
                "skills",
                "unit",
                "province",
                "commune",
                "on",
                "channel",
                "logged",
                "logged_at",
            ),
        )

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        logged = {fact.teaching for _, fact in facts if isinstance(fact, TeachingLogged)}
        asked = (fact.teaching for _, fact in facts if not isinstance(fact, TeachingLogged))  # type: ignore[attr-defined]
        self._rows.load(one for one in asked if one not in logged)

    def change(self, position: int, fact: Fact) -> None:
        if isinstance(fact, TeachingLogged):
            self._rows.put(_logged(position, fact, self._units.place(fact.unit)))
            return
        row = self._rows.get(fact.teaching)  # type: ignore[attr-defined]
        if row is None:
            raise LookupError("a fact about a teaching that was never logged")
        match fact:
            case TeachingAnswered():
                confirmed = row.state == State.CONFIRMED
                row.review = (confirmed or row.review) and not fact.answer.confirms
                row.state = (State.CONFIRMED if fact.answer.confirms else State.DENIED).value
                row.answer, row.evidence = fact.answer.value, fact.evidence.value
                detail = fact.answer.value
            case TeachingVoided():
                row.state, row.review = State.VOIDED.value, False
                detail = fact.reason.value
            case CreditRuled():
                detail = str(fact.skill)
            case _:
                return
        row.history = f"{row.history[:-1]},{_event(position, fact, detail)}]"
        self._rows.put(row)


def _logged(position: int, fact: TeachingLogged, place: units.Place) -> TeachingRow:
    return TeachingRow(
        teaching=fact.teaching,
        lesson=fact.lesson,
        ambassador=fact.ambassador,
        learner=fact.learner,
        skills=packed(fact.skills),
        unit=fact.unit,
        province=place.province,
        commune=place.commune,
        on=fact.on.isoformat(),
        channel=fact.channel.value,
        state=State.CLAIMED.value,
        answer=None,
        evidence=None,
        review=False,
        logged=position,
        logged_at=micros(fact.at),
        history=f"[{_event(position, fact, None)}]",
    )


def _event(position: int, fact: Fact, detail: str | None) -> str:
    evidence = fact.evidence.value if isinstance(fact, TeachingAnswered) else None
    return packed((position, micros(fact.at), fact.NAME, detail, fact.by, evidence))
