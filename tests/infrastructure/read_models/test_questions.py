"""The questions that pages and API ask, each of a small history."""

from datetime import date, timedelta

import msgspec
import pytest

from application.actors import Grant
from domain.access import AccountClosed, AccountOpened, RoleGranted, RoleRevoked
from domain.criteria import DEFAULT, AdoptCriteria
from domain.erasing import ErasePerson
from domain.households import Criterion, DigitalFamilyRecognised
from domain.model import Answer, Group, Model, OnboardingId, PersonId, Position, Role, TeachingId, UnitId
from domain.people import (
    ConsentGiven,
    ConsentWithdrawn,
    GuardianConsented,
    MergeUndone,
    PersonCorrected,
    PersonMerged,
    PersonRegistered,
    Purpose,
)
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn, Witness
from infrastructure.read_models import (
    accounts,
    criteria,
    figures,
    honours,
    households,
    leaderboard,
    markets,
    onboardings,
    people,
    teachings,
    units,
    vendors,
)
from infrastructure.read_models.accounts import Reach
from infrastructure.read_models.honours import Status
from infrastructure.read_models.standings import Metric
from infrastructure.read_models.teachings import NotCounted, State
from infrastructure.read_models.territory import Territory
from tests.cast import (
    BY,
    CHO,
    COUNTRY,
    GIA_LAI,
    HANH,
    HOA,
    HOA_TU,
    HOME,
    LAN,
    LAN_TU,
    NOW,
    PAYING,
    SAU,
    SAU_SELLS,
    SERVICES,
    TODAY,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
    answer,
    declares,
    household,
    joins,
    learner,
    leaves,
    leaves_market,
    lesson,
    market,
    merge,
    onboards,
    registered,
    ruling,
    says,
    seen_trading,
    sells,
    taught,
    vendor_says,
    void,
)
from tests.infrastructure.read_models.support import AN_NHON, HAMLET, ambassadors

NA = PersonId("be-na")


def whys(movement, of):
    return {one.skill: one.why for one in movement.ask(teachings.teaching, of).skills}


# Teachings


def test_a_teaching_tells_what_became_of_it(movement):
    movement.live(lesson(LAN, TU), answer(LAN_TU), answer(LAN_TU, "no"))
    found = movement.ask(teachings.teaching, LAN_TU)
    assert (found.state, found.answer, found.to_review) == (State.DENIED, Answer.NO, True)
    assert [(one.what, one.detail) for one in found.history] == [
        ("teaching-logged", None),
        ("teaching-answered", "able"),
        ("teaching-answered", "no"),
    ]


def test_nobody_knows_a_teaching_that_was_never_logged(movement):
    assert movement.ask(teachings.teaching, LAN_TU) is None


def test_each_skill_says_why_it_is_not_counted(movement):
    movement.live(
        lesson(LAN, TU),
        answer(LAN_TU),
        lesson(HOA, TU, skills=(VNEID, PAYING)),
        answer(HOA_TU),
        lesson(LAN, TU, called="again"),
        answer(TeachingId("again/ba-tu")),
        lesson(LAN, SAU, called="waits"),
        lesson(LAN, HOA, called="denied"),
        answer(TeachingId("denied/hoa"), "no"),
        lesson(LAN, SAU, called="voided"),
        void(TeachingId("voided/ong-sau")),
    )
    assert whys(movement, LAN_TU) == {VNEID: None}
    assert whys(movement, HOA_TU) == {VNEID: NotCounted.CREDITED_TO_ANOTHER, PAYING: None}
    assert whys(movement, "again/ba-tu") == {VNEID: NotCounted.PRACTICE}
    assert whys(movement, "waits/ong-sau") == {VNEID: NotCounted.UNANSWERED}
    assert whys(movement, "denied/hoa") == {VNEID: NotCounted.DENIED}
    assert whys(movement, "voided/ong-sau") == {VNEID: NotCounted.VOIDED}
    assert movement.ask(teachings.waiting, LAN) == 1


