"""S-curves of adoption fitted by maximum likelihood to who had adopted by when: logistic, and Bass (1969).

Bass (1969), doi:10.1287/mnsc.15.5.215; likelihood of grouped times of adoption: Schmittlein and Mahajan (1982),
Marketing Science 1(1), 57–78. Who has not adopted by the last period is known to be later, not never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]
Model = Literal["logistic", "bass"]

PARAMETERS: dict[Model, tuple[str, ...]] = {"logistic": ("rate", "midpoint"), "bass": ("innovation", "imitation")}
_EDGE = 15.0
"""Logarithms of rates beyond which a maximum is taken to lie at zero or infinity."""
_STEP = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted curve.

    Attributes
    ----------
    estimates, low, high
        ``float64[2]`` parameters and their intervals (rates: on the scale of logarithms). Logistic: rate a period, and
        midpoint in periods from the origin. Bass: coefficients of innovation and imitation a period.
    log_likelihood
        At the maximum.
    expected
        ``float64[T]`` expected cumulative adopters.
    """

    estimates: Floats
    low: Floats
    high: Floats
    log_likelihood: float
    expected: Floats


def fit(adopted: NDArray[np.int64], units: int, model: Model, z: float = 1.959963984540054) -> Fit | None:
    """Return the curve of greatest likelihood, None where there is no maximum inside.

    Parameters
    ----------
    adopted
        ``int[T]`` adopters of each period; all that came before count in the first.
    units
        Number of those that can adopt.
    model
        ``logistic``: F(t) = 1 / (1 + exp(−r (t − m))); ``bass``: F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t}),
        t = 0 at the beginning of the first period.
    z
        Quantile of the interval.
    """
    periods = adopted.size
    late = units - int(adopted.sum())
    curve = _CURVES[model]

    def loss(theta: Floats) -> float:
        reached = curve(theta, np.arange(1, periods + 1.0))
        steps = np.diff(reached, prepend=0.0)
        there = adopted > 0
        if not (steps[there] > 0).all() or (late and not reached[-1] < 1):
            return 1e12
        return -float(adopted[there] @ np.log(steps[there]) + (late * np.log1p(-reached[-1]) if late else 0.0))

    starts = [np.array(start) for start in _STARTS[model](periods)]
    tries = [
        minimize(loss, s, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-7, "fatol": 1e-10})
        for s in starts
    ]
    best = min(tries, key=lambda one: one.fun)
    theta = np.asarray(best.x)
    if best.fun >= 1e12 or np.abs(theta[_RATES[model]]).max() > _EDGE:
        return None
    curvature = _hessian(loss, theta)
    if not (np.linalg.eigvalsh(curvature) > 1e-6).all():
        return None
    se = np.sqrt(np.diagonal(np.linalg.inv(curvature)))
    ends = [theta, theta - z * se, theta + z * se]
    natural = [np.where(_IS_RATE[model], np.exp(end), end) for end in ends]
    reached = curve(theta, np.arange(1, periods + 1.0))
    return Fit(natural[0], natural[1], natural[2], -float(best.fun), units * reached)


def _logistic(theta: Floats, t: Floats) -> Floats:
    found: Floats = expit(np.exp(np.clip(theta[0], -40, 40)) * (t - theta[1]))
    return found


def _bass(theta: Floats, t: Floats) -> Floats:
    p, q = np.exp(np.clip(theta, -40, 40))
    decay = np.exp(-np.minimum((p + q) * t, 700.0))
    found: Floats = (1 - decay) / (1 + q / p * decay)
    return found


def _hessian(f: Callable[[Floats], float], x: Floats) -> Floats:
    """Return second derivatives by central differences."""
    k = x.size
    h = _STEP * np.maximum(np.abs(x), 1.0)
    found = np.empty((k, k))
    for i in range(k):
        for j in range(k):
            a, b = np.eye(k)[i] * h[i], np.eye(k)[j] * h[j]
            found[i, j] = (f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)) / (4 * h[i] * h[j])
    return (found + found.T) / 2


_CURVES: dict[Model, Callable[[Floats, Floats], Floats]] = {"logistic": _logistic, "bass": _bass}
_IS_RATE: dict[Model, NDArray[np.bool_]] = {"logistic": np.array([True, False]), "bass": np.array([True, True])}
_RATES: dict[Model, slice] = {"logistic": slice(0, 1), "bass": slice(0, 2)}
_STARTS: dict[Model, Callable[[int], list[tuple[float, float]]]] = {
    "logistic": lambda n: [(np.log(a / n), n * b) for a, b in ((4, 0.5), (1, 1.0), (8, 0.25))],
    "bass": lambda n: [
        (np.log(0.1 / n), np.log(4 / n)),
        (np.log(1 / n), np.log(1 / n)),
        (np.log(0.01 / n), np.log(8 / n)),
    ],
}
