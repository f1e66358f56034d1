"""Cronbach's alpha: how consistently the items of a group measure one thing.

Cronbach (1951), doi:10.1007/BF02310555, with covariances over the rows each pair shares, as COINr's ``get_cronbach``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.frames import backend_of
from nqpf.numerics.correlation import correlate, covariance
from nqpf.numerics.ranks import NOISE
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Missing = Literal["pairwise", "complete"]


def cronbach_alpha(data: Any, columns: Sequence[str], *, missing: Missing = "pairwise") -> TableResult:
    """Return Cronbach's alpha of a group of indicators, and what it would be without each of them.

    Parameters
    ----------
    data
        Any dataframe narwhals knows. Columns all point the same way: more is better.
    columns
        Items, two or more.
    missing
        ``pairwise``: each covariance over the rows both items have; ``complete``: all over the rows without a hole.

    Returns
    -------
    TableResult
        without (null: none is left out), items, alpha, alpha_standardised (of items brought to unit variance). Null
        where it is not defined: one item, or no spread.

    References
    ----------
    Cronbach (1951), doi:10.1007/BF02310555.

    Examples
    --------
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 4.0, 3.0], "z": [2.0, 1.0, 3.0, 4.0]}
    >>> round(cronbach_alpha(table, ["x", "y", "z"]).to_frame()["alpha"][0], 4)
    0.8919
    """
    choose("missing", missing, ("pairwise", "complete"))
    _, x = numbers(data, columns)
    frame = alpha_frame(x, columns, missing)
    return TableResult(frame, Method("coherence.alpha", {"missing": missing}), (), backend_of(data))


def alpha_frame(x: Floats, names: Sequence[str], missing: Missing = "pairwise") -> pl.DataFrame:
    """Return the table of `cronbach_alpha` for ``float64[R, K]``."""
    if missing == "complete":
        x = x[~np.isnan(x).any(axis=1)]
    covariances, r = covariance(x), correlate(x).r
    rows: list[tuple[str | None, int, float, float]] = []
    for left_out in (None, *names) if len(names) > 2 else (None,):
        kept = [k for k, name in enumerate(names) if name != left_out]
        square = np.ix_(kept, kept)
        rows.append((left_out, len(kept), alpha_of(covariances[square]), alpha_of(r[square])))
    kinds = {"without": pl.String, "items": pl.Int64, "alpha": pl.Float64, "alpha_standardised": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def alpha_of(covariances: Floats) -> float:
    """Return α = k² c̄ / Σ C from covariances ``float64[k, k]``; undefined entries count as 0, as in COINr.

    From correlations it is the standardised α.

    Examples
    --------
    >>> round(alpha_of(np.array([[2.0, 1.0], [1.0, 2.0]])), 4)
    0.6667
    """
    k = len(covariances)
    total, own = float(np.nansum(covariances)), float(np.nansum(np.diag(covariances)))
    # Items that cancel out leave a sum without variance, of which rounding alone would be left.
    return k * (total - own) / ((k - 1) * total) if k > 1 and abs(total) > NOISE * own else float("nan")
