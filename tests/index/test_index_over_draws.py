"""The index on every draw: ranks are those of an index of its own, and intervals hold both kinds of doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError
from nqpf.index import Recipe, build, leave_one_out
from nqpf.index.over_draws import over_draws

TREE = {"D": {"a": "benefit", "b": "cost"}, "c": "benefit"}


def shaken(panel: Any, seed: int, size: float = 0.2) -> Any:
    """Return the panel with noise in its first unit."""
    values = panel.values.copy()
    values[:, 0] += size * np.random.default_rng(seed).normal(size=values[:, 0].shape)
    return replace(panel, values=values)


@pytest.fixture
def panel(fill: Any) -> Any:
    rng = np.random.default_rng(1)
    return fill({name: rng.random((3, 7)) + 1 for name in "abc"})


def test_ranks_are_those_of_each_panel_by_itself(panel: Any, grow: Any) -> None:
    recipe = Recipe.model_validate({"weight": {"method": "entropy"}})
    index = build(panel, grow(TREE), recipe)
    panels = [shaken(panel, seed) for seed in range(5)]
    found = over_draws(index, iter(panels))
    alone = [build(one, grow(TREE), recipe) for one in panels]
    np.testing.assert_array_equal(found.ranks, [one.ranks[:, :, -1] for one in alone])
    low, high = found.interval()
    everyone = np.stack([index.ranks[:, :, -1], *found.ranks])
    np.testing.assert_array_equal((low, high), (everyone.min(axis=0), everyone.max(axis=0)))
    ends = [leave_one_out(one).interval() for one in (index, *alone)]
    np.testing.assert_array_equal(found.low, np.min([e[0] for e in ends], axis=0))
    np.testing.assert_array_equal(found.high, np.max([e[1] for e in ends], axis=0))
    assert (found.high > high).any()


def test_the_frame_has_a_row_a_unit_and_year(panel: Any, grow: Any) -> None:
    found = over_draws(build(panel, grow(TREE)), [shaken(panel, 3)])
    frame = found.to_frame()
    assert frame.columns == ["unit", "period", "rank", "rank_low", "rank_high", "rank_low_all", "rank_high_all"]
    assert frame.height == 21
    assert frame.row(8)[:3] == ("B", 2021, int(found.index.ranks[1, 1, -1]))
    assert dict(found.method.options) == {"draws": 1}


def test_draws_that_change_nothing_leave_the_intervals_of_single_indicators(panel: Any, grow: Any) -> None:
    index = build(panel, grow(TREE))
    found = over_draws(index, [panel, panel])
    np.testing.assert_array_equal((found.low, found.high), leave_one_out(index).interval())
    np.testing.assert_array_equal(found.interval()[0], index.ranks[:, :, -1])


def test_units_without_a_score_have_no_rank(fill: Any, grow: Any) -> None:
    x = np.random.default_rng(2).random((2, 5)) + 1
    x[1, 2] = np.nan
    panel = fill({"a": x})
    index = build(panel, grow({"a": "benefit"}), Recipe.model_validate({"availability": 0.5}))
    found = over_draws(index, [panel])
    assert found.to_frame().filter(unit="C", period=2021).row(0)[2:] == (None,) * 5


def test_a_draw_that_the_recipe_cannot_take_is_an_error(panel: Any, grow: Any) -> None:
    recipe = Recipe.model_validate({"aggregate": {"method": "geometric"}, "normalise": {"range": [1, 100]}})
    index = build(panel, grow(TREE), recipe)
    flat = replace(panel, values=np.ones_like(panel.values))
    with pytest.raises(MethodError) as caught:
        over_draws(index, [flat])
    assert caught.value.code.startswith("constant")
