"""Sources of labour-productivity growth: every method adds up, and hand cases say what each effect means."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import NqpfError
from nqpf.productivity.growth import LabourProductivity, labour_productivity
from nqpf.productivity.growth.shift_share import Ends, nordhaus, relative_size, shift_share, structural_change

EFFECTS = {
    "shift_share": ["within", "between", "cross"],
    "mcmillan_rodrik": ["within", "structural"],
    "nordhaus": ["pure", "baumol", "denison"],
    "gead": ["pure", "size", "interaction"],
}
KEYS: dict[str, Any] = {"sector": "s", "unit": "u", "time": "t"}
each = pytest.mark.parametrize("method", EFFECTS)


def panel(years: int = 5, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for u in ("a", "b"):
        for s in ("farm", "plant", "shop"):
            y, w, p = (np.exp(rng.normal(0.03, 0.05, years).cumsum() + rng.normal()) for _ in range(3))
            rows += [{"u": u, "s": s, "t": 2000 + i, "y": y[i], "l": w[i], "v": y[i] * p[i]} for i in range(years)]
    return pl.DataFrame(rows)


def sources(table: Any, **more: Any) -> LabourProductivity:
    return labour_productivity(table, "y", "l", **KEYS | {"nominal": "v"} | more)


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def refused(table: Any, **more: Any) -> str:
    with pytest.raises(NqpfError) as caught:
        sources(table, **more)
    return str(caught.value)


@each
def test_effects_add_up(method: Any) -> None:
    done = sources(panel(), method=method)
    near(done.frame.select(pl.sum_horizontal(EFFECTS[method])).to_series(), done.frame["growth"])
    keys = ["unit", "first", "last"]
    by_sector = done.sectors.group_by(keys).agg(pl.sum(*EFFECTS[method], "total"))
    both = done.frame.join(by_sector, on=keys, suffix="_sum")
    for name in EFFECTS[method]:
        near(both[name], both[f"{name}_sum"])
    near(both["total"], both["growth"])
    assert done.frame.height == 8
    assert done.method.id == f"growth.{method}"


@given(st.integers(0, 10_000))
def test_effects_add_up_whatever_the_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, w, v = np.exp(rng.normal(0, 2, (3, 2, 4, 3, 5)))
    ends = Ends(y, w, v)
    for done in (
        shift_share(ends),
        structural_change(ends),
        relative_size(ends),
        nordhaus(ends, rng.dirichlet(np.ones(5), 3)),
    ):
        total = sum(effect.sum(axis=-1) for effect in done.effects.values())
        np.testing.assert_allclose(total, done.growth, rtol=1e-9, atol=1e-9)


def test_growth_is_that_of_output_over_labour() -> None:
    table = panel()
    sums = table.group_by("u", "t").agg(pl.sum("y", "l")).sort("u", "t").with_columns(p=pl.col("y") / pl.col("l"))
    expected = sums.select(pl.col("p") / pl.col("p").shift(1).over("u") - 1).to_series().drop_nulls()
    near(sources(table).frame.sort("unit", "first")["growth"], expected)
    # with prices that do not change, real output adds up to first order, and all four ways agree to second order
    fixed = table.with_columns(v="y")
    gead = sources(fixed, method="gead").frame["growth"]
    assert np.abs(np.asarray(gead) - np.asarray(sources(fixed).frame["growth"])).max() < 1e-3


def test_shift_share_by_hand() -> None:
    """Farm 10/10 to 10/5, plant 40/10 to 60/15: P from 2.5 to 3.5; within 5/25·… = 0.2, between 0.3, cross −0.1."""
    table = {"t": [1, 1, 2, 2], "s": ["farm", "plant"] * 2, "y": [10.0, 40.0, 10.0, 60.0], "l": [10.0, 10.0, 5.0, 15.0]}
    done = labour_productivity(table, "y", "l", sector="s", time="t")
    near(done.frame.row(0)[3:], [0.4, 0.2, 0.3, -0.1 + 0.0])
    farm = done.sectors.filter(pl.col("sector") == "farm").row(0, named=True)
    near([farm["within"], farm["between"], farm["cross"]], [0.5 * 1 / 2.5, -0.25 * 1 / 2.5, -0.25 * 1 / 2.5])
    other = labour_productivity(table, "y", "l", sector="s", time="t", method="mcmillan_rodrik").frame
    near(other.row(0)[3:], [0.4, 0.2, 0.2])


def test_labour_that_stays_moves_nothing() -> None:
    table = panel().with_columns(pl.col("l").first().over("u", "s"))
    done = sources(table)
    near(done.frame["within"], done.frame["growth"])
    near(sources(table, method="nordhaus").frame["denison"], np.zeros(8))


def test_productivities_that_stay_leave_only_moves() -> None:
    table = panel().with_columns(y=pl.col("l") * pl.col("y").first().over("u", "s"))
    for method, still in (
        ("shift_share", "within"),
        ("mcmillan_rodrik", "within"),
        ("nordhaus", "pure"),
        ("gead", "pure"),
    ):
        near(sources(table, method=method).frame[still], np.zeros(8))


def test_baumol_is_the_drift_of_nominal_shares() -> None:
    """Nominal shares that stay leave no Baumol effect; if the slow sector's share rises there is a drag."""
    even = panel().with_columns(v=pl.lit(1.0))
    near(sources(even, method="nordhaus").frame["baumol"], np.zeros(8))
    table = {
        "t": [1, 1, 2, 2],
        "s": ["fast", "slow"] * 2,
        "y": [1.0, 1.0, 2.0, 1.0],
        "l": [1.0] * 4,
        "v": [5.0, 5.0, 4.0, 6.0],
    }
    done = labour_productivity(table, "y", "l", sector="s", time="t", nominal="v", method="nordhaus").frame.row(
        0, named=True
    )
    assert done["pure"] == pytest.approx(0.5 * np.log(2))
    assert done["baumol"] == pytest.approx(-0.05 * np.log(2))
    later = labour_productivity(table, "y", "l", sector="s", time="t", nominal="v", method="nordhaus", base=2).frame
    assert later["pure"][0] == pytest.approx(0.4 * np.log(2))
    assert later["growth"][0] == pytest.approx(done["growth"])


