"""Weights beside pymcdm 1.4 and scikit-criteria 0.10 on COINr's pillars, as files and, where installed, beside us.

The tables print 16 significant digits; weights lie between 0 and 1 and come from a few hundred operations.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.index.weights import (
    critic_weights,
    cv_weights,
    entropy_weights,
    gini_weights,
    merec_weights,
    pca_weights,
    sd_weights,
)

pytestmark = [pytest.mark.reference, pytest.mark.slow]

TOLERANCE = 1e-14
PILLARS = ["ConEcFin", "Instit", "P2P", "Physical", "Political", "Environ", "Social", "SusEcFin"]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


@pytest.fixture(scope="module")
def pillars(folder: Path) -> pl.DataFrame:
    """Return 51 countries × 8 pillars of R1, scores from 1 to 100."""
    frame = pl.read_csv(folder / "R1_amean_aggregated.csv", null_values=["NA"], infer_schema_length=None)
    return frame.select("uCode", pl.col(PILLARS).cast(pl.Float64)).sort("uCode")


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("column", "function"),
    [
        ("w_entropy_numpy", entropy_weights),
        ("w_entropy_pymcdm", entropy_weights),
        ("w_entropy_skc", entropy_weights),
        ("w_critic_pymcdm_ddof1", critic_weights),  # their ddof cancels out
        ("w_critic_skc_ddof0", critic_weights),
        ("w_std_pymcdm", sd_weights),  # of the scores as they are, as Gini, MEREC and cv
        ("w_gini_pymcdm", gini_weights),
        ("w_merec_pymcdm", merec_weights),
        ("w_cv_numpy", cv_weights),
    ],
)
def test_weights_of_other_programs(
    folder: Path, pillars: pl.DataFrame, column: str, function: Callable[..., Any]
) -> None:
    theirs = pl.read_csv(folder / "M1_weights_on_R1_pillars.csv").rename({"pillar": "indicator"})
    both = function(pillars, PILLARS).frame.join(theirs, on="indicator", suffix="_theirs", validate="1:1")
    assert both.height == 8
    close(both["weight"], both[column])


def test_critic_with_costs(folder: Path, pillars: pl.DataFrame) -> None:
    """Two pillars turned into costs: scikit-criteria is right, pymcdm ignores directions."""
    theirs = pl.read_csv(folder / "M3_critic_cost_direction.csv").rename({"pillar": "indicator"})
    costs = theirs.filter(pl.col("direction") < 0)["indicator"].to_list()
    assert costs == ["Physical", "Political"]
    turned = critic_weights(pillars.with_columns(-pl.col(costs)), PILLARS).frame.join(theirs, on="indicator")
    close(turned["weight"], turned["skc"])
    close(turned["weight"], turned["numpy_directed"])
    plain = critic_weights(pillars, PILLARS).frame.join(theirs, on="indicator")
    close(plain["weight"], plain["pymcdm"])


def test_entropy_against_the_shift(folder: Path, pillars: pl.DataFrame) -> None:
    for row in pl.read_csv(folder / "M2_entropy_weights_vs_shift.csv").iter_rows(named=True):
        ours = entropy_weights(pillars, PILLARS, shift=row["shift"], basis="unit").frame
        np.testing.assert_allclose(ours["weight"], [row[p] for p in ours["indicator"]], rtol=0, atol=1e-13)


def test_beside_the_programs_themselves() -> None:
    ours_and_theirs = pytest.importorskip("skcriteria.preprocessing.weighters")
    rng = np.random.default_rng(17)
    x = np.exp(rng.normal(size=(60, 6)) + rng.normal(size=(60, 1)))
    table, columns = pl.DataFrame(x, schema=list("abcdef")), list("abcdef")
    benefit = np.ones(6, dtype=int)
    close(critic_weights(table, columns).frame["weight"], ours_and_theirs.critic_weights(x, benefit))
    ranks = ours_and_theirs.critic_weights(x, benefit, correlation="spearman")
    close(critic_weights(table, columns, correlation="spearman").frame["weight"], ranks)
    raw = ours_and_theirs.critic_weights(x, benefit, scale=False)
    close(critic_weights(table, columns, basis="scores").frame["weight"], raw)
    close(gini_weights(table, columns).frame["weight"], ours_and_theirs.gini_weights(x))
    close(merec_weights(table, columns).frame["weight"], ours_and_theirs.merec_weights(x, benefit))
    close(sd_weights(table, columns).frame["weight"], ours_and_theirs.std_weights(x))
    zeros = np.where(x < 0.5, 0.0, x)
    theirs = ours_and_theirs.entropy_weights(zeros)
    close(entropy_weights(pl.DataFrame(zeros, schema=columns), columns).frame["weight"], theirs)


def turn_in_pairs(loadings: Any) -> Any:
    """Return loadings rotated as Kaiser (1958) did it by hand: two components at a time, by the angle that is best."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows, n = loadings / length, len(loadings)
    for _ in range(200):
        for f in range(rows.shape[1]):
            for g in range(f + 1, rows.shape[1]):
                x, y = rows[:, f].copy(), rows[:, g].copy()
                u, v = x**2 - y**2, 2 * x * y
                up = 2 * (u * v).sum() - 2 * u.sum() * v.sum() / n
                along = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / n
                angle = np.arctan2(up, along) / 4
                rows[:, f], rows[:, g] = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return rows * length


def test_principal_components_computed_another_way(pillars: pl.DataFrame) -> None:
    x = pillars.select(PILLARS).to_numpy()
    _, sizes, right = np.linalg.svd((x - x.mean(axis=0)) / x.std(axis=0), full_matrices=False)
    eigenvalues = sizes**2 / len(x)
    kept = eigenvalues >= 1
    assert kept.sum() == 3
    loadings = (right.T * np.sqrt(eigenvalues))[:, kept]
    for rotation, turned in (("none", loadings), ("varimax", turn_in_pairs(loadings))):
        squared = turned**2
        shares = squared / squared.sum(axis=0) * (squared.sum(axis=0) / squared.sum())
        heaviest = shares[np.arange(8), squared.argmax(axis=1)]
        ours = pca_weights(pillars, PILLARS, rotation=rotation).frame  # type: ignore[arg-type]
        np.testing.assert_allclose(ours["weight"], heaviest / heaviest.sum(), rtol=0, atol=1e-12)
    communality = (loadings**2).sum(axis=1)
    everything = pca_weights(pillars, PILLARS, loadings="all").frame["weight"]
    close(everything, communality / communality.sum())
