"""Markov chains beside giddy 2.3: 48 US states, incomes relative to the mean, 1929–2009.

Probabilities are shares of whole counts: both programs have the same counts, so only rounding in the file is left.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.regions.distribution.markov import markov
from nqpf.regions.distribution.spatial_markov import SpatialMarkovChain, spatial_markov
from nqpf.regions.space.weights import Weights

pytestmark = pytest.mark.reference

SHOWN = 1e-13
"""The file has 15 digits."""


@pytest.fixture(scope="module")
def incomes(shared: Path) -> pl.DataFrame:
    wide = pl.read_csv(shared / "ref" / "regions" / "usincome_relative_48x81.csv").with_row_index("state")
    long = wide.unpivot(index="state", variable_name="year", value_name="income")
    return long.with_columns(pl.col("state").cast(pl.String), pl.col("year").cast(pl.Int64))


@pytest.fixture(scope="module")
def expected(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "regions" / "usincome_markov_expected.csv")


@pytest.fixture(scope="module")
def spatial(shared: Path, incomes: pl.DataFrame) -> SpatialMarkovChain:
    matrix = pl.read_csv(shared / "ref" / "regions" / "us48_W.csv").to_numpy()
    weights = Weights.of([str(i) for i in range(48)], matrix)
    return spatial_markov(incomes, "income", unit="state", time="year", weights=weights, classes=5)


def of(expected: pl.DataFrame, name: str) -> np.ndarray:
    part = expected.filter(pl.col("matrix") == name).sort("frm")
    return part.select("0", "1", "2", "3", "4").to_numpy()


def test_yearly_quintiles(incomes: pl.DataFrame, expected: pl.DataFrame) -> None:
    found = markov(incomes, "income", unit="state", time="year", classes=5, cuts="yearly")
    theirs = of(expected, "markov_yearly_quintile")
    counts = found.transitions["count"].to_numpy().reshape(5, 5)
    np.testing.assert_array_equal(counts, np.rint(theirs * counts.sum(axis=1, keepdims=True)))
    np.testing.assert_allclose(found.transitions["probability"].to_numpy().reshape(5, 5), theirs, atol=SHOWN)
    assert counts.sum() == 48 * 80
    assert found.status == "irreducible"


def test_pooled_quintiles(incomes: pl.DataFrame, expected: pl.DataFrame, spatial: SpatialMarkovChain) -> None:
    theirs = of(expected, "spatial_fixed_global")
    alone = markov(incomes, "income", unit="state", time="year", classes=5)
    for frame in (alone.transitions, spatial.pooled):
        np.testing.assert_allclose(frame["probability"].to_numpy().reshape(5, 5), theirs, atol=SHOWN)


@pytest.mark.parametrize("lag", range(5))
def test_chains_by_class_of_the_neighbours(expected: pl.DataFrame, spatial: SpatialMarkovChain, lag: int) -> None:
    ours = spatial.transitions.filter(pl.col("lag_class") == lag + 1)["probability"].to_numpy().reshape(5, 5)
    np.testing.assert_allclose(ours, of(expected, f"spatial_fixed_lag{lag}"), atol=SHOWN)


def test_homogeneity(spatial: SpatialMarkovChain) -> None:
    """The statistics that giddy prints; it gives p of LR by 1 − cdf, which loses digits beyond the twelfth."""
    overall = spatial.tests.filter(pl.col("lag_class").is_null())
    assert overall["statistic"].to_list() == pytest.approx([200.6237, 170.6588], abs=5e-5)
    assert overall["df"].to_list() == [60, 60]
    assert overall["p"][1] == pytest.approx(1.49e-12, rel=5e-3)
