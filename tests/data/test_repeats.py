"""Cells that stand in two tables count once if they are the same; if not, they are told, with the sheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from nqpf.data import Reading, read
from nqpf.errors import DataError

Book = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def write(name: str = "t.xlsx", **sheets: list[list[object]]) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as workbook:
            for title, rows in sheets.items():
                page = workbook.add_worksheet(title)
                for i, row in enumerate(rows):
                    page.write_row(i, 0, row)
        return path

    return write


def table(year: int, *values: object, unit: str = "") -> list[list[object]]:
    names = ("北京", "天津", "河北")
    return [["地区", "年份", f"产值{unit}"], *([name, year, v] for name, v in zip(names, values, strict=False))]


def notes(reading: Reading, code: str) -> list[str]:
    return [note.text().zh for note in reading.notes if note.code == code]


def test_numbers_that_two_sheets_hold_count_once(book: Book) -> None:
    found = read(book(甲=table(2019, 1, 2, 3), 乙=table(2019, 1, 2)))
    assert found.frame.select("value", "sheet").rows() == [(1.0, "甲"), (2.0, "甲"), (3.0, "甲")]
    assert notes(found, "repeats") == ["“t.xlsx [乙]”中的 2 个数（2019 年）与“t.xlsx [甲]”完全相同，只计一次。"]


def test_a_unit_of_measure_that_only_one_of_them_states_is_kept(book: Book) -> None:
    found = read(book(甲=table(2019, 1, 2), 乙=table(2019, 1, 2, unit="(亿元)")))
    assert found.frame.select("value", "measure", "sheet").rows() == [(1.0, "亿元", "甲"), (2.0, "亿元", "甲")]


def test_a_blank_is_filled_by_the_table_that_has_the_number(book: Book) -> None:
    found = read(book(甲=table(2019, 1, "…"), 乙=table(2019, 1, 2)))
    assert found.frame.select("value", "cell", "sheet").rows() == [(1.0, "C2", "甲"), (2.0, "C3", "乙")]


def test_numbers_that_differ_are_both_kept_and_told(book: Book) -> None:
    found = read(book(甲=table(2019, 1, 2), 乙=table(2019, 1, 5)))
    assert found.frame.filter(unit="天津")["value"].to_list() == [2.0, 5.0]
    assert "其中 1 个不一致：天津 2019 产值: C3 = 2.0, C3 = 5.0" in notes(found, "conflicts")[0]
    with pytest.raises(DataError) as caught:
        found.to_panel()
    assert caught.value.code == "duplicate_cell"


def test_what_stands_twice_in_one_table_is_left_to_whoever_builds_a_panel(book: Book) -> None:
    rows = [*table(2019, 1, 2), ["北京", 2019, 1]]
    found = read(book(甲=rows))
    assert found.frame.height == 3
    with pytest.raises(DataError):
        found.to_panel()


def test_totals_repeat_as_well(book: Book) -> None:
    first, second = ([["地区", "年份", "产值"], ["全国", 2019, 9], ["北京", 2019, 1]] for _ in range(2))
    found = read(book(甲=first, 乙=second))
    assert (found.totals.height, found.frame.height) == (1, 1)


def test_a_sheet_that_says_the_year_of_another_while_one_is_absent(book: Book) -> None:
    found = read(book(甲=table(2018, 1, 2), 乙=table(2019, 3, 4), 丙=table(2019, 3, 4), 丁=table(2021, 5, 6)))
    told = notes(found, "sheets_one_year")
    assert told == ["t.xlsx：工作表 乙、丙 都写着 2019 年，而 2020 年没有工作表；请核对是否有一张写错了年份。"]


def test_two_sheets_of_one_year_where_none_is_absent_are_nothing_to_tell(book: Book) -> None:
    other = [["地区", "年份", "人口"], ["北京", 2019, 1], ["天津", 2019, 2]]
    assert notes(read(book(甲=table(2018, 1, 2), 乙=table(2019, 3, 4), 丙=other)), "sheets_one_year") == []
    assert notes(read(book(甲=table(2018, 1, 2), 乙=table(2019, 3, 4))), "sheets_one_year") == []


def test_files_repeat_each_other_like_sheets(book: Book) -> None:
    found = read([book("a.xlsx", 甲=table(2019, 1, 2)), book("b.xlsx", 甲=table(2019, 1, 2))])
    assert found.frame["file"].unique().to_list() == ["a.xlsx"]
    assert notes(found, "repeats") == ["“b.xlsx [甲]”中的 2 个数（2019 年）与“a.xlsx [甲]”完全相同，只计一次。"]
