"""/ghi/gia-dinh and /gia-dinh: a family is registered, members join and leave, criteria are declared
and lost."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import criteria, declarations, households
from application.actors import Actor
from application.forms.households import (
    CriteriaForm,
    CriterionLostForm,
    HouseholdForm,
    MemberForm,
    MemberLeftForm,
)
from application.ids import new_id
from application.ports import SubmissionConflict
from application.privacy import Why
from domain.calendar import day_of
from domain.criteria import DEFAULT, Criteria
from domain.households import Criterion, NoSuchHousehold
from domain.model import HouseholdId, Model, PersonId, Role, UnitId
from infrastructure.read_models import households as known
from infrastructure.read_models import imports
from infrastructure.read_models.columns import age
from infrastructure.read_models.households import Household
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import checklists, drafts, words
from interfaces.web.asked import Chosen, Count, Ref, Word
from interfaces.web.drafts import Draft
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name


class Box(msgspec.Struct, frozen=True):
    """A criterion that can be declared."""

    id: str
    label: str
    on: bool


class Member(msgspec.Struct, frozen=True):
    id: PersonId
    name: str


@get("/ghi/gia-dinh")
async def new(request: AnyRequest, learner: Chosen = None) -> Response[bytes]:
    asking = actor(request)
    return _form(request, asking, drafts.blank(house_of(request), asking, learner or ()))


@post("/ghi/gia-dinh")
async def register(request: AnyRequest) -> Response[bytes] | Redirect:
    asking, form = actor(request), await read_form(request)
    draft = drafts.typed(form, "declared")
    if "more" in form:
        draft.people.append(drafts.NewPerson())
        return _form(request, asking, draft)
    try:
        made = await households.register_household(
            house_of(request).ground, asking, _household(draft, asking)
        )
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, draft.place)
        if isinstance(refusal, SubmissionConflict):
            draft.submission = new_id()
        return _form(request, asking, draft, status, problems)
    return Redirect(f"/gia-dinh/{made.household}?position={made.position}", status_code=303)


@get("/gia-dinh/{ref:str}")
async def show(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `NoSuchHousehold`, also for one that is not for this person's eyes."""
    await caught_up(house_of(request), position)
    notice = words.notice(_NOTICES, done)
    return _shown(request, _seen(request, ref), notice=notice, position=position)


_NOTICES: Final = {
    "roi": mark("Recorded: a member left the family."),
    "mat": mark("Recorded: no longer met."),
}


