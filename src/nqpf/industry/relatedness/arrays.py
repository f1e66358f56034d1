"""Advantage, complexity, proximity and density of one year as pure functions on arrays: what the room builds on.

Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x; Hidalgo et al. (2007), doi:10.1126/science.1144581; Hidalgo and
Hausmann (2009), doi:10.1073/pnas.0900943106.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.numerics.cooccurrence import Block, Diagonal, Likeness, averages, correlated, nearest, together, whole
from nqpf.numerics.spectrum import second_axis

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Basis = Literal["diversity", "ubiquity", "skewness"]

ROUNDING = 1e-12
"""A ratio this much below the threshold, of its size, is at the threshold: sums in another order differ by as much."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Complexity of N regions and K industries.

    Attributes
    ----------
    eci
        ``float64[N]``, mean 0 and standard deviation 1 (divisor N) over the regions.
    pci
        ``float64[K]`` in the same unit: the ECI of a region is exactly the mean PCI of the industries it has.
    origin
        PCI of the point from which the eigenvector is measured (its mean weighted by ubiquity is 0 there): pci − origin
        is the eigenvector in units of the standard deviation of ECI.
    lambda2, lambda3
        Second and third eigenvalue; 1 is the first. The mean (eci − origin) of the regions that have an industry is
        λ₂ (pci − origin).
    share
        λ₂ over the sum of all eigenvalues but the first.
    diversity, ubiquity
        Correlation of ECI with diversity and of PCI with ubiquity, NaN where the latter do not vary.
    basis
        What set the sign: ECI rises with diversity; where diversity does not vary, PCI falls with ubiquity; where
        neither does, ECI has its long tail above.
    """

    eci: Floats
    pci: Floats
    origin: float
    lambda2: float
    lambda3: float
    share: float
    diversity: float
    ubiquity: float
    basis: Basis


def expected(x: Floats) -> Floats:
    """Return the activity ``float64[N, K]`` that regions and industries of their sizes would have without advantage."""
    return np.outer(x.sum(axis=1), x.sum(axis=0) / x.sum())


def advantage(x: Floats) -> Floats:
    """Return Balassa's index ``float64[N, K]`` of activity ``float64[N, K]``.

    NaN for a region or an industry without any activity.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (x / x.sum(axis=1, keepdims=True)) / (x.sum(axis=0) / x.sum())
    return found


def present(rca: Floats, threshold: float = 1.0) -> Bools:
    """Return where the index is at the threshold or above it; NaN is not."""
    with np.errstate(invalid="ignore"):
        return np.asarray(rca >= threshold * (1 - ROUNDING))


def spectrum(m: Bools) -> Spectrum:
    """Return the complexity of regions and industries from who has what.

    Parameters
    ----------
    m
        ``bool[N, K]``; every region has an industry and every industry a region, and all hang together
        (`nqpf.numerics.spectrum.components`): otherwise the second eigenvalue is 1 and tells only who is apart.
    """
    axis = second_axis(m)
    eci, pci = axis.rows, axis.columns
    size, spread = m.sum(axis=1), m.sum(axis=0)
    by_size, by_spread = _correlation(eci, size), _correlation(pci, spread)
    basis: Basis
    if not np.isnan(by_size):
        basis, sign = "diversity", by_size
    elif not np.isnan(by_spread):
        basis, sign = "ubiquity", -by_spread
    else:
        basis, sign = "skewness", float(((eci - eci.mean()) ** 3).sum())
    scale = np.copysign(eci.std(), sign)
    origin = -eci.mean() / scale
    turn = np.sign(scale)
    rest = axis.trace - 1
    return Spectrum(
        eci / scale + origin, pci / scale + origin, float(origin), axis.second, axis.third,
        axis.second / rest if rest > 0 else float("nan"), turn * by_size, turn * by_spread, basis,
    )  # fmt: skip


def _correlation(x: Floats, y: NDArray[np.integer]) -> float:
    if (y == y[0]).all():
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def related(x: NDArray[np.generic], kind: Likeness = "minimum", diagonal: Diagonal = "one") -> Block:
    """Return proximities of industries as a function that gives some columns ``float64[K, b]`` of them at a time.

    Parameters
    ----------
    x
        ``bool[N, K]`` who has what; for ``continuous`` the index ``float64[N, K]`` itself.
    kind
        ``minimum``: the smaller probability that a region with one industry has the other. ``cosine``: shared regions
        over the geometric mean of both. ``continuous``: (1 + r) / 2 with r the correlation of the index over regions.
    diagonal
        Proximity of an industry to itself.
    """
    if kind == "continuous":
        return correlated(np.asarray(x, dtype=np.float64), diagonal)
    return together(np.asarray(x, dtype=np.bool_), kind, diagonal)


def proximity_of(x: NDArray[np.generic], kind: Likeness = "minimum", diagonal: Diagonal = "one") -> Floats:
    """Return proximities of industries ``float64[K, K]``; parameters as of `related`."""
    return whole(related(x, kind, diagonal), np.shape(x)[1])


def density_of(m: NDArray[np.generic], phi: Floats | Block, neighbours: int | None = None) -> Floats:
    """Return how much of what is related to an industry each region has, ``float64[N, K]``.

    Parameters
    ----------
    m
        ``bool[N, K]`` who has what (or weights instead of zeros and ones).
    phi
        ``float64[K, K]`` proximities, symmetric, or the blocks of them that `related` gives.
    neighbours
        Count only so many nearest other industries, and those as near as the last of them.

    Returns
    -------
    Σ_k m_nk φ_kj / Σ_k φ_kj; NaN for an industry that is related to none.
    """
    columns = phi if callable(phi) else phi_columns(phi)
    return averages(m, nearest(columns, neighbours))


def phi_columns(phi: Floats) -> Block:
    """Return a matrix ``float64[K, K]`` as blocks of its columns."""
    return lambda at: phi[:, at].copy()


@dataclass(frozen=True, slots=True, eq=False)
class Fitness:
    """Fitness of N regions and quality of K industries, each of mean 1.

    Attributes
    ----------
    fitness, quality
        ``float64[N]`` and ``float64[K]``.
    change
        Largest change of a fitness in the last round, of its size.
    """

    fitness: Floats
    quality: Floats
    change: float


def fitness_of(m: Bools, rounds: int = 100) -> Fitness:
    """Return fitness and quality after so many rounds from 1 for all.

    In each round F ← M Q and Q ← 1 / (M' (1 / F)) from the last round's F and Q, both divided by their means: a region
    is as fit as the sum of its industries, an industry is held down by the least fit region that has it. A fitness may
    fall towards 0 for ever (Pugliese, Zaccaria and Pietronero 2016, https://arxiv.org/abs/1410.0249); where one gets
    there in the rounds given, it is 0, and so is the quality of what that region has.
    """
    table = sparse.csr_array(m, dtype=np.float64)
    back = table.T.tocsr()
    fitness, quality, last = np.ones(m.shape[0]), np.ones(m.shape[1]), np.ones(m.shape[0])
    for _ in range(rounds):
        last = fitness
        with np.errstate(divide="ignore", over="ignore"):
            fitness, quality = table @ quality, 1 / (back @ (1 / last))
        fitness, quality = fitness / fitness.mean(), quality / quality.mean()
    there = last > 0
    return Fitness(fitness, quality, float(np.abs(fitness[there] / last[there] - 1).max()))
