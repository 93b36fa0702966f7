"""Families: what is known of them."""

from domain.households import Criterion, Household
from domain.model import DeclarationId
from tests.cast import SAU, TU, Happened, declares, everybody, household, loses, merge, says, undo
from tests.specification import lived

PHONE, PAYS = Criterion.SMARTPHONE_INTERNET, Criterion.CASHLESS_PAYMENT
PROFICIENT = Criterion.PROFICIENT_MEMBER

FAMILY = (*everybody(), household(TU, SAU))


class TestWhatIsKnown:
    def home(self, *happened: Happened) -> Household:
        home = Household()
        for fact in lived(*FAMILY, *happened):
            home.weigh(fact)
        return home

    def test_declared_is_not_held(self):
        assert not self.home(declares(PHONE)).holds(PHONE)

    def test_a_yes_holds(self):
        assert self.home(declares(PHONE), says(PHONE)).holds(PHONE)
        assert not self.home(declares(PHONE), says(PHONE, answer="no")).holds(PHONE)

    def test_the_latest_answer_holds(self):
        again = DeclarationId("again")
        both = (declares(PHONE), declares(PHONE, declaration=again))
        no_to_the_first = (says(PHONE, declaration=again), says(PHONE, answer="no"))
        assert not self.home(*both, *no_to_the_first).holds(PHONE)
        assert self.home(*both, *no_to_the_first[::-1]).holds(PHONE)
        assert self.home(*both, says(PHONE), says(PHONE, answer="no"), says(PHONE)).holds(PHONE)

    def test_however_often_each_was_answered(self):
        again = DeclarationId("again")
        both = (declares(PHONE), says(PHONE), declares(PHONE, declaration=again))
        denied = (says(PHONE, declaration=again, answer="no"), says(PHONE, answer="no"))
        assert self.home(*both, *denied, says(PHONE)).holds(PHONE)

    def test_one_of_two_is_not_both(self):
        home = self.home(declares(PHONE, PAYS), says(PHONE))
        assert home.holds(PHONE)
        assert not home.holds(PAYS)

    def test_proficiency_is_held_by_one_member(self):
        home = self.home(declares(PROFICIENT, member=SAU), says(PROFICIENT))
        assert home.holds(PROFICIENT, [SAU])
        assert not home.holds(PROFICIENT, [TU])
        assert home.holds(PROFICIENT)

    def test_losing_one_keeps_the_others(self):
        home = self.home(declares(PHONE, PAYS), says(PHONE, PAYS), loses(PHONE))
        assert not home.holds(PHONE)
        assert home.holds(PAYS)

    def test_an_undone_merge_keeps_members(self):
        home = self.home(merge(SAU, TU), undo(SAU, TU))
        assert list(home.members) == [TU, SAU]
