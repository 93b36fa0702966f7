"""Files as offices send them, and as an attacker would: read, or refused in a word; nothing runs, nothing
takes the memory. Workbooks are made by other programs' writers and compared with another reader."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from xlsxwriter import Workbook

from domain.lists import ListId, ListKind
from domain.model import PersonId, Refused
from infrastructure.lists import files, parts, spool, table, workbook
from infrastructure.lists.files import head_of, open_list
from infrastructure.lists.giving_back import given_back
from infrastructure.lists.spool import Cover, Spools
from infrastructure.lists.table import Flagged

HEAD = ["STT", "Họ và tên", "Số điện thoại", "Năm sinh", "Tên tổ"]
NOON = datetime(2026, 3, 8, 12)  # noqa: DTZ001 - a spreadsheet knows no time zone
ROW = [1, "Võ Thị Hoa", "0905111222", 1980, "Tổ số 1"]
WORKSHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def written(path: Path, *sheets: tuple[str, list[list[Any]]], change=lambda _book, _page: None) -> Path:
    with Workbook(str(path), {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets:
            page = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for at, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(line, at, cell, day)
                    elif cell is not None:
                        page.write(line, at, cell)
            change(book, page)
    return path


def plain(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read(path: Path, sheet: str = "") -> list[tuple[int, list[Any]]]:
    return [(number, list(cells)) for number, cells in open_list(path, sheet).lines]


def refused(path: Path, sheet: str = "") -> str:
    with pytest.raises(Refused) as caught:
        head_of(ListKind.MEMBERS, open_list(path, sheet).lines)
    return type(caught.value).__name__


def packed(path: Path, **changed: bytes | None) -> Path:
    """The workbook with some of its parts replaced (`/` written as `__`), or left out."""
    parts = {}
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for name, content in changed.items():
        key = next((one for one in parts if one.endswith(name.replace("__", "/"))), name.replace("__", "/"))
        parts[key] = content  # type: ignore[assignment]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            if content is not None:
                book.writestr(name, content)
    return path


def back(cover: Cover, lines: list[table.Line], why: dict[int, str], folder: Path) -> bytes:
    to = io.BytesIO()
    said = why.items()
    given_back(cover, lines, said, to, width=2, heading="H", about="", folder=str(folder))
    return to.getvalue()


@pytest.fixture
def book(tmp_path) -> Path:
    return written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW]))


def test_a_workbook_is_read_as_another_reader_reads_it(tmp_path):
    rows: list[list[Any]] = [
        ["Chữ", "Số", "Ngày", "Giờ", "Đúng sai", "Rỗng", "Dài"],
        ["Đặng Thị Ánh & <b>", 912345678, date(1960, 2, 29), NOON, True, None, "x"],
        [" hai  dấu cách ", -1.5, date(2026, 11, 20), NOON, False, None, "y" * 500],
        ["=1+1", 1e15, date(1999, 12, 31), None, None, None, "'0912"],
    ]
    path = written(tmp_path / "list.xlsx", ("Trang 1", rows))
    other = openpyxl.load_workbook(path)["Trang 1"].iter_rows(values_only=True)

    for (_line, ours), theirs in zip(read(path), other, strict=True):
        for at, value in enumerate(theirs):
            mine = ours[at] if at < len(ours) else None
            if isinstance(value, datetime):
                value = value.date()
            if isinstance(value, str):
                value = value.strip()
            assert mine == value


def test_a_workbook_of_another_program(tmp_path):
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (HEAD, ROW):
        page.append(row)
    page["F2"] = date(2026, 3, 8)
    page["G2"] = "=1+1"
    book.save(path)

    assert read(path)[1] == (2, [*ROW, date(2026, 3, 8), Flagged("no-value", None)])


def test_inline_texts_prefixes_and_missing_references(book):
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:r><x:t>Họ và </x:t></x:r><x:r><x:t>tên</x:t></x:r></x:is></x:c>'
        '<x:c t="str"><x:v>Tổ</x:v></x:c></x:row>'
        '<x:row r="7"><x:c r="B7" t="d"><x:v>2026-03-08T00:00:00</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    packed(book, worksheets__sheet1_xml=None)
    packed(book, **{"xl__worksheets__sheet1.xml": sheet.encode()})

    assert read(book) == [(1, ["Họ và tên", "Tổ"]), (7, [None, date(2026, 3, 8)])]


def test_days_since_1904(tmp_path):
    path = tmp_path / "list.xlsx"
    with Workbook(str(path), {"date_1904": True}) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write_datetime(1, 0, date(2026, 3, 8), made.add_format({"num_format": "d mmm yy"}))

    assert read(path)[1] == (2, [date(2026, 3, 8)])


def test_headings_need_not_be_in_the_first_row(tmp_path):
    titles = [["UBND XÃ TUY PHƯỚC"], [], ["DANH SÁCH THÀNH VIÊN TỔ CÔNG NGHỆ SỐ"], ["Kèm theo QĐ", "12"]]
    path = written(tmp_path / "list.xlsx", ("DS", [*titles, HEAD, ROW]))

    head = head_of(ListKind.MEMBERS, open_list(path).lines)

    assert (head.line, head.headings) == (5, tuple(HEAD))
    assert list(head.rest) == [(6, ROW)]


def test_thirty_columns_of_blanks_and_rows_of_nothing(tmp_path):
    path = written(tmp_path / "list.xlsx", ("DS", [[*HEAD, *["   "] * 30], [*ROW, *[" "] * 30], ["  "] * 30]))

    assert read(path) == [(1, HEAD), (2, ROW)]


def test_merged_cells_are_told(tmp_path):
    def merge(_book, page):
        page.merge_range("E2:E4", "Tổ số 1")
        page.merge_range("A1:B1", "Họ và tên")

    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW, ROW[:4], ROW[:4], ROW]), change=merge)

    lines = dict(read(path))
    assert lines[2][4] == Flagged("merged", "Tổ số 1")
    assert [lines[3][4:], lines[4][4:]] == [[Flagged("merged", None)]] * 2
    assert lines[5] == ROW


def test_formulas_are_their_value_and_errors_are_told(tmp_path):
    def formulas(_book, page):
        page.write_formula("F2", '="0905"&"111222"', None, "0905111222")
        page.write_formula("G2", "=1/0", None, "#DIV/0!")

    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW]), change=formulas)

    assert read(path)[1][1][5:] == ["0905111222", Flagged("failed", "#DIV/0!")]


def test_several_sheets_are_asked_about(tmp_path):
    path = written(tmp_path / "list.xlsx", ("Tổ", [HEAD, ROW]), ("Trống", []), ("Hộ", [HEAD, ROW, ROW]))

    with pytest.raises(table.SeveralSheets) as caught:
        open_list(path)
    assert caught.value.details["sheets"] == "Tổ, Hộ"
    assert len(read(path, "Hộ")) == 3
    assert refused(path, "Khác") == "NoSuchSheet"
    assert refused(path, "Trống") == "NothingInside"


def test_hidden_sheets_are_no_sheets(tmp_path):
    path = written(
        tmp_path / "list.xlsx",
        ("DS", [HEAD, ROW]),
        ("Danh mục", [["a", "b"]]),
        change=lambda _book, page: page.hide() if page.name == "Danh mục" else None,
    )

    assert read(path) == [(1, HEAD), (2, ROW)]


def test_a_macro_a_password_and_other_kinds_of_files(tmp_path, book):
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert refused(plain(tmp_path / "a", old)) == "OldWorkbook"
    assert refused(plain(tmp_path / "b", old + "EncryptedPackage".encode("utf-16-le"))) == "Protected"
    assert refused(plain(tmp_path / "c", b"%PDF-1.7 ...")) == "NotAList"
    assert refused(plain(tmp_path / "d", b"")) == "NothingInside"
    assert refused(plain(tmp_path / "e", b"\x00\x01\x02" * 500)) == "NotAList"
    assert refused(plain(tmp_path / "f", b"PK\x03\x04 and nothing else")) == "Damaged"
    assert refused(plain(tmp_path / "g", book.read_bytes()[:-400])) == "Damaged"
    assert refused(packed(book, **{"xl__vbaProject.bin": b"macro"})) == "HasMacros"


def test_open_documents_and_other_archives(tmp_path):
    for inside, expected in (
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}, "OldWorkbook"),
        ({"word/document.xml": ""}, "NotAList"),
    ):
        path = tmp_path / "list.xlsx"
        with zipfile.ZipFile(path, "w") as made:
            for name, content in inside.items():
                made.writestr(name, content)
        assert refused(path) == expected


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (
            "xl__worksheets__sheet1.xml",
            WORKSHEET + b"<sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>",
        ),
        ("xl__worksheets__sheet1.xml", WORKSHEET + b"<sheetData><row r='x'/></sheetData></worksheet>"),
        ("xl__worksheets__sheet1.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"),
        ("xl__worksheets__sheet1.xml", WORKSHEET + b"<sheetData>" + b"<row>" * 20_000),
        ("xl__sharedStrings.xml", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><sst/>"),
        ("xl__workbook.xml", b"not XML at all"),
        ("xl___rels__workbook.xml.rels", b"<Relationships><Relationship Id='rId1'/></Relationships>"),
        ("xl__worksheets__sheet1.xml", None),
        ("xl__worksheets__sheet1.xml", b"<?xml version='1.0' encoding='no-such'?><worksheet/>"),
        ("xl__workbook.xml", b"<?xml version='1.0' encoding='utf-7'?><workbook/>"),
    ],
)
def test_parts_that_are_damaged_or_forged(book, part, content):
    assert refused(packed(book, **{part: content})) in ("Damaged", "NothingInside")


def test_a_part_that_grows_beyond_measure_is_not_read(book, monkeypatch):
    packed(book, **{"xl__worksheets__sheet1.xml": b"<worksheet>" + b" " * 3_000_000})
    monkeypatch.setattr(workbook, "LARGEST_PART", 1_000_000)

    assert refused(book) == "Damaged"


def test_a_part_that_says_it_is_smaller_than_it_is(tmp_path, book, monkeypatch):
    """What a part says of its size bounds what is unpacked of it."""
    large = WORKSHEET + b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 40_000
    packed(book, **{"xl__worksheets__sheet1.xml": large})
    raw = bytearray(book.read_bytes())
    size = len(large).to_bytes(4, "little")
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = (1_000).to_bytes(4, "little")

    assert refused(plain(tmp_path / "lies.xlsx", bytes(raw))) == "Damaged"


def sheet(rows: bytes, after: bytes = b"") -> bytes:
    return WORKSHEET + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"


FEW = b"<row><c><v>1</v></c></row>" * 300


@pytest.mark.parametrize(
    "content",
    [
        sheet(b"<row><c t='str'><v>" + b"x" * 1_200_000 + b"</v></c></row>"),
        sheet(FEW + b"<row r='" + b"9" * 1_200_000 + b"'/>"),
        sheet(FEW, b"<mergeCells>" + b'<mergeCell ref="A1:CV900"/>' * 3 + b"</mergeCells>"),
        sheet(FEW + b"<row/>" * 5_000),
        sheet(FEW + b"<row>" + b"<c/>" * 150_000 + b"</row>"),
        sheet(FEW, b"<a/>" * 20_000),
        sheet(FEW + b"<row r='4001'><c><v>1</v></c></row>"),
        sheet(FEW, b"<a>" * 200 + b"</a>" * 200),
        sheet(b"<row>" + FEW + b"</row>"),
    ],
    ids=[
        "a cell",
        "a tag",
        "areas over each other",
        "rows of nothing",
        "a row",
        "what stands beside rows",
        "a row far away",
        "depths",
        "rows in rows",
    ],
)
def test_what_is_made_to_take_memory_or_time_is_damaged(book, content, monkeypatch):
    monkeypatch.setattr(parts, "MOST_LINES", 4_000)
    monkeypatch.setattr(parts, "MOST_KEPT", 1_000_000)
    with pytest.raises(table.Damaged):
        read(packed(book, **{"xl__worksheets__sheet1.xml": content}))


def test_a_sheet_without_measure_is_nothing_else_than_a_sheet(book, monkeypatch):
    """It is let go of row by row. Where styles or a chart are expected, all of it would be built at once."""
    monkeypatch.setattr(parts, "MOST_KEPT", 300_000)
    large = sheet((b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * 40)
    assert len(read(packed(book, **{"xl__worksheets__sheet1.xml": large}))) == 40

    with zipfile.ZipFile(book) as made:
        rels = made.read("xl/_rels/workbook.xml.rels").replace(b'/worksheet"', b'/chartsheet"')
        styles = made.read("xl/styles.xml")
    assert refused(packed(book, **{"xl__styles.xml": large})) == "Damaged"
    packed(book, **{"xl__styles.xml": styles, "xl___rels__workbook.xml.rels": rels})
    assert refused(book) == "Damaged"


def test_cells_are_bounded_over_all_sheets(tmp_path, monkeypatch):
    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW]), ("Hộ", [HEAD, ROW]))
    assert len(read(path, "DS")) == 2
    monkeypatch.setattr(workbook, "MOST_CELLS", 4 * len(ROW) - 1)
    assert refused(path, "DS") == "Damaged"


def test_what_a_sheet_says_of_its_size_is_not_believed(book):
    for said in (b"A1", b"A1:XFD1048576", b"A1:B2"):
        rows = b'<row r="2"><c r="C2"><v>1</v></c><c r="GS2"><v>2</v></c></row><row r="9" s="1"/>'
        content = sheet(rows).replace(b"<sheetData>", b'<dimension ref="' + said + b'"/><sheetData>')
        assert read(packed(book, **{"xl__worksheets__sheet1.xml": content})) == [(2, [None, None, 1])]


OOXML = "http://purl.oclc.org/ooxml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STRICT = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"
Type="{OOXML}/officeDocument/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{OOXML}/spreadsheetml/main"
xmlns:r="{OOXML}/officeDocument/relationships" conformance="strict"><workbookPr dateCompatibility="0"/>
<sheets><sheet name="Danh sách" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OOXML}/officeDocument/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{OOXML}/officeDocument/relationships/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{OOXML}/officeDocument/relationships/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns = '{OOXML}/spreadsheetml/main'><fonts count="1"><font/></fonts>
<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>
<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>""",
    "xl/sharedStrings.xml": f"""<sst xmlns="{OOXML}/spreadsheetml/main"><si><t>Họ và tên</t></si>
<si><t>Năm sinh</t></si><si><t>Tên tổ</t></si><si><t>Xem {OOXML}/spreadsheetml/main</t></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{OOXML}/spreadsheetml/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>Võ Thị Hoa</t></is></c><c r="B2" t="d"><v>1980-03-08</v></c>
<c r="C2" t="s"><v>3</v></c></row>
<row r="3"><c r="A3"><v>7</v></c><c r="B3" s="1"><v>46089</v></c><c r="C3"><f>1+1</f></c></row></sheetData>
<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>""",
}
"""As Excel writes one that is saved as "Strict Open XML Spreadsheet": ISO/IEC 29500-1, Annex A."""


