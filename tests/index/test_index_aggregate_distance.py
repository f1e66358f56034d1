"""Distances from a pattern: Wrocław, TOPSIS by year, VIKOR and grey relational analysis, worked out by hand."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index.aggregate import AGGREGATORS, grey, topsis, vikor, wroclaw
from nqpf.index.aggregate.vikor import solution
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak

TABLE = {"a": [0.0, 0.5, 1.0], "b": [0.2, 1.0, 0.6]}
COLUMNS = ["a", "b"]


def near(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_wroclaw_in_figures() -> None:
    d = np.sqrt(np.array([1 + 0.64, 0.25, 0.16]) / 2)
    found = wroclaw(TABLE, COLUMNS).frame
    near(found["distance"], d)
    near(found["relative"], d / (d.mean() + 2 * d.std(ddof=1)))
    near(found["score"], 1 - found["relative"])
    assert found["rank"].to_list() == [3, 2, 1]
    far = wroclaw(TABLE, COLUMNS, ideal="absolute", range=(0, 2)).frame
    near(far["distance"], np.sqrt(np.array([4 + 1.8**2, 1.5**2 + 1, 1 + 1.4**2]) / 2))


def test_wroclaw_weights() -> None:
    found = wroclaw(TABLE, COLUMNS, weights=[1, 0]).frame
    near(found["distance"], [1, 0.5, 0])


def test_vikor_in_figures() -> None:
    # Regrets: a 1, ½, 0; b 1, 0, ½.
    found = vikor(TABLE, COLUMNS, weights=[0.6, 0.4]).frame
    near(found["S"], [1, 0.3, 0.2])
    near(found["R"], [0.6, 0.3, 0.2])
    near(found["Q"], [1, 0.5 * 0.1 / 0.8 + 0.5 * 0.1 / 0.4, 0])
    near(found["score"], 1 - found["Q"])
    near(vikor(TABLE, COLUMNS, weights=[0.6, 0.4], v=1).frame["Q"], [1, 0.125, 0])
    near(vikor(TABLE, COLUMNS, weights=[0.6, 0.4], v=0).frame["Q"], [1, 0.25, 0])


def test_vikor_compromise() -> None:
    s, r = np.array([0.1, 0.2, 0.9]), np.array([0.1, 0.2, 0.9])
    assert solution(s, r, np.array([0.0, 0.6, 1.0])).tolist() == [True, False, False]
    assert solution(s, r, np.array([0.0, 0.3, 1.0])).tolist() == [True, True, False]  # ahead by less than ½
    worse = np.array([0.3, 0.2, 0.1])
    assert solution(worse, worse, np.array([0.0, 0.6, 1.0])).tolist() == [True, True, False]  # best by neither
    assert solution(s[:1], r[:1], np.array([0.0])).tolist() == [True]
    assert vikor(TABLE, COLUMNS, weights=[0.6, 0.4]).frame["compromise"].to_list() == [False, True, True]


def test_vikor_where_one_part_does_not_differ() -> None:
    # Each is worst in one of two equal inputs and best in the other: no differences but in c, in which R does not show.
    table = {"a": [1.0, 0.0, 0.0], "b": [0.0, 1.0, 0.0], "c": [0.5, 0.5, 1.0]}
    found = vikor(table, ["a", "b", "c"], weights=[0.4, 0.4, 0.2]).frame
    near(found["R"], [0.4, 0.4, 0.4])
    near(found["Q"], [0, 0, 0.5])


def test_vikor_of_what_does_not_differ() -> None:
    with pytest.raises(MethodError, match="All rows have the same regrets") as caught:
        vikor({"a": [1.0, 1.0], "b": [2.0, 2.0], "y": [1, 1]}, COLUMNS, by="y")
    assert caught.value.where.period == 1
    with speak("zh"):
        assert "群体遗憾与个体遗憾都相同" in str(caught.value)
    with pytest.raises(MethodError, match="All rows have the same regrets"):
        vikor({"a": [1.0, 0.0], "b": [0.0, 1.0]}, COLUMNS)


def test_grey_in_figures() -> None:
    found = grey(TABLE, COLUMNS, weights=[0.6, 0.4]).frame
    # Gaps 1 .5 0 and .8 0 .4: smallest 0, largest 1.
    near(found["a_coefficient"], [0.5 / 1.5, 0.5, 1])
    near(found["b_coefficient"], [0.5 / 1.3, 1, 0.5 / 0.9])
    near(found["score"], 0.6 * found["a_coefficient"] + 0.4 * found["b_coefficient"])
    sharper = grey(TABLE, COLUMNS, rho=0.1).frame
    near(sharper["a_coefficient"], [0.1 / 1.1, 0.1 / 0.6, 1])
    absolute = grey(TABLE, COLUMNS, ideal="absolute", range=(0, 2)).frame
    near(absolute["a_coefficient"], [(1 + 1) / (2 + 1), 2 / 2.5, 1])  # gaps from 1 to 2


def test_later_rows_beyond_the_reference_are_no_worse_for_it() -> None:
    how, s, w = Aggregate(method="grey", ideal="observed"), np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.5, 0.5]])
    kind = AGGREGATORS["grey"]
    assert kind.sample is not None
    assert kind.multipliers is not None
    sample = kind.sample(s, w, how, None)
    near(kind.score(np.array([[2.0, 0.5]]), w, how, sample), kind.score(np.array([[1.0, 0.5]]), w, how, sample))
    near(kind.multipliers(np.array([[1.0, 0.5]]), np.array([[2.0, 0.5]]), w, how, sample), [[0, 0]])


def test_later_rows_of_vikor_go_on_along_the_line() -> None:
    how, s, w = Aggregate(method="vikor", ideal="observed"), np.array([[0.0, 0.2], [1.0, 1.0]]), np.array([[0.5, 0.5]])
    kind = AGGREGATORS["vikor"]
    assert kind.sample is not None
    found = kind.score(np.array([[-1.0, 0.2], [1.0, 1.0], [2.0, 2.0]]), w, how, kind.sample(s, w, how, None))
    assert found[0] < 0
    assert found[1] == 1
    assert found[2] > 1


@pytest.mark.parametrize("method", [topsis, vikor, grey, wroclaw])
def test_each_year_is_measured_alone(method: Any) -> None:
    s = np.random.default_rng(3).random((12, 2))
    years = np.tile([2020, 2021, 2022], 4)
    whole = method({"a": s[:, 0], "b": s[:, 1], "year": years}, COLUMNS, by="year").frame
    for year in (2020, 2021, 2022):
        alone = method({"a": s[years == year, 0], "b": s[years == year, 1]}, COLUMNS).frame
        part = whole.filter(whole["year"] == year)
        near(part["score"], alone["score"])
        assert part["rank"].to_list() == alone["rank"].to_list()
    pooled = method({"a": s[:, 0], "b": s[:, 1]}, COLUMNS).frame
    assert np.abs(pooled["score"].to_numpy() - whole["score"].to_numpy()).max() > 0.01


@pytest.mark.parametrize("method", [topsis, vikor, grey, wroclaw])
def test_scores_outside_the_range_are_named(method: Any) -> None:
    with pytest.raises(MethodError, match=r"“b” in row 2 is 1\.5, which is not between 0 and 1"):
        method({"a": [0.0, 0.5], "b": [0.2, 1.5]}, COLUMNS, ideal="absolute")
    with pytest.raises(SpecError, match="ideal"):
        method(TABLE, COLUMNS, ideal="best")
    with pytest.raises(SpecError, match="range"):
        method(TABLE, COLUMNS, range=(1, 0))


@pytest.mark.parametrize(
    ("method", "words"), [(grey, "reference series"), (wroclaw, "best profile"), (topsis, "No column varies")]
)
def test_nothing_to_measure(method: Any, words: str) -> None:
    with pytest.raises(MethodError, match=words):
        method({"a": [1.0, 1.0], "b": [2.0, 2.0]}, COLUMNS)


def test_what_the_results_state() -> None:
    assert vikor(TABLE, COLUMNS, v=0.3).method.options["v"] == 0.3
    assert grey(TABLE, COLUMNS).method.options["rho"] == 0.5
    assert grey(TABLE, COLUMNS).method.id == "aggregate.grey"
    with pytest.raises(SpecError, match="rho"):
        grey(TABLE, COLUMNS, rho=0)
    with pytest.raises(SpecError, match="v"):
        vikor(TABLE, COLUMNS, v=2)


def test_topsis_without_weight_on_what_varies() -> None:
    with pytest.raises(MethodError, match="No column varies"):
        topsis({"a": [0.0, 1.0], "b": [1.0, 1.0]}, COLUMNS, weights=[0, 1])
    near(topsis(TABLE, COLUMNS).frame["score"][1], sqrt(0.25 + 0.64) / (sqrt(0.25 + 0.64) + 0.5))
