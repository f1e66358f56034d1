"""How much more of an industry a region has than the whole would lead one to expect, and how sure that is.

LQ = (x_ri/x_r)/(x_i/x). Where activity is a count of persons or firms, x_ri is one draw of many that might have been:
intervals by Moineddin, Beyene and Boyle (2003, Geographical Analysis 35(3), 249–256) and Beyene and Moineddin (2005,
doi:10.1186/1471-2288-5-32); the region is part of the whole, so that both proportions vary together. The standardised
quotient is that of O'Donoghue and Gleave (2004, doi:10.1080/03434002000213932), the excess of jobs that of Fingleton,
Igliori and Moore (2004, doi:10.1080/0042098042000194106).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.frames import backend_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_above, check_level
from nqpf.industry.structure.activity import Activity, Year
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]
Interval = Literal["log", "delta", "fieller"]
Adjust = Literal["none", "bonferroni"]
Standardise = Literal["quotient", "log"]

COLUMNS = ("share", "quotient", "symmetric", "excess", "standardised", "low", "high", "verdict")
WHOLE = 1e-6
"""How far from a whole number, beside 1 or the number itself, a count may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Proportions:
    """Proportions of a region and of the whole, and how they vary, each ``float64[n, k]`` (`whole` ``float64[k]``).

    Attributes
    ----------
    own, whole, rest
        x_ri/x_r, x_i/x, and the proportion of all other regions.
    own_variance, whole_variance, covariance
        With binomial counts in the region and, independent of it, in the rest.
    """

    own: Floats
    whole: Floats
    rest: Floats
    own_variance: Floats
    whole_variance: Floats
    covariance: Floats

    @classmethod
    def of(cls, counts: Floats, whole: Floats) -> Proportions:
        """Return proportions from counts ``float64[n, k]`` of regions and ``float64[k]`` of the whole."""
        size, total = counts.sum(axis=1, keepdims=True), whole.sum()
        rest_size = np.maximum(total - size, 0.0)
        own = counts / size
        rest = np.divide(np.maximum(whole - counts, 0.0), rest_size, out=np.zeros_like(counts), where=rest_size > 0)
        own_variance = own * (1 - own) / size
        covariance = size / total * own_variance
        whole_variance = (size**2 * own_variance + rest_size * rest * (1 - rest)) / total**2
        return cls(own, whole / total, rest, own_variance, whole_variance, covariance)

    def bounds(self, kind: Interval, reach: float) -> tuple[Floats, Floats]:
        """Return the ends of intervals that reach so many standard errors; NaN where there is no bounded one.

        A region that has none of an industry, or all of it, seems not to vary at all: there is none for it either.

        Parameters
        ----------
        kind
            ``log``: by the variance of the logarithm; ``delta``: of the quotient; ``fieller``: all θ with
            (own − θ·whole)² ≤ reach²·variance.
        reach
            Quantile of the normal law.
        """
        quotient = self.own / self.whole
        there = (self.own > 0) & (self.rest > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = (
                self.own_variance / self.own**2
                + self.whole_variance / self.whole**2
                - 2 * self.covariance / (self.own * self.whole)
            )
            error = np.where(there, np.sqrt(np.maximum(relative, 0.0)), np.nan)
        if kind == "log":
            return quotient * np.exp(-reach * error), quotient * np.exp(reach * error)
        if kind == "delta":
            return quotient * (1 - reach * error), quotient * (1 + reach * error)
        return self._fieller(reach)

    def _fieller(self, reach: float) -> tuple[Floats, Floats]:
        a = self.whole**2 - reach**2 * self.whole_variance
        b = self.own * self.whole - reach**2 * self.covariance
        c = self.own**2 - reach**2 * self.own_variance
        bounded = (a > 0) & (self.own > 0) & (self.rest > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            middle, width = b / a, np.sqrt(np.maximum(b**2 - a * c, 0.0)) / a
        return np.where(bounded, middle - width, np.nan), np.where(bounded, middle + width, np.nan)


def standardised(quotient: Floats, how: Standardise) -> Floats:
    """Return how many standard deviations quotients ``float64[n, k]`` lie above the mean of the regions.

    NaN where the regions are all alike, and with ``log`` where a region has none.

    Examples
    --------
    >>> standardised(np.array([[0.5], [1.0], [1.5]]), "quotient").ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    with np.errstate(divide="ignore"):
        x = quotient if how == "quotient" else np.where(quotient > 0, np.log(quotient), np.nan)
    count = np.isfinite(x).sum(axis=0)
    filled = np.where(np.isfinite(x), x, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = filled.sum(axis=0) / count
        away = np.where(np.isfinite(x), x - mean, 0.0)
        sd = np.sqrt((away**2).sum(axis=0) / (count - 1))
        flat = ~(sd > WHOLE * np.maximum(1.0, np.abs(mean)))
        return np.where(flat, np.nan, (x - mean) / sd)


def location_quotient(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    whole: Any = None,
    interval: Interval | None = None,
    level: float = 0.95,
    adjust: Adjust = "none",
    cutoff: float = 1.0,
    cases: float = 1.0,
    standardise: Standardise | None = None,
    empty: Empty = "raise",
) -> TableResult:
    """Return location quotients of regions and industries, with intervals where activity is a count.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity, none negative.
    unit, industry, time
        Columns of regions, industries and years; each year is measured by itself.
    whole
        Label of the unit that stands for the whole (a national total in the table). Default: the sum of the regions.
    interval
        Of each quotient, for counts: ``log`` (delta method on the logarithm), ``delta`` (on the quotient itself),
        ``fieller``. Default: none.
    level
        Of the intervals.
    adjust
        ``none``, or ``bonferroni``: the intervals of all regions hold together, industry by industry.
    cutoff
        What the interval is compared with in the verdict; 1.25 is common for clusters.
    cases
        How many persons or firms one unit of `value` stands for (10000 for figures in ten thousands).
    standardise
        Adds the number of standard deviations above the mean of the regions: of the ``quotient``, or of its ``log``,
        among regions that have some. To read it as a test takes quotients, or logarithms, that are normal.
    empty
        ``raise``, or ``drop`` to leave out of a year regions and industries without any activity in it.

    Returns
    -------
    TableResult
        A row for each year, region and industry: share, quotient, symmetric (LQ − 1)/(LQ + 1), excess (activity above
        what the whole would lead one to expect), standardised if asked for; with intervals low, high and verdict
        (``above``, ``below`` the cutoff, or ``unclear``), null where a region has none of an industry or all of it.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number.
    MethodError
        A negative value, a region or industry without activity, fewer than two regions, intervals of what is no count.
    SpecError
        A word that is no choice, a level not between 0 and 1, a cutoff or number of cases not above 0.

    References
    ----------
    Moineddin, Beyene and Boyle (2003), Geographical Analysis 35(3), 249–256. Beyene and Moineddin (2005),
    doi:10.1186/1471-2288-5-32. O'Donoghue and Gleave (2004), doi:10.1080/03434002000213932. Fingleton, Igliori and
    Moore (2004), doi:10.1080/0042098042000194106.

    Examples
    --------
    >>> table = {"r": ["a", "a", "b", "b"], "i": ["x", "y"] * 2, "v": [30, 10, 10, 30]}
    >>> found = location_quotient(table, "v", unit="r", industry="i", interval="log")
    >>> found.frame.select("r", "i", "quotient", "excess", "verdict").row(0)
    ('a', 'x', 1.5, 10.0, 'above')
    """
    _check(interval, level, adjust, cutoff, cases, standardise)
    keys_apart(COLUMNS, unit=unit, industry=industry, time=time)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty, whole=whole)
    years, notes = activity.years()
    parts = []
    without = 0
    for year in years:
        columns = _quotients(year)
        if standardise is not None:
            columns["standardised"] = standardised(columns["quotient"], standardise)
        if interval is not None:
            _refuse_fractions(activity, year, cases)
            tail = (1 - level) / (len(year.units) if adjust == "bonferroni" else 1)
            columns |= _judged(year, interval, float(ndtri(1 - tail / 2)), cutoff, cases)
            without += sum(v is None for v in columns["verdict"].ravel())
        parts.append((activity.cell_keys(year), {name: column.ravel() for name, column in columns.items()}))
    if without:
        notes = (*notes, Note("lq_no_interval", "info", {"count": without}))
    options = {
        "value": value, "whole": whole, "interval": interval, "level": level, "adjust": adjust, "cutoff": cutoff,
        "cases": cases, "standardise": standardise, "empty": empty,
    }  # fmt: skip
    frame = activity.frame(parts, [year.t for year in years])
    return TableResult(frame, Method("industry.location_quotient", options), notes, backend_of(data))


def _check(
    interval: str | None, level: float, adjust: str, cutoff: float, cases: float, standardise: str | None
) -> None:
    if interval is not None:
        choose("interval", interval, get_args(Interval))
    choose("adjust", adjust, get_args(Adjust))
    if standardise is not None:
        choose("standardise", standardise, get_args(Standardise))
    check_level("level", level)
    check_above("cutoff", cutoff)
    check_above("cases", cases)


def _quotients(year: Year) -> dict[str, NDArray[Any]]:
    share = year.shares
    quotient = share / year.whole_shares
    expected = year.x.sum(axis=1, keepdims=True) * year.whole_shares
    symmetric = (quotient - 1) / (quotient + 1)
    return {"share": share, "quotient": quotient, "symmetric": symmetric, "excess": year.x - expected}


def _judged(year: Year, interval: Interval, reach: float, cutoff: float, cases: float) -> dict[str, NDArray[Any]]:
    low, high = Proportions.of(year.x * cases, year.whole * cases).bounds(interval, reach)
    verdict = np.full(low.shape, "unclear", dtype=object)
    verdict[low > cutoff] = "above"
    verdict[high < cutoff] = "below"
    verdict[np.isnan(low)] = None
    return {"low": low, "high": high, "verdict": verdict}


def _refuse_fractions(activity: Activity, year: Year, cases: float) -> None:
    counts = year.x * cases
    off = np.abs(counts - np.round(counts)) > WHOLE * np.maximum(1.0, counts)
    if off.any():
        n, k = np.argwhere(off)[0]
        place = Where(
            unit=str(activity.grid.units[int(year.units[n])]),
            industry=str(activity.grid.industries[int(year.industries[k])]),
            period=activity.grid.years[year.t],
        )
        raise MethodError("lq_not_counts", where=place, value=float(counts[n, k]), count=int(off.sum()))