def strict(path: Path, **changed: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in (STRICT | changed).items():
            made.writestr(name, content)
    return path


def test_a_workbook_in_the_strict_format_is_read_like_any_other(tmp_path):
    assert read(strict(tmp_path / "list.xlsx")) == [
        (1, ["Họ và tên", "Năm sinh", "Tên tổ"]),
        (2, [Flagged("merged", "Võ Thị Hoa"), date(1980, 3, 8), f"Xem {OOXML}/spreadsheetml/main"]),
        (3, [Flagged("merged", 7), date(2026, 3, 8), Flagged("no-value", None)]),
    ]


def test_its_names_are_found_wherever_a_piece_ends(tmp_path, monkeypatch):
    path = strict(tmp_path / "list.xlsx")
    as_usual = read(path)
    for size in (129, 150, 171):
        monkeypatch.setattr("infrastructure.lists.strict._PIECE", size)
        assert read(path) == as_usual


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>",
        f'<worksheet xmlns="{OOXML}/spreadsheetml/main"><sheetData>' + "<row>" * 20_000,
        f'<worksheet xmlns="{OOXML}/spreadsheetml/main"><sheetData><row><c t="str"><v>'
        + "x" * 1_200_000
        + "</v></c></row></sheetData></worksheet>",
    ],
    ids=["an entity", "no end", "a cell"],
)
def test_the_strict_format_is_held_to_the_same_bounds(tmp_path, content):
    assert refused(strict(tmp_path / "list.xlsx", **{"xl/worksheets/sheet1.xml": content})) == "Damaged"


