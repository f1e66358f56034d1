"""Missing numbers of a multivariate normal table: maximum likelihood by EM, and draws from the posterior predictive.

EM follows Dempster, Laird and Rubin (1977), the draws Schafer's data augmentation (1997). Means are linear in a basis
(a constant, unit means, unit and year means, unit lines), so a panel's own levels can be set apart from what its series
have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Effects = Literal["none", "unit", "unit_year", "unit_trend"]

MOST_STEPS = 50
"""Steps of data augmentation between the mode and a draw, at most; fewer where EM needed fewer to converge."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalFit:
    """A multivariate normal fitted to a table with holes.

    Attributes
    ----------
    completed
        ``float64[R, K]``: what was observed, and the conditional means of what was not.
    mean
        ``float64[R, K]`` fitted mean of every row.
    cov
        ``float64[K, K]`` covariance about it (maximum likelihood, divisor R).
    iterations, converged
        How long it took, and whether the last step moved everything by less than the tolerance.
    """

    completed: Floats
    mean: Floats
    cov: Floats
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """A least-squares fit and its predictions.

    Attributes
    ----------
    predicted
        ``float64[M]`` predictions of the rows asked for.
    leverage
        ``float64[M, P]``: a row times the inverse root of X'X; its squares sum to the row's leverage.
    sigma2
        Residual variance, divisor `freedom`.
    freedom
        Observations less independent columns.
    r2
        Share of the variance about the effects that the predictors explain.
    """

    predicted: Floats
    leverage: Floats
    sigma2: float
    freedom: int
    r2: float


def effects_design(effects: Effects, years: Floats, units: int) -> Floats:
    """Return the columns whose span the means lie in, for rows ordered by year, then unit.

    Parameters
    ----------
    effects
        ``none``: one constant; ``unit``: a mean for every unit; ``unit_year``: and one for every year;
        ``unit_trend``: a straight line in time for every unit.
    years
        ``float64[T]``.
    units
        N.

    Returns
    -------
    ndarray, shape (T·N, P)

    Examples
    --------
    >>> effects_design("unit", np.array([1.0, 2.0]), 2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    if effects == "none":
        return np.ones((len(years) * units, 1))
    unit = np.tile(np.eye(units), (len(years), 1))
    if effects == "unit":
        return unit
    if effects == "unit_year":
        return np.hstack([unit, np.repeat(np.eye(len(years))[:, 1:], units, axis=0)])
    return np.hstack([unit, unit * np.repeat(years - years.mean(), units)[:, None]])


def normal_em(
    x: Floats, design: Floats, start: Floats, *, ridge: float = 0.0, tolerance: float = 1e-5, most: int = 1000
) -> NormalFit:
    """Fit rows of a multivariate normal with holes by EM.

    Parameters
    ----------
    x
        ``float64[R, K]``, NaN where missing; every column about a standard deviation of one.
    design
        ``float64[R, P]`` of full column rank: a row's mean is linear in it, with coefficients of its own for each
        column of `x`.
    start
        ``float64[R, K]``: a first guess of the whole table.
    ridge
        Correlations shrink by 1/(1 + ridge), as if ``ridge · R`` rows without correlation had been seen besides.
    tolerance, most
        Stop when no fitted number moves by more than this, or after this many steps.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm,
    doi:10.1111/j.2517-6161.1977.tb01600.x. Schafer (1997), Analysis of Incomplete Multivariate Data,
    doi:10.1201/9780367803025, ch. 5.

    Examples
    --------
    The second column is known where the first is small; its mean is that of the regression on the first.

    >>> x = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [6.0, np.nan]])
    >>> start = np.where(np.isnan(x), 2.0, x)
    >>> round(float(normal_em(x, np.ones((4, 1)), start, tolerance=1e-10).mean[0, 1]), 4)
    2.5
    """
    holes, basis = np.isnan(x), np.linalg.qr(design)[0]
    completed, spread = np.where(holes, start, x), np.zeros((x.shape[1], x.shape[1]))
    groups = list(_groups(holes))
    mean, cov = _maximise(completed, basis, spread, ridge)
    steps, moved = 0, np.inf
    while steps < most and moved >= tolerance:
        steps, before = steps + 1, (mean, cov)
        completed, spread = _expect(np.where(holes, 0.0, x), mean, cov, holes, groups)
        mean, cov = _maximise(completed, basis, spread, ridge)
        moved = max(float(np.abs(new - old).max()) for new, old in zip((mean, cov), before, strict=True))
    return NormalFit(completed, mean, cov, steps, moved < tolerance)


def normal_draw(fit: NormalFit, x: Floats, design: Floats, rng: np.random.Generator, *, ridge: float = 0.0) -> Floats:
    """Return one draw of the holes from their posterior predictive, ``float64[holes]`` in row-major order.

    The chain starts at the EM fit and takes as many steps as EM needed (at most `MOST_STEPS`), each a draw of
    covariance (inverse Wishart) and means (normal) given the table, then of the holes given these.

    Parameters
    ----------
    fit
        Of `normal_em`.
    x, design, ridge
        As given to it. R − P must exceed K.
    rng
        Source of the draw.

    References
    ----------
    Schafer (1997), Analysis of Incomplete Multivariate Data, doi:10.1201/9780367803025, §5.4. Rubin (1987), Multiple
    Imputation for Nonresponse in Surveys, doi:10.1002/9780470316696.
    """
    holes, basis = np.isnan(x), np.linalg.qr(design)[0]
    groups, known = list(_groups(holes)), np.where(holes, 0.0, x)
    table = _impute(known, fit.mean, fit.cov, holes, groups, rng)
    for _ in range(min(fit.iterations, MOST_STEPS)):
        mean, cov = _draw_parameters(table, basis, ridge, rng)
        table = _impute(known, mean, cov, holes, groups, rng)
    return np.asarray(table[holes])


def linear_fit(y: Floats, predictors: Floats, design: Floats, wanted: Bools) -> LinearFit | None:
    """Regress `y` on predictors and a design of effects where it is known, and predict it where `wanted`.

    Parameters
    ----------
    y
        ``float64[R]``, NaN where missing.
    predictors
        ``float64[R, p]``, known wherever `y` is known or wanted.
    design
        ``float64[R, P]`` of effects.
    wanted
        ``bool[R]``.

    Returns
    -------
    LinearFit or None
        None where no degree of freedom is left. Predictions are NaN where an effect they need was never observed.
    """
    known = ~np.isnan(y)
    columns = np.hstack([predictors, design])
    u, s, vt = np.linalg.svd(columns[known], full_matrices=False)
    kept = s > s[0] * 1e-10
    root = vt[kept].T / s[kept]
    freedom = int(known.sum() - kept.sum())
    if freedom < 1:
        return None
    leverage = columns[wanted] @ root
    residual = y[known] - u[:, kept] @ (u[:, kept].T @ y[known])
    alone = y[known] - design[known] @ np.linalg.lstsq(design[known], y[known], rcond=None)[0]
    predicted = leverage @ (u[:, kept].T @ y[known])
    # A row is estimable where the observed rows span it.
    reached = np.abs(columns[wanted] @ vt[kept].T @ vt[kept] - columns[wanted]).max(axis=1, initial=0.0) < 1e-8
    left, total = float(residual @ residual), float(alone @ alone)
    r2 = 1 - left / total if total > 0 else 0.0
    return LinearFit(np.where(reached, predicted, np.nan), leverage, left / freedom, freedom, r2)


def linear_draw(fit: LinearFit, rng: np.random.Generator) -> Floats:
    """Return one draw of the predictions from their posterior predictive under a flat prior, ``float64[M]``.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, doi:10.1002/9780470316696, §5.3.
    """
    sigma = np.sqrt(fit.sigma2 * fit.freedom / rng.chisquare(fit.freedom))
    of_line = fit.leverage @ rng.standard_normal(fit.leverage.shape[1])
    return np.asarray(fit.predicted + sigma * (of_line + rng.standard_normal(len(fit.predicted))))


def _groups(holes: Bools) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield rows ``[r]`` with equally many holes, and the columns ``[r, m]`` of these: each group is one batch."""
    count = holes.sum(axis=1)
    for m in np.unique(count[count > 0]):
        rows = np.flatnonzero(count == m)
        yield rows, np.nonzero(holes[rows])[1].reshape(len(rows), m)


