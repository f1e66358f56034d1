"""Maximum likelihood of a stochastic frontier: starts over γ, the best of all climbs, and what became of it.

The starts are those of FRONTIER 4.1 (Coelli 1996, CEPA working paper 96/07, University of New England): for each γ on a
grid the variance and intercept of least squares are corrected for the mean and variance of u. The search goes on in
orthonormal columns, a left-hand side in units of the residuals' spread, ln σ_u² and ln σ_v².
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.productivity.stochastic_frontier.composed import Law, mills
from nqpf.productivity.stochastic_frontier.design import Orthonormal, Terms, orthonormal
from nqpf.productivity.stochastic_frontier.likelihood import Likelihood, Point, ridge
from nqpf.productivity.stochastic_frontier.maximise import Peak, climb

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Status = Literal["converged", "no_inefficiency", "gamma_zero", "gamma_one", "mu_bound", "not_converged"]

GAMMAS = tuple(np.arange(1, 10) / 10)
LOCATIONS = (0.0, -1.5)
"""Starts of γ, and of μ/σ_u where there is a μ."""
MANY = 60
"""Parameters beyond which every third γ is enough: a climb is long, and the other starts mostly follow it."""
LEAST, MOST = -12.0, 18.4
"""ln(σ_u²/σ_v²) beyond which γ counts as 0 or 1."""
FAR = 100.0
"""|μ|/σ_u (root mean square with effects) beyond which a truncated normal cannot be told from an exponential law."""
SAME, ALIKE = 1e-6, 1e-3
"""Difference of log-likelihoods below which two starts count as arrived at one maximum, or at one edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A frontier to be estimated from n rows, rows of a group one after another.

    Attributes
    ----------
    y
        ``float64[n]``.
    frontier
        Terms of the frontier.
    starts
        ``int[G]`` first row of each group that shares one draw of u.
    effects
        Terms of μ, a row each group; None for u without a μ.
    lag
        ``float64[n]`` years since the last year, or None: u does not decay.
    sign
        1 production, −1 cost.
    law
        Of u.
    bound
        Most |μ|/σ_u, where μ is one number; None where μ depends on effects.
    """

    y: Floats
    frontier: Terms
    starts: Integers
    effects: Terms | None
    lag: Floats | None
    sign: int
    law: Law
    bound: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """An estimated frontier.

    Attributes
    ----------
    surface, theta
        Likelihood in the units of the search, and the parameters in them where the best climb ended.
    scale
        Unit of the left-hand side in the search.
    estimates, covariance
        ``float64[P]`` coefficients of the frontier, σ², γ, μ or coefficients of the effects, η; their covariance from
        the exact Hessian, NaN where it says nothing.
    value, ols
        Log-likelihoods with and without inefficiency.
    residuals
        ``float64[n]`` of least squares.
    status
        What became of the search.
    gradient
        Largest derivative by a free parameter, in the units of the search.
    steps, tries, reached
        Newton steps of the best climb, number of climbs, and how many of them arrived at the best.
    higher
        By how much the log-likelihood of a climb that went to γ = 1 exceeds `value`; 0 if none does.
    """

    surface: Likelihood
    theta: Floats
    scale: float
    estimates: Floats
    covariance: Floats
    value: float
    ols: float
    residuals: Floats
    status: Status
    gradient: float
    steps: int
    tries: int
    reached: int
    higher: float


def estimate(problem: Problem) -> Fit:
    """Return the maximum-likelihood estimate of a frontier.

    Raises
    ------
    MethodError
        Terms follow from each other; fewer rows than parameters; least squares leave no residual.
    """
    x = orthonormal(problem.frontier)
    n = problem.y.size
    b = x.values.T @ problem.y / n
    residuals = problem.y - x.values @ b
    scale = float(np.sqrt((residuals**2).mean()))
    if scale <= 1e-10 * float(np.sqrt((problem.y**2).mean())):
        raise MethodError("sfa_exact")
    z = _location(problem)
    surface = Likelihood(problem.y / scale, x.values, problem.starts, z.values, problem.lag, problem.sign, problem.law)
    if n <= surface.size:
        raise MethodError("sfa_too_few", rows=n, parameters=surface.size)
    ols = -0.5 * n * (np.log(2 * np.pi) + 1)
    peaks = [_peak(surface, b / scale, gamma, at, problem.bound) for gamma, at in _grid(problem, surface.size)]
    edge = [peak for peak in peaks if _noiseless(surface, peak)]
    best = max([peak for peak in peaks if peak not in edge] or peaks, key=lambda peak: peak.value)
    status = _status(surface, best, ols, problem.bound or FAR)
    value = ols if status == "no_inefficiency" else best.value
    if status == "no_inefficiency":
        gradient = 0.0
        estimates, covariance = _least_squares(x, b, scale, n, surface.size)
    else:
        free = np.ones(surface.size, bool)
        if status == "mu_bound":
            free[surface.k + 2 : surface.k + 2 + z.values.shape[1]] = False
        estimates, move = _natural(surface, best.theta, x, z, scale)
        covariance, gradient = _covariance(surface.at(best.theta), move, status, free)
    units = n * np.log(scale)
    same = SAME if best.end == "maximum" else ALIKE
    reached = sum(abs(peak.value - best.value) < same for peak in peaks)
    higher = max((peak.value - value for peak in edge), default=0.0)
    return Fit(
        surface, best.theta, scale, estimates, covariance, value - units, ols - units, residuals, status, gradient,
        best.steps, len(peaks), reached, higher,
    )  # fmt: skip


def _location(problem: Problem) -> Orthonormal:
    if problem.effects is not None and problem.bound is None:
        return orthonormal(problem.effects)
    width = int(problem.effects is not None)
    return Orthonormal(np.ones((problem.starts.size, width)), np.eye(width))


def _grid(problem: Problem, size: int) -> Iterator[tuple[float, float]]:
    for location in LOCATIONS if problem.effects is not None else LOCATIONS[:1]:
        for gamma in GAMMAS if size <= MANY else GAMMAS[1::3]:
            yield float(gamma), location


def _start(surface: Likelihood, b: Floats, gamma: float, location: float) -> Floats:
    """Return a start with given γ and μ/σ_u, its intercept and σ² from the mean and variance of the residuals."""
    own = float(mills(np.array(location)))
    mean, variance = (1.0, 1.0) if surface.law == "exponential" else (location + own, 1 - own * (own + location))
    total = 1 / (1 - gamma + gamma * variance)
    shift = surface.sign * mean * np.sqrt(gamma * total) * surface.x.mean(axis=0)
    d = np.linalg.lstsq(surface.z, np.full(len(surface.z), location), rcond=None)[0]
    eta = np.zeros(int(surface.lag is not None))
    return np.concatenate([b + shift, np.log([gamma * total / (1 + d @ d), (1 - gamma) * total]), d, eta])


def _peak(surface: Likelihood, b: Floats, gamma: float, location: float, bound: float | None) -> Peak:
    """Return where the climb from one start ends; one that leaves the bounds of μ goes on along the bound."""
    k = surface.k
    free = np.ones(surface.size, bool)

    def beyond(theta: Floats) -> bool:
        return float(np.linalg.norm(surface.split(theta)[3])) > (bound or FAR)

    def outside(theta: Floats) -> bool:
        _, u, v, _, _ = surface.split(theta)
        return not LEAST < u - v < MOST or beyond(theta)

    found = climb(surface.at, _start(surface, b, gamma, location), free, outside)
    if bound is None or not beyond(found.theta):  # with effects the edge is no point but a sphere: it is only told
        return found
    free[k + 2] = False
    edge = float(np.copysign(bound, found.theta[k + 2]))
    start = _start(surface, b, gamma, edge)
    start[k + 2] = edge  # to the last digit
    return climb(surface.at, start, free, outside)


def _noiseless(surface: Likelihood, peak: Peak) -> bool:
    """Return whether a climb went to γ = 1.

    Along that edge the likelihood is that of a frontier without noise, with a peak for every choice of rows that touch
    it; a maximum with noise is preferred, even a lower one, for only it is a root of the likelihood equations.
    """
    _, u, v, _, _ = surface.split(peak.theta)
    return u - v >= MOST


def _status(surface: Likelihood, best: Peak, ols: float, bound: float) -> Status:
    _, u, v, d, _ = surface.split(best.theta)
    if best.value <= ols + (SAME if u - v <= LEAST else 1e-9):
        return "no_inefficiency"
    if best.end in ("stuck", "limit"):
        return "not_converged"
    if not LEAST < u - v < MOST:
        return "gamma_zero" if u < v else "gamma_one"
    return "mu_bound" if np.linalg.norm(d) >= bound else "converged"


def _natural(surface: Likelihood, theta: Floats, x: Orthonormal, z: Orthonormal, scale: float) -> tuple[Floats, Floats]:
    """Return estimates in the units of the data, and their derivatives by the parameters of the search."""
    k = surface.k
    b, u, v, d, eta = surface.split(theta)
    a_u, a_v = float(np.exp(u)) * scale**2, float(np.exp(v)) * scale**2
    total, gamma, root = a_u + a_v, a_u / (a_u + a_v), np.sqrt(a_u)
    location = root * (z.back @ d)
    tail = [eta] if surface.lag is not None else []
    move = np.eye(surface.size)
    move[:k, :k] = scale * x.back
    move[k : k + 2, k : k + 2] = [[a_u, a_v], [gamma * (1 - gamma), -gamma * (1 - gamma)]]
    place = slice(k + 2, k + 2 + d.size)
    move[place, k] = location / 2
    move[place, place] = root * z.back
    inner = np.eye(surface.size)
    inner[k, place] = ridge(d)
    move = move @ inner
    return np.concatenate([scale * (x.back @ b), [total, gamma], location, tail]), move


def _covariance(here: Point, move: Floats, status: Status, free: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return the covariance of the estimates by the exact Hessian, and the largest derivative at the end."""
    covariance = np.full(move.shape, np.nan)
    if here.gradient is None or here.hessian is None:
        return covariance, float("nan")
    some = -here.hessian[np.ix_(free, free)]
    if status in ("converged", "mu_bound") and np.linalg.eigvalsh(some)[0] > 0:
        part = move[:, free]
        covariance = part @ np.linalg.solve(some, part.T)
        covariance[~free], covariance[:, ~free] = np.nan, np.nan
    return covariance, float(np.abs(here.gradient[free]).max())


def _least_squares(x: Orthonormal, b: Floats, scale: float, n: int, size: int) -> tuple[Floats, Floats]:
    """Return estimates and covariance without inefficiency: γ = 0, and what describes u does not exist."""
    k = b.size
    estimates = np.full(size, np.nan)
    estimates[:k], estimates[k : k + 2] = x.back @ b, (scale**2, 0.0)
    covariance = np.full((size, size), np.nan)
    covariance[: k + 1, : k + 1] = 0.0
    covariance[:k, :k] = scale**2 / n * x.back @ x.back.T
    covariance[k, k] = 2 * scale**4 / n
    return estimates, covariance
