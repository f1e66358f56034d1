"""Links between regions by a modified gravity model: masses attract, distance keeps apart, shares make it directed.

R_ij = k_ij · M_i M_j / D_ij^b with k_ij = G_i / (G_i + G_j), G what the pull of i is told by, M the geometric mean of
the masses. In Chinese regional studies D is a great-circle distance or that distance over the gap in income per head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of, numbers
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of, to_polars
from nqpf.messages import say
from nqpf.numerics.sphere import great_circle
from nqpf.regions.space.near import Metric, checked_points
from nqpf.regions.space.sites import by_unit, sites_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Separation = Literal["distance", "economic"]
Cut = Literal["row_mean", "mean", "median"]


@dataclass(frozen=True, slots=True, eq=False)
class Gravity(Result):
    """Strength of links.

    Attributes
    ----------
    frame
        A row for each ordered pair and year: year, ``from``, ``to``, ``strength``, ``linked`` (strength above the cut).
    labels
        Units, in the order of the matrices.
    matrices
        By year (None without) ``float64[N, N]`` strengths, 0 on the diagonal.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    labels: tuple[str, ...]
    matrices: dict[Any, Floats]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def gravity(
    data: Any,
    masses: str | Sequence[str],
    *,
    unit: str,
    by: str | None = None,
    pull: str | None = None,
    coordinates: tuple[str, str] | None = None,
    metric: Metric = "great_circle",
    separation: Separation = "distance",
    income: str | None = None,
    power: float = 2.0,
    cut: Cut = "row_mean",
) -> Gravity:
    """Measure the links between units by a modified gravity model.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year); every unit in every year.
    masses
        Column of masses, or several, whose geometric mean is the mass.
    unit, by
        Columns of units and years.
    pull
        Column G of k_ij = G_i / (G_i + G_j); default: the mass.
    coordinates, metric
        As in `nqpf.regions.weights`; default: great-circle distances between the capitals of China's provinces.
    separation
        ``distance`` D; ``economic`` D / |g_i − g_j| with g = `income`.
    income
        Column of income per head for ``economic``; two equal ones are refused, as they would be infinitely far apart.
    power
        b, above zero.
    cut
        A link is there where its strength is above the mean of its row (``row_mean``, which by construction leaves
        links to everybody, also to those hardly linked at all), above the ``mean`` or ``median`` of all.

    Raises
    ------
    DataError
        A column is absent, a cell is empty, a unit is absent in a year or lies at two places.
    MethodError
        A mass or pull that is not above zero, two units at one place or of the same income, a unit twice in a year, or
        fewer than three units.

    Examples
    --------
    >>> cities = {"city": ["a", "b", "c"], "x": [0.0, 1, 3], "y": [0.0, 0, 0], "nqpf": [1.0, 3, 1]}
    >>> found = gravity(cities, "nqpf", unit="city", coordinates=("x", "y"), metric="plane")
    >>> found.frame.filter(pl.col("linked")).select("from", "to", "strength").rows()
    [('a', 'b', 0.75), ('b', 'a', 2.25), ('c', 'b', 0.1875)]
    """
    for key, word, words in (("separation", separation, Separation), ("cut", cut, Cut), ("metric", metric, Metric)):
        choose(key, word, get_args(words))
    if (separation == "economic") != (income is not None):
        raise SpecError("gravity_income", where=Where(key="income"))
    masses = [masses] if isinstance(masses, str) else list(masses)
    if not masses:
        raise SpecError("bad_value", where=Where(key="masses"), value="", expected=say("gravity.a_column"))
    if not 0 < power < np.inf:
        raise SpecError("bad_value", where=Where(key="power"), value=power, expected=say("gravity.above_0"))
    columns = list(dict.fromkeys([*masses, *([pull] if pull else []), *([income] if income else [])]))
    sites = sites_of(data, unit, coordinates, None)
    labels, values, at = by_unit(data, unit, columns)
    if len(labels) < 3:
        raise MethodError("network_nodes", where=Where(), count=len(labels))
    located = sites.located()[[sites.labels.index(name) for name in labels]]
    checked_points(located, metric, labels)
    far = _far(located, metric, labels)
    matrices, frames = {}, []
    numbers(data, columns, by)
    for year, members in groups_of(to_polars(data), by):
        here = _square(values, members, at, labels, year)
        mass = np.prod([_positive(here, columns, m, labels, year) ** (1.0 / len(masses)) for m in masses], axis=0)
        g = _positive(here, columns, pull, labels, year) if pull else mass
        apart = far if income is None else far / _gaps(here[:, columns.index(income)], labels, year, income)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            strength = g[:, None] / (g[:, None] + g) * np.outer(mass, mass) / apart**power
        np.fill_diagonal(strength, 0.0)
        if not np.isfinite(strength).all():
            raise MethodError("gravity_too_large", where=Where(period=year))
        matrices[year] = strength
        frames.append(_long(strength, linked(strength, cut), labels, by, year))
    options = {"masses": masses, "pull": pull, "separation": separation, "power": power, "cut": cut, "metric": metric}
    notes = (Note("gravity_cut", "info"),) if cut == "row_mean" else ()
    return Gravity(
        pl.concat(frames), tuple(labels), matrices, Method("regions.gravity", options), notes, backend_of(data)
    )


