"""The index chapter of a report without ranks: levels in the given order of units, or units in grades only.

In grades the score of the whole index is not given for single units: pictures of it show the mean of each grade.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.charts.figure import Figure
from nqpf.charts.grades import grades as grades_chart
from nqpf.charts.ranking import ranking
from nqpf.errors import listing
from nqpf.index.planning.index_grades import IndexGrades
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Finding


def level_figure(context: Context, frame: pl.DataFrame, value_title: Text, imputed: list[Text]) -> Figure:
    """Return the picture of the last year's scores, units in their given order."""
    several = context.first != context.last
    caption = say("modes.levels.caption", first=context.first) if several else say("modes.levels.caption_one")
    kept = ("unit", "unit_zh", "unit_en", "group_zh", "group_en", "value", "value_first")
    return ranking(
        frame.select(c for c in kept if c in frame.columns),
        id="levels-figure",
        title=say("modes.levels.title", index=context.framework.title, year=context.last),
        caption=Text.join([caption, *imputed], "", " "),
        value_title=value_title,
        periods=(context.first, context.last) if several else None,
        order=context.panel.units,
    )


def grade_blocks(context: Context, found: IndexGrades) -> list[Block]:
    """Return the grades of all units: picture, table, and where grades part."""
    frame = grade_frame(context, found)
    words = {"index": context.framework.title, "year": context.last}
    how = _how_firm(context)
    figure = grades_chart(
        frame, found.titles, id="grades", title=say("modes.grades.title", **words), caption=say("modes.grades.caption")
    )
    columns = [Column("unit", say("column.unit"))]
    if context.group:
        columns.append(Column("group", say("column.group")))
    columns += [Column("grade", say("modes.column.grade")), Column("state", say("modes.column.firm"))]
    columns.append(Column("reach", say("modes.column.reach")))
    named = frame.with_columns(
        *_words("grade", [_title(found, g) for g in frame["grade"]]),
        *_words("state", [_state(firm) for firm in frame["firm"]]),
        *_words("reach", [_reach(found, low, high) for low, high in frame.select("grade_low", "grade_high").rows()]),
    )
    table = Table("grades-table", say("modes.grades.table", **words), named, tuple(columns), how)
    return [
        Paragraph(say("modes.grades.how", method=say(f"modes.method.{found.method.options['method']}"))),
        *(Callout(note.text(), note.severity) for note in found.notes),
        figure,
        table,
        _cuts_table(context, found),
    ]


def grade_frame(context: Context, found: IndexGrades) -> pl.DataFrame:
    """Return a row a unit: names, grade, grade_low, grade_high and firm; by grade, then in their given order."""
    frame = context.unit_names.join(found.frame, on="unit", how="left", maintain_order="left")
    return frame.sort("grade", nulls_last=True, maintain_order=True)


