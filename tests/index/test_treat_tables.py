"""Screening, imputation and treatment of plain tables: the table back, and every changed cell listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.treat.table_impute import impute
from nqpf.index.treat.table_screen import screen
from nqpf.index.treat.table_treat import treat, winsorise

TABLE: dict[str, list[Any]] = {
    "unit": ["A", "B", "C", "D", "E", "F", "G"] * 2,
    "year": [2020] * 7 + [2021] * 7,
    "bloc": ["e", "e", "e", "w", "w", "w", None] * 2,
    "x": [1, 2, 3, 4, 5, 6, 90, 2, 3, 4, 5, 6, 7, 8],
    "y": [1.0, None, 3.0, None, None, None, 7.0, 2.0, 4.0, 6.0, 0.0, 0.0, 0.0, 1.0],
}

CALLS: list[Callable[[Any], Any]] = [
    lambda data: winsorise(data, ["x"]),
    lambda data: treat(data, ["x"], method="log", by="year"),
    lambda data: impute(data, ["y"], method="median", by="year"),
    lambda data: screen(data, ["x", "y"], unit="unit", threshold=0.9),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("kind", "expected"), [(pl.DataFrame, pl.DataFrame), (pd.DataFrame, pd.DataFrame), (pa.table, pa.Table)]
)
def test_the_same_kind_of_table_comes_back(call: Callable[[Any], Any], kind: Any, expected: type) -> None:
    assert type(call(kind(TABLE)).to_frame()) is expected


@pytest.mark.parametrize("call", CALLS)
def test_other_columns_and_missing_cells_stay(call: Callable[[Any], Any]) -> None:
    frame = call(TABLE).frame
    assert frame.columns == list(TABLE)
    assert not frame.select(pl.col(pl.Float64).is_nan().any()).row(0)[0]


def test_winsorising_lists_the_cells() -> None:
    found = winsorise(TABLE, ["x"])
    assert found.frame["x"].to_list() == [1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 5, 6, 7, 8]
    assert found.changes.rows() == [(7, "x", 90.0, 8.0, "winsorised_high")]
    assert found.details["winsorised"].to_list() == [1]
    assert [n.code for n in found.notes] == ["treat_winsorised"]
    assert found.method.id == "treat.winsorise"


def test_each_year_alone() -> None:
    found = winsorise(TABLE, ["x"], by="year")
    assert found.frame["x"].to_list()[6] == 6
    assert found.details["year"].to_list() == [2020, 2021]
    assert found.details["winsorised"].to_list() == [1, 0]
    assert found.changes["row"].to_list() == [7]


def test_both_sides_and_both_steps_are_told_apart() -> None:
    both = {"x": [-90.0, *range(1, 11)], "z": [*range(1, 10), 900.0, 9000.0]}
    found = treat(both, ["x", "z"], winmax=1, start="winsorised", skew=1.5, kurt=0.0)
    rules = dict(
        zip(zip(found.changes["column"], found.changes["row"], strict=True), found.changes["rule"], strict=True)
    )
    assert rules["x", 1] == "winsorised_low"
    assert (rules["z", 11], rules["z", 1]) == ("winsorised_high+shifted", "shifted")
    assert found.changes.height == 1 + 11


def test_holes_filled_by_year_and_by_group() -> None:
    assert impute(TABLE, ["y"], by="year").frame["y"].to_list()[:4] == pytest.approx([1, 11 / 3, 3, 11 / 3])
    with pytest.raises(MethodError, match=r"row 4.*3 missing cells cannot be filled.*y in row 4"):
        impute(TABLE, ["y"], method="group_mean", group="bloc", by="year")
    found = impute(TABLE, ["y"], method="group_mean", group="bloc", by="year", fallback="overall")
    assert found.changes.rows() == [
        (2, "y", None, 2.0, "group_mean"),
        (4, "y", None, pytest.approx(11 / 3), "overall"),
        (5, "y", None, pytest.approx(11 / 3), "overall"),
        (6, "y", None, pytest.approx(11 / 3), "overall"),
    ]
    left = impute(TABLE, ["y"], method="group_mean", group="bloc", by="year", fallback="leave")
    assert left.frame["y"].null_count() == 3
    assert impute(TABLE, ["y"], method="constant", value=0.0).changes["new"].to_list() == [0.0] * 4
    with pytest.raises(SpecError, match="needs groups"):
        impute(TABLE, ["y"], method="group_mean")


def test_screening_says_of_everyone_why() -> None:
    found = screen(TABLE, ["x", "y"], unit="unit", threshold=0.9, keep=["B"], drop=["G"])
    assert found.frame["unit"].unique(maintain_order=True).to_list() == ["A", "B", "C"]
    why = dict(found.units.select("unit", "reason").rows())
    assert why == {
        "A": None,
        "B": "keep",
        "C": None,
        "D": "availability",
        "E": "availability",
        "F": "availability",
        "G": "drop",
    }
    assert found.units.filter(pl.col("unit") == "D")["available"].to_list() == [0.75]
    assert "D (75% of the indicators present)" in str(found.notes[0].text().en)


def test_screening_in_every_year_counts_a_year_without_a_row_as_empty() -> None:
    assert screen(TABLE, ["x", "y"], unit="unit", threshold=0.6).frame.height == 14
    yearly = screen(TABLE, ["x", "y"], unit="unit", threshold=0.6, by="year")
    assert yearly.frame["unit"].unique(maintain_order=True).to_list() == ["A", "C", "G"]
    short = pl.DataFrame(TABLE)[:-1]
    assert screen(short, ["x"], unit="unit", threshold=0.6, by="year").units["kept"].to_list() == [True] * 6 + [False]
    zeros = screen(TABLE, ["y"], unit="unit", nonzero=0.5)
    assert zeros.units["kept"].to_list() == [True, True, True, False, False, False, True]


def test_bad_tables_are_refused() -> None:
    with pytest.raises(DataError, match="no column “z”"):
        winsorise(TABLE, ["z"])
    with pytest.raises(DataError, match="row 2"):
        screen({"unit": ["A", None], "x": [1.0, 2.0]}, ["x"], unit="unit", threshold=0.5)
    with pytest.raises(SpecError, match="winmax"):
        treat(TABLE, ["x"], method="log", winmax=2)
    with pytest.raises(MethodError, match="Box-Cox takes positive values"):
        treat({"x": [0.0, *TABLE["x"]]}, ["x"], method="boxcox")
