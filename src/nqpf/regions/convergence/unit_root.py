"""Unit root regressions on arrays, many at once, and their laws under the null by simulation.

Dickey and Fuller (1979), doi:10.2307/2286348; with the years' means beside them Pesaran (2007),
doi:10.1002/jae.951. The laws are simulated for the very number of years and lags, since tables begin at lengths that
regional panels do not reach.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Trend = Literal["constant", "trend"]
Rule = Literal["aic", "bic"]

BLOCK = 2_000_000
"""Numbers held at once by a simulation."""


def deterministic(trend: Trend) -> int:
    """Return the number of constants and trends."""
    return 1 if trend == "constant" else 2


def rows_left(years: int, lags: int, trend: Trend, *, means: bool = False) -> int:
    """Return the degrees of freedom of a regression over `years` with `lags` lagged differences."""
    regressors = deterministic(trend) + 1 + lags + (2 + lags if means else 0)
    return years - 1 - lags - regressors


def dickey_fuller(
    y: Floats, lags: int, trend: Trend, *, means: Floats | None = None, skip: int | None = None
) -> tuple[Floats, Floats, Floats, int]:
    """Return coefficient of the lagged level, its t, residual sum of squares (each ``[B]``), and the rows used.

    Δy_t = d_t + b·y_{t−1} + Σ c_j Δy_{t−j} + u, and with `means` m also m_{t−1} and Δm_t, Δm_{t−1}, …

    Parameters
    ----------
    y
        ``float64[B, T]`` series.
    lags
        Lagged differences.
    trend
        ``constant``, or ``trend`` beside it.
    means
        ``float64[B, T]`` means over units, for each series.
    skip
        Differences left out at the start, so that lags can be compared on the same rows; None: `lags`.
    """
    begin = lags if skip is None else skip
    change = np.diff(y, axis=1)
    rows = change.shape[1] - begin
    shape = (len(y), rows)
    columns = [np.ones(shape)]
    if trend == "trend":
        columns.append(np.broadcast_to(np.arange(rows) - (rows - 1) / 2, shape))
    columns += [change[:, begin - j : begin - j + rows] for j in range(1, lags + 1)]
    if means is not None:
        steps = np.diff(means, axis=1)
        columns.append(means[:, begin : begin + rows])
        columns += [steps[:, begin - j : begin - j + rows] for j in range(lags + 1)]
    columns += [y[:, begin : begin + rows], change[:, begin:]]
    # The last two columns of the triangle hold what the others leave of the lagged level and of the change.
    r: Floats = np.asarray(np.linalg.qr(np.stack(columns, axis=2), mode="r"))
    k = len(columns) - 1
    level, both, rest = r[:, k - 1, k - 1], r[:, k - 1, k], r[:, k, k]
    squares = rest**2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = both * np.sign(level) / np.sqrt(squares / (rows - k))
        return both / level, t, squares, rows


def chosen_lags(y: Floats, most: int, trend: Trend, rule: Rule) -> Integers:
    """Return lags ``int[B]`` from 0 to `most` with the least criterion, all on the same rows."""
    scores = []
    for lags in range(most + 1):
        _, _, squares, rows = dickey_fuller(y, lags, trend, skip=most)
        penalty = 2.0 if rule == "aic" else float(np.log(rows))
        with np.errstate(divide="ignore"):
            scores.append(rows * np.log(squares / rows) + penalty * (deterministic(trend) + 1 + lags))
    found: Integers = np.argmin(np.array(scores), axis=0)
    return found


def with_lags(y: Floats, lags: int | Rule, most: int, trend: Trend) -> tuple[Integers, Floats, Floats]:
    """Return lags, coefficient and t of each series ``[B]``, lags given or chosen for each up to `most`."""
    taken = np.full(len(y), lags) if isinstance(lags, int) else chosen_lags(y, most, trend, lags)
    b, t = np.empty(len(y)), np.empty(len(y))
    for lag in np.unique(taken):
        own = taken == lag
        b[own], t[own] = dickey_fuller(y[own], int(lag), trend)[:2]
    return taken, b, t


def null_t(years: int, lags: int | Rule, most: int, trend: Trend, draws: int, seed: int) -> Floats:
    """Return t values ``[draws]`` of random walks with their lags given or chosen as those of the data, sorted."""
    walks = np.cumsum(np.random.default_rng([seed, 0]).standard_normal((draws, years)), axis=1)
    return np.sort(with_lags(walks, lags, most, trend)[2])


def null_mean_t(years: int, units: int, lags: int, trend: Trend, draws: int, seed: int) -> Floats:
    """Return means over units of t values beside the years' means (CIPS), of independent random walks, sorted."""
    generator = np.random.default_rng([seed, 1])
    at_once = max(1, BLOCK // (units * years * (2 * lags + 6)))
    found = []
    for begin in range(0, draws, at_once):
        count = min(at_once, draws - begin)
        walks = np.cumsum(generator.standard_normal((count, units, years)), axis=2)
        found.append(mean_t(walks, lags, trend).mean(axis=1))
    return np.sort(np.concatenate(found))


def mean_t(y: Floats, lags: int, trend: Trend) -> Floats:
    """Return t values ``[B, N]`` of panels ``[B, N, T]``, each unit beside its panel's means."""
    panels, units, years = y.shape
    means = np.broadcast_to(y.mean(axis=1, keepdims=True), y.shape)
    t = dickey_fuller(y.reshape(-1, years), lags, trend, means=means.reshape(-1, years))[1]
    return t.reshape(panels, units)
