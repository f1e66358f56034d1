"""Entropy weights, weighted sums and TOPSIS beside pymcdm 1.4, scikit-criteria 0.10 and NumPy, on COINr's pillars.

The tables print 16 significant digits. Weights and closeness lie between 0 and 1 and come from a few hundred operations
on numbers read with relative error 1e-15, so they agree to 1e-13; weighted sums of scores up to 100 to 1e-11.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.index import aggregate, entropy_weights, normalise, topsis

pytestmark = pytest.mark.reference

TOLERANCE = 1e-13
PILLARS = ["ConEcFin", "Instit", "P2P", "Physical", "Political", "Environ", "Social", "SusEcFin"]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


@pytest.fixture(scope="module")
def pillars(folder: Path) -> pl.DataFrame:
    """Return 51 countries × 8 pillars of R1, scores from 1 to 100."""
    frame = pl.read_csv(folder / "R1_amean_aggregated.csv", null_values=["NA"], infer_schema_length=None)
    return frame.select("uCode", pl.col(PILLARS).cast(pl.Float64)).sort("uCode")


@pytest.fixture(scope="module")
def weights(pillars: pl.DataFrame) -> dict[str, float]:
    frame = entropy_weights(pillars, PILLARS).frame
    return dict(zip(frame["indicator"], frame["weight"], strict=True))


@pytest.fixture(scope="module")
def expected(folder: Path, pillars: pl.DataFrame) -> pl.DataFrame:
    frame = pl.read_csv(folder / "M1_scores_on_R1_pillars.csv").sort("uCode")
    assert frame["uCode"].to_list() == pillars["uCode"].to_list()
    return frame


@pytest.mark.parametrize("program", ["w_entropy_numpy", "w_entropy_pymcdm", "w_entropy_skc"])
def test_entropy_weights(folder: Path, pillars: pl.DataFrame, program: str) -> None:
    theirs = pl.read_csv(folder / "M1_weights_on_R1_pillars.csv").rename({"pillar": "indicator"})
    both = entropy_weights(pillars, PILLARS).frame.join(theirs, on="indicator", suffix="_theirs", validate="1:1")
    assert both.height == 8
    np.testing.assert_allclose(both["weight"], both[program], rtol=0, atol=TOLERANCE)
    for column in ("entropy", "divergence"):
        np.testing.assert_allclose(both[column], both[f"{column}_theirs"], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("column", "scale"),
    [
        ("topsis_entropy_pymcdm_vector", lambda c: c / (c**2).sum().sqrt()),
        ("topsis_entropy_skc_vector", lambda c: c / (c**2).sum().sqrt()),
        ("topsis_entropy_pymcdm_sum", lambda c: c / c.sum()),
        ("topsis_entropy_pymcdm_minmax", lambda c: (c - c.min()) / (c.max() - c.min())),
    ],
)
def test_topsis_on_scores_scaled_their_way(
    pillars: pl.DataFrame, weights: dict[str, float], expected: pl.DataFrame, column: str, scale: object
) -> None:
    scaled = pillars.with_columns(scale(pl.col(PILLARS)))  # type: ignore[operator]
    ours = topsis(scaled, PILLARS, weights=weights).frame
    np.testing.assert_allclose(ours["score"], expected[column], rtol=0, atol=TOLERANCE)


def test_topsis_on_our_own_scores(pillars: pl.DataFrame, weights: dict[str, float], expected: pl.DataFrame) -> None:
    scored = normalise(pillars, PILLARS).frame
    for ideal in ("observed", "absolute"):  # the same thing on pooled min-max scores
        ours = topsis(scored, PILLARS, weights=weights, ideal=ideal).frame  # type: ignore[arg-type]
        np.testing.assert_allclose(ours["score"], expected["topsis_entropy_pymcdm_minmax"], rtol=0, atol=TOLERANCE)


def test_weighted_sum(pillars: pl.DataFrame, weights: dict[str, float], expected: pl.DataFrame) -> None:
    ours = aggregate(pillars, PILLARS, weights=weights).frame
    np.testing.assert_allclose(ours["score"], expected["wsm_entropy"], rtol=0, atol=1e-11)


def test_entropy_weights_against_the_shift(folder: Path, pillars: pl.DataFrame) -> None:
    theirs = pl.read_csv(folder / "M2_entropy_weights_vs_shift.csv")
    assert theirs["shift"].to_list() == [0.0, 0.0001, 0.001, 0.01, 0.1, 1.0]
    scored = normalise(pillars, PILLARS).frame
    for row in theirs.iter_rows(named=True):
        ours = entropy_weights(scored, PILLARS, shift=row["shift"]).frame
        np.testing.assert_allclose(ours["weight"], [row[p] for p in ours["indicator"]], rtol=0, atol=TOLERANCE)
