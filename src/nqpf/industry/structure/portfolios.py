"""Traditional, emerging and future industry as portfolios with separate meters: share, growth, part in growth.

Theory G01 (tradition upgraded, the emerging grown, the future seeded) and G02 (the share of strategic emerging
industry). Nothing is weighed into one figure: a portfolio that shrinks is not made good by one that grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.frames import as_backend, backend_of
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.structure.activity import Activity, codes_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
COLUMNS = ("industries", "value", "share", "since", "growth", "points", "part")


@dataclass(frozen=True, slots=True)
class PortfoliosResult(Result):
    """Portfolios of industries by region and year.

    Attributes
    ----------
    frame
        A row for each year, region and layer: industries (that the region has), value, share; since (the year of the
        table before), growth since then (null where there was nothing), points (of the region's growth that the layer
        adds: its change over the region's total before) and part (of the region's change; null where it does not
        change).
    whole
        The same for all regions together.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    whole: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the regions as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def portfolios(
    data: Any, value: str, *, unit: str, industry: str, time: str, layer: str, empty: Empty = "raise"
) -> PortfoliosResult:
    """Return what each layer of industry is of a region's activity, how it grows, and what it adds to growth.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity. The share of a
        layer is its share in all industries of the table: of the economy only where the table has all of it.
    value
        Column of activity (value added at constant prices, if growth is to be real), none negative.
    unit, industry, time
        Columns of regions, industries and years.
    layer
        Column of the layer of an industry (traditional, emerging, future, or any labels), the same in all its rows.
    empty
        ``raise``, or ``drop`` to leave out of a year regions without any activity in it.

    Returns
    -------
    PortfoliosResult
        By region, year and layer; ``.whole``. Shares sum to 1 and points to the growth of the region.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number, an industry without a layer or with two.
    MethodError
        A negative value, or a region without activity.

    References
    ----------
    Theory items G01 and G02. Points of growth are a layer's growth weighted by its share before, as in the System of
    National Accounts (2008), https://unstats.un.org/unsd/nationalaccount/sna2008.asp.

    Examples
    --------
    >>> table = {"r": ["a"] * 4, "i": ["steel", "chips"] * 2, "t": [2020, 2020, 2021, 2021],
    ...          "v": [80.0, 20.0, 82.0, 28.0], "kind": ["traditional", "emerging"] * 2}
    >>> found = portfolios(table, "v", unit="r", industry="i", time="t", layer="kind").frame
    >>> found.filter(found["t"] == 2021).select("kind", "growth", "points").row(0)
    ('emerging', 0.4, 0.08)
    """
    keys_apart(COLUMNS, unit=unit, time=time, layer=layer)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty)
    grid = activity.grid
    names, code = codes_of(data, industry, layer, grid.industries)
    said = [note for t in range(len(grid.years)) for note in activity.present([t])[1]]
    own = np.stack([grid.values[:, :, code == c].sum(axis=2) for c in range(len(names))], axis=2)
    count = np.stack([(grid.values[:, :, code == c] > 0).sum(axis=2) for c in range(len(names))], axis=2)
    somewhere = np.any(grid.values > 0, axis=1)
    everywhere = np.stack([somewhere[:, code == c].sum(axis=1) for c in range(len(names))], axis=1)
    frame = _table(grid, own, count, names.alias(layer), grid.units)
    whole = _table(grid, own.sum(axis=1, keepdims=True), everywhere[:, None], names.alias(layer), None)
    method = Method("industry.portfolios", {"value": value, "layer": layer, "empty": empty})
    return PortfoliosResult(frame, whole, method, (*activity.notes, *said), backend_of(data))


def _table(grid: Grid, own: Floats, count: NDArray[np.intp], names: pl.Series, units: pl.Series | None) -> pl.DataFrame:
    """Return layers ``[T, N, L]`` as a long table, regions without activity in a year left out of it."""
    t, n, layers = own.shape
    total = own.sum(axis=2, keepdims=True)
    before, total_before = (np.concatenate([np.full_like(x[:1], np.nan), x[:-1]]) for x in (own, total))
    change, total_change = own - before, total - total_before
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "industries": count,
            "value": own,
            "share": own / total,
            "growth": np.where(before > 0, change / before, np.nan),
            "points": np.where(total_before > 0, change / total_before, np.nan),
            "part": np.where(total_change != 0, change / total_change, np.nan),
        }
    since = grid.years.shift(1).gather(np.repeat(np.arange(t), n * layers)).alias("since")
    keys = [
        grid.years.gather(np.repeat(np.arange(t), n * layers)).alias(grid.time or ""),
        *([units.gather(np.tile(np.repeat(np.arange(n), layers), t)).alias(grid.unit)] if units is not None else []),
        names.gather(np.tile(np.arange(layers), t * n)),
    ]
    cells = [
        pl.Series(name, np.ascontiguousarray(column).ravel(), nan_to_null=True) for name, column in columns.items()
    ]
    return pl.DataFrame([*keys, *cells[:3], since, *cells[3:]]).filter(pl.col("share").is_not_null())
