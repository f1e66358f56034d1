"""The tables of a typology: units, clusters, what marks each, and how many there could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.regions.paths.cases import Cases
from nqpf.regions.paths.partition import DISSOLVED, RECOVERED, Excess, Gap

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def member_table(seen: Cases, label: Integers, widths: Floats | None, found: bool) -> pl.DataFrame:
    """Return a row a unit."""
    own = (label + 1).tolist()
    empty = [None] * len(own)
    return seen.keys().with_columns(
        pl.Series("type", own if found else empty, dtype=pl.Int64),
        pl.Series("cluster", own, dtype=pl.Int64),
        pl.Series("silhouette", empty if widths is None else widths[:, 0], dtype=pl.Float64),
        pl.Series("neighbour", empty if widths is None else widths[:, 1].astype(int) + 1, dtype=pl.Int64),
    )


def cluster_table(label: Integers, widths: Floats | None, back: Floats) -> pl.DataFrame:
    """Return a row a cluster."""
    number = 0 if widths is None else back.shape[1]
    means = [float(widths[label == c, 0].mean()) for c in range(number)] if widths is not None else []
    jaccard = back.mean(axis=0)
    return pl.DataFrame(
        {
            "cluster": pl.Series(range(1, number + 1), dtype=pl.Int64),
            "n": pl.Series(np.bincount(label)[:number], dtype=pl.Int64),
            "silhouette": pl.Series(means, dtype=pl.Float64),
            "jaccard": jaccard,
            "dissolved": (back <= DISSOLVED).mean(axis=0),
            "recovered": (back > RECOVERED).mean(axis=0),
            "stable": jaccard >= RECOVERED,
        }
    )


def profile_table(seen: Cases, columns: Sequence[str], label: Integers, number: int) -> pl.DataFrame:
    """Return a row a cluster and column."""
    middle = np.median(seen.values, axis=0)
    spread = seen.values.std(axis=0, ddof=1)
    parts = []
    for c in range(number):
        low, median, high = np.quantile(seen.values[label == c], [0.25, 0.5, 0.75], axis=0)
        numbers = {"median": median, "lower": low, "upper": high, "all": middle, "above": (median - middle) / spread}
        parts.append(pl.DataFrame({"cluster": [c + 1] * len(columns), "column": list(columns), **numbers}))
    return pl.concat(parts)


def choice_table(
    ks: Integers, tried: Integers, clear: Floats, above: Excess, gap: Gap, by: Mapping[str, int], number: int
) -> pl.DataFrame:
    """Return a row a number of clusters."""
    none = [None] * (tried.size - ks.size)
    return pl.DataFrame(
        {
            "clusters": tried,
            "silhouette": pl.Series(none + clear.tolist(), dtype=pl.Float64),
            "expected": pl.Series(none + above.expected.tolist(), dtype=pl.Float64),
            "excess": pl.Series(none + above.excess.tolist(), dtype=pl.Float64),
            "gap": gap.gap,
            "gap_error": gap.error,
            "by_silhouette": tried == by["silhouette"],
            "by_gap": tried == by["gap"],
            "chosen": tried == number,
        }
    )