def linked(strength: Floats, cut: str) -> NDArray[np.bool_]:
    """Return which links are above the cut, the diagonal left out of it."""
    n = len(strength)
    others = ~np.eye(n, dtype=bool)
    if cut == "row_mean":
        bar = (strength.sum(axis=1) / (n - 1))[:, None]
    else:
        bar = np.mean(strength[others]) if cut == "mean" else np.median(strength[others])
    return np.asarray((strength > bar) & others)


def _far(located: Floats, metric: str, labels: Sequence[str]) -> Floats:
    if metric == "great_circle":
        far = great_circle(located[:, None], located[None])
    else:
        far = np.hypot(*(located[:, None] - located[None]).transpose(2, 0, 1))
    np.fill_diagonal(far, np.inf)
    if (far == 0).any():
        i, j = (int(k[0]) for k in np.nonzero(far == 0))
        raise MethodError("gravity_same_place", where=Where(unit=labels[i]), other=labels[j])
    return far


def _gaps(income: Floats, labels: Sequence[str], year: Any, column: str) -> Floats:
    gap = np.abs(income[:, None] - income)
    np.fill_diagonal(gap, 1.0)
    if (gap == 0).any():
        i, j = (int(k[0]) for k in np.nonzero(gap == 0))
        raise MethodError(
            "gravity_same_income", where=Where(unit=labels[i], period=year, indicator=column), other=labels[j]
        )
    return np.asarray(gap)


def _square(
    values: Floats, members: NDArray[np.intp], at: NDArray[np.intp], labels: Sequence[str], year: Any
) -> Floats:
    """Return the rows of a year in the order of the units."""
    row = np.full(len(labels), -1)
    for member in members:
        if row[at[member]] >= 0:
            raise MethodError("gravity_twice", where=Where(unit=labels[at[member]], period=year))
        row[at[member]] = member
    if (row < 0).any():
        raise MethodError("gravity_absent", where=Where(unit=labels[int((row < 0).argmax())], period=year))
    return np.asarray(values[row])


def _positive(values: Floats, columns: Sequence[str], column: str, labels: Sequence[str], year: Any) -> Floats:
    found = values[:, list(columns).index(column)]
    if not (found > 0).all():
        i = int((~(found > 0)).argmax())
        where = Where(unit=labels[i], period=year, indicator=column)
        raise MethodError("gravity_positive", where=where, value=float(found[i]))
    return np.asarray(found)


def _long(strength: Floats, link: NDArray[np.bool_], labels: Sequence[str], by: str | None, year: Any) -> pl.DataFrame:
    i, j = np.nonzero(~np.eye(len(labels), dtype=bool))
    names = np.array(labels, dtype=object)
    key = {} if by is None else {by: [year] * i.size}
    ends = {"from": names[i].tolist(), "to": names[j].tolist()}
    return pl.DataFrame({**key, **ends, "strength": strength[i, j], "linked": link[i, j]})
