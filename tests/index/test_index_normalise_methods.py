"""Every method of normalisation worked out by hand on few numbers, ties and missing values among them."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import MethodError
from nqpf.index import Normalise, Recipe, build, fit, normalise
from nqpf.index.normalise import apply_scale, fit_scale
from nqpf.messages import Text, speak

METHODS = get_args(Normalise.model_fields["method"].annotation)

# x: 2 4 4 missing 10 (sum 20, Σx² = 136, Σ1/x = 1.1, Σ1/x² = 0.385); cost: 0 where it may.
X = [2.0, 4.0, 4.0, None, 10.0]
NEEDS: dict[str, dict[str, Any]] = {
    "scaled": {"limits": {"*": (0, 12)}},
    "goalposts": {"limits": {"*": (0, 12)}},
    "distance_to_target": {"stated": "directed", "goals": {"*": 20}},
    "fraction_of_max": {"costs": "inverse"},
    "base_index": {"year": 2020, "by": "year"},
}
"""What a method cannot do without."""


def scored(method: str, direction: Any = "benefit", **options: Any) -> list[float | None]:
    directions = direction if isinstance(direction, str) else {"x": direction}
    return normalise({"x": X}, ["x"], direction=directions, method=method, **options).frame["x"].to_list()  # type: ignore[arg-type]


COST = "cost"
TARGET = ("target", 4)  # distances 2 0 0 – 6
CASES: list[tuple[str, Any, dict[str, Any], list[float]]] = [
    ("minmax", "benefit", {}, [0, 0.25, 0.25, 1]),
    ("minmax", TARGET, {}, [2 / 3, 1, 1, 0]),
    ("scaled", "benefit", {"limits": {"x": (0, 8)}}, [0.25, 0.5, 0.5, 1.25]),
    ("scaled", "benefit", {"limits": {"x": (0, 8)}, "outside": "clip", "range": (0, 100)}, [25, 50, 50, 100]),
    ("scaled", COST, {"limits": {"x": (0, 8)}}, [0.75, 0.5, 0.5, -0.25]),
    ("scaled", COST, {"limits": {"x": (0, 8)}, "stated": "directed"}, [-0.25, -0.5, -0.5, -1.25]),
    ("scaled", TARGET, {"limits": {"x": (0, 12)}}, [0.75, 1, 1, 0.25]),  # the ends lie 4 and 8 from the target
    ("borda", "benefit", {}, [0, 1, 1, 3]),
    ("borda", "benefit", {"ties": "average"}, [0, 1.5, 1.5, 3]),
    ("borda", COST, {"ties": "max"}, [3, 2, 2, 0]),
    ("percentile_rank", "benefit", {"range": (1, 100)}, [1, 34, 34, 100]),
    ("distance_to_max", "benefit", {}, [0, 0.25, 0.25, 1]),
    ("distance_to_max", COST, {"range": (0, 10)}, [10, 7.5, 7.5, 0]),
    ("distance_to_max", ("target", 12), {}, [0, 0.25, 0.25, 1]),  # distances 10 8 8 – 2: the best there is, not 0
    ("minmax", ("target", 12), {}, [0, 0.2, 0.2, 0.8]),
    ("distance_to_target", "benefit", {"goals": {"x": 6}}, [0, 0.5, 0.5, 2]),
    ("distance_to_target", "benefit", {"goals": {"x": 6}, "outside": "clip"}, [0, 0.5, 0.5, 1]),
    ("distance_to_target", COST, {"goals": {"x": 5}}, [8 / 5, 6 / 5, 6 / 5, 0]),  # (10 − x) / (10 − 5)
    ("distance_to_target", COST, {"goals": {"*": -5}, "stated": "directed"}, [8 / 5, 6 / 5, 6 / 5, 0]),
    ("distance_to_target", TARGET, {}, [2 / 3, 1, 1, 0]),  # the ideal itself
    ("fraction_of_max", "benefit", {}, [0.2, 0.4, 0.4, 1]),
    ("fraction_of_max", COST, {"costs": "inverse"}, [1, 0.5, 0.5, 0.2]),
    ("fraction_of_max", COST, {"costs": "complement"}, [0.8, 0.6, 0.6, 0]),
    ("fraction_of_max", COST, {"costs": "sign"}, [1, 2, 2, 5]),
    ("fraction_of_max", TARGET, {"costs": "complement"}, [2 / 3, 1, 1, 0]),
    ("goalposts", "benefit", {"limits": {"x": (3, 8)}}, [0, 0.2, 0.2, 1]),
    ("goalposts", "benefit", {"limits": {"x": (3, 8)}, "outside": "extend"}, [-0.2, 0.2, 0.2, 1.4]),
    ("goalposts", COST, {"limits": {"x": (3, 8)}, "range": (0, 10)}, [10, 8, 8, 0]),
    ("vector", "benefit", {}, [v / math.sqrt(136) for v in (2, 4, 4, 10)]),
    ("vector", COST, {}, [1 - v / math.sqrt(136) for v in (2, 4, 4, 10)]),
    ("vector", COST, {"costs": "inverse"}, [1 / v / math.sqrt(0.385) for v in (2, 4, 4, 10)]),
    ("vector", TARGET, {}, [1 - d / math.sqrt(40) for d in (2, 0, 0, 6)]),
    ("sum", "benefit", {}, [0.1, 0.2, 0.2, 0.5]),
    ("sum", COST, {}, [1 / v / 1.1 for v in (2, 4, 4, 10)]),
    ("sum", COST, {"costs": "complement"}, [0.9, 0.8, 0.8, 0.5]),
    ("linear_ratio", "benefit", {}, [0.2, 0.4, 0.4, 1]),
    ("linear_ratio", COST, {}, [1, 0.5, 0.5, 0.2]),
    ("linear_ratio", COST, {"costs": "complement"}, [0.8, 0.6, 0.6, 0]),
    ("linear_ratio", ("interval", 5, 9), {}, [1 / 3, 1, 1, 1]),  # distances 3 1 1 – 1
    ("efficacy", "benefit", {}, [60, 70, 70, 100]),
    ("efficacy", COST, {"range": (50, 100)}, [100, 87.5, 87.5, 50]),
    ("efficacy", "benefit", {"scope": "frozen", "limits": {"x": (0, 20)}}, [64, 68, 68, 80]),
    ("minmax", COST, {"scope": "frozen", "limits": {"x": (0, 20)}}, [0.9, 0.8, 0.8, 0.5]),
    ("minmax", TARGET, {"scope": "frozen", "limits": {"x": (0, 12)}}, [0.75, 1, 1, 0.25]),
    ("minmax", "benefit", {"scope": "frozen", "limits": {"*": (3, 8)}, "outside": "clip"}, [0, 0.2, 0.2, 1]),
    ("distance_to_max", "benefit", {"scope": "frozen", "limits": {"x": (0, 20)}}, [0.1, 0.2, 0.2, 0.5]),
    ("distance_to_reference", COST, {"scope": "frozen", "limits": {"x": (4, 12)}}, [1.25, 1, 1, 0.25]),
    (
        "distance_to_target",
        "benefit",
        {"scope": "frozen", "limits": {"x": (0, 3)}, "goals": {"x": 8}},
        [0.25, 0.5, 0.5, 1.25],
    ),
    ("fraction_of_max", "benefit", {"scope": "frozen", "limits": {"x": (0, 20)}}, [0.1, 0.2, 0.2, 0.5]),
    ("linear_ratio", COST, {"scope": "frozen", "limits": {"x": (1, 20)}}, [0.5, 0.25, 0.25, 0.1]),
    ("linear_ratio", COST, {"scope": "frozen", "limits": {"x": (1, 20)}, "costs": "complement"}, [0.9, 0.8, 0.8, 0.5]),
    ("zscore", COST, {"scope": "frozen", "limits": {"x": (5, 2)}, "mean": 50, "sd": 10}, [65, 55, 55, 25]),
    (
        "zscore",
        TARGET,
        {"scope": "frozen", "limits": {"x": (-2, 2)}, "stated": "directed"},
        [0, 1, 1, -2],
    ),
]


@pytest.mark.parametrize(("method", "direction", "options", "expected"), CASES)
def test_by_hand(method: str, direction: Any, options: dict[str, Any], expected: list[float]) -> None:
    got = scored(method, direction, **options)
    assert got[3] is None
    np.testing.assert_allclose([got[0], got[1], got[2], got[4]], expected, rtol=0, atol=1e-12)


def test_the_best_of_a_ratio_is_exactly_one() -> None:
    for low in (0.1, 0.3, 7.0, 1e-9):
        got = normalise({"x": [low, 2 * low, 5.0 + low]}, ["x"], direction="cost", method="linear_ratio").frame["x"]
        assert got[0] == 1.0


# Two units over three years; 2021 is the base.
PANEL = {"unit": list("ABABAB"), "year": [2020, 2020, 2021, 2021, 2022, 2022], "x": [8.0, 4, 10, 5, 16, 2]}


@pytest.mark.parametrize(
    ("direction", "options", "expected"),
    [
        ("benefit", {}, [80, 80, 100, 100, 160, 40]),
        ("cost", {}, [125, 125, 100, 100, 62.5, 250]),
        ("benefit", {"reference": "B"}, [160, 80, 200, 100, 320, 40]),
        ("cost", {"reference": "A"}, [125, 250, 100, 200, 62.5, 500]),
        ({"x": ("target", 0)}, {}, [125, 125, 100, 100, 62.5, 250]),
    ],
)
def test_base_index(direction: Any, options: dict[str, Any], expected: list[float]) -> None:
    for order in ([0, 1, 2, 3, 4, 5], [5, 2, 0, 3, 1, 4]):  # rows find their unit and year wherever they stand
        table = {name: [column[i] for i in order] for name, column in PANEL.items()}
        got = normalise(
            table, ["x"], direction=direction, by="year", unit="unit", method="base_index", year=2021, **options
        )
        np.testing.assert_allclose(got.frame["x"], [expected[i] for i in order], rtol=1e-14)


def test_a_base_value_finds_its_unit_in_a_later_panel(grow: Any, fill: Any) -> None:
    framework = grow({"x": "benefit"})
    recipe = Recipe.model_validate({"normalise": {"method": "base_index", "year": 2020}})
    frozen = fit(fill({"x": [[2, 4, 8], [3, 3, 4]]}), framework, recipe)
    later = frozen.transform(fill({"x": [[6, 6, 6]]}, first=2022))
    np.testing.assert_allclose(later.normalised[0, :, 0], [300, 150, 75])
    with pytest.raises(
        MethodError, match=r"unit D: This unit was not there|base values of 3 units, and the data hold 2"
    ):
        frozen.transform(fill({"x": [[6, 6]]}, first=2022, units="AD"))


def test_distance_to_the_reference_of_a_year() -> None:
    how = {"by": "year", "unit": "unit", "method": "distance_to_reference", "reference": "B", "year": 2021}
    got = normalise(PANEL, ["x"], **how)  # type: ignore[arg-type]
    np.testing.assert_allclose(got.frame["x"], (np.array(PANEL["x"]) - 2) / (5 - 2), rtol=1e-14)
    mean = normalise(PANEL, ["x"], **(how | {"year": None, "scope": "pooled"}))  # type: ignore[arg-type]
    np.testing.assert_allclose(mean.frame["x"], (np.array(PANEL["x"]) - 2) / (11 / 3 - 2), rtol=1e-14)


def test_what_a_method_takes_from_years_it_takes_from_those_of_the_scope() -> None:
    base = normalise(PANEL, ["x"], by="year", method="sum", base=(2020, 2021)).frame["x"]
    np.testing.assert_allclose(base, np.array(PANEL["x"]) / 27)
    yearly = normalise(PANEL, ["x"], by="year", method="linear_ratio").frame["x"]
    np.testing.assert_allclose(yearly, [1, 0.5, 1, 0.5, 1, 0.125])
    target = normalise(PANEL, ["x"], by="year", method="distance_to_target", goals={"x": 18}).frame["x"]
    np.testing.assert_allclose(target, [4 / 14, 0, 5 / 13, 0, 14 / 16, 0])
    pooled = normalise(PANEL, ["x"], by="year", scope="pooled", method="borda").frame["x"]
    assert pooled.to_list() == [3, 1, 4, 2, 5, 0]


def test_goalposts_and_goals_of_the_framework(grow: Any, fill: Any) -> None:
    tree = {
        "a": {"direction": "benefit", "goalposts": [0, 8], "goal": 6},
        "b": {"direction": "cost", "goalposts": [2, 12], "goal": 4},
    }
    series = {"a": [[2, 4, 10]], "b": [[1, 7, 10]]}

    def scores(how: dict[str, Any]) -> np.ndarray:
        return build(fill(series), grow(tree), Recipe.model_validate({"normalise": how})).normalised[0]

    np.testing.assert_allclose(scores({"method": "goalposts"}), [[0.25, 1], [0.5, 0.5], [1, 0.2]])
    other = scores({"method": "goalposts", "limits": {"b": [1, 10]}, "outside": "extend"})
    np.testing.assert_allclose(other, [[0.25, 1], [0.5, 1 / 3], [1.25, 0]])
    np.testing.assert_allclose(scores({"method": "distance_to_target"}), [[0, 1.5], [0.5, 0.5], [2, 0]])
    np.testing.assert_allclose(
        scores({"method": "distance_to_target", "goals": {"a": 10}, "outside": "clip"}), [[0, 1], [0.25, 0.5], [1, 0]]
    )


def panel(seed: int, missing: bool = True) -> dict[str, Any]:
    """Return a table of 5 units over 3 years, whole numbers 1 to 9 so that there are ties, and holes."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 10, (15, 2)).astype(float)
    x[[0, 5, 10]], x[[1, 6, 11]] = 1.0, 9.0  # no year is constant
    if missing:
        x[rng.integers(2, 5) + 5 * rng.integers(1, 3), rng.integers(2)] = np.nan
    return {"unit": list("ABCDE") * 3, "year": np.repeat([2020, 2021, 2022], 5), "a": x[:, 0], "b": x[:, 1]}


