"""What each lever adds, exactly: its mean effect over all orders in which levers can be pulled.

Shapley's value as a rule of decomposition: Shorrocks (2013), doi:10.1007/s10888-011-9214-z.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def coalitions(levers: int) -> Floats:
    """Return every set of levers, ``float64[2^m, m]``: row i holds the binary digits of i, the first lever last.

    Examples
    --------
    >>> coalitions(2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    rows = np.arange(2**levers)
    found: Floats = ((rows[:, None] >> np.arange(levers)) & 1).astype(np.float64)
    return found


def shapley(values: Floats) -> Floats:
    """Return what each lever adds, ``float64[m, …]``; over levers they add up to the last value less the first.

    Parameters
    ----------
    values
        ``float64[2^m, …]`` what comes of each set of `coalitions`.

    Examples
    --------
    >>> shapley(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
    [2.0, 3.0]
    """
    m = len(values).bit_length() - 1
    rows = np.arange(len(values))
    size = coalitions(m).sum(axis=1).astype(int)
    found = np.zeros((m, *values.shape[1:]))
    for lever in range(m):
        without = rows[(rows >> lever) & 1 == 0]
        weight = np.array([factorial(k) * factorial(m - k - 1) / factorial(m) for k in size[without]])
        found[lever] = np.tensordot(weight, values[without | (1 << lever)] - values[without], axes=1)
    return found
