"""Misallocation and decompositions on real provinces and plants: no other program's figures, but what must hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.firms.allocation import allocation_series
from nqpf.productivity.firms.decompose import decompose
from nqpf.productivity.firms.misallocation import misallocation
from nqpf.productivity.firms.turnover import METHODS

pytestmark = pytest.mark.reference

SERIES = {"y": "gdp_yumanlou", "k": "capital_stock_zj2000", "l": "employment_total"}
KEYS = {"unit": "region", "time": "year"}


@pytest.fixture(scope="module")
def provinces(shared: Path) -> pl.DataFrame:
    """Return GDP, capital and employment of 30 provinces, 2003 to 2019."""
    long = pl.read_csv(shared / "data" / "china_province_panel.csv").filter(pl.col("adcode") != 100000)
    wide = long.filter(pl.col("indicator").is_in(SERIES.values())).pivot(
        "indicator", index=["region", "year"], values="value"
    )
    return wide.drop_nulls().rename({column: name for name, column in SERIES.items()})


@pytest.fixture(scope="module")
def plants(shared: Path) -> pl.DataFrame:
    """Return the Chilean plants in levels, with productivity at a capital share of 0.4."""
    logs = pl.read_csv(shared / "ref" / "productivity" / "chilean.csv")
    levels = logs.select(
        "idvar", "timevar", va=pl.col("Y").exp(), k=pl.col("sX").exp(), l=pl.col("fX1").exp() + pl.col("fX2").exp()
    )
    return levels.with_columns(tfp=(pl.col("va") / (pl.col("k") ** 0.4 * pl.col("l") ** 0.6)).log())


def test_provinces_lose_some_output_and_every_part_adds_up(provinces: pl.DataFrame) -> None:
    found = misallocation(provinces, "y", "k", "l", **KEYS, share=0.5, method="aggregate")
    assert found.total["units"].to_list() == [30] * 17
    assert found.total.select(pl.col("gain", "part_capital", "part_labour").min()).min_horizontal().item() > 0
    assert found.total["gain"].max() < 0.2  # type: ignore[operator]
    parts = found.units.group_by("time", maintain_order=True).agg(pl.col("part_capital", "part_labour").sum())
    np.testing.assert_allclose(parts["part_capital"], found.total["part_capital"], atol=1e-13)
    np.testing.assert_allclose(parts["part_labour"], found.total["part_labour"], atol=1e-13)
    labour = found.units.filter(time=2015).sort("gamma_labour")["unit"].to_list()
    assert set(labour[:2]) == {"北京", "上海"}  # where workers produce most and movement was least free
    assert (
        misallocation(provinces, "y", "k", "l", **KEYS, share=0.5, method="aggregate", elasticity=1.5)
        .total["gain"]
        .min()
        > 0.04
    )  # type: ignore[operator]


def test_the_whole_series_lies_in_its_interval(provinces: pl.DataFrame) -> None:
    found = allocation_series(provinces, "y", "k", "l", **KEYS, share=0.5, draws=100, seed=1).frame
    gain = found.filter(measure="log_gain")
    assert ((gain["low"] < gain["value"]) & (gain["value"] < gain["high"])).all()
    assert (gain["low"] > 0).all()


def test_plants(plants: pl.DataFrame) -> None:
    keys = {"unit": "idvar", "time": "timevar"}
    whole = misallocation(plants, "va", "k", "l", **keys, share=0.4)
    cut = misallocation(plants, "va", "k", "l", **keys, share=0.4, trim=0.01)
    assert cut.total["log_gain"].mean() < whole.total["log_gain"].mean()  # type: ignore[operator]
    assert cut.left_out["unit"].n_unique() > 10
    parts = whole.total.select(pl.col("part_output") + pl.col("part_capital")).to_series()
    np.testing.assert_allclose(parts, whole.total["log_gain"], atol=1e-12)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "within_between"])
def test_change_of_plants_adds_up(plants: pl.DataFrame, method: Any) -> None:
    keys = {"unit": "idvar", "time": "timevar"}
    found = decompose(plants, "tfp", "va", **keys, method=method)
    names = [c for c in found.frame.columns[5:] if c not in ("continuing", "entering", "leaving")]
    np.testing.assert_allclose(
        found.frame.select(pl.sum_horizontal(names)).to_series(), found.frame["change"], atol=1e-12
    )
    level = decompose(plants, "tfp", "va", **keys, method="olley_pakes").frame
    np.testing.assert_allclose(level["aggregate"][1:], found.frame["aggregate_end"], atol=1e-12)
    np.testing.assert_allclose(level["mean"] + level["covariance"], level["aggregate"], atol=1e-12)
    assert any(note.code == "firms_return" for note in found.notes)
