"""Log-likelihood of a stochastic frontier with its gradient and Hessian by all parameters, none by differences.

The density of a group (`composed`) depends on few numbers; the chain rule carries its derivatives to the coefficients
of the frontier b, ln σ_u², ln σ_v², the location d of inefficiency (μ/σ_u = Z d) and its decay η, with
h_t = exp(−η (t − T)) as in Battese and Coelli (1992, doi:10.1007/BF00158774).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.stochastic_frontier.composed import B, Density, Groups, Law, M, Q, U, V, density

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Value, gradient and Hessian of a function; the last two None where they were not asked for."""

    value: float
    gradient: Floats | None = None
    hessian: Floats | None = None


def ridge(d: Floats) -> Floats:
    """Return the derivatives of ln(1 + d'd)."""
    return 2 * d / (1 + d @ d)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """A stochastic frontier of n rows in G groups, rows of a group one after another.

    Attributes
    ----------
    y
        ``float64[n]`` left-hand side.
    x
        ``float64[n, K]`` right-hand side.
    starts
        ``int[G]`` first row of each group.
    z
        ``float64[G, L]`` what the location of inefficiency depends on; L may be 0 (half-normal, exponential).
    lag
        ``float64[n]`` years since the last year T, none of them positive, where inefficiency decays; else None.
    sign
        1 for production, −1 for cost.
    law
        Of inefficiency.
    gram
        ``float64[K, K]`` x'x.

    Notes
    -----
    Parameters stand in the order b (K), ln σ_u² − ln(1 + d'd), ln σ_v², d (L), η (where there is a `lag`). As
    μ → −∞ the truncated normal becomes an exponential law of mean σ_u²/|μ|; with the second of these parameters in
    place of ln σ_u² the long ridge there is straight.
    """

    y: Floats
    x: Floats
    starts: Integers
    z: Floats
    lag: Floats | None
    sign: int
    law: Law
    gram: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gram", self.x.T @ self.x)

    @property
    def k(self) -> int:
        """Number of coefficients of the frontier."""
        return int(self.x.shape[1])

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.k + 2 + int(self.z.shape[1]) + (self.lag is not None)

    def split(self, theta: Floats) -> tuple[Floats, float, float, Floats, float]:
        """Return parameters as b, ln σ_u², ln σ_v², d and η."""
        k, location = self.k, self.k + 2 + self.z.shape[1]
        eta = float(theta[location]) if self.lag is not None else 0.0
        d = theta[k + 2 : location]
        return theta[:k], float(theta[k] + np.log1p(d @ d)), float(theta[k + 1]), d, eta

    def sums(self, rows: Floats) -> Floats:
        """Return the sums over groups of ``float64[n, …]``."""
        return rows if self.starts.size == len(rows) else np.asarray(np.add.reduceat(rows, self.starts, axis=0))

    def shape(self, eta: float) -> Floats:
        """Return h, ``float64[n]``."""
        return np.ones_like(self.y) if self.lag is None else np.exp(-eta * self.lag)

    def groups(self, theta: Floats) -> Groups:
        """Return the sums over residuals that the density of each group depends on."""
        b, _, _, _, eta = self.split(theta)
        e, h = self.y - self.x @ b, self.shape(eta)
        return Groups(self.sums(e * e), self.sums(h * e), self.sums(h * h), self.sums(np.ones_like(e)))

    def at(self, theta: Floats, curved: bool = True) -> Point:
        """Return the log-likelihood with its derivatives, or the value alone if not `curved`."""
        _, u, v, d, _ = self.split(theta)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = density(self.law, self.sign, self.groups(theta), self.z @ d, u, v, curved)
            value = float(found.value.sum())
            if not curved or not np.isfinite(value):
                return Point(value if np.isfinite(value) else -np.inf)
            return Point(value, *self._derivatives(theta, found))

    def _derivatives(self, theta: Floats, found: Density) -> tuple[Floats, Floats]:
        b, _, _, d, eta = self.split(theta)
        k = self.k
        e, h = self.y - self.x @ b, self.shape(eta)
        along, cross = self.x if self.lag is None else h[:, None] * self.x, self.x.T @ e
        along = self.sums(along)
        first, second = found.first, found.second
        assert second is not None
        inner = self._inner(e, h, d)
        gradient = np.concatenate(
            [-2 * found.square * cross - along.T @ first[B], np.einsum("ag,agc->c", first, inner)]
        )
        carried = np.einsum("abg,bgc->agc", second, inner)
        hessian = np.empty((self.size, self.size))
        hessian[:k, :k] = 2 * found.square * self.gram + (along * second[B, B][:, None]).T @ along
        hessian[:k, k:] = -along.T @ carried[B]
        hessian[:k, k + 1] += 2 * found.square * cross
        hessian[k:, k:] = np.einsum("agc,agd->cd", inner, carried)
        place = slice(k + 2, k + 2 + d.size)
        hessian[place, place] += first[U].sum() * (2 * np.eye(d.size) / (1 + d @ d) - np.outer(ridge(d), ridge(d)))
        if self.lag is not None:
            lag = self.lag
            hessian[:k, -1] += self.sums((lag * h)[:, None] * self.x).T @ first[B]
            hessian[-1, -1] += first[B] @ self.sums(lag**2 * h * e) + first[Q] @ self.sums(4 * lag**2 * h * h)
        hessian[k:, :k] = hessian[:k, k:].T
        return gradient, hessian

    def _inner(self, e: Floats, h: Floats, d: Floats) -> Floats:
        """Return the derivatives of (B, q, m, ln U, ln V) of each group by all parameters but b."""
        n, width = self.starts.size, self.z.shape[1]
        inner = np.zeros((5, n, self.size - self.k))
        inner[U, :, 0] = inner[V, :, 1] = 1.0
        inner[M, :, 2 : 2 + width] = self.z
        inner[U, :, 2 : 2 + width] = ridge(d)
        if self.lag is not None:
            inner[B, :, -1] = self.sums(-self.lag * h * e)
            inner[Q, :, -1] = self.sums(-2 * self.lag * h * h)
        return inner
