"""Charts: every value stands in a table, nothing by colour alone, nothing that the CSP refuses."""

import re

import pytest

from interfaces.web import charts, language
from interfaces.web.charts import Share
from interfaces.web.render import charted

WEEKS = [("05/10", 40), ("12/10", 1_204), ("19/10", 0), ("26/10", 31)]


@pytest.fixture(autouse=True)
def _in_vietnamese():
    language.use("vi")
    yield
    language.use("vi")


def trend(points=WEEKS, **more):
    return charts.trend("Người học đã xác nhận", points, when="Tuần", what="Người", **more)


def test_a_trend_has_every_value_in_its_table_and_as_people_read_numbers():
    one = trend()
    assert one.rows == [("05/10", "40"), ("12/10", "1.204"), ("19/10", "0"), ("26/10", "31")]
    html = charted(one)
    for label, value in one.rows:
        assert f'<th scope="row">{label}</th><td class="n">{value}</td>' in html


def test_the_highest_column_fills_the_drawing_and_nothing_is_nothing():
    one = trend()
    assert one.columns[1].height == max(column.height for column in one.columns)
    assert one.columns[2].height == 0


def test_few_values_are_printed_in_the_drawing_many_are_not():
    assert [column.said for column in trend().columns] == ["40", "1.204", "0", "31"]
    year = [(f"t{at}", at % 9 * 1_000) for at in range(52)]
    printed = [column.said for column in trend(year).columns if column.said]
    assert printed == ["8.000", "6.000"]  # the highest, and the last


def test_the_drawing_can_be_heard():
    assert "cao nhất 12/10 1.204" in trend().alt
    assert f'role="img" aria-label="{trend().alt}"' in charted(trend())


def test_a_week_that_is_not_over_looks_otherwise_and_is_explained():
    html = charted(trend(unfinished="Tuần này chưa hết"))
    assert html.count('class="open"') == 2  # the column and its key
    assert "Tuần này chưa hết" in html


def test_a_level_higher_than_all_columns_stands_inside_the_drawing():
    one = trend(level=("Cần mỗi tuần: 2.000", 2_000))
    assert one.mark is not None
    assert 0 < one.mark.y < one.columns[1].y
    assert "Cần mỗi tuần: 2.000" in charted(one)


def test_nothing_happened_is_drawn_too():
    assert "<table" in charted(trend([]))
    assert [column.height for column in trend([("05/10", 0)]).columns] == [0]
    assert charts.bars("Đội", [], what="Đội", value="Người").rows == []


def test_bars_are_their_own_table():
    one = charts.bars("Đội", [("Tổ 1", 30), ("Tổ 2", 15, "/to/2")], what="Đội", value="Người", me=1)
    assert [(row.label, row.value, row.length) for row in one.rows] == [
        ("Tổ 1", "30", 1),
        ("Tổ 2", "15", 0.5),
    ]
    html = charted(one)
    assert '<a class="touch" href="/to/2">Tổ 2</a>' in html
    assert 'class="me"' in html


def test_a_distribution_says_the_share_of_each_case():
    bins = [("0", 5), ("1 đến 4", 10), ("5 trở lên", 5)]
    one = charts.distribution("Người hướng dẫn theo số người học", bins, what="Số người", value="Có")
    assert [row.beside for row in one.rows] == ["25%", "50%", "25%"]


def test_progress_stands_beside_its_target_with_the_denominator():
    one = charts.progress(
        "Chỉ tiêu 2026",
        [
            Share(label="Người lớn", value=676_765, whole=1_091_556, target=0.8),
            Share(label="Học sinh", value=12, whole=None),
        ],
        what="Nhóm",
    )
    known, unknown = one.rows
    assert (known.value, known.beside, known.about) == ("62%", "80%", "676.765 trên 1.091.556")
    assert (unknown.value, unknown.length, unknown.target) == ("12", None, None)
    assert 'class="target"' in charted(one)


def test_more_than_the_whole_does_not_leave_the_drawing():
    one = charts.progress("x", [Share(label="x", value=3, whole=2, target=1.0)], what="x")
    assert one.rows[0].length == 1


def test_time_runs_from_the_right_where_reading_does(monkeypatch):
    forward = [column.x for column in trend().columns]
    monkeypatch.setattr(charts, "right_to_left", lambda: True)
    assert [column.x for column in trend().columns] == sorted(forward, reverse=True)


def test_what_people_typed_stays_text():
    html = charted(charts.bars("<script>", [("<b onclick=x>", 1)], what='"', value="&"))
    assert "<script" not in html
    assert "<b " not in html


@pytest.mark.parametrize(
    "one",
    [
        trend(level=("x", 3)),
        charts.distribution("x", [("x", 1)], what="x", value="x"),
        charts.progress("x", [Share(label="x", value=1, whole=2, target=0.5)], what="x"),
    ],
)
def test_no_chart_has_style_or_script_of_its_own(one):
    assert not re.search(r"style=|<script|\son\w+=|url\(|<image", charted(one))
