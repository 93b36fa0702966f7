"""`python -m infrastructure.exports.own_report` draws `report.docx`, the template that comes with Lan Tỏa.

Laid out as Decree 30/2020/NĐ-CP asks of administrative documents (appendix I): A4, Times New Roman, the
motto of the country, number, place and day, recipients at the end.
"""

from collections.abc import Sequence
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from infrastructure.exports.report_template import OWN

FONT: Final = "Times New Roman"


def main() -> None:
    made = Document()
    _page(made)
    _head(made)
    _title(made)
    _figures(made)
    _milestones(made)
    _targets(made)
    _deeds(made)
    _supplement(made)
    _words(made)
    _end(made)
    _annexes(made)
    made.core_properties.author = "Lan Tỏa"
    made.core_properties.title = "Báo cáo tháng"
    made.save(str(OWN))


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = made.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)
    _numbered(section)


def _numbered(section: Any) -> None:
    """Pages from the second on have their number in the middle above."""
    section.different_first_page_header_footer = True
    section.header_distance = Mm(10)
    section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run()
    run.font.name, run.font.size = FONT, Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        run._r.append(part)  # noqa: SLF001 - python-docx has no name for it


def _head(made: Any) -> None:
    table = made.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _line(left, "{{ co_quan }}", size=13, bold=True)
    _rule(left.add_paragraph(), 26)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    _rule(right.add_paragraph(), 20)
    number, day = table.rows[1].cells
    _line(number, "Số: {{ so_ky_hieu }}", size=13)
    _line(day, "{{ ngay_thang }}", size=13, italic=True)
    _widths(table, (65, 100))


def _widths(table: Any, widths: Sequence[int]) -> None:
    """In mm, of the grid and of each cell: programs believe one or the other."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _rule(paragraph: Any, indent: float) -> None:
    """A thin line, so far from either side (mm)."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = Pt(4)
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)  # noqa: SLF001 - python-docx has no name for it


def _line(cell: Any, text: str, *, size: int, bold: bool = False, italic: bool = False) -> None:
    first = cell.paragraphs[0]
    paragraph = first if not first.text else cell.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    _run(paragraph, text, size=size, bold=bold, italic=italic)


