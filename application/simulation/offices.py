"""Where invented ambassadors work: offices, schools and cooperatives of their communes, each once."""

import asyncio
from datetime import date
from typing import Final

from application import workplaces
from application.actors import OPERATOR
from application.forms.people import LearnerForm
from application.forms.workplaces import WorkplaceForm, WorkplaceMemberForm
from application.ports import Ground
from domain.model import PersonId, WorkplaceId
from domain.workplaces import WorkplaceKind

KINDS: Final = {
    "UBND ": WorkplaceKind.OFFICE,
    "Trường ": WorkplaceKind.SCHOOL,
    "Trạm Y tế ": WorkplaceKind.OFFICE,
    "Hợp tác xã ": WorkplaceKind.COOPERATIVE,
}
"""How the names of workplaces begin; unions and teams are none."""


class Offices:
    """Registers a workplace with the first who works there."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known: dict[tuple[str, str], asyncio.Task[WorkplaceId]] = {}

    async def join(self, who: int, person: PersonId, commune: str, name: str, on: date) -> None:
        kind = next((kind for begins, kind in KINDS.items() if name.startswith(begins)), None)
        if kind is None:
            return
        place = commune, name
        if place not in self._known:
            number = len(self._known)
            form = WorkplaceForm(submission=f"workplace-{number}", unit=commune, kind=kind, name=name)
            self._known[place] = asyncio.create_task(self._register(form))
        joining = WorkplaceMemberForm(submission=f"works-{who}", on=on, member=LearnerForm(id=person))
        await workplaces.add(self._ground, OPERATOR, await self._known[place], joining)

    async def _register(self, form: WorkplaceForm) -> WorkplaceId:
        return (await workplaces.register(self._ground, OPERATOR, form)).workplace
