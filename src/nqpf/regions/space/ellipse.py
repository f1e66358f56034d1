"""Where the weight of something lies and how it moves: mean centre, standard deviational ellipse, migration.

The ellipse has the weighted standard deviations of the points along and across the direction in which they spread
most. Programs differ by a factor √2 and by the degrees of freedom; the variant is named. Lefever (1926),
doi:10.1086/214027; Yuill (1971), doi:10.2307/490885; Levine (2015), CrimeStat IV, chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of, numbers
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.ellipse import ellipse_of, mean_centre, project, unproject
from nqpf.numerics.sphere import great_circle
from nqpf.regions.space.near import Metric, checked_points
from nqpf.regions.space.sites import by_unit, sites_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Variant = Literal["yuill", "arcgis", "crimestat"]
VARIANTS: Mapping[str, tuple[float, int]] = {"yuill": (1.0, 0), "arcgis": (2**0.5, 0), "crimestat": (2**0.5, 2)}
"""Factor of the axes and degrees of freedom taken off, by variant."""
FEW = 5
SAME = 1e-9
"""Relative difference below which two lengths are equal."""


@dataclass(frozen=True, slots=True, eq=False)
class Ellipse(Result):
    """Centres and ellipses.

    Attributes
    ----------
    frame
        A row a year: ``x``, ``y`` (the centre: longitude and latitude in degrees, or as given), ``long``, ``short``
        (half-axes, km or the unit given), ``angle`` (of the long axis, degrees clockwise from north; null where both
        are equal), ``area``,
        ``flatness`` 1 − short / long, ``units``; since the year before ``moved`` (km or unit) and ``bearing`` (degrees
        clockwise from north); ``moved_in_all`` since the first year.
    outline
        The ellipse as points for a map: year, ``x``, ``y``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    outline: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def ellipse(
    data: Any,
    value: str,
    *,
    unit: str,
    by: str | None = None,
    coordinates: tuple[str, str] | None = None,
    metric: Metric = "great_circle",
    variant: Variant = "yuill",
    points: int = 72,
) -> Ellipse:
    """Return the weighted mean centre and the standard deviational ellipse of each year.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of weights, none negative.
    unit, by
        Columns of units and years.
    coordinates
        Columns of longitude and latitude in degrees (or x and y); default: the capitals of the provinces of China.
    metric
        ``great_circle``: degrees, measured on Lambert's equal-area map about the mean of all units, one for all years;
        ``plane``: as they are.
    variant
        ``yuill`` standard deviations (divisor n); ``arcgis`` times √2; ``crimestat`` times √2 with divisor n − 2.
    points
        Points of the outline, three or more.

    Raises
    ------
    DataError
        A column is absent, a cell is empty, or a unit lies at two places or at none (longitude and latitude).
    PlaceError
        Units without coordinates are no provinces of China.
    MethodError
        A negative weight, weights that are all zero, a unit twice in a year, all at one place, or fewer than three
        units in a year whose weight is not zero.

    Examples
    --------
    >>> cities = {"city": ["a", "b", "c", "d"], "x": [0.0, 4, 0, 4], "y": [0.0, 0, 2, 2], "gdp": [1.0, 1, 1, 1]}
    >>> found = ellipse(cities, "gdp", unit="city", coordinates=("x", "y"), metric="plane")
    >>> found.frame.select("x", "y", "long", "short", "angle").rows()
    [(2.0, 1.0, 2.0, 1.0, 90.0)]
    """
    choose("variant", variant, get_args(Variant))
    choose("metric", metric, get_args(Metric))
    if points < 3 or points != int(points):
        raise SpecError("bad_value", where=Where(key="points"), value=points, expected=say("ellipse.three_or_more"))
    sites = sites_of(data, unit, coordinates, None)
    place = {name: i for i, name in enumerate(sites.labels)}
    labels, values, at = by_unit(data, unit, [value])
    where = np.array([place[name] for name in labels])[at]
    located = sites.located()
    checked_points(located, metric, sites.labels)
    middle = located.mean(axis=0)
    flat = project(located, middle) if metric == "great_circle" else located
    factor, lost = VARIANTS[variant]
    turn = np.linspace(0, 2 * np.pi, points + 1)
    rows, outlines, few = [], [], 0
    table, _ = numbers(data, [value], by)
    groups = sorted(groups_of(table, by), key=lambda group: (group[0] is not None, group[0]))
    for year, members in groups:
        weight = values[members, 0]
        _check(weight, year, [labels[i] for i in at[members]], value, 2 + lost)
        few += members.size < FEW
        here = flat[where[members]]
        long, short, angle = ellipse_of(here, weight, factor, lost)
        if long <= SAME * np.abs(here).max():
            raise MethodError("ellipse_one_place", where=Where(period=year))
        centre = mean_centre(here, weight)
        rows.append((year, centre, long, short, angle, members.size))
        along = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
        across = np.array([along[1], -along[0]])
        line = centre + np.outer(long * np.cos(turn), along) + np.outer(short * np.sin(turn), across)
        outlines.append((year, unproject(line, middle) if metric == "great_circle" else line))
    frame = _table(rows, by, middle if metric == "great_circle" else None)
    outline = pl.concat(
        pl.DataFrame({**({} if by is None else {by: [year] * len(line)}), "x": line[:, 0], "y": line[:, 1]})
        for year, line in outlines
    )
    notes = [Note("ellipse_variant", "info", {"variant": variant})]
    if few:
        notes.append(Note("ellipse_few", "warning", {"count": few, "least": FEW}))
    return Ellipse(
        frame, outline, Method("regions.ellipse", {"variant": variant, "metric": metric}), tuple(notes),
        backend_of(data),
    )  # fmt: skip


