"""Flags: what in an index a reviewer would ask about, each with its number, the limit it passed, and what to do.

The questions are those of the JRC's statistical audits of composite indicators; see Saisana, Becker, Neves, Alberti &
Dominguez-Torreiro (2019), Your 10-Step Pocket Guide to Composite Indicators & Scoreboards, JRC,
https://composite-indicators.jrc.ec.europa.eu/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from nqpf.errors import listing
from nqpf.index.coherence.limits import Limits
from nqpf.index.coherence.part import Part, groups
from nqpf.index.coherence.redundancy import shared_series, stage_weights
from nqpf.index.framework import Framework, Indicator, Node
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Severity

SAME = 1e-9
"""Two columns whose |r| is this near 1 are one."""
WARNINGS = frozenset(
    ("against_parent", "against_index", "duplicate", "redundant", "alpha_negative", "alpha_low", "first_component",
     "mixed_loadings", "composite", "composite_theory", "size_index", "stages_mixed")
)  # fmt: skip
"""Flags that call for an answer; the others are for information."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at.

    Attributes
    ----------
    code
        Which rule: message ids ``coherence.flag.CODE`` and ``coherence.todo.CODE``.
    node, other
        Ids of the node it is about, and of the other one it is about, if any.
    value, pooled
        The number, in the year and over all years; None where there is no such.
    limit
        The limit it passed, where there is one.
    names
        Values of the message besides.
    """

    code: str
    node: str
    other: str | None
    value: float
    pooled: float | None
    limit: float | None
    names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """``warning`` where it calls for an answer, else ``info``."""
        return "warning" if self.code in WARNINGS else "info"

    def text(self) -> Text:
        """Return what was found, with its numbers."""
        return say(f"coherence.flag.{self.code}", value=self.value, limit=self.limit, **self.names)

    def todo(self) -> Text:
        """Return what to do about it."""
        return say(f"coherence.todo.{self.code}")


def flags_frame(flags: Sequence[Flag]) -> pl.DataFrame:
    """Return severity, code, node, other, value, pooled, limit, reason and remedy in both languages, a row a flag."""
    names = ("severity", "code", "node", "other", "value", "pooled", "limit")
    columns: dict[str, Any] = {name: [getattr(flag, name) for flag in flags] for name in names}
    for lang in LANGUAGES:
        columns[f"reason_{lang}"] = [flag.text()[lang] for flag in flags]
        columns[f"todo_{lang}"] = [flag.todo()[lang] for flag in flags]
    kinds = {name: pl.Float64 if name in ("value", "pooled", "limit") else pl.String for name in columns}
    return pl.DataFrame(columns, schema=kinds)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at.

    Attributes
    ----------
    framework, limits
        The tree, and the limits.
    part, pooled
        Statistics of the year, and of all years together where there are several.
    stats
        Statistics of the indicators as reported in the year.
    sizes
        Names of the size series.
    totals
        Indicators that enter as totals.
    """

    framework: Framework
    limits: Limits
    part: Part
    pooled: Part | None
    stats: pl.DataFrame
    sizes: tuple[str, ...]
    totals: tuple[Indicator, ...]

    def flag(
        self,
        code: str,
        node: Node,
        limit: float | None,
        number: Callable[..., float],
        *at: Any,
        other: Node | None = None,
        **names: Any,
    ) -> Flag:
        """Return a flag on a node whose number is ``number(part, *at)``, of the year and, beside it, of all years."""
        beside = None if self.pooled is None else float(number(self.pooled, *at))
        known = None if beside is None or np.isnan(beside) else beside
        said = {"node": node.title} | ({"other": other.title} if other else {}) | names
        return Flag(code, node.id, other.id if other else None, float(number(self.part, *at)), known, limit, said)


def find_flags(case: Case) -> tuple[Flag, ...]:
    """Return the flags: warnings first, then rule by rule in the order of the tree."""
    rules = (_up_the_tree, _pairs, _groups, _weights, _sizes, _framework, _coverage)
    found = [flag for rule in rules for flag in rule(case)]
    return tuple(sorted(found, key=lambda flag: flag.severity != "warning"))


def _up_the_tree(case: Case) -> Iterator[Flag]:
    """Look at each node beside the one above it, and at each indicator beside the index."""
    limits, nodes, root = case.limits, case.framework.nodes, case.framework.root
    for node in nodes[:-1]:
        parent = nodes[node.parent]
        r = case.part.r(node.at, parent.at)
        if r < limits.weak and len(case.framework.children[parent.at]) > 1:
            code, limit = ("against_parent", 0.0) if r < 0 else ("weak_parent", limits.weak)
            yield case.flag(code, node, limit, Part.r, node.at, parent.at, other=parent)
    for one in case.framework.indicators:
        r = case.part.r(one.at, root.at)
        if r <= -limits.silent:
            direction = say(f"direction.{one.direction}")
            limit = -limits.silent
            yield case.flag("against_index", one, limit, Part.r, one.at, root.at, other=root, direction=direction)
        elif r < limits.silent:
            yield case.flag("silent", one, limits.silent, Part.r, one.at, root.at, other=root)


