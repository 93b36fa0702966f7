"""What came from a list is known for it; what people entered is not."""

from domain.lists import ListId, imported_by
from infrastructure.read_models import imports
from tests.cast import HOME, LAN, LAN_TU, SAU, SAU_SELLS, TU, household, lesson, market, sells, teaching
from tests.domain.test_visits import VISIT, visits
from tests.infrastructure.read_models.support import ambassadors
from tests.infrastructure.read_models.test_any_history import contents

LIST = ListId("list-1")


def test_what_came_from_a_list(movement):
    movement.live(
        *ambassadors(LAN),
        lesson(LAN, TU, by=imported_by(LIST)),
        lesson(LAN, SAU, called="by hand"),
        household(TU, by=imported_by(ListId("list-2"))),
        market(),
        sells(by=imported_by(LIST)),
        visits(by=imported_by(LIST)),
        visits(visit="by hand"),
    )

    every = (LAN_TU, teaching(LAN, SAU), HOME, SAU_SELLS, VISIT, "by hand")
    found = movement.ask(imports.lists_of, every)
    assert found == {LAN_TU: LIST, HOME: "list-2", SAU_SELLS: LIST, VISIT: LIST}
    assert movement.ask(imports.brought, LAN_TU)
    live = contents(movement)
    movement.projector.rebuild("imports")
    assert contents(movement) == live
