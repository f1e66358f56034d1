"""New industry against old: carrier, growth, labour productivity, competition and margin, quality of labour.

Theory G12: five differences that a text on new quality productive forces states as its basic features. Each is a
measure of both groups with the interval of their difference; what there is no column for is not measured, and what the
figures do not show is not said. That traditional industry can carry the new by being upgraded is part of the same text:
a share of new industry is shown without a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import listing
from nqpf.frames import as_backend, backend_of
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level
from nqpf.industry.structure.aspects import MEASURES, Measure, Sums, drawn
from nqpf.industry.structure.layer_table import PARTS, Groups, LayerTable
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

LEAST_DRAWS = 100
EQUAL = 1e-12
"""Difference that may come from rounding; of what has a unit, beside the measure itself."""


@dataclass(frozen=True, slots=True)
class NewAgainstOldResult(Result):
    """New against old industry.

    Attributes
    ----------
    frame
        A row a measure: aspect, measure, new, old, difference, ratio, low, high (of the difference), new_industries,
        old_industries, status (``measured``, ``not_measured`` or ``undefined``), missing (columns or years that it
        would take), verdict: ``as_stated``, ``contrary``, ``no_evidence`` (the interval holds 0, or there is none),
        ``no_claim``, ``not_measured``.
    layers
        A row for each layer and measure: industries, value.
    industries
        A row for each industry and measure: layer, value.
    structure
        Growth of labour productivity by layer: labour_share_start, labour_share_end, within, between_industries,
        between_layers and total, which add up to the growth of the whole. Empty without output, labour or two years.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    layers: pl.DataFrame
    industries: pl.DataFrame
    structure: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the measures as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def new_against_old(
    data: Any,
    *,
    industry: str,
    time: str,
    layer: str,
    new: str | Sequence[str],
    old: str | Sequence[str],
    output: str | None = None,
    labour: str | None = None,
    profit: str | None = None,
    revenue: str | None = None,
    concentration: str | None = None,
    firms: str | None = None,
    rd: str | None = None,
    skilled: str | None = None,
    start: int | None = None,
    end: int | None = None,
    level: float = 0.95,
    draws: int = 999,
    seed: int = 0,
) -> NewAgainstOldResult:
    """Compare new industry with old by the five aspects in which theory says that they differ.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each industry and year.
    industry, time, layer
        Columns of industries, years, and the layer of an industry (traditional, emerging, future, or any labels), the
        same in all its rows.
    new, old
        Labels of the layers that make up the two groups; industries of other layers count in totals only.
    output
        Column of output or value added; at constant prices, if growth is to be real.
    labour
        Column of persons employed.
    profit, revenue
        Columns of profit, which may be negative, and revenue: margin.
    concentration
        Column of the concentration of an industry (share of the largest firms, Herfindahl index), averaged by output:
        higher means less competition.
    firms
        Column of the number of firms: output a firm, a sign of the size that entry takes.
    rd
        Column of expenditure on research, over revenue: a sign of technical thresholds.
    skilled
        Column of skilled persons among `labour`.
    start, end
        First and last year. Default: those of the table. Levels are of the last.
    level, draws, seed
        Of the intervals: quantiles of differences when industries are drawn again within either group.

    Returns
    -------
    NewAgainstOldResult
        A row a measure; ``.layers``, ``.industries``, ``.structure``.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell no number, an industry without a layer or with two.
    MethodError
        A cell missing in a year that is used, a negative value, output without labour, a group without industries.
    SpecError
        No such layer or year, a layer in both groups, a level not between 0 and 1, fewer than 100 draws.

    Notes
    -----
    growth and productivity_growth are a year, compound; acceleration is growth in the second half of the years less
    growth in the first. Intervals say how far the difference hangs on which industries there are, not how well each is
    measured; with fewer than five industries in a group they are flagged, with one there is none.

    References
    ----------
    Theory item G12. Efron (1979), doi:10.1214/aos/1176344552. Rao and Wu (1988), doi:10.1080/01621459.1988.10478591.

    Examples
    --------
    >>> table = {"i": ["steel", "chips"] * 2, "t": [2020, 2020, 2022, 2022], "y": [100.0, 10.0, 104.04, 14.4],
    ...          "kind": ["old", "new"] * 2}
    >>> found = new_against_old(table, industry="i", time="t", layer="kind", new="new", old="old", output="y").frame
    >>> found.filter(found["measure"] == "growth").select(pl.col("new", "old").round(3), "verdict").row(0)
    (0.2, 0.02, 'no_evidence')
    """
    check_level("level", level)
    check_least("draws", draws, LEAST_DRAWS)
    check_least("seed", seed, 0)
    keys_apart(("measure", "value"), industry=industry, layer=layer, time=time)
    keys_apart(("industries", *PARTS), layer=layer)
    given = {
        "output": output, "labour": labour, "profit": profit, "revenue": revenue, "concentration": concentration,
        "firms": firms, "rd": rd, "skilled": skilled,
    }  # fmt: skip
    table = LayerTable.of(data, industry, time, layer, {k: v for k, v in given.items() if v is not None}, start, end)
    groups = table.groups(new, old)
    frame, doubtful = _compare(table, groups, level, draws, seed)
    each = np.eye(len(table.layer))
    of_layer = np.array([table.layer == c for c in range(len(table.labels))], dtype=float)
    counts = pl.Series("industries", of_layer.sum(axis=1).astype(int))
    options = {
        **given, "new": list(groups.names[0]), "old": list(groups.names[1]), "layer": layer,
        "start": int(table.years[0]), "end": int(table.years[-1]), "level": level, "draws": draws, "seed": seed,
    }  # fmt: skip
    return NewAgainstOldResult(
        frame,
        table.long(of_layer, [table.labels.alias(layer), counts]),
        table.long(each, [table.names.alias(industry), table.labels.gather(table.layer).alias(layer)]),
        table.structure(layer),
        Method("industry.new_against_old", options),
        (*groups.notes(), *doubtful),
        backend_of(data),
    )


