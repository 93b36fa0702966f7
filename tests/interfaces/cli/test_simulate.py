"""A simulated movement goes through the same rules as a real one, and gives the same figures again."""

import asyncio
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from application import answers
from application.forms.teaching import AnswerForm
from domain import catalogue
from domain.calendar import day_of
from domain.campaigns import CampaignAnnounced
from domain.closing import MonthClosed, ReportSent, month_before, month_of
from domain.criteria import CriteriaAdopted
from domain.model import Answer, Position
from domain.recognition import AmbassadorRecognised
from domain.teaching import TeachingLogged
from infrastructure.ledger.tables import fact
from infrastructure.read_models import figures, honours, leaderboard
from infrastructure.read_models.standings import Metric
from infrastructure.settings import from_environment
from interfaces.cli.problems import Exit
from interfaces.main import open_house
from tests.interfaces.cli.conftest import Terminal

ARGV = ("simulate", "--unit", "52", "--formerly", "52", "--ambassadors", "40", "--days", "30", "--json")


@pytest.fixture(scope="module")
def movement(tmp_path_factory):
    """Lived once for this module: its home, and what `lantoa simulate` said of it."""
    folder = tmp_path_factory.mktemp("simulated")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LANTOA_HOME", str(folder / "home"))
        said = Terminal(folder)(*ARGV)
    assert said.code == 0, said.err
    return folder / "home", said.json


def opened(home):
    return open_house(from_environment({"LANTOA_HOME": str(home)}), following=False)


def facts_of(house):
    with house.database.reading() as db:
        return [catalogue.decode(row.name, row.version, row.data) for row in db.execute(fact.select())]


def counted(house):
    """Every figure of the province and its communes, and the whole leaderboard, without ids of people."""
    province = house.units.find("52").id
    with house.asking() as db:
        found = figures.figures(db, province, active_since=date(2020, 1, 1))
        board = leaderboard.board(db, unit=province, metric=Metric.PEOPLE, period="all", limit=100)
    rows = sorted((row.rank, row.score, row.able, row.claimed) for row in board.rows)
    return found.own, found.children, rows


def test_it_is_simulated_whole_and_nothing_was_parked(movement, lantoa, monkeypatch):
    home, said = movement
    monkeypatch.setenv("LANTOA_HOME", str(home))
    status = lantoa("status", "--json")
    assert (status.code, status.json["simulated"]) == (0, True)
    assert status.json["head"] == said["position"]
    assert lantoa("ledger", "check").code == 0


def test_a_month_that_is_over_is_closed_and_reported(movement):
    home, _ = movement
    house = opened(home)
    facts = facts_of(house)
    house.close()
    first = min(fact.on for fact in facts if isinstance(fact, TeachingLogged))
    evenings = [first + timedelta(days=day) for day in range(4, 30)]
    over = {month_before(month_of(day)) for day in evenings if day.day >= 7 and day < day_of(facts[-1].at)}
    closed = {fact.month for fact in facts if isinstance(fact, MonthClosed)}
    assert {month for month in over if month >= month_of(first)} <= closed
    assert {fact.month for fact in facts if isinstance(fact, ReportSent)} == closed


def test_its_days_end_now_and_nobody_lives_in_the_future(movement):
    home, _ = movement
    house = opened(home)
    facts = facts_of(house)
    house.close()
    today = day_of(datetime.now(UTC))
    assert facts[-1].at <= datetime.now(UTC)
    assert day_of(facts[0].at) >= today - timedelta(days=31)
    lessons = [fact for fact in facts if isinstance(fact, TeachingLogged)]
    assert {fact.on <= day_of(fact.at) for fact in lessons} == {True}
    assert len({day_of(fact.at) for fact in lessons}) > 20


def test_some_are_recognised_soon_after_it_fell_due(movement):
    home, _ = movement
    house = opened(home)
    facts = facts_of(house)
    recognised = [fact for fact in facts if isinstance(fact, AmbassadorRecognised)]
    house.close()
    (campaign,) = [fact for fact in facts if isinstance(fact, CampaignAnnounced)]
    assert day_of(campaign.at) <= campaign.begins < campaign.ends <= day_of(facts[-1].at)
    assert any(isinstance(fact, CriteriaAdopted) and fact.content.of_statuses for fact in facts)
    assert len({fact.person for fact in recognised}) > 5
    assert len(Counter(day_of(fact.at) for fact in recognised)) > 3


