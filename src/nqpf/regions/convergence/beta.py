"""Beta convergence: whether units that begin lower grow faster, absolutely or beside controls, effects and neighbours.

Barro and Sala-i-Martin (1992), doi:10.1086/261816; with unit effects Islam (1995), doi:10.2307/2946651; with
neighbours Rey and Montouri (1999), Regional Studies 33(2), 143–156.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, get_args

import narwhals as nw
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.regions.convergence.beta_sample import At, Effects, Form, Growth, Sample, sample_of
from nqpf.regions.convergence.beta_spatial import Spatial, neighbours
from nqpf.regions.convergence.beta_tables import Reading, Slope, Solve, coefficients, fitted, summary, with_speed
from nqpf.regions.convergence.least_squares import Errors
from nqpf.regions.convergence.observed import Observed
from nqpf.regions.convergence.speed import Rule
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.result import SpatialModel
from nqpf.results import Method, Note, Result

FEW_CLUSTERS, FEW_SPANS = 40, 20
"""Clusters below which their standard errors, and spans below which unit effects, call for a remark."""


@dataclass(frozen=True, slots=True)
class BetaResult(Result):
    """A beta regression.

    Attributes
    ----------
    frame
        A row a coefficient: term, estimate, se, t, p (two-sided; by the normal law in a spatial regression). Terms:
        ``(constant)``, ``ln(value)`` or with ``method="nls"`` ``(speed)``, controls, ``W·…`` of the neighbours,
        ``(rho)`` or ``(lambda)``.
    speed
        A row a reading: of (``coefficient``; in a spatial lag or Durbin regression also ``direct`` and ``total``, by
        impacts), slope, slope_se, speed (λ a year), speed_se, half_life (years), half_life_se.
    summary
        One row: n, units, spans, years (of a span), start, end, r2 (within, where effects were taken out), f, df1, df2,
        f_p, df, log_likelihood.
    spatial
        The spatial regression, with its impacts and tests; None without neighbours.
    """

    frame: pl.DataFrame
    speed: pl.DataFrame
    summary: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]
    spatial: SpatialModel | None = field(default=None, repr=False)
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return the coefficients as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def beta(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    controls_at: At = "start",
    method: Solve = "ols",
    form: Form = "cross_section",
    effects: Effects = "none",
    horizon: int | None = None,
    overlap: bool = False,
    growth: Growth = "annual",
    speed: Rule = "exact",
    errors: Errors = "classical",
    weights: Weights | None = None,
    spatial: Spatial = "none",
    start: int | None = None,
    end: int | None = None,
) -> BetaResult:
    """Regress growth on the initial logarithm; a negative slope is convergence.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit and year, none missing.
    value
        Column of the quantity; positive.
    unit, time
        Columns of units and years.
    controls
        Columns beside the initial logarithm: conditional convergence. They enter as they are.
    controls_at
        Their value in the first year of a span (``start``), or the ``mean`` of its years.
    method
        ``ols`` reports the slope; ``nls`` the speed λ itself, of growth = a − (1 − e^(−λT))/T · ln y₀ + …: the same
        minimum with another coefficient, so it is taken from the slope without iteration.
    form
        ``cross_section``: one growth from the first to the last year; ``panel``: one for every span of `horizon` years.
    effects
        Taken out of a panel: ``none`` (a constant instead), ``unit``, ``time``, ``two_way``.
    horizon
        Years of a span of a panel; None: 1.
    overlap
        Whether spans begin every year, rather than where the last one ended.
    growth
        ``annual`` (ln y_T − ln y₀)/T, or ``total`` ln y_T − ln y₀.
    speed
        ``exact``: λ by the growth that was regressed; ``reat``: −ln(1 + b)/T of the coefficient b as it stands (nls: of
        −λ), as the R package REAT reports it, which for annual growth over several years is too small by about T.
    errors
        ``classical``, ``hc1`` robust to unequal variances, ``cluster`` by unit (panel).
    weights
        Neighbours, for `spatial`.
    spatial
        ``lag``, ``error`` or ``durbin`` regression by maximum likelihood (see `nqpf.regions.spatial_panel`); ``none``.
    start, end
        First and last year; None: all.

    Returns
    -------
    BetaResult
        The coefficients; ``.speed``, ``.summary``, ``.spatial``.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell no number, or a unit without weights.
    SpecError
        No such option or year, a horizon that no two years are apart, or options that do not go together.
    MethodError
        A missing cell, a value that is not positive, regressors of which one follows from others, too few rows, or
        with ``nls`` a slope that no speed belongs to.

    Notes
    -----
    A negative slope also comes about where values are measured with error, or are bounded above like an index: units
    near the bound cannot grow. The spread may still rise (`nqpf.regions.sigma`).

    References
    ----------
    Barro and Sala-i-Martin (1992), doi:10.1086/261816. Islam (1995), doi:10.2307/2946651. Rey and Montouri (1999),
    Regional Studies 33(2), 143–156.

    Examples
    --------
    >>> table = {"u": [*"abc"] * 2, "y": [2000] * 3 + [2010] * 3, "v": [1.0, 2.0, 4.0, 2.0, 2.9, 4.1]}
    >>> beta(table, "v", unit="u", time="y").speed.select(pl.col("speed", "half_life").round(4)).row(0)
    (0.0658, 10.5319)
    """
    _words(controls_at, method, form, effects, growth, speed, errors, spatial)
    _together(form, effects, horizon, overlap, errors, weights, spatial, controls)
    seen = Observed.of(data, value, unit, time, start, end)
    sample = sample_of(seen, form, 1 if horizon is None else horizon, overlap, growth, controls, controls_at)
    reading = Reading(sample.span, growth, method, speed)
    if weights is None:
        fit, model = fitted(sample, effects, errors), None
        table = coefficients(fit, sample.names)
        own = table.filter(term=sample.names[0]).row(0, named=True)
        slopes: list[Slope] = [("coefficient", own["estimate"], own["se"])]
        below = summary(sample, fit, fit.r2, None)
    else:
        fit = None
        model, table, slopes = neighbours(sample, unit, time, form, effects, spatial, weights)
        below = summary(sample, None, model.r2_within, model.log_likelihood)
    speeds = reading.table(slopes)
    if method == "nls":
        table = with_speed(table, sample.names[0], reading, fit.df if fit else inf)
    options = {
        "value": value, "controls": list(controls), "controls_at": controls_at, "method": method, "form": form,
        "effects": effects, "horizon": sample.span, "overlap": overlap, "growth": growth, "speed": speed,
        "errors": errors, "spatial": spatial, "weights": dict(weights.method.options) if weights else None,
    }  # fmt: skip
    notes = _remarks(seen, sample, speeds, effects, errors, overlap)
    return BetaResult(
        table, speeds, below, Method("regions.beta", options), (*(model.notes if model else ()), *notes), model,
        backend_of(data),
    )  # fmt: skip


def _words(
    controls_at: At, method: Solve, form: Form, effects: Effects, growth: Growth, speed: Rule, errors: Errors,
    spatial: Spatial,
) -> None:  # fmt: skip
    for key, word, words in (
        ("controls_at", controls_at, At), ("method", method, Solve), ("form", form, Form),
        ("effects", effects, Effects), ("growth", growth, Growth), ("speed", speed, Rule), ("errors", errors, Errors),
        ("spatial", spatial, Spatial),
    ):  # fmt: skip
        choose(key, word, get_args(words))


def _together(
    form: Form,
    effects: Effects,
    horizon: int | None,
    overlap: bool,
    errors: Errors,
    weights: Weights | None,
    spatial: Spatial,
    controls: Sequence[str],
) -> None:
    """Raise a SpecError for options that do not go with each other."""
    of_panel = {"effects": effects != "none", "horizon": horizon is not None, "overlap": overlap}
    of_panel["errors"] = errors == "cluster"
    for key in (key for key, given in of_panel.items() if given and form != "panel"):
        raise SpecError("beta_panel_only", where=Where(key=key), option=key)
    if (weights is None) != (spatial == "none"):
        raise SpecError("beta_weights", where=Where(key="weights" if weights is None else "spatial"))
    if weights is not None and errors != "classical":
        raise SpecError("beta_errors_spatial", where=Where(key="errors"), errors=errors)
    for column in (c for i, c in enumerate(controls) if c in controls[:i]):
        raise SpecError("beta_control_twice", where=Where(key="controls"), column=column)


def _remarks(
    seen: Observed, sample: Sample, speeds: pl.DataFrame, effects: Effects, errors: Errors, overlap: bool
) -> list[Note]:
    spans, n = sample.growth.shape
    notes = seen.remarks(span=False)
    slope, speed = speeds.select("slope", "speed").row(0)
    if slope >= 0:
        notes.append(Note("beta_diverges", "info", {"slope": slope}))
    elif speed is None:
        notes.append(Note("beta_overshoots", values={"slope": slope, "years": sample.span}))
    if (seen.values <= 1).all():
        notes.append(Note("beta_bounded"))
    if effects in ("unit", "two_way") and spans < FEW_SPANS:
        notes.append(Note("beta_unit_effects", values={"spans": spans}))
    if errors == "cluster" and n < FEW_CLUSTERS:
        notes.append(Note("beta_few_clusters", values={"clusters": n, "least": FEW_CLUSTERS}))
    if overlap and sample.span > 1 and errors != "cluster":
        notes.append(Note("beta_overlap", values={"years": sample.span}))
    return notes
