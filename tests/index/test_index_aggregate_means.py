"""Means, ordered weighted averages and medians, worked out by hand, and their tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nqpf.errors import MethodError, SpecError
from nqpf.index.aggregate import (
    AGGREGATORS,
    aggregate,
    arithmetic,
    geometric,
    harmonic,
    median,
    owa,
    power,
    power_multipliers,
)
from nqpf.index.aggregate.means import power_slope
from nqpf.index.aggregate.owa import ordered, quantify
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak

TABLE = {"a": [1.0, 4.0, 2.0], "b": [2.0, 2.0, 2.0], "c": [6.0, 3.0, 2.0]}
COLUMNS = ["a", "b", "c"]

positive = arrays(float, (5, 4), elements=st.floats(0.01, 100))


def scores(method: str, **options: Any) -> list[float]:
    return aggregate(TABLE, COLUMNS, method=method, **options).frame["score"].to_list()  # type: ignore[arg-type]


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance)


def test_means_in_figures() -> None:
    near(scores("arithmetic"), [3, 3, 2])
    near(scores("geometric"), [12 ** (1 / 3), 24 ** (1 / 3), 2])
    near(scores("harmonic"), [1.8, 36 / 13, 2])
    near(scores("power", exponent=2), [(41 / 3) ** 0.5, (29 / 3) ** 0.5, 2])
    near(scores("median"), [2, 3, 2])
    near(aggregate(TABLE, COLUMNS, weights=[0.5, 0.25, 0.25], method="harmonic").frame["score"], [24 / 16, 3, 2])


def test_the_power_mean_holds_the_others() -> None:
    for exponent, method in ((1, "arithmetic"), (0, "geometric"), (-1, "harmonic")):
        near(scores("power", exponent=exponent), scores(method))
    near(scores("power", exponent=1e-7), scores("geometric"), 1e-6)
    near(scores("power", exponent=-300), [1 * 3 ** (1 / 300), 2 * 3 ** (1 / 300), 2], 1e-9)
    near(scores("power", exponent=300), [6 * 3 ** (-1 / 300), 4 * 3 ** (-1 / 300), 2], 1e-9)


@given(s=positive, p=st.floats(-8, 8), q=st.floats(-8, 8))
def test_power_means_rise_with_the_exponent(s: np.ndarray, p: float, q: float) -> None:
    w = np.array([[0.4, 0.3, 0.2, 0.1]])
    low, high = power(s, w, min(p, q)), power(s, w, max(p, q))
    assert (low <= high * (1 + 1e-6)).all()
    assert (power(s, w, p) >= s.min(axis=1) * (1 - 1e-6)).all()
    assert (power(s, w, p) <= s.max(axis=1) * (1 + 1e-6)).all()


def test_a_power_mean_of_very_large_and_small_numbers() -> None:
    s = np.array([[1e150, 1e150], [1e-150, 1e-150], [0.0, 4.0]])
    w = np.array([[0.5, 0.5]])
    np.testing.assert_allclose(power(s[:2], w, 3), s[:2, 0], rtol=1e-12)
    np.testing.assert_allclose(power(s[:2], w, -3), s[:2, 0], rtol=1e-12)
    near(power(s[2:], w, 0.5), [1.0])
    near(power(np.zeros((1, 2)), w, 2), [0.0])


def test_a_power_mean_has_no_value_where_it_is_not_defined() -> None:
    s, w = np.array([[-1.0, 2.0], [0.0, 2.0], [1.0, 2.0]]), np.array([[0.5, 0.5]])
    assert np.isnan(power(s, w, 2)).tolist() == [True, False, False]
    for exponent in (0, -2):
        assert np.isnan(power(s, w, exponent)).tolist() == [True, True, False]
    near(power(s, w, 1), [0.5, 1, 1.5])


@given(s0=positive, s1=positive, exponent=st.sampled_from([-3, -1, -0.5, 0, 0.3, 1, 2, 5.5]))
def test_multipliers_of_power_means(s0: np.ndarray, s1: np.ndarray, exponent: float) -> None:
    w = np.array([[0.4, 0.3, 0.2, 0.1]])
    gap = power(s1, w, exponent) - power(s0, w, exponent)
    found = power_multipliers(s0, s1, w, exponent)
    assert (found >= 0).all()
    np.testing.assert_allclose((found * (s1 - s0)).sum(axis=1), gap, rtol=0, atol=1e-9)


def test_multipliers_from_zero() -> None:
    s0, s1 = np.array([[0.0, 0.0, 0.0]]), np.array([[0.0, 4.0, 1.0]])
    w = np.array([[0.5, 0.25, 0.25]])
    for exponent in (0.5, 2):
        found = power_multipliers(s0, s1, w, exponent)
        near((found * (s1 - s0)).sum(), power(s1, w, exponent))


def test_the_slope_joins_its_series() -> None:
    a = np.full(5, 3.0)
    b = 3 * np.exp([0.0, 1e-9, 4.9e-4, 5.1e-4, 2.0])
    for exponent in (-2.0, 0.5, 2.0, 3.0):
        wide = np.longdouble(b[2:])
        exact = (wide**exponent - np.longdouble(3) ** exponent) / (wide - 3)
        found = power_slope(a, b, exponent)
        np.testing.assert_allclose(found[2:], exact.astype(float), rtol=1e-11)
        np.testing.assert_allclose(found[:2], exponent * 3 ** (exponent - 1), rtol=1e-8)


@given(s=positive)
def test_means_keep_their_order(s: np.ndarray) -> None:
    w = np.full((1, 4), 0.25)
    assert (harmonic(s, w) <= geometric(s, w) * (1 + 1e-12)).all()
    assert (geometric(s, w) <= arithmetic(s, w) * (1 + 1e-12)).all()
    near(median(s, w), np.median(s, axis=1))


def test_weighted_median() -> None:
    s = np.array([[1.0, 2.0, 10.0], [10.0, 1.0, 2.0], [np.nan, 4.0, 6.0]])
    near(median(s, np.array([[0.2, 0.2, 0.6], [0.6, 0.2, 0.2], [0, 0.5, 0.5]])), [10, 10, 5])
    near(median(s[:1], np.array([[0.5, 0.3, 0.2]])), [1.5])  # exactly half lies up to 1
    near(median(s[:1], np.array([[0.2, 0.3, 0.5]])), [6.0])
    near(median(s[:1], np.array([[0.0, 1.0, 0.0]])), [2.0])


def ows(s: Any, w: Any, **options: Any) -> np.ndarray:
    return ordered(np.array(s, dtype=float), np.array([w]), Aggregate(method="owa", **options))


def test_owa_in_figures() -> None:
    s, equal = [[1, 4, 2], [3, 3, 9]], [1 / 3] * 3
    near(ows(s, equal, order=(1, 0, 0)), [4, 9])
    near(ows(s, equal, order=(0, 0, 1)), [1, 3])
    near(ows(s, equal, order=(0.5, 0.3, 0.2)), [2.8, 6])
    near(ows(s, equal, orness=1), [4, 9])
    near(ows(s, equal, orness=0.5), [7 / 3, 5])
    near(ows(s, equal, orness=0), [1, 3])
    near(ows([[4, 3, 2, 1]], [0.25] * 4, quantifier="half"), [3.5])
    near(ows([[4, 3, 2, 1]], [0.25] * 4, quantifier="many"), [1.5])
    # most: Q is 0, .4, .9 and 1 at ¼, ½, ¾ and 1
    near(ows([[4, 3, 2, 1]], [0.25] * 4, quantifier="most"), [0.4 * 3 + 0.5 * 2 + 0.1])


def test_weighted_owa() -> None:
    s, w = [[1, 4, 2]], [0.5, 0.3, 0.2]
    near(ows(s, w, order=(1 / 3, 1 / 3, 1 / 3)), [0.5 + 1.2 + 0.4])  # equal order weights: the weighted mean
    # Q through (⅓, ½), (⅔, 1): the best weighs .3 → Q .45, the next .2 → Q(.5) .75, the last the rest
    near(ows(s, w, order=(0.5, 0.5, 0)), [0.45 * 4 + 0.3 * 2 + 0.25 * 1])
    near(ows(s, [0.5, 0.5, 0.0], orness=0), [1])
    near(ows([[1, 4, -9]], [0.5, 0.5, 0.0], orness=0), [1])  # what has no weight is not the worst


def test_quantifiers_rise_from_nothing_to_all() -> None:
    share = np.linspace(0, 1, 11)
    for options in ({"orness": 0}, {"orness": 0.2}, {"orness": 1}, {"quantifier": "half"}, {"order": (0.2, 0.8)}):
        found = quantify(share, Aggregate(method="owa", **options))  # type: ignore[arg-type]
        assert (found[0], found[-1]) == (0, 1)
        assert (np.diff(found) >= 0).all()


def test_owa_tables() -> None:
    found = owa(pd.DataFrame(TABLE), COLUMNS, orness=1)
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert found.frame["score"].to_list() == [6, 4, 2]
    assert found.frame["rank"].to_list() == [1, 2, 3]
    assert found.method.id == "aggregate.owa"
    assert found.method.options == {"orness": 1, "weights": [1 / 3] * 3}
    with pytest.raises(SpecError, match="one of order, orness and quantifier"):
        owa(TABLE, COLUMNS)
    with pytest.raises(SpecError, match="orness"):
        owa(TABLE, COLUMNS, orness=1.5)


@pytest.mark.parametrize("method", ["geometric", "harmonic", "power"])
def test_a_score_that_is_not_positive_is_named(method: str) -> None:
    table = {**TABLE, "b": [2.0, 0.0, -1.0]}
    options = {"exponent": -1.0} if method == "power" else {}
    with pytest.raises(MethodError) as caught:
        aggregate(table, COLUMNS, method=method, **options)  # type: ignore[arg-type]
    english = str(caught.value)
    for part in ("“b” in row 2 is 0", f"method {method}", "2 that are not", "[1, 100]"):
        assert part in english
    with speak("zh"):
        assert "第 2 行的“b”为 0" in str(caught.value)


def test_a_negative_score_is_named_under_a_positive_exponent() -> None:
    table = {**TABLE, "b": [2.0, 0.0, -1.0]}
    assert aggregate(table, COLUMNS, method="power", exponent=1).frame["score"][2] == 1.0
    with pytest.raises(MethodError, match="“b” in row 3 is -1"):
        aggregate(table, COLUMNS, method="power", exponent=2)
    assert AGGREGATORS["power"].positive(Aggregate(method="power", exponent=-0.5))
    assert not AGGREGATORS["power"].positive(Aggregate(method="power", exponent=0.5))


def test_options_of_the_tables() -> None:
    with pytest.raises(SpecError, match="exponent"):
        aggregate(TABLE, COLUMNS, method="power")
    with pytest.raises(SpecError, match="does nothing under arithmetic"):
        aggregate(TABLE, COLUMNS, exponent=2)
    with pytest.raises(SpecError, match="median"):
        aggregate(TABLE, COLUMNS, method="mode")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="Row 1 has no value of “a”"):
        aggregate({**TABLE, "a": [None, 1.0, 2.0]}, COLUMNS, method="median")
    assert aggregate(TABLE, COLUMNS, method="power", exponent=2).method.options["exponent"] == 2


def test_the_engine_refuses_a_negative_score_under_a_power_mean(grow: Any, fill: Any) -> None:
    from nqpf.index import Recipe, build

    recipe = Recipe.model_validate(
        {"normalise": {"method": "zscore"}, "aggregate": {"method": "power", "exponent": 2}},
    )
    with pytest.raises(MethodError, match=r"unit A.*power mean \(power\) of a negative score") as caught:
        build(fill({"a": [[1, 2, 3]], "b": [[3, 4, 9]]}), grow({"a": "benefit", "b": "benefit"}), recipe)
    assert caught.value.code == "power_negative"
