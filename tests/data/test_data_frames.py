"""The door for tables: what comes in as one kind of dataframe goes out as the same kind."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nqpf.errors import DataError
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.results import Method, TableResult

COLUMNS = {"省份": ["北京", "天津"], "x": [1.5, None], "n": [1, 2]}
FRAME = pl.DataFrame(COLUMNS)


@pytest.mark.parametrize(
    "table", [COLUMNS, FRAME, FRAME.lazy(), pd.DataFrame(COLUMNS), pa.table(COLUMNS)], ids=lambda t: type(t).__name__
)
def test_every_kind_comes_in_as_polars(table: Any) -> None:
    frame = to_polars(table)
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dict(as_series=False) == COLUMNS


def test_polars_comes_in_as_it_is() -> None:
    assert to_polars(FRAME) is FRAME


@pytest.mark.parametrize("table", [3, "gdp", [1, 2], None, pl.Series([1])])
def test_what_is_no_table_is_named_by_its_kind(table: Any) -> None:
    with pytest.raises(DataError) as caught:
        to_polars(table)
    assert caught.value.values["kind"] == type(table).__name__
    assert "请给出文件路径" in caught.value.text().zh


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (COLUMNS, pl.DataFrame),
        (FRAME, pl.DataFrame),
        (FRAME.lazy(), pl.DataFrame),
        (pd.DataFrame(COLUMNS), pd.DataFrame),
        (pa.table(COLUMNS), pa.Table),
    ],
    ids=["dict", "polars", "lazy", "pandas", "pyarrow"],
)
def test_the_same_kind_goes_out(table: Any, kind: type) -> None:
    back = as_backend(to_polars(table), backend_of(table))
    assert isinstance(back, kind)
    assert to_polars(back).to_dict(as_series=False) == COLUMNS
    result = TableResult(to_polars(table), Method("x"), backend=backend_of(table))
    assert isinstance(result.to_frame(), kind)


def test_required_columns_are_named_with_the_nearest() -> None:
    require(FRAME, "省份", "x")
    with pytest.raises(DataError) as caught:
        require(FRAME, "x", "省分", "y")
    assert caught.value.text().zh == "没有名为“省分”的列。您是不是想写“省份”？现有的列：省份、x、n。"
