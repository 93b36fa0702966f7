"""/viec: all pages of whoever looks, by what they are for."""

from typing import Final

from litestar import Response, get

from interfaces.web import menu
from interfaces.web.limits import AnyRequest
from interfaces.web.render import page
from interfaces.web.session import actor


@get("/viec")
async def everything(request: AnyRequest) -> Response[bytes]:
    return page(request, "menu.html", groups=menu.groups(actor(request)))


ROUTES: Final = (everything,)
