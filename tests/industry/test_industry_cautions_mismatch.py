"""Investment beside capability by hand."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.industry.warning.mismatch import mismatch

KEYS = {"unit": "r", "industry": "i"}


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "r": list("aaabbb"),
            "i": ["pv", "ai", "tea"] * 2,
            "money": [60.0, 30, 10, 0, 50, 50],
            "rca": [0.5, 0, 1.5, 1, 1, 2],
        }
    )


def test_shares_and_ratios() -> None:
    found = mismatch(table(), "money", "rca", **KEYS)
    a = found.frame.filter(r="a")
    assert dict(zip(a["i"], a["status"], strict=True)) == {"pv": "both", "ai": "without_capability", "tea": "both"}
    pv = a.filter(i="pv").row(0, named=True)
    assert (pv["investment_share"], pv["capability_share"]) == pytest.approx((0.6, 0.25))
    assert pv["log_ratio"] == pytest.approx(math.log(0.6 / 0.25))
    assert a.filter(i="ai")["log_ratio"][0] is None
    assert found.frame.filter(r="b", i="pv")["status"][0] == "without_investment"
    units = found.units.filter(r="a").row(0, named=True)
    assert (units["misplaced"], units["uncovered"]) == pytest.approx((0.35 + 0.3, 0.3))
    assert found.units.filter(r="b")["uncovered"][0] == 0


def test_percentiles_rank_all_cells_of_a_year() -> None:
    found = mismatch(table(), "money", "rca", **KEYS).frame.drop_nulls("log_ratio").sort("log_ratio")
    assert found["percentile"].to_list() == pytest.approx([0.125, 0.375, 0.625, 0.875])


def test_lights_have_thresholds() -> None:
    found = mismatch(table(), "money", "rca", **KEYS).lights
    pv = found.filter(measure="ratio", region="a", industry="pv").row(0, named=True)
    assert (pv["number"], pv["watch"], pv["warn"], pv["light"]) == (pytest.approx(2.4), 2, 4, "watch")
    gone = found.filter(measure="uncovered", region="a").row(0, named=True)
    assert (gone["light"], gone["tier"]) == ("warn", "indicated")
    small = mismatch(table(), "money", "rca", **KEYS, material=0.7).lights
    assert small.filter(measure="ratio", region="a", industry="pv")["light"][0] == "none"
    assert found.filter(measure="gap")["evidence"].to_list() == ["reason.no_column"]


def test_a_floor_of_capability() -> None:
    found = mismatch(table(), "money", "rca", **KEYS, floor=0.5)
    assert found.frame.filter(r="a", i="pv")["status"][0] == "without_capability"


def test_shares_within_an_industry() -> None:
    found = mismatch(table(), "money", "rca", **KEYS, within="industry").frame
    tea = found.filter(r="a", i="tea").row(0, named=True)
    assert (tea["investment_share"], tea["capability_share"]) == pytest.approx((1 / 6, 1.5 / 3.5))


def test_units_of_measurement_and_order_do_not_matter() -> None:
    one = mismatch(table(), "money", "rca", **KEYS).frame
    moved = table().with_columns(pl.col("money") * 1e4, pl.col("rca") * 7).sample(fraction=1, shuffle=True, seed=1)
    two = mismatch(moved, "money", "rca", **KEYS).frame
    np.testing.assert_allclose(one["log_ratio"], two["log_ratio"])
    assert one["status"].equals(two["status"])


def test_growth_beside_demand() -> None:
    base = table().with_columns(y=pl.lit(2015), d=pl.lit(100.0), money=pl.col("money") + 1)
    later = base.with_columns(
        y=pl.lit(2020), d=pl.lit(110.0), money=pl.when(pl.col("i") == "pv").then(pl.col("money") * 3).otherwise("money")
    )
    found = mismatch(pl.concat([base, later]), "money", "rca", **KEYS, time="y", demand="d")
    assert found.growth is not None
    row = found.growth.filter(i="pv").row(0, named=True)
    assert row["investment_growth"] == pytest.approx(math.log(3) / 5)
    assert row["demand_growth"] == pytest.approx(math.log(1.1) / 5)
    assert (row["contribution"], row["first"], row["last"]) == (1, 2015, 2020)
    lights = found.lights.filter(measure="gap")
    assert lights.filter(industry="pv").select("light", "year").row(0) == ("warn", "2015–2020")
    assert lights.filter(industry="tea")["light"][0] == "none"


def test_bad_input() -> None:
    with pytest.raises(MethodError, match="negative"):
        mismatch(table().with_columns(pl.col("money") - 20), "money", "rca", **KEYS)
    with pytest.raises(MethodError, match=r"without any activity .*: b"):
        mismatch(table().with_columns(money=pl.Series([1.0, 1, 1, 0, 0, 0])), "money", "rca", **KEYS)
    dropped = mismatch(
        table().with_columns(money=pl.Series([1.0, 1, 1, 0, 0, 0])), "money", "rca", **KEYS, empty="drop"
    )
    assert set(dropped.frame["r"]) == {"a"}
    assert "no_activity_unit" in {n.code for n in dropped.notes}
    with pytest.raises(SpecError, match="Growth of demand needs a column of years"):
        mismatch(table(), "money", "rca", **KEYS, demand="rca")
    with pytest.raises(SpecError, match="ratio_line"):
        mismatch(table(), "money", "rca", **KEYS, ratio_line=(4, 2))
    one = table().with_columns(y=pl.lit(2015), d=pl.lit(1.0))
    with pytest.raises(MethodError, match="Growth takes two years"):
        mismatch(one, "money", "rca", **KEYS, time="y", demand="d")
    two = pl.concat([one, one.with_columns(y=pl.lit(2016), d=pl.lit(0.0))])
    with pytest.raises(MethodError, match="The sum over regions is 0"):
        mismatch(two, "money", "rca", **KEYS, time="y", demand="d")
