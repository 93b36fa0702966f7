"""`python -m infrastructure.exports.own_report` draws `report.docx`, the template that comes with Lan Tỏa.

Laid out as Decree 30/2020/NĐ-CP asks of administrative documents (appendix I): A4, Times New Roman, the
motto of the country, number, place and day, recipients at the end.
"""

from collections.abc import Sequence
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
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
    _targets(made)
    _deeds(made)
    _supplement(made)
    _words(made)
    _end(made)
    _annex(made)
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


def _head(made: Any) -> None:
    table = made.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _line(left, "{{ co_quan }}", size=13, bold=True)
    _line(left, "_______", size=9)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    _line(right, "_______________________", size=9)
    number, day = table.rows[1].cells
    _line(number, "Số: {{ so_ky_hieu }}", size=13)
    _line(day, "{{ ngay_thang }}", size=13, italic=True)
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(70), Mm(95)


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
    for text, bold in (
        ("BÁO CÁO", True),
        ("Kết quả thực hiện phong trào “Bình dân học vụ số”", True),
        ("{{ ky_bao_cao }} của {{ don_vi }}", True),
    ):
        _paragraph(made, text, bold=bold, centred=True)
    _paragraph(made, "{%p if mo_phong %}")
    _paragraph(made, "{{ mo_phong }}", italic=True, centred=True)
    _paragraph(made, "{%p endif %}")
    _paragraph(made, "Kính gửi: {{ kinh_gui }}", centred=True)


def _paragraph(
    made: Any, text: str, *, bold: bool = False, italic: bool = False, centred: bool = False, size: float = 14
) -> None:
    paragraph = made.add_paragraph()
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.JUSTIFY
    _run(paragraph, text, bold=bold, italic=italic, size=size)


def _figures(made: Any) -> None:
    _paragraph(made, "I. KẾT QUẢ TRONG THÁNG VÀ LŨY KẾ", bold=True)
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


def _targets(made: Any) -> None:
    _paragraph(made, "II. SO VỚI CHỈ TIÊU ĐƯỢC GIAO", bold=True)
    _paragraph(made, "{%p if chi_tieu %}")
    _paragraph(made, "Số đếm từ sổ cái và số do cơ quan công bố được ghi riêng, không cộng vào nhau.")
    _table(
        made,
        ("Chỉ tiêu", "Giao", "Thực hiện", "Trên tổng", "Tỷ lệ", "Nguồn số liệu"),
        "chi_tieu",
        ("ten", "giao", "thuc_hien", "tong", "ty_le", "nguon"),
        (52, 24, 22, 24, 16, 28),
    )
    _paragraph(made, "{%p else %}")
    _paragraph(made, "Chưa có chỉ tiêu nào được giao cho đơn vị này trong hệ thống.")
    _paragraph(made, "{%p endif %}")


def _deeds(made: Any) -> None:
    _paragraph(made, "III. TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG, LỚP HỌC VÀ DANH HIỆU", bold=True)
    _table(
        made,
        ("Nội dung", "Trong tháng", "Lũy kế"),
        "hoat_dong",
        ("ten", "trong_thang", "luy_ke"),
        (90, 38, 38),
    )


def _supplement(made: Any) -> None:
    _paragraph(made, "IV. SỐ LIỆU BỔ SUNG CỦA KỲ TRƯỚC", bold=True)
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
    _paragraph(made, "V. ĐIỂN HÌNH ĐỀ NGHỊ BIỂU DƯƠNG", bold=True)
    _list(
        made, "dien_hinh", "- {{ mot.loai }}: {{ mot.ten }} ({{ mot.don_vi }}), {{ mot.ly_do }}.", "Không có."
    )
    _paragraph(made, "VI. KHÓ KHĂN, VƯỚNG MẮC", bold=True)
    _list(made, "kho_khan", "{{ mot }}", "Không có.")
    _paragraph(made, "VII. KIẾN NGHỊ, ĐỀ XUẤT", bold=True)
    _list(made, "kien_nghi", "{{ mot }}", "Không có.")


