"""Where a series of values is cut into classes: natural breaks by least squares, and widest gaps.

Natural breaks (Jenks) are the classes with the least sum of squared deviations from their means (Fisher 1958,
doi:10.1080/01621459.1958.10501479), found exactly by dynamic programming (Wang and Song 2011,
doi:10.32614/RJ-2011-015); equal values are never parted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def natural_breaks(x: Floats, count: int) -> Floats:
    """Return the ``count − 1`` cuts of natural breaks, each halfway between two classes.

    Parameters
    ----------
    x
        One-dimensional, without NaN, with at least `count` different values.
    """
    values, times = np.unique(x, return_counts=True)
    starts = _starts(values, times.astype(float), count)
    return (values[starts] + values[starts - 1]) / 2


def _starts(values: Floats, times: Floats, count: int) -> Integers:
    """Return where each class but the first begins among distinct sorted values."""
    z = values - np.average(values, weights=times)  # sums of squares lose fewer digits about the mean
    n, s, q = (np.concatenate([[0.0], np.cumsum(times * z**power)]) for power in (0, 1, 2))

    def within(first: Integers, last: int) -> Floats:
        """Return the sums of squares within the classes that begin at `first` and end with `last`."""
        m = n[last + 1] - n[first]
        return np.asarray(q[last + 1] - q[first] - (s[last + 1] - s[first]) ** 2 / m)

    size = values.size
    least = np.array([within(np.array([0]), last)[0] for last in range(size)])
    begins = np.zeros((count, size), dtype=np.intp)
    for level in range(1, count):
        found = np.full(size, np.inf)
        # The best beginning never moves left as the end moves right, which halves the work again and again.
        todo = [(level, size - 1, level, size - 1)]
        while todo:
            low, high, left, right = todo.pop()
            if low > high:
                continue
            middle = (low + high) // 2
            first = np.arange(left, min(right, middle) + 1)
            cost = least[first - 1] + within(first, middle)
            best = int(cost.argmin())
            found[middle], begins[level, middle] = cost[best], first[best]
            todo += [(low, middle - 1, left, int(first[best])), (middle + 1, high, int(first[best]), right)]
        least = found
    starts, last = [], size - 1
    for level in range(count - 1, 0, -1):
        starts.append(int(begins[level, last]))
        last = starts[-1] - 1
    return np.array(starts[::-1], dtype=np.intp)


def widest_gaps(x: Floats, count: int) -> tuple[Floats, float, float]:
    """Return the cuts in the middle of the ``count − 1`` widest gaps, the narrowest gap cut and the widest not cut.

    Parameters
    ----------
    x
        One-dimensional, without NaN, with at least `count` different values.
    """
    values = np.unique(x)
    gaps = np.diff(values)
    order = np.argsort(-gaps, kind="stable")
    chosen = np.sort(order[: count - 1])
    left_out = float(gaps[order[count - 1]]) if gaps.size >= count else 0.0
    return (values[chosen] + values[chosen + 1]) / 2, float(gaps[order[count - 2]]), left_out
