"""Policies that units adopt in different years: by hand, by known effects, and beside pyfixest where it is there."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.regions.panels.did import Did, did
from nqpf.regions.panels.fixed_effects import fixed_effects
from nqpf.regions.threeline import three_line

KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}
NEEDS = "pyfixest is not installed (extra causal)"


def panel(first: list[int], years: int = 8, noise: float = 0.2, growing: float = 0.5, seed: int = 0) -> pl.DataFrame:
    """Return units that adopt in position `first` of the years (0 never), with an effect of 1 that grows."""
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(len(first) * years), years)
    start = np.array(first)[n]
    on = (start > 0) & (t >= start)
    y = n + 0.3 * t + np.where(on, 1 + growing * (t - start), 0) + noise * rng.normal(size=n.size)
    table = {
        "unit": [f"p{k:02d}" for k in n],
        "year": 2010 + t,
        "d": on.astype(int),
        "y": y,
        "z": rng.normal(size=n.size),
    }
    return pl.DataFrame(table)


def att(found: Did, column: str = "estimate") -> float:
    return float(found.coefficients[column][0])


def test_two_groups_and_two_years_are_the_difference_of_differences() -> None:
    table = panel([1] * 4 + [0] * 5, years=2)
    means = table.group_by("d", "year", maintain_order=True).agg(pl.col("y").mean())
    treated = table.filter(pl.col("unit").is_in(table.filter(pl.col("d") == 1)["unit"].to_list()))
    control = table.filter(~pl.col("unit").is_in(treated["unit"].to_list()))
    change = [
        part.filter(pl.col("year") == 2011)["y"].mean() - part.filter(pl.col("year") == 2010)["y"].mean()
        for part in (treated, control)
    ]
    assert means.height == 3
    for estimator in ("saturated", "twfe"):
        assert att(did(table, "y", "d", **KEYS, estimator=estimator)) == pytest.approx(change[0] - change[1])  # type: ignore[arg-type]


def test_effects_that_grow_are_found_where_one_coefficient_is_biased() -> None:
    first = [2] * 10 + [5] * 10 + [0] * 8
    table = panel(first, noise=0.0)
    found = did(table, "y", "d", **KEYS)
    after = found.events.filter(pl.col("relative") >= 0)
    assert after["estimate"].to_list() == pytest.approx([1 + 0.5 * r for r in after["relative"]], abs=1e-9)
    assert found.events.filter(pl.col("relative") < 0)["estimate"].to_list() == pytest.approx([0] * 5, abs=1e-9)
    cells = [1 + 0.5 * k for f in first if f for k in range(8 - f)]
    assert att(found) == pytest.approx(np.mean(cells), abs=1e-9)
    pooled = did(table, "y", "d", **KEYS, estimator="twfe")
    assert abs(att(pooled) - np.mean(cells)) > 0.1
    assert "panels_twfe_staggered" in {n.code for n in pooled.notes}
    one = did(panel([3] * 9 + [0] * 9), "y", "d", **KEYS, estimator="twfe")
    assert "panels_twfe_staggered" not in {n.code for n in one.notes}


def test_one_coefficient_is_that_of_fixed_effects() -> None:
    table = panel([2] * 6 + [5] * 6 + [0] * 6)
    pooled = did(table, "y", "d", ["z"], **KEYS, estimator="twfe")
    same = fixed_effects(table, "y", ["d", "z"], **KEYS).coefficients.row(0, named=True)
    for column in ("estimate", "se", "statistic", "p", "low", "high"):
        assert att(pooled, column) == pytest.approx(same[column], rel=1e-9)


def test_averages_weigh_cells_by_their_rows() -> None:
    table = panel([2] * 3 + [5] * 9 + [0] * 6)
    whole = did(table, "y", "d", **KEYS).events.filter(pl.col("relative") == 0)["estimate"][0]
    early = did(table.filter(~pl.col("unit").is_in([f"p{k:02d}" for k in range(3, 12)])), "y", "d", **KEYS)
    late = did(table.filter(~pl.col("unit").is_in([f"p{k:02d}" for k in range(3)])), "y", "d", **KEYS)
    parts = [one.events.filter(pl.col("relative") == 0)["estimate"][0] for one in (early, late)]
    assert whole == pytest.approx((3 * parts[0] + 9 * parts[1]) / 12, abs=1e-9)


def test_tests_of_trends_before() -> None:
    table = panel([5] * 20 + [0] * 20)
    assert did(table, "y", "d", **KEYS).summary["pretrend_p"] > 0.05  # type: ignore[operator]
    trend = table.with_columns(pl.col("y") + 0.5 * (pl.col("year") - 2010) * (pl.col("unit") < "p20"))
    assert did(trend, "y", "d", **KEYS).summary["pretrend_p"] < 0.001  # type: ignore[operator]


def test_units_that_have_it_from_the_start_are_left_out_by_name() -> None:
    table = panel([3] * 6 + [0] * 6)
    more = panel([1], seed=3).with_columns(unit=pl.lit("always"), d=pl.lit(1, pl.Int64))
    found = did(pl.concat([table, more]), "y", "d", **KEYS)
    assert "always" in next(n for n in found.notes if n.code == "panels_always").text().en
    assert found.coefficients.equals(did(table, "y", "d", **KEYS).coefficients)
    assert found.cohorts.rows() == [(2010, 1, False), (2013, 6, True), (None, 6, True)]


def test_without_units_that_never_adopt_the_last_cohort_is_compared_with() -> None:
    table = panel([3] * 6 + [6] * 6)
    found = did(table, "y", "d", **KEYS)
    cut = table.filter(pl.col("year") < 2016).with_columns(
        d=pl.when(pl.col("unit") >= "p06").then(0).otherwise(pl.col("d"))
    )
    assert found.coefficients.equals(did(cut, "y", "d", **KEYS).coefficients)
    assert "2016" in next(n for n in found.notes if n.code == "panels_last_cohort").text().zh
    with pytest.raises(MethodError, match="nothing is left to compare"):
        did(table.filter(pl.col("unit") < "p06"), "y", "d", **KEYS)


def test_rows_in_any_order_and_holes() -> None:
    table = panel([2] * 6 + [5] * 6 + [0] * 6)
    one = did(table, "y", "d", **KEYS)
    other = did(table.sample(fraction=1, shuffle=True, seed=1), "y", "d", **KEYS)
    assert one.events.equals(other.events)
    same = panel([2] * 6 + [5] * 6 + [0] * 6, noise=0.0, growing=0.0)
    holes = did(same.filter(~((pl.col("unit") == "p03") & (pl.col("year") == 2016))), "y", "d", **KEYS)
    assert holes.summary["n"] == table.height - 1
    assert att(holes) == pytest.approx(1, abs=1e-9)
    assert "panels_adoption_gap" not in {n.code for n in holes.notes}
    unsure = did(same.filter(~((pl.col("unit") == "p03") & (pl.col("year") == 2011))), "y", "d", **KEYS)
    assert "p03" in next(n for n in unsure.notes if n.code == "panels_adoption_gap").text().en


def test_policies_that_are_none_are_refused() -> None:
    table = panel([2] * 3 + [0] * 3)
    with pytest.raises(DataError, match=r"A policy is 0 or 1; here it is 2"):
        did(table.with_columns(d=pl.col("d") * 2), "y", "d", **KEYS)
    last = (pl.col("unit") == "p01") & (pl.col("year") == 2017)
    ended = table.with_columns(d=pl.when(last).then(0).otherwise("d"))
    with pytest.raises(DataError, match=r"p01.*2017.*goes back from 1 to 0"):
        did(ended, "y", "d", **KEYS)
    with pytest.raises(MethodError, match="No unit adopts"):
        did(table.with_columns(d=pl.lit(0)), "y", "d", **KEYS)
    with pytest.raises(SpecError, match="controls does nothing under lpdid"):
        did(table, "y", "d", ["z"], **KEYS, estimator="lpdid")
    with pytest.raises(SpecError, match="saturate"):
        did(table, "y", "d", **KEYS, estimator="saturate")  # type: ignore[arg-type]


def test_a_library_that_is_not_there_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    for estimator in ("did2s", "lpdid"):
        with pytest.raises(SpecError, match=r"needs pyfixest.*pip install \"nqpf\[causal\]\""):
            did(panel([3] * 4 + [0] * 4), "y", "d", **KEYS, estimator=estimator)  # type: ignore[arg-type]


def test_few_treated_and_few_units_are_noted_and_tables_stand_side_by_side() -> None:
    found = did(panel([3] * 4 + [0] * 9), "y", "d", **KEYS)
    assert {"panels_few_treated_did", "panels_few_clusters", "panels_did_design"} <= {n.code for n in found.notes}
    shown = three_line({"(1)": found, "(2)": did(panel([3] * 9 + [0] * 9), "y", "d", **KEYS)}).frame
    assert shown.filter(pl.col("name") == "treated_units").row(0)[4:] == ("4", "9")


@pytest.mark.parametrize("estimator", ["did2s", "lpdid"])
def test_estimators_of_the_library_find_known_effects(estimator: str) -> None:
    pytest.importorskip("pyfixest", reason=NEEDS)
    first = [2] * 10 + [5] * 10 + [0] * 8
    found = did(panel(first, noise=0.01), "y", "d", **KEYS, estimator=estimator)  # type: ignore[arg-type]
    after = found.events.filter(pl.col("relative") >= 0)
    assert after["estimate"].to_list() == pytest.approx([1 + 0.5 * r for r in after["relative"]], abs=0.03)
    if estimator == "did2s":
        assert att(found) == pytest.approx(np.mean([1 + 0.5 * k for f in first if f for k in range(8 - f)]), abs=0.02)
        assert found.summary["pretrend_p"] is not None


def test_saturated_is_what_the_library_says() -> None:
    library = pytest.importorskip("pyfixest", reason=NEEDS)
    first = [2] * 6 + [5] * 9 + [0] * 8
    table = panel(first)
    theirs = library.event_study(
        table.with_columns(u=pl.col("unit").str.slice(1).cast(pl.Int64), g=pl.lit(0)).with_columns(
            g=pl.col("u").replace_strict({k: 2010 + f if f else 0 for k, f in enumerate(first)})
        ).to_pandas(),
        yname="y", idname="u", tname="year", gname="g", estimator="saturated",
    ).aggregate()  # fmt: skip
    ours = did(table, "y", "d", **KEYS).events.filter(pl.col("relative") != -1)
    assert ours["estimate"].to_list() == pytest.approx(theirs["Estimate"].astype(float).to_list(), abs=1e-9)
    # the library counts effects that are also clusters in an order of its own; that is a common factor
    ratio = ours["se"].to_numpy() / theirs["Std. Error"].astype(float).to_numpy()
    assert ratio == pytest.approx(ratio[0], rel=1e-9)


@pytest.mark.parametrize("estimator", ["did2s", "lpdid"])
def test_the_library_too_is_given_the_last_cohort_to_compare_with(estimator: Any) -> None:
    pytest.importorskip("pyfixest", reason=NEEDS)
    found = did(panel([3] * 8 + [6] * 8, noise=0.01), "y", "d", **KEYS, estimator=estimator)
    after = found.events.filter(pl.col("relative") >= 0)
    assert after["estimate"].to_list() == pytest.approx([1, 1.5, 2], abs=0.03)
