"""Which numbers of a report's tables can be traced: by table and column, the unit, year and node or series of each row.

This is the one place that says so. A rule is a set of polars expressions over the table's own rows; what a table does
not hold is a literal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from nqpf.chapters import Context
from nqpf.chapters.blocks import Table

Rule = Mapping[str, pl.Expr]
"""``unit``, ``period`` and ``node`` or ``series`` of a cell."""
Rules = Mapping[str, Mapping[str, Rule]]
"""Rules by table and column."""


def rules_of(context: Context | None) -> Rules:
    """Return what can be traced; nothing without an index, or where units are only shown in grades."""
    if context is None:
        return {}
    every: dict[str, Mapping[str, Rule]] = {"ledger": _ledger()}
    if context.graded is None:
        every |= {"scores": _scores(context), "obstacles": _obstacles(context)}
        every |= dict(_parts(context))
    for unit in context.panel.units:
        every |= dict(_profile(context, unit))
    return every


def sources(table: Table, rules: Rules) -> dict[str, dict[str, Any]]:
    """Return by column what each cell of a table leads to: a value for all rows, or one a row.

    Parameters
    ----------
    table
        The table, as it is shown.
    rules
        What can be traced.
    """
    found = {}
    for column in table.columns:
        rule = rules.get(table.id, {}).get(column.key)
        if rule is not None:
            rows = table.frame.select(**rule)
            found[column.key] = {key: _one(rows[key].to_list()) for key in rows.columns}
    return found


def _one(values: list[Any]) -> Any:
    return values[0] if values and all(v == values[0] for v in values) else values


def _score(context: Context, node: str, period: int, unit: pl.Expr) -> Rule:
    return {"unit": unit, "period": pl.lit(period), "node": pl.lit(node)}


def _scores(context: Context) -> dict[str, Rule]:
    """Return the rules of the ranking."""
    root, unit = context.framework.root.id, pl.col("unit")
    now, then = (_score(context, root, period, unit) for period in (context.last, context.first))
    rules = dict.fromkeys(("rank", "value", "rank_low", "rank_high", "change"), now) | {"rank_first": then}
    for node in context.framework.dimensions:
        rules[f"score_{node.id}"] = _score(context, node.id, context.last, unit)
    return rules


def _parts(context: Context) -> Iterator[tuple[str, dict[str, Rule]]]:
    """Yield the rules of contributions to the level and to the change."""
    unit = pl.col("unit")
    rules = {f"part_{i.id}": _score(context, i.id, context.last, unit) for i in context.framework.indicators}
    rules["total"] = _score(context, context.framework.root.id, context.last, unit)
    yield "contributions-table", rules
    yield "change-table", rules


def _indicator(unit: pl.Expr, period: int) -> Rule:
    """Return the rule of a row's own indicator."""
    return {"unit": unit, "period": pl.lit(period), "node": pl.col("indicator")}


def _obstacles(context: Context) -> dict[str, Rule]:
    return {"degree": _indicator(pl.col("unit"), context.last)}


def _profile(context: Context, unit: str) -> Iterator[tuple[str, dict[str, Rule]]]:
    """Yield the rules of a unit's profile: its course, and its indicators."""
    own, root = pl.lit(unit), pl.lit(context.framework.root.id)
    course: Rule = {"unit": own, "period": pl.col("period"), "node": root}
    yield f"profile-course-{unit}", dict.fromkeys(("score", "rank", "rank_low", "rank_high"), course)
    now, then = _indicator(own, context.last), _indicator(own, context.first)
    yield f"profile-table-{unit}", dict.fromkeys(("value", "score", "rank", "gap", "obstacle"), now) | {"first": then}


def _ledger() -> dict[str, Rule]:
    cell: Rule = {"unit": pl.col("unit"), "period": pl.col("period"), "series": pl.col("indicator")}
    return dict.fromkeys(("old", "new"), cell)
