"""Effective weights: what share of the index's variance each indicator stands for, beside the weight it was given.

Weights are not importance: Paruolo, Saisana & Saltelli (2013), doi:10.1111/j.1467-985X.2012.01059.x. The main effect
V(E(y|x)) / V(y) is estimated by a penalised spline (Eilers & Marx 1996, doi:10.1214/ss/1038425655; smoothness by
generalised cross-validation), as Becker et al. (2017), doi:10.1016/j.ecolind.2017.03.056, do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.frames import backend_of
from nqpf.index.coherence.sample import Sample, samples
from nqpf.index.framework import Framework
from nqpf.index.result import Index
from nqpf.numerics.correlation import correlate
from nqpf.numerics.smooth import explained_by_spline
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


def main_effects(data: Any, columns: Sequence[str], target: str) -> TableResult:
    """Return how much of a target's variance each column explains alone.

    Parameters
    ----------
    data
        Any dataframe narwhals knows.
    columns
        Indicators.
    target
        The score they are part of.

    Returns
    -------
    TableResult
        indicator, r (Pearson), r2 (share of variance explained by a straight line), main_effect (by a penalised
        spline), n (rows with both). Null where there is no spread.

    References
    ----------
    Paruolo, Saisana & Saltelli (2013), doi:10.1111/j.1467-985X.2012.01059.x.

    Examples
    --------
    >>> table = {"x": [-2.0, -1.0, 0.0, 1.0, 2.0], "y": [4.0, 1.0, 0.0, 1.0, 4.0]}
    >>> found = main_effects(table, ["x"], "y").to_frame().row(0, named=True)
    >>> round(found["r2"], 6), found["main_effect"] > 0.9
    (0.0, True)
    """
    _, x = numbers(data, [*columns, target])
    frame = effects_frame(x[:, :-1], x[:, -1], columns)
    return TableResult(frame, Method("coherence.main_effect", {}), (), backend_of(data))


def effects_frame(x: Floats, y: Floats, names: Sequence[str]) -> pl.DataFrame:
    """Return the table of `main_effects` for ``float64[R, K]`` and ``float64[R]``."""
    found = correlate(x, y[:, None])
    r = found.r[:, 0]
    effect = [explained_by_spline(x[:, k], y) for k in range(x.shape[1])]
    columns = {"r": r, "r2": r**2, "main_effect": np.array(effect, dtype=float)}
    return pl.DataFrame({"indicator": list(names)} | columns | {"n": found.n[:, 0].astype(int)}).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def effective_weights(index: Index, *, period: int | None = None, pooled: bool = False) -> TableResult:
    """Return the weight of every node in the whole index beside its share of the index's variance.

    Parameters
    ----------
    index
        An index.
    period
        The year; default the last.
    pooled
        All units and years together instead.

    Returns
    -------
    TableResult
        A row a node: node, level, local (weight within siblings), whole (weight in the whole index: the weights along
        its path multiplied), r, r2 and main_effect with the index, n; weight_share and importance: its shares of the
        weights and of the main effects of all indicators, or of the dimensions of its level.

    References
    ----------
    Becker, Saisana, Paruolo & Vandecasteele (2017), doi:10.1016/j.ecolind.2017.03.056.

    Examples
    --------
    See `nqpf.index.coherence`.
    """
    sample = samples(index, period)[-1 if pooled else 0]
    frame = weights_frame(index.framework, sample)
    return TableResult(frame, Method("coherence.main_effect", {"period": sample.period}))


def weights_frame(framework: Framework, sample: Sample) -> pl.DataFrame:
    """Return the table of `effective_weights` for one sample."""
    nodes = framework.nodes[:-1]
    leaves = len(framework.indicators)
    effects = effects_frame(sample.scores[:, :-1], sample.scores[:, -1], [n.id for n in nodes])
    frame = effects.rename({"indicator": "node"}).with_columns(
        pl.Series("level", [n.level for n in nodes], dtype=pl.Int64),
        pl.Series("local", sample.local[:-1]),
        pl.Series("whole", sample.whole[:-1]),
        pl.Series("set", [0 if n.at < leaves else n.level for n in nodes]),
    )
    # Window functions of polars add up in an order of their own; NumPy's is fixed.
    sets, whole = frame["set"].to_numpy(), frame["whole"].to_numpy()
    effect = frame["main_effect"].fill_null(0.0).to_numpy()
    weight_share, importance = np.full(len(nodes), np.nan), np.full(len(nodes), np.nan)
    for one in np.unique(sets):
        here = sets == one
        for into, source in ((weight_share, whole), (importance, effect)):
            total = source[here].sum()
            into[here] = source[here] / total if total > 0 else np.nan
    return frame.select(
        "node",
        "level",
        "local",
        "whole",
        "r",
        "r2",
        "main_effect",
        "n",
        pl.Series("weight_share", weight_share).fill_nan(None),
        pl.Series("importance", importance).fill_nan(None),
    )
