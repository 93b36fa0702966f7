"""Accounts of people, and the roles they hold."""

from dataclasses import replace

import pytest

from domain.access import (
    AccountClosed,
    AccountOpened,
    AccountRecovered,
    LastAdministrator,
    NoAccount,
    NotTheirsToGive,
    NotToThemselves,
    Paths,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
    TakesTwo,
    WholeRole,
)
from domain.erasing import ErasePerson
from domain.granting import GrantRole, OpenAccount, ProposeAdministrator, RecoverAccount
from domain.model import By, Model, PersonId, Role, UnitId
from domain.people import PersonErased, PersonRegistered, UnknownPerson
from domain.requests import Kind, MakeRequest, Outcome, RequestAcknowledged, RequestId, RequestSettled
from domain.revoking import CloseAccount, RevokeRole
from tests.cast import (
    BY,
    COUNTRY,
    GIA_LAI,
    HANH,
    HOA,
    LAN,
    MINH,
    SAU,
    TUY_PHUOC,
    everybody,
    merge,
    newcomers,
    registered,
)
from tests.specification import given


def grant(role: Role = Role.AMBASSADOR, unit: UnitId = TUY_PHUOC, **other) -> GrantRole:
    return GrantRole(person=LAN, role=role, unit=unit, by=BY, **other)


def revoke(role: Role = Role.AMBASSADOR) -> RevokeRole:
    return RevokeRole(person=LAN, role=role, unit=TUY_PHUOC, by=BY)


def open_account() -> OpenAccount:
    return OpenAccount(person=LAN, unit=TUY_PHUOC, by=BY)


CLOSE = CloseAccount(person=LAN, by=BY)
(NEW,) = newcomers(LAN)


def test_who_learned_before_gets_an_account_as_the_same_person():
    given(*everybody()).when(grant()).then(AccountOpened, RoleGranted)


def test_whoever_is_new_is_registered_with_it():
    given().when(grant(newcomer=NEW)).then(PersonRegistered, AccountOpened, RoleGranted)


def test_a_stranger_must_be_introduced():
    given().when(grant()).then_refused(UnknownPerson)


def test_who_was_merged_meanwhile_is_looked_up_again():
    given(*everybody(), merge(LAN, SAU)).when(grant()).then_stale()


def test_an_account_alone_can_be_opened_once():
    given(*everybody()).when(open_account()).then(AccountOpened)
    given(*everybody(), open_account()).when(open_account()).then()


def test_a_role_is_granted_once():
    given(*everybody(), grant()).when(grant()).then()


@pytest.mark.parametrize("other", [grant(role=Role.ORGANIZER), grant(unit=GIA_LAI)])
def test_another_role_or_unit_is_another_grant(other):
    (fact,) = given(*everybody(), grant()).when(other).then(RoleGranted)
    assert isinstance(fact, RoleGranted)
    assert (fact.role, fact.unit) == (other.role, other.unit)


def test_a_role_is_revoked():
    given(*everybody(), grant()).when(revoke()).then(RoleRevoked)


def test_only_one_that_is_held():
    given(*everybody(), grant()).when(revoke(Role.ORGANIZER)).then_refused(RoleNotHeld)
    given(*everybody(), grant(), revoke()).when(revoke()).then_refused(RoleNotHeld)


def test_and_can_be_granted_again():
    given(*everybody(), grant(), revoke()).when(grant()).then(RoleGranted)


def test_an_account_is_closed_with_all_its_roles():
    closed = (*everybody(), grant(), CLOSE)
    given(*everybody(), grant()).when(CLOSE).then(AccountClosed)
    given(*closed).when(revoke()).then_refused(NoAccount)
    given(*closed).when(CLOSE).then_refused(NoAccount)
    given(*closed).when(grant()).then(AccountOpened, RoleGranted)


def test_no_account_no_role():
    given(*everybody()).when(revoke()).then_refused(NoAccount)


AN_NHON = UnitId("an-nhon")

# Who may give what

