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
        (``after``), over units that are supported.
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
    balance, mean_gaps = _balance(own, columns, near, groups, supported)
    return Peers(
        _pairs(seen, near, far),
        _units(seen, near, far, supported),
        balance,
        mean_gaps,
        _targets(seen, targets, lower, near, supported, len(columns)),
        _groups(seen, targets, lower, groups, within, len(columns)),
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


def _check(
    count: int, support: float, caliper: float | None, targets: Sequence[str], lower: Sequence[str]
) -> None:
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
        tied = [columns[k] for k in np.flatnonzero(np.abs(axes[:, 0]) > 1e-6)]
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


def _pairs(seen: Cases, near: Integers, far: Floats) -> pl.DataFrame:
    names = np.array(seen.units, dtype=object)
    row, place = np.nonzero(near >= 0)
    peer = names[near[row, place]]
    return pl.DataFrame(
        {seen.unit: names[row].tolist(), "place": place + 1, "peer": peer.tolist(), "distance": far[row, place]},
        schema_overrides={seen.unit: pl.String, "peer": pl.String},
    )


def _units(seen: Cases, near: Integers, far: Floats, supported: NDArray[np.bool_]) -> pl.DataFrame:
    there = near >= 0
    count = there.sum(axis=1)
    total = np.where(there, far, 0.0).sum(axis=1)
    mean = np.divide(total, count, out=np.full(total.size, np.nan), where=count > 0)
    return seen.keys().with_columns(
        pl.Series("peers", count),
        pl.Series("nearest", far[:, 0]).fill_nan(None),
        pl.Series("mean", mean).fill_nan(None),
        pl.Series("supported", supported),
        pl.Series("chosen", np.bincount(near[there], minlength=len(near))),
    )


def _balance(
    own: Cases, columns: Sequence[str], near: Integers, groups: NDArray[np.str_], supported: NDArray[np.bool_]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    x, spread = own.values, own.values.std(axis=0, ddof=1)
    there = near >= 0
    size = there.sum(axis=1)[:, None]
    mean = np.where(there[:, :, None], x[near], 0.0).sum(axis=1) / np.where(size, size, 1)
    mean[size[:, 0] == 0] = np.nan
    gap = (x - mean) / spread
    same = (groups[:, None] == np.unique(groups)).astype(float)
    total, others = same @ (same.T @ x), (same @ same.sum(axis=0))[:, None] - 1
    with np.errstate(invalid="ignore", divide="ignore"):  # who is alone in a group has no others
        before = np.abs(x - (total - x) / others) / spread
    n, k = x.shape
    table = pl.DataFrame(
        {
            own.unit: np.repeat(np.array(own.units, dtype=object), k).tolist(),
            "column": list(columns) * n,
            "value": x.ravel(),
            "peers": pl.Series(mean.ravel()).fill_nan(None),
            "difference": pl.Series(gap.ravel()).fill_nan(None),
        },
        schema_overrides={own.unit: pl.String},
    )
    means = {"before": before[supported].mean(axis=0), "after": np.abs(gap[supported]).mean(axis=0)}
    return table, pl.DataFrame({"column": list(columns), **means})


def _targets(
    seen: Cases, targets: Sequence[str], lower: Sequence[str], near: Integers, supported: NDArray[np.bool_], skip: int
) -> pl.DataFrame:
    names = np.array([*seen.units, None], dtype=object)
    there = near >= 0
    some = there.any(axis=1)
    parts = []
    for j, target in enumerate(targets):
        sign = -1.0 if target in lower else 1.0
        y = seen.values[:, skip + j]
        theirs = np.where(there, sign * y[near], -np.inf)
        at = theirs.argmax(axis=1)  # of equals the nearest
        best = np.where(some, sign * theirs[np.arange(len(y)), at], np.nan)
        middle = np.full(len(y), np.nan)
        middle[some] = np.nanmedian(np.where(there, y[near], np.nan)[some], axis=1)
        peer = names[np.where(some, near[np.arange(len(y)), at], len(y))]
        gaps = {"to_median": sign * (middle - y), "to_best": sign * (best - y)}
        parts.append(
            seen.keys().with_columns(
                pl.lit(target).alias("target"),
                pl.Series("value", y),
                *(pl.Series(n, v).fill_nan(None) for n, v in {"median": middle, "best": best}.items()),
                pl.Series("best_peer", peer.tolist(), dtype=pl.String),
                *(pl.Series(n, v).fill_nan(None) for n, v in gaps.items()),
                pl.Series("supported", supported),
            )
        )
    numbers = dict.fromkeys(("value", "median", "best", "to_median", "to_best"), pl.Float64())
    order = [seen.unit, "target", "value", "median", "best", "best_peer", "to_median", "to_best", "supported"]
    kinds = {seen.unit: pl.String(), "target": pl.String(), "best_peer": pl.String(), "supported": pl.Boolean()}
    return pl.concat(parts) if parts else pl.DataFrame(schema={n: (numbers | kinds)[n] for n in order})


def _groups(
    seen: Cases, targets: Sequence[str], lower: Sequence[str], groups: NDArray[np.str_], within: str | None, skip: int
) -> pl.DataFrame:
    rows = []
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        for j, target in enumerate(targets):
            sign = -1.0 if target in lower else 1.0
            y = sign * seen.values[here, skip + j]
            named = {} if within is None else {within: str(group)}
            reached = {"median": sign * np.median(y), "high": sign * np.quantile(y, 0.75), "best": sign * y.max()}
            best = {"best_unit": seen.units[here[int(y.argmax())]]}
            rows.append({**named, "target": target, "units": here.size, **reached, **best})
    kinds: dict[str, Any] = {} if within is None else {within: pl.String()}
    kinds |= {"target": pl.String(), "units": pl.Int64()} | dict.fromkeys(("median", "high", "best"), pl.Float64())
    return pl.DataFrame(rows, schema={**kinds, "best_unit": pl.String()})


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
