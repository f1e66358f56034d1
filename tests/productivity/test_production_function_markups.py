"""Markups: the elasticity over the share, cleared of noise, by key."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from firm_panels import firm_panel

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.firms.markups import markups
from nqpf.productivity.firms.production_function import production_function
from nqpf.results import TableResult

DATA = firm_panel(60, 5, seed=2).with_columns(sales=pl.col("y").exp(), wages=0.45 * pl.col("y").exp())
FUNCTION = production_function(
    DATA, "y", ["l"], ["k"], "m", unit="firm", time="year", method="levinsohn_petrin", draws=30
)


def of(data: pl.DataFrame = DATA, elasticity: Any = FUNCTION, **more: Any) -> TableResult:
    options: dict[str, Any] = {"unit": "firm", "time": "year", "input": "l"} | more
    return markups(data, elasticity, "wages", "sales", **options)


def codes(found: TableResult) -> dict[str, Any]:
    return {note.code: note.values for note in found.notes}


def test_a_markup_by_hand() -> None:
    rows = pl.DataFrame({"firm": ["a", "b"], "year": [1, 1], "wages": [30.0, 80.0], "sales": [100.0, 100.0]})
    found = of(rows, 0.6, input=None, correct=False)
    assert found.frame["markup"].to_list() == pytest.approx([2.0, 0.75])
    assert found.frame["low"].null_count() == 2
    assert codes(found) == {"markup_uncorrected": {}, "markup_below_one": {"count": 1, "rows": 2}}


def test_noise_is_taken_out_of_revenue() -> None:
    found = of().frame.join(FUNCTION.frame.select("firm", "year", "noise"), on=["firm", "year"])
    share = 0.45 * np.exp(found["noise"].to_numpy())
    np.testing.assert_allclose(found["share"], share, rtol=1e-12)
    np.testing.assert_allclose(found["markup"], FUNCTION.elasticity("l") / share, rtol=1e-12)
    np.testing.assert_allclose(of(correct=False).frame["markup"], FUNCTION.elasticity("l") / 0.45, rtol=1e-12)


def test_intervals_come_from_the_draws() -> None:
    low, high = np.quantile(FUNCTION.draws["l"].to_numpy(), [0.05, 0.95])
    found = of(level=0.9).frame
    np.testing.assert_allclose(found["low"] * found["share"], np.full(found.height, low), rtol=1e-12)
    np.testing.assert_allclose(found["high"] * found["share"], np.full(found.height, high), rtol=1e-12)


def test_rows_find_their_noise_by_key() -> None:
    mixed = DATA.sample(fraction=0.5, shuffle=True, seed=1)
    there = mixed.select("firm", "year").join(of().frame, on=["firm", "year"], maintain_order="left")
    np.testing.assert_allclose(of(mixed).frame["markup"], there["markup"], rtol=1e-12)
    stranger = mixed.with_columns(pl.col("firm") + 1000)
    with pytest.raises(MethodError, match="has no such row, or no first-stage noise"):
        of(stranger)


@pytest.mark.parametrize(("column", "value"), [("wages", 0.0), ("wages", -5.0), ("sales", 0.0)])
def test_what_is_not_positive_is_refused_or_left_out(column: str, value: float) -> None:
    here = (pl.col("firm") == 3) & (pl.col("year") == 2001)
    odd = DATA.with_columns(pl.when(here).then(value).otherwise(column).alias(column))
    with pytest.raises(DataError, match=f"unit 3, indicator {column}, year 2001.*must be positive"):
        of(odd)
    found = of(odd, unusable="leave_out")
    assert found.frame.filter(here)["markup"].to_list() == [None]
    assert found.frame["markup"].null_count() == 1
    assert codes(found)["markup_left_out"] == {"count": 1}


def test_shares_above_one_are_said() -> None:
    big = DATA.with_columns(wages=2 * pl.col("sales"))
    assert codes(of(big, correct=False))["markup_share_above_one"] == {"count": DATA.height}


def test_elasticity_and_input_go_together() -> None:
    with pytest.raises(SpecError, match="input names the input"):
        of(input=None)
    with pytest.raises(SpecError, match="with a number, input is left out"):
        of(elasticity=0.6)
    with pytest.raises(DataError, match="“z” is no input"):
        of(input="z")
    with pytest.raises(MethodError, match=r"elasticity of -0\.2 is not positive"):
        of(elasticity=-0.2, input=None, correct=False)
    with pytest.raises(MethodError, match="has no first stage"):
        of(elasticity=0.6, input=None)
    plain = production_function(DATA, "y", ["l"], ["k"], unit="firm", time="year", method="ols")
    with pytest.raises(MethodError, match=r"firms\.ols has no first stage"):
        of(elasticity=plain)
    with pytest.raises(SpecError, match="level of 0 is not between"):
        of(level=0.0)