def lay(table: dict[str, Any], method: str, direction: Any = "benefit", **options: Any) -> np.ndarray:
    how = NEEDS.get(method, {}) | {"unit": "unit"} | options
    frame = normalise(table, ["a", "b"], direction=direction, method=method, **how).frame  # type: ignore[arg-type]
    return frame.select("a", "b").to_numpy().astype(float)


seeds = st.integers(0, 10**6)
often = settings(max_examples=min(12, settings().max_examples))


@pytest.mark.parametrize("method", METHODS)
@given(seed=seeds)
@often
def test_order_of_rows_and_holes(method: str, seed: int) -> None:
    table = panel(seed)
    scores = lay(table, method)
    np.testing.assert_array_equal(np.isnan(scores), np.isnan(np.c_[table["a"], table["b"]]))
    order = np.random.default_rng(seed).permutation(15)
    shuffled = {name: np.asarray(column)[order] for name, column in table.items()}
    np.testing.assert_allclose(lay(shuffled, method), scores[order], rtol=0, atol=1e-12)
    swapped = {"a": table["b"], "b": table["a"]} | {k: table[k] for k in ("unit", "year")}
    np.testing.assert_allclose(lay(swapped, method)[:, ::-1], scores, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(seed=seeds, factor=st.sampled_from([1e-6, 0.1, 3.0, 1e5]))
@often
def test_the_unit_of_measure_does_not_matter(method: str, seed: int, factor: float) -> None:
    table = panel(seed)
    scaled = table | {"a": table["a"] * factor}
    options: dict[str, Any] = {}
    if method in ("scaled", "goalposts"):
        options = {"limits": {"a": (0, 12 * factor), "b": (0, 12)}}
    if method == "distance_to_target":
        options = {"goals": {"a": 20 * factor, "b": 20}}
    for direction in ("benefit", "cost") if method != "distance_to_target" else ("benefit",):
        one, two = lay(table, method, direction), lay(scaled, method, direction, **options)
        np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("distance_to_target", "fraction_of_max")])
