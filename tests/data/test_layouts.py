"""Every trouble of real tables, as a small table of its own: what is read, in which unit, and what is said about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from nqpf.data import Reading, read
from nqpf.data.grid import Grid
from nqpf.data.reading.find import Found, find
from nqpf.data.reading.structure import tables
from nqpf.data.reading.take import Taken, take
from nqpf.errors import DataError

Write = Callable[..., Path]
Row = tuple[str, int, str, float | None, str | None]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(text: str, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_text(text.strip("\n") + "\n", encoding="utf-8")
        return path

    return write


def rows(reading: Reading | Taken) -> list[Row]:
    return reading.frame.select("unit", "period", "indicator", "value", "measure").rows()


def taken(cells: Iterable[Iterable[Any]], *, sheet: str | None = "表", **more: Any) -> tuple[Found, Taken]:
    """Take a sheet with one table apart."""
    lines = [list(line) for line in cells]
    width = max(map(len, lines))
    grid = Grid("t.xlsx", sheet, tuple(tuple(line + [None] * (width - len(line))) for line in lines), **more)
    (table,) = tables(grid)
    found = find(table)
    return found, take(found)


def codes(reading: Reading | Taken) -> list[str]:
    return [note.code for note in reading.notes]


def crossed(unit: str | None = None, *, names: tuple[str, str] = ("人口", "产值")) -> list[Row]:
    """Return two provinces × two years × two indicators, numbered in the order of places, indicators, years."""
    keys = [(place, year, name) for place in ("北京", "天津") for name in names for year in (2019, 2020)]
    units = {names[0]: "万人", names[1]: "亿元"} if unit is None else dict.fromkeys(names, unit)
    return [(place, year, name, float(n), units[name]) for n, (place, year, name) in enumerate(keys, 1)]


# Years and indicators across

ACROSS = {
    "indicators over years": """
地区,人口(万人),,产值(亿元),
,2019,2020,2019,2020
北京,1,2,3,4
天津,5,6,7,8""",
    "years over indicators": """
年份,2019,,2020,
地区,人口(万人),产值(亿元),人口(万人),产值(亿元)
北京,1,3,2,4
天津,5,7,6,8""",
    "years in the names": """
省份,2019年人口(万人),2020年人口(万人),2019年产值(亿元),2020年产值(亿元)
北京,1,2,3,4
天津,5,6,7,8""",
    "years behind the names": """
省份,人口(万人)_2019,人口(万人)_2020,产值(亿元)_2019,产值(亿元)_2020
北京,1,2,3,4
天津,5,6,7,8""",
    "rows of years": """
地区,人口(万人),产值(亿元)
2019年,,
北京,1,3
天津,5,7
2020年,,
北京,2,4
天津,6,8""",
    "years on the first row of each block": """
年份,地区,人口(万人),产值(亿元)
2020,北京,2,4
,天津,6,8
,河北,,
2019,北京,1,3
,天津,5,7
,河北,,""",
    "places across, indicators in rows": """
指标,单位,年份,北京,天津
人口,(万人),2019,1,5
人口,万人,2020,2,6
产值,亿元,2019,3,7
产值,亿元,2020,4,8""",
    "places across, indicators on the first row of each block": """
,,北京,天津
人口(万人),2018,,
,2019,1,5
,2020,2,6
产值(亿元),2018,,
,2019,3,7
,2020,4,8""",
    "a vendor's series in columns": """
指标名称,北京:人口,北京:产值,天津:人口,天津:产值
频率,年,年,年,年
单位,万人,亿元,万人,亿元
指标ID,M1,M2,M3,M4
时间区间,2019:2020,2019:2020,2019:2020,2019:2020
更新时间,2023-01-01,2023-01-01,2023-01-01,2023-01-01
2020-12-31,2,4,6,8
'2019-12-31,1,3,5,7
数据来源：Wind""",
    "a vendor's series in rows": """
国家,指标名称,频率,单位,指标ID,时间区间,来源,更新时间,2020-12-31,2019-12-31
中国,北京:人口,年,万人,M1,2019:2020,统计局,'2023-10-23,2,1
中国,北京:产值,年,亿元,M2,2019:2020,统计局,'2023-10-23,4,3
中国,天津:人口,年,万人,M3,2019:2020,统计局,'2023-10-23,6,5
中国,天津:产值,年,亿元,M4,2019:2020,统计局,'2023-10-23,8,7
数据来源：Wind""",
    "places that head the rows of their indicators": """
