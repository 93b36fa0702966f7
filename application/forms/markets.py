"""Markets, their stalls and vendors, and by which means these were onboarded."""

from datetime import date
from typing import Annotated

import msgspec

from application.forms.people import LearnerForm
from application.forms.shape import Code, Form, Id, Stalls, Text, UnitRef
from domain.vendors import Means


class MarketForm(Form, frozen=True, kw_only=True):
    submission: Id
    unit: UnitRef
    name: Text
    stalls: Stalls


class StallsForm(Form, frozen=True, kw_only=True):
    submission: Id
    stalls: Stalls


class VendorForm(Form, frozen=True, kw_only=True):
    """A person who sells at a market."""

    submission: Id
    market: Id
    vendor: LearnerForm


class OnboardingForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    means: Annotated[tuple[Means, ...], msgspec.Meta(min_length=1, max_length=10)]
    code: Code | None = None
    device: Id | None = None


class VendorEntryForm(Form, frozen=True, kw_only=True):
    """A vendor of a market (`vendor`: whoever sells there; `known`: the vendor's id, once registered),
    and by which `means` they were onboarded `on` a day, if they were."""

    submission: Id
    market: Id
    vendor: LearnerForm | None = None
    known: Id | None = None
    on: date | None = None
    means: Annotated[tuple[Means, ...], msgspec.Meta(max_length=10)] = ()
    code: Code | None = None
    device: Id | None = None


class SightingForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    means: Means


class VendorLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
