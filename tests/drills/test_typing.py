"""All that attackers type, in every field of every form."""

import logging
from pathlib import Path

import pytest

from infrastructure.tries import Limit
from interfaces.web import tries
from interfaces.web.tries import Kind
from tests.drills.test_fuzzing import a_home
from tests.interfaces.hostile.attacking import assert_whole, attack_every_form
from tests.interfaces.hostile.corpus import MARK, PRODUCT


@pytest.mark.drill
def test_every_field_of_every_form_with_everything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = Limit(10**9, 3_600)
    for kind in Kind:  # a refusal to look at what was typed would be no answer to it
        monkeypatch.setitem(tries.LIMITS, kind, tries.Limits(never, never, never, never))
    with caplog.at_level(logging.DEBUG), a_home(tmp_path / "home", None) as home:
        attacked = attack_every_form(home, part=1)
        assert_whole(home)

    print(f"\n{attacked.sent} forms sent to {len(attacked.routes)} routes")
    assert attacked.sent > 5_000
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert MARK not in logged
    assert PRODUCT not in logged
