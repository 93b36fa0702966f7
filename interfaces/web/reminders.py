"""Reminding: the code, QR and link of an unanswered entry, shown again to whoever made it."""

from typing import Final

import msgspec
from litestar import Response, get

from application.lookups import UnknownTeaching
from application.privacy import agreed
from domain.model import PersonId
from domain.people import Purpose
from infrastructure.read_models import households, markets, teachings
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import words
from interfaces.web.asked import Count, Ref
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day
from interfaces.web.limits import AnyRequest
from interfaces.web.mine import LISTED
from interfaces.web.reading import caught_up
from interfaces.web.render import page, skill_list
from interfaces.web.session import actor, house_of


class Waiting(msgspec.Struct, frozen=True):
    """An unanswered entry: who is asked, and about what."""

    subject: str
    person: PersonId
    about: str


@get("/toi/nhac/{subject:str}")
async def remind(request: AnyRequest, subject: Ref, position: Count = 0) -> Response[bytes]:
    """Raises `UnknownTeaching` for what is answered, withdrawn or another's."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    entry = next((one for one in _waiting(house, asking.person) if one.subject == subject), None)
    code = house.vault.codes([subject]).get(subject)
    if entry is None or code is None:
        raise UnknownTeaching
    return page(
        request,
        "mine/remind.html",
        headers={"Cache-Control": "no-store"},
        name=reads.names(house, [entry.person], Unlogged.ENTERED).get(entry.person, "–"),
        about=entry.about,
        code=code,
        link=house.confirm_url(code),
        message=_("Please confirm on Lan Tỏa whether you were taught this:"),
        may_send=agreed(house.ledger, entry.person).holds(Purpose.REMINDERS),
    )


def _waiting(house: House, person: PersonId) -> list[Waiting]:
    with house.asking() as db:
        lessons = teachings.mine(db, person, only="waiting", limit=10 * LISTED)
        families = households.of_ambassador(db, person, limit=10 * LISTED)
        onboardings = markets.of_ambassador(db, person, limit=10 * LISTED)
    asked = [
        Waiting(one.teaching, one.learner, f"{skill_list(s.skill for s in one.skills)} · {near_day(one.on)}")
        for one in lessons
    ]
    asked += [
        Waiting(part.declaration, family.members[0], f"{_('Family')} · {near_day(part.on)}")
        for family in families
        for part in family.declared
        if part.answer is None and family.members
    ]
    return asked + [
        Waiting(one.onboarding, one.person, words.listed(words.said(words.MEANS, part) for part in one.means))
        for one in onboardings
        if one.state is teachings.State.CLAIMED
    ]


ROUTES: Final = (remind,)