def _compare(
    table: LayerTable, groups: Groups, level: float, draws: int, seed: int
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Return the table of measures, and a remark on intervals that could not be had."""
    n = len(table.layer)
    sides = np.zeros((2, n))
    for side, places in zip(sides, groups.places, strict=True):
        side[places] = 1.0
    found = table.sums(sides)
    again = _again(table, groups, draws, seed)
    single = min(len(places) for places in groups.places) == 1
    rows, doubtful = [], []
    for m in MEASURES:
        row = _row(m, table.lacks(m), groups)
        if not table.lacks(m):
            new, old = found.measure(m.name).tolist()
            apart = again[0].measure(m.name) - again[1].measure(m.name)
            known = bool(np.isfinite(apart).all()) and not single
            tail = (1 - level) / 2
            low, high = np.quantile(apart, [tail, 1 - tail]).tolist() if known else (None, None)
            row |= _judge(m, new, old, low, high)
            if row["status"] == "measured" and not single and not known:
                doubtful.append(m.name)
        rows.append(row)
    notes = (Note("layers_no_interval", "warning", {"measures": listing(doubtful, 12)}),) if doubtful else ()
    return pl.DataFrame(rows, schema=SCHEMA), notes


SCHEMA: dict[str, Any] = {
    "aspect": pl.String, "measure": pl.String, "new": pl.Float64, "old": pl.Float64, "difference": pl.Float64,
    "ratio": pl.Float64, "low": pl.Float64, "high": pl.Float64, "new_industries": pl.Int64, "old_industries": pl.Int64,
    "status": pl.String, "missing": pl.List(pl.String), "verdict": pl.String,
}  # fmt: skip
"""Columns of the table of measures."""


def _row(m: Measure, lacks: list[str], groups: Groups) -> dict[str, Any]:
    """Return the row of a measure before it is measured."""
    sizes = [len(places) for places in groups.places]
    return dict.fromkeys(SCHEMA) | {
        "aspect": m.aspect, "measure": m.name, "new_industries": sizes[0], "old_industries": sizes[1],
        "status": "not_measured", "missing": lacks, "verdict": "not_measured",
    }  # fmt: skip


def _judge(m: Measure, new: float, old: float, low: float | None, high: float | None) -> dict[str, Any]:
    """Return what a measure says; a group divided by nothing (output that was 0) leaves it undefined."""
    if not (np.isfinite(new) and np.isfinite(old)):
        ends = {"new": new if np.isfinite(new) else None, "old": old if np.isfinite(old) else None}
        return {**ends, "status": "undefined", "verdict": "not_measured"}
    equal = EQUAL * (1.0 if m.pure else max(abs(new), abs(old)))
    verdict = "no_evidence"
    if not m.claimed:
        verdict = "no_claim"
    elif low is not None and low > equal:
        verdict = "as_stated"
    elif high is not None and high < -equal:
        verdict = "contrary"
    ratio = new / old if old > 0 and new > 0 else None
    return {
        "new": new, "old": old, "difference": new - old, "ratio": ratio, "low": low, "high": high,
        "status": "measured", "verdict": verdict,
    }  # fmt: skip


def _again(table: LayerTable, groups: Groups, draws: int, seed: int) -> tuple[Sums, Sums]:
    """Return sums of both groups when industries are drawn again within each, those of no group staying as they are."""
    n = len(table.layer)
    weights = []
    for places, stream in zip(groups.places, np.random.SeedSequence(seed).spawn(2), strict=True):
        w = np.zeros((draws, n))
        w[:, places] = drawn(len(places), draws, np.random.default_rng(stream))
        weights.append(w)
    every = weights[0] + weights[1]
    every[:, np.setdiff1d(np.arange(n), np.concatenate(groups.places))] = 1.0
    output = table.columns.get("output", np.full((3, n), np.nan))
    total = (every @ output[0], every @ output[2])
    return table.sums(weights[0], total), table.sums(weights[1], total)