def test_a_fifth_yes_makes_an_ambassador(movement, tmp_path):
    home, said = movement
    copied = tmp_path / "copied"
    shutil.copytree(home, copied, ignore=lambda _, names: [name for name in names if name.endswith(".sock")])
    house = open_house(from_environment({"LANTOA_HOME": str(copied)}))
    try:
        form = AnswerForm(code=said["shown"]["code"], answer=Answer.ABLE)
        answered = asyncio.run(answers.answer(house.ground, form))
        assert house.projector.wait_for(Position(answered.position + 1), 10)
        with house.asking() as db:
            held = honours.standing_rows(db, honours.Status.AMBASSADOR, [said["shown"]["ambassador"]])
        assert len(list(held)) == 1
    finally:
        house.close()


def test_nominees_are_listed_for_people_scripts_and_spreadsheets(movement, lantoa, monkeypatch, tmp_path):
    monkeypatch.setenv("LANTOA_HOME", str(movement[0]))
    today = day_of(datetime.now(UTC)).isoformat()
    asked = ("nominees", "--unit", "52", "--done-by", today)
    whole = lantoa(*asked, "--json").json
    assert len(whole["rows"]) == whole["row_count"] > 5
    assert f"{whole['row_count']} rows" in lantoa(*asked).out
    assert lantoa(*asked, "--output", "list.csv").code == 0
    assert whole["rows"][0]["name"] in (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    assert lantoa(*asked, "--output", "list.xlsx").code == 0
    assert (tmp_path / "list.xlsx").read_bytes().startswith(b"PK")


def test_its_teams_and_their_rounds_are_told_to_people_and_scripts(movement, lantoa, monkeypatch):
    monkeypatch.setenv("LANTOA_HOME", str(movement[0]))
    found = lantoa("teams", "52", "--json").json
    assert found["total"] == len(found["rows"]) == round(40 * 1_116 / 4_300)
    assert all(one["members"] for one in found["rows"])
    assert f"{found['total']} teams in" in lantoa("teams", "52").out
    doors = lantoa("visits", "52", "--json").json
    assert doors["unit"]["visited"] == sum(one["visited"] for one in doors["children"]) > 0
    assert 0 < doors["unit"]["covered"] < 1
    assert "Wanted to be taught:" in lantoa("visits", "52").out


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (("--unit", "99", "--done-by", "2026-01-01"), "99"),
        (("--unit", "52", "--done-by", "2020-01-01"), "criteria"),
        (("--unit", "52", "--done-by", "2026-10-02", "--received-by", "2026-10-01"), "--received-by"),
        (("--unit", "52", "--done-by", "2026-10-02", "--output", "list.pdf"), "list.pdf"),
    ],
)
def test_a_list_that_cannot_be_made_says_why(movement, lantoa, monkeypatch, argv, word):
    monkeypatch.setenv("LANTOA_HOME", str(movement[0]))
    said = lantoa("nominees", *argv)
    assert (said.code, word in said.err) == (Exit.REFUSED, True)


def test_the_same_seed_gives_the_same_figures(movement, lantoa, home):
    assert lantoa(*ARGV).code == 0
    first, again = opened(movement[0]), opened(home)
    try:
        assert counted(first) == counted(again)
    finally:
        first.close()
        again.close()


def test_a_home_with_its_territory_is_founded_anew(begun):
    said = begun("simulate", "--unit", "52", "--ambassadors", "2", "--days", "2", "--json")
    assert said.code == 0, said.err
    assert begun("status", "--json").json["simulated"] is True


def test_people_are_never_mixed_with_invented_ones(begun):
    begun("invite", "--role", "organizer", "--unit", "52", "--name", "Trần Văn Minh")
    before = begun("status", "--json").json["head"]
    said = begun("simulate", "--unit", "52", "--ambassadors", "2", "--days", "2")
    assert said.code == Exit.REFUSED
    assert "people" in said.err
    assert begun("status", "--json").json["head"] == before


@pytest.mark.parametrize(
    "wrong",
    [
        ("--unit", "99", "--ambassadors", "2"),
        ("--unit", "VN", "--ambassadors", "2"),
        ("--unit", "52", "--formerly", "42", "--ambassadors", "2"),
        ("--unit", "52", "--ambassadors", "2", "--days", "3000"),
    ],
)
def test_what_cannot_be_simulated_is_refused(lantoa, wrong):
    said = lantoa("simulate", *wrong)
    assert said.code == Exit.REFUSED
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("wrong", [("--ambassadors", "1"), ("--ambassadors", "x"), ("--days", "0")])
def test_numbers_that_make_no_sense_are_named(lantoa, wrong):
    said = lantoa("simulate", "--unit", "52", "--ambassadors", "2", *wrong)
    assert (said.code, wrong[0] in said.err) == (Exit.USAGE, True)
