"""Who brought in which list; and what came from one."""

import pytest

from domain.lists import ImportList, ListExists, ListId, ListImported, ListKind, imported_by, list_of
from domain.model import By, UnitId
from tests.cast import BY, GIA_LAI, TUY_PHUOC
from tests.specification import given

LIST = ListId("list-1")


def brought(kind: ListKind = ListKind.TEAMS, unit: UnitId = GIA_LAI) -> ImportList:
    return ImportList(list=LIST, kind=kind, unit=unit, rows=1_116, by=BY)


def test_it_is_said_who_brings_in_which_list():
    given().when(brought()).then(ListImported)


def test_saying_it_twice_changes_nothing():
    given(brought()).when(brought()).then()


def test_another_list_has_another_id():
    given(brought()).when(brought(ListKind.MEMBERS)).then_refused(ListExists)
    given(brought()).when(brought(unit=TUY_PHUOC)).then_refused(ListExists)


def test_what_came_from_a_list_says_from_which():
    assert list_of(imported_by(LIST)) == LIST


@pytest.mark.parametrize("by", ["account:lan", "code:a", "system:7", "import:operator", "import:restore"])
def test_everything_else_came_from_none(by):
    assert list_of(By(by)) is None
