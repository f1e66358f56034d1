"""Known values masked and filled again: the core panel of 30 provinces, 2012–2022, a twentieth taken out at random.

The bounds are the errors measured with this seed, in logarithms, rounded up: a rule that gets worse is noticed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Panel, Status, fill
from nqpf.data.missing import Filled
from nqpf.data.places import bloc_of

pytestmark = pytest.mark.reference

EDGES: dict[str, Any] = {"edges": "nearest"}
FAR: dict[str, Any] = {"max_extrapolation": 9}


@pytest.fixture(scope="module")
def full(shared: Path) -> Panel:
    frame = pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv")
    series = [c for c in frame.columns if c not in ("region", "adcode", "year", "hitech_revenue", "hitech_firms")]
    long = frame.select(pl.col("adcode").cast(pl.String).alias("unit"), pl.col("year").alias("period"), *series)
    return Panel.from_tidy(long.unpivot(index=["unit", "period"], variable_name="indicator"))


@pytest.fixture(scope="module")
def masked(full: Panel) -> Panel:
    holes = np.random.default_rng(20240131).random(full.values.shape) < 0.05
    values = np.where(holes, np.nan, full.values)
    return replace(full, values=values, status=np.where(holes, Status.MISSING, full.status).astype(np.int8))


def errors(full: Panel, masked: Panel, done: Filled) -> np.ndarray:
    """Return errors in logarithms of the cells that were masked and filled."""
    holes = np.isnan(masked.values) & ~np.isnan(done.panel.values)
    return np.asarray(np.log(done.panel.values[holes]) - np.log(full.values[holes]))


@pytest.mark.parametrize(
    ("rule", "options", "rmse", "median"),
    [
        ("linear", EDGES, 0.150, 0.041),
        ("loglinear", EDGES, 0.144, 0.042),
        ("natural_spline", EDGES, 0.163, 0.046),
        ("monotone_spline", EDGES, 0.147, 0.045),
        ("last", EDGES | FAR, 0.213, 0.086),
        ("next", EDGES | FAR, 0.206, 0.091),
        ("growth", FAR, 0.141, 0.037),
        ("group_trend", FAR | {"beyond": "keep"}, 0.139, 0.028),
        ("em", {}, 0.171, 0.037),
        ("em", {"effects": "unit"}, 0.202, 0.052),
    ],
)
def test_masked_values_are_recovered(
    full: Panel, masked: Panel, rule: Any, options: dict[str, Any], rmse: float, median: float
) -> None:
    groups = {u: g for u, g in zip(full.units, bloc_of(full.units, "bloc4"), strict=True) if g}
    done = fill(masked, rule, max_gap=9, groups=groups, **options)
    found = errors(full, masked, done)
    assert found.size >= np.isnan(masked.values).sum() - 3
    assert np.sqrt(np.mean(found**2)) < rmse
    assert np.median(np.abs(found)) < median


@pytest.mark.slow
def test_intervals_of_multiple_imputation_cover_what_was_masked(full: Panel, masked: Panel) -> None:
    """Real series have heavier tails than the normal: nine tenths cover a little less."""
    drawn = fill(masked, "em", draws=40, seed=1).draws
    assert drawn is not None
    truth = full.values.reshape(-1)[drawn.cells]
    low, high = np.quantile(drawn.values, (0.05, 0.95), axis=0)
    assert 0.80 < np.mean((low <= truth) & (truth <= high)) < 0.93


def test_regression_recovers_a_series_from_two_others(full: Panel, masked: Panel) -> None:
    only = full.index("va_secondary_yumanlou")
    values = full.values.copy()
    values[:, :, only] = masked.values[:, :, only]
    panel = replace(masked, values=values, status=np.where(np.isnan(values), Status.MISSING, 0).astype(np.int8))
    using = {"va_secondary_yumanlou": ["gdp_yumanlou", "energy_consumption"]}
    done = fill(panel, series={"va_secondary_yumanlou": "regression"}, using=using)
    found = errors(full, panel, done)
    assert found.size == np.isnan(values).sum() > 10
    assert np.sqrt(np.mean(found**2)) < 0.05
