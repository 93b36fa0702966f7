"""What offices of a simulated movement declare: how many adults there are, and what only they know; what
they decide by, and when they compare.

Every number is invented, as everything is there; communes are as large as communes are.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from application import campaigns, criteria
from application.actors import OPERATOR
from application.forms.campaigns import CampaignForm
from application.forms.targets import FigureForm
from application.ids import new_id
from application.ports import Ground, Unit
from application.simulation.deeds import Plan, Teach
from domain.criteria import DEFAULT
from domain.model import UnitId
from domain.statuses import AreaCriteria, StatusCriteria, WorkplaceCriteria
from domain.targets import Indicator, TargetGroup

DOCUMENT: Final = "Số liệu mô phỏng"
SMALLEST, LARGEST = 3_800, 16_500
"""Adults of a commune: Bình Định had 1,091,556 in 155 communes of before, some 58 of today."""
_SHARES: Final = ((Indicator.CONFIRMED_ON_VNEID, 0.57), (Indicator.PERSONAL_DIGITAL_SIGNATURE, 0.37))


def declarations(
    province: Unit, then: str | None, adults: int, communes: Sequence[Unit], on: date, seed: int
) -> list[FigureForm]:
    """The adults of each commune, and of the province (of what it was `then`) what it knows of them."""
    chance = random.Random(seed)  # nosec B311 - figures of a movement that nobody lived
    forms = [
        _form(commune.code or commune.id, None, None, on, chance.randrange(SMALLEST, LARGEST))
        for commune in communes
    ]
    forms += [
        _form(province.code or province.id, then, indicator, on, round(adults * share))
        for indicator, share in _SHARES
    ]
    return forms


PILOT: Final = 1 / 28  # the share of hamlets of which adults are declared: those with the most learners
TO_A_LEARNER: Final = 1.1, 2.0  # so many adults to each of them


def hamlets(plan: Plan, on: date, seed: int) -> list[FigureForm]:
    """The adults of the hamlets that try to become digital villages."""
    chance = random.Random(f"{seed} hamlets")  # nosec B311 - figures of a movement that nobody lived
    places = {one.unit for one in plan.hamlets}
    taught: Counter[str] = Counter()
    for deed in (one for day in plan.days for wave in day for one in wave if isinstance(one, Teach)):
        if deed.unit in places:
            taught[deed.unit] += len(deed.learners)
    return [
        _form(unit, None, None, on, round(learners * chance.uniform(*TO_A_LEARNER)))
        for unit, learners in taught.most_common(max(3, round(len(places) * PILOT)))
    ]


DECIDED: Final = "15/QĐ-UBND (mô phỏng)"
ASKED: Final = StatusCriteria(
    digital_village=AreaCriteria(people_percent=30),
    digital_unit=WorkplaceCriteria(people_percent=70, people_least=5),
)
"""No plan gives these numbers: they are this invented province's own."""


async def decide(ground: Ground, province: UnitId, since: date) -> None:
    """Criteria for statuses of hamlets and offices, beside what counts anyway."""
    named = {"title_vi": "Tiêu chí mô phỏng", "title_en": "Simulated criteria"}
    content = msgspec.structs.replace(DEFAULT, **named, statuses=ASKED)
    await criteria.adopt(ground, OPERATOR, content, province, valid_from=since, document=DECIDED)


DAY: Final = (10, 10)
"""The national day of digital transformation: month and day."""
FORTNIGHT: Final = timedelta(days=14)


async def compare(ground: Ground, province: UnitId, first: date, last: date) -> None:
    """A campaign up to the latest 10 October of these days; where there is none, up to their end."""
    days = [date(year, *DAY) for year in (first.year, last.year)]
    held = max((day for day in days if first + FORTNIGHT <= day <= last), default=None)
    name = (
        f"Chiến dịch chào mừng Ngày Chuyển đổi số quốc gia 10/10/{held.year}"
        if held
        else "Đợt thi đua nước rút"
    )
    ends = held or last
    form = CampaignForm(
        submission="campaign", unit=province, name=name, begins=max(first, ends - FORTNIGHT), ends=ends
    )
    await campaigns.announce(ground, OPERATOR, form)


def _form(unit: str, then: str | None, indicator: Indicator | None, on: date, value: int) -> FigureForm:
    return FigureForm(
        submission=new_id(),
        unit=unit,
        then=then,
        group=TargetGroup.ADULTS.value,
        indicator=indicator.value if indicator else None,
        as_of=on,
        value=value,
        document=DOCUMENT,
    )
