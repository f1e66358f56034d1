"""The series of misallocation between regions with intervals: the same figures, and draws as they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from nqpf.errors import NqpfError, SpecError
from nqpf.productivity.firms.allocation import allocation_series
from nqpf.productivity.firms.misallocation import misallocation
from nqpf.results import TableResult

KEYS = {"unit": "p", "time": "year"}


def regions(count: int = 12, years: int = 3, spread: float = 0.5) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    n = count * years
    keys = {"p": [f"p{i}" for i in range(count)] * years, "year": np.repeat(np.arange(2000, 2000 + years), count)}
    numbers = {name: np.exp(spread * rng.normal(size=n)) for name in ("y", "k", "l")}
    return pl.DataFrame(keys | numbers)


def run(data: pl.DataFrame, **options: Any) -> TableResult:
    return allocation_series(data, "y", "k", "l", **KEYS, **({"share": 0.4, "draws": 60} | options))


@pytest.mark.parametrize("options", [{}, {"elasticity": 1.5}, {"method": "hsieh_klenow"}])
def test_values_are_those_of_misallocation(options: dict[str, Any]) -> None:
    data = regions()
    whole = misallocation(data, "y", "k", "l", **KEYS, share=0.4, **({"method": "aggregate"} | options)).total
    found = run(data, **options).frame
    for measure, part in found.filter(pl.col("measure") != "change").group_by("measure"):
        np.testing.assert_allclose(part["value"], whole[measure[0]], rtol=1e-12, atol=1e-15)
    change = found.filter(measure="change")["value"]
    np.testing.assert_allclose(change, whole["log_gain"] - whole["log_gain"][0], atol=1e-15)
    assert found["time"].unique(maintain_order=True).to_list() == [2000, 2001, 2002]
    inside = found.filter(measure="log_gain")
    assert ((inside["low"] < inside["value"]) & (inside["value"] < inside["high"])).all()


def test_a_draw_is_a_table_with_its_units_repeated() -> None:
    """One draw by hand: the table with the units that the seed picks, each as often as it is picked."""
    data = regions(count=5, years=2)
    low = run(data, draws=20, level=1 - 1e-12, seed=3).frame["low"].to_list()
    tables = []
    for seed in np.random.SeedSequence(3).spawn(20):
        picked = np.random.default_rng(seed).integers(5, size=5)
        copies = [data.filter(p=f"p{i}").with_columns(p=pl.lit(f"{copy}")) for copy, i in enumerate(picked)]
        total = misallocation(pl.concat(copies), "y", "k", "l", **KEYS, share=0.4, method="aggregate").total
        names = ["log_gain", "part_capital", "part_labour", "log_gain_between"]
        tables.append(np.column_stack([total.select(names).to_numpy(), total["log_gain"] - total["log_gain"][0]]))
    np.testing.assert_allclose(low, np.min(tables, axis=0).ravel(), atol=1e-9)


def test_equal_regions_leave_no_interval() -> None:
    found = run(regions(spread=0.0)).frame
    for name in ("value", "low", "high"):
        np.testing.assert_allclose(found[name], 0, atol=1e-15)


def test_the_seed_decides_and_neither_workers_nor_the_order_of_rows() -> None:
    data = regions()
    one = run(data, seed=5).frame
    assert_frame_equal(run(data, seed=5, workers=2).frame, one)
    assert_frame_equal(run(data.reverse(), seed=5).frame, one, rel_tol=1e-9)
    assert not run(data, seed=6).frame["low"].equals(one["low"])


def test_sectors_are_drawn_with_their_region_and_holes_are_told() -> None:
    data = regions().join(pl.DataFrame({"sector": ["a", "b"], "f": [1.0, 2.0]}), how="cross")
    data = data.with_columns(k=pl.col("k") * pl.col("f")).drop("f")
    found = run(data, industry="sector")
    assert found.frame.filter(measure="log_gain_between")["value"].min() > 1e-3  # type: ignore[operator]
    assert [note.code for note in found.notes] == ["firms_resampled"]
    assert "12 units again" in str(found.notes[0])
    holes = data.with_columns(k=pl.when(p="p0", sector="a", year=2001).then(None).otherwise("k"))
    assert [n.code for n in run(holes, industry="sector", unusable="leave_out").notes][1:] == ["firms_left_out"]


def test_years_that_a_draw_does_not_reach_do_no_harm() -> None:
    data = pl.concat([regions(), regions(count=2, years=4).filter(year=2003)])
    late = run(data).frame.filter(time=2003, measure="log_gain")
    assert late.select(pl.all_horizontal(pl.col("value", "low", "high").is_finite())).item()
    assert late["low"][0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 3}, "draws: “3” will not do.*from 20"),
        ({"level": 1.0}, "0.95"),
        ({"seed": -1}, "whole number from 0"),
        ({"method": "sum"}, "aggregate"),
        ({"elasticity": -1.0}, "above 0"),
    ],
)
def test_what_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        run(regions(), **options)


def test_mixed_shares_are_refused_as_there() -> None:
    data = regions().with_columns(a=pl.Series(np.linspace(0.3, 0.5, 36)))
    assert run(data, share="a").frame.height == 15
    with pytest.raises(NqpfError, match="differ within one industry"):
        run(data, share="a", elasticity=2.0)
