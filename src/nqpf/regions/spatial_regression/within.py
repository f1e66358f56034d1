"""Unit and year effects swept out of balanced panels, and the columns of a model that are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from nqpf.errors import MethodError, Where, listing
from nqpf.regions.spatial_regression.design import Design

Floats = NDArray[np.float64]
Model = Literal["ols", "slx", "sar", "sem", "sdm", "sdem"]
Effects = Literal["none", "unit", "time", "two_way"]
Demean = Literal["before_lag", "after_lag"]

LAGGED = ("slx", "sdm", "sdem")
"""Models with neighbours' regressors."""
OUTCOME = ("sar", "sdm")
ERROR = ("sem", "sdem")
FLAT = 1e-10
"""Share of a column's size below which what the others and the effects leave of it counts as nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """Columns of a model without effects, years stacked: what is regressed on what.

    Attributes
    ----------
    y, wy
        ``float64[T·N]`` outcome and its spatial lag.
    x, wx
        ``float64[T·N, P]`` regressors (an intercept first where there are no effects) and their spatial lags.
    names, kinds
        Of the columns: kind is ``intercept``, ``own`` or ``neighbours``.
    shape
        T, N.
    """

    y: Floats
    wy: Floats
    x: Floats
    wx: Floats
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    shape: tuple[int, int]


def sweep(values: Floats, effects: Effects) -> Floats:
    """Return ``float64[..., T, N]`` less the means of units, of years, or of both (balanced: exact)."""
    if effects in ("unit", "two_way"):
        values = values - values.mean(axis=-2, keepdims=True)
    if effects in ("time", "two_way"):
        values = values - values.mean(axis=-1, keepdims=True)
    return values


def swept(design: Design, model: Model, effects: Effects, demean: Demean, durbin: tuple[str, ...]) -> Swept:
    """Return the columns of a model without effects.

    Raises
    ------
    MethodError
        A column does not vary once the effects are taken out, or follows from others.
    """
    names, kinds, columns = list(design.names), ["own"] * len(design.names), [design.x]
    if model in LAGGED:
        at = [design.names.index(c) for c in durbin]
        names += [f"W·{c}" for c in durbin]
        kinds += ["neighbours"] * len(durbin)
        columns.append(design.lag(design.x[at]))
    raw = np.concatenate(columns)
    if effects == "none":
        names.insert(0, "intercept")
        kinds.insert(0, "intercept")
        raw = np.concatenate([np.ones((1, *design.y.shape)), raw])
    x, y = sweep(raw, effects), sweep(design.y, effects)
    _check_varies(design, raw, x, y, names, effects)
    _check_independent(x.reshape(len(x), -1).T, names)

    def lagged(before: Floats, after: Floats) -> Floats:
        return design.lag(after) if demean == "before_lag" else sweep(design.lag(before), effects)

    size = y.size
    return Swept(
        y=y.reshape(size),
        wy=lagged(design.y, y).reshape(size),
        x=x.reshape(len(x), size).T,
        wx=lagged(raw, x).reshape(len(x), size).T,
        names=tuple(names),
        kinds=tuple(kinds),
        shape=(design.y.shape[0], design.y.shape[1]),
    )


def _check_varies(design: Design, raw: Floats, x: Floats, y: Floats, names: list[str], effects: Effects) -> None:
    """Raise an error that names the first column that does not vary, and over what."""
    spread = design.y - design.y.mean()
    if np.abs(spread).max() <= FLAT * np.abs(design.y).max():
        raise MethodError("spatial_constant", where=Where(indicator=design.outcome))
    if np.abs(y).max() <= FLAT * np.abs(design.y).max():
        raise MethodError("spatial_absorbed", where=Where(indicator=design.outcome))
    for name, before, after in zip(names, raw, x, strict=True):
        size = np.abs(before).max()
        where = Where(indicator=name)
        if name != "intercept" and np.ptp(before) <= FLAT * size:
            raise MethodError("spatial_constant", where=where)
        if np.abs(after).max() > FLAT * size:
            continue
        if effects != "time" and np.ptp(before, axis=0).max() <= FLAT * size:
            raise MethodError("spatial_same_years", where=where)
        if effects != "unit" and np.ptp(before, axis=1).max() <= FLAT * size:
            raise MethodError("spatial_same_units", where=where)
        raise MethodError("spatial_absorbed", where=where)


def _check_independent(x: Floats, names: list[str]) -> None:
    """Raise an error that names a column that follows from others, and those it follows from."""
    if x.shape[0] <= x.shape[1]:
        raise MethodError("spatial_too_few", rows=x.shape[0], parameters=x.shape[1] + 2)
    unit = x / np.sqrt((x**2).sum(axis=0))
    r, order = qr(unit, mode="r", pivoting=True)
    left = np.abs(np.diag(r[: len(names)]))
    if left.min() > FLAT:
        return
    rank = int((left > FLAT).sum())
    share = np.linalg.solve(r[:rank, :rank], r[:rank, rank])
    others = [names[order[j]] for j in np.flatnonzero(np.abs(share) > 1e-6)]
    raise MethodError("spatial_collinear", where=Where(indicator=names[order[rank]]), columns=listing(others))
