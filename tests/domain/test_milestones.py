"""Milestones: said by the person, by a witness, or by a list; the surest that was said stands."""

from datetime import timedelta
from typing import Any

from domain.entries import NotYetHappened
from domain.milestones import (
    AboutMilestone,
    DenyMilestone,
    Milestone,
    MilestoneDenied,
    MilestoneReached,
    NobodyWitnessesThemselves,
    ReachMilestone,
    SaidMoreSurely,
    TooYoung,
    strength,
    weaker,
)
from domain.model import By, Evidence
from domain.people import PersonRegistered, UnknownPerson
from tests.cast import (
    BY,
    LAN,
    MINH,
    SAU,
    TODAY,
    TU,
    TUY_PHUOC,
    YESTERDAY,
    everybody,
    learner,
    merge,
    newcomers,
    undo,
)
from tests.specification import given, lived

PAID = Milestone.CASHLESS_PAYMENT
OWN, SEEN, LISTED = Evidence.OWN_DEVICE, Evidence.WITNESSED, None
BOTH = ((SAU, TU),)


def reached(person=TU, milestone=PAID, evidence=OWN, **other):
    request: dict[str, Any] = {"unit": TUY_PHUOC, "on": YESTERDAY, "by": By(f"code:{person}")}
    return ReachMilestone(person=person, milestone=milestone, evidence=evidence, **(request | other))


def denied(person=TU, milestone=PAID, evidence=OWN, **other):
    return DenyMilestone(
        person=person, milestone=milestone, evidence=evidence, **({"by": By("code:tu")} | other)
    )


def test_somebody_gets_there():
    (fact,) = given(*everybody()).when(reached()).then(MilestoneReached)

    assert isinstance(fact, MilestoneReached)
    assert (fact.person, fact.milestone, fact.unit) == (TU, PAID, TUY_PHUOC)
    assert (fact.on, fact.evidence) == (YESTERDAY, OWN)


def test_saying_it_twice_changes_nothing():
    given(*everybody(), reached()).when(reached(on=TODAY)).then()


def test_each_milestone_stands_by_itself():
    given(*everybody(), reached()).when(reached(milestone=Milestone.ONLINE_COURSE)).then(MilestoneReached)


def test_a_list_is_outweighed_by_a_witness_and_a_witness_by_the_person():
    given(*everybody(), reached(evidence=LISTED)).when(reached(evidence=SEEN)).then(MilestoneReached)
    given(*everybody(), reached(evidence=SEEN)).when(reached(evidence=OWN)).then(MilestoneReached)


def test_what_is_weaker_replaces_nothing():
    given(*everybody(), reached(evidence=OWN)).when(reached(evidence=SEEN)).then()
    given(*everybody(), reached(evidence=SEEN)).when(reached(evidence=LISTED)).then()


def test_of_ones_own_milestone_one_may_say_that_it_is_not_so():
    (fact,) = given(*everybody(), reached(evidence=SEEN)).when(denied()).then(MilestoneDenied)

    assert isinstance(fact, MilestoneDenied)
    assert (fact.unit, fact.on, fact.evidence) == (TUY_PHUOC, YESTERDAY, OWN)


def test_what_the_person_denied_no_witness_and_no_list_brings_back():
    history = [*everybody(), reached(evidence=LISTED), denied()]

    given(*history).when(reached(evidence=SEEN)).then_refused(SaidMoreSurely)
    given(*history).when(reached(evidence=LISTED)).then_refused(SaidMoreSurely)
    given(*history).when(reached(evidence=OWN)).then(MilestoneReached)


def test_a_witness_takes_back_what_a_witness_said_but_not_what_the_person_said():
    given(*everybody(), reached(evidence=SEEN)).when(denied(evidence=SEEN)).then(MilestoneDenied)
    given(*everybody(), reached(evidence=OWN)).when(denied(evidence=SEEN)).then_refused(SaidMoreSurely)


def test_where_nothing_was_said_there_is_nothing_to_deny():
    given(*everybody()).when(denied()).then()
    given(*everybody(), reached(), denied()).when(denied()).then()


def test_nobody_witnesses_themselves():
    witnessed = reached(LAN, evidence=SEEN, witness=LAN)

    given(*everybody()).when(witnessed).then_refused(NobodyWitnessesThemselves)
    given(*everybody()).when(reached(evidence=SEEN, witness=LAN)).then(MilestoneReached)


def test_nor_somebody_merged_with_them():
    witnessed = reached(TU, evidence=SEEN, witness=SAU, aliases=BOTH)

    given(*everybody(), merge(SAU, TU)).when(witnessed).then_refused(NobodyWitnessesThemselves)
    given(*everybody(), merge(SAU, TU)).when(reached(evidence=SEEN, witness=SAU)).then_stale()


def test_a_digital_identity_is_asked_of_those_from_sixteen_on():
    for milestone in Milestone:
        young = given(*everybody()).when(reached(milestone=milestone, too_young=True))
        if milestone in (Milestone.DIGITAL_IDENTITY, Milestone.CONFIRMED_ON_VNEID):
            young.then_refused(TooYoung, years=16)
        else:
            young.then(MilestoneReached)


def test_nobody_gets_there_tomorrow():
    tomorrow = TODAY + timedelta(days=1)

    given(*everybody()).when(reached(on=tomorrow)).then_refused(NotYetHappened)


def test_somebody_nobody_knows_gets_nowhere():
    given().when(reached()).then_refused(UnknownPerson)


def test_whoever_is_met_on_a_list_is_registered_with_it():
    (new,) = newcomers(learner(1))

    listed = reached(learner(1), evidence=LISTED, newcomer=new, by=BY)

    given(*everybody()).when(listed).then(PersonRegistered, MilestoneReached)


def test_two_who_turn_out_to_be_one_have_reached_it_once():
    history = [*everybody(), reached(SAU), merge(SAU, TU)]

    given(*history).when(reached(TU, aliases=BOTH)).then()
    given(*history).when(denied(TU, aliases=BOTH)).then(MilestoneDenied)
    given(*history, undo(SAU, TU)).when(reached(TU)).then(MilestoneReached)


def test_an_id_that_stands_for_nobody_is_looked_up_again():
    given(*everybody(), merge(SAU, TU)).when(reached(SAU)).then_stale()


def test_of_two_who_were_merged_the_surest_stands_whatever_came_last():
    history = lived(*everybody(), reached(TU), reached(SAU, evidence=LISTED))
    asked = AboutMilestone(person=TU, milestone=PAID, evidence=OWN, by=BY, witness=MINH, aliases=BOTH)
    for fact in history:
        asked.weigh(fact)

    assert asked.standing.last[PAID].person == TU


def test_strength_orders_as_weaker_does():
    everything = [*Evidence, None]

    assert [strength(one) for one in everything] == sorted(map(strength, everything), reverse=True)
    for one in everything:
        for other in everything:
            assert weaker(one, other) == (strength(one) < strength(other))
