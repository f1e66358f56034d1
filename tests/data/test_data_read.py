"""Reading: every well-formed layout from every kind of file, each number with its cell; every fault with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter

from nqpf.data import Reading, read
from nqpf.data.grid import grids, letters_of
from nqpf.data.panel import TIDY
from nqpf.data.reading.headers import split_header
from nqpf.data.reading.tokens import as_year
from nqpf.errors import DataError, NqpfError, PlaceError, Where

File = Callable[..., Path]
Sheets = dict[str, list[list[Any]]]

LONG = """省份,年份,指标,数值,计量单位,来源,数据版本
北京,2019,地区生产总值,35445.1,亿元,统计年鉴,2020
北京,2020,地区生产总值,35943.3,亿元,统计年鉴,2020
天津,2019,人口,1385,万人,,
"""
WIDE = """省份,年份,地区生产总值(亿元),人口（万人）
北京,2019,35445.1,2190
北京,2020,35943.3,2189
天津,2019,14055.5,1385
"""
YEARS = """province,indicator,unit,2019,2020年
Beijing,gdp,100 million yuan,35445.1,35943.3
Tianjin,gdp,100 million yuan,14055.5,14008
"""


@pytest.fixture
def file(tmp_path: Path) -> File:
    def write(text: str, name: str = "t.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Sheets], Path]:
    def write(sheets: Sheets, name: str = "t.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as workbook:
            date = workbook.add_format({"num_format": "yyyy-mm-dd"})
            for title, rows in sheets.items():
                sheet = workbook.add_worksheet(title)
                for i, row in enumerate(rows):
                    for j, cell in enumerate(row):
                        if isinstance(cell, dt.date):
                            sheet.write_datetime(i, j, dt.datetime.combine(cell, dt.time()), date)
                        elif cell is not None:
                            sheet.write(i, j, cell)
        return path

    return write


def cells(reading: Reading) -> list[tuple[Any, ...]]:
    return reading.frame.select("code", "period", "indicator", "value", "cell").rows()


def fault(source: Any, kind: type[NqpfError] = DataError, **options: Any) -> NqpfError:
    with pytest.raises(kind) as caught:
        read(source, **options)
    return caught.value


# Layouts


def test_long(file: File) -> None:
    reading = read(file(LONG))
    assert cells(reading) == [
        ("110000", 2019, "地区生产总值", 35445.1, "D2"),
        ("110000", 2020, "地区生产总值", 35943.3, "D3"),
        ("120000", 2019, "人口", 1385.0, "D4"),
    ]
    assert reading.frame.select("measure", "source", "vintage").rows() == [
        ("亿元", "统计年鉴", "2020"),
        ("亿元", "统计年鉴", "2020"),
        ("万人", None, None),
    ]


def test_wide_by_indicator_takes_units_of_measure_from_the_headers(file: File) -> None:
    reading = read(file(WIDE))
    assert cells(reading)[:3] == [
        ("110000", 2019, "地区生产总值", 35445.1, "C2"),
        ("110000", 2019, "人口", 2190.0, "D2"),
        ("110000", 2020, "地区生产总值", 35943.3, "C3"),
    ]
    measures = dict(reading.frame.select("indicator", "measure").unique().iter_rows())
    assert measures == {"地区生产总值": "亿元", "人口": "万人"}


def test_wide_by_year_with_a_column_of_indicators_and_one_of_their_units(file: File) -> None:
    reading = read(file(YEARS))
    assert cells(reading) == [
        ("110000", 2019, "gdp", 35445.1, "D2"),
        ("110000", 2020, "gdp", 35943.3, "E2"),
        ("120000", 2019, "gdp", 14055.5, "D3"),
        ("120000", 2020, "gdp", 14008.0, "E3"),
    ]
    assert reading.frame["measure"].unique().to_list() == ["100 million yuan"]


def test_wide_by_year_of_one_indicator_that_is_named(file: File) -> None:
    reading = read(file("地区,2019,2020\n北京,1,2\n"), indicator="gdp")
    assert cells(reading) == [("110000", 2019, "gdp", 1.0, "B2"), ("110000", 2020, "gdp", 2.0, "C2")]


def test_wide_by_year_keeps_source_and_note(file: File) -> None:
    frame = read(file("地区,指标,2019,来源,备注\n北京,gdp,1,年鉴,初步\n")).frame
    assert frame.select("source", "note").rows() == [("年鉴", "初步")]


def test_a_column_of_values_of_one_indicator_that_is_named(file: File) -> None:
    path = file("country,year,value\n日本,2019,2\n")
    assert cells(read(path, indicator="gdp")) == [("JPN", 2019, "gdp", 2.0, "C2")]
    assert cells(read(path)) == [("JPN", 2019, "value", 2.0, "C2")]


def test_the_columns_are_the_documented_ones(file: File) -> None:
    for text, options in ((LONG, {}), (WIDE, {}), (YEARS, {}), ("企业,年份,x\n甲厂,2019,1\n", {})):
        reading = read(file(text), **options)
        assert dict(reading.frame.schema) == TIDY
        assert dict(reading.totals.schema) == TIDY
        assert reading.to_frame().equals(reading.frame)


def test_columns_that_are_named(file: File) -> None:
    path = file("甲,乙,丙,丁,戊\n北京,2019,gdp,5,亿元\n")
    reading = read(path, unit="甲", period="乙", indicator="丙", value="丁", measure="戊")
    assert cells(reading) == [("110000", 2019, "gdp", 5.0, "D2")]
    assert reading.frame["measure"].to_list() == ["亿元"]
    assert reading.method.options["value"] == "丁"


def test_a_named_column_goes_before_the_usual_header(file: File) -> None:
    reading = read(file("省份,地区,年份,x\n东部,北京,2019,1\n"), unit="地区")
    assert reading.frame["code"].to_list() == ["110000"]


def test_the_word_unit_is_the_place_alone_and_the_measure_beside_a_place(file: File) -> None:
    assert read(file("单位,年份,x\n甲厂,2019,1\n")).frame["unit"].to_list() == ["甲厂"]
    beside = read(file("省份,单位,年份,指标,数值\n北京,亿元,2019,gdp,1\n")).frame
    assert beside.select("unit", "measure").rows() == [("北京", "亿元")]


@pytest.mark.parametrize("word", ["省份", "地区", "Province", "COUNTRY", "国家", "firm", "企业"])
def test_headers_of_units(word: str, file: File) -> None:
    assert read(file(f"{word},year,x\n日本,2019,1\n法国,2019,2\n")).frame["code"].to_list() == ["JPN", "FRA"]


# Kinds of files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_usual_encodings(encoding: str, file: File) -> None:
    assert cells(read(file(WIDE, encoding=encoding))) == cells(read(file(WIDE)))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_with_any_line_ends(end: str, file: File) -> None:
    assert len(cells(read(file(WIDE.replace("\n", end))))) == 6


def test_csv_rows_keep_their_number_past_blank_lines(file: File) -> None:
    assert cells(read(file("\n省份,年份,x\n\n北京,2019,1\n,,\n天津,2019,2\n"))) == [
        ("110000", 2019, "x", 1.0, "C4"),
        ("120000", 2019, "x", 2.0, "C6"),
    ]


def test_short_rows_end_in_missing_values(file: File) -> None:
    assert read(file("省份,年份,x,y\n北京,2019,1\n")).frame["value"].to_list() == [1.0, None]


def test_workbook_with_a_table_that_does_not_start_at_the_corner(book: Callable[..., Path]) -> None:
    rows = [[], [], [None, "省份", "年份", "产值(亿元)"], [None, "北京", 2019, 1.5], [None, "上海", "2019年", 2]]
    assert cells(read(book({"甲": rows}))) == [("110000", 2019, "产值", 1.5, "D4"), ("310000", 2019, "产值", 2.0, "D5")]


def test_workbook_with_several_sheets(book: Callable[..., Path]) -> None:
    path = book(
        {
            "产值": [["省份", "年份", "x"], ["北京", 2019, 1]],
            "空": [],
            "人口": [["省份", "2019", "2020"], ["北京", 3, 4]],
        }
    )
    reading = read(path, indicator="人口", sheet="人口")
    assert reading.frame.select("indicator", "value", "sheet", "cell").rows() == [
        ("人口", 3.0, "人口", "B2"),
        ("人口", 4.0, "人口", "C2"),
    ]
    both = read(
        book({"a": [["省份", "年份", "x"], ["北京", 2019, 1]], "b": [["省份", "年份", "y"], ["北京", 2019, 2]]})
    )
    assert both.frame.select("sheet", "indicator", "value").rows() == [("a", "x", 1.0), ("b", "y", 2.0)]


def test_dates_stand_for_years(book: Callable[..., Path]) -> None:
    day = dt.date(2019, 12, 31)
    assert cells(read(book({"a": [["省份", "年份", "x"], ["北京", day, 1]]})))[0][1] == 2019
    assert cells(read(book({"a": [["省份", "指标", day], ["北京", "x", 1]]})))[0][1] == 2019


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"省份": ["北京"], "年份": [2019], "x": [1.5]}).write_parquet(path)
    assert cells(read(path)) == [("110000", 2019, "x", 1.5, "C2")]


COLUMNS = {"省份": ["北京", "天津"], "年份": [2019, 2019], "x": [1.5, None], "y": [3, 4]}


@pytest.mark.parametrize(
    "table",
    [
        COLUMNS,
        pl.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS).lazy(),
        pl.DataFrame(COLUMNS).with_columns(pl.col("省份").cast(pl.Categorical)),
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS).astype({"年份": float}),
        pd.DataFrame(COLUMNS | {"年份": pd.to_datetime(["2019-01-01"] * 2), "省份": [" 北京 ", "天津\n"]}),
        pa.table(COLUMNS),
    ],
    ids=["dict", "polars", "lazy", "categorical", "pandas", "float years", "dates and blanks", "pyarrow"],
)
def test_any_dataframe(table: Any) -> None:
    reading = read(table, name="mine")
    assert cells(reading) == [
        ("110000", 2019, "x", 1.5, "C2"),
        ("110000", 2019, "y", 3.0, "D2"),
        ("120000", 2019, "x", None, "C3"),
        ("120000", 2019, "y", 4.0, "D3"),
    ]
    assert reading.frame["file"].unique().to_list() == ["mine"]


def test_a_dataframe_with_years_for_names() -> None:
    frame = pd.DataFrame({"省份": ["北京"], 2019: [1], 2020: [2]})
    assert [row[1:4] for row in cells(read(frame, indicator="x"))] == [(2019, "x", 1.0), (2020, "x", 2.0)]


def test_several_files(file: File) -> None:
    first, second = file("省份,年份,x\n北京,2019,1\n", "a.csv"), file("省份,年份,y\n北京,2019,2\n", "b.csv")
    frame = read([first, second]).frame
    assert frame.select("file", "indicator", "value", "cell").rows() == [
        ("a.csv", "x", 1.0, "C2"),
        ("b.csv", "y", 2.0, "C2"),
    ]


# What is understood and set apart


def test_the_layout_is_noted(file: File) -> None:
    notes = [str(n) for n in read(file(WIDE)).notes]
    assert notes == [
        "t.csv: units in column A; years in column B; indicators across in row 1 (2 columns); data in rows 2–4"
    ]


def test_columns_of_words_are_set_apart_with_a_note(file: File) -> None:
    reading = read(file("省份,年份,板块,x,备注\n北京,2019,东部,1,\n天津,2019,东部,2,暂\n"))
    assert reading.frame["indicator"].unique().to_list() == ["x"]
    note = next(n for n in reading.notes if n.code == "label_columns")
    assert (note.severity, note.text().zh) == ("info", "t.csv：这些列全是文字，作标签看待，未读作指标：板块、备注。")


def test_an_empty_column_is_an_indicator_without_values(file: File) -> None:
    frame = read(file("省份,年份,x,y\n北京,2019,NA,1\n")).frame
    assert frame.select("indicator", "value").rows() == [("x", None), ("y", 1.0)]


def test_columns_that_have_no_part_are_noted(file: File) -> None:
    note = next(n for n in read(file("省份,指标,2019,合计,\n北京,x,1,9,7\n")).notes if n.code == "columns_unread")
    assert "未读入：合计、E" in note.text().zh
    index = read(file(",省份,年份,x\n0,北京,2019,1\n"))
    assert [n.values["columns"].en for n in index.notes if n.code == "columns_unread"] == ["A"]
    assert not [n for n in read(file(WIDE)).notes if n.code == "columns_unread"]


def test_totals_are_set_apart(file: File) -> None:
    reading = read(file("地区,年份,x,y\n全国,2019,9,8\n东部地区,2019,5,4\n北京,2019,1,2\n"))
    assert reading.frame["unit"].unique().to_list() == ["北京"]
    assert reading.totals.select("unit", "code", "value").rows() == [
        ("全国", None, 9.0),
        ("全国", None, 8.0),
        ("东部地区", None, 5.0),
        ("东部地区", None, 4.0),
    ]
    note = next(n for n in reading.notes if n.code == "totals_apart")
    assert note.text().en == "Rows of totals are kept apart and are no units: 全国, 东部地区 (4 cells)."


def test_units_that_are_no_places_are_taken_as_they_are(file: File) -> None:
    reading = read(file("企业,年份,x\n甲厂,2019,1\n乙厂,2019,2\n"))
    assert reading.frame.select("unit", "code").rows() == [("甲厂", None), ("乙厂", None)]
    assert (reading.labels, reading.method.options["places"]) == ({}, "none")
    assert [n.code for n in reading.notes] == ["layout", "not_places"]
    assert [n.code for n in read(file("企业,年份,x\n甲厂,2019,1\n"), places="none").notes] == ["layout"]


def test_labels_are_names_in_both_languages(file: File) -> None:
    labels = read(file("省份,年份,x\n内蒙古自治区,2019,1\n")).labels
    assert (labels["150000"].zh, labels["150000"].en) == ("内蒙古", "Inner Mongolia")


def test_a_code_column_that_agrees_with_the_names(file: File) -> None:
    assert read(file("省份,代码,年份,x\n北京,110000,2019,1\n天津,12,2019,2\n")).frame["code"].to_list() == [
        "110000",
        "120000",
    ]


def test_codes_alone_are_units(file: File, book: Callable[..., Path]) -> None:
    assert read(file("iso3,year,x\nJPN,2019,1\nFRA,2019,2\n")).frame["code"].to_list() == ["JPN", "FRA"]
    assert read(book({"a": [["行政区划代码", "年份", "x"], [110000, 2019, 1]]})).frame["code"].to_list() == ["110000"]


@pytest.mark.parametrize(
    "marker", ["", "NA", "n/a", "NaN", "null", "None", " ", "-", "--", "—", "…", "……", "#", "..", ":"]
)
def test_markers_of_missing_values(marker: str, file: File) -> None:
    assert read(file(f"省份,年份,x\n北京,2019,{marker}\n天津,2019,1\n")).frame["value"].to_list() == [None, 1.0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e3", 1000.0),
        ("-2.5", -2.5),
        (" 7 ", 7.0),
        ("+1", 1.0),
        ("１２", 12.0),
        ('"1,234.5"', 1234.5),
        ("1 234", 1234.0),
        ("12%", 12.0),
        ("3.5(p)", 3.5),
        ("3.5①", 3.5),
    ],
)
def test_numbers(text: str, number: float, file: File) -> None:
    assert read(file(f"省份,年份,x\n北京,2019,{text}\n")).frame["value"].to_list() == [number]


# Bad input


def test_text_in_a_number_cell_is_reported_with_its_address(book: Callable[..., Path]) -> None:
    rows = [["省份", "年份", "产值(亿元)", "人口"]] + [["北京", year, 1, 2] for year in range(2015, 2020)]
    rows.append(["天津", 2020, "约3万", 2])
    error = fault(book({"表1": rows}))
    assert error.where == Where(
        file="t.xlsx", sheet="表1", row=7, cell="C7", unit="天津", indicator="产值", period=2020
    )
    assert error.text().zh == (
        "文件 t.xlsx，工作表 表1，第 7 行，单元格 C7，单元 天津，指标 产值，2020 年："
        "数值单元格中是文字“约3万”。请改为数字；没有数据则留空或写 NA。"
    )


@pytest.mark.parametrize("text", ["1_000", "inf", "＜1", "-nan", '"1,23"', '"1.234,5"', "1-2", "约3"])
def test_what_is_no_number(text: str, file: File) -> None:
    error = fault(file(f"省份,年份,x,y\n北京,2019,{text},1\n天津,2019,5,1\n"))
    assert (error.code, error.where.cell, error.where.unit) == ("text_in_number", "C2", "北京")


def test_numbers_with_separators_are_no_label_column(file: File) -> None:
    error = fault(file('省份,年份,x,y\n北京,2019,"1,23",1\n天津,2019,"2,34",1\n'))
    assert (error.code, error.where.cell) == ("text_in_number", "C2")


def test_words_in_every_column_of_values_are_no_labels(file: File) -> None:
    error = fault(file("省份,年份,x\n北京,2019,高\n天津,2019,低\n"))
    assert (error.code, error.values["value"]) == ("text_in_number", "高")


def test_text_in_a_long_and_in_a_year_table(file: File) -> None:
    long = fault(file("省份,年份,指标,数值\n北京,2019,x,1\n北京,2020,x,多\n"))
    assert long.where == Where(file="t.csv", row=3, cell="D3", unit="北京", indicator="x", period=2020)
    years = fault(file("省份,指标,2019,2020\n北京,x,1,多\n"))
    assert years.where == Where(file="t.csv", row=2, cell="D2", unit="北京", indicator="x", period=2020)


@pytest.mark.parametrize("year", ["", "19", "20-19", "2019Q1", "1799", "2019.5"])
def test_what_is_no_year(year: str, file: File) -> None:
    error = fault(file(f"省份,年份,x\n北京,2018,1\n天津,{year},2\n"))
    assert (error.code, error.where) == ("not_a_year", Where(file="t.csv", row=3, cell="B3", unit="天津"))
    assert f"“{year}” is not a year" in error.text().en


def test_an_unknown_column_is_named_with_the_nearest(file: File) -> None:
    error = fault(file(WIDE), unit="省分")
    assert error.text().zh == (
        "文件 t.csv，第 1 行：没有名为“省分”的列。您是不是想写“省份”？"
        "现有的列：省份、年份、地区生产总值(亿元)、人口（万人）。"
    )


@pytest.mark.parametrize("text", ["省份,年份,指标,数值\n北京,2019,a,1\n", "省份,年份,gdp\n北京,2019,1\n"])
def test_a_name_of_an_indicator_that_leaves_no_room_is_an_unknown_column(text: str, file: File) -> None:
    error = fault(file(text), indicator="指标名")
    assert (error.code, error.values["column"]) == ("unknown_column", "指标名")


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("cntry,year,x\n甲,2019,1\n乙,2019,1\n", {}, "no_unit_column"),
        ("country,x\n日本,1\n", {}, "no_period_column"),
        ("country,indicator,value\n日本,x,1\n", {}, "no_period_column"),
        ("country,2019,2020\n日本,1,2\n", {}, "no_indicator"),
        ("country,year,obs\n日本,2019,2\n", {"value": "obs"}, "no_indicator"),
        ("country,year,indicator,value\n日本,2019,,2\n", {}, "no_indicator"),
        ("country,year,x\n,2019,2\n", {}, "no_unit"),
        ("country,year,x,x\n日本,2019,2,3\n", {}, "twin_columns"),
    ],
)
def test_tables_that_do_not_say_enough(text: str, options: dict[str, str], code: str, file: File) -> None:
    error = fault(file(text), **options)
    assert error.code == code
    assert error.where.file == "t.csv"
    assert error.where.row in (1, 2)


def test_columns_of_one_name_are_told_by_their_cells(file: File) -> None:
    error = fault(file("省份,年份,x,y,x\n北京,2019,1,2,3\n"))
    assert "“x” (C1, E1)" in error.text().en


def test_one_year_in_two_columns_is_two_values_for_one_cell(file: File) -> None:
    reading = read(file("省份,2019,2019年\n北京,1,2\n"), indicator="x")
    with pytest.raises(DataError, match=r"B2 = 1\.0, C2 = 2\.0"):
        reading.to_panel()


@pytest.mark.parametrize("text", ["\n\n", "省份,年份,x\n", "省份,年份,x\n,,\n"])
def test_empty_files(text: str, file: File) -> None:
    path = file(text)
    error = fault(path)
    assert (error.code, error.where.file) == ("empty_table", str(path))


def test_empty_workbooks_and_frames(book: Callable[..., Path]) -> None:
    assert fault(book({"a": [], "b": []})).code == "empty_table"
    assert fault(book({"a": [["省份", "年份", "x"]]})).code == "empty_table"
    assert fault(pd.DataFrame()).code == "empty_table"
    assert fault(pl.DataFrame({"省份": [], "年份": [], "x": []})).code == "empty_table"


def test_junk_among_others_is_skipped_with_a_note(file: File) -> None:
    good, empty = file(WIDE, "good.csv"), file("", "empty.csv")
    reading = read([good, empty])
    assert len(cells(reading)) == 6
    assert [(n.severity, "empty.csv" in n.text().en) for n in reading.notes if n.code == "junk_skipped"] == [
        ("info", True)
    ]
    assert fault(empty).code == "nothing_read"


def test_files_that_cannot_be_read(tmp_path: Path, file: File) -> None:
    assert fault(tmp_path / "none.csv").code == "file_not_found"
    for name in ("t.xlsx", "t.xls", "t.parquet"):
        error = fault(file("x", name))
        assert error.where.file is None or name in error.where.file
    assert fault(file("x", "t.parquet")).code == "unknown_file_kind"
    assert fault(file('省份,年份,x\n北京,2019,"' + "1" * 200_000)).code == "open_quote"


def test_text_of_other_encodings_and_endings_is_read(file: File) -> None:
    assert len(cells(read(file(WIDE, encoding="utf-16")))) == 6
    assert len(cells(read(file(WIDE.replace(",", "\t"), "t.txt")))) == 6


def test_a_sheet_that_is_not_there(book: Callable[..., Path]) -> None:
    error = fault(book({"甲": [["x"]], "乙": [["x"]]}), sheet="丙")
    assert error.text().zh.endswith("工作表 丙：工作簿中没有这个工作表。现有的工作表：甲、乙。")


@pytest.mark.parametrize(("what", "code"), [(3, "not_a_table"), ([], "empty_table"), (pl.Series([1]), "not_a_table")])
def test_what_is_no_table(what: Any, code: str) -> None:
    assert fault(what).code == code


def test_unknown_places_are_told_with_the_first_row_and_the_nearest_names(file: File) -> None:
    names = ("北京", "天津", "上海", "重庆", "河比", "河比", "山洞")
    error = fault(file("省份,年份,x\n" + "".join(f"{n},{2010 + i},1\n" for i, n in enumerate(names))), PlaceError)
    assert (error.code, error.where) == ("unknown_place", Where(file="t.csv", row=6))
    assert "“河比”（相近：河南、河北）、“山洞”" in error.text().zh.replace("河北、河南", "河南、河北")


def test_an_unknown_place_is_told_with_its_own_file_and_sheet(file: File, book: Callable[..., Path]) -> None:
    good = file("省份,年份,x\n北京,2019,1\n上海,2019,1\n", "a.csv")
    bad = file("省份,年份,y\n北京,2019,1\n河比,2019,1\n", "b.csv")
    assert fault([good, bad], PlaceError).where == Where(file="b.csv", row=3)
    path = book({"甲": [["省份", "年份", "x"], ["北京", 2019, 1]], "乙": [["省份", "年份", "y"], ["河比", 2019, 1]]})
    assert fault(path, PlaceError, places="provinces").where == Where(file="t.xlsx", sheet="乙", row=2)


def test_ambiguous_places_are_told_with_their_row(file: File) -> None:
    error = fault(file("国家,年份,x\n日本,2019,1\n刚果,2019,1\n"), PlaceError)
    assert (error.code, error.where) == ("ambiguous_place", Where(file="t.csv", row=3))
    assert "COD" in error.text().zh
    assert "COG" in error.text().zh


def test_a_code_that_disagrees_with_the_name(file: File) -> None:
    error = fault(file("省份,代码,年份,x\n北京,110000,2019,1\n上海,120000,2019,1\n"))
    assert (error.code, error.where) == ("code_disagrees", Where(file="t.csv", row=3, unit="上海"))
    assert "代码 120000 是天津" in error.text().zh


def test_an_unknown_code_is_told_with_its_row(file: File) -> None:
    error = fault(file("省份,代码,年份,x\n北京,110000,2019,1\n上海,x9,2019,1\n"), PlaceError)
    assert (error.code, error.where) == ("unknown_place", Where(file="t.csv", row=3))


def test_an_unknown_scheme_of_places(file: File) -> None:
    assert "Did you mean “provinces”" in fault(file(WIDE), PlaceError, places="province").text().en


# Parts


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_letters_of_columns(column: int, letters: str) -> None:
    assert letters_of(column) == letters


def test_cell_addresses_agree_with_another_library() -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    grid = next(iter(grids({"a": [1]})))
    assert all(grid.address(r, c) == xl_rowcol_to_cell(r, c) for r in (0, 9, 99) for c in range(0, 2000, 7))


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2019", 2019),
        ("2019年", 2019),
        (" 2019 年", 2019),
        (2019, 2019),
        (2019.0, 2019),
        ("2019.0", 2019),
        (dt.date(2019, 5, 1), 2019),
        (dt.datetime(2019, 5, 1), 2019),
        (2019.5, None),
        ("二〇一九", None),
        ("2019-2020", None),
        (True, None),
        (None, None),
        (1799, None),
        (2201, None),
    ],
)
def test_as_year(cell: object, year: int | None) -> None:
    assert as_year(cell) == year


@pytest.mark.parametrize(
    ("header", "indicator", "measure"),
    [
        ("地区生产总值(亿元)", "地区生产总值", "亿元"),
        ("地区生产总值（亿元）", "地区生产总值", "亿元"),
        ("人均GDP (元/人)", "人均GDP", "元/人"),
        ("GDP growth (%)", "GDP growth", "%"),
        ("增速(同比)", "增速(同比)", None),
        ("R&D经费", "R&D经费", None),
        ("(亿元)", "(亿元)", None),
    ],
)
def test_split_measure(header: str, indicator: str, measure: str | None) -> None:
    found = split_header(header)
    assert (found.name, found.measure) == (indicator, measure)


def test_a_layout_can_be_printed() -> None:
    found = read({"省份": ["北京"], "指标": ["x"], "2019": [1], "2020": [2]}).tables[0]
    assert found.layout.text().en == (
        "units in column A; indicators in column B; years across in row 1 (2 columns); data in rows 2–2"
    )