指标,单位,2019年,2020年
北京,,,
人口,万人,1,2
产值,亿元,3,4
天津,,,
人口,万人,5,6
产值,亿元,7,8""",
    "a column of units of measure without a name": """
地区,指标,,2019年,2020年
北京,人口,万人,1,2
北京,产值,亿元,3,4
天津,人口,万人,5,6
天津,产值,亿元,7,8""",
    "long": """
地区,时间,指标,值,单位
北京,2019年,人口,1,万人
北京,2020年,人口,2,万人
北京,2019年,产值,3,亿元
北京,2020年,产值,4,亿元
天津,2019年,人口,5,万人
天津,2020年,人口,6,万人
天津,2019年,产值,7,亿元
天津,2020年,产值,8,亿元""",
}


@pytest.mark.parametrize("name", ACROSS)
def test_one_table_in_every_form(name: str, file: Write) -> None:
    found = [row for row in rows(read(file(ACROSS[name]))) if row[3] is not None]
    assert sorted(found) == sorted(crossed())


def test_columns_of_a_workbook_that_are_merged() -> None:
    header = [["地区", "人口", None, "产值", None], [None, 2019, 2020, 2019, 2020]]
    data = [["北京", 1.0, 2.0, 3.0, 4.0], ["天津", 5.0, 6.0, 7.0, 8.0]]
    _, found = taken(header + data, merged=((0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)))
    assert [row[:4] for row in rows(found)] == [row[:4] for row in crossed()]


def test_a_blank_beside_a_merged_cell_is_a_blank() -> None:
    header = [["地区", "人口", None, None], [None, 2019, 2020, 2021]]
    found, taken_ = taken([*header, ["北京", 1.0, 2.0, 9.0]], merged=((0, 1, 0, 2),))
    assert [row[3] for row in rows(taken_)] == [1.0, 2.0]
    assert found.unread() == ["2021"]


def test_rows_of_a_workbook_that_are_merged() -> None:
    cells = [["地区", "年份", "产值"], ["北京", 2019, 1.0], [None, 2020, 2.0], ["天津", 2019, 3.0], [None, 2020, 4.0]]
    found, taken_ = taken(cells, merged=((1, 0, 2, 0), (3, 0, 4, 0)))
    assert found.layout.filled == (0,)
    assert [row[0] for row in rows(taken_)] == ["北京", "北京", "天津", "天津"]


def test_a_forgotten_label_is_not_filled_from_above(file: Write) -> None:
    text = "地区,年份,产值\n北京,2019,1\n北京,2020,2\n天津,2019,3\n,2020,4\n"
    with pytest.raises(DataError) as caught:
        read(file(text))
    assert (caught.value.code, caught.value.where.row) == ("no_unit", 5)


def test_blocks_that_are_not_alike_are_not_filled(file: Write) -> None:
    text = "地区,年份,产值\n北京,2018,1\n,2019,2\n,2020,3\n天津,2020,4\n,2019,5\n上海,2018,6\n"
    with pytest.raises(DataError) as caught:
        read(file(text))
    assert caught.value.code == "no_unit"


def test_rows_of_years_that_do_not_head_the_same_places_are_not_believed(file: Write) -> None:
    text = "地区,产值\n2019年,\n北京,1\n北京,2\n2020年,\n天津,3\n天津,4\n"
    with pytest.raises(DataError) as caught:
        read(file(text))
    assert caught.value.code == "no_period_column"


def test_headings_of_indicators_and_a_line_that_is_none(file: Write) -> None:
    text = "地区,2019,2020\n人口(万人),,\n北京,1,2\n天津,5,6\n产值(亿元),,\n北京,3,4\n天津,7,8\n"
    assert sorted(rows(read(file(text)))) == sorted(crossed())
    for line in ("指标：产值", "产值(亿元)"):
        with pytest.raises(DataError) as caught:
            read(file(f"地区,2019,2020\n{line},,\n北京,1,2\n"))
        assert caught.value.code == "no_indicator"


# Titles, units, sources


def test_titles_say_year_unit_source_and_indicator(file: Write) -> None:
    text = """