def test_who_turned_out_to_have_taught_themselves_is_told_so(movement):
    movement.live(lesson(LAN, TU), answer(LAN_TU), merge(LAN, TU))
    assert whys(movement, LAN_TU) == {VNEID: NotCounted.OWN_LEARNING}


def test_a_ruling_names_who_is_credited(movement):
    movement.live(lesson(LAN, TU), answer(LAN_TU), lesson(HOA, TU), answer(HOA_TU), ruling(HOA_TU))
    [skill] = movement.ask(teachings.teaching, LAN_TU).skills
    assert (skill.why, skill.credited_to) == (NotCounted.CREDITED_TO_ANOTHER, HOA)
    assert [one.teaching for one in movement.ask(teachings.claims, TU, VNEID)] == [LAN_TU, HOA_TU]


def test_my_entries_come_latest_first_and_page_by_page(movement):
    movement.live(*(lesson(LAN, TU, called=f"lesson-{number}") for number in range(5)))
    first = movement.ask(teachings.mine, LAN, limit=2)
    rest = movement.ask(teachings.mine, LAN, limit=10, before=first[-1].logged)
    assert [one.lesson for one in first + rest] == [f"lesson-{number}" for number in (4, 3, 2, 1, 0)]


def test_my_entries_can_be_only_those_that_wait_or_do_not_count(movement):
    movement.live(lesson(LAN, TU), answer(LAN_TU), lesson(LAN, SAU, called="waits"))
    movement.live(lesson(LAN, TU, called="again"), answer(TeachingId("again/ba-tu")))
    assert [one.lesson for one in movement.ask(teachings.mine, LAN, only="waiting")] == ["waits"]
    assert [one.lesson for one in movement.ask(teachings.mine, LAN, only="not-counted")] == ["again", "waits"]


def test_recent_learners_are_people_each_once_and_nobody_erased(movement):
    movement.live(lesson(LAN, TU, SAU), lesson(LAN, TU, HOA, called="b"), ErasePerson(person=HOA, by=BY))
    assert [one.learner for one in movement.ask(teachings.recent_learners, LAN)] == [TU, SAU]
    movement.live(merge(SAU, TU))
    assert [one.learner for one in movement.ask(teachings.recent_learners, LAN)] == [TU]


def test_who_was_taught_in_a_place_is_known_there_and_what_was_withdrawn_is_not(movement):
    movement.live(lesson(LAN, TU), lesson(HOA, SAU, called="b", unit=AN_NHON), lesson(HOA, HANH, called="c"))
    assert movement.ask(teachings.taught_in, TUY_PHUOC) == [HANH, TU]
    assert movement.ask(teachings.taught_in, GIA_LAI) == [HANH, SAU, TU]
    assert movement.ask(teachings.taught_in, GIA_LAI, 1) == [HANH]
    movement.live(void(LAN_TU))
    assert movement.ask(teachings.taught_in, TUY_PHUOC) == [HANH]
    assert movement.ask(teachings.taught_in, "nowhere") == []


def test_the_place_of_the_last_lesson_is_remembered(movement):
    assert movement.ask(teachings.last_place, LAN) is None
    movement.live(lesson(LAN, TU), lesson(LAN, SAU, called="b", unit=AN_NHON))
    assert movement.ask(teachings.last_place, LAN) == AN_NHON


def test_a_no_after_a_yes_waits_for_review_in_its_unit_until_settled(movement):
    movement.live(lesson(LAN, TU), answer(LAN_TU), answer(LAN_TU, "no"))
    assert [one.teaching for one in movement.ask(teachings.to_review, GIA_LAI)] == [LAN_TU]
    assert movement.ask(teachings.to_review, AN_NHON) == []
    movement.live(void(LAN_TU))
    assert movement.ask(teachings.to_review, GIA_LAI) == []


