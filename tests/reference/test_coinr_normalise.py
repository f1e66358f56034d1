"""Normalisation of the ASEM indicators against COINr 1.1.14 (R1: min-max to 1…100, missing kept), to 1e-10."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.index import normalise

pytestmark = pytest.mark.reference

# COINr prints 15 significant digits of scores up to 100: 1e-10 is five orders above what printing loses.
TOLERANCE = 1e-10


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


def _table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values=["NA"], infer_schema_length=None)


def _meta(folder: Path) -> tuple[list[str], dict[str, str]]:
    meta = _table(folder / "asem_input_meta.csv").filter(pl.col("Type") == "Indicator")
    directions = {row["iCode"]: "benefit" if row["Direction"] == 1 else "cost" for row in meta.to_dicts()}
    return meta["iCode"].to_list(), directions


def _scores(folder: Path, **options: Any) -> np.ndarray:
    columns, directions = _meta(folder)
    data = _table(folder / "asem_input_data.csv")
    frame = normalise(data, columns, direction=directions, unit="uCode", **options).frame.sort("uCode")
    return frame.select(columns).to_numpy().astype(float)


@pytest.fixture(scope="module")
def expected(folder: Path) -> np.ndarray:
    columns, _ = _meta(folder)
    frame = _table(folder / "R1_minmax1_100_normalised.csv").sort("uCode")
    return frame.select(pl.col(columns).cast(pl.Float64)).to_numpy()


def test_minmax_of_every_indicator(folder: Path, expected: np.ndarray) -> None:
    np.testing.assert_allclose(_scores(folder, range=(1, 100)), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("turn", [0.01, 1.0])
def test_what_follows_from_minmax(folder: Path, expected: np.ndarray, turn: float) -> None:
    """Distance to the maximum is min-max to 0…1; frozen limits at COINr's minima and maxima give its scores."""
    share = (expected - 1) / 99
    np.testing.assert_allclose(_scores(folder, method="distance_to_max"), share, rtol=0, atol=TOLERANCE)
    columns, _ = _meta(folder)
    data = _table(folder / "asem_input_data.csv")
    limits = {c: (data[c].min(), data[c].max()) for c in columns}
    frozen = _scores(folder, scope="frozen", limits=limits, range=(0, turn))
    np.testing.assert_allclose(frozen, turn * share, rtol=0, atol=TOLERANCE)
    posts = _scores(folder, method="goalposts", limits=limits, range=(0, turn))
    np.testing.assert_allclose(posts, turn * share, rtol=0, atol=TOLERANCE)


def test_ranks_order_as_the_scores_do(folder: Path, expected: np.ndarray) -> None:
    ranks = _scores(folder, method="rank")
    np.testing.assert_array_equal(np.isnan(ranks), np.isnan(expected))
    below = (expected[None] < expected[:, None] - 1e-9).sum(axis=1)
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(ranks[known], 1 + below[known])
    np.testing.assert_array_equal(_scores(folder, method="borda")[known], below[known])
    shares = below / (known.sum(axis=0) - 1)
    np.testing.assert_allclose(_scores(folder, method="percentile_rank")[known], shares[known], rtol=0, atol=TOLERANCE)


def test_targets_of_the_meta_table(folder: Path, expected: np.ndarray) -> None:
    """Distance to the target, from COINr's min-max scores of value and target."""
    meta = _table(folder / "asem_input_meta.csv").filter(pl.col("Type") == "Indicator")
    goals = dict(zip(meta["iCode"], meta["Target"], strict=True))
    data, (columns, directions) = _table(folder / "asem_input_data.csv"), _meta(folder)
    low, high = (np.array([getattr(data[c], end)() for c in columns], dtype=float) for end in ("min", "max"))
    goal = np.array([goals[c] for c in columns])
    cost = np.array([directions[c] == "cost" for c in columns])
    at = np.where(cost, high - goal, goal - low) / (high - low)
    capped = _scores(folder, method="distance_to_target", goals=goals, outside="clip")
    np.testing.assert_allclose(capped, np.minimum((expected - 1) / 99 / at, 1), rtol=0, atol=TOLERANCE)
