"""Checks in a study: scopes, footnotes and vintages reach the report, totals are compared, a chapter tells it all."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from nqpf.chapters.blocks import Chapter, Table
from nqpf.errors import DataError
from nqpf.study import Study, run
from nqpf.study.prepare import prepare


def chapter(workshop: Any, name: str) -> Chapter:
    return next(c for c in run(Study.load(workshop.study)).chapters if c.id == name)


def table(chapter: Chapter, name: str) -> pl.DataFrame | None:
    return next((b.frame for b in chapter.blocks if isinstance(b, Table) and b.id == name), None)


def with_column(workshop: Any, name: str, cell: pl.Expr) -> None:
    """Write the data as a long table, with a column of what is known of each number."""
    long = pl.read_csv(workshop.data).unpivot(index=["province", "year"], variable_name="indicator")
    long.with_columns(cell.alias(name)).write_csv(workshop.data)


def test_scope_and_note_of_a_series_stand_in_the_table_of_sources(workshop: Any) -> None:
    workshop.edit("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, scope: 常住人口, note: 年末数}")
    frame = table(chapter(workshop, "data"), "sources")
    assert frame is not None
    assert frame.filter(series="pop").select("scope", "note_zh").row(0) == ("常住人口", "年末数")


def test_a_scope_stated_otherwise_than_in_the_table_is_remarked_on(workshop: Any) -> None:
    with_column(workshop, "scope", pl.lit("户籍人口"))
    workshop.edit("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, scope: 常住人口}")
    notes = [n.text().zh for n in prepare(Study.load(workshop.study)).notes if n.code == "stated_otherwise"]
    assert notes == ["“pop”在数据表中注明为“户籍人口”，研究文件写的是“常住人口”，以研究文件为准。"]


def test_footnotes_reach_the_table_of_sources(workshop: Any) -> None:
    with_column(workshop, "note", pl.when(pl.col("year") == 2020).then(pl.lit("普查修订")))
    frame = table(chapter(workshop, "data"), "sources")
    assert frame is not None
    assert frame.filter(series="gdp")["note_zh"].item() == "普查修订"


def test_a_series_mixes_vintages_only_by_name(workshop: Any) -> None:
    with_column(workshop, "vintage", pl.when(pl.col("year") == 2021).then(pl.lit("新")).otherwise(pl.lit("旧")))
    with pytest.raises(DataError) as caught:
        prepare(Study.load(workshop.study))
    assert caught.value.code == "mixed_vintages"
    mixed = "{unit: 亿元, source: yearbook, mix: [vintage]}"
    workshop.edit("gdp: {unit: 亿元, source: yearbook, vintage: 2020}", f"gdp: {mixed}")
    workshop.edit("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, mix: [vintage]}")
    workshop.edit("coal: {unit: 万吨}", "coal: {unit: 万吨, mix: [vintage]}\n    rd: {mix: [vintage]}")
    panel = prepare(Study.load(workshop.study)).panel
    assert [s.vintage for s in panel.series] == ["旧；新"] * 4


def totals(workshop: Any, wrong: int = 0) -> None:
    """Add a national row to the data, its GDP of 2019 off by `wrong`."""
    frame = pl.read_csv(workshop.data)
    sums = frame.group_by("year", maintain_order=True).agg(pl.col("gdp", "pop", "rd", "coal").sum())
    sums = sums.with_columns(gdp=pl.col("gdp") + pl.when(pl.col("year") == 2019).then(wrong).otherwise(0))
    rows = sums.select(pl.lit("全国").alias("province"), pl.all())
    pl.concat([frame, rows]).write_csv(workshop.data)


def test_units_are_compared_with_the_national_row_in_the_unit_that_was_asked_for(workshop: Any) -> None:
    totals(workshop)
    workshop.edit("gdp: {unit: 亿元,", "gdp: {unit: 亿元, convert: 万元,")
    checks = prepare(Study.load(workshop.study)).checks
    said = next(str(n.text()) for n in checks.notes if n.code == "check_national")
    assert "gdp" in said
    assert checks.frame.filter(check="national").is_empty()


def test_a_national_row_that_is_not_the_sum_is_told_with_its_cell(workshop: Any) -> None:
    totals(workshop, wrong=500)
    (row,) = prepare(Study.load(workshop.study)).checks.frame.filter(check="national").to_dicts()
    assert (row["indicator"], row["periods"], row["severity"]) == ("gdp", [2019], "error")
    assert row["cells"] == ["data.csv C27"]


def test_nothing_is_compared_with_a_national_row_where_units_are_left_out(workshop: Any) -> None:
    totals(workshop, wrong=500)
    workshop.edit("  missing: {rule: stop}", "  exclude: [天津]")
    checks = prepare(Study.load(workshop.study)).checks
    assert [n.code for n in checks.notes if n.code == "check_national"] == []


def test_the_chapter_lists_what_was_found_with_cells_and_words(workshop: Any) -> None:
    workshop.edit("河北,2020,1384,", "河北,2020,13840,", "data.csv")
    found = chapter(workshop, "checks")
    frame = table(found, "check_findings")
    assert frame is not None
    row = frame.filter(check="unit_slip").row(0, named=True)
    assert (row["severity_zh"], row["check_en"], row["units_zh"], row["periods_en"]) == (
        "错误", "slip of unit or decimal point", "河北", "2020",
    )  # fmt: skip
    assert (row["cells"], row["expected"], row["size"]) == ("data.csv C16", 1384, 10)
    (finding,) = found.findings
    assert finding.code == "checks_errors"
    assert finding.place == "check_findings"
    assert finding.numbers["errors"] == 1
    assert "河北 2020 年" in finding.text().zh


def test_a_clean_study_says_that_nothing_was_found(workshop: Any) -> None:
    found = chapter(workshop, "checks")
    assert table(found, "check_findings") is None
    assert found.findings == ()
    assert "Nothing was found." in [getattr(b, "text", None) and b.text.en for b in found.blocks]


def test_registered_breaks_stand_in_a_table_and_in_the_notes(workshop: Any) -> None:
    workshop.edit("coal: {unit: 万吨}", "coal: {unit: 万吨, title: 工业二氧化硫排放量}")
    made = prepare(Study.load(workshop.study))
    notes = [n for n in made.notes if n.code == "registered_break"]
    assert [n.values["year"] for n in notes] == [2020]
    frame = table(chapter(workshop, "checks"), "breaks")
    assert frame is not None
    assert frame.select("series", "year").rows() == [("coal", 2020)]
    assert "环境统计制度调整" in frame["change_zh"][0]
