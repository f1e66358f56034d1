"""A series beside series drawn under the null: recursive statistics, critical values of each period, and a p value.

Lags by the Bayesian criterion are chosen over the whole sample with the same rows for each number of lags, and with an
estimated variance: unlike a criterion that takes the variance for 1, it does not change with the unit of measurement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where
from nqpf.numerics.explosive import Null, drawn, panel_drawn, random_walks, recursive, resampled, signed

Floats = NDArray[np.float64]
Critical = Literal["phillips_shi", "harvey", "monte_carlo"]
Drift = Literal["none", "kept"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Options of the test, as `nqpf.industry.exuberance` explains them."""

    method: str
    lag: int | Literal["bic"]
    max_lag: int
    window: int | None
    counting: str
    critical: Critical
    control: str
    drift: Drift
    monitoring: int | None
    alpha: float
    draws: int
    seed: int
    workers: int | None

    def rows(self, size: int, lag: int) -> int:
        """Return the least number of equations of a window.

        Raises
        ------
        SpecError
            The window has no more equations than unknowns, or is longer than the series.
        """
        if self.window is None:
            rows = int(size * (0.01 + 1.8 / np.sqrt(size))) - 1 - lag
        else:
            rows = self.window if self.counting == "equations" else self.window - 1 - lag
        if not lag + 2 < rows <= size - 1 - lag:
            levels = rows + 1 + lag
            raise SpecError(
                "exuberance_window", where=Where(key="window"), window=levels, least=2 * lag + 4, size=size, lag=lag
            )
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class Recursion:
    """Statistics of a series of T periods at the end of each of M windows.

    Attributes
    ----------
    first
        Position of the first of the M periods.
    window, lag
        Levels of the shortest window; lagged changes.
    forward, backward, critical
        ``float64[M]`` BADF, BSADF and the critical value of the chosen one; NaN where no window varies.
    overall, p
        Critical value and p value of the largest.
    flat
        Windows without a statistic.
    """

    first: int
    window: int
    lag: int
    forward: Floats
    backward: Floats
    critical: Floats
    overall: float
    p: float
    flat: int

    def statistic(self, method: str) -> Floats:
        """Return the sequence that episodes are dated by."""
        return self.forward if method == "sadf" else self.backward


def recursion_of(y: Floats, plan: Plan, label: Any = None) -> Recursion:
    """Return the statistics of a series ``float64[T]`` with their critical values.

    Raises
    ------
    SpecError
        A lag or window that cannot be.
    MethodError
        No window varies.
    """
    lag = _lag(y, plan)
    rows = plan.rows(y.size, lag)
    found = recursive(y[None], rows, lag)
    own = (found.forward if plan.method == "sadf" else found.backward)[0]
    if np.isnan(own).all():
        raise MethodError("exuberance_exact", where=Where(unit=None if label is None else str(label)))
    forward, backward = drawn(
        _draw(y, plan, lag),
        rows=rows,
        lag=lag,
        draws=plan.draws,
        seed=np.random.SeedSequence(plan.seed),
        workers=plan.workers,
    )
    critical, overall, p = _beside(own, forward if plan.method == "sadf" else backward, plan)
    window = rows + 1 + lag
    return Recursion(
        window - 1, window, lag, found.forward[0], found.backward[0], critical, overall, p, int(found.flat[0])
    )


def panel_of(series: Sequence[Floats], plan: Plan) -> Recursion:
    """Return the mean statistics of N series ``float64[T]`` of the same dates, with their critical values."""
    y = np.array(series)
    lag = max(_lag(one, plan) for one in y)
    rows = plan.rows(y.shape[1], lag)
    found = recursive(y, rows, lag)
    forward, backward = found.forward.mean(axis=0), found.backward.mean(axis=0)
    seed = np.random.SeedSequence(plan.seed)
    nulls = [Null.of(one, lag) for one in y]
    other = panel_drawn(nulls, rows=rows, lag=lag, draws=plan.draws, seed=seed, workers=plan.workers)
    critical, overall, p = _beside(backward, other, plan)
    window = rows + 1 + lag
    return Recursion(window - 1, window, lag, forward, backward, critical, overall, p, int(found.flat.sum()))


def _draw(y: Floats, plan: Plan, lag: int) -> Callable[[np.random.Generator, int], Floats]:
    """Return what draws series like this one, but without explosive behaviour."""
    change = np.diff(y)
    drift = float(change.mean()) if plan.drift == "kept" else 0.0
    if plan.critical == "phillips_shi":
        null = Null.of(y, lag)
        return partial(resampled, null=null if plan.drift == "kept" else replace(null, constant=0.0))
    if plan.critical == "harvey":
        return partial(signed, change=change, drift=drift)
    spread = float(change.std())
    return partial(random_walks, size=y.size, drift=drift / spread if plan.drift == "kept" else 1.0 / y.size)


def _beside(own: Floats, other: Floats, plan: Plan) -> tuple[Floats, float, float]:
    """Return critical values of each period, that of the largest statistic, and the p value of the largest."""
    level = 1 - plan.alpha
    whole = np.nanmax(other, axis=1)
    overall = float(np.quantile(whole, level))
    if plan.control == "pointwise":
        critical = np.nanquantile(other, level, axis=0)
    else:
        watched = other if plan.monitoring is None else other[:, : plan.monitoring]
        critical = np.full(own.size, np.quantile(np.nanmax(watched, axis=1), level))
    p = float((1 + (whole >= np.nanmax(own)).sum()) / (1 + whole.size))
    return critical, overall, p


def _lag(y: Floats, plan: Plan) -> int:
    if plan.lag != "bic":
        if not 0 <= plan.lag <= (y.size - 4) // 3:
            raise SpecError("exuberance_lag", where=Where(key="lag"), lag=plan.lag, size=y.size)
        return plan.lag
    if not 0 <= plan.max_lag <= (y.size - 4) // 3:
        raise SpecError("exuberance_lag", where=Where(key="max_lag"), lag=plan.max_lag, size=y.size)
    change = np.diff(y)
    most, n = plan.max_lag, change.size - plan.max_lag
    x = [np.ones(n), y[most:-1] - y[most:-1].mean()]
    scores = []
    for lag in range(most + 1):
        if lag:
            x.append(change[most - lag : change.size - lag])
        design = np.column_stack(x)
        residual = change[most:] - design @ np.linalg.lstsq(design, change[most:], rcond=None)[0]
        scores.append(n * np.log(residual @ residual / n) + design.shape[1] * np.log(n))
    return int(np.argmin(scores))
