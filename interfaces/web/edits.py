"""/ket-noi/{form}/sua/{edit}: an edit of what was recorded beside what stands, or two versions that both were
recorded, for somebody to decide on."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.forms.people import LearnerForm
from application.lists.entries import ClassEntry, Entry, HouseholdEntry, MilestoneEntry, VisitEntry
from application.ports import Identity
from application.privacy import Why
from application.surveys import connecting
from application.surveys.coming import DecidedMeanwhile, Edited
from application.surveys.following import Family, Stood
from application.surveys.keeping import Kept
from domain.milestones import Milestone, MilestoneReached
from domain.model import PersonId, UnitId
from domain.surveys import Tells
from domain.teaching import TeachingLogged
from domain.visits import Finding, HouseholdVisited
from interfaces import reads
from interfaces.house import House
from interfaces.web.asked import Ref
from interfaces.web.filled import MENDABLE, Problems, problems_of
from interfaces.web.language import day, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.list_words import FOUND
from interfaces.web.reaching import MILESTONES
from interfaces.web.render import page, skill_list
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that both versions say, line by line."""

    label: str
    earlier: list[str]
    later: list[str]

    @property
    def differs(self) -> bool:
        return self.earlier != self.later


Said = Sequence[tuple[str, Iterable[str]]]
"""What a version says: lines under their labels."""


@get("/ket-noi/{ref:str}/sua/{edit:str}")
async def show(request: AnyRequest, ref: Ref, edit: Ref) -> Response[bytes]:
    """Raises `NoSuchConnection`, also for one of another unit; `NoSuchEdit`."""
    return await _shown(request, ref, edit)


