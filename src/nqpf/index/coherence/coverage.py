"""Coverage: how much is there, by unit, indicator and node, and how each indicator's values are spread.

The statistics and their marks are those of COINr's ``get_stats`` and ``get_data_avail`` (Becker et al. 2022,
doi:10.21105/joss.04567).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.frames import backend_of, require
from nqpf.index.coherence.sample import position, reported
from nqpf.index.result import Index
from nqpf.index.treat.shape import shape
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


def indicator_stats(
    data: Any,
    columns: Sequence[str],
    *,
    skew: float = 2.0,
    kurt: float = 3.5,
    available: float = 0.65,
    nonzero: float = 0.5,
    unique: float = 0.5,
) -> TableResult:
    """Return statistics of each indicator and marks of what may trouble an index.

    Parameters
    ----------
    data
        Any dataframe narwhals knows; a row a unit (and year).
    columns
        Indicators.
    skew, kurt
        An indicator is marked ``OUT`` (outliers) whose absolute skewness and whose kurtosis both exceed these.
    available, nonzero, unique
        Least shares of rows with a value, with a value other than zero, and of distinct values; below them ``LOW``.

    Returns
    -------
    TableResult
        A row an indicator: min, max, mean, median, std (n − 1), skew (G1), kurt (G2); n_available, n_nonzero,
        n_unique, n_same (rows that share the most frequent value); share_available of all rows, share_nonzero,
        share_unique and share_same of the rows with a value; flag_available, flag_nonzero, flag_unique (these two by
        the share of all rows) and flag_spread: ``ok``, ``LOW`` or ``OUT``.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), doi:10.21105/joss.04567.

    Examples
    --------
    >>> found = indicator_stats({"x": [0.0, 0.0, 3.0, None]}, ["x"]).to_frame()
    >>> found.select("n_available", "n_nonzero", "n_same", "flag_nonzero").row(0)
    (3, 1, 2, 'LOW')
    """
    _, x = numbers(data, columns)
    limits = {"skew": skew, "kurt": kurt, "available": available, "nonzero": nonzero, "unique": unique}
    frame = stats_frame(x, columns, **limits)
    return TableResult(frame, Method("coherence.coverage", limits), (), backend_of(data))


def stats_frame(
    x: Floats,
    names: Sequence[str],
    *,
    skew: float = 2.0,
    kurt: float = 3.5,
    available: float = 0.65,
    nonzero: float = 0.5,
    unique: float = 0.5,
) -> pl.DataFrame:
    """Return the table of `indicator_stats` for ``float64[R, K]``."""
    rows = len(x)
    has = ~np.isnan(x)
    form = shape(x.T)
    n = has.sum(axis=0)
    counts = [np.unique(x[has[:, k], k], return_counts=True)[1] for k in range(x.shape[1])]
    frame = pl.DataFrame(
        {
            "indicator": list(names),
            "min": [_of(np.min, x[has[:, k], k]) for k in range(x.shape[1])],
            "max": [_of(np.max, x[has[:, k], k]) for k in range(x.shape[1])],
            "mean": [_of(np.mean, x[has[:, k], k]) for k in range(x.shape[1])],
            "median": [_of(np.median, x[has[:, k], k]) for k in range(x.shape[1])],
            "std": [_of(_sd, x[has[:, k], k]) for k in range(x.shape[1])],
            "skew": form.skewness,
            "kurt": form.kurtosis,
            "n_available": n,
            "n_nonzero": (has & (x != 0)).sum(axis=0),
            "n_unique": [len(c) for c in counts],
            "n_same": [int(c.max(initial=0)) for c in counts],
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    frame = frame.with_columns(
        share_available=pl.col("n_available") / rows,
        **{f"share_{k}": pl.col(f"n_{k}") / pl.col("n_available") for k in ("nonzero", "unique", "same")},
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    low = {"available": available, "nonzero": nonzero, "unique": unique}
    outlying = (pl.col("skew").abs() > skew) & (pl.col("kurt") > kurt)
    return frame.with_columns(
        *(_mark(pl.col(f"n_{k}") / rows < limit, "LOW").alias(f"flag_{k}") for k, limit in low.items()),
        _mark(outlying.fill_null(False), "OUT").alias("flag_spread"),
    )


def _of(function: Any, values: Floats) -> float:
    return float(function(values)) if values.size else float("nan")


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else float("nan")


def _mark(condition: pl.Expr, word: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(word)).otherwise(pl.lit("ok"))


def data_availability(
    data: Any,
    columns: Sequence[str],
    *,
    unit: str | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> TableResult:
    """Return how many of a unit's indicators are present, overall and by group.

    Parameters
    ----------
    data
        Any dataframe narwhals knows; a row a unit (and year).
    columns
        Indicators.
    unit
        Column that names the rows.
    groups
        Indicators of each group, by its name.

    Returns
    -------
    TableResult
        A row a row of `data`: `unit`, missing, zero, missing_or_zero (counts); available, the share of indicators with
        a value; nonzero, the share of these that are not zero (null where there is none); ``available_GROUP`` each.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), doi:10.21105/joss.04567.

    Examples
    --------
    >>> table = {"u": ["A", "B"], "x": [1.0, None], "y": [0.0, 2.0]}
    >>> data_availability(table, ["x", "y"], unit="u").to_frame().select("u", "available", "nonzero").rows()
    [('A', 1.0, 0.5), ('B', 0.5, 1.0)]
    """
    frame, x = numbers(data, columns)
    if unit:
        require(frame, unit)
    parts = {group: [list(columns).index(c) for c in _known(group, members, columns)]
             for group, members in (groups or {}).items()}  # fmt: skip
    named = frame.select(unit) if unit else frame.select(pl.int_range(1, pl.len() + 1).alias("row"))
    shares = {f"available_{group}": (~np.isnan(x[:, at])).mean(axis=1) for group, at in parts.items()}
    found = pl.concat([named, _counted(x), pl.DataFrame(shares)] if shares else [named, _counted(x)], how="horizontal")
    return TableResult(found, Method("coherence.coverage", {}), (), backend_of(data))


def _known(group: str, members: Sequence[str], columns: Sequence[str]) -> Sequence[str]:
    """Return the members of a group, all of which are columns."""
    require(pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64)), *members)
    return members


def _counted(x: Floats) -> pl.DataFrame:
    missing, zero = np.isnan(x).sum(axis=1), (x == 0).sum(axis=1)
    present = x.shape[1] - missing
    nonzero = 1 - np.divide(zero, present, out=np.full(len(x), np.nan), where=present > 0)
    return pl.DataFrame(
        {
            "missing": missing,
            "zero": zero,
            "missing_or_zero": missing + zero,
            "available": present / x.shape[1],
            "nonzero": nonzero,
        }
    ).with_columns(pl.col("nonzero").fill_nan(None))


def unit_coverage(index: Index, period: int | None = None) -> pl.DataFrame:
    """Return unit, missing (or filled), zero, missing_or_zero, available and nonzero in a year, a row a unit."""
    x = reported(index)[position(index, period)]
    return pl.concat([pl.DataFrame({"unit": index.panel.units}), _counted(x)], how="horizontal")


def node_coverage(index: Index, period: int | None = None) -> pl.DataFrame:
    """Return unit, node, available (share of the indicators below the node) and present (share of their weight)."""
    year, framework = position(index, period), index.framework
    has = ~np.isnan(reported(index)[year])
    inner = framework.nodes[len(framework.indicators) :]
    available = np.stack([has[:, framework.leaves[node.at]].mean(axis=1) for node in inner], axis=1)
    present = index.present[year][:, [node.at for node in inner]]
    return pl.DataFrame(
        {
            "unit": np.repeat(index.panel.units, len(inner)),
            "node": np.tile([node.id for node in inner], len(has)),
            "available": available.reshape(-1),
            "present": present.reshape(-1),
        }
    )
