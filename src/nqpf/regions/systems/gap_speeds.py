"""Speeds at which both sides of a gap move with it, without the bias of fixed effects, and what life they leave it.

The bias of one coefficient is gone on with until nothing changes (Bun and Carree 2005,
doi:10.1198/073500104000000532); that of the two speeds follows with it, so that they go on adding up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.nickell import Sums

Floats = NDArray[np.float64]
ROUNDS, STILL = 500, 1e-12
EXACT = 1e-10
"""A gap of which less than this share of its changes is left follows exactly."""


def solved(sums: Sums) -> Floats:
    """Return speeds of both sides ``float64[B, 2]`` without the bias of fixed effects.

    The bias of each follows from ρ and from the covariance of its error with the gap's; ρ is gone on with until nothing
    changes, and taken for 1 in the bias where it is above.

    Parameters
    ----------
    sums
        Of the changes of supply and demand, and of the gap of the year before.
    """
    x, (s, d) = sums.xx[:, 0, 0], sums.xy[:, 0].T
    ss, sd, dd = sums.yy[:, 0, 0], sums.yy[:, 0, 1], sums.yy[:, 1, 1]
    powers = np.arange(sums.gaps.shape[1])
    found = sums.plain()[:, 0]
    rho = 1 + found[:, 0] - found[:, 1]
    for _ in range(ROUNDS):
        near = np.clip(rho, -1.0, 1.0)
        bias = (sums.gaps * near[:, None] ** powers).sum(axis=1) / (x * sums.freedom)
        own = s - d - (near - 1) * x
        level = 1 + bias * own
        found = np.stack(
            [
                (s / x + bias * (ss - sd - (near - 1) * s)) / level,
                (d / x + bias * (sd - dd - (near - 1) * d)) / level,
            ],
            axis=1,
        )
        before, rho = rho, 1 + found[:, 0] - found[:, 1]
        if np.abs(np.clip(rho, -1.0, 1.0) - np.clip(before, -1.0, 1.0)).max() < STILL:
            break
    return found


def follows_exactly(sums: Sums) -> bool:
    """Return whether the changes of the gap in the sample follow from the gap before without an error."""
    apart = np.array([1.0, -1.0])
    left = apart @ sums.spread(sums.plain())[0] @ apart * sums.freedom[0]
    return bool(left <= EXACT**2 * (apart @ sums.yy[0] @ apart + sums.xx[0, 0, 0]))


def half_life(rho: float) -> float | None:
    """Return the years after which half of a gap is gone; None where ρ is not between 0 and 1.

    Examples
    --------
    >>> half_life(0.5), half_life(1.0)
    (1.0, None)
    """
    return float(np.log(0.5) / np.log(rho)) if 0 < rho < 1 else None
