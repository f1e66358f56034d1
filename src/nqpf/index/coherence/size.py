"""Size: what correlates with how big a unit is, and how ranks change when totals are taken per head.

A total (kilometres, yuan, pieces) grows with the unit; put on a 0–1 scale it rewards being big. Correlations are those
of COINr's ``get_denom_corr``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.data.panel import Panel
from nqpf.errors import DataError, MethodError, listing
from nqpf.frames import backend_of
from nqpf.index.build import build
from nqpf.index.framework import Framework, Indicator
from nqpf.index.result import Index
from nqpf.messages import Text
from nqpf.numerics.correlation import KINDS, Kind, correlate
from nqpf.results import Method, Note, Result, TableResult

Floats = NDArray[np.float64]
STATED = ("scaled", "goalposts", "distance_to_target")
"""Normalisations that measure against values stated in an indicator's unit."""


def size_correlations(
    data: Any, columns: Sequence[str], sizes: Sequence[str], *, method: Kind = "pearson"
) -> TableResult:
    """Return correlations of columns with measures of size, and with their logarithms.

    Parameters
    ----------
    data
        Any dataframe narwhals knows.
    columns
        Indicators or scores.
    sizes
        Columns that say how big a unit is: population, gross product, area.
    method
        ``pearson``, ``spearman`` or ``kendall``; the last two do not see the logarithm.

    Returns
    -------
    TableResult
        indicator, size, r, r_log, n. r_log is null where a size is not positive throughout; a note says so.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), doi:10.21105/joss.04567.

    Examples
    --------
    >>> table = {"roads": [10.0, 20.0, 30.0], "people": [1.0, 2.0, 3.0]}
    >>> size_correlations(table, ["roads"], ["people"]).to_frame()["r"].to_list()
    [1.0]
    """
    choose("method", method, KINDS)
    wanted = list(dict.fromkeys([*columns, *sizes]))
    _, x = numbers(data, wanted)
    by_name = {s: x[:, wanted.index(s)] for s in sizes}
    frame, notes = size_frame(x[:, [wanted.index(c) for c in columns]], columns, by_name, method)
    return TableResult(frame, Method("coherence.size", {"method": method}), notes, backend_of(data))


