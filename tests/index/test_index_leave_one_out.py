"""Leaving one indicator out gives the rank that a framework without it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.index import Recipe, build, leave_one_out
from nqpf.index.leaving import weights_without

TREE: dict[str, Any] = {
    "D": {"F": {"a": "benefit", "b": "cost"}, "c": "benefit"},
    "E": {"d": "benefit"},
    "e": "cost",
}


def without(tree: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the tree without an indicator, and without dimensions that are left empty."""
    kept = {}
    for node, what in tree.items():
        if node == name:
            continue
        below = what if isinstance(what, str) else without(what, name)
        if below:
            kept[node] = below
    return kept


@given(
    seed=st.integers(0, 2**32 - 1),
    how=st.sampled_from(
        [
            {},
            {"normalise": {"range": [1, 100]}, "aggregate": {"method": "geometric"}},
            {"aggregate": {"method": "topsis"}},
            {"aggregate": {"method": "topsis", "weighting": "distances", "ideal": "observed"}},
            {"aggregate": {"method": "topsis", "across": "children"}},
            {"normalise": {"method": "zscore", "scope": "yearly"}},
            {"nodes": {"I": {"method": "topsis"}}},
        ]
    ),
)
@settings(max_examples=min(40, settings().max_examples), deadline=None)
def test_ranks_are_those_of_the_smaller_framework(grow: Any, fill: Any, seed: int, how: dict[str, Any]) -> None:
    rng = np.random.default_rng(seed)
    panel = fill({name: rng.random((2, 6)) for name in "abcde"})
    recipe = Recipe.model_validate(how)
    index = build(panel, grow(TREE), recipe)
    found = leave_one_out(index)
    for k, indicator in enumerate(index.framework.indicators):
        smaller = build(panel, grow(without(TREE, indicator.id)), recipe)
        np.testing.assert_array_equal(found.ranks[k], smaller.ranks[:, :, -1], err_msg=indicator.id)
    low, high = found.interval()
    rank = index.ranks[:, :, -1]
    assert (low <= rank).all()
    assert (rank <= high).all()
    np.testing.assert_array_equal(low, np.minimum(found.ranks.min(axis=0), rank))
    np.testing.assert_array_equal(high, np.maximum(found.ranks.max(axis=0), rank))


def test_weights_go_to_siblings_and_then_upwards(grow: Any) -> None:
    framework = grow(TREE)
    names = [n.id for n in framework.nodes]
    assert names == ["a", "b", "c", "d", "e", "F", "D", "E", "I"]
    given = dict(a=0.3, b=0.7, c=0.6, d=1.0, e=0.2, F=0.4, D=0.5, E=0.3, I=1.0)
    local = np.array([[given[n] for n in names]])

    def left(k: int) -> dict[str, float]:
        return dict(zip(names, weights_without(framework, local, k)[0].tolist(), strict=True))

    assert left(0) == pytest.approx(given | {"a": 0, "b": 1})
    assert left(2) == pytest.approx(given | {"c": 0, "F": 1})
    # E is left empty: D and e share its weight.
    assert left(3) == pytest.approx(given | {"d": 0, "E": 0, "D": 0.5 / 0.7, "e": 0.2 / 0.7})
    np.testing.assert_array_equal(local[0], [given[n] for n in names])


def test_weights_by_year_are_shared_out_by_year(grow: Any) -> None:
    framework = grow({"D": {"a": "benefit", "b": "benefit"}, "c": "benefit"})
    local = np.array([[0.5, 0.5, 0.4, 0.6, 1.0], [1.0, 0.0, 0.4, 0.6, 1.0]])  # a, b, c, D, I
    expected = [[0, 1, 0.4, 0.6, 1], [0, 0, 1, 0, 1]]  # in the second year b weighs nothing, so D goes with a
    np.testing.assert_allclose(weights_without(framework, local, 0), expected, atol=1e-15)


def test_what_moves_a_rank_is_named(grow: Any, fill: Any) -> None:
    series = {"a": [[9, 5, 0]], "b": [[0, 4, 5]], "c": [[0, 4, 5]]}
    index = build(fill(series), grow(dict.fromkeys(series, "benefit")))
    # Scores: a 1 5/9 0; b and c 0 .8 1. B leads; without a C does; without b or c A = C stay behind B.
    frame = leave_one_out(index).to_frame()
    assert frame.select("unit", "rank", "rank_low", "rank_high").rows() == [
        ("A", 3, 2, 3),
        ("B", 1, 1, 2),
        ("C", 2, 1, 2),
    ]
    assert frame["most_moving"].to_list() == ["b", "a", "a"]
    still = build(fill({"a": [[9, 5, 0]], "b": [[9, 5, 0]]}), grow({"a": "benefit", "b": "benefit"}))
    assert leave_one_out(still).to_frame()["most_moving"].to_list() == [None, None, None]


def test_who_has_no_score_stays_out(grow: Any, fill: Any) -> None:
    tree = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "d": "benefit"}}
    series = {name: np.array([[5.0, 4, 3, 2, 1]]) for name in "abcd"}
    series["a"][0, 0] = np.nan
    index = build(fill(series), grow(tree), Recipe.model_validate({"availability": 0.9}))
    found = leave_one_out(index)
    assert np.isnan(found.ranks[:, 0, 0]).all()
    np.testing.assert_array_equal(found.ranks[:, 0, 1:], np.tile([1, 2, 3, 4], (4, 1)))
    assert found.to_frame().row(0, named=True) == {
        "unit": "A",
        "period": 2020,
        "rank": None,
        "rank_low": None,
        "rank_high": None,
        "most_moving": None,
    }


def test_who_has_a_score_keeps_one(grow: Any, fill: Any) -> None:
    """Leaving out an indicator is no hole: the rule of availability is not applied to what is left."""
    series = {name: np.array([[5.0, 4, 3, 2, 1]]) for name in "abcd"}
    series["a"][0, 0] = np.nan
    index = build(fill(series), grow(dict.fromkeys("abcd", "benefit")), Recipe.model_validate({"availability": 0.75}))
    np.testing.assert_array_equal(leave_one_out(index).ranks[:, 0], np.tile([1, 2, 3, 4, 5], (4, 1)))


def test_a_single_indicator_leaves_nothing(grow: Any, fill: Any) -> None:
    index = build(fill({"a": [[5, 4, 3]]}), grow({"a": "benefit"}))
    found = leave_one_out(index)
    assert np.isnan(found.ranks).all()
    low, high = found.interval()
    np.testing.assert_array_equal(low[0], [1, 2, 3])
    np.testing.assert_array_equal(high[0], [1, 2, 3])


def test_what_the_method_cannot_do_without_is_noted(grow: Any, fill: Any) -> None:
    """With largest shares of 0.6 a dimension of one indicator has no weights: no rank is better than a made-up one."""
    tree = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "d": "benefit", "e": "benefit"}}
    rng = np.random.default_rng(8)
    panel = fill({name: 1 + rng.random((2, 6)) for name in "abcde"})
    how = {
        "aggregate": {"method": "bod", "across": "children", "shares": [0.1, 0.6]},
        "normalise": {"method": "vector"},
    }
    found = leave_one_out(build(panel, grow(tree), Recipe.model_validate(how)))
    assert np.isnan(found.ranks).all(axis=(1, 2)).tolist() == [True, True, False, False, False]
    (note,) = found.notes
    assert "a, b" in str(note.text())
    low, high = found.interval()
    assert not np.isnan(low).any()
    assert not np.isnan(high).any()
    index = build(panel, grow(tree))
    assert leave_one_out(index).notes == ()
