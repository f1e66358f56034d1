"""Panel vector autoregressions of a circle: the sample and draws of its units, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.numerics.nickell import companion, roots
from nqpf.regions.systems.lagged import Lagged, Vector, past_of

Floats = NDArray[np.float64]
SINGULAR = 1e-12
"""Smallest root of a correlation matrix of errors whose shocks can be told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Estimates of the sample (first) and of the draws that have one.

    Attributes
    ----------
    nodes
        M names in the order of the circle.
    lags
        L.
    vector
        Vector autoregressions of all nodes, ``B + 1`` of them.
    effects
        Standardised effect of each ordered pair of nodes, ``float64[B' + 1]``.
    rows, units
        Of the vector autoregression of all nodes.
    """

    nodes: tuple[str, ...]
    lags: int
    vector: Vector
    effects: Mapping[tuple[str, str], Floats]
    rows: int
    units: int

    @classmethod
    def of(
        cls, cubes: Mapping[str, Floats], lags: int, given: str, correction: str, weights: Floats, named: str
    ) -> Self:
        """Return the estimates for columns ``float64[T, N]`` and draws ``float64[B, N]``.

        Raises
        ------
        MethodError
            There are too few rows or units, or hardly a draw has an estimate.
        """
        nodes = tuple(cubes)
        whole = np.vstack([np.ones(weights.shape[1]), weights])
        correct = correction == "analytic"

        def fitted(ring: Sequence[str]) -> tuple[Vector, NDArray[np.bool_], Lagged]:
            past = [moved for node in ring for moved in past_of(cubes[node], lags)]
            rows = Lagged.of([cubes[node][lags:] for node in ring], past, named, lags + 2)
            vector, good = Vector.of(rows.moments(), lags, whole[:, rows.there.any(axis=0)], correct=correct)
            return vector, good, rows

        vector, good, rows = fitted(nodes)
        families = [nodes] if given == "all" or len(nodes) == 2 else list(combinations(nodes, 2))
        found = {ring: (vector, good) if ring == nodes else fitted(ring)[:2] for ring in families}
        every = np.logical_and.reduce([good, *(one for _, one in found.values())])
        if not every[0] or every[1:].sum() < 2:
            raise MethodError("panels_no_draw", draws=len(weights))
        effects: dict[tuple[str, str], Floats] = {}
        for ring, (one, there) in found.items():
            sizes = (one.effects(lags) * one.scale)[every[there]]
            effects |= {(a, b): sizes[:, i, j] for i, a in enumerate(ring) for j, b in enumerate(ring) if i != j}
        kept = every[good]
        vector = Vector(vector.coefficients[kept], vector.spread[kept], vector.scale[kept])
        return cls(nodes, lags, vector, effects, len(rows.values), rows.units)

    @property
    def count(self) -> int:
        """Return how many draws have an estimate."""
        return len(self.vector.coefficients) - 1

    def edge(self, leader: str, follower: str, level: float) -> tuple[float, float, float, float, float, float]:
        """Return an edge's standardised effect and by how much it is stronger than its reverse, with intervals."""
        mine, other = self.effects[leader, follower], self.effects[follower, leader]
        return (*_summary(mine, level), *_summary(mine - other, level))

    def gain(self, edges: Sequence[tuple[str, str]], level: float) -> tuple[float, float, float, float]:
        """Return the product of effects around the circle with its interval, and how often all are positive."""
        around = np.array([self.effects[edge] for edge in edges])
        return (*_summary(around.prod(axis=0), level), float((around[:, 1:] > 0).all(axis=0).mean()))

    def stability(self, level: float) -> pl.DataFrame:
        """Return the largest root with its interval, and how much it rests on."""
        root, low, high = _summary(roots(companion(self.vector.coefficients, self.lags)), level)
        found = {"root": root, "low": low, "high": high, "rows": self.rows, "units": self.units, "draws": self.count}
        return pl.DataFrame([found])

    def coefficients(self, level: float) -> pl.DataFrame:
        """Return the coefficients of all nodes on all lags."""
        b = self.vector.coefficients
        low, high = _ends(b[1:], level)
        parts = [
            (self.nodes[j], self.nodes[k // self.lags], k % self.lags + 1, b[0, k, j], low[k, j], high[k, j])
            for j in range(len(self.nodes))
            for k in range(b.shape[1])
        ]
        schema = {"follower": pl.String, "leader": pl.String, "lag": pl.Int64}
        schema |= dict.fromkeys(("estimate", "low", "high"), pl.Float64)
        return pl.DataFrame(parts, schema=schema, orient="row")

    def responses(self, horizon: int, level: float) -> pl.DataFrame:
        """Return what follows a shock of each node, 0 to `horizon` years on."""
        paths = responses(self.vector, self.lags, horizon)
        low, high = _ends(paths[1:], level)
        m = len(self.nodes)
        h, i, j = (at.ravel() for at in np.indices((horizon + 1, m, m)))
        order = np.lexsort((h, i, j))
        h, i, j = h[order], i[order], j[order]
        names = np.array(self.nodes, dtype=object)
        return pl.DataFrame(
            {
                "shock": pl.Series(names[j], dtype=pl.String),
                "response": pl.Series(names[i], dtype=pl.String),
                "horizon": h.astype(np.int64),
                "effect": paths[0, h, i, j],
                "low": low[h, i, j],
                "high": high[h, i, j],
            }
        )


def responses(vector: Vector, lags: int, horizon: int) -> Floats:
    """Return orthogonal responses ``float64[B, H + 1, M, M]`` of the row's node to a shock of the column's.

    Parameters
    ----------
    vector
        Autoregressions; a draw whose errors cannot be told apart has none, which only the first may not be.
    lags, horizon
        L and H.
    """
    size = np.sqrt(np.diagonal(vector.spread, axis1=1, axis2=2))
    like = vector.spread / (size[:, :, None] * size[:, None, :])
    told = np.linalg.eigvalsh(like)[:, 0] > SINGULAR
    if not told[0] or told.sum() < 3:
        raise MethodError("circle_shocks")
    power = shock = np.linalg.cholesky(like[told]) * size[told][:, :, None]
    step = companion(vector.coefficients[told], lags)
    state = np.zeros((len(shock), step.shape[1], shock.shape[2]))
    state[:, ::lags] = shock
    found = [power]
    for _ in range(horizon):
        state = step @ state
        found.append(state[:, ::lags])
    return np.stack(found, axis=1)


def _summary(values: Floats, level: float) -> tuple[float, float, float]:
    """Return the estimate of the sample and the ends of its interval."""
    low, high = _ends(values[1:], level)
    return float(values[0]), float(low), float(high)


def _ends(values: Floats, level: float) -> tuple[Floats, Floats]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
