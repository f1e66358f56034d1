"""Titles, headers, rows of data and footnotes are told apart; tables beside and below each other are two."""

from __future__ import annotations

from typing import Any

import pytest

from nqpf.data.grid import Grid
from nqpf.data.reading.structure import Table, tables
from nqpf.errors import DataError


def grid(text: str, **more: Any) -> Grid:
    """Return a sheet written with ``|`` between the cells; numbers become numbers."""
    lines = [[cell.strip() or None for cell in line.split("|")] for line in text.strip("\n").split("\n")]
    width = max(map(len, lines))
    rows = [tuple(number(cell) for cell in line + [None] * (width - len(line))) for line in lines]
    return Grid("t.xlsx", "表", tuple(rows), **more)


def number(cell: str | None) -> Any:
    try:
        return float(cell) if cell is not None else None
    except ValueError:
        return cell


def parts(text: str) -> list[Table]:
    return list(tables(grid(text)))


def one(text: str) -> Table:
    found = parts(text)
    assert len(found) == 1
    return found[0]


def test_an_export_with_its_preamble_and_footer() -> None:
    table = one("""
数据库：分省年度数据
指标：产值(亿元)
时间：2019-2020

地区|2020年|2019年
北京市|1|2
天津市|3|4
注：已修订。
数据来源：国家统计局""")
    assert table.titles == ("数据库：分省年度数据", "指标：产值(亿元)", "时间：2019-2020")
    assert (table.header, table.factors, table.body) == ((4,), (), (5, 6))
    assert table.notes == ((7, "注：已修订。"), (8, "数据来源：国家统计局"))
    assert table.called == "t.xlsx [表]"


def test_a_header_of_names_years_units_and_numbers_of_columns() -> None:
    table = one("""
地区|人口||产值|
|2019|2020|2019|2020
|(万人)|(万人)|(亿元)|(亿元)
甲|1|2|3|4
北京|1.5|2.5|3.5|4.5""")
    assert (table.header, table.factors, table.body) == ((0, 1, 2), (3,), (4,))


def test_factors_of_conversion_are_no_data_wherever_they_stand() -> None:
    table = one("""
地区|年份|原煤|原油
|折标系数|0.7143|1.4286
北京|2019|1|2
天津|2019|3|4
折算标准煤系数||0.7|1.4""")
    assert (table.header, table.factors, table.body) == ((0,), (1, 4), (2, 3))


def test_an_indicator_that_is_called_a_coefficient_is_no_factor() -> None:
    table = one("""
指标|北京|天津
人口|1|2
恩格尔系数|0.3|0.4""")
    assert table.body == (1, 2)


def test_a_vendors_header() -> None:
    table = one("""
指标名称|北京:GDP|天津:GDP
频率|年|年
单位|亿元|亿元
指标ID|M1|M2
来源|国家统计局|国家统计局
2020-12-31|1|2
2019-12-31|3|4
数据来源：Wind""")
    assert (table.header, table.body) == ((0, 1, 2, 3, 4), (5, 6))


def test_tables_side_by_side_share_titles_and_footnotes() -> None:
    left, right = parts("""
各地区产值
单位：亿元
地区|2019|2020||地区|2019|2020
北京|1|2||上海|3|4
天津|5|6||重庆|7|8
河北|9|10|||
注：初步数。""")
    assert (left.columns, right.columns) == ((0, 4), (4, 7))
    assert (left.body, right.body) == ((3, 4, 5), (3, 4))
    assert left.titles == right.titles == ("各地区产值", "单位：亿元")
    assert left.notes == right.notes == ((6, "注：初步数。"),)


def test_two_columns_of_places_with_numbers_behind_the_last_one_only_are_one_table() -> None:
    assert one("""
地区|城市|2019
广东|广州|1
广东|深圳|2""").columns == (0, 3)


