"""Campaigns: announced for days of a unit, and withdrawn."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.campaigns import (
    MOST_AT_ONCE,
    AnnounceCampaign,
    BadCampaign,
    CampaignAnnounced,
    CampaignExists,
    CampaignWithdrawn,
    NoSuchCampaign,
    TooManyCampaigns,
    WithdrawCampaign,
)
from domain.model import CampaignId
from domain.names import BadName
from tests.cast import BY, GIA_LAI, NOW, TODAY
from tests.specification import given

TENTH, OTHER = CampaignId("tenth"), CampaignId("other")


def announces(ref: CampaignId = TENTH, name: str = "Chiến dịch 10/10", **other: Any) -> AnnounceCampaign:
    days = {"begins": date(2026, 10, 1), "ends": date(2026, 10, 31)}
    return AnnounceCampaign(campaign=ref, name=name, **({"unit": GIA_LAI, "by": BY} | days | other))


def announced(ref: CampaignId = TENTH, name: str = "Chiến dịch 10/10", **other: Any) -> CampaignAnnounced:
    days = {"begins": date(2026, 10, 1), "ends": date(2026, 10, 31)}
    about: dict[str, Any] = {"at": NOW, "by": BY, "unit": GIA_LAI} | days | other
    return CampaignAnnounced(campaign=ref, name=name, **about)


def withdrawn(ref: CampaignId = TENTH) -> CampaignWithdrawn:
    return CampaignWithdrawn(at=NOW, by=BY, campaign=ref, unit=GIA_LAI)


def withdraws(ref: CampaignId = TENTH) -> WithdrawCampaign:
    return WithdrawCampaign(campaign=ref, by=BY)


def test_a_campaign_is_announced_with_its_days():
    given().when(announces()).then(CampaignAnnounced)


def test_one_day_is_enough():
    given().when(announces(ends=date(2026, 10, 1))).then(CampaignAnnounced)


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"ends": date(2026, 9, 30)}, "order"),
        ({"ends": date(2027, 10, 2)}, "long"),
        ({"begins": date(2024, 12, 31), "ends": date(2025, 1, 1)}, "early"),
        ({"begins": TODAY + timedelta(days=800), "ends": TODAY + timedelta(days=801)}, "late"),
        ({"begins": date.max, "ends": date.max}, "late"),
    ],
)
def test_days_that_no_campaign_has(days, why):
    told = {"long": {"days": 366}, "early": {"year": 2025}}.get(why, {})
    given().when(announces(**days)).then_refused(BadCampaign, why=why, **told)


def test_one_name_on_the_same_days_stands_once_in_a_unit():
    again = announces(OTHER, "CHIEN DICH 10/10", begins=date(2026, 10, 31), ends=date(2026, 11, 2))
    given(announced()).when(again).then_refused(CampaignExists)


def test_the_same_name_comes_back_the_next_year():
    next_year = announces(OTHER, begins=date(2027, 10, 1), ends=date(2027, 10, 31))
    given(announced()).when(next_year).then(CampaignAnnounced)


def test_a_withdrawn_campaign_leaves_its_name_free():
    given(announced(), withdrawn()).when(announces(OTHER)).then(CampaignAnnounced)


def test_a_unit_holds_only_so_many():
    many = [announced(CampaignId(f"c{one}"), f"Đợt {one}") for one in range(MOST_AT_ONCE)]
    given(*many).when(announces()).then_refused(TooManyCampaigns)


def test_a_campaign_has_a_name():
    with pytest.raises(BadName):
        announces(name=" ")


def test_a_campaign_is_withdrawn_once():
    given(announced()).when(withdraws()).then(CampaignWithdrawn)
    given(announced(), withdrawn()).when(withdraws()).then()


def test_what_was_never_announced_is_not_withdrawn():
    given().when(withdraws()).then_refused(NoSuchCampaign)
