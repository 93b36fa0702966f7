"""People: merged, corrected, erased; what they agree to."""

import msgspec

from application.actors import Actor
from application.forms import ConsentForm, CorrectionForm, ErasureForm, MergeForm
from application.ports import Ground
from domain.model import PersonId, Position


class PersonChanged(msgspec.Struct, frozen=True):
    """`person` is the id that stands for them now."""

    person: PersonId
    position: Position
    again: bool


async def merge(ground: Ground, actor: Actor, form: MergeForm) -> PersonChanged: ...
async def undo_merge(ground: Ground, actor: Actor, form: MergeForm) -> PersonChanged: ...
async def correct(ground: Ground, actor: Actor, person: str, form: CorrectionForm) -> PersonChanged: ...
async def erase(ground: Ground, actor: Actor, person: str, form: ErasureForm) -> PersonChanged: ...
async def consent(ground: Ground, actor: Actor, form: ConsentForm) -> PersonChanged: ...