def test_a_units_entries_come_latest_first_page_by_page_and_by_state(movement):
    movement.live(
        lesson(LAN, TU, called="a"),
        lesson(LAN, SAU, called="b", unit=AN_NHON),
        answer(TeachingId("b/ong-sau")),
        lesson(HOA, TU, called="c", unit=HAMLET),
        answer(TeachingId("c/ba-tu"), "no"),
        lesson(HOA, SAU, called="d"),
    )

    def listed(unit, **asked):
        return [one.lesson for one in movement.ask(teachings.in_unit, unit, **asked)]

    assert listed(COUNTRY) == listed(GIA_LAI) == ["d", "c", "b", "a"]
    assert listed(TUY_PHUOC) == ["d", "c", "a"]
    assert (listed(HAMLET), listed(AN_NHON), listed(UnitId("unknown"))) == (["c"], ["b"], [])
    first = movement.ask(teachings.in_unit, GIA_LAI, limit=3)
    assert listed(GIA_LAI, before=first[-1].logged) == ["a"]
    assert listed(TUY_PHUOC, state=State.CLAIMED) == ["d", "a"]
    assert listed(GIA_LAI, state=State.CONFIRMED) == ["b"]
    assert listed(COUNTRY, state=State.DENIED) == ["c"]


@pytest.mark.parametrize("state", [None, State.DENIED])
@pytest.mark.parametrize("unit", [COUNTRY, GIA_LAI, TUY_PHUOC, HAMLET])
def test_a_units_entries_are_read_in_the_order_of_an_index(movement, unit, state):
    """Without sorting, so that the cost does not grow with what was ever entered."""
    with movement.database.read_models() as db:
        where = units.place(db, unit)
        assert where is not None
        asked = teachings._latest(unit, where, Position(9), state).limit(30)
        query = asked.compile(db, dialect=db.dialect, compile_kwargs={"literal_binds": True})
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("SET LOCAL enable_seqscan = off")  # as in a table that is not this small
            db.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN" if db.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = " ".join(str(row[-1]) for row in db.exec_driver_sql(f"{explain} {query}"))
    level = {COUNTRY: "logged", GIA_LAI: "province"}.get(unit, "commune")
    assert f"teaching_v3_{level}" in plan
    assert not any(step in plan for step in ("Sort", "TEMP B-TREE")), plan


# People and accounts


def test_a_name_is_public_only_with_consent_and_never_a_childs_or_an_erased_ones(movement):
    child = PersonRegistered(at=NOW, by=BY, person=NA, group=Group.PEOPLE, unit=TUY_PHUOC, minor=True)
    agreed = [ConsentGiven(at=NOW, by=BY, person=one, purpose=Purpose.PUBLIC_NAME) for one in (LAN, HOA, NA)]
    movement.live(child, *agreed, ErasePerson(person=HOA, by=BY))
    assert movement.ask(people.with_public_name, [LAN, HOA, TU, NA]) == {LAN}


PUBLIC, LISTED = Purpose.PUBLIC_NAME, Purpose.AWARD_LISTS


def agrees(person, *purposes):
    return [ConsentGiven(at=NOW, by=BY, person=person, purpose=purpose) for purpose in purposes]


def consents(movement, person):
    found = movement.ask(people.one, person)
    return found.consents


def test_after_a_merge_only_what_both_agreed_to_holds(movement):
    merged = PersonMerged(at=NOW, by=BY, person=HOA, into=LAN)
    movement.live(*agrees(LAN, PUBLIC, LISTED), *agrees(HOA, LISTED), merged)
    assert consents(movement, LAN) == consents(movement, HOA) == {"award-lists"}
    movement.live(*agrees(LAN, PUBLIC))
    assert consents(movement, HOA) == {"award-lists", "public-name"}


