"""What an economy loses because marginal revenue products differ among its units, and which wedge the loss is due to.

Arrays only. Units of a group (an industry in a year) sell varieties with elasticity of substitution σ and use factors
f with shares α_f that sum to 1. With r the revenue shares, m_f the marginal revenue products and m̄_f their means
(harmonic, weighted by r·α_f), t_i = Σ_f α_f ln(m_fi / m̄_f) is the log of TFPR over the group's, and the log gain of
equal marginal products at given factors of the group is ln Σ_i r_i e^{(σ−1) t_i} / (σ − 1): Hsieh and Klenow (2009,
doi:10.1162/qjec.2009.124.4.1403, eqs. 15–20) with A_i^{σ−1} ∝ r_i·TFPR_i^{σ−1} put in. Its limit at σ = 1 is
Σ_i r_i t_i, the measure of Aoki (2012) and of 陈永伟、胡伟民 (2011), where shares may differ between units.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """R units in G groups.

    Attributes
    ----------
    group
        ``int[R]`` group of each unit, every one of 0 … G − 1 with at least one unit.
    count
        G.
    revenue
        ``float64[R]`` shares in the revenue of the group.
    alpha
        ``float64[F, R]`` factor shares, summing to 1 over F; the same throughout a group unless `sigma` is 1.
    sigma
        Elasticity of substitution within a group.
    """

    group: Integers
    count: int
    revenue: Floats
    alpha: Floats
    sigma: float

    def sums(self, values: Floats) -> Floats:
        """Return ``float64[G]``, the sum of ``float64[R]`` over each group."""
        return np.asarray(np.bincount(self.group, weights=values, minlength=self.count), dtype=np.float64)

    def deviations(self, log_m: Floats) -> Floats:
        """Return ``float64[F, R]``, log marginal revenue products over those of the group."""
        weight = self.revenue * self.alpha
        off = np.empty_like(log_m)
        for f, (m, w) in enumerate(zip(log_m, weight, strict=True)):
            bar = np.log(self.sums(w) / self.sums(w * np.exp(-m)))
            off[f] = m - bar[self.group]
        return off

    def tfpr(self, deviations: Floats) -> Floats:
        """Return ``float64[R]``, log TFPR over that of the group."""
        return np.asarray(np.einsum("fr,fr->r", self.alpha, deviations))

    def log_gain(self, t: Floats) -> Floats:
        """Return ``float64[G]``, the log gain of equal marginal products, from log TFPR over that of the group."""
        power = self.sigma - 1
        if power == 0:
            return self.sums(self.revenue * t)
        # log1p and expm1: exact where the gain is nothing, and near σ = 1
        return np.asarray(np.log1p(self.sums(self.revenue * np.expm1(power * t))) / power)

    def size_ratio(self, t: Floats) -> Floats:
        """Return ``float64[R]``, each unit's share in revenue if marginal products were equal, over its share now."""
        grown = np.exp((self.sigma - 1) * t)
        return np.asarray(grown / self.sums(self.revenue * grown)[self.group])

    def with_products(self, log_m: Floats, other: Floats) -> Market:
        """Return the market as it would be if log marginal revenue products were `other` instead of `log_m`."""
        if self.sigma == 1:
            return self
        change = np.einsum("fr,fr->r", self.alpha, log_m - other)
        grown = self.revenue * np.exp((self.sigma - 1) * change)
        return Market(self.group, self.count, grown / self.sums(grown)[self.group], self.alpha, self.sigma)


def mixture(names: tuple[str, ...], wedges: str) -> tuple[tuple[str, ...], Floats]:
    """Return the names of the wedges of factors `names`, and ``float64[F, W]`` how log products are made of them.

    ``factors``: each factor has its wedge. ``output_capital``: labour has none; what its marginal product differs by
    is the wedge on output, and the others' wedges are relative to labour.
    """
    if wedges == "factors":
        return names, np.eye(len(names))
    labour = names.index("labour")
    made = np.eye(len(names))
    made[:, labour] = 1.0
    return tuple("output" if name == "labour" else name for name in names), made


def parts(market: Market, log_m: Floats, made: Floats) -> Floats:
    """Return ``float64[W, G]``, the log gain shared among wedges, adding up exactly.

    A wedge's part is what its removal gains, averaged over all orders in which wedges can be removed (Shapley value;
    Shorrocks 2013, doi:10.1007/s10888-011-9214-z).

    Parameters
    ----------
    market
        The units.
    log_m
        ``float64[F, R]`` log marginal revenue products, up to a constant of each group.
    made
        ``float64[F, W]`` as of `mixture`.
    """
    count = made.shape[1]
    wedge = np.linalg.inv(made) @ log_m
    left: dict[frozenset[int], Floats] = {frozenset(range(count)): np.zeros(market.count)}
    for size in range(count):
        for gone in combinations(range(count), size):
            stays = made.copy()
            stays[:, list(gone)] = 0.0
            products = stays @ wedge
            there = market.with_products(log_m, products) if gone else market
            left[frozenset(gone)] = there.log_gain(there.tfpr(there.deviations(products)))
    found = np.zeros((count, market.count))
    for w in range(count):
        for without in (some for some in left if w not in some):
            odds = factorial(len(without)) * factorial(count - len(without) - 1) / factorial(count)
            found[w] += odds * (left[without] - left[without | {w}])
    return found
