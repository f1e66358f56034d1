"""Text that a spreadsheet would run as a formula: written so that it does nothing, and read back as it was."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from nqpf.chapters.blocks import Chapter, Column, Table
from nqpf.data import read, write
from nqpf.data.write import csv_bytes
from nqpf.messages import Text
from nqpf.report.files import write_tables
from nqpf.report.workbook import write_workbook

RUNS = ["=1+1", "+cmd|'/c calc'!A0", "-2+3", "@SUM A1", "＝1+1", '=HYPERLINK("http://x","y")', "'=1+1", "''@x"]
RESTS = ["-2.5", "+3", "-1,234.5", "-12%", "'quoted'", "甲'=1"]


def written(frame: pl.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", RUNS)
def test_what_runs_is_written_with_an_apostrophe_and_read_without(text: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"企业": [text, "乙厂"], "年份": [2020, 2020], text: [-1.5, 2.0]})
    assert written(frame) == [["企业", "年份", f"'{text}"], [f"'{text}", "2020", "-1.5"], ["乙厂", "2020", "2.0"]]
    back = read(write(frame, tmp_path / "a.csv")).frame
    assert back["unit"].to_list() == [text, "乙厂"]
    assert back["indicator"].unique().to_list() == [text]
    assert back["value"].to_list() == [-1.5, 2.0]


@pytest.mark.parametrize("text", RESTS)
def test_what_does_nothing_is_left_as_it_is(text: str) -> None:
    assert written(pl.DataFrame({"a": [text]})) == [["a"], [text]]


def test_numbers_that_others_guard_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业,年份,x\n甲厂,2020,'-5\n乙厂,2020,'+7.5\n", encoding="utf-8")
    assert read(path).frame["value"].to_list() == [-5.0, 7.5]


@pytest.mark.parametrize("text", [*RUNS, "\t=1", "\r=1"])
def test_no_file_of_a_report_holds_a_formula(text: str, tmp_path: Path) -> None:
    table = Table("t", Text.same(text), pl.DataFrame({"a": [text]}), (Column("a", Text.same(text), "text"),))
    chapter = Chapter("c", Text.same(text), (table,))
    with zipfile.ZipFile(write_workbook(tmp_path / "a.xlsx", [chapter], "zh")) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert sheets
    assert not any("<f>" in sheet or "<hyperlink r:id" in sheet for sheet in sheets)
    (path,) = write_tables(tmp_path, [chapter])
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows == [["a"], [f"'{text}"]]