def _pairs(case: Case) -> Iterator[Flag]:
    """Look for indicators that are nearly one, and siblings that pull apart."""
    limits, leaves = case.limits, case.framework.indicators
    for one, other in ((a, b) for a in leaves for b in leaves[a.at + 1 :]):
        r = case.part.r(one.at, other.at)
        if abs(r) >= 1 - SAME:
            code, limit = "duplicate", 1.0
        elif abs(r) > limits.redundant:
            code, limit = "redundant", limits.redundant
        elif one.parent == other.parent and r < limits.opposed:
            code, limit = "opposed", limits.opposed
        else:
            continue
        yield case.flag(code, one, limit, Part.r, one.at, other.at, other=other)
    for one in leaves:
        if limits.inflation < case.part.inflation[one.at] < np.inf:
            yield case.flag("inflation", one, limits.inflation, Part.inflation_of, one.at)


def _groups(case: Case) -> Iterator[Flag]:
    """Look at alpha and components of the children of each node."""
    limits, nodes = case.limits, case.framework.nodes
    for node in groups(case.framework):
        kids, loadings = case.framework.children[node.at], case.part.components[node.at].loadings[:, 0]
        alpha = case.part.alpha(node.at)
        if alpha < limits.alpha:
            code, limit = ("alpha_negative", 0.0) if alpha < 0 else ("alpha_low", limits.alpha)
            yield case.flag(code, node, limit, Part.alpha, node.at, items=len(kids))
        if case.part.first_share(node.at) < limits.first:
            above = case.part.components[node.at].above_one
            yield case.flag(
                "first_component", node, limits.first, Part.first_share, node.at, components=above, items=len(kids)
            )
        against = [nodes[k].title for k, loading in zip(kids, loadings, strict=True) if loading < 0]
        if against:
            which = listing(against, 5)
            yield case.flag("mixed_loadings", node, 0.0, Part.lowest_loading, node.at, which=which, count=len(against))


def _weights(case: Case) -> Iterator[Flag]:
    """Look for dimensions whose share of importance is far from their share of weight."""
    most = case.limits.ratio
    for node in case.framework.nodes[len(case.framework.indicators) : -1]:
        ratio = case.part.ratio(node.at)
        if ratio > most or ratio < 1 / most:
            code, limit = ("counts_more", most) if ratio > most else ("counts_less", 1 / most)
            row = case.part.weights.row(node.at, named=True)
            shares = {"weight": row["weight_share"], "importance": row["importance"]}
            yield case.flag(code, node, limit, Part.ratio, node.at, **shares)


def _sizes(case: Case) -> Iterator[Flag]:
    """Look for what enters as a total, and what goes with size."""
    framework, limit = case.framework, case.limits.size
    totals = {one.at for one in case.totals}
    if totals:
        which = listing([one.title for one in case.totals], 5)
        weight = float(case.part.sample.whole[sorted(totals)].sum())
        names = {"node": framework.root.title, "count": len(totals), "total": len(framework.indicators), "which": which}
        yield Flag("extensive", framework.root.id, None, weight, None, None, names)
    for size in case.sizes:
        for node in (framework.root, *framework.indicators):
            stated = isinstance(node, Indicator) and node.size is not None and node.at not in totals
            if not stated and abs(case.part.size(node.id, size)) > limit:
                code = "size_index" if node.parent < 0 else "size_total" if node.at in totals else "size_unstated"
                yield case.flag(code, node, limit, Part.size, node.id, size, size=size)


def _framework(case: Case) -> Iterator[Flag]:
    """Look for indices inside the index, figures used twice, and stages in one sum."""
    framework, whole = case.framework, case.part.sample.whole
    for one in (i for i in framework.indicators if i.composite):
        yield Flag("composite", one.id, None, float(whole[one.at]), None, None, {"node": one.title})
        for other in framework.indicators:
            both = [item for item in one.theory if item in other.theory]
            if other.at != one.at and both and not (other.composite and other.at < one.at):
                names = {"node": one.title, "other": other.title, "items": listing(both, 5)}
                yield Flag("composite_theory", one.id, other.id, float(len(both)), None, None, names)
    for row in shared_series(framework, whole).iter_rows(named=True):
        users = [framework.node(i) for i in row["indicators"]]
        names = {"series": row["series"], "count": row["count"], "which": listing([u.title for u in users], 5)}
        yield Flag("shared_series", users[0].id, None, row["weight"], None, None, names)
    stages = stage_weights(framework, whole).drop_nulls("stage")
    if stages.height > 1:
        each = [
            say("coherence.stage_weight", stage=stage_title(stage), weight=weight)
            for stage, weight in stages.select("stage", "weight").iter_rows()
        ]
        names = {"node": framework.root.title, "stages": Text.join(each)}
        yield Flag("stages_mixed", framework.root.id, None, float(stages.height), None, 1.0, names)


def _coverage(case: Case) -> Iterator[Flag]:
    """Look for indicators with few values, many zeros, few distinct values or outliers, as reported."""
    marks = {
        "few_values": ("flag_available", "share_available", case.limits.available),
        "many_zeros": ("flag_nonzero", "share_nonzero", case.limits.nonzero),
        "few_distinct": ("flag_unique", "share_unique", case.limits.unique),
        "outliers": ("flag_spread", "skew", case.limits.skew),
    }
    for one, row in zip(case.framework.indicators, case.stats.iter_rows(named=True), strict=True):
        for code, (mark, column, limit) in marks.items():
            if row[mark] != "ok":
                names = {"kurt": row["kurt"]} if code == "outliers" else {}
                yield Flag(code, one.id, None, float(row[column] or 0.0), None, limit, {"node": one.title} | names)


def stage_title(stage: str, tag: str = "stage") -> Text:
    """Return the name of a stage: input, process, output, outcome."""
    return say(f"theory.tag.{tag}.{stage}")