def test_a_sheet_of_the_strict_kind_in_another_workbook_is_of_another_kind(book):
    odd = sheet(FEW).replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    assert refused(packed(book, **{"xl__worksheets__sheet1.xml": odd})) == "OldWorkbook"


def test_times_of_day_and_numbers_stay_numbers(tmp_path):
    def times(book, page):
        page.write_number("F2", 0.5, book.add_format({"num_format": "hh:mm"}))
        page.write_number("G2", 1.5, book.add_format({"num_format": "[h]:mm"}))
        page.write_number("H2", 46089.75, book.add_format({"num_format": "[$-42A]dd/mm/yyyy hh:mm"}))
        page.write_number("I2", 5, book.add_format({"num_format": '#,##0 "đồng"'}))

    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW]), change=times)

    assert read(path)[1][1][5:] == [0.5, 1.5, date(2026, 3, 8), 5]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_numbers_that_are_none_are_kept_and_given_back(book, database, ledger, tmp_path):
    """No program of an office writes them; whoever does breaks nothing for it."""
    numbers = (b"1" * 26, b"9" * 400, b"1e999", b"-1e999", b"9223372036854775807")
    row = b"<row>" + b"".join(b"<c><v>" + one + b"</v></c>" for one in numbers) + b"</row>"
    packed(book, **{"xl__worksheets__sheet1.xml": sheet(row)})
    spools = Spools(database, ledger, bytes(32))
    cover = Cover(name="x", format="xlsx", sheet="", delimiter="", headings=("A",) * 5)

    spools.write(ListId("l"), PersonId("minh"), cover, open_list(book).lines)

    ((_, cells),) = kept = list(spools.lines(ListId("l")))
    failed = [Flagged("failed", "inf"), Flagged("failed", "-inf")]
    assert cells == ["1" * 26, "9" * 400, *failed, 2**63 - 1]
    assert back(cover, kept, {1: "why"}, tmp_path)