@given(seed=seeds)
@often
def test_more_of_a_benefit_and_less_of_a_cost_never_score_less(method: str, seed: int) -> None:
    options = {"reference": "A"} if method == "base_index" else {}
    for direction, sign in (("benefit", 1), ("cost", -1)):
        table = panel(seed, missing=False)
        scores, values = lay(table, method, direction, **options)[:, 0], sign * table["a"]
        order = np.lexsort((scores, values))
        assert (np.diff(scores[order]) >= -1e-12).all()
        for value in set(values):  # equal values score alike
            assert np.ptp(scores[values == value]) <= 1e-12


@pytest.mark.parametrize(
    "method",
    ["minmax", "zscore", "rank", "percentile_rank", "borda", "distance_to_max", "distance_to_reference", "efficacy"],
)
@given(seed=seeds)
@often
def test_a_cost_is_a_benefit_with_its_sign_turned(method: str, seed: int) -> None:
    table = panel(seed)
    turned = table | {"a": -table["a"], "b": -table["b"]}
    np.testing.assert_allclose(lay(table, method, "cost"), lay(turned, method), rtol=0, atol=1e-12)


@pytest.mark.parametrize("ties", ["min", "average", "max"])
@given(seed=seeds)
@often
def test_ranks_of_the_sample_are_those_of_scipy(ties: str, seed: int) -> None:
    from scipy.stats import rankdata

    table = panel(seed)
    a = np.asarray(table["a"])
    expected = rankdata(a, method=ties, nan_policy="omit")
    np.testing.assert_array_equal(lay(table, "rank", ties=ties)[:, 0], expected)


