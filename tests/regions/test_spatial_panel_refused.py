"""What a spatial regression refuses, and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from spatial_made_up import neighbours, panel

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.messages import speak
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel

GRID = neighbours(3, 4)
DATA = panel(GRID, 4)


def refusal(kind: type[NqpfError], data: Any = DATA, weights: Weights = GRID, **options: Any) -> str:
    usual: dict[str, Any] = {"unit": "place", "time": "year", "effects": "two_way", "y": "y", "x": ["a", "b"]}
    with pytest.raises(kind) as caught:
        spatial_panel(data, weights=weights, **(usual | options))
    with speak("zh"):
        assert str(caught.value)
    return str(caught.value)


def test_an_unbalanced_panel_names_unit_and_year() -> None:
    gone = DATA.filter((pl.col("place") != "u004") | ~pl.col("year").is_in([2002, 2004]))
    said = refusal(MethodError, gone)
    assert "2 rows are absent: u004" in said
    assert "2002, 2004" in said


def test_missing_values_name_column_unit_and_year() -> None:
    at = (pl.col("place") == "u003") & (pl.col("year") == 2003)
    said = refusal(DataError, DATA.with_columns(pl.when(at).then(None).otherwise("a").alias("a")))
    assert "indicator a" in said
    assert "1 values are missing: u003 (2003)" in said or "u003" in said
    assert "2003" in said


def test_infinite_and_written_values_name_their_row() -> None:
    at = pl.col("place") == "u003"
    said = refusal(DataError, DATA.with_columns(pl.when(at).then(float("inf")).otherwise("a").alias("a")))
    assert "unit u003" in said
    assert "“inf”" in said


def test_a_unit_without_weights_is_named() -> None:
    said = refusal(DataError, DATA.with_columns(pl.col("place").replace("u004", "u04x")))
    assert "u04x" in said
    assert "no spatial weights" in said


def test_two_rows_of_one_unit() -> None:
    assert "unit u002, year 2003" in refusal(DataError, pl.concat([DATA, DATA.filter(pl.col("place") == "u002")[2:3]]))
    said = refusal(DataError, DATA, time=None, effects="none")
    assert "name the column of years with time" in said
    assert "12 such units" in said


@pytest.mark.parametrize(
    ("column", "effects", "words"),
    [
        (pl.col("place").str.slice(1).cast(pl.Float64), "unit", "same in all years"),
        (pl.col("place").str.slice(1).cast(pl.Float64), "two_way", "same in all years"),
        (pl.col("year").cast(pl.Float64), "time", "same for all units of a year"),
        (
            pl.col("year") + 0.5 * pl.col("place").str.slice(1).cast(pl.Float64),
            "two_way",
            "Nothing is left of the column",
        ),
        (pl.lit(3.0), "none", "does not vary"),
        (pl.lit(3.0), "two_way", "does not vary"),
        (2 * pl.col("a") - 5, "none", "follows from others: "),
        (2 * pl.col("a") + pl.col("year"), "time", "follows from others: "),
    ],
)
def test_a_column_that_cannot_be_told_is_named(column: pl.Expr, effects: str, words: str) -> None:
    data = DATA.with_columns(column.alias("extra"))
    said = refusal(MethodError, data, x=["a", "b", "extra"], effects=effects)
    assert words in said
    assert "extra" in said


def test_neighbours_that_follow_from_others_are_named() -> None:
    """Everybody is everybody's neighbour: Wx is a multiple of x once the year's mean is off."""
    all_of_them = Weights.of(GRID.labels, np.ones((12, 12)) - np.eye(12)).standardised("row")
    said = refusal(MethodError, weights=all_of_them, model="sdm")
    assert "follows from others" in said
    assert "W·" in said


def test_an_outcome_that_does_not_vary_or_leaves_nothing() -> None:
    assert "indicator y: The column does not vary" in refusal(MethodError, DATA.with_columns(y=pl.lit(1.0)))
    fixed = DATA.with_columns(y=pl.col("place").str.slice(1).cast(pl.Float64))
    assert "Nothing is left" in refusal(MethodError, fixed)
    exact = DATA.with_columns(y=pl.col("a") * 2 - pl.col("b"))
    assert "leaves no residual" in refusal(MethodError, exact, model="ols")
    assert "leaves no residual" in refusal(MethodError, exact, model="sem")


def test_too_few_rows() -> None:
    tiny = DATA.filter(pl.col("year") == 2001).head(4).drop("year")
    said = refusal(MethodError, tiny, time=None, effects="none", model="sdm")
    assert "too few" in said


def test_weights_without_neighbours() -> None:
    nobody = Weights.of(GRID.labels, np.zeros((12, 12)))
    assert "Nobody has a neighbour" in refusal(MethodError, weights=nobody)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "sdn"}, "Did you mean “sdm”"),
        ({"effects": "twoway"}, "Did you mean “two_way”"),
        ({"correction": "leeyu"}, "Did you mean “lee_yu”"),
        ({"demean": "before"}, "before_lag"),
        ({"level": 95}, "between 0 and 1"),
        ({"x": []}, "No regressor"),
        ({"x": ["a", "a"]}, "used twice"),
        ({"x": ["a", "y"]}, "“y” is used twice"),
        ({"x": ["a", "rho"]}, "that of a parameter"),
        ({"time": None}, "cross-section"),
        ({"model": "sar", "durbin": ["a"]}, "durbin does nothing under sar"),
        ({"model": "ols", "correction": "lee_yu"}, "ols"),
        ({"model": "sdm", "durbin": ["c"]}, "“c” is not one of the choices"),
        ({"model": "sdm", "durbin": []}, "at least one regressor of the neighbours"),
        ({"effects": "none", "correction": "lee_yu"}, "no bias to correct"),
        ({"correction": "lee_yu_transform", "demean": "before_lag"}, "after the lag"),
    ],
)
def test_options_that_do_not_go(options: dict[str, Any], words: str) -> None:
    assert words in refusal(SpecError, **options)


def test_effects_need_more_than_a_year() -> None:
    year = DATA.filter(pl.col("year") == 2002)
    assert "one year only" in refusal(MethodError, year, effects="unit")


def test_corrections_with_year_effects_need_rows_that_sum_to_one() -> None:
    binary = neighbours(3, 4, "binary")
    for correction in ("lee_yu", "lee_yu_transform", "splm"):
        assert "rows all sum to 1" in refusal(MethodError, weights=binary, correction=correction)


def test_an_absent_column_is_named() -> None:
    assert "“aa”" in refusal(DataError, x=["aa"])