def test_parts_together_are_bounded_as_each_of_them_is(book, monkeypatch):
    packed(book, **{f"xl__media__{at}.png": b"0" * 400_000 for at in range(5)})
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1_900_000)

    assert refused(book) == "Damaged"


def test_words_like_merged_cells_do_not_hold_the_reader_up(book):
    """Without a bound in the pattern each of these looks through all that follow: minutes, in which
    nothing else of the process runs."""
    words = b"<!--" + b"<mergeCell ref=" * 60_000 + b"-->"
    packed(book, **{"xl__worksheets__sheet1.xml": sheet(FEW, words)})

    before = time.process_time()
    assert len(read(book)) == 300
    assert time.process_time() - before < 2


def test_a_row_of_a_csv_is_bounded(tmp_path):
    for row in ("," * 1_100_000, '"\n",' * 300_000):
        assert refused(plain(tmp_path / "row.csv", (CSV + row).encode())) == "Damaged"
    whole = CSV + "Võ Thị Hoà;0905111222;Tổ số 2\r\n" * 40_000
    assert len(read(plain(tmp_path / "long.csv", whole.encode()))) == 40_002


def test_marks_without_end_over_a_letter_hold_nobody_up(tmp_path):
    """A row of them at once takes minutes, in which nothing else of the process runs."""
    marks = "\u0301\u0323" * 60_000
    before = time.process_time()
    plain(tmp_path / "utf-8.csv", (CSV + "a" + marks).encode())
    assert len(read(tmp_path / "utf-8.csv")[2][1][0]) == table.LONGEST_CELL
    assert refused(plain(tmp_path / "old.csv", marks.encode("cp1258"))) == "UnknownLetters"
    assert time.process_time() - before < 2


