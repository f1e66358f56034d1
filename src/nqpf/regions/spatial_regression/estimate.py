"""One spatial regression: its maximum, the information matrix there, and what is taken off for the effects swept out.

Information: Anselin (1988), Spatial Econometrics: Methods and Models, doi:10.1007/978-94-015-7799-1, for panels Elhorst
(2014), Spatial Econometrics: From Cross-Sectional Data to Spatial Panels, doi:10.1007/978-3-642-40340-8. Bias from
effects: Lee and Yu (2010), doi:10.1016/j.jeconom.2009.08.001.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.regions.spatial_regression.design import Design
from nqpf.regions.spatial_regression.likelihood import Peak, Sample, maximise, without
from nqpf.regions.spatial_regression.within import ERROR, OUTCOME, Demean, Effects, Model, Swept, swept

Floats = NDArray[np.float64]
Correction = Literal["none", "lee_yu", "lee_yu_transform", "splm"]
YEARLY = ("time", "two_way")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which model is wanted."""

    model: Model
    effects: Effects = "none"
    correction: Correction = "none"
    demean: Demean = "before_lag"
    durbin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """An estimated model.

    Attributes
    ----------
    asked
        Which.
    columns
        What was regressed on what.
    beta, rho, sigma2
        ``float64[P]``, spatial parameter (0 without one), variance.
    covariance
        ``float64[P + 1, P + 1]`` of (β, ρ), zeros for ρ where there is none.
    sigma2_se
        Standard error of σ².
    log_likelihood
        With constants.
    df
        Rows less everything estimated.
    at_bound
        Whether ρ lies where the interval ends.
    """

    asked: Asked
    columns: Swept
    beta: Floats
    rho: float
    sigma2: float
    covariance: Floats
    sigma2_se: float
    log_likelihood: float
    df: int
    at_bound: bool

    @property
    def spatial(self) -> bool:
        """Whether there is a spatial parameter."""
        return self.asked.model in (*OUTCOME, *ERROR)

    @property
    def is_error(self) -> bool:
        """Whether it is one of the errors."""
        return self.asked.model in ERROR


def effects_count(effects: Effects, shape: tuple[int, int]) -> int:
    """Return how many means are taken off."""
    t, n = shape
    return {"none": 0, "unit": n, "time": t, "two_way": n + t - 1}[effects]


def estimate(design: Design, asked: Asked) -> Fit:
    """Return the estimate of a model.

    Raises
    ------
    MethodError
        The columns do not allow it, or nothing is left to explain.
    """
    columns = swept(design, asked.model, asked.effects, asked.demean, asked.durbin)
    t, n = columns.shape
    taken = effects_count(asked.effects, columns.shape)
    spatial = asked.model in (*OUTCOME, *ERROR)
    df = t * n - taken - columns.x.shape[1] - spatial
    if df <= 0:
        raise MethodError("spatial_too_few", rows=t * n, parameters=t * n - df)
    if not spatial:
        return _least_squares(columns, asked, df)
    sample = _sample(asked, columns.shape)
    peak = maximise(columns, asked.model in ERROR, design.determinant, sample)
    peak, sample = _corrected(peak, design, columns, asked, sample)
    inverse = _inverse(information(design, columns, asked, peak, sample))
    order = [*range(2, len(inverse)), 1]
    return Fit(
        asked=asked,
        columns=columns,
        beta=peak.beta,
        rho=peak.rho,
        sigma2=peak.sigma2,
        covariance=inverse[np.ix_(order, order)],
        sigma2_se=float(np.sqrt(inverse[0, 0])),
        log_likelihood=peak.log_likelihood,
        df=df,
        at_bound=peak.at_bound,
    )


def _least_squares(columns: Swept, asked: Asked, df: int) -> Fit:
    t, n = columns.shape
    peak = without(columns, Sample(t * n, t, 0))
    sigma2 = peak.sigma2 * t * n / df
    p = peak.beta.size
    covariance = np.zeros((p + 1, p + 1))
    covariance[:p, :p] = sigma2 * _inverse(columns.x.T @ columns.x)
    return Fit(
        asked=asked,
        columns=columns,
        beta=peak.beta,
        rho=0.0,
        sigma2=sigma2,
        covariance=covariance,
        sigma2_se=float(sigma2 * np.sqrt(2 / df)),
        log_likelihood=peak.log_likelihood,
        df=df,
        at_bound=False,
    )