表3-1 2022年各地区能源消费量,,
,,单位：万吨标准煤
地 区,合计,煤炭
北 京,20,1
资料来源：《中国能源统计年鉴2023》,,"""
    found = read(file(text))
    assert rows(found) == [("北 京", 2022, "合计", 20.0, "万吨标准煤"), ("北 京", 2022, "煤炭", 1.0, "万吨标准煤")]
    assert found.frame["source"].unique().to_list() == ["《中国能源统计年鉴2023》"]


@pytest.mark.parametrize(
    ("title", "indicator", "measure"),
    [
        ("指标：商品零售价格指数(上年=100)", "商品零售价格指数", "上年=100"),
        ("表3-1 各地区能源消费量（万吨标准煤）", "能源消费量", "万吨标准煤"),
        ("2-6 全国各省份2019—2020年用电量(亿千瓦时)", "用电量", "亿千瓦时"),
    ],
)
def test_titles_that_name_the_indicator(title: str, indicator: str, measure: str, file: Write) -> None:
    found = read(file(f"《统计年鉴2021》\n{title}\n地区,2019,2020\n北京,1,2\n"))
    assert rows(found) == [("北京", 2019, indicator, 1.0, measure), ("北京", 2020, indicator, 2.0, measure)]


@pytest.mark.parametrize(
    "line", ["按2010年不变价计算", "2010年价格", "2019—2020年", "中国统计年鉴2020", "2020年普查修订"]
)
def test_years_that_are_not_those_of_the_numbers(line: str, file: Write) -> None:
    with pytest.raises(DataError) as caught:
        read(file(f"{line}\n地区,产值,人口\n北京,1,2\n"))
    assert caught.value.code == "no_period_column"


def test_a_place_in_the_title(file: Write) -> None:
    found = read(file("北京市历年主要指标,,\n指标,2019年,2020年\n产值(亿元),1,2\n人口(万人),3,4\n"))
    assert rows(found)[0] == ("北京市", 2019, "产值", 1.0, "亿元")
    export = read(file("数据库：分省年度数据,\n地区：西藏自治区,\n时间：1952-,\n指标,2019年\n投资(亿元),1\n"))
    assert rows(export) == [("西藏自治区", 2019, "投资", 1.0, "亿元")]


def test_a_sheet_for_each_year() -> None:
    cells = [["地区", "人口(万人)"], ["北京", 1.0], ["天津", 2.0]]
    assert [row[1] for row in rows(taken(cells, sheet="2019年")[1])] == [2019, 2019]
    assert [row[1] for row in rows(taken(cells, sheet="2020")[1])] == [2020, 2020]


def test_a_sheet_that_is_called_by_its_indicator() -> None:
    cells = [["地区", 2019, 2020], ["北京", 1.0, 2.0]]
    assert rows(taken(cells, sheet="用电量(亿千瓦时)")[1])[0] == ("北京", 2019, "用电量", 1.0, "亿千瓦时")


def test_a_sheet_with_a_name_that_says_nothing() -> None:
    for sheet in ("Sheet1", "分省年度数据", "工作表2", "中国宏观经济数据库-年度（分省级）"):
        with pytest.raises(DataError) as caught:
            taken([["地区", 2019, 2020], ["北京", 1.0, 2.0]], sheet=sheet)
        assert caught.value.code == "no_indicator"


def test_a_unit_in_the_corner_beside_the_word_for_places(file: Write) -> None:
    found = read(file("移动电话普及率(部/百人)地区,2020年,2019年\n北京市,1,2\n"))
    assert rows(found)[0] == ("北京市", 2020, "移动电话普及率", 1.0, "部/百人")


def test_a_row_of_units_with_a_name_and_half_a_unit_in_it(file: Write) -> None:
    text = """
