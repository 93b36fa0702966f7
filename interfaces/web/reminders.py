"""Reminding: the code, QR and link of an unanswered entry, shown again to whoever made it."""

from typing import Final

import msgspec
from litestar import Response, get

from application.lookups import UnknownTeaching
from application.privacy import agreed
from domain.model import PersonId, Selector, VendorId
from domain.onboarding import VendorOnboardingLogged
from domain.people import Purpose
from infrastructure.read_models import households, teachings
from infrastructure.read_models.onboardings import of_ambassador
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
from interfaces.web.undoing import UNDO


class Waiting(msgspec.Struct, frozen=True):
    """An unanswered entry: who is asked (of a family whoever has the code), about what, and of an
    onboarding which vendor it is about."""

    subject: str
    person: PersonId | None
    about: str
    vendor: VendorId | None = None


@get("/toi/nhac/{subject:str}")
async def remind(request: AnyRequest, subject: Ref, position: Count = 0) -> Response[bytes]:
    """Raises `UnknownTeaching` for what is answered, withdrawn or another's."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    entry = next((one for one in _waiting(house, asking.person) if one.subject == subject), None)
    code = house.vault.codes([subject]).get(subject)
    if entry is None or code is None:
        raise UnknownTeaching
    holder = house.vault.find_code(code)
    person = entry.person or (holder.person if holder else PersonId(""))
    return page(
        request,
        "mine/remind.html",
        headers={"Cache-Control": "no-store"},
        name=reads.names(house, [person], Unlogged.ENTERED).get(person, "–"),
        about=entry.about,
        code=code,
        link=house.confirm_url(code),
        message=_(
            "Please confirm on Lan Tỏa whether you were taught this. Type the code %(code)s, or open:",
            code=code,
        ),
        undo=entry.vendor if _just_now(house, entry) else None,
        saved=position > 0 and bool(entry.vendor),
        subject=subject,
        may_send=agreed(house.ledger, person).holds(Purpose.REMINDERS),
    )


def _just_now(house: House, entry: Waiting) -> bool:
    """Whether it is an onboarding of the last minute, which one tap withdraws."""
    if entry.vendor is None:
        return False
    logged = house.ledger.history([Selector([VendorOnboardingLogged], [f"onboarding:{entry.subject}"])])
    return any(house.clock() - one.fact.at <= UNDO for one in logged)


def _waiting(house: House, person: PersonId) -> list[Waiting]:
    with house.asking() as db:
        lessons = teachings.mine(db, person, only="waiting", limit=10 * LISTED)
        families = households.of_ambassador(db, person, limit=10 * LISTED)
        onboardings = of_ambassador(db, person, limit=10 * LISTED)
    asked = [
        Waiting(one.teaching, one.learner, f"{skill_list(s.skill for s in one.skills)} · {near_day(one.on)}")
        for one in lessons
    ]
    asked += [
        Waiting(part.declaration, None, f"{_('Family')} · {near_day(part.on)}")
        for family in families
        for part in family.declared
        if part.answer is None and not part.lost
    ]
    return asked + [
        Waiting(
            one.onboarding,
            one.person,
            words.listed(words.said(words.MEANS, part) for part in one.means),
            one.vendor,
        )
        for one in onboardings
        if one.state is teachings.State.CLAIMED
    ]


ROUTES: Final = (remind,)
