"""Strength, efficiency and potential: by hand, growth rules, directions, and numbers that cannot be taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.planning.triple import annual_growth, triple

KEYS: dict[str, Any] = {"unit": "p", "time": "year", "size": "people"}
WEIGHTS = {"strength": 0.5, "efficiency": 0.3, "potential": 0.2}

TABLE: dict[str, Any] = {
    "p": ["A", "B", "C"] * 2,
    "year": [2023] * 3 + [2024] * 3,
    "rd": [100.0, 50.0, 10.0, 110.0, 60.0, 10.0],
    "people": [10.0, 4.0, 1.0, 11.0, 4.0, 2.0],
}


def test_by_hand() -> None:
    found = triple(TABLE, ["rd"], weights=WEIGHTS, **KEYS).frame
    assert found["p"].to_list() == ["A", "B", "C"]
    assert found["strength"].to_list() == [110, 60, 10]
    assert found["efficiency"].to_list() == [10, 15, 5]
    assert found["potential"].to_list() == pytest.approx([0.1, 0.2, 0])
    assert found["strength_score"].to_list() == [100, 50, 0]
    assert found["efficiency_score"].to_list() == [50, 100, 0]
    assert found["potential_score"].to_list() == pytest.approx([50, 100, 0])
    assert found["score"].to_list() == pytest.approx([75, 75, 0])
    assert found["rank"].to_list() == [1, 1, 3]


def test_weights_in_order_and_a_range() -> None:
    found = triple(TABLE, ["rd"], weights=[0.2, 0.3, 0.5], range=(60, 100), **KEYS).frame
    assert found["score"].to_list() == pytest.approx([60 + 40 * 0.6, 60 + 40 * 0.9, 60])


def test_growth_rules() -> None:
    x = np.array([[100.0], [110.0], [100.0], [133.1]])
    assert annual_growth(x, 3)[3, 0] == pytest.approx(1.331 ** (1 / 3) - 1)
    assert annual_growth(x, 3, "log")[3, 0] == pytest.approx(np.log(1.331) / 3)
    assert annual_growth(x, 3, "mean")[3, 0] == pytest.approx((0.1 - 1 / 11 + 0.331) / 3)
    assert np.isnan(annual_growth(x, 3)[:3]).all()
    for rule in ("compound", "mean"):
        np.testing.assert_allclose(annual_growth(x, 1, rule)[1:], x[1:] / x[:-1] - 1)


def test_a_constant_rate_is_found_by_every_window() -> None:
    x = 7 * 1.06 ** np.arange(8.0)[:, None]
    for window in (1, 3, 7):
        for rule in ("compound", "mean"):
            np.testing.assert_allclose(annual_growth(x, window, rule)[window:], 0.06)


def wide(years: int, seed: int = 5) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "p": list("ABCDE") * years,
        "year": np.repeat(np.arange(2015, 2015 + years), 5),
        "rd": rng.uniform(1, 9, 5 * years),
        "co2": rng.uniform(1, 9, 5 * years),
        "people": rng.uniform(1, 9, 5 * years),
        "gdp": rng.uniform(1, 9, 5 * years),
    }


def test_scores_begin_when_growth_can_be_taken() -> None:
    found = triple(wide(6), ["rd", "co2"], weights=WEIGHTS, window=3, **KEYS).frame
    assert found["year"].unique().sort().to_list() == [2018, 2019, 2020]
    assert found["indicator"].unique(maintain_order=True).to_list() == ["rd", "co2"]
    assert found.height == 2 * 3 * 5


def test_best_and_worst_of_the_year_or_of_all_years() -> None:
    data = wide(5)
    yearly = triple(data, ["rd"], weights=WEIGHTS, **KEYS).frame
    for name in ("strength", "efficiency", "potential"):
        ends = yearly.group_by("year").agg(pl.col(f"{name}_score").min().alias("low"), pl.col(f"{name}_score").max())
        assert ends["low"].to_list() == [0] * 4
        assert ends[f"{name}_score"].to_list() == pytest.approx([100] * 4)
    pooled = triple(data, ["rd"], weights=WEIGHTS, scope="pooled", **KEYS).frame
    assert (pooled["strength_score"] == 100).sum() == 1
    assert pooled["strength"].equals(yearly["strength"])


def test_units_of_measure_are_without_effect() -> None:
    data = wide(4)
    one = triple(data, ["rd"], weights=WEIGHTS, **KEYS).frame
    two = triple(data | {"rd": data["rd"] * 1e4, "people": data["people"] / 7}, ["rd"], weights=WEIGHTS, **KEYS).frame
    np.testing.assert_allclose(one["score"], two["score"], atol=1e-9)


def test_a_cost_is_scored_upside_down() -> None:
    data = wide(4)
    plain = triple(data, ["co2"], weights=WEIGHTS, **KEYS).frame
    cost = triple(data, ["co2"], weights=WEIGHTS, directions={"co2": "cost"}, **KEYS).frame
    np.testing.assert_allclose(cost["score"], 100 - plain["score"])
    assert cost["strength"].equals(plain["strength"])


def test_each_indicator_may_have_its_own_size() -> None:
    data = wide(3)
    both = triple(data, ["rd", "co2"], weights=WEIGHTS, **KEYS | {"size": {"rd": "people", "co2": "gdp"}}).frame
    alone = triple(data, ["co2"], weights=WEIGHTS, **KEYS | {"size": "gdp"}).frame
    assert both.filter(pl.col("indicator") == "co2").equals(alone)
    with pytest.raises(SpecError, match=r"“co2” has no series of size"):
        triple(data, ["co2"], weights=WEIGHTS, **KEYS | {"size": {"rd": "people"}})


def without(row: int, column: str, value: Any) -> dict[str, list[Any]]:
    changed = {name: list(values) for name, values in TABLE.items()}
    changed[column][row] = value
    return changed


def test_missing_values_stop_or_stay_missing() -> None:
    with pytest.raises(MethodError, match=r"unit B, indicator rd, year 2023: There is no value here; 1 are missing"):
        triple(without(1, "rd", None), ["rd"], weights=WEIGHTS, **KEYS)
    found = triple(without(1, "rd", None), ["rd"], weights=WEIGHTS, missing="keep", **KEYS)
    assert found.frame["score"].is_null().to_list() == [False, True, False]
    assert found.frame["strength"].to_list() == [110, 60, 10]
    assert found.frame["rank"].to_list() == [1, None, 2]
    assert [(n.code, n.values["count"]) for n in found.notes] == [("triple_unscored", 1)]


def test_years_that_no_reading_needs_may_be_missing() -> None:
    found = triple(without(0, "people", None), ["rd"], weights=WEIGHTS, **KEYS)
    assert found.frame["score"].null_count() == 0
    gap = wide(3)
    gap["rd"][5:10] = np.nan
    assert triple(gap, ["rd"], weights=WEIGHTS, window=2, **KEYS).frame["score"].null_count() == 0
    with pytest.raises(MethodError, match=r"year 2016"):
        triple(gap, ["rd"], weights=WEIGHTS, window=2, growth="mean", **KEYS)


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (without(4, "people", 0), {}, MethodError, r"unit B, indicator people, year 2024: This value is not positive"),
        (without(0, "rd", 0), {}, MethodError, r"unit A, indicator rd, year 2023: This value is not positive"),
        (without(0, "rd", -5), {"missing": "keep"}, MethodError, r"not positive"),
        (TABLE, {"window": 2}, MethodError, r"only 2 years, too few for growth over 2"),
        (TABLE, {"window": 0}, SpecError, r"window is 0"),
        (TABLE, {"weights": [0.5, 0.3, 0.3]}, MethodError, r"sum to 1\.1"),
        (TABLE, {"weights": {"strength": 1}}, MethodError, r"efficiency: This column has no weight"),
        (TABLE, {"growth": "linear"}, SpecError, r"“linear” is not one of the choices"),
        (TABLE, {"directions": {"gdp": "cost"}}, SpecError, r"“gdp” is not one of the choices"),
        (TABLE, {"directions": {"rd": "down"}}, SpecError, r"“down” is not one of the choices"),
        (TABLE, {"range": (100, 0)}, SpecError, r"key range: The lower limit 100"),
        (TABLE | {"rd": [7.0] * 6}, {}, MethodError, r"indicator rd, year 2024: All units have the same strength"),
        (without(1, "p", "A"), {}, DataError, r"Two rows stand for one unit and year"),
        (without(0, "rd", "many"), {}, DataError, r"unit A, indicator rd, year 2023.*“many”"),
    ],
)
def test_what_cannot_be_scored_is_refused(data: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        triple(data, ["rd"], **{"weights": WEIGHTS} | KEYS | options)


def test_units_alike_may_be_scored_in_the_middle() -> None:
    found = triple(TABLE | {"rd": [7.0] * 6}, ["rd"], weights=WEIGHTS, on_constant="middle", **KEYS).frame
    assert found["strength_score"].to_list() == [50] * 3
    assert found["potential_score"].to_list() == [50] * 3
    assert found["efficiency_score"].to_list()[2] == 100