ADMIN, OTHER_ADMIN, LEADER = PersonId("quan"), PersonId("duc"), PersonId("hai")
PATHS: Paths = {
    COUNTRY: (COUNTRY,),
    GIA_LAI: (GIA_LAI, COUNTRY),
    TUY_PHUOC: (TUY_PHUOC, GIA_LAI, COUNTRY),
    AN_NHON: (AN_NHON, GIA_LAI, COUNTRY),
}


def holds(person: PersonId, role: Role, unit: UnitId = TUY_PHUOC, model: Model | None = None) -> GrantRole:
    """Given at the console."""
    return GrantRole(person=person, role=role, unit=unit, model=model, by=By("import:operator"))


def given_by(asker: PersonId, role: Role, unit: UnitId = TUY_PHUOC, **other) -> GrantRole:
    told = {"person": LAN, "by": By(f"account:{asker}"), "asker": asker, "paths": PATHS} | other
    return GrantRole(role=role, unit=unit, **told)


def taken_by(asker: PersonId, role: Role, unit: UnitId = TUY_PHUOC, **other) -> RevokeRole:
    told = {"person": LAN, "by": By(f"account:{asker}"), "asker": asker, "paths": PATHS} | other
    return RevokeRole(role=role, unit=unit, **told)


def closed_by(asker: PersonId, person: PersonId = LAN) -> CloseAccount:
    return CloseAccount(person=person, by=By(f"account:{asker}"), asker=asker, paths=PATHS)


def recovered_by(asker: PersonId, person: PersonId = LAN, **other) -> RecoverAccount:
    return RecoverAccount(person=person, by=By(f"account:{asker}"), asker=asker, paths=PATHS, **other)


PEOPLE = (
    *everybody(ADMIN, OTHER_ADMIN, LEADER),
    holds(ADMIN, Role.ADMINISTRATOR, GIA_LAI),
    holds(OTHER_ADMIN, Role.ADMINISTRATOR, COUNTRY),
    holds(MINH, Role.ORGANIZER),
    holds(LEADER, Role.TEAM_LEADER),
    holds(HANH, Role.COMMITTEE),
)