地区,年份,热力,煤,房屋面积,其中
,,千焦),(万吨),(万平方米),# 住宅
北京,2019,1,2,3,4"""
    found = read(file(text))
    assert [row[2:] for row in rows(found)] == [
        ("热力", 1.0, None),
        ("煤", 2.0, "万吨"),
        ("房屋面积", 3.0, "万平方米"),
        ("房屋面积:住宅", 4.0, None),
    ]
    assert [n.values["cells"].zh for n in found.notes if n.code == "unit_unread"] == ["C2 千焦)"]


def test_names_that_differ_in_their_unit_alone_keep_it(file: Write) -> None:
    found = read(file("地区,年份,产值(亿元),产值(%)\n北京,2019,1,2\n"))
    assert [row[2:] for row in rows(found)] == [("产值(亿元)", 1.0, "亿元"), ("产值(%)", 2.0, "%")]


def test_units_stated_in_cells(file: Write) -> None:
    found = read(file("地区,年份,占比\n北京,2020,12.5%\n天津,2020,8%\n"))
    assert [row[3:] for row in rows(found)] == [(12.5, "%"), (8.0, "%")]
    assert "units_in_some_cells" not in codes(found)
    mixed = read(file("地区,年份,占比(亿元)\n北京,2020,12.5%\n天津,2020,8\n"))
    assert [row[4] for row in rows(mixed)] == ["%", "亿元"]
    told = [n.text().zh for n in mixed.notes if n.code == "units_in_some_cells"]
    assert told == ["t.csv：占比 中有 1 个单元格自带计量单位，其余没有；请核对全列单位是否一致。"]
    beside = read(file("地区,年份,占比,人口\n北京,2020,12.5%,1\n天津,2020,8%,2\n"))
    assert "units_in_some_cells" not in codes(beside)


def test_units_of_several_series_in_one_line_are_told(file: Write) -> None:
    found = read(file("单位：人、‰\n地区,年份,人数,出生率\n北京,2019,1,2\n"))
    assert [n.values["cells"].zh for n in found.notes if n.code == "unit_unread"] == ["人、‰"]
    assert {row[4] for row in rows(found)} == {None}


# Headers


def test_a_bilingual_header(file: Write) -> None:
    text = """
地区,地区生产总值,人口
Region,Gross Regional Product,Population
,(亿元),(万人)
,(100 million yuan),(10 000 persons)
2019年,,
北京 Beijing,1,2"""
    found = read(file(text))
    assert [row[2:] for row in rows(found)] == [("地区生产总值", 1.0, "亿元"), ("人口", 2.0, "万人")]
    assert found.frame["code"].unique().to_list() == ["110000"]


def test_two_languages_in_each_cell_of_two_rows() -> None:
    cells = [
        ["地区\nRegion", "出生\nBirth", None, "死亡\nDeath", None],
        [None, "人数\n(人)\nPersons", "率\n(‰)\nRate", "人数\n(人)\nPersons", "率\n(‰)\nRate"],
        ["北京 Beijing", 1.0, 2.0, 3.0, 4.0],
    ]
    found, taken_ = taken(cells, sheet="2019", merged=((0, 1, 0, 2), (0, 3, 0, 4)))
    assert [row[2:] for row in rows(taken_)] == [
        ("出生:人数", 1.0, "人"),
        ("出生:率", 2.0, "‰"),
        ("死亡:人数", 3.0, "人"),
        ("死亡:率", 4.0, "‰"),
    ]
    assert taken_.titles["出生:率"].en == "Birth:Rate"
    assert found.layout.fixed["period"] == "2019"


def test_of_which_stands_for_the_column_before(file: Write) -> None:
    text = """
地区,年份,常住人口,其中,
,,(万人),外来人口,户籍人口
北京,2019,1,2,3"""
    assert [row[2] for row in rows(read(file(text)))] == ["常住人口", "常住人口:外来人口", "常住人口:户籍人口"]
    text = "地区,年份,房屋面积,房屋面积,其中\n,,合计,竣工,#住宅\n北京,2019,1,2,3\n"
    assert [row[2] for row in rows(read(file(text)))] == ["房屋面积:合计", "房屋面积:竣工", "房屋面积:竣工:住宅"]
    text = "地区,年份,面积,其中,\n,,合计,住宅,商铺\n北京,2019,1,2,3\n"
    assert [row[2] for row in rows(read(file(text)))] == ["面积:合计", "面积:住宅", "面积:商铺"]


def test_columns_without_a_year_among_years_are_left_out_with_a_note(file: Write) -> None:
    found = read(file("指标：产值\n地区,2019年,2020年,2020年比2019年增长(%),位次\n北京,1,2,3,4\n"))
    assert [row[1] for row in rows(found)] == [2019, 2020]
    assert [n.values["columns"].zh for n in found.notes if n.code == "columns_unread"] == [
        "2020年比2019年增长(%)、位次"
    ]


def test_districts_across_and_the_whole_citys_columns_beside_them(file: Write) -> None:
    text = """