def _run(paragraph: Any, text: str, *, size: float = 14, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    run.font.name, run.font.size = FONT, Pt(size)


def _title(made: Any) -> None:
    _paragraph(made, "BÁO CÁO", bold=True, centred=True, before=12, after=0)
    _paragraph(
        made, "Kết quả thực hiện phong trào “Bình dân học vụ số” {{ ky_bao_cao }}", bold=True, centred=True,
        after=0,
    )  # fmt: skip
    _rule(made.add_paragraph(), 62)
    _paragraph(made, "{%p if mo_phong %}")
    _paragraph(made, "{{ mo_phong }}", italic=True, centred=True)
    _paragraph(made, "{%p endif %}")
    _paragraph(made, "Kính gửi: {{ kinh_gui }}", centred=True, before=6, after=12)


def _paragraph(
    made: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
    size: float = 14,
    before: float = 0,
    after: float = 6,
) -> None:
    paragraph = made.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.JUSTIFY
    if not centred:
        shape.first_line_indent = Mm(10)
    _run(paragraph, text, bold=bold, italic=italic, size=size)


def _heading(made: Any, text: str) -> None:
    """Of a part; it never stands alone at the foot of a page."""
    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.first_line_indent = Mm(10)
    _run(paragraph, text, bold=True)


def _figures(made: Any) -> None:
    _heading(made, "I. KẾT QUẢ TRONG THÁNG VÀ LŨY KẾ")
    _paragraph(
        made,
        "{{ tinh_trang_so_lieu }} Mỗi người chỉ tính một lần trong đơn vị; tỷ lệ đã xác nhận lũy kế: "
        "{{ ty_le_xac_nhan }}.",
    )
    _table(
        made,
        ("Chỉ tiêu (người)", "Trong tháng", "Lũy kế đã báo cáo kỳ trước", "Bổ sung", "Mới", "Lũy kế"),
        "so_lieu",
        ("ten", "trong_thang", "da_bao_cao", "bo_sung", "moi", "luy_ke"),
        (60, 20, 30, 18, 18, 20),
    )
    _paragraph(made, "Lũy kế theo nhóm đối tượng:")
    _table(
        made,
        ("Nhóm", "Đã xác nhận", "Tự làm được"),
        "nhom",
        ("ten", "xac_nhan", "tu_lam_duoc"),
        (90, 38, 38),
    )


def _milestones(made: Any) -> None:
    _heading(made, "II. CỘT MỐC CỦA NGƯỜI DÂN")
    _paragraph(
        made,
        "Số người khác nhau theo ngày đạt được; đã xác nhận là do chính họ hoặc người chứng kiến nói, "
        "không chỉ biết qua danh sách.",
    )
    _table(
        made,
        ("Cột mốc (người)", "Trong tháng", "Lũy kế", "Lũy kế đã xác nhận"),
        "cot_moc",
        ("ten", "trong_thang", "luy_ke", "xac_nhan"),
        (75, 27, 27, 36),
    )


def _targets(made: Any) -> None:
    _heading(made, "III. SO VỚI CHỈ TIÊU ĐƯỢC GIAO")
    _paragraph(made, "{%p if chi_tieu %}")
    _paragraph(made, "Số đếm từ sổ cái và số do cơ quan công bố được ghi riêng, không cộng vào nhau.")
    _table(
        made,
        ("Chỉ tiêu", "Giao", "Thực hiện", "Trên tổng", "Tỷ lệ", "Nguồn số liệu"),
        "chi_tieu",
        ("ten", "giao", "thuc_hien", "tong", "ty_le", "nguon"),
        (46, 21, 20, 22, 15, 41),
    )
    _paragraph(made, "{%p else %}")
    _paragraph(made, "Chưa có chỉ tiêu nào được giao cho đơn vị này trong hệ thống.")
    _paragraph(made, "{%p endif %}")


def _deeds(made: Any) -> None:
    _heading(made, "IV. TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG, LỚP HỌC VÀ DANH HIỆU")
    _table(
        made,
        ("Nội dung", "Trong tháng", "Lũy kế"),
        "hoat_dong",
        ("ten", "trong_thang", "luy_ke"),
        (90, 38, 38),
    )


def _supplement(made: Any) -> None:
    _heading(made, "V. SỐ LIỆU BỔ SUNG CỦA KỲ TRƯỚC")
    _paragraph(made, "{%p if ky_truoc %}")
    _paragraph(
        made,
        "Sau khi khóa số liệu {{ ky_truoc }}, số người đã xác nhận lũy kế thay đổi {{ chenh_lech }}. "
        "Nguyên nhân: {{ nguyen_nhan }}.",
    )
    _paragraph(made, "{%p else %}")
    _paragraph(made, "Chưa có kỳ nào được khóa trước kỳ này.")
    _paragraph(made, "{%p endif %}")


def _words(made: Any) -> None:
    _heading(made, "VI. ĐIỂN HÌNH ĐỀ NGHỊ BIỂU DƯƠNG")
    _list(
        made, "dien_hinh", "- {{ mot.loai }}: {{ mot.ten }} ({{ mot.don_vi }}), {{ mot.ly_do }}.", "Không có."
    )
    _heading(made, "VII. KHÓ KHĂN, VƯỚNG MẮC")
    _list(made, "kho_khan", "{{ mot }}", "Không có.")
    _heading(made, "VIII. KIẾN NGHỊ, ĐỀ XUẤT")
    _list(made, "kien_nghi", "{{ mot }}", "Không có.")


def _list(made: Any, field: str, each: str, none: str) -> None:
    _paragraph(made, f"{{%p for mot in {field} %}}")
    _paragraph(made, each)
    _paragraph(made, "{%p endfor %}")
    _paragraph(made, f"{{%p if not {field} %}}")
    _paragraph(made, none)
    _paragraph(made, "{%p endif %}")


def _end(made: Any) -> None:
    _paragraph(made, "Trên đây là báo cáo {{ ky_bao_cao }} của {{ ban_hanh }}./.", after=12)
    made.paragraphs[-1].paragraph_format.keep_with_next = True
    table = made.add_table(rows=1, cols=2)
    _widths(table, (75, 90))
    _keeps_together(table.rows[0])
    left, right = table.rows[0].cells
    note = left.paragraphs[0]
    note.paragraph_format.space_after = Pt(0)
    _run(note, "Nơi nhận:", size=12, bold=True, italic=True)
    for text in ("{%p for mot in noi_nhan %}", "- {{ mot }}{{ '.' if loop.last else ';' }}", "{%p endfor %}"):
        paragraph = left.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, text, size=11)
    _line(right, "{{ tham_quyen_ky }}", size=14, bold=True)
    _line(right, "{{ chuc_vu_ky }}", size=14, bold=True)
    for _ in range(4):
        _line(right, " ", size=14)


_UNIT: Final = (("STT", "stt", 13), ("Mã", "ma", 15), ("Đơn vị", "ten", 46))