def test_later_values_are_ranked_as_if_they_had_been_there(grow: Any, fill: Any) -> None:
    x = np.random.default_rng(3).integers(0, 9, (4, 7)).astype(float)
    for ties in ("min", "average", "max"):
        recipe = Recipe.model_validate({"normalise": {"method": "rank", "ties": ties}})
        fitted = fit(fill({"x": x}), grow({"x": "benefit"}), recipe)
        again = fitted.transform(fill({"x": x}))  # equal numbers, another array: looked up, not sorted
        np.testing.assert_array_equal(
            again.normalised, build(fill({"x": x}), grow({"x": "benefit"}), recipe).normalised
        )
        noisy = fitted.transform(fill({"x": x * (1 + 1e-15)}))
        np.testing.assert_array_equal(noisy.normalised, again.normalised)
        between = fitted.transform(fill({"x": np.full((1, 2), 4.5)}, first=2030)).normalised[0, 0, 0]
        assert between == 1 + (x < 4.5).sum()


REFUSALS: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"method": "vector", "x": [1, -2, 3]},
        "row 2, indicator x: The amount is -2, and ratios",
        "amount_negative",
        "负数",
    ),
    ({"method": "sum", "x": [-1, 2, 3]}, "row 1, indicator x: The amount is -1", "amount_negative", "共 1 处"),
    (
        {"method": "linear_ratio", "x": [1, 0, 3], "direction": "cost"},
        "row 2.*amount is 0.*complement",
        "amount_not_positive",
        "取倒数",
    ),
    (
        {"method": "linear_ratio", "x": [1, 2], "direction": {"x": ("target", 2)}},
        "distances to the ideal",
        "amount_not_positive",
        "距离",
    ),
    ({"method": "vector", "x": [-1, 2], "direction": "cost"}, "amount is -1", "amount_negative", "负数"),
    ({"method": "sum", "x": [0, 0]}, "divides by is zero", "nothing_to_divide_by", "除数为零"),
    ({"method": "fraction_of_max", "x": [-3, -2]}, "of the wrong sign", "nothing_to_divide_by", "方向不符"),
    (
        {"method": "fraction_of_max", "x": [0, 2], "direction": "cost", "costs": "sign"},
        "is zero",
        "nothing_to_divide_by",
        "除数",
    ),
    (
        {"method": "fraction_of_max", "x": [1, 2], "direction": "cost"},
        "costs: inverse.*or use linear_ratio",
        "costs_unstated",
        "linear_ratio",
    ),
    ({"method": "distance_to_target", "x": [1, 2]}, "“x” has no goal", "goal_missing", "没有目标值"),
    ({"method": "distance_to_target", "x": [1, 2], "goals": {"x": 1}}, "goal is no better", "goal_is_worst", "方向"),
    ({"method": "scaled", "x": [1, 2]}, r"limits: \{x: \[low, high\]\}", "limits_missing", "两个给定值"),
    ({"method": "goalposts", "x": [1, 2]}, "goalposts needs two given numbers", "limits_missing", "goalposts"),
    (
        {"method": "goalposts", "x": [1, 2], "direction": {"x": ("interval", 0, 9)}, "limits": {"x": (1, 8)}},
        "nothing better or worse between the limits 1 and 8",
        "limits_without_room",
        "最优区间之外",
    ),
    (
        {
            "method": "zscore",
            "x": [1, 2],
            "direction": {"x": ("target", 2)},
            "scope": "frozen",
            "limits": {"x": (1, 1)},
        },
        "mean and standard deviation in its own unit cannot be frozen",
        "moments_of_ideal",
        "directed",
    ),
    (
        {"method": "base_index", "x": [1, 2], "by": "year", "year": 1999},
        "no data for the base year 1999",
        "index_year_absent",
        "2020–2021",
    ),
    (
        {"method": "base_index", "x": [None, 2], "by": "year", "year": 2020},
        "row 1.*base year has no value",
        "base_missing",
        "基年",
    ),
    ({"method": "base_index", "x": [0, 2], "by": "year", "year": 2020}, "base year is 0", "base_not_positive", "分母"),
    (
        {"method": "base_index", "x": [1, 0], "by": "year", "year": 2020, "direction": "cost"},
        "row 2.*amount is 0",
        "amount_not_positive",
        "正数",
    ),
    (
        {"method": "distance_to_reference", "x": [1, 2], "reference": "A"},
        "unit= where there is",
        "column_needed",
        "单元列",
    ),
    ({"method": "base_index", "x": [1, 2], "year": 2020}, "column of years with by=", "column_needed", "年份列"),
    ({"method": "minmax", "x": [1, 2], "base": (2020, 2021)}, "needs to know the year", "column_needed", "by="),
    (
        {"method": "scaled", "x": [1, 2], "limits": {"y": (0, 1)}},
        "“y” in recipe.normalise.limits is no indicator",
        "unknown_in_normalise",
        "现有指标：x",
    ),
    (
        {"method": "minmax", "x": [1, 2], "each": {"xx": {"method": "rank"}}},
        "Did you mean “x”",
        "unknown_in_normalise",
        "each",
    ),
]


