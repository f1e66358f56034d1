"""Data that have one mode: what a table would look like if it held no clusters.

Each column keeps its shape as far as one mode allows: a kernel density with the smallest bandwidth that leaves one mode
(Silverman 1981, Using kernel density estimates to investigate multimodality, Journal of the Royal Statistical Society B
43(1), 97–99), shrunk so that the variance stays; columns hang together by the correlation of their normal scores. The
idea of a unimodal reference for clusters is that of Helgeson, Vock and Bair (2021), doi:10.1111/biom.13376; with
Gaussian columns it is that of Liu, Hayes, Nobel and Marron (2008), doi:10.1198/016214508000000454.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from nqpf.numerics.ranks import position

Floats = NDArray[np.float64]

CELLS = 2048
"""Cells of the grid on which densities are taken, their margin included."""
HALVINGS = 24
"""Halvings of the interval that holds the critical bandwidth."""
FAINT = 1e-6
"""Share of the highest density below which a bump is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """Data of N units and D columns that have one mode.

    Attributes
    ----------
    root
        ``float64[D, D]``: independent normal scores times its transpose have the correlation (or covariance) wanted.
    mean
        ``float64[D]`` means, for Gaussian columns.
    grids, levels
        Of each column with a shape of its own, values and the share of the density below them; empty where columns are
        Gaussian.
    """

    root: Floats
    mean: Floats
    grids: Floats
    levels: Floats

    @classmethod
    def gaussian(cls, x: Floats) -> Self:
        """Return Gaussian data with the means and covariances of ``float64[N, D]``."""
        empty = np.empty((0, 0))
        return cls(_root(np.atleast_2d(np.cov(x, rowvar=False))), x.mean(axis=0), empty, empty)

    @classmethod
    def unimodal(cls, x: Floats) -> Self:
        """Return data with columns like those of ``float64[N, D]``, but of one mode."""
        n = len(x)
        scores = np.column_stack([ndtri(position(c, c, "average") / (n + 1)) for c in x.T])
        shapes = [_one_mode(c) for c in x.T]
        correlation = np.atleast_2d(np.corrcoef(scores, rowvar=False))
        return cls(
            _root(correlation), x.mean(axis=0), np.array([g for g, _ in shapes]), np.array([f for _, f in shapes])
        )

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """Return `size` units ``float64[size, D]``."""
        scores = rng.standard_normal((size, self.mean.size)) @ self.root.T
        if not self.grids.size:
            return np.asarray(scores + self.mean)
        share = ndtr(scores)
        return np.column_stack(
            [np.interp(u, level, grid) for u, level, grid in zip(share.T, self.levels, self.grids, strict=True)]
        )


def critical_bandwidth(values: Floats) -> float:
    """Return the smallest bandwidth, to seven digits, at which the Gaussian kernel density of values has one mode."""
    return _critical(values)[0]


def _critical(values: Floats) -> tuple[float, Floats, Floats]:
    """Return the critical bandwidth, the grid, and the density there."""
    spread = float(values.std(ddof=1))
    low, high = float(values.min()), float(values.max())
    most = max(spread, (high - low) / 2) * 1.001  # two points at ± d have one mode from a bandwidth of d on
    margin = 4 * most
    grid = np.linspace(low - margin, high + margin, CELLS)
    step = grid[1] - grid[0]
    place = (values - grid[0]) / step
    cell = place.astype(np.intp)
    part = place - cell
    mass = np.bincount(cell, 1 - part, CELLS) + np.bincount(cell + 1, part, CELLS)
    wave = np.fft.rfft(mass / values.size)
    squared = (2 * np.pi * np.fft.rfftfreq(CELLS, step)) ** 2

    def density(h: float) -> Floats:
        return np.maximum(np.fft.irfft(wave * np.exp(-0.5 * h * h * squared), CELLS) / step, 0.0)

    few, many = step, most
    for _ in range(HALVINGS):
        h = 0.5 * (few + many)
        if _modes(density(h)) > 1:
            few = h
        else:
            many = h
    return many, grid, density(many)


def _modes(density: Floats) -> int:
    rises = np.sign(np.diff(density))
    rises = rises[(density[1:] > FAINT * density.max()) & (rises != 0)]
    return int(((rises[:-1] > 0) & (rises[1:] < 0)).sum())


def _one_mode(values: Floats) -> tuple[Floats, Floats]:
    """Return values and the share below them of the density of one mode that has the variance of the values."""
    h, grid, density = _critical(values)
    share = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    share /= share[-1]
    mean, variance = values.mean(), values.var(ddof=1)
    return mean + (grid - mean) * np.sqrt(variance / (variance + h * h)), share


def _root(matrix: Floats) -> Floats:
    size, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * np.sqrt(np.maximum(size, 0.0)))