def by_grade(context: Context, frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the mean over the units of each grade, grades in the place of units; as it is where units are not graded.

    Parameters
    ----------
    context
        With or without grades.
    frame
        Columns unit, unit_zh, unit_en, `keys` and numbers.
    keys
        Columns that a mean is taken within.
    """
    found = context.graded
    if found is None:
        return frame
    numbers = [c for c, kind in frame.schema.items() if kind.is_float() and c not in keys]
    graded = frame.join(found.frame.select("unit", "grade"), on="unit", how="left", maintain_order="left")
    parts = graded.drop_nulls("grade").partition_by("grade", *keys, maintain_order=True)
    # NumPy adds up in one order whatever the number of threads.
    rows = [
        {key: part[key][0] for key in ("grade", *keys)}
        | {c: float(np.nanmean(part[c].cast(pl.Float64).to_numpy())) if part[c].count() else None for c in numbers}
        for part in parts
    ]
    kinds: dict[str, Any] = {c: frame.schema[c] for c in (*keys, *numbers)}
    means = pl.DataFrame(rows, schema={"grade": pl.Int64} | kinds).sort("grade", maintain_order=True)
    names = [found.titles[g - 1] for g in means["grade"]]
    unit = pl.Series("unit", [f"grade_{g}" for g in means["grade"]], dtype=pl.String)
    return means.with_columns(unit, *_words("unit", names)).select(frame.columns)


def grade_means(context: Context, scores: pl.DataFrame) -> pl.DataFrame:
    """Return group_zh, group_en, period and value: the mean score of each grade's units in each year."""
    plain = scores.select("unit", "unit_zh", "unit_en", "period", value="score")
    return by_grade(context, plain, "period").rename({"unit_zh": "group_zh", "unit_en": "group_en"})


def plain_findings(context: Context, frame: pl.DataFrame) -> list[Finding]:
    """Return what is said of levels without ranks: how many units are in each grade and how firmly, or the mean."""
    numbers: dict[str, Any] = {"index": context.framework.title, "year": context.last}
    if context.graded is None:
        known = frame["value"].drop_nulls().to_numpy()
        numbers |= {"mean": float(known.mean()), "count": known.size}
        return [Finding("mean_level", numbers, "simple mean over units with a score", "levels-figure", ("A02",))]
    graded = context.graded.frame.drop_nulls("grade")
    titles = context.graded.titles
    first = graded.filter(pl.col("grade") == graded["grade"].min())
    numbers |= {"best": titles[int(first["grade"][0]) - 1], "names": listing(context.label(u) for u in first["unit"])}
    numbers |= {"first": first.height, "count": graded.height, "grades": len(titles)}
    firm = graded.filter("firm").height
    loose = [context.label(u) for u in graded.filter(~pl.col("firm"))["unit"]]
    found = [Finding("graded", numbers, "grades by the score of the last year", "grades", ("A02",))]
    stable: dict[str, Any] = {"firm": firm, "count": graded.height, "indicators": len(context.framework.indicators)}
    if context.multiverse is not None:
        stable |= _ways(context)
    if not loose:
        codes = ("grades_all_firm", "grades_all_firm_draws", "grades_all_firm_ways")
        return [*found, Finding(_firm_code(context, codes), stable, "grade_low == grade_high", "grades", ("O03",))]
    stable |= {"loose": len(loose), "names": listing(loose)}
    condition = "grade_low == grade_high for 'firm' units"
    codes = ("grades_firm", "grades_firm_draws", "grades_firm_ways")
    return [*found, Finding(_firm_code(context, codes), stable, condition, "grades", ("O03",))]


def _firm_code(context: Context, codes: tuple[str, str, str]) -> str:
    """Return which sentence says what a firm grade was tried against."""
    return codes[2 if context.multiverse is not None else 1 if context.over_draws is not None else 0]


def _ways(context: Context) -> dict[str, float]:
    """Return how many runs a multiverse has, and which share of them its intervals hold, in percent."""
    assert context.multiverse is not None
    return {"runs": int(context.multiverse.valid.sum()), "level": 100 * context.multiverse.level}


def change_finding(context: Context, frame: pl.DataFrame) -> list[Finding]:
    """Return how many units rose, and by how much on average."""
    moved = frame["change"].drop_nulls().to_numpy()
    if not moved.size:
        return []
    numbers = {"first": context.first, "last": context.last, "count": moved.size, "rose": int((moved > 0).sum())}
    place = "trend" if context.change_parts is None else "change"
    return [Finding("change_mean", numbers | {"mean": float(moved.mean())}, "change > 0", place, ("A02", "A13"))]


def profile_level(context: Context, unit: str, score: float) -> Text:
    """Return the first sentence of a unit's profile: its score, or its grade and whether it is firm."""
    numbers = {"unit": context.label(unit), "year": context.last}
    if context.graded is None:
        return say("modes.profile.level", score=score, **numbers)
    row = context.graded.frame.row(by_predicate=pl.col("unit") == unit, named=True)
    title = _title(context.graded, row["grade"])
    if row["firm"]:
        return say("modes.profile.firm", grade=title, **numbers)
    reach = _reach(context.graded, row["grade_low"], row["grade_high"])
    return say("modes.profile.loose", grade=title, reach=reach, **numbers)


def _how_firm(context: Context) -> Text:
    numbers = {"count": len(context.framework.indicators)}
    note = say("modes.grades.note", **numbers)
    if context.over_draws is not None:
        note = say("modes.grades.note_draws", draws=len(context.over_draws.ranks), **numbers)
    if context.multiverse is None:
        return note
    return Text.join([note, say("modes.grades.note_ways", **_ways(context))], "", " ")


def _cuts_table(context: Context, found: IndexGrades) -> Table:
    frame = found.cuts.with_columns(*_words("grade", list(found.titles)))
    columns = (
        Column("grade", say("modes.column.grade")),
        Column("from", say("modes.column.from"), "number", 4),
        Column("to", say("modes.column.to"), "number", 4),
        Column("count", say("modes.column.count"), "integer"),
    )
    return Table("grade-cuts", say("modes.cuts.title"), frame, columns, say("modes.cuts.note", year=context.last))


def _title(found: IndexGrades, grade: int | None) -> Text:
    return say("report.null") if grade is None else found.titles[grade - 1]


def _state(firm: bool | None) -> Text:
    return say("report.null") if firm is None else say("modes.firm") if firm else say("modes.loose")


def _reach(found: IndexGrades, low: int | None, high: int | None) -> Text:
    if low is None or high is None:
        return say("report.null")
    return found.titles[low - 1] if low == high else Text.join(found.titles[g - 1] for g in range(low, high + 1))


def _words(name: str, texts: list[Text]) -> list[pl.Series]:
    return [pl.Series(f"{name}_{lang}", [t[lang] for t in texts], dtype=pl.String) for lang in LANGUAGES]
