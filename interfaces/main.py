"""The composition root: the one place that wires everything."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.types import ASGIApp

from infrastructure.settings import from_environment
from interfaces import reads
from interfaces.api.routes import ROUTES as API
from interfaces.api.short_way import with_short_ways
from interfaces.house import House
from interfaces.opening import open_house
from interfaces.permissions import every_route_has_its_rule
from interfaces.web import (
    accounts,
    answers,
    approvals,
    assets,
    atlas,
    auditing,
    awards,
    board_files,
    campaigns,
    certificates,
    check_in,
    classes,
    connections,
    courses,
    coverage,
    devices,
    edits,
    everything,
    families,
    honours,
    invitations,
    invites,
    lessons,
    lists,
    markets,
    milestones,
    mine,
    my_data,
    near,
    offline,
    one_vendor,
    outbox,
    placing,
    profile,
    ranking,
    reaching,
    reminders,
    report_templates,
    reports,
    requests,
    reviews,
    security,
    sessions,
    setup,
    sign_in,
    start,
    statuses,
    step_up,
    targets,
    teams,
    undoing,
    unit_changes,
    unit_history,
    units,
    vendors,
    visits,
    witnessing,
    workplaces,
)
from interfaces.web.failures import answer
from interfaces.web.front_door import front_door
from interfaces.web.origin import must_be_ours
from interfaces.web.session import admit, house_of, renew, visitor
from interfaces.web.tries import limited_writing

__all__ = ["House", "create_app", "open_house"]

SCREENS: Final = (
    accounts,
    approvals,
    answers,
    assets,
    atlas,
    auditing,
    awards,
    board_files,
    campaigns,
    certificates,
    check_in,
    classes,
    connections,
    courses,
    coverage,
    devices,
    edits,
    everything,
    families,
    honours,
    invitations,
    invites,
    lessons,
    lists,
    markets,
    milestones,
    mine,
    my_data,
    near,
    offline,
    one_vendor,
    outbox,
    placing,
    profile,
    ranking,
    reaching,
    reminders,
    report_templates,
    reports,
    requests,
    reviews,
    security,
    sessions,
    setup,
    sign_in,
    start,
    step_up,
    targets,
    teams,
    undoing,
    unit_changes,
    unit_history,
    units,
    vendors,
    visits,
    witnessing,
    statuses,
    workplaces,
)


def create_app(house: House | None = None) -> ASGIApp:
    """The ASGI application. Without a house it opens one from the environment when it starts, and
    closes it when it ends."""
    settings = house.settings if house else from_environment(os.environ)

    @asynccontextmanager
    async def at_home(app: Litestar) -> AsyncIterator[None]:
        opened = None if house else open_house(settings)
        app.state.house = house or opened
        app.state.house.units.find("VN")  # the territory is read before it is first asked for
        # What stands at the start is not searched for garbage again: a pause of some 50 ms each time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 10, 10)  # a batch of requests is more than 700 objects, none in a cycle
        try:
            yield
        finally:
            if opened:
                opened.close()

    app = Litestar(
        [*API, *(route for screen in SCREENS for route in screen.ROUTES)],
        state=State({"settings": settings, "house": house}),
        lifespan=[at_home],
        before_request=let_in,
        after_request=reads.note,  # before the answer goes out
        exception_handlers={Exception: answer},
        openapi_config=None,  # ours is made in interfaces/api/openapi.py, without outside scripts
        logging_config=None,  # interfaces/web/failures.py logs faults, without personal data
        request_max_body_size=None,  # interfaces/web/limits.py reads the body
    )
    every_route_has_its_rule(app)
    return front_door(with_short_ways(app, let_in, answer), settings)


async def let_in(request: Request[Any, Any, Any]) -> None:
    """Before each route, and before its body is read: from where, and from whom.

    Not guards: Litestar copies the route's handler for each of them, at each request.
    """
    must_be_ours(request)
    await admit(request)
    limited_writing(request)
    await renew(request)
    offline.tell_account(request)
    asking = visitor(request)
    reads.begin(house_of(request), asking.actor.person if asking else None, request.scope["path_template"])
