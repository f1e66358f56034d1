"""The ill-formed files of the reference material: what each holds, and numbers that were looked up in it by eye.

The series that a panel put together by other means holds as well are compared cell by cell.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.data import Reading, read
from nqpf.data.places import complete_set

pytestmark = pytest.mark.reference

RPI = "nbs_export_rpi_1952_2019.xls"
SECONDARY = "nbs_export_gbk_secondary_va.csv"
MOBILE = "nbs_mobile_unit_in_header.xls"
SECTORS = "nbs_new_site_2019_tabs_trailing_commas.csv"
POPULATION = "population_footnote_long.xlsx"
ENERGY = "energy_balance_bilingual_headers.xlsx"
BLOCKS = "stacked_blocks_blank_labels_dup_year_sheet.xlsx"
HOURS = "techme_RDLaborHour_ocr_names.csv"

HELD = {
    RPI: (31, (1952, 2018), 67, 1, 2077),
    SECONDARY: (31, (2000, 2023), 24, 1, 744),
    MOBILE: (31, (2010, 2023), 14, 1, 434),
    SECTORS: (31, (2019, 2019), 1, 14, 434),
    POPULATION: (31, (2000, 2024), 25, 3, 2325),
    ENERGY: (30, (2003, 2022), 20, 34, 12990),
    BLOCKS: (31, (2012, 2024), 13, 5, 2018),
    HOURS: (31, (2010, 2023), 14, 5, 2165),
}
"""Regions, first and last year, years, indicators, cells (of the cells that sheets repeat, one)."""

SEEN: dict[str, list[tuple[str, int, str, float | None, str]]] = {
    RPI: [
        ("110000", 2018, "商品零售价格指数", 101.1, "C5"),
        ("440000", 2018, "商品零售价格指数", 102.1, "C23"),
        ("440000", 2014, "商品零售价格指数", 101.4, "G23"),
        ("650000", 2018, "商品零售价格指数", 100.9, "C35"),
    ],
    SECONDARY: [
        ("110000", 2023, "第二产业增加值", 6893.8, "B5"),
        ("440000", 2019, "第二产业增加值", 43528.6, "F23"),
        ("440000", 2000, "第二产业增加值", 5042.8, "Y23"),
        ("650000", 2023, "第二产业增加值", 7559.7, "B35"),
    ],
    MOBILE: [
        ("110000", 2023, "移动电话普及率", 187.39, "B2"),
        ("440000", 2019, "移动电话普及率", 143.5, "F20"),
        ("650000", 2023, "移动电话普及率", 115.91, "B32"),
    ],
    SECTORS: [
        ("110000", 2019, "地区生产总值", 37767.0, "B4"),
        ("440000", 2019, "地区生产总值", 110468.1, "B22"),
        ("440000", 2019, "工业增加值", 39222.0, "G22"),
        ("650000", 2019, "人均地区生产总值", 55227.0, "O34"),
    ],
    POPULATION: [
        ("110000", 2000, "年末常住人口", 1364.0, "D2"),
        ("110000", 2000, "城镇人口", None, "E2"),
        ("440000", 2000, "年末常住人口", 8650.0, "D452"),
        ("650000", 2024, "乡村人口", 1039.7, "F776"),
    ],
    ENERGY: [
        ("110000", 2003, "原煤", 1146.9, "C4"),
        ("440000", 2003, "焦炭", 227.86, "G22"),
        ("650000", 2022, "原煤", 2579.94, "C603"),
        ("440000", 2022, "煤合计", 2573.8, "C20"),
        ("440000", 2022, "煤制品", 107.62, "F20"),
        ("440000", 2003, "能源消费结构（煤炭占比）", 0.28009621352401, "D20"),
    ],
    BLOCKS: [
        ("110000", 2012, "研发人员全时当量", 5.35098, "C2"),
        ("440000", 2012, "研发人员全时当量", 42.45632, "U2"),
        ("440000", 2024, "有效发明专利数", 73.4216, "U66"),
        ("650000", 2012, "研发经费", 27.34247, "AG15"),
    ],
    HOURS: [
        ("440000", 2023, "v4_zh_qsdl_hj", 1202365.0, "D97"),
        ("440000", 2019, "v4_zh_qsdl_yjry", 280061.0, "D738"),
        ("650000", 2010, "v4_zh_qsdl_syfz", 8875.0, "D2241"),
    ],
}
"""Cells at the corners and in the middle, looked up in the files: code, year, indicator, number, cell."""

UNITS = {
    RPI: {"商品零售价格指数": "上年=100"},
    SECONDARY: {"第二产业增加值": "亿元"},
    MOBILE: {"移动电话普及率": "部/百人"},
    SECTORS: {"地区生产总值": "亿元", "人均地区生产总值": "元/人"},
    POPULATION: {"年末常住人口": "万人", "城镇人口": "万人", "乡村人口": "万人"},
    ENERGY: {"原煤": "万吨", "焦炉煤气": "亿立方米", "天然气": "亿立方米", "其他能源": "万吨标煤", "煤合计": "万吨"},
    BLOCKS: {"研发经费": None},
    HOURS: {"v4_zh_qsdl_hj": "人年"},
}

SAME: list[tuple[str, str, str, float]] = [
    (SECTORS, "地区生产总值", "gdp_vintage2026", 1),
    (SECTORS, "第一产业增加值", "va_primary", 1),
    (SECTORS, "第二产业增加值", "va_secondary", 1),
    (SECTORS, "工业增加值", "va_industry", 1),
    (MOBILE, "移动电话普及率", "mobile_per_100", 1),
    (POPULATION, "年末常住人口", "population_b", 1),
    (POPULATION, "城镇人口", "urban_population_b", 1),
    (HOURS, "v4_zh_qsdl_hj", "rd_personnel_fte", 1),
    (HOURS, "v4_zh_qsdl_yjry", "rd_researcher_fte", 1),
    (BLOCKS, "研发经费", "ind_rd_expenditure", 1),
    (BLOCKS, "研发人员全时当量", "ind_rd_fte", 1),
    (BLOCKS, "新产品销售收入", "newproduct_sales", 1),
]
"""Series of the file that the panel holds as well, in the same unit."""


@pytest.fixture(scope="session")
def reading(shared: Path) -> Any:
    @cache
    def of(name: str) -> Reading:
        return read(shared / "data" / "messy" / name, faults="apart")

    return of


@pytest.fixture(scope="session")
def panel(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "data" / "china_province_panel.csv", schema_overrides={"adcode": pl.String})


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


@pytest.mark.parametrize("name", HELD)
def test_what_each_file_holds(name: str, reading: Any) -> None:
    frame = reading(name).frame
    years = frame["period"]
    held = (frame["code"].n_unique(), (years.min(), years.max()), years.n_unique(), frame["indicator"].n_unique())
    assert (*held, frame.height) == HELD[name]
    assert set(frame["code"]) <= set(complete_set("provinces"))
    assert frame.filter(pl.struct("code", "period", "indicator").is_duplicated()).select("period").unique().rows() in (
        [],
        [(2014,)],
    )


@pytest.mark.parametrize("name", SEEN)
def test_numbers_looked_up_by_eye(name: str, reading: Any) -> None:
    frame = reading(name).frame
    for code, year, indicator, value, cell in SEEN[name]:
        found = frame.filter(code=code, period=year, indicator=indicator).select("value", "cell").rows()
        assert (value, cell) in found, (code, year, indicator, found)


@pytest.mark.parametrize("name", UNITS)
def test_units_of_measure(name: str, reading: Any) -> None:
    frame = reading(name).frame
    for indicator, unit in UNITS[name].items():
        assert frame.filter(indicator=indicator)["measure"].unique().to_list() == [unit]


@pytest.mark.parametrize(("name", "indicator", "series", "factor"), SAME)
def test_series_that_the_panel_holds_as_well(
    name: str, indicator: str, series: str, factor: float, reading: Any, panel: pl.DataFrame
) -> None:
    ours = reading(name).frame.filter(indicator=indicator).drop_nulls("value").select("code", "period", "value")
    theirs = panel.filter(indicator=series).select(code="adcode", period="year", other=pl.col("value") * factor)
    both = ours.unique(["code", "period"], keep="first", maintain_order=True).join(theirs, on=["code", "period"])
    assert both.height >= 31 * ours["period"].n_unique() * 0.9
    differ = both.filter((pl.col("value") - pl.col("other")).abs() > 1e-6 * pl.col("other").abs())
    assert differ.height == 0, differ


def test_years_without_a_number_are_left_out_with_a_note(reading: Any) -> None:
    assert [n.text().zh for n in reading(RPI).notes if n.code == "years_empty"] == [
        f"{RPI} [分省年度数据]：这些年份整列为空，未读入：2019。"
    ]
    assert [n.values["years"].zh for n in reading(MOBILE).notes if n.code == "years_empty"] == [
        "2005、2006、2007、2008、2009"
    ]


def test_footnotes_stay_with_the_series_they_qualify(reading: Any) -> None:
    revised = reading(SECONDARY).frame["note"].unique().to_list()
    assert len(revised) == 1
    assert "第五次全国经济普查" in revised[0]
    sectors = reading(SECTORS).frame
    assert sectors.filter(pl.col("note").str.contains("系统修订"))["indicator"].n_unique() == 14
    people = reading(POPULATION).frame
    assert people["note"].str.starts_with("注：常住人口包括").all()


def test_sources_below_and_beside(reading: Any) -> None:
    assert reading(RPI).frame["source"].unique().to_list() == ["国家统计局"]
    assert reading(SECTORS).frame["source"].unique().to_list() == ["国家统计局"]


def test_the_energy_workbook(reading: Any) -> None:
    found = reading(ENERGY)
    factors = next(n for n in found.notes if n.code == "header_numbers")
    assert (factors.values["row"], "0.7143" in factors.values["cells"].zh) == (3, True)
    unread = next(n for n in found.notes if n.code == "unit_unread")
    assert unread.values["cells"].zh == "T2 千焦)、U2 小时)"
    assert str(found.titles["原煤"]) == "Raw Coal"
    repeated = [n for n in found.notes if n.code == "repeats"]
    assert [n.values["count"] for n in repeated] == [570, 570, 30]
    assert "conflicts" not in codes(found)


def test_the_sheet_that_repeats_a_year(reading: Any) -> None:
    found = reading(BLOCKS)
    told = next(n for n in found.notes if n.code == "sheets_one_year")
    assert (told.values["year"], told.values["absent"].zh, told.values["sheets"].zh) == (2014, "2015", "Sheet4、Sheet5")
    conflicts = [n for n in found.notes if n.code == "conflicts"]
    assert [n.values["differ"] for n in conflicts] == [2, 1]
    assert codes(found).count("repeats") == 11
    assert "A 列的空格沿用上一格" in found.tables[0].layout.text().zh


def test_totals_and_names_misread_by_a_machine_are_no_regions(reading: Any) -> None:
    found = reading(HOURS)
    assert set(found.totals["unit"]) == {"全国", "全   国"}
    assert found.totals.filter(period=2022, indicator="v4_zh_qsdl_hj")["value"].to_list() == [6353570.0]
    assert found.unplaced.select("unit", "period").unique().rows() == [("内蒙占", 2013)]


@pytest.mark.parametrize("name", HELD)
def test_what_was_found_can_be_written_edited_and_applied_again(
    name: str, reading: Any, shared: Path, tmp_path: Path
) -> None:
    found = reading(name)
    path = tmp_path / "recipe.yaml"
    path.write_text(found.recipe().to_yaml(), encoding="utf-8")
    again = read(shared / "data" / "messy" / name, recipe=path, faults="apart")
    assert again.frame.equals(found.frame, null_equal=True)
    assert again.totals.equals(found.totals, null_equal=True)
    assert again.unplaced.equals(found.unplaced, null_equal=True)
    edited = path.read_text(encoding="utf-8").replace(f"file: {name}", "file: '*'")
    path.write_text(edited, encoding="utf-8")
    assert read(shared / "data" / "messy" / name, recipe=path, faults="apart").frame.equals(
        found.frame, null_equal=True
    )


def test_no_file_needs_a_question(reading: Any) -> None:
    assert [name for name in HELD if reading(name).questions] == []
