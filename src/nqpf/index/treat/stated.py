"""Values that the framework states (ideals, goalposts, goals), carried to where a transformation puts the indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.index.framework import Indicator
from nqpf.index.treat.treatment import Treatment

Floats = NDArray[np.float64]


def carry(points: Floats, treatment: Treatment) -> Floats:
    """Return stated values (goalposts, goals, ideals) of the K indicators where the treatment carries them.

    An indicator that is now a logarithm has its goal at the logarithm of the goal. Limits do not hold stated values.

    Parameters
    ----------
    points
        ``float64[P, K]`` in the indicators' units; NaN where none is stated.
    treatment
        What was fitted.

    Returns
    -------
    ndarray, shape (G, P, K)
        In the order in which they were given, for every transformation rises.

    Raises
    ------
    MethodError
        A stated value that has no logarithm or power under the transformation.
    """
    curves = treatment.found.curves.at(np.arange(points.shape[1]))
    here = ~np.isnan(curves.exponent) & ~np.isnan(points)
    u = curves.inner(points)
    wrong = np.argwhere(here & (u <= 0))
    if len(wrong):
        group, p, k = (int(i) for i in wrong[0])
        year = treatment.periods[group] if treatment.periods else None
        where = Where(indicator=treatment.names[k], period=year)
        raise MethodError("stated_outside_treatment", where=where, value=float(points[p, k]))
    return np.where(here, curves.outer(np.where(here, u, 1.0)), points)


def restate(indicators: Sequence[Indicator], treatment: Treatment) -> tuple[Indicator, ...]:
    """Return indicators with ideal, goalposts and goal where the treatment carries them.

    Without this a goal of 3 per cent would be held against the logarithm of a percentage.

    Raises
    ------
    MethodError
        A stated value that the transformation does not take, or that it carries elsewhere in other years (scope
        ``yearly``).
    """
    points = np.full((5, len(indicators)), np.nan)
    for k, indicator in enumerate(indicators):
        points[:2, k] = indicator.ideal or np.nan
        points[2:4, k] = indicator.goalposts or np.nan
        points[4, k] = np.nan if indicator.goal is None else indicator.goal
    carried = carry(points, treatment)
    alike = (np.isnan(points) | (carried == carried[:1])).all(axis=(0, 1))
    for k in np.flatnonzero(~alike).tolist():
        raise MethodError("stated_years_differ", where=Where(indicator=indicators[k].id))
    return tuple(_moved(indicator, carried[0, :, k].tolist()) for k, indicator in enumerate(indicators))


def _moved(indicator: Indicator, at: Sequence[float]) -> Indicator:
    return replace(
        indicator,
        ideal=(at[0], at[1]) if indicator.ideal else None,
        goalposts=(at[2], at[3]) if indicator.goalposts else None,
        goal=None if indicator.goal is None else at[4],
    )
