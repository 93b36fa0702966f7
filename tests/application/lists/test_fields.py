"""What the columns of a list hold, by their headings."""

import pytest

from application.lists.fields import guess, lacking, recognised, twice
from domain.lists import ListKind


def said(kind: ListKind, headings: str) -> str:
    return " ".join(one or "-" for one in guess(kind, headings.split("|")))


@pytest.mark.parametrize(
    ("kind", "headings", "expected"),
    [
        (
            ListKind.MEMBERS,
            "STT|Họ và tên|Số điện thoại|Năm sinh|Thôn/Bản/TDP|Xã/Phường|Tên tổ|Chức vụ|Ghi chú",
            "- name phone birth_year hamlet commune team role -",
        ),
        (
            ListKind.MEMBERS,
            "TT|HO TEN|SĐT|NS|TDP|P.XÃ|TO CNSCD|VAI TRO",
            "- name phone birth_year hamlet - team role",
        ),
        (
            ListKind.MEMBERS,
            "Họ  tên :|Điện thoại (Zalo)|Ngày sinh|Xã, phường, thị trấn|Tổ công nghệ số cộng đồng",
            "name phone birth_year commune team",
        ),
        (
            ListKind.TEAMS,
            "Tên tổ|Họ và tên tổ trưởng|Số điện thoại tổ trưởng|Xã|Thôn|Ngày thành lập",
            "team leader leader_phone commune hamlet on",
        ),
        (
            ListKind.MEMBERS,
            "TT|HỌ VÀ TÊN|Số ĐT |Tổ (TCNSCĐ)|xa phuong|Vai trò|Ngày tham gia",
            "- name phone team commune role on",
        ),
        (
            ListKind.TEAMS,
            "Tổ CNSCĐ|Họ và tên|SĐT|Đơn vị",
            "team leader leader_phone commune",
        ),
        (
            ListKind.HOUSEHOLDS,
            "Mã hộ|Họ và tên chủ hộ|Điện thoại|Thôn|Người phụ trách|SĐT người phụ trách",
            "household name phone hamlet mentor mentor_phone",
        ),
        (ListKind.MARKETS, "Tên chợ|Phường|Số sạp", "market commune stalls"),
        (ListKind.VENDORS, "Tiểu thương|SĐT|Chợ|Xã", "name phone market commune"),
        (
            ListKind.CLASSES,
            "Tên lớp|Ngày tổ chức|Xã|Giảng viên|SĐT giảng viên|Nội dung|Họ và tên học viên|SĐT|Năm sinh",
            "class on commune mentor mentor_phone skills name phone birth_year",
        ),
        (
            ListKind.VISITS,
            "Số hộ|Thôn/Bản|Xã/Phường|Ngày đi|Người đi hộ|SĐT người đi hộ|Có điện thoại thông minh|Nhu cầu",
            "number hamlet commune on mentor mentor_phone found.smartphone needs",
        ),
        (
            ListKind.VISITS,
            "Mã hộ|Mạng Internet|VNeID mức 2|Người phụ trách|Số điện thoại người phụ trách",
            "number found.home-network found.vneid-level-2 mentor mentor_phone",
        ),
        (
            ListKind.VISITS,
            "TT|HO SO|THON|NGAY|CAN BO PHU TRACH|SDT PHU TRACH|KET QUA",
            "- number hamlet on mentor mentor_phone found",
        ),
        (
            ListKind.MILESTONES,
            "STT|Họ và tên|Năm sinh|SĐT|Xã|Đối tượng|Cột mốc|Ngày đạt",
            "- name birth_year phone commune group milestone on",
        ),
        (
            ListKind.MILESTONES,
            "Họ tên|Ngày sinh|Định danh điện tử|Xác nhận trên VNeID",
            "name birth_year milestone.digital-identity milestone.confirmed-on-vneid",
        ),
    ],
)
def test_headings_are_recognised_as_offices_write_them(kind, headings, expected):
    assert said(kind, headings) == expected


def test_a_field_is_held_by_one_column():
    assert said(ListKind.MEMBERS, "Họ tên|Họ và tên|Điện thoại|SĐT") in (
        "- name phone -",
        "name - phone -",
        "- name - phone",
        "name - - phone",
    )


def test_a_title_is_no_heading():
    assert recognised(ListKind.MEMBERS, ["DANH SÁCH THÀNH VIÊN TỔ CÔNG NGHỆ SỐ NĂM 2026"]) < 2


def test_what_is_lacking_or_said_twice_is_named():
    assert lacking(ListKind.MEMBERS, ("name", None)) == ["team"]
    assert lacking(ListKind.MILESTONES, ("name", "phone")) == ["milestone"]
    assert lacking(ListKind.MILESTONES, ("name", "milestone.online-course")) == []
    assert twice(("name", "phone", "name", None)) == ["name"]
