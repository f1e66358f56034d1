"""Shift-share: a case by hand, parts that add up, steps, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_tables import made_up

from nqpf.errors import MethodError, SpecError
from nqpf.industry.structure.shift_share import shift_share

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry", "time": "year"}
PARTS = {
    "classic": ("national", "mix", "local"),
    "esteban_marquillas": ("national", "mix", "competitive", "allocation", "entry"),
}


def small() -> pl.DataFrame:
    """Return two regions with (10, 10) and (30, 50), then (20, 10) and (40, 50)."""
    return pl.DataFrame(
        {
            "year": [2010] * 4 + [2020] * 4,
            "region": ["a", "a", "b", "b"] * 2,
            "industry": ["x", "y"] * 4,
            "jobs": [10.0, 10.0, 30.0, 50.0, 20.0, 10.0, 40.0, 50.0],
        }
    )


def test_classic_parts_by_hand() -> None:
    """The whole grows by 20 %, x by 50 %, y not at all."""
    found = shift_share(small(), "jobs", **KEYS)
    assert found.frame.row(0) == ("a", 20.0, 30.0, 10.0, 0.5, pytest.approx(4), pytest.approx(1), pytest.approx(5))
    cells = found.cells.filter(region="a")
    np.testing.assert_allclose(cells["mix"], [3.0, -2.0])
    np.testing.assert_allclose(cells["local"], [5.0, 0.0])
    np.testing.assert_allclose(found.industries["local"], 0.0, atol=1e-12)
    np.testing.assert_allclose(found.industries["change"], [20.0, 0.0])


def test_homothetic_parts_by_hand() -> None:
    """Region a would have 20·(40, 60)/100 = (8, 12); its x grows by 100 % against 50 %."""
    found = shift_share(small(), "jobs", **KEYS, variant="esteban_marquillas").frame.row(0, named=True)
    assert found["competitive"] == pytest.approx(8 * 0.5)
    assert found["allocation"] == pytest.approx(2 * 0.5)
    assert found["entry"] == 0.0


@given(st.integers(0, 10**6), st.sampled_from(sorted(PARTS)), st.sampled_from(["ends", "annual"]))
def test_parts_add_up_to_the_change(seed: int, variant: Any, steps: Any) -> None:
    table = made_up(5, 4, 4, seed, zeros=0.4)
    found = shift_share(table, "jobs", **KEYS, variant=variant, steps=steps)
    for frame in (found.frame, found.industries, found.cells, found.steps):
        total = frame.select(pl.sum_horizontal(PARTS[variant])).to_series()
        np.testing.assert_allclose(total, frame["change"], atol=1e-9)
    summed = found.steps.group_by("region", maintain_order=True).agg(pl.col(*PARTS[variant], "change").sum())
    np.testing.assert_allclose(
        summed.drop("region").to_numpy(), found.frame.select(*PARTS[variant], "change").to_numpy(), atol=1e-9
    )
    if variant == "classic":
        np.testing.assert_allclose(found.industries["local"], 0.0, atol=1e-9)
        assert found.frame["mix"].sum() == pytest.approx(0.0, abs=1e-9)


def test_entry_is_told_apart_or_counted_as_local() -> None:
    table = pl.concat([small(), pl.DataFrame({"year": [2020], "region": ["a"], "industry": ["z"], "jobs": [5.0]})])
    classic = shift_share(table, "jobs", **KEYS)
    assert classic.cells.filter(region="a", industry="z").select("local", "growth").row(0) == (5.0, None)
    assert "all they gained is counted as local" in str(classic.notes[-1])
    other = shift_share(table, "jobs", **KEYS, variant="esteban_marquillas")
    assert other.frame["entry"].to_list() == [5.0, 0.0]
    assert "stands apart as entry" in str(other.notes[-1])


def test_steps_take_every_year_of_the_table() -> None:
    table = made_up(4, 3, 4)
    found = shift_share(table, "jobs", **KEYS, steps="annual", start=2002)
    assert found.steps.select("from", "to").unique().sort("from").rows() == [(2002, 2003), (2003, 2004)]
    one = shift_share(table.filter(pl.col("year").is_in([2002, 2003])), "jobs", **KEYS)
    assert found.steps.filter(pl.col("from") == 2002).drop("from", "to").equals(one.frame)
    ends = shift_share(table, "jobs", **KEYS, start=2002, end=2004)
    np.testing.assert_allclose(ends.frame["change"], found.frame["change"])


def test_a_national_row_is_the_whole() -> None:
    table = made_up(4, 3, 2)
    nation = table.group_by("year", "industry").agg(pl.col("jobs").sum()).with_columns(region=pl.lit("N"))
    both = pl.concat([table, nation.select(table.columns)])
    assert shift_share(both, "jobs", **KEYS, whole="N").frame.equals(shift_share(table, "jobs", **KEYS).frame)
    part = shift_share(both.filter(pl.col("region") != "r000"), "jobs", **KEYS, whole="N").frame
    assert part.equals(shift_share(table, "jobs", **KEYS).frame.filter(pl.col("region") != "r000"))


def test_unit_of_measurement_and_order_do_not_matter() -> None:
    table = made_up(4, 3, 2)
    plain = shift_share(table, "jobs", **KEYS).frame
    other = table.with_columns(pl.col("jobs") * 10).sample(fraction=1, shuffle=True, seed=2)
    again = shift_share(other, "jobs", **KEYS).frame
    np.testing.assert_allclose(again["mix"] / 10, plain["mix"], atol=1e-9)
    np.testing.assert_allclose(again["growth"], plain["growth"], atol=1e-12)


def test_years_that_do_not_overlap() -> None:
    first, last = small().filter(year=2010), small().filter(year=2020).with_columns(pl.col("region") + "2")
    with pytest.raises(MethodError, match=r"year 2010: Regions without any activity \(2\): a2, b2"):
        shift_share(pl.concat([first, last]), "jobs", **KEYS)
    with pytest.raises(MethodError, match="Regions with activity: 0;"):
        shift_share(pl.concat([first, last]), "jobs", **KEYS, empty="drop")


def test_a_region_left_out_stays_in_the_whole() -> None:
    table = pl.concat([small(), pl.DataFrame({"year": [2010], "region": ["c"], "industry": ["x"], "jobs": [20.0]})])
    found = shift_share(table, "jobs", **KEYS, empty="drop")
    assert found.frame["region"].to_list() == ["a", "b"]
    assert found.frame["national"][0] == pytest.approx(0.0)  # 120 before and after
    assert "Regions without any activity are left out of 2020 (1): c" in " ".join(map(str, found.notes))


def test_years_that_there_are_not() -> None:
    with pytest.raises(MethodError, match="no change to speak of between 2010 and 2010"):
        shift_share(small().filter(year=2010), "jobs", **KEYS)
    with pytest.raises(MethodError, match="no change to speak of between 2020 and 2010"):
        shift_share(small(), "jobs", **KEYS, start=2020, end=2010)
    with pytest.raises(SpecError, match=r"key end: “2015” is not one of the choices.*2010, 2020"):
        shift_share(small(), "jobs", **KEYS, end=2015)
    with pytest.raises(SpecError, match="Did you mean “annual”"):
        shift_share(small(), "jobs", **KEYS, steps="anual")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="classic, esteban_marquillas"):
        shift_share(small(), "jobs", **KEYS, variant="arcelus")  # type: ignore[arg-type]
