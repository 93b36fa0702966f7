"""Opening everything there is behind the pages, the API and the commands: what each of them works on.

Apart from `main.py`, so that a command does not load every page and the server's libraries to do its work.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

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
from infrastructure.closed_months import ClosedMonths
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.lists.kept import Lists
from infrastructure.lists.moving import move_in
from infrastructure.lists.spool import PURPOSE as LISTS
from infrastructure.lists.spool import Spools
from infrastructure.outbox.outbox import Outbox
from infrastructure.read_models.due import DueQuestions
from infrastructure.read_models.territory import Territory
from infrastructure.reports import KeptReports
from infrastructure.settings import Settings
from infrastructure.surveys import KeptSurveys
from infrastructure.tries import Tries
from infrastructure.vault.vault import open_vault
from interfaces.house import House, NotBegun


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
        move_in(spools, database, vault.key_for(LISTS))
        # A process of an older version may go on beside this one, and keep rows in files until it ends.
        vault.on_erasing(lambda _people: move_in(spools, database, vault.key_for(LISTS)))
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
    closed_months = ClosedMonths(database, ledger)

    def react() -> None:
        closed_months.keep()
        asyncio.run(reacting.react())

    projector = Projector(
        database,
        react=react,
        before_building=closed_months.keep,
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
        closed_months=closed_months,
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
