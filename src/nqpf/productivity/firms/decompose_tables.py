"""The tables of a decomposition: a year or a pair of years, its units, its groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.errors import MethodError, Where, listing
from nqpf.productivity.firms.turnover import METHODS, Flags, Floats, Integers, Parts, Turnover, olley_pakes
from nqpf.productivity.firms.weighted_panel import WeightedPanel

Tables = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two years of a panel, with the N units that are there in one of them at least.

    Attributes
    ----------
    panel, i, j
        The panel and the positions of the years.
    n
        ``int[N]`` units of the panel.
    size1, size2
        ``float64[G]`` weight of the groups in both years.
    of
        The units, with shares within their groups.
    """

    panel: WeightedPanel
    i: int
    j: int
    n: Integers
    size1: Floats
    size2: Floats
    of: Turnover

    @classmethod
    def at(cls, panel: WeightedPanel, i: int, j: int) -> Pair:
        """Return the years at two positions."""
        n = np.flatnonzero(panel.here[i] | panel.here[j])
        group, count = panel.group[n], panel.names.len()
        size1, size2 = (np.bincount(group, panel.share[t, n], count).astype(np.float64) for t in (i, j))
        s1, s2 = (panel.share[t, n] / np.where(size > 0, size, 1.0)[group] for t, size in ((i, size1), (j, size2)))
        one, two = (s1, panel.value[i, n], panel.here[i, n]), (s2, panel.value[j, n], panel.here[j, n])
        return cls(panel, i, j, n, size1, size2, Turnover(group, count, *one, *two))

    @property
    def both(self) -> Flags:
        """Return which groups have weight in both years."""
        return (self.size1 > 0) & (self.size2 > 0)

    def levels(self) -> tuple[float, float]:
        """Return aggregate productivity in both years."""
        one, two = (float(self.panel.share[t] @ self.panel.value[t]) for t in (self.i, self.j))
        return one, two


def level_tables(panel: WeightedPanel, i: int) -> Tables:
    """Return the rows of a year, its units and its groups under ``olley_pakes``."""
    n = np.flatnonzero(panel.here[i])
    s, p, group, count = panel.share[i, n], panel.value[i, n], panel.group[n], panel.names.len()
    parts, between = olley_pakes(s, p, group, count)
    if not panel.grouped:
        parts, between = {"mean": parts["mean"], "covariance": parts["covariance_within"]}, {}
    time = pl.lit(panel.years[i], pl.Int64).alias("time")
    frame = pl.DataFrame({"aggregate": [float(s @ p)], **_totals(parts | between), "units": [n.size]})
    units = pl.DataFrame([panel.units.gather(n), panel.names.gather(group)]).with_columns(share=s, tfp=p, **parts)
    size = np.bincount(group, minlength=count)
    by_group = {name: np.bincount(group, x, count) for name, x in parts.items()} | between
    groups = panel.names.to_frame().with_columns(units=size, share=np.bincount(group, s, count), **by_group)
    tables = frame, units, groups.filter(pl.Series(size > 0))
    first, second, third = (table.select(time, pl.all()) for table in tables)
    return first, second, third


def change_tables(panel: WeightedPanel, method: str, i: int, j: int) -> Tables:
    """Return the rows of a pair of years, its units and its groups under a method of change."""
    pair = Pair.at(panel, i, j)
    _refuse(pair, method)
    parts, between = _parts(pair, method)
    of, (level1, level2) = pair.of, pair.levels()
    counts = {"continuing": of.stays, "entering": of.enters, "leaving": of.leaves}
    levels = {"aggregate_start": level1, "aggregate_end": level2, "change": level2 - level1}
    frame = pl.DataFrame(levels | _totals(parts | between) | {name: [int(x.sum())] for name, x in counts.items()})
    by_group = {name: of.sums(x) for name, x in parts.items()} | between
    there = (pair.size1 > 0) | (pair.size2 > 0)
    groups = panel.names.to_frame().with_columns(share_start=pair.size1, share_end=pair.size2, **by_group)
    tables = frame, _units(pair).with_columns(**parts), groups.filter(pl.Series(there))
    years = [pl.lit(panel.years[t], pl.Int64).alias(name) for t, name in ((i, "start"), (j, "end"))]
    first, second, third = (table.select(*years, pl.all()) for table in tables)
    return first, second, third


def _totals(parts: Parts) -> dict[str, list[float]]:
    return {name: [float(x.sum())] for name, x in parts.items()}


def _units(pair: Pair) -> pl.DataFrame:
    """Return the keys, status, shares and productivities of the units of a pair."""
    panel, of, n = pair.panel, pair.of, pair.n
    words = np.array(["continuing", "entering", "leaving"])
    before, after = panel.here[: pair.i, n].any(axis=0), panel.here[pair.j + 1 :, n].any(axis=0)
    keys = [panel.units.gather(n), panel.names.gather(of.group)]
    here1, here2 = pl.Series(of.here1), pl.Series(of.here2)
    return pl.DataFrame(keys).with_columns(
        status=pl.Series(words[np.where(of.stays, 0, np.where(of.enters, 1, 2))]),
        returns=(of.enters & before) | (of.leaves & after),
        share_start=panel.share[pair.i, n],
        share_end=panel.share[pair.j, n],
        tfp_start=pl.when(here1).then(pl.Series(of.p1)),
        tfp_end=pl.when(here2).then(pl.Series(of.p2)),
    )


def _parts(pair: Pair, method: str) -> tuple[Parts, Parts]:
    """Return the parts of units ``float64[N]`` and of groups ``float64[G]``."""
    of, both = pair.of, pair.both
    inside = both[of.group]
    some = of.where(inside)
    scale = ((pair.size1 + pair.size2) / 2)[some.group]
    parts: Parts = {}
    for name, found in METHODS[method](some).items():
        parts[name] = np.zeros(of.group.size)
        parts[name][inside] = scale * found
    if not pair.panel.grouped:
        return parts, {}
    mean = sum(pair.levels()) / 2
    parts["groups_entered"] = ~inside * pair.panel.share[pair.j, pair.n] * (of.p2 - mean)
    parts["groups_left"] = -(~inside * pair.panel.share[pair.i, pair.n] * (of.p1 - mean))
    level = (of.sums(of.s1 * of.p1) + of.sums(of.s2 * of.p2)) / 2
    return parts, {"between_groups": both * (pair.size2 - pair.size1) * (level - mean)}


def _refuse(pair: Pair, method: str) -> None:
    """Raise a MethodError where a method is not defined for a pair of years."""
    of = pair.of
    period = f"{pair.panel.years[pair.i]}–{pair.panel.years[pair.j]}"
    moving = of.enters | of.leaves
    if method == "within_between" and moving.any():
        named = listing(pair.panel.units.gather(pair.n[moving]))
        raise MethodError("firms_turnover", where=Where(period=period), count=int(moving.sum()), units=named)
    if method == "melitz_polanec":
        alive = np.minimum(*(of.sums(np.where(of.stays, s, 0.0)) for s in (of.s1, of.s2))) > 0
        gone = pair.both & ~alive
        if gone.any():
            named = listing(pair.panel.names.filter(pl.Series(gone)).replace("", period))
            raise MethodError("firms_no_survivors", where=Where(period=period), groups=named)
