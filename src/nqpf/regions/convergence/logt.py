"""The log t test of Phillips and Sul on a table: whether all units converge, under either standard error.

Phillips and Sul (2007), Transition modeling and econometric convergence tests, Econometrica 75(6), 1771–1855,
doi:10.1111/j.1468-0262.2007.00811.x.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.regions.convergence.log_t import LOW_POWER, Fits, LogT
from nqpf.regions.convergence.long_run import Hac
from nqpf.regions.convergence.observed import Observed
from nqpf.regions.convergence.transition import hp_trend, spread
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogTResult(Result):
    """The log t test of all units.

    Attributes
    ----------
    frame
        A row a standard error: hac, beta, se, t, p (one-sided, small where convergence is rejected), kind (see
        `nqpf.regions.clubs`), points (years in the regression), chosen. The one that was not chosen is left out, with a
        note, where it is undefined.
    spread
        A row a year: the year and h_variance, H_t.
    paths
        A row a unit and year: the value as it was tested (log and trend taken, where asked for) and relative, h_it.
    """

    frame: pl.DataFrame
    spread: pl.DataFrame
    paths: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the tests as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def kind_of(fits: Fits, critical: float) -> list[str]:
    """Return what a regression says of each group: ``level``, ``growth``, ``weak`` or ``rejected``."""
    words = np.where(fits.beta >= 2, "level", np.where(fits.beta >= 0, "growth", "weak"))
    return [str(word) for word in np.where(fits.t > critical, words, "rejected")]


def prepared(
    data: Any, value: str, unit: str, time: str, start: int | None, end: int | None, log: bool, hp_filter: float | None
) -> tuple[Observed, list[Note]]:
    """Return what the test is of (logarithm and trend taken where asked for) and the remarks on it."""
    seen = Observed.of(data, value, unit, time, start, end)
    notes = seen.remarks()
    if log:
        seen = replace(seen, values=seen.logs())
        notes.append(Note("logt_unit", "info"))
    if hp_filter is None:
        notes.append(Note("logt_unfiltered", "info"))
    elif not hp_filter > 0:
        raise SpecError("hp_filter_penalty", where=Where(key="hp_filter"), value=hp_filter)
    elif len(seen.years) > 2:
        seen = replace(seen, values=hp_trend(seen.values, hp_filter))
    seen.refuse(seen.values <= 0, "logt_not_positive")
    return seen, notes


def power(test: LogT) -> list[Note]:
    """Return the remark on a regression of few points."""
    if test.points >= LOW_POWER:
        return []
    return [Note("logt_low_power", values={"points": test.points, "least": LOW_POWER})]


def paths_of(seen: Observed, unit: str, time: str) -> pl.DataFrame:
    """Return values and relative transition paths, a row a unit and year."""
    relative = seen.values / seen.values.mean(axis=1, keepdims=True)
    return pl.DataFrame(
        {
            unit: np.repeat(np.array(seen.units, dtype=object), len(seen.years)).tolist(),
            time: np.tile(seen.years, len(seen.units)),
            "value": seen.values.T.ravel(),
            "relative": relative.T.ravel(),
        }
    )


def logt(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    trim: float = 1 / 3,
    hac: Hac = "fqsb",
    critical: float = -1.65,
    log: bool = False,
    hp_filter: float | None = None,
    start: int | None = None,
    end: int | None = None,
) -> LogTResult:
    """Test whether all units converge: log(H₁/H_t) − 2 log log t on log t, b ≥ 0 under convergence.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and year, none missing.
    value
        Column of the quantity; positive. The authors take the trend of log income: ``log=True, hp_filter=400``.
    unit, time
        Columns of units and years; years are counted 1, 2, … T in their order.
    trim
        Share of the years left out at the start; the authors advise 1/3, and 0.2 for T ≥ 100.
    hac
        Standard error: ``fqsb`` of the authors' program, ``aqsb`` sandwich with Andrews' bandwidth of the scores. Both
        are shown; this one is marked as chosen.
    critical
        t value above which convergence is not rejected, one-sided.
    log
        Whether the logarithm is taken; the test then depends on the unit of measurement.
    hp_filter
        Penalty of the Hodrick–Prescott filter that takes the cycle out; None: taken as it is.
    start, end
        First and last year; None: all.

    Returns
    -------
    LogTResult
        The tests; ``.spread`` and ``.paths``.

    Raises
    ------
    DataError
        A column is absent, a key twice, or a cell no number.
    SpecError
        No such `hac`, no such year, `trim` not between 0 and 1, or a penalty that is not positive.
    MethodError
        A missing cell, a value not above 0, units that are equal, or fewer than four years after trimming.

    References
    ----------
    Phillips and Sul (2007), doi:10.1111/j.1468-0262.2007.00811.x. Andrews (1991), doi:10.2307/2938229.

    Examples
    --------
    >>> years = list(range(2001, 2013))
    >>> near = {"u": ["a"] * 12 + ["b"] * 12, "y": years * 2, "v": [5 + 3 / t for t in range(1, 13)] + [5.0] * 12}
    >>> logt(near, "v", unit="u", time="y").frame.filter("chosen")["kind"].item()
    'growth'
    """
    choose("hac", hac, get_args(Hac))
    seen, notes = prepared(data, value, unit, time, start, end, log, hp_filter)
    test = LogT(len(seen.years), trim, hac)
    test.sure(spread(seen.values)[None], seen.units)
    fits = {word: replace(test, hac=word).fit(spread(seen.values)[None]) for word in get_args(Hac)}
    rows = [
        {"hac": word, "beta": fit.beta[0], "se": fit.se[0], "t": fit.t[0], "p": fit.p[0]}
        | {"kind": kind_of(fit, critical)[0], "points": test.points, "chosen": word == hac}
        for word, fit in fits.items()
        if not np.isnan(fit.t[0])
    ]
    if other := [word for word, fit in fits.items() if np.isnan(fit.t[0])]:
        notes.append(Note("logt_other_undefined", values={"other": other[0]}))
    options = {"value": value, "trim": trim, "hac": hac, "critical": critical, "log": log, "hp_filter": hp_filter}
    variance = pl.DataFrame({time: seen.years, "h_variance": spread(seen.values)})
    return LogTResult(
        pl.DataFrame(rows), variance, paths_of(seen, unit, time), Method("regions.logt", options),
        (*notes, *power(test)), backend_of(data),
    )  # fmt: skip
