"""Sigma convergence: whether the spread of a quantity over units falls from year to year.

A measure a year, its trend, and the first year against the last: Barro and Sala-i-Martin (1992), doi:10.1086/261816.
The F test takes the two years for independent samples, which the same units are not (Carree and Klomp 1997, Review of
Economics and Statistics 79(4), 683–686); the test of Pitman (1939), doi:10.1093/biomet/31.1-2.9, and Morgan allows for
that.
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
from nqpf.regions.convergence.least_squares import least_squares
from nqpf.regions.convergence.observed import Observed
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Measure = Literal["cv", "sd", "variance", "cv_logs", "sd_logs", "variance_logs"]
Centre = Literal["weighted", "plain"]
TestOn = Literal["measure", "values"]

FEW_UNITS = 5
"""Units below which a spread is called one of few units."""


@dataclass(frozen=True, slots=True)
class SigmaResult(Result):
    """Spread by year.

    Attributes
    ----------
    frame
        A row a year: the year, n, mean (of the logarithms, where the measure is of these), sigma.
    trend
        One row, the regression of sigma on the year: slope, slope_se, t, p, constant, constant_se, r2, f, f_p, years;
        null with fewer than three years.
    ratio
        One row, the first year and the last: start, end, sigma_start, sigma_end, ratio (first over last, above 1 where
        the spread fell), f, df1, df2, f_p (two-sided), paired_t (Pitman and Morgan, positive where it fell), paired_p.
    """

    frame: pl.DataFrame
    trend: pl.DataFrame
    ratio: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the spread by year as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def spread_of(
    x: Floats, measure: str, ddof: int = 0, weight: Floats | None = None, centre: Centre = "weighted"
) -> tuple[Floats, Floats]:
    """Return mean and spread, both ``float64[T]``, of ``x[T, N]`` (logarithms already taken).

    Parameters
    ----------
    x
        Values.
    measure
        Begins with ``cv``, ``sd`` or ``variance``.
    ddof
        Sums of squares are divided by N − ddof; with weights by their sum.
    weight
        ``float64[T, N]``.
    centre
        Mean that deviations are taken from, with weights.

    Examples
    --------
    >>> spread_of(np.array([[1.0, 3.0]]), "cv", ddof=1)[1].round(4).tolist()
    [0.7071]
    """
    mean = np.average(x, axis=1, weights=weight)
    middle = mean if centre == "weighted" else x.mean(axis=1)
    away = (x - middle[:, None]) ** 2
    size = x.shape[1] - ddof if weight is None else weight.sum(axis=1)
    variance = np.sum(away if weight is None else weight * away, axis=1) / size
    if measure.startswith("variance"):
        return mean, variance
    sd = np.sqrt(variance)
    return mean, sd / np.abs(mean) if measure.startswith("cv") else sd


def sigma(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    measure: Measure = "cv",
    ddof: int = 0,
    weight: str | None = None,
    centre: Centre = "weighted",
    normalised: bool = False,
    test_on: TestOn = "measure",
    start: int | None = None,
    end: int | None = None,
) -> SigmaResult:
    """Measure whether units come nearer to each other: the spread of each year, its trend, first against last year.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and year, none missing.
    value
        Column of the quantity.
    unit, time
        Columns of units and years.
    measure
        ``cv`` coefficient of variation, ``sd``, ``variance``, each of the values; ``cv_logs``, ``sd_logs``,
        ``variance_logs`` of their logarithms. The R package REAT takes logarithms unless told otherwise; a coefficient
        of variation of logarithms depends on the unit of measurement.
    ddof
        Sums of squares are divided by N − ddof; 0, or 1 for a sample.
    weight
        Column of weights, e.g. population; None: units count alike.
    centre
        With weights, deviations from the ``weighted`` mean, or from the ``plain`` one, as REAT takes them.
    normalised
        Whether a coefficient of variation is divided by the square root of N − ddof.
    test_on
        What first and last year are compared by: ``measure`` the quantity whose variance the measure is of (for ``cv``
        values relative to the year's mean), ``values`` always the values or logarithms themselves, as REAT does.
    start, end
        First and last year; None: all.

    Returns
    -------
    SigmaResult
        The spread by year; ``.trend`` and ``.ratio``.

    Raises
    ------
    DataError
        A column is absent, a key twice, or a cell no number.
    SpecError
        No such option or year; `ddof` not 0 or 1, or 1 beside weights.
    MethodError
        A missing cell, a logarithm of what is not positive, a coefficient of variation about a mean not above 0,
        weights that are negative or sum to 0, or fewer than two units.

    References
    ----------
    Barro and Sala-i-Martin (1992), doi:10.1086/261816. Carree and Klomp (1997), Review of Economics and Statistics
    79(4), 683–686.

    Examples
    --------
    >>> table = {"u": ["a", "b"] * 2, "y": [2001, 2001, 2002, 2002], "v": [1.0, 3.0, 2.0, 3.0]}
    >>> sigma(table, "v", unit="u", time="y").frame["sigma"].to_list()
    [0.5, 0.2]
    """
    choose("measure", measure, get_args(Measure))
    choose("centre", centre, get_args(Centre))
    choose("test_on", test_on, get_args(TestOn))
    if ddof not in (0, 1) or (ddof and weight):
        raise SpecError("sigma_ddof", where=Where(key="ddof"), value=ddof)
    seen = Observed.of(data, value, unit, time, start, end)
    x = seen.logs() if measure.endswith("logs") else seen.values
    counts = _weights(seen, weight)
    if measure.startswith("cv"):
        _check_mean(seen, np.average(x, axis=1, weights=counts))
    mean, spread = spread_of(x, measure, ddof, counts, centre)
    if measure.startswith("cv") and normalised:
        spread = spread / np.sqrt(x.shape[1] - ddof)
    compared = x / mean[:, None] if measure == "cv" and test_on == "measure" else x
    options = {
        "value": value, "measure": measure, "ddof": ddof, "weight": weight, "centre": centre, "normalised": normalised,
        "test_on": test_on,
    }  # fmt: skip
    n = np.full(len(seen.years), x.shape[1])
    return SigmaResult(
        pl.DataFrame({time: seen.years, "n": n, "mean": mean, "sigma": spread}),
        _trend(seen.years, spread),
        _ratio(seen.years, spread, compared),
        Method("regions.sigma", options),
        _remarks(seen, measure),
        backend_of(data),
    )


def _weights(seen: Observed, weight: str | None) -> Floats | None:
    if weight is None:
        return None
    found = seen.beside(weight)
    wrong = (found < 0) | (found.sum(axis=1, keepdims=True) <= 0)
    if wrong.any():
        t, n = np.argwhere(wrong)[0]
        place = Where(unit=seen.units[n], period=int(seen.years[t]), indicator=weight)
        raise MethodError("sigma_weights", where=place, value=float(found[t, n]))
    return found


def _check_mean(seen: Observed, mean: Floats) -> None:
    if (mean <= 0).any():
        t = int(np.argmax(mean <= 0))
        place = Where(period=int(seen.years[t]), indicator=seen.column)
        raise MethodError("sigma_mean", where=place, value=float(mean[t]))


def _trend(years: NDArray[np.intp], spread: Floats) -> pl.DataFrame:
    names = ("slope", "slope_se", "t", "p", "constant", "constant_se", "r2", "f", "f_p")
    if len(years) < 3:
        return pl.DataFrame(
            {name: [None] for name in names} | {"years": [len(years)]},
            schema_overrides=dict.fromkeys(names, pl.Float64),
        )
    middle = years.mean()  # centred years keep the digits; the constant is moved back to year 0
    fit = least_squares(spread, np.column_stack([np.ones(len(years)), years - middle]))
    slope, slope_se = float(fit.estimate[1]), float(fit.se[1])
    back = np.array([1.0, -middle])
    numbers = (
        slope, slope_se, fit.t[1], fit.p[1], fit.estimate @ back, np.sqrt(back @ fit.covariance @ back), fit.r2,
        fit.f, fit.f_p,
    )  # fmt: skip
    return pl.DataFrame(
        {name: [float(number)] for name, number in zip(names, numbers, strict=True)} | {"years": [len(years)]}
    )


def _ratio(years: NDArray[np.intp], spread: Floats, x: Floats) -> pl.DataFrame:
    """Return the first year against the last: F of variances, and the correlation of their sum and difference."""
    first, last, n = x[0], x[-1], x.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.var(first, ddof=1) / np.var(last, ddof=1)
        r = np.corrcoef(first + last, first - last)[0, 1]
        paired = r * np.sqrt((n - 2) / (1 - r**2))
        ratio = spread[0] / spread[-1]
    below = stats.f.cdf(f, n - 1, n - 1)
    numbers = {
        "sigma_start": spread[0], "sigma_end": spread[-1], "ratio": ratio, "f": f, "df1": n - 1, "df2": n - 1,
        "f_p": 2 * min(below, stats.f.sf(f, n - 1, n - 1)), "paired_t": paired,
        "paired_p": 2 * stats.t.sf(abs(paired), n - 2),
    }  # fmt: skip
    frame = pl.DataFrame(
        {"start": int(years[0]), "end": int(years[-1])}
        | {k: v.item() if hasattr(v, "item") else v for k, v in numbers.items()}
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _remarks(seen: Observed, measure: str) -> tuple[Note, ...]:
    notes = seen.remarks()
    if measure == "cv_logs":
        notes.append(Note("sigma_cv_logs"))
    if len(seen.units) < FEW_UNITS:
        notes.append(Note("sigma_few_units", values={"units": len(seen.units), "least": FEW_UNITS}))
    return tuple(notes)
