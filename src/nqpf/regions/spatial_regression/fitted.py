"""What an estimated spatial regression makes of its rows: effects, residuals, what the regressors alone tell."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.regions.spatial_regression.design import Design
from nqpf.regions.spatial_regression.estimate import YEARLY, Fit
from nqpf.regions.spatial_regression.within import OUTCOME, sweep

Floats = NDArray[np.float64]


def _structural(design: Design, fit: Fit) -> Floats:
    """Return y − ρWy − Xβ (or y − Xβ with spatial errors) with the effects still in it, ``float64[T, N]``."""
    at = [design.names.index(c) for c in fit.asked.durbin]
    raw = np.concatenate([design.x, design.lag(design.x[at])])
    slopes = fit.beta[1:] if fit.asked.effects == "none" else fit.beta
    left = design.y - np.tensordot(slopes, raw, axes=1)
    return left if fit.is_error else left - fit.rho * design.lag(design.y)


def residuals(design: Design, fit: Fit) -> Floats:
    """Return the residuals of the equation with its effects, ``float64[T, N]``."""
    left = _structural(design, fit)
    if fit.asked.effects == "none":
        left = left - fit.beta[0]
    if fit.is_error:
        left = left - fit.rho * design.lag(left)
    return sweep(left, fit.asked.effects)


def effects_table(design: Design, fit: Fit) -> pl.DataFrame:
    """Return the effects swept out: ``kind``, ``name``, ``estimate``; no rows without effects."""
    left, effects = _structural(design, fit), fit.asked.effects
    mean = float(left.mean())
    rows: list[tuple[str, str, float]] = [] if effects == "none" else [("intercept", "", mean)]
    if effects in ("unit", "two_way"):
        values = left.mean(axis=0) - mean
        rows += [("unit", name, float(v)) for name, v in zip(design.units, values, strict=True)]
    if effects in YEARLY and design.years is not None:
        rows += [("time", str(year), float(v)) for year, v in zip(design.years, left.mean(axis=1) - mean, strict=True)]
    return pl.DataFrame(rows, schema={"kind": pl.String, "name": pl.String, "estimate": pl.Float64}, orient="row")


def correlation(design: Design, fit: Fit) -> float:
    """Return the squared correlation of the swept outcome with what the regressors alone make of it."""
    told = (fit.columns.x @ fit.beta).reshape(design.y.shape)
    if fit.asked.model in OUTCOME:
        told = told + fit.rho * design.determinant.multiplied(fit.rho, told)
    a, b = fit.columns.y - fit.columns.y.mean(), told.ravel() - told.mean()
    size = float(a @ a) * float(b @ b)
    return float(a @ b) ** 2 / size if size > 0 else 0.0
