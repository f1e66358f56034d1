"""The chance that a unit stays in the market, for the selection correction of Olley and Pakes (1996)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nqpf.errors import MethodError
from nqpf.productivity.firms.linear import solve

Floats = NDArray[np.float64]

MOST_STEPS = 100
PERFECT = 1e-4
"""Nothing is foreseen as well as this unless columns tell the flags apart."""


def probit(x: Floats, flag: Floats, weight: Floats) -> Floats:
    """Return the coefficients of a probit, ``float64[K]``, by Fisher scoring.

    Parameters
    ----------
    x
        ``float64[N, K]``, a constant among them.
    flag
        ``float64[N]``, 0 or 1.
    weight
        ``float64[N]``.

    Raises
    ------
    MethodError
        The flags are all the same, or a combination of columns tells them apart without fail.
    """
    share = float((weight * flag).sum() / weight.sum())
    if not 0 < share < 1:
        raise MethodError("pf_no_exit", share=share)
    eta, coefficients = np.zeros(len(x)), np.zeros(x.shape[1])
    likelihood = -np.inf
    for _ in range(MOST_STEPS):
        p = np.clip(ndtr(eta), 1e-12, 1 - 1e-12)
        new = float((weight * np.log(np.where(flag == 1, p, 1 - p))).sum())
        if abs(new - likelihood) <= 1e-12 * (abs(new) + 0.1):
            if np.abs(flag - p).max() < PERFECT:
                break
            return coefficients
        likelihood = new
        density = np.maximum(np.exp(-eta * eta / 2) / np.sqrt(2 * np.pi), 1e-12)
        work = weight * density * density / (p * (1 - p))
        coefficients = solve(x, eta + (flag - p) / density, work)
        eta = x @ coefficients
    raise MethodError("pf_separated")


def stays(terms: Floats, exits: Floats, last: NDArray[np.intp], counts: Floats, weight: Floats, rule: str) -> Floats:
    """Return the probability that belongs to each row, ``float64[N]``, NaN in rows without a year before.

    Parameters
    ----------
    terms
        ``float64[N, P]`` polynomial in the states and the proxy.
    exits
        ``float64[N]`` 1 in the last year of a unit that leaves before the panel ends.
    last
        ``int[N]`` the same unit's row of the year before, −1 where there is none.
    counts
        ``float64[N]`` 1 where the panel goes on after the row's year.
    weight
        ``float64[N]``.
    rule
        ``survival``: that the unit, being there a year before, is there still; ``last_year``: that this is its last
        year, from the polynomial a year before, as prodest and estprod have it.
    """
    x = np.column_stack([np.ones(len(terms)), terms])
    paired = np.flatnonzero(last >= 0)
    found = np.full(len(x), np.nan)
    if rule == "survival":
        gamma = probit(x, 1 - exits, weight * counts)
    else:
        gamma = probit(x[last[paired]], exits[paired], weight[paired])
    found[paired] = ndtr(x[last[paired]] @ gamma)
    return found
