"""What goes into a file that is handed on: the rows, long or wide, and the tables that explain them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Series, Status
from nqpf.data.read import Reading
from nqpf.frames import to_polars
from nqpf.messages import LANGUAGES, Lang, Text, catalogue, say
from nqpf.results import Note, Result

Layout = Literal["long", "wide"]
Codes = Mapping[str, tuple[int, Text]]
"""For each word of a column the number that stands for it, and how it reads in both languages."""

ABOUT = ("id", "title_zh", "title_en", "measure", "source", "vintage", "scope", "note_zh", "note_en")

STATUS_WORDS: Mapping[Status, Text] = {
    Status.REPORTED: say("status.reported"),
    Status.CONVERTED: say("status.converted"),
    Status.IMPUTED: say("status.imputed"),
    Status.INTERPOLATED: say("status.interpolated"),
    Status.EXTRAPOLATED: say("status.extrapolated"),
    Status.TREATED: say("status.treated"),
    Status.MISSING: say("status.missing"),
}

COLUMN_WORDS: Mapping[str, Text] = {
    "unit": say("field.unit"),
    "name": say("field.name"),
    "code": say("field.code"),
    "period": say("field.period"),
    "indicator": say("field.indicator"),
    "value": say("field.value"),
    "measure": say("field.measure"),
    "status": say("field.status"),
    "source": say("field.source"),
    "vintage": say("field.vintage"),
    "scope": say("field.scope"),
    "file": say("field.file"),
    "sheet": say("field.sheet"),
    "cell": say("field.cell"),
    "note": say("field.note"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into a file.

    Attributes
    ----------
    frame
        The rows.
    labels
        What a column holds, by its name.
    codes
        Columns of words that a format with coded values may hold as numbers.
    series
        What is known of each series.
    apart
        What is kept apart from the rows, each with its heading: totals, rows without a known place, marks.
    notes
        Remarks on the data.
    sources
        Files the rows were read from.
    """

    frame: pl.DataFrame
    labels: Mapping[str, Text] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    series: pl.DataFrame | None = None
    apart: Sequence[tuple[Text, pl.DataFrame]] = ()
    notes: Sequence[Note] = ()
    sources: frozenset[str] = frozenset()


def export(data: Any, layout: Layout, lang: Lang) -> Export:
    """Return what goes into a file.

    Parameters
    ----------
    data
        A `Panel`, a `Reading`, any result, or any dataframe that narwhals knows.
    layout
        ``long`` (results that are no panel: their table as it is) or ``wide``, a column a series.
    lang
        Language of the units' names.

    Raises
    ------
    DataError
        ``wide`` without columns unit, period, indicator and value, or with two rows for one cell.
    """
    if isinstance(data, Reading):
        return _of_reading(data, layout, lang)
    if isinstance(data, Panel):
        return _of_panel(data, layout, lang)
    frame = to_polars(data.to_frame() if isinstance(data, Result | Ledger) else data)
    notes = tuple(data.notes) if isinstance(data, Result) else ()
    if layout == "wide":
        return replace(_of_panel(Panel.from_tidy(frame), layout, lang), notes=notes)
    return Export(frame, notes=notes, sources=_files(frame))


def _of_reading(reading: Reading, layout: Layout, lang: Lang) -> Export:
    tables = (
        (say("out.sheet.totals"), reading.totals),
        (say("out.sheet.unplaced"), reading.unplaced),
        (say("out.sheet.marks"), reading.marks),
    )
    apart = tuple((title, table) for title, table in tables if table.height)
    if layout == "wide":
        return replace(_of_panel(reading.to_panel(), layout, lang), apart=apart, notes=reading.notes)
    about = reading.frame.select("indicator", "measure", "source", "vintage", "scope", "note")
    series = about.unique(maintain_order=True).rename({"indicator": "id"})
    if reading.titles:
        series = series.with_columns(_worded("id", reading.titles, code).alias(f"title_{code}") for code in LANGUAGES)
    labels, read = _labels(reading.frame.columns), _files(reading.frame)
    return Export(reading.frame, labels, {}, series, apart, reading.notes, read)


