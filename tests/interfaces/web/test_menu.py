"""The menu: four entries of one's own, everything else on one page, nothing that does not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.actors import Actor, Grant
from domain.model import Model, PersonId, Role, UnitId
from interfaces.permissions import RULES
from interfaces.web import language, menu


@pytest.fixture(autouse=True)
def _in_vietnamese():
    language.use("vi")


def holding(*roles: Role, model: Model | None = None) -> Actor:
    return Actor(person=PersonId("p"), grants=tuple(Grant(role, UnitId("u"), model) for role in roles))


def shown(asking: Actor | None, path: str = "/") -> list[str]:
    return [link.href for link in menu.links(asking, path)]


def test_a_mentor_records_looks_at_their_own_compares_and_honours():
    assert shown(holding(Role.AMBASSADOR)) == ["/ghi", "/toi", "/xep-hang", "/vinh-danh", "/viec"]


def test_an_organizer_begins_at_their_unit():
    assert shown(holding(Role.ORGANIZER))[0] == "/don-vi"


def test_of_two_roles_the_first_things_of_both_come_first():
    assert shown(holding(Role.AMBASSADOR, Role.ORGANIZER))[:3] == ["/ghi", "/don-vi", "/toi"]


def test_strangers_see_what_is_public():
    assert {"/vinh-danh", "/xac-nhan"} <= set(shown(None))
    assert all(not RULES["GET", href].roles for href in shown(None))


def test_where_a_question_is_asked_there_is_no_menu():
    assert shown(None, "/x/ABCDEFGH") == shown(holding(Role.AMBASSADOR), "/l/ABCDEFGH") == []


def test_a_role_for_markets_does_not_open_what_is_about_learners():
    narrowed = holding(Role.AUDITOR, model=Model.MARKETS)
    assert "/xem-xet" in {item.href for group in menu.groups(holding(Role.AUDITOR)) for item in group.items}
    assert "/xem-xet" not in {item.href for group in menu.groups(narrowed) for item in group.items}


def test_one_entry_is_where_one_is():
    asking = holding(Role.ORGANIZER)
    for path, expected in {
        "/don-vi/52/chi-tieu": "/don-vi",
        "/viec": "/viec",
        "/tai-khoan": "/viec",
        "/bao-mat": None,
    }.items():
        current = [link.href for link in menu.links(asking, path) if link.current]
        assert current == ([expected] if expected else [])
    for role, expected in {Role.AMBASSADOR: "/ghi", Role.TEAM_LEADER: "/viec"}.items():
        records = menu.links(holding(role), "/ghi/di-ho")
        assert [link.href for link in records if link.current] == [expected]


@given(st.sets(st.sampled_from(Role)), st.sampled_from([None, *Model]))
def test_whatever_roles_somebody_holds_everything_in_the_menu_opens(roles: set[Role], model: Model | None):
    asking = holding(*sorted(roles), model=model)
    above = menu.links(asking, "/")
    everything = [item.href for group in menu.groups(asking) for item in group.items]
    assert len(above) <= menu.MOST + 1
    assert {link.href for link in above} <= {*everything, "/viec"}
    assert len(everything) == len(set(everything))
    for href in everything:
        rule = RULES["GET", href]
        assert not rule.roles or asking.holds(*rule.roles, about=rule.model)


def test_whatever_stands_in_the_table_of_the_menu_has_words_in_both_languages():
    for entry in menu.ENTRIES.values():
        language.use("vi")
        said = language.translated(entry.label), language.translated(entry.about)
        language.use("en")
        assert all(one != other for one, other in zip(said, (entry.label, entry.about), strict=True))
