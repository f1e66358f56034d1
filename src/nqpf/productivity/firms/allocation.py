"""Misallocation between regions year by year, with intervals from drawing the regions again.

The measure is `nqpf.productivity.firms.misallocation`; the bootstrap draws whole units, all their years together, after
Efron (1979, doi:10.1214/aos/1176344552). Two units that are alike gain as much as one of twice the size, so a unit that
is drawn c times is taken c times as large.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of, to_polars
from nqpf.messages import say
from nqpf.parallel import spread
from nqpf.productivity.firms.allocation_tables import find, yearly
from nqpf.productivity.firms.economy import Columns, Economy, Integers, Share, read_economy
from nqpf.productivity.firms.misallocation import DEFAULTS, METHODS, Wedges, refuse_mixed_shares, refuse_numbers
from nqpf.productivity.firms.usable import Floats, Unusable
from nqpf.results import Method, Note, TableResult

BLOCK = 20
"""Draws that a worker does at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    """What a worker needs: the units, which of them belong together, and how the gain is measured."""

    economy: Economy
    unit: Integers
    count: int
    sigma: float
    wedges: str


def allocation_series(
    data: Any,
    revenue: str,
    capital: str,
    labour: str,
    *,
    unit: str,
    time: str,
    industry: str | None = None,
    method: Literal["hsieh_klenow", "aggregate"] = "aggregate",
    elasticity: float | None = None,
    share: Share = None,
    labour_cost: str | None = None,
    rental: float | None = None,
    wedges: Wedges | None = None,
    unusable: Unusable = "refuse",
    draws: int = 500,
    level: float = 0.95,
    seed: int = 0,
    workers: int | None = None,
) -> TableResult:
    """Return the gain from equal marginal products in each year, with an interval.

    Parameters
    ----------
    data, revenue, capital, labour, unit, time, industry
        As `nqpf.productivity.firms.misallocation.misallocation` takes them.
    method, elasticity, share, labour_cost, rental, wedges, unusable
        As `nqpf.productivity.firms.misallocation.misallocation` takes them; `method` is ``aggregate`` unless said.
        Factor shares taken from costs are not estimated again in the draws.
    draws
        How often the units are drawn again, at least 20.
    level
        Share of the draws within the interval, whose ends are percentiles.
    seed
        Of the random numbers; the result does not depend on `workers`.
    workers
        How many work at once, as `nqpf.parallel.spread` takes it.

    Returns
    -------
    TableResult
        A row for each year and measure: time, measure (log_gain, ``part_*``, log_gain_between, and change, which is
        log_gain less that of the first year), value, low, high.

    Raises
    ------
    DataError, SpecError, MethodError
        As `nqpf.productivity.firms.misallocation.misallocation`; draws, level or seed outside their range.

    Examples
    --------
    >>> regions = {"p": ["a", "b", "c"], "t": [2020] * 3, "y": [9.0, 5.0, 4.0], "k": [20.0, 20.0, 9.0], "l": [3.0] * 3}
    >>> found = allocation_series(regions, "y", "k", "l", unit="p", time="t", share=0.5, draws=99, seed=1)
    >>> found.frame.select("measure", pl.col("value", "low", "high").round(3)).row(0)
    ('log_gain', 0.049, 0.0, 0.049)
    """
    choose("method", method, METHODS)
    sigma = DEFAULTS[method][0] if elasticity is None else float(elasticity)
    way = DEFAULTS[method][1] if wedges is None else wedges
    choose("wedges", way, ("output_capital", "factors"))
    refuse_numbers(method, sigma, rental)
    _refuse_draws(draws, level, seed)
    columns = Columns(revenue, capital, labour, labour_cost, None, unit, time, industry, gross=False)
    frame = to_polars(data)
    by: Literal["firm", "cell"] = "cell" if method == "aggregate" else "firm"
    economy, left = read_economy(frame, columns, share=share, rental=rental, unusable=unusable, by=by)
    refuse_mixed_shares(economy, sigma)
    names = frame[unit].gather(economy.row).cast(pl.String)
    code = names.rank("dense").to_numpy().astype(np.intp) - 1
    drawing = _Drawing(economy, code, int(code.max()) + 1, sigma, way)
    years = economy.cells["time"].unique().sort().to_list()
    value, measures = _measured(economy, drawing, years)
    seeds = np.random.SeedSequence(seed).spawn(draws)
    blocks = [seeds[start : start + BLOCK] for start in range(0, draws, BLOCK)]
    drawn = np.concatenate(spread(partial(_draw, drawing, years), blocks, workers=workers))
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    options: dict[str, object] = {
        "method": method,
        "elasticity": sigma,
        "share": "cost" if share is None else share,
        "wedges": way,
    }
    options |= {"rental": rental, "unusable": unusable, "draws": draws, "level": level, "seed": seed}
    notes = [Note("firms_resampled", "info", {"count": drawing.count, "draws": draws})]
    if left.height:
        values = {"count": left["row"].n_unique(), "kept": economy.row.size}
        notes.append(Note("firms_left_out", values=values))
    keys = {"time": np.repeat(years, len(measures)), "measure": measures * len(years)}
    numbers = {"value": value.ravel(), "low": low.ravel(), "high": high.ravel()}
    table = pl.DataFrame(keys | numbers).with_columns(pl.col(*numbers).fill_nan(None))
    return TableResult(table, Method("allocation_series", options), tuple(notes), backend_of(data))


def _refuse_draws(draws: int, level: float, seed: int) -> None:
    checks = {
        "draws": (draws, draws >= 20, say("firms.draws")),
        "level": (level, 0 < level < 1, say("firms.level")),
        "seed": (seed, seed >= 0, say("firms.seed")),
    }
    for name, (value, right, expected) in checks.items():
        if not right:
            raise SpecError("bad_value", where=Where(key=name), value=value, expected=expected)


def _measured(economy: Economy, drawing: _Drawing, years: list[int]) -> tuple[Floats, list[str]]:
    """Return ``float64[Y, M]`` and the names of the measures; NaN in years without units."""
    found = yearly(find(economy, drawing.sigma, drawing.wedges))
    there = np.searchsorted(years, economy.cells["time"].unique().sort().to_numpy())
    values = np.full((len(years), len(found) + 1), np.nan)
    values[there, :-1] = np.array(list(found.values())).T
    values[:, -1] = values[:, 0] - values[0, 0]
    return values, [*found, "change"]


def _draw(drawing: _Drawing, years: list[int], seeds: list[np.random.SeedSequence]) -> Floats:
    """Return ``float64[D, Y, M]``, the measures of D draws of the units."""
    found = []
    for seed in seeds:
        picked = np.random.default_rng(seed).integers(drawing.count, size=drawing.count)
        times = np.bincount(picked, minlength=drawing.count)[drawing.unit]
        some = drawing.economy.keep(times > 0)
        size = times[times > 0]
        some = replace(some, output=some.output * size, inputs=some.inputs * size)
        found.append(_measured(some, drawing, years)[0])
    return np.array(found)
