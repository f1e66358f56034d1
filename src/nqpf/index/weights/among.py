"""Weights among indicators, or among the children of a node, over a panel: which years they are taken from.

A kernel sees a table of scores. Which rows make up that table is the same question for every method: all years pooled,
each year alone, the years of a base window, or the years of a window that ends in each year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import Weight
from nqpf.index.weights.correlation import correlation
from nqpf.index.weights.critic import critic
from nqpf.index.weights.dispersion import cv, gini, sd
from nqpf.index.weights.entropy import entropy_found
from nqpf.index.weights.independence import independence
from nqpf.index.weights.kernel import Found, Kernel, on_unit, placed, to_unit
from nqpf.index.weights.merec import merec
from nqpf.index.weights.pca import pca
from nqpf.index.weights.scatter import scatter, standardised
from nqpf.messages import Text

Floats = NDArray[np.float64]

KERNELS: Mapping[str, Kernel] = {
    "entropy": entropy_found,
    "critic": critic,
    "cv": cv,
    "sd": sd,
    "gini": gini,
    "independence": independence,
    "merec": merec,
    "pca": pca,
    "scatter": scatter,
    "correlation": correlation,
}
"""Methods that take weights from scores, by their word in a recipe."""


def weigh(
    scores: Floats,
    how: Weight,
    *,
    names: Sequence[str],
    periods: Sequence[int],
    yearly_scores: bool,
    units: Sequence[str | Text] | None = None,
) -> Floats:
    """Return weights of K columns from their scores.

    Parameters
    ----------
    scores
        ``float64[T, N, K]``, higher better, NaN where missing.
    how
        Method and options, with the years they are taken from: ``pooled``, ``yearly``, ``base``, or ``rolling`` over
        the `window` years up to each (fewer at the start, and where years are absent).
    names, periods, units
        Of the K columns, T years and N units, for errors.
    yearly_scores
        Whether scores were normalised each year alone, so that ``basis: unit`` is to be as well.

    Returns
    -------
    ndarray, shape (1 or T, K)
        Each row sums to 1; T rows for ``yearly`` and ``rolling``.

    Raises
    ------
    MethodError
        The base window has no year in the panel; or what the method refuses, with indicator, year and unit.
    """
    return np.stack([found.weights for found in find_among(scores, how, names, periods, yearly_scores, units)])


def find_among(
    scores: Floats,
    how: Weight,
    names: Sequence[str],
    periods: Sequence[int],
    yearly_scores: bool,
    units: Sequence[str | Text] | None = None,
) -> list[Found]:
    """Return what `weigh` stacks, with the details of the method, an element for each row of weights."""
    scores, years = in_base(scores, how, periods)
    scores = measured(scores, how, yearly_scores)
    if how.window is not None:
        groups = [[s for s, one in enumerate(years) if year - how.window < one <= year] for year in years]
    elif how.scope == "yearly":
        groups = [[t] for t in range(len(years))]
    else:
        return [_find(scores, how, names, years, units, None)]
    return [
        _find(scores[rows], how, names, [years[s] for s in rows], units, year)
        for rows, year in zip(groups, years, strict=True)
    ]


def in_base(scores: Floats, how: Weight, periods: Sequence[int]) -> tuple[Floats, Sequence[int]]:
    """Return the scores ``float64[t, N, K]`` and years of the base window, or all of them where there is none."""
    if how.base is None:
        return scores, periods
    inside = [t for t, year in enumerate(periods) if how.base[0] <= year <= how.base[1]]
    if not inside:
        base, panel = f"{how.base[0]}–{how.base[1]}", f"{periods[0]}–{periods[-1]}"
        raise MethodError("base_window_empty", base=base, years=panel)
    return scores[inside], [periods[t] for t in inside]


def measured(scores: Floats, how: Weight, yearly_scores: bool) -> Floats:
    """Return scores ``float64[T, N, K]`` as the method is to see them: on 0–1, or standardised within years."""
    if on_unit(how):
        pool = scores if yearly_scores else scores.reshape(1, -1, scores.shape[2])
        scores = to_unit(pool).reshape(scores.shape)
    if how.standardise == "yearly":
        scores = np.stack([standardised(year) for year in scores])
    return scores


def _find(
    scores: Floats,
    how: Weight,
    names: Sequence[str],
    years: Sequence[int],
    units: Sequence[str | Text] | None,
    period: int | None,
) -> Found:
    """Return what the kernel finds in ``float64[t, N, K]``; its errors name unit and year."""

    def place(row: int) -> Where:
        t, n = divmod(row, scores.shape[1])
        return Where(unit=None if units is None else units[n], period=years[t])

    try:
        return KERNELS[how.method](scores.reshape(-1, scores.shape[2]), how, names)
    except MethodError as error:
        raise placed(error, place, Where(period=period)) from None