指标名称,单位,2019年,2019年,,
,,,禅城区,南海区,顺德区
人口,万人,9,1,2,3"""
    found = read(file(text))
    assert [row[:4] for row in rows(found)] == [
        ("禅城区", 2019, "人口", 1.0),
        ("南海区", 2019, "人口", 2.0),
        ("顺德区", 2019, "人口", 3.0),
    ]


def test_province_and_city_columns(file: Write) -> None:
    found = read(file("省份,城市,年份,产值\n广东,广州市,2020,1\n广东,深圳市,2020,2\n"))
    assert found.frame["code"].to_list() == ["440100", "440300"]
    assert [n.values["columns"].zh for n in found.notes if n.code == "label_columns"] == ["省份"]


def test_a_column_of_words_that_tells_rows_apart_joins_the_name(file: Write) -> None:
    text = "地区,年份,行业,就业(万人)\n" + "".join(
        f"{p},2020,{k},1\n" for p in ("北京", "天津") for k in ("农业", "工业")
    )
    assert {row[2] for row in rows(read(file(text)))} == {"就业:农业", "就业:工业"}


def test_a_remark_that_tells_two_rows_apart_does_not(file: Write) -> None:
    text = "地区,年份,说明,产值\n" + "".join(f"北京,{2000 + n},注{n},{n}\n" for n in range(9)) + "北京,2008,重复,9\n"
    assert {row[2] for row in rows(read(file(text)))} == {"产值"}


def test_labels_of_variables(tmp_path: Path) -> None:
    titles = {2: "R&D内部经费支出（万元）", 3: "常住人口"}
    _, found = taken([["prov", "year", "rd", "pop"], ["北京", 2019.0, 1.0, 2.0]], titles=titles)
    assert [row[2:] for row in rows(found)] == [("rd", 1.0, "万元"), ("pop", 2.0, None)]
    assert {name: title.zh for name, title in found.titles.items()} == {"rd": "R&D内部经费支出", "pop": "常住人口"}


def test_columns_whose_labels_name_places_and_years() -> None:
    found, _ = taken([["v1", "v2", "v3"], ["甲厂", 2019.0, 1.0]], titles={0: "企业", 1: "年份"})
    assert found.layout.columns == {0: "unit", 1: "period"}


def test_provinces_under_a_word_that_is_mostly_a_number(file: Write) -> None:
    assert read(file("year,id,产值\n2007,北京,1\n2007,天津,2\n")).frame["code"].to_list() == ["110000", "120000"]


def test_dates_of_workbooks() -> None:
    days = [dt.date(2020, 12, 31), dt.date(2019, 12, 31)]
    _, found = taken([["指标名称", "北京:产值"], [days[0], 1.0], [days[1], 2.0]])
    assert [row[:4] for row in rows(found)] == [("北京", 2020, "产值", 1.0), ("北京", 2019, "产值", 2.0)]


# What is left out, and what is refused


def test_marks_are_kept_beside_the_numbers(file: Write) -> None:
    text = '地区,年份,就业①(万人),工资②(元)\n北京,2020,33.5(p),…\n天津,2020,"1,234",--\n'
    found = read(file(text))
    assert [row[3] for row in rows(found)] == [33.5, None, 1234.0, None]
    assert found.marks.select("cell", "mark").rows() == [("C2", "(p)"), ("D2", "…"), ("D3", "--")]


def test_captions_and_places_without_numbers(file: Write) -> None:
    text = """
