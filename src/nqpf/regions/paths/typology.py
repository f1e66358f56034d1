"""Types of units: which resemble each other in several columns, how surely, and whether there are types at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.clusters import distances, silhouettes
from nqpf.regions.paths.cases import Cases, Period, cases, refuse_flat
from nqpf.regions.paths.partition import (
    ClusterMethod,
    Cutter,
    Excess,
    NullModel,
    Standardise,
    chance_clarity,
    gap_statistic,
    returns,
    scaled,
)
from nqpf.regions.paths.typology_tables import choice_table, cluster_table, member_table, profile_table
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Criterion = Literal["silhouette", "gap"]

LEAST = 6
"""Units below which nothing can be told apart."""
FEW = 30
"""Units below which types rest on little."""
SMALL = 5
"""Units below which a cluster is small."""
DOUBTFUL = 0.6
"""Mean Jaccard index below which a cluster should not be trusted (Hennig 2008, doi:10.1016/j.jmva.2007.07.002)."""
MOST = 8
"""Clusters that are tried where nothing is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Typology(Result):
    """Types of units.

    Attributes
    ----------
    frame
        A row a unit: unit, ``type`` (1, 2, …, larger first; null where the data show no types), ``cluster`` (of the
        partition that was tested, types or not), ``silhouette`` (in [−1, 1]; below 0 the unit lies nearer to another
        cluster; null for one cluster) and ``neighbour``, the nearest other cluster.
    clusters
        A row a cluster: cluster, n, silhouette (mean), jaccard (mean over draws of how much of it comes back),
        dissolved and recovered (shares of draws with an index up to 0.5 and above 0.75), stable (jaccard at least
        0.75). Empty for one cluster.
    profiles
        A row a cluster and column: median, lower and upper quartile, the median of all units, and how far the cluster's
        median is above it in standard deviations of all.
    choices
        A row a number of clusters: silhouette, expected (that of data of one mode), excess (in standard deviations of
        such data), gap, gap_error, by_silhouette and by_gap (whether the criterion chooses it), chosen.
    number
        Clusters of the partition.
    found
        Whether there are types: the criterion finds more than one, and p is below 1 − `level`.
    statistic, p
        The largest excess, and the share of data of one mode in which it is as large.
    """

    frame: pl.DataFrame
    clusters: pl.DataFrame
    profiles: pl.DataFrame
    choices: pl.DataFrame
    number: int
    found: bool
    statistic: float
    p: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def typology(
    data: Any,
    columns: Sequence[str],
    *,
    unit: str,
    time: str | None = None,
    period: int | Literal["last", "mean"] = "last",
    clusters: int | Sequence[int] | None = None,
    method: ClusterMethod = "ward",
    standardise: Standardise = "zscore",
    criterion: Criterion = "silhouette",
    null: NullModel = "unimodal",
    draws: int = 200,
    starts: int = 10,
    level: float = 0.95,
    seed: int = 0,
) -> Typology:
    """Find types of units that resemble each other, and test whether there are any.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit (and year), nothing missing.
    columns
        What units are compared by.
    unit, time
        Columns of units and, where there are several, years.
    period
        ``last`` the last year, ``mean`` the mean of all, or a year.
    clusters
        How many: a number, a run of numbers to choose from, or None for 2 to 8 (at most a third of the units).
    method
        ``ward`` cuts Ward's tree; ``kmeans`` takes the tightest of several runs, the first of which starts from it.
    standardise
        ``zscore`` divides by the standard deviation, ``rank`` takes ranks (a city far above all others then does not
        stand alone), ``none`` takes columns as they are.
    criterion
        What chooses the number: the largest mean ``silhouette``, or the ``gap`` statistic, which may choose one. Both
        are in `choices`.
    null
        Data without types that the clearest partition is compared with: ``unimodal``, each column as skewed and
        long-tailed as one mode allows, the correlations of the data; ``gaussian``, their means and covariances, which
        finds types sooner, but also where columns are only skewed. With some thirty units only very clear types show.
    draws
        Draws for the test, for the gap, and for stability, each.
    starts
        Random starts of k-means.
    level
        1 − level is the error allowed in saying that there are types.
    seed
        Of the draws.

    Raises
    ------
    DataError
        A column is absent, a cell missing or no number, a unit twice, or absent in a year that counts.
    SpecError
        No such option or year, or numbers of clusters that are no run from 2 on or reach the number of units.
    MethodError
        Fewer than six units, or a column in which all are the same.

    References
    ----------
    Tibshirani, Walther and Hastie (2001), doi:10.1111/1467-9868.00293. Hennig (2007), doi:10.1016/j.csda.2006.11.025.
    Helgeson, Vock and Bair (2021), doi:10.1111/biom.13376.

    Examples
    --------
    >>> made = {"city": list("abcdefghij"), "x": [0.0, 1, 2, 1, 1, 90, 91, 92, 91, 91], "y": [5.0, 4, 5, 6, 5] * 2}
    >>> typology(made, ["x", "y"], unit="city", clusters=2, draws=50).frame["cluster"].to_list()
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    """
    _check(method, standardise, criterion, null, period)
    if draws < 1 or starts < 0 or not 0 < level < 1:
        key, value = ("draws", draws) if draws < 1 else ("starts", starts) if starts < 0 else ("level", level)
        raise SpecError("bad_value", where=Where(key=key), value=value, expected=say(f"paths.wanted.{key}"))
    seen = cases(data, columns, unit, time, period)
    refuse_flat(seen, columns)
    ks = _numbers(clusters, len(seen.units))
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]
    cutter = Cutter(method, streams[0].random((starts, int(ks[-1]))))
    x = scaled(seen.values, standardise)
    short = distances(x)
    labels = {int(k): label for k, label in zip(ks, cutter.labels(x, short, ks), strict=True)}
    clear = np.array([silhouettes(short, label, k)[:, 0].mean() for k, label in labels.items()])
    tried = np.insert(ks, 0, 1) if ks[0] == 2 else ks
    gap = gap_statistic(cutter, x, tried, draws, streams[1])
    above = Excess.of(clear, chance_clarity(cutter, seen.values, standardise, null, ks, draws, streams[2]))
    by = {"silhouette": int(ks[clear.argmax()]), "gap": int(tried[gap.chosen])}
    number = int(ks[0]) if ks.size == 1 else by[criterion]
    label = _ordered(labels[number]) if number > 1 else np.zeros(len(x), np.int64)
    back = returns(cutter, x, label, number, draws, streams[3]) if number > 1 else np.empty((draws, 0))
    found = number > 1 and above.p < 1 - level
    options = {
        "columns": list(columns), "period": period, "clusters": list(map(int, ks)), "method": method,
        "standardise": standardise, "criterion": criterion, "null": null, "draws": draws, "starts": starts,
        "level": level, "seed": seed,
    }  # fmt: skip
    widths = silhouettes(short, label, number) if number > 1 else None
    table = cluster_table(label, widths, back)
    return Typology(
        member_table(seen, label, widths, found),
        table,
        profile_table(seen, columns, label, number),
        choice_table(ks, tried, clear, above, gap, by, number),
        number,
        found,
        float(above.excess.max()),
        above.p,
        Method("regions.typology", options),
        _notes(seen, columns, table, by if ks.size > 1 else None, found, above.p, level),
        backend_of(data),
    )


