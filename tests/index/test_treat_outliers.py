"""Treatment of outliers: what is set, what is transformed, what is left alone, and what later years get of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nqpf.errors import MethodError, SpecError
from nqpf.index.options.treat import Treat
from nqpf.index.treat import Treatment, apply_treatment, fit_treatment, restate
from nqpf.index.treat.shape import shape

TAIL = [*map(float, range(1, 19)), 100.0, 200.0]
"""Two outliers on the high side."""


def fit(columns: dict[str, Any], **options: Any) -> tuple[np.ndarray, Treatment]:
    """Return columns (a row a year, or a single list) as a cube, and the treatment fitted on them."""
    layers = [np.atleast_2d(np.asarray(c, dtype=float)) for c in columns.values()]
    cube = np.stack(layers, axis=2)
    how = Treat.model_validate({"method": "coinr"} | options)
    return cube, fit_treatment(cube, how, names=list(columns), periods=range(2020, 2020 + len(cube)))


def treated(columns: dict[str, Any], **options: Any) -> list[float]:
    cube, treatment = fit(columns, **options)
    found: list[float] = apply_treatment(cube, treatment).values[0, :, 0].tolist()
    return found


def codes(treatment: Treatment) -> list[str]:
    return [note.code for note in treatment.notes]


# --- winsorising ---------------------------------------------------------------------------------------------------


def test_the_largest_value_becomes_the_next_until_the_shape_passes() -> None:
    cube, treatment = fit({"x": TAIL})
    done = apply_treatment(cube, treatment)
    assert done.values[0, :, 0].tolist() == [*TAIL[:18], 18, 18]
    assert done.changed[0, :, 0].tolist() == [False] * 18 + [True, True]
    row = treatment.to_frame().row(0, named=True)
    assert (row["winsorised"], row["low"], row["high"]) == (2, None, 18.0)
    assert (row["passed_before"], row["passed"], row["transformation"]) == (False, True, None)
    assert row["skewness"] == pytest.approx(stats.skew(TAIL, bias=False))
    assert row["kurtosis_winsorised"] == pytest.approx(stats.kurtosis([*TAIL[:18], 18, 18], bias=False))
    assert row["skewness_after"] is None


def test_the_low_side_mirrors_the_high_side() -> None:
    assert treated({"x": [-v for v in TAIL]}) == [-v for v in treated({"x": TAIL})]


def test_ties_go_together_and_may_exceed_the_limit_of_points() -> None:
    column = [1.0, 2, 3, 4, 5, 6, 7, 8, *([9.0] * 30), 400, 400, 400]
    cube, treatment = fit({"x": column}, method="winsorise", winmax=1)
    assert treatment.found.winsorised[0, 0] == 3
    assert apply_treatment(cube, treatment).values.max() == 9


def test_at_most_winmax_points_and_the_transformation_starts_from_the_raw_values() -> None:
    cube, treatment = fit({"x": TAIL}, winmax=1)
    expected = np.log(cube[0, :, 0] - 1.0 + 0.01 * 199.0)
    np.testing.assert_allclose(apply_treatment(cube, treatment).values[0, :, 0], expected, rtol=1e-14)
    row = treatment.to_frame().row(0, named=True)
    assert (row["winsorised"], row["high"], row["transformation"], row["exponent"]) == (1, None, "shifted", 0.0)
    assert row["skewness_after"] == pytest.approx(stats.skew(expected, bias=False))
    assert apply_treatment(cube, treatment).changed.all()
    assert codes(treatment) == ["treat_transformed"]


def test_the_transformation_may_start_from_winsorised_values() -> None:
    cube, treatment = fit({"x": TAIL}, winmax=1, start="winsorised")
    held = np.minimum(cube[0, :, 0], 100.0)
    expected = np.log(held - 1 + 0.01 * 99)
    np.testing.assert_allclose(apply_treatment(cube, treatment).values[0, :, 0], expected, rtol=1e-14)


def test_no_point_may_be_set_with_winmax_zero_and_any_number_without_it() -> None:
    far = [*range(1, 40), 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
    assert treated({"x": far}, method="winsorise", winmax=0) == far
    assert treated({"x": far}, method="winsorise", winmax=None)[-5:] == [1e4] * 5
    assert treated({"x": far}, method="winsorise", winmax=3)[-4:] == [1e6] * 4


def test_winsorising_that_does_not_do_is_told() -> None:
    _, treatment = fit({"x": [*range(1, 40), 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]}, method="winsorise", winmax=3)
    assert codes(treatment) == ["treat_winsorised", "treat_failing"]
    assert not treatment.found.passed[0, 0]
    assert "x" in str(treatment.notes[1].text().en)


def test_a_column_that_would_lose_its_last_difference_stays_as_it_was() -> None:
    column = [0.0] * 40 + [1.0, 2.0]
    cube, treatment = fit({"x": column})
    np.testing.assert_array_equal(apply_treatment(cube, treatment).values, cube)
    assert codes(treatment) == ["treat_stuck"]
    assert treatment.found.winsorised[0, 0] == 0


def test_what_does_not_vary_and_what_is_too_short_is_left_alone() -> None:
    nan = np.nan
    flat, short = [7.0] * 5, [1.0, 900.0, nan, nan, nan]
    cube, treatment = fit({"flat": flat, "short": short, "none": [nan] * 5}, method="log", when="failing")
    done = apply_treatment(cube, treatment)
    np.testing.assert_array_equal(done.values, cube)
    assert not done.changed.any()
    assert codes(treatment) == ["treat_constant", "treat_unknown"]
    assert treatment.found.passed[0].tolist() == [True, False, False]


@given(st.lists(st.integers(-9, 9).map(lambda v: float(v**5)), min_size=5, max_size=40), st.integers(0, 6))
def test_winsorising_keeps_order_and_units_do_not_matter(column: list[float], winmax: int) -> None:
    cube, treatment = fit({"x": column}, method="winsorise", winmax=winmax)
    done = apply_treatment(cube, treatment)
    x, y = cube[0, :, 0], done.values[0, :, 0]
    assert (np.diff(y[np.argsort(x, kind="stable")]) >= 0).all()
    assert done.changed.sum() == treatment.found.winsorised[0, 0]
    order = np.random.default_rng(1).permutation(len(column))
    np.testing.assert_array_equal(treated({"x": x[order]}, method="winsorise", winmax=winmax), y[order])
    np.testing.assert_array_equal(treated({"x": 1024 * x}, method="winsorise", winmax=winmax), 1024 * y)
    if len(set(y.tolist())) > 1 and treatment.found.passed[0, 0]:
        assert shape(y).passes(2.0, 3.5)


# --- transformations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"log": "plain"}, lambda x: np.log(x)),
        ({"log": "plus_one"}, lambda x: np.log(x - x.min() + 1)),
        ({"log": "shifted"}, lambda x: np.log(x - x.min() + 0.01 * np.ptp(x))),
        ({"log": "mirrored"}, lambda x: np.log(x - x.min() + 0.01 * np.ptp(x))),
        ({"log": "gii"}, lambda x: np.log((x.max() - 1) * (x - x.min()) / np.ptp(x) + 1)),
        ({"method": "boxcox", "exponent": 0.5}, lambda x: (np.sqrt(x) - 1) / 0.5),
        ({"method": "boxcox", "exponent": 0.0}, lambda x: np.log(x)),
        ({"method": "boxcox", "exponent": -1.0, "shift": "plus_one"}, lambda x: 1 - 1 / (x - x.min() + 1)),
    ],
)
def test_the_curves_are_their_formulas(options: dict[str, Any], expected: Any) -> None:
    found = treated({"x": TAIL}, **({"method": "log"} | options))
    np.testing.assert_allclose(found, expected(np.array(TAIL)), rtol=1e-13, atol=1e-14)


def test_a_mirrored_logarithm_draws_in_the_low_tail() -> None:
    found = treated({"x": [-v for v in TAIL]}, method="log", log="mirrored")
    np.testing.assert_allclose(found, [-v for v in treated({"x": TAIL}, method="log")], rtol=1e-14)


def test_box_coxs_exponent_is_the_likeliest() -> None:
    rng = np.random.default_rng(4)
    column = np.exp(rng.normal(size=80)) * 1e6
    _, treatment = fit({"x": [*column, np.nan]}, method="boxcox", when="always")
    assert treatment.found.exponent[0, 0] == pytest.approx(stats.boxcox_normmax(column, method="mle"), abs=1e-6)


def test_always_transforms_what_passes_too() -> None:
    column = [1.0, 2, 3, 4, 5]
    assert treated({"x": column}, method="log", log="plain") == column
    assert treated({"x": column}, method="log", log="plain", when="always") == pytest.approx(np.log(column))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"method": "log", "log": "plain"}, r"have no logarithm.*a \(0\), b \(-3\)"),
        ({"method": "boxcox"}, r"Box-Cox takes positive values only.*a \(0\), b \(-3\)"),
        ({"winmax": 0, "then": "boxcox"}, r"Box-Cox takes positive values only.*a \(0\), b \(-3\)"),
    ],
)
def test_what_is_not_positive_is_refused_by_name(options: dict[str, Any], error: str) -> None:
    columns = {"fine": [*TAIL, 1.0], "a": [*TAIL, 0.0], "b": [*TAIL, -3.0]}
    with pytest.raises(MethodError, match=error) as caught:
        fit(columns, **options)
    assert caught.value.where.indicator == "a"


def test_the_innovation_indexs_logarithm_needs_values_above_one() -> None:
    with pytest.raises(MethodError, match=r"largest value above 1.*x \(0\.2\)"):
        fit({"x": [v / 1000 for v in TAIL]}, method="log", log="gii")


# --- which indicators, which years -----------------------------------------------------------------------------------


def test_only_some_all_but_some_and_some_otherwise() -> None:
    columns = {"a": TAIL, "b": TAIL, "c": TAIL}

    def kinds(**options: Any) -> list[str | None]:
        frame = fit(columns, method="log", **options)[1].to_frame()
        return frame["transformation"].to_list()

    assert kinds(only=["b"]) == [None, "shifted", None]
    assert kinds(leave=["b"]) == ["shifted", None, "shifted"]
    assert kinds(each={"b": {"method": "log", "log": "plain"}, "c": {"method": "none"}}) == ["shifted", "plain", None]
    _, treatment = fit(columns, method="none", each={"c": {"method": "winsorise"}})
    assert treatment.found.winsorised[0].tolist() == [0, 0, 2]


def test_an_unknown_indicator_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"no indicator “patemts”\. Did you mean “patents”"):
        fit({"patents": TAIL}, leave=["patemts"])


def test_the_scope_says_where_limits_come_from() -> None:
    years = [TAIL, [v + 1 for v in TAIL], [500.0, *TAIL[1:]]]
    _, pooled = fit({"x": years})
    assert pooled.found.high.shape == (1, 1)
    cube, yearly = fit({"x": years}, scope="yearly")
    assert yearly.to_frame()["period"].to_list() == [2020, 2021, 2022]
    alone = [treated({"x": year}) for year in years]
    np.testing.assert_array_equal(apply_treatment(cube, yearly).values[:, :, 0], alone)
    _, base = fit({"x": years}, scope="base", base=(2020, 2020))
    assert base.found.high[0, 0] == 18
    assert apply_treatment(cube, base).values.max() == 18
    with pytest.raises(MethodError, match="1990–1995 holds no data; the data cover 2020–2022"):
        fit({"x": years}, scope="base", base=(1990, 1995))


def test_years_of_their_own_are_remarked_on() -> None:
    tame = list(range(1, 21))
    _, treatment = fit({"x": [TAIL, tame]}, scope="yearly")
    assert codes(treatment) == ["treat_winsorised", "treat_yearly"]
    _, treatment = fit({"x": [TAIL, tame]}, scope="yearly", method="log")
    assert codes(treatment) == ["treat_transformed", "treat_years_differ"]


def test_later_years_are_held_to_the_limits_of_the_fit() -> None:
    _, treatment = fit({"x": TAIL, "tame": list(range(20))})
    later = np.array([[[3.0, 77.0], [18.5, -5.0], [np.nan, np.nan], [1e6, 1.0]]])
    done = apply_treatment(later, treatment)
    np.testing.assert_array_equal(done.values[0, :, 0], [3, 18, np.nan, 18])
    np.testing.assert_array_equal(done.values[0, :, 1], later[0, :, 1])
    assert done.changed[0, :, 0].tolist() == [False, True, False, True]


def test_a_later_value_without_a_logarithm_is_refused_by_name() -> None:
    _, treatment = fit({"x": TAIL}, method="log")
    again = apply_treatment(np.array([[[0.5]]]), treatment)
    assert again.values[0, 0, 0] == pytest.approx(np.log(0.5 - 1 + 1.99))
    with pytest.raises(MethodError, match=r"unit B, indicator x, year 2031: -7 lies so far outside") as caught:
        apply_treatment(np.array([[[5.0], [-7.0]]]), treatment, units=["A", "B"], periods=[2031])
    assert caught.value.values["count"] == 1


def test_nothing_asked_nothing_done() -> None:
    cube, treatment = fit({"x": TAIL}, method="none")
    np.testing.assert_array_equal(apply_treatment(cube, treatment).values, cube)
    assert treatment.notes == ()


def test_the_values_given_are_not_written_to() -> None:
    cube, treatment = fit({"x": TAIL, "y": TAIL}, each={"y": {"method": "log"}})
    before = cube.copy()
    apply_treatment(cube, treatment)
    np.testing.assert_array_equal(cube, before)


# --- what the framework states ---------------------------------------------------------------------------------------


def test_stated_values_go_where_the_indicator_goes(grow: Any) -> None:
    tree = {
        "D": {
            "x": {"direction": "interval", "interval": [2.0, 4.0], "goalposts": [1.5, 9.0], "goal": 3.0},
            "y": {"direction": "target", "target": 5.0},
            "z": "benefit",
        }
    }
    indicators = grow(tree).indicators
    _, treatment = fit({"x": TAIL, "y": TAIL, "z": TAIL}, method="none", each={"x": {"method": "log", "log": "plain"}})
    x, y, z = restate(indicators, treatment)
    assert x.ideal == pytest.approx(np.log([2, 4]))
    assert x.goalposts == pytest.approx(np.log([1.5, 9]))
    assert x.goal == pytest.approx(np.log(3))
    assert (y.ideal, y.goal) == ((5.0, 5.0), None)
    assert z == indicators[2]


def test_stated_values_beyond_the_curve_or_at_home_nowhere_are_refused(grow: Any) -> None:
    low = grow({"D": {"x": {"direction": "benefit", "goal": -40.0}}}).indicators
    _, treatment = fit({"x": TAIL}, method="log")
    with pytest.raises(MethodError, match="indicator x: The value -40 that the framework states"):
        restate(low, treatment)
    goal = grow({"D": {"x": {"direction": "benefit", "goal": 40.0}}}).indicators
    _, yearly = fit({"x": [TAIL, [2 * v for v in TAIL]]}, method="log", scope="yearly")
    with pytest.raises(MethodError, match="transformed anew every year"):
        restate(goal, yearly)
