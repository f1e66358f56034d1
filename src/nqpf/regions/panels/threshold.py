"""Panel regressions whose coefficients change where a variable passes a threshold (Hansen 1999).

The search is in `threshold_search`, tests and confidence sets in `threshold_inference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import Text
from nqpf.regions.panels.regression import check_level, check_number
from nqpf.regions.panels.sample import balanced
from nqpf.regions.panels.threshold_inference import bootstrap_test, locate
from nqpf.regions.panels.threshold_regimes import (
    Errors,
    Kind,
    Model,
    counted,
    estimated,
    interval_table,
    profile_table,
    remarks,
    tested_table,
    threshold_table,
)
from nqpf.regions.panels.threshold_search import one_after_the_other, prepare, refined
from nqpf.results import Method, Note, Result

Deletion = Literal["none", "last"]


@dataclass(frozen=True, slots=True, eq=False)
class PanelThreshold(Result):
    """A panel regression with thresholds; stands in a three-line table.

    Attributes
    ----------
    thresholds
        ``threshold`` (1, 2, … by value), ``estimate`` (rows up to it belong to the lower regime), ``low``, ``high``
        (ends of its confidence set) and ``pieces`` (of how many intervals that consists).
    intervals
        ``threshold``, ``low``, ``high``: the confidence sets piece by piece.
    tests
        ``thresholds`` (this many against one fewer), ``f``, ``p``, ``critical_10``, ``critical_5``, ``critical_1``,
        ``null`` and ``alternative`` (sums of squares).
    coefficients
        ``name`` (``x·2`` is x in the second regime), ``zh``, ``en``, ``column``, ``regime`` (null without regimes),
        ``estimate``, ``se`` (as `errors` asks), ``statistic``, ``p``, ``low``, ``high``, ``se_classical``,
        ``se_robust``.
    counts
        ``regime``, year, ``rows``.
    profile
        ``threshold``, ``value``, ``ratio``: likelihood ratio of every candidate that was tried, to be drawn.
    sum_of_squares
        Of the model.
    summary, method, notes
        Statistics for a three-line table, how they came about, remarks.
    """

    thresholds: pl.DataFrame
    intervals: pl.DataFrame
    tests: pl.DataFrame
    coefficients: pl.DataFrame
    counts: pl.DataFrame
    profile: pl.DataFrame
    sum_of_squares: float
    summary: Mapping[str, float | int | str | Text | None]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return `coefficients` as the kind of dataframe that was given."""
        return as_backend(self.coefficients, self.backend)