@post("/ket-noi/{ref:str}/sua/{edit:str}")
async def decide(request: AnyRequest, ref: Ref, edit: Ref) -> Response[bytes] | Redirect:
    """`decision`: the edit holds (`follow`), or what was recorded does (`leave`)."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    decision = form.one("decision")
    if decision not in ("follow", "leave"):
        return await _shown(request, ref, edit, 422, {"": _("Please say which of the two versions holds.")})
    follow = decision == "follow"
    try:
        await connecting.decide(house.ground, house.surveys, asking, ref, edit, follow=follow)
    except DecidedMeanwhile:
        return Redirect(f"/ket-noi/{ref}?done=truoc#came", status_code=303)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "")
        return await _shown(request, ref, edit, status, problems)
    return Redirect(f"/ket-noi/{ref}?done={'theo' if follow else 'giu'}#came", status_code=303)


async def _shown(
    request: AnyRequest, ref: str, edit: str, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    kept = connecting.reached(house.ground, house.surveys, asking, ref)
    found = await connecting.edited(house.ground, house.surveys, asking, ref, edit)
    return page(
        request,
        "connections/edit.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        problems=problems or {},
        here=f"/ket-noi/{ref}",
        address=f"/ket-noi/{ref}/sua/{edit}",
        back=f"/ket-noi/{ref}",
        name=kept.name,
        sides=_sides(house, kept, found),
        both=found.later is not None,
        may_follow=found.may_follow,
    )


def _sides(house: House, kept: Kept, found: Edited) -> list[Side]:
    earlier = _recorded(house, kept, found.stood)
    if found.entry is not None:
        later = _said_by(house, found.entry)
    else:
        later = _recorded(house, kept, found.later or Stood(facts=()))
    return [
        Side(label=label, earlier=_lines(was), later=_lines(said))
        for (label, was), (_label, said) in zip(earlier, later, strict=True)
    ]


def _lines(some: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(some))


def _recorded(house: House, kept: Kept, stood: Stood) -> Said:
    known = _People(house, _named(stood), kept.unit)
    match kept.tells:
        case Tells.LESSON:
            return _lesson_recorded(house, known, [one.logged for one in stood.teachings])
        case Tells.VISIT:
            return _visit_recorded(house, known, stood.visits)
        case Tells.HOUSEHOLD:
            return _family_recorded(house, known, stood.families)
        case Tells.MILESTONE:
            return _milestones_recorded(house, known, stood.milestones)


def _said_by(house: House, entry: Entry) -> Said:
    match entry:
        case ClassEntry():
            return _lesson_said(house, entry)
        case VisitEntry():
            return _visit_said(house, entry)
        case HouseholdEntry():
            return _family_said(house, entry)
        case MilestoneEntry():
            return _milestones_said(house, entry)
    raise TypeError(entry)


def _named(stood: Stood) -> list[PersonId]:
    """Everybody of whom what stands tells."""
    people: list[PersonId] = []
    for teaching in stood.teachings:
        people += (teaching.logged.ambassador, teaching.logged.learner)
    for family in stood.families:
        people += (family.registered.ambassador, *family.members)
    return [*people, *(one.visitor for one in stood.visits), *(one.person for one in stood.milestones)]


def _lesson_recorded(house: House, known: "_People", some: Sequence[TeachingLogged]) -> Said:
    return [
        (_("Day"), [day(one.on) for one in some]),
        (_("Place"), _places(house, (one.unit for one in some))),
        (_("Mentor"), known.names(one.ambassador for one in some)),
        (_("Who was taught"), known.said(one.learner for one in some)),
        (_("What was taught"), [skill_list(one.skills) for one in some]),
    ]


def _lesson_said(house: House, entry: ClassEntry) -> Said:
    return [
        (_("Day"), [day(entry.on)]),
        (_("Place"), _place(house, entry)),
        (_("Mentor"), _names([entry.mentor])),
        (_("Who was taught"), _said(entry.learners)),
        (_("What was taught"), [skill_list(entry.skills)]),
    ]


def _visit_recorded(house: House, known: "_People", some: Sequence[HouseholdVisited]) -> Said:
    return [
        (_("Day"), [day(one.on) for one in some]),
        (_("Place"), _places(house, (one.unit for one in some))),
        (_("Who visited"), known.names(one.visitor for one in some)),
        (_("Number of the household"), [number(one.number) for one in some if one.number is not None]),
        (_("What was found"), _found(one for visit in some for one in visit.found)),
        (_("What they want to learn"), [skill_list(one.needs) for one in some if one.needs]),
    ]


def _visit_said(house: House, entry: VisitEntry) -> Said:
    return [
        (_("Day"), [day(entry.on)]),
        (_("Place"), _place(house, entry)),
        (_("Who visited"), _names([entry.visitor])),
        (_("Number of the household"), [number(entry.number)]),
        (_("What was found"), _found(entry.found)),
        (_("What they want to learn"), [skill_list(entry.needs)] if entry.needs else []),
    ]


def _family_recorded(house: House, known: "_People", some: Sequence[Family]) -> Said:
    return [
        (_("Place"), _places(house, (one.registered.unit for one in some))),
        (_("Mentor"), known.names(one.registered.ambassador for one in some)),
        (_("Members"), known.said(person for one in some for person in one.members)),
    ]


def _family_said(house: House, entry: HouseholdEntry) -> Said:
    return [
        (_("Place"), _place(house, entry)),
        (_("Mentor"), _names([entry.mentor])),
        (_("Members"), _said(entry.members)),
    ]


def _milestones_recorded(house: House, known: "_People", some: Sequence[MilestoneReached]) -> Said:
    return [
        (_("Day"), [day(one.on) for one in some]),
        (_("Place"), _places(house, (one.unit for one in some))),
        (_("Person"), known.said(one.person for one in some)),
        (_("Milestones"), _reached(one.milestone for one in some)),
    ]


def _milestones_said(house: House, entry: MilestoneEntry) -> Said:
    return [
        (_("Day"), [day(entry.on)]),
        (_("Place"), _place(house, entry)),
        (_("Person"), _said([entry.person])),
        (_("Milestones"), _reached(entry.reached)),
    ]


def _places(house: House, units: Iterable[UnitId]) -> list[str]:
    return [unit_name(house.units, one) for one in units]


def _place(house: House, entry: Entry) -> list[str]:
    return [entry.place.hamlet or unit_name(house.units, entry.place.unit)]


class _People:
    """What is known of people who stand recorded; nothing of whoever was erased."""

    def __init__(self, house: House, people: Sequence[PersonId], unit: UnitId) -> None:
        some = list(dict.fromkeys(people))
        self._known = reads.identities(house, some, Why.REVIEW, unit=unit)

    def names(self, people: Iterable[PersonId]) -> list[str]:
        return [self._known[one].name if one in self._known else _NOBODY for one in people]

    def said(self, people: Iterable[PersonId]) -> list[str]:
        return sorted(_of(self._known[one]) if one in self._known else _NOBODY for one in set(people))


_NOBODY: Final = "–"


def _of(one: Identity) -> str:
    parts = [one.name, (one.phone or "").replace("+84", "0"), str(one.birth_year or "")]
    return " · ".join(part for part in parts if part)


def _names(some: Iterable[LearnerForm]) -> list[str]:
    return [one.name or "" for one in some]


def _said(some: Iterable[LearnerForm]) -> list[str]:
    return sorted(
        _of(Identity(name=one.name or "", phone=one.phone, birth_year=one.birth_year)) for one in some
    )


def _found(some: Iterable[Finding]) -> list[str]:
    said = set(some)
    return [translated(FOUND[one]) for one in Finding if one in said]


def _reached(some: Iterable[Milestone]) -> list[str]:
    said = set(some)
    return [translated(MILESTONES[one]) for one in Milestone if one in said]


ROUTES: Final = (show, decide)
