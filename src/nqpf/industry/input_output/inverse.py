"""(I − A)⁻¹ with a check: where it does not exist, the sectors that make it so are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from nqpf.errors import MethodError, listing

Floats = NDArray[np.float64]

LARGEST = 1e10
"""An element of the inverse beyond this means I − A is singular but for rounding."""


def inverse(a: Floats, labels: Sequence[str]) -> Floats:
    """Return (I − A)⁻¹.

    Parameters
    ----------
    a
        ``float64[n, n]`` input (or output) coefficients.
    labels
        Names of the n sectors, for messages.

    Returns
    -------
    ndarray
        ``float64[n, n]``.

    Raises
    ------
    MethodError
        ``leontief_singular``: I − A is singular, or a group of sectors uses up as much as it makes (spectral radius of
        1 or more), so that the inverse is no sum of rounds I + A + A² + …; the sectors are named.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., sections 2.2 and 2.4, doi:10.1017/CBO9780511626982.
    """
    try:
        found: Floats = np.asarray(np.linalg.inv(np.eye(len(a)) - a), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise _singular(a, labels) from None
    # An inverse of nonnegative coefficients with negative elements is none of a productive economy.
    unproductive = bool((a >= 0).all()) and bool((found < -1e-9).any())
    if unproductive or not np.isfinite(found).all() or np.abs(found).max(initial=0.0) > LARGEST:
        raise _singular(a, labels)
    return found


def _singular(a: Floats, labels: Sequence[str]) -> MethodError:
    """Return the error that names the groups of sectors that use up all they make."""
    count, group = connected_components(a != 0, connection="strong")
    members = [np.flatnonzero(group == g) for g in range(count)]
    radius = [float(np.abs(np.linalg.eigvals(a[np.ix_(m, m)])).max()) for m in members]
    guilty = [m for m, r in zip(members, radius, strict=True) if r >= 1 - 1e-9] or [members[int(np.argmax(radius))]]
    named = np.concatenate(guilty)
    within = max(float(a[np.ix_(m, m)].sum(axis=0).max()) for m in guilty)
    return MethodError("leontief_singular", names=listing([labels[i] for i in named], 12), share=within)
