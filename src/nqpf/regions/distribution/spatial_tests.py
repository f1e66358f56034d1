"""Tests that chains under several classes of neighbours are one chain.

Bickenbach and Bode (2003), doi:10.1177/0160017603253789: Pearson's Q and the likelihood ratio, with the degrees of
freedom of what occurs. By permutation where counts are too small for χ²: Rey, Kang and Wolf (2016),
doi:10.1007/s10109-016-0234-x.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.numerics.transitions import Homogeneity, Moves, homogeneity, one_against_rest, permuted, upper_tail

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SMALL = 5
"""Expected count below which χ² is not trusted."""
TRUSTED = 0.2
"""Share of such counts up to which it still is: Cochran (1954), doi:10.2307/3001616."""
MATCH = 1e-9
"""How far, relatively, a drawn statistic may fall below the observed one and still count as equal to it."""


def small_share(every: Homogeneity) -> float:
    """Return the share of the cells with an expected count above 0 in which it is below 5."""
    expected = every.expected[every.expected > 0]
    return float((expected < SMALL).mean())


def tested(counts: Floats, every: Homogeneity, moves: Moves | None, draws: int, seed: int, full: bool) -> pl.DataFrame:
    """Return the tests of ``float64[M, K, K]`` counts: all chains together, then each against the others.

    Parameters
    ----------
    every
        The counts as one test.
    moves, draws, seed
        What is permuted, how often, and where random numbers start; None for no permutation.
    full
        Whether all cells and rows count as free, rather than those that occur.

    Returns
    -------
    polars.DataFrame
        test, lag_class, statistic, df, p, p_permutation, contribution.
    """
    m, k = counts.shape[:2]
    single = homogeneity(one_against_rest(counts))
    df = np.concatenate([[every.df], single.df])
    if full:
        df = np.array([k * (k - 1) * (m - 1)] + [k * (k - 1)] * m)
    q_drawn, lr_drawn = (None, None) if moves is None else permuted(moves, draws, seed)
    return pl.concat(
        [
            _table("Q", np.append(every.q, single.q), df, every.q_parts, q_drawn),
            _table("LR", np.append(every.lr, single.lr), df, every.lr_parts, lr_drawn),
        ]
    )


def _table(name: str, statistic: Floats, df: Integers, parts: Floats, drawn: Floats | None) -> pl.DataFrame:
    """Return one statistic, for all chains and for each, with its p-values; null where nothing is free to differ."""
    p_drawn = np.full(statistic.size, np.nan)
    if drawn is not None:
        beyond = (drawn >= statistic * (1 - MATCH)).sum(axis=0)
        p_drawn = np.where(df > 0, (beyond + 1) / (len(drawn) + 1), np.nan)
    return pl.DataFrame(
        {
            "test": [name] * statistic.size,
            "lag_class": pl.Series([None, *range(1, statistic.size)], dtype=pl.Int64),
            "statistic": statistic,
            "df": df.astype(np.int64),
            "p": upper_tail(statistic, df),
            "p_permutation": p_drawn,
            "contribution": np.append(parts.sum(), parts),
        },
        nan_to_null=True,
    )
