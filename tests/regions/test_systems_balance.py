"""Balances by hand, beside dummies written out, and on panels made to draw together or apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.regions.systems.balance import balance
from nqpf.regions.systems.coupling import coupling

KEYS = {"unit": "city", "time": "year"}
FOUR = pl.DataFrame(
    {
        "city": ["a", "b", "c", "d"] * 2,
        "year": [2020] * 4 + [2021] * 4,
        "x": [0.9, 0.7, 0.3, 0.1, 0.8, 0.7, 0.5, 0.3],
        "y": [0.8, 0.2, 0.6, 0.1, 0.8, 0.4, 0.6, 0.0],
    }
)


def panel(years: int = 10, units: int = 30, pull: float = 0.2, seed: int = 1) -> pl.DataFrame:
    """Return sides whose gap shrinks by `pull` of itself a year (grows, below zero)."""
    rng = np.random.default_rng(seed)
    gap = rng.normal(0.5, 1.0, units) * (1 - pull) ** np.arange(years)[:, None]
    level = rng.normal(size=(years, units)) + np.arange(units)
    t, n = np.indices((years, units))
    x, y = (level + sign * gap / 2 + 0.02 * rng.normal(size=level.shape) for sign in (1, -1))
    return pl.DataFrame({"city": n.ravel(), "year": 2010 + t.ravel(), "x": x.ravel(), "y": y.ravel()})


def test_positions_and_quadrants_by_hand() -> None:
    found = balance(FOUR, "x", "y", **KEYS, line=0.5)
    first = found.frame.filter(year=2020)
    assert first["position"].to_list() == pytest.approx([0.1, 0.5, -0.3, 0.0])
    assert first["ahead"].to_list() == ["one", "one", "other", "even"]
    assert first["quadrant"].to_list() == ["both_high", "one_ahead", "other_ahead", "both_low"]
    assert first["change"].to_list() == [None] * 4
    last = found.frame.filter(year=2021)
    assert last["change"].to_list() == pytest.approx([-0.1, -0.2, 0.2, 0.3])
    assert last["quadrant"].to_list() == ["both_high", "one_ahead", "both_high", "both_low"]
    year = found.years.filter(year=2020).row(0, named=True)
    assert year["position"] == pytest.approx(0.075)
    assert year["distance"] == pytest.approx(0.225)
    assert (year["one_ahead"], year["other_ahead"], year["even"]) == (0.5, 0.25, 0.25)
    assert year["low"] <= year["position"] <= year["high"]
    quadrants = found.years.select(pl.col("^quadrant_.*$")).sum_horizontal()
    assert quadrants.to_list() == pytest.approx([1, 1])
    unit = found.units.filter(city="c").row(0, named=True)
    assert (unit["first"], unit["last"], unit["change"], unit["mean"]) == pytest.approx((-0.3, -0.1, 0.2, -0.2))
    assert unit["correlation"] is None  # two years make no correlation
    assert (unit["quadrant"], unit["years"]) == ("both_high", 2)


def test_lines_are_medians_of_the_year_or_of_all_years() -> None:
    yearly = balance(FOUR, "x", "y", **KEYS).years
    assert yearly["line_one"].to_list() == pytest.approx([0.5, 0.6])
    assert yearly["line_other"].to_list() == pytest.approx([0.4, 0.5])
    pooled = balance(FOUR, "x", "y", **KEYS, line="pooled_median").years
    assert pooled["line_one"].to_list() == pytest.approx([0.6, 0.6])


def test_coordination_is_that_of_coupling() -> None:
    found = balance(FOUR, "x", "y", **KEYS)
    near = coupling(FOUR, ["x", "y"], **KEYS).frame.sort("city", "year")
    assert found.frame["coordination"].to_list() == pytest.approx(near["coordination_wang2021"].to_list(), abs=1e-12)
    beyond = balance(FOUR.with_columns(pl.col("x") * 2), "x", "y", **KEYS)
    assert beyond.frame["coordination"].null_count() == 8
    assert any("not all between 0 and 1" in note.text().en for note in beyond.notes)


def test_sides_that_draw_together_or_apart() -> None:
    together, apart = (balance(panel(pull=pull), "x", "y", **KEYS).trend for pull in (0.2, -0.2))
    assert together.filter(what="distance")["answer"].item() == "converging"
    assert apart.filter(what="distance")["answer"].item() == "diverging"
    rng = np.random.default_rng(0)
    shifting = panel(pull=0.0).with_columns(pl.col("x") + 0.1 * (pl.col("year") - 2010) + rng.normal(0, 0.01, 300))
    assert balance(shifting, "x", "y", **KEYS).trend.filter(what="position")["answer"].item() == "to_one"
    back = balance(shifting, "y", "x", **KEYS).trend.filter(what="position").row(0, named=True)
    assert back["answer"] == "to_other"
    assert back["slope"] == pytest.approx(-0.1, abs=0.02)


def test_slopes_and_correlation_are_regressions_with_dummies_written_out() -> None:
    table = panel().sample(fraction=0.9, seed=2).sort("city", "year")
    found = balance(table, "x", "y", **KEYS)
    units = table.select("city").to_dummies("city").to_numpy()
    distance = (table["x"] - table["y"]).abs().to_numpy()
    beta = np.linalg.lstsq(np.column_stack([table["year"] - 2014, units]), distance, rcond=None)[0]
    assert found.trend.filter(what="distance")["slope"].item() == pytest.approx(beta[0], abs=1e-10)
    both = table.select("city", "year").to_dummies(["city", "year"]).to_numpy()
    x, y = (v - both @ np.linalg.lstsq(both, v, rcond=None)[0] for v in table.select("x", "y").to_numpy().T)
    expected = (x @ y) / np.sqrt((x @ x) * (y @ y))
    row = found.together.row(0, named=True)
    assert row["correlation"] == pytest.approx(expected, abs=1e-10)
    assert row["low"] < row["correlation"] < row["high"]
    mine = table.filter(city=3)
    own = found.units.filter(city="3")["correlation"].item()
    assert own == pytest.approx(np.corrcoef(mine["x"], mine["y"])[0, 1], abs=1e-10)


def test_scales_do_not_hang_on_units_of_measurement_nor_anything_on_the_order_of_rows() -> None:
    table = panel()
    other = table.sample(fraction=1.0, shuffle=True, seed=3).with_columns(pl.col("x") * 12 + 5, pl.col("y") / 7)
    for scale in ("zscore", "range"):
        one, two = (balance(t, "x", "y", **KEYS, scale=scale, draws=50) for t in (table, other))  # type: ignore[arg-type]
        numbers = one.years.select(pl.col(pl.Float64)).to_numpy()
        assert two.years.select(pl.col(pl.Float64)).to_numpy() == pytest.approx(numbers, abs=1e-9, nan_ok=True)
        assert two.frame["position"].to_list() == pytest.approx(one.frame["position"].to_list(), abs=1e-9)
    assert one.frame["one"].min() == 0
    assert one.frame["one"].max() == 1


def test_swapping_the_sides_turns_the_positions() -> None:
    table = panel()
    one, other = balance(table, "x", "y", **KEYS), balance(table, "y", "x", **KEYS)
    assert (one.frame["position"] + other.frame["position"]).abs().max() == 0
    assert one.years["low"].to_list() == pytest.approx((-other.years["high"]).to_list())
    assert one.together.row(0) == pytest.approx(other.together.row(0))


def test_years_between_are_no_change_of_a_year() -> None:
    found = balance(FOUR.with_columns(pl.col("year") * 2), "x", "y", **KEYS)
    assert found.frame["change"].null_count() == 8


def test_a_side_that_stands_still_has_no_correlation() -> None:
    table = panel().with_columns(y=pl.col("city") * 1.0)
    found = balance(table, "x", "y", **KEYS, draws=20)
    assert found.together.row(0)[:3] == (None, None, None)
    assert found.units["correlation"].null_count() == 30
    assert found.frame["position"].null_count() == 0


def test_one_year_has_no_trend_and_says_so() -> None:
    found = balance(FOUR.filter(year=2020), "x", "y", **KEYS)
    assert found.trend.is_empty()
    assert any("no trend is tested" in note.text().en for note in found.notes)


def test_what_cannot_be_weighed_is_refused_by_name() -> None:
    hole = FOUR.with_columns(x=pl.when(pl.col("city") == "b").then(None).otherwise("x"))
    with pytest.raises(DataError, match=r"unit b"):
        balance(hole, "x", "y", **KEYS)
    assert balance(hole, "x", "y", **KEYS, missing="drop").frame.height == 6
    with pytest.raises(MethodError, match="same everywhere"):
        balance(FOUR.with_columns(y=pl.lit(1.0)), "x", "y", **KEYS, scale="zscore")
    with pytest.raises(SpecError, match="median, pooled_median, or a number"):
        balance(FOUR, "x", "y", **KEYS, line=float("nan"))
    with pytest.raises(SpecError, match="pooled_median"):
        balance(FOUR, "x", "y", **KEYS, line="mean")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="columns that all differ"):
        balance(FOUR, "x", "x", **KEYS)
    with pytest.raises(SpecError, match="name that no column of the result has"):
        balance(FOUR.rename({"city": "one"}), "x", "y", unit="one", time="year")
