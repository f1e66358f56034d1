"""Benefit of the doubt, MPI, Wrocław and mean-min beside Compind 3.4, on COINr's pillars.

The tables print 15 significant digits. Programs stop within 1e-9 of the best; what is a formula agrees to 1e-11.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.index.aggregate import bod, mean_min, mpi, wroclaw

pytestmark = pytest.mark.reference

PILLARS = ["ConEcFin", "Instit", "P2P", "Physical", "Political", "Environ", "Social", "SusEcFin"]
WEIGHTS = [f"{name}_weight" for name in PILLARS]


@pytest.fixture(scope="module")
def pillars(shared: Path) -> pl.DataFrame:
    """Return 51 countries × 8 pillars of R1, scores from 1 to 100, in the order of the file."""
    file = shared / "ref" / "index" / "R1_amean_aggregated.csv"
    frame = pl.read_csv(file, null_values=["NA"], infer_schema_length=None)
    return frame.select("uCode", pl.col(PILLARS).cast(pl.Float64))


@pytest.fixture(scope="module")
def theirs(shared: Path, pillars: pl.DataFrame) -> pl.DataFrame:
    frame = pl.read_csv(shared / "ref" / "index" / "C1_compind_on_R1_pillars.csv")
    assert frame["uCode"].to_list() == pillars["uCode"].to_list()
    return frame


def near(got: object, expected: object, tolerance: float) -> None:
    np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=0, atol=tolerance)


@pytest.mark.parametrize(("column", "shares"), [("bod", None), ("bod_constr_05_40", (0.05, 0.4))])
def test_benefit_of_the_doubt(
    pillars: pl.DataFrame, theirs: pl.DataFrame, column: str, shares: tuple[float, float] | None
) -> None:
    ours = bod(pillars, PILLARS, shares=shares).frame
    near(ours["score"], theirs[column], 1e-8)
    u, s = ours.select(WEIGHTS).to_numpy(), pillars.select(PILLARS).to_numpy()
    assert (np.einsum("rk,jk->rj", u, s) <= 1 + 1e-12).all()
    if shares is not None:
        part = u * s / ours["score"].to_numpy()[:, None]
        assert part.min() >= shares[0] - 1e-9
        assert part.max() <= shares[1] + 1e-9


def test_weights_of_benefit_of_the_doubt_where_there_is_one_best_set(shared: Path, pillars: pl.DataFrame) -> None:
    """Below the frontier the best weights are those of one facet; on it there are many sets."""
    theirs = pl.read_csv(shared / "ref" / "index" / "C1_bod_weights.csv")
    assert theirs["uCode"].to_list() == pillars["uCode"].to_list()
    ours = bod(pillars, PILLARS).frame
    below = ours["score"].to_numpy() < 1 - 1e-9
    assert below.sum() > 25
    near(ours.select(WEIGHTS).to_numpy()[below], theirs.select(pl.exclude("uCode")).to_numpy()[below], 1e-8)
    w, s = theirs.select(pl.exclude("uCode")).to_numpy(), pillars.select(PILLARS).to_numpy()
    near((w * s).sum(axis=1), ours["score"], 1e-8)


@pytest.mark.parametrize("penalty", ["pos", "neg"])
def test_mazziotta_pareto(pillars: pl.DataFrame, theirs: pl.DataFrame, penalty: str) -> None:
    # Since version 3.2 Compind takes columns that have been normalised before, and variances by n − 1.
    ours = mpi(pillars, PILLARS, penalty=penalty, standardise="none", ddof=1).frame  # type: ignore[arg-type]
    near(ours["score"], theirs[f"mpi_{penalty}"], 1e-11)


def test_wroclaw(pillars: pl.DataFrame, theirs: pl.DataFrame) -> None:
    ours = wroclaw(pillars, PILLARS).frame
    near(ours["relative"], theirs["wroclaw"], 1e-13)  # less is better there
    near(ours["score"], 1 - theirs["wroclaw"], 1e-13)


def test_mean_min(pillars: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Compind deals the means and standard deviations of its columns out over its rows; the function is the same."""
    s = pillars.select(PILLARS).to_numpy()
    mean, sd = (np.resize(x, s.size).reshape(s.shape, order="F") for x in (s.mean(axis=0), s.std(axis=0, ddof=1)))
    dealt = pl.DataFrame(100 + 10 * (s - mean) / sd, schema=PILLARS)
    ours = mean_min(dealt, PILLARS, alpha=0.5, beta=1, standardise="none").frame
    near(ours["score"], theirs["mean_min_a5_b1"], 1e-11)
    right = mean_min(pillars, PILLARS, alpha=0.5, beta=1, ddof=1).frame["score"]
    assert np.abs(np.asarray(right) - np.asarray(theirs["mean_min_a5_b1"])).max() > 1
