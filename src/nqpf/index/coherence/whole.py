"""The coherence of an index: everything a statistical audit looks at before an index is believed, in one result.

The steps are those of the JRC's audits of composite indicators (Saisana et al. 2019, 10-Step Pocket Guide,
https://composite-indicators.jrc.ec.europa.eu/; OECD/JRC 2008, doi:10.1787/9789264043466-en, steps 4 and 8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.panel import Panel
from nqpf.index.coherence.alpha import alpha_frame
from nqpf.index.coherence.components import components_frame, components_of
from nqpf.index.coherence.correlations import relations
from nqpf.index.coherence.coverage import node_coverage, stats_frame, unit_coverage
from nqpf.index.coherence.flags import Case, Flag, find_flags, flags_frame
from nqpf.index.coherence.limits import Limits
from nqpf.index.coherence.part import Part, part_of
from nqpf.index.coherence.redundancy import shared_series, shared_theory, stage_weights
from nqpf.index.coherence.sample import samples
from nqpf.index.coherence.size import sizes_of, totals_of
from nqpf.index.result import Index
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class Coherence(Result):
    """The coherence of an index, in one year and over all years together.

    Attributes
    ----------
    index
        The index.
    parts
        Statistics of the year and, where there are several years, of all together.
    stats
        Table of `indicator_stats` for the indicators as reported, with `period` (null: all years).
    flags
        What to look at.
    sizes
        Names of the size series.
    limits
        Limits of the flags.
    """

    index: Index
    parts: tuple[Part, ...]
    stats: pl.DataFrame
    flags: tuple[Flag, ...]
    sizes: tuple[str, ...]
    limits: Limits
    notes: tuple[Note, ...]
    method: Method

    @property
    def period(self) -> int:
        """The year that is judged."""
        year = self.parts[0].sample.period
        assert year is not None  # the first part is always a year's
        return year

    def to_frame(self) -> pl.DataFrame:
        """Return a row a node and sample.

        Columns: node, level, period (null: all years), n (units with the node and the index), r_parent, r_index, whole,
        weight_share, importance; of its children: alpha, alpha_standardised, first_share, components (eigenvalues
        above 1), complete (rows without a hole).
        """
        return pl.concat([self._nodes(part) for part in self.parts])

    def correlations(self) -> pl.DataFrame:
        """Return first, second, first_level, second_level, relation, r, n and period, a pair of nodes once."""
        framework = self.index.framework
        return self._each(lambda part: relations(framework, part.correlations))

    def alphas(self) -> pl.DataFrame:
        """Return node, without (null: nothing left out), items, alpha, alpha_standardised and period."""
        nothing = alpha_frame(np.full((1, 1), np.nan), [""]).clear()
        return self._each(lambda part: self._by_group(part.alphas, nothing))

    def components(self) -> pl.DataFrame:
        """Return node, component, eigenvalue, share, cumulative, indicator, loading, vector and period."""
        framework = self.index.framework
        nothing = components_frame(components_of(np.full((1, 1), np.nan)), [""]).clear()

        def frame(part: Part) -> pl.DataFrame:
            kids = {at: [framework.nodes[k].id for k in framework.children[at]] for at in part.components}
            found = {at: components_frame(one, kids[at]) for at, one in part.components.items()}
            return self._by_group(found, nothing)

        return self._each(frame)

    def weights(self) -> pl.DataFrame:
        """Return the table of `effective_weights` with period."""
        return self._each(lambda part: part.weights)

    def size(self) -> pl.DataFrame:
        """Return node, size, r, r_log, n and period: correlations of scores with size."""
        return self._each(lambda part: part.sizes.rename({"indicator": "node"}))

    def units(self) -> pl.DataFrame:
        """Return the table of `unit_coverage` of the year."""
        return unit_coverage(self.index, self.period)

    def nodes(self) -> pl.DataFrame:
        """Return the table of `node_coverage` of the year."""
        return node_coverage(self.index, self.period)

    def stages(self) -> pl.DataFrame:
        """Return stage, indicators, count and weight."""
        return stage_weights(self.index.framework, self.parts[0].sample.whole)

    def shared_series(self) -> pl.DataFrame:
        """Return the raw series that stand in several formulas: series, indicators, count, weight."""
        return shared_series(self.index.framework, self.parts[0].sample.whole)

    def shared_theory(self) -> pl.DataFrame:
        """Return the theory items that several indicators speak to: item, indicators, count, weight."""
        return shared_theory(self.index.framework, self.parts[0].sample.whole)

    def flags_frame(self) -> pl.DataFrame:
        """Return severity, code, node, other, value, pooled, limit, and reason and remedy in both languages."""
        return flags_frame(self.flags)

    def _each(self, table: Callable[[Part], pl.DataFrame]) -> pl.DataFrame:
        period = [pl.lit(part.sample.period, dtype=pl.Int64).alias("period") for part in self.parts]
        return pl.concat([table(part).with_columns(year) for part, year in zip(self.parts, period, strict=True)])

    def _by_group(self, frames: Mapping[int, pl.DataFrame], nothing: pl.DataFrame) -> pl.DataFrame:
        nodes = self.index.framework.nodes
        named = [frame.select(pl.lit(nodes[at].id).alias("node"), pl.all()) for at, frame in frames.items()]
        return pl.concat([nothing.select(pl.lit("").alias("node"), pl.all()), *named])

    def _nodes(self, part: Part) -> pl.DataFrame:
        framework = self.index.framework
        nodes, root = framework.nodes, framework.root.at
        r, n = part.correlations.r, part.correlations.n
        at, parents = np.arange(len(nodes)), np.array([max(node.parent, 0) for node in nodes])
        r_parent = np.where(at == root, np.nan, r[at, parents])
        inner = [node.at if len(framework.children[node.at]) > 1 else None for node in nodes]
        columns: dict[str, Any] = {
            "node": [node.id for node in nodes],
            "level": [node.level for node in nodes],
            "n": n[:, root].astype(int),
            "r_parent": r_parent,
            "r_index": np.where(at == root, np.nan, r[:, root]),
            "whole": part.sample.whole,
            "weight_share": [*part.weights["weight_share"], None],
            "importance": [*part.weights["importance"], None],
            "alpha": [part.alphas[k]["alpha"][0] if k is not None else None for k in inner],
            "alpha_standardised": [part.alphas[k]["alpha_standardised"][0] if k is not None else None for k in inner],
            "first_share": [float(part.components[k].shares[0]) if k is not None else None for k in inner],
            "components": [part.components[k].above_one if k is not None else None for k in inner],
            "complete": [part.components[k].rows if k is not None else None for k in inner],
        }
        integers = ("level", "n", "components", "complete")
        kinds = {name: pl.Int64 if name in integers else pl.Float64 for name in columns} | {"node": pl.String}
        frame = pl.DataFrame(columns, schema=kinds, strict=False).with_columns(pl.col(pl.Float64).fill_nan(None))
        year = pl.lit(part.sample.period, dtype=pl.Int64).alias("period")
        return frame.select("node", "level", year, *frame.columns[2:])


def coherence(
    index: Index,
    *,
    raw: Panel | None = None,
    size: Mapping[str, Any] | Sequence[str] = (),
    period: int | None = None,
    limits: Limits | None = None,
) -> Coherence:
    """Look at an index as a statistical audit does.

    Coverage, correlations within and across levels, Cronbach's alpha and principal components of every group, weights
    beside importance, redundancy, and what goes with size; for the units of one year and for all years together.

    Parameters
    ----------
    index
        An index.
    raw
        Raw series the index was built from, for `size`.
    size
        Series of `raw` that say how big a unit is (population, gross product), by name; or a mapping of names to
        ``float64[T, N]`` in the order of the index's years and units.
    period
        The year to judge; default the last.
    limits
        From where on a number is flagged.

    Returns
    -------
    Coherence
        ``to_frame()`` has a row a node; ``flags`` say what to look at; the other tables are its methods.

    Raises
    ------
    SpecError
        No such year.
    DataError
        A size series that `raw` lacks, or of another shape than the index.

    References
    ----------
    OECD/JRC (2008), doi:10.1787/9789264043466-en; Paruolo, Saisana & Saltelli (2013),
    doi:10.1111/j.1467-985X.2012.01059.x; Cronbach (1951), doi:10.1007/BF02310555.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> from nqpf.data import Panel
    >>> from nqpf.index import Framework, build
    >>> from nqpf.yamlfile import Document
    >>> tree = [{"id": i, "direction": "benefit"} for i in ("a", "b", "c")]
    >>> framework = Framework.from_document(Document("", {"id": "I", "title": "Index", "tree": tree}, {}))
    >>> x = np.random.default_rng(7).normal(size=(40, 3))
    >>> rows = [(f"u{n}", 2020, "abc"[k], x[n, k]) for n in range(40) for k in range(3)]
    >>> panel = Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))
    >>> found = coherence(build(panel, framework))
    >>> found.to_frame().filter(node="I")["alpha"][0] < 0.7, found.flags[0].code
    (True, 'alpha_low')
    """
    framework, limits = index.framework, limits or Limits()
    sizes = sizes_of(index, size, raw)
    taken = samples(index, period)
    year = taken[0].period
    assert year is not None  # the first sample is always a year's
    at = index.panel.periods.index(year)
    parts = [
        part_of(
            framework, one, {name: (s[at] if one.period is not None else s.reshape(-1)) for name, s in sizes.items()}
        )
        for one in taken
    ]
    marks = limits.model_dump(include={"skew", "kurt", "available", "nonzero", "unique"})
    names = [i.id for i in framework.indicators]
    stats = [
        stats_frame(one.values, names, **marks).with_columns(pl.lit(one.period, dtype=pl.Int64).alias("period"))
        for one in taken
    ]
    pooled = parts[1] if len(parts) > 1 else None
    case = Case(framework, limits, parts[0], pooled, stats[0], tuple(sizes), totals_of(index))
    options = {"period": year, "size": tuple(sizes), "limits": limits.model_dump(mode="json")}
    return Coherence(
        index,
        tuple(parts),
        pl.concat(stats),
        find_flags(case),
        tuple(sizes),
        limits,
        tuple(_notes(parts, limits, framework.root.at)),
        Method("coherence", options),
    )


def _notes(parts: Sequence[Part], limits: Limits, root: int) -> list[Note]:
    first = parts[0]
    notes = list(first.notes)
    rows = int(first.correlations.n[root, root])
    if rows < limits.rows:
        values = {"count": rows, "period": first.sample.period, "least": limits.rows}
        notes.append(Note("coherence_few_rows", values=values))
    few = [found for found in first.components.values() if found.rows <= len(found.values)]
    if few:
        values = {"count": len(few), "total": len(first.components), "period": first.sample.period}
        notes.append(Note("coherence_few_complete", values=values))
    return notes
