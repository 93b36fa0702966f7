"""How far the read models have come, and what of the ledger they could not take in."""

from datetime import datetime

import msgspec
from sqlalchemy import func, select

from domain.model import Position
from infrastructure.database import Database
from infrastructure.ledger.tables import fact
from infrastructure.read_models import boundaries, rebuild
from infrastructure.read_models.batches import Parked
from infrastructure.read_models.columns import moment, parked


class ModelStatus(msgspec.Struct, frozen=True):
    name: str
    version: int
    position: Position


class ProjectorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`behind` facts wait to be taken in; `at` is when the last one taken in was recorded.
    `projecting` says whether this process is the elected one. `counting_anew`: boundaries changed, and
    everything is being counted under the new ones; until that is done the read models stand where they
    are. `counted_anew` is the share of it that is done, from 0 to 1, where this process does it."""

    position: Position
    at: datetime | None
    behind: int
    projecting: bool
    models: tuple[ModelStatus, ...]
    parked: tuple[Parked, ...]
    counting_anew: bool = False
    counted_anew: float | None = None


def status_of(database: Database, *, projecting: bool, counted_anew: float | None) -> ProjectorStatus:
    with database.read_models() as db:
        models = rebuild.standing(db)
        counting_anew = bool(models) and boundaries.outdated(db)
        errors = [Parked(*row) for row in db.execute(select(parked).order_by(parked.c.position))]
    with database.reading() as db:
        head = db.scalar(select(func.max(fact.c.position))) or 0
    last = min(models, key=lambda one: one.position, default=None)
    return ProjectorStatus(
        position=Position(last.position if last else 0),
        at=moment(last.at) if last and last.position else None,
        behind=head - (last.position if last else 0),
        projecting=projecting,
        models=tuple(ModelStatus(one.model, one.version, Position(one.position)) for one in models),
        parked=tuple(errors),
        counting_anew=counting_anew,
        counted_anew=counted_anew if counting_anew else None,
    )
