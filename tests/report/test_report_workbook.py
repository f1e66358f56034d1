from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf.chapters.blocks import Chapter, Column, Table
from nqpf.messages import Text
from nqpf.report.walk import outline
from nqpf.report.workbook import write_workbook


def read(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_every_number_comes_back(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    sheets = read(write_workbook(tmp_path / "tables.xlsx", chapters, "zh"))
    assert list(sheets) == ["目录", "2-1 得分 位次"]
    rows = sheets["2-1 得分 位次"]
    assert rows[0][0] == "表 2-1 得分[位次]  |  Table 2-1 Scores: ranks"
    assert rows[1] == [
        "省份 (zh)", "Province (en)", "年份\nYear", "得分\nScore", "占比\nShare",
        "经费（万元）\nSpending (10,000 yuan)", "only_in_files",
    ]  # fmt: skip
    frame = next(outline(chapters).tables())[1].frame
    for row, values in zip(rows[2:], frame.iter_rows(), strict=False):
        for read_back, value in zip(row, values, strict=True):
            if value is None or (isinstance(value, float) and math.isnan(value)):
                assert read_back == ""
            else:
                # The format holds 16 significant digits of a double's 17.
                assert read_back == (pytest.approx(value, rel=1e-15) if isinstance(value, float) else value)
    assert rows[-1][0] == "注：越大越好  |  Note: Higher is better"


def test_contents_name_every_sheet(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    sheets = read(write_workbook(tmp_path / "tables.xlsx", chapters, "en"))
    rows = sheets["Contents"]
    assert rows[2] == ["Table 2-1", "2-1 Scores  ranks", "得分[位次]", "Scores: ranks", 5.0]
    assert list(sheets) == ["Contents", *(row[1] for row in rows[2:])]


def test_words_that_look_like_formulas_stay_words(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "tables.xlsx", chapters, "zh")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet
    assert [row[0] for row in read(path)["2-1 得分 位次"][4:7]] == [
        "=1+1",
        "</script><script>alert('x')</script>&amp;",
        "@乙",
    ]


def test_same_report_same_bytes(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    first, second = (write_workbook(tmp_path / name, chapters, "zh").read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


def test_long_titles_and_odd_values(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [2**60, 1], "limit": [math.inf, 1.5], "list": [["a", "b"], None], "yes": [True, False]})
    title = Text("很长的标题" * 10, "A very long title " * 5)
    tables = tuple(Table(f"t{i}", title, frame, (Column("limit", title, "number"),)) for i in range(2))
    empty = Table("t2", title, frame.clear(), (Column("limit", title, "bar"),))
    sheets = read(write_workbook(tmp_path / "x.xlsx", [Chapter("c", title, (*tables, empty))], "zh"))
    names = list(sheets)
    assert len(set(names)) == 4
    assert max(map(len, names)) <= 31
    assert sheets[names[1]][2] == ["inf", str(2**60), "a; b", True]
    assert len(sheets[names[3]]) == 2
