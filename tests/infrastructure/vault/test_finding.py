"""The same person again, or somebody else."""

import pytest

from application.ports import Identity
from domain.model import PersonId, Stale, UnitId
from tests.infrastructure.vault.people import BA_TU, HERE, LAN, found, registered, sealed, sought

ELSEWHERE = UnitId("quy-nhon")
BAY = Identity(name="Nguyễn Thị Bảy", birth_year=1956)
WITHOUT_PHONE = Identity(name="Nguyễn Thị Tư", birth_year=1956)


def test_somebody_new_is_not_found(vault):
    assert found(vault, BA_TU) is None


@pytest.mark.parametrize("name", ["Nguyễn Thị Tư", "nguyen thi tu", "NGUYỄN  THỊ  TƯ", "Nguyê\u0303n Thị Tư"])
def test_another_spelling_is_the_same_person(ledger, vault, name):
    person = sealed(ledger, vault, "tu")
    assert found(vault, Identity(name=name, phone=BA_TU.phone)) == person


def test_a_family_phone_with_another_name_is_another_person(ledger, vault):
    sealed(ledger, vault, "tu")
    assert found(vault, Identity(name="Nguyễn Văn Sáu", phone=BA_TU.phone)) is None


def test_without_a_phone_name_year_and_unit_tell(ledger, vault):
    person = sealed(ledger, vault, "tu", WITHOUT_PHONE)
    assert found(vault, WITHOUT_PHONE) == person
    assert found(vault, WITHOUT_PHONE, ELSEWHERE) is None
    assert found(vault, Identity(name="Nguyễn Thị Tư", birth_year=1957)) is None


def test_who_gave_both_is_found_by_either(ledger, vault):
    person = sealed(ledger, vault, "tu")
    assert found(vault, Identity(name="Nguyễn Thị Tư", phone=BA_TU.phone)) == person
    assert found(vault, WITHOUT_PHONE) == person


def test_who_has_a_phone_by_now_is_the_same_and_found_by_it_from_then_on(ledger, vault):
    person = sealed(ledger, vault, "tu", WITHOUT_PHONE)
    again = sought(vault, BA_TU)
    assert again.person == person

    sealing = vault.sealing([person])
    sealing.completion(person, BA_TU, again)
    registered(ledger, PersonId("somebody"), sealing.rows())

    assert found(vault, Identity(name="Nguyễn Thị Tư", phone=BA_TU.phone)) == person
    assert vault.identities([person]) == {person: BA_TU}


def test_a_completion_changes_nothing_that_was_known(ledger, vault):
    person = sealed(ledger, vault, "tu")
    other = Identity(name="nguyen thi tu", phone=BA_TU.phone, birth_year=1956, workplace="Chợ Bồ Đề")

    sealing = vault.sealing([person])
    sealing.completion(person, other, sought(vault, other))
    registered(ledger, PersonId("somebody"), sealing.rows())

    known = vault.identities([person])[person]
    assert (known.name, known.workplace) == ("Nguyễn Thị Tư", "Chợ Bồ Đề")


def test_namesakes_of_one_year_with_a_phone_each_are_two(ledger, vault):
    first = sealed(ledger, vault, "tu")
    namesake = Identity(name="Nguyễn Thị Tư", phone="+84905999999", birth_year=1956)
    assert found(vault, namesake) is None

    second = sealed(ledger, vault, "another-tu", namesake)

    assert found(vault, BA_TU) == first
    assert found(vault, namesake) == second
    assert found(vault, WITHOUT_PHONE) == first


def test_a_bare_name_is_whomever_the_same_person_means_by_it(ledger, vault):
    person = sealed(ledger, vault, "tu", Identity(name="Bà Tư"))
    assert found(vault, Identity(name="ba tu")) == person
    assert found(vault, Identity(name="Bà Tư"), known_to=PersonId("hoa")) is None
    assert found(vault, Identity(name="Bà Tư"), ELSEWHERE) is None
    assert found(vault, Identity(name="Bà Bảy")) is None


@pytest.mark.parametrize("identity", [WITHOUT_PHONE, Identity(name="Bà Bảy")])
def test_whom_a_unit_knew_that_is_another_by_now_is_known_in_that_one(ledger, vault, identity):
    person = sealed(ledger, vault, "tu", identity)

    def known(*formerly, known_to=LAN):
        return vault.find_people([BAY, identity], ELSEWHERE, known_to=known_to, formerly=formerly)

    assert [one.person for one in known(UnitId("a-third"), HERE)] == [None, person]
    assert [one.person for one in known()] == [None, None]
    again = known(HERE)[1]
    assert (again.missing, again.index_state) == (again.entries, 0)  # found under today's unit from then on
    if identity.birth_year is None:
        assert known(HERE, known_to=PersonId("hoa"))[1].person is None


def test_two_who_seal_the_same_person_at_once_do_not_both_succeed(ledger, vault):
    stranger = vault.strangers([BA_TU], HERE, known_to=PersonId("hoa"))[0]
    sealed(ledger, vault, "tu")
    sealing = vault.sealing()
    sealing.person(PersonId("tu-again"), BA_TU, stranger)
    with pytest.raises(Stale):
        registered(ledger, PersonId("tu-again"), sealing.rows())
    assert vault.names([PersonId("tu-again")]) == {}


def test_a_correction_is_found_by_what_is_right_only(ledger, vault):
    person = sealed(ledger, vault, "tu")
    right = Identity(name="Nguyễn Thị Tú", phone="+84905123457", birth_year=1956)

    sealing = vault.sealing([person])
    sealing.correction(person, right, sought(vault, right))
    registered(ledger, PersonId("somebody"), sealing.rows())

    assert found(vault, right) == person
    assert found(vault, BA_TU) is None
    assert vault.names([person]) == {person: "Nguyễn Thị Tú"}
