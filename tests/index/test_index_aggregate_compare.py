"""Copeland, PROMETHEE II and the rank-sum ratio: against comparisons of every pair, and by hand."""

from __future__ import annotations

import sys
from math import exp
from typing import Any

import numpy as np
import pytest
from scipy.stats import linregress, norm

from nqpf.errors import MethodError, SpecError
from nqpf.index.aggregate import AGGREGATORS, copeland, promethee, rsr, share_out
from nqpf.index.aggregate.copeland import net_wins, rivals, whole_weights
from nqpf.index.aggregate.rsr import grade, line
from nqpf.index.options.aggregate import Aggregate

RNG = np.random.default_rng(5)
W = np.array([0.4, 0.3, 0.2, 0.1])
S = RNG.integers(0, 6, (30, 4)) / 5  # with many ties
HOLED = np.where(RNG.random((30, 4)) < 0.2, np.nan, S)
COLUMNS = ["a", "b", "c", "d"]


def table(s: np.ndarray) -> dict[str, Any]:
    return {name: [None if np.isnan(v) else v for v in s[:, k]] for k, name in enumerate(COLUMNS)}


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance)


def pair_by_pair(s: np.ndarray, w: np.ndarray, missing: str) -> np.ndarray:
    """Return Copeland scores by the definition, a pair at a time."""
    score = np.zeros(len(s))
    for i in range(len(s)):
        for j in range(i + 1, len(s)):
            ahead, even = w[s[i] > s[j]].sum(), w[s[i] == s[j]].sum()
            both = w[~np.isnan(s[i]) & ~np.isnan(s[j])].sum()
            whole = both if missing == "shared" else w.sum()
            won = round(2 * ahead + even - whole, 9)
            score[i] += np.sign(won)
            score[j] -= np.sign(won)
    return score


@pytest.mark.parametrize("missing", ["shared", "later"])
def test_copeland_is_what_every_pair_says(missing: str) -> None:
    for s in (S, HOLED):
        found = copeland(table(s), COLUMNS, weights=W.tolist(), missing=missing).frame  # type: ignore[arg-type]
        near(found["score"], pair_by_pair(s, W, missing))
        near(found["won"] - found["lost"], found["score"])
        near(found["won"] + found["lost"] + found["tied"], len(s) - 1)
        assert abs(found["score"].sum()) < 1e-9


@pytest.mark.parametrize("unmatched", ["shared", "later"])
def test_copeland_of_the_engine_has_shared_out_weights(unmatched: str) -> None:
    how = Aggregate(method="copeland", unmatched=unmatched)  # type: ignore[arg-type]
    w, _ = share_out(HOLED, W[None])
    kind = AGGREGATORS["copeland"]
    assert kind.sample is not None
    found = kind.score(HOLED, w, how, kind.sample(HOLED, w, how, None))
    near(found, pair_by_pair(HOLED, W, unmatched))


def test_weights_are_found_again() -> None:
    s = np.array([[1, 1, np.nan, np.nan], [np.nan, 1, 1, np.nan], [np.nan, np.nan, 1, 1]])
    near(whole_weights(share_out(s, W[None])[0]), W)
    apart = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    near(whole_weights(apart), [0.5, 0.5, 0, 0])  # nothing joins the two: the second cannot be compared with


def test_copeland_in_figures() -> None:
    # A beats B in a alone (weight .4), B beats C in b and c, C beats A in b and c: a circle.
    s = {"a": [3.0, 2.0, 1.0], "b": [1.0, 3.0, 2.0], "c": [2.0, 1.0, 3.0]}
    assert copeland(s, ["a", "b", "c"]).frame["score"].to_list() == [0, 0, 0]
    found = copeland(s, ["a", "b", "c"], weights=[0.6, 0.2, 0.2]).frame
    assert found["score"].to_list() == [2, 0, -2]
    assert found["rank"].to_list() == [1, 2, 3]
    years = {**s, "year": [2020, 2021, 2021]}
    assert copeland(years, ["a", "b", "c"], by="year").frame["score"].to_list() == [0, 1, -1]


def test_copeland_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = net_wins(HOLED, W[None], rivals(HOLED, W[None]), "later")
    monkeypatch.setattr(sys.modules[net_wins.__module__], "PAIRS", 100)
    np.testing.assert_array_equal(net_wins(HOLED, W[None], rivals(HOLED, W[None]), "later"), whole)


def test_copeland_names_what_is_missing() -> None:
    row, k = (int(i) for i in np.argwhere(np.isnan(HOLED))[0])
    with pytest.raises(MethodError, match=f"Row {row + 1} has no value of “{COLUMNS[k]}”"):
        copeland(table(HOLED), COLUMNS)
    with pytest.raises(SpecError, match="stop, shared, later"):
        copeland(table(S), COLUMNS, missing="share")  # type: ignore[arg-type]


def test_weights_of_one_half_tie_in_spite_of_rounding() -> None:
    s = {name: [1.0, 0.0] if k % 2 else [0.0, 1.0] for k, name in enumerate("abcdefgh")}
    weights = [0.22, 0.12, 0.11, 0.21, 0.04, 0.06, 0.13, 0.11]
    assert sum(weights[1::2]) != 0.5
    assert copeland(s, list(s), weights=weights).frame["score"].to_list() == [0.0, 0.0]


PREFERENCES = {
    "usual": ({}, lambda d: float(d > 0)),
    "u_shape": ({"q": 0.25}, lambda d: float(d > 0.25)),
    "v_shape": ({"p": 0.5}, lambda d: min(max(d, 0) / 0.5, 1)),
    "level": ({"q": 0.25, "p": 0.5}, lambda d: (float(d > 0.25) + float(d > 0.5)) / 2),
    "linear": ({"q": 0.1, "p": 0.5}, lambda d: min(max(d - 0.1, 0) / 0.4, 1)),
    "gaussian": ({"s": 0.3}, lambda d: 1 - exp(-(d**2) / 0.18) if d > 0 else 0.0),
}


