"""What is written in a cell: numbers with their marks, years, and signs that there is none."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data.reading.rows import consecutive, kind_of
from nqpf.data.reading.tokens import Number, as_number, as_year, close_up, month_of, text_of, without_marks


@pytest.mark.parametrize(
    ("cell", "value", "mark", "measure"),
    [
        (1, 1.0, None, None),
        (2.5, 2.5, None, None),
        (Decimal("1.5"), 1.5, None, None),
        (np.float64(3.5), 3.5, None, None),
        ("1234.5", 1234.5, None, None),
        ("1,234,567.8", 1234567.8, None, None),
        ("1 234 567", 1234567.0, None, None),
        ("1\u00a0234", 1234.0, None, None),
        ("12'345", 12345.0, None, None),
        ("１２，３４５．６", 12345.6, None, None),
        ("−3.2", -3.2, None, None),
        ("+4", 4.0, None, None),
        (".5", 0.5, None, None),
        ("1.2E+03", 1200.0, None, None),
        ("33.5(p)", 33.5, "(p)", None),
        ("33.5（e）", 33.5, "（e）", None),
        ("33.5①", 33.5, "①", None),
        ("33.5 ②③", 33.5, "②③", None),
        ("12³", 12.0, "³", None),
        ("12*", 12.0, "*", None),
        ("7 r", 7.0, "r", None),
        ("12.5%", 12.5, None, "%"),
        ("３％", 3.0, None, "%"),
        ("120 亿元", 120.0, None, "亿元"),
        ("5‰①", 5.0, "①", "‰"),
    ],
)
def test_numbers(cell: Any, value: float, mark: str | None, measure: str | None) -> None:
    assert as_number(cell) == Number(value, mark, measure)


@pytest.mark.parametrize("cell", [None, float("nan"), "", "NA", "n/a", "NaN", "无", "暂无", "不详"])
def test_words_for_nothing_leave_no_mark(cell: Any) -> None:
    assert as_number(cell) == Number(None)


@pytest.mark.parametrize(
    "cell", ["…", "……", "...", "-", "--", "—", "──", "－", "#", "*", ":", "/", "..", "x", "?", "⋯"]
)
def test_signs_for_nothing_are_kept(cell: str) -> None:
    assert as_number(cell) == Number(None, cell)


@pytest.mark.parametrize(
    "cell",
    [
        "E48",
        "e5",
        "约3",
        "1-2",
        "1,23",
        "1.234,5",
        "12,34,567",
        "0x10",
        "1_000",
        "inf",
        "Infinity",
        "(123)",
        "9" * 400,
        "3 apples",
        "2019年1月",
        True,
        math.inf,
        dt.date(2019, 1, 1),
        [1],
    ],
)
def test_what_is_no_number(cell: Any) -> None:
    assert as_number(cell) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives_being_written(number: float) -> None:
    found = as_number(repr(number))
    assert found is not None
    assert found.value == number


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_cell(text: str) -> None:
    number, year = as_number(text), as_year(text)
    assert number is None or number.value is None or math.isfinite(number.value)
    assert year is None or 1800 <= year <= 2200


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        (2019, 2019),
        (2019.0, 2019),
        ("2019", 2019),
        ("2019.0", 2019),
        ("2019年", 2019),
        ("2019 年", 2019),
        ("２０１９年", 2019),
        ("2019年度", 2019),
        ("2019年末", 2019),
        ("2024E", 2024),
        ("2023年(p)", 2023),
        ("2023①", 2023),
        ("二〇一九年", 2019),
        ("2019-12-31", 2019),
        ("2019/6/30", 2019),
        ("'2023-10-23", 2023),
        ("‘2023-12-31’", 2023),
        ("2019-12-31 00:00:00", 2019),
        ("2020年12月31日", 2020),
        (dt.datetime(2019, 12, 31), 2019),
        ("2019-2020", None),
        ("2019Q1", None),
        ("201912", None),
        ("2019.5", None),
        ("19年", None),
        ("1799", None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_years(cell: Any, year: int | None) -> None:
    assert as_year(cell) == year


@pytest.mark.parametrize(
    ("cell", "month"),
    [("2020年3月", 3), ("2020-12-31", 12), ("2020/6", 6), (dt.date(2020, 9, 30), 9), ("2020年", None), (2020, None)],
)
def test_months(cell: Any, month: int | None) -> None:
    assert month_of(cell) == month


@pytest.mark.parametrize(
    ("name", "bare", "mark"),
    [
        ("就业人员①", "就业人员", "①"),
        ("就业人员 *", "就业人员", "*"),
        ("就业人员1)", "就业人员", "1)"),
        ("就业人员（2）", "就业人员", "（2）"),
        ("就业人员[3]", "就业人员", "[3]"),
        ("GDP²", "GDP²", None),
        ("面积(m²)", "面积(m²)", None),
        ("CO2", "CO2", None),
        ("①", "①", None),
    ],
)
def test_signs_behind_names(name: str, bare: str, mark: str | None) -> None:
    assert without_marks(name) == (bare, mark)


def test_blanks_inside_chinese_names_are_closed_up() -> None:
    assert close_up("地　 区") == "地区"
    assert close_up("R&D  经费 支出") == "R&D 经费支出"


def test_cells_as_text() -> None:
    assert [text_of(c) for c in (2019.0, 1.5, " 北京 ", None, 7)] == ["2019", "1.5", "北京", "", "7"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (None, "empty"),
        (2019, "year"),
        (2019.5, "number"),
        (1899, "number"),
        ("2019年", "year"),
        ("2019.0", "year"),
        ("2019.5", "number"),
        ("123456", "number"),
        (float("nan"), "absent"),
        (float("inf"), "text"),
        ("…", "absent"),
        ("北　京", "place"),
        ("广东①", "place"),
        ("全国", "place"),
        ("Inner Mongolia", "place"),
        ("NO", "text"),
        ("指标", "text"),
        (dt.date(2019, 12, 31), "year"),
    ],
)
def test_kinds_of_cells(cell: Any, kind: str) -> None:
    assert kind_of(cell) == kind


@pytest.mark.parametrize(
    ("years", "run"),
    [
        ([2019, 2020, 2021], True),
        ([2021, 2020, 2019], True),
        ([2019, 2019, 2020, 2020], True),
        ([2019, 2020, 2019, 2020, 2019], True),
        ([1952, 1978, 1990, 2000, 2019], True),
        ([2012, 2012, 2012], True),
        ([2001, 1999, 2010], False),
        ([2019, 2020, 2018, 2019], False),
        ([1900, 2000], False),
    ],
)
def test_years_run_one_way_and_numbers_of_their_size_do_not(years: list[int], run: bool) -> None:
    assert consecutive(years) is run
