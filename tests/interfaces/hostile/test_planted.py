"""What attackers type stands in the vault and the ledger already: no page, file or log runs it, or shows
it as anything but text."""

import csv
import io
import logging
import re
from collections.abc import Iterator

import openpyxl
import pytest

from domain.model import Role
from tests.interfaces.api.requests import eventually, today
from tests.interfaces.conftest import copied
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.hostile.attacking import NAMED
from tests.interfaces.hostile.corpus import FORMULAS, MARK, PRODUCT
from tests.interfaces.hostile.crawling import STARTS, Crawler
from tests.interfaces.hostile.planting import plant
from tests.interfaces.web.browsing import Browsing, browsing

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

LISTS = [
    f"/vinh-danh?unit={TUY_PHUOC}",
    f"/xep-hang?unit={TUY_PHUOC}",
    f"/don-vi/{TUY_PHUOC}",
    "/xem-xet?show=all",
]
NOMINEES = f"/khen-thuong?unit={PROVINCE}&done_by={today()}&received_by={today()}"


class Planted:
    def __init__(self, home: Home, pages: list[str], logged: str) -> None:
        self.home = home
        self.pages = [*LISTS, NOMINEES, *pages]
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
