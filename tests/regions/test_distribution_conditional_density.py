"""Conditional densities: every row a density, a long run that the moves keep, neighbours, and what is not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.numerics.density import conditional, likelihood_bandwidths
from nqpf.regions.distribution.conditional_density import ConditionalDensity, conditional_density
from nqpf.regions.space.weights import Weights


def table(values: Any) -> pl.DataFrame:
    x = np.asarray(values, dtype=float)
    n, t = x.shape
    frame = pl.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(n)], t),
            "year": np.tile(np.arange(2010, 2010 + t), n),
            "x": x.ravel(),
        }
    )
    return frame.with_columns(pl.col("x").fill_nan(None))


def estimate(values: Any, **options: Any) -> ConditionalDensity:
    return conditional_density(table(values), "x", unit="unit", time="year", **options)


def returning(n: int = 40, t: int = 12, keep: float = 0.7, seed: int = 1) -> np.ndarray:
    """Return paths that come back to 0: x_{t+1} = keep · x_t + noise, started from their long run."""
    rng = np.random.default_rng(seed)
    x = np.empty((n, t))
    x[:, 0] = rng.normal(0, 1 / np.sqrt(1 - keep**2), n)
    for year in range(1, t):
        x[:, year] = keep * x[:, year - 1] + rng.normal(size=n)
    return x


def ring(n: int) -> Weights:
    matrix = 0.5 * (np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1))
    return Weights.of([f"u{i}" for i in range(n)], matrix)


def grid_of(found: ConditionalDensity) -> tuple[np.ndarray, np.ndarray]:
    size = found.rows.height
    return found.frame["y"].to_numpy()[:size], found.frame["density"].to_numpy().reshape(size, size)


def test_every_row_is_a_density() -> None:
    found = estimate(returning())
    y, density = grid_of(found)
    np.testing.assert_allclose(np.trapezoid(density, y, axis=1), 1, atol=1e-12)
    assert (density >= 0).all()
    np.testing.assert_allclose(found.rows["integral"], 1, atol=1e-12)
    np.testing.assert_allclose(found.rows["mean"], np.trapezoid(density * y, y, axis=1), atol=1e-10)


def test_the_long_run_is_kept_by_the_moves() -> None:
    found = estimate(returning())
    y, density = grid_of(found)
    ergodic = found.ergodic["density"].to_numpy()
    assert found.status == "determined"
    assert np.trapezoid(ergodic, y) == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(np.trapezoid(density * ergodic[:, None], y, axis=0), ergodic, atol=1e-10)


def test_a_known_process_is_found_again() -> None:
    values = returning(300, 30)
    found = estimate(values, bandwidth="silverman", points=80)
    rows = found.rows.filter(pl.col("near") > 300)
    slope = np.polyfit(rows["x"], rows["mean"], 1)[0]
    assert slope == pytest.approx(0.7, abs=0.1)
    x, f = found.ergodic["x"].to_numpy(), found.ergodic["density"].to_numpy()
    assert np.sqrt(np.trapezoid(f * x**2, x)) == pytest.approx(1 / np.sqrt(1 - 0.49), rel=0.15)
    assert found.summary["half_life"][0] == pytest.approx(-np.log(2) / np.log(0.7), rel=0.35)


def test_the_estimator_by_hand() -> None:
    grid = np.linspace(-20, 20, 81)
    density, near = conditional(grid, grid, np.array([0.0, 1.0]), np.array([0.0, 2.0]), (1.0, 0.5))
    at = 40  # x = 0
    w = np.exp(-0.5)
    y = grid[44]  # y = 2
    bumps = [np.exp(-0.5 * ((y - c) / 0.5) ** 2) / (0.5 * np.sqrt(2 * np.pi)) for c in (0, 2)]
    assert density[at, 44] == pytest.approx((bumps[0] + w * bumps[1]) / (1 + w), rel=1e-12)
    assert near[at] == pytest.approx(1 + w)


def test_bandwidths() -> None:
    values = returning()
    x, y = values[:, :-1].ravel(), values[:, 1:].ravel()
    summary = estimate(values).summary
    for name, v in (("bandwidth_x", x), ("bandwidth_y", y)):
        scale = min(v.std(ddof=1), np.subtract(*np.quantile(v, [0.75, 0.25])) / 1.34)
        assert summary[name][0] == pytest.approx(scale * v.size ** (-1 / 6), rel=1e-10)
    assert estimate(values, bandwidth=0.4).summary.select("bandwidth_x", "bandwidth_y").row(0) == (0.4, 0.4)
    assert estimate(values, bandwidth=(0.4, 0.2)).summary.select("bandwidth_x", "bandwidth_y").row(0) == (0.4, 0.2)


def test_bandwidths_by_likelihood_beat_their_neighbours() -> None:
    values = returning(20, 8, keep=0.97)
    x, y = values[:, :-1].ravel(), values[:, 1:].ravel()

    def likelihood(h_x: float, h_y: float) -> float:
        total = 0.0
        for i in range(x.size):
            other = np.arange(x.size) != i
            w = np.exp(-0.5 * ((x[other] - x[i]) / h_x) ** 2)
            k = np.exp(-0.5 * ((y[other] - y[i]) / h_y) ** 2) / h_y
            total += np.log(w @ k / w.sum())
        return total

    h_x, h_y = likelihood_bandwidths(x, y, (1.0, 1.0))
    best = likelihood(h_x, h_y)
    for a, b in ((1.1, 1), (0.9, 1), (1, 1.1), (1, 0.9)):
        assert likelihood(a * h_x, b * h_y) < best
    found = estimate(values, bandwidth="likelihood")
    assert found.summary["n"][0] == 140
    assert found.summary["bandwidth_y"][0] < estimate(values).summary["bandwidth_y"][0]


def test_a_bandwidth_wider_than_the_moves_is_remarked() -> None:
    slow = returning(20, 8, keep=0.995) * 0.1
    note = next(n for n in estimate(slow).notes if n.code == "density_oversmoothed")
    assert note.values["bandwidth"] > note.values["step"]
    assert note.values["step"] == pytest.approx(np.diff(slow, axis=1).std())
    assert "density_oversmoothed" not in [n.code for n in estimate(slow, bandwidth="likelihood").notes]
    assert "density_oversmoothed" not in [n.code for n in estimate(returning()).notes]


def test_order_and_unit_of_measurement_do_not_matter() -> None:
    values = returning()
    one = estimate(values)
    shuffled = table(values * 1000).sample(fraction=1, shuffle=True, seed=3)
    other = conditional_density(shuffled, "x", unit="unit", time="year")
    np.testing.assert_allclose(1000 * other.frame["density"], one.frame["density"], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(1000 * other.ergodic["density"], one.ergodic["density"], rtol=1e-7, atol=1e-10)


def test_a_common_trend_is_remarked_and_taken_away_by_the_mean() -> None:
    rng = np.random.default_rng(4)
    values = np.exp(rng.normal(0, 0.1, (20, 1)) + rng.normal(0, 0.05, (20, 12)) + 0.2 * np.arange(12))
    assert "distribution_trend" in [n.code for n in estimate(values).notes]
    relative = estimate(values, relative=True)
    assert "distribution_trend" not in [n.code for n in relative.notes]
    same = estimate(values / values.mean(axis=0))
    np.testing.assert_allclose(relative.frame["density"], same.frame["density"], rtol=1e-9)


def test_what_was_never_observed_is_empty() -> None:
    rng = np.random.default_rng(5)
    two = np.concatenate([rng.normal(0, 0.1, (10, 12)), rng.normal(10, 0.1, (10, 12))])
    found = estimate(two, bandwidth=0.1)
    unknown = found.rows.filter(pl.col("integral").is_null())
    assert unknown["x"].is_between(0.3, 9.7).all()
    assert found.summary["undetermined"][0] == unknown.height > 50
    assert found.status == "separate"
    assert found.ergodic["density"].null_count() == 100
    said = {n.code for n in found.notes}
    assert {"density_undetermined", "density_separate"} <= said


def test_moves_into_the_unknown_have_no_long_run() -> None:
    up = np.arange(20) / 100
    found = estimate(np.column_stack([up, up + 5]), bandwidth=0.2)
    assert found.status == "leaks"
    assert "Moves lead to where nothing was observed" in " ".join(str(n) for n in found.notes)


def test_neighbours_are_conditioned_on() -> None:
    values = returning(30, 10)
    found = estimate(values, weights=ring(30))
    lag = ring(30).lag(values[:, :-1].T)
    assert found.rows["x"].to_list()[::99] == pytest.approx([lag.min(), lag.max()])
    assert found.status == "conditioned"
    assert found.ergodic["density"].null_count() == 100
    together = estimate(values, weights=ring(30), horizon=0)
    assert together.summary["n"][0] == 300
    np.testing.assert_allclose(together.rows["integral"].drop_nulls(), 1, atol=1e-12)


def test_given_ends_hold_the_grid() -> None:
    values = np.random.default_rng(6).uniform(0.1, 0.9, (20, 8))
    found = estimate(values, lower=0, upper=1)
    assert found.ergodic["x"].to_list()[::99] == [0, 1]
    np.testing.assert_allclose(found.rows["integral"].drop_nulls(), 1, atol=1e-12)


def test_a_coarse_grid_is_remarked() -> None:
    found = estimate(returning(), bandwidth=(0.5, 0.01), points=30)
    assert "density_coarse" in [n.code for n in found.notes]


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"horizon": 0}, SpecError, "a whole number, 1 or more"),
        ({"horizon": 12}, MethodError, "no unit has values in two years 12 apart"),
        ({"bandwidth": -1}, SpecError, "one or two numbers above zero"),
        ({"bandwidth": (1, 2, 3)}, SpecError, "one or two numbers above zero"),
        ({"bandwidth": "silver"}, SpecError, "silverman"),
        ({"points": 5}, SpecError, "a whole number, 20 or more"),
        ({"lower": 0}, MethodError, "lies beyond the end 0"),
        ({"upper": 0}, MethodError, "lies beyond the end 0"),
        ({"relative": True}, MethodError, "cannot be divided by"),
    ],
)
def test_what_cannot_be_estimated_is_refused(options: dict[str, Any], kind: type[NqpfError], says: str) -> None:
    with pytest.raises(kind) as caught:
        estimate(returning() - 0.5, **options)
    assert says in str(caught.value)


def test_too_many_moves_for_likelihood_are_refused() -> None:
    with pytest.raises(SpecError, match="There are 2600 moves"):
        estimate(returning(200, 14), bandwidth="likelihood")