def test_what_was_taken_back_while_merged_stays_so_when_they_are_two_again(movement):
    movement.live(
        *agrees(LAN, PUBLIC),
        *agrees(HOA, PUBLIC),
        PersonMerged(at=NOW, by=BY, person=HOA, into=LAN),
        ConsentWithdrawn(at=NOW, by=BY, person=LAN, purpose=PUBLIC),
        MergeUndone(at=NOW, by=BY, person=HOA, into=LAN),
    )
    assert consents(movement, LAN) == consents(movement, HOA) == frozenset()


def test_under_sixteen_only_what_a_guardian_agreed_to_holds(movement):
    child = PersonRegistered(at=NOW, by=BY, person=NA, group=Group.PEOPLE, unit=TUY_PHUOC, minor=True)
    movement.live(child, *agrees(NA, PUBLIC, LISTED))
    assert consents(movement, NA) == frozenset()
    movement.live(GuardianConsented(at=NOW, by=BY, person=NA, purpose=LISTED))
    assert consents(movement, NA) == {"award-lists"}
    grown = PersonCorrected(at=NOW, by=BY, person=NA, fields=("birth_year",), minor=False)
    movement.live(grown)
    assert consents(movement, NA) == {"award-lists", "public-name"}


def test_an_account_shows_its_roles_until_it_is_closed(movement):
    movement.live(*ambassadors(LAN), *ambassadors(HOA, unit=AN_NHON))
    assert [(one.role, one.unit) for one in movement.ask(accounts.grants, LAN)] == [
        (Role.AMBASSADOR, TUY_PHUOC)
    ]
    assert [one.person for one in in_units(movement, GIA_LAI)] == [HOA, LAN]
    assert [one.person for one in in_units(movement, AN_NHON)] == [HOA]
    movement.live(AccountClosed(at=NOW, by=BY, person=LAN))
    assert movement.ask(accounts.grants, LAN) == ()
    assert [one.person for one in in_units(movement, GIA_LAI)] == [HOA]


def in_units(movement, *units, roles=frozenset(Role), model=None, **page):
    return movement.ask(accounts.accounts, [Reach(roles, unit, model) for unit in units], **page)


def role(person, given, unit=TUY_PHUOC, **narrowed):
    return RoleGranted(at=NOW, by=BY, person=person, role=given, unit=unit, **narrowed)


def test_an_account_that_is_opened_again_begins_without_the_roles_it_had(movement):
    movement.live(*ambassadors(LAN), AccountClosed(at=NOW, by=BY, person=LAN))
    movement.live(AccountOpened(at=NOW, by=BY, person=LAN), role(LAN, Role.COMMITTEE))
    assert movement.ask(accounts.grants, LAN) == (Grant(Role.COMMITTEE, TUY_PHUOC),)


def test_one_role_for_two_models_is_two_grants(movement):
    movement.live(*ambassadors(LAN), role(LAN, Role.ORGANIZER, model=Model.FAMILIES))
    movement.live(role(LAN, Role.ORGANIZER, model=Model.MARKETS))
    families, markets = (Grant(Role.ORGANIZER, TUY_PHUOC, one) for one in (Model.FAMILIES, Model.MARKETS))
    assert set(movement.ask(accounts.grants, LAN)[1:]) == {families, markets}
    movement.live(
        RoleRevoked(at=NOW, by=BY, person=LAN, role=Role.ORGANIZER, unit=TUY_PHUOC, model=Model.FAMILIES)
    )
    assert movement.ask(accounts.grants, LAN)[1:] == (markets,)


def test_who_may_give_a_role_sees_who_holds_it_and_who_gave_it(movement):
    movement.live(*ambassadors(LAN), *ambassadors(HOA, unit=AN_NHON), role(LAN, Role.COMMITTEE))
    (lan,) = in_units(movement, TUY_PHUOC, roles={Role.AMBASSADOR})
    assert [(one.grant.role, one.by) for one in lan.given] == [(Role.AMBASSADOR, BY)]
    assert in_units(movement, TUY_PHUOC, roles={Role.AUDITOR}) == []
    assert in_units(movement, TUY_PHUOC, roles={Role.AMBASSADOR}, model=Model.FAMILIES) == []
    assert in_units(movement, roles=set()) == []