@pytest.mark.parametrize("called", ["a[b]:*?/\\", "'", "History"])
def test_rows_are_given_back_whatever_the_sheet_is_called(called, tmp_path):
    cover = Cover(name="x", format="xlsx", sheet=called, delimiter="", headings=("A",))
    lines: list[table.Line] = [(2, [float("nan")]), (3, [date(1, 1, 1)])]
    given = back(cover, lines, {2: "why", 3: "why"}, tmp_path)
    assert openpyxl.load_workbook(io.BytesIO(given)).active.max_row == 3


def test_rows_are_given_back_one_after_the_other(tmp_path):
    """Those that nobody speaks of are not, and of whoever was erased meanwhile nothing is."""
    cover = Cover(name="x", format="csv", sheet="", delimiter=";", headings=("A",))
    lines: list[table.Line] = [(2, ["a"]), (3, ["b", Flagged("merged", "c")]), (5, ["=d"]), (6, ["e"])]
    given = back(cover, lines, {3: "w", 4: "erased", 5: "w"}, tmp_path)
    assert given.decode("utf-8-sig") == "A;;H\r\nb;c;w\r\n'=d;;w\r\n"


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_many_rows_take_no_more_memory_than_some(format_, tmp_path):
    cover = Cover(name="x", format=format_, sheet="", delimiter="", headings=("A",) * 10)

    def most(rows: int) -> int:
        lines: Iterator[table.Line] = ((at, [f"{at} " * 20] * 10) for at in range(2, rows + 2))
        why = ((at, "why") for at in range(2, rows + 2))
        tracemalloc.start()
        with (tmp_path / "to").open("wb") as to:
            given_back(cover, lines, why, to, width=10, heading="H", about="", folder=str(tmp_path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert most(1_200) < most(300) + 200_000  # 1,200 of them are a megabyte of text
    assert [one.name for one in tmp_path.iterdir()] == ["to"]


def test_very_old_days_are_kept_and_read_again(database, ledger):
    spools = Spools(database, ledger, bytes(32))
    cover = Cover(name="x", format="csv", sheet="", delimiter=",", headings=("A",))
    spools.write(ListId("l"), PersonId("minh"), cover, [(2, [date(1, 1, 1)])])
    assert list(spools.lines(ListId("l"))) == [(2, [date(1, 1, 1)])]


def test_more_rows_than_a_list_has(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, ROW, ROW, ROW]))

    with pytest.raises(table.TooManyRows):
        read(path)


