"""What offices of a simulated movement declare: how many adults there are, and what only they know.

Every number is invented, as everything is there; communes are as large as communes are.
"""

import random
from collections.abc import Sequence
from datetime import date
from typing import Final

from application.forms import FigureForm
from application.ids import new_id
from application.ports import Unit
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
