"""Which years weights are taken from: pooled, each year, a base window, a rolling window; and on which scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.weights import KERNELS, weigh
from nqpf.messages import Text, speak

PERIODS = [2018, 2019, 2021, 2022]
NAMES = ["a", "b", "c"]


@pytest.fixture
def scores() -> Any:
    """Return positive scores float64[4, 8, 3], whose columns move apart over the years."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(4, 8, 3)) * 0.4 + 0.6 * rng.normal(size=(4, 8, 1)) + 0.2 * np.arange(4)[:, None, None]
    return np.exp(x * [1.0, 0.7, 1.3])


def found(scores: Any, yearly_scores: bool = False, **how: Any) -> Any:
    return weigh(scores, Weight(**how), names=NAMES, periods=PERIODS, yearly_scores=yearly_scores)


def kernel(x: Any, **how: Any) -> Any:
    return KERNELS[how["method"]](x.reshape(-1, 3), Weight(**how), NAMES).weights


def unit(x: Any) -> Any:
    low, high = x.min(axis=tuple(range(x.ndim - 1))), x.max(axis=tuple(range(x.ndim - 1)))
    return (x - low) / (high - low)


RAW = [{"method": m, "basis": "scores"} for m in ("entropy", "cv", "sd", "gini", "critic", "merec")]
CORRELATED = [{"method": m} for m in ("independence", "pca", "scatter", "correlation")]


@pytest.mark.parametrize("how", [*RAW, *CORRELATED], ids=lambda h: h["method"])
def test_every_scope_hands_the_right_rows_to_the_kernel(scores: Any, how: dict[str, Any]) -> None:
    pooled = found(scores, **how)
    assert pooled.shape == (1, 3)
    np.testing.assert_allclose(pooled[0], kernel(scores, **how), atol=1e-12)
    yearly = found(scores, **how, scope="yearly")
    np.testing.assert_allclose(yearly, [kernel(year, **how) for year in scores], atol=1e-12)
    base = found(scores, **how, scope="base", base=(2019, 2021))
    np.testing.assert_allclose(base, [kernel(scores[1:3], **how)], atol=1e-12)
    rolling = found(scores, **how, scope="rolling", window=2)
    # 2020 is absent, so the window of 2021 holds that year alone.
    expected = [scores[:1], scores[:2], scores[2:3], scores[2:]]
    np.testing.assert_allclose(rolling, [kernel(part, **how) for part in expected], atol=1e-12)
    np.testing.assert_allclose(found(scores, **how, scope="rolling", window=9)[-1], pooled[0], atol=1e-12)
    np.testing.assert_allclose(found(scores, **how, scope="rolling", window=1), yearly, atol=1e-12)


@pytest.mark.parametrize("method", ["entropy", "critic", "cv", "sd", "gini"])
def test_the_unit_basis_is_as_wide_as_normalisation_was(scores: Any, method: str) -> None:
    raw = {"method": method, "basis": "scores"}
    np.testing.assert_allclose(found(scores, method=method)[0], kernel(unit(scores), **raw), atol=1e-12)
    pooled = found(scores, method=method, scope="yearly")
    np.testing.assert_allclose(pooled, [kernel(year, **raw) for year in unit(scores)], atol=1e-12)
    yearly = found(scores, yearly_scores=True, method=method, scope="yearly")
    np.testing.assert_allclose(yearly, [kernel(unit(year), **raw) for year in scores], atol=1e-12)
    # A base window brings its own years to 0–1, so later years move nothing.
    base = {"method": method, "scope": "base", "base": (2018, 2019)}
    later = scores * np.array([1, 1, 3, 9])[:, None, None]
    np.testing.assert_array_equal(found(later, **base), found(scores, **base))


@pytest.mark.parametrize("method", DATA_DRIVEN)
def test_weights_under_the_default_basis_do_not_depend_on_the_range_of_the_scores(scores: Any, method: str) -> None:
    how = {"method": method} | ({"shift": 0.1} if method == "merec" else {})  # 0–1 holds a zero, which MEREC refuses
    np.testing.assert_allclose(found(scores * 99 + 1, **how), found(scores, **how), atol=1e-9)


