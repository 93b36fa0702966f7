"""A month's report as files: DOCX by a template with Vietnamese fields, XLSX by our own sheets.

Files are Vietnamese in every language of the screens: they are administrative documents. Both are written
from the one `Content` that the page shows.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from domain.calendar import day_of
from domain.closing import first_day
from infrastructure.exports.as_xlsx import as_xlsx
from infrastructure.exports.report_template import check, filled_in, own_template
from infrastructure.exports.sheet import Cell, Column, Sheet, provenance
from infrastructure.reports import Files
from interfaces.house import House
from interfaces.web import language, words
from interfaces.web.language import day, moment, number, percent
from interfaces.web.language import gettext as _
from interfaces.web.reporting import Content, TargetRow, UnitRow, content_of

SIGNER: Final = "CHỦ TỊCH"
NO_BREAK: Final = "\u00a0"
"""Between the words of a name, so that the line breaks before it."""
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def files(house: House, content: Content, template: bytes | None) -> Files:
    """Both files. Raises `BadDocument` where the template cannot be filled in."""
    return Files(docx(house, content, template), xlsx(content, house))


def in_vietnamese(house: House, *args: Any, **kwargs: Any) -> Content:
    """The same report with its labels in Vietnamese, whatever language the screen speaks."""
    with language.spoken("vi"):
        return content_of(house, *args, **kwargs)


def docx(house: House, content: Content, template: bytes | None) -> bytes:
    with language.spoken("vi"):
        said = fields(content, day_of(house.clock()))
    return filled_in(template or own_template(), said)


def try_out(template: bytes, sample: Content, today: date) -> None:
    """Checks a template and fills it in once. Raises `BadDocument`."""
    check(template)
    with language.spoken("vi"):
        said = fields(sample, today)
    check(filled_in(template, said))


def xlsx(content: Content, house: House) -> bytes:
    with language.spoken("vi"):
        return as_xlsx(*_book(content, house))


def fields(content: Content, today: date) -> dict[str, Any]:
    """What a template may use; docs/reports.md describes each."""
    period, draft = _period(content.month), content.draft
    confirmed = next(one for one in content.figures if one.key == "confirmed")
    return {
        "co_quan": f"ỦY BAN NHÂN DÂN {content.name.upper().replace(' ', NO_BREAK)}",
        "don_vi": content.name,
        "ma_don_vi": content.unit.code or "",
        "so_ky_hieu": _clean(draft.number) or "        /BC-UBND",
        "ngay_thang": f"{_clean(draft.place) or _place(content)}, {_written(today)}",
        "ngay": _written(today),
        "ban_hanh": f"Ủy ban nhân dân {language.lower_first(content.name)}",
        "kinh_gui": content.to,
        "ky_bao_cao": period,
        "tinh_trang_so_lieu": state(content),
        "ty_le_xac_nhan": percent(content.confirmed_share),
        "so_lieu": [
            {
                "ten": one.label,
                "trong_thang": number(one.month),
                "da_bao_cao": _or_dash(one.reported),
                "bo_sung": _signed(one.supplement),
                "moi": number(one.new),
                "luy_ke": number(one.total),
            }
            for one in content.figures
        ],
        "nhom": [
            {"ten": one.label, "xac_nhan": number(one.confirmed), "tu_lam_duoc": number(one.able)}
            for one in content.groups
        ],
        "tieu_thuong": {
            "trong_thang": number(content.vendors),
            "luy_ke": number(content.vendors_total),
        },
        "cot_moc": [
            {
                "ten": one.label,
                "trong_thang": number(one.month),
                "luy_ke": number(one.total),
                "xac_nhan": number(one.confirmed),
            }
            for one in content.milestones
        ],
        "hoat_dong": [
            {"ten": one.label, "trong_thang": number(one.month), "luy_ke": number(one.total)}
            for one in content.deeds
        ],
        "chi_tieu": [_target(one) for one in content.targets],
        "ky_truoc": _period(content.before) if content.before else "",
        "chenh_lech": _signed(confirmed.supplement),
        "nguyen_nhan": _causes(content),
        "nguyen_nhan_chi_tiet": [{"ten": one.label, "so": number(one.count)} for one in content.causes],
        "dien_hinh": [
            {"loai": one.kind, "ten": _clean(one.name), "don_vi": one.unit, "ly_do": one.why}
            for one in content.cases
        ],
        "kho_khan": _paragraphs(draft.difficulties),
        "kien_nghi": _paragraphs(draft.proposals),
        "don_vi_truc_thuoc": [_unit(place, one) for place, one in enumerate(content.units, 1)],
        "noi_nhan": ["Như trên", "Lưu: VT"],
        "tham_quyen_ky": "TM. ỦY BAN NHÂN DÂN",
        "chuc_vu_ky": _clean(draft.signer) or SIGNER,
        "nguon_goc": _origin(content),
        "mo_phong": _("Simulated data: every person and figure here is invented.")
        if content.simulated
        else "",
    }


def _written(today: date) -> str:
    return f"ngày {today:%d} tháng {today:%m} năm {today:%Y}"


def _causes(content: Content) -> str:
    said = (f"{language.lower_first(one.label)}: {number(one.count)}" for one in content.causes)
    return "; ".join(said) or "không có"


def state(content: Content) -> str:
    """Whether the figures are closed, and when."""
    if content.closing is None:
        return _("The figures of this month are not closed yet and may still change.")
    said = _("The figures were closed at %(when)s.", when=moment(content.closing.at))
    if content.closing.number > 1:
        again = _("The month was closed %(num)s times.", num=content.closing.number)
        return f"{said} {again}"
    return said


def _period(month: str) -> str:
    first = first_day(month)
    return f"tháng {first.month} năm {first.year}"


def _place(content: Content) -> str:
    """Tuy Phước for Xã Tuy Phước."""
    name = content.name
    for kind in ("Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Đặc khu "):
        name = name.removeprefix(kind)
    return name


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text).strip()


def _paragraphs(text: str) -> list[str]:
    return [line for part in _clean(text).splitlines() if (line := part.strip())]


def _or_dash(value: int | None) -> str:
    return "–" if value is None else number(value)


def _signed(value: int | None) -> str:
    if value is None:
        return "–"
    return f"+{number(value)}" if value > 0 else number(value)


def _target(one: TargetRow) -> dict[str, str]:
    return {
        "ten": f"{one.label} ({one.then})" if one.then else one.label,
        "giao": one.asked,
        "van_ban_giao": one.source,
        "thuc_hien": _or_dash(one.actual),
        "tong": _or_dash(one.whole),
        "ty_le": percent(one.share),
        "nguon": basis(one),
        "dang_theo": "" if one.followed is None else "x" if one.followed else "",
    }


def basis(one: TargetRow) -> str:
    """Where a figure comes from: counted here, or declared by whom."""
    if one.counted:
        return _("counted in the ledger")
    if one.unknown:
        return _("not known: the units of before 1 July 2025 are not loaded here")
    if one.actual is None:
        return _("not declared yet")
    return _(
        "declared, document %(document)s as of %(day)s",
        document=one.document,
        day=day(one.as_of) if one.as_of else "–",
    )


def _unit(place: int, one: UnitRow) -> dict[str, str]:
    return {
        "stt": str(place),
        "ma": one.code,
        "ten": one.name,
        "huong_dan": number(one.taught),
        "xac_nhan": number(one.confirmed),
        "tu_lam_duoc": number(one.able),
        "xac_nhan_luy_ke": number(one.total_confirmed),
        "tu_lam_duoc_luy_ke": number(one.total_able),
        "dai_su": number(one.ambassadors),
        "gia_dinh": number(one.families),
        "cho": number(one.markets),
        "tieu_thuong": number(one.vendors),
        "to": number(one.teams),
        "thanh_vien": number(one.members),
        "lop": number(one.classes),
        **{name: number(many) for name, many in zip(_MILESTONES, one.milestones, strict=True)},
        **{name: number(many) for name, many in zip(_STATUSES, one.statuses, strict=True)},
    }


_MILESTONES: Final = (
    "danh_tinh_so", "xac_nhan_vneid", "chu_ky_so", "khoa_hoc", "dich_vu_cong", "khong_tien_mat",
)  # fmt: skip
_STATUSES: Final = ("lang_so", "cong_dong_so", "don_vi_so")
"""Fields of a unit, in the order of `Milestone` and `StatusKind`."""


def _origin(content: Content) -> str:
    at = moment(content.at) if content.at else "–"
    return (
        f"Nguồn: sổ cái Lan Tỏa, vị trí {number(content.position)}, lúc {at}; tiêu chí: {content.criteria}; "
        f"{len(content.units)} đơn vị trực thuộc; tỷ lệ đã xác nhận {percent(content.confirmed_share)}."
    )


# XLSX


def _book(content: Content, house: House) -> Iterator[Sheet]:
    title = f"{content.name} · {_period(content.month)}"
    if content.simulated:
        title = f"{title} · {_('Simulated data: every person and figure here is invented.')}"
    yield Sheet(
        name="Số liệu",
        title=title,
        columns=_columns(
            ("Chỉ tiêu (người)", 44), "Trong tháng", "Lũy kế đã báo cáo", "Bổ sung", "Mới", "Lũy kế"
        ),
        rows=[
            (one.label, one.month, one.reported, one.supplement, one.new, one.total)
            for one in content.figures
        ],
        notes=_notes(content, house, len(content.figures)),
    )
    yield Sheet(
        name="Nhóm đối tượng",
        title=title,
        columns=_columns(("Nhóm", 30), "Đã xác nhận", "Tự làm được"),
        rows=[(one.label, one.confirmed, one.able) for one in content.groups],
        notes=_notes(content, house, len(content.groups)),
    )
    yield Sheet(
        name="Cột mốc của người dân",
        title=title,
        columns=_columns(("Cột mốc (người)", 44), "Trong tháng", "Lũy kế", "Lũy kế đã xác nhận"),
        rows=[(one.label, one.month, one.total, one.confirmed) for one in content.milestones],
        notes=_notes(content, house, len(content.milestones)),
    )
    yield Sheet(
        name="Chỉ tiêu",
        title=title,
        columns=_columns(
            ("Chỉ tiêu", 44), ("Đơn vị khi đó", 20), ("Giao", 22), "Thực hiện", "Trên tổng", "Tỷ lệ",
            ("Nguồn số liệu", 40), ("Văn bản giao", 30),
        ),
        rows=[
            (one.label, one.then, one.asked, one.actual, one.whole, one.share, basis(one), one.source)
            for one in content.targets
        ],
        notes=_notes(content, house, len(content.targets)),
    )  # fmt: skip
    yield Sheet(
        name="Tổ, lớp, danh hiệu",
        title=title,
        columns=_columns(("Nội dung", 44), "Trong tháng", "Lũy kế"),
        rows=[(one.label, one.month, one.total) for one in content.deeds],
        notes=_notes(content, house, len(content.deeds)),
    )
    yield Sheet(
        name="Phụ lục đơn vị",
        title=f"{title} · cộng các dòng không ra số người của đơn vị",
        columns=_columns(
            ("STT", 6), ("Mã", 10), ("Đơn vị", 32), "Được hướng dẫn", "Đã xác nhận", "Tự làm được",
            "Xác nhận lũy kế", "Tự làm được lũy kế", "Đại sứ số", "Gia đình số", "Chợ số", "Tiểu thương",
            "Tổ", "Thành viên", "Lớp",
        ),
        rows=[
            (
                place, one.code, one.name, one.taught, one.confirmed, one.able, one.total_confirmed,
                one.total_able, one.ambassadors, one.families, one.markets, one.vendors, one.teams,
                one.members, one.classes,
            )
            for place, one in enumerate(content.units, 1)
        ],
        notes=_notes(content, house, len(content.units)),
    )  # fmt: skip
    yield Sheet(
        name="Phụ lục cột mốc, danh hiệu",
        title=f"{title} · cộng các dòng không ra số người của đơn vị",
        columns=_columns(("STT", 6), ("Mã", 10), ("Đơn vị", 32), *_REACHED),
        rows=[
            (place, one.code, one.name, *one.milestones, *one.statuses)
            for place, one in enumerate(content.units, 1)
        ],
        notes=_notes(content, house, len(content.units)),
    )
    yield Sheet(
        name="Bổ sung kỳ trước",
        title=f"{title} · bổ sung sau khi khóa {_period(content.before)}" if content.before else title,
        columns=_columns(("Nguyên nhân", 56), "Số lần"),
        rows=[(one.label, one.count) for one in content.causes],
        notes=_notes(content, house, len(content.causes)),
    )
    yield Sheet(
        name="Điển hình, khó khăn",
        title=title,
        columns=_columns(("Mục", 24), ("Nội dung", 60), ("Đơn vị", 40), ("Lý do", 40)),
        rows=list(_words(content)),
        notes=_notes(content, house, len(content.cases)),
    )


_REACHED: Final = (
    "Tài khoản định danh số", "Xác nhận trên VNeID", "Chữ ký số cá nhân", "Hoàn thành khóa học trực tuyến",
    "Dịch vụ công trực tuyến lần đầu", "Thanh toán không tiền mặt lần đầu", "Làng số", "Cộng đồng số",
    "Đơn vị số",
)  # fmt: skip
"""Headings of what stands up to the end of the month, in the order of `Milestone` and `StatusKind`."""


def _words(content: Content) -> Iterator[tuple[Cell, ...]]:
    for one in content.cases:
        yield one.kind, _clean(one.name), one.unit, one.why
    for label, text in (("Khó khăn", content.draft.difficulties), ("Kiến nghị", content.draft.proposals)):
        for paragraph in _paragraphs(text):
            yield label, paragraph, "", ""


def _columns(*headings: str | tuple[str, int]) -> list[Column]:
    """Of numbers; with a width, of texts."""
    return [Column(one, 14, "count") if isinstance(one, str) else Column(*one, "wrapped") for one in headings]


def _notes(content: Content, house: House, rows: int) -> list[tuple[str, Cell]]:
    return [
        *provenance(
            words.of_notes(cutoff=_("Cut-off")),
            shown=f"{content.name}, {_period(content.month)}",
            criteria=content.criteria,
            cutoff=state(content),
            position=content.position,
            time=house.clock(),
            row_count=rows,
        ),
        (_("Share confirmed"), content.confirmed_share),
    ]
