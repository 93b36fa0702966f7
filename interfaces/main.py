"""The composition root: the one place that wires everything."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.types import ASGIApp

from application import reactions
from application.criteria import standing_criteria
from application.ports import Ground
from application.reactions import Reactions
from domain.calendar import day_of
from domain.model import UnitId
from infrastructure.access_log import AccessLog
from infrastructure.accounts.factors import Factors
from infrastructure.accounts.passkeys import relying_at
from infrastructure.accounts.remembered import RememberedAccounts
from infrastructure.approvals import KeptApprovals
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.lists.kept import Lists
from infrastructure.lists.spool import PURPOSE as LISTS
from infrastructure.lists.spool import Spools
from infrastructure.outbox.outbox import Outbox
from infrastructure.read_models.due import DueQuestions
from infrastructure.read_models.territory import Territory
from infrastructure.reports import KeptReports
from infrastructure.settings import Settings, from_environment
from infrastructure.surveys import KeptSurveys
from infrastructure.tries import Tries
from infrastructure.vault.vault import open_vault
from interfaces import reads
from interfaces.api.routes import ROUTES as API
from interfaces.api.short_way import with_short_ways
from interfaces.house import House, NotBegun
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


def open_house(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, following: bool = True
) -> House:
    """Opens everything there is, migrated, of a ledger that `begin` has made. Without `following`
    the read models stand still until somebody calls `catch_up`.

    Raises what says that it is not set up: `OwnedElsewhere`, `ReadOnlyHome`, `NewerLedger`,
    `UnsupportedDatabase`, `NotBegun`, `KeyFileMissing` and its likes.
    """
    if settings.database_url is None and not (settings.home / "ledger.db").exists():
        raise NotBegun  # before anything is made in a home that may be misspelt
    database = Database.open(settings.database_url, settings.home)
    try:
        database.prepare()
        return _house(settings, database, clock, following=following)
    except BaseException:
        database.close()
        raise


def _house(
    settings: Settings, database: Database, clock: Callable[[], datetime], *, following: bool
) -> House:
    ledger = Writer(database, clock=clock)
    try:
        if not ledger.head():
            raise NotBegun
        vault = open_vault(database, ledger, clock=clock)
        units = Territory(database)
        spools = Spools(database, ledger, vault.key_for(LISTS), clock=clock)
        surveys = KeptSurveys(database, ledger, vault, clock=clock)
        vault.on_erasing(spools.forget)
        vault.on_erasing(surveys.forget)
    except BaseException:
        ledger.close()
        raise

    def criteria_of(unit: UnitId) -> reactions.Standing:
        standing = standing_criteria(ledger, units, unit, day_of(clock()))
        return reactions.Standing(standing.content, standing.content_hash)

    known = RememberedAccounts(database, ledger, key=vault.key_for("sessions"), clock=clock)
    relying = relying_at(settings.public_url)
    factors = Factors(database, ledger, vault, relying=relying, forget=known.forget, clock=clock)
    reacting = Reactions(ledger, DueQuestions(database, clock=clock), criteria_of)
    projector = Projector(
        database,
        react=lambda: asyncio.run(reacting.react()),
        on_units=units.refresh,
        on_roles=ledger.changes.happened,
    )
    ledger.on_commit(projector.wake)
    if following:
        ledger.changes.listen()
        projector.start()
    return House(
        settings=settings,
        database=database,
        ledger=ledger,
        vault=vault,
        units=units,
        ground=Ground(ledger, vault, units),
        accounts=known,
        approvals=KeptApprovals(database, ledger, clock=clock),
        reports=KeptReports(database, ledger, vault, clock=clock),
        factors=factors,
        access_log=AccessLog(database, ledger, clock=clock),
        outbox=Outbox(database, ledger, clock=clock),
        surveys=surveys,
        tries=Tries(ledger, database.dialect, vault.content_digest, clock=clock),
        projector=projector,
        reactions=reacting,
        lists=Lists(database, ledger, clock=clock),
        spools=spools,
        clock=clock,
    )


def create_app(house: House | None = None) -> ASGIApp:
    """The ASGI application. Without a house it opens one from the environment when it starts, and
    closes it when it ends."""
    settings = house.settings if house else from_environment(os.environ)

    @asynccontextmanager
    async def at_home(app: Litestar) -> AsyncIterator[None]:
        opened = None if house else open_house(settings)
        app.state.house = house or opened
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
    admit(request)
    limited_writing(request)
    await renew(request)
    offline.tell_account(request)
    asking = visitor(request)
    reads.begin(house_of(request), asking.actor.person if asking else None, request.scope["path_template"])
