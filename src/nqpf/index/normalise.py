"""Normalisation: indicators of any unit and direction become scores on one scale, higher always better.

Values are first *directed* (cost: sign turned; target and interval: minus the distance to the ideal), then scaled, so
that every method treats every direction alike. Formulas follow OECD/JRC, Handbook on Constructing Composite Indicators
(2008), doi:10.1787/9789264043466-en, part 1, step 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.frames import backend_of, require, to_polars
from nqpf.index.recipe import Normalise
from nqpf.numerics.ranks import position
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Ideal = tuple[float, float]


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
    sample
        ``float64[G, M, K]``: the directed values the scale was fitted on; ranks are positions in it.
    """

    how: Normalise
    low: Floats
    high: Floats
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
    periods: Sequence[int],
    ideal: NDArray[np.bool_],
    reference: int | None,
) -> Scale:
    """Fit a scale on directed values.

    Parameters
    ----------
    z
        ``float64[T, N, K]``, NaN where missing.
    how
        Method, scope and options.
    names, periods
        Of the K indicators and T years, for messages and the base window.
    ideal
        ``bool[K]``: indicators with a target or interval; under ``minmax`` the ideal itself is the top of the scale.
    reference
        Position of the reference unit.

    Raises
    ------
    MethodError
        An indicator is all missing or constant; a base window that holds no year.
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
    if how.method == "zscore":
        low, high = np.nanmean(groups, axis=1), np.nanstd(groups, axis=1, ddof=1)
        flat = ~(high > 0)
    else:
        low, high = np.nanmin(groups, axis=1), np.nanmax(groups, axis=1)
        flat = low == high
        if how.method == "minmax":
            high = np.where(ideal, 0.0, high)
            flat = low == high
        if how.method == "distance_to_reference" and reference is not None:
            own = window[:, reference, :]
            high = own if how.scope == "yearly" else own.mean(axis=0, keepdims=True)
            _refuse_reference(low, high, names, years)
    if flat.any() and how.on_constant == "stop":
        group, k = (int(i) for i in np.argwhere(flat)[0])
        where = Where(indicator=names[k], period=years[group] if years else None)
        raise MethodError("constant_indicator", where=where, value=abs(float(np.nanmax(groups[group, :, k]))))
    return Scale(how, low, high, groups)


def apply_scale(z: Floats, scale: Scale) -> Floats:
    """Return the scores of directed values ``float64[T, N, K]`` on a fitted scale; NaN stays NaN."""
    how, low, high = scale.how, scale.low[:, None, :], scale.high[:, None, :]
    if how.method in ("rank", "percentile_rank"):
        scores = _positions(z, scale)
        middle = np.nanmean(scores, axis=(0, 1))
    elif how.method == "zscore":
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = (z - low) / high * how.sd + how.mean
        middle = np.full(z.shape[2], how.mean)
    else:
        bottom, top = how.range if how.method == "minmax" else (0.0, 1.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = (z - low) / (high - low) * (top - bottom) + bottom
        middle = np.full(z.shape[2], (bottom + top) / 2)
        if how.outside == "clip":
            scores = np.clip(scores, bottom, top)
    flat = np.broadcast_to((high == 0) if how.method == "zscore" else (high == low), scores.shape)
    return np.where(flat & ~np.isnan(z), middle, scores)


def normalise(
    data: Any,
    columns: Sequence[str],
    *,
    direction: str | Mapping[str, str | tuple[Any, ...]] = "benefit",
    by: str | None = None,
    **options: Any,
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
        ``("interval", a, b)``.
    by
        Column of years: bounds from each year alone. Default: from all rows.
    **options
        Options of `Normalise`: ``method``, ``range``, ``mean``, ``sd``, ``ties``, ``on_constant``.

    Returns
    -------
    TableResult
        The table with `columns` replaced by their scores.

    Raises
    ------
    DataError
        A column is absent.
    MethodError
        An indicator is constant or all missing.

    Examples
    --------
    >>> normalise({"x": [1.0, 3.0, 2.0]}, ["x"], direction="cost").frame["x"].to_list()
    [1.0, 0.0, 0.5]
    """
    frame = to_polars(data)
    require(frame, *columns, *([by] if by else []))
    how = Normalise(**options)
    stated = [direction if isinstance(direction, str) else direction.get(c, "benefit") for c in columns]
    words = [d if isinstance(d, str) else d[0] for d in stated]
    ideals: list[Ideal | None] = [None if isinstance(d, str) else (float(d[1]), float(d[-1])) for d in stated]
    for column, word, ideal in zip(columns, words, ideals, strict=True):
        if word not in ("benefit", "cost", "target", "interval") or (word in ("target", "interval")) != (
            ideal is not None
        ):
            raise MethodError("bad_direction", where=Where(indicator=column), value=str(word))
    z = direct(frame.select(columns).cast(pl.Float64).to_numpy(), words, ideals)
    has_ideal = np.array([i is not None for i in ideals])
    scores = np.empty_like(z)
    for label, rows in _groups(frame, by):
        part = z[rows][None]
        scale = fit_scale(part, how, names=columns, periods=[label], ideal=has_ideal, reference=None)
        scores[rows] = apply_scale(part, scale)[0]
    replaced = frame.with_columns(pl.Series(c, scores[:, k]).fill_nan(None) for k, c in enumerate(columns))
    method = Method(f"normalise.{how.method}", how.model_dump(mode="json") | {"by": by, "direction": words})
    return TableResult(replaced, method, backend=backend_of(data))


def _groups(frame: pl.DataFrame, by: str | None) -> list[tuple[int, NDArray[np.intp]]]:
    if by is None:
        return [(0, np.arange(frame.height))]
    keys = frame[by].to_numpy()
    return [(key, np.flatnonzero(keys == key)) for key in frame[by].unique(maintain_order=True).to_list()]


def _positions(z: Floats, scale: Scale) -> Floats:
    ranks = np.empty_like(z)
    for t in range(z.shape[0]):
        group = scale.sample[min(t, len(scale.sample) - 1)]
        for k in range(z.shape[2]):
            sample = group[:, k][~np.isnan(group[:, k])]
            rank = position(z[t, :, k], sample, scale.how.ties)
            with np.errstate(divide="ignore", invalid="ignore"):
                ranks[t, :, k] = (rank - 1) / (sample.size - 1) if scale.how.method == "percentile_rank" else rank
    return ranks


def _refuse_all_missing(groups: Floats, names: Sequence[str], years: Sequence[int]) -> None:
    empty = np.asarray(np.isnan(groups).all(axis=1))
    if empty.any():
        group = int(np.argwhere(empty)[0, 0])
        found = listing(names[int(k)] for k in np.flatnonzero(empty[group]))
        raise MethodError("all_missing", where=Where(period=years[group] if years else None), indicators=found)


def _refuse_reference(low: Floats, high: Floats, names: Sequence[str], years: Sequence[int]) -> None:
    for group, k in np.argwhere(~(high > low)):
        raise MethodError("reference_is_worst", where=Where(indicator=names[k], period=years[group] if years else None))
