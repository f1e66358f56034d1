"""Formulas: what they name, what they give, and how they fail: by name, unit, year and numbers."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.data import Panel
from nqpf.data.formula import evaluate, names_in
from nqpf.errors import DataError, SpecError, Where

WHERE = Where(file="s.yaml", line=9, key="framework.tree.0")


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Units a and b, 2019 to 2021: x = 1, 2, 3 and 2, 4, 6; zero; a hole in h (unit b, 2020)."""
    rows: list[tuple[str, int, str, float | None]] = []
    for unit, size in (("a", 1.0), ("b", 2.0)):
        for year in (2019, 2020, 2021):
            x = size * (year - 2018)
            hole = None if (unit, year) == ("b", 2020) else x
            rows += [(unit, year, k, v) for k, v in (("x", x), ("地区生产总值", 10 * size), ("zero", 0.0), ("h", hole))]
    return Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))


def of_unit(panel: Panel, formula: str, unit: str) -> list[float]:
    return [float(v) for v in evaluate(panel, formula, name="i")[:, panel.units.index(unit)]]


@pytest.mark.parametrize(
    ("formula", "a", "b"),
    [
        ("x", [1, 2, 3], [2, 4, 6]),
        ("地区生产总值 / x * 100", [1000, 500, 1000 / 3], [1000, 500, 1000 / 3]),
        ("1 / 2 * x", [0.5, 1, 1.5], [1, 2, 3]),
        ("x - 2 * (x - 1)", [1, 0, -1], [0, -2, -4]),
        ("ln(x + 1)", [math.log(2), math.log(3), math.log(4)], [math.log(3), math.log(5), math.log(7)]),
        ("sqrt(x) * sqrt(x)", [1, 2, 3], [2, 4, 6]),
        ("CASE WHEN x > 2 THEN 1 ELSE 0 END", [0, 0, 1], [0, 1, 1]),
        ("x / SUM(x) OVER (PARTITION BY period)", [1 / 3] * 3, [2 / 3] * 3),
        ("zero * x", [0, 0, 0], [0, 0, 0]),
        ('"x" + `zero`', [1, 2, 3], [2, 4, 6]),
        ("period - 2018", [1, 2, 3], [1, 2, 3]),
        ("5", [5, 5, 5], [5, 5, 5]),
    ],
)
def test_values(panel: Panel, formula: str, a: list[float], b: list[float]) -> None:
    np.testing.assert_allclose(of_unit(panel, formula, "a"), a, rtol=1e-12)
    np.testing.assert_allclose(of_unit(panel, formula, "b"), b, rtol=1e-12)


def test_lag_stays_within_the_unit_and_misses_the_first_year(panel: Panel) -> None:
    growth = evaluate(panel, "x / LAG(x) OVER (PARTITION BY unit ORDER BY period) - 1", name="i")
    assert np.isnan(growth[0]).all()
    np.testing.assert_allclose(growth[1:], [[1.0, 1.0], [0.5, 0.5]])


def test_lag_goes_by_year_and_not_by_the_order_of_the_panel(panel: Panel) -> None:
    formula = "x - LAG(x) OVER (PARTITION BY unit ORDER BY period)"
    reversed_units = panel.select(units=panel.units[::-1])
    np.testing.assert_array_equal(
        evaluate(panel, formula, name="i"), evaluate(reversed_units, formula, name="i")[:, ::-1]
    )


def test_a_hole_stays_a_hole(panel: Panel) -> None:
    for formula in ("h * 2", "x / h", "ln(h)", "h - h", "zero * h"):
        values = evaluate(panel, formula, name="i")
        assert np.argwhere(np.isnan(values)).tolist() == [[1, 1]]


def test_the_shape_is_years_by_units(panel: Panel) -> None:
    assert evaluate(panel, "x", name="i").shape == (3, 2)


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("rd / gdp * 100", ["rd", "gdp"]),
        ("gdp + gdp", ["gdp"]),
        ("x / LAG(x) OVER (PARTITION BY unit ORDER BY period)", ["x"]),
        ('"R&D 经费" / 人口', ["R&D 经费", "人口"]),
        ("3", []),
    ],
)
def test_names_in(formula: str, names: list[str]) -> None:
    assert names_in(formula) == names


def test_an_unknown_series_is_named_with_the_nearest_and_its_line(panel: Panel) -> None:
    with pytest.raises(SpecError) as caught:
        evaluate(panel, "地区生产总植 / x", name="i", where=WHERE)
    error = caught.value
    assert error.where == WHERE
    assert error.text().zh == (
        "文件 s.yaml，第 9 行，键 framework.tree.0：公式“地区生产总植 / x”用到了不存在的数据列“地区生产总植”。"
        "您是不是想写“地区生产总值”？现有：x、地区生产总值、zero、h。"
    )
    assert "names “地区生产总植”, which is not among the data. Did you mean “地区生产总值”?" in error.text().en


def test_names_keep_their_case(panel: Panel) -> None:
    with pytest.raises(SpecError, match="Did you mean “x”"):
        evaluate(panel, "X", name="i")


@pytest.mark.parametrize(
    "formula",
    [
        *("", "x +", "x, zero", "*", "((x)", "x ^ 2", "log(x)", "LAG(x)", "'abc'", "unit", "x || 'a'"),
        *("select x from y", "x; drop table x", "(SELECT 1)", "read_csv('/etc/passwd')"),
    ],
)
def test_what_is_no_formula(panel: Panel, formula: str) -> None:
    with pytest.raises(SpecError) as caught:
        evaluate(panel, formula, name="i", where=WHERE)
    assert (caught.value.code, caught.value.where) == ("formula_syntax", WHERE)
    assert f"公式“{formula}”写法有误" in caught.value.text().zh


@pytest.mark.parametrize("formula", ["x zero", "x / 2 zero", "x as y"])
def test_two_names_without_a_sign_between_are_not_silently_one(panel: Panel, formula: str) -> None:
    with pytest.raises(SpecError) as caught:
        evaluate(panel, formula, name="i", where=WHERE)
    assert (caught.value.code, caught.value.where) == ("formula_two_words", WHERE)


@pytest.mark.parametrize(
    ("formula", "count", "inputs"),
    [
        ("x / zero", 6, "x = 1, zero = 0"),
        ("zero / zero", 6, "zero = 0"),
        ("ln(zero)", 6, "zero = 0"),
        ("ln(x - 2)", 3, "x = 1"),
        ("sqrt(0 - x)", 6, "x = 1"),
        ("h / (h - 3)", 1, "h = 3"),
        ("exp(x * 1000)", 6, "x = 1"),
    ],
)
def test_a_formula_without_a_value_says_where_and_with_which_numbers(
    panel: Panel, formula: str, count: int, inputs: str
) -> None:
    with pytest.raises(DataError) as caught:
        evaluate(panel, formula, name="i", where=WHERE)
    error = caught.value
    assert (error.code, error.values["count"], error.values["inputs"]) == ("formula_undefined", count, inputs)
    assert (error.where.file, error.where.line, error.where.indicator) == ("s.yaml", 9, "i")
    assert (str(error.where.unit), error.where.period) == ("a", 2021 if count == 1 else 2019)
    assert f"公式“{formula}”在此处算不出数（{inputs}）；这样的单元格共 {count} 个。" in error.text().zh


@settings(deadline=None)
@given(st.text(alphabet="xab +-*/()'\",.;0123456789<>=lnOVER地区", max_size=20))
def test_any_text_is_a_formula_or_is_refused_politely(formula: str) -> None:
    try:
        names = names_in(formula)
    except SpecError:
        return
    assert all(name in formula for name in names)
