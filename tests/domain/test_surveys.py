"""Forms that send what they collect are connected and disconnected; an instance has one name."""

import pytest

from domain.lists import ListId
from domain.surveys import (
    ConnectForm,
    ConnectionTaken,
    DisconnectForm,
    FormConnected,
    FormDisconnected,
    NoSuchConnection,
    Source,
    Tells,
    instance_of,
)
from tests.cast import BY, TUY_PHUOC
from tests.specification import given

FORM = ListId("phieu")


def connects():
    return ConnectForm(connection=FORM, unit=TUY_PHUOC, source=Source.KOBO, tells=Tells.LESSON, by=BY)


def disconnects():
    return DisconnectForm(connection=FORM, by=BY)


def test_a_form_is_connected_under_a_unit():
    (fact,) = given().when(connects()).then(FormConnected)

    assert isinstance(fact, FormConnected)
    assert (fact.unit, fact.source, fact.tells) == (TUY_PHUOC, Source.KOBO, Tells.LESSON)


def test_no_two_forms_share_an_id():
    given(connects()).when(connects()).then_refused(ConnectionTaken)
    given(connects(), disconnects()).when(connects()).then_refused(ConnectionTaken)


def test_a_form_is_disconnected_once():
    given(connects()).when(disconnects()).then(FormDisconnected)
    given(connects(), disconnects()).when(disconnects()).then()
    given().when(disconnects()).then_refused(NoSuchConnection)


@pytest.mark.parametrize(
    "said",
    [
        "uuid:0341c08c-4816-4e2f-9937-be693e203047",
        "0341c08c-4816-4e2f-9937-be693e203047",
        "UUID:0341C08C-4816-4E2F-9937-BE693E203047",
        " uuid:uuid:0341c08c-4816-4e2f-9937-be693e203047 ",
    ],
)
def test_an_instance_has_one_name_whichever_way_it_comes(said):
    assert instance_of(said) == "0341c08c-4816-4e2f-9937-be693e203047"


def test_what_names_no_instance_is_empty():
    assert instance_of("uuid:") == instance_of("  ") == ""


def test_no_instance_has_a_name_longer_than_a_hundred_characters():
    assert instance_of("uuid:" + "a" * 101) == "a" * 100
