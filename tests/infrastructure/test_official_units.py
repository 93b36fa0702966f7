"""The official lists hold what the Government's resolutions say, and old units lead to new ones."""

from collections import Counter

import pytest

from domain.territory import UnitKind
from infrastructure.official_units import BadList, became, changes, read


def test_there_are_34_provinces_and_3321_communes():
    kinds = Counter(unit.kind for unit in read())
    assert kinds[UnitKind.PROVINCE] + kinds[UnitKind.CITY] == 34
    assert (kinds[UnitKind.COMMUNE], kinds[UnitKind.WARD], kinds[UnitKind.SPECIAL_ZONE]) == (2621, 687, 13)


def test_old_binh_dinh_is_58_communes_of_gia_lai():
    today = {unit.code: unit for unit in read()}
    communes = became("52")
    assert len(communes) == 58
    assert {today[code].parent for code in communes} == {"52"}
    assert today["52"].name == "Tỉnh Gia Lai"


def test_old_ha_tinh_is_69_communes_and_an_unknown_province_none():
    assert len(became("42")) == 69
    assert became("99") == frozenset()


@pytest.mark.parametrize(
    "lines",
    [
        ["code,name", "01,Hà Nội"],
        ["code,name,kind,parent,lat,lon", "01,Hà Nội,kingdom,,1,2"],
        ["code,name,kind,parent,lat,lon", "00004,Ba Đình,ward,01,1,2"],
        ["code,name,kind,parent,lat,lon", "01,Hà Nội,city,,1,2", "01,Hà Nội,city,,1,2"],
    ],
)
def test_a_list_that_is_none_says_what_is_wrong(tmp_path, lines):
    file = tmp_path / "units.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadList):
        read(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "these columns"),
        (b"a,b,c\n1,2,3\n", "these columns"),
        ("code,name,kind,parent,lat,lon\n01,Hà Nội".encode("cp1258", "ignore") + b"\xd0\n", "UTF-8"),
        (b"code,name,kind,parent,lat,lon\n01\n", "line 2"),
        (b"change,unit,parts,valid_from,name,kind,code,document\nrenamed\n", "line 2"),
    ],
)
@pytest.mark.parametrize("reader", [read, changes])
def test_whatever_the_file_is_it_is_no_fault_of_ours(tmp_path, reader, content, said):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(BadList) as refused:
        reader(file)
    assert said in str(refused.value) or "these columns" in str(refused.value)
