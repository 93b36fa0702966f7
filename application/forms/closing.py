"""Months closed, reopened and reported."""

from typing import Annotated

import msgspec

from application.forms.shape import Form, Id, Note
from domain.closing import ReopenReason


class MonthForm(Form, frozen=True, kw_only=True):
    """About a unit's month that the address names."""

    submission: Id


class ReopeningForm(MonthForm, frozen=True, kw_only=True):
    reason: ReopenReason
    note: Note | None = None


class CloseForm(Form, frozen=True, kw_only=True):
    """`month` is YYYY-MM."""

    submission: Id
    month: Annotated[str, msgspec.Meta(max_length=10)]


class ReopenForm(CloseForm, frozen=True, kw_only=True):
    reason: ReopenReason
    note: Note | None = None


class ReportForm(Form, frozen=True, kw_only=True):
    """What an organizer adds to a month's figures, to be kept until the report is sent and after."""

    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    place: Annotated[str, msgspec.Meta(max_length=60)] = ""
    signer: Annotated[str, msgspec.Meta(max_length=100)] = ""
    difficulties: Annotated[str, msgspec.Meta(max_length=6_000)] = ""
    proposals: Annotated[str, msgspec.Meta(max_length=6_000)] = ""
    cases: Annotated[tuple[Id, ...], msgspec.Meta(max_length=30)] = ()


class SendForm(CloseForm, frozen=True, kw_only=True):
    pass


class TemplateForm(Form, frozen=True, kw_only=True):
    """`document` is the content hash of a template kept before; empty: the program's own."""

    submission: Id
    document: Annotated[str, msgspec.Meta(max_length=64)] = ""
