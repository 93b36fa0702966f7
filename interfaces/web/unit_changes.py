"""/dia-gioi/thay-doi: a change of the territory is recorded by who administers all the units it names.

First a kind is chosen, then the form is filled in, then what it would do is shown, then it is recorded.
"""

import re
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import reforms
from application.forms.territory import ReformForm
from application.ids import new_id
from application.ports import SubmissionConflict
from domain.model import Fact, UnitId
from domain.territory import UnitEstablished, UnitKind, UnitsMerged, UnitSplit
from infrastructure.read_models.touched import Touched, touched
from interfaces.house import House
from interfaces.web.asked import Word
from interfaces.web.choosing import address
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, translated
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.unit_history import KINDS, NAMED, kind_in_words
from interfaces.web.words import full_name

KEPT: Final = {"Cache-Control": "no-store"}

CHANGES: Final = {
    "merged": mark("Units are merged"),
    "split": mark("A unit is divided"),
    "renamed": mark("A unit is given another name"),
    "reclassified": mark("A unit becomes another kind"),
    "code-corrected": mark("A unit is given another code"),
    "established": mark("A new unit is established"),
}

_UNIT: Final = {
    "merged": mark("Code of the unit that takes them in"),
    "established": mark("Code of the unit it lies in"),
}

_BETWEEN: Final = re.compile(r"[\s,;]+")

OFFERED: Final = (
    UnitKind.COMMUNE,
    UnitKind.WARD,
    UnitKind.SPECIAL_ZONE,
    UnitKind.PROVINCE,
    UnitKind.CITY,
)


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it was filled in."""

    submission: str
    change: str
    unit: str = ""
    parts: str = ""
    name: str = ""
    kind: str = ""
    code: str = ""
    valid_from: str = ""
    document: str = ""


@get("/dia-gioi/thay-doi")
async def form(request: AnyRequest, change: Word = "", unit: Word = "") -> Response[bytes]:
    day = today(house_of(request)).isoformat()
    return _form(request, Typed(submission=new_id(), change=change, unit=unit, valid_from=day))


@post("/dia-gioi/thay-doi")
async def record(request: AnyRequest) -> Response[bytes] | Redirect:
    """Shows what it will do; recorded is what comes back from there. A refusal leads to the form."""
    house, asking, sent = house_of(request), actor(request), await read_form(request)
    await limited(request, Kind.GRANTING)
    typed = _typed(sent)
    if sent.one("mend") == "yes":
        return _form(request, typed)
    try:
        wish = _wish(typed)
        if sent.one("confirmed") != "yes":
            facts = reforms.weighed(house.ground, asking, wish, house.clock())
            return _preview(request, typed, facts)
        done = await reforms.change_unit(house.ground, asking, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        if isinstance(refusal, SubmissionConflict):
            typed = msgspec.structs.replace(typed, submission=new_id())
        return _form(request, typed, status, problems)
    told = "roi" if done.again else "ghi"
    return Redirect(address(f"/dia-gioi/{done.unit}", position=done.position, done=told), status_code=303)


def _typed(sent: Form) -> Typed:
    fields = {name: sent.one(name).strip() for name in Typed.__struct_fields__}
    return msgspec.structs.replace(Typed(**fields), submission=fields["submission"] or new_id())


def _wish(typed: Typed) -> ReformForm:
    said = msgspec.structs.asdict(typed) | {"parts": [one for one in _BETWEEN.split(typed.parts) if one]}
    return filled(ReformForm, said)


def _form(
    request: AnyRequest, typed: Typed, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house = house_of(request)
    chosen = typed.change if typed.change in CHANGES else ""
    unit = house.units.find(typed.unit) if typed.unit else None
    return page(
        request,
        "territory/change.html",
        status=status,
        headers=KEPT,
        changes=[
            Link(address("/dia-gioi/thay-doi", change=one, unit=typed.unit), translated(label), one == chosen)
            for one, label in CHANGES.items()
        ],
        chosen=chosen,
        unit_label=translated(_UNIT.get(chosen, mark("Code of the unit"))),
        unit_name=full_name(house.units, unit) if unit else "",
        typed=typed,
        kinds=[(one.value, translated(KINDS[one])) for one in OFFERED],
        problems=problems or {},
    )


class Part(msgspec.Struct, frozen=True):
    """What ends, and whom that touches."""

    name: str
    about: list[str]


def _preview(request: AnyRequest, typed: Typed, facts: tuple[Fact, ...]) -> Response[bytes]:
    house = house_of(request)
    ended = reforms.ended_by(facts)
    about = ended or _changed(house, typed)
    with house.asking() as db:
        found = touched(db, about[:NAMED])
    return page(
        request,
        "territory/preview.html",
        headers=KEPT,
        title=translated(CHANGES[typed.change]),
        said=_sentences(house, typed, facts),
        stands=not facts,
        ends=bool(ended),
        divided=any(isinstance(one, UnitSplit) for one in facts),
        affected=[Part(_called(house, one.unit), list(_counts(one))) for one in found],
        left=max(0, len(about) - NAMED),
        typed=msgspec.structs.asdict(typed),
        day=day_said(_wish(typed).valid_from),
    )


def _changed(house: House, typed: Typed) -> tuple[UnitId, ...]:
    found = house.units.find(typed.unit)
    return (found.id,) if found and typed.change != "established" else ()


def _called(house: House, ref: UnitId) -> str:
    found = house.units.find(ref)
    return full_name(house.units, found) if found else "–"


def _sentences(house: House, typed: Typed, facts: tuple[Fact, ...]) -> list[str]:
    """What will be recorded; nothing where it stands already."""
    said = []
    for fact in facts:
        match fact:
            case UnitsMerged():
                parts = "; ".join(_called(house, one) for one in fact.parts)
                said.append(_("%(parts)s: merged into %(unit)s", parts=parts, unit=_called(house, fact.unit)))
            case UnitSplit():
                parts = "; ".join(_called(house, one) for one in fact.into)
                unit = _called(house, fact.unit)
                said.append(_("%(unit)s: divided among %(parts)s", unit=unit, parts=parts))
            case UnitEstablished():
                within = _called(house, fact.parent) if fact.parent else ""
                said.append(_("%(unit)s: established in %(within)s", unit=fact.name, within=within))
            case _:
                found = house.units.find(typed.unit)
                now = typed.name or typed.code or kind_in_words(typed.kind)
                was = found.name if found else "–"
                said.append(_("%(was)s: from then on %(now)s", was=was, now=now))
    return said


def _counts(one: Touched) -> list[str]:
    """What stands at a unit that is touched, without what there is none of."""
    counted = (
        (one.people, ngettext("%(num)s person taught", "%(num)s people taught", one.people)),
        (one.accounts, ngettext("%(num)s account", "%(num)s accounts", one.accounts)),
        (one.roles, ngettext("%(num)s role", "%(num)s roles", one.roles)),
        (
            one.ambassadors,
            ngettext("%(num)s digital ambassador", "%(num)s digital ambassadors", one.ambassadors),
        ),
        (one.families, ngettext("%(num)s digital family", "%(num)s digital families", one.families)),
        (one.markets, ngettext("%(num)s digital market", "%(num)s digital markets", one.markets)),
        (one.hamlets, ngettext("%(num)s hamlet", "%(num)s hamlets", one.hamlets)),
    )
    return [said for count, said in counted if count] or [
        _("%(num)s people, accounts and roles", num=number(0))
    ]


ROUTES: Final = (form, record)
