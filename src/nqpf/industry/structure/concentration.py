"""How far an industry keeps to few regions, beyond what few plants and the size of regions bring about by themselves.

With s_r the industry's and x_r all activity's share of region r, and H the Herfindahl index of its plants: Ellison and
Glaeser (1997, doi:10.1086/262098) γ = (G/(1 − Σx²) − H)/(1 − H), G = Σ(s − x)², is 0 on average where plants fall on
regions like darts on a board; Maurel and Sédillot (1999, Regional Science and Urban Economics 29(5), 575–604) put
Σs² − Σx² in the place of G. Without plants neither can be told from the lumpiness of few plants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.frames import backend_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.structure.activity import Activity, Year
from nqpf.industry.structure.plants import Plants
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]

COLUMNS = (
    "regions", "g", "g_scaled", "herfindahl", "gini", "theil", "plants", "plant_hhi", "gamma", "maurel_sedillot", "z",
    "band",
)  # fmt: skip
LOW, HIGH = 0.02, 0.05
"""Bounds of γ below and above which Ellison and Glaeser call an industry little or highly concentrated."""


def locational_gini(s: Floats, x: Floats) -> Floats:
    """Return the Gini coefficient of each industry's shares ``float64[n, k]`` against those of regions ``float64[n]``.

    Regions are put in the order of s/x; 0 where the industry is spread like all activity, up to 1. Krugman (1991) and
    the R package EconGeo give half of it.

    Examples
    --------
    >>> locational_gini(np.array([[0.5], [0.5]]), np.array([0.25, 0.75])).tolist()
    [0.25]
    """
    order = np.argsort(s / x[:, None], axis=0, kind="stable")
    sorted_s, sorted_x = np.take_along_axis(s, order, axis=0), x[order]
    below = np.cumsum(sorted_s, axis=0) - sorted_s / 2
    return np.asarray(1 - 2 * (sorted_x * below).sum(axis=0))


def dartboard_variance(x: Floats, squares: Floats, fourths: Floats) -> Floats:
    """Return the variance of G where plants fall on regions by chance (Ellison and Glaeser 1997).

    Parameters
    ----------
    x
        ``float64[n]`` shares of regions.
    squares, fourths
        ``float64[k]`` sums of squares and fourth powers of plants' shares.
    """
    two, three = (x**2).sum(), (x**3).sum()
    return np.asarray(2 * (squares**2 * (two - 2 * three + two**2) - fourths * (two - 4 * three + 3 * two**2)))


def concentration(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    hhi: str | None = None,
    plants: Any = None,
    size: str | None = None,
    empty: Empty = "raise",
) -> TableResult:
    """Measure how far each industry is concentrated in regions.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity (employment), none negative.
    unit, industry, time
        Columns of regions, industries and years; each year is measured by itself.
    hhi
        Column of `data` with the Herfindahl index of the plants of an industry (0 < H ≤ 1), the same, or empty, in all
        rows of the industry and year.
    plants
        Instead, a table with a row a plant: its industry (and year), in columns of the same names as in `data`.
    size
        Column of `plants`: what a plant has of `value`.
    empty
        ``raise``, or ``drop`` to leave out of a year regions and industries without any activity in it.

    Returns
    -------
    TableResult
        A row for each year and industry: regions (that have some), g = Σ(s − x)², g_scaled = G/(1 − Σx²), herfindahl
        Σs², gini (locational), theil Σ s ln(s/x); with plants plant_hhi, gamma (Ellison and Glaeser),
        maurel_sedillot, and where the plants are in a table, plants (their number) and z, the distance of G from its
        mean under chance in standard deviations; band: ``dispersed`` (γ < 0), ``low`` (below 0.02), ``moderate``,
        ``high`` (above 0.05) or ``not_assessed`` (plants not known, or one plant only).

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number, two Herfindahl indices of an industry.
    MethodError
        A negative value, a region or industry without activity, fewer than two regions, a Herfindahl index not above 0
        and at most 1, a plant's size not above 0.
    SpecError
        Both `hhi` and `plants`, or `plants` without `size`.

    References
    ----------
    Ellison and Glaeser (1997), doi:10.1086/262098. Maurel and Sédillot (1999), Regional Science and Urban Economics
    29(5), 575–604. Krugman (1991), Geography and Trade, MIT Press (the locational Gini coefficient).

    Examples
    --------
    >>> table = {"r": ["a", "a", "b", "b"], "i": ["x", "y"] * 2, "v": [3.0, 1.0, 1.0, 3.0], "h": [0.05] * 4}
    >>> found = concentration(table, "v", unit="r", industry="i", hhi="h").frame
    >>> found.select("g", "gamma", "band").with_columns(found["gamma"].round(4)).row(0)
    (0.125, 0.2105, 'high')
    """
    keys_apart(COLUMNS, industry=industry, time=time)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty)
    known = Plants.of(activity.grid, data, hhi, plants, size)
    years, notes = activity.years()
    parts = [(activity.industry_keys(year), _measures(year, known)) for year in years]
    frame = activity.frame(parts, [year.t for year in years])
    absent = int((frame["band"] == "not_assessed").sum())
    if absent:
        notes = (*notes, Note("concentration_not_assessed", "warning", {"count": absent, "rows": frame.height}))
    if known.others:
        notes = (*notes, Note("plants_elsewhere", "info", {"count": known.others}))
    options = {"value": value, "hhi": hhi, "plants": None if plants is None else "table", "size": size, "empty": empty}
    return TableResult(frame, Method("industry.concentration", options), notes, backend_of(data))


def _measures(year: Year, plants: Plants) -> dict[str, NDArray[Any]]:
    s = year.x / year.x.sum(axis=0)
    x = year.x.sum(axis=1) / year.x.sum()
    spread = 1 - (x**2).sum()
    g = ((s - x[:, None]) ** 2).sum(axis=0)
    squares = (s**2).sum(axis=0)
    count, own, fourths = (cells[year.t, year.industries] for cells in (plants.count, plants.squares, plants.fourths))
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(own < 1, 1 - own, np.nan)
        gamma = (g / spread - own) / room
        maurel = ((squares - (x**2).sum()) / spread - own) / room
        z = (g - spread * own) / np.sqrt(dartboard_variance(x, own, fourths))
        theil = np.where(s > 0, s * np.log(s / x[:, None]), 0.0).sum(axis=0)
    return {
        "regions": (year.x > 0).sum(axis=0),
        "g": g,
        "g_scaled": g / spread,
        "herfindahl": squares,
        "gini": locational_gini(s, x),
        "theil": theil,
        "plants": count,
        "plant_hhi": own,
        "gamma": gamma,
        "maurel_sedillot": maurel,
        "z": np.where(np.isfinite(z), z, np.nan),
        "band": _bands(gamma),
    }


def _bands(gamma: Floats) -> NDArray[Any]:
    band = np.full(gamma.shape, "not_assessed", dtype=object)
    band[gamma < 0] = "dispersed"
    band[(gamma >= 0) & (gamma < LOW)] = "low"
    band[(gamma >= LOW) & (gamma <= HIGH)] = "moderate"
    band[gamma > HIGH] = "high"
    return band
