"""Markets, their vendors, and how these are onboarded; onboarded is not active."""

import msgspec

from application.actors import Actor
from application.forms import (
    MarketForm,
    OnboardingForm,
    SightingForm,
    StallsForm,
    VendorForm,
    VendorLeftForm,
    VoidForm,
)
from application.ports import CodeHolder, Ground
from domain.model import Answer, Evidence, MarketId, OnboardingId, PersonId, Position, Refused, VendorId


class UnknownMarket(Refused):
    """There is no such market, or none that whoever asks may know of."""


class UnknownVendor(Refused):
    """There is no such vendor, or none that whoever asks may know of."""


class UnknownOnboarding(Refused):
    """There is no such onboarding, or none that whoever asks may know of."""


class MarketChanged(msgspec.Struct, frozen=True):
    """A market opened, or its stalls declared anew."""

    market: MarketId
    position: Position
    again: bool


class VendorRegistration(msgspec.Struct, frozen=True):
    vendor: VendorId
    market: MarketId
    person: PersonId
    position: Position
    again: bool


class OnboardingLogged(msgspec.Struct, frozen=True):
    """`code` is what the vendor answers by; None once they were erased."""

    onboarding: OnboardingId
    vendor: VendorId
    position: Position
    code: str | None
    again: bool


class OnboardingChanged(msgspec.Struct, frozen=True):
    onboarding: OnboardingId
    position: Position
    again: bool


class VendorChanged(msgspec.Struct, frozen=True):
    """Seen trading, or left."""

    vendor: VendorId
    position: Position
    again: bool


async def open_market(ground: Ground, actor: Actor, form: MarketForm) -> MarketChanged: ...
async def declare_stalls(ground: Ground, actor: Actor, market: str, form: StallsForm) -> MarketChanged: ...
async def register_vendor(ground: Ground, actor: Actor, form: VendorForm) -> VendorRegistration: ...
async def log_onboarding(
    ground: Ground, actor: Actor, vendor: str, form: OnboardingForm
) -> OnboardingLogged: ...
async def answer_onboarding(
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence
) -> OnboardingChanged: ...
async def void_onboarding(
    ground: Ground, actor: Actor, onboarding: str, form: VoidForm
) -> OnboardingChanged: ...
async def see_trading(ground: Ground, actor: Actor, vendor: str, form: SightingForm) -> VendorChanged: ...
async def leave_market(ground: Ground, actor: Actor, vendor: str, form: VendorLeftForm) -> VendorChanged: ...