def test_scatter_within_years(scores: Any) -> None:
    z = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, ddof=1, keepdims=True)
    h = np.einsum("tnj,tnk->jk", z, z)
    vector = np.linalg.eigh(h)[1][:, -1]
    got = found(scores, method="scatter", standardise="yearly")
    np.testing.assert_allclose(got, [vector / vector.sum()], atol=1e-12)


def test_scatter_within_years_counts_a_year_without_variation_as_none(scores: Any) -> None:
    scores[1, :, 2] = 0.3
    scores[1, 4, 2] = 0.1 + 0.2  # rounding
    z = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, ddof=1, keepdims=True)
    z[1, :, 2] = 0
    vector = np.linalg.eigh(np.einsum("tnj,tnk->jk", z, z))[1][:, -1]
    got = found(scores, method="scatter", standardise="yearly")
    np.testing.assert_allclose(got, [vector / vector.sum()], atol=1e-12)


def test_merec_needs_scores_above_zero(scores: Any) -> None:
    with pytest.raises(MethodError, match=r"basis: scores.*shift"):
        found(scores, method="merec")
    assert found(scores, method="merec", shift=0.1).sum() == pytest.approx(1)


def test_missing_values_are_left_out(scores: Any) -> None:
    holed = scores.copy()
    holed[1, 2, 0] = np.nan
    for method in DATA_DRIVEN:
        how = {"method": method} | ({"basis": "scores"} if method == "merec" else {})
        got = found(holed, **how)
        assert got.sum() == pytest.approx(1)
        assert np.abs(got - found(scores, **how)).max() > 0


def test_errors_name_the_year_and_the_unit(scores: Any) -> None:
    units = [Text(f"省{n}", f"P{n}") for n in range(8)]
    scores[2, 5, 1] = 0.0
    how = Weight(method="merec", basis="scores", scope="yearly")
    with pytest.raises(MethodError) as caught:
        weigh(scores, how, names=NAMES, periods=PERIODS, yearly_scores=False, units=units)
    where = caught.value.where
    assert (where.indicator, where.period, where.unit, where.row) == ("b", 2021, units[5], None)
    with speak("zh"):
        assert "省5" in str(caught.value)
    pooled = Weight(method="merec", basis="scores")
    with pytest.raises(MethodError) as caught:
        weigh(scores, pooled, names=NAMES, periods=PERIODS, yearly_scores=False, units=units)
    assert (caught.value.where.period, caught.value.where.unit) == (2021, units[5])
    scores[3, :, 2] = 4.0
    with pytest.raises(MethodError, match="does not vary") as caught:
        found(scores, method="critic", scope="yearly")
    assert (caught.value.where.indicator, caught.value.where.period) == ("c", 2022)
    with pytest.raises(MethodError, match="do not vary") as caught:
        found(scores[:, :1].repeat(8, axis=1), method="pca", scope="rolling", window=1)
    assert caught.value.where.period == 2018


def test_a_base_window_outside_the_panel(scores: Any) -> None:
    with pytest.raises(MethodError, match=r"2030–2031.*2018–2022"):
        found(scores, method="critic", scope="base", base=(2030, 2031))


def test_rounding_does_not_make_a_constant_vary() -> None:
    x = np.random.default_rng(0).random((2, 6, 3))
    x[:, :, 1] = 0.1 + 0.2
    x[0, :, 1] = 0.3
    np.testing.assert_allclose(found_two(x)[0, 1], 0, atol=1e-15)


def found_two(x: Any) -> Any:
    return weigh(x, Weight(method="entropy"), names=NAMES, periods=[2020, 2021], yearly_scores=False)


def test_rolling_weights_in_an_index(grow: Any, fill: Any) -> None:
    from nqpf.index import Recipe, build

    rng = np.random.default_rng(2)
    panel = fill({"p": rng.random((3, 6)), "q": rng.random((3, 6))})
    recipe = Recipe.model_validate({"weight": {"method": "critic", "scope": "rolling", "window": 2}})
    index = build(panel, grow({"p": "benefit", "q": "benefit"}), recipe)
    z = index.normalised
    for t in range(3):
        part = z[max(0, t - 1) : t + 1].reshape(-1, 2)
        sds = part.std(axis=0, ddof=1)  # two indicators conflict alike
        np.testing.assert_allclose(index.local[t, :2], sds / sds.sum(), atol=1e-12)
