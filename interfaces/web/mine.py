"""/toi: n of 5, this week, who has not answered, what is not counted and why."""

from datetime import date, timedelta
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import people
from application.actors import Actor
from application.forms.people import ConsentForm
from application.ids import new_id
from domain.model import PersonId, Position
from domain.people import Purpose
from infrastructure.read_models import credit, honours, households, leaderboard, onboardings, teachings
from infrastructure.read_models import people as known
from infrastructure.read_models.columns import Age, age
from infrastructure.read_models.households import Household
from infrastructure.read_models.leaderboard import Standing
from infrastructure.read_models.onboardings import Onboarding
from infrastructure.read_models.teachings import State, Teaching
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import entries, words
from interfaces.web.asked import Count, Word
from interfaces.web.choosing import address
from interfaces.web.entries import Entry
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import filled
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, near_day, ngettext, number
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of

LISTED: Final = 50


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of an ambassador, read at one moment."""

    standing: Standing
    recognised: bool
    on_phone: int
    public: bool
    latest: list[Teaching]
    waiting: list[Teaching]
    uncounted: list[Teaching]
    families: list[Household]
    onboardings: list[Onboarding]
    age: Age


@get("/toi")
async def mine(request: AnyRequest, position: Count = 0, done: Word = "") -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    found = read(house, asking.person)
    day = today(house)
    names = reads.names(house, _people(found), Unlogged.ENTERED)

    def listed(some: list[Teaching]) -> list[Entry]:
        return [entries.of_teaching(one, names.get(one.learner, "–"), day) for one in some]

    week = [one for one in found.latest if one.on > day - timedelta(days=7)]
    return page(
        request,
        "mine/entries.html",
        waiting=listed(found.waiting) + _others_waiting(found, names, day),
        week=listed(week),
        uncounted=listed([one for one in found.uncounted if one.state is not State.CLAIMED]),
        earlier=listed([one for one in found.latest if one not in week]),
        older=_older(found.latest),
        others=_others(found, names, day),
        public=found.public,
        notice=words.notice(_NOTICES, done),
        **_progress(house, asking, found),
    )


@get("/toi/truoc")
async def older(request: AnyRequest, before: Count = 0) -> Response[bytes]:
    """What was recorded before a position, page by page."""
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = teachings.mine(db, asking.person, limit=LISTED, before=Position(before) if before else None)
        read_at = age(db)
    names = reads.names(house, [one.learner for one in found], Unlogged.ENTERED)
    day = today(house)
    return page(
        request,
        "mine/older.html",
        freshness=fresh(read_at, adopted(house, next(grant.unit for grant in asking.grants))),
        entries=[entries.of_teaching(one, names.get(one.learner, "–"), day) for one in found],
        older=_older(found),
    )


def _older(found: list[Teaching]) -> str | None:
    return address("/toi/truoc", before=found[-1].logged) if len(found) == LISTED else None


_NOTICES: Final = {
    "rut": mark("The entry was withdrawn."),
    "hoan-tac": mark("Undone: nothing of it counts."),
    "ten": mark("Saved. It shows on public pages within a moment."),
}


@post("/toi/ten-cong-khai")
async def public_name(request: AnyRequest) -> Redirect:
    """Agreeing that one's name stands on public pages, or no longer agreeing."""
    form = await read_form(request)
    wish = filled(
        ConsentForm,
        {
            "submission": form.one("submission") or new_id(),
            "purpose": Purpose.PUBLIC_NAME.value,
            "given": form.one("given") == "yes",
        },
    )
    done = await people.consent(house_of(request).ground, actor(request), wish)
    return Redirect(f"/toi?done=ten&position={done.position}", status_code=303)


def read(house: House, person: PersonId) -> Mine:
    with house.asking() as db:
        me = known.one(db, person)
        return Mine(
            standing=leaderboard.score(db, person),
            recognised=honours.of_person(db, person) is not None,
            on_phone=credit.on_phone(db, person).on_phone,
            public=me is not None and Purpose.PUBLIC_NAME.value in me.consents,
            latest=teachings.mine(db, person, limit=LISTED),
            waiting=teachings.mine(db, person, only="waiting", limit=LISTED),
            uncounted=teachings.mine(db, person, only="not-counted", limit=LISTED),
            families=households.of_ambassador(db, person, limit=LISTED),
            onboardings=onboardings.of_ambassador(db, person, limit=LISTED),
            age=age(db),
        )


