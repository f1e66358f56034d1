"""What production functions cannot use is an error that names it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from firm_panels import firm_panel

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.productivity.firms.production_function import production_function
from nqpf.productivity.firms.production_result import ProductionFunction

DATA = firm_panel(50, 5, seed=2)


def fit(data: pl.DataFrame = DATA, **more: Any) -> ProductionFunction:
    options: dict[str, Any] = {
        "output": "y",
        "free": ["l"],
        "state": ["k"],
        "proxy": "m",
        "unit": "firm",
        "time": "year",
    }
    return production_function(data, **(options | {"method": "levinsohn_petrin"} | more))


def at(value: float | None, column: str, firm: int = 7, year: int = 2002) -> pl.DataFrame:
    here = (pl.col("firm") == firm) & (pl.col("year") == year)
    return DATA.with_columns(pl.when(here).then(pl.lit(value, dtype=pl.Float64)).otherwise(column).alias(column))


def test_a_missing_cell_is_named_or_left_out() -> None:
    for column in ("y", "l", "k", "m"):
        with pytest.raises(DataError, match=rf"unit 7, indicator {column}, year 2002.*missing"):
            fit(at(None, column))
    found = fit(at(None, "l"), unusable="leave_out")
    row = found.frame.filter((pl.col("firm") == 7) & (pl.col("year") == 2002))
    assert row["status"].to_list() == ["missing"]
    assert row["tfp"].to_list() == row["omega"].to_list() == [None]
    after = found.frame.filter((pl.col("firm") == 7) & (pl.col("year") == 2003))
    assert after["status"].to_list() == ["no_previous_year"]
    assert any(n.code == "pf_left_out" and n.values["count"] == 1 for n in found.notes)


def test_zeros_have_no_logarithm() -> None:
    levels = DATA.with_columns(pl.col("y", "l", "k", "m").exp())
    here = (pl.col("firm") == 7) & (pl.col("year") == 2002)
    for value in (0.0, -3.0):
        zero = levels.with_columns(pl.when(here).then(value).otherwise("m").alias("m"))
        with pytest.raises(DataError, match=r"unit 7, indicator m, year 2002.*must be positive"):
            fit(zero, logs=False)
        found = fit(zero, logs=False, unusable="leave_out")
        assert found.frame.filter(here)["status"].to_list() == ["not_positive"]


def test_infinite_cells_and_text_are_refused() -> None:
    with pytest.raises(DataError, match="holds “-inf”"):
        fit(at(float("-inf"), "m"))
    with pytest.raises(DataError, match="holds “a lot”"):
        fit(DATA.with_columns(l=pl.lit("a lot")))


def test_keys_are_needed_once() -> None:
    with pytest.raises(DataError, match="Two rows stand for one unit and year"):
        fit(pl.concat([DATA, DATA.head(1)]))
    with pytest.raises(DataError, match="no column “ll”"):
        fit(free=["ll"])


def test_a_column_has_one_role() -> None:
    with pytest.raises(SpecError, match="“k” is given two roles"):
        fit(free=["l", "k"])
    with pytest.raises(SpecError, match="“m” is given two roles"):
        fit(free=["l", "m"], output_kind="gross_output")


def test_methods_say_what_they_need() -> None:
    with pytest.raises(SpecError, match="levinsohn_petrin needs proxy"):
        fit(proxy=None)
    with pytest.raises(SpecError, match="levinsohn_petrin needs state"):
        fit(state=[])
    with pytest.raises(SpecError, match="ols needs state"):
        fit(method="ols", free=[], state=[])
    with pytest.raises(SpecError, match="gross_output needs proxy"):
        fit(method="ols", proxy=None, output_kind="gross_output")
    with pytest.raises(SpecError, match="one column of investment"):
        fit(method="olley_pakes", proxy=["i", "m"])
    with pytest.raises(SpecError, match="wooldridge \\(value_added\\) has no correction for exit"):
        fit(method="wooldridge", exit=True)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("method", "acf", "“acf” is not one of the choices"),
        ("output_kind", "sales", "“sales” is not one of the choices"),
        ("process", "phi", "“phi” is not one of the choices"),
        ("system", "gmm", "“gmm” is not one of the choices"),
        ("exit_rule", "next", "“next” is not one of the choices"),
        ("errors", "robust", "“robust” is not one of the choices"),
        ("control_effects", "out", "“out” is not one of the choices"),
        ("unusable", "drop", "“drop” is not one of the choices"),
        ("degree", 0, "0 is too small. It is at least 1"),
        ("series_degree", 0, "0 is too small"),
        ("draws", -1, "-1 is too small. It is at least 0"),
        ("starts", 0, "0 is too small"),
        ("level", 1.0, "level of 1 is not between 0 and 1"),
    ],
)
def test_options_out_of_range(option: str, value: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        fit(**{option: value})


def test_starting_points_have_a_number_for_each_input() -> None:
    with pytest.raises(SpecError, match="2 numbers, in this order: l, k"):
        fit(method="ackerberg_caves_frazer", starts=[[0.5]])
    with pytest.raises(SpecError, match="1 numbers, in this order: k"):
        fit(starts=[[0.5, 0.5]])
    assert fit(starts=[[0.5], [0.1]]).starts.height == 2


def test_collinear_inputs_are_named() -> None:
    with pytest.raises(MethodError, match=r"indicator l2.*no variation of its own"):
        fit(DATA.with_columns(l2=2 * pl.col("l") + 1), free=["l", "l2"])
    follows = DATA.with_columns(l=pl.col("k") + 0.5 * pl.col("m") ** 2)
    with pytest.raises(MethodError, match=r"indicator l.*ackerberg_caves_frazer"):
        fit(follows)
    groups = DATA.with_columns(a=(pl.col("firm") < 20).cast(pl.Float64), b=(pl.col("firm") >= 20).cast(pl.Float64))
    with pytest.raises(MethodError, match=r"indicator b.*no variation of its own"):
        fit(groups, controls=["a", "b"])
    constant = DATA.with_columns(k=pl.col("firm").cast(pl.Float64))
    with pytest.raises(MethodError, match=r"indicator k.*no variation"):
        fit(constant, method="fixed_effects")


def test_rows_must_be_more_than_parameters_and_have_a_year_before() -> None:
    with pytest.raises(MethodError, match="No row has the same firm's figures of the year before"):
        fit(DATA.filter(pl.col("year") % 2 == 0))
    with pytest.raises(MethodError, match="8 rows that can be used, and 8 parameters"):
        fit(DATA.filter(pl.col("firm") < 2))


def test_exits_are_zero_or_one_and_someone_leaves() -> None:
    with pytest.raises(DataError, match=r"year 2000.*holds 0 or 1, this one 2"):
        fit(DATA.with_columns(gone=pl.lit(2.0)), exit="gone")
    with pytest.raises(MethodError, match="does not vary"):
        fit(exit=True)


def test_errors_are_told_in_chinese_too() -> None:
    with pytest.raises(MethodError) as caught:
        fit(DATA.filter(pl.col("year") % 2 == 0))
    with speak("zh"):
        assert "上一年" in str(caught.value)
    with pytest.raises(DataError) as unknown:
        fit(method="ols").elasticity("z")
    assert "Its inputs are: l, k" in str(unknown.value)