def test_accounts_are_read_page_by_page(movement):
    movement.live(*ambassadors(LAN), *ambassadors(HOA))
    (first,) = in_units(movement, TUY_PHUOC, limit=1)
    (second,) = in_units(movement, TUY_PHUOC, limit=1, after=first.person)
    assert [first.person, second.person] == [HOA, LAN]
    assert [one.person for one in in_units(movement, TUY_PHUOC, person=LAN)] == [LAN]


def test_administrators_are_counted_as_people(movement):
    movement.live(*ambassadors(LAN), *ambassadors(HOA))
    assert movement.ask(accounts.administrators) == 0
    movement.live(*(role(LAN, Role.ADMINISTRATOR, unit) for unit in (GIA_LAI, TUY_PHUOC)))
    movement.live(role(HOA, Role.ADMINISTRATOR))
    assert movement.ask(accounts.administrators) == 2
    movement.live(PersonMerged(at=NOW, by=BY, person=HOA, into=LAN))
    assert movement.ask(accounts.administrators) == 1
    movement.live(MergeUndone(at=NOW, by=BY, person=HOA, into=LAN))
    assert movement.ask(accounts.administrators) == 2
    movement.live(AccountClosed(at=NOW, by=BY, person=HOA))
    assert movement.ask(accounts.administrators) == 1


# Units


def test_units_are_found_by_id_by_code_and_the_country_by_vn(movement):
    units = Territory(movement.database)
    named = {ref: found for ref in ("21952", "VN", HAMLET) if (found := units.find(ref))}
    assert {ref: unit.id for ref, unit in named.items()} == {
        "21952": TUY_PHUOC,
        "VN": COUNTRY,
        HAMLET: HAMLET,
    }
    assert named[HAMLET].path == (HAMLET, TUY_PHUOC, GIA_LAI, COUNTRY)
    assert [one.id for one in units.children(GIA_LAI)] == [AN_NHON, TUY_PHUOC]
    assert units.is_within(HAMLET, GIA_LAI)
    assert not units.is_within(GIA_LAI, HAMLET)
    assert units.find("nowhere") is None
    assert not units.is_within(UnitId("nowhere"), COUNTRY)


# Boards


def test_a_board_goes_on_where_the_page_before_ended(movement):
    learners = [learner(number) for number in range(9)]
    movement.live(*registered(*learners))
    some = {LAN: learners[:3], HOA: learners[3:5], TU: learners[5:7], SAU: learners[7:8]}
    for ambassador, theirs in some.items():
        movement.live(*taught(ambassador, theirs))
    seen, after = [], None
    while True:
        page = movement.ask(leaderboard.board, GIA_LAI, limit=1, after=after)
        seen += [(row.rank, row.ambassador, row.score) for row in page.rows]
        if (after := page.after) is None:
            break
    assert seen == [(1, LAN, 3), (2, TU, 2), (2, HOA, 2), (4, SAU, 1)]
    assert page.total == 4
    own = movement.ask(leaderboard.own_row, HOA, GIA_LAI)
    assert (own.own.rank, own.own.score, own.total) == (2, 2, 4)
    assert [row.ambassador for row in own.above] == [LAN, TU]
    assert [row.ambassador for row in own.below] == [SAU]


def test_who_has_taught_nobody_has_a_row_without_a_rank(movement):
    own = movement.ask(leaderboard.own_row, LAN, GIA_LAI)
    assert (own.own.rank, own.own.score, own.above, own.below) == (None, 0, (), ())


def test_who_is_at_home_elsewhere_has_no_row(movement):
    movement.live(*ambassadors(LAN, unit=AN_NHON))
    assert movement.ask(leaderboard.own_row, LAN, TUY_PHUOC) is None
    assert movement.ask(leaderboard.own_row, LAN, AN_NHON) is not None


