"""What a header says: the role of a column, or an indicator's name in one or two languages with its unit."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from nqpf.data.places.names import table
from nqpf.data.reading.across import dated, place_in, placed, year_in
from nqpf.data.reading.headers import (
    Header,
    bracketed_unit,
    header_words,
    key_of,
    role_of,
    split_header,
    stated_unit,
    states_unit,
    title_in_corner,
)


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("地区", "unit"),
        ("地　　区", "unit"),
        ("省（区、市）", "unit"),
        ("县(市、区)", "unit"),
        ("区、县级市", "unit"),
        ("省份\nProvince", "unit"),
        ("地区 Region", "unit"),
        ("REGION", "unit"),
        ("年份", "period"),
        ("Year", "period"),
        ("行政区划代码", "code"),
        ("指标名称", "indicator"),
        ("单位", "unit_or_measure"),
        ("计量单位", "measure"),
        ("频率", "skip"),
        ("数据来源", "source"),
        ("地区/年份", "unit"),
        ("地区生产总值", None),
        ("GDP", None),
        (2019, None),
        (None, None),
    ],
)
def test_roles(cell: Any, role: str | None) -> None:
    assert role_of(cell) == role


def test_the_table_of_header_words_holds_each_once_in_lower_case() -> None:
    words = table("headers")["word"]
    assert words.is_duplicated().sum() == 0
    assert words.str.to_lowercase().equals(words)
    assert set(table("headers")["role"]) == {
        *("unit", "code", "period", "indicator", "value", "measure", "source"),
        *("vintage", "scope", "note", "skip", "unit_or_measure"),
    }
    assert len(header_words()) == words.len()
    assert pl.Series(header_words().values()).is_in(table("headers")["role"].implode()).all()


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("地区生产总值(亿元)", Header("地区生产总值", "亿元")),
        ("地区生产总值（亿元）", Header("地区生产总值", "亿元")),
        ("地区生产总值 (亿元) ", Header("地区生产总值", "亿元")),
        ("年末常住人口/万人", Header("年末常住人口", "万人")),
        ("CO2排放量_吨", Header("CO2排放量", "吨")),
        ("产值：亿元", Header("产值", "亿元")),
        ("原煤\n(万吨)\nRaw Coal\n(10⁴ tons)", Header("原煤", "万吨", "Raw Coal")),
        ("人 口\nPopulation", Header("人口", None, "Population")),
        ("商品零售价格指数(上年=100)", Header("商品零售价格指数", "上年=100")),
        ("就业人员①(万人)", Header("就业人员", "万人", None, "①")),
        ("就业人员(万人)①", Header("就业人员", "万人", None, "①")),
        ("一、年末总户数", Header("年末总户数")),
        ("（二）出生人口(人)", Header("出生人口", "人")),
        ("1.出生率(‰)", Header("出生率", "‰")),
        ("1.5升以下排量", Header("1.5升以下排量")),
        ("# 住宅", Header("住宅")),
        ("增速(同比)", Header("增速(同比)")),
        ("(亿元)", Header("(亿元)")),
        ("R&D经费", Header("R&D经费")),
        ("gdp_2019", Header("gdp_2019")),
        ("投入/产出", Header("投入/产出")),
    ],
)
def test_names_and_units(text: str, header: Header) -> None:
    assert split_header(text) == header


def test_titles_in_both_languages() -> None:
    assert split_header("原煤\nRaw Coal").title["en"] == "Raw Coal"
    assert split_header("原煤").title["en"] == "原煤"


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("移动电话普及率(部/百人)地区", "移动电话普及率(部/百人)"),
        ("地区生产总值（亿元）省份", "地区生产总值（亿元）"),
        ("贫困地区", None),
        ("地区", None),
        ("增速(同比)地区", None),
        (2019, None),
    ],
)
def test_titles_in_a_corner(cell: Any, title: str | None) -> None:
    assert title_in_corner(cell) == title
    assert key_of(cell) == ("unit" if title or cell == "地区" else None)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：亿元", "亿元"),
        ("（单位：万吨标准煤）", "万吨标准煤"),
        ("计量单位: 万人", "万人"),
        ("Unit: 100 million yuan", "100 million yuan"),
        ("表1 能源（单位：万吨）", "万吨"),
        ("单位：人、‰", None),
        ("表 1", None),
    ],
)
def test_stated_units(text: str, unit: str | None) -> None:
    assert stated_unit(text) == unit
    assert (states_unit(text) is not None) == (unit is not None or "人、‰" in text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("(万吨)", "万吨"),
        ("（亿元）", "亿元"),
        ("亿元", "亿元"),
        ("(persons)", "persons"),
        ("%", "%"),
        ("千焦)", None),
        ("Population", None),
        ("GDP(亿元)", None),
        ("人口(万人)", None),
        ("外来人口", None),
        ("", None),
    ],
)
def test_cells_that_hold_nothing_but_a_unit(text: str, unit: str | None) -> None:
    assert bracketed_unit(text) == unit


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2019年GDP(亿元)", ("GDP(亿元)", 2019)),
        ("2019_gdp", ("gdp", 2019)),
        ("gdp2019", ("gdp", 2019)),
        ("GDP（2019年）", ("GDP", 2019)),
        ("2019\n人口", ("人口", 2019)),
        ("2010年不变价GDP", None),
        ("2015年价格计算的GDP", None),
        ("2015=100", None),
        ("指数(1978=100)", None),
        ("GDP", None),
    ],
)
def test_years_in_names(name: str, found: tuple[str, int] | None) -> None:
    assert year_in(name) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("北京:RPI", ("北京", "RPI")),
        ("RPI：北京", ("北京", "RPI")),
        ("GDP:广东:累计值", ("广东", "GDP:累计值")),
        ("gdp_beijing", ("beijing", "gdp")),
        ("北京:上海:货运量", None),
        ("北京", None),
        ("RPI", None),
    ],
)
def test_places_in_names(name: str, found: tuple[str, str] | None) -> None:
    assert place_in(name) == found


def test_years_and_places_in_one_of_several_levels() -> None:
    assert dated(["2019年", "人口"]) == (["人口"], 2019)
    assert dated(["人口", "2019年末数"]) == (["人口", "末数"], 2019)
    assert dated(["人口"]) is None
    assert placed(["北京市", "人口"]) == (["人口"], "北京市")
    assert placed(["人口"]) is None
