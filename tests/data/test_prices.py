"""Prices: chaining, change of base, deflation and its inverse; directions known, gaps named, prices stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data import Panel, Status
from nqpf.data.deflate_panel import deflate_series
from nqpf.data.index_numbers import IndexBase
from nqpf.data.prices import Prices, at_prices_of, chain, deflate, inflate, rebase, volume
from nqpf.errors import DataError, NqpfError, SpecError
from nqpf.messages import say, speak
from nqpf.registry import methods

KEYS = {"unit": "place", "time": "year"}
LINKS = {"place": ["a"] * 3 + ["b"] * 3, "year": [2011, 2012, 2013] * 2, "p": [110.0, 105.0, 120.0, 101.0, 99.0, 100.0]}
"""Links to the previous year: prices of a rise to 1.1, 1.155, 1.386 of 2010, those of b to 1.01, 0.9999, 0.9999."""


def of(result: Prices, column: str, place: str) -> list[float | None]:
    frame: pl.DataFrame = result.to_frame()
    return frame.filter(pl.col("place") == place).sort("year")[column].to_list()


def refused(call: Any, table: Any, **words: Any) -> NqpfError:
    with pytest.raises(NqpfError) as caught:
        call(table, **words)
    return caught.value


@pytest.mark.parametrize(
    ("text", "year", "level"),
    [
        ("上年=100", None, 100),
        ("上年 = 100", None, 100),
        ("上年=1", None, 1),
        ("上年同期=100", None, 100),
        ("previous year", None, None),
        ("Previous Year=100", None, 100),
        ("1978=100", 1978, 100),
        ("1978年=100", 1978, 100),
        ("1952=1", 1952, 1),
        ("2010", 2010, None),
        (2010, 2010, None),
    ],
)
def test_bases(text: int | str, year: int | None, level: float | None) -> None:
    assert IndexBase.of(text) == IndexBase(year, level)


@pytest.mark.parametrize("text", ["", "100", "上月=100", "78=100", "1978=", "base"])
def test_what_is_no_base(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        IndexBase.of(text)
    assert caught.value.code == "unknown_index_base"
    assert f"“{text}”" in caught.value.text().zh


def test_links_are_chained_from_the_year_before_the_first() -> None:
    done = chain(LINKS, index="p", **KEYS)
    np.testing.assert_allclose(of(done, "p", "a"), [110, 115.5, 138.6], rtol=1e-14)
    np.testing.assert_allclose(of(done, "p", "b"), [101, 99.99, 99.99], rtol=1e-14)
    assert done.measure == "2010=100"
    assert done.method.options == {"index": "p", "index_base": "上年=100", "base": "2010=100"}


def test_the_base_of_a_chain_may_be_chosen() -> None:
    done = chain(LINKS, index="p", base="2012=1", **KEYS)
    np.testing.assert_allclose(of(done, "p", "a"), [1 / 1.05, 1, 1.2], rtol=1e-14)
    assert done.measure == "2012=1"


def test_units_that_begin_later_share_the_first_common_year() -> None:
    table = pl.DataFrame(LINKS).filter((pl.col("place") == "a") | (pl.col("year") > 2011))
    done = chain(table, index="p", **KEYS)
    assert done.measure == "2011=100"
    np.testing.assert_allclose(of(done, "p", "a"), [100, 105, 126], rtol=1e-14)


def test_a_link_to_one() -> None:
    table = pl.DataFrame(LINKS).with_columns(pl.col("p") / 100)
    np.testing.assert_allclose(of(chain(table, index="p", kind="上年=1", **KEYS), "p", "a"), [110, 115.5, 138.6])


def test_change_of_base_keeps_the_ratios() -> None:
    table = {"year": [1978, 1990, 2000], "p": [100.0, 200.0, 500.0]}
    done = rebase(table, index="p", time="year", index_base="1978=100", base=1990)
    assert done.to_frame()["p"].to_list() == [50, 100, 250]
    assert done.measure == "1990=100"


def test_a_base_outside_the_table_is_known_by_definition() -> None:
    table = {"year": [1990, 1991], "p": [2.0, 2.5]}
    done = rebase(table, index="p", time="year", index_base="1952=1", base=1952)
    assert done.to_frame()["p"].to_list() == [200, 250]
    assert refused(rebase, table, index="p", time="year", index_base=1952, base=1952).code == "base_year_absent"


def test_from_a_fixed_base_to_links_and_back() -> None:
    fixed = chain(LINKS, index="p", base=2011, **KEYS).to_frame()
    links = rebase(fixed, index="p", index_base="2011=100", base="上年=100", **KEYS)
    assert links.measure == "上年=100"
    np.testing.assert_allclose(of(links, "p", "a")[1:], [105, 120], rtol=1e-14)
    assert of(links, "p", "a")[0] is None


@pytest.mark.parametrize("index_base", ["上年=100", "previous year", "上年"])
def test_deflation_goes_the_right_way(index_base: str) -> None:
    """Where prices rise, real values lie above nominal ones before the base year and below them after it."""
    table = LINKS | {"gdp": [100.0] * 6}
    done = deflate(table, value="gdp", index="p", base=2012, index_base=index_base, **KEYS)
    before, base, after = of(done, "gdp", "a")
    assert before is not None
    assert after is not None
    assert (before, base, after) == pytest.approx((105, 100, 100 / 1.2), rel=1e-14)


def test_deflation_of_an_index_that_doubles_halves() -> None:
    table = {"year": [2000, 2001], "v": [10.0, 10.0], "p": [100.0, 200.0]}
    done = deflate(table, value="v", index="p", time="year", base=2000, index_base="2000=100")
    assert done.to_frame()["v"].to_list() == [10, 5]
    done = deflate(table, value="v", index="p", time="year", base=2001, index_base="2000=100")
    assert done.to_frame()["v"].to_list() == [20, 10]


@pytest.mark.parametrize(("index_base", "level"), [("1978=100", 100.0), ("1952=1", 1.0)])
def test_the_level_of_a_fixed_base_does_not_matter(index_base: str, level: float) -> None:
    table = {"year": [2000, 2001, 2002], "v": [1.0, 2.0, 3.0], "p": [3 * level, 4 * level, 5 * level]}
    done = deflate(table, value="v", index="p", time="year", base=2001, index_base=index_base)
    np.testing.assert_allclose(done.to_frame()["v"].to_list(), [4 / 3, 2, 12 / 5], rtol=1e-15)


def test_chained_links_and_a_fixed_base_deflate_alike() -> None:
    table = LINKS | {"v": [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]}
    one = deflate(table, value="v", index="p", base=2012, index_base="上年=100", **KEYS)
    fixed = chain(table, index="p", base=2010, **KEYS).to_frame()
    other = deflate(fixed, value="v", index="p", base=2012, index_base="2010=100", **KEYS)
    np.testing.assert_allclose(one.to_frame()["v"], other.to_frame()["v"], rtol=1e-14)


@given(st.data())
def test_there_and_back_is_exact(data: st.DataObject) -> None:
    years, places = data.draw(st.integers(2, 40)), data.draw(st.integers(1, 4))
    numbers = st.floats(50, 200)
    links = data.draw(st.lists(numbers, min_size=years * places, max_size=years * places))
    values = data.draw(st.lists(st.floats(1e-3, 1e6), min_size=years * places, max_size=years * places))
    base = data.draw(st.integers(1999, 1999 + years))
    table = {
        "place": [f"u{n}" for n in range(places) for _ in range(years)],
        "year": [2000 + t for _ in range(places) for t in range(years)],
        "p": links,
        "v": values,
    }
    words: Mapping[str, Any] = {"value": "v", "index": "p", "base": base, "index_base": "上年=100"} | KEYS
    there = deflate(table, measure="亿元", **words)
    back = inflate(there.to_frame(), measure=there.measure, **words)
    np.testing.assert_allclose(back.to_frame()["v"], values, rtol=1e-12)
    assert (there.measure, back.measure) == (f"亿元({base}年价)", "亿元")


@given(st.lists(st.floats(60, 180), min_size=3, max_size=30), st.data())
def test_change_of_base_is_transitive_and_invertible(links: list[float], data: st.DataObject) -> None:
    years = list(range(2001, 2001 + len(links)))
    one, two = (data.draw(st.sampled_from(years)) for _ in range(2))
    table = {"year": years, "p": links}
    direct = chain(table, index="p", time="year", base=two).to_frame()
    first = chain(table, index="p", time="year", base=one)
    then = rebase(first.to_frame(), index="p", time="year", index_base=first.measure or "", base=two).to_frame()
    np.testing.assert_allclose(then["p"], direct["p"], rtol=1e-12)
    links_again = rebase(direct, index="p", time="year", index_base=two, base="上年=100").to_frame()
    np.testing.assert_allclose(links_again["p"][1:], links[1:], rtol=1e-12)


def test_several_values_and_holes() -> None:
    table = LINKS | {"v": [1.0, None, 3.0, 4.0, 5.0, 6.0], "w": [2.0] * 6}
    done = deflate(table, value=["v", "w"], index="p", base=2011, index_base="上年=100", measure="万元", **KEYS)
    assert of(done, "v", "a")[1] is None
    np.testing.assert_allclose(of(done, "w", "a"), [2, 2 / 1.05, 2 / 1.26], rtol=1e-14)
    assert set(of(done, "measure", "a")) == {"万元(2011年价)"}


def test_rows_in_any_order_and_dates_for_years() -> None:
    table = pl.DataFrame(LINKS | {"v": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    words: Mapping[str, Any] = {"value": "v", "index": "p", "base": 2011, "index_base": "上年=100"} | KEYS
    plain = deflate(table, **words).to_frame().sort("place", "year")
    mixed = deflate(table.sample(fraction=1, shuffle=True, seed=3), **words).to_frame().sort("place", "year")
    dated = deflate(table.with_columns(pl.date(pl.col("year"), 12, 31).alias("year")), **words).to_frame()
    written = deflate(table.with_columns(pl.format("{}年", "year").alias("year")), **words).to_frame()
    assert plain.equals(mixed)
    assert dated["v"].to_list() == written["v"].to_list() == plain["v"].to_list()


def test_the_kind_of_dataframe_comes_back() -> None:
    done = deflate(
        pd.DataFrame(LINKS | {"v": 1.0}), value="v", index="p", base=2011, index_base="上年=100", **KEYS
    ).to_frame()
    assert isinstance(done, pd.DataFrame)
    assert done["v"].iloc[1] == pytest.approx(1 / 1.05)


@pytest.mark.parametrize(
    ("measure", "year", "stated"),
    [
        ("亿元", 2010, "亿元(2010年价)"),
        ("亿元（当年价）", 2010, "亿元(2010年价)"),
        ("亿元(2000年价)", 2010, "亿元(2010年价)"),
        ("万元/人", 2010, "万元/人(2010年价)"),
        ("亿元(2010年价)", None, "亿元"),
    ],
)
def test_units_state_their_prices(measure: str, year: int | None, stated: str) -> None:
    assert at_prices_of(measure, year) == stated


def test_a_gap_names_unit_and_years() -> None:
    table = pl.DataFrame(LINKS).filter((pl.col("place") == "b") | (pl.col("year") != 2012))
    error = refused(chain, table, index="p", **KEYS)
    assert error.code == "index_gap"
    assert error.text().zh == (
        "指标 p：上年=100 的指数中间缺年份，链条断开：a（2012）。请补上这些年份的指数，或只用断开之后的年份。"
    )
    assert "a (2012)" in error.text().en
    holes = pl.DataFrame(LINKS).with_columns(pl.Series("p", [110.0, None, 120.0, 101.0, None, 100.0]))
    assert "a (2012), b (2012)" in refused(chain, holes, index="p", **KEYS).text().en


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        ({"p": [110.0, 0.0, 120.0]}, {}, "index_nonpositive", "a (2012)"),
        ({"p": [110.0, "x", 120.0]}, {}, "text_in_number", "“x”"),
        ({"p": [110.0, float("inf"), 120.0]}, {}, "text_in_number", "inf"),
        ({"p": [None, None, None]}, {}, "index_empty", "no figure at all"),
        ({"p": [1.1, 1.05, 1.2]}, {}, "index_not_links", "median is 1.1"),
        ({"p": [900.0, 950.0, 1200.0]}, {}, "index_not_links", "median is 950"),
        ({}, {"base": 2009}, "base_year_absent", "base year 2009 (there are 2010–2013)"),
        ({}, {"base": 2020}, "base_year_absent", "unit a"),
        ({"p": [110.0, 105.0, None]}, {}, "index_absent", "a (2013)"),
        ({"place": ["a", "a", None]}, {}, "no_unit", "row 3"),
        ({"year": [2011, 2011, 2012]}, {}, "twin_rows", "year 2011"),
        ({"year": [2011, None, 2012]}, {}, "not_a_year", "row 2"),
        ({"year": ["2011", "20x2", "2013"]}, {}, "not_a_year", "“20x2”"),
        ({}, {"measure": "亿元(2000年价)"}, "measure_at_other_prices", "亿元(2000年价)"),
        ({}, {"measure": "万人"}, "measure_no_money", "“万人”"),
        ({}, {"index": "q"}, "unknown_column", "“q”"),
        ({}, {"value": "q"}, "unknown_column", "“q”"),
        ({}, {"index_base": "2011=100"}, "index_not_base", "is 110 in that year"),
        ({}, {"index_base": "12"}, "unknown_index_base", "“12”"),
        ({"year": [], "place": [], "p": [], "v": []}, {}, "empty_table", "no rows"),
    ],
)
def test_bad_input(change: dict[str, Any], words: dict[str, Any], code: str, said: str) -> None:
    table = {"place": ["a"] * 3, "year": [2011, 2012, 2013], "p": [110.0, 105.0, 120.0], "v": [1.0, 2.0, 3.0]} | change
    given_words = {"value": "v", "index": "p", "base": 2011, "index_base": "上年=100"} | KEYS | words
    error = refused(deflate, table, **given_words)
    assert error.code == code
    assert said in error.text().en


def test_the_first_link_is_not_needed_for_the_years_after_it() -> None:
    table = {"year": [2011, 2012, 2013], "p": [None, 105.0, 120.0], "v": [1.0, 2.0, 3.0]}
    done = deflate(table, value="v", index="p", time="year", base=2012, index_base="上年=100")
    assert done.to_frame()["v"].to_list() == pytest.approx([1.05, 2, 2.5])


def test_a_fixed_index_is_not_chained() -> None:
    error = refused(chain, LINKS, index="p", kind="1978=100", **KEYS)
    assert (error.code, "rebase" in error.text().zh) == ("not_previous_year", True)


def test_inflation_needs_values_at_the_prices_of_the_base() -> None:
    words: Mapping[str, Any] = {"value": "v", "index": "p", "base": 2011, "index_base": "上年=100"} | KEYS
    error = refused(inflate, LINKS | {"v": [1.0] * 6}, measure="亿元(2000年价)", **words)
    assert error.code == "measure_at_other_prices"


def test_a_volume_index_extends_the_value_of_the_base_year() -> None:
    table = LINKS | {"v": [None, 100.0, 999.0, 1.0, 50.0, None]}
    done = volume(table, value="v", index="p", base=2012, index_base="上年=100", measure="亿元", **KEYS)
    assert of(done, "v", "a") == pytest.approx([100 / 1.05, 100, 120])
    assert of(done, "v", "b") == pytest.approx([50 / 0.99, 50, 50])
    assert done.measure == "亿元(2012年价)"


def test_a_volume_and_a_price_index_split_the_change_of_a_value() -> None:
    """V_t/V_b = (P_t/P_b)·(Q_t/Q_b), so deflating by P gives what Q extends."""
    table = {"year": [2020, 2021, 2022], "p": [100.0, 104.0, 98.0], "q": [100.0, 106.0, 110.0]}
    value = 80 * np.cumprod([1, 1.04 * 1.06, 0.98 * 1.10])
    words: Mapping[str, Any] = {"value": "v", "time": "year", "base": 2020, "index_base": "上年=100"}
    real = deflate(table | {"v": value}, index="p", **words).to_frame()["v"]
    np.testing.assert_allclose(volume(table | {"v": value}, index="q", **words).to_frame()["v"], real, rtol=1e-14)


def test_a_volume_needs_the_value_of_the_base_year() -> None:
    table = LINKS | {"v": [1.0, 2.0, 3.0, 4.0, None, 6.0]}
    error = refused(volume, table, value="v", index="p", base=2012, index_base="上年=100", **KEYS)
    assert error.code == "base_value_absent"
    assert "单元 b" in error.text().zh


def test_large_links_are_remarked_on() -> None:
    table = {"year": [2011, 2012], "p": [180.0, 200.0]}
    notes = chain(table, index="p", time="year").notes
    assert [n.code for n in notes] == ["links_large"]
    with speak("zh"):
        assert "1.90 倍" in str(notes[0])


def test_no_year_in_common() -> None:
    table = {"place": ["a", "b"], "year": [2001, 2010], "p": [101.0, 101.0]}
    assert refused(chain, table, index="p", **KEYS).code == "no_common_year"


def test_methods_are_registered() -> None:
    table = LINKS | {"v": [1.0] * 6}
    words: Mapping[str, Any] = {"value": "v", "index": "p", "base": 2011, "index_base": "上年=100"} | KEYS
    ids = {
        chain(LINKS, index="p", **KEYS).method.id,
        rebase(LINKS, index="p", index_base="上年=100", base=2011, **KEYS).method.id,
        deflate(table, **words).method.id,
        inflate(table, **words).method.id,
        volume(table, **words).method.id,
    }
    assert len(ids) == 5
    assert ids <= set(methods())


@pytest.fixture
def panel() -> Panel:
    rows = [
        (place, year, name, value, measure)
        for place, year, p, gdp in (("a", 2019, 102.0, 50.0), ("a", 2021, 110.0, 66.0), ("a", 2020, 120.0, None))
        for name, value, measure in (("p", p, "上年=100"), ("gdp", gdp, "亿元"), ("pop", 3.0, "万人"))
    ]
    return Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value", "measure"], orient="row"))


def test_series_of_a_panel(panel: Panel) -> None:
    done, ledger = deflate_series(panel, ["gdp"], index="p", base=2019)
    k = panel.index("gdp")
    np.testing.assert_allclose(done.values[:, 0, k], [50, np.nan, 50])
    assert done.series[k].measure == "亿元(2019年价)"
    assert done.status[:, 0, k].tolist() == [Status.CONVERTED, Status.MISSING, Status.CONVERTED]
    np.testing.assert_array_equal(done.values[:, :, panel.index("pop")], panel.values[:, :, panel.index("pop")])
    rows = ledger.to_frame()
    assert rows.select("unit", "period", "old", "new").rows() == [("a", 2019, 50, 50), ("a", 2021, 66, 50)]
    assert rows["rule"].unique().to_list() == ["prices.deflate"]
    assert say("rule.prices.deflate").zh == "折算为不变价"
    assert rows["detail"][1] == "p (上年=100) → 2019 (÷ 1.32)"


def test_series_of_a_panel_that_cannot_be_deflated(panel: Panel) -> None:
    assert refused(deflate_series, panel, series=["pop"], index="p", base=2019).code == "measure_no_money"
    assert refused(deflate_series, panel, series=["gdp"], index="pop", base=2019).code == "unknown_index_base"
    assert refused(deflate_series, panel, series=["gpd"], index="p", base=2019).code == "unknown_series"
    done, _ = deflate_series(panel, ["gdp"], index="p", base=2019)
    with pytest.raises(DataError, match="at constant prices already"):
        deflate_series(done, ["gdp"], index="p", base=2019)
