"""Kernel densities: integrals, bandwidths beside their formulas, ends of the scale, modes, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.numerics.density import improved_sheather_jones, kernel, kernel_matrix, moments, weighted_quantile
from nqpf.regions.distribution.kernel_density import KernelDensity, kernel_density, modes_of


def sample(n: int = 80, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"year": np.repeat([2021, 2020], n), "x": rng.beta(2, 5, 2 * n), "w": rng.uniform(1, 9, 2 * n)})


def integral(found: KernelDensity) -> float:
    return float(np.trapezoid(found.frame["density"], found.frame["x"]))


@pytest.mark.parametrize("how", ["gaussian", "epanechnikov"])
def test_kernels_have_area_and_standard_deviation_one(how: Any) -> None:
    x = np.linspace(-9, 9, 200_001)
    k = kernel(x, how)
    assert np.trapezoid(k, x) == pytest.approx(1, abs=1e-9)
    assert np.trapezoid(k * x**2, x) == pytest.approx(1, abs=1e-8)


def test_a_gaussian_density_is_scipys() -> None:
    x = sample()["x"].to_numpy()
    grid = np.linspace(-0.5, 1.5, 101)
    found = kernel_density({"x": x}, "x", bandwidth=0.07, points=grid.tolist())
    theirs = stats.gaussian_kde(x, bw_method=0.07 / x.std(ddof=1))(grid)
    np.testing.assert_allclose(found.frame["density"], theirs, rtol=1e-10)
    w = sample()["w"].to_numpy()
    weighted = kernel_density({"x": x, "w": w}, "x", weight="w", bandwidth=0.07, points=grid.tolist())
    scale = np.sqrt(np.cov(x, aweights=w))
    theirs = stats.gaussian_kde(x, bw_method=0.07 / scale, weights=w)(grid)
    np.testing.assert_allclose(weighted.frame["density"], theirs, rtol=1e-9)


def test_rules_of_thumb_are_those_of_r() -> None:
    x = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 30.0])
    scale = min(x.std(ddof=1), (13.5 - 3.0) / 1.34) * 7**-0.2
    for rule, factor in (("silverman", 0.9), ("scott", 1.06)):
        found = kernel_density({"x": x}, "x", bandwidth=rule).summary["bandwidth"][0]  # type: ignore[arg-type]
        assert found == pytest.approx(factor * scale, rel=1e-12)
    flat = kernel_density({"x": [0.0, 5.0, 5.0, 5.0, 5.0, 10.0]}, "x").summary["bandwidth"][0]
    assert flat == pytest.approx(0.9 * np.sqrt(10) * 6**-0.2)


def test_improved_sheather_jones_sees_two_humps() -> None:
    """The fixed point of Botev's own program for this sample; a rule of thumb would smooth both humps into one."""
    rng = np.random.default_rng(1)
    rng.normal(size=300)
    x = np.concatenate([rng.normal(size=100), rng.normal(8, 0.3, 200)])
    found = kernel_density({"x": x}, "x", bandwidth="isj")
    assert found.summary["bandwidth"][0] == pytest.approx(0.1464, abs=5e-4)
    assert found.summary["bandwidth"][0] < 0.2 * kernel_density({"x": x}, "x").summary["bandwidth"][0]


def test_improved_sheather_jones_is_near_the_best_for_a_normal_sample() -> None:
    x = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    best = (4 / 3 / 2000) ** 0.2
    assert improved_sheather_jones(x, np.full(2000, 1 / 2000)) == pytest.approx(best, rel=0.15)


@settings(max_examples=min(25, settings().max_examples))
@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=30, unique=True),
    st.sampled_from(["gaussian", "epanechnikov"]),
    st.floats(0.02, 3.0),
    st.sampled_from([(None, None), (0.0, None), (None, 1.0), (0.0, 1.0)]),
)
def test_a_density_integrates_to_one_between_any_ends(
    values: list[float], how: Any, bandwidth: float, ends: tuple[float | None, float | None]
) -> None:
    found = kernel_density(
        {"x": values}, "x", kernel=how, bandwidth=bandwidth, lower=ends[0], upper=ends[1], points=4001
    )
    assert integral(found) == pytest.approx(1, abs=2e-4)
    assert found.summary["integral"][0] == pytest.approx(integral(found), abs=1e-12)


def test_reflection_is_flat_at_an_end() -> None:
    found = kernel_density(sample(), "x", lower=0, upper=1, points=2001)
    d = found.frame["density"].to_numpy()
    assert abs(d[1] - d[0]) < 1e-4 * d.max()
    assert found.frame["x"].to_list()[::2000] == [0, 1]
    wide = kernel_matrix(np.linspace(0, 1, 11), np.array([0.3]), 50.0, "gaussian", 0.0, 1.0)
    np.testing.assert_allclose(wide, 1, rtol=1e-6)  # a kernel much wider than the scale is even on it


def test_years_are_apart_on_one_grid_and_rise() -> None:
    frame = sample()
    found = kernel_density(frame, "x", by="year")
    assert found.frame.columns == ["year", "x", "density"]
    assert found.summary["year"].to_list() == [2020, 2021]
    first, second = (found.frame.filter(pl.col("year") == y) for y in (2020, 2021))
    assert first["x"].equals(second["x"])
    alone = kernel_density(frame.filter(pl.col("year") == 2020), "x", points=first["x"].to_list())
    np.testing.assert_allclose(alone.frame["density"], first["density"], rtol=1e-12)
    assert found.modes["year"].is_in([2020, 2021]).all()
    shuffled = kernel_density(frame.sample(fraction=1, shuffle=True, seed=2), "x", by="year")
    np.testing.assert_allclose(shuffled.frame["density"], found.frame["density"], rtol=1e-10)


