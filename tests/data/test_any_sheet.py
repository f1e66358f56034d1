"""Whatever stands in a sheet: it is read, or refused with an error of ours; no number appears that is not in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.data.files.sheet import tidied
from nqpf.data.grid import Grid
from nqpf.data.reading.find import find
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.data.reading.structure import tables
from nqpf.data.reading.take import Taken, take
from nqpf.data.reading.tokens import as_number
from nqpf.errors import NqpfError

CELLS: list[Any] = [
    *(None, None, None, 1.0, 2.0, 2019, 2019.0, 2020, "2019年", "2020", "1,234", "12%", "…", "--", "3(p)", "约3", True),
    *(
        "地区",
        "年份",
        "指标",
        "数值",
        "单位",
        "单位：亿元",
        "项 目",
        "代码",
        "频率",
        "来源",
        "其中",
        "合计",
        "注：①初步。",
    ),
    *(
        "北京",
        "上　海",
        "全国",
        "广东①",
        "香洲区",
        "110000",
        "北京:产值",
        "产值(亿元)",
        "2019年产值",
        "人口\nPopulation",
    ),
    *(
        "(万人)",
        "千焦)",
        "折算系数",
        "表2 用电量",
        "续表",
        "Region",
        "甲",
        "x",
        "数据来源：统计局",
        "总人口①",
        "'2019-12-31",
    ),
    *(dt.date(2019, 12, 31), dt.date(2019, 6, 30), float("nan"), float("inf"), -1, 0, 1e300, "", "9" * 400),
]
cells = st.one_of(st.sampled_from(CELLS), st.text(max_size=3), st.floats(-1e6, 1e6), st.integers(-10, 3000))
sheets = st.integers(1, 7).flatmap(lambda width: st.lists(st.tuples(*[cells] * width), min_size=1, max_size=9))
merges = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)), max_size=2)


def read_all(grid: Grid) -> tuple[list[Taken], list[NqpfError]]:
    """Return every table that can be taken apart, and the errors of the others; a recipe must read them alike."""
    taken: list[Taken] = []
    errors: list[NqpfError] = []
    try:
        for table in tables(grid):
            try:
                found = find(table)
                taken.append(take(found))
            except NqpfError as error:
                errors.append(error)
                continue
            again = ReadingRecipe.from_found([found]).tables_of(grid)
            assert again is not None
            assert take(again[0]).frame.equals(taken[-1].frame, null_equal=True)
    except NqpfError as error:
        errors.append(error)
    return taken, errors


@settings(max_examples=4 * settings().max_examples)
@given(sheets, merges, st.sampled_from([None, "Sheet1", "2019年", "北京", "用电量(亿千瓦时)"]))
def test_any_sheet(rows: list[tuple[Any, ...]], merged: list[tuple[int, int, int, int]], sheet: str | None) -> None:
    grid = Grid("t.xlsx", sheet, tidied(rows), tuple((i, j, i + h, j + w) for i, j, h, w in merged))
    held = {n.value for row in rows for c in row if (n := as_number(c)) is not None}
    read, errors = read_all(grid)
    assert all(error.text().zh and error.text().en for error in errors)
    for taken in read:
        frame = taken.frame
        assert set(frame["value"]) <= held | {None}
        assert frame.select("unit", "period", "indicator", "cell").null_count().row(0) == (0, 0, 0, 0)
        assert not frame["cell"].is_duplicated().any()
        assert not frame.filter(frame["unit"].str.strip_chars() == "").height
        assert all(note.text().zh and note.text().en for note in taken.notes)
