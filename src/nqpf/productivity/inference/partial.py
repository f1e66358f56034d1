"""Partial frontiers: efficiency against m peers drawn at random, or against all but the best 1 − α of the peers.

Neither envelops every observation, so that a single odd one moves little. Order m: Cazals, Florens and Simar (2002),
doi:10.1016/S0304-4076(01)00080-X; order α: Aragon, Daouia and Thomas-Agnan (2005), doi:10.1017/S0266466605050206, and
for several dimensions Daouia and Simar (2007), doi:10.1016/j.jeconom.2006.07.024. Both are computed exactly from the
sorted ratios to the peers, without drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Floats
from nqpf.results import Method, Note, TableResult

Orientation = Literal["input", "output"]
Work = Callable[[Floats], float]


def order_m_score(ratios: Floats, m: int) -> float:
    """Return the mean of the least of m ratios drawn with replacement from ``float64[k]``.

    Examples
    --------
    >>> order_m_score(np.array([1.0, 0.5]), 1), order_m_score(np.array([1.0, 0.5]), 2)
    (0.75, 0.625)
    """
    k = ratios.size
    left = ((k - np.arange(k + 1)) / k) ** m
    return float(np.sum(np.sort(ratios) * (left[:-1] - left[1:])))


def order_alpha_score(ratios: Floats, alpha: float) -> float:
    """Return the (1 − α) quantile of ``float64[k]`` ratios: that of rank (1 − α)k, or the next where it is no integer.

    Examples
    --------
    >>> order_alpha_score(np.array([1.0, 0.5, 0.7, 0.6]), 0.5), order_alpha_score(np.array([1.0, 0.5]), 1.0)
    (0.6, 0.5)
    """
    rank = (1 - alpha) * ratios.size
    place = round(rank) if abs(rank - round(rank)) < 1e-9 else int(np.ceil(rank))
    return float(np.sort(ratios)[max(place, 1) - 1])


def order_m(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    m: int,
    unit: str | None = None,
    time: str | None = None,
    orientation: Orientation = "input",
) -> TableResult:
    """Return order-m efficiencies; each year has its own peers.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row an observation.
    inputs, outputs
        Columns of quantities; those on the side of the orientation must be positive.
    m
        Number of peers drawn; the larger, the nearer to the free disposal hull.
    unit, time
        Columns of units and years.
    orientation
        ``input``: the mean of the least input, as a share of one's own, of m units that make at least as much;
        ``output``: the mean of the largest output of m units that use no more.

    Returns
    -------
    TableResult
        The keys with score (below 1, in the input orientation, where more than m peers do; it may exceed 1), fdh (the
        score against all peers), peers (how many there are).

    Raises
    ------
    DataError
        A column is absent, a cell empty or no number, a key twice.
    MethodError
        A quantity that is not positive on the side of the orientation.
    SpecError
        `m` below 1.

    References
    ----------
    Cazals, Florens and Simar (2002), doi:10.1016/S0304-4076(01)00080-X.

    Examples
    --------
    >>> data = {"x": [2.0, 3.0, 4.0], "y": [1.0, 1.0, 1.0]}
    >>> order_m(data, ["x"], ["y"], m=2).frame["score"].round(4).to_list()
    [1.2778, 0.8519, 0.6389]
    """
    if not isinstance(m, Integral) or m < 1:
        raise SpecError("order_m_number", where=Where(key="m"), value=m)
    done = {"input": lambda r: order_m_score(r, m), "output": lambda r: -order_m_score(-r, m)}
    return _partial(data, inputs, outputs, unit, time, orientation, done, Method("inference.order_m", {"m": m}))


def order_alpha(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    alpha: float,
    unit: str | None = None,
    time: str | None = None,
    orientation: Orientation = "input",
) -> TableResult:
    """Return order-α efficiencies; each year has its own peers.

    Parameters
    ----------
    data, inputs, outputs, unit, time, orientation
        As for `order_m`.
    alpha
        Share of the peers that are not better than the frontier; 1: the free disposal hull.

    Returns
    -------
    TableResult
        The keys with score, fdh (the score against all peers), peers (how many there are).

    Raises
    ------
    DataError, MethodError
        As for `order_m`.
    SpecError
        `alpha` is not above 0 and at most 1.

    References
    ----------
    Daouia and Simar (2007), doi:10.1016/j.jeconom.2006.07.024.

    Examples
    --------
    >>> data = {"x": [2.0, 3.0, 4.0], "y": [1.0, 1.0, 1.0]}
    >>> order_alpha(data, ["x"], ["y"], alpha=0.5).frame["score"].to_list()
    [1.5, 1.0, 0.75]
    """
    if not 0 < alpha <= 1:
        raise SpecError("order_alpha_range", where=Where(key="alpha"), value=alpha)
    done = {"input": lambda r: order_alpha_score(r, alpha), "output": lambda r: -order_alpha_score(-r, alpha)}
    how = Method("inference.order_alpha", {"alpha": alpha})
    return _partial(data, inputs, outputs, unit, time, orientation, done, how)


def _partial(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    unit: str | None,
    time: str | None,
    orientation: Orientation,
    works: dict[str, Work],
    how: Method,
) -> TableResult:
    choose("orientation", orientation, ("input", "output"))
    seen = Observed.of(data, inputs, outputs, (), unit, time)
    moved, kept, names = (seen.quantities.x, -seen.quantities.y, inputs)
    if orientation == "output":
        moved, kept, names = (seen.quantities.y, seen.quantities.x, outputs)
    seen.refuse(~(moved > 0), "partial_not_positive", names)
    score, hull = np.empty(len(moved)), np.empty(len(moved))
    peers = np.empty(len(moved), np.int64)
    for t in range(len(seen.periods)):
        rows = np.flatnonzero(seen.t == t)
        for i in rows:
            able = rows[(kept[rows] <= kept[i]).all(axis=1)]
            ratios = moved[able] / moved[i]
            ratios = ratios.max(axis=1) if orientation == "input" else ratios.min(axis=1)
            score[i], peers[i] = works[orientation](ratios), able.size
            hull[i] = ratios.min() if orientation == "input" else ratios.max()
    few = int((peers < 5).sum())
    notes = (Note("partial_few_peers", values={"count": few, "total": len(peers)}),) if few else ()
    frame = seen.keys.with_columns(pl.Series("score", score), pl.Series("fdh", hull), pl.Series("peers", peers))
    options = dict(how.options) | {"orientation": orientation}
    return TableResult(frame, Method(how.id, options), notes, backend_of(data))
