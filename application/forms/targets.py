"""What plans ask for, which of them is followed, and what offices declare."""

from datetime import date
from typing import Annotated

import msgspec

from application.forms.shape import Form, Id, Text, UnitRef
from domain.targets import Comparator, Reason

Named = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9_-]+(?![\s\S])")]
"""A word of a list, written with hyphens or, as in lists of targets, with underscores."""
People = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class AskedForm(Form, frozen=True, kw_only=True):
    """What plans may each have a number for: in a unit of today, or (`then`) in one that went into
    it on 1/7/2025; the unit itself if not said."""

    submission: Id
    unit: UnitRef
    then: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    year: Annotated[int, msgspec.Meta(ge=0, le=9999)]
    group: Named
    indicator: Named


class TargetForm(AskedForm, frozen=True, kw_only=True):
    """A row of a plan, as printed. `base_date` is a year, a month or a day."""

    source: Text
    comparator: Comparator = Comparator.AT_LEAST
    percent: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)]
    numerator: People | None = None
    denominator: People | None = None
    base_date: Annotated[str, msgspec.Meta(max_length=10)] | None = None


class FollowForm(AskedForm, frozen=True, kw_only=True):
    """Of several documents that ask for it, `source` is followed."""

    source: Text
    reason: Reason


class FigureForm(Form, frozen=True, kw_only=True):
    """What an office declares: how many there were on a day; without `indicator`, how many the group
    counts. Of the same day again, it is a correction. `then` as in a target."""

    submission: Id
    unit: UnitRef
    then: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    group: Named
    indicator: Named | None = None
    as_of: date
    value: People
    document: Text
