"""Kernel densities as arrays: kernels reflected at bounds, bandwidths, and densities of one variable given another.

Rules of thumb by Silverman (1986), doi:10.1201/9781315140919, and Scott (1992), doi:10.1002/9780470316849, as in R's
``bw.nrd0`` and ``bw.nrd``; the improved Sheather–Jones bandwidth by Botev, Grotowski and Kroese (2010),
doi:10.1214/10-AOS799; bandwidths by likelihood for conditional densities by Hall, Racine and Li (2004),
doi:10.1198/016214504000000548.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.optimize import brentq, minimize

Floats = NDArray[np.float64]
Kernel = Literal["gaussian", "epanechnikov"]

REACH: dict[Kernel, float] = {"gaussian": 9.0, "epanechnikov": 5**0.5}
"""Bandwidths beyond which a kernel is zero in floating point."""
BINS = 2**12
"""Bins of the cosine transform."""
STEPS = 7
"""Derivatives from which the improved Sheather–Jones bandwidth starts; the paper finds that more change nothing."""


def kernel(distance: Floats, how: Kernel) -> Floats:
    """Return the kernel of standard deviation 1 at `distance`; it integrates to 1."""
    if how == "gaussian":
        found: Floats = np.exp(-0.5 * distance**2) / np.sqrt(2 * np.pi)
        return found
    return np.maximum(0.0, 0.75 / 5**0.5 * (1 - distance**2 / 5))


def kernel_matrix(
    grid: Floats, values: Floats, bandwidth: float, how: Kernel, lower: float | None, upper: float | None
) -> Floats:
    """Return the kernel of each value on a grid, ``float64[G, n]``, what lies beyond a bound turned back inside."""
    found = np.zeros((grid.size, values.size))
    span = np.inf if lower is None or upper is None else upper - lower
    turns = 0 if np.isinf(span) else int(np.ceil(REACH[how] * bandwidth / (2 * span)))
    anchor = upper if lower is None else lower
    for turn in range(-turns, turns + 1):
        shift = 2 * turn * span if turn else 0.0
        found += kernel((grid[:, None] - values - shift) / bandwidth, how)
        if anchor is not None:
            found += kernel((grid[:, None] - 2 * anchor + values - shift) / bandwidth, how)
    return found / bandwidth


def density(
    grid: Floats,
    values: Floats,
    weights: Floats,
    bandwidth: float,
    how: Kernel = "gaussian",
    lower: float | None = None,
    upper: float | None = None,
) -> Floats:
    """Return the density ``float64[G]`` of values ``float64[n]`` with weights that sum to 1."""
    found = np.zeros(grid.size)
    size = max(1, 2_000_000 // grid.size)
    for start in range(0, values.size, size):
        part = slice(start, start + size)
        found += kernel_matrix(grid, values[part], bandwidth, how, lower, upper) @ weights[part]
    return found


def trapezoid_weights(grid: Floats) -> Floats:
    """Return the weights ``float64[G]`` of the trapezoid rule on a rising grid."""
    gaps = np.diff(grid)
    return 0.5 * (np.append(gaps, 0.0) + np.insert(gaps, 0, 0.0))


def effective_size(weights: Floats) -> float:
    """Return Kish's number of equally weighted values that weights are worth."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def moments(values: Floats, weights: Floats) -> tuple[float, float]:
    """Return mean and standard deviation with weights that sum to 1; n − 1 in the divisor, n the effective size."""
    mean = float(weights @ values)
    size = effective_size(weights)
    if size <= 1 + 1e-9:
        return mean, np.nan
    return mean, float(np.sqrt(weights @ (values - mean) ** 2 * size / (size - 1)))


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return a quantile; with equal weights the linear one of NumPy and R (type 7)."""
    order = np.argsort(values, kind="stable")
    x, w = values[order], weights[order]
    place = np.concatenate([[0.0], np.cumsum(0.5 * (w[1:] + w[:-1]))])
    return float(np.interp(share, place / place[-1], x)) if place[-1] > 0 else float(x[0])


def rule_of_thumb(values: Floats, weights: Floats, factor: float, power: float = 1 / 5) -> float:
    """Return factor · min(sd, IQR / 1.34) · n^−power; by sd alone where the IQR is 0, NaN where all is one value."""
    sd = moments(values, weights)[1]
    middle = (weighted_quantile(values, weights, 0.75) - weighted_quantile(values, weights, 0.25)) / 1.34
    scale = min(sd, middle) if middle > 0 else sd
    return float(factor * scale * effective_size(weights) ** -power) if scale > 0 else np.nan


def improved_sheather_jones(
    values: Floats, weights: Floats, lower: float | None = None, upper: float | None = None
) -> float:
    """Return the bandwidth that solves t = ξ γ(t) of the diffusion estimator; NaN if nothing does."""
    span = float(values.max() - values.min())
    low = values.min() - span / 2 if lower is None else lower
    high = values.max() + span / 2 if upper is None else upper
    size = min(effective_size(weights), np.unique(values).size)  # repeated values say nothing new of the shape
    masses = _binned((values - low) / (high - low), weights)
    square = dct(masses)[1:] ** 2
    k2 = np.arange(1.0, BINS) ** 2

    def gap(t: float) -> float:
        norm = _norm(STEPS, t, k2, square)
        for s in range(STEPS - 1, 1, -1):
            odd = np.prod(np.arange(1.0, 2 * s, 2)) / np.sqrt(2 * np.pi)
            constant = (1 + 0.5 ** (s + 0.5)) / 3
            norm = _norm(s, (2 * constant * odd / (size * norm)) ** (2 / (3 + 2 * s)), k2, square)
        return float(t - (2 * size * np.sqrt(np.pi) * norm) ** -0.4)

    with np.errstate(all="ignore"):
        end = 1e-4
        while end < 0.2 and not gap(end) > 0:
            end *= 2
        if not (gap(0.0) < 0 < gap(end)):
            return np.nan
        return float(np.sqrt(brentq(gap, 0.0, end, xtol=1e-14)) * (high - low))


def _norm(s: int, t: float, k2: Floats, square: Floats) -> float:
    """Return the squared norm of the s-th derivative of the density smoothed for time t."""
    return float(0.5 * np.pi ** (2 * s) * (k2**s * square * np.exp(-k2 * np.pi**2 * t)).sum())


def _binned(share: Floats, weights: Floats) -> Floats:
    """Return weights by bin ``float64[BINS]``, each shared between the two bins whose middles are next."""
    place = np.clip(share * BINS - 0.5, 0, BINS - 1)
    below = np.minimum(place.astype(np.intp), BINS - 2)
    part = place - below
    found = np.bincount(below, weights * (1 - part), BINS) + np.bincount(below + 1, weights * part, BINS)
    shares: Floats = found / found.sum()
    return shares


def conditional(
    grid_x: Floats, grid_y: Floats, x: Floats, y: Floats, bandwidth: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return the density of y given x on two grids, and how many values speak for each x.

    Returns
    -------
    density
        ``float64[Gx, Gy]``, kernels of y turned back at the ends of its grid; NaN where no value is near.
    near
        ``float64[Gx]`` sum of the kernels of x as shares of their height.
    """
    joint, near = np.zeros((grid_x.size, grid_y.size)), np.zeros(grid_x.size)
    size = max(1, 2_000_000 // max(grid_x.size, grid_y.size))
    for start in range(0, x.size, size):
        part = slice(start, start + size)
        of_x = np.exp(-0.5 * ((grid_x[:, None] - x[part]) / bandwidth[0]) ** 2)
        of_y = kernel_matrix(grid_y, y[part], bandwidth[1], "gaussian", float(grid_y[0]), float(grid_y[-1]))
        joint += of_x @ of_y.T
        near += of_x.sum(axis=1)
    return np.divide(joint, near[:, None], out=np.full_like(joint, np.nan), where=near[:, None] > 0), near


def likelihood_bandwidths(x: Floats, y: Floats, start: tuple[float, float]) -> tuple[float, float]:
    """Return the two bandwidths under which each y is likeliest given its x and all other pairs."""
    gap_x, gap_y = (-0.5 * np.subtract.outer(v, v) ** 2 for v in (x, y))
    for gaps in (gap_x, gap_y):
        np.fill_diagonal(gaps, -np.inf)

    def loss(logs: Floats) -> float:
        h_x, h_y = np.exp(logs)
        of_x = np.exp(gap_x / h_x**2)
        joint = np.einsum("ij,ij->i", of_x, np.exp(gap_y / h_y**2)) / h_y
        # A pair that no other comes near has likelihood 0; the least number keeps the search finite and repelled.
        least = np.finfo(np.float64).tiny
        return float(-np.log(np.maximum(joint, least) / np.maximum(of_x.sum(axis=1), least)).mean())

    found = minimize(loss, np.log(start), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-8, "maxiter": 200})
    h_x, h_y = np.exp(found.x)
    return float(h_x), float(h_y)
