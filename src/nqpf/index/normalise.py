"""Normalisation: indicators of any unit and direction become scores on one scale, higher always better.

Values are first *directed* (cost: sign turned; target and interval: minus the distance to the ideal), then scaled, so
that every method treats every direction alike. Formulas follow OECD/JRC, Handbook on Constructing Composite Indicators
(2008), doi:10.1787/9789264043466-en, part 1, step 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.index.framework import Direction
from nqpf.index.recipe import Normalise, Ties
from nqpf.index.table import checked, groups_of, numbers
from nqpf.numerics.ranks import noise, position
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Ideal = tuple[float, float]
Stated = str | tuple[Any, ...]
IDEAL = ("target", "interval")
"""Directions whose best value is an ideal."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A fitted scale, one group for each year under ``yearly``, else a single one.

    Attributes
    ----------
    how
        The options it was fitted with.
    low, high
        ``float64[G, K]``: the two values that fix the scale, in directed units (for ``zscore`` mean and standard
        deviation).
    flat
        ``bool[G, K]``: indicators that do not vary; everyone gets the middle of the scale.
    sample
        ``float64[G, M, K]``: the directed values the scale was fitted on; ranks are positions in it.
    """

    how: Normalise
    low: Floats
    high: Floats
    flat: NDArray[np.bool_]
    sample: Floats


def direct(x: Floats, directions: Sequence[str], ideals: Sequence[Ideal | None]) -> Floats:
    """Return `x` turned so that more is better.

    Parameters
    ----------
    x
        ``float64[..., K]``.
    directions
        K of ``benefit``, ``cost``, ``target``, ``interval``.
    ideals
        K best intervals (both ends equal for a target), None for benefit and cost.
    """
    directed = np.array(x, dtype=float)
    for k, (direction, ideal) in enumerate(zip(directions, ideals, strict=True)):
        if ideal is not None:
            directed[..., k] = -np.maximum(np.maximum(ideal[0] - x[..., k], x[..., k] - ideal[1]), 0.0)
        elif direction == "cost":
            directed[..., k] = -x[..., k]
    return directed


def fit_scale(
    z: Floats,
    how: Normalise,
    *,
    names: Sequence[str],
    directions: Sequence[str],
    periods: Sequence[Any],
    reference: int | None = None,
) -> Scale:
    """Fit a scale on directed values.

    Parameters
    ----------
    z
        ``float64[T, N, K]``, NaN where missing.
    how
        Method, scope and options.
    names, directions, periods
        Of the K indicators and T years, for messages and the base window; under ``minmax`` the ideal of a target or
        interval is the top of the scale.
    reference
        Position of the reference unit.

    Raises
    ------
    MethodError
        An indicator is all missing or constant; a base window that holds no year; a reference unit without a value or
        no better than the worst.
    """
    window, years = z, list(periods)
    if how.base is not None:
        inside = [how.base[0] <= p <= how.base[1] for p in periods]
        if not any(inside):
            raise MethodError("base_window_empty", base=f"{how.base[0]}–{how.base[1]}", years=f"{years[0]}–{years[-1]}")
        window = z[inside]
    groups = window if how.scope == "yearly" else window.reshape(1, -1, z.shape[2])
    if how.scope != "yearly":
        years = []
    _refuse_all_missing(groups, names, years)
    low, high = np.nanmin(groups, axis=1), np.nanmax(groups, axis=1)
    flat = high - low <= noise(np.nan_to_num(groups).swapaxes(1, 2))
    if flat.any() and how.on_constant == "stop":
        group, k = (int(i) for i in np.argwhere(flat)[0])
        where = Where(indicator=names[k], period=years[group] if years else None)
        raise MethodError("constant_indicator", where=where, value=_measured(low[group, k], directions[k]))
    if how.method == "zscore":
        low, high = _moments(groups)
    elif how.method == "minmax":
        high = np.where(np.isin(directions, IDEAL), 0.0, high)
    elif how.method == "distance_to_reference" and reference is not None:
        own = window[:, reference, :] if how.scope == "yearly" else _mean(window[:, reference, :])
        _refuse_reference(low, own, flat, names, years)
        high = own
    return Scale(how, low, high, flat, groups)


def apply_scale(z: Floats, scale: Scale) -> Floats:
    """Return the scores of directed values ``float64[T, N, K]`` on a fitted scale; NaN stays NaN."""
    how, low, high = scale.how, scale.low[:, None, :], scale.high[:, None, :]
    if how.method in ("rank", "percentile_rank"):
        scores, middle = _positions(z, scale)
    else:
        bottom, top = how.range if how.method == "minmax" else (0.0, 1.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            if how.method == "zscore":
                scores, middle = (z - low) / high * how.sd + how.mean, np.array(how.mean)
            else:
                scores, middle = (z - low) / (high - low) * (top - bottom) + bottom, np.array((bottom + top) / 2)
        if how.outside == "clip" and how.method != "zscore":
            scores = np.clip(scores, bottom, top)
    return np.where(scale.flat[:, None, :] & ~np.isnan(z), middle, scores)


def normalise(
    data: Any,
    columns: Sequence[str],
    *,
    direction: str | Mapping[str, Stated] = "benefit",
    by: str | None = None,
    method: Literal["minmax", "zscore", "rank", "percentile_rank", "distance_to_reference"] = "minmax",
    range: tuple[float, float] = (0.0, 1.0),
    mean: float = 0.0,
    sd: float = 1.0,
    ties: Ties = "min",
    on_constant: Literal["stop", "middle"] = "stop",
) -> TableResult:
    """Normalise columns of a table.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit (and year).
    columns
        Indicators.
    direction
        ``benefit`` or ``cost`` for all, or by column: ``"benefit"``, ``"cost"``, ``("target", a)``,
        ``("interval", a, b)``; columns it does not name are ``benefit``.
    by
        Column of years: bounds from each year alone. Default: from all rows.
    method, range, mean, sd, ties, on_constant
        As in `Normalise`; ``distance_to_reference`` measures from the best value.

    Returns
    -------
    TableResult
        The table with `columns` replaced by their scores.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        An option is not one of the choices.
    MethodError
        An indicator is constant or all missing, or its direction is no direction.

    Examples
    --------
    >>> normalise({"x": [1.0, 3.0, 2.0]}, ["x"], direction="cost").frame["x"].to_list()
    [1.0, 0.0, 0.5]
    """
    frame, x = numbers(data, columns, by)
    how = checked(Normalise, method=method, range=range, mean=mean, sd=sd, ties=ties, on_constant=on_constant)
    words, ideals = _directions(columns, direction)
    z = direct(x, words, ideals)
    scores = np.empty_like(z)
    for year, rows in groups_of(frame, by):
        part, scope = z[rows][None], how.model_copy(update={"scope": "yearly" if by else "pooled"})
        scale = fit_scale(part, scope, names=columns, directions=words, periods=[year])
        scores[rows] = apply_scale(part, scale)[0]
    replaced = frame.with_columns(pl.Series(c, scores[:, k]).fill_nan(None) for k, c in enumerate(columns))
    used = Method(f"normalise.{how.method}", how.model_dump(mode="json") | {"by": by, "direction": words})
    return TableResult(replaced, used, backend=backend_of(data))


def _directions(columns: Sequence[str], direction: str | Mapping[str, Stated]) -> tuple[list[str], list[Ideal | None]]:
    """Return the direction of each column and its ideal, where it has one."""
    if isinstance(direction, Mapping):
        for stray in (name for name in direction if name not in columns):
            raise DataError("unknown_column", column=stray, options=listing(columns, 20), hint=hint(stray, columns))
        stated = [direction.get(column, "benefit") for column in columns]
    else:
        stated = [direction for _ in columns]
    found = [(d, ()) if isinstance(d, str) else (str(d[0]), tuple(d[1:])) for d in stated]
    for column, (word, ends) in zip(columns, found, strict=True):
        wanted = {"target": 1, "interval": 2}.get(word, 0)
        fitting = len(ends) == wanted and all(isinstance(e, int | float) for e in ends) and list(ends) == sorted(ends)
        if word not in get_args(Direction) or not fitting:
            raise MethodError("bad_direction", where=Where(indicator=column), value=", ".join(map(str, (word, *ends))))
    return [word for word, _ in found], [(float(ends[0]), float(ends[-1])) if ends else None for _, ends in found]


def _positions(z: Floats, scale: Scale) -> tuple[Floats, Floats]:
    """Return ranks (or percentile ranks) in the sample of each group, and the middle one, ``float64[G, 1, K]``."""
    size = (~np.isnan(scale.sample)).sum(axis=1)[:, None, :]
    ranks = np.empty_like(z)
    for t in range(z.shape[0]):
        group = scale.sample[min(t, len(scale.sample) - 1)]
        for k in range(z.shape[2]):
            sample = group[:, k][~np.isnan(group[:, k])]
            ranks[t, :, k] = position(z[t, :, k], sample, scale.how.ties)
    if scale.how.outside == "clip":
        ranks = np.minimum(ranks, size)
    if scale.how.method == "rank":
        return ranks, (size + 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return (ranks - 1) / (size - 1), np.array(0.5)


def _moments(groups: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation (n − 1) of each group, ``float64[G, K]``; 0 for a single value."""
    mean = np.nanmean(groups, axis=1)
    count = (~np.isnan(groups)).sum(axis=1)
    return mean, np.sqrt(np.nansum((groups - mean[:, None, :]) ** 2, axis=1) / np.maximum(count - 1, 1))


def _mean(values: Floats) -> Floats:
    """Return the mean over the years there are, ``float64[1, K]``; NaN where there is none."""
    count = (~np.isnan(values)).sum(axis=0, keepdims=True)
    total = np.nansum(values, axis=0, keepdims=True)
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


def _measured(z: float, direction: str) -> float:
    """Return a directed value as it was measured; the distance to the ideal for a target or interval."""
    return z if direction == "benefit" else 0.0 - z


def _refuse_all_missing(groups: Floats, names: Sequence[str], years: Sequence[Any]) -> None:
    empty = np.asarray(np.isnan(groups).all(axis=1))
    if empty.any():
        group = int(np.argwhere(empty)[0, 0])
        found = listing(names[int(k)] for k in np.flatnonzero(empty[group]))
        raise MethodError("all_missing", where=Where(period=years[group] if years else None), indicators=found)


def _refuse_reference(
    low: Floats, own: Floats, flat: NDArray[np.bool_], names: Sequence[str], years: Sequence[Any]
) -> None:
    for group, k in np.argwhere(~flat & ~(own > low)):
        code = "reference_missing" if np.isnan(own[group, k]) else "reference_is_worst"
        raise MethodError(code, where=Where(indicator=names[k], period=years[group] if years else None))