def _sample(asked: Asked, shape: tuple[int, int]) -> Sample:
    """Return what the likelihood counts: all rows in the direct approach, only independent ones in the other."""
    t, n = shape
    whole = asked.correction == "lee_yu_transform"
    if asked.effects == "unit" and asked.correction != "none":  # here both approaches have the same maximum
        return Sample(n * (t - 1), t - 1, 0)
    if whole and asked.effects in YEARLY:
        years = t - (asked.effects == "two_way")
        return Sample((n - 1) * years, years, 1)
    return Sample(n * t, t, 0)


def _corrected(peak: Peak, design: Design, columns: Swept, asked: Asked, sample: Sample) -> tuple[Peak, Sample]:
    """Return the maximum of the direct approach less the bias from effects, and the rows that count."""
    t, n = columns.shape
    if asked.correction not in ("lee_yu", "splm") or asked.effects not in YEARLY:
        return peak, sample
    if asked.effects == "time":
        fewer = Sample((n - 1) * t, t, 0)
        sigma2 = peak.sigma2 * sample.rows / fewer.rows
        value = peak.log_likelihood - _normal(peak.sigma2, sample.rows) + _normal(sigma2, fewer.rows)
        return Peak(peak.rho, peak.beta, sigma2, value, peak.at_bound), fewer
    inverse = _inverse(information(design, columns, asked, peak, sample))
    pull = np.zeros(len(inverse))
    pull[:2] = 1 / (2 * peak.sigma2), 1 / (1 - peak.rho)
    # Lee and Yu (2010): θ + Σ⁻¹a / n, Σ the information of one row; splm 1.6-5 has the other sign, and leaves out nT
    theta = np.array([peak.sigma2, peak.rho, *peak.beta])
    if asked.correction == "lee_yu":
        theta = theta + t * inverse @ pull
        theta[0] *= t / (t - 1)
    else:
        theta = np.array([t / (t + 1) * theta[0], *theta[1:]]) - inverse @ pull / n
    found = Peak(float(theta[1]), theta[2:], float(theta[0]), peak.log_likelihood, peak.at_bound)
    return found, Sample((n - 1) * (t - 1), t - 1, 0)


def _normal(sigma2: float, rows: int) -> float:
    """Return the log-likelihood of rows with that mean of squares."""
    return -rows / 2 * (float(np.log(2 * np.pi * sigma2)) + 1)


def information(design: Design, columns: Swept, asked: Asked, peak: Peak, sample: Sample) -> Floats:
    """Return the information matrix ``float64[P + 2, P + 2]`` of (σ², ρ, β)."""
    rho, sigma2 = peak.rho, peak.sigma2
    local = design.determinant.near(*_around(rho, design.determinant.bounds))
    squares, rows, sums = design.determinant.squares(rho)
    trace, square = (float(curve(np.array(rho))) for curve in (local.trace, local.trace_square))
    if sample.lost:
        n, gone = design.determinant.size, 1 / (1 - rho)
        trace, square = trace - gone, square - gone**2
        squares += (float(rows.sum()) ** 2 / n - float(sums @ sums) - float(rows @ rows)) / n  # of JGJ, J = I − 11′/n
    x = columns.x - rho * columns.wx if asked.model in ERROR else columns.x
    p = x.shape[1]
    found = np.zeros((p + 2, p + 2))
    found[0, 0] = sample.rows / (2 * sigma2**2)
    found[0, 1] = found[1, 0] = sample.years * trace / sigma2
    found[1, 1] = sample.years * (square + squares)
    found[2:, 2:] = x.T @ x / sigma2
    if asked.model in OUTCOME:
        spread = design.determinant.multiplied(rho, (x @ peak.beta).reshape(columns.shape))
        if asked.demean == "after_lag" and asked.effects in YEARLY:
            spread = spread - spread.mean(axis=1, keepdims=True)
        v = spread.ravel()
        found[1, 1] += float(v @ v) / sigma2
        found[1, 2:] = found[2:, 1] = x.T @ v / sigma2
    return found


def _around(rho: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return a short interval around ρ inside the bounds."""
    width = 0.05 * min(rho - bounds[0], bounds[1] - rho)
    return rho - width, rho + width


def _inverse(matrix: Floats) -> Floats:
    """Return the inverse of a positive definite matrix, its rows brought to one scale first."""
    scale = 1 / np.sqrt(np.diag(matrix))
    found: Floats = np.linalg.inv(matrix * scale * scale[:, None]) * scale * scale[:, None]
    return found