def _check(method: str, standardise: str, criterion: str, null: str, period: Period) -> None:
    choose("method", method, get_args(ClusterMethod))
    choose("standardise", standardise, get_args(Standardise))
    choose("criterion", criterion, get_args(Criterion))
    choose("null", null, get_args(NullModel))
    if isinstance(period, str):
        choose("period", period, ("last", "mean"))


def _numbers(clusters: int | Sequence[int] | None, units: int) -> Integers:
    """Return the numbers of clusters that are tried."""
    if units < LEAST:
        raise MethodError("paths_few_units", units=units, least=LEAST)
    if clusters is None:
        return np.arange(2, min(MOST, units // 3) + 1)
    wanted = [clusters] if isinstance(clusters, int) else list(clusters)
    if (
        not wanted
        or wanted != list(range(wanted[0], wanted[0] + len(wanted)))
        or not 2 <= wanted[0] <= wanted[-1] < units
    ):
        expected = say("paths.wanted.clusters", most=units - 1)
        raise SpecError("bad_value", where=Where(key="clusters"), value=clusters, expected=expected)
    return np.array(wanted)


def _ordered(label: Integers) -> Integers:
    """Return labels with the largest cluster first; of equals the one that holds the first unit."""
    size = np.bincount(label)
    first = np.array([int(np.flatnonzero(label == c)[0]) for c in range(size.size)])
    place = np.empty(size.size, np.int64)
    place[np.lexsort([first, -size])] = np.arange(size.size)
    return place[label]


def _notes(
    seen: Cases, columns: Sequence[str], table: pl.DataFrame, by: dict[str, int] | None, found: bool, p: float,
    level: float,
) -> tuple[Note, ...]:  # fmt: skip
    units = len(seen.units)
    notes = []
    if not found:
        notes.append(Note("typology_none", "warning", {"p": p, "level": 1 - level, "number": max(table.height, 1)}))
    if by and by["silhouette"] != by["gap"]:
        notes.append(Note("typology_disagree", "info", by))
    if units < FEW:
        notes.append(Note("typology_few", "warning", {"units": units, "wanted": FEW}))
    if len(columns) > units / 5:
        notes.append(Note("typology_wide", "warning", {"units": units, "columns": len(columns)}))
    if small := int((table["n"] < SMALL).sum()):
        notes.append(Note("typology_small", "warning", {"count": small, "least": SMALL}))
    if doubtful := int((table["jaccard"] < DOUBTFUL).sum()):
        notes.append(Note("typology_doubtful", "warning", {"count": doubtful, "bound": DOUBTFUL}))
    return tuple(notes)
