"""Aggregate outputs and inputs of observations that are compared: at prices, by shares, or by what all others say.

Q(y) = p·y with prices of the one before (Laspeyres), of now (Paasche), of both (Fisher 1922), or the same for all (Lowe
1823); with shares in value as weights of logarithms (Törnqvist 1936); and the geometric mean over comparisons with
every observation, which makes an index transitive (Eltetö and Köves 1964, Szulc 1964; Caves, Christensen and Diewert
1982, doi:10.2307/2232257).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.change.compared import Compared
from nqpf.productivity.frontier.quantities import Bools, Quantities
from nqpf.productivity.frontier.technology import Floats, Integers

BEFORE, NOW = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Prices of inputs and outputs that quantities are aggregated with.

    Attributes
    ----------
    prices
        ``float64[M, I + O]``.
    sets
        ``int[C, K]`` positions in `prices`: each comparison has K sets, the aggregate is their geometric mean.
    words
        What each set is.
    tied
        ``bool[M]`` shadow prices that are not unique; None of market prices.
    """

    prices: Floats
    sets: Integers
    words: tuple[str, ...]
    tied: Bools | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates:
    """Aggregate quantities of C comparisons, of the one before and of now.

    Attributes
    ----------
    inputs, outputs
        ``float64[C, 2]``, NaN where there is none.
    vectors
        The prices they are made with; None where the aggregate is no sum at prices.
    status
        ``int8[C]`` status of the programs behind them, codes of `nqpf.numerics.programs`.
    """

    inputs: Floats
    outputs: Floats
    vectors: Vectors | None = None
    status: NDArray[np.int8] = field(default_factory=lambda: np.zeros(1, np.int8))

    @property
    def tied(self) -> Bools | None:
        """Return ``bool[C]`` whether shadow prices are one choice among several; None where there are none."""
        if self.vectors is None or self.vectors.tied is None:
            return None
        tied: Bools = np.asarray(self.vectors.tied[self.vectors.sets].any(axis=1))
        return tied


def at_vectors(compared: Compared, quantities: Quantities, vectors: Vectors, status: NDArray[np.int8]) -> Aggregates:
    """Return sums at prices, the geometric mean of those of the sets."""
    i = quantities.x.shape[1]
    rows = np.stack([compared.before, compared.now], axis=1)
    prices = vectors.prices[vectors.sets]
    inputs = np.einsum("cki,cri->crk", prices[..., :i], quantities.x[rows])
    outputs = np.einsum("cki,cri->crk", prices[..., i:], quantities.y[rows])
    return Aggregates(geometric(inputs), geometric(outputs), vectors, status)


def geometric(values: Floats) -> Floats:
    """Return the geometric mean over the last axis."""
    if values.shape[-1] == 1:
        return values[..., 0]
    mean: Floats = np.prod(values, axis=-1) ** (1.0 / values.shape[-1])
    return mean


def at_market_prices(compared: Compared, quantities: Quantities, prices: Floats, index: str) -> Aggregates:
    """Return aggregates of ``laspeyres``, ``paasche``, ``fisher`` or ``lowe``; ``float64[R, I + O]`` prices."""
    none = np.zeros(compared.now.size, np.int8)
    if index == "lowe":
        mean = prices[np.sort(compared.now)].mean(axis=0)[None]
        sets = np.zeros((compared.now.size, 1), np.intp)
        return at_vectors(compared, quantities, Vectors(mean, sets, ("mean",)), none)
    of = {"laspeyres": ("before",), "paasche": ("now",), "fisher": ("before", "now")}[index]
    sets = np.stack([getattr(compared, word) for word in of], axis=1)
    return at_vectors(compared, quantities, Vectors(prices, sets, of), none)


def tornqvist(compared: Compared, quantities: Quantities, prices: Floats) -> Aggregates:
    """Return Π q^ω with ω the mean of the shares in value of both observations."""
    now, before = compared.now, compared.before

    def total(q: Floats, p: Floats) -> Floats:
        share = _shares(q, p)
        weight = (share[before] + share[now]) / 2
        sums = [np.exp((weight * np.log(q[rows])).sum(axis=1)) for rows in (before, now)]
        return np.stack(sums, axis=1)

    i = quantities.x.shape[1]
    return Aggregates(total(quantities.x, prices[:, :i]), total(quantities.y, prices[:, i:]))


def transitive(compared: Compared, quantities: Quantities, prices: Floats, index: str) -> Aggregates:
    """Return levels beside the geometric mean of all observations, from Fisher (``eks``) or Törnqvist (``ccd``)."""
    level = _eks if index == "eks" else _ccd
    every = np.sort(compared.now)
    rows = np.stack([compared.before, compared.now], axis=1)

    def total(q: Floats, p: Floats) -> Floats:
        levels = np.full(len(q), np.nan)
        log = level(q[every], p[every])
        levels[every] = np.exp(log - log.mean())
        found: Floats = levels[rows]
        return found

    i = quantities.x.shape[1]
    return Aggregates(total(quantities.x, prices[:, :i]), total(quantities.y, prices[:, i:]))


def _eks(q: Floats, p: Floats, block: int = 1024) -> Floats:
    """Return the mean over j of the logarithm of Fisher's index from j to i, up to a constant."""
    at_own, mine, yours = np.log((p * q).sum(axis=1)), np.empty(len(q)), np.zeros(len(q))
    for start in range(0, len(q), block):
        some = slice(start, start + block)
        value = np.log(p[some] @ q.T)
        mine[some] = value.mean(axis=1)
        yours += value.sum(axis=0) / len(q)
    log: Floats = (yours + at_own - mine) / 2
    return log


def _ccd(q: Floats, p: Floats) -> Floats:
    """Return the mean over j of the logarithm of Törnqvist's index from j to i, up to a constant."""
    share, log = _shares(q, p), np.log(q)
    total: Floats = ((share + share.mean(axis=0)) * (log - log.mean(axis=0))).sum(axis=1) / 2
    return total


def _shares(q: Floats, p: Floats) -> Floats:
    value = p * q
    share: Floats = value / value.sum(axis=1, keepdims=True)
    return share
