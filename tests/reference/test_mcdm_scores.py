"""VIKOR beside pymcdm 1.4, and the other methods beside what its scores say, on COINr's pillars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from nqpf.index import entropy_weights
from nqpf.index.aggregate import copeland, grey, promethee, rsr, vikor

pytestmark = pytest.mark.reference

PILLARS = ["ConEcFin", "Instit", "P2P", "Physical", "Political", "Environ", "Social", "SusEcFin"]


@pytest.fixture(scope="module")
def pillars(shared: Path) -> pl.DataFrame:
    """Return 51 countries × 8 pillars of R1, scores from 1 to 100."""
    file = shared / "ref" / "index" / "R1_amean_aggregated.csv"
    frame = pl.read_csv(file, null_values=["NA"], infer_schema_length=None)
    return frame.select("uCode", pl.col(PILLARS).cast(pl.Float64)).sort("uCode")


@pytest.fixture(scope="module")
def theirs(shared: Path, pillars: pl.DataFrame) -> pl.DataFrame:
    frame = pl.read_csv(shared / "ref" / "index" / "M1_scores_on_R1_pillars.csv").sort("uCode")
    assert frame["uCode"].to_list() == pillars["uCode"].to_list()
    return frame


@pytest.fixture(scope="module")
def weights(pillars: pl.DataFrame) -> dict[str, float]:
    frame = entropy_weights(pillars, PILLARS).frame
    return dict(zip(frame["indicator"], frame["weight"], strict=True))


def test_vikor(pillars: pl.DataFrame, theirs: pl.DataFrame, weights: dict[str, float]) -> None:
    ours = vikor(pillars, PILLARS, weights=weights).frame
    np.testing.assert_allclose(ours["Q"], theirs["vikor_pymcdm"], rtol=0, atol=1e-13)  # less is better there
    np.testing.assert_allclose(ours["score"], 1 - theirs["vikor_pymcdm"].to_numpy(), rtol=0, atol=1e-13)


def test_every_score_rises_with_what_is_better(
    pillars: pl.DataFrame, theirs: pl.DataFrame, weights: dict[str, float]
) -> None:
    """Each method ranks in the direction of the others, whichever way round its formula is."""
    for found in (
        vikor(pillars, PILLARS, weights=weights),
        grey(pillars, PILLARS, weights=weights),
        copeland(pillars, PILLARS, weights=weights),
        promethee(pillars, PILLARS, weights=weights),
        rsr(pillars, PILLARS, weights=weights),
    ):
        for column in ("wsm_entropy", "topsis_entropy_pymcdm_minmax", "edas_pymcdm", "mabac_pymcdm", "waspas_pymcdm"):
            assert spearmanr(found.frame["score"], theirs[column]).statistic > 0.8, (found.method.id, column)