def test_a_text_counts_as_often_as_cells_say_it(tmp_path, monkeypatch):
    """The file has it once: 25 KB of it said 600 MB."""
    path = written(tmp_path / "list.xlsx", ("DS", [HEAD, *([["x" * 1_000] * 5] * 20)]))
    pieces = list(spool._pieces(open_list(path).lines))

    assert path.stat().st_size < 10_000
    assert [len(piece) for piece in pieces] == [15, 6]
    monkeypatch.setattr(files, "MOST_SAID", 100_000)
    assert refused(path) == "FileTooLarge"


CSV = "Họ và tên;Số điện thoại;Tên tổ\r\nVõ Thị Hoà;0905111222;Tổ số 1\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_every_encoding_of_unicode(tmp_path, encoding):
    path = plain(tmp_path / "list.csv", CSV.encode(encoding))

    opened = open_list(path)

    assert opened.delimiter == ";"
    assert list(opened.lines)[1] == (2, ["Võ Thị Hoà", "0905111222", "Tổ số 1"])


def test_csv_in_windows_1258_and_letters_that_fall_apart(tmp_path):
    import unicodedata

    apart = "Họ và tên,Tổ\nVõ Thị Hoà,Tổ số 1\n"
    decomposed = "".join(
        letter if letter in "ăâđêôơưĂÂĐÊÔƠƯ" else unicodedata.normalize("NFD", letter)
        for letter in _half_apart(apart)
    )

    path = plain(tmp_path / "list.csv", decomposed.encode("cp1258"))

    assert read(path)[1] == (2, ["Võ Thị Hoà", "Tổ số 1"])
    assert read(plain(path, unicodedata.normalize("NFD", apart).encode()))[1][1][0] == "Võ Thị Hoà"


def _half_apart(text: str) -> str:
    """As windows-1258 has it: letters with hat, breve or horn whole, their tones apart."""
    import unicodedata

    found = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(one for one in parts if one in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(one for one in parts if one not in tones)
        found.append(unicodedata.normalize("NFC", rest) + tones)
    return "".join(found)


@pytest.mark.parametrize(
    "garbled",
    [
        "H\xe4 v\xb5 t\xean,T\xe6\nNguy\xd4n V\xa8n A,T\xe6 1\n",  # TCVN3
        "Ho\xef va\xf8 te\xe2n,To\xe5\nNguye\xe3n Va\xean A,To\xe5 1\n",  # VNI
        "\xff\xfe\xfd\xfc\xfb",
    ],
)
def test_csv_in_old_fonts_is_refused(tmp_path, garbled):
    path = plain(tmp_path / "list.csv", garbled.encode("latin-1"))

    assert refused(path) in ("UnknownLetters", "NotAList")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    quoted = f'Họ và tên{delimiter}Tổ\n"Hoa{delimiter} Võ"{delimiter}"Tổ\nsố 1"\n'

    opened = open_list(plain(tmp_path / "list.csv", quoted.encode()))

    assert opened.delimiter == delimiter
    assert [cells for _, cells in opened.lines][1] == [f"Hoa{delimiter} Võ", "Tổ\nsố 1"]


def test_a_csv_with_one_column_or_one_line_is_no_list(tmp_path):
    assert refused(plain(tmp_path / "a.csv", "Họ và tên\n".encode())) == "NothingInside"
    assert refused(plain(tmp_path / "b.csv", b"\n\n  \n")) == "NothingInside"


def test_whatever_bytes_come_nothing_breaks(tmp_path, book):
    """The control for all of these: every byte of a workbook turned over is read, or refused."""
    whole = book.read_bytes()
    for at in range(0, len(whole), 61):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0xFF
        path = plain(tmp_path / "spoilt.xlsx", bytes(spoilt))
        try:
            for _ in open_list(path).lines:
                pass
        except Refused:
            pass
    assert io.BytesIO(whole).read(2) == b"PK"
