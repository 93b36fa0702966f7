"""/ket-noi/{form}/sua/{edit}: an edit of what was recorded beside what stands, for somebody to decide on."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.forms.people import LearnerForm
from application.lists.rows import ClassEntry, Entry, HouseholdEntry, MilestoneEntry, VisitEntry
from application.ports import Identity
from application.privacy import Why
from application.surveys import connecting
from application.surveys.following import Stood
from domain.milestones import Milestone
from domain.model import PersonId, UnitId
from domain.visits import Finding
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
    recorded: list[str]
    edit: list[str]

    @property
    def differs(self) -> bool:
        return self.recorded != self.edit


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
        sides=_sides(house, found.entry, found.stood, kept.unit),
        may_follow=found.may_follow,
    )


def _sides(house: House, entry: Entry, stood: Stood, unit: UnitId) -> list[Side]:
    match entry:
        case ClassEntry():
            return _lesson(house, entry, stood, unit)
        case VisitEntry():
            return _visit(house, entry, stood, unit)
        case HouseholdEntry():
            return _family(house, entry, stood, unit)
        case MilestoneEntry():
            return _milestones(house, entry, stood, unit)
    raise TypeError(entry)


def _lesson(house: House, entry: ClassEntry, stood: Stood, unit: UnitId) -> list[Side]:
    logged = [one.logged for one in stood.teachings]
    mentors, learners = (one.ambassador for one in logged), (one.learner for one in logged)
    known = _People(house, [*mentors, *learners], unit)
    return [
        _side(_("Day"), (day(one.on) for one in logged), [day(entry.on)]),
        _where(house, (one.unit for one in logged), entry),
        _side(_("Mentor"), known.names(one.ambassador for one in logged), _names([entry.mentor])),
        _side(_("Who was taught"), known.said(one.learner for one in logged), _said(entry.learners)),
        _side(
            _("What was taught"),
            (skill_list(one.skills) for one in logged),
            [skill_list(entry.skills)],
        ),
    ]


def _visit(house: House, entry: VisitEntry, stood: Stood, unit: UnitId) -> list[Side]:
    some = stood.visits
    known = _People(house, [one.visitor for one in some], unit)
    return [
        _side(_("Day"), (day(one.on) for one in some), [day(entry.on)]),
        _where(house, (one.unit for one in some), entry),
        _side(_("Who visited"), known.names(one.visitor for one in some), _names([entry.visitor])),
        _side(
            _("Number of the household"),
            (number(one.number) for one in some if one.number is not None),
            [number(entry.number)],
        ),
        _side(_("What was found"), _found(one for visit in some for one in visit.found), _found(entry.found)),
        _side(
            _("What they want to learn"),
            (skill_list(one.needs) for one in some if one.needs),
            [skill_list(entry.needs)] if entry.needs else [],
        ),
    ]


def _family(house: House, entry: HouseholdEntry, stood: Stood, unit: UnitId) -> list[Side]:
    some = stood.families
    members = [person for one in some for person in one.members]
    mentors = [one.registered.ambassador for one in some]
    known = _People(house, [*members, *mentors], unit)
    return [
        _where(house, (one.registered.unit for one in some), entry),
        _side(_("Mentor"), known.names(mentors), _names([entry.mentor])),
        _side(_("Members"), known.said(members), _said(entry.members)),
    ]


def _milestones(house: House, entry: MilestoneEntry, stood: Stood, unit: UnitId) -> list[Side]:
    some = stood.milestones
    known = _People(house, [one.person for one in some], unit)
    return [
        _side(_("Day"), (day(one.on) for one in some), [day(entry.on)]),
        _where(house, (one.unit for one in some), entry),
        _side(_("Person"), known.said(one.person for one in some), _said([entry.person])),
        _side(_("Milestones"), _reached(one.milestone for one in some), _reached(entry.reached)),
    ]


def _side(label: str, recorded: Iterable[str], edit: Iterable[str]) -> Side:
    return Side(label=label, recorded=list(dict.fromkeys(recorded)), edit=list(dict.fromkeys(edit)))


def _where(house: House, units: Iterable[UnitId], entry: Entry) -> Side:
    return _side(
        _("Place"),
        (unit_name(house.units, one) for one in units),
        [entry.place.hamlet or unit_name(house.units, entry.place.unit)],
    )


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
