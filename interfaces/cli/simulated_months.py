"""The months of a simulated movement: closed a few days after their end, and reported."""

from datetime import date
from typing import TYPE_CHECKING, Final

from application import closing
from application.actors import OPERATOR
from application.forms.closing import CloseForm, SendForm
from application.ports import Unit
from domain.calendar import day_of
from domain.closing import month_before, month_of
from infrastructure.reports import Draft
from interfaces import reads
from interfaces.web import month_reports

if TYPE_CHECKING:
    from interfaces.house import House

AFTER: Final = 4
"""The day of the month from which the one before is closed: what is entered later is a supplement."""

WRITTEN: Final = Draft(
    number="128/BC-UBND",
    difficulties="Một số thôn vùng cao sóng yếu, người học phải xuống nhà văn hóa mới xác nhận được.\n"
    "Nhiều người lớn tuổi dùng chung điện thoại với con cháu.",
    proposals="Hỗ trợ mạng không dây tại nhà văn hóa các thôn vùng cao.",
)


class Months:
    """Closes and sends each month of a movement that began on a day, once it is over."""

    def __init__(self, house: "House", province: Unit, began: date) -> None:
        self._house = house
        self._province = province
        self._next = month_of(began)

    async def evening(self) -> None:
        """The read models have come up to this evening."""
        today = day_of(self._house.clock())
        last = month_before(month_of(today))
        if today.day >= AFTER and self._next <= last:
            await self._close(last)
            self._next = month_of(today)

    async def _close(self, month: str) -> None:
        house, province = self._house, self._province
        await closing.close(
            house.ground, OPERATOR, province.id, CloseForm(submission=f"closing-{month}", month=month)
        )
        house.projector.catch_up()
        house.closed_months.keep()
        await house.reports.save_draft(province.id, month, WRITTEN)
        form = SendForm(submission=f"report-{month}", month=month)
        with reads.by_command(house, "simulate"):
            await month_reports.send(house, OPERATOR, province.id, form)
