"""The first page: what this is, and the three doors."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.response import Redirect

from domain.model import Role
from interfaces.web.render import page
from interfaces.web.session import house_of, proven, visitor

HOMES: Final = (
    (Role.AMBASSADOR, "/ghi"),
    (Role.TEAM_LEADER, "/don-vi"),
    (Role.ORGANIZER, "/don-vi"),
    (Role.COMMITTEE, "/khen-thuong"),
    (Role.SECRETARY, "/khen-thuong"),
    (Role.ADMINISTRATOR, "/tai-khoan"),
    (Role.AUDITOR, "/don-vi"),
)


@get("/", sync_to_thread=False)
def start(request: Request[Any, Any, Any]) -> Response[Any]:
    """Strangers are told what this is; whoever is signed in goes to their work."""
    asking = visitor(request)
    if asking is not None:
        if not proven(house_of(request), asking):
            return Redirect("/bao-mat", status_code=303)
        for role, home in HOMES:
            if asking.actor.holds(role):
                return Redirect(home, status_code=303)
    return page(request, "landing.html")


ROUTES: Final = (start,)
