"""At a cut-off, what was received in time about what was done in time says who has a status."""

from datetime import timedelta

from domain.criteria import DEFAULT
from domain.cutoff import (
    Received,
    digital_family_since,
    done_in_time,
    family_rule,
    household_at,
    market_rule,
    market_share_at,
)
from domain.digital_markets import MarketCounts, Share
from domain.families import FamilyRule
from domain.households import Criterion, CriterionAnswered
from domain.model import Fact, Position
from domain.vendors import Means
from domain.who_is_who import Aliases
from tests.cast import (
    CHO,
    HOME,
    LAN,
    PAYING,
    SAU,
    SERVICES,
    TODAY,
    TU,
    VNEID,
    YESTERDAY,
    answer,
    declares,
    everybody,
    household,
    leaves,
    leaves_market,
    lesson,
    market,
    merge,
    onboards,
    says,
    seen_trading,
    sells,
    teaching,
    vendor_says,
    void,
    void_onboarding,
)
from tests.domain.test_digital_markets import rule
from tests.specification import lived

THREE = (VNEID, PAYING, SERVICES)
LAN_TU, TU_SAU = teaching(LAN, TU), teaching(TU, SAU)
RULE = family_rule(DEFAULT, "criteria-1")
WITH_PHONE = FamilyRule(
    proficient_skills=3, teaches_member=True, declared=(Criterion.SMARTPHONE_INTERNET,), criteria="criteria-2"
)
BEFORE = YESTERDAY - timedelta(days=1)

DIGITAL = (
    *everybody(),
    household(TU, SAU, on=BEFORE),
    lesson(LAN, TU, skills=THREE, on=BEFORE),
    answer(LAN_TU),
    lesson(TU, SAU, on=YESTERDAY),
    answer(TU_SAU, "taught"),
)


def received(*happened) -> list[Received]:
    return [(Position(at), fact) for at, fact in enumerate(lived(*happened), 1)]


def family(*happened, done_by=TODAY, by_rule=RULE):
    """The fact since which the household meets the criteria, of what was done in time."""
    facts = list(done_in_time(received(*happened), done_by))
    aliases = Aliases()
    for _, fact in facts:
        aliases.weigh(fact)
    members = tuple(household_at(facts).members)
    since = digital_family_since(HOME, facts, members=members, aliases=aliases, rule=by_rule)
    return since and dict(facts)[since].NAME


def cho(*happened, done_by=TODAY, by_rule=None):
    facts = done_in_time(received(*happened), done_by)
    return market_share_at(facts, rule=by_rule or rule(), done_by=done_by, canonical=lambda one: one)


class TestFamilies:
    def test_it_is_digital_from_the_answer_on_that_was_missing_with_no_recognition_recorded(self):
        assert family(*DIGITAL) == "teaching-answered"

    def test_a_lesson_of_a_later_day_does_not_count(self):
        assert family(*DIGITAL, done_by=YESTERDAY) == "teaching-answered"
        assert family(*DIGITAL, done_by=BEFORE) is None

    def test_one_entered_on_a_later_day_is_not_there(self):
        late = (*everybody(), household(TU, SAU, on=TODAY), *DIGITAL[-4:])
        assert family(*late) is not None
        assert family(*late, done_by=YESTERDAY) is None

    def test_what_was_voided_in_time_does_not_count(self):
        assert family(*DIGITAL, void(TU_SAU)) is None

    def test_who_left_in_time_is_no_member(self):
        assert family(*DIGITAL, leaves(SAU)) is None

    def test_what_is_declared_on_a_later_day_does_not_count_nor_do_its_answers(self):
        phone = Criterion.SMARTPHONE_INTERNET
        declared = (*DIGITAL, declares(phone, on=TODAY), says(phone))
        assert family(*declared, by_rule=WITH_PHONE) == "criterion-answered"
        assert family(*declared, by_rule=WITH_PHONE, done_by=YESTERDAY) is None
        in_time = done_in_time(received(*declared), YESTERDAY)
        assert not any(isinstance(fact, CriterionAnswered) for _, fact in in_time)

    def test_two_entries_of_one_member_are_one_person(self):
        assert family(*DIGITAL, merge(SAU, TU)) is None

    def test_a_break_begins_it_anew(self):
        again = (*DIGITAL, answer(TU_SAU, "no"), answer(TU_SAU, "able"))
        facts = received(*again)
        since = digital_family_since(HOME, facts, members=(TU, SAU), aliases=Aliases(), rule=RULE)
        assert since == facts[-1][0]


class TestMarkets:
    OPEN = (*everybody(), market(), sells())

    def test_an_onboarding_of_a_later_day_does_not_count(self):
        onboarded = (*self.OPEN, onboards(on=TODAY), vendor_says())
        assert cho(*onboarded) == Share(counted=1, out_of=1)
        assert cho(*onboarded, done_by=YESTERDAY) == Share(counted=0, out_of=1)

    def test_a_vendor_who_left_on_a_later_day_still_sells(self):
        gone = (*self.OPEN, onboards(on=YESTERDAY), vendor_says(), leaves_market(on=TODAY))
        assert cho(*gone) == Share(counted=0, out_of=1)
        assert cho(*gone, done_by=YESTERDAY) == Share(counted=1, out_of=1)

    def test_what_was_voided_in_time_does_not_count(self):
        voided = (*self.OPEN, onboards(on=YESTERDAY), vendor_says(), void_onboarding())
        assert cho(*voided) == Share(counted=0, out_of=1)

    def test_active_is_who_was_seen_trading_by_that_day_and_not_too_long_before(self):
        active = rule(counts=MarketCounts.ACTIVE, active_days=1)
        seen = (*self.OPEN, onboards(on=BEFORE), vendor_says(), seen_trading(on=TODAY))
        assert cho(*seen, by_rule=active).counted == 1
        assert cho(*seen, by_rule=active, done_by=YESTERDAY).counted == 0
        assert cho(*seen, by_rule=active, done_by=TODAY + timedelta(days=2)).counted == 0


def test_criteria_say_what_a_family_and_a_market_are_weighed_by():
    assert (RULE.proficient_skills, RULE.teaches_member, RULE.declared) == (3, True, ())
    found = market_rule(DEFAULT, "criteria-1")
    assert (found.percent, found.means, found.active_days) == (100, (Means.CASHLESS_PAYMENT,), 90)
    assert (CHO, found.criteria) == (CHO, "criteria-1")


def test_corrections_that_carry_no_day_count_once_received():
    (_, fact) = received(*everybody(), merge(SAU, TU))[-1]
    assert isinstance(fact, Fact)
    assert list(done_in_time([(Position(9), fact)], BEFORE)) == [(Position(9), fact)]
