"""How far weights would move if every year had its own, and how many indicators they leave in play."""

from __future__ import annotations

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Table
from nqpf.chapters.context import Context
from nqpf.charts.weights import weights as weights_chart
from nqpf.messages import say
from nqpf.results import Finding


def drift_blocks(context: Context) -> list[Block]:
    """Return the picture and tables of yearly weights; nothing where weights do not come from the scores."""
    drift = context.yearly_weights
    if drift is None:
        return []
    used = context.index.fitted.recipe.yearly_weights
    years, count = drift.by_year(), len(drift.names)
    blocks: list[Block] = []
    if not used:  # where they are used, the chapter's own picture of weights shows them
        names = context.node_names("indicator")
        dimensions = [context.framework.dimension_of(i) for i in context.framework.indicators]
        frame = pl.DataFrame(
            {
                "indicator": [name for name in drift.names for _ in drift.periods],
                "node_zh": [d.title.zh for d in dimensions for _ in drift.periods],
                "node_en": [d.title.en for d in dimensions for _ in drift.periods],
                "period": list(drift.periods) * count,
                "weight": drift.weights.T.reshape(-1),
            }
        ).join(names, on="indicator", how="left", maintain_order="left")
        title, caption = say("index.drift.title"), say("index.drift.caption")
        blocks.append(weights_chart(frame, id="weight-drift", title=title, caption=caption))
    named = context.node_names("heaviest")
    columns = (
        Column("period", say("column.period"), "integer"),
        Column("effective", say("column.effective"), "number", 2),
        Column("heaviest", say("column.heaviest")),
        Column("weight", say("column.whole"), "bar", 4),
        Column("agreement", say("column.agreement"), "number", 3),
    )
    shown = years.join(named, on="heaviest", how="left", maintain_order="left")
    note = say("index.drift.note", count=count)
    blocks.append(Table("weight-drift-years", say("index.drift.years"), shown, columns, note))
    return [*blocks, *(Callout(n.text(), n.severity) for n in drift.notes)]


def drift_findings(context: Context) -> list[Finding]:
    """Return the finding on yearly weights: the indicator whose weight moves most."""
    drift = context.yearly_weights
    if drift is None:
        return []
    row = drift.to_frame().sort("range", "indicator", descending=[True, False]).row(0, named=True)
    if row["range"] <= 0:
        return []
    titles = {i.id: i.title for i in context.framework.indicators}
    numbers = {"indicator": titles[row["indicator"]], "low": 100 * row["low"], "high": 100 * row["high"]}
    numbers |= {"first": drift.periods[0], "last": drift.periods[-1], "count": len(drift.names)}
    numbers |= {"effective": float(drift.effective.min())}
    return [Finding("weight_drift", numbers, "largest range of yearly weights > 0", "weight-drift-years", ("O03",))]