def test_gead_size_is_labour_and_relative_price() -> None:
    """Only a relative price moves: the two sectors' size effects cancel to first order, productivity does not move."""
    table = {"t": [1, 1, 2, 2], "s": ["x", "z"] * 2, "y": [1.0] * 4, "l": [1.0] * 4, "v": [5.0, 5.0, 6.0, 5.0]}
    done = labour_productivity(table, "y", "l", sector="s", time="t", nominal="v", method="gead")
    near(done.frame.row(0)[3:], [0, 0, 0, 0])
    near(done.sectors["size"], [0.5 * (1.2 / 1.1 - 1), 0.5 * (1 / 1.1 - 1)])


def test_periods_compare_their_ends() -> None:
    table = panel()
    done = sources(table, periods=[(2000, 2004)])
    ends = sources(table.filter(pl.col("t").is_in([2000, 2004])).with_columns(pl.col("t") // 4))
    near(done.frame.drop("unit", "first", "last"), ends.frame.drop("unit", "first", "last"))
    assert done.frame.select("first", "last").rows() == [(2000, 2004)] * 2
    assert "b" in refused(table.filter(~((pl.col("u") == "b") & (pl.col("t") == 2004))), periods=[(2000, 2004)])


@each
def test_order_of_rows_and_units_of_measure_do_not_matter(method: Any) -> None:
    table = panel()
    one = sources(table, method=method).frame.sort("unit", "first")
    mixed = table.sample(fraction=1, shuffle=True, seed=1).with_columns(
        pl.col("y") * 7, pl.col("l") / 3, pl.col("v") * 1e4
    )
    two = sources(mixed, method=method).frame.sort("unit", "first")
    near(one.drop("unit"), two.drop("unit"))


def test_an_absent_sector_is_named() -> None:
    table = panel()
    assert "b · shop (2003)" in refused(
        table.filter(~((pl.col("u") == "b") & (pl.col("s") == "shop") & (pl.col("t") == 2003))), gaps="skip"
    )
    assert "b · shop" in refused(table.filter(~((pl.col("u") == "b") & (pl.col("s") == "shop"))))
    hole = (pl.col("u") == "a") & (pl.col("s") == "farm") & (pl.col("t") == 2001)
    assert "a · farm (2001)" in refused(table.with_columns(pl.when(~hole).then(pl.col("y")).alias("y")))


def test_an_absent_year_is_compared_with_nothing() -> None:
    table = panel().filter(~((pl.col("u") == "a") & (pl.col("t") == 2002)))
    assert "2002" in refused(table)
    done = sources(table, gaps="skip").frame
    assert done.filter(pl.col("unit") == "a")["first"].to_list() == [2000, 2003]


@pytest.mark.parametrize(
    ("change", "more", "words"),
    [
        ({}, {"method": "theil"}, ["“theil”", "gead"]),
        ({}, {"method": "gead", "nominal": None}, ["“gead”", "nominal"]),
        ({"l": 0.0}, {}, ["value is 0", "a · farm", "2000"]),
        ({"y": -1.0}, {}, ["value is -3", "unit a"]),
        ({"v": -1.0}, {"method": "nordhaus"}, ["value is -1"]),
        ({}, {"method": "nordhaus", "base": 1990}, ["1990", "a, b"]),
        ({}, {"periods": [(2000, 2010)]}, ["2000–2010"]),
        ({}, {"sector": "branch"}, ["no column “branch”"]),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(change: Any, more: Any, words: list[str]) -> None:
    text = refused(panel().with_columns(**{k: pl.lit(v) for k, v in change.items()}), **more)
    for word in words:
        assert word in text


def test_negative_output_of_one_sector_is_no_fault_of_sums() -> None:
    table = panel().with_columns(pl.when(pl.col("s") == "farm").then(-0.01).otherwise(pl.col("y")).alias("y"))
    done = sources(table)
    near(done.frame.select(pl.sum_horizontal(EFFECTS["shift_share"])).to_series(), done.frame["growth"])
    assert "value is -0.01" in refused(table, method="gead")
