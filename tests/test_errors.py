"""Errors: place, fault and remedy in the reader's language."""

from __future__ import annotations

import pickle

import pytest

from nqpf.errors import DataError, NqpfError, SpecError, Where, hint, listing, nearest
from nqpf.messages import Text, speak


def test_an_error_says_where_what_and_what_to_do() -> None:
    where = Where(
        file="a.xlsx", sheet="甲", row=7, cell="C7", unit=Text("北京", "Beijing"), indicator="gdp", period=2020
    )
    text = DataError("text_in_number", where=where, value="x1").text()
    assert text.en == (
        "file a.xlsx, sheet 甲, row 7, cell C7, unit Beijing, indicator gdp, year 2020: "
        "A number is expected here, but the cell holds “x1”. "
        "Put the number; where there is none, leave the cell empty or write NA."
    )
    assert text.zh == (
        "文件 a.xlsx，工作表 甲，第 7 行，单元格 C7，单元 北京，指标 gdp，2020 年："
        "数值单元格中是文字“x1”。请改为数字；没有数据则留空或写 NA。"
    )


def test_an_error_is_printed_in_the_readers_language() -> None:
    error = SpecError("file_not_found")
    assert str(error).startswith("There is no such file.")
    with speak("zh"):
        assert str(error).startswith("没有这个文件。")


def test_where_leaves_out_what_is_not_known_and_keeps_zero() -> None:
    assert Where().text() is None
    text = Where(period=0, line=3).text()
    assert text is not None
    assert text.en == "line 3, year 0"


def test_a_hint_that_is_not_there_leaves_no_blanks() -> None:
    text = DataError("unknown_column", column="qq", options="gdp", hint=hint("qq", ["gdp"])).text()
    assert text.en == "There is no column “qq”. The columns are: gdp."
    with_hint = DataError("unknown_column", column="gpd", options="gdp", hint=hint("gpd", ["gdp"])).text()
    assert with_hint.en == "There is no column “gpd”. Did you mean “gdp”? The columns are: gdp."
    assert with_hint.zh == "没有名为“gpd”的列。您是不是想写“gdp”？现有的列：gdp。"


def test_at_adds_a_place_and_keeps_what_was_known() -> None:
    first = DataError("text_in_number", where=Where(row=3, indicator="gdp"), value="x")
    placed = first.at(Where(file="a.csv", row=9, line=2))
    assert type(placed) is DataError
    assert (placed.code, placed.values) == (first.code, first.values)
    assert placed.where == Where(file="a.csv", row=3, line=2, indicator="gdp")


def test_all_errors_are_one_family() -> None:
    from nqpf import errors

    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    assert len(kinds) == 6
    assert all(issubclass(kind, NqpfError) for kind in kinds)


@pytest.mark.parametrize(
    ("word", "options", "expected"),
    [
        ("gpd", ["gdp", "rd"], "gdp"),
        ("GDP", ["gdp"], "gdp"),
        ("minmx", ["minmax", "zscore"], "minmax"),
        ("地区生产总植", ["人口", "地区生产总值"], "地区生产总值"),
        ("xyz", ["gdp"], None),
        ("", ["gdp"], None),
        ("gdp", [], None),
    ],
)
def test_nearest(word: str, options: list[str], expected: str | None) -> None:
    assert nearest(word, options) == expected


def test_listing_shows_the_first_and_counts_the_rest() -> None:
    assert listing(range(3)).en == "0, 1, 2"
    assert listing(range(3)).zh == "0、1、2"
    assert listing(range(10)).en == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
    assert listing(range(10)).zh == "0、1、2、3、4、5、6、7 等（另有 2 个）"
    assert listing([Text("北京", "Beijing"), "x"], 1) == Text("北京 等（另有 1 个）", "Beijing and 1 more")
    assert listing([]) == Text("", "")


def test_an_error_survives_the_way_from_another_process() -> None:
    error = DataError("not_a_year", where=Where(file="a.csv", row=3), value="x")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DataError
    assert str(again) == str(error)
    assert again.where == error.where
