"""Regressions with effects of units, years or both, and errors that hold for few clusters.

Effects: Baltagi (2021), Econometric Analysis of Panel Data, doi:10.1007/978-3-030-53953-5. Errors by cluster and their
small-sample factors: `nqpf.regions.panels.errors`; wild cluster bootstrap: `nqpf.numerics.wild`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.messages import Text
from nqpf.regions.panels.bootstrap import Draws, bootstrapped
from nqpf.regions.panels.errors import Errors, Spread, joint, spread_of
from nqpf.regions.panels.regression import (
    FEW_CLUSTERS,
    INTERCEPT,
    PanelRegression,
    Swept,
    answers,
    check_level,
    flat,
    residual_table,
    sweep,
    table,
    unsaid,
)
from nqpf.regions.panels.sample import Effects, Missing, Sample
from nqpf.results import Method, Note

Integers = NDArray[np.intp]
Singletons = Literal["keep", "drop"]
Weights = Literal["auto", "rademacher", "webb"]
FEW_FOR_TWO_POINTS = 12
"""Below this many clusters two-point weights give too few different samples (Webb 2023)."""


def fixed_effects(
    data: Any,
    y: str,
    x: Sequence[str],
    *,
    unit: str,
    time: str,
    effects: Effects = "two_way",
    errors: Errors = "cluster",
    cluster: str | Sequence[str] | None = None,
    draws: int = 999,
    weights: Weights = "auto",
    missing: Missing = "raise",
    singletons: Singletons = "keep",
    seed: int = 0,
    level: float = 0.95,
) -> PanelRegression:
    """Regress `y` on `x` with fixed effects.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; the panel need not be balanced.
    y, x
        Columns of the regressand and the regressors.
    unit, time
        Columns of units and years.
    effects
        ``two_way`` units and years, ``unit``, ``time``, or ``none`` (an intercept).
    errors
        ``cluster`` by cluster; ``robust`` to unequal variances (HC1); ``classical``; ``wild``: standard errors by
        cluster, p values and intervals by the wild cluster bootstrap with the null imposed.
    cluster
        Column of clusters, or two of them; default: the units.
    draws
        Of the wild bootstrap. With two-point weights every combination is taken once if there are no more than that.
    weights
        Of the wild bootstrap: ``rademacher`` two points, ``webb`` six points, ``auto``: six below 12 clusters.
    missing
        Rows with an empty cell: ``raise`` an error, or ``drop`` them with a note.
    singletons
        Rows alone in their unit or year: ``keep`` (coefficients do not depend on them, standard errors slightly do;
        noted) or ``drop`` them, as reghdfe and pyfixest do.
    seed
        Of the wild bootstrap.
    level
        Of the intervals.

    Returns
    -------
    PanelRegression
        Coefficients, covariance, fit, and what stands below them in a three-line table.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, two rows have the same unit and year.
    SpecError
        An option is not what it may be, or a column stands twice.
    MethodError
        No regressor varies beside the effects, fewer than two clusters, or no degree of freedom.

    References
    ----------
    Baltagi (2021), doi:10.1007/978-3-030-53953-5. Cameron, Gelbach and Miller (2008), doi:10.1162/rest.90.3.414.
    MacKinnon and Webb (2017), doi:10.1002/jae.2508.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> n, t = np.divmod(np.arange(300), 10)
    >>> x = rng.normal(size=300)
    >>> table = {"unit": n, "year": 2010 + t, "x": x, "y": 0.5 * x + n - t + 0.1 * rng.normal(size=300)}
    >>> found = fixed_effects(table, "y", ["x"], unit="unit", time="year")
    >>> found.coefficients["estimate"].round(2).to_list()
    [0.5]
    """
    for key, value, kind in (
        ("effects", effects, Effects), ("errors", errors, Errors), ("weights", weights, Weights),
        ("missing", missing, Missing), ("singletons", singletons, Singletons),
    ):  # fmt: skip
        choose(key, value, get_args(kind))
    check_level(level)
    x = [x] if isinstance(x, str) else list(x)
    if not x:
        raise SpecError("panels_no_regressor", where=Where(key="x"))
    sample, notes = _sample(data, [y, *x], unit, time, effects, missing, singletons)
    swept = sweep(sample, sample.values[:, 0], sample.values[:, 1:], x, effects)
    clusters, columns = _clusters(sample, errors, cluster, unit)
    spread = spread_of(swept.fitted, swept.x, errors, clusters, sample.codes(effects))
    coefficients = table(swept.names, swept.fitted, spread, level)
    notes += unsaid(swept.names, swept.fitted, spread)
    options: dict[str, Any] = {
        "effects": effects, "errors": errors, "cluster": columns, "missing": missing, "singletons": singletons,
        "level": level,
    }  # fmt: skip
    counts = [int(code.max()) + 1 for code in clusters]
    if errors == "wild":
        how = Draws(draws, _kind(weights, counts[0]), seed, level)
        options |= {"draws": draws, "weights": how.weights, "seed": seed}
        shown = [k for k in range(len(swept.names)) if k not in (*swept.fitted.aliased, *flat(swept.fitted, spread))]
        coefficients, more = bootstrapped(coefficients, swept, sample.codes(effects), clusters[0], shown, how)
        notes += more
    elif counts and min(counts) < FEW_CLUSTERS:
        notes.append(Note("panels_few_clusters", "warning", {"clusters": min(counts), "least": FEW_CLUSTERS}))
    return PanelRegression(
        coefficients,
        spread.covariance,
        residual_table(sample, (unit, time), sample.values[:, 0], swept.fitted),
        _summary(sample, swept, spread, effects, counts),
        Method("regions.fixed_effects", options),
        tuple(notes),
        backend_of(data),
    )


def _sample(
    data: Any,
    columns: Sequence[str],
    unit: str,
    time: str,
    effects: Effects,
    missing: Missing,
    singletons: Singletons,
) -> tuple[Sample, list[Note]]:
    """Return the rows, and notes on those that are alone or were left out."""
    sample = Sample.of(data, columns, unit=unit, time=time, missing=missing)
    notes = list(sample.notes)
    if (alone := sample.singletons(effects)).any():
        values = {"count": int(alone.sum()), "rows": sample.where(alone)}
        if singletons == "drop":
            sample = sample.without_singletons(effects)
            notes.append(Note("panels_singletons_drop", "info", values))
        else:
            notes.append(Note("panels_singletons_keep", "info", values))
    return sample, notes


def _summary(
    sample: Sample, swept: Swept, spread: Spread, effects: Effects, counts: Sequence[int]
) -> dict[str, float | int | str | Text | None]:
    """Return what stands below the coefficients in a three-line table."""
    test = joint(swept.fitted, spread, [k for k, name in enumerate(swept.names) if name != INTERCEPT])
    clusters = counts[0] if len(counts) == 1 else " × ".join(map(str, counts)) or None
    return {
        "n": len(sample.values),
        "units": len(sample.units),
        "periods": len(sample.years),
        **answers(effects),
        "clusters": clusters,
        "r2": swept.r2,
        "r2_within": swept.r2_within,
        "f": test.f if test else None,
        "f_p": test.p if test else None,
    }


def _clusters(
    sample: Sample, errors: Errors, cluster: str | Sequence[str] | None, unit: str
) -> tuple[list[Integers], tuple[str, ...]]:
    """Return the clusters of each kind, and their columns."""
    if errors in ("classical", "robust"):
        if cluster is not None:
            raise SpecError(
                "option_unused", where=Where(key="cluster"), method=errors, option="cluster", methods="cluster, wild"
            )
        return [], ()
    columns = (cluster,) if isinstance(cluster, str) else tuple(cluster or (unit,))
    most = 1 if errors == "wild" else 2
    if len(columns) > most:
        raise SpecError("panels_too_many_clusters", where=Where(key="cluster"), count=len(columns), most=most)
    found = []
    for column in columns:
        code, names = sample.grouping(column)
        if len(names) < 2:
            raise MethodError("panels_one_cluster", where=Where(indicator=column))
        found.append(code)
    return found, columns


def _kind(weights: Weights, clusters: int) -> str:
    """Return the weights that ``auto`` stands for."""
    if weights != "auto":
        return weights
    return "webb" if clusters < FEW_FOR_TWO_POINTS else "rademacher"
