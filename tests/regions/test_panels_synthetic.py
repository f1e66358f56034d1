"""Synthetic difference-in-differences: weights are the best there are, blocks by hand, inference, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.numerics.synthetic import Ridges, block, simplex_weights
from nqpf.regions.panels.synthetic_did import synthetic_did
from nqpf.regions.threeline import three_line

KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}


def panel(first: list[int], years: int = 12, seed: int = 0, effect: float = 2.0) -> pl.DataFrame:
    """Return units with two common factors that adopt in position `first` of the years (0 never)."""
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(len(first) * years), years)
    factors, loads = rng.normal(size=(years, 2)).cumsum(axis=0), rng.normal(size=(len(first), 2))
    start = np.array(first)[n]
    on = (start > 0) & (t >= start)
    y = n + (factors[t] * loads[n]).sum(axis=1) + effect * on + 0.1 * rng.normal(size=n.size)
    return pl.DataFrame({"unit": [f"p{k:02d}" for k in n], "year": 2000 + t, "d": on.astype(int), "y": y})


def one(found: Any, column: str = "estimate") -> float:
    return float(found.coefficients[column][0])


@settings(max_examples=min(40, settings().max_examples), deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1e-6, 1.0, 100.0]), st.sampled_from([(6, 4), (5, 12)]))
def test_weights_are_the_best_on_the_simplex(seed: int, ridge: float, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=shape) * 10, rng.normal(size=shape[0]) * 10
    w = simplex_weights(a, b, ridge)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1)
    plain, target = a - a.mean(axis=0), b - b.mean()
    slope = plain.T @ (plain @ w - target) + ridge * w
    # nothing is gained by moving weight to any other place
    assert slope.min() >= (slope @ w) - 1e-6 * max(1.0, np.abs(slope).max())


def test_a_control_that_is_the_treated_gets_all_weight() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(20, 5))
    assert simplex_weights(a, a[:, 2] + 7, 0.0).tolist() == pytest.approx([0, 0, 1, 0, 0], abs=1e-9)
    assert simplex_weights(a, a.mean(axis=1), 1e9).tolist() == pytest.approx([0.2] * 5, abs=1e-6)


def test_a_block_by_hand() -> None:
    rng = np.random.default_rng(1)
    controls, treated = rng.normal(size=(4, 6)), rng.normal(size=(2, 6))
    units, years = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.5, 0.25, 0.25, 0.0])
    found = block(controls, treated, 4, Ridges(1.0, 1.0), units, years)
    weights = np.concatenate([-units, [0.5, 0.5]])
    over = np.concatenate([-years, [0.5, 0.5]])
    assert found.effect == pytest.approx(weights @ np.vstack([controls, treated]) @ over)
    ridges = Ridges.of(controls, 4, 2)
    noise = np.diff(controls[:, :4], axis=1).std(ddof=1)
    assert ridges.units == pytest.approx((2 * 2) ** 0.5 * noise**2)
    assert ridges.years == pytest.approx((1e-6 * noise) ** 2)


def test_an_effect_behind_common_factors_is_found() -> None:
    found = synthetic_did(panel([8] * 4 + [0] * 26), "y", "d", **KEYS)
    assert one(found) == pytest.approx(2, abs=0.3)
    assert one(found, "se") < 0.7
    assert one(found, "low") < 2 < one(found, "high")
    assert one(found, "p") < 0.01
    for frame in (found.unit_weights, found.year_weights):
        assert frame["weight"].sum() == pytest.approx(1)
    assert found.unit_weights["unit"].to_list() == [f"p{k:02d}" for k in range(4, 30)]
    assert found.year_weights["year"].to_list() == list(range(2000, 2008))
    gap = found.paths.filter(pl.col("year") >= 2008)["gap"].mean()
    assert gap == pytest.approx(one(found))  # the paths stand at one level in the weighted years before


def test_cohorts_are_averaged_by_treated_cells() -> None:
    found = synthetic_did(panel([6] * 2 + [9] * 5 + [0] * 20), "y", "d", **KEYS, inference="none")
    assert found.cohorts["share"].to_list() == pytest.approx([12 / 27, 15 / 27])
    assert one(found) == pytest.approx((found.cohorts["estimate"] * found.cohorts["share"]).sum())
    assert found.coefficients["se"][0] is None
    alone = panel([6] * 2 + [9] * 5 + [0] * 20).filter(~pl.col("unit").is_in([f"p{k:02d}" for k in range(2, 7)]))
    early = synthetic_did(alone, "y", "d", **KEYS, inference="none")
    assert found.cohorts["estimate"][0] == pytest.approx(one(early), abs=1e-10)


def test_the_jackknife_leaves_a_unit_out_at_a_time() -> None:
    table = panel([6] * 3 + [0] * 9)
    found = synthetic_did(table, "y", "d", **KEYS, inference="jackknife")
    y = table["y"].to_numpy().reshape(12, 12)
    weights, years = found.unit_weights["weight"].to_numpy(), found.year_weights["weight"].to_numpy()
    over = np.concatenate([-years, np.full(6, 1 / 6)])
    left = []
    for k in range(12):
        own = np.where(np.arange(12) == k, 0.0, np.concatenate([np.full(3, 1.0), weights]))
        own = np.concatenate([own[:3] / own[:3].sum(), -own[3:] / own[3:].sum()])
        left.append(own @ y @ over)
    assert one(found, "se") == pytest.approx(np.sqrt(11 / 12 * ((left - np.mean(left)) ** 2).sum()), rel=1e-9)


@pytest.mark.parametrize("inference", ["placebo", "jackknife", "bootstrap"])
def test_errors_are_alike_and_do_not_hang_on_the_order_of_rows(inference: Any) -> None:
    table = panel([8] * 6 + [0] * 24)
    found = synthetic_did(table, "y", "d", **KEYS, inference=inference, draws=60)
    again = synthetic_did(table.reverse(), "y", "d", **KEYS, inference=inference, draws=60)
    assert found.coefficients.equals(again.coefficients)
    assert 0.01 < one(found, "se") < 0.6


def test_units_of_measurement_only_rescale() -> None:
    table = panel([8] * 3 + [0] * 15)
    found = synthetic_did(table, "y", "d", **KEYS, draws=20)
    scaled = synthetic_did(table.with_columns(pl.col("y") * 1000 + 5), "y", "d", **KEYS, draws=20)
    assert one(scaled) == pytest.approx(1000 * one(found), rel=1e-6)
    assert one(scaled, "se") == pytest.approx(1000 * one(found, "se"), rel=1e-5)


def test_what_is_not_right_is_refused() -> None:
    table = panel([8] * 2 + [0] * 6)
    with pytest.raises(DataError, match="not balanced and lacks 1 rows"):
        synthetic_did(table.head(table.height - 1), "y", "d", **KEYS)
    with pytest.raises(MethodError, match="2 controls and 3 treated"):
        synthetic_did(panel([8] * 3 + [0] * 2), "y", "d", **KEYS)
    with pytest.raises(MethodError, match="jackknife needs two treated units"):
        synthetic_did(panel([8] + [0] * 6), "y", "d", **KEYS, inference="jackknife")
    with pytest.raises(MethodError, match="no bootstrap"):
        synthetic_did(panel([8] + [0] * 6), "y", "d", **KEYS, inference="bootstrap")
    with pytest.raises(MethodError, match="1 years before adoption"):
        synthetic_did(panel([1] + [0] * 6), "y", "d", **KEYS)
    with pytest.raises(MethodError, match="nothing is left to compare"):
        synthetic_did(panel([8] * 4), "y", "d", **KEYS)
    flat = table.with_columns(y=pl.col("year").cast(pl.Float64))
    with pytest.raises(MethodError, match="all controls change alike"):
        synthetic_did(flat, "y", "d", **KEYS)
    with pytest.raises(SpecError, match="2 or more"):
        synthetic_did(table, "y", "d", **KEYS, draws=1)


def test_notes_and_tables_side_by_side() -> None:
    more = panel([1], seed=3).with_columns(unit=pl.lit("always"), d=pl.lit(1, pl.Int64))
    table = pl.concat([panel([8] * 2 + [0] * 6), more])
    found = synthetic_did(table, "y", "d", **KEYS, inference="bootstrap", draws=50)
    codes = {n.code for n in found.notes}
    assert {"panels_always", "panels_few_treated", "panels_did_design", "panels_drawn_again"} <= codes
    shown = three_line({"(1)": found}).frame
    assert shown.filter(pl.col("name") == "treated_units")["(1)"].to_list() == ["2"]
    assert not shown.filter(pl.col("name") == "att")["(1)"].is_null().any()
