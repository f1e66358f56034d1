"""Obstacle degrees: shares of what keeps a unit from the best score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError
from nqpf.index import Recipe, build, fit, obstacle
from nqpf.messages import speak

TREE = {"D": {"a": "benefit", "b": "cost"}, "c": "benefit"}
SERIES = {"a": [[0, 2, 4]], "b": [[0, 5, 10]], "c": [[8, 0, 4]]}
"""Scores: a 0 ½ 1, b 1 ½ 0, c 1 0 ½; weights ¼ ¼ ½."""


@pytest.mark.parametrize("span", [[0, 1], [1, 100], [-2, 2]])
def test_degrees_by_hand(grow: Any, fill: Any, span: list[float]) -> None:
    index = build(fill(SERIES), grow(TREE), Recipe.model_validate({"normalise": {"range": span}}))
    degree = obstacle(index).degree[0]
    np.testing.assert_allclose(degree, [[1, 0, 0], [1 / 6, 1 / 6, 2 / 3], [0, 1 / 2, 1 / 2]], atol=1e-12)
    frame = obstacle(index).to_frame().filter(unit="B")
    assert frame.select("indicator", "dimension", "rank").rows() == [("a", "D", 2), ("b", "D", 2), ("c", "c", 1)]


@pytest.mark.parametrize("method", ["minmax", "percentile_rank"])
@pytest.mark.parametrize("weight", [{}, {"method": "entropy"}, {"method": "entropy", "scope": "yearly"}])
def test_degrees_sum_to_one(grow: Any, fill: Any, method: str, weight: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    series = {name: rng.random((3, 6)) for name in "abc"}
    series["a"][1, 2] = np.nan
    recipe = {"normalise": {"method": method}, "weight": weight, "availability": 0}
    found = obstacle(build(fill(series), grow(TREE), Recipe.model_validate(recipe)))
    np.testing.assert_allclose(np.nansum(found.degree, axis=2), 1, atol=1e-12)
    assert np.isnan(found.degree[1, 2, 0])
    assert np.nanmin(found.degree) >= 0


def test_who_is_best_in_all_has_no_obstacle(grow: Any, fill: Any) -> None:
    index = build(fill({"a": [[9, 1]], "b": [[0, 5]], "c": [[9, 1]]}), grow(TREE))
    np.testing.assert_array_equal(obstacle(index).degree[0], [[0, 0, 0], [0.25, 0.25, 0.5]])


def test_beyond_the_best_is_no_obstacle(grow: Any, fill: Any) -> None:
    later = fit(fill(SERIES), grow(TREE), Recipe()).transform(fill({"a": [[8, 1]], "b": [[5, 5]], "c": [[4, 4]]}))
    degree = obstacle(later).degree[0]
    np.testing.assert_allclose(degree[0], [0, 1 / 3, 2 / 3], atol=1e-12)


@pytest.mark.parametrize("method", ["zscore", "rank", "distance_to_reference"])
def test_scores_without_a_best_have_no_obstacles(grow: Any, fill: Any, method: str) -> None:
    index = build(fill(SERIES), grow(TREE), Recipe.model_validate({"normalise": {"method": method}}))
    with pytest.raises(MethodError, match=f"Scores of {method} have no best value") as caught:
        obstacle(index)
    with speak("zh"):
        assert "障碍度无从计算" in str(caught.value)
