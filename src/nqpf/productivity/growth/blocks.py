"""Block bootstrap of years: how often each year is drawn, years next to each other together.

Moving blocks (Künsch 1989, doi:10.1214/aos/1176347265), circular blocks (Politis and Romano 1992), and the stationary
bootstrap with blocks of random length (Politis and Romano 1994, doi:10.1080/01621459.1994.10476870).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.intp]
Bootstrap = Literal["stationary", "moving", "circular"]
BOOTSTRAPS: tuple[Bootstrap, ...] = ("stationary", "moving", "circular")


def usual_length(years: int) -> int:
    """Return the length of blocks of the order T^(1/3) (Hall, Horowitz and Jing 1995, doi:10.1093/biomet/82.3.561)."""
    return max(1, round(float(np.cbrt(years))))


def block_years(
    years: int, draws: int, length: int, how: str, rng: np.random.Generator, size: int | None = None
) -> Integers:
    """Return which years each draw takes, one after another.

    Parameters
    ----------
    years
        T years on end.
    draws
        B draws.
    length
        Years of a block; their mean for ``stationary``.
    how
        ``stationary``, ``moving`` or ``circular``.
    rng
        Source of randomness.
    size
        Years of a draw; default: T.

    Returns
    -------
    int[B, size]
        Places of years from 0.

    Examples
    --------
    >>> block_years(4, 1, 4, "moving", np.random.default_rng(0), 6).tolist()[0][:4]
    [0, 1, 2, 3]
    """
    place = np.arange(years if size is None else size)
    if how == "stationary":
        begins = rng.random((draws, place.size)) < 1 / length
        begins[:, 0] = True
    else:
        begins = np.broadcast_to(place % length == 0, (draws, place.size))
    highest = years - length + 1 if how == "moving" else years
    first = rng.integers(highest, size=(draws, place.size))
    since = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    found: Integers = (np.take_along_axis(first, since, axis=1) + place - since) % years
    return found


def block_counts(years: int, draws: int, length: int, how: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each draw takes each year.

    Parameters
    ----------
    years
        T years on end.
    draws
        B draws of T years each.
    length
        Years of a block; their mean for ``stationary``.
    how
        ``stationary``, ``moving`` or ``circular``.
    rng
        Source of randomness.

    Returns
    -------
    float64[B, T]
        Rows sum to T.

    Examples
    --------
    >>> block_counts(4, 2, 4, "moving", np.random.default_rng(0)).tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    drawn = block_years(years, draws, length, how, rng)
    key = np.arange(draws)[:, None] * years + drawn
    return np.bincount(key.ravel(), minlength=draws * years).reshape(draws, years).astype(float)
