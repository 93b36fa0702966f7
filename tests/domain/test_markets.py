"""Markets and their stalls."""

import pytest

from domain.markets import (
    MOST_STALLS,
    DeclareStalls,
    ImpossibleStalls,
    MarketExists,
    MarketOpened,
    NoSuchMarket,
    StallsDeclared,
)
from domain.model import MarketId
from domain.names import BadName
from tests.cast import BY, CHO, GIA_LAI, everybody, market
from tests.specification import given

OTHER = MarketId("cho-dieu-tri")

OPEN = (*everybody(), market())


def stalls(number: int) -> DeclareStalls:
    return DeclareStalls(market=CHO, stalls=number, by=BY)


class TestOpening:
    def test_a_market_with_its_stalls(self):
        (fact,) = given().when(market(stalls=40)).then(MarketOpened)
        assert isinstance(fact, MarketOpened)
        assert (fact.name, fact.name_key, fact.stalls) == ("Chợ Gò Bồi", "cho go boi", 40)

    @pytest.mark.parametrize("name", ["Chợ Gò Bồi", "chợ  gò bồi", "CHO GO BOI"])
    def test_no_second_of_the_same_name_in_a_unit(self, name):
        second = market(market=OTHER, name=name)
        given(*OPEN).when(second).then_refused(MarketExists, field="name")

    def test_elsewhere_a_name_is_free(self):
        given(*OPEN).when(market(market=OTHER, unit=GIA_LAI)).then(MarketOpened)

    def test_under_an_id_of_its_own(self):
        given(*OPEN).when(market(name="Chợ Diêu Trì")).then_refused(MarketExists)

    def test_the_name_is_a_name(self):
        with pytest.raises(BadName):
            market(name="<b>Chợ</b>")

    @pytest.mark.parametrize("number", [-1, MOST_STALLS + 1])
    def test_the_number_of_stalls_is_possible(self, number):
        given().when(market(stalls=number)).then_refused(ImpossibleStalls, field="stalls", limit=MOST_STALLS)
        given(*OPEN).when(stalls(number)).then_refused(ImpossibleStalls)

    @pytest.mark.parametrize("number", [0, MOST_STALLS])
    def test_none_and_many_are_possible(self, number):
        given(*OPEN).when(stalls(number)).then(StallsDeclared)

    def test_the_board_declares_another_number(self):
        given(*OPEN, stalls(40)).when(stalls(41)).then(StallsDeclared)

    def test_the_same_number_changes_nothing(self):
        given(*OPEN).when(stalls(1)).then()
        given(*OPEN, stalls(40)).when(stalls(40)).then()

    def test_of_a_market_that_is_there(self):
        given().when(stalls(40)).then_refused(NoSuchMarket)
