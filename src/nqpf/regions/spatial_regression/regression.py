"""Spatial regressions on a cross-section or a balanced panel: SAR, SEM, SDM, and what they are compared with.

Anselin (1988), doi:10.1007/978-94-015-7799-1; LeSage and Pace (2009), doi:10.1201/9781420064254; Elhorst (2014),
doi:10.1007/978-3-642-40340-8; Lee and Yu (2010), doi:10.1016/j.jeconom.2009.08.001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import erfc, ndtri, stdtr, stdtrit

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.messages import Text, say
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.design import Design, read_design
from nqpf.regions.spatial_regression.estimate import YEARLY, Asked, Correction, Fit, estimate
from nqpf.regions.spatial_regression.fitted import correlation, effects_table, residuals
from nqpf.regions.spatial_regression.impacts import check_level
from nqpf.regions.spatial_regression.result import SpatialModel
from nqpf.regions.spatial_regression.within import ERROR, LAGGED, OUTCOME, Demean, Effects, Model
from nqpf.results import Method, Note

Floats = NDArray[np.float64]

SHORT, FEW, SMALL = 10, 30, 100
"""Years below which unit effects, and units below which large-sample errors, and year effects, call for a remark."""


def spatial_panel(
    data: Any,
    y: str,
    x: Sequence[str],
    *,
    weights: Weights,
    unit: str,
    time: str | None = None,
    model: Model = "sar",
    effects: Effects = "none",
    correction: Correction = "none",
    durbin: Sequence[str] | None = None,
    demean: Demean | None = None,
    level: float = 0.95,
) -> SpatialModel:
    """Return a spatial regression by maximum likelihood.

    Parameters
    ----------
    data
        Any dataframe; one row a unit, or one row a unit and year. The order of the rows does not matter.
    y, x
        Columns: outcome, and regressors as they enter (take logs beforehand).
    weights
        Who neighbours whom, the same every year. Units of the weights that are not in the data are left out with a
        note, and rows that summed to 1 are made to do so again.
    unit, time
        Columns; without `time` the table is a cross-section. A panel must be balanced; years may have gaps.
    model
        ``sar``: y = ρWy + Xβ + ε; ``sem``: y = Xβ + u, u = λWu + ε; ``sdm``: sar with WXθ; ``sdem``: sem with WXθ;
        ``slx``: y = Xβ + WXθ + ε; ``ols``: without anything spatial.
    effects
        Fixed effects: ``none`` (an intercept), ``unit``, ``time`` or ``two_way``.
    correction
        Of the bias that effects bring into σ² and ρ: ``none``; ``lee_yu``: the direct approach corrected (with
        ``unit`` σ²·T/(T − 1), with ``time`` σ²·N/(N − 1), with ``two_way`` also ρ and β); ``lee_yu_transform``: effects
        taken out orthonormally, so that nothing is left to correct; ``splm``: what R's splm 1.6-5 does under
        ``LeeYu = TRUE``, which for ``two_way`` has the published formula's sign turned and its scale lost.
    durbin
        Regressors whose neighbours' values enter; None: all (``slx``, ``sdm``, ``sdem``).
    demean
        With year effects: ``before_lag`` takes the years' means off y before it is lagged (splm; the default),
        ``after_lag`` afterwards, which is the same as a dummy for each year, and so the maximum of the likelihood (the
        default under ``lee_yu_transform``). Without year effects there is no difference.
    level
        Of the intervals.

    Returns
    -------
    SpatialModel
        Coefficients, fit, ``.impacts()``, ``.tests()``.

    Raises
    ------
    DataError
        A column or a unit's weights are absent, a key is there twice, a cell is empty or no number.
    SpecError
        An option is not what it may be, or does not go with another.
    MethodError
        The panel is not balanced; a column does not vary within effects or follows from others; rows are too few.

    Notes
    -----
    ρ is found on the interval between the reciprocals of the extreme real eigenvalues of W, whatever its scale.
    Standard errors come from the information matrix, not from a numerical Hessian. A coefficient of SAR or SDM is no
    impact: see ``.impacts()``.

    References
    ----------
    LeSage and Pace (2009). Introduction to Spatial Econometrics. doi:10.1201/9781420064254
    Elhorst (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial Panels. doi:10.1007/978-3-642-40340-8
    Lee and Yu (2010). Estimation of spatial autoregressive panel data models with fixed effects.
    doi:10.1016/j.jeconom.2009.08.001

    Examples
    --------
    >>> ring = Weights.of("abcdef", np.roll(np.eye(6), 1, 0) + np.roll(np.eye(6), -1, 0)).standardised("row")
    >>> data = {"place": list("abcdef"), "x": [1, 3, 2, 5, 4, 7], "y": [2.0, 3.5, 3.1, 5.2, 4.9, 6.6]}
    >>> found = spatial_panel(data, "y", ["x"], weights=ring, unit="place", model="sar")
    >>> found.coefficients["name"].to_list()
    ['intercept', 'x', 'rho']
    >>> found.impacts().frame["effect"].to_list()
    ['direct', 'indirect', 'total']
    """
    asked = _asked(x, time, model, effects, correction, durbin, demean)
    check_level(level)
    design = read_design(data, y, x, weights, unit, time)
    _check_fits(design, asked)
    fit = estimate(design, asked)
    options = {
        "model": model,
        "effects": effects,
        "correction": correction,
        "demean": asked.demean,
        "durbin": asked.durbin,
        "level": level,
        "weights": dict(weights.method.options),
    }
    residual = residuals(design, fit)
    p = fit.beta.size + fit.spatial + 1
    rows = design.y.size
    spread = design.y - design.y.mean()
    within = fit.columns.y
    order = tuple(design.rows)
    return SpatialModel(
        coefficients=_coefficients(fit, level),
        covariance=fit.covariance if fit.spatial else fit.covariance[:-1, :-1],
        fitted=design.keys.with_columns(fitted=(design.y - residual)[order], residual=residual[order]),
        effects=effects_table(design, fit),
        sigma2=fit.sigma2,
        sigma2_se=fit.sigma2_se,
        log_likelihood=fit.log_likelihood,
        aic=2 * p - 2 * fit.log_likelihood,
        bic=p * float(np.log(rows)) - 2 * fit.log_likelihood,
        r2=1 - float((residual**2).sum() / (spread**2).sum()),
        r2_within=1 - float((residual**2).sum() / ((within - within.mean()) ** 2).sum()),
        r2_corr=correlation(design, fit),
        df=fit.df,
        method=Method("regions.spatial_panel", options),
        design=design,
        fit=fit,
        notes=(*design.notes, *_remarks(design, fit)),
        backend=backend_of(data),
    )


def _asked(
    x: Sequence[str],
    time: str | None,
    model: Model,
    effects: Effects,
    correction: Correction,
    durbin: Sequence[str] | None,
    demean: Demean | None,
) -> Asked:
    """Return the options checked, each against the others."""
    choose("model", model, get_args(Model))
    choose("effects", effects, get_args(Effects))
    choose("correction", correction, get_args(Correction))
    usual: Demean = "after_lag" if correction == "lee_yu_transform" else "before_lag"
    choose("demean", demean or usual, get_args(Demean))
    if time is None and effects != "none":
        raise SpecError("spatial_cross_section", where=Where(key="effects"), effects=effects)
    if durbin is not None and model not in LAGGED:
        raise _unused("durbin", model, LAGGED)
    for column in (c for c in durbin or () if c not in x):
        raise SpecError(
            "bad_choice", where=Where(key="durbin"), value=column, options=listing(x, 20), hint=hint(column, x)
        )
    if correction != "none" and model not in (*OUTCOME, *ERROR):
        raise _unused("correction", model, (*OUTCOME, *ERROR))
    if correction != "none" and effects == "none":
        raise SpecError("spatial_nothing_to_correct", where=Where(key="correction"), correction=correction)
    if correction == "lee_yu_transform" and demean == "before_lag":
        raise SpecError("spatial_transform_demean", where=Where(key="demean"))
    lagged = (tuple(x) if durbin is None else tuple(dict.fromkeys(durbin))) if model in LAGGED else ()
    if model in LAGGED and not lagged:
        raise SpecError("spatial_no_lagged", where=Where(key="durbin"), model=model)
    return Asked(model, effects, correction, demean or usual, lagged)


def _unused(option: str, model: str, methods: Sequence[str]) -> SpecError:
    return SpecError("option_unused", where=Where(key=option), method=model, option=option, methods=listing(methods))


def _check_fits(design: Design, asked: Asked) -> None:
    if asked.effects != "none" and design.y.shape[0] == 1:
        raise MethodError("spatial_one_period", effects=asked.effects)
    if asked.correction != "none" and asked.effects in YEARLY and not design.determinant.row_standardised:
        raise MethodError("spatial_correction_rows", correction=asked.correction)


def _coefficients(fit: Fit, level: float) -> pl.DataFrame:
    names, kinds = list(fit.columns.names), list(fit.columns.kinds)
    estimates, errors = fit.beta, np.sqrt(np.diag(fit.covariance))[: fit.beta.size]
    if fit.spatial:
        names.append("lambda" if fit.is_error else "rho")
        kinds.append("spatial")
        estimates, errors = np.append(estimates, fit.rho), np.sqrt(np.diag(fit.covariance))
    words = [_label(name, kind) for name, kind in zip(names, kinds, strict=True)]
    ratio = estimates / errors
    p = erfc(np.abs(ratio) / np.sqrt(2)) if fit.spatial else 2 * stdtr(fit.df, -np.abs(ratio))
    reach = float(ndtri((1 + level) / 2) if fit.spatial else stdtrit(fit.df, (1 + level) / 2)) * errors
    return pl.DataFrame(
        {
            "name": names,
            "kind": kinds,
            "zh": [text.zh for text in words],
            "en": [text.en for text in words],
            "estimate": estimates,
            "se": errors,
            "statistic": ratio,
            "p": p,
            "lower": estimates - reach,
            "upper": estimates + reach,
        }
    )


def _label(name: str, kind: str) -> Text:
    if kind in ("intercept", "spatial"):
        return say(f"spatial.term.{name}")
    return Text.same(name.replace("W·", "W×", 1) if kind == "neighbours" else name)


def _remarks(design: Design, fit: Fit) -> list[Note]:
    asked, (t, n) = fit.asked, design.y.shape
    symbol = "λ" if fit.is_error else "ρ"
    notes = []
    if fit.at_bound:
        low, high = design.determinant.bounds
        notes.append(Note("spatial_bound", "warning", {"symbol": symbol, "value": fit.rho, "low": low, "high": high}))
    if n < FEW:
        notes.append(Note("spatial_few_units", "warning", {"units": n}))
    if not fit.spatial:
        return notes
    short = asked.effects in ("unit", "two_way") and t < SHORT
    small = asked.effects in YEARLY and n < SMALL
    if asked.correction == "none" and (short or small):
        notes.append(Note("spatial_uncorrected", "warning", {"symbol": symbol, "units": n, "years": t}))
    if asked.correction == "splm" and asked.effects == "two_way":
        notes.append(Note("spatial_splm", "warning", {}))
    if asked.effects in YEARLY and asked.demean == "before_lag":
        other = estimate(design, replace(asked, demean="after_lag")).rho
        notes.append(Note("spatial_year_means", "info", {"symbol": symbol, "value": fit.rho, "other": other}))
    return notes
