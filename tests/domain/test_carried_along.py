"""What is carried from a request into facts, from criteria into rules, and from facts into what is known:
each field, and nothing else."""

import pytest

from domain import catalogue, cutoff, digital_markets, families
from domain.access import RoleGranted, RoleRevoked
from domain.criteria import DEFAULT
from domain.model import Group, Role, UnitId
from domain.names import sort_key
from domain.people import ConsentGiven, GuardianConsented, Newcomer, PersonRegistered, Purpose
from domain.revoking import CloseAccount
from domain.teaching import TeachingLogged
from tests.cast import BY, GIA_LAI, HANH, LAN, MINH, NOW, TU, TUY_PHUOC


class TestNewcomers:
    AGREED = (Purpose.CONTACT, Purpose.REMINDERS, Purpose.CONTACT)
    KNOWN = PersonRegistered(at=NOW, by=BY, person=TU, group=Group.WORKERS, unit=TUY_PHUOC, minor=True)

    def test_who_agreed_to_nothing_is_known(self):
        somebody = Newcomer(person=TU, group=Group.WORKERS, minor=True)

        assert somebody.facts(NOW, BY, TUY_PHUOC) == [self.KNOWN]

    def test_each_purpose_is_agreed_to_once(self):
        somebody = Newcomer(person=TU, group=Group.WORKERS, minor=True, consents=self.AGREED)

        assert somebody.facts(NOW, BY, TUY_PHUOC) == [
            self.KNOWN,
            ConsentGiven(at=NOW, by=BY, person=TU, purpose=Purpose.CONTACT),
            ConsentGiven(at=NOW, by=BY, person=TU, purpose=Purpose.REMINDERS),
        ]

    def test_a_guardian_agrees_to_the_same(self):
        somebody = Newcomer(
            person=TU, group=Group.WORKERS, minor=True, consents=(Purpose.CONTACT,), guardian=True
        )

        assert somebody.facts(NOW, BY, TUY_PHUOC)[1:] == [
            ConsentGiven(at=NOW, by=BY, person=TU, purpose=Purpose.CONTACT),
            GuardianConsented(at=NOW, by=BY, person=TU, purpose=Purpose.CONTACT),
        ]


def granted(person, role=Role.ADMINISTRATOR, unit: UnitId = TUY_PHUOC) -> RoleGranted:
    return RoleGranted(at=NOW, by=BY, person=person, role=role, unit=unit)


def revoked(person, role=Role.ADMINISTRATOR, unit: UnitId = TUY_PHUOC) -> RoleRevoked:
    return RoleRevoked(at=NOW, by=BY, person=person, role=role, unit=unit)


def administrators(*facts):
    """Those whom a decision that may take one away knows of."""
    decision = CloseAccount(person=TU, by=BY)
    for fact in facts:
        decision.weigh(fact)
    return {person for person, _held in decision.administrators}


class TestAdministrators:
    def test_those_who_were_made_so(self):
        assert administrators(granted(LAN), granted(MINH)) == {LAN, MINH}

    def test_no_other_role_is_one(self):
        assert administrators(granted(LAN, Role.ORGANIZER)) == set()

    def test_who_is_one_no_longer(self):
        assert administrators(granted(LAN), granted(HANH), revoked(LAN)) == {HANH}

    def test_who_is_one_somewhere_else_still(self):
        assert administrators(granted(LAN), granted(LAN, unit=GIA_LAI), revoked(LAN)) == {LAN}

    def test_another_role_taken_back_changes_nothing(self):
        assert administrators(granted(LAN), revoked(LAN, Role.ORGANIZER)) == {LAN}

    def test_what_was_never_held_is_taken_back_without_harm(self):
        assert administrators(revoked(LAN), granted(HANH)) == {HANH}


class TestRules:
    def test_of_families(self):
        assert cutoff.family_rule(DEFAULT, "hash") == families.FamilyRule(
            proficient_skills=DEFAULT.proficient_skills,
            teaches_member=DEFAULT.family_teaches_member,
            declared=DEFAULT.family_declared,
            criteria="hash",
        )

    def test_of_markets(self):
        assert cutoff.market_rule(DEFAULT, "hash") == digital_markets.MarketRule(
            percent=DEFAULT.market_percent,
            counts=DEFAULT.market_counts,
            means=DEFAULT.market_means,
            active_days=DEFAULT.active_days,
            criteria="hash",
            unverified="market_percent" in DEFAULT.unverified,
        )


class TestOrder:
    def test_digits_come_before_letters_and_other_scripts_after_them(self):
        names = ["Tư я", "Tư a", "Tư 9", "Tư y", "Tư ž", "Tư 1"]

        assert sorted(names, key=sort_key) == ["Tư 1", "Tư 9", "Tư a", "Tư y", "Tư ž", "Tư я"]


class TestCatalogue:
    def test_two_facts_of_one_name_and_version_are_a_mistake(self):
        with pytest.raises(AssertionError, match="share a name"):
            catalogue._by_name((TeachingLogged, TeachingLogged))

    def test_each_is_found_by_name_and_version(self):
        assert catalogue._by_name((TeachingLogged,)) == {("teaching-logged", 1): TeachingLogged}

    def test_what_is_listed_is_known(self):
        assert catalogue.knows("teaching-logged", 1)
        assert not catalogue.knows("teaching-logged", 99)
