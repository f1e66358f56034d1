"""A workbook of 200,000 cells is read in three seconds, whether numbers are numbers or texts, over or beside years."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import xlsxwriter

from nqpf.data import read
from nqpf.data.places import provinces

CELLS, SECONDS = 200_000, 3.0
PLACES = provinces()["short_zh"].to_list()[:31]
Rows = list[list[Any]]


def wide(number: Callable[[], Any]) -> dict[str, Rows]:
    rows: Rows = [["地区", "年份", *(f"指标{k}(亿元)" for k in range(33))]]
    rows += [[p, f"{year}年", *(number() for _ in range(33))] for year in range(1900, 2085) for p in PLACES]
    return {"表": rows}


def sheets(number: Callable[[], Any]) -> dict[str, Rows]:
    years = [f"{year}年" for year in range(1952, 2024)]
    return {f"指标{k}(亿元)": [["地区", *years], *([p, *(number() for _ in years)] for p in PLACES)] for k in range(90)}


def long(number: Callable[[], Any]) -> dict[str, Rows]:
    keys = [(p, year, f"指标{k}") for k in range(20) for year in range(1950, 2015) for p in PLACES]
    return {"表": [["地区", "年份", "指标", "数值", "单位"], *([*key, number(), "亿元"] for key in keys[:40_000])]}


@pytest.mark.slow
@pytest.mark.parametrize("text", [False, True], ids=["numbers", "texts"])
@pytest.mark.parametrize("form", [wide, sheets, long])
def test_two_hundred_thousand_cells(
    form: Callable[[Callable[[], Any]], dict[str, Rows]], text: bool, tmp_path: Path
) -> None:
    random = Random(1)
    path = tmp_path / "t.xlsx"
    book = form(lambda: f"{random.uniform(1, 5000):.2f}" if text else random.uniform(1, 5000))
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in book.items():
            page = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                page.write_row(i, 0, row)
    assert sum(len(row) for rows in book.values() for row in rows) >= CELLS
    start = time.process_time()  # of this process alone: the machine may be busy
    reading = read(path)
    assert time.process_time() - start < SECONDS
    assert reading.frame["code"].n_unique() == 31
