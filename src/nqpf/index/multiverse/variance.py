"""Shares of variance by choice, on arrays: exact for complete designs, estimated for random ones.

Exact shares follow Hoeffding's decomposition over the cells of a full factorial, every alternative as likely as
another; for many outputs at once (the ranks of all units) variances are added up over the outputs before they are
divided, after Lamboni, Monod & Makowski (2011), doi:10.1016/j.ress.2010.12.002.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Effects = dict[tuple[int, ...], Floats]


def decompose(y: Floats) -> Effects:
    """Return the variance of every main effect and interaction of a full factorial.

    Parameters
    ----------
    y
        ``float64[L1, …, LF, M]``: M outputs in each cell of F factors.

    Returns
    -------
    dict
        ``float64[M]`` by the tuple of factors, for every set of factors but the empty one; they sum to the population
        variance over the cells.

    References
    ----------
    Hoeffding (1948), Annals of Mathematical Statistics 19(3), doi:10.1214/aoms/1177730196.

    Examples
    --------
    >>> y = np.array([[0.0, 1.0], [2.0, 3.0]])[:, :, None]
    >>> {factors: part.tolist() for factors, part in decompose(y).items()}
    {(1,): [0.25], (0,): [1.0], (0, 1): [0.0]}
    """
    found: Effects = {}
    factors = y.ndim - 1

    def split(part: Floats, axis: int, inside: tuple[int, ...]) -> None:
        if axis == factors:
            if inside:
                found[inside] = np.asarray(np.square(part).mean(axis=tuple(range(factors))))
            return
        mean = part.mean(axis=axis, keepdims=True)
        split(mean, axis + 1, inside)
        split(part - mean, axis + 1, (*inside, axis))

    split(y - y.reshape(-1, y.shape[-1]).mean(axis=0), 0, ())
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A design made complete by merging the slots that some combinations of are missing.

    Attributes
    ----------
    slots
        The slots of each factor: one, or those that were merged.
    levels
        ``int[R, factors]``, from 0.
    cells
        How many levels each factor has.
    rows
        Rows of the design that take part: those without a failure.
    """

    slots: tuple[tuple[int, ...], ...]
    levels: NDArray[np.int64]
    cells: tuple[int, ...]
    rows: NDArray[np.int64]


def complete(levels: NDArray[np.int64], valid: NDArray[np.bool_]) -> Factors | None:
    """Return the factors of a design in which every valid combination stands once; None if there are no such.

    Where runs failed, the smallest set of slots that decides which fail becomes one factor whose levels are its
    combinations that do not: choices that depend on each other have one share, which is exact, in place of shares of
    their own, which would not be.

    Parameters
    ----------
    levels
        ``int[R, slots]``.
    valid
        ``bool[R]``: runs that did not fail.
    """
    rows = np.flatnonzero(valid)
    slots = levels.shape[1]
    if not rows.size:
        return None
    merged: tuple[int, ...] = ()
    if not valid.all():
        sizes = range(1, slots + 1)
        sets = (chosen for size in sizes for chosen in combinations(range(slots), size))
        merged = next(chosen for chosen in sets if _decides(levels[:, chosen], valid))
    groups = [*((f,) for f in range(slots) if f not in merged), *([merged] if merged else [])]
    columns = [np.unique(levels[rows][:, group], axis=0, return_inverse=True) for group in sorted(groups)]
    found = np.stack([np.reshape(inverse, -1) for _, inverse in columns], axis=1)
    cells = tuple(len(unique) for unique, _ in columns)
    if len(rows) != int(np.prod(cells)) or len(np.unique(found, axis=0)) != len(rows):
        return None
    return Factors(tuple(sorted(groups)), found, cells, rows)


def _decides(levels: NDArray[np.int64], valid: NDArray[np.bool_]) -> bool:
    """Return whether these slots alone decide which runs fail."""
    _, inverse = np.unique(levels, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    good = np.bincount(inverse, weights=valid)
    return bool(np.isin(good, [0]).sum() + (good == np.bincount(inverse)).sum() == len(good))


def main_effects(
    y: Floats, levels: NDArray[np.int64], *, draws: int = 0, level: float = 0.9, seed: int = 0
) -> tuple[Floats, Floats]:
    """Return the share of variance that each slot explains alone in a random design, and bootstrap intervals.

    The share is Kelley's ε², the correlation ratio freed of its bias: a slot without effect has 0 on average.

    Parameters
    ----------
    y
        ``float64[R, M]``.
    levels
        ``int[R, slots]``.

    Returns
    -------
    tuple
        ``float64[slots]`` and ``float64[2, slots]``.

    References
    ----------
    Kelley (1935), Proceedings of the National Academy of Sciences 21(9), doi:10.1073/pnas.21.9.554.
    """
    share = _epsilon(y, levels)
    ends = np.full((2, levels.shape[1]), np.nan)
    if draws:
        random = np.random.default_rng(seed)
        again = np.stack([_epsilon(y[at], levels[at]) for at in random.integers(0, len(y), (draws, len(y)))])
        ends = np.quantile(again, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return share, ends


def _epsilon(y: Floats, levels: NDArray[np.int64]) -> Floats:
    total = np.square(y - y.mean(axis=0)).sum()
    found = np.zeros(levels.shape[1])
    for f in range(levels.shape[1]):
        _, inverse, counts = np.unique(levels[:, f], return_inverse=True, return_counts=True)
        order = np.argsort(inverse, kind="stable")
        means = np.add.reduceat(y[order], np.concatenate([[0], np.cumsum(counts)[:-1]])) / counts[:, None]
        within = np.square(y - means[inverse]).sum()
        if total > 0 and len(y) > len(counts) > 1:
            found[f] = 1 - (within / (len(y) - len(counts))) / (total / (len(y) - 1))
    return found
