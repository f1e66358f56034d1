"""Features of pairs of region and industry, from one year's activity: what a model of entry starts from.

Hidalgo et al. (2007), doi:10.1126/science.1144581. Nothing here looks at a later year.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from nqpf.frames import backend_of
from nqpf.industry.entry.measures import MEASURES, How
from nqpf.industry.entry.window import Window, material_of, window, year_of
from nqpf.industry.grid import Empty
from nqpf.industry.options import names_of
from nqpf.numerics.cooccurrence import Diagonal
from nqpf.results import Method, TableResult


def features(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str,
    at: Any = None,
    names: Sequence[str] | None = None,
    extra: Any = None,
    threshold: float = 1.0,
    diagonal: Diagonal = "zero",
    rank: int = 10,
    neighbours: int | None = None,
    empty: Empty = "raise",
) -> TableResult:
    """Return what is known in a year of each pair of region and industry.

    Parameters
    ----------
    data
        Table with a row for a region, industry and year; a pair without a row has no activity.
    value
        Column of activity: output, employment, exports, patents.
    unit, industry, time
        Columns of regions, industries and years.
    at
        The year; by default the last.
    names
        Which features; by default all built-in ones that the table can give, and those of `extra`.

        - ``density``: share of an industry's proximity that goes to industries the region has;
          ``continuous_density``: mean of log(1 + advantage), weighted by proximity. Proximity is the smaller of both
          conditional probabilities.
        - ``collaborative``: share of the other regions that have the industry, weighted by likeness (cosine).
        - ``svd``: reconstruction of who has what by the first axes of correspondence analysis.
        - ``ubiquity`` (regions that have the industry), ``diversity`` (industries that the region has),
          ``diversity_ubiquity`` (their product), ``pci`` (complexity of the industry, in the largest connected part).
        - ``advantage``: log(1 + RCA) now; ``region_size``, ``industry_size``: logarithm of all activity.
        - ``industry_growth``: change of the industry's activity since the year before in the table, over the mean of
          both years; needs an earlier year.
    extra
        Further features: a table, or a list of tables, with the column `unit` or `industry` or both, with or without
        `time`; every other column is a feature. An input–output density, say, or prices of land.
    threshold
        A region has an industry if its advantage is at least this.
    diagonal
        Proximity of an industry to itself: ``zero``, or ``one`` as in py-ecomplexity.
    rank
        Axes kept by ``svd``; fewer where the table is smaller, with a remark.
    neighbours
        Regions that ``collaborative`` looks at; None: all others.
    empty
        Regions and industries without activity in the year: ``raise`` an error, or ``drop`` them.

    Returns
    -------
    TableResult
        A row for each region and industry: their names, rca, present and the features.

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a key is missing or comes twice.
    SpecError
        No such year, feature or word; a number below its least.
    MethodError
        A value is negative; a region or industry is empty; growth is asked for without an earlier year; a feature of
        `extra` has no row for a pair.

    References
    ----------
    Hidalgo et al. (2007), doi:10.1126/science.1144581. Hill (1974), doi:10.2307/2347127. Resnick et al. (1994),
    doi:10.1145/192844.192905.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9], "year": [2020] * 6}
    >>> found = features(table, "jobs", unit="city", industry="sector", time="year", names=["density", "ubiquity"])
    >>> found.frame.filter(city="c")["density"].round(3).to_list()
    [0.0, 0.5, 0.0]
    """
    how = How(threshold, diagonal, rank, neighbours)
    material = material_of(data, value, unit, industry, time, extra, how, threshold, empty)
    t = len(material.grid.years) - 1 if at is None else year_of(material.grid, at)
    built = MEASURES if t else MEASURES[:-1]
    chosen = tuple(names_of("names", names)) if names is not None else (*built, *(e.name for e in material.extras))
    material.check(chosen, "names")
    found = window(material, t, None, chosen)
    everything = np.arange(found.year.m.size)
    columns = found.columns(chosen, everything, gaps=True)
    frame = pairs(found, everything).with_columns(
        pl.Series("present", found.year.m.ravel()),
        *(pl.Series(name, columns[:, j], nan_to_null=True) for j, name in enumerate(chosen)),
    )
    options = {
        "at": material.grid.years[t], "names": chosen, "threshold": threshold, "diagonal": diagonal, "rank": rank,
        "neighbours": neighbours, "empty": empty,
    }  # fmt: skip
    notes = (*material.notes, *found.notes)
    return TableResult(frame, Method("industry.features", options), notes, backend_of(data))


def pairs(found: Window, rows: Any) -> pl.DataFrame:
    """Return the names of some pairs of a window, and their advantage."""
    grid = found.material.grid
    n, k = np.unravel_index(rows, found.shape)
    return pl.DataFrame(
        [
            grid.units.gather(found.units[n]).alias(grid.unit),
            grid.industries.gather(found.industries[k]).alias(grid.industry),
            pl.Series("rca", found.year.rca.ravel()[rows]),
        ]
    )
