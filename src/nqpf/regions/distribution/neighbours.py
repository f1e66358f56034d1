"""Values of the neighbours of each unit and year, with what can go wrong on the way.

Anselin (1988), Spatial Econometrics: Methods and Models, doi:10.1007/978-94-015-7799-1, on the spatial lag.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.regions.space.weights import Weights
from nqpf.results import Note

Floats = NDArray[np.float64]


def lagged(values: Floats, units: tuple[str, ...], weights: Weights) -> tuple[Weights, Floats, list[Note]]:
    """Return the weights fit for the units, the lag of each cell that has a value, and remarks.

    Parameters
    ----------
    values
        ``float64[T, N]``, NaN where absent.

    Returns
    -------
    weights
        Those of the units, in their order.
    lag
        ``float64[T, N]``, NaN where the unit or one of its neighbours has no value, and for a unit without a neighbour.
    notes
        Those of the weights, and what the lag does not cover.

    Raises
    ------
    DataError
        A unit has no weights.
    MethodError
        A unit has no neighbour, and the weights do not say that this is meant.
    """
    found = weights.fitted(units)
    notes = list(found.notes)
    lag = np.where(np.isfinite(values) & (found.counts > 0), found.lag(values), np.nan)
    if found.standard != "row":
        notes.append(Note("distribution_lag_not_mean", "warning"))
    lost = int((np.isfinite(values) & np.isnan(lag)).sum())
    if lost:
        notes.append(Note("distribution_lag_absent", "warning", {"cells": lost, "of": int(np.isfinite(values).sum())}))
    return found, lag, notes
