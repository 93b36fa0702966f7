"""A unit's own page, and the map: who is behind, who fell silent, where everything lies."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from application import targets
from application.actors import OPERATOR
from application.forms.targets import FigureForm
from domain.attention import last_whole_week
from domain.model import (
    Answer,
    By,
    Channel,
    Evidence,
    Group,
    LessonId,
    PersonId,
    Role,
    Skill,
    TeachingId,
    UnitId,
)
from domain.people import PersonRegistered
from domain.teaching import TeachingAnswered, TeachingLogged
from infrastructure import official_units
from interfaces.web.figures import today
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing

QUY_NHON = "21583"
LAN = PersonId("lan-of-old")


def unit_id(home: Home, ref: str) -> UnitId:
    found = home.house.units.find(ref)
    assert found is not None
    return found.id


def taught(home: Home, ref: str, on: date, people: int, *, confirmed: bool = True) -> None:
    """So many people taught in a unit on a day, entered by their mentor."""
    unit, facts = unit_id(home, ref), []
    for _ in range(people):
        learner, teaching = PersonId(uuid4().hex), TeachingId(uuid4().hex)
        said: dict[str, Any] = {
            "at": home.house.clock(), "by": By(f"account:{LAN}"), "teaching": teaching, "ambassador": LAN,
            "learner": learner, "skills": (Skill("vneid"),), "unit": unit, "on": on,
        }  # fmt: skip
        facts += [
            PersonRegistered(at=said["at"], by=said["by"], person=learner, group=Group.PEOPLE, unit=unit),
            TeachingLogged(**said, lesson=LessonId(uuid4().hex), channel=Channel.ONE_TO_ONE),
        ]
        if confirmed:
            facts.append(TeachingAnswered(**said, answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE))
    home.run(home.house.ledger.decide(Happening(facts=tuple(facts))))
    home.catch_up()


def adults(home: Home, ref: str, many: int) -> None:
    form = FigureForm(
        submission=uuid4().hex, unit=ref, group="adults", as_of=date(2026, 1, 31), value=many, document="1/BC"
    )
    home.run(targets.declare(home.house.ground, OPERATOR, form, official_units.parts))
    home.catch_up()


@pytest.fixture
def minh(home: Home) -> Browsing:
    return browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")


def order(page: str, *names: str) -> list[str]:
    """These names in the order of the table of units below."""
    table = page.partition('id="children"')[2]
    return sorted(names, key=lambda name: table.index(f">{name}</a>"))


def test_who_is_behind_stands_first_by_people_and_by_adults_where_they_are_declared(
    home: Home, minh: Browsing
) -> None:
    names = {one.code or "": one.name for one in home.house.units.children(unit_id(home, PROVINCE))}
    some = [TUY_PHUOC, *(code for code in names if code != TUY_PHUOC)][:2]
    taught(home, some[0], today(home.house), 4)
    taught(home, some[1], today(home.house), 2)
    page = minh.get(f"/don-vi/{PROVINCE}").text
    assert "So sánh theo: số người học đã xác nhận" in page
    assert order(page, *(names[code] for code in some)) == [names[some[1]], names[some[0]]]
    for code in names:
        adults(home, code, 100 if code == some[1] else 4_000)
    page = minh.get(f"/don-vi/{PROVINCE}").text
    assert "trên 100 người trưởng thành" in page
    assert "2 trên 100 (31/01/2026)" in page
    assert order(page, *(names[code] for code in some)) == [names[some[0]], names[some[1]]]


def test_the_weeks_of_a_unit_are_drawn_with_their_table(home: Home, minh: Browsing) -> None:
    whole = last_whole_week(today(home.house))
    taught(home, TUY_PHUOC, whole, 3)
    taught(home, TUY_PHUOC, today(home.house), 2, confirmed=False)
    page = minh.get(f"/don-vi/{TUY_PHUOC}").text
    assert "Số người học đã xác nhận, theo tuần được hướng dẫn" in page
    row = re.search(rf'<th scope="row">{whole:%d/%m}</th>(<td class="n">\d+</td>)+', page)
    assert row is not None
    assert re.findall(r">(\d+)</td>", row[0]) == ["3", "3", "3"]
    assert "không cộng lại" in page


def test_a_sudden_drop_is_said_and_named_a_sign_of_ours(home: Home, minh: Browsing) -> None:
    last = last_whole_week(today(home.house))
    for back in range(1, 5):
        taught(home, TUY_PHUOC, last - timedelta(weeks=back), 6)
    taught(home, TUY_PHUOC, last, 1)
    above, own = minh.get(f"/don-vi/{PROVINCE}").text, minh.get(f"/don-vi/{TUY_PHUOC}").text
    assert f"giảm 83%: 1 người được ghi trong tuần từ {last:%d/%m}, trước đó mỗi tuần 6 người" in above
    assert "không có trong kế hoạch hay văn bản luật nào" in above
    assert "Cần chú ý: giảm 83%" in own


def test_units_that_never_entered_anything_are_listed_apart(home: Home, minh: Browsing) -> None:
    taught(home, TUY_PHUOC, today(home.house), 1)
    below = len(home.house.units.children(unit_id(home, PROVINCE)))
    assert f"{below - 1} đơn vị chưa ghi mục nào" in minh.get(f"/don-vi/{PROVINCE}").text


def test_the_number_of_questions_does_not_grow_with_the_units_below(home: Home, minh: Browsing) -> None:
    """The country has two provinces here, the province many communes."""
    admin = browsing(home, Role.ADMINISTRATOR, "VN", "Trần Thị Quản")
    few, many = (len(home.house.units.children(unit_id(home, ref))) for ref in ("VN", PROVINCE))
    assert many > 3 * few
    for path in ("/don-vi/{}", "/ban-do?unit={}"):
        of_few, of_many = (asked(home, path.format(ref), admin) for ref in ("VN", PROVINCE))
        assert of_many <= of_few + 4


def asked(home: Home, path: str, who: Browsing) -> int:
    """How many statements a page takes once what is remembered for a while is known: the fewest of
    three times."""
    who.get(path)
    return min(_counted(home, path, who) for _ in range(3))


def _counted(home: Home, path: str, who: Browsing) -> int:
    statements: list[str] = []
    with home.house.asking() as db:
        engine = db.engine

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        who.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements
    return len(statements)


def test_strangers_see_on_the_map_what_boards_publish_and_nothing_that_offices_declared(home: Home) -> None:
    stranger = Browsing(home)
    page = stranger.get("/ban-do")
    assert page.status_code == 200
    assert "Trên 100 người trưởng thành" not in page.text
    assert f"/ban-do?unit={PROVINCE}" in page.text
    assert "/don-vi/" not in page.text
    assert stranger.get("/ban-do?by=per-adult").status_code == 404
    assert stranger.get("/ban-do?by=target").status_code == 404
    assert stranger.get("/ban-do?unit=99999").status_code == 404


def test_the_map_leads_to_the_pages_of_ones_own_units_and_to_boards_elsewhere(
    home: Home, minh: Browsing
) -> None:
    country = minh.get("/ban-do").text
    assert f'href="/don-vi/{PROVINCE}" data-ref="{PROVINCE}"' in country
    assert 'href="/ban-do?unit=01' in country
    assert f'href="/don-vi/{TUY_PHUOC}"' in minh.get(f"/ban-do?unit={PROVINCE}").text
    assert f'href="/xep-hang?unit={ELSEWHERE}"' in minh.get("/ban-do?unit=01").text


def test_every_measure_is_printed_in_the_table_as_it_is_drawn(home: Home, minh: Browsing) -> None:
    taught(home, TUY_PHUOC, today(home.house), 3)
    adults(home, TUY_PHUOC, 200)
    for by, said in {
        "people": "3",
        "per-adult": "1,5",
        "ambassadors": "0",
        "families": "0",
        "vendors": "0",
    }.items():
        page = minh.get(f"/ban-do?unit={PROVINCE}&by={by}").text
        name = home.house.units.find(TUY_PHUOC)
        assert name is not None
        row = page.partition(f'data-ref="{TUY_PHUOC}">{name.name}</a>')[2].partition("</tr>")[0]
        assert f'<td class="n">{said}</td>' in row
        if "<svg class=" in page and "<circle" in page:
            assert f"<title>{name.name}: {said}</title>" in page


def test_programs_are_told_the_same_weeks_who_is_behind_and_what_fell(home: Home) -> None:
    last = last_whole_week(today(home.house))
    for back, people in ((4, 6), (3, 6), (2, 6), (1, 6), (0, 1)):
        taught(home, TUY_PHUOC, last - timedelta(weeks=back), people)
    minh = home.caller(Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    found = minh.get(f"/units/{PROVINCE}/weeks").json()
    assert [one["confirmed"] for one in found["weeks"][-6:]] == [6, 6, 6, 6, 1, 0]
    assert (found["by"], found["below"][-1]["code"]) == ("people", TUY_PHUOC)
    told = found["below"][-1]
    assert (told["value"], told["silent_days"], told["drop"]["people"]) == (25, None, 1)
    assert told["last_entry"] == found["last_entry"] == today(home.house).isoformat()
    lan = home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")
    assert lan.get(f"/units/{PROVINCE}/weeks").status_code == 404