def test_a_period_is_that_of_the_day_it_happened(movement):
    movement.live(lesson(LAN, TU, on=date(2026, 2, 27)), answer(LAN_TU))
    periods = ("all", "2026", "2026-02", "2026-03", "2025")
    totals = [movement.ask(leaderboard.board, GIA_LAI, period=period).total for period in periods]
    assert totals == [1, 1, 1, 0, 0]


def test_a_board_says_which_share_is_confirmed_and_which_is_able(movement):
    movement.live(lesson(LAN, TU, SAU, HOA), answer(LAN_TU), answer(TeachingId("lan/ong-sau"), "taught"))
    [row] = movement.ask(leaderboard.board, GIA_LAI).rows
    assert (row.score, row.able_share, row.claimed) == (2, 0.5, 3)
    assert round(row.confirmed_share, 3) == 0.667


# Families and markets


def test_a_family_is_its_members_and_what_was_declared_and_answered(movement):
    movement.live(
        household(TU, SAU),
        declares(Criterion.VNEID_LEVEL_2, Criterion.PROFICIENT_MEMBER, member=SAU),
        says(Criterion.VNEID_LEVEL_2, Criterion.PROFICIENT_MEMBER),
        leaves(SAU),
        joins(HOA),
    )
    found = movement.ask(households.household, HOME)
    assert found.members == (TU, HOA)
    assert found.holds(Criterion.VNEID_LEVEL_2)
    assert found.holds(Criterion.PROFICIENT_MEMBER, SAU)
    assert not found.holds(Criterion.PROFICIENT_MEMBER, HOA)
    assert not found.holds(Criterion.CASHLESS_PAYMENT)
    assert movement.ask(households.of_person, HOA).household == HOME
    assert movement.ask(households.of_person, SAU) is None
    assert [one.household for one in movement.ask(households.of_ambassador, LAN)] == [HOME]


def test_onboarded_is_not_active(movement):
    movement.live(market(stalls=4), sells(), onboards(), vendor_says())
    since = YESTERDAY - timedelta(days=90)
    found = movement.ask(markets.market, CHO, active_since=since)
    assert (found.vendors, found.onboarded, found.active, found.out_of) == (1, 1, 0, 4)
    movement.live(seen_trading())
    assert movement.ask(markets.market, CHO, active_since=since).active == 1
    assert movement.ask(markets.market, CHO, active_since=TODAY).active == 0
    movement.live(leaves_market())
    assert movement.ask(markets.market, CHO, active_since=since).onboarded == 0
    assert movement.ask(vendors.vendor, SAU_SELLS).gone == TODAY


def test_an_onboarding_counts_for_who_came_first(movement):
    movement.live(market(), sells(), onboards(), onboards(onboarding="second", ambassador=HOA))
    movement.live(vendor_says(of=OnboardingId("second")), vendor_says())
    assert movement.ask(onboardings.onboarding, "second").counted
    assert not movement.ask(onboardings.onboarding, "onboarded").counted


# Honours, figures, criteria


def recognised(person, unit=TUY_PHUOC, **other):
    return AmbassadorRecognised(
        at=NOW, by=BY, person=person, unit=unit, witnesses=(), criteria="hash", **other
    )


def withdrawn(person):
    return AmbassadorRecognitionWithdrawn(at=NOW, by=BY, person=person, unit=TUY_PHUOC, criteria="hash")


def holders(movement, **which):
    which = {"status": Status.AMBASSADOR, "unit": GIA_LAI} | which
    return [row.subject for row in movement.ask(honours.holders, **which).rows]


def test_honours_are_asked_for_now_and_as_of_a_position(movement):
    movement.live(recognised(LAN), recognised(HOA, unit=AN_NHON))
    then = movement.ledger.head()
    movement.live(withdrawn(LAN))
    assert holders(movement) == [HOA]
    assert holders(movement, at=then) == [HOA, LAN]
    assert holders(movement, unit=TUY_PHUOC, at=then) == [LAN]


