"""What must not matter does not: units of measure, order, sign with direction, shifts, dominated and equal units."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.data import Panel
from nqpf.index import Index, Recipe, build, fit

TREE: dict[str, Any] = {"D": {"a": "benefit", "b": "cost"}, "E": {"c": "benefit", "d": "cost"}, "e": "benefit"}

BOUNDED = [
    {},
    {"normalise": {"range": [1, 100]}, "aggregate": {"method": "geometric"}, "weight": {"method": "entropy"}},
    {"normalise": {"scope": "yearly"}, "weight": {"method": "entropy", "within": "siblings"}},
    {"normalise": {"scope": "base", "base": [2020, 2021]}, "weight": {"method": "entropy"}},
    {"aggregate": {"method": "topsis"}, "weight": {"method": "entropy", "scope": "yearly"}},
    {"aggregate": {"method": "topsis", "across": "children", "ideal": "observed", "weighting": "distances"}},
    {"nodes": {"I": {"method": "geometric"}}, "normalise": {"range": [0.1, 1]}},
]
STANDARD = [
    {"normalise": {"method": "zscore"}},
    {"normalise": {"method": "zscore", "scope": "yearly", "mean": 50, "sd": 10}},
    {"normalise": {"method": "zscore"}, "aggregate": {"method": "topsis", "ideal": "observed"}},
]
RANKED = [
    {"normalise": {"method": "rank", "ties": "average"}, "weight": {"method": "entropy"}},
    {"normalise": {"method": "percentile_rank", "ties": "max"}, "aggregate": {"method": "topsis"}},
]
DISTANCE = [
    {"normalise": {"method": "distance_to_reference"}},
    {"normalise": {"method": "distance_to_reference", "scope": "yearly"}},
]

often = settings(max_examples=min(30, 2 * settings().max_examples), deadline=None)
seeds = st.integers(0, 2**32 - 1)


def series(seed: int, units: int = 6, years: int = 3) -> dict[str, Any]:
    """Return five series of whole numbers, so that there are ties."""
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 12, (5, years, units)).astype(float)
    values[:, :, 0], values[:, :, 1] = rng.integers(13, 16, (5, years)), 0.0  # nothing is constant in any year
    return dict(zip("abcde", values, strict=True))


def same(one: Index, two: Index, *, tolerance: float = 1e-9) -> None:
    scale = max(1.0, float(np.abs(one.scores).max()))
    np.testing.assert_allclose(two.scores, one.scores, rtol=0, atol=tolerance * scale)
    np.testing.assert_allclose(two.local, one.local, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(two.ranks, one.ranks)


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + RANKED + DISTANCE), data=st.data())
@often
def test_the_unit_of_a_series_does_not_matter(grow: Any, fill: Any, seed: int, how: Any, data: st.DataObject) -> None:
    raw = series(seed)
    factors = data.draw(st.fixed_dictionaries(dict.fromkeys(raw, st.sampled_from([1e-8, 0.3, 10.0, 1e4]))))
    recipe, framework = Recipe.model_validate(how), grow(TREE)
    scaled = {name: x * factors[name] for name, x in raw.items()}
    same(build(fill(raw), framework, recipe), build(fill(scaled), framework, recipe))


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + RANKED))
@often
def test_a_shift_does_not_matter(grow: Any, fill: Any, seed: int, how: Any) -> None:
    raw = series(seed)
    shifted = {name: x + shift for (name, x), shift in zip(raw.items(), [7, -30, 1e4, 0.5, -2], strict=True)}
    recipe, framework = Recipe.model_validate(how), grow(TREE)
    same(build(fill(raw), framework, recipe), build(fill(shifted), framework, recipe))


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + RANKED + DISTANCE))
@often
def test_sign_and_direction_turned_together_do_not_matter(grow: Any, fill: Any, seed: int, how: Any) -> None:
    raw = series(seed)
    turned = {"D": {"a": "cost", "b": "benefit"}, "E": {"c": "cost", "d": "benefit"}, "e": "cost"}
    recipe = Recipe.model_validate(how)
    negative = {name: -x for name, x in raw.items()}
    same(build(fill(raw), grow(TREE), recipe), build(fill(negative), grow(turned), recipe), tolerance=0.0)


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + RANKED + DISTANCE), data=st.data())
@often
def test_order_does_not_matter(grow: Any, fill: Any, seed: int, how: Any, data: st.DataObject) -> None:
    raw = series(seed)
    plain = build(fill(raw), grow(TREE), Recipe.model_validate(how)).to_frame()
    long = fill(raw).to_frame().select("unit", "period", "indicator", "value")
    rows = data.draw(st.permutations(range(6)))
    shuffled = long.with_columns(
        place=pl.col("unit").replace_strict(dict(zip("ABCDEF", rows, strict=True)), return_dtype=pl.Int64)
    ).sort("place", "period", "indicator", descending=[False, True, True])
    panel = Panel.from_tidy(shuffled.drop("place"))
    assert panel.units != tuple("ABCDEF") or rows == list(range(6))
    backwards = {
        name: what if isinstance(what, str) else dict(reversed(what.items())) for name, what in reversed(TREE.items())
    }
    other = build(panel, grow(backwards), Recipe.model_validate(how)).to_frame()
    keys = ["unit", "period", "node"]
    both = plain.join(other, on=keys, suffix="_other", validate="1:1")
    assert both.height == plain.height == other.height
    scale = max(1.0, float(plain["score"].abs().max()))  # type: ignore[arg-type]
    np.testing.assert_allclose(both["score_other"], both["score"], rtol=0, atol=1e-11 * scale)
    assert both["rank_other"].to_list() == both["rank"].to_list()


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + DISTANCE))
@often
def test_a_dominated_unit_leaves_frozen_ranks_alone(grow: Any, fill: Any, seed: int, how: Any) -> None:
    if how.get("weight", {}).get("scope") == "yearly" or how.get("normalise", {}).get("scope") == "yearly":
        how = {key: value for key, value in how.items() if key not in ("weight", "normalise")}
    raw = series(seed)
    frozen = fit(fill(raw), grow(TREE), Recipe.model_validate(how))
    worse = {"a": -1.0, "c": -1.0, "e": -1.0, "b": 99.0, "d": 99.0}
    if "geometric" in str(how):  # a score below the floor has no geometric mean
        worse = {"a": 0.0, "c": 0.0, "e": 0.0, "b": 15.0, "d": 15.0}
        raw = {name: np.where(np.isin(name, list("bd")), np.minimum(x, 15), x) for name, x in raw.items()}
        frozen = fit(fill(raw | {n: np.c_[raw[n], np.full(3, worse[n])] for n in raw}), grow(TREE), frozen.recipe)
    more = {name: np.concatenate([x, np.full((3, 1), worse[name])], axis=1) for name, x in raw.items()}
    before, after = frozen.transform(fill(raw)), frozen.transform(fill(more))
    np.testing.assert_array_equal(after.ranks[:, :6], before.ranks)
    np.testing.assert_allclose(after.scores[:, :6], before.scores, rtol=0, atol=1e-12 * np.abs(before.scores).max())
    assert (after.ranks[:, 6, -1] >= before.ranks[:, :, -1].max(axis=1)).all()


@given(seed=seeds, how=st.sampled_from(BOUNDED + STANDARD + RANKED + DISTANCE))
@often
def test_equal_units_share_a_rank(grow: Any, fill: Any, seed: int, how: Any) -> None:
    raw = {name: np.concatenate([x, x[:, 2:4]], axis=1) for name, x in series(seed).items()}
    index = build(fill(raw), grow(TREE), Recipe.model_validate(how))
    np.testing.assert_array_equal(index.scores[:, 6:], index.scores[:, 2:4])
    np.testing.assert_array_equal(index.ranks[:, 6:], index.ranks[:, 2:4])


def test_noise_does_not_split_a_tie(grow: Any, fill: Any) -> None:
    # A, B and C have the same values in another order: their means of z-scores are 0 but for rounding.
    series = {"a": [[0.3, 0.6, 0.9, 0.3, 0.9]], "b": [[0.6, 0.9, 0.3, 0.3, 0.9]], "c": [[0.9, 0.3, 0.6, 0.3, 0.9]]}
    framework = grow(dict.fromkeys(series, "benefit"))
    index = build(fill(series), framework, Recipe.model_validate({"normalise": {"method": "zscore"}}))
    assert len(set(index.scores[0, :3, -1])) > 1
    np.testing.assert_array_equal(index.ranks[0, :, -1], [2, 2, 2, 5, 1])
