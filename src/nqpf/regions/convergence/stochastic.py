"""Stochastic convergence: whether shocks to relative incomes fade, by unit root tests unit by unit and for the panel.

Carlino and Mills (1993), doi:10.1016/0304-3932(93)90009-5; panel tests of Im, Pesaran and Shin (2003),
doi:10.1016/S0304-4076(03)00092-7, Maddala and Wu (1999), doi:10.1111/1468-0084.0610s1631, and Pesaran (2007),
doi:10.1002/jae.951. All laws under the null are simulated by the seed, none is taken from a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.regions.convergence.observed import Observed
from nqpf.regions.convergence.unit_root import (
    Rule,
    Trend,
    mean_t,
    null_mean_t,
    null_t,
    rows_left,
    with_lags,
)
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Relative = Literal["mean", "log_mean"]

LEAST_DF = 3
"""Degrees of freedom below which a unit's regression is not run."""
LEAST_DRAWS = 100
"""Draws below which a simulated law says nothing of its tail."""
LOW_POWER = 25
"""Years below which unit root tests are called tests of low power."""
LEVELS = (0.01, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class StochasticResult(Result):
    """Unit root tests of relative incomes.

    Attributes
    ----------
    frame
        A row a unit: unit, lags, b (coefficient of the lagged level, between −1 and 0 where shocks fade), t, p (small:
        no unit root), half_life (years until half a shock is gone, with no lags; null otherwise or where b is not
        between −1 and 0).
    panel
        A row a test of all units having a unit root: test (``ips``, ``fisher``, ``cips``), statistic, p, critical_01,
        critical_05, critical_10 (reject below; fisher: above), lags (of cips, the same for every unit; null otherwise).
    relative
        A row a unit and year: value, the logarithm of the relative income that was tested.
    """

    frame: pl.DataFrame
    panel: pl.DataFrame
    relative: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the tests of the units as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def stochastic_convergence(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    relative: Relative = "mean",
    trend: Trend = "constant",
    lags: int | Rule = "bic",
    max_lags: int | None = None,
    draws: int = 2000,
    seed: int = 0,
    start: int | None = None,
    end: int | None = None,
) -> StochasticResult:
    """Test whether the logarithm of each unit's relative income has a unit root; without one, it converges.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and year, none missing.
    value
        Column of the quantity; positive.
    unit, time
        Columns of units and years; years are taken as equally far apart.
    relative
        Each year's values against their ``mean`` (ln(y / ȳ)), or against the mean of logarithms (``log_mean``).
    trend
        ``constant``: gaps settle about a level of their own (deterministic convergence); ``trend`` beside it: about a
        line (stochastic convergence of Carlino and Mills).
    lags
        Lagged differences: a number, or chosen for each unit by ``aic`` or ``bic`` on the same rows.
    max_lags
        Most lags that are tried; None: 12 (T/100)^(1/4) (Schwert 1989), and no more than leave three degrees of
        freedom.
    draws
        Random walks a law is simulated with.
    seed
        Of the simulation.
    start, end
        First and last year; None: all.

    Returns
    -------
    StochasticResult
        The tests of the units; ``.panel``, ``.relative``.

    Raises
    ------
    DataError
        A column is absent, a key twice, or a cell no number.
    SpecError
        No such option or year, negative lags, or fewer than 100 draws.
    MethodError
        A missing cell, a value that is not positive, too few years for the lags, or a unit whose relative income is
        constant.

    Notes
    -----
    p values are (c + 1)/(draws + 1) in walks of the same length whose lags are given or chosen in the same way. ips is
    Im, Pesaran and Shin's standardised mean of t, with mean and variance of t simulated, by the normal law; fisher
    combines the units' p values. Both take units for independent once the year's mean is gone. cips allows for one
    common factor and is the mean of t, not truncated; with few years and units its power is low.

    References
    ----------
    Im, Pesaran and Shin (2003), doi:10.1016/S0304-4076(03)00092-7. Pesaran (2007), doi:10.1002/jae.951.

    Examples
    --------
    >>> path = np.random.default_rng(1).normal(0, 0.1, (2, 40))
    >>> table = {"u": ["a"] * 40 + ["b"] * 40, "y": list(range(1981, 2021)) * 2, "v": np.exp(path.ravel())}
    >>> bool((stochastic_convergence(table, "v", unit="u", time="y").frame["p"] < 0.01).all())
    True
    """
    choose("relative", relative, get_args(Relative))
    choose("trend", trend, get_args(Trend))
    if not isinstance(lags, int):
        choose("lags", lags, get_args(Rule))
    if draws < LEAST_DRAWS:
        raise SpecError("stochastic_draws", where=Where(key="draws"), value=draws, least=LEAST_DRAWS)
    seen = Observed.of(data, value, unit, time, start, end)
    y = _relative(seen, relative)
    most = _most(seen, lags, max_lags, trend)
    taken, b, t = with_lags(y, lags, most, trend)
    law = null_t(y.shape[1], lags, most, trend, draws, seed)
    p = (np.searchsorted(law, t, side="right") + 1) / (draws + 1)
    common = min(int(np.round(np.mean(taken))), _affordable(y.shape[1], most, trend, means=True))
    options = {
        "value": value, "relative": relative, "trend": trend, "lags": lags, "max_lags": most, "draws": draws,
        "seed": seed,
    }  # fmt: skip
    fades = (taken == 0) & (b < 0) & (b > -1)
    half = np.log(0.5) / np.log1p(np.where(fades, b, -0.5))
    columns = {
        "lags": taken,
        "b": b,
        "t": t,
        "p": p,
        "half_life": pl.Series(np.where(fades, half, np.nan)).fill_nan(None),
    }
    rows = [*_independent(t, p, law), *_dependent(np.log(seen.values.T), common, trend, draws, seed)]
    return StochasticResult(
        pl.DataFrame({unit: list(seen.units)} | columns),
        pl.DataFrame(rows, schema_overrides={"lags": pl.Int64}),
        pl.DataFrame(
            {unit: [u for u in seen.units for _ in seen.years], time: np.tile(seen.years, len(y)), "value": y.ravel()}
        ),
        Method("regions.stochastic_convergence", options),
        tuple(_remarks(seen, common)),
        backend_of(data),
    )


def _relative(seen: Observed, how: Relative) -> Floats:
    """Return logarithms of relative incomes ``float64[N, T]``."""
    logs = seen.logs()
    middle = logs.mean(axis=1) if how == "log_mean" else np.log(seen.values.mean(axis=1))
    y = (logs - middle[:, None]).T
    still = np.ptp(y, axis=1) <= 1e-12 * max(1.0, float(np.abs(logs).max()))
    if still.any():
        raise MethodError(
            "stochastic_constant", where=Where(unit=seen.units[int(np.argmax(still))], indicator=seen.column)
        )
    return np.ascontiguousarray(y)


def _affordable(years: int, most: int, trend: Trend, *, means: bool = False) -> int:
    """Return the most lags up to `most` that leave enough degrees of freedom, −1 if none does."""
    able = (k for k in range(most + 1) if rows_left(years, k, trend, means=means) >= LEAST_DF)
    return max(able, default=-1)


def _most(seen: Observed, lags: int | Rule, max_lags: int | None, trend: Trend) -> int:
    """Return the most lags that are tried, or an error where they leave too little."""
    given = lags if isinstance(lags, int) else max_lags
    if given is not None and given < 0:
        raise SpecError("stochastic_lags", where=Where(key="lags" if given == lags else "max_lags"), value=given)
    years = len(seen.years)
    wanted = int(12 * (years / 100) ** 0.25) if given is None else given
    most = _affordable(years, wanted, trend)
    if most < 0 or (given is not None and most < given):
        needed = next(t for t in range(1, 10_000) if rows_left(t, given or 0, trend) >= LEAST_DF)
        raise MethodError("stochastic_short", years=years, lags=given or 0, needed=needed)
    return most


def _row(test: str, statistic: float, p: float, critical: Floats, lags: int | None = None) -> dict[str, Any]:
    limits = {f"critical_{100 * level:02.0f}": float(c) for level, c in zip(LEVELS, critical, strict=True)}
    return {"test": test, "statistic": float(statistic), "p": float(p), **limits, "lags": lags}


def _independent(t: Floats, p: Floats, law: Floats) -> list[dict[str, Any]]:
    """Return the tests that take units for independent."""
    z = np.sqrt(len(t)) * (t.mean() - law.mean()) / law.std(ddof=1)
    fisher, df = -2 * np.log(p).sum(), 2 * len(p)
    return [
        _row("ips", z, stats.norm.cdf(z), stats.norm.ppf(LEVELS)),
        _row("fisher", fisher, stats.chi2.sf(fisher, df), stats.chi2.isf(LEVELS, df)),
    ]


def _dependent(y: Floats, lags: int, trend: Trend, draws: int, seed: int) -> list[dict[str, Any]]:
    """Return the test beside the means of ``y[N, T]``, which is the same for relative incomes and incomes."""
    if lags < 0:
        return []
    law = null_mean_t(y.shape[1], len(y), lags, trend, draws, seed)
    statistic = float(mean_t(y[None], lags, trend).mean())
    p = (np.searchsorted(law, statistic, side="right") + 1) / (draws + 1)
    return [_row("cips", statistic, p, np.quantile(law, LEVELS), lags)]


def _remarks(seen: Observed, common: int) -> list[Note]:
    notes = seen.remarks(span=False)
    if len(seen.years) < LOW_POWER:
        notes.append(Note("stochastic_low_power", values={"years": len(seen.years), "least": LOW_POWER}))
    if common < 0:
        notes.append(Note("stochastic_no_cips", "info", {"years": len(seen.years)}))
    return notes