@pytest.mark.parametrize(("call", "english", "code", "chinese"), REFUSALS)
def test_what_a_method_cannot_take_is_named(call: dict[str, Any], english: str, code: str, chinese: str) -> None:
    table = {"year": list(range(2020, 2020 + len(call["x"]))), "x": call["x"]}
    options = {name: value for name, value in call.items() if name != "x"}
    with pytest.raises(Exception, match=english) as caught:
        normalise(table, ["x"], **options)
    assert caught.value.code == code  # type: ignore[attr-defined]
    with speak("zh"):
        assert chinese in str(caught.value)


def test_years_and_units_of_a_plain_table() -> None:
    with pytest.raises(Exception, match="“b” is not a year"):
        normalise({"year": ["b", "a"], "x": [1, 2]}, ["x"], by="year", method="base_index", year=2020)
    twice = {"year": [2020, 2020, 2021], "unit": ["A", "A", "A"], "x": [1, 2, 3]}
    for how in ({"unit": "unit"}, {}):
        with pytest.raises(Exception, match="Two rows stand for one unit and year"):
            normalise(twice, ["x"], by="year", method="base_index", year=2020, **how)  # type: ignore[arg-type]
    assert normalise(twice, ["x"], by="year", on_constant="middle").frame["x"].to_list() == [0, 1, 0.5]


