"""Chapter *Scenarios*: where growth accounting leads by a target year, with levers, intervals and their evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.told import Told
from nqpf.charts.fan import fan
from nqpf.messages import Text, say
from nqpf.productivity.scenario.history import TOTAL
from nqpf.productivity.scenario.scenarios import Scenarios
from nqpf.results import Finding

MEASURES = ("output", "productivity", "tfp", "energy", "emissions")
"""Measures that have a picture, where they are projected."""
LEVERS = ("baseline", "rd", "education", "investment", "allocation", "energy", "all")


def scenario_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    found = context.scenarios
    assert found is not None
    told = Told(dict(context.panel.labels))
    target = int(found.paths["year"].max())  # type: ignore[arg-type]
    blocks: list[Block] = [Paragraph(say("scenario.how", last=context.last, target=target))]
    blocks += [*_fans(context, found), _effects(found, target), *_parts(found, target), _parameters(context, found)]
    blocks += [*_skill(found), _units(context, found, target), *told.notes(*found.notes)]
    return Chapter("scenario", say("scenario.title", target=target), tuple(blocks), tuple(_findings(found, target)))


def lever_names() -> Mapping[str, Text]:
    """Return the name of every scenario."""
    return {name: say(f"scenario.lever.{name}") for name in LEVERS}


def _fans(context: Context, found: Scenarios) -> Iterator[Block]:
    whole = found.paths.filter(pl.col("unit") == TOTAL)
    past = found.past.filter(pl.col("unit") == TOTAL)
    for measure in MEASURES:
        own = whole.filter(pl.col("measure") == measure)
        if not own.height:
            continue
        bands = worded(own.rename({"year": "period"}), "scenario", lever_names())
        yield fan(
            bands,
            past.filter(pl.col("measure") == measure).select("value", period="year"),
            id=f"fan-{measure}",
            title=say("scenario.fan", measure=say(f"scenario.measure.{measure}")),
            caption=say("scenario.fan.caption", draws=found.method.options["draws"], last=context.last),
            value_title=_measured(context, measure),
            layout="colours" if own["scenario"].n_unique() > 2 else "panels",
        )


def _measured(context: Context, measure: str) -> Text:
    """Return a measure with its series and unit, where it is a series as it stands in the data."""
    name, formula = say(f"scenario.measure.{measure}"), str(context.projected.get(measure))
    known = {series.id: series for series in context.panel.series}
    if formula not in known:
        return name
    series = known[formula]
    return say("scenario.unit", measure=name, series=series.title, unit=series.measure or say("report.null"))


def _effects(found: Scenarios, target: int) -> Table:
    """Return what each lever changes in the target year, all units together."""
    kept = found.effects.filter(pl.col("unit") == TOTAL)
    percent = [(pl.col(name).exp() - 1).alias(name) for name in ("central", "low", "high")]
    frame = worded(worded(kept.with_columns(percent), "scenario", lever_names()), "measure", _measures(kept))
    columns = (
        Column("scenario", say("scenario.column.lever")),
        Column("measure", say("scenario.column.measure")),
        Column("central", say("scenario.column.effect"), "percent", 1),
        Column("low", say("regions.column.low"), "percent", 1),
        Column("high", say("regions.column.high"), "percent", 1),
        Column("above", say("scenario.column.above"), "percent", 0),
    )
    note = say("scenario.effects.note")
    return Table("scenario-effects", say("scenario.effects", target=target), frame, columns, note)


def _measures(frame: pl.DataFrame) -> dict[str, Text]:
    return {name: say(f"scenario.measure.{name}") for name in frame["measure"].unique()}


def _parts(found: Scenarios, target: int) -> Iterator[Block]:
    """Yield the exact parts of the difference of all levers to the baseline."""
    kept = found.parts.filter(pl.col("unit") == TOTAL)
    if not kept.height:
        return
    frame = worded(worded(kept, "lever", lever_names()), "measure", _measures(kept))
    columns = (
        Column("measure", say("scenario.column.measure")),
        Column("lever", say("scenario.column.lever")),
        Column("part", say("scenario.column.part"), "number", None),
        Column("percent", say("scenario.column.percent"), "number", 2),
    )
    yield Table("scenario-parts", say("scenario.parts", target=target), frame, columns, say("scenario.parts.note"))


def _parameters(context: Context, found: Scenarios) -> Table:
    kept = found.parameters.filter(pl.col("unit").is_null() | (pl.col("unit") == TOTAL))
    sources = {name: say(f"scenario.source.{name}") for name in kept["source"].unique()}
    columns = (
        Column("name", say("scenario.column.parameter")),
        Column("value", say("scenario.column.value"), "number", None),
        Column("low", say("regions.column.low"), "number", None),
        Column("high", say("regions.column.high"), "number", None),
        Column("source", say("scenario.column.source")),
        Column("evidence", say("scenario.column.evidence")),
    )
    frame = worded(kept, "source", sources)
    return Table("scenario-parameters", say("scenario.parameters"), frame, columns, say("scenario.parameters.note"))


def _skill(found: Scenarios) -> Iterator[Block]:
    """Yield how the method would have done on years that were held back."""
    if not found.skill.height:
        return
    frame = found.skill.with_columns(pl.col("together").cast(pl.String).alias("·of"))
    frame = worded(frame, "·of", {"true": say("scenario.together"), "false": say("scenario.each")})
    frame = worded(frame, "measure", _measures(frame))
    columns = (
        Column("measure", say("scenario.column.measure")),
        Column("·of", say("scenario.column.of")),
        Column("cells", say("scenario.column.cells"), "integer"),
        Column("coverage_50", say("scenario.column.coverage", level=50), "percent", 0),
        Column("coverage_90", say("scenario.column.coverage", level=90), "percent", 0),
        Column("error", say("scenario.column.error"), "number", 3),
        Column("error_no_change", say("scenario.column.no_change"), "number", 3),
        Column("error_trend", say("scenario.column.trend"), "number", 3),
    )
    yield Table("scenario-skill", say("scenario.skill"), frame, columns, say("scenario.skill.note"))


def _units(context: Context, found: Scenarios, target: int) -> Table:
    """Return output in the target year by unit, baseline and all levers."""
    kept = found.paths.filter(
        (pl.col("year") == target) & (pl.col("measure") == "output") & (pl.col("unit") != TOTAL)
    ).filter(pl.col("scenario").is_in(["baseline", "all"]))
    frame = worded(
        context.unit_names.join(kept, on="unit", how="right", maintain_order="right"), "scenario", lever_names()
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("scenario", say("scenario.column.lever")),
        Column("q5", say("scenario.column.quantile", level=5), "number", None),
        Column("q50", say("scenario.column.quantile", level=50), "number", None),
        Column("q95", say("scenario.column.quantile", level=95), "number", None),
    )
    return Table("scenario-units", say("scenario.units", target=target), frame, columns)


def _findings(found: Scenarios, target: int) -> Iterator[Finding]:
    base = found.accounts.filter((pl.col("unit") == TOTAL) & (pl.col("scenario") == "baseline"))
    if base.height:
        row = base.row(0, named=True)
        numbers = {
            "target": target,
            "growth": 100 * row["output"] / row["years"],
            "tfp": 100 * row["tfp"] / row["years"],
        }
        yield Finding("scenario_baseline", numbers, "central path of the baseline", "fan-output", ("O03",))
    kept = found.effects.filter((pl.col("unit") == TOTAL) & (pl.col("measure") == "output"))
    for row in kept.iter_rows(named=True):
        one = row["scenario"]
        numbers = {"lever": say(f"scenario.lever.{one}"), "target": target}
        numbers |= {key: 100 * (math.exp(row[key]) - 1) for key in ("central", "low", "high")}
        if row["low"] <= 0 <= row["high"] and (row["low"], row["high"]) != (0.0, 0.0):
            yield Finding("scenario_unsure", numbers, "5 to 95 % of draws hold zero", "scenario-effects", ("O03",))
        elif row["central"] != 0:
            yield Finding("scenario_effect", numbers, "5 to 95 % of draws leave out zero", "scenario-effects", ("O03",))
    told = found.skill.filter((pl.col("measure") == "output") & pl.col("together"))
    if told.height:
        row = told.row(0, named=True)
        numbers = {"coverage": 100 * row["coverage_90"], "error": 100 * row["error"], "trend": 100 * row["error_trend"]}
        better = row["error"] < row["error_trend"]
        code = "scenario_skill" if better else "scenario_no_skill"
        yield Finding(code, numbers, "errors on years held back", "scenario-skill", ("O03",))