@post("/gia-dinh/{ref:str}/thanh-vien")
async def join(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody else of the family."""
    family, form = _seen(request, ref), await read_form(request)
    draft = drafts.typed(form, "none")
    try:
        wish = filled(
            MemberForm,
            {"submission": draft.submission, "member": next((typed for _p, typed in draft.named()), {})},
        )
        done = await households.join(house_of(request).ground, actor(request), ref, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, _member_field)
        return _shown(request, family, status, problems, draft)
    return Redirect(f"/gia-dinh/{ref}?position={done.position}", status_code=303)


@post("/gia-dinh/{ref:str}/khai-bao")
async def declare(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """What the family meets; a member answers for it with a code of its own."""
    family, form = _seen(request, ref), await read_form(request)
    try:
        done = await declarations.declare(
            house_of(request).ground, actor(request), ref, _declaration(request, form)
        )
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "declared")
        return _shown(request, family, status, problems)
    return Redirect(f"/gia-dinh/{ref}?position={done.position}", status_code=303)


@post("/gia-dinh/{ref:str}/roi")
async def leave(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A member no longer belongs to the family."""
    family, form = _seen(request, ref), await read_form(request)
    try:
        wish = filled(MemberLeftForm, {name: form.one(name) for name in ("submission", "member")})
        done = await households.leave(house_of(request).ground, actor(request), ref, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "left")
        return _shown(request, family, status, problems)
    return Redirect(f"/gia-dinh/{ref}?done=roi&position={done.position}", status_code=303)


@post("/gia-dinh/{ref:str}/khong-con")
async def lose(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """The family no longer meets what was confirmed of it."""
    family, form = _seen(request, ref), await read_form(request)
    try:
        wish = filled(CriterionLostForm, {name: form.one(name) for name in ("submission", "criterion")})
        done = await declarations.lose(house_of(request).ground, actor(request), ref, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "lost")
        return _shown(request, family, status, problems)
    return Redirect(f"/gia-dinh/{ref}?done=mat&position={done.position}", status_code=303)


def _member_field(path: str) -> str:
    """`member.phone` is the phone of the only block."""
    part = path.partition(".")[2]
    return f"new-0-{part or 'name'}"


def _declaration(request: AnyRequest, form: Form) -> CriteriaForm:
    chosen = form.all("declared")
    proficient = form.one("proficient") if Criterion.PROFICIENT_MEMBER.value in chosen else None
    return filled(
        CriteriaForm,
        {
            "submission": form.one("submission"),
            "on": today(house_of(request)).isoformat(),
            "criteria": chosen,
            "proficient": proficient,
        },
    )


def _household(draft: Draft, asking: Actor) -> HouseholdForm:
    me = {"id": asking.person}
    members: list[dict[str, Any]] = [typed for _prefix, typed in draft.named()]
    with_me = "me" in draft.marks
    declared = [mark for mark in draft.marks if mark != "me"]
    return filled(
        HouseholdForm,
        {
            "submission": draft.submission,
            "on": draft.on,
            "unit": draft.unit,
            "members": members + ([me] if with_me and me not in members else []),
            "declared": declared,
        },
    )


def _offered(house: House, unit: str) -> tuple[Criteria | None, list[Criterion]]:
    """The criteria that stand in a unit, and what can be declared of a family by them."""
    if not unit:
        return None, []
    content = criteria.standing_criteria(
        house.ledger, house.units, UnitId(unit), day_of(house.clock())
    ).content
    return content, list(content.family_declared)


def _form(
    request: AnyRequest, asking: Actor, draft: Draft, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house = house_of(request)
    content, offered = _offered(house, draft.unit)
    shown: dict[str, Any] = msgspec.structs.asdict(drafts.shown(house, asking, draft))
    boxes = [Box(one.value, words.said(words.CRITERIA, one), one.value in draft.marks) for one in offered]
    return page(
        request,
        "families/new.html",
        status=status,
        form=shown | {"me": "me" in draft.marks},
        boxes=boxes,
        explained=explained(content),
        problems=problems or {},
        groups=drafts.groups(),
    )


def explained(content: Criteria | None) -> list[str]:
    """What makes a family digital, in sentences."""
    if content is None:
        return []
    said = [
        _("One member has %(num)s skills confirmed.", num=content.proficient_skills),
    ]
    if content.family_teaches_member:
        said.append(_("One member has taught another member something that was confirmed."))
    return said + [f"{words.said(words.CRITERIA, one)}." for one in content.family_declared]


def _seen(request: AnyRequest, ref: str) -> Household:
    """For whoever registered it, and for those who mentor, organize, honour or audit in its unit."""
    house, asking = house_of(request), actor(request)
    roles = Role.AMBASSADOR, Role.ORGANIZER, Role.COMMITTEE, Role.SECRETARY, Role.AUDITOR
    with house.asking() as db:
        unit, ambassador = known.whose(db, HouseholdId(ref)) or (None, None)
        near = unit and asking.reaches(unit, *roles, units=house.units, about=Model.FAMILIES)
        family = known.household(db, HouseholdId(ref)) if near or ambassador == asking.person else None
    if family is None:
        raise NoSuchHousehold
    return family


def _shown(
    request: AnyRequest,
    family: Household,
    status: int = 200,
    problems: Problems | None = None,
    draft: Draft | None = None,
    *,
    notice: str | None = None,
    position: int = 0,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    own = family.ambassador == asking.person
    why = Unlogged.ENTERED if own else Why.FAMILY
    names = reads.names(house, family.members, why, unit=family.unit)
    content, offered = _offered(house, family.unit)
    with house.asking() as db:
        read_at, brought = age(db), imports.brought(db, family.household)
    boxes = [Criterion.PROFICIENT_MEMBER, *(one for one in offered if one is not Criterion.PROFICIENT_MEMBER)]
    standing = content or DEFAULT
    steps = checklists.of_family(house, family, standing, asking.person)
    return page(
        request,
        "families/family.html",
        status=status,
        here=f"/gia-dinh/{family.household}",
        notice=notice,
        ref=family.household,
        brought=brought,
        place=unit_name(house.units, family.unit),
        freshness=fresh(read_at, adopted(house, family.unit)),
        since=day(day_of(family.digital_since)) if family.digital_since else None,
        members=[Member(one, names.get(one, "–")) for one in family.members],
        leaving=[(one, names.get(one, "–")) for one in family.members],
        steps=steps,
        beside=checklists.beside(family, standing),
        reached=checklists.done(steps),
        saved=position > 0,
        may_remind=own,
        boxes=[Box(one.value, words.said(words.CRITERIA, one), False) for one in boxes],
        may_declare=asking.holds(Role.AMBASSADOR),
        may_change=_may_change(house, asking, family),
        held=words.options(words.CRITERIA, _held(family)) if _held(family) else [],
        person=draft.people[0] if draft else drafts.NewPerson(),
        submissions=[new_id() for _form in range(4)],
        next_submission=new_id,
        problems=problems or {},
        groups=drafts.groups(),
    )


def _may_change(house: House, asking: Actor, family: Household) -> bool:
    """As `reached_household` allows it: its ambassador, or who mentors or organizes there."""
    roles = Role.AMBASSADOR, Role.ORGANIZER
    near = asking.reaches(family.unit, *roles, units=house.units, about=Model.FAMILIES)
    return asking.holds(*roles) and (near or family.ambassador == asking.person)


def _held(family: Household) -> list[Criterion]:
    """What was confirmed and still stands, each once."""
    return list(dict.fromkeys(one.criterion for one in family.declared if one.stands))


ROUTES: Final = (new, register, show, join, declare, leave, lose)