def _people(found: Mine) -> list[PersonId]:
    taught = [one.learner for one in (*found.latest, *found.waiting, *found.uncounted)]
    kin = [member for family in found.families for member in family.members]
    return list(dict.fromkeys([*taught, *kin, *(one.person for one in found.onboardings)]))


def _progress(house: House, asking: Actor, found: Mine) -> dict[str, Any]:
    """How far it is to the status: the drawing, and the same in words."""
    home = found.standing.unit or next(grant.unit for grant in asking.grants)
    adoption = adopted(house, home)
    needed = adoption.content.ambassador_people if adoption else 5
    score, able = found.standing.score, found.standing.able
    open_places = max(needed - score, 0)
    maybe = min(len({one.learner for one in found.waiting}), open_places)
    drawn = min(score, needed)
    return {
        "recognised": found.recognised,
        "headline": _headline(open_places, recognised=found.recognised),
        "freshness": fresh(found.age, adoption),
        "dots": ["yes"] * drawn + ["maybe"] * maybe + [""] * (needed - drawn - maybe),
        "drawn_label": _drawn(score, needed),
        "able_label": ngettext(
            "%(num)s of them can do it without help.", "%(num)s of them can do it without help.", able
        ),
        "on_phone_label": ngettext(
            "%(num)s of them confirmed only on your phone or another mentor's.",
            "%(num)s of them confirmed only on your phone or another mentor's.",
            found.on_phone,
        )
        if found.on_phone
        else "",
        "score": number(score) if score > needed else f"{number(score)} / {number(needed)}",
    }


def _drawn(score: int, needed: int) -> str:
    if score > needed:
        return ngettext("%(num)s person has confirmed.", "%(num)s people have confirmed.", score)
    return _("%(score)s of %(needed)s people have confirmed.", score=number(score), needed=number(needed))


def _headline(open_places: int, *, recognised: bool) -> str:
    if recognised:
        return _("You are a digital ambassador")
    if open_places == 0:
        return _("Enough people have confirmed")
    return ngettext("%(num)s more person to go", "%(num)s more people to go", open_places)


def _others_waiting(found: Mine, names: dict[PersonId, str], day: date) -> list[Entry]:
    """Families and vendors who have not answered yet."""
    asked = [
        Entry(
            name=family_name(one, names),
            about=f"{_('Family')} · {near_day(one.on, day)}",
            tone="wait",
            said=_("Waiting for an answer"),
            subject=declaration,
        )
        for one in found.families
        for declaration in dict.fromkeys(part.declaration for part in one.declared if part.answer is None)
    ]
    return asked + [
        _of_onboarding(one, names, day) for one in found.onboardings if one.state is State.CLAIMED
    ]


def _others(found: Mine, names: dict[PersonId, str], day: date) -> list[Entry]:
    families = [
        Entry(
            name=family_name(one, names),
            about=f"{_('Family')} · {near_day(one.on, day)}",
            tone="good" if one.digital_since else "wait",
            said=_("Digital family") if one.digital_since else _("Not all criteria met yet"),
            href=f"/gia-dinh/{one.household}",
        )
        for one in found.families
    ]
    return families + [_of_onboarding(one, names, day) for one in found.onboardings]


def family_name(family: Household, names: dict[PersonId, str]) -> str:
    """A family by its first member whose name is known."""
    first = next((names[one] for one in family.members if one in names), "–")
    return _("Family of %(name)s", name=first)


def how_it_stands(one: Onboarding) -> tuple[str, str]:
    """Tone and word of an onboarding, as `entries.standing` for a teaching."""
    match one.state:
        case State.CLAIMED:
            return "wait", _("Waiting for an answer")
        case State.CONFIRMED if one.counted:
            return "good", _("Confirmed")
        case State.CONFIRMED:
            return "", _("Counted for another mentor")
        case State.DENIED:
            return "bad", _("Answered: not true")
        case State.VOIDED:
            return "", _("Withdrawn")


def _of_onboarding(one: Onboarding, names: dict[PersonId, str], day: date) -> Entry:
    tone, said = how_it_stands(one)
    means = words.listed(words.said(words.MEANS, part) for part in one.means)
    return Entry(
        name=names.get(one.person, "–"),
        about=f"{_('Vendor')} · {means} · {near_day(one.on, day)}",
        tone=tone,
        said=said,
        subject=one.onboarding,
        href=f"/tieu-thuong/{one.vendor}",
    )


ROUTES: Final = (mine, older, public_name)
