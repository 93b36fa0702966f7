"""What every figure brings along: its age, its criteria, and whose names may stand beside it."""

from datetime import date

from application.ports import Unit
from domain.calendar import day_of
from domain.criteria import DEFAULT, Criteria
from domain.model import UnitId
from infrastructure.read_models import criteria
from infrastructure.read_models.columns import Age
from infrastructure.read_models.criteria import Adoption
from interfaces.house import House
from interfaces.web.counting import criteria_by
from interfaces.web.render import Freshness


def today(house: House) -> date:
    """The Vietnamese day of the house's clock."""
    return day_of(house.clock())


def adopted(house: House, unit: UnitId) -> Adoption | None:
    """The criteria by which a unit counts today."""
    found = house.units.find(unit)
    path = found.path if found else (unit,)
    with house.asking() as db:
        return criteria.standing(db, path, today(house))


def content_of(adoption: Adoption | None) -> Criteria:
    """What criteria say: the default ones where nothing was adopted."""
    return adoption.content if adoption else DEFAULT


def fresh(age: Age, adoption: Adoption | None) -> Freshness:
    return Freshness(at=age.at, criteria=criteria_by(adoption.document if adoption else None))


def country(house: House) -> Unit | None:
    return house.units.find("VN")