def _annexes(made: Any) -> None:
    section = made.add_section()
    ending = made.paragraphs[-1].paragraph_format  # takes no room, so that no empty page comes of it
    ending.space_after, ending.line_spacing = Pt(0), Pt(1)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    _numbered(section)
    _begins_at_one(section)
    _annex(
        made,
        "PHỤ LỤC I",
        "Số người học, danh hiệu, tổ và lớp học theo đơn vị trực thuộc, {{ ky_bao_cao }}",
        (
            ("Được hướng dẫn", "huong_dan", 18), ("Đã xác nhận", "xac_nhan", 16),
            ("Tự làm được", "tu_lam_duoc", 16), ("Xác nhận lũy kế", "xac_nhan_luy_ke", 18),
            ("Tự làm được lũy kế", "tu_lam_duoc_luy_ke", 18), ("Đại sứ số", "dai_su", 15),
            ("Gia đình số", "gia_dinh", 15), ("Chợ số", "cho", 13), ("Tiểu thương", "tieu_thuong", 17),
            ("Tổ", "to", 13), ("Thành viên tổ", "thanh_vien", 18), ("Lớp", "lop", 13),
        ),
    )  # fmt: skip
    _annex(
        made,
        "PHỤ LỤC II",
        "Cột mốc của người dân và danh hiệu làng số, cộng đồng số, đơn vị số theo đơn vị trực thuộc, "
        "lũy kế đến hết {{ ky_bao_cao }}",
        (
            ("Tài khoản định danh số", "danh_tinh_so", 24), ("Xác nhận trên VNeID", "xac_nhan_vneid", 23),
            ("Chữ ký số cá nhân", "chu_ky_so", 20), ("Hoàn thành khóa học", "khoa_hoc", 23),
            ("Dịch vụ công trực tuyến", "dich_vu_cong", 24),
            ("Thanh toán không tiền mặt", "khong_tien_mat", 25),
            ("Làng số", "lang_so", 17), ("Cộng đồng số", "cong_dong_so", 20), ("Đơn vị số", "don_vi_so", 17),
        ),
        again=True,
    )  # fmt: skip
    _paragraph(made, "{{ nguon_goc }}", italic=True, size=11)


def _annex(
    made: Any, number: str, title: str, columns: Sequence[tuple[str, str, int]], *, again: bool = False
) -> None:
    """A table by unit on pages of its own; `again` where one stands before it."""
    _paragraph(made, number, bold=True, centred=True, after=0)
    made.paragraphs[-1].paragraph_format.page_break_before = again
    _paragraph(made, title, bold=True, centred=True, after=0)
    _paragraph(
        made, "(Kèm theo Báo cáo số {{ so_ky_hieu }} {{ ngay }} của {{ ban_hanh }})", italic=True,
        centred=True, size=13, after=0,
    )  # fmt: skip
    _paragraph(
        made,
        "Một người có thể học ở nhiều đơn vị: cộng các dòng không ra số người của cả đơn vị.",
        italic=True,
        centred=True,
        size=12,
    )
    every = (*_UNIT, *columns)
    _table(
        made,
        [heading for heading, _, _ in every],
        "don_vi_truc_thuoc",
        [name for _, name, _ in every],
        [width for _, _, width in every],
        size=11,
    )


def _begins_at_one(section: Any) -> None:
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    section._sectPr.append(numbers)  # noqa: SLF001 - python-docx has no name for it


def _table(
    made: Any,
    headings: Sequence[str],
    rows: str,
    cells: Sequence[str],
    widths: Sequence[int],
    *,
    size: float = 12,
) -> None:
    """A heading that repeats on each page, and a row for each of `rows`, of which none breaks over two."""
    table = made.add_table(rows=4, cols=len(headings))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    heading, begin, each, end = table.rows
    _repeats(heading)
    _keeps_together(heading)
    _keeps_together(each)
    for at, text in enumerate(headings):
        _cell(heading.cells[at], text, size=size, bold=True, centred=True)
    _cell(begin.cells[0], f"{{%tr for dong in {rows} %}}", size=size)
    for at, name in enumerate(cells):
        right = name not in _TEXTS | _CODES
        _cell(each.cells[at], f"{{{{ dong.{name} }}}}", size=size, right=right, centred=name in _CODES)
    _cell(end.cells[0], "{%tr endfor %}", size=size)
    _widths(table, widths)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


_TEXTS: Final = frozenset(("ten", "giao", "nguon", "don_vi"))
_CODES: Final = frozenset(("stt", "ma"))


def _cell(
    cell: Any, text: str, *, size: float, bold: bool = False, centred: bool = False, right: bool = False
) -> None:
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.RIGHT if right else ALIGN.LEFT
    _run(paragraph, text, size=size, bold=bold)


def _repeats(row: Any) -> None:
    _says(row, "w:tblHeader")


def _keeps_together(row: Any) -> None:
    _says(row, "w:cantSplit")


def _says(row: Any, name: str) -> None:
    said = OxmlElement(name)
    said.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(said)  # noqa: SLF001 - python-docx has no name for it


if __name__ == "__main__":
    main()