def threshold(
    data: Any,
    y: str,
    x: Sequence[str] = (),
    *,
    q: str,
    regimes: Sequence[str],
    unit: str,
    time: str,
    thresholds: int = 1,
    effects: Kind = "unit",
    trim: float = 0.05,
    grid: int | None = None,
    deletion: Deletion = "none",
    errors: Errors = "robust",
    draws: int = 300,
    seed: int = 0,
    level: float = 0.95,
) -> PanelThreshold:
    """Regress `y` with coefficients that change at thresholds of `q`.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; every unit in every year, nothing missing.
    y, x
        Columns of the regressand and of the regressors whose coefficients are the same everywhere.
    q
        Column of the threshold variable.
    regimes
        Regressors whose coefficients differ between regimes.
    unit, time
        Columns of units and years.
    thresholds
        1, 2 or 3. They are found one after the other, and each is then looked for again beside the others.
    effects
        Fixed effects: ``unit``, as Hansen, or ``two_way``.
    trim
        Least share of the rows in a regime.
    grid
        How many quantiles of the distinct values of `q` stand between 0 and 1 (Hansen used 400); None: every value.
    deletion
        ``none``: the within estimator (as Stata's xthreg); ``last``: the last year is left out after the means of units
        were taken off, as Hansen (1999) writes and his program does.
    errors
        Standard errors: ``robust`` to unequal variances, ``classical``, or ``cluster`` by unit. They take thresholds
        as known.
    draws, seed
        Of the bootstrap tests; 0 draws: no test.
    level
        Of intervals and confidence sets.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, the panel is not balanced, a cell is empty.
    SpecError
        An option is not what it may be, or a column stands twice.
    MethodError
        The threshold variable hardly varies, a regressor does not vary, or there is no room for so many regimes.

    References
    ----------
    Hansen (1999), Threshold effects in non-dynamic panels, doi:10.1016/S0304-4076(99)00025-1. Wang (2015), Stata
    Journal 15(1), 121–134, doi:10.1177/1536867X1501500108.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> n, t = np.divmod(np.arange(400), 10)
    >>> x, q, e = rng.normal(size=(3, 400))
    >>> table = {"unit": n, "year": 2010 + t, "x": x, "q": q, "y": n + np.where(q <= 0.5, x, 3 * x) + 0.2 * e}
    >>> found = threshold(table, "y", q="q", regimes=["x"], unit="unit", time="year", draws=99)
    >>> found.thresholds["estimate"].round(1).to_list(), found.coefficients["estimate"].round(1).to_list()
    ([0.5], [1.0, 3.0])
    """
    for key, value, kind in (("effects", effects, Kind), ("errors", errors, Errors), ("deletion", deletion, Deletion)):
        choose(key, value, get_args(kind))
    check_level(level)
    _check(thresholds, trim, grid, draws, effects, deletion)
    x, regimes = ([c] if isinstance(c, str) else list(c) for c in (x, regimes))
    if not regimes:
        raise SpecError("panels_no_regressor", where=Where(key="regimes"))
    sample = balanced(data, [y, *x, *regimes, *([] if q in (y, *x, *regimes) else [q])], unit, time)
    column = {name: sample.values[:, k] for k, name in enumerate(sample.columns)}
    model = Model(sample, column[y], {c: column[c] for c in x}, {c: column[c] for c in regimes}, q, column[q], effects)
    last = sample.time if deletion == "last" else None
    search = prepare(
        np.column_stack(list(model.split.values())), model.stacked, column[q], sample.codes(effects),
        trim=trim, grid=grid, last=last,
    )  # fmt: skip
    target = search.plain(column[y])
    path = one_after_the_other(search, target[:, None], thresholds)
    seeds = np.random.SeedSequence(seed).spawn(thresholds)
    tested = [
        bootstrap_test(search, target, path, k + 1, model.units, model.freedom, draws, np.random.default_rng(seeds[k]))
        for k in range(thresholds if draws else 0)
    ]
    found = refined(search, target, path.found[0].tolist())
    located = [locate(search, target, found, k, model.freedom, level) for k in range(thresholds)]
    values = search.values[found]
    fitted = estimated(model, search, values, errors, level)
    counts = counted(model, values, time)
    options = {
        "thresholds": thresholds, "effects": effects, "trim": trim, "grid": grid, "deletion": deletion,
        "errors": errors, "draws": draws, "seed": seed, "level": level,
    }  # fmt: skip
    return PanelThreshold(
        thresholds=threshold_table(values, located),
        intervals=interval_table(located),
        tests=tested_table(tested),
        coefficients=fitted.coefficients,
        counts=counts,
        profile=profile_table(located, search),
        sum_of_squares=fitted.sum_of_squares,
        summary=fitted.summary,
        method=Method("regions.threshold", options),
        notes=(*fitted.notes, *remarks(tested, located, counts, model, errors, draws, level)),
        backend=backend_of(data),
    )


def _check(thresholds: int, trim: float, grid: int | None, draws: int, effects: Kind, deletion: Deletion) -> None:
    """Raise a SpecError where a number or a combination is not what it may be."""
    check_number("thresholds", thresholds, 1 <= thresholds <= 3, "one_to_three")
    check_number("trim", trim, 0 < trim < 0.5, "below_half")
    check_number("grid", grid, grid is None or grid >= 10, "ten_or_more")
    check_number("draws", draws, draws >= 0, "zero_or_more")
    if deletion == "last" and effects == "two_way":
        raise SpecError(
            "option_unused", where=Where(key="deletion"), method=effects, option="deletion", methods='effects="unit"'
        )
