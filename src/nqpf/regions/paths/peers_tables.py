"""The tables of peers: who they are, how well they match, and how far the best of them are ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.regions.paths.cases import Cases

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]


def pair_table(seen: Cases, near: Integers, far: Floats) -> pl.DataFrame:
    """Return a row a unit and peer."""
    names = np.array(seen.units, dtype=object)
    row, place = np.nonzero(near >= 0)
    peer = names[near[row, place]]
    return pl.DataFrame(
        {seen.unit: names[row].tolist(), "place": place + 1, "peer": peer.tolist(), "distance": far[row, place]},
        schema_overrides={seen.unit: pl.String, "peer": pl.String},
    )


def unit_table(seen: Cases, near: Integers, far: Floats, supported: Bools) -> pl.DataFrame:
    """Return a row a unit."""
    there = near >= 0
    count = there.sum(axis=1)
    total = np.where(there, far, 0.0).sum(axis=1)
    mean = np.divide(total, count, out=np.full(total.size, np.nan), where=count > 0)
    return seen.keys().with_columns(
        pl.Series("peers", count),
        pl.Series("nearest", far[:, 0]).fill_nan(None),
        pl.Series("mean", mean).fill_nan(None),
        pl.Series("supported", supported),
        pl.Series("chosen", np.bincount(near[there], minlength=len(near))),
    )


def balance_tables(
    own: Cases, columns: Sequence[str], near: Integers, groups: NDArray[np.str_], supported: Bools
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a row a unit and column, and a row a column."""
    x, spread = own.values, own.values.std(axis=0, ddof=1)
    there = near >= 0
    size = there.sum(axis=1)[:, None]
    mean = np.where(there[:, :, None], x[near], 0.0).sum(axis=1) / np.where(size, size, 1)
    mean[size[:, 0] == 0] = np.nan
    gap = (x - mean) / spread
    same = (groups[:, None] == np.unique(groups)).astype(float)
    total, others = same @ (same.T @ x), (same @ same.sum(axis=0))[:, None] - 1
    with np.errstate(invalid="ignore", divide="ignore"):  # who is alone in a group has no others
        before = np.abs(x - (total - x) / others) / spread
    n, k = x.shape
    table = pl.DataFrame(
        {
            own.unit: np.repeat(np.array(own.units, dtype=object), k).tolist(),
            "column": list(columns) * n,
            "value": x.ravel(),
            "peers": pl.Series(mean.ravel()).fill_nan(None),
            "difference": pl.Series(gap.ravel()).fill_nan(None),
        },
        schema_overrides={own.unit: pl.String},
    )
    means = pl.DataFrame(
        {
            "column": list(columns),
            "before": [_mean(c) for c in before[supported].T],
            "after": [_mean(c) for c in np.abs(gap[supported]).T],
        },
        schema_overrides={"before": pl.Float64, "after": pl.Float64},
    )
    return table, means


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def target_table(
    seen: Cases, targets: Sequence[str], lower: Sequence[str], near: Integers, supported: Bools, skip: int
) -> pl.DataFrame:
    """Return a row a unit and target."""
    names = np.array([*seen.units, None], dtype=object)
    there = near >= 0
    some = there.any(axis=1)
    parts = []
    for j, target in enumerate(targets):
        sign = -1.0 if target in lower else 1.0
        y = seen.values[:, skip + j]
        theirs = np.where(there, sign * y[near], -np.inf)
        at = theirs.argmax(axis=1)  # of equals the nearest
        best = np.where(some, sign * theirs[np.arange(len(y)), at], np.nan)
        middle = np.full(len(y), np.nan)
        middle[some] = np.nanmedian(np.where(there, y[near], np.nan)[some], axis=1)
        peer = names[np.where(some, near[np.arange(len(y)), at], len(y))]
        gaps = {"to_median": sign * (middle - y), "to_best": sign * (best - y)}
        parts.append(
            seen.keys().with_columns(
                pl.lit(target).alias("target"),
                pl.Series("value", y),
                *(pl.Series(n, v).fill_nan(None) for n, v in {"median": middle, "best": best}.items()),
                pl.Series("best_peer", peer.tolist(), dtype=pl.String),
                *(pl.Series(n, v).fill_nan(None) for n, v in gaps.items()),
                pl.Series("supported", supported),
            )
        )
    numbers = dict.fromkeys(("value", "median", "best", "to_median", "to_best"), pl.Float64())
    order = [seen.unit, "target", "value", "median", "best", "best_peer", "to_median", "to_best", "supported"]
    kinds = {seen.unit: pl.String(), "target": pl.String(), "best_peer": pl.String(), "supported": pl.Boolean()}
    return pl.concat(parts) if parts else pl.DataFrame(schema={n: (numbers | kinds)[n] for n in order})


def group_table(
    seen: Cases, targets: Sequence[str], lower: Sequence[str], groups: NDArray[np.str_], within: str | None, skip: int
) -> pl.DataFrame:
    """Return a row a group and target."""
    rows = []
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        for j, target in enumerate(targets):
            sign = -1.0 if target in lower else 1.0
            y = sign * seen.values[here, skip + j]
            named = {} if within is None else {within: str(group)}
            reached = {"median": sign * np.median(y), "high": sign * np.quantile(y, 0.75), "best": sign * y.max()}
            best = {"best_unit": seen.units[int(here[y.argmax()])]}
            rows.append({**named, "target": target, "units": here.size, **reached, **best})
    kinds: dict[str, Any] = {} if within is None else {within: pl.String()}
    kinds |= {"target": pl.String(), "units": pl.Int64()} | dict.fromkeys(("median", "high", "best"), pl.Float64())
    return pl.DataFrame(rows, schema={**kinds, "best_unit": pl.String()})
