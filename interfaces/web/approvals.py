"""/tai-khoan/cho-duyet: a second administrator agrees to what another one asked for, or drops it."""

from typing import Final

from litestar import Response, post
from litestar.response import Redirect

from application import approvals
from application.forms.access import AccountForm
from application.ids import new_id
from interfaces.web.accounts import link_page
from interfaces.web.asked import Ref
from interfaces.web.filled import filled
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited


@post("/tai-khoan/cho-duyet/{ref:str}/dong-y")
async def approve(request: AnyRequest, ref: Ref) -> Response[bytes]:
    """Exactly what was asked happens, and the link is shown here, once. Raises `NothingToApprove`,
    `NotToThemselves`, `NotTheirsToGive`."""
    house, form = house_of(request), await read_form(request)
    await limited(request, Kind.GRANTING)
    wish = filled(AccountForm, {"submission": form.one("submission") or new_id()})
    made = await approvals.approve(house.ground, house.accounts, house.approvals, actor(request), ref, wish)
    return link_page(request, made)


@post("/tai-khoan/cho-duyet/{ref:str}/bo")
async def drop(request: AnyRequest, ref: Ref) -> Redirect:
    """Withdrawn by who asked, or refused by another. Raises `NothingToApprove`."""
    house = house_of(request)
    await read_form(request)
    await approvals.drop(house.ground, house.approvals, actor(request), ref)
    return Redirect("/tai-khoan?done=bo", status_code=303)


ROUTES: Final = (approve, drop)