def _of_panel(panel: Panel, layout: Layout, lang: Lang) -> Export:
    names = {unit: panel.labels[unit][lang] for unit in panel.units}
    named = pl.col("unit").replace_strict(names, return_dtype=pl.String).alias("name")
    series = pl.DataFrame([_about(s) for s in panel.series], schema=dict.fromkeys(ABOUT, pl.String), orient="row")
    codes: dict[str, Codes] = {"unit": _unit_codes(panel)}
    if layout == "long":
        known = series.select(pl.col("id").alias("indicator"), "source", "vintage", "scope")
        frame = panel.to_frame().join(known, on="indicator", how="left", maintain_order="left")
        frame = frame.select("unit", named, pl.exclude("unit"))
        status = {s.name.lower(): (s.value, text) for s, text in STATUS_WORDS.items()}
        return Export(frame, _labels(frame.columns), codes | {"status": status}, series, sources=_files(panel.origin))
    t, n, _ = panel.values.shape
    keys = {"unit": [*panel.units] * t, "period": [p for p in panel.periods for _ in range(n)]}
    columns = {s.id: panel.values[:, :, k].reshape(-1) for k, s in enumerate(panel.series)}
    wide = pl.DataFrame(keys, schema={"unit": pl.String, "period": pl.Int64})
    wide = wide.select("unit", named, "period").hstack(pl.DataFrame(columns).fill_nan(None))
    titles = {s.id: _with_measure(s) for s in panel.series}
    return Export(wide, _labels(wide.columns) | titles, codes, series, sources=_files(panel.origin))


def _files(frame: pl.DataFrame) -> frozenset[str]:
    """Return the names of the files that rows were read from."""
    if frame.schema.get("file") != pl.String:
        return frozenset()
    return frozenset(Path(name).name for name in frame["file"].drop_nulls().unique())


def _unit_codes(panel: Panel) -> Codes:
    """Return a number for each unit: its own code where that is one, else its place in the panel."""
    own = all(unit.isascii() and unit.isdigit() and len(unit) < 10 for unit in panel.units)
    return {unit: (int(unit) if own else i, panel.labels[unit]) for i, unit in enumerate(panel.units, 1)}


def _labels(columns: Iterable[str]) -> dict[str, Text]:
    return {c: COLUMN_WORDS[c] for c in columns if c in COLUMN_WORDS}


def _with_measure(series: Series) -> Text:
    if not series.measure:
        return series.title
    return say("field.series", title=series.title, measure=series.measure)


def _about(series: Series) -> tuple[str | None, ...]:
    note = series.note or Text("", "")
    stated = (series.measure, series.source, series.vintage, series.scope)
    return series.id, series.title.zh, series.title.en, *stated, note.zh or None, note.en or None


def notes_frame(notes: Iterable[Note]) -> pl.DataFrame:
    """Return remarks as a table: severity, and the sentence in both languages."""
    rows = [(note.severity, (text := note.text()).zh, text.en) for note in notes]
    return pl.DataFrame(rows, schema=dict.fromkeys(("severity", "zh", "en"), pl.String), orient="row")


def ledger_frame(ledger: Ledger) -> pl.DataFrame:
    """Return changes as a table, with the words of each rule in both languages."""
    known = catalogue()
    words = {rule: known[f"rule.{rule}"] for rule in ledger.frame["rule"].unique() if f"rule.{rule}" in known}
    return ledger.frame.with_columns(_worded("rule", words, lang).alias(f"rule_{lang}") for lang in LANGUAGES)


def _worded(column: str, words: Mapping[str, Text], lang: Lang) -> pl.Expr:
    told = {key: text[lang] for key, text in words.items()}
    return pl.col(column).replace_strict(told, default=None, return_dtype=pl.String)
