"""Tables of productivity change: of every pair of years, of every distance, chained over the years, and means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.productivity.change.distances import DISTANCE_STATUS, Distances
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.change.terms import Form, Term
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Floats, Technology


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Index and components of N units × (T − 1) pairs, as sums of terms (before exp), NaN where there is none.

    Attributes
    ----------
    values
        By name, ``index`` first: ``float64[N, T − 1]``.
    ratio
        Whether the values are logarithms of an index; else they are an indicator as they stand.
    """

    values: Mapping[str, Floats]
    ratio: bool

    @property
    def whole(self) -> Bools:
        """Return ``bool[N, T − 1]``: index and all components are there."""
        whole: Bools = np.logical_and.reduce([np.isfinite(values) for values in self.values.values()])
        return whole

    def shown(self, values: Floats) -> Floats:
        """Return sums of terms as they are shown."""
        return np.exp(values) if self.ratio else values + 0.0  # + 0.0: no minus before a zero


def changes(form: Form, pairs: Pairs, found: Distances, ratio: bool) -> Changes:
    """Return index and components from the distances; where one of the parts is absent, so is the index."""
    term = dict(zip(form.terms, found.value.term[found.place], strict=True))

    def total(weights: Mapping[Term, float]) -> Floats:
        out = np.full(pairs.both.shape, np.nan)
        out[pairs.both] = sum(weight * term[t] for t, weight in weights.items())
        return out

    values = {name: total(weights) for name, weights in form.components.items()}
    index = np.sum([values[part] for part in form.parts], axis=0)
    return Changes({"index": index, **values}, ratio)


def pair_table(
    observed: Observed, pairs: Pairs, found: Distances, change: Changes, technologies: tuple[Technology, ...]
) -> pl.DataFrame:
    """Return a row for each unit and pair of years: unit, from, to, index, components, status, failed."""
    units, steps = pairs.both.shape
    years = np.array(observed.periods)
    status = np.full(pairs.both.shape, "no_pair", dtype=object)
    failed = np.full(pairs.both.shape, None, dtype=object)
    codes = found.value.status[found.place]
    wrong = codes != 0
    word = np.array(["defined", *DISTANCE_STATUS[1:]], dtype=object)
    first = np.where(wrong.any(axis=0), codes[wrong.argmax(axis=0), np.arange(codes.shape[1])], 0)
    status[pairs.both] = word[first]
    n, t = np.nonzero(pairs.both)
    for p in np.flatnonzero(wrong.any(axis=0)):
        places = dict.fromkeys(found.place[wrong[:, p], p].tolist())
        failed[n[p], t[p]] = "; ".join(_symbol(observed, found, d, technologies) for d in places)
    return pl.DataFrame(
        {
            observed.keys.columns[0]: names(observed)[np.repeat(np.arange(units), steps)],
            "from": np.tile(years[:-1], units),
            "to": np.tile(years[1:], units),
            **{name: change.shown(v).ravel() for name, v in change.values.items()},
            "status": status.ravel().tolist(),
            "failed": pl.Series(failed.ravel().tolist(), dtype=pl.String),
        }
    ).with_columns(pl.col(*change.values).fill_nan(None))


def _symbol(observed: Observed, found: Distances, d: int, technologies: tuple[Technology, ...]) -> str:
    """Return a distance in symbols: ``crs 2013(2014, 2014)`` has inputs and outputs of 2014 before 2013's frontier."""
    years = observed.periods
    if found.first[d] > found.last[d]:
        frontier = "–"
    else:
        first, last = years[found.first[d]], years[found.last[d]]
        frontier = f"{first}" if first == last else f"{first}–{last}"
    x, y = years[observed.t[found.inputs[d]]], years[observed.t[found.outputs[d]]]
    return f"{technologies[found.technology[d]].rts} {frontier}({x}, {y})"


def distance_table(observed: Observed, found: Distances, technologies: tuple[Technology, ...]) -> pl.DataFrame:
    """Return a row for each distance."""
    years = np.array([*observed.periods, 0])  # the last stands for a frontier that there is not
    there = found.first <= found.last
    first, last = (pl.Series(years[at]).set(pl.Series(~there), None) for at in (found.first, found.last))
    rts = np.array([t.rts for t in technologies], dtype=object)
    return pl.DataFrame(
        {
            observed.keys.columns[0]: names(observed)[observed.n[found.inputs]],
            "rts": rts[found.technology].tolist(),
            "frontier_from": first,
            "frontier_to": last,
            "inputs_of": years[observed.t[found.inputs]],
            "outputs_of": years[observed.t[found.outputs]],
            "score": found.value.score,
            "status": np.array(DISTANCE_STATUS, dtype=object)[found.value.status].tolist(),
            "gap": found.value.gap,
        }
    ).with_columns(pl.col("score", "gap").fill_nan(None))


def cumulative_table(observed: Observed, pairs: Pairs, change: Changes) -> pl.DataFrame:
    """Return index and components chained from the first year of each unit, begun again after every gap."""
    linked = np.zeros(pairs.row.shape, dtype=bool)
    linked[:, 1:] = change.whole
    year = np.arange(pairs.row.shape[1])
    base = np.maximum.accumulate(np.where(linked, 0, year), axis=1)
    sums = {}
    for name, values in change.values.items():
        level = np.zeros(pairs.row.shape)
        level[:, 1:] = np.where(change.whole, values, 0.0).cumsum(axis=1)
        sums[name] = change.shown(level - np.take_along_axis(level, base, axis=1))
    n, t = np.nonzero(pairs.there)
    years = np.array(observed.periods)
    begun = pairs.there.argmax(axis=1)
    word = np.where(linked, "chained", np.where(year == begun[:, None], "first", "again"))
    unit, time = observed.keys.columns
    return pl.DataFrame(
        {
            unit: names(observed)[n],
            time: years[t],
            "base": years[base[n, t]],
            **{name: v[n, t] for name, v in sums.items()},
            "status": word[n, t].tolist(),
        }
    )


def mean_table(observed: Observed, pairs: Pairs, change: Changes) -> pl.DataFrame:
    """Return means by pair of years, by unit and of all: geometric of an index, arithmetic of an indicator."""
    whole, unit = change.whole, observed.keys.columns[0]
    years = np.array(observed.periods)
    parts = []
    for over, axis in (("years", 0), ("unit", 1), ("all", None)):
        used = np.atleast_1d(whole.sum(axis=axis))
        size = used.size
        sums = {name: np.atleast_1d(np.where(whole, v, 0.0).sum(axis=axis)) for name, v in change.values.items()}
        none = np.full(size, np.nan)
        means = {name: np.divide(v, used, out=none.copy(), where=used > 0) for name, v in sums.items()}
        table = {
            "over": [over] * size,
            unit: names(observed) if over == "unit" else [None] * size,
            "from": years[:-1] if over == "years" else np.full(size, years[0]),
            "to": years[1:] if over == "years" else np.full(size, years[-1]),
            "pairs": np.atleast_1d(pairs.both.sum(axis=axis)),
            "used": used,
            **{name: change.shown(v) for name, v in means.items()},
        }
        parts.append(pl.DataFrame(table, schema_overrides={unit: observed.keys.schema[unit]}))
    return pl.concat(parts).with_columns(pl.col(*change.values).fill_nan(None))


def names(observed: Observed) -> pl.Series:
    """Return the units as they are written in the table, in the order of `Observed.units`."""
    first = np.unique(observed.n, return_index=True)[1]
    return observed.keys[observed.keys.columns[0]][first]
