"""Which industries settle in the same regions: the index of every two industries of Ellison, Glaeser and Kerr (2010).

γ_ij = Σ_r (s_ri − x_r)(s_rj − x_r)/(1 − Σ x_r²), s the regions' shares of an industry and x their size
(doi:10.1257/aer.100.3.1195). Plants play no part where the industries are two, as those of one do not lump together
with those of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.structure.activity import Activity, Year, pair_keys, wide
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Size = Literal["mean", "total"]


@dataclass(frozen=True, slots=True)
class CoagglomerationResult(Result):
    """Coagglomeration of industries by year.

    Attributes
    ----------
    pairs
        A row for each year and two industries, ``<industry>_1`` before ``<industry>_2``: index.
    matrix
        A row for each year and industry, a column for each industry of any year: the index, null on the diagonal and
        for industries that are left out.
    industries
        A row for each year and industry: mean of its index with all others, partner (the industry it goes together
        with most) and index with that.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    pairs: pl.DataFrame
    matrix: pl.DataFrame
    industries: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the pairs as the kind of dataframe that was given."""
        return as_backend(self.pairs, self.backend)


def pair_index(s: Floats, x: Floats) -> Floats:
    """Return the index of every two industries, ``float64[k, k]``, NaN on the diagonal.

    Parameters
    ----------
    s
        ``float64[n, k]`` shares of regions in each industry, columns summing to 1.
    x
        ``float64[n]`` sizes of regions, summing to 1.

    Examples
    --------
    >>> pair_index(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.5]))[0, 1]
    np.float64(-1.0)
    """
    away = s - x[:, None]
    index = np.asarray(away.T @ away / (1 - (x**2).sum()))
    np.fill_diagonal(index, np.nan)
    return index


def coagglomeration(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    size: Size = "mean",
    empty: Empty = "raise",
) -> CoagglomerationResult:
    """Measure how far every two industries settle in the same regions.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity (employment), none negative.
    unit, industry, time
        Columns of regions, industries and years; each year is measured by itself.
    size
        Of regions: ``mean`` of their shares over industries (Ellison, Glaeser and Kerr 2010), with which the index of
        all pairs together leans below 0, or ``total``, their share in all activity (as in Ellison and Glaeser 1997).
    empty
        ``raise``, or ``drop`` to leave out of a year regions and industries without any activity in it.

    Returns
    -------
    CoagglomerationResult
        Pairs by year; ``.matrix`` and ``.industries``.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number.
    MethodError
        A negative value, a region or industry without activity, fewer than two regions or industries.
    SpecError
        A word that is no choice.

    References
    ----------
    Ellison, Glaeser and Kerr (2010), doi:10.1257/aer.100.3.1195. Ellison and Glaeser (1997), doi:10.1086/262098.

    Examples
    --------
    >>> table = {"r": ["a", "a", "b", "b"], "i": ["x", "y"] * 2, "v": [3.0, 1.0, 1.0, 3.0]}
    >>> coagglomeration(table, "v", unit="r", industry="i").pairs["index"].to_list()
    [-0.25]
    """
    choose("size", size, get_args(Size))
    keys_apart((f"{industry}_1", f"{industry}_2", "index", "mean", "partner"), industry=industry, time=time)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty)
    keys_apart(activity.grid.industries.cast(pl.String), industry=industry, time=time)  # columns of the matrix
    years, notes = activity.years()
    for year in years:
        if len(year.industries) < 2:
            raise MethodError("coagglomeration_one", where=Where(period=activity.grid.years[year.t]))
    found = [_index(year, size) for year in years]
    ts = [year.t for year in years]
    return CoagglomerationResult(
        _pairs(activity, years, found),
        _matrix(activity, years, found),
        activity.frame([_partners(activity, y, m) for y, m in zip(years, found, strict=True)], ts),
        Method("industry.coagglomeration", {"value": value, "size": size, "empty": empty}),
        notes,
        backend_of(data),
    )


def _index(year: Year, size: Size) -> Floats:
    s = year.x / year.x.sum(axis=0)
    return pair_index(s, s.mean(axis=1) if size == "mean" else year.x.sum(axis=1) / year.x.sum())


def _pairs(activity: Activity, years: Sequence[Year], found: Sequence[Floats]) -> pl.DataFrame:
    parts = []
    for year, index in zip(years, found, strict=True):
        first, second = np.triu_indices(len(index), 1)
        keys = pair_keys(
            activity.grid.industry, activity.grid.industries, year.industries[first], year.industries[second]
        )
        parts.append((keys, {"index": index[first, second]}))
    return activity.frame(parts, [year.t for year in years])


def _matrix(activity: Activity, years: Sequence[Year], found: Sequence[Floats]) -> pl.DataFrame:
    names = activity.grid.industries
    tables = []
    for year, index in zip(years, found, strict=True):
        full = np.full((len(names), len(names)), np.nan)
        full[np.ix_(year.industries, year.industries)] = index
        table = wide(activity.grid.industry, names, full)
        if activity.grid.time:
            when = activity.grid.years.gather(np.full(len(names), year.t))
            table.insert_column(0, when.alias(activity.grid.time))
        tables.append(table)
    return pl.concat(tables)


def _partners(
    activity: Activity, year: Year, index: Floats
) -> tuple[dict[str, pl.Series], dict[str, NDArray[Any] | pl.Series]]:
    best = np.nanargmax(index, axis=1)
    partner = activity.grid.industries.gather(year.industries[best])
    with_it = np.take_along_axis(index, best[:, None], axis=1)[:, 0]
    return activity.industry_keys(year), {"mean": np.nanmean(index, axis=1), "partner": partner, "index": with_it}
