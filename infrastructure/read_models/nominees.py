"""Nominees: whoever meets the criteria at a cut-off; the same cut-off gives the same rows for ever.

A cut-off names two moments: what was done by a day, and received by another (recorded before its
end, Vietnamese time). The second resolves to one position of the ledger for ever. Figures are
those of the credit as of that position. Lists are made once and kept, so that pages read quickly;
until the second day is over they are provisional, made at the position of today.
"""

from datetime import date, datetime

import msgspec

from application.ports import Units
from domain.criteria import Criteria
from domain.model import PersonId, Position, UnitId
from infrastructure.database import Database
from infrastructure.read_models.honours import Status


class Cutoff(msgspec.Struct, frozen=True, kw_only=True):
    """`position` is that of the last fact received in time; `provisional` until the day is over."""

    done_by: date
    received_by: date
    position: Position
    at: datetime | None
    provisional: bool


class Nominee(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is the person, household or market; `person` who is to be named (None for a market,
    whose `name` is public). `people` are those confirmed (of them `able` are able themselves),
    between the days `first` and `last`. Ranks are among the nominees' metric in commune and province."""

    subject: str
    person: PersonId | None
    name: str | None
    unit: UnitId
    commune: UnitId | None
    province: UnitId | None
    people: int
    able: int
    families: int
    vendors: int
    first: date | None
    last: date | None
    commune_rank: int
    province_rank: int


class Nominees(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list. `row_count` is that of the whole list; `after` asks for the next page.
    `criteria` were standing in the unit on `cutoff.done_by`, known by `content_hash` and `document`."""

    unit: UnitId
    status: str
    cutoff: Cutoff
    criteria: Criteria
    content_hash: str
    document: str
    rows: tuple[Nominee, ...]
    row_count: int
    after: int | None
    made_at: datetime


def nominees(
    database: Database,
    units: Units,
    unit: UnitId,
    *,
    status: Status,
    done_by: date,
    received_by: date,
    now: datetime,
    limit: int = 50,
    after: int | None = None,
) -> Nominees:
    """One page of the nominees of a unit at a cut-off, best first; makes the list where it is the
    first time that this cut-off is asked for. Raises `NoCriteria` where none stand in the unit on
    `done_by`, `BadCutoff` where `received_by` is before `done_by`."""
    raise NotImplementedError


class NoCriteria(Exception):
    """No criteria had been adopted for the unit by that day."""


class BadCutoff(Exception):
    """Received by a day before it was done by."""
