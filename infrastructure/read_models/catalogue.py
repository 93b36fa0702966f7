"""Every read model there is: the only list of them.

Lists of nominees are no read model: they are made when they are asked for, and kept.
"""

from typing import Final

from infrastructure.read_models.accounts import Accounts
from infrastructure.read_models.candidates import Candidates
from infrastructure.read_models.classes import Classes
from infrastructure.read_models.closings import Closings
from infrastructure.read_models.credit import Spans
from infrastructure.read_models.criteria import CriteriaInForce
from infrastructure.read_models.figures import UnitsFigures
from infrastructure.read_models.honours_held import HonoursHeld
from infrastructure.read_models.households import Households
from infrastructure.read_models.imports import Imports
from infrastructure.read_models.markets import Markets
from infrastructure.read_models.milestones import Milestones
from infrastructure.read_models.model import Model, closure
from infrastructure.read_models.months import Months
from infrastructure.read_models.nominee_lists import nominee, nominee_list
from infrastructure.read_models.placing import PlacingQueue
from infrastructure.read_models.requests import Requests
from infrastructure.read_models.sizes import Sizes
from infrastructure.read_models.standings import Standings
from infrastructure.read_models.statuses import Statuses
from infrastructure.read_models.targets import Targets
from infrastructure.read_models.teachings_logged import Teachings
from infrastructure.read_models.teams import Teams
from infrastructure.read_models.visits import Visits
from infrastructure.read_models.weeks import Weeks
from infrastructure.read_models.workplaces import Workplaces

MODELS: Final[tuple[type[Model], ...]] = closure(
    (
        CriteriaInForce,
        Accounts,
        Requests,
        Teachings,
        Classes,
        Spans,
        Standings,
        Sizes,
        Households,
        Markets,
        HonoursHeld,
        UnitsFigures,
        Weeks,
        Candidates,
        PlacingQueue,
        Targets,
        Imports,
        Teams,
        Visits,
        Months,
        Closings,
        Milestones,
        Workplaces,
        Statuses,
    )
)

LISTS: Final = (nominee_list, nominee)
"""Tables that are made beside those of the models."""


class UnknownModel(ValueError):
    """No read model of that name."""


def named(name: str) -> type[Model]:
    for model in MODELS:
        if model.name == name:
            return model
    raise UnknownModel(name)
