"""Lineage: what happened anywhere is counted in everything it lay in, then and now."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.lineage import Lineage
from domain.model import UnitId
from domain.territory import UnitAbolished, UnitEstablished, UnitFact, UnitKind, UnitsMerged, UnitSplit
from tests.cast import BY, NOW

DAY = date(2025, 7, 1)
VN = UnitId("vn")
OLD, DISTRICT, NEW = UnitId("binh-dinh"), UnitId("an-nhon"), UnitId("gia-lai")
A, B, C = UnitId("a"), UnitId("b"), UnitId("c")
X, Y = UnitId("x"), UnitId("y")


def begun(unit: UnitId, parent: UnitId | None, kind: UnitKind = UnitKind.COMMUNE) -> UnitEstablished:
    return UnitEstablished(at=NOW, by=BY, unit=unit, valid_from=DAY, name=unit, kind=kind, parent=parent)


def merged(into: UnitId, *parts: UnitId) -> UnitsMerged:
    return UnitsMerged(at=NOW, by=BY, unit=into, valid_from=DAY, parts=parts)


def split(unit: UnitId, *into: UnitId) -> UnitSplit:
    return UnitSplit(at=NOW, by=BY, unit=unit, valid_from=DAY, into=into)


def folded(*facts: UnitFact) -> Lineage:
    lineage = Lineage()
    for fact in facts:
        lineage.weigh(fact)
    return lineage


REFORM = (
    begun(VN, None, UnitKind.COUNTRY),
    begun(OLD, VN, UnitKind.PROVINCE),
    begun(DISTRICT, OLD, UnitKind.TOWN),
    *(begun(one, DISTRICT) for one in (A, B, C)),
    begun(NEW, VN, UnitKind.PROVINCE),
    begun(X, NEW),
    begun(Y, NEW),
    merged(NEW, OLD),
    UnitAbolished(at=NOW, by=BY, unit=DISTRICT, valid_from=DAY),
)


def test_a_commune_of_before_counts_in_its_province_of_then_and_in_what_it_went_into():
    lineage = folded(*REFORM, merged(X, A, B))
    assert set(lineage.above(A)) == {A, DISTRICT, OLD, VN, X, NEW}
    assert lineage.now(A) == X
    assert not lineage.divided(A)


def test_a_commune_of_today_counts_in_every_unit_of_before_that_held_all_of_it():
    lineage = folded(*REFORM, merged(X, A, B))
    assert set(lineage.above(X)) == {X, NEW, VN, DISTRICT, OLD}


def test_one_that_is_the_same_under_a_new_name_counts_in_the_old_one_too():
    assert A in folded(*REFORM, merged(X, A)).above(X)


def test_one_of_two_provinces_counts_in_neither_of_them():
    other = UnitId("kon-tum")
    lineage = folded(*REFORM, begun(other, VN, UnitKind.PROVINCE), begun(UnitId("d"), other), merged(X, A))
    lineage.weigh(merged(X, UnitId("d")))
    lineage.weigh(merged(NEW, other))
    assert set(lineage.above(X)) == {X, NEW, VN}


def test_what_was_split_lies_only_in_what_all_its_parts_lie_in():
    lineage = folded(*REFORM, merged(X, A), split(C, Y, X))
    assert set(lineage.above(C)) == {C, DISTRICT, OLD, VN, NEW}
    assert lineage.now(C) == Y  # the largest part stands for it
    assert lineage.divided(C)
    assert [folded(*some).any_divided for some in (REFORM, (merged(X, A),), (split(C, Y, X),))] == [
        False,
        False,
        True,
    ]


def test_what_a_unit_was_made_of_and_what_it_became():
    lineage = folded(*REFORM, merged(X, A, B), split(C, Y, X))
    assert [set(lineage.pieces(unit)) for unit in (X, Y, A)] == [{A, B, C}, {C}, set()]
    assert [tuple(lineage.became(unit)) for unit in (A, C, X, DISTRICT)] == [(X,), (Y, X), (), ()]


def test_a_hamlet_follows_the_commune_it_lies_in():
    hamlet = UnitId("thon-1")
    lineage = folded(*REFORM, begun(hamlet, A, UnitKind.HAMLET), merged(X, A, B))
    assert {A, X, NEW, OLD} <= set(lineage.above(hamlet))


def test_mergers_follow_on_mergers():
    lineage = folded(*REFORM, merged(X, A), merged(Y, X))
    assert lineage.now(A) == Y
    assert {X, Y, NEW} <= set(lineage.above(A))


@st.composite
def territories(draw: st.DrawFn) -> tuple[list[UnitFact], list[UnitId]]:
    """A country whose communes are merged and split at random, again and again."""
    provinces = [UnitId(f"p{number}") for number in range(draw(st.integers(1, 3)))]
    facts: list[UnitFact] = [begun(VN, None, UnitKind.COUNTRY)]
    facts += [begun(one, VN, UnitKind.PROVINCE) for one in provinces]
    standing: list[UnitId] = []
    for number in range(draw(st.integers(2, 6))):
        standing.append(UnitId(f"c{number}"))
        facts.append(begun(standing[-1], draw(st.sampled_from(provinces))))
    every = list(standing)
    for number in range(draw(st.integers(0, 6))):
        fresh = [UnitId(f"n{number}-{part}") for part in range(draw(st.integers(1, 3)))]
        facts += [begun(one, draw(st.sampled_from(provinces))) for one in fresh]
        some = draw(st.lists(st.sampled_from(standing), min_size=1, max_size=3, unique=True))
        if len(fresh) == 1:
            facts.append(merged(fresh[0], *some))
        else:
            some = some[:1]
            facts.append(split(some[0], *fresh))
        standing = [one for one in standing if one not in some] + fresh
        every += fresh
    return facts, every


@settings(max_examples=150, deadline=None)
@given(territories(), st.data())
def test_every_person_counts_once_in_the_country_and_in_one_province_of_then(made, data):
    facts, every = made
    lineage = folded(*facts)
    parents = {fact.unit: fact.parent for fact in facts if isinstance(fact, UnitEstablished)}
    for unit in every:
        above = lineage.above(unit)
        assert above[0] == unit
        assert above.count(VN) == 1
        assert parents[unit] in above  # its own boundaries hold for ever
        became = lineage.became(unit)
        if became and not lineage.divided(unit):
            assert set(lineage.above(lineage.now(unit))) >= {lineage.now(unit), VN}
            assert lineage.now(unit) in above


@settings(max_examples=100, deadline=None)
@given(territories())
def test_the_order_in_which_facts_are_told_makes_no_difference(made):
    facts, every = made
    ahead, behind = folded(*facts), folded(*(one for one in reversed(facts)))
    assert [set(ahead.above(one)) for one in every] == [set(behind.above(one)) for one in every]


def test_where_somebody_lives_is_in_doubt_in_what_was_divided_and_its_hamlets():
    hamlet, new = UnitId("thon-1"), UnitId("thon-moi")
    lineage = folded(*REFORM, begun(hamlet, C, UnitKind.HAMLET), split(C, Y, X), merged(X, A))
    assert [lineage.divided_in(one) for one in (C, hamlet, A, X)] == [C, C, None, None]
    assert lineage.standing(C) == (Y, X)
    lineage.weigh(begun(new, X, UnitKind.HAMLET))
    lineage.weigh(merged(new, hamlet))
    assert not lineage.in_doubt(hamlet)  # it names the part


def test_what_was_merged_and_then_divided_is_in_doubt_too():
    lineage = folded(*REFORM, begun(UnitId("z"), NEW), merged(X, A), split(X, Y, UnitId("z")))
    assert lineage.divided_in(A) == X
    assert set(lineage.standing(A)) == {Y, UnitId("z")}


def later(kind: type[UnitFact], days: int, **fields: object) -> UnitFact:
    return kind(at=NOW, by=BY, valid_from=DAY + timedelta(days), **fields)  # type: ignore[arg-type]


def test_who_was_placed_counts_in_the_part_and_in_what_became_of_it_and_in_nothing_of_before():
    z = UnitId("z")
    lineage = folded(*REFORM, split(C, Y, X), merged(X, A))
    assert set(lineage.placed(C, X)) == {X, NEW, VN}
    assert set(lineage.placed(C, A)) == {X, NEW, VN}  # A itself ended on the same day
    assert lineage.placed(C, B) == ()  # of no part
    lineage.weigh(begun(z, NEW))
    lineage.weigh(later(UnitsMerged, 1, unit=z, parts=(X,)))
    assert set(lineage.placed(C, X)) == {X, z, NEW, VN}  # it stood for a day
    assert set(lineage.placed(C, z)) == {X, z, NEW, VN}  # there is no other way there


def test_a_unit_lies_in_what_it_was_made_of_and_not_in_what_it_took_in():
    lineage = folded(*REFORM, merged(X, A), later(UnitsMerged, 1, unit=X, parts=(Y,)))
    assert A not in lineage.above(X)
    assert Y not in lineage.above(X)
    assert A in folded(*REFORM, merged(X, A)).above(X)
