"""Files are read back by readers that are not our writers."""

import csv
import io
from datetime import UTC, date, datetime

import msgspec
import openpyxl
import pytest

from infrastructure.exports.as_csv import as_csv
from infrastructure.exports.as_xlsx import as_xlsx
from infrastructure.exports.sheet import Column, Sheet, Words, provenance

WORDS = Words(
    filter="Đơn vị",
    criteria="Tiêu chí",
    cutoff="Chốt số liệu",
    position="Vị trí sổ cái",
    time="Lúc",
    row_count="Số dòng",
)
MADE = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TRAPS = ["=1+1", "+84905123456", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)"]


def sheet(*names: str) -> Sheet:
    return Sheet(
        title="Danh sách đề nghị khen thưởng",
        columns=[Column("Họ tên", 30), Column("Số người"), Column("Từ ngày"), Column("Tỷ lệ")],
        rows=[(name, 5, date(2026, 3, 14), 0.8) for name in names],
        notes=provenance(
            WORDS,
            shown="Xã Tuy Phước",
            criteria="01-KH/BCĐTW",
            cutoff="31/03/2026, 07/04/2026",
            position=1234,
            time=MADE,
            row_count=len(names),
        ),
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_a_csv_says_in_its_first_bytes_that_it_is_utf8():
    assert as_csv(sheet("Nguyễn Thị Lan")).startswith(b"\xef\xbb\xbf")


def test_a_csv_holds_title_headings_rows_and_where_they_come_from():
    assert read_csv(as_csv(sheet("Nguyễn & Trần", 'Bà "Tư", Gò Bồi'))) == [
        ["Danh sách đề nghị khen thưởng"],
        ["Họ tên", "Số người", "Từ ngày", "Tỷ lệ"],
        ["Nguyễn & Trần", "5", "14/03/2026", "0.8"],
        ['Bà "Tư", Gò Bồi', "5", "14/03/2026", "0.8"],
        [],
        ["Đơn vị", "Xã Tuy Phước"],
        ["Tiêu chí", "01-KH/BCĐTW"],
        ["Chốt số liệu", "31/03/2026, 07/04/2026"],
        ["Vị trí sổ cái", "1234"],
        ["Lúc", "22/11/2026 10:00:00"],
        ["Số dòng", "2"],
    ]


@pytest.mark.parametrize("name", TRAPS)
def test_a_csv_never_holds_a_cell_that_looks_like_a_formula(name):
    row = read_csv(as_csv(sheet(name)))[2]
    assert row[0] == f"'{name}"


@pytest.mark.parametrize("name", TRAPS)
def test_a_workbook_never_holds_a_formula(name):
    cell = read_xlsx(as_xlsx(sheet(name)))["A3"]
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r").replace("_x0009_", "\t") == name


def test_the_writer_would_make_formulas_if_it_were_not_told():
    """The control: without our options the same name becomes a live formula."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, "=1+1")
    assert read_xlsx(file.getvalue())["A1"].data_type == "f"


def test_a_workbook_holds_numbers_as_numbers_days_as_days_and_where_they_come_from():
    page = read_xlsx(as_xlsx(sheet("Nguyễn & Trần")))
    assert [cell.value for cell in page[2]] == ["Họ tên", "Số người", "Từ ngày", "Tỷ lệ"]
    name, people, since, share = (cell.value for cell in page[3])
    assert (name, people, since.date(), share) == ("Nguyễn & Trần", 5, date(2026, 3, 14), 0.8)
    notes = {row[0].value: row[1].value for row in page.iter_rows(min_row=5)}
    assert notes["Vị trí sổ cái"] == 1234
    assert notes["Lúc"].isoformat() == "2026-11-22T10:00:00"
    assert notes["Số dòng"] == 1


def test_a_link_stays_text():
    assert read_xlsx(as_xlsx(sheet("https://example.vn")))["A3"].hyperlink is None


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Số liệu", "Số liệu"),
        ("Tổ 'Một': [A/B]?", "Tổ Một A B"),
        ("Xã và phường có quy mô tương đương Xã Tuy Phước", "Xã và phường có quy mô tương…"),
        ("", "Đại sứ số"),
    ],
)
def test_a_sheet_is_called_by_what_is_in_it_as_a_workbook_allows(name, called):
    made = msgspec.structs.replace(sheet("Nguyễn Thị Tư"), name=name, title="Đại sứ số")
    assert openpyxl.load_workbook(io.BytesIO(as_xlsx(made))).sheetnames == [called]


def test_a_row_of_a_long_text_is_no_higher_than_a_workbook_allows():
    def height(text: str) -> float | None:
        long = Sheet(title="Báo cáo", columns=[Column("Nội dung", 20, "wrapped")], rows=[(text,)], notes=[])
        return read_xlsx(as_xlsx(long)).row_dimensions[3].height

    assert height("Thiếu máy. " * 4) == 3 * 16.5
    assert 400 < (height("Thiếu máy. " * 400) or 0) <= 409