def test_stacked_tables_with_titles() -> None:
    first, second = parts("""
表1 各地区能耗(万吨标准煤)
地区|2019|2020
北京|1|2
天津|3|4
注：甲。

表2 各地区用电(亿千瓦时)
地区|2019|2020
北京|5|6
天津|7|8
注：乙。""")
    assert (first.titles, second.titles) == (("表1 各地区能耗(万吨标准煤)",), ("表2 各地区用电(亿千瓦时)",))
    assert (first.body, second.body) == ((2, 3), (8, 9))
    assert (first.notes, second.notes) == (((4, "注：甲。"),), ((10, "注：乙。"),))


def test_a_title_with_a_unit_beside_it_is_no_row_of_data() -> None:
    first, second = parts("""
地区|年份|能耗
北京|2019|1
表2 用电||单位：万千瓦时
地区|年份|用电
北京|2019|2""")
    assert (first.body, second.body) == ((1,), (4,))
    assert second.titles == ("表2 用电", "单位：万千瓦时")


def test_a_table_that_goes_on_keeps_its_title() -> None:
    first, second = parts("""
各地区产值(亿元)
地区|2019|2020
北京|1|2
续表
地区|2019|2020
天津|3|4""")
    assert first.titles == second.titles == ("各地区产值(亿元)",)
    assert (first.body, second.body) == ((2,), (5,))


def test_a_preamble_that_stands_twice_makes_no_table_of_its_own() -> None:
    first, second = parts("""
指标：产值
地区|2019年|2020年
指标：产值
地区|2019年|2020年
北京|1|2""")
    assert (first.body, second.body) == ((), (4,))


def test_notes_above_a_table_are_no_titles() -> None:
    table = one("""
注：2019年数据已修订。
各地区产值
地区|年份|产值
北京|2019|1""")
    assert table.titles == ("各地区产值",)
    assert table.notes == ((0, "注：2019年数据已修订。"),)


def test_footnotes_between_rows_of_data() -> None:
    table = one("""
地区|年份|产值
北京|2019|1
注：初步数。
天津|2019|2""")
    assert table.body == (1, 3)
    assert table.notes == ((2, "注：初步数。"),)


def test_a_numbered_footnote_with_a_number_in_it_is_no_row() -> None:
    table = one("""
地区|年份|产值
北京|2019|1
1.2019年按新口径统计。
2、不含港澳台。""")
    assert [text for _, text in table.notes] == ["1.2019年按新口径统计。", "2、不含港澳台。"]


def test_numbers_that_happen_to_be_as_large_as_years_begin_the_body() -> None:
    table = one("""
企业|甲|乙|丙
|2011|1903|2050
a|1|2|3""")
    assert (table.header, table.body) == ((0,), (1, 2))


def test_a_wide_table_without_header_words() -> None:
    table = one("""
|北京|天津|河北
产值|1|2|3
人口|4|5|6""")
    assert (table.header, table.body) == ((0,), (1, 2))


def test_columns_that_are_named_by_codes() -> None:
    table = one("""
地区|年份|101|102
北京|2019|5|6""")
    assert (table.header, table.body) == ((0,), (1,))


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("北京|2020|1\n天津|2020|2", "no_header", 1),
        ("北京|2020|1\n地区|年份|x\n天津|2020|2", "rows_above_header", 2),
        ("只有一句话", "no_header", 1),
    ],
)
def test_sheets_without_a_header_above_the_data(text: str, code: str, row: int) -> None:
    with pytest.raises(DataError) as caught:
        parts(text)
    assert (caught.value.code, caught.value.where.row) == (code, row)


def test_the_row_with_a_named_column_is_the_header() -> None:
    sheet = grid("说明|x\n甲|乙|丙\n北京|2019|1")
    assert next(tables(sheet, {"丙"})).header == (1,)


def test_cells_of_a_table() -> None:
    table = one("地区|年份|x\n北京|2019|1")
    assert (table.cell(1, 0), table.cell(1, 99)) == ("北京", None)
    assert table.filled(1) == [(0, "北京"), (1, 2019.0), (2, 1.0)]
