"""Correlations of indicators with each other, with what they belong to, and of levels with levels.

An index sums up what moves together: OECD/JRC, Handbook on Constructing Composite Indicators (2008),
doi:10.1787/9789264043466-en, step 4. Tables and marks are those of COINr's ``get_corr`` and ``get_corr_flags``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.frames import backend_of
from nqpf.index.coherence.sample import samples
from nqpf.index.framework import Framework
from nqpf.index.result import Index
from nqpf.numerics.correlation import KINDS, Correlations, Kind, correlate
from nqpf.numerics.correlation_tests import p_values
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


def correlations(
    data: Any,
    columns: Sequence[str],
    against: Sequence[str] | None = None,
    *,
    method: Kind = "pearson",
    significance: float | None = None,
) -> TableResult:
    """Return correlations of columns, each pair over the rows both have.

    Parameters
    ----------
    data
        Any dataframe narwhals knows.
    columns
        Columns to correlate: each pair once, or each with each of `against`.
    against
        Columns of the other side.
    method
        ``pearson``, ``spearman`` (average ranks) or ``kendall`` (τ-b).
    significance
        A correlation whose p exceeds this has r null; None leaves all and tests nothing. p takes the rows for
        independent draws, which the years of one unit are not.

    Returns
    -------
    TableResult
        first, second, r, n (rows both have) and, with `significance`, p.

    Raises
    ------
    DataError
        A column is absent or holds text.
    SpecError
        Another method.

    References
    ----------
    Kendall (1945), doi:10.1093/biomet/33.3.239; Best & Roberts (1975), doi:10.2307/2347111.

    Examples
    --------
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, None], "z": [4.0, 3.0, 2.0, 1.0]}
    >>> correlations(table, ["x", "y", "z"]).to_frame()["r"].round(3).to_list()
    [0.5, -1.0, -0.5]
    """
    choose("method", method, KINDS)
    others = list(against) if against is not None else list(columns)
    wanted = list(dict.fromkeys([*columns, *others]))
    _, x = numbers(data, wanted)
    a, b = ([wanted.index(c) for c in side] for side in (columns, others))
    found = correlate(x[:, a], None if against is None else x[:, b], method)
    p = None if significance is None else p_values(found, x[:, a], None if against is None else x[:, b], method)
    pairs = [(i, j) for i in range(len(a)) for j in range(0 if against is not None else i + 1, len(b))]
    frame = _long(found, p, significance, pairs, list(columns), others)
    options = {"method": method, "significance": significance}
    return TableResult(frame, Method("coherence.correlation", options), (), backend_of(data))


def _long(
    found: Correlations,
    p: Floats | None,
    significance: float | None,
    pairs: Sequence[tuple[int, int]],
    first: Sequence[str],
    second: Sequence[str],
) -> pl.DataFrame:
    i, j = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
    columns: dict[str, Any] = {
        "first": [first[k] for k in i],
        "second": [second[k] for k in j],
        "r": found.r[i, j],
        "n": found.n[i, j].astype(int),
    }
    kinds = {"first": pl.String, "second": pl.String, "r": pl.Float64, "n": pl.Int64, "p": pl.Float64}
    if p is not None:
        columns["p"] = p[i, j]
        columns["r"] = np.where(p[i, j] > (significance or 0.0), np.nan, columns["r"])
    return pl.DataFrame(columns, schema_overrides={c: kinds[c] for c in columns}).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def correlation_flags(
    data: Any,
    groups: Mapping[str, Sequence[str]],
    *,
    limit: float = 0.9,
    kind: Literal["high", "low"] = "high",
    method: Kind = "pearson",
) -> TableResult:
    """Return the pairs within a group that correlate above (``high``) or below (``low``) a limit.

    Parameters
    ----------
    data
        Any dataframe narwhals knows. Columns all point the same way: more is better.
    groups
        Columns of each group, by its name.
    limit, kind
        Pairs with r > `limit` (``high``: they may count one thing twice) or r < `limit` (``low``: they pull apart).
    method
        ``pearson``, ``spearman`` or ``kendall``.

    Returns
    -------
    TableResult
        group, first, second, r, n; a pair once.

    Examples
    --------
    >>> table = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.1], "z": [2.0, 1.0, 2.0]}
    >>> correlation_flags(table, {"all": ["x", "y", "z"]}).to_frame().select("group", "first", "second").rows()
    [('all', 'x', 'y')]
    """
    choose("kind", kind, ("high", "low"))
    parts = []
    for group, columns in groups.items():
        frame = correlations(data, columns, method=method).frame
        over = pl.col("r") > limit if kind == "high" else pl.col("r") < limit
        parts.append(frame.filter(over).select(pl.lit(group).alias("group"), "first", "second", "r", "n"))
    kinds = {"group": pl.String, "first": pl.String, "second": pl.String, "r": pl.Float64, "n": pl.Int64}
    found = pl.concat(parts) if parts else pl.DataFrame(schema=kinds)
    options = {"limit": limit, "kind": kind, "method": method}
    return TableResult(found, Method("coherence.correlation", options), (), backend_of(data))


def index_correlations(
    index: Index,
    *,
    method: Kind = "pearson",
    period: int | None = None,
    pooled: bool = False,
    significance: float | None = None,
) -> TableResult:
    """Return the correlations of an index within and across its levels.

    Parameters
    ----------
    index
        An index. The scores are directed: an indicator that agrees with the others correlates positively.
    method
        ``pearson``, ``spearman`` or ``kendall``.
    period
        The year; default the last.
    pooled
        All units and years together instead.
    significance
        As in `correlations`.

    Returns
    -------
    TableResult
        first, second (nodes, a pair once), first_level, second_level (levels below the index), relation
        (``sibling``; ``parent``: the second is the first's; ``ancestor``: further up; ``other``), r, n and p.

    Examples
    --------
    See `nqpf.index.coherence`.
    """
    choose("method", method, KINDS)
    sample = samples(index, period)[-1 if pooled else 0]
    found = correlate(sample.scores, kind=method)
    p = None if significance is None else p_values(found, sample.scores, kind=method)
    frame = relations(index.framework, found, p, significance)
    options = {"method": method, "significance": significance, "period": sample.period}
    return TableResult(frame, Method("coherence.correlation", options))


def relations(
    framework: Framework, found: Correlations, p: Floats | None = None, significance: float | None = None
) -> pl.DataFrame:
    """Return the correlations of all nodes, ``[nodes, nodes]``, as a long table that says how two nodes are related."""
    nodes = framework.nodes
    names = [node.id for node in nodes]
    pairs = [(i, j) for i in range(len(nodes)) for j in range(i + 1, len(nodes))]
    frame = _long(found, p, significance, pairs, names, names)
    above = [set(ancestors(framework, node.at)) for node in nodes]

    def relation(i: int, j: int) -> str:
        if nodes[i].parent == nodes[j].parent:
            return "sibling"
        if nodes[i].parent == j:
            return "parent"
        return "ancestor" if j in above[i] else "other"

    levels = [node.level for node in nodes]
    return frame.select(
        "first",
        "second",
        pl.Series("first_level", [levels[i] for i, _ in pairs], dtype=pl.Int64),
        pl.Series("second_level", [levels[j] for _, j in pairs], dtype=pl.Int64),
        pl.Series("relation", [relation(i, j) for i, j in pairs], dtype=pl.String),
        *frame.columns[2:],
    )


def ancestors(framework: Framework, at: int) -> list[int]:
    """Return the positions of a node's parent, its parent's parent and so on up to the index."""
    found = []
    while (at := framework.nodes[at].parent) >= 0:
        found.append(at)
    return found
