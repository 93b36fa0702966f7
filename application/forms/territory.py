"""Hamlets, changes of the territory, and who of a divided commune is in which part of it."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from application.forms.shape import MOST_LISTED, Form, Id, Text, UnitRef
from domain.territory import UnitKind


class HamletForm(Form, frozen=True, kw_only=True):
    submission: Id
    parent: UnitRef
    name: Text


class ReformForm(Form, frozen=True, kw_only=True):
    """A change of the territory that was decided elsewhere, by the document of that number. By
    `change`: `unit` took in `parts`, or was split into them (the largest first); it was given a `name`,
    a `kind` or a `code`; or a unit of this name, kind and code was established in it."""

    submission: Id
    change: Literal["merged", "split", "renamed", "reclassified", "code-corrected", "established"]
    unit: UnitRef
    document: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    valid_from: date
    parts: Annotated[tuple[UnitRef, ...], msgspec.Meta(max_length=MOST_LISTED)] = ()
    name: Text | None = None
    kind: UnitKind | None = None
    code: Annotated[str, msgspec.Meta(max_length=10)] | None = None


class PlacedForm(Form, frozen=True, kw_only=True):
    """Of an account, `subject` is the id of its person: its roles over the divided commune go along. A door
    is a household that was visited by its number."""

    body: Literal["person", "household", "door", "market", "team", "workplace", "account"]
    subject: Id


class PlacingForm(Form, frozen=True, kw_only=True):
    """These people, households, markets, teams and workplaces of a divided commune live, or lie, in `unit`
    today; these accounts hold their roles there."""

    submission: Id
    unit: UnitRef
    subjects: Annotated[tuple[PlacedForm, ...], msgspec.Meta(max_length=MOST_LISTED)]
