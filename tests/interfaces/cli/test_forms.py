"""Exports of connected forms by command."""

import asyncio
import os
from uuid import uuid4

import pytest

from application.actors import OPERATOR
from application.forms.surveys import ConnectionForm
from application.surveys import connecting
from domain.surveys import Source, Tells
from infrastructure.ledger.writer import utc_now
from infrastructure.settings import from_environment
from interfaces.cli.problems import Exit
from interfaces.main import open_house
from tests.interfaces.homes import TUY_PHUOC

HEAD = "SubmissionDate,ho_ten,nam_sinh,chu_ky_so,meta-instanceID,KEY\n"


@pytest.fixture
def connected(begun):
    """A form of milestones in Tuy Phước: the name of its connection."""
    house = open_house(from_environment(os.environ))
    form = ConnectionForm(
        submission=uuid4().hex, unit=TUY_PHUOC, source=Source.ODK, tells=Tells.MILESTONE, name="Phiếu"
    )
    house.projector.catch_up()
    made = asyncio.run(connecting.connect(house.ground, house.surveys, OPERATOR, form, utc_now()))
    house.close()
    return made.connection


def exported(*names):
    return HEAD + "".join(
        f"2026-03-01T01:25:31.000Z,{name},1960,co,uuid:{place},uuid:{place}\n"
        for place, name in enumerate(names)
    )


def test_an_export_is_brought_in_once_and_says_what_became_of_it(begun, connected, tmp_path):
    file = tmp_path / "phieu.csv"
    file.write_text(exported("Lê Thị Ba", "Lê Văn Bốn", ""), encoding="utf-8-sig")

    first = begun("form", connected, str(file), "--json").json
    again = begun("form", connected, str(file)).out

    assert first == {"recorded": 2, "known": 0, "waiting": 1, "unnamed": 0}
    assert again == "0 recorded, 2 known before, 1 wait to be mended or decided on, 0 without an instance.\n"


def test_what_cannot_be_brought_in_is_said_in_a_sentence(begun, connected, tmp_path):
    file = tmp_path / "phieu.csv"
    file.write_bytes(HEAD.encode() + b"L\xea,1960,co,a,a\n")
    assert "not UTF-8" in begun("form", connected, str(file)).err
    file.write_text("ho_ten\nLê Thị Ba\n", encoding="utf-8")
    assert begun("form", connected, str(file)).code == Exit.REFUSED
    file.write_text(exported("Lê Thị Ba"), encoding="utf-8")
    assert "No form is connected as nothing" in begun("form", "nothing", str(file)).err
