"""Standard deviation and ranges of percentiles of many groups at once, weighted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

RANGES = {"p75_p25": (0.75, 0.25), "p90_p10": (0.90, 0.10)}


def dispersion(values: Floats, weights: Floats, group: Integers, count: int) -> dict[str, Floats]:
    """Return sd, p75_p25 and p90_p10 of each group, each ``float64[G]``.

    Parameters
    ----------
    values, weights
        ``float64[R]``; weights positive, in any scale.
    group, count
        ``int[R]`` group of each value, and G; no group is empty.

    Notes
    -----
    The deviation is that of the weighted distribution itself (divided by the sum of weights, not by one less). The
    percentile p is found on the straight lines between values set at the middle of their weight, (C − w/2) / W with C
    the cumulated and W all weight (Hazen's rule), and is the first or last value beyond them. Equal values are one
    value with the weight of all.
    """
    total = np.bincount(group, weights, count)
    off = values - (np.bincount(group, weights * values, count) / total)[group]
    found = {"sd": np.sqrt(np.bincount(group, weights * off * off, count) / total)}
    v, w, g = _distinct(values, weights / total[group], group, count)
    first = np.searchsorted(g, np.arange(count))
    last = np.append(first[1:], g.size) - 1
    cumulated = np.cumsum(w)
    before = np.append(0.0, cumulated)[first]
    place = g + (cumulated - before[g] - w / 2)  # group by group in (g, g + 1), so that one search serves all

    def at(p: float) -> Floats:
        return np.asarray(np.interp(np.clip(np.arange(count) + p, place[first], place[last]), place, v))

    return found | {name: at(high) - at(low) for name, (high, low) in RANGES.items()}


def _distinct(values: Floats, weights: Floats, group: Integers, count: int) -> tuple[Floats, Floats, Integers]:
    """Return the different values of each group in rising order, with their weights and groups."""
    rising = np.argsort(values)
    short = group[rising].astype(np.min_scalar_type(count))  # numbers of 16 bits are sorted much quicker
    order = rising[np.argsort(short, kind="stable")]
    v, g = values[order], group[order]
    new = np.append(True, (v[1:] != v[:-1]) | (g[1:] != g[:-1]))
    return v[new], np.add.reduceat(weights[order], np.flatnonzero(new)), g[new]
