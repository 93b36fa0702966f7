"""What people agree to, as boxes to tick; silence is no."""

from typing import Final

import msgspec

from application import privacy
from application.privacy import Agreed
from domain.model import PersonId
from domain.people import Purpose
from interfaces.house import House
from interfaces.web import words
from interfaces.web.limits import Form

ASKED: Final = (Purpose.CONTACT, Purpose.REMINDERS)
"""What a learner is asked; public names and award lists are for those who teach."""


class Box(msgspec.Struct, frozen=True):
    """A purpose that can be agreed to. `on`: it stands."""

    id: str
    label: str
    on: bool


class Asking(msgspec.Struct, frozen=True):
    """`guardian` is None for somebody who needs none."""

    boxes: list[Box]
    guardian: bool | None


def asking(house: House, person: PersonId, purposes: tuple[Purpose, ...] = ASKED) -> Asking:
    """What stands, to be ticked or not. Nobody under 16 is asked for a public name."""
    found = privacy.agreed(house.ledger, person)
    boxes = [
        Box(one.value, words.said(words.PURPOSES, one), one in found.given)
        for one in purposes
        if not (found.minor and one is Purpose.PUBLIC_NAME)
    ]
    return Asking(boxes, _guardian(found))


def _guardian(found: Agreed) -> bool | None:
    return bool(found.guardian) if found.minor else None


def wishes(form: Form, purposes: tuple[Purpose, ...] = ASKED) -> dict[Purpose, bool]:
    """What the form of `asking` brings back: what is not ticked is no."""
    return {one: form.one(one.value) == "yes" for one in purposes}
