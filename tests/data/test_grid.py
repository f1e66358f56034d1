"""Grids: every cell at the address a spreadsheet shows, blanks gone and nothing else changed; one for any table."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_books import sheets, xlsx

from nqpf.data.files.sheet import BLANKS, MOST_CELLS, address_of, clean, column_of, require_room, tidied
from nqpf.data.grid import Grid, grids, letters_of
from nqpf.errors import DataError, Where


def only(source: Any, **options: Any) -> Grid:
    found = list(grids(source, **options))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns_and_back(column: int, letters: str) -> None:
    assert letters_of(column) == letters
    assert column_of(letters) == column


@given(st.integers(0, 16_383))
def test_letters_lead_back_to_their_column(column: int) -> None:
    assert column_of(letters_of(column)) == column


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("  x ", "x"),
        ("\u3000北京\xa0", "北京"),
        ("\ufeff\u200b上 海\u200f\r\n", "上 海"),
        ("\u3000 ", None),
        ("", None),
        ("1,234", "1,234"),
        ("…", "…"),
        ("100.10", "100.10"),
        ("a\nb", "a\nb"),
        (0, 0),
        (False, False),
        (dt.datetime(2020, 1, 1), dt.date(2020, 1, 1)),
        (dt.datetime(2020, 1, 1, 8), dt.datetime(2020, 1, 1, 8)),
        (dt.time(), dt.time()),
    ],
)
def test_cells_lose_the_blanks_around_them_and_nothing_else(cell: Any, cleaned: Any) -> None:
    assert clean(cell) == cleaned
    assert type(clean(cell)) is type(cleaned)


@given(st.lists(st.lists(st.sampled_from(["", " ", "x", 1.0, None]), max_size=5), max_size=6))
def test_tidied_rows_are_a_rectangle_that_ends_with_the_last_cell(rows: list[list[Any]]) -> None:
    done = tidied(rows)
    assert len({len(row) for row in done}) <= 1
    where = {(i, j) for i, row in enumerate(rows) for j, c in enumerate(row) if c in ("x", 1.0)}
    assert {(i, j) for i, row in enumerate(done) for j, c in enumerate(row) if c is not None} == where
    if done:
        assert any(c is not None for c in done[-1])
        assert any(row[-1] is not None for row in done)


def test_blanks_hold_what_python_calls_blank_and_what_has_no_width() -> None:
    assert set(" \t\n\u3000\xa0\u2009\u200b\ufeff\0") <= set(BLANKS)
    assert not any(c.isalnum() for c in BLANKS)


def test_a_grid_says_where_its_cells_are() -> None:
    grid = Grid("a.xlsx", "表", ((1,),))
    assert (grid.called, Grid("a.csv", None, ()).called) == ("a.xlsx [表]", "a.csv")
    assert grid.where(6, 2, unit="北京") == Where(file="a.xlsx", sheet="表", row=7, cell="C7", unit="北京")
    assert grid.where(6) == Where(file="a.xlsx", sheet="表", row=7)
    assert address_of(0, 26) == "AA1"


def test_rows_and_columns_before_the_table_keep_their_place(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", lambda book: book.add_worksheet().write("C4", "x"))
    grid = only(path)
    assert grid.rows == ((None,) * 3,) * 3 + ((None, None, "x"),)
    assert grid.address(3, 2) == "C4"


def test_what_lies_beyond_the_last_value_is_dropped(tmp_path: Path) -> None:
    path = sheets(tmp_path / "t.xlsx", {"a": [["x", " ", ""], ["y", "z"], [], [" \u3000"]], "空": [[" "]], "b": [[]]})
    assert [(g.sheet, g.rows) for g in grids(path)] == [("a", (("x", None), ("y", "z")))]


def test_dataframes_of_any_library() -> None:
    table = {"省份": ["北京", " "], "x": [1.5, float("nan")]}
    expected = (("省份", "x"), ("北京", 1.5))
    for frame in (table, pl.DataFrame(table), pl.LazyFrame(table), pd.DataFrame(table), pa.table(table)):
        grid = only(frame, name="表")
        assert (grid.rows, grid.file, grid.sheet) == (expected, "表", None)
    assert only(table).file == "dataframe"


def test_columnar_files(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"year": [dt.date(2020, 12, 31)], "x": [decimal.Decimal("1.25")], "名": ["乙"]},
        schema_overrides={"名": pl.Categorical},
    )
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_ipc(tmp_path / "a.feather")
    for name in ("a.parquet", "a.feather"):
        assert only(tmp_path / name).rows == (("year", "x", "名"), (dt.date(2020, 12, 31), 1.25, "乙"))


def test_stata_files_give_labels_as_titles_and_words_for_codes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"prov": [1, 2], "gdp": [1.5, float("nan")]})
    frame.to_stata(
        tmp_path / "a.dta",
        write_index=False,
        version=118,
        variable_labels={"gdp": "地区生产总值（亿元）"},
        value_labels={"prov": {1: "北京", 2: "天津"}},
    )
    grid = only(tmp_path / "a.dta")
    assert grid.rows == (("prov", "gdp"), ("北京", 1.5), ("天津", None))
    assert grid.titles == {1: "地区生产总值（亿元）"}


def test_several_sources_follow_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    found = list(grids([{"y": [1]}, tmp_path / "a.csv"]))
    assert [g.rows[0] for g in found] == [("y",), ("x",)]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        list(grids(3))
    assert caught.value.code == "not_a_table"


@pytest.mark.parametrize(("rows", "columns"), [(2**20 + 1, 1), (1, 2**14 + 1), (MOST_CELLS // 1000 + 1, 1000)])
def test_no_room_for_sheets_that_are_too_large(rows: int, columns: int) -> None:
    with pytest.raises(DataError) as caught:
        require_room(Where(file="a.xlsx"), rows, columns)
    assert caught.value.code == "sheet_too_large"
    assert address_of(rows - 1, columns - 1) in caught.value.text().en
    require_room(Where(), 2**20, 38)