def test_scale_and_shift_move_the_density_with_them() -> None:
    x = sample()["x"].to_numpy()
    one, other = kernel_density({"x": x}, "x"), kernel_density({"x": 100 * x - 7}, "x")
    np.testing.assert_allclose(other.frame["x"], 100 * one.frame["x"] - 7, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(100 * other.frame["density"], one.frame["density"], rtol=1e-7, atol=1e-9)


def test_whole_weights_are_repeated_rows() -> None:
    x, w = np.array([1.0, 2.0, 5.0, 6.0]), np.array([1, 3, 2, 2])
    one = kernel_density({"x": x, "w": w}, "x", weight="w", bandwidth=0.5)
    other = kernel_density({"x": np.repeat(x, w)}, "x", bandwidth=0.5)
    np.testing.assert_allclose(one.frame["density"], other.frame["density"], rtol=1e-12)
    assert one.summary["mean"][0] == pytest.approx(other.summary["mean"][0])


def test_weighted_moments_with_equal_weights_are_the_usual_ones() -> None:
    x = sample()["x"].to_numpy()
    w = np.full(x.size, 1 / x.size)
    assert moments(x, w) == pytest.approx((x.mean(), x.std(ddof=1)))
    assert weighted_quantile(x, w, 0.3) == pytest.approx(np.quantile(x, 0.3))


def test_modes_are_counted_where_they_are() -> None:
    found = kernel_density({"x": [0.0, 0.1, 0.2, 5.0, 5.1, 9.9, 10.0]}, "x", bandwidth=0.4)
    assert found.summary["modes"][0] == 3
    np.testing.assert_allclose(found.modes["x"], [0.1, 5.05, 9.95], atol=0.05)
    assert modes_of(np.array([0.0, 1, 1, 0, 2, 0, 0.001, 0]), False, False).tolist() == [1, 4]
    assert modes_of(np.array([3.0, 1, 2]), True, True).tolist() == [0, 2]
    assert modes_of(np.array([3.0, 1, 2]), False, False).tolist() == []


def test_a_bandwidth_given_smooths_also_a_single_value() -> None:
    found = kernel_density({"x": [2.0]}, "x", bandwidth=1.0)
    assert found.summary.select("n", "sd", "modes").rows() == [(1, None, 1)]
    assert integral(found) == pytest.approx(1, abs=1e-6)


def test_small_samples_and_short_grids_are_remarked() -> None:
    found = kernel_density({"x": [1.0, 2.0, 3.0]}, "x", points=[1.0, 2.0, 3.0])
    said = {n.code: str(n) for n in found.notes}
    assert "as few as 3 values" in said["density_few"]
    assert f"integrates to {found.summary['integral'][0]:.3f}" in said["density_integral"]
    assert kernel_density(sample(), "x").notes == ()


@pytest.mark.parametrize(
    ("data", "options", "kind", "says"),
    [
        ({"x": [1.0, None]}, {}, MethodError, "Row 2 has no value of “x”"),
        ({"x": [1.0, "two"]}, {}, DataError, "two"),
        ({"x": [1.0, 1.0]}, {}, MethodError, "indicator x: All 2 values are equal"),
        ({"x": [1, 2, 3, 3], "y": [1, 1, 2, 2]}, {"by": "y"}, MethodError, "year 2: All 2 values are equal"),
        ({"x": [1.0, 2.0], "w": [1.0, -1.0]}, {"weight": "w"}, MethodError, "The weight -1 is below zero"),
        ({"x": [1.0, 2.0], "w": [0.0, 0.0]}, {"weight": "w"}, MethodError, "All weights are 0"),
        ({"x": [0.5, -0.1]}, {"lower": 0}, MethodError, "row 2, indicator x: The value -0.1 lies beyond the end 0"),
        ({"x": [0.5, 1.1]}, {"upper": 1}, MethodError, "The value 1.1 lies beyond the end 1"),
        ({"x": [0.5, 0.7]}, {"lower": 1, "upper": 0}, SpecError, "a number below upper (0)"),
        ({"x": [0.5, 0.7]}, {"bandwidth": 0}, SpecError, "a number above zero, or silverman"),
        ({"x": [0.5, 0.7]}, {"bandwidth": "silvermann"}, SpecError, "silverman"),
        ({"x": [0.5, 0.7]}, {"kernel": "box"}, SpecError, "epanechnikov"),
        ({"x": [0.5, 0.7]}, {"points": 3}, SpecError, "a whole number, 50 or more"),
        ({"x": [0.5, 0.7]}, {"points": [2, 1]}, SpecError, "numbers that rise"),
        ({"x": [0.5, 0.7]}, {"points": [-1, 1], "lower": 0}, SpecError, "numbers that rise"),
        ({"x": [1.0, 2.0], "density": [1, 2]}, {"by": "density"}, SpecError, "a column with another name"),
        ({"x": [0.0] * 50 + [1.0] * 50}, {"bandwidth": "isj"}, MethodError, "bandwidth of 100 values does not exist"),
        ({}, {}, DataError, "x"),
    ],
)
def test_what_has_no_density_is_refused(
    data: dict[str, Any], options: dict[str, Any], kind: type[NqpfError], says: str
) -> None:
    with pytest.raises(kind) as caught:
        kernel_density(data, "x", **options)
    assert says in str(caught.value)