def size_frame(
    x: Floats, names: Sequence[str], sizes: Mapping[str, Floats], method: Kind = "pearson"
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Return the table of `size_correlations` for ``float64[R, K]`` and sizes ``float64[R]``, and its notes."""
    kinds = {"indicator": pl.String, "size": pl.String, "r": pl.Float64, "r_log": pl.Float64, "n": pl.Int64}
    parts, notes = [pl.DataFrame(schema=kinds)], []
    for name, size in sizes.items():
        below = int((size <= 0).sum())
        if below:
            notes.append(Note("size_not_positive", values={"size": name, "count": below}))
        logs = np.log(size) if not below else np.full(len(size), np.nan)
        plain, log = (correlate(x, s[:, None], method) for s in (size, logs))
        columns = {"r": plain.r[:, 0], "r_log": log.r[:, 0], "n": plain.n[:, 0].astype(int)}
        parts.append(pl.DataFrame({"indicator": list(names), "size": [name] * len(names)} | columns))
    return pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None)), tuple(notes)


def size_series(index: Index, panel: Panel, names: Sequence[str]) -> dict[str, Floats]:
    """Return series of a raw panel in the order of an index's years and units, ``float64[T, N]`` each.

    Raises
    ------
    DataError
        The panel lacks a series, a year or a unit of the index.
    """
    part = panel.select(periods=index.panel.periods, units=index.panel.units, indicators=names)
    return {name: part.values[:, :, k] for k, name in enumerate(names)}


@dataclass(frozen=True, slots=True, eq=False)
class PerHead(Result):
    """An index and the same index with every total divided by a size.

    Attributes
    ----------
    index, divided
        The two.
    by
        What totals were divided by.
    indicators
        Ids of the indicators that were divided.
    """

    index: Index
    divided: Index
    by: str
    indicators: tuple[str, ...]
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, rank, rank_per_head and change: places gained (+) or lost (−) per head."""
        return (
            _ranks(self.index, "rank")
            .join(_ranks(self.divided, "rank_per_head"), on=["unit", "period"], how="left", maintain_order="left")
            .with_columns(change=pl.col("rank") - pl.col("rank_per_head"))
        )


def _ranks(index: Index, name: str) -> pl.DataFrame:
    t, n = index.ranks.shape[:2]
    return pl.DataFrame(
        {
            "unit": np.tile(index.panel.units, t),
            "period": np.repeat(index.panel.periods, n),
            name: index.ranks[:, :, -1].reshape(-1),
        }
    ).with_columns(pl.col(name).fill_nan(None).cast(pl.Int64))


def per_head(index: Index, panel: Panel, by: str) -> PerHead:
    """Build an index again with every extensive indicator divided by a measure of size.

    Parameters
    ----------
    index
        An index whose framework says which indicators are totals (``size: extensive``).
    panel
        The raw series it was built from.
    by
        Series of `panel` that says how big a unit is, e.g. the population, or an SQL expression over series.

    Returns
    -------
    PerHead
        ``to_frame()``: unit, period, rank, rank_per_head, change.

    Raises
    ------
    MethodError
        No indicator enters as a total; or totals are measured against values stated in totals (a best value,
        goalposts, a target, frozen bounds), which say nothing per head.
    DataError, SpecError
        `by` is zero somewhere, or names a series there is not.

    Examples
    --------
    See `nqpf.index.coherence`.
    """
    totals = totals_of(index)
    if not totals:
        raise MethodError("nothing_extensive", framework=index.framework.title)
    how = index.fitted.recipe.normalise
    for one in totals:
        if one.ideal is not None or how.of(one.id).method in STATED or how.scope == "frozen":
            raise MethodError("per_head_stated", where=one.where, indicator=one.title, by=by)
    framework = _divided(index.framework, totals, by)
    divided = build(panel, framework, index.fitted.recipe)
    return PerHead(index, divided, by, tuple(i.id for i in totals), (), Method("coherence.size", {"by": by}))


def totals_of(index: Index) -> tuple[Indicator, ...]:
    """Return the indicators that enter an index as totals: extensive, and not denominated by its recipe."""
    recipe = index.fitted.recipe
    return tuple(
        i for i in index.framework.indicators if i.size == "extensive" and not (recipe.denominate and i.denominator)
    )


def _divided(framework: Framework, totals: Sequence[Indicator], by: str) -> Framework:
    """Return the framework with the formulas of `totals` divided by `by`; the unit they had no longer holds."""

    def per(node: Indicator) -> Indicator:
        # The divisor may be of another edition or scope than the total; that is what dividing asks for.
        formula = f"({node.formula}) / ({by})"
        return replace(node, formula=formula, unit=Text("", ""), mixed_vintages=True, mixed_scopes=True)

    divided = {one.at: per(one) for one in totals}
    return replace(framework, nodes=tuple(divided.get(node.at, node) for node in framework.nodes))


def sizes_of(index: Index, size: Mapping[str, Any] | Sequence[str], raw: Panel | None) -> dict[str, Floats]:
    """Return size series as ``float64[T, N]`` each: taken from a raw panel by name, or as they are given, checked.

    Raises
    ------
    DataError
        A series has another shape than the index; the panel lacks a series, a year or a unit; names without a panel.
    """
    if not isinstance(size, Mapping):
        if size and raw is None:
            raise DataError("size_without_panel", sizes=listing(size))
        return size_series(index, raw, size) if size and raw is not None else {}
    shape = index.scores.shape[:2]
    found = {name: np.asarray(values, dtype=float) for name, values in size.items()}
    for name, values in found.items():
        if values.shape != shape:
            raise DataError("size_shape", size=name, given=str(values.shape), wanted=str(shape))
    return found
