"""Principal components of a group of indicators, which tell whether one dimension is behind them.

Correlation matrix of the rows without a hole; signs fixed so that the largest loading is positive. OECD/JRC Handbook
(2008), doi:10.1787/9789264043466-en, step 4; Kaiser (1960), doi:10.1177/001316446002000116, for eigenvalues above 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.frames import backend_of
from nqpf.numerics.correlation import correlate
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]

LEAST_ROWS = 3
"""Rows without a hole below which no components are taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Principal components of K standardised columns.

    Attributes
    ----------
    values
        ``float64[K]`` eigenvalues, largest first; they sum to K. NaN where there are none.
    vectors
        ``float64[K, K]``, a column a component: unit length, its largest entry positive.
    rows
        Rows without a hole.
    """

    values: Floats
    vectors: Floats
    rows: int

    @property
    def loadings(self) -> Floats:
        """``float64[K, K]`` correlations of indicators (rows) with components (columns)."""
        return self.vectors * np.sqrt(np.maximum(self.values, 0.0))

    @property
    def shares(self) -> Floats:
        """``float64[K]`` share of the variance that each component explains."""
        return self.values / len(self.values)

    @property
    def above_one(self) -> int:
        """How many eigenvalues exceed 1."""
        return int((self.values > 1 + 1e-9).sum())


def components_of(x: Floats) -> Components:
    """Return the principal components of ``float64[R, K]`` over the rows without a hole.

    A column without spread there, or fewer than three such rows, leaves nothing: every number is NaN.
    """
    complete = x[~np.isnan(x).any(axis=1)]
    count = x.shape[1]
    r = correlate(complete).r if len(complete) >= LEAST_ROWS else np.full((count, count), np.nan)
    if np.isnan(r).any():
        return Components(np.full(count, np.nan), np.full((count, count), np.nan), len(complete))
    values, vectors = np.linalg.eigh(r)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    # The first of entries that tie to within rounding decides the sign, so that rounding does not.
    size = np.abs(vectors)
    largest = (size >= size.max(axis=0) - 1e-9).argmax(axis=0)
    return Components(values, vectors * np.sign(vectors[largest, np.arange(count)]), len(complete))


def principal_components(data: Any, groups: Mapping[str, Sequence[str]] | Sequence[str]) -> TableResult:
    """Return the principal components of groups of indicators.

    Parameters
    ----------
    data
        Any dataframe narwhals knows.
    groups
        Columns of each group by its name, or the columns of one group (named ``all``).

    Returns
    -------
    TableResult
        A row a group, component and indicator: group, component (1 explains most), eigenvalue, share (of variance),
        cumulative, indicator, loading (correlation with the component), vector (entry of the unit-length vector).
        Rows with a hole are left out; a note counts them.

    References
    ----------
    OECD/JRC (2008), doi:10.1787/9789264043466-en; Kaiser (1960), doi:10.1177/001316446002000116.

    Examples
    --------
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]}
    >>> principal_components(table, ["x", "y"]).to_frame()["eigenvalue"].round(3).to_list()
    [1.8, 1.8, 0.2, 0.2]
    """
    named = groups if isinstance(groups, Mapping) else {"all": groups}
    notes, parts = [], []
    for group, columns in named.items():
        _, x = numbers(data, columns)
        found = components_of(x)
        parts.append(components_frame(found, columns).select(pl.lit(group).alias("group"), pl.all()))
        if found.rows < len(x):
            values = {"group": group, "left": found.rows, "rows": len(x)}
            notes.append(Note("components_rows", values=values))
        if found.rows <= len(columns):
            values = {"group": group, "left": found.rows, "columns": len(columns)}
            notes.append(Note("components_few", values=values))
    return TableResult(pl.concat(parts), Method("coherence.components", {}), tuple(notes), backend_of(data))


def components_frame(found: Components, names: Sequence[str]) -> pl.DataFrame:
    """Return component, eigenvalue, share, cumulative, indicator, loading, vector: a row a component and indicator."""
    count = len(names)
    each = np.repeat(np.arange(count), count)
    return pl.DataFrame(
        {
            "component": each + 1,
            "eigenvalue": found.values[each],
            "share": found.shares[each],
            "cumulative": np.cumsum(found.shares)[each],
            "indicator": list(names) * count,
            "loading": found.loadings.T.reshape(-1),
            "vector": found.vectors.T.reshape(-1),
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