def test_unit_indicator_and_year_are_named_in_a_panel(grow: Any) -> None:
    x = np.array([[1.0, 2, 3], [4, -1, 6]])[..., None]
    names: dict[str, Any] = {"periods": [2020, 2021], "units": ["A", "B", "C"], "labels": {"B": Text("乙", "Beta")}}
    how, indicators = Normalise(method="sum"), grow({"x": "benefit"}).indicators
    with pytest.raises(MethodError) as caught:
        fit_scale(x, how, indicators=indicators, **names)
    assert (caught.value.where.indicator, caught.value.where.period) == ("x", 2021)
    assert caught.value.where.unit == Text("乙", "Beta")
    scale = fit_scale(np.abs(x), how, indicators=indicators, **names)
    with pytest.raises(MethodError, match="unit Beta, indicator x, year 2021: The amount is -1"):
        apply_scale(x, scale, **names)
    with pytest.raises(MethodError, match="amount is -1"):
        apply_scale(x, scale)


def test_costs_that_score_more_are_told() -> None:
    told = normalise({"x": [1, 2]}, ["x"], direction="cost", method="fraction_of_max", costs="sign")
    assert [n.code for n in told.notes] == ["costs_turned_back"]
    assert "1 indicators score more" in str(told.notes[0])
    assert normalise({"x": [1, 2]}, ["x"], method="fraction_of_max", costs="sign").notes == ()