@pytest.mark.parametrize("preference", PREFERENCES)
def test_promethee_is_what_every_pair_says(preference: str) -> None:
    options, p = PREFERENCES[preference]
    plus = np.array([[sum(W * [p(a - b) for a, b in zip(x, y, strict=True)]) for y in S] for x in S])
    found = promethee(table(S), COLUMNS, weights=W.tolist(), preference=preference, **options).frame  # type: ignore[arg-type]
    near(found["phi_plus"], plus.sum(axis=1) / 29)
    near(found["phi_minus"], plus.sum(axis=0) / 29)
    near(found["score"], (plus.sum(axis=1) - plus.sum(axis=0)) / 29)
    assert abs(found["score"].sum()) < 1e-11


def test_promethee_takes_the_means_over_what_is_present() -> None:
    s = np.array([[1.0, 0.5], [np.nan, 0.75], [0.0, 0.25]])
    w, _ = share_out(s, np.array([[0.5, 0.5]]))
    kind, how = AGGREGATORS["promethee"], Aggregate(method="promethee")
    assert kind.sample is not None
    # a: A over C, one other; b: B, A, C
    near(kind.score(s, w, how, kind.sample(s, w, how, None)), [0.5, 1.0, -1.0])


def test_promethee_options_are_stated() -> None:
    found = promethee(table(S), COLUMNS, preference="level", q=0.1, p=0.2)
    assert {k: found.method.options[k] for k in ("preference", "q", "p")} == {"preference": "level", "q": 0.1, "p": 0.2}
    with pytest.raises(SpecError, match="q and p with level and linear"):
        promethee(table(S), COLUMNS, preference="level", q=0.1)


def test_rank_sum_ratio_in_figures() -> None:
    data = {"a": [10.0, 20.0, 20.0, 50.0], "b": [4.0, 3.0, 2.0, 9.0]}
    found = rsr(data, ["a", "b"]).frame
    assert found["a_rank"].to_list() == [1, 2.5, 2.5, 4]
    assert found["b_rank"].to_list() == [3, 2, 1, 4]
    near(found["score"], [4 / 8, 4.5 / 8, 3.5 / 8, 1])
    assert found["frequency"].to_list() == [0.5, 0.75, 0.25, 1 - 1 / 16]
    near(found["probit"], [5, 5 + norm.ppf(0.75), 5 + norm.ppf(0.25), 5 + norm.ppf(0.9375)])
    fit = linregress(found["probit"], found["score"])
    near(found["fitted"], fit.intercept + fit.slope * found["probit"].to_numpy())
    # Limits at probits 4 and 6: only the last row's, 6.53, is beyond.
    assert found["grade"].to_list() == [2, 2, 2, 3]
    weighted = rsr(data, ["a", "b"], weights=[0.75, 0.25]).frame
    near(weighted["score"], [(0.75 + 0.75) / 4, (1.875 + 0.5) / 4, (1.875 + 0.25) / 4, 1])


def test_fractional_ranks() -> None:
    data = {"a": [10.0, 20.0, 20.0, 50.0], "b": [4.0, 3.0, 2.0, 9.0]}
    found = rsr(data, ["a", "b"], ranks="fractional").frame
    near(found["a_rank"], [1, 1.75, 1.75, 4])
    near(found["b_rank"], [1 + 6 / 7, 1 + 3 / 7, 1, 4])
    near(found["score"], (found["a_rank"] + found["b_rank"]) / 8)


def test_ties_share_a_frequency_and_a_point_on_the_line() -> None:
    found = line(np.array([0.2, 0.4, 0.4, 0.9, 0.6]))
    near(found.frequency, [0.2, 0.5, 0.5, 0.95, 0.8])
    fit = linregress(5 + norm.ppf([0.2, 0.5, 0.8, 0.95]), [0.2, 0.4, 0.6, 0.9])
    near([found.slope, found.constant], [fit.slope, fit.intercept])
    limits = found.constant + found.slope * np.array([3.2, 4.4, 5.6, 6.8])
    assert grade(limits - 1e-9, found, 5).tolist() == [1, 2, 3, 4]
    assert grade(limits + 1e-9, found, 5).tolist() == [2, 3, 4, 5]


def test_rank_sum_ratio_needs_something_to_grade() -> None:
    with pytest.raises(MethodError, match="fewer than three different"):
        rsr({"a": [1.0, 2.0], "b": [1.0, 2.0]}, ["a", "b"])
    with pytest.raises(SpecError, match="grades is 1"):
        rsr(table(S), COLUMNS, grades=1)
    with pytest.raises(SpecError, match="ranks"):
        rsr(table(S), COLUMNS, ranks="whole")  # type: ignore[arg-type]


def test_constant_columns_tie_under_both_kinds_of_ranks() -> None:
    data = {"a": [1.0, 2.0, 3.0], "b": [7.0, 7.0, 7.0]}
    for ranks in ("integer", "fractional"):
        assert rsr(data, ["a", "b"], ranks=ranks).frame["b_rank"].to_list() == [2, 2, 2]  # type: ignore[arg-type]


def test_each_year_is_ranked_alone() -> None:
    years = np.repeat([2020, 2021], 15)
    whole = rsr(table(S) | {"year": years.tolist()}, COLUMNS, by="year").frame
    for year in (2020, 2021):
        alone = rsr(table(S[years == year]), COLUMNS).frame
        for column in ("score", "fitted", "grade", "rank"):
            near(whole.filter(whole["year"] == year)[column], alone[column])
