"""A house that knows old Bình Định, and what became of its 155 communes on 1/7/2025."""

from datetime import date
from typing import Any
from uuid import uuid4

from application import access, reforms, territory
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.forms.territory import HamletForm, ReformForm
from application.reforms import BEFORE
from application.territory import SINCE, unit_id
from domain.calendar import day_of
from domain.markets import MarketOpened
from domain.model import Answer, By, Evidence, Group, MarketId, OnboardingId, PersonId, Role, UnitId, VendorId
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged
from domain.people import PersonRegistered
from domain.recognition import AmbassadorRecognised
from domain.vendors import Means, VendorRegistered
from infrastructure import official_units
from interfaces.house import House
from tests.cast import NOW
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.homes import Home

BINH_DINH = "52"
"""Its code then; the code of Gia Lai, which it went into, today."""

OLD_TUY_PHUOC = unit_id("21952", BEFORE)
"""A township of Tuy Phước district."""


def old_binh_dinh() -> list[official_units.OfficialUnit]:
    units = official_units.before()
    above = {one.code: one.parent for one in units}

    def province(code: str) -> str:
        while parent := above[code]:
            code = parent
        return code

    return [one for one in units if province(one.code) == BINH_DINH]


def reform(home: Home) -> None:
    """Records the reform as far as it concerns old Bình Định, and waits until all is counted anew."""
    before = old_binh_dinh()
    codes = {one.code for one in before}
    rows = [row for row in official_units.succession() if row.old_code in codes]
    home.run(reforms.reform(home.house.ground, before, rows, on=SINCE))
    home.house.projector.catch_up()


async def divided_hamlet(house: House, commune: str, *, known: str = "") -> UnitId:
    """A hamlet of a commune that was divided among two others; a mentor of that name is known in it."""
    names = ("Thôn Chia Đôi", "Thôn Chia Một", "Thôn Chia Hai")
    forms = [HamletForm(submission=uuid4().hex, parent=commune, name=name) for name in names]
    old, *parts = [(await territory.add_hamlet(house.ground, OPERATOR, form)).unit for form in forms]
    house.projector.catch_up()
    if known:
        mentor = InviteForm(submission=uuid4().hex, role=Role.AMBASSADOR, unit=old, name=known)
        await access.invite(house.ground, house.accounts, OPERATOR, mentor)
    split = ReformForm(
        submission=uuid4().hex,
        change="split",
        unit=old,
        parts=tuple(parts),
        valid_from=day_of(house.clock()),
    )
    await reforms.change_unit(house.ground, OPERATOR, split)
    house.projector.catch_up()
    return old


def recognised_in(home: Home, *units: UnitId) -> None:
    """An ambassador recognised in each of these units."""
    for number, unit in enumerate(units):
        person, by = PersonId(f"honoured-{number}"), By("system:1")
        facts = (
            PersonRegistered(at=NOW, by=by, person=person, group=Group.PEOPLE, unit=unit),
            AmbassadorRecognised(at=NOW, by=by, person=person, unit=unit, criteria="c" * 64, witnesses=()),
        )
        home.run(home.house.ledger.decide(Happening(facts=facts)))
    home.catch_up()


def market_in(home: Home, unit: UnitId) -> None:
    """A market of one stall, whose vendor takes payments without cash, and says so."""
    market = MarketId("market")
    about: dict[str, Any] = {"at": NOW, "by": By("system:1"), "market": market, "unit": unit}
    onboarding = about | {
        "onboarding": OnboardingId("onboarding"),
        "vendor": VendorId("vendor"),
        "ambassador": PersonId("honoured-0"),
        "means": (Means.CASHLESS_PAYMENT,),
        "on": date(2026, 2, 1),
    }
    facts = (
        MarketOpened(name="Chợ Bồ Đề", name_key="cho bo de", stalls=1, **about),
        VendorRegistered(vendor=VendorId("vendor"), person=PersonId("honoured-1"), **about),
        VendorOnboardingLogged(**onboarding),
        VendorOnboardingAnswered(answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, **onboarding),
    )
    home.run(home.house.ledger.decide(Happening(facts=facts)))
    home.catch_up()
