"""/toi/ho-so: what award lists need of an ambassador, kept only with consent; their public name."""

from typing import Final

from litestar import Response, get, post
from litestar.response import Redirect

from application import identity, people
from application.forms.people import ConsentForm
from application.ids import new_id
from application.ports import Identity
from domain.model import PersonId
from domain.people import Purpose
from infrastructure.read_models import people as known
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import workplaces
from interfaces.web.asked import Count, Word
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import SEXES


@get("/toi/ho-so")
async def profile(request: AnyRequest, position: Count = 0, done: Word = "") -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    kept = reads.identities(house, [asking.person], Unlogged.OWN).get(asking.person)
    typed = {
        "sex": (kept and kept.sex) or "",
        "position": (kept and kept.position) or "",
        "workplace": (kept and kept.workplace) or "",
    }
    return _shown(request, typed, notice=bool(done))


@post("/toi/ho-so")
async def save(request: AnyRequest) -> Response[bytes] | Redirect:
    """With the box ticked what is written is kept; without it what was kept is removed."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    typed = {name: form.one(name) for name in ("sex", "position", "workplace")}
    try:
        if form.one("award_lists") == "yes":
            await people.describe(
                house.ground, asking, asking.person, _described(house, asking.person, typed)
            )
            return Redirect("/toi/ho-so?done=1", status_code=303)
        done = await people.consent(house.ground, asking, _withdrawn(form))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, typed, status=status, problems=problems)
    return Redirect(f"/toi/ho-so?done=1&position={done.position}", status_code=303)


def _described(house: House, person: PersonId, typed: dict[str, str]) -> Identity:
    """Checked as everywhere else; the name only stands in for the one that is kept."""
    name = reads.names(house, [person], Unlogged.OWN).get(person, "–")
    return identity.identity(
        name=name,
        on=today(house),
        field="",
        sex=typed["sex"],
        position=typed["position"],
        workplace=typed["workplace"],
    )


def _withdrawn(form: Form) -> ConsentForm:
    return filled(
        ConsentForm,
        {
            "submission": form.one("submission") or new_id(),
            "purpose": Purpose.AWARD_LISTS.value,
            "given": False,
        },
    )


def _shown(
    request: AnyRequest,
    typed: dict[str, str],
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: bool = False,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        me = known.one(db, asking.person)
    registered, belongs = workplaces.offered(house, asking.person, me.home) if me else ([], "")
    return page(
        request,
        "mine/profile.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        notice=notice,
        problems=problems or {},
        typed=typed,
        agreed=me is not None and Purpose.AWARD_LISTS.value in me.consents,
        sexes=[("", _("Not said")), *((value, _(label)) for value, label in SEXES.items())],
        submission=new_id(),
        registered=registered,
        belongs=belongs,
        next_submission=new_id(),
    )


ROUTES: Final = (profile, save)