def _list(made: Any, field: str, each: str, none: str) -> None:
    _paragraph(made, f"{{%p for mot in {field} %}}")
    _paragraph(made, each)
    _paragraph(made, "{%p endfor %}")
    _paragraph(made, f"{{%p if not {field} %}}")
    _paragraph(made, none)
    _paragraph(made, "{%p endif %}")


def _end(made: Any) -> None:
    _paragraph(made, "Trên đây là báo cáo {{ ky_bao_cao }} của {{ don_vi }}./.")
    table = made.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    note = left.paragraphs[0]
    _run(note, "Nơi nhận:", size=12, bold=True, italic=True)
    for text in ("{%p for mot in noi_nhan %}", "- {{ mot }};", "{%p endfor %}"):
        paragraph = left.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, text, size=11)
    _line(right, "{{ tham_quyen_ky }}", size=14, bold=True)
    _line(right, "{{ chuc_vu_ky }}", size=14, bold=True)
    for _ in range(4):
        _line(right, " ", size=14)


def _annex(made: Any) -> None:
    section = made.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    _paragraph(made, "PHỤ LỤC", bold=True, centred=True)
    _paragraph(made, "Số liệu theo đơn vị trực thuộc, {{ ky_bao_cao }}", bold=True, centred=True)
    _paragraph(
        made,
        "Một người có thể học ở nhiều đơn vị: cộng các dòng không ra số người của {{ don_vi }}.",
        italic=True,
        centred=True,
        size=12,
    )
    _table(
        made,
        (
            "STT", "Mã", "Đơn vị", "Được hướng dẫn", "Đã xác nhận", "Tự làm được", "Xác nhận lũy kế",
            "Tự làm được lũy kế", "Đại sứ số", "Gia đình số", "Chợ số", "Tiểu thương", "Tổ", "Thành viên",
            "Lớp",
        ),
        "don_vi_truc_thuoc",
        (
            "stt", "ma", "ten", "huong_dan", "xac_nhan", "tu_lam_duoc", "xac_nhan_luy_ke",
            "tu_lam_duoc_luy_ke", "dai_su", "gia_dinh", "cho", "tieu_thuong", "to", "thanh_vien", "lop",
        ),
        (10, 15, 50, 18, 18, 18, 18, 18, 15, 15, 12, 16, 12, 16, 12),
        size=10,
    )  # fmt: skip
    _paragraph(made, "{{ nguon_goc }}", italic=True, size=11)


def _table(
    made: Any,
    headings: Sequence[str],
    rows: str,
    cells: Sequence[str],
    widths: Sequence[int],
    *,
    size: float = 11,
) -> None:
    """A heading that repeats on each page, and a row for each of `rows`."""
    table = made.add_table(rows=4, cols=len(headings))
    table.style = "Table Grid"
    table.autofit = False
    heading, begin, each, end = table.rows
    _repeats(heading)
    for at, text in enumerate(headings):
        _cell(heading.cells[at], text, size=size, bold=True, centred=True)
    _cell(begin.cells[0], f"{{%tr for dong in {rows} %}}", size=size)
    for at, name in enumerate(cells):
        _cell(each.cells[at], f"{{{{ dong.{name} }}}}", size=size, right=name not in _TEXTS)
    _cell(end.cells[0], "{%tr endfor %}", size=size)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


_TEXTS: Final = frozenset(("ten", "ma", "giao", "nguon", "don_vi"))


def _cell(
    cell: Any, text: str, *, size: float, bold: bool = False, centred: bool = False, right: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.RIGHT if right else ALIGN.LEFT
    _run(paragraph, text, size=size, bold=bold)


def _repeats(row: Any) -> None:
    repeats = OxmlElement("w:tblHeader")
    repeats.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeats)  # noqa: SLF001 - python-docx has no name for it


if __name__ == "__main__":
    main()