def _check(weight: Floats, year: Any, names: list[str], value: str, least: int) -> None:
    if (weight < 0).any():
        row = int(np.flatnonzero(weight < 0)[0])
        where = Where(unit=names[row], period=year, indicator=value)
        raise MethodError("ellipse_negative", where=where, value=float(weight[row]))
    if not weight.any():
        raise MethodError("ellipse_zero", where=Where(period=year, indicator=value))
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise MethodError("gravity_twice", where=Where(unit=twice, period=year))
    if (count := int((weight > 0).sum())) <= least:
        raise MethodError("ellipse_units", where=Where(period=year), count=count, least=least + 1)


def _table(
    rows: list[tuple[Any, Floats, float, float, float, int]], by: str | None, middle: Floats | None
) -> pl.DataFrame:
    """Return the ellipses and how their centres moved."""
    centre = np.array([row[1] for row in rows])
    shown = centre if middle is None else unproject(centre, middle)
    long, short, angle = (np.array([row[k] for row in rows]) for k in (2, 3, 4))
    step = np.diff(shown, axis=0)
    if middle is None:
        moved, in_all = np.hypot(*step.T), np.hypot(*(shown - shown[0]).T)
        bearing = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0
    else:
        moved, in_all = great_circle(shown[:-1], shown[1:]), great_circle(np.broadcast_to(shown[0], shown.shape), shown)
        bearing = _bearing(shown[:-1], shown[1:])
    bearing = np.where(moved > 0, bearing, np.nan)
    angle = np.where(long - short <= SAME * long, np.nan, angle)
    first = np.array([np.nan])
    years = {} if by is None else {by: [row[0] for row in rows]}
    return pl.DataFrame(
        {
            **years,
            "x": shown[:, 0], "y": shown[:, 1], "long": long, "short": short, "angle": angle,
            "area": np.pi * long * short, "flatness": 1 - short / long, "units": [row[5] for row in rows],
            "moved": np.concatenate([first, moved]), "bearing": np.concatenate([first, bearing]),
            "moved_in_all": in_all,
        }
    ).with_columns(pl.col("moved", "bearing", "angle").fill_nan(None))  # fmt: skip


def _bearing(start: Floats, end: Floats) -> Floats:
    """Return directions at the start of great circles, degrees clockwise from north."""
    one, two = np.radians(start), np.radians(end)
    gap = two[:, 0] - one[:, 0]
    east = np.sin(gap) * np.cos(two[:, 1])
    north = np.cos(one[:, 1]) * np.sin(two[:, 1]) - np.sin(one[:, 1]) * np.cos(two[:, 1]) * np.cos(gap)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)
