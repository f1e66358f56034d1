"""The wild cluster bootstrap of a least-squares coefficient, with the null hypothesis imposed: all draws at once.

Cameron, Gelbach and Miller (2008), doi:10.1162/rest.90.3.414; two-point weights of Davidson and Flachaire (2008),
doi:10.1016/j.jeconom.2008.08.003; six-point weights where clusters are few: Webb (2023), doi:10.1111/caje.12661. Under
the null β_j = b the residuals are linear in b, so every t value of every draw is a ratio of a linear and a quadratic
form in b, and intervals by inversion of the test cost no more draws (Roodman, Nielsen, MacKinnon and Webb 2019,
doi:10.1177/1536867X19830877).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
BLOCK = 256
"""Clusters whose residuals are spread out at a time."""
HALVINGS, STEPS = 60, 60


def weights_of(clusters: int, draws: int, kind: str, rng: np.random.Generator) -> tuple[Floats, bool]:
    """Return weights ``float64[clusters, draws]``, and whether they are all there are rather than drawn.

    Parameters
    ----------
    clusters, draws
        How many.
    kind
        ``rademacher`` (−1 or 1; every combination once, if these are no more than `draws`) or ``webb``.
    rng
        Source of the draws.
    """
    if kind == "webb":
        return WEBB[rng.integers(6, size=(clusters, draws))], False
    if clusters < 31 and 2**clusters <= draws:
        every = (np.arange(2**clusters)[None, :] >> np.arange(clusters)[:, None]) & 1
        return np.where(every == 0, 1.0, -1.0), True
    return rng.choice(np.array([-1.0, 1.0]), size=(clusters, draws)), False


@dataclass(frozen=True, slots=True, eq=False)
class Wild:
    """Squared t values of B draws as functions of the null b: (n0 − b n1)² / (q0 − 2 b q1 + b² q2).

    Attributes
    ----------
    estimate, variance
        Of the coefficient, the variance by cluster without small-sample factors, which cancel.
    n0, n1, q0, q1, q2
        ``float64[B]``.
    all
        Whether the draws are every combination of weights there is.
    """

    estimate: float
    variance: float
    n0: Floats
    n1: Floats
    q0: Floats
    q1: Floats
    q2: Floats
    all: bool

    def p(self, null: float = 0.0) -> float:
        """Return the two-sided p value of β_j = `null`: the share of draws whose |t| is no smaller."""
        t2 = (self.estimate - null) ** 2 / self.variance
        top = (self.n0 - null * self.n1) ** 2
        bottom = self.q0 - 2 * null * self.q1 + null**2 * self.q2
        # what differs by rounding is the same: of every combination of weights some repeat the sample
        count = int((top >= t2 * bottom * (1 - 1e-9)).sum())
        return count / top.size if self.all else (count + 1) / (top.size + 1)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the nulls around the estimate that are not refused; infinite where none is however far away."""
        alpha = (1.0 - level) * (1 + 1e-9)  # 1 − 0.9 is less than 0.1
        low, high = (self._end(direction, alpha) for direction in (-1.0, 1.0))
        return low, high

    def _end(self, direction: float, alpha: float) -> float:
        unit = direction * float(np.sqrt(self.variance))
        inside, step = 0.0, 1.0
        for _ in range(STEPS):
            if self.p(self.estimate + step * unit) <= alpha:
                break
            inside, step = step, step * 1.5
        else:
            return direction * np.inf
        for _ in range(HALVINGS):
            middle = (inside + step) / 2
            if self.p(self.estimate + middle * unit) <= alpha:
                step = middle
            else:
                inside = middle
        return float(self.estimate + inside * unit)


def wild(
    y: Floats,
    x: Floats,
    j: int,
    cluster: Integers,
    weights: Floats,
    every: bool,
    project: Callable[[Floats], Floats],
) -> Wild:
    """Return the bootstrap of coefficient `j`.

    Parameters
    ----------
    y, x
        ``float64[R]`` and ``float64[R, K]`` without effects, columns of `x` independent.
    j
        The coefficient.
    cluster
        ``int[R]`` numbers of clusters from 0.
    weights, every
        ``float64[G, B]``, see `weights_of`.
    project
        Takes effects out of ``float64[R, m]``.
    """
    others = np.delete(x, j, axis=1)
    basis = np.linalg.qr(others)[0]
    all_of = np.linalg.qr(x)[0]
    alone = x[:, j] - basis @ (basis.T @ x[:, j])
    restricted = y - basis @ (basis.T @ y)
    size = float(alone @ alone)
    estimate = float(alone @ restricted) / size
    groups = len(weights)

    by_cluster = sparse.csr_array((alone, (cluster, np.arange(len(y)))), shape=(groups, len(y)))

    def scores(values: Floats) -> Floats:
        out: Floats = by_cluster @ values
        return out

    def drawn(residual: Floats) -> tuple[Floats, Floats]:
        """Return for each draw the sum of scores, and the scores by cluster after the regression is run again."""
        after = np.zeros((groups, weights.shape[1]))
        for start in range(0, groups, BLOCK):
            columns = np.arange(start, min(start + BLOCK, groups))
            apart = np.where(cluster[:, None] == columns, residual[:, None], 0.0)
            apart = project(apart)
            apart -= all_of @ (all_of.T @ apart)
            after += scores(apart) @ weights[columns]
        total: Floats = scores(residual) @ weights
        return total, after

    n0, s0 = drawn(restricted)
    n1, s1 = drawn(alone)
    own = scores(restricted - estimate * alone)
    return Wild(
        estimate=estimate,
        variance=float(own @ own) / size**2,
        n0=n0,
        n1=n1,
        q0=(s0 * s0).sum(axis=0),
        q1=(s0 * s1).sum(axis=0),
        q2=(s1 * s1).sum(axis=0),
        all=every,
    )