GIVES = {
    LEADER: {Role.AMBASSADOR},
    MINH: {Role.AMBASSADOR, Role.TEAM_LEADER},
    ADMIN: set(Role) - {Role.ADMINISTRATOR},
    HANH: set(),
    HOA: set(),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("asker", GIVES)
def test_nobody_gives_more_than_their_role_gives(asker, role):
    outcome = given(*PEOPLE).when(given_by(asker, role))
    if role in GIVES[asker]:
        outcome.then(AccountOpened, RoleGranted)
    else:
        outcome.then_refused(TakesTwo if asker == ADMIN else NotTheirsToGive)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("asker", GIVES)
def test_nor_takes_more(asker, role):
    outcome = given(*PEOPLE, holds(LAN, role)).when(taken_by(asker, role))
    if role in GIVES[asker] or asker == ADMIN:
        outcome.then(RoleRevoked)
    else:
        outcome.then_refused(NotTheirsToGive)


@pytest.mark.parametrize(
    ("unit", "may"), [(TUY_PHUOC, True), (AN_NHON, True), (GIA_LAI, True), (COUNTRY, False)]
)
def test_nor_beyond_the_units_they_hold_it_over(unit, may):
    outcome = given(*PEOPLE).when(given_by(ADMIN, Role.ORGANIZER, unit))
    outcome.then(AccountOpened, RoleGranted) if may else outcome.then_refused(NotTheirsToGive)


@pytest.mark.parametrize("unit", [AN_NHON, GIA_LAI, COUNTRY])
def test_beside_and_above_are_out_of_reach(unit):
    given(*PEOPLE).when(given_by(MINH, Role.AMBASSADOR, unit)).then_refused(NotTheirsToGive)


@pytest.mark.parametrize(("model", "may"), [(Model.FAMILIES, True), (Model.MARKETS, False), (None, False)])
def test_nor_for_more_models(model, may):
    narrowed = (*everybody(), holds(MINH, Role.ORGANIZER, model=Model.FAMILIES))
    outcome = given(*narrowed).when(given_by(MINH, Role.AMBASSADOR, model=model))
    outcome.then(AccountOpened, RoleGranted) if may else outcome.then_refused(NotTheirsToGive)


def test_who_holds_a_role_whole_may_give_it_narrowed():
    (_, fact) = (
        given(*PEOPLE)
        .when(given_by(MINH, Role.AMBASSADOR, model=Model.MARKETS))
        .then(AccountOpened, RoleGranted)
    )
    assert isinstance(fact, RoleGranted)
    assert fact.model is Model.MARKETS


def test_a_role_for_one_model_is_not_the_role_for_all():
    narrowed = (*PEOPLE, holds(LAN, Role.AMBASSADOR, model=Model.FAMILIES))
    given(*narrowed).when(given_by(MINH, Role.AMBASSADOR)).then(RoleGranted)
    given(*narrowed).when(taken_by(MINH, Role.AMBASSADOR)).then_refused(RoleNotHeld)
    given(*narrowed).when(taken_by(MINH, Role.AMBASSADOR, model=Model.FAMILIES)).then(RoleRevoked)


def test_nobody_gives_themselves_a_role():
    given(*PEOPLE).when(given_by(MINH, Role.AMBASSADOR, person=MINH)).then_refused(NotToThemselves)


def test_nor_under_another_of_their_ids():
    merged = (*PEOPLE, merge(SAU, MINH))
    asked = given_by(SAU, Role.AMBASSADOR, person=MINH)
    given(*merged).when(asked).then_stale()
    given(*merged).when(replace(asked, aliases=((MINH, SAU),))).then_refused(NotToThemselves)


def test_what_was_taken_from_them_a_moment_ago_they_give_no_more():
    given(*PEOPLE, taken_by(ADMIN, Role.ORGANIZER, person=MINH)).when(
        given_by(MINH, Role.AMBASSADOR)
    ).then_refused(NotTheirsToGive)
    given(*PEOPLE, closed_by(ADMIN, MINH)).when(given_by(MINH, Role.AMBASSADOR)).then_refused(NotTheirsToGive)


def test_a_role_may_be_laid_down_by_who_holds_it():
    given(*PEOPLE).when(taken_by(HANH, Role.COMMITTEE, person=HANH)).then(RoleRevoked)
    given(*PEOPLE).when(closed_by(HANH, HANH)).then(AccountClosed)


def test_a_unit_whose_place_was_not_looked_up_is_looked_up_again():
    given(*PEOPLE, holds(LAN, Role.AMBASSADOR)).when(replace(closed_by(MINH), paths={})).then_stale()


def test_an_account_is_closed_by_who_may_take_every_role_of_it():
    both = (*PEOPLE, holds(LAN, Role.AMBASSADOR), holds(LAN, Role.COMMITTEE))
    given(*both).when(closed_by(MINH)).then_refused(NotTheirsToGive)
    given(*both).when(closed_by(ADMIN)).then(AccountClosed)


# A new link for somebody who lost their phone


def test_whoever_may_give_the_roles_gives_a_new_link():
    ambassador = (*PEOPLE, holds(LAN, Role.AMBASSADOR))
    for asker in (LEADER, MINH, ADMIN):
        given(*ambassador).when(recovered_by(asker)).then(AccountRecovered)
    given(*ambassador).when(recovered_by(HANH)).then_refused(NotTheirsToGive)
    given(*ambassador).when(recovered_by(LAN)).then_refused(NotToThemselves)


def test_a_new_link_opens_all_roles_so_it_takes_who_may_give_them_all():
    both = (*PEOPLE, holds(LAN, Role.AMBASSADOR), holds(LAN, Role.COMMITTEE, GIA_LAI))
    given(*both).when(recovered_by(MINH)).then_refused(NotTheirsToGive)
    given(*both).when(recovered_by(ADMIN)).then(AccountRecovered)


def test_also_those_held_under_another_id():
    merged = (*PEOPLE, holds(LAN, Role.AMBASSADOR), merge(HANH, LAN))
    asked = recovered_by(MINH, aliases=((HANH, LAN),))
    given(*merged).when(asked).then_refused(NotTheirsToGive)


def test_a_link_that_goes_out_with_a_role_is_held_to_that_too():
    asked = given_by(MINH, Role.AMBASSADOR, links=True)
    given(*PEOPLE).when(asked).then(AccountOpened, RoleGranted)
    given(*PEOPLE, holds(LAN, Role.COMMITTEE)).when(asked).then_stale()


def test_and_none_goes_out_to_an_administrator_from_one_alone():
    named = (*PEOPLE, holds(LAN, Role.ADMINISTRATOR))
    asked = given_by(ADMIN, Role.AMBASSADOR, links=True)
    given(*named).when(asked).then_stale()
    given(*named).when(replace(asked, links=False)).then(RoleGranted)
    given(*named).when(replace(asked, approver=OTHER_ADMIN)).then(RoleGranted)


# Administrators: two to make one, and one has to stay


def test_the_last_one_stays_also_where_nothing_is_known_of_their_unit():
    given(*everybody(), grant(Role.ADMINISTRATOR)).when(revoke(Role.ADMINISTRATOR)).then_refused(
        LastAdministrator
    )


def test_an_administrator_is_appointed_by_two():
    asked = given_by(ADMIN, Role.ADMINISTRATOR)
    given(*PEOPLE).when(asked).then_refused(TakesTwo)
    (_, fact) = given(*PEOPLE).when(replace(asked, approver=OTHER_ADMIN)).then(AccountOpened, RoleGranted)
    assert isinstance(fact, RoleGranted)
    assert (fact.by, fact.approved) == (f"account:{ADMIN}", f"account:{OTHER_ADMIN}")


@pytest.mark.parametrize("approver", [ADMIN, LAN])
def test_who_asked_or_is_meant_does_not_agree(approver):
    named = (*PEOPLE, holds(LAN, Role.ADMINISTRATOR))
    asked = given_by(ADMIN, Role.ADMINISTRATOR, GIA_LAI, approver=approver)
    given(*named).when(asked).then_refused(NotToThemselves)


@pytest.mark.parametrize("approver", [MINH, HANH, HOA])
def test_nor_does_who_is_no_administrator(approver):
    asked = given_by(ADMIN, Role.ADMINISTRATOR, approver=approver)
    given(*PEOPLE).when(asked).then_refused(NotTheirsToGive)


def test_both_reach_the_unit():
    asked = given_by(OTHER_ADMIN, Role.ADMINISTRATOR, COUNTRY, approver=ADMIN)
    given(*PEOPLE).when(asked).then_refused(NotTheirsToGive)


def test_one_who_was_revoked_meanwhile_asked_in_vain():
    gone = taken_by(OTHER_ADMIN, Role.ADMINISTRATOR, GIA_LAI, person=ADMIN)
    asked = given_by(ADMIN, Role.ADMINISTRATOR, approver=OTHER_ADMIN)
    given(*PEOPLE, gone).when(asked).then_refused(NotTheirsToGive)


def test_an_administrator_is_one_for_all_models():
    asked = holds(LAN, Role.ADMINISTRATOR, model=Model.FAMILIES)
    given(*PEOPLE).when(asked).then_refused(WholeRole)


def test_until_the_other_agrees_there_is_the_account_alone():
    asked = ProposeAdministrator(person=LAN, unit=TUY_PHUOC, by=BY, asker=ADMIN, paths=PATHS)
    given(*PEOPLE).when(asked).then(AccountOpened)
    given(*PEOPLE).when(replace(asked, asker=MINH)).then_refused(NotTheirsToGive)


def test_an_administrator_is_recovered_by_two_others():
    third = PersonId("ba")
    three = (*PEOPLE, *registered(third), holds(third, Role.ADMINISTRATOR, COUNTRY))
    asked = recovered_by(OTHER_ADMIN, ADMIN)
    given(*three).when(asked).then_refused(TakesTwo)
    (fact,) = given(*three).when(replace(asked, approver=third)).then(AccountRecovered)
    assert isinstance(fact, AccountRecovered)
    assert fact.approved == f"account:{third}"
    given(*three).when(replace(asked, approver=ADMIN)).then_refused(NotToThemselves)


ALONE = (*everybody(ADMIN), holds(ADMIN, Role.ADMINISTRATOR, GIA_LAI))


@pytest.mark.parametrize(
    "ending",
    [
        taken_by(ADMIN, Role.ADMINISTRATOR, GIA_LAI, person=ADMIN),
        closed_by(ADMIN, ADMIN),
        RevokeRole(
            person=ADMIN, role=Role.ADMINISTRATOR, unit=GIA_LAI, paths=PATHS, by=By("import:operator")
        ),
        CloseAccount(person=ADMIN, paths=PATHS, by=By("import:operator")),
        ErasePerson(person=ADMIN, paths=PATHS, by=By("import:operator")),
    ],
    ids=["laid down", "closed by themselves", "revoked at the console", "closed at the console", "erased"],
)
def test_the_last_administrator_stays(ending):
    given(*ALONE).when(ending).then_refused(LastAdministrator)
    lesser = holds(OTHER_ADMIN, Role.ADMINISTRATOR, TUY_PHUOC)
    given(*ALONE, *registered(OTHER_ADMIN), lesser).when(ending).then_refused(LastAdministrator)
    second = holds(OTHER_ADMIN, Role.ADMINISTRATOR, COUNTRY)
    outcome = given(*ALONE, *registered(OTHER_ADMIN), second).when(ending)
    match ending:
        case ErasePerson():
            outcome.then(PersonErased, RoleRevoked, AccountClosed)
        case CloseAccount():
            outcome.then(RoleRevoked, AccountClosed)
        case _:
            outcome.then(RoleRevoked)


def test_two_ids_of_one_person_are_one_administrator():
    one = (*ALONE, *registered(OTHER_ADMIN), holds(OTHER_ADMIN, Role.ADMINISTRATOR, GIA_LAI))
    merged = (*one, merge(OTHER_ADMIN, ADMIN))
    both = ((ADMIN, OTHER_ADMIN),)
    for ending in (CloseAccount, ErasePerson):
        decision = ending(person=ADMIN, aliases=both, paths=PATHS, by=BY)
        given(*merged).when(decision).then_refused(LastAdministrator)


def test_who_was_erased_before_is_erased_again_whoever_administers():
    again = ErasePerson(person=ADMIN, before=True, by=By("import:restore"))
    given(*ALONE).when(again).then(PersonErased, RoleRevoked, AccountClosed)
    given(*ALONE, again).when(again).then()


def test_with_the_erasure_ends_all_that_somebody_still_waited_for():
    asked = MakeRequest(request=RequestId("one"), person=LAN, kind=Kind.OBJECT, unit=TUY_PHUOC, by=BY)
    (*_, settled) = (
        given(*everybody(), grant(), asked)
        .when(ErasePerson(person=LAN, by=BY))
        .then(PersonErased, AccountClosed, RequestAcknowledged, RequestSettled)
    )
    assert isinstance(settled, RequestSettled)
    assert settled.outcome is Outcome.DONE


def test_of_two_who_take_it_from_each_other_one_stays():
    first = taken_by(ADMIN, Role.ADMINISTRATOR, GIA_LAI, person=OTHER_ADMIN)
    two = (*ALONE, *registered(OTHER_ADMIN), holds(OTHER_ADMIN, Role.ADMINISTRATOR, GIA_LAI))
    second = taken_by(OTHER_ADMIN, Role.ADMINISTRATOR, GIA_LAI, person=ADMIN)
    given(*two, first).when(second).then_refused(NotTheirsToGive)
    at_the_console = replace(second, asker=None)
    given(*two, first).when(at_the_console).then_refused(LastAdministrator)


def test_a_closed_administrator_counts_no_more():
    two = (*ALONE, *registered(OTHER_ADMIN), holds(OTHER_ADMIN, Role.ADMINISTRATOR, GIA_LAI))
    given(*two, closed_by(ADMIN, OTHER_ADMIN)).when(closed_by(ADMIN, ADMIN)).then_refused(LastAdministrator)
