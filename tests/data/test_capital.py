"""Capital stocks: the recursion, its known solutions, every start by hand, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data.capital import CapitalStock, capital_stock, capital_variants
from nqpf.data.capital_start import VARIANTS
from nqpf.errors import NqpfError
from nqpf.messages import speak
from nqpf.registry import methods

ONE: Mapping[str, Any] = {"investment": "i", "time": "year"}
MANY: Mapping[str, Any] = ONE | {"unit": "place"}


def growing(first: float, growth: float, years: int, start: int = 2000) -> dict[str, Any]:
    return {"year": [start + t for t in range(years)], "i": [first * (1 + growth) ** t for t in range(years)]}


def capital(result: CapitalStock) -> list[float]:
    return [float(v) for v in result.to_frame()["capital"]]


def refused(table: Any, **words: Any) -> NqpfError:
    with pytest.raises(NqpfError) as caught:
        capital_stock(table, **words)
    return caught.value


@pytest.mark.parametrize("method", ["zhang2004", "zhang2008"])
def test_zhang_by_hand(method: Any) -> None:
    """K1952 = 5/0.10; K1953 = 50·0.904 + 6; K1954 = 51.2·0.904 + 7."""
    done = capital_stock({"year": [1952, 1953, 1954], "i": [5.0, 6.0, 7.0]}, method=method, **ONE)
    assert capital(done) == pytest.approx([50, 51.2, 53.2848], rel=1e-15)
    assert done.to_frame()["depreciation"].to_list() == [None, pytest.approx(4.8), pytest.approx(4.9152)]
    assert done.to_frame()["start_share"].to_list() == pytest.approx([1, 45.2 / 51.2, 45.2 * 0.904 / 53.2848])
    assert done.starts.rows() == [("", 1952, 50.0, "ratio", None)]
    assert "capital_start_year" not in {n.code for n in done.notes}


def test_goldsmith_by_hand() -> None:
    """g = √(16.9/10) − 1 = 0.3, so K = 10/(0.3 + 0.2) = 20."""
    done = capital_stock({"year": [1, 2, 3], "i": [10.0, 12.0, 16.9]}, method="goldsmith", depreciation=0.2, **ONE)
    assert capital(done) == pytest.approx([20, 28, 39.3], rel=1e-14)
    assert done.starts["growth"].item() == pytest.approx(0.3)


def test_berlemann_and_wesselhoeft_by_hand() -> None:
    """ln I = 0, 1, 5: β = 2.5, α = −0.5, so K_{f−1} = e^−0.5/(e^2.5 − 1 + 0.1) and K_f = 0.9·K_{f−1} + 1."""
    table = {"year": [2000, 2001, 2002], "i": np.exp([0.0, 1.0, 5.0])}
    done = capital_stock(table, method="berlemann_wesselhoeft", depreciation=0.1, **ONE)
    before = np.exp(-0.5) / (np.exp(2.5) - 1 + 0.1)
    assert capital(done)[0] == pytest.approx(0.9 * before + 1, rel=1e-14)
    assert done.to_frame()["start_share"][0] == pytest.approx(0.9 * before / (0.9 * before + 1))


def test_griliches_for_research() -> None:
    done = capital_stock(growing(10, 0.05, 12), method="griliches", **ONE)
    assert capital(done)[0] == pytest.approx(10 / (0.05 + 0.15))
    assert done.method.options["depreciation"] == 0.15


@given(st.floats(-0.02, 0.3), st.floats(0.03, 0.5), st.integers(3, 40))
def test_the_steady_state_stays_steady(growth: float, delta: float, years: int) -> None:
    """Where I grows at g, K_{t−1} = I_t/(g + δ) for all t, and the trend finds it."""
    table = growing(7, growth, years)
    done = capital_stock(table, method="berlemann_wesselhoeft", depreciation=delta, **ONE)
    np.testing.assert_allclose(capital(done)[:-1], np.array(table["i"][1:]) / (growth + delta), rtol=1e-8)


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=30), st.floats(0, 50))
def test_without_depreciation_the_stock_is_the_sum(flows: list[float], first: float) -> None:
    table = {"year": range(2000, 2000 + len(flows)), "i": flows}
    done = capital_stock(table, initial=first, depreciation=0, **ONE)
    np.testing.assert_allclose(capital(done), first + np.cumsum([0, *flows[1:]]), rtol=1e-12)


@given(
    st.lists(st.floats(0.1, 100), min_size=3, max_size=20),
    st.floats(1e-3, 1e4),
    st.sampled_from(sorted(VARIANTS)),
)
def test_stocks_scale_with_investment(flows: list[float], scale: float, method: Any) -> None:
    years = list(range(2000, 2000 + len(flows)))
    words = ONE | {"method": method, "depreciation": 0.2, "growth": 0.05}
    one = capital_stock({"year": years, "i": flows}, **words)
    other = capital_stock({"year": years, "i": [scale * f for f in flows]}, **words)
    np.testing.assert_allclose(capital(other), scale * np.array(capital(one)), rtol=1e-10)


@given(
    st.lists(st.floats(0.1, 100), min_size=2, max_size=20), st.floats(0.01, 0.9), st.floats(1, 100), st.floats(1, 100)
)
def test_two_starts_come_together_at_the_rate_of_depreciation(
    flows: list[float], delta: float, one: float, other: float
) -> None:
    table = {"year": range(2000, 2000 + len(flows)), "i": flows}
    a, b = (np.array(capital(capital_stock(table, initial=k, depreciation=delta, **ONE))) for k in (one, other))
    np.testing.assert_allclose(a - b, (one - other) * (1 - delta) ** np.arange(len(flows)), atol=1e-9)


def test_full_depreciation_leaves_this_year_only() -> None:
    assert capital(capital_stock(growing(5, 0.1, 4), initial=99, depreciation=1, **ONE))[1:] == pytest.approx(
        growing(5, 0.1, 4)["i"][1:]
    )


def test_units_do_not_touch_each_other_and_rows_keep_their_order() -> None:
    rng = np.random.default_rng(5)
    rows = [(f"u{n}", 2000 + t, float(rng.uniform(1, 9))) for n in range(6) for t in range(n % 2, 12)]
    table = pl.DataFrame(rows, schema=["place", "year", "i"], orient="row").sample(fraction=1, shuffle=True, seed=1)
    words: Mapping[str, Any] = {"method": "goldsmith", "depreciation": 0.1}
    whole = capital_stock(table, **MANY, **words).to_frame()
    assert whole.select("place", "year").equals(table.select("place", "year"))
    for n in range(6):
        alone = capital_stock(table.filter(pl.col("place") == f"u{n}"), **MANY, **words).to_frame()
        assert whole.filter(pl.col("place") == f"u{n}").equals(alone)


def test_depreciation_by_unit_and_year() -> None:
    table = {"year": [2000, 2001, 2002], "i": [1.0, 1.0, 1.0], "d": [0.5, 0.1, 0.2]}
    done = capital_stock(table, initial=10, depreciation="d", **ONE)
    assert capital(done) == pytest.approx([10, 10, 9])
    assert done.method.options["depreciation"] == "d"


def test_deflated_investment_and_its_unit() -> None:
    table = {"year": [2000, 2001, 2002], "i": [10.0, 22.0, 36.3], "p": [100.0, 110.0, 110.0]}
    words = ONE | {"initial": 100, "depreciation": 0.1, "price_index": "p", "measure": "亿元(当年价)"}
    done = capital_stock(table, index_base="上年=100", base=2000, **words)
    assert done.to_frame()["investment"].to_list() == pytest.approx([10, 20, 30])
    assert capital(done) == pytest.approx([100, 110, 129])
    assert done.measure == "亿元(2000年价)"
    assert "capital_not_deflated" not in {n.code for n in done.notes}


def test_stocks_at_other_prices_are_the_same_stocks() -> None:
    table = {"year": [2000, 2001, 2002], "i": [10.0, 22.0, 36.3], "p": [1.0, 1.1, 1.21]}
    words: Mapping[str, Any] = ONE | {"price_index": "p", "index_base": "2000=1"}
    one, other = (capital(capital_stock(table, base=b, **words)) for b in (2000, 2002))
    np.testing.assert_allclose(other, np.array(one) * 1.21, rtol=1e-14)


LATE = {
    "place": ["四川"] * 4 + ["重庆"] * 2,
    "year": [1994, 1995, 1996, 1997, 1996, 1997],
    "i": [5.0, 6.0, 7.0, 8.0, 3.92, 4.0],
}
"""重庆 begins two years after 四川."""


def test_a_unit_that_begins_later_needs_its_own_start() -> None:
    error = refused(LATE, **MANY)
    assert error.code == "capital_late"
    assert "以下单元的投资开始得更晚：重庆" in error.text().zh
    assert "(1994), but these units begin later: 重庆" in error.text().en


def test_a_late_unit_starts_from_the_steady_state_or_from_what_is_given() -> None:
    """3.92/(0.096 + 0.10) = 20."""
    done = capital_stock(LATE, method="zhang2008", growth=0.10, **MANY)
    assert capital(done)[4:] == pytest.approx([20, 20 * 0.904 + 4])
    assert done.starts["rule"].to_list() == ["ratio", "steady"]
    assert done.starts["growth"].to_list() == [None, 0.10]
    done = capital_stock(LATE, initial={"重庆": 33.0}, **MANY)
    assert capital(done)[4:] == pytest.approx([33, 33 * 0.904 + 4])
    assert capital(done)[0] == pytest.approx(50)
    assert done.starts["rule"].to_list() == ["ratio", "given"]


def test_a_stock_known_in_some_year() -> None:
    table = growing(10, 0, 5) | {"k": [None, 80.0, None, 90.0, None]}
    done = capital_stock(table, initial="k", depreciation=0.5, **ONE)
    assert done.to_frame()["capital"].to_list() == [None, 80, 50, 35, 27.5]
    assert done.starts.rows() == [("", 2001, 80.0, "given", None)]


def test_growth_may_be_given_or_taken_from_the_first_years() -> None:
    table = {"year": range(2000, 2013), "i": [10.0, 11.0, 12.1, *[12.1] * 10]}
    words: Mapping[str, Any] = ONE | {"method": "goldsmith", "depreciation": 0.1}
    assert capital_stock(table, growth=0.4, **words).starts["capital"].item() == pytest.approx(20)
    assert capital_stock(table, growth_years=2, **words).starts["growth"].item() == pytest.approx(0.1)
    trend = capital_stock(table, growth_years=2, **words | {"method": "berlemann_wesselhoeft"})
    assert trend.starts["growth"].item() == pytest.approx(0.1)
    assert capital_stock(table, **words).starts["growth"].item() == pytest.approx(1.21 ** (1 / 12) - 1)


def test_every_assumption_is_stated() -> None:
    done = capital_stock(growing(10, 0.1, 60, 1952), ratio=0.2, **ONE)
    assert done.method.id == "capital.zhang2004"
    assert dict(done.method.options) == {
        "investment": "i",
        "price_index": None,
        "index_base": None,
        "base": None,
        "measure": None,
        "depreciation": 0.096,
        "start": "ratio",
        "ratio": 0.2,
        "initial": None,
        "growth": None,
        "growth_years": None,
        "timing": "end of year",
    }
    assert [n.code for n in done.notes] == ["capital_not_deflated"]
    assert capital(done)[0] == pytest.approx(50)


@pytest.mark.parametrize("method", sorted(VARIANTS))
def test_methods_are_registered(method: Any) -> None:
    done = capital_stock(growing(10, 0.1, 3), method=method, depreciation=0.1, **ONE)
    assert done.method.id in methods()


def test_remarks() -> None:
    def notes(table: Any, **words: Any) -> dict[str, str]:
        with speak("zh"):
            return {n.code: str(n) for n in capital_stock(table, **ONE, **words).notes}

    found = notes(growing(10, 0.1, 5))
    assert found["capital_start_year"].startswith("该方法的初始存量公式是针对 1952 年的，此处用于 2000 年")
    assert "1 个单元中有 1 个的存量仍有 5% 以上来自初始存量（最高 全部单元" in found["capital_start_heavy"]
    assert "只用了 4 年" in notes(growing(10, 0.1, 5), method="goldsmith", depreciation=0.1)["capital_growth_short"]
    assert "capital_growth_short" not in notes(growing(10, 0.1, 5), method="goldsmith", depreciation=0.1, growth=0.1)
    negative = growing(10, 0.1, 60) | {"i": [10.0, -1.0, *[10.0] * 58]}
    assert "2001" in notes(negative)["investment_negative"]
    assert "capital_start_heavy" not in notes(negative)
    assert "capital_not_deflated" not in notes(growing(10, 0.1, 5), measure="亿元(2000年价)")
    assert "capital_not_deflated" in notes(growing(10, 0.1, 5), measure="亿元")


def test_assumptions_side_by_side() -> None:
    variants = {
        "zhang": {},
        "low": {"depreciation": 0.05},
        "trend": {"method": "berlemann_wesselhoeft", "depreciation": 0.096},
        "given": {"initial": 5.0},
    }
    table = pd.DataFrame(growing(10, 0.08, 20))
    done = capital_variants(table, variants, **ONE)
    frame = done.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame.columns.to_list() == ["year", *variants]
    assert frame["zhang"].to_list() == capital(capital_stock(table, **ONE))
    assert done.method.options["trend"]["method"] == "capital.berlemann_wesselhoeft"
    assert done.method.id in methods()
    notes = {n.values["variant"]: n for n in done.notes}
    assert set(notes) == {"low", "trend", "given"}
    assert notes["low"].values["lowest"] == pytest.approx(frame["low"].iloc[-1] / frame["zhang"].iloc[-1] - 1)
    assert notes["low"].values["lowest"] > 0.2
    assert notes["given"].values["lowest"] < 0


TABLE = {"place": ["a"] * 3, "year": [2000, 2001, 2002], "i": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        ({"i": [1.0, None, 3.0]}, {}, "investment_gap", "a (2001)"),
        ({"year": [2000, 2002, 2003]}, {}, "investment_gap", "a (2001)"),
        ({"i": [None, None, None]}, {}, "investment_empty", "a"),
        ({"i": [1.0, "?", 3.0]}, {}, "text_in_number", "“?”"),
        ({}, {"method": "zhang2005"}, "bad_choice", "zhang2004"),
        ({}, {"method": "goldsmith"}, "depreciation_absent", "State depreciation"),
        ({}, {"depreciation": 9.6}, "depreciation_no_share", "write 0.096 for 9.6 %"),
        ({"d": [0.1, -0.1, 0.1]}, {"depreciation": "d"}, "depreciation_no_share", "-0.1"),
        ({"d": [0.1, None, 0.1]}, {"depreciation": "d"}, "depreciation_gap", "a (2001)"),
        ({}, {"depreciation": "d"}, "unknown_column", "“d”"),
        ({}, {"method": "goldsmith", "depreciation": 0.1, "ratio": 0.1}, "capital_option", "goldsmith"),
        ({}, {"ratio": 0.0}, "capital_ratio", "0"),
        ({}, {"initial": {"b": 3.0}}, "unknown_unit", "b"),
        ({"i": [0.0, 2.0, 3.0]}, {"method": "griliches"}, "investment_nonpositive", "a (2000)"),
        ({"i": [1.0, 2.0, 0.0]}, {"method": "griliches"}, "investment_nonpositive", "a (2002)"),
        (
            {"i": [1.0, -2.0, 3.0]},
            {"method": "berlemann_wesselhoeft", "depreciation": 0.1},
            "investment_nonpositive",
            "a (2001)",
        ),
        ({"i": [9.0, 3.0, 1.0]}, {"method": "griliches"}, "capital_no_steady_state", "-0.6667"),
        ({"i": [9.0, None, None]}, {"method": "griliches"}, "growth_unknown", "unit a"),
        ({"p": [1.0, 1.1, 1.2]}, {"price_index": "p"}, "capital_prices", "index_base"),
        ({"p": [1.0, 1.1, 1.2]}, {"price_index": "p", "index_base": "2000=1"}, "capital_prices", "base"),
        (
            {"p": [1.0, None, 1.2]},
            {"price_index": "p", "index_base": "2000=1", "base": 2000},
            "index_absent",
            "a (2001)",
        ),
        ({"k": [5.0, None, None], "i": [None, None, 3.0]}, {"initial": "k"}, "investment_gap", "a (2001)"),
    ],
)
def test_bad_input(change: dict[str, Any], words: dict[str, Any], code: str, said: str) -> None:
    error = refused(TABLE | change, **MANY | words)
    assert error.code == code
    assert said in error.text().en


def test_a_stock_known_the_year_before_investment_begins() -> None:
    table = TABLE | {"k": [5.0, None, None], "i": [None, 2.0, 3.0]}
    assert capital(capital_stock(table, initial="k", depreciation=0, **MANY)) == [5, 7, 10]


def test_thousands_of_units_are_quick() -> None:
    """Years are stepped through, units are not."""
    units, years = 3000, 60
    rng = np.random.default_rng(1)
    table = pl.DataFrame(
        {
            "place": np.repeat([f"u{n}" for n in range(units)], years),
            "year": np.tile(np.arange(1960, 1960 + years), units),
            "i": rng.uniform(1, 9, units * years),
        }
    )
    began = time.perf_counter()
    done = capital_stock(table, method="berlemann_wesselhoeft", depreciation=0.1, **MANY)
    assert time.perf_counter() - began < 5
    assert done.to_frame()["capital"].null_count() == 0
