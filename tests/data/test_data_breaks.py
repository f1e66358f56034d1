"""Registered breaks in definitions: matched by id or title, told when a series spans them, and only of China."""

from __future__ import annotations

import polars as pl
import pytest

from nqpf.data import Panel, Series
from nqpf.data.breaks import break_notes, breaks, breaks_of
from nqpf.data.places.names import table
from nqpf.messages import Text


def named(id: str, zh: str = "", en: str = "", **more: str) -> Series:
    return Series(id, Text(zh or id, en or zh or id), **more)


def found(series: Series, first: int, last: int) -> list[tuple[str, int | None]]:
    return [(b.kind, b.year) for b in breaks_of(series, range(first, last + 1))]


@pytest.mark.parametrize(
    ("series", "years"),
    [
        (named("x", "规模以上工业企业利润总额"), [2011]),
        (named("x", "规上工业R&D经费"), [2011]),
        (named("x", "R&D expenditure of above-scale industry", "R&D expenditure of above-scale industry"), [2011]),
        (named("ind_so2"), [2011, 2016]),
        (named("y", "工业二氧化硫排放量"), [2011, 2016]),
        (named("y", "化学需氧量排放"), [2011, 2016]),
        (named("telecom", "电信业务总量"), [2011, 2016]),
        (named("hitech_revenue"), [2018]),
        (named("z", "高技术产业主营业务收入"), [2018]),
        (named("z", "高技术产业利润"), []),
        (named("edu_years", "人均受教育年限"), []),
        (named("gdp_index", "地区生产指数"), []),
    ],
)
def test_breaks_are_found_by_id_or_by_words(series: Series, years: list[int]) -> None:
    assert [year for _, year in found(series, 2010, 2019) if year != 2010] == years


def test_only_years_on_both_sides_span_a_break() -> None:
    so2 = named("ind_so2")
    assert found(so2, 2011, 2015) == []
    assert found(so2, 2015, 2016) == [("break", 2016)]
    assert found(so2, 2016, 2019) == []


def test_a_revision_is_told_of_a_series_without_a_vintage() -> None:
    gdp = named("gdp", "地区生产总值")
    assert found(gdp, 2015, 2022) == [("revision", 2018), ("revision", 2023)]
    assert found(named("gdp", "地区生产总值", vintage="五普修订"), 2015, 2022) == []
    assert found(named("gdp_2024"), 2019, 2022) == [("revision", 2023)]


def test_a_step_series_is_told_as_one() -> None:
    assert found(named("forest_coverage", "森林覆盖率"), 2015, 2022) == [("step", None)]


def panel(code: str) -> Panel:
    rows = [("某地", code, year, name, 1.0) for year in (2014, 2015, 2016) for name in ("ind_so2", "so2", "x")]
    return Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "code", "period", "indicator", "value"], orient="row"))


def test_a_note_names_series_year_and_change_once_a_break() -> None:
    (note,) = break_notes(panel("440000"))
    assert (note.code, note.severity) == ("registered_break", "warning")
    assert note.text().en.startswith("ind_so2, so2: from 2016, environmental statistics were redesigned")
    assert note.text().zh.startswith("ind_so2、so2：2016 年起环境统计制度调整")
    assert "来源：中国环境统计年鉴" in note.text().zh


def test_breaks_of_china_are_not_told_of_other_countries() -> None:
    assert break_notes(panel("FRA")) == ()


def test_every_break_is_whole() -> None:
    assert len({b.id for b in breaks()}) == len(breaks()) == table("breaks").height
    for one in breaks():
        assert one.kind in ("break", "base", "revision", "step"), one.id
        assert (one.year is None) == (one.kind == "step"), one.id
        assert one.words
        assert all(all(words) for words in one.words), one.id
        assert one.what.zh
        assert one.what.en
        assert one.source
