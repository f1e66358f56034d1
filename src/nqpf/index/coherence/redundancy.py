"""Redundancy: figures and ideas counted twice, inputs and outcomes in one sum, columns that others nearly determine.

The variance inflation factor is that of Marquardt (1970), doi:10.1080/00401706.1970.10488699.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.formula import names_in
from nqpf.index.framework import Framework
from nqpf.numerics.correlation import correlate

Floats = NDArray[np.float64]


def variance_inflation(x: Floats) -> Floats:
    """Return 1 / (1 − R²) of each column on all others, ``float64[K]``, over the rows without a hole.

    Infinite where the others determine a column; NaN where there are not more rows than columns, one column only, or a
    column without spread.

    Examples
    --------
    >>> x = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])
    >>> variance_inflation(x).round(4).tolist()
    [2.7778, 2.7778]
    """
    complete = x[~np.isnan(x).any(axis=1)]
    count = x.shape[1]
    r = correlate(complete).r if count > 1 and len(complete) > count else np.full((count, count), np.nan)
    if np.isnan(r).any():
        return np.full(count, np.nan)
    values, vectors = np.linalg.eigh(r)
    determined = values <= 1e-10
    share = np.where(determined, 0.0, 1 / np.where(determined, 1.0, values))
    inflation = np.einsum("kc,c->k", vectors**2, share)
    inflation[(vectors[:, determined] ** 2 > 1e-8).any(axis=1)] = np.inf
    return np.asarray(inflation)


def shared_series(framework: Framework, whole: Floats) -> pl.DataFrame:
    """Return the raw series that stand in several formulas: series, indicators, count, weight (of these together)."""
    users: dict[str, list[int]] = defaultdict(list)
    for one in framework.indicators:
        for name in names_in(one.formula):
            users[name].append(one.at)
    return _shared(framework, whole, users, "series")


def shared_theory(framework: Framework, whole: Floats) -> pl.DataFrame:
    """Return the theory items that several indicators speak to: item, indicators, count, weight."""
    users: dict[str, list[int]] = defaultdict(list)
    for one in framework.indicators:
        for item in dict.fromkeys(one.theory):
            users[item].append(one.at)
    return _shared(framework, whole, users, "item")


def _shared(framework: Framework, whole: Floats, users: dict[str, list[int]], key: str) -> pl.DataFrame:
    rows = [
        (name, [framework.nodes[k].id for k in at], len(at), float(whole[at].sum()))
        for name, at in users.items()
        if len(at) > 1
    ]
    kinds: dict[str, Any] = {key: pl.String, "indicators": pl.List(pl.String), "count": pl.Int64, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row").sort("weight", key, descending=[True, False])


def stage_weights(framework: Framework, whole: Floats) -> pl.DataFrame:
    """Return stage (input, process, output, outcome; null where not stated), indicators, count and weight."""
    stages: dict[str | None, list[int]] = defaultdict(list)
    for one in framework.indicators:
        stages[one.tags.get("stage")].append(one.at)
    order = {stage: place for place, stage in enumerate(("input", "process", "output", "outcome"))}
    rows = [
        (stage, [framework.nodes[k].id for k in at], len(at), float(whole[at].sum()))
        for stage, at in sorted(stages.items(), key=lambda s: (s[0] is None, order.get(s[0] or "", 9), s[0] or ""))
    ]
    kinds: dict[str, Any] = {
        "stage": pl.String,
        "indicators": pl.List(pl.String),
        "count": pl.Int64,
        "weight": pl.Float64,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")
