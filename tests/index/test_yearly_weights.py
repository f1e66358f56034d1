"""Weights if every year had its own are those of the recipe with yearly scope."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.index import Recipe, build
from nqpf.index.yearly_weights import yearly_weights

TREE: dict[str, Any] = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "d": "cost"}}


@pytest.fixture
def panel(fill: Any) -> Any:
    rng = np.random.default_rng(3)
    return fill({name: rng.lognormal(size=(4, 9)) for name in "abcd"})


@pytest.mark.parametrize(
    "weight",
    [
        {"method": "entropy"},
        {"method": "critic", "within": "siblings"},
        {"method": "combined", "within": "all", "of": [{"method": "equal"}, {"method": "cv"}], "combination": "linear"},
    ],
)
def test_they_are_those_of_yearly_scope(grow: Any, panel: Any, weight: dict[str, Any]) -> None:
    index = build(panel, grow(TREE), Recipe.model_validate({"weight": weight}))
    found = yearly_weights(index)
    assert found is not None
    yearly = {**weight, "scope": "yearly"}
    if "of" in weight:
        yearly = {**weight, "of": [{"method": "equal"}, {"method": "cv", "scope": "yearly"}]}
    expected = build(panel, grow(TREE), Recipe.model_validate({"weight": yearly}))
    np.testing.assert_allclose(found.weights, expected.whole[:, :4], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.effective, 1 / (found.weights**2).sum(axis=1))


def test_none_where_there_is_nothing_to_show(grow: Any, panel: Any, fill: Any) -> None:
    assert yearly_weights(build(panel, grow(TREE))) is None
    single = fill({name: np.random.default_rng(1).lognormal(size=(1, 9)) for name in "abcd"})
    assert yearly_weights(build(single, grow(TREE), Recipe.model_validate({"weight": {"method": "entropy"}}))) is None
