"""/bat-dau: the first administrator opens their account with the link that `lantoa init` printed."""

from datetime import datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from application import access
from application.access import LinkNotValid
from application.actors import OPERATOR, Grant
from application.forms.access import InviteForm
from application.identity import identity
from application.ids import new_id
from application.signing_in import OFFICIALS
from domain.calendar import day_of
from domain.model import Role
from infrastructure.accounts.sessions import Arrival
from interfaces.house import House
from interfaces.web.arriving import PRIVATE, cookie_of, used_up
from interfaces.web.device import device_of
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.render import page
from interfaces.web.session import house_of, power_of, session_cookie
from interfaces.web.tries import Kind, limited

COUNTRY: Final = "VN"


@get("/bat-dau/{token:str}")
async def begin(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Asks for a name. Looking uses nothing up."""
    await limited(request, Kind.INVITATION, token)
    house = house_of(request)
    if not house.accounts.setup_link_stands(token):
        return _used_up(request)
    return _page(request, token, ready=house.units.find(COUNTRY) is not None)


@post("/bat-dau/{token:str}")
async def open_account(request: AnyRequest, token: FromPath[str]) -> Response[bytes] | Redirect:
    """Uses the link up and signs in; what follows is a passkey or an app (/bao-mat)."""
    await limited(request, Kind.INVITATION, token)
    form = await read_form(request)
    house = house_of(request)
    if not house.accounts.setup_link_stands(token):
        return _used_up(request)
    if house.units.find(COUNTRY) is None:
        return _page(request, token, ready=False)
    try:
        asked = _asked(form, house.clock())
        if not await house.accounts.use_setup_link(token):
            return _used_up(request)
        session = await _administrator(request, house, asked)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _page(request, token, status=status, problems=problems, form=form)
    return Redirect("/bao-mat", status_code=303, cookies=[session_cookie(house, session)])


def _asked(form: Form, now: datetime) -> InviteForm:
    """Raises what `identity` does."""
    fields = {
        "submission": new_id(),
        "role": Role.ADMINISTRATOR.value,
        "unit": COUNTRY,
        "name": form.one("name"),
        "phone": form.one("phone"),
    }
    asked = filled(InviteForm, fields)
    identity(name=asked.name, phone=asked.phone, on=day_of(now), field="")  # before the link is used up
    return asked


async def _administrator(request: AnyRequest, house: House, asked: InviteForm) -> str:
    """The token of the session of an administrator over the whole country. Raises `LinkNotValid`."""
    invited = await access.invite(house.ground, house.accounts, OPERATOR, asked)
    arrival = Arrival(
        device=device_of(request),
        power=power_of((Grant(Role.ADMINISTRATOR, invited.unit),)),
        limits=OFFICIALS,
    )
    if invited.token is None:
        raise LinkNotValid
    signed_in = await house.accounts.accept(invited.token, replacing=cookie_of(request), arrival=arrival)
    if signed_in is None:
        raise LinkNotValid
    house.projector.wait_for(invited.position, 5)
    return signed_in.token


def _page(
    request: AnyRequest,
    token: str,
    *,
    ready: bool = True,
    status: int = 200,
    problems: Problems | None = None,
    form: Form | None = None,
) -> Response[bytes]:
    return page(
        request,
        "sign_in/begin.html",
        status=status,
        headers=PRIVATE,
        token=token,
        ready=ready,
        problems=problems or {},
        name=form.one("name") if form else "",
        phone=form.one("phone") if form else "",
    )


def _used_up(request: AnyRequest) -> Response[bytes]:
    instead = _("Run lantoa init again: it prints a new one while there is no administrator.")
    return used_up(request, instead=instead, sign_in=_("Sign in"))


ROUTES: Final = (begin, open_account)
