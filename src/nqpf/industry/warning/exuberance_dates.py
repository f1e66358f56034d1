"""Episodes of exuberance: from when to when a recursive statistic stands above its critical values.

An episode begins with the first period above and ends with the first below; those shorter than about log T periods are
left out (Phillips, Shi and Yu 2015, doi:10.1111/iere.12132).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode, in positions of the statistic.

    Attributes
    ----------
    start, peak
        First period above the critical values; period of the largest statistic.
    end
        First period that is not above any more; None while it goes on.
    periods
        How many are above.
    rising
        Whether the series is higher at the peak than before the start; else what explodes is a fall.
    statistic
        The largest.
    """

    start: int
    peak: int
    end: int | None
    periods: int
    rising: bool
    statistic: float


def episodes(statistic: Floats, critical: Floats, values: Floats, least: int) -> list[Episode]:
    """Return the episodes of at least `least` periods.

    Parameters
    ----------
    statistic, critical
        ``float64[M]``; a period without statistic is not above.
    values
        ``float64[M + 1]`` the series, from the period before the first statistic.
    least
        Fewest periods of an episode.

    Examples
    --------
    >>> found = episodes(np.array([0.0, 2.0, 3.0, 0.0]), np.ones(4), np.array([1.0, 1, 2, 4, 1]), 1)
    >>> [(e.start, e.peak, e.end, e.rising) for e in found]
    [(1, 2, 3, True)]
    """
    above = np.concatenate([[False], statistic > critical, [False]])
    turns = np.flatnonzero(np.diff(above))
    found = []
    for start, end in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        if end - start < least:
            continue
        peak = start + int(np.argmax(statistic[start:end]))
        rising = bool(values[peak + 1] > values[start])
        ongoing = end == len(statistic)
        found.append(Episode(start, peak, None if ongoing else end, end - start, rising, float(statistic[peak])))
    return found
