"""What every figure brings along: its age, its criteria, and whose names may stand beside it."""

from collections.abc import Iterable
from datetime import date

from application.ports import Unit
from domain.calendar import day_of
from domain.model import PersonId, UnitId
from infrastructure.read_models import criteria
from infrastructure.read_models.columns import Age
from infrastructure.read_models.criteria import Adoption
from interfaces.house import House
from interfaces.web.language import gettext as _
from interfaces.web.render import Freshness
from interfaces.web.session import Visitor


def today(house: House) -> date:
    """The Vietnamese day of the house's clock."""
    return day_of(house.clock())


def adopted(house: House, unit: UnitId) -> Adoption | None:
    """The criteria by which a unit counts today."""
    found = house.units.find(unit)
    path = found.path if found else (unit,)
    with house.asking() as db:
        return criteria.standing(db, path, today(house))


def fresh(age: Age, adoption: Adoption | None) -> Freshness:
    return Freshness(at=age.at, criteria=adoption.document if adoption else _("the program's default"))


def country(house: House) -> Unit | None:
    return house.units.find("VN")


def may_name(
    house: House, asking: Visitor | None, person: PersonId, unit: UnitId | None, *, public: bool
) -> bool:
    """Whether a name may stand on a page: publicly with consent; otherwise for that person, and for
    whoever holds a role over their unit."""
    if public:
        return True
    if asking is None:
        return False
    return asking.actor.person == person or (
        unit is not None and asking.actor.reaches(unit, units=house.units)
    )


def shown_names(
    house: House,
    asking: Visitor | None,
    people: Iterable[tuple[PersonId, UnitId | None, bool]],
    otherwise: str,
) -> dict[PersonId, str]:
    """A name for each person (with their unit and whether it is public); `otherwise` for whom none
    may stand here, or whose data was erased."""
    listed = list(people)
    allowed = [one for one, unit, public in listed if may_name(house, asking, one, unit, public=public)]
    names = house.vault.names(allowed)
    return {one: names.get(one, otherwise) for one, _unit, _public in listed}
