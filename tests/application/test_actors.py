"""Who may: by role, by where it is held, and by what it is narrowed to."""

import pytest

from application.actors import OPERATOR, Actor, Grant, NotAllowed, OutOfScope
from domain.model import Model, PersonId, Role
from tests.application.place import COUNTRY, DA_NANG, GIA_LAI, QUY_NHON, TUY_PHUOC, VINH_THANH, Place

UNITS = Place()
EVERYWHERE = (TUY_PHUOC, QUY_NHON, VINH_THANH, GIA_LAI, DA_NANG, COUNTRY)


def holder(role: Role, unit, model: Model | None = None, *more: Grant) -> Actor:
    return Actor(person=PersonId("one"), grants=(Grant(role=role, unit=unit, model=model), *more))


MINH = holder(Role.ORGANIZER, TUY_PHUOC)
OF_FAMILIES = holder(Role.ORGANIZER, TUY_PHUOC, Model.FAMILIES)
OF_BOTH = holder(
    Role.ORGANIZER, TUY_PHUOC, Model.FAMILIES, Grant(role=Role.AUDITOR, unit=GIA_LAI, model=Model.MARKETS)
)


def test_a_role_reaches_what_lies_under_its_unit_and_nothing_else():
    reached = [unit for unit in EVERYWHERE if MINH.reaches(unit, Role.ORGANIZER, units=UNITS)]
    assert reached == [TUY_PHUOC, VINH_THANH]
    assert not any(MINH.reaches(unit, Role.AUDITOR, units=UNITS) for unit in EVERYWHERE)
    assert [unit for unit in EVERYWHERE if MINH.reaches(unit, units=UNITS)] == [TUY_PHUOC, VINH_THANH]


def test_narrowed_it_reaches_what_concerns_its_model():
    def reached(actor, **asked):
        return actor.reaches(TUY_PHUOC, Role.ORGANIZER, units=UNITS, **asked)

    assert reached(OF_FAMILIES, about=Model.FAMILIES)
    assert not reached(OF_FAMILIES, about=Model.MARKETS)
    assert not reached(OF_FAMILIES)
    assert reached(OF_FAMILIES, narrowed=True)
    assert reached(MINH, about=Model.MARKETS)


def test_to_hold_a_role_it_may_be_held_over_any_unit():
    assert MINH.holds(Role.AUDITOR, Role.ORGANIZER)
    assert not MINH.holds(Role.AUDITOR)
    assert OF_FAMILIES.holds(Role.ORGANIZER)
    assert OF_FAMILIES.holds(Role.ORGANIZER, about=Model.FAMILIES)
    assert not OF_FAMILIES.holds(Role.ORGANIZER, about=Model.MARKETS)


def test_for_which_models_a_role_is_held_over_a_unit():
    assert MINH.models(TUY_PHUOC, Role.ORGANIZER, units=UNITS) == set(Model)
    assert MINH.models(DA_NANG, Role.ORGANIZER, units=UNITS) == frozenset()
    assert OF_BOTH.models(TUY_PHUOC, Role.ORGANIZER, units=UNITS) == {Model.FAMILIES}
    assert OF_BOTH.models(TUY_PHUOC, units=UNITS) == {Model.FAMILIES, Model.MARKETS}
    assert OF_BOTH.models(QUY_NHON, units=UNITS) == {Model.MARKETS}


def test_who_must_hold_it_is_told_whether_it_is_the_role_or_the_place():
    MINH.must_hold(Role.ORGANIZER)
    MINH.must(Role.ORGANIZER, over=VINH_THANH, units=UNITS)
    MINH.must(Role.ORGANIZER, over=VINH_THANH, units=UNITS, about=Model.MARKETS)
    OF_FAMILIES.must(Role.ORGANIZER, over=VINH_THANH, units=UNITS, about=Model.FAMILIES)
    with pytest.raises(NotAllowed):
        MINH.must_hold(Role.AUDITOR)
    with pytest.raises(NotAllowed):
        MINH.must(Role.AUDITOR, over=TUY_PHUOC, units=UNITS)
    with pytest.raises(OutOfScope):
        MINH.must(Role.ORGANIZER, over=QUY_NHON, units=UNITS)
    for about in (None, Model.MARKETS):
        with pytest.raises(OutOfScope):
            OF_FAMILIES.must(Role.ORGANIZER, over=TUY_PHUOC, units=UNITS, about=about)


def test_a_role_held_elsewhere_does_not_lend_its_place_to_another():
    """An auditor of the province who organizes one commune organizes no other."""
    both = holder(Role.ORGANIZER, TUY_PHUOC, None, Grant(role=Role.AUDITOR, unit=GIA_LAI, model=None))
    both.must(Role.AUDITOR, over=QUY_NHON, units=UNITS)
    with pytest.raises(OutOfScope):
        both.must(Role.ORGANIZER, over=QUY_NHON, units=UNITS)


def test_the_unit_that_a_form_names_is_found_by_id_and_by_code():
    for ref in (TUY_PHUOC, "21970"):
        assert MINH.unit(ref, Role.ORGANIZER, units=UNITS).id == TUY_PHUOC
    assert OF_FAMILIES.unit(TUY_PHUOC, Role.ORGANIZER, units=UNITS, narrowed=True).id == TUY_PHUOC
    assert OF_FAMILIES.unit(TUY_PHUOC, Role.ORGANIZER, units=UNITS, about=Model.FAMILIES).id == TUY_PHUOC


@pytest.mark.parametrize("ref", ["nowhere", QUY_NHON])
def test_one_that_is_nowhere_and_one_out_of_reach_look_the_same(ref):
    with pytest.raises(OutOfScope) as refused:
        MINH.unit(ref, Role.ORGANIZER, units=UNITS)
    assert refused.value.details == {"field": "unit"}
    with pytest.raises(OutOfScope) as refused:
        MINH.unit(ref, Role.ORGANIZER, units=UNITS, field="parent")
    assert refused.value.details == {"field": "parent"}
    with pytest.raises(NotAllowed):
        MINH.unit(ref, Role.AUDITOR, units=UNITS)


def test_narrowed_to_another_model_it_is_out_of_reach():
    for about in (None, Model.MARKETS):
        with pytest.raises(OutOfScope):
            OF_FAMILIES.unit(TUY_PHUOC, Role.ORGANIZER, units=UNITS, about=about)


def test_whoever_has_the_machine_may_everything():
    assert OPERATOR.holds(Role.ADMINISTRATOR)
    assert OPERATOR.reaches(DA_NANG, Role.ADMINISTRATOR, units=UNITS)
    assert OPERATOR.unit("VN", Role.ADMINISTRATOR, units=UNITS).id == COUNTRY
    assert (OPERATOR.by, MINH.by) == ("import:operator", "account:one")
