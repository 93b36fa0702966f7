"""What attackers type stands in the vault and the ledger already: no page, file or log runs it, or shows
it as anything but text."""

import csv
import io
import logging
import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import openpyxl
import pytest
from markupsafe import escape

from domain.model import Role
from tests.interfaces.api.requests import eventually, today
from tests.interfaces.conftest import copied
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.hostile.attacking import NAMED
from tests.interfaces.hostile.corpus import FORMULAS, MARK, PRODUCT, SCRIPTS
from tests.interfaces.hostile.crawling import STARTS, Crawler
from tests.interfaces.hostile.planting import OF_GROUPS, UNSEEN, plant
from tests.interfaces.web.browsing import Browsing, browsing

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

LISTS = [
    f"/vinh-danh?unit={TUY_PHUOC}",
    f"/xep-hang?unit={TUY_PHUOC}",
    f"/don-vi/{TUY_PHUOC}",
    "/xem-xet?show=all",
]
GROUPS = [
    f"/to?unit={TUY_PHUOC}",
    f"/noi-lam-viec?unit={TUY_PHUOC}",
    f"/chien-dich?unit={TUY_PHUOC}",
    f"/xep-hang?unit={TUY_PHUOC}&of=teams",
    f"/xep-hang?unit={TUY_PHUOC}&of=workplaces",
    "/ket-noi",
]
NOMINEES = f"/khen-thuong?unit={PROVINCE}&done_by={today()}&received_by={today()}"


class Planted:
    def __init__(self, home: Home, pages: list[str], logged: str) -> None:
        self.home = home
        self.pages = [*LISTS, *GROUPS, NOMINEES, *pages]
        self.logged = logged


@pytest.fixture(scope="module", params=["sqlite"])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    said = io.StringIO()
    listening = logging.StreamHandler(said)
    logging.getLogger("lantoa").addHandler(listening)
    for home in copied(request, tmp_path_factory.mktemp("home")):
        yield Planted(home, plant(home), said.getvalue())
    logging.getLogger("lantoa").removeHandler(listening)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_no_page_shows_it_as_anything_but_text(planted: Planted, role: Role | None) -> None:
    home = planted.home

    def sign_in() -> Browsing:
        return browsing(home, role, TUY_PHUOC, NAMED[role]) if role else Browsing(home)

    somebody = Crawler(sign_in)
    somebody.crawl([*planted.pages, *STARTS])

    shown = sum(MARK in somebody.browser.get(path).text for path in LISTS)
    assert shown, "nothing of it is shown at all"


def test_names_of_groups_stand_there_as_they_were_typed(planted: Planted) -> None:
    minh = browsing(planted.home, Role.ORGANIZER, TUY_PHUOC, NAMED[Role.ORGANIZER])
    own = [path for path in planted.pages if path.startswith(("/to/", "/noi-lam-viec/", "/ket-noi/"))]
    at = 3 * OF_GROUPS.index(SCRIPTS[0])
    for path in [*GROUPS, *own[at : at + 3]]:
        assert str(escape(SCRIPTS[0])) in minh.get(path).text, path


@pytest.mark.parametrize("of", ["teams", "workplaces"])
def test_no_cell_of_a_board_of_groups_is_a_formula(planted: Planted, of: str) -> None:
    for read, form in ((of_csv, "csv"), (of_xlsx, "xlsx")):
        path = f"/xep-hang/tep?unit={TUY_PHUOC}&of={of}&form={form}"
        answer = eventually(lambda path=path: Browsing(planted.home).get(path), _is_a_file)
        cells = read(answer.content)
        assert any(FORMULAS[0] in cell for cell in cells)
        assert sum(MARK in cell for cell in cells) > 5
        assert PRODUCT not in "".join(cells)


def _is_a_file(answer: httpx.Response) -> bool:
    return "content-disposition" in answer.headers


@pytest.mark.parametrize("unseen", UNSEEN, ids=["turned round", "not seen"])
def test_no_group_is_given_a_name_that_deceives_the_eye(planted: Planted, unseen: str) -> None:
    minh = planted.home.known("minh")
    said = {"submission": uuid4().hex, "unit": TUY_PHUOC, "name": unseen}
    bodies = {
        "/teams": said | {"on": today()},
        "/workplaces": said | {"kind": "school"},
        "/campaigns": said | {"begins": today(), "ends": today()},
    }
    refused = [minh.post(path, body) for path, body in bodies.items()]
    assert [(one.status_code, one.json()["field"]) for one in refused] == [(422, "name")] * 3
    browser = browsing(planted.home, Role.ORGANIZER, TUY_PHUOC, NAMED[Role.ORGANIZER])
    form = browser.post("/ket-noi", said | {"source": "kobo", "tells": "lesson"})
    assert (form.status_code, "không dùng để viết tên" in form.text) == (422, True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_of_a_file_is_a_formula(planted: Planted, form: str) -> None:
    hanh = planted.home.known("hanh")

    def asked():
        return hanh.get("/nominees", unit=PROVINCE, done_by=today(), received_by=today(), format=form)

    answer = eventually(asked, lambda one: one.status_code != 202)

    assert answer.status_code == 200, answer.text
    cells = of_csv(answer.content) if form == "csv" else of_xlsx(answer.content)
    assert sum(MARK in cell for cell in cells) > 20
    assert any(FORMULAS[0] in cell for cell in cells)
    assert PRODUCT not in "".join(cells)
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', answer.headers["content-disposition"])


def of_csv(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    return cells


def of_xlsx(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if cell.hyperlink]
    return [str(cell.value) for cell in cells if cell.value is not None]


def test_nothing_of_it_is_logged(planted: Planted) -> None:
    assert MARK not in planted.logged
    assert PRODUCT not in planted.logged