指标,北京,天津
一、人口,,
总人口(万人),1,2
其中：城镇人口(万人),3,4
二、经济,,
产值(亿元),,
投资(亿元),5,6"""
    found = read(file("2019年\n" + text.strip()))
    assert [row[2:4] for row in rows(found)] == [
        *(("总人口", 1.0), ("总人口", 2.0)),
        *(("其中：城镇人口", 3.0), ("其中：城镇人口", 4.0)),
        *(("投资", 5.0), ("投资", 6.0)),
    ]
    told = next(n for n in found.notes if n.code == "rows_without_numbers")
    assert told.values["rows"].zh == "3 一、人口、6 二、经济、7 产值(亿元)"
    west = read(file("指标：产值\n地区,2019,2020\n北京,1,2\n西藏,,\n"))
    assert rows(west)[2:] == [("西藏", 2019, "产值", None, None), ("西藏", 2020, "产值", None, None)]


def test_empty_years_are_left_out_with_a_note(file: Write) -> None:
    found = read(file("指标：产值\n地区,2021年,2020年,2019年\n北京,,1,2\n天津,,3,4\n"))
    assert sorted({row[1] for row in rows(found)}) == [2019, 2020]
    assert [n.values["years"].zh for n in found.notes if n.code == "years_empty"] == ["2021"]


@pytest.mark.parametrize(
    ("text", "code", "cell"),
    [
        ("地区,指标,2020年1月,2020年2月\n北京,x,1,2\n", "not_annual", "D1"),
        ("地区,时间,x\n北京,2020-03-31,1\n北京,2020-06-30,2\n", "not_annual", "B3"),
        ("地区,年份,x\n北京,2019,1,234\n天津,2019,2\n上海,2019,3\n", "row_runs_over", "D2"),
        ("地区,年份,x\n北京,2019,2019年\n", "text_in_number", "C2"),
        ("地区,2019,2019\n,2019,2020\n北京,1,2\n", "two_years", "C2"),
    ],
)
def test_tables_that_are_refused(text: str, code: str, cell: str, file: Write) -> None:
    with pytest.raises(DataError) as caught:
        read(file(f"指标：产值\n{text}" if code == "two_years" else text))
    assert caught.value.code == code
    assert caught.value.where.cell == (cell if code != "two_years" else "C3")


def test_a_file_that_was_cut_off_is_told(file: Write) -> None:
    lines = "".join(f"{place},1,2,3\n" for place in ("北京", "天津", "河北", "山西", "辽宁", "吉林"))
    found = read(file(f"指标：产值\n地区,2019,2020,2021\n{lines}黑龙江,1,2"))
    assert [n.values["cell"] for n in found.notes if n.code == "cut_short"] == ["C9"]
    assert "cut_short" not in codes(read(file(f"指标：产值\n地区,2019,2020,2021\n{lines}")))


ASKED = {
    "an input-output table": (",农业,工业,服务业\n农业,1,2,3\n工业,4,5,6\n服务业,7,8,9\n", ["unit", "period"]),
    "an input-output table with codes": ("代码,,1,2,3,4,5\n01,农业,9,2,3,4,5\n02,煤炭,1,2,3,4,5\n", ["unit", "period"]),
    "a table of the nation": ("指标,2019年,2020年\n产值(亿元),1,2\n", ["unit"]),
    "no indicator": ("地区,2019,2020\n北京,1,2\n", ["indicator"]),
    "no year": ("地区,产值,人口\n北京,1,2\n", ["period"]),
    "nothing but numbers below years": ("2019,2020,2021\n5,7,6\n", ["unit", "indicator"]),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_a_table_cannot_say_is_asked(name: str, file: Write) -> None:
    text, keys = ASKED[name]
    good = file("地区,年份,x\n北京,2019,1\n", "good.csv")
    found = read([file(text, "asking.csv"), good], faults="apart")
    assert [(q.file, q.table, q.key) for q in found.questions] == [("asking.csv", 1, key) for key in keys]
    assert all(q.why.zh and q.why.en for q in found.questions)


def test_a_table_with_a_fault_is_left_out_and_the_others_are_read(file: Write) -> None:
    text = "指标：甲\n地区,2019,2020\n北京,1,约2\n指标：乙\n地区,2019,2020\n北京,3,4\n"
    found = read(file(text), faults="apart")
    assert [row[2:4] for row in rows(found)] == [("乙", 3.0), ("乙", 4.0)]
    assert [n.code for n in found.notes if n.severity == "warning"] == ["table_apart"]
