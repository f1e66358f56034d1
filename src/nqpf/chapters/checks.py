"""Chapter *Checks of the data*: what looks wrong in the figures as reported, and where definitions changed."""

from __future__ import annotations

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.data.breaks import breaks_of, of_china
from nqpf.data.checks.found import years_in_words
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Finding


def checks_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    checks = context.checks
    numbers = {"errors": checks.errors, "warnings": checks.warnings}
    infos = len(checks) - checks.errors - checks.warnings
    blocks: list[Block] = [Paragraph(say("checks.how", infos=infos, **numbers))]
    blocks += [Paragraph(note.text()) for note in checks.notes if note.code.startswith("check_")]
    blocks.append(_findings(context) if len(checks) else Paragraph(say("checks.nothing")))
    if of_china(context.reported):
        breaks = _breaks(context)
        blocks += [breaks] if breaks.frame.height else []
    return Chapter("checks", say("checks.title"), tuple(blocks), _told(context))


def _told(context: Context) -> tuple[Finding, ...]:
    checks = context.checks
    numbers = {"errors": checks.errors, "warnings": checks.warnings}
    if checks.errors:
        row = checks.frame.row(0, named=True)
        detail = Text(row["detail_zh"], row["detail_en"])
        first = say("checks.first", series=_title(context, row["indicator"]), detail=detail)
        return (Finding("checks_errors", numbers | {"first": first}, "errors > 0", "check_findings"),)
    return ()


def _title(context: Context, id: str) -> Text:
    return next(s.title for s in context.reported.series if s.id == id)


def _findings(context: Context) -> Table:
    """Return the table of findings, a row each."""
    found = context.checks.frame
    severities = {s: say(f"check.severity.{s}") for s in found["severity"].unique().to_list()}
    kinds = {c: say(f"check.name.{c}") for c in found["check"].unique().to_list()}
    units = [[context.label(u) for u in us] for us in found["units"].to_list()]
    years = [years_in_words(ps) for ps in found["periods"].to_list()]
    words = {
        f"{name}_{lang}": [text[lang] for text in texts]
        for name, texts in (
            ("severity", [severities[s] for s in found["severity"]]),
            ("check", [kinds[c] for c in found["check"]]),
            ("units", [Text.join(us) for us in units]),
            ("periods", years),
        )
        for lang in LANGUAGES
    }
    frame = (
        context.checks.to_polars()
        .with_columns(pl.Series(name, values, dtype=pl.String) for name, values in words.items())
        .join(context.series_names("indicator"), on="indicator", how="left", maintain_order="left")
    )
    columns = (
        Column("severity", say("checks.severity")),
        Column("check", say("checks.kind")),
        Column("indicator", say("column.series")),
        Column("units", say("column.units")),
        Column("periods", say("checks.periods")),
        Column("detail", say("checks.detail")),
        Column("value", say("column.value"), "number", None),
        Column("expected", say("checks.expected"), "number", None),
        Column("size", say("column.size"), "number", None),
        Column("cells", say("checks.cells")),
    )
    return Table("check_findings", say("checks.table.title"), frame, columns, say("checks.table.note"))


def _breaks(context: Context) -> Table:
    """Return the registered breaks that series of the study span."""
    rows = [
        (s.id, s.title.zh, s.title.en, one.year, one.what.zh, one.what.en, one.source)
        for s in context.reported.series
        for one in breaks_of(s, context.reported.periods)
    ]
    names = ("series", "title_zh", "title_en", "year", "change_zh", "change_en", "source")
    schema = {name: pl.Int64 if name == "year" else pl.String for name in names}
    columns = (
        Column("series", say("column.series")),
        Column("title", say("column.title")),
        Column("year", say("column.period"), "integer"),
        Column("change", say("checks.change")),
        Column("source", say("column.source")),
    )
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Table("breaks", say("checks.breaks.title"), frame, columns, say("checks.breaks.note"))
