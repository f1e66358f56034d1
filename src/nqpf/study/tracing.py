"""The trace of a number: a score's parts, the formulas behind them with their numbers, and the cells of the files.

The rule of the whole software read backwards: number → indicator → cell. Nothing is computed that is not in the index
already, and every level of parts adds up to the number above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from nqpf.data import Ledger, Panel
from nqpf.errors import DataError, SpecError, hint, listing
from nqpf.index import Index, build
from nqpf.messages import Text
from nqpf.results import Method, Note, Result
from nqpf.study import trace_cells, trace_parts, trace_scale
from nqpf.study.assessment import Assessment
from nqpf.study.prepare import prepare
from nqpf.study.spec import Study
from nqpf.study.trace_cells import Sheets, behind, cell_rows, changes_of, sheets_of
from nqpf.study.trace_parts import Against, Parts, parts_of
from nqpf.study.trace_scale import formula_of, indicator_row


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a number is traced in.

    Attributes
    ----------
    folder
        Folder that the names of files are relative to.
    panel
        Raw series, filled.
    ledger
        Every changed cell.
    index
        The index; its units are among those of `panel`.
    sheets
        Gives the sheets of a file.
    """

    folder: Path
    panel: Panel
    ledger: Ledger
    index: Index
    sheets: Sheets = sheets_of

    @classmethod
    def of(cls, made: Assessment | Study | str | Path) -> Material:
        """Return the material of an assessment, or of a study, whose index is then built."""
        if isinstance(made, Assessment):
            context = made.context
            return cls(made.study.folder, context.panel, context.ledger, context.index)
        study = made if isinstance(made, Study) else Study.load(made)
        prepared = prepare(study)
        index = build(prepared.panel, study.framework, study.spec.recipe)
        return cls(study.folder, prepared.panel, prepared.ledger, index)


