from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from nqpf.chapters.blocks import Column
from nqpf.messages import Text
from nqpf.report.cells import Bar, cells

TITLE = Text("值", "Value")


def shown(values: list[object], kind: str, digits: int = 2, title: Text = TITLE) -> list[str]:
    frame = pl.DataFrame({"x": values}, strict=False)
    return [cell.text.zh for cell in cells(frame, Column("x", title, kind, digits))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1.005, None, float("nan")], "number", ["1.00", "—", "—"]),
        ([2012, 2022], "integer", ["2012", "2022"]),
        ([2012, 12345], "integer", ["2,012", "12,345"]),
        ([-0.001, 12345.6], "number", ["0.00", "12,345.60"]),
        ([0.1234, -0.5], "percent", ["12.34%", "-50.00%"]),
        ([float("inf"), float("-inf")], "number", ["∞", "-∞"]),
        (["a", None], "text", ["a", "—"]),
        ([True, False], "text", ["是", "否"]),
        ([["a", "b"], []], "text", ["a、b", ""]),
        ([date(2022, 1, 31)], "text", ["2022-01-31"]),
    ],
)
def test_what_is_read(values: list[object], kind: str, expected: list[str]) -> None:
    assert shown(values, kind) == expected


def test_a_heading_with_the_unit_spares_the_sign() -> None:
    assert shown([0.1234], "percent", 1, Text("占比（%）", "Share (%)")) == ["12.3"]


def test_bars_start_at_zero_and_span_the_column() -> None:
    frame = pl.DataFrame({"x": [-1.0, 0.0, 3.0, None]})
    bars = [cell.bar for cell in cells(frame, Column("x", TITLE, "bar"))]
    assert bars == [Bar(0.0, 25.0), Bar(25.0, 0.0), Bar(25.0, 75.0), None]
    assert [bar.at for bar in bars if bar] == [0.0, 25.0, 100.0]


def test_a_column_of_zeros_has_no_bars() -> None:
    assert [c.bar for c in cells(pl.DataFrame({"x": [0.0, 0.0]}), Column("x", TITLE, "bar"))] == [None, None]


def test_sorting_uses_the_unrounded_number() -> None:
    assert [c.number for c in cells(pl.DataFrame({"x": [1 / 3]}), Column("x", TITLE, "number", 1))] == [1 / 3]
