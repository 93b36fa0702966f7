"""Mutation: the code of rules, access, accounts and vault is changed in small ways, one at a time, and the
tests have to notice at least 85 of 100 such changes. What they do not notice is printed."""

from pathlib import Path

import pytest

from tests.drills.mutants import GROUPS, Group, Mutants, mutated

GOAL = 0.85
SECONDS = 3_000
"""For each group; the domain's 5,500 mutants take some 40 minutes on one busy core."""


@pytest.mark.drill
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_changed_code_is_noticed(group: Group, tmp_path: Path) -> None:
    by_module, said = mutated(group, tmp_path, seconds=SECONDS)
    every = Mutants(
        made=sum(one.made for one in by_module.values()),
        tried=sum(one.tried for one in by_module.values()),
        killed=sum(one.killed for one in by_module.values()),
    )

    print(f"\n{group.name}: {every.killed} of {every.tried} killed, {every.share:.1%} ({every.made} made)")
    for module, one in by_module.items():
        if one.made:
            print(f"  {module}: {one.killed} of {one.tried} ({one.share:.0%})")
            print(*(f"    {survivor}" for survivor in one.survivors), sep="\n")

    assert every.tried > every.made / 2, said
    assert every.share >= GOAL
