"""Peers: the units most like a unit in what it is endowed with, whether anyone is near, and what the best have reached.

Distances after Mahalanobis (1936), On the generalised distance in statistics, Proceedings of the National Institute of
Sciences of India 2(1), 49–55; matching and the balance of matches as reviewed by Stuart (2010), doi:10.1214/09-STS313.
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
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.nearest import nearest
from nqpf.numerics.ranks import position
from nqpf.regions.paths.cases import Cases, cases, refuse_flat
from nqpf.regions.paths.peers_tables import balance_tables, group_table, pair_table, target_table, unit_table
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Distance = Literal["mahalanobis", "euclidean", "rank"]

SINGULAR = 1e-9
"""Smallest eigenvalue of the correlations below which a column follows from the others."""
UNBALANCED = 0.25
"""Standardised difference above which peers do not match (Stuart 2010)."""


@dataclass(frozen=True, slots=True, eq=False)
class Peers(Result):
    """Peers of units.

    Attributes
    ----------
    frame
        A row a unit and peer: unit, ``place`` (1 nearest), ``peer``, ``distance``.
    units
        A row a unit: ``peers`` (how many it has), ``nearest`` and ``mean`` distance, ``supported`` (whether anyone is
        near enough to be called a peer), ``chosen`` (how many others have it as a peer).
    balance
        A row a unit and column: value, peers (their mean), difference in standard deviations of all units.
    columns
        A row a column: mean absolute standardised difference from all others (``before``) and from the peers
        (``after``), over units that are supported; null where none is.
    targets
        A row a unit and target: value, median of the peers, best value among them, ``best_peer``; ``to_median`` and
        ``to_best``, how far they are ahead (negative: the unit is ahead), and ``supported``.
    groups
        A row a group and target: units, median, ``high`` (the better quartile), best, ``best_unit``.
    limit
        Distance of the nearest beyond which a unit has no true peer.
    """

    frame: pl.DataFrame
    units: pl.DataFrame
    balance: pl.DataFrame
    columns: pl.DataFrame
    targets: pl.DataFrame
    groups: pl.DataFrame
    limit: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def peers(
    data: Any,
    columns: Sequence[str],
    *,
    unit: str,
    time: str | None = None,
    period: int | Literal["last", "mean"] = "last",
    count: int = 5,
    distance: Distance = "mahalanobis",
    within: str | None = None,
    targets: Sequence[str] = (),
    lower: Sequence[str] = (),
    support: float = 0.95,
    caliper: float | None = None,
) -> Peers:
    """Find the units most like each unit, and what the best of them have reached.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit (and year), nothing missing.
    columns
        Endowments that units are compared by; what policy is to change belongs to `targets`.
    unit, time
        Columns of units and, where there are several, years.
    period
        ``last`` the last year, ``mean`` the mean of all, or a year.
    count
        Peers of a unit.
    distance
        ``mahalanobis`` in standard deviations, columns that move together counted once; ``euclidean`` in standard
        deviations; ``rank`` of ranks from 0 to 1, which no outlier stretches.
    within
        Column of groups: peers are of the same group. Scales are those of all units.
    targets
        Columns in which a unit is compared with its peers.
    lower
        Those of `targets` in which less is better.
    support
        Quantile of the distances to the nearest beyond which a unit has no true peer; about 1 − support of the units
        lie beyond it in any case: they are those most alone.
    caliper
        Distance instead of the quantile.

    Raises
    ------
    DataError
        A column is absent, a cell missing or no number, a unit twice, or absent in a year that counts.
    SpecError
        No such option or year, a column that stands twice, or a `lower` that is no target.
    MethodError
        Fewer than three units, a column in which all are the same, or (``mahalanobis``) that follows from the others.

    References
    ----------
    Stuart (2010), Matching methods for causal inference: a review and a look forward, doi:10.1214/09-STS313.

    Examples
    --------
    >>> made = {"city": ["a", "b", "c", "d"], "x": [1.0, 1.5, 8.0, 9.0], "out": [3.0, 5.0, 7.0, 6.0]}
    >>> found = peers(made, ["x"], unit="city", count=1, targets=["out"])
    >>> found.frame.select("city", "peer").rows()
    [('a', 'b'), ('b', 'a'), ('c', 'd'), ('d', 'c')]
    >>> found.targets["to_best"].to_list()
    [2.0, -2.0, -1.0, 1.0]
    """
    choose("distance", distance, get_args(Distance))
    if isinstance(period, str):
        choose("period", period, ("last", "mean"))
    _check(count, support, caliper, targets, lower)
    seen = cases(data, [*columns, *targets], unit, time, period)
    own = Cases(seen.unit, seen.units, None, seen.years, seen.values[:, : len(columns)], seen.frame)
    if len(seen.units) < 3:
        raise MethodError("paths_few_units", units=len(seen.units), least=3)
    refuse_flat(own, columns)
    groups = np.array(seen.labels(within) if within else [""] * len(seen.units))
    x = _space(own.values, distance, columns)
    near, far = _nearest(x, groups, count)
    first = np.where(near[:, 0] >= 0, far[:, 0], np.nan)
    known = first[~np.isnan(first)]
    if not known.size:
        raise MethodError("peers_all_alone", where=Where(indicator=within))
    limit = float(np.quantile(known, support)) if caliper is None else caliper
    supported = first <= limit
    balance, mean_gaps = balance_tables(own, columns, near, groups, supported)
    return Peers(
        pair_table(seen, near, far),
        unit_table(seen, near, far, supported),
        balance,
        mean_gaps,
        target_table(seen, targets, lower, near, supported, len(columns)),
        group_table(seen, targets, lower, groups, within, len(columns)),
        limit,
        Method(
            "regions.peers",
            {
                "columns": list(columns), "period": period, "count": count, "distance": distance, "within": within,
                "targets": list(targets), "lower": list(lower), "support": support, "caliper": caliper,
            },
        ),
        _notes(seen, near, supported, mean_gaps, count, caliper is None),
        backend_of(data),
    )  # fmt: skip


def _check(count: int, support: float, caliper: float | None, targets: Sequence[str], lower: Sequence[str]) -> None:
    wrong = [
        (key, value)
        for key, value, fits in (
            ("count", count, count >= 1),
            ("support", support, 0 < support <= 1),
            ("caliper", caliper, caliper is None or caliper > 0),
        )
        if not fits
    ]
    if wrong:
        key, value = wrong[0]
        raise SpecError("bad_value", where=Where(key=key), value=value, expected=say(f"paths.wanted.{key}"))
    for name in lower:
        choose("lower", name, tuple(targets))


def _space(values: Floats, how: Distance, columns: Sequence[str]) -> Floats:
    """Return points ``float64[N, D]`` whose Euclidean distances are the distances wanted."""
    if how == "rank":
        return np.column_stack([(position(c, c, "average") - 0.5) / len(c) for c in values.T])
    z: Floats = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    if how == "euclidean":
        return z
    size, axes = np.linalg.eigh(z.T @ z / (len(z) - 1))
    if size[0] < SINGULAR:
        tied = [columns[k] for k in np.flatnonzero(np.abs(axes[:, 0]) > 1e-6).tolist()]
        raise MethodError("peers_dependent", columns=listing(tied, 20), units=len(z), count=len(columns))
    return np.asarray(z @ (axes / np.sqrt(size)))


def _nearest(x: Floats, groups: NDArray[np.str_], count: int) -> tuple[Integers, Floats]:
    """Return peers ``int[N, C]`` and distances ``float64[N, C]``; −1 and NaN where a group has no more."""
    c = min(count, len(x) - 1)
    near, far = np.full((len(x), c), -1, np.intp), np.full((len(x), c), np.nan)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        places, apart = nearest(x[rows], c)
        near[rows, : places.shape[1]], far[rows, : places.shape[1]] = rows[places], apart
    return near, far


def _notes(
    seen: Cases, near: Integers, supported: NDArray[np.bool_], gaps: pl.DataFrame, count: int, by_quantile: bool
) -> tuple[Note, ...]:
    notes = []
    alone = [u for u, ok in zip(seen.units, supported, strict=True) if not ok]
    if alone:
        rule = "peers_alone" if by_quantile else "peers_beyond_caliper"
        notes.append(Note(rule, "warning", {"count": len(alone), "units": listing(alone, 12)}))
    if short := int(((near >= 0).sum(axis=1) < count).sum()):
        notes.append(Note("peers_fewer", "warning", {"count": short, "wanted": count}))
    wide = gaps.filter(pl.col("after") > UNBALANCED)["column"].to_list()
    if wide:
        notes.append(Note("peers_unbalanced", "warning", {"columns": listing(wide, 12), "bound": UNBALANCED}))
    return tuple(notes)