@dataclass(frozen=True, slots=True, eq=False)
class Trace(Result):
    """Where a number comes from.

    Attributes
    ----------
    unit, label, period
        Whose number of which year.
    node, series
        What it is: the score of a node of the framework, or the value of a raw series; the other is None.
    title
        Title of the node or series.
    score, rank, ranked
        Score and rank of a node, and how many units have a rank in the year.
    against
        What contributions are measured from: ``floor``, every indicator at its worst; ``mean``, at its mean over all
        units and years; None where the score cannot be taken apart from either.
    nodes
        A row a node from the traced one down: node, parent, title_zh, title_en, method, how, score, rank, weight,
        product, reference, contribution. Products of a weighted mean's inputs sum to its score; contributions of a
        node's inputs sum to its own, and those of the traced node's to score − reference.
    indicators
        A row an indicator: formula, the same with numbers put in, value, treated value, worst and best, score, and how
        the score and the treatment came about, in words.
    cells
        A row a cell of a raw series: value, unit, status, file, sheet, cell, what was read and what is written there,
        source, vintage, scope.
    changes
        Rows of the ledger on these cells.
    """

    unit: str
    label: Text
    period: int
    node: str | None
    series: str | None
    title: Text
    score: float | None
    rank: int | None
    ranked: int
    against: Against | None
    nodes: pl.DataFrame
    indicators: pl.DataFrame
    cells: pl.DataFrame
    changes: pl.DataFrame
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return the whole way down as one table: kind (node, indicator, cell), id, parent, value, part, place.

        `value` is a score, a value or what stands in a series; `part` its contribution to the traced score; `place`
        file, sheet and cell.
        """
        place = pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True)
        kinds = {"kind": pl.String, "id": pl.String, "parent": pl.String, "period": pl.Int64, "value": pl.Float64}
        kinds |= {"part": pl.Float64, "status": pl.String, "place": pl.String}
        nodes = self.nodes.select(kind=pl.lit("node"), id="node", parent="parent", value="score", part="contribution")
        indicators = self.indicators.select(kind=pl.lit("indicator"), id="indicator", parent="indicator", value="value",
                                            status="status")  # fmt: skip
        cells = self.cells.select("period", "value", "status", kind=pl.lit("cell"), id="series", parent="indicator",
                                  place=place)  # fmt: skip
        parts = pl.concat([nodes, indicators, cells], how="diagonal")
        blank = [pl.lit(None).cast(kind).alias(name) for name, kind in kinds.items() if name not in parts.columns]
        return parts.with_columns(blank, period=pl.coalesce("period", pl.lit(self.period))).select(list(kinds))


def trace(
    made: Material | Assessment | Study | str | Path,
    *,
    unit: str,
    period: int,
    node: str | None = None,
    series: str | None = None,
) -> Trace:
    """Trace a score, or a value of a raw series, down to the cells of the files it comes from.

    Parameters
    ----------
    made
        An assessment, a study or the path of one; a study's index is built first.
    unit
        Unit, by code or name.
    period
        Year.
    node
        Node of the framework, an indicator included; default: the index itself.
    series
        A raw series instead of a node.

    Returns
    -------
    Trace
        Parts, indicators, cells and changes.

    Raises
    ------
    DataError
        No such unit, year or series.
    SpecError
        No such node; both `node` and `series`.

    Examples
    --------
    >>> from nqpf.study import demo_path
    >>> found = trace(demo_path("thermal"), unit="北京", period=2010, node="labourers")
    >>> found.nodes["product"].sum() == found.score
    True
    >>> found.indicators["filled_in"].to_list()
    ['263.34 / 4.93 * 10']
    >>> found.cells.select("file", "cell", "written").row(0)
    ('thermal.csv', 'F92', '263.34')
    """
    material = made if isinstance(made, Material) else Material.of(made)
    index, panel = material.index, material.panel
    if node is not None and series is not None:
        raise SpecError("trace_two", node=node, series=series)
    code = _unit(panel, unit)
    if period not in panel.periods:
        raise DataError("unknown_period", period=period, options=listing(panel.periods, 40))
    if series is not None:
        return _of_series(material, code, period, series)
    if code not in index.panel.units:
        raise DataError("trace_screened", unit=panel.labels[code])
    top = index.framework.root if node is None else index.framework.node(node)
    t, n = panel.periods.index(period), index.panel.units.index(code)
    own = panel if panel.units == index.panel.units else panel.select(units=index.panel.units)
    parts = parts_of(index, t, n, top)
    indicators, cells, others = _below(material, own, t, n, parts)
    score, rank = index.scores[t, n, top.at], index.ranks[t, :, top.at]
    return Trace(
        unit=code,
        label=panel.labels[code],
        period=period,
        node=top.id,
        series=None,
        title=top.title,
        score=None if np.isnan(score) else float(score),
        rank=None if np.isnan(rank[n]) else int(rank[n]),
        ranked=int((~np.isnan(rank)).sum()),
        against=parts.against,
        nodes=parts.frame,
        indicators=indicators,
        cells=cells,
        changes=changes_of(material.ledger, cells),
        notes=(*_remarks(parts), *others),
        method=Method("contributions", {"against": parts.against, "node": top.id}),
    )


def _below(
    material: Material, panel: Panel, t: int, n: int, parts: Parts
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Note, ...]]:
    """Return the indicators and cells below a node, and remarks on formulas that look at other units."""
    index, rows, cells, wide = material.index, [], [], []
    for k in parts.leaves:
        indicator = index.framework.indicators[k]
        rows.append(indicator_row(index, panel, t, n, indicator))
        own, others = behind(panel, indicator, formula_of(index, indicator), t, n)
        cells += cell_rows(panel, material.folder, indicator.id, own, material.sheets)
        wide += [indicator.title] if others else []
    notes = (Note("trace_others", "info", {"indicators": listing(wide), "count": len(wide)}),) if wide else ()
    indicators = pl.DataFrame(rows, schema=trace_scale.SCHEMA)
    return indicators, pl.DataFrame(cells, schema=trace_cells.SCHEMA), notes


def _remarks(parts: Parts) -> tuple[Note, ...]:
    """Return what must be said of how the score was taken apart."""
    if parts.frame["score"][0] is None:
        return (Note("trace_unscored", "warning"),)
    replaced = parts.frame.filter(pl.col("how") == "replaced")
    if parts.against is None and (parts.frame["how"].drop_nulls() != "weighted").any():
        return (Note("trace_no_parts", "warning"),)
    if replaced.height:
        titles = [Text(zh, en) for zh, en in replaced.select("title_zh", "title_en").iter_rows()]
        return (Note("trace_replaced", "warning", {"nodes": listing(titles)}),)
    return ()


def _of_series(material: Material, unit: str, period: int, series: str) -> Trace:
    """Return the trace of a value of a raw series."""
    panel = material.panel
    k, t, n = panel.index(series), panel.periods.index(period), panel.units.index(unit)
    rows = cell_rows(panel, material.folder, None, [(t, n, series)], material.sheets)
    cells = pl.DataFrame(rows, schema=trace_cells.SCHEMA)
    return Trace(
        unit=unit,
        label=panel.labels[unit],
        period=period,
        node=None,
        series=series,
        title=panel.series[k].title,
        score=None,
        rank=None,
        ranked=0,
        against=None,
        nodes=pl.DataFrame(schema=trace_parts.SCHEMA),
        indicators=pl.DataFrame(schema=trace_scale.SCHEMA),
        cells=cells,
        changes=changes_of(material.ledger, cells),
        notes=(),
        method=Method("contributions", {"series": series}),
    )


def _unit(panel: Panel, wanted: str) -> str:
    """Return the code of a unit given by code or name."""
    for code in panel.units:
        if wanted in (code, panel.labels[code].zh, panel.labels[code].en):
            return code
    names = [name for code in panel.units for name in (code, panel.labels[code].zh, panel.labels[code].en)]
    raise DataError("unknown_unit", unit=wanted, hint=hint(wanted, names))
