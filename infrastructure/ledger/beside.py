"""Rows that are written in a decision's own transaction, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Column, Table
from sqlalchemy.sql import Executable

from application.ports import Beside


@dataclass
class Rows:
    """What stands beside a decision's facts; where it records none, nothing stands beside them.

    `inserts` are grouped by table for the whole batch. `statements` (updates, deletes) run in
    order after the inserts. `claims` are unique keys: where a value already stands in its
    column, or an earlier decision of the batch claimed it, this decision gets `Stale`. `needs`
    are values that must stand in their columns, or it gets `Stale` too: any number may need one.
    """

    inserts: Sequence[tuple[Table, dict[str, Any]]] = ()
    statements: Sequence[Executable] = ()
    claims: Sequence[tuple[Column[Any], Any]] = field(default=())
    needs: Sequence[tuple[Column[Any], Any]] = ()

    def __add__(self, other: Beside) -> "Rows":
        rows = cast("Rows", other)
        return Rows(
            [*self.inserts, *rows.inserts],
            [*self.statements, *rows.statements],
            [*self.claims, *rows.claims],
            [*self.needs, *rows.needs],
        )
