"""Cubic splines through the known years of a unit: natural, or monotone (Fritsch and Carlson 1980)."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Floats, Layer, Proposal
from nqpf.data.missing.options import Options


def natural_spline(layer: Layer, options: Options) -> Proposal:
    """Fill between two known years by the natural cubic spline through all known years of the unit."""
    return Proposal(_through(layer, monotone=False), layer.span)


def monotone_spline(layer: Layer, options: Options) -> Proposal:
    """Fill between two known years by the monotone cubic, which does not overshoot its neighbours."""
    return Proposal(_through(layer, monotone=True), layer.span)


def _through(layer: Layer, *, monotone: bool) -> Floats:
    """Return the spline's values inside the known years; units that know the same years are done at once."""
    from scipy.interpolate import CubicSpline, PchipInterpolator  # here, so that only who uses splines loads it

    values = np.full(layer.x.shape, np.nan)
    units = np.flatnonzero(layer.inside.any(axis=0))
    patterns, which = np.unique(~np.isnan(layer.x[:, units]), axis=1, return_inverse=True)
    for i, known in enumerate(patterns.T):
        same = units[which.reshape(-1) == i]
        years, x = layer.years[known], layer.x[np.ix_(known, same)]
        curve = PchipInterpolator(years, x) if monotone else CubicSpline(years, x, bc_type="natural")
        values[:, same] = curve(layer.years)
    return np.where(layer.inside, values, np.nan)
