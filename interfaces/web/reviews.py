"""/xem-xet: the entries of a unit for its organizers: those confirmed and then denied, and all."""

from typing import Final

from litestar import Response, get

from application.actors import Actor, Grant
from application.privacy import Why
from domain.model import Model, PersonId, Position, Role, UnitId
from infrastructure.read_models import classes, credit, teachings
from infrastructure.read_models.columns import age
from infrastructure.read_models.teachings import State, Teaching
from interfaces import reads
from interfaces.house import House, Questions
from interfaces.web import choosing, entries
from interfaces.web.asked import Count, Word
from interfaces.web.choosing import address
from interfaces.web.entries import Entry
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, number
from interfaces.web.limits import AnyRequest
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

ROWS: Final = 30

SHARED: Final = "one-phone"
MENTORS: Final = "mentors-phone"

SHOWN: Final = {
    "": mark("To be reviewed"),
    "all": mark("All entries"),
    State.CLAIMED.value: mark("Waiting for an answer"),
    State.CONFIRMED.value: mark("Confirmed"),
    State.DENIED.value: mark("Answered: not true"),
    SHARED: mark("Many on one phone"),
    MENTORS: mark("On the mentor's phone"),
}
"""What can be listed: word of the address -> label. Without a word, what waits for a review."""


@get("/xem-xet")
async def review(request: AnyRequest, before: Count = 0, show: Word = "") -> Response[bytes]:
    """Latest first, over all units that are organized or audited; an unknown word lists what waits
    for a review."""
    house, asking = house_of(request), actor(request)
    over = _over(house, asking)
    show = show if show in SHOWN else ""
    with house.asking() as db:
        found = _listed(db, over, show, Position(before) if before else None)
        read_at = age(db)
    return page(
        request,
        "reviews/list.html",
        unit=", ".join(unit_name(house.units, one) for one in over),
        freshness=fresh(read_at, adopted(house, over[0])),
        filters=[Link(address("/xem-xet", show=one), _(label), one == show) for one, label in SHOWN.items()],
        reviewing=not show,
        shared=show == SHARED,
        on_mentors=show == MENTORS,
        mentors=_mentors(house, over) if show == MENTORS and not before else [],
        may_answer=asking.holds(Role.ORGANIZER),
        rows=_rows(house, found),
        more=address("/xem-xet", show=show, before=found[-1][1].logged) if len(found) == ROWS else None,
    )


def _over(house: House, asking: Actor) -> list[UnitId]:
    return choosing.standing_over(house, (grant.unit for grant in asking.grants if _reviews(grant)))


def _reviews(grant: Grant) -> bool:
    return grant.role in (Role.ORGANIZER, Role.AUDITOR) and grant.covers(Model.AMBASSADORS)


def _listed(
    db: Questions, over: list[UnitId], show: str, before: Position | None
) -> list[tuple[UnitId, Teaching]]:
    """The latest of all these units, each with the one it lies in."""
    found: list[tuple[UnitId, Teaching]] = []
    for unit in over:
        if not show:
            here = teachings.to_review(db, unit, limit=ROWS, before=before)
        elif show == SHARED:
            here = classes.on_shared_phones(db, unit, limit=ROWS, before=before)
        elif show == MENTORS:
            here = teachings.on_mentors_phones(db, unit, limit=ROWS, before=before)
        else:
            state = None if show == "all" else State(show)
            here = teachings.in_unit(db, unit, limit=ROWS, before=before, state=state)
        found += [(unit, one) for one in here]
    return sorted(found, key=lambda row: row[1].logged, reverse=True)[:ROWS]


def _mentors(house: House, over: list[UnitId]) -> list[Entry]:
    """Those whose learners mostly confirmed on a mentor's phone: someone should ask these learners."""
    rows = []
    for unit in over:
        with house.asking() as db:
            found = credit.mostly_on_phone(db, unit)
        names = reads.names(house, [one.ambassador for one in found], Why.REVIEW, unit=unit)
        rows += [
            Entry(
                name=names.get(one.ambassador, "–"),
                about=_(
                    "%(some)s of %(all)s learners confirmed on the mentor's phone alone",
                    some=number(one.on_phone),
                    all=number(one.people),
                ),
                tone="",
                said="",
            )
            for one in found
        ]
    return rows


def _rows(house: House, found: list[tuple[UnitId, Teaching]]) -> list[Entry]:
    names: dict[PersonId, str] = {}
    for unit in dict.fromkeys(where for where, _one in found):
        people = [who for where, one in found if where == unit for who in (one.learner, one.ambassador)]
        names |= reads.names(house, people, Why.REVIEW, unit=unit)
    rows = []
    for _unit, one in found:
        entry = entries.of_teaching(one, names.get(one.learner, "–"), today(house))
        taught = _("Taught by %(name)s", name=names.get(one.ambassador, "–"))
        rows.append(
            Entry(
                name=entry.name,
                about=f"{entry.about} · {unit_name(house.units, one.unit)}",
                tone=entry.tone,
                said=entry.said,
                why=taught,
                teaching=one.teaching,
            )
        )
    return rows


ROUTES: Final = (review,)
