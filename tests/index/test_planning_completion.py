"""Target completion: by hand, directions, bases, rules of points, and targets that lead nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.planning.completion import completed, completion
from nqpf.index.planning.rows import points_from
from nqpf.messages import speak

CITIES = {
    "city": ["A", "B", "C"],
    "value": [96.0, 80.0, 120.0],
    "target": [100.0, 100.0, 100.0],
    "base": [80.0, 90.0, 60.0],
}


def of(data: Any, *args: Any, **options: Any) -> list[float | None]:
    return completion(data, *args, **options).frame["completion"].to_list()


def test_of_the_target_and_of_the_way() -> None:
    assert of(CITIES, "value", "target") == pytest.approx([0.96, 0.8, 1.2])
    assert of(CITIES, "value", 100) == pytest.approx([0.96, 0.8, 1.2])
    found = completion(CITIES, "value", "target", base="base")
    assert found.frame["completion"].to_list() == pytest.approx([0.8, -1.0, 1.5])
    assert found.frame["met"].to_list() == [False, False, True]
    assert [(n.code, n.values["count"]) for n in found.notes] == [("completion_away", 1)]


def test_a_cost_is_completed_by_falling() -> None:
    energy = {"city": ["A", "B"], "value": [50.0, 40.0], "target": [40.0, 50.0]}
    assert of(energy, "value", "target", direction="cost") == pytest.approx([0.8, 1.25])
    assert of(energy, "value", "target", direction="cost", rule="difference") == pytest.approx([0.75, 1.2])
    assert of(energy, "value", "target", base=60, direction="cost") == pytest.approx([0.5, 2.0])


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(-100, 100), st.floats(0.1, 10), st.floats(-50, 50))
def test_from_a_base_units_and_direction_are_without_effect(x: float, t: float, b: float, k: float, c: float) -> None:
    if abs(t - b) < 1e-3:
        return
    one, goal, start = (np.array([v]) for v in (x, t, b))
    cost = np.array([t < b])
    here = completed(one, goal, start, cost)
    np.testing.assert_allclose(completed(k * one + c, k * goal + c, k * start + c, cost), here, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(completed(-one, -goal, -start, ~cost), here)


def test_many_indicators_in_one_table() -> None:
    table = {"value": [96.0, 50.0], "target": [100.0, 40.0], "way": ["benefit", "cost"]}
    assert of(table, "value", "target", direction="way") == pytest.approx([0.96, 0.8])
    with pytest.raises(DataError, match=r"row 2: “up” in “way” is no direction"):
        completion(table | {"way": ["cost", "up"]}, "value", "target", direction="way")
    with pytest.raises(DataError, match=r"no column “benefits”"):
        completion(table, "value", "target", direction="benefits")


YEARS: dict[str, Any] = {
    "city": ["A", "B", "A", "B"],
    "year": [2020, 2020, 2025, 2025],
    "value": [50.0, 40.0, 90.0, 40.0],
    "target": [100.0, 80.0, 100.0, 80.0],
}


def test_the_base_period_is_each_units_own() -> None:
    found = of(YEARS, "value", "target", base_period=2020, unit="city", time="year")
    assert found == pytest.approx([0, 0, 0.8, 0])


def test_a_base_period_that_is_not_there() -> None:
    keys: dict[str, Any] = {"unit": "city", "time": "year"}
    with pytest.raises(DataError, match=r"does not hold the base period 2019.*2020, 2025"):
        completion(YEARS, "value", "target", base_period=2019, **keys)
    with pytest.raises(SpecError, match=r"State unit= and time="):
        completion(YEARS, "value", "target", base_period=2020)
    with pytest.raises(SpecError, match=r"Both base and base_period"):
        completion(YEARS, "value", "target", base=1, base_period=2020, **keys)
    short = {name: values[1:] for name, values in YEARS.items()}
    with pytest.raises(MethodError, match=r"row 2, unit A, .*year 2025: .*no value in the base period 2020"):
        completion(short, "value", "target", base_period=2020, **keys)
    kept = of(short, "value", "target", base_period=2020, missing="keep", **keys)
    assert kept == [0, None, 0]
    twins = {name: [*values, values[0]] for name, values in YEARS.items()}
    with pytest.raises(DataError, match=r"unit A, year 2020.*more than one row with the same city, year"):
        completion(twins, "value", "target", base_period=2020, **keys)


def test_floor_and_cap() -> None:
    assert of(CITIES, "value", "target", base="base", floor=0, cap=1) == pytest.approx([0.8, 0, 1])
    with pytest.raises(SpecError, match=r"lower limit 1 is not below the upper limit 0"):
        completion(CITIES, "value", "target", floor=1, cap=0)


def test_bands_of_points() -> None:
    found = completion(CITIES, "value", "target", bands={1.0: 10, 0.9: 8})
    assert found.frame["points"].to_list() == [8, 0, 10]
    linear = completion(CITIES, "value", "target", bands={1.0: 10, 0.9: 8}, between="linear").frame["points"]
    assert linear.to_list() == pytest.approx([8 + 0.6 * 2, 0.8 / 0.9 * 8, 10])
    with pytest.raises(SpecError, match=r"key bands: This rule of points is empty"):
        completion(CITIES, "value", "target", bands={})


def test_the_edge_of_a_band_belongs_to_it() -> None:
    x = np.array([0.1 + 0.2, 0.3, 0.3 - 1e-9, -1.0, np.nan])
    np.testing.assert_array_equal(points_from(x, {0.3: 5, 0.9: 9}), [5, 5, 0, 0, np.nan])
    np.testing.assert_array_equal(points_from(np.array([0.0, -0.1, -0.5]), {0.0: 4, -0.1: 2}), [4, 2, 0])
    assert completion({"x": [0.1 + 0.2], "t": [0.3]}, "x", "t").frame["met"].to_list() == [True]
    assert completion({"x": [0.7], "t": [0.1 * 7]}, "x", "t").frame["met"].to_list() == [True]


@pytest.mark.parametrize(
    ("row", "options", "message"),
    [
        ((5, 80), {"base": 80}, r"row 1, unit A, indicator value: Target and base are the same \(80\)"),
        ((5, 0.3), {"base": 0.1 + 0.2}, r"Target and base are the same"),
        ((5, 0), {}, r"The target is zero"),
        ((0, 5), {"direction": "cost"}, r"The value of this cost is zero.*rule=\"difference\""),
        ((5, 70), {"base": 80}, r"The target 70 is below the base 80, though more is better"),
        ((5, 90), {"base": 80, "direction": "cost"}, r"The target 90 is above the base 80, though less is better"),
        ((5, -2), {}, r"The target -2 is negative"),
        ((-5, 2), {"direction": "cost"}, r"The value -5 of this cost is negative"),
        ((None, 2), {}, r"There is no value here; 1 are missing"),
    ],
)
def test_ways_that_lead_nowhere_are_refused(row: Any, options: Any, message: str) -> None:
    table = {"city": ["A"], "value": [row[0]], "target": [row[1]]}
    with pytest.raises(MethodError, match=message):
        completion(table, "value", "target", unit="city", **options)


def test_or_left_empty_when_asked() -> None:
    table = {"value": [5.0, 5.0, None], "target": [0.0, 10.0, 10.0]}
    found = completion(table, "value", "target", on_zero="empty", missing="keep", bands={0.5: 1})
    assert found.frame["completion"].to_list() == [None, 0.5, None]
    assert found.frame["met"].to_list() == [None, False, None]
    assert found.frame["points"].to_list() == [None, 1, None]
    assert [(n.code, n.values["count"]) for n in found.notes] == [("planning_unscored", 2)]
    costs = {"value": [0.0, 5.0], "target": [3.0, 0.0]}
    assert of(costs, "value", "target", direction="cost", on_zero="empty") == [None, None]
    flat = {"value": [5.0], "target": [3.0], "base": [3.0]}
    assert of(flat, "value", "target", base="base", on_zero="empty") == [None]


def test_text_and_choices() -> None:
    with pytest.raises(DataError, match=r"row 1.*the cell holds “n/a”"):
        completion({"value": ["n/a"], "target": [1]}, "value", "target")
    with pytest.raises(DataError, match=r"row 2: This row has nothing in “city”"):
        completion({"city": ["A", None], "value": [1, 1], "target": [1, 1]}, "value", "target", unit="city")
    with pytest.raises(SpecError, match=r"“ratios” is not one of the choices"):
        completion(CITIES, "value", "target", rule="ratios")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"inf is no finite number"):
        completion(CITIES, "value", float("inf"))
    with speak("zh"), pytest.raises(MethodError) as caught:
        completion({"value": [1.0], "target": [0.0]}, "value", "target")
    with speak("zh"):
        assert "目标值为零，无从计算完成度" in str(caught.value)


def test_a_frame_comes_back_as_its_kind() -> None:
    found = completion(pd.DataFrame(CITIES), "value", "target").to_frame()
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == ["city", "value", "target", "base", "completion", "met"]