def test_honours_are_asked_for_by_the_days_on_which_they_were_recognised(movement):
    """A month's report proposes the families and markets of that month, none of a later one."""
    movement.live(recognised(LAN), msgspec.structs.replace(recognised(HOA), at=NOW + timedelta(days=1)))
    tomorrow = TODAY + timedelta(days=1)
    assert holders(movement, during=(YESTERDAY, TODAY)) == [LAN]
    assert holders(movement, during=(tomorrow, tomorrow)) == [HOA]
    assert holders(movement, during=(YESTERDAY, tomorrow)) == [HOA, LAN]


def test_an_honour_recorded_again_on_other_witnesses_keeps_its_day_and_its_place(movement):
    """Found on the simulated movement: one of 20/11 stood above one of 22/11."""
    later = msgspec.structs.replace(recognised(HOA), at=NOW + timedelta(days=2))
    other = (Witness(teaching=LAN_TU, learner=TU, skill=VNEID),)
    again = msgspec.structs.replace(recognised(LAN), at=later.at, witnesses=other)
    movement.live(recognised(LAN), later, again)
    first = movement.ask(honours.holders, status=Status.AMBASSADOR, unit=GIA_LAI, limit=1)
    rest = movement.ask(honours.holders, status=Status.AMBASSADOR, unit=GIA_LAI, after=first.after)
    assert [row.subject for row in (*first.rows, *rest.rows)] == [HOA, LAN]
    assert rest.rows[0].since == NOW


def test_two_recognised_ambassadors_who_are_one_count_once(movement):
    movement.live(recognised(LAN), recognised(HOA), merge(HOA, LAN))
    assert holders(movement) == [LAN]
    own = movement.ask(figures.figures, GIA_LAI, active_since=TODAY).own
    assert own.ambassadors == 1


def test_a_person_taught_in_two_communes_counts_once_in_the_province(movement):
    movement.live(
        lesson(LAN, TU), answer(LAN_TU), lesson(HOA, TU, unit=AN_NHON, skills=(SERVICES,)), answer(HOA_TU)
    )
    found = movement.ask(figures.figures, GIA_LAI, active_since=TODAY)
    assert (found.own.confirmed, [one.confirmed for one in found.children]) == (1, [1, 1])


def test_a_family_honour_names_who_registered_it(movement):
    movement.live(
        household(TU, SAU),
        DigitalFamilyRecognised(
            at=NOW, by=BY, household=HOME, unit=TUY_PHUOC, ambassador=LAN, proficient=TU, skills_shown=(),
            taught=None, declared=(), criteria="hash",
        ),
    )  # fmt: skip
    [row] = movement.ask(honours.holders, status=Status.FAMILY, unit=GIA_LAI).rows
    assert (row.subject, row.person, row.on) == (HOME, LAN, YESTERDAY)
    assert movement.ask(leaderboard.score, LAN, metric=Metric.FAMILIES).score == 1


def test_the_nearest_units_latest_valid_criteria_stand(movement):
    def adopts(unit, valid_from, document):
        return AdoptCriteria(content=DEFAULT, unit=unit, valid_from=valid_from, document=document, by=BY)

    movement.live(
        adopts(COUNTRY, date(2026, 1, 1), "country"),
        adopts(GIA_LAI, date(2026, 3, 1), "province"),
        adopts(GIA_LAI, date(2026, 6, 1), "province, later"),
    )
    path = (TUY_PHUOC, GIA_LAI, COUNTRY)

    def document(on, **at):
        found = movement.ask(criteria.standing, path, on, **at)
        return found.document if found else None

    assert document(date(2025, 12, 31)) is None
    assert document(date(2026, 2, 1)) == "country"
    assert document(date(2026, 3, 1)) == "province"
    assert document(date(2026, 7, 1)) == "province, later"
    assert document(date(2026, 7, 1), at=movement.ledger.head() - 1) == "province"
