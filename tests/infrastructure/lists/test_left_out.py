"""What offices write around the rows of a list is left out, and never a row."""

import unicodedata
from datetime import date

import pytest

from domain.lists import ListKind
from infrastructure.lists.left_out import MOST, rows_only
from infrastructure.lists.table import Flagged

HOA = [1, "Võ Thị Hoa", "0905111222", 1980, "Tổ số 1"]
TU = [2, "Nguyễn Thị Tư", "0905111223", 1950, "Tổ số 1"]


def sifted(*rows, kind=ListKind.MEMBERS):
    """Which of the rows (from line 5 on) are rows, and the numbers of the others."""
    left_out: list[int] = []
    kept = list(rows_only(kind, enumerate(map(list, rows), 5), left_out))
    return [number for number, _ in kept], left_out


@pytest.mark.parametrize(
    "row",
    [
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, 2, 3, 4, 5],
        ["1", "2", "3", "4", "5"],
        [-1, -2, -3, -4, -5],  # "(1)", typed into a spreadsheet
        ["A", "B", "C", "D", "E"],
        ["A", "B", 1, 2, "3=1+2"],
        [None, "[1]", "[2]", None, "[3]"],
        ["1.", "2.", "3.", "(4) = (2)/(3)", 5],
    ],
)
def test_numbers_of_columns_are_no_row(row):
    assert sifted(row, HOA, TU) == ([6, 7], [5])
    assert sifted([None, None, "Tháng", "Năm"], row, HOA) == ([5, 7], [6])
    assert sifted(HOA, TU, TU, TU, row) == ([5, 6, 7, 8, 9], [])


@pytest.mark.parametrize(
    "row",
    [
        [1, 2],  # the first team is called 2
        [1, "2", 4],
        [2, 3, 4],
        [1, 1, 1],
        [1, "B", 3],
        ["A", "C", "D"],
        [1, "Võ Thị Hoa", 3],
        [True, 2, 3],
        [1, date(2026, 1, 2), 3],
        [1, 2.5, 3],
        [Flagged("merged", 1), 2, 3],
        ["(1)", "(2)"],
    ],
)
def test_what_only_looks_like_it_is_a_row(row):
    assert sifted(row, HOA) == ([5, 6], [])


@pytest.mark.parametrize("kind", [ListKind.TEAMS, ListKind.MARKETS])
def test_a_team_may_be_called_by_a_number_and_lie_in_one(kind):
    """Of a list that goes on with 2 the first row is 1; one that begins again has its columns numbered."""
    assert sifted([1, 2, 3], [2, 3, 3], kind=kind) == ([5, 6], [])
    assert sifted([1, 2, 3], kind=kind) == ([5], [])
    assert sifted([1, 2, 3], [1, "Tổ 2", "Khu phố 3"], kind=kind) == ([6], [5])
    assert sifted(["(1)", "(2)", "(3)"], [2, 3, 3], kind=kind) == ([6], [5])
    assert sifted([1, 1, 5], [1, 2, 3], [1, 3, 4], kind=kind) == ([5, 6, 7], [])  # all in hamlet 1
    assert sifted([1, "1", "Lan"], [1, 2, 3], [1, 3, "Hòa"], kind=kind) == ([5, 6, 7], [])
    assert sifted([1, 2, 3], [1, 3, 4], kind=kind) == ([5, 6], [])


SIGNED = (
    [None, None, None, "Tuy Phước, ngày 20 tháng 11 năm 2026"],
    [None, "NGƯỜI LẬP BIỂU", None, "TM. ỦY BAN NHÂN DÂN XÃ"],
    [None, "(Ký, ghi rõ họ tên)", None, "CHỦ TỊCH"],
    [None, None, None, "(Ký tên, đóng dấu)"],
    [None, "Lê Quang Minh", None, "Trần Văn Hòa"],
)


def test_signatures_at_the_end_are_no_rows():
    assert sifted(HOA, TU, *SIGNED) == ([5, 6], [7, 8, 9, 10, 11])


@pytest.mark.parametrize(
    "row",
    [
        ["Tổng cộng", None, None, 350],
        [None, "Tổng số: 57 người"],
        ["Danh sách này có 57 người./."],
        ["Tổng cộng", "57", "1.350"],
        ["TỔNG  CỘNG", 350],
        [unicodedata.normalize("NFD", "Tổng cộng:"), 350],
        ["Tong cong", 350],
    ],
)
def test_sums_are_no_rows(row):
    assert sifted(HOA, row, *SIGNED) == ([5], [6, 7, 8, 9, 10, 11])
    assert sifted(HOA, row, TU) == ([5, 7], [6])


@pytest.mark.parametrize(
    "row",
    [
        ["Người lập biểu"],
        ["NGƯỜI LẬP\n(Ký, họ tên)\n\n\nLê Quang Minh"],
        [None, Flagged("merged", "T/M UBND XÃ TUY PHƯỚC"), Flagged("merged", None)],
        ["Người lập biểu", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"],
        ["Xác nhận của UBND xã"],
        ["Người kiểm tra (Ký, ghi rõ họ tên)"],
        ["Người lập biểu\n(Đã ký)"],
        [None, "Ngày ... tháng ... năm 2026"],
    ],
)
def test_who_signs_is_no_row_wherever_it_stands(row):
    assert sifted(HOA, row) == ([5], [6])
    assert sifted(HOA, row, TU) == ([5, 7], [6])


@pytest.mark.parametrize(
    "row",
    [
        [None, "Tổ trưởng"],  # the position of somebody whose name is in no row
        [None, "Lê Quang Minh"],
        [3, "Người lập biểu", "0905111222"],
        ["Kỳ Tú"],
        ["Đa Kỳ"],
        [12, "Tống Công", 1980],
        [12, "Tong Cong", 1980],
        ["Tổng"],
        ["Tổng cộng", "Lê Quang Minh"],
        ["Chợ Tổng cộng", 40],
        [None, "Tm Hội An"],
        [None, date(2026, 11, 20)],
        ["Người lập biểu", 57],
        ["……"],
    ],
)
def test_everything_else_is_a_row(row):
    assert sifted(HOA, row, TU) == ([5, 6, 7], [])
    assert sifted(HOA, row) == ([5, 6], [])


def test_nobody_is_taken_for_who_signs():
    after = [None, "Phạm Thị Hạnh"]
    assert sifted(*SIGNED, HOA) == ([9, 10], [5, 6, 7, 8])  # it is not the end, so that names are rows
    assert sifted(HOA, *SIGNED, after) == ([5, 10, 11], [6, 7, 8, 9])  # two names under one who signs
    assert sifted(HOA, *SIGNED[:4], [3, "Lê Quang Minh"]) == ([5, 10], [6, 7, 8, 9])
    assert sifted(HOA, *SIGNED[:4], [None, None, "Lê Quang Minh"]) == ([5, 10], [6, 7, 8, 9])
    assert sifted(HOA, *SIGNED[:4], [None, "0905111222"]) == ([5, 10], [6, 7, 8, 9])


def test_of_a_file_with_nothing_else_some_is_left_out_and_the_rest_are_rows():
    kept, left_out = sifted(*[["Người lập biểu"]] * (MOST + 2))
    assert (len(kept), len(left_out)) == (2, MOST)