def _expect(
    known: Floats, mean: Floats, cov: Floats, holes: Bools, groups: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> tuple[Floats, Floats]:
    """Return the table with conditional means in its holes, and the sum of their conditional covariances."""
    precision = np.linalg.inv(cov)
    size = len(cov)
    pull = np.where(holes, 0.0, known - mean) @ precision
    completed, spread = np.where(holes, mean, known), np.zeros(size * size)
    for rows, cols in groups:
        inside = np.linalg.inv(precision[cols[:, :, None], cols[:, None, :]])
        shift = np.einsum("rij,rj->ri", inside, np.take_along_axis(pull[rows], cols, axis=1))
        completed[rows[:, None], cols] -= shift
        at = (cols[:, :, None] * size + cols[:, None, :]).reshape(-1)
        spread += np.bincount(at, weights=inside.reshape(-1), minlength=size * size)
    return completed, spread.reshape(size, size)


def _maximise(completed: Floats, basis: Floats, spread: Floats, ridge: float) -> tuple[Floats, Floats]:
    mean = basis @ (basis.T @ completed)
    residual = completed - mean
    return mean, _shrink((residual.T @ residual + spread) / len(completed), ridge)


def _shrink(cov: Floats, ridge: float) -> Floats:
    return np.asarray((cov + ridge * np.diag(np.diag(cov))) / (1 + ridge))


def _draw_parameters(table: Floats, basis: Floats, ridge: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw covariance and means given a full table, under the prior |Σ|^(−(K+1)/2) and `ridge` rows besides."""
    rows, size = table.shape
    mean = basis @ (basis.T @ table)
    residual = table - mean
    freedom = rows - basis.shape[1]
    scatter = _shrink(residual.T @ residual, ridge)
    # Bartlett: the inverse of a Wishart(freedom) about the inverse of the scatter.
    bartlett = np.tril(rng.standard_normal((size, size)), -1)
    np.fill_diagonal(bartlett, np.sqrt(rng.chisquare(freedom - np.arange(size))))
    root = np.linalg.solve(bartlett, np.linalg.cholesky(scatter).T).T
    noise = rng.standard_normal((basis.shape[1], size)) @ root.T
    return mean + basis @ noise, root @ root.T


def _impute(
    known: Floats,
    mean: Floats,
    cov: Floats,
    holes: Bools,
    groups: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
    rng: np.random.Generator,
) -> Floats:
    """Draw the holes given means and covariance."""
    precision = np.linalg.inv(cov)
    pull = np.where(holes, 0.0, known - mean) @ precision
    table = np.where(holes, mean, known)
    for rows, cols in groups:
        root = np.linalg.cholesky(precision[cols[:, :, None], cols[:, None, :]])
        towards = np.linalg.solve(root, -np.take_along_axis(pull[rows], cols, axis=1)[:, :, None])
        noise = rng.standard_normal(towards.shape)
        table[rows[:, None], cols] += np.linalg.solve(root.transpose(0, 2, 1), towards + noise)[:, :, 0]
    return table
